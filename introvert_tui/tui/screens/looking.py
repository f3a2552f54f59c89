"""A place where one types to find something: all letters are text here, so that keys are few and fixed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from introvert_tui.engine.views import Outcome
from introvert_tui.tui.actions import NO_KEY, Where
from introvert_tui.tui.place import Deed, Place, Subject
from introvert_tui.tui.rows import QUIET, STRONG
from introvert_tui.tui.widgets.lines import QuietLine
from introvert_tui.tui.widgets.row_list import RowList

PROMPT = "\u276f"
HINTS = (("enter", "open"), ("up down", "move"), ("esc", "back"))


class LookingPlace(Place):
    """One line to type in, and a list below it that the arrow keys move in."""

    WHERE: ClassVar[Where] = Where.SEARCH
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("up", "move('cursor_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        # The user's own; those that are letters are words here.
        Binding(NO_KEY, "back", show=False, id="back"),
        Binding(NO_KEY, "move('cursor_down')", show=False, id="down"),
        Binding(NO_KEY, "move('cursor_up')", show=False, id="up"),
        Binding(NO_KEY, "move('page_down')", show=False, id="page_down"),
        Binding(NO_KEY, "move('page_up')", show=False, id="page_up"),
    ]
    DEFAULT_CSS = """
    LookingPlace {
        & Horizontal { height: auto; padding: 0 0 1 0; }
        & .mark { width: 2; }
        & Input, & Input:focus {
            border: none; padding: 0; height: 1; width: 1fr; background: transparent; background-tint: transparent;
        }
        & #looking-hint { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def line(self) -> ComposeResult:
        """The line to type in."""
        with Horizontal():
            yield Static(Content(f"{PROMPT} "), classes="mark")
            yield Input(select_on_focus=False)

    def foot(self) -> Iterable[Widget]:
        yield QuietLine(id="quiet")
        keys = (Content.assemble((key, STRONG), " ", (word, QUIET)) for key, word in HINTS)
        yield Static(Content("   ").join(keys), id="looking-hint")

    @property
    def field(self) -> Input:
        """The line."""
        return self.query_one(Input)

    @property
    def rows(self) -> RowList:
        """What was found."""
        return self.query_one(RowList)

    def action_move(self, how: str) -> None:
        """Up and down in what was found."""
        getattr(self.rows, f"action_{how}")()

    async def action_back(self) -> None:
        """To where one came from."""
        self.dismiss()

    def moves(self) -> Mapping[str, Deed]:
        return {}

    def subject(self) -> Subject | None:
        return None

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Nothing: it is looked for again by coming back."""

    def changed(self, conversations: frozenset[int]) -> None:
        """Nothing: a list that one looks something up in stays as it is."""

    def take_keyboard(self) -> None:
        self.set_focus(self.field)
