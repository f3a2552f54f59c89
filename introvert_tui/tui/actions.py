"""Everything one can do here: its id, keys and words, told once for the key bindings, the hints, the menu and the help.

Ids are what `[keys]` in config.toml names. Nothing in here knows how an action is done: a place maps ids to methods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Flag, auto
from typing import NamedTuple


class Where(Flag):
    """The places an action makes sense in."""

    INBOX = auto()
    CONVERSATION = auto()
    OTHERS = auto()
    SEARCH = auto()
    PERSON = auto()
    LATER = auto()
    LEFT = auto()
    SENT = auto()
    HELLO = auto()
    REPLY = auto()
    NOTE = auto()
    SIGN_IN = auto()


NOWHERE = Where(0)
TEXT = Where.SEARCH | Where.HELLO | Where.REPLY | Where.NOTE | Where.SIGN_IN
"""Where letters are words and no keys."""
_ASIDE = Where.OTHERS | Where.LATER | Where.LEFT | Where.SENT
_LISTS = Where.INBOX | _ASIDE
_TALK = Where.INBOX | Where.CONVERSATION | Where.LATER
_ALL = _LISTS | Where.CONVERSATION
_EVERYWHERE = _ALL | Where.PERSON


class Action(NamedTuple):
    """One thing to do; `word` goes to the hints, `short` to narrow hints, `help` to the menu and the key list.

    `hint` is where it is told without being asked, `listed` whether the menu and the key list tell it. What can be done
    both by letters and where letters are words stands here twice, under one id.
    """

    id: str
    keys: str
    word: str
    help: str
    where: Where
    short: str = ""
    hint: Where = NOWHERE
    listed: bool = True

    @property
    def bound(self) -> str:
        """The id of its bindings: where letters are words the same line of `[keys]` may come to other keys."""
        return f"text:{self.id}" if self.where & TEXT else self.id


ACTIONS: tuple[Action, ...] = (
    Action("bring_back", "b", "bring it back", "Let it wait again now, and not only at its time",
           Where.LATER | Where.CONVERSATION, "bring back", Where.LATER | Where.CONVERSATION),
    Action("hello", "h", "say hi and leave", "A short hello goes out, and you leave", _TALK | Where.PERSON, "hi",
           _TALK | Where.PERSON),
    Action("nod", "n", "nod", "Like their message: seen, thanks, and done", _TALK, "nod", _TALK),
    Action("reply", "r", "reply", "A longer answer, and you stay in the conversation", _ALL, "reply", _TALK),
    Action("done", "e", "done", "Read it, nothing to say", _TALK, "done", _TALK),
    Action("later", "z", "later", "Put it off: this evening, tomorrow, next week, whenever", _TALK, "later", _TALK),
    Action("leave", "x", "leave quietly", "Leave without a word; it stays quiet from here on", _TALK, "leave",
           Where.INBOX | Where.CONVERSATION),
    Action("close", "X", "close the door", "For a bad day: only people you know, leave, block, report them", _TALK),
    Action("undo", "u", "take back", "Take back the last thing you did, a hello still here included", _EVERYWHERE),
    Action("rejoin", "b", "rejoin", "Come back into a conversation that you left", Where.LEFT | Where.CONVERSATION,
           "rejoin", Where.LEFT),
    Action("note", "n", "your note", "Write down what you want to remember about them; only you see it", Where.PERSON,
           "note", Where.PERSON),
    Action("mute", "M", "mute", "Nothing they say waits any more, or waits again", Where.PERSON, "mute", Where.PERSON),
    Action("block", "B", "block", "Keep what they wrote to you in a file, and block them; or let that be", Where.PERSON,
           "block", Where.PERSON),
    Action("join", "a", "the same as", "They are also somebody else here: one card for both", Where.PERSON),
    Action("part", "A", "not the same", "Take one of their profiles off this card again", Where.PERSON),
    Action("open", "enter", "open", "Read the conversation", _LISTS | Where.PERSON, "open",
           Where.OTHERS | Where.LEFT | Where.SENT | Where.PERSON),
    Action("send", "s", "send it now", "Try now what waits; what asks goes out after you said so", Where.SENT, "send",
           Where.SENT),
    Action("drop", "d", "don't send it", "Send nothing, and keep the words in the conversation", Where.SENT,
           "keep it", Where.SENT),
    Action("delete", "D", "delete", "Delete what is out, after asking; the words are kept", Where.SENT, "delete",
           Where.SENT),
    Action("back", "escape", "back", "Go back to where you came from",
           Where.CONVERSATION | _ASIDE | Where.PERSON, "back",
           Where.CONVERSATION | _ASIDE | Where.PERSON),
    Action("who", "i", "who is this", "When you last spoke, and your note; mute or block them", _ALL),
    Action("people", "p", "people", "Everybody you ever spoke with, to be found again", _EVERYWHERE),
    Action("unfold", "v,enter", "show what is hidden", "Show what came earlier, or stands under a content warning",
           Where.CONVERSATION),
    Action("pictures", "P", "pictures", "Show or hide the pictures of the message, on terminals that can",
           Where.CONVERSATION),
    Action("browser", "o", "open in the browser", "Open the message, or their page, in the browser", _EVERYWHERE),
    Action("copy", "y", "copy the link", "Copy the address of the message, or of their page", _EVERYWHERE),
    Action("link_1", "1", "open a link", "1 to 9: open the link with that number, after showing where it leads",
           Where.CONVERSATION),
    *(Action(f"link_{n}", str(n), "open a link", f"Open link {n}, after showing where it leads", Where.CONVERSATION,
             listed=False) for n in range(2, 10)),
    Action("earlier", "left_square_bracket", "earlier messages", "Show earlier messages", Where.CONVERSATION),
    Action("newer", "right_square_bracket", "newer messages", "Show newer messages again", Where.CONVERSATION),
    Action("catch_up", "ctrl+r", "look again", "Show what is held back, and ask the servers for more", Where.INBOX),
    Action("older", "O", "older conversations", "Conversations in which nobody waits for you", Where.INBOX),
    Action("requests", "w", "who asks to write", "Read who asks to write to you; that lets nobody in", Where.INBOX),
    Action("put_off", "Z", "what you put off", "What comes back later, by its time, and bringing it back now",
           Where.INBOX),
    Action("left", "L", "what you left", "What you left, what happened there since, and the way back in", Where.INBOX),
    Action("sent", "S", "what you sent", "What you wrote and how it stands; try again, take back, delete", Where.INBOX),
    Action("accounts", "a", "your accounts", "Sign in to one more, sign out, or let one rest", Where.INBOX),
    Action("search", "slash", "search", "Words, people and places in everything that is on this computer", _EVERYWHERE),
    Action("down", "j,down", "down", "Move down", _EVERYWHERE),
    Action("up", "k,up", "up", "Move up", _EVERYWHERE),
    Action("first", "g,home", "to the first", "Go to the first", _EVERYWHERE),
    Action("last", "G,end", "to the last", "Go to the last", _EVERYWHERE),
    Action("page_down", "pagedown,ctrl+d", "a page down", "Move a page down", _EVERYWHERE),
    Action("page_up", "pageup,ctrl+u", "a page up", "Move a page up", _EVERYWHERE),
    Action("menu", "space", "all", "Everything you can do here, in a list", _EVERYWHERE, "all", _EVERYWHERE),
    Action("palette", "ctrl+p", "do anything", "Whatever there is, by name; or say hi to any post, by its address",
           _EVERYWHERE),
    Action("keys", "question_mark", "keys", "Every key, in one list", _EVERYWHERE),
    Action("quit", "q", "quit", "Quit, at once; what is waiting to go out goes out", _EVERYWHERE, "quit", _EVERYWHERE),
    Action("send_hello", "enter", "send and leave", "Send the hello, and leave", Where.HELLO, "send"),
    Action("send_reply", "ctrl+s", "send", "Send the reply, and stay", Where.REPLY, "send"),
    Action("take", "tab", "take what is offered",
           "Take what is offered: a hello, a name after @, the names of all who wait; again for another",
           Where.HELLO | Where.REPLY, "take it"),
    Action("editor", "ctrl+o", "your editor", "Write the reply in your editor", Where.REPLY, "editor"),
    Action("back", "escape", "back, words kept", "Back, with your words kept", Where.HELLO | Where.REPLY | Where.NOTE,
           "back"),
    Action("open", "enter", "open", "Open what was found", Where.SEARCH, "open", Where.SEARCH),
    Action("page_down", "pagedown", "a page down", "", Where.SEARCH, listed=False),
    Action("page_up", "pageup", "a page up", "", Where.SEARCH, listed=False),
    Action("down", "down", "next", "", Where.SEARCH, "next", Where.SEARCH, listed=False),
    Action("up", "up", "previous", "", Where.SEARCH, "previous", Where.SEARCH, listed=False),
    Action("back", "escape", "back", "", Where.SEARCH, "back", Where.SEARCH, listed=False),
    Action("back", "escape", "back, nothing kept", "", Where.SIGN_IN, listed=False),
    Action("browser", "ctrl+o", "opens", "Open the page of a sign-in in the browser", Where.SIGN_IN),
    Action("copy", "ctrl+y", "copies", "Copy the address of the page of a sign-in", Where.SIGN_IN),
)  # fmt: skip

NO_KEY = "<ignore>"
"""Textual's `Keys.Ignore`, which nobody can press: for what has no key, or only has one if config.toml gives it one."""

BY_ID: Mapping[str, Action] = {
    **{action.id: action for action in ACTIONS},
    **{action.id: action for action in ACTIONS if not action.where & TEXT},
}
"""Each id once; of two actions under it the one that is done by letters."""

ABOUT_ONE = frozenset({"hello", "nod", "reply", "done", "later", "leave", "who", "browser", "copy"})
"""Actions that need a conversation at the cursor to be done to, in a list of conversations."""

_SHOWN_KEYS = {
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
    "comma": ",",
}


def here(where: Where) -> Iterator[Action]:
    """What can be done in a place, in the order it is told."""
    return (action for action in ACTIONS if where in action.where)


def keys_of(action: Action, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of an action as they are written on the screen: the user's own, or else ours."""
    return tuple(shown(key.strip()) for key in keymap.get(action.bound, action.keys).split(",") if key.strip())


def shown(key: str) -> str:
    """A key as it is written on the screen."""
    return _SHOWN_KEYS.get(key, key)


def of_one_key(where: Where, id: str, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The ids that a key may mean in a place which means this one: no two of them can ever be done at once."""
    keys = {key for action in here(where) if action.id == id for key in keys_of(action, keymap)}
    return tuple(action.id for action in here(where) if action.id == id or keys.intersection(keys_of(action, keymap)))


def action_in(where: Where, id: str) -> Action | None:
    """The action that an id means in a place, or None if it cannot be done there."""
    return next((action for action in here(where) if action.id == id), None)


def first_key(id: str, keymap: Mapping[str, str], where: Where = NOWHERE) -> str:
    """The key to name in a sentence, that of a place if one is given, or where an action is found that has none."""
    action = action_in(where, id) or BY_ID[id]
    return (keys_of(action, keymap) or (f"“{action.word}” in the menu",))[0]
