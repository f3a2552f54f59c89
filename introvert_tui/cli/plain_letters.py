"""The letters of a plain visit, place by place: told by the question mark, and looked up when one is typed.

Each names the action of `tui.actions` that it does, `also` what else of these it stands for; what only lines need has
a name of its own.
"""

from __future__ import annotations

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
_REPLY = Letter("r", "reply", "reply, and stay")
_UNDO = Letter("u", "undo", "take back the last thing")
_AGAIN = Letter("a", "again", "read this again")
_QUIT = Letter("q", "quit", "quit; what is held goes out")

_TALK = (
    Letter("h", "hello", "say hi and leave"),
    Letter("n", "nod", "nod: like their message, and done"),
    _REPLY,
    Letter("e", "done", "done, nothing to say"),
    Letter("z", "later", "later"),
    Letter("x", "leave", "leave quietly"),
    Letter("X", "close", "close the door, for a bad day: only people you know, block, report"),
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
    _QUIT,
)
