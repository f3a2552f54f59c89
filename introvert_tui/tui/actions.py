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


NOWHERE = Where(0)
_LISTS = Where.INBOX | Where.OTHERS
_TALK = Where.INBOX | Where.CONVERSATION
_ALL = Where.INBOX | Where.CONVERSATION | Where.OTHERS


class Action(NamedTuple):
    """One thing to do; `word` goes to the hints, `short` to narrow hints, `help` to the menu and the key list.

    `hint` is where it is told without being asked, `listed` whether the menu and the key list tell it.
    """

    id: str
    keys: str
    word: str
    help: str
    where: Where
    short: str = ""
    hint: Where = NOWHERE
    listed: bool = True


ACTIONS: tuple[Action, ...] = (
    Action("hello", "h", "say hi and leave", "A short hello goes out, and you leave", _TALK, "hi", _TALK),
    Action("nod", "n", "nod", "Like their message: seen, thanks, and done", _TALK, "nod", _TALK),
    Action("reply", "r", "reply", "A longer answer, and you stay in the conversation", _ALL, "reply", _TALK),
    Action("done", "e", "done", "Read it, nothing to say", _TALK, "done", _TALK),
    Action("later", "z", "later", "Put it off: this evening, tomorrow, next week, whenever", _TALK, "later", _TALK),
    Action("leave", "x", "leave quietly", "Leave without a word; it stays quiet from here on", _TALK, "leave", _TALK),
    Action("undo", "u", "take back", "Take back the last thing you did, a hello still here included", _ALL),
    Action("rejoin", "b", "rejoin", "Come back into a conversation that you left", Where.OTHERS | Where.CONVERSATION,
           "rejoin", Where.OTHERS),
    Action("open", "enter", "open", "Read the conversation", _LISTS, "open", Where.OTHERS),
    Action("back", "escape", "back", "Go back to where you came from", Where.CONVERSATION | Where.OTHERS, "back",
           Where.CONVERSATION | Where.OTHERS),
    Action("unfold", "v", "show what a warning hides", "Show or hide what stands under a content warning",
           Where.CONVERSATION),
    Action("browser", "o", "open in the browser", "Open the message in the browser", _ALL),
    Action("copy", "y", "copy the link", "Copy the address of the message", _ALL),
    Action("link_1", "1", "open a link", "1 to 9: open the link with that number, after showing where it leads",
           Where.CONVERSATION),
    *(Action(f"link_{n}", str(n), "open a link", "", Where.CONVERSATION, listed=False) for n in range(2, 10)),
    Action("earlier", "left_square_bracket", "earlier messages", "Show earlier messages", Where.CONVERSATION),
    Action("newer", "right_square_bracket", "newer messages", "Show newer messages again", Where.CONVERSATION),
    Action("catch_up", "ctrl+r", "look again", "Show what is held back, and ask the servers for more", Where.INBOX),
    Action("older", "O", "older conversations", "Conversations in which nobody waits for you", Where.INBOX),
    Action("requests", "w", "who asks to write", "Read who asks to write to you; that lets nobody in", Where.INBOX),
    Action("left", "L", "what you left", "Every conversation that you left, and the way back in", Where.INBOX),
    Action("search", "slash", "search", "Words, people and places in everything that is on this computer", _ALL),
    Action("down", "j,down", "down", "Move down", _ALL),
    Action("up", "k,up", "up", "Move up", _ALL),
    Action("first", "g,home", "to the first", "Go to the first", _ALL),
    Action("last", "G,end", "to the last", "Go to the last", _ALL),
    Action("page_down", "pagedown,ctrl+d", "a page down", "Move a page down", _ALL),
    Action("page_up", "pageup,ctrl+u", "a page up", "Move a page up", _ALL),
    Action("menu", "space", "all", "Everything you can do here, in a list", _ALL, "all", _ALL),
    Action("keys", "question_mark", "keys", "Every key, in one list", _ALL),
    Action("quit", "q", "quit", "Quit, at once; what is waiting to go out goes out", _ALL, "quit", _ALL),
)  # fmt: skip

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}

_SHOWN_KEYS = {
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
}


def here(where: Where) -> Iterator[Action]:
    """What can be done in a place, in the order it is told."""
    return (action for action in ACTIONS if where in action.where)


def keys_of(action: Action, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of an action as they are written on the screen, the user's own before ours."""
    keys = keymap.get(action.id) or action.keys
    return tuple(_SHOWN_KEYS.get(key.strip(), key.strip()) for key in keys.split(",") if key.strip())


def first_key(id: str, keymap: Mapping[str, str]) -> str:
    """The key to name in a sentence."""
    return (keys_of(BY_ID[id], keymap) or ("",))[0]


def unknown(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The ids in the user's keys that name nothing here."""
    return tuple(id for id in keymap if id not in BY_ID)
