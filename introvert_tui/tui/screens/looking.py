"""A place where one types to find something: all letters are text here, so that keys are few."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from introvert_tui.engine.views import Outcome
from introvert_tui.tui.actions import Where
from introvert_tui.tui.listing import cursor_moves
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.widgets.row_list import RowList

PROMPT = "\u276f"


class LookingPlace(Place):
    """One line to type in, and a list below it that the arrow keys move in."""

    WHERE: ClassVar[Where] = Where.SEARCH
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.SEARCH)
    DEFAULT_CSS = """
    LookingPlace {
        & Horizontal { height: auto; padding: 0 0 1 0; }
        & .mark { width: 2; }
        & Input, & Input:focus {
            border: none; padding: 0; height: 1; width: 1fr; background: transparent; background-tint: transparent;
        }
    }
    """

    def line(self) -> ComposeResult:
        """The line to type in."""
        with Horizontal():
            yield Static(Content(f"{PROMPT} "), classes="mark")
            yield Input(select_on_focus=False)

    @property
    def field(self) -> Input:
        """The line."""
        return self.query_one(Input)

    @property
    def rows(self) -> RowList:
        """What was found."""
        return self.query_one(RowList)

    def moves(self) -> Mapping[str, Deed]:
        moves = {id: self._moving(deed) for id, deed in cursor_moves(lambda: self.rows).items()}
        return {"open": self.submit, "back": self.back, **moves}

    def _moving(self, deed: Deed) -> Deed:
        """A move in what was found, with the terminal's own cursor."""

        async def moved() -> None:
            await deed()
            self.app.move_in(self.rows)

        return moved

    @abstractmethod
    async def submit(self) -> None:
        """Open what is under the cursor, once it is what the words find."""

    @on(Input.Submitted)
    async def entered(self, event: Input.Submitted) -> None:
        """The same by the line's own key, where the user's is another."""
        event.stop()
        await self.submit()

    async def back(self) -> None:
        """To where one came from."""
        self.dismiss()

    def subject(self) -> Subject | None:
        return None

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Nothing: it is looked for again by coming back."""

    def changed(self, conversations: frozenset[int]) -> None:
        """Nothing: a list that one looks something up in stays as it is."""

    def take_keyboard(self) -> None:
        self.set_focus(self.field)
