"""The pane beside the list: a few last messages, to read and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from introvert_tui.tui.actions import first_key
from introvert_tui.tui.app import IntrovertApp

if TYPE_CHECKING:
    from introvert_tui.engine.views import ConversationView


class Beside(VerticalScroll, can_focus=False):
    """One text, scrolled to its end; several widgets would cost twice as much for each move of the cursor."""

    app = getters.app(IntrovertApp)

    def __init__(self, appeared: Callable[[], None], id: str | None = None) -> None:
        super().__init__(id=id)
        self._appeared = appeared
        self.view: ConversationView | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="page", markup=False)

    def on_show(self) -> None:
        """The terminal became wide enough for two panes. A screen must not listen to its own `Resize`: two of them in
        a row then answer each other for ever (tried with 8.2.8)."""
        self._appeared()

    def show(self, view: ConversationView | None, now: datetime) -> None:
        """Another conversation at its end, the same where it is read, or none."""
        # It brings the model, which takes 13 ms, and the first frame does without.
        from introvert_tui.tui.pages import preview

        same = self.view is not None and view is not None and view.id == self.view.id
        self.view = view
        self.query_one("#page", Static).update(preview(view, now, self._unfold_key) if view else Content())
        if not same:  # else what is being read there would move
            self.call_after_refresh(self.scroll_end, animate=False)

    @property
    def _unfold_key(self) -> str:
        """What shows here what is hidden: first the conversation has to be opened."""
        return ", then ".join(first_key(id, self.app.keymap_of_user) for id in ("open", "unfold")) + ","

    def tell_times(self, now: datetime) -> None:
        """The same with the times as they are now, where it stands."""
        from introvert_tui.tui.pages import preview

        page = self.query_one("#page", Static)
        if self.view is not None and (told := preview(self.view, now, self._unfold_key)) != page.content:
            page.update(told)

    def all_new_of(self, id: int) -> ConversationView | None:
        """What is shown here, if it is this conversation and every new message of it can be read on the screen."""
        from introvert_tui.tui.pages import folded, last_few

        view = self.view
        if not self.display or view is None or view.id != id or self.max_scroll_y > 0:
            return None
        shown = {message.id for message in last_few(view) if not folded(message, frozenset())}
        return view if all(message.id in shown for message in view.messages if message.new) else None
