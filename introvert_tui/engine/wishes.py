"""Making true on the server what is wished of it: threads kept quiet, people muted or blocked, messages nodded to.

A wish that cannot be fulfilled now is tried again later; one that the server cannot fulfil at all is let go: a thread
is quiet here all the same, nobody who is muted here waits, and what a nod finished waits again.
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
from introvert_tui.errors import AdapterError, Gone, NotAllowed, Offline, RateLimited, Refused, SignedOut, Unavailable
from introvert_tui.model import ThreadRef
from introvert_tui.store import accounts, distance, leaving, quiet
from introvert_tui.store.database import Reader

_RETRY_AS_AFTER = 3
"""Tries in vain that the first pause is reckoned from: a wish is in no hurry."""
_NEVER_ARRIVES = (Offline, RateLimited, SignedOut)
"""With these no call has reached the server, and the next would not either; after any other trouble one may have."""


@dataclass(slots=True)
class Wishes:
    """One account's wishes."""

    visit: Visit
    account: int
    reader: Reader

    async def step(self, adapter: Adapter) -> None:
        """Try everything that is due, once; where the server is out of reach for one, the others wait with it."""
        if self.reader.read(quiet.depends_on_the_clock, self.visit.now()):
            await self.visit.store.do(quiet.clock_was_set_back, self.visit.now())
        for quiet_wish in self.reader.read(quiet.quiet_due, self.account, self.visit.now()):
            if isinstance(quiet_wish.place, ThreadRef) and not await self._quiet(adapter, quiet_wish, quiet_wish.place):
                return
        for distance_wish in self.reader.read(distance.due, self.account, self.visit.now()):
            if not await self._distance(adapter, distance_wish):
                return
        for nod_wish in self.reader.read(quiet.nods_due, self.account, self.visit.now()):
            if not await self._nod(adapter, nod_wish):
                return

    async def _quiet(self, adapter: Adapter, wish: quiet.QuietWish, thread: ThreadRef) -> bool:
        store = self.visit.store
        try:
            await self._mute(adapter, wish, thread)
        except (NotAllowed, Refused, Gone):
            # The thread stays silent here, or speaks; the server cannot do more.
            await store.do(quiet.quiet_retry, self.account, wish, None)
            if not wish.want and wish.matters:
                self.visit.tell(Said(sentences.cannot_speak_again(adapter.label)))
            if wish.want and await store.do(leaving.first_time, f"cannot quiet {self.account}"):
                self.visit.tell(Said(sentences.cannot_quiet(adapter.label)))
        except AdapterError as problem:
            await store.do(quiet.quiet_retry, self.account, wish, self._later(problem, wish.tries))
            if wish.is_new:
                self.visit.tell(Said(sentences.not_told_yet(adapter.label, wish.want)))
            return await self._goes_on(problem, wish.tries)
        else:
            await store.do(quiet.quiet_done, self.account, wish, self.visit.now())
            await self._answered(adapter, announced=wish.matters and not wish.is_new)
            if wish.want and await store.do(leaving.is_first_hello_made_quiet, wish):
                self.visit.tell(Said(sentences.QUIET_ELSEWHERE))
        return True

    async def _mute(self, adapter: Adapter, wish: quiet.QuietWish, thread: ThreadRef) -> None:
        """Mute a thread, or let it speak, by one message after the other until the server still knows one."""
        problem = Gone("Nothing is left there that the thread could be muted by.")
        for via in self.reader.read(quiet.spokesmen_for, self.account, wish):
            try:
                await guarded(adapter.mute(thread, via, wish.want), self.visit.waits.call, adapter.label)
            except Gone as error:
                problem = error
            else:
                return
        raise problem

    async def _distance(self, adapter: Adapter, wish: distance.DistanceWish) -> bool:
        store = self.visit.store
        call = adapter.mute_person if wish.way is distance.Way.MUTE else adapter.block
        try:
            await guarded(call(wish.who, wish.want), self.visit.waits.call, adapter.label)
        except (NotAllowed, Refused, Gone) as problem:
            await store.do(distance.retry, self.account, wish, None)
            sentence = sentences.no_distance(adapter.label, wish.name, wish.way, wish.want, str(problem))
            self.visit.tell(Said(sentence))
        except AdapterError as problem:
            await store.do(distance.retry, self.account, wish, self._later(problem, wish.tries))
            if wish.is_new:
                self.visit.tell(Said(sentences.distance_not_told_yet(adapter.label, wish.name, wish.want)))
            return await self._goes_on(problem, wish.tries)
        else:
            await store.do(distance.done, self.account, wish, self.visit.now())
            await self._answered(adapter, announced=not wish.is_new)
        return True

    async def _nod(self, adapter: Adapter, wish: quiet.NodWish) -> bool:
        store = self.visit.store
        try:
            await guarded(adapter.nod(wish.ref, wish.want), self.visit.waits.call, adapter.label)
        except (NotAllowed, Refused, Gone) as problem:
            back = await store.do(leaving.nod_failed, self.account, wish, self.visit.now())
            if back is not None:
                self.visit.tell(Changed(frozenset({back})))
            if wish.want:
                self.visit.tell(Said(sentences.no_nod(str(problem), back is not None)))
        except AdapterError as problem:
            never_arrived = isinstance(problem, _NEVER_ARRIVES)
            await store.do(
                quiet.nod_retry, self.account, wish, self._later(problem, wish.tries), unclear=not never_arrived
            )
            return await self._goes_on(problem, wish.tries)
        else:
            await store.do(quiet.nod_done, self.account, wish, self.visit.now())
            await self._answered(adapter)
        return True

    async def _answered(self, adapter: Adapter, announced: bool = False) -> None:
        """Take back what is said of a server that did not answer; `announced` is whether it was said of this wish."""
        await self.visit.store.do(accounts.answered, self.account)
        self.visit.tell(Changed(frozenset()))
        if announced:
            self.visit.tell(Said(sentences.told_now(adapter.label)))

    async def _goes_on(self, problem: AdapterError, tries: int) -> bool:
        """Whether there is any use in trying the other wishes now."""
        await self.note_trouble(problem)
        if not isinstance(problem, _NEVER_ARRIVES):
            return True
        await self.visit.store.do(quiet.put_off, self.account, self._later(problem, tries))
        return False

    async def note_trouble(self, problem: AdapterError) -> None:
        """Remember that the server does not answer, for the line that says so, or that it wants a pause."""
        if isinstance(problem, RateLimited):
            await self.visit.store.do(
                accounts.pause, self.account, self.visit.now(), self.visit.after(problem.retry_after)
            )
        if isinstance(problem, SignedOut | Offline | Unavailable):
            await self.visit.store.do(accounts.troubled, self.account, kind_of(problem), str(problem))
            self.visit.tell(Changed(frozenset()))

    def _later(self, problem: AdapterError, tries: int) -> int:
        return self.visit.after(pause(_RETRY_AS_AFTER + tries, self.visit.waits, problem))
