"""Which rows are on the screen, and which wait to be let in: the list changes only by what its reader does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
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

    def bring(self, ids: Collection[int] | None) -> int | None:
        """After an action of ours: show these as they are known now (None: all), and hold back what else came in.

        The one that was not shown before, where it is one.
        """
        known = {row.id: row for row in self.inbox.rows if ids is None or row.id in ids}
        back = known.keys() - {row.id for row in self.rows}
        self.rows = [known.get(row.id, row) for row in self.rows]
        self._put_in(known[id] for id in known if id in back)
        return min(back) if len(back) == 1 else None

    def let_go(self, ids: Collection[int]) -> None:
        """After an action of ours: these go, and what lay beyond the oldest row follows; it is nothing new."""
        if self._more_to_come and self.rows:
            shown = {row.id for row in self.rows}
            oldest = min(row.at for row in self.rows)
            self._put_in(row for row in self.inbox.rows if row.id not in shown and row.at < oldest)
            self._more_to_come = self.beyond > 0
        self.rows = [row for row in self.rows if row.id not in ids]

    def _put_in(self, rows: Iterable[InboxRow]) -> None:
        """Each where the newest inbox has it, between those that are shown; these stay in their order."""
        place = {row.id: index for index, row in enumerate(self.inbox.rows)}
        for row in rows:
            here = (row.group, place[row.id])
            below = (at for at, shown in enumerate(self.rows) if (shown.group, place.get(shown.id, -1)) > here)
            self.rows.insert(next(below, len(self.rows)), row)

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
