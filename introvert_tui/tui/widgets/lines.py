"""The lines around the list: the title, the one quiet line, and the hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from introvert_tui.tui.actions import Action, keys_of
from introvert_tui.tui.fitting import cells, shorten
from introvert_tui.tui.rows import QUIET, STRONG

_FEWEST_LINES, _MOST_LINES = 2, 6
_IN_ANY_CASE = frozenset({"back", "menu", "quit"})
"""Actions that lead out, or to all the others."""


class TitleLine(Widget):
    """One line: a title at the left, the day at the right."""

    DEFAULT_CSS = "TitleLine { height: 1; }"

    def __init__(self, title: str, right: str = "") -> None:
        super().__init__()
        self._title, self._right = title, right

    def say(self, title: str, right: str) -> None:
        """Another title."""
        if (title, right) != (self._title, self._right):
            self._title, self._right = title, right
            self.refresh()

    def render(self) -> Content:
        room = self.size.width - cells(self._right) - 2
        if room <= 8:
            return Content.styled(shorten(self._title, self.size.width), STRONG)
        title = shorten(self._title, room)
        return Content.assemble((title, STRONG), " " * (room - cells(title)), "  ", (self._right, QUIET))


class QuietLine(Static):
    """What happened last, and what is held back: two lines that are always there, so that nothing moves.

    Only what two lines cannot hold takes more, from below the list, which stays where it is.
    """

    DEFAULT_CSS = f"QuietLine {{ height: auto; min-height: {_FEWEST_LINES}; max-height: {_MOST_LINES}; }}"
    ALLOW_SELECT: ClassVar[bool] = False
    said = ""
    held = ""

    def say(self, sentence: str) -> None:
        """A sentence about what happened; it stays until the next one."""
        self.said = sentence
        self._show()

    def hold(self, sentence: str) -> None:
        """A sentence about what came in and is not shown yet."""
        self.held = sentence
        self._show()

    def _show(self) -> None:
        both = Content("\n".join(line for line in (self.said, self.held) if line))
        width, height = self.size
        lines = len(both.wrap(width)) if width else 0
        self.update(both, layout=min(max(lines, _FEWEST_LINES), _MOST_LINES) != height)


class Hints(Static):
    """The keys that matter here; a click on one does it."""

    DEFAULT_CSS = """
    Hints {
        height: 1; text-wrap: nowrap; text-overflow: ellipsis;
        link-style: none; link-color: $foreground; link-background: transparent;
        link-style-hover: underline; link-color-hover: $foreground; link-background-hover: transparent;
    }
    """
    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, actions: Sequence[Action], keymap: Mapping[str, str], id: str | None = None) -> None:
        super().__init__(id=id)
        self._actions, self._keymap = actions, keymap

    def tell(self, actions: Sequence[Action]) -> None:
        """Other keys than before, or the same."""
        if actions != self._actions:
            self._actions = actions
            self.refresh()

    def render(self) -> Content:
        """In the fullest words that fit; where not even the shortest do, the keys that lead out stay."""
        width = self.size.width
        gap = "   " if width >= 110 else "  "
        actions = [action for action in self._actions if keys_of(action, self._keymap)]
        for words in (_whole, _short, _first):
            told = Content(gap).join(self._hint(action, words(action)) for action in actions)
            if told.cell_length <= width:
                return told
        while told.cell_length > width and (less := [one for one in actions if one.id not in _IN_ANY_CASE]):
            actions.remove(less[-1])
            told = Content(gap).join(self._hint(action, _first(action)) for action in actions)
        return told

    def _hint(self, action: Action, word: str) -> Content:
        hint = Content.assemble((keys_of(action, self._keymap)[0], STRONG), " ", (word, QUIET))
        return hint.stylize(Style.from_meta({"@click": f"screen.do('{action.id}')"}))


def _whole(action: Action) -> str:
    return action.word


def _short(action: Action) -> str:
    return action.short or action.word


def _first(action: Action) -> str:
    return _short(action).split()[0]
