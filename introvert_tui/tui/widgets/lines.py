"""The lines around the list: the title, the one quiet line, and the hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from introvert_tui.text import cells
from introvert_tui.tui.actions import Action, keys_of
from introvert_tui.tui.rows import QUIET, STRONG

NARROW = 60
"""Below this hints shrink to keys and first words."""
WIDE = 90
"""From here on hints are whole."""


class TitleLine(Widget):
    """One line: a title at the left, the day at the right."""

    DEFAULT_CSS = "TitleLine { height: 1; }"

    def __init__(self, title: str, right: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._title, self._right = title, right

    def say(self, title: str, right: str) -> None:
        """Another title."""
        if (title, right) != (self._title, self._right):
            self._title, self._right = title, right
            self.refresh()

    def render(self) -> Content:
        room = self.size.width - cells(self._right) - 2
        title = Content.styled(self._title, STRONG).truncate(max(1, room), ellipsis=True, pad=True)
        return Content.assemble(title, "  ", (self._right, QUIET)) if room > 8 else title


class QuietLine(Static):
    """What happened last, and what is held back: two lines that are always there, so that nothing moves."""

    DEFAULT_CSS = "QuietLine { height: 2; }"
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
        both = "\n".join(line for line in (self.said, self.held) if line)
        self.update(Content(both), layout=False)


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

    def render(self) -> Content:
        """As many as fit, the last two, which lead to all others and out, in any case."""
        width = self.size.width
        gap = "   " if width >= 110 else "  "
        told = [self._hint(action, width) for action in self._actions]
        while len(told) > 2 and sum(hint.cell_length + len(gap) for hint in told) - len(gap) > width:
            del told[-3]
        return Content(gap).join(told)

    def _hint(self, action: Action, width: int) -> Content:
        key = (keys_of(action, self._keymap) or ("",))[0]
        word = action.word if width >= WIDE else action.short or action.word
        if width < NARROW:
            word = word.split()[0]
        hint = Content.assemble((key, STRONG), " ", (word, QUIET))
        return hint.stylize(Style.from_meta({"@click": f"screen.do('{action.id}')"}))
