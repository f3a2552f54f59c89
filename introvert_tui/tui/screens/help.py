"""Every key in one list, told from the same registry that binds them."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from introvert_tui.text import names
from introvert_tui.tui.actions import ACTIONS, Where, keys_of
from introvert_tui.tui.rows import QUIET, STRONG

_MANY = 3
"""Places that are not named one by one any more."""
_EVERYWHERE = "Nearly everywhere"
_PLACES = {
    Where.INBOX: "in the inbox",
    Where.CONVERSATION: "in a conversation",
    Where.OTHERS: "among older conversations",
    Where.LATER: "in what you put off",
    Where.LEFT: "in what you left",
    Where.SENT: "in what you sent",
    Where.PERSON: "on a card",
}
_WRITING = (
    ("enter", "send a hello, and leave; in a reply, a new line"),
    ("tab", "take the hello that is suggested, again for another; in a reply, name the others who wait"),
    ("ctrl+s", "send a reply"),
    ("ctrl+o", "write the reply in your editor"),
    ("esc", "back, with your words kept"),
)


def key_list(keymap: Mapping[str, str]) -> Content:
    """All keys, by where they work."""
    parts: list[str | tuple[str, str]] = [("Keys", STRONG), ("    esc goes back", QUIET)]
    listed = [action for action in ACTIONS if action.listed]
    titles = dict.fromkeys((_EVERYWHERE, *(_title(action.where) for action in listed)))
    for title in titles:
        parts.append((f"\n\n{title}\n", STRONG))
        for action in (one for one in listed if _title(one.where) == title):
            parts += [f"\n{', '.join(keys_of(action, keymap)):>18}  ", (action.help, QUIET)]
    parts.append(("\n\nWhile you write\n", STRONG))
    for key, words in _WRITING:
        parts += [f"\n{key:>18}  ", (words, QUIET)]
    parts.append(
        ("\n\nctrl+c quits as well, and sends nothing. Keys can be changed under [keys] in config.toml.", QUIET)
    )
    return Content.assemble(*parts)


def _title(where: Where) -> str:
    """Where something can be done, in words."""
    places = [words for place, words in _PLACES.items() if place in where]
    if len(places) >= _MANY:
        return _EVERYWHERE
    told = names(places)
    return told[:1].upper() + told[1:]
