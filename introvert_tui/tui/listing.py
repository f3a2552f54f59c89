"""Which rows are on the screen, and which wait to be let in: the list changes only by what its reader does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from introvert_tui.engine.inbox import Group, Inbox, InboxRow

if TYPE_CHECKING:
    from .place import Deed
    from .widgets.row_list import RowList


class Listing:
    """The rows shown, beside the newest inbox known."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.rows: list[InboxRow] = list(inbox.rows)
        self._more_to_come = self.beyond > 0
        self.folds_quotes = True

    def news(self, inbox: Inbox) -> None:
        """A newer inbox; nothing of it is shown yet."""
        self.inbox = inbox

    def take_all(self) -> None:
        """Show everything that is known."""
        self.rows = list(self.inbox.rows)
        self._more_to_come = self.beyond > 0

    def held(self) -> frozenset[str]:
        """Who spoke to you since the rows were shown, in other conversations or again in these."""
        shown = {row.id: row for row in self.rows}
        return frozenset(who for row in self.inbox.rows for who in _spoke_since(row, shown.get(row.id)))

    def settle(self, id: int, gone: bool) -> int | None:
        """After an action of ours on one conversation: the id of one that it brought back, if it did."""
        newest = {row.id: row for row in self.inbox.rows}
        if gone:
            self._let_follow()
            self.rows = [row for row in self.rows if row.id != id]
            return None
        shown = {row.id for row in self.rows}
        back = [row for row in self.inbox.rows if row.id not in shown]
        self.rows = list(self.inbox.rows) if back else [newest.get(row.id, row) for row in self.rows]
        return back[0].id if len(back) == 1 else None

    def let_go(self, ids: Collection[int]) -> None:
        """After an action of ours on many: these go, the others are shown as they are known now."""
        self._let_follow()
        newest = {row.id: row for row in self.inbox.rows}
        self.rows = [newest.get(row.id, row) for row in self.rows if row.id not in ids]

    def _let_follow(self) -> None:
        """What lay beyond the oldest row comes as others go; it is nothing new, so that it is not held back."""
        if not self._more_to_come or not self.rows:
            return
        shown = {row.id for row in self.rows}
        oldest = min(row.at for row in self.rows)
        follow = [row for row in self.inbox.rows if row.id not in shown and row.at < oldest]
        place = {row.id: index for index, row in enumerate(self.inbox.rows)}
        self.rows = sorted([*self.rows, *follow], key=lambda row: (row.group, place.get(row.id, -1)))
        self._more_to_come = self.beyond > 0

    @property
    def beyond(self) -> int:
        """How many wait of whom not even the newest inbox has a row."""
        return max(0, self.inbox.waiting - len(self.inbox.rows))

    def freshen(self, id: int | None) -> None:
        """Show what is known now of one conversation that is on the screen."""
        newest = {row.id: row for row in self.inbox.rows if row.id == id}
        self.rows = [newest.get(row.id, row) for row in self.rows]

    @property
    def quotes(self) -> int:
        """How many conversations only quote you."""
        return sum(row.group is Group.QUOTES for row in self.rows)

    def visible(self) -> list[InboxRow]:
        """The rows to draw, one standing for all quotes while they are folded."""
        if not self.folds_quotes:
            return self.rows
        first = next((row for row in self.rows if row.group is Group.QUOTES), None)
        return [row for row in self.rows if row.group is not Group.QUOTES or row is first]

    def row(self, id: int | None) -> InboxRow | None:
        """The row of a conversation."""
        return next((row for row in self.rows if row.id == id), None)


def _spoke_since(row: InboxRow, before: InboxRow | None) -> Collection[str]:
    """Who spoke to you there; reading a thread brings in what was said above as well, and that is nothing new."""
    if before is None:
        return row.writers or (row.who,)
    if row.shown <= before.shown or (row.at <= before.at and row.writers == before.writers):
        return ()
    return set(row.writers).difference(before.writers) or (row.who,)


def cursor_moves(rows: Callable[[], RowList]) -> Mapping[str, Deed]:
    """Moving in a list, by action id."""

    def move(how: str) -> Deed:
        async def deed() -> None:
            await rows().run_action(how)

        return deed

    ways = {"down": "cursor_down", "up": "cursor_up"}
    return {id: move(ways.get(id, id)) for id in ("down", "up", "first", "last", "page_down", "page_up")}
