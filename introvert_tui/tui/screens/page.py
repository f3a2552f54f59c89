"""One page to read, and nothing to do on it."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.visual import Visual
from textual.widgets import Static

from introvert_tui.tui.actions import NO_KEY, first_key
from introvert_tui.tui.app import IntrovertApp
from introvert_tui.tui.widgets.form import Ways


class Page(Screen[None]):
    """A text of any length; the keys that lead here and away all go back."""

    app = getters.app(IntrovertApp)
    DEFAULT_CSS = """
    Page {
        & VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; padding: 1 2; }
        & Ways { margin: 0 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", show=False),
        Binding(NO_KEY, "dismiss", show=False, id="back"),
        Binding("question_mark", "dismiss", show=False, id="keys"),
        Binding("space", "dismiss", show=False, id="menu"),
        Binding("q", "dismiss", show=False, id="quit"),
        Binding("j,down", "scroll('scroll_down')", show=False, id="down"),
        Binding("k,up", "scroll('scroll_up')", show=False, id="up"),
        Binding("g,home", "scroll('scroll_home')", show=False, id="first"),
        Binding("G,end", "scroll('scroll_end')", show=False, id="last"),
        Binding("pagedown,ctrl+d", "scroll('page_down')", show=False, id="page_down"),
        Binding("pageup,ctrl+u", "scroll('page_up')", show=False, id="page_up"),
    ]

    def __init__(self, words: Content | Visual) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(self._words)
        yield Ways([(first_key("back", self.app.keymap_of_user), "back", "screen.dismiss")])

    async def action_scroll(self, how: str) -> None:
        """Up and down in the text."""
        await self.query_one(VerticalScroll).run_action(how)
