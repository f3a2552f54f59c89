"""Lists of what does not wait, to look something up in: older conversations, and those you left."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from introvert_tui.engine.inbox import InboxRow
from introvert_tui.engine.views import Outcome
from introvert_tui.tui.actions import ABOUT_ONE, Where
from introvert_tui.tui.listing import cursor_moves
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.rows import places
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.row_list import RowList

_WITHOUT_ROWS = ("back", "menu", "quit")
"""Actions that need nothing to be done to."""


class AsideList(Place):
    """One list beside the inbox; it changes by what its reader does in it, and by coming back to it."""

    TITLE_WORDS: ClassVar[str]
    NOTHING: ClassVar[str]

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE_WORDS)
        yield self.make_list()
        yield from self.foot()

    def make_list(self) -> RowList:
        """The list, still empty."""
        return RowList()

    @abstractmethod
    def read(self) -> None:
        """Read what the list is about."""

    @abstractmethod
    def options(self) -> Iterator[Option]:
        """What was read, as it is drawn."""

    @abstractmethod
    async def open(self) -> None:
        """Open what the cursor is on."""

    def on_mount(self) -> None:
        self.app.say("")
        self.refill()
        self.set_focus(self.rows)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted:
            self.refill()

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    def refill(self, select: str | None = None) -> None:
        """Read and draw it anew, with the cursor on what is to be selected, if that is there, or where it was."""
        self.read()
        self.draw(select)

    def draw(self, select: str | None = None) -> None:
        """Draw what was read."""
        selected = self.rows.selected_id
        near = self.rows.place_of(selected)
        options = list(self.options())
        if select is not None and any(option.id == select for option in options):
            selected = select
        self.rows.fill(options or [self.rows.quiet(self.NOTHING)], selected, near)
        self.hint(() if options else _WITHOUT_ROWS)

    def tell_times(self) -> None:
        self.rows.tell_anew(self.options())

    async def settled(self, outcome: Outcome, id: int) -> None:
        self.refill()

    def changed(self, conversations: frozenset[int]) -> None:
        """Nothing: a list that one looks something up in stays as it is."""

    def idle(self) -> Collection[str]:
        return {*ABOUT_ONE, "open", "bring_back", "rejoin"} if self.rows.selected_id is None else ()

    def take_keyboard(self) -> None:
        self.set_focus(self.rows)

    def kept_words(self, id: int) -> None:
        self.refill()

    def make_room(self) -> None:
        self.rows.scroll_to_highlight()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.call_next(self.action_do, "open")

    def moves(self) -> Mapping[str, Deed]:
        return {**cursor_moves(lambda: self.rows), "open": self.open, "back": self.back}

    async def back(self) -> None:
        self.dismiss()


class ConversationList(AsideList):
    """A list of conversations."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[InboxRow, ...] = ()

    @abstractmethod
    def find(self) -> tuple[InboxRow, ...]:
        """The conversations, in their order."""

    def read(self) -> None:
        self._rows = self.find()

    def options(self) -> Iterator[Option]:
        now, where = self.app.clock(), places(self.app.session.accounts())
        for row in self._rows:
            yield from self.above(row)
            yield self.rows.row(row, now, where)

    def above(self, row: InboxRow) -> Iterator[Option]:
        """What stands above a row that begins something new."""
        yield from ()

    async def settled(self, outcome: Outcome, id: int) -> None:
        known = any(row.id == id for row in self._rows)
        self.refill(None if known else str(id))

    def subject(self) -> Subject | None:
        selected = self.rows.selected_id
        row = next((row for row in self._rows if str(row.id) == selected), None)
        if row is None:
            return None
        view = self.app.session.conversation(row.id)
        return Subject(row.id, row.shown, (view.to.url if view.to else None) or view.url)

    async def open(self) -> None:
        subject = self.subject()
        if subject is not None:
            from introvert_tui.tui.screens.conversation import ConversationScreen

            await self.app.push_screen(ConversationScreen(subject.id))


class OlderScreen(ConversationList):
    """Conversations in which nobody waits."""

    WHERE: ClassVar[Where] = Where.OTHERS
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.OTHERS)
    TITLE_WORDS = "Older conversations"
    NOTHING = "Nothing older here."

    def find(self) -> tuple[InboxRow, ...]:
        return self.app.session.older()


class LeftScreen(ConversationList):
    """What you left, each with what happened there since."""

    WHERE: ClassVar[Where] = Where.LEFT
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.LEFT)
    TITLE_WORDS = "What you left"
    NOTHING = "Nothing here: you left no conversation."

    def find(self) -> tuple[InboxRow, ...]:
        return self.app.session.left()
