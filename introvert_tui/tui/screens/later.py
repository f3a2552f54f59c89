"""What you put off, by when it comes back, with your reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets.option_list import Option

from introvert_tui.engine.inbox import InboxRow
from introvert_tui.engine.put_off import HEADINGS, Back
from introvert_tui.tui.actions import Where
from introvert_tui.tui.place import bindings
from introvert_tui.tui.screens.others import ConversationList


class LaterScreen(ConversationList):
    """Everything can be done here that can be done in the inbox, and it can be brought back there."""

    WHERE: ClassVar[Where] = Where.LATER
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.LATER)
    TITLE_WORDS = "What you put off"
    NOTHING = "Nothing here: you put nothing off."

    def __init__(self) -> None:
        super().__init__()
        self._firsts: dict[int, Back] = {}

    def find(self) -> tuple[InboxRow, ...]:
        self._firsts = {}
        found = self.app.session.put_off()
        for before, one in zip([None, *found], found, strict=False):
            if before is None or before.back is not one.back:
                self._firsts[one.row.id] = one.back
        return tuple(one.row for one in found)

    def above(self, row: InboxRow) -> Iterator[Option]:
        if (back := self._firsts.get(row.id)) is not None:
            yield self.rows.line(HEADINGS[back])
