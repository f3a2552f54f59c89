"""Everybody you ever spoke with: found by name as one types, and those you have not spoken to for long on top."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from introvert_tui.engine.acquaintances import Acquaintance, Circle, named
from introvert_tui.tui.faces import HEADINGS, person_lines
from introvert_tui.tui.screens.looking import LookingPlace
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.row_list import Drawn, RowList

WINDOW = 200
"""Rows in the list; others are found by typing."""
NOBODY = "Nobody yet. Whoever speaks to you comes to be here."
NOT_FOUND = "Nobody goes by that name here."
MORE = "There are more; a name finds them."


class PeopleList(RowList, can_focus=False, inherit_bindings=False):
    """People under their headings. The keyboard stays with the line above it."""

    def person(self, one: Acquaintance, now: datetime, several: bool) -> Option:
        """Somebody, to be moved to and opened."""
        return self._option(Drawn(lambda width: person_lines(one, width, now, several), False), str(one.id))


class PeopleScreen(LookingPlace):
    """A list to find somebody in; with `chosen` it is asked for one person, other than those `besides`."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        title: str = "People",
        chosen: Callable[[int], Awaitable[None]] | None = None,
        besides: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__()
        self._title, self._chosen, self._besides = title, chosen, besides
        self._known: tuple[Acquaintance, ...] = ()
        self._shown_for = ""

    def compose(self) -> ComposeResult:
        yield TitleLine(self._title)
        yield from self.line()
        yield PeopleList()
        yield from self.foot()

    def on_mount(self) -> None:
        self.app.say("")
        self.set_focus(self.field)
        self._read()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted:
            self._read()

    @property
    def rows(self) -> PeopleList:
        """The people."""
        return self.query_one(PeopleList)

    def _read(self) -> None:
        self._known = tuple(one for one in self.app.session.people() if one.id not in self._besides)
        self._show(self.rows.selected_id)

    def _show(self, selected: str | None = None) -> None:
        self._shown_for = self.field.value
        near = self.rows.place_of(selected)
        if selected is None:
            self.rows.scroll_home(animate=False, immediate=True)
        self.rows.fill(self._options(), selected, near)

    def tell_times(self) -> None:
        self.rows.tell_anew(self._options())

    def _options(self) -> Iterator[Option]:
        rows, now = self.rows, self.app.clock()
        several = len({account.network for account in self.app.session.accounts()}) > 1
        found = named(self._known, self.field.value)
        circle: Circle | None = None
        for one in found[:WINDOW]:
            if one.circle is not circle:
                circle = one.circle
                yield rows.line(HEADINGS[circle])
            yield rows.person(one, now, several)
        if len(found) > WINDOW:
            yield rows.quiet(MORE)
        if not found:
            yield rows.quiet(NOT_FOUND if self._known else NOBODY)

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Another letter."""
        event.stop()
        if event.value != self._shown_for:
            self._show()

    async def submit(self) -> None:
        """The person under the cursor, once they are one whom these letters find."""
        if self._shown_for != self.field.value:
            self._show()
        await self._open()

    @on(OptionList.OptionSelected)
    async def clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        await self._open()

    async def _open(self) -> None:
        selected = self.rows.selected_id
        if selected is None or not self.is_active:  # of a double click, the second finds somebody chosen
            return
        if self._chosen is not None:
            self.dismiss()
            await self.app.run_safely(self._chosen(int(selected)))
            return
        from introvert_tui.tui.screens.person import PersonScreen

        with self.app.saying_why_not():
            self.app.push_screen(PersonScreen(int(selected)))
