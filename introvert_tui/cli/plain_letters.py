"""The letters of a plain visit, place by place: told by the question mark, and looked up when one is typed.

Each names the action of `tui.actions` that it does, `also` what else of these it stands for; what only lines need has
a name of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NUMBER = "a number"


class Letter(NamedTuple):
    """What is typed, what it does, and what is said of it."""

    typed: str
    does: str
    meaning: str
    also: tuple[str, ...] = ()


_LINKS = tuple(f"link_{number}" for number in range(1, 10))

_ADDRESSES = Letter("o", "browser", "say the addresses: of the message, and of its links", ("copy", *_LINKS))
_WHO = Letter("i", "who", "who is this: when you last spoke, and your note; mute or block them")
_REPLY = Letter("r", "reply", "reply, and stay")
_UNDO = Letter("u", "undo", "take back the last thing")
_AGAIN = Letter("a", "again", "read this again")
_BACK = Letter("", "back", "go back")
_QUIT = Letter("q", "quit", "quit; what is held goes out")
_BESIDE = (_UNDO, _AGAIN, _BACK, _QUIT)

_TALK = (
    Letter("h", "hello", "say hi and leave"),
    Letter("n", "nod", "nod: like their message, and done"),
    _REPLY,
    Letter("e", "done", "done, nothing to say"),
    Letter("z", "later", "later"),
    Letter("x", "leave", "leave quietly"),
    Letter("X", "close", "close the door, for a bad day: only people you know, block, report"),
    _WHO,
    Letter("v", "unfold", "read what a warning hides"),
    Letter("t", "open", "read the thread", ("earlier", "newer")),
    _ADDRESSES,
)

IN_INBOX = (
    *_TALK,
    _UNDO,
    _AGAIN,
    Letter("j", "down", "the next one; so does the empty line"),
    Letter("k", "up", "the one before"),
    Letter("c", "catch_up", "ask the servers for more"),
    Letter("p", "people", "people you ever spoke with"),
    Letter("w", "requests", "who asks to write to you; reading lets nobody in"),
    Letter("Z", "put_off", "what you put off, and bringing it back"),
    Letter("L", "left", "what you left, and the way back in"),
    Letter("S", "sent", "what you sent, and deleting it"),
    Letter("O", "older", "older conversations, where nobody waits"),
    Letter("/", "search", "search everything that is on this computer"),
    _QUIT,
)
IN_LIST = (
    Letter(NUMBER, "open", "read that one, and do something about it"),
    Letter("m", "more", "read more of the list"),
    *_BESIDE,
)
AT_OLDER = (*_TALK, *_BESIDE)
AT_PUT_OFF = (Letter("b", "bring_back", "bring it back now"), *_TALK, *_BESIDE)
AT_LEFT = (Letter("b", "rejoin", "go back in"), *_TALK, *_BESIDE)
"""Also of a conversation that was found somewhere else, since it may be one that was left."""
AT_SENT = (
    Letter("s", "send", "send it now"),
    Letter("d", "drop", "don't send it; the words are kept"),
    Letter("D", "delete", "delete what is out; the words are kept"),
    _REPLY,
    Letter("t", "open", "its conversation"),
    _WHO,
    _ADDRESSES,
    *_BESIDE,
)
ON_CARD = (
    Letter(NUMBER, "open", "read that conversation"),
    Letter("h", "hello", "say hi, to the newest that they said"),
    Letter("n", "note", "your note; only you see it"),
    Letter("M", "mute", "mute them, or hear them again"),
    Letter("B", "block", "block them, or let that be"),
    Letter("s", "join", "the same as somebody else here: one card for both"),
    Letter("S", "part", "not the same: take a profile off this card"),
    Letter("o", "browser", "say the address of their page", ("copy",)),
    *_BESIDE,
)

COMMANDS: Mapping[str, str] = {
    "accounts": "introvert accounts",
    "palette": "introvert hi",
    "search": "introvert search",
    "editor": "introvert outbox edit",
}
"""Actions that a command does; what the palette has beside the letters is a hello to any address."""
