"""One page to read, and nothing to do on it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from introvert_tui.tui.actions import NO_KEY


class Page(Screen[None]):
    """A text of any length; the keys that lead here and away all go back."""

    DEFAULT_CSS = "Page VerticalScroll { scrollbar-size-vertical: 1; padding: 1 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", show=False),
        Binding(NO_KEY, "dismiss", show=False, id="back"),
        Binding("question_mark", "dismiss", show=False, id="keys"),
        Binding("space", "dismiss", show=False, id="menu"),
        Binding("q", "dismiss", show=False, id="quit"),
        Binding("j", "scroll(1)", show=False, id="down"),
        Binding("k", "scroll(-1)", show=False, id="up"),
    ]

    def __init__(self, words: Content) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._words)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, lines: int) -> None:
        """A line down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
