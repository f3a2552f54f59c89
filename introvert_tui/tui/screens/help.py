"""Every key in one list, told from the same registry that binds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from introvert_tui.text import capital, names
from introvert_tui.tui.actions import ACTIONS, TEXT, Where, keys_of
from introvert_tui.tui.fitting import cells, wrapped
from introvert_tui.tui.rows import QUIET, STRONG

_GAP = "  "
_MOST_KEYS, _ROOM_FOR_ALL_KEYS = 9, 60
_LAST_WORDS = "ctrl+c quits as well, and sends nothing. Keys can be changed under [keys] in config.toml."
_MANY = 3
"""Places that are not named one by one any more."""
_EVERYWHERE = "Nearly everywhere"
_WRITING = "While you write"
_PLACES = {
    Where.INBOX: "in the inbox",
    Where.CONVERSATION: "in a conversation",
    Where.OTHERS: "among older conversations",
    Where.LATER: "in what you put off",
    Where.LEFT: "in what you left",
    Where.SENT: "in what you sent",
    Where.PERSON: "on a card",
}


class KeyList(Visual):
    """All keys, by where they work, in two columns; on a narrow terminal only the first key of each action."""

    def __init__(self, keymap: Mapping[str, str]) -> None:
        self._keymap = keymap

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        return [strip for line in self._lines(width) for strip in line.render_strips(width, 1, style, options)]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return sum(1 for _ in self._lines(width))

    def _lines(self, width: int) -> Iterator[Content]:
        most = _MOST_KEYS if width >= _ROOM_FOR_ALL_KEYS else 1
        listed = [
            (action, ", ".join(keys_of(action, self._keymap)[:most]) or "no key") for action in ACTIONS if action.listed
        ]
        wide = max(cells(keys) for _, keys in listed)
        yield Content.styled("Keys", STRONG)
        for title in dict.fromkeys((_EVERYWHERE, *(_title(action.where) for action, _ in listed))):
            yield from (Content(), Content.styled(title, STRONG), Content())
            for action, keys in listed:
                if _title(action.where) == title:
                    yield from _in_columns(keys, wide, action.help, width)
        yield Content()
        for line in wrapped(_LAST_WORDS, width, width):
            yield Content.styled(line, QUIET)


def _in_columns(keys: str, wide: int, help: str, width: int) -> Iterator[Content]:
    room = max(1, width - wide - len(_GAP))
    for index, line in enumerate(wrapped(help, room, width) or [""]):
        yield Content.assemble((keys if index == 0 else "").rjust(wide), _GAP, (line, QUIET))


def _title(where: Where) -> str:
    """Where something can be done, in words."""
    if where & TEXT:
        return _WRITING
    places = [words for place, words in _PLACES.items() if place in where]
    if len(places) >= _MANY:
        return _EVERYWHERE
    told = names(places)
    return capital(told)
