"""Making true on the server what is wished of it: threads kept quiet, messages nodded to.

A wish that cannot be fulfilled now is tried again later; one that the server cannot fulfil at all is let go: a thread
is quiet here all the same, and what a nod finished waits again.
"""

from __future__ import annotations

from dataclasses import dataclass

from introvert_tui.adapter import Adapter
from introvert_tui.engine import sentences
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.calm import pause
from introvert_tui.engine.catch_up import kind_of
from introvert_tui.engine.events import Changed, Said
from introvert_tui.engine.visit import Visit
from introvert_tui.errors import AdapterError, Gone, NotAllowed, Offline, Refused, SignedOut, Unavailable
from introvert_tui.model import ThreadRef
from introvert_tui.store import accounts, leaving, quiet
from introvert_tui.store.times import to_ms

_RETRY_AS_AFTER = 3
"""Attempts that the pause is reckoned from: a wish is in no hurry."""


@dataclass(slots=True)
class Wishes:
    """One account's wishes."""

    visit: Visit
    account: int

    async def step(self, adapter: Adapter) -> None:
        """Try everything that is due, once."""
        for quiet_wish in await self.visit.store.do(quiet.quiet_due, self.account, self._now()):
            if isinstance(quiet_wish.place, ThreadRef):
                await self._quiet(adapter, quiet_wish, quiet_wish.place)
        for nod_wish in await self.visit.store.do(quiet.nods_due, self.account, self._now()):
            await self._nod(adapter, nod_wish)

    async def _quiet(self, adapter: Adapter, wish: quiet.QuietWish, thread: ThreadRef) -> None:
        store = self.visit.store
        try:
            await guarded(adapter.mute(thread, wish.via, wish.want), self.visit.waits.call, adapter.label)
        except (NotAllowed, Refused, Gone):
            # The thread stays silent here; the server cannot do more.
            await store.do(quiet.quiet_retry, self.account, wish, None)
        except AdapterError as problem:
            await self.note_trouble(problem)
            await store.do(quiet.quiet_retry, self.account, wish, self._later())
        else:
            await store.do(quiet.quiet_done, self.account, wish, self._now())

    async def _nod(self, adapter: Adapter, wish: quiet.NodWish) -> None:
        store = self.visit.store
        try:
            await guarded(adapter.nod(wish.ref, wish.want), self.visit.waits.call, adapter.label)
        except (NotAllowed, Refused, Gone) as problem:
            back = await store.do(leaving.nod_failed, self.account, wish, self._now())
            if back is not None:
                self.visit.tell(Changed(frozenset({back})))
            if wish.want:
                self.visit.tell(Said(sentences.no_nod(str(problem), back is not None)))
        except AdapterError as problem:
            await self.note_trouble(problem)
            await store.do(quiet.nod_retry, self.account, wish, self._later())
        else:
            await store.do(quiet.nod_done, self.account, wish, self._now())

    async def note_trouble(self, problem: AdapterError) -> None:
        """Remember that the server does not answer, for the line that says so."""
        if isinstance(problem, SignedOut | Offline | Unavailable):
            await self.visit.store.do(accounts.troubled, self.account, kind_of(problem), str(problem))
            self.visit.tell(Changed(frozenset()))

    def _now(self) -> int:
        return to_ms(self.visit.clock.now())

    def _later(self) -> int:
        return self._now() + int(pause(_RETRY_AS_AFTER, self.visit.waits) * 1000)
