"""Every key in one list, told from the same registry that binds them."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from introvert_tui.tui.actions import ACTIONS, Where, keys_of
from introvert_tui.tui.rows import QUIET, STRONG

_WHERE = (
    (Where.INBOX | Where.CONVERSATION | Where.OTHERS, "Everywhere"),
    (Where.INBOX | Where.CONVERSATION, "In the inbox and in a conversation"),
    (Where.INBOX | Where.OTHERS, "In a list"),
    (Where.INBOX, "In the inbox"),
    (Where.CONVERSATION, "In a conversation"),
    (Where.CONVERSATION | Where.OTHERS, "In a conversation and in the lists"),
)
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
    for where, title in _WHERE:
        told = [action for action in ACTIONS if action.where == where and action.listed]
        if told:
            parts.append((f"\n\n{title}\n", STRONG))
        for action in told:
            parts += [f"\n{', '.join(keys_of(action, keymap)):>18}  ", (action.help, QUIET)]
    parts.append(("\n\nWhile you write\n", STRONG))
    for key, words in _WRITING:
        parts += [f"\n{key:>18}  ", (words, QUIET)]
    parts.append(
        ("\n\nctrl+c quits as well, and sends nothing. Keys can be changed under [keys] in config.toml.", QUIET)
    )
    return Content.assemble(*parts)
