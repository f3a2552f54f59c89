"""Which rows are on the screen, and which wait to be let in: the list changes only by what its reader does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from introvert_tui.engine.inbox import Group, Inbox, InboxRow

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session

    from .place import Deed
    from .widgets.row_list import RowList


class Listing:
    """The rows shown, beside the newest inbox known."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.inbox: Inbox = session.inbox(requests=False)
        self.rows: list[InboxRow] = []
        self.folds_quotes = True
        self._groups: dict[int, Group] = {}
        self.take_all()

    def news(self) -> bool:
        """Read the newest inbox; nothing of it is shown yet, but that a row is by now one with another, and so called.

        Whether there is such a row.
        """
        self.inbox = self._session.inbox()
        newest = {row.id for row in self.inbox.rows}
        called = [row.id if row.id in newest else self._session.current_id(row.id) for row in self.rows]
        joined = [row.id for row in self.rows] != called
        if joined:
            self._groups |= {id: self._groups[row.id] for row, id in zip(self.rows, called, strict=True)}
            rows = {id: row._replace(id=id) for row, id in reversed([*zip(self.rows, called, strict=True)])}
            self.rows = [rows.pop(id) for id in called if id in rows]
        return joined

    def take_all(self) -> None:
        """Show everything that is known."""
        self.rows = list(self.inbox.rows)
        self._more_to_come = self.beyond > 0
        self._groups = {row.id: row.group for row in self.rows}

    def held(self) -> frozenset[str]:
        """Who spoke to you since the rows were shown, in other conversations or again in these."""
        shown = {row.id: row for row in self.rows}
        return frozenset(who for row in self.inbox.rows for who in _spoke_since(row, shown.get(row.id)))

    def freshen(self, ids: Collection[int] | None = None) -> None:
        """Show what is known now of these (None: all) that are on the screen, each in its place."""
        known = self._known(ids)
        self.rows = [known.get(row.id, row) for row in self.rows]

    def bring(self, ids: Collection[int] | None) -> int | None:
        """Show these (None: all) whether they were on the screen or not, and hold back what else came in.

        The one that was not, where it is one.
        """
        self.freshen(ids)
        shown = {row.id for row in self.rows}
        back = [row for id, row in self._known(ids).items() if id not in shown]
        self._put_in(back)
        return back[0].id if len(back) == 1 else None

    def let_go(self, ids: Collection[int]) -> None:
        """Show these no more; what lay beyond the oldest row follows, and is nothing new."""
        if self._more_to_come and self.rows:
            shown = {row.id for row in self.rows}
            oldest = min(row.at for row in self.rows)
            self._put_in(row for row in self.inbox.rows if row.id not in shown and row.at < oldest)
            self._more_to_come = self.beyond > 0
        self.rows = [row for row in self.rows if row.id not in ids]

    def _known(self, ids: Collection[int] | None) -> dict[int, InboxRow]:
        """Each in the group in which it was shown: reading more of a conversation may tell that they wrote back."""
        rows = (row for row in self.inbox.rows if ids is None or row.id in ids)
        return {row.id: row._replace(group=self._groups.get(row.id, row.group)) for row in rows}

    def _put_in(self, rows: Iterable[InboxRow]) -> None:
        """Each before the older ones of its group; those that are shown stay in their order."""
        known = {row.id: place for place, row in enumerate(self.inbox.rows)}
        for row in rows:
            below = (
                place
                for place, shown in enumerate(self.rows)
                if (shown.group, row.at, known.get(shown.id, 0)) > (row.group, shown.at, known[row.id])
            )
            self.rows.insert(next(below, len(self.rows)), row)

    @property
    def beyond(self) -> int:
        """How many wait of whom not even the newest inbox has a row."""
        return max(0, self.inbox.waiting - len(self.inbox.rows))

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
