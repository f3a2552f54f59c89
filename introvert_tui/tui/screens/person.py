"""Somebody's card: when you last spoke, the last times, your note, and what can be done about them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from introvert_tui.engine.acquaintances import Exchange
from introvert_tui.engine.views import Outcome
from introvert_tui.errors import Cannot
from introvert_tui.tui.actions import Where, first_key
from introvert_tui.tui.closing import show_distance
from introvert_tui.tui.faces import about, exchange_lines
from introvert_tui.tui.from_card import FromCard
from introvert_tui.tui.listing import cursor_moves
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.note import Note
from introvert_tui.tui.widgets.row_list import Drawn, RowList

if TYPE_CHECKING:
    from introvert_tui.engine.distance import Distance
    from introvert_tui.tui.widgets.writing import Writing


class Exchanges(RowList, inherit_bindings=False):
    """The last times that you spoke."""

    def exchange(self, id: str, one: Exchange, name: str, now: datetime, several: bool) -> Option:
        """One of them, to be moved to and opened."""
        return self._option(Drawn(lambda width: exchange_lines(one, name, width, now, several), False), id)


class PersonScreen(Place):
    """One human, by all of their profiles; `person` is any of these."""

    WHERE: ClassVar[Where] = Where.PERSON
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.PERSON)
    DEFAULT_CSS = """
    PersonScreen > #about { height: auto; padding: 0 0 1 0; }
    """

    def __init__(self, person: int) -> None:
        self._from_card = FromCard(self)
        super().__init__()
        self.person = person
        self.card = self.app.session.person(person)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.card.name)
        yield Static(about(self.card), id="about")
        yield Exchanges()
        key = first_key("note", self.app.keymap_of_user)
        yield Note(
            self.card.notes,
            key,
            lambda words: self.app.session.note(self.person, words),
            self._from_card.noted,
            self.take_keyboard,
        )
        yield from self.foot()

    def on_mount(self) -> None:
        self.app.say("")
        self.read()
        self.set_focus(self.rows)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted:
            self.read()

    @property
    def rows(self) -> Exchanges:
        """The last times that you spoke."""
        return self.query_one(Exchanges)

    @property
    def note(self) -> Note:
        """Your note."""
        return self.query_one(Note)

    def read(self) -> None:
        """See the card as it is by now; go, where another program has forgotten whose it is."""
        try:
            card = self.card = self.app.session.person(self.person)
        except Cannot as problem:
            self.dismiss()
            self.app.say(str(problem))
            return
        self.query_one(TitleLine).say(card.name, "")
        self.query_one("#about", Static).update(about(card))
        selected = self.rows.selected_id
        self.rows.fill(self._options(), selected, self.rows.place_of(selected))
        self.note.show(card.notes)

    def _options(self) -> Iterator[Option]:
        rows, now, several = self.rows, self.app.clock(), len(self.card.profiles) > 1
        if not self.card.exchanges:
            yield rows.quiet("Nothing that you said to each other is left here.")
        elif len(self.card.exchanges) > 1:
            yield rows.line("The last times you spoke")
        for one in self.card.exchanges:
            yield rows.exchange(_id(one), one, self.card.name, now, several)

    def tell_times(self) -> None:
        about_them = self.query_one("#about", Static)
        with suppress(Cannot):  # another program has forgotten them
            if (told := about(self.app.session.person(self.person))) != about_them.content:
                about_them.update(told)
        self.rows.tell_anew(self._options())

    def being_written(self) -> Writing | Note | None:
        return self.note if self.note.field.has_focus else super().being_written()

    def changed(self, conversations: frozenset[int]) -> None:
        """Nothing: what came in is on the card when one comes back to it."""

    async def settled(self, outcome: Outcome, id: int) -> None:
        self.read()

    async def keep(self, done: Distance) -> None:
        """Show what muting or blocking did, here and in the list below."""
        self.read()
        show_distance(self.app, done)
        self.app.say(done.sentence)

    @property
    def selected(self) -> Exchange | None:
        """The exchange under the cursor."""
        id = self.rows.selected_id
        return next((one for one in self.card.exchanges if _id(one) == id), None)

    def subject(self) -> Subject | None:
        one = self.selected
        return Subject(one.conversation, one.message) if one is not None else None

    def idle(self) -> Collection[str]:
        return ("part",) if len(self.card.profiles) == 1 else ()

    def take_keyboard(self) -> None:
        self.set_focus(self.rows)

    def action_leave_note(self) -> None:
        """Out of the note, which is kept as it is."""
        self.take_keyboard()

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.call_next(self.action_do, "open")

    def moves(self) -> Mapping[str, Deed]:
        return {**cursor_moves(lambda: self.rows), **self._from_card.by_id(), "back": self.back}

    async def back(self) -> None:
        self.dismiss()


def _id(one: Exchange) -> str:
    return f"{one.conversation}:{one.message}"
