"""Conversations that do not wait: older ones, and those you left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList

from introvert_tui.engine.inbox import InboxRow
from introvert_tui.engine.views import Outcome
from introvert_tui.tui.actions import Where
from introvert_tui.tui.listing import cursor_moves
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.rows import places
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.row_list import RowList


class OthersScreen(Place):
    """A list to look something up in; it is read again only by coming back."""

    WHERE: ClassVar[Where] = Where.OTHERS
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.OTHERS)

    def __init__(self, title: str, left: bool) -> None:
        super().__init__()
        self._title, self._left = title, left
        self._rows: tuple[InboxRow, ...] = ()

    def compose(self) -> ComposeResult:
        yield TitleLine(self._title)
        yield RowList(id="list")
        yield from self.foot()

    def on_mount(self) -> None:
        self._draw()
        self.rows.focus()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted:
            self._draw()

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    def _draw(self) -> None:
        session, now = self.app.session, self.app.clock()
        self._rows = session.left() if self._left else session.older()
        selected = self.rows.selected_id
        where = places(session.accounts())
        options = [self.rows.row(row, now, where) for row in self._rows]
        if not options:
            options = [
                self.rows.quiet("Nothing here: you left no conversation." if self._left else "Nothing older here.")
            ]
        self.rows.fill(options, selected, self.rows.place_of(selected))

    def subject(self) -> Subject | None:
        selected = self.rows.selected_id
        row = next((row for row in self._rows if str(row.id) == selected), None)
        if row is None:
            return None
        view = self.app.session.conversation(row.id)
        return Subject(row.id, row.shown, (view.to.url if view.to else None) or view.url)

    async def settled(self, outcome: Outcome, id: int) -> None:
        self._draw()

    def changed(self, conversations: frozenset[int]) -> None:
        """Nothing: a list that one looks something up in stays as it is."""

    def take_keyboard(self) -> None:
        self.rows.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.call_next(self.action_do, "open")

    def moves(self) -> Mapping[str, Deed]:
        return {**cursor_moves(lambda: self.rows), "open": self.open, "back": self.back}

    async def open(self) -> None:
        subject = self.subject()
        if subject is not None:
            from introvert_tui.tui.screens.conversation import ConversationScreen

            self.app.push_screen(ConversationScreen(subject.id))

    async def back(self) -> None:
        self.dismiss()
