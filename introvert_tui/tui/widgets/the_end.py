"""What stands where the list was when nobody waits: what this visit was, and the ways on, quitting first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from introvert_tui.tui.widgets.row_list import RowList


class WayOn(NamedTuple):
    """An action that makes sense there, and its words with its key."""

    id: str
    words: Content


class TheEnd(Vertical):
    """The sentences, and below them a list with the cursor on the first way, so that enter alone quits."""

    DEFAULT_CSS = """
    TheEnd {
        height: 1fr; padding: 2 6 0 6;
        link-style: none; link-color: $foreground; link-background: transparent;
        link-style-hover: underline; link-color-hover: $foreground; link-background-hover: transparent;
        & > VerticalScroll { height: auto; max-height: 70%; padding: 0 0 1 3; scrollbar-size-vertical: 1; }
        & > RowList { height: 1fr; }
    }
    """

    def __init__(self, said: Content, ways: Sequence[WayOn], shown: Callable[[], None]) -> None:
        super().__init__(id="end")
        self._said, self._shown = Static(said), shown
        self.rows = RowList()
        self._fill(ways)

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield self._said
        yield self.rows

    def on_mount(self) -> None:
        self._shown()

    def show(self, said: Content, ways: Sequence[WayOn]) -> None:
        """The same with other words, and the cursor where it was."""
        self._said.update(said)
        self._fill(ways)

    def _fill(self, ways: Sequence[WayOn]) -> None:
        self.rows.fill((self.rows.choice(way.words, way.id) for way in ways), self.rows.selected_id)
