"""What you wrote, the last first, and how each stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets.option_list import Option

from introvert_tui.engine.sent import SentView
from introvert_tui.tui.actions import Where
from introvert_tui.tui.from_sent import FromSent
from introvert_tui.tui.place import Deed, Subject, bindings
from introvert_tui.tui.rows import Places, places
from introvert_tui.tui.screens.others import AsideList
from introvert_tui.tui.sent_rows import sent_lines
from introvert_tui.tui.widgets.row_list import Drawn, RowList


class SentList(RowList, inherit_bindings=False):
    """Messages of yours."""

    def message(self, view: SentView, now: datetime, where: Places) -> Option:
        """One message, to be moved to and opened; what asks has the mark of what waits."""
        drawn = Drawn(lambda width: sent_lines(view, width, now, where), view.question is not None)
        return self._option(drawn, view.key)


class SentScreen(AsideList):
    """One calm list; what becomes of a message is told in its place."""

    WHERE: ClassVar[Where] = Where.SENT
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.SENT)
    TITLE_WORDS = "What you sent"
    NOTHING = "Nothing here: you have sent nothing from here yet."

    def __init__(self) -> None:
        super().__init__()
        self._views: tuple[SentView, ...] = ()

    def make_list(self) -> SentList:
        return SentList()

    @property
    def rows(self) -> SentList:
        """The list."""
        return self.query_one(SentList)

    def read(self) -> None:
        self._views = self.app.session.sent()

    def options(self) -> Iterator[Option]:
        now, where = self.app.clock(), places(self.app.session.accounts())
        return (self.rows.message(view, now, where) for view in self._views)

    def message(self, key: str | None) -> SentView | None:
        """A message of the list."""
        return next((view for view in self._views if view.key == key), None)

    @property
    def selected(self) -> SentView | None:
        """The message under the cursor."""
        return self.message(self.rows.selected_id)

    def changed(self, conversations: frozenset[int]) -> None:
        """How a message stands changes where it is; the list itself stays."""
        if any(view.conversation in conversations for view in self._views):
            self.call_next(self._freshen)

    def _freshen(self) -> None:
        known = {view.key: view for view in self.app.session.sent()}
        self._views = tuple(known.get(view.key, view) for view in self._views)
        self.draw()

    def draw(self, select: str | None = None) -> None:
        super().draw(select)
        self._hint()

    def on_option_list_option_highlighted(self) -> None:
        self._hint()

    def _hint(self) -> None:
        """Only what can be done to the message under the cursor."""
        if self._views:
            self.hint(but=self.idle())

    def idle(self) -> Collection[str]:
        view = self.selected
        can = {
            "send": view is not None and view.moves,
            "drop": view is not None and view.moves and not view.lost,
            "delete": view is not None and view.delete is not None,
        }
        return [*super().idle(), *(id for id, possible in can.items() if not possible)]

    def subject(self) -> Subject | None:
        view = self.selected
        if view is None:
            return None
        return Subject(view.conversation, view.shown, view.url, view.answered or None)

    def moves(self) -> Mapping[str, Deed]:
        return {**super().moves(), **FromSent(self).by_id()}

    async def open(self) -> None:
        if (view := self.selected) is not None:
            from introvert_tui.tui.screens.conversation import ConversationScreen

            await self.app.push_screen(ConversationScreen(view.conversation, view.message or None))
