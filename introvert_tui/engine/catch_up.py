"""One fetch for one account: what was said to you, whether doors were answered, what became of what waits.

Idle it costs the adapter's pull and, while doors stand ajar, one batch a 25 of them, which once a day read further
where a server does not count all answers; what waits is looked at again every five minutes at most, what the server
holds back once an hour.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from introvert_tui.adapter import Adapter, Capability, Facts
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.calm import HORIZON
from introvert_tui.engine.events import Changed
from introvert_tui.engine.visit import Visit
from introvert_tui.errors import (
    AdapterError,
    Gone,
    NotAllowed,
    Offline,
    RateLimited,
    Refused,
    SignedOut,
    Unavailable,
)
from introvert_tui.model import MessageRef, Page, PersonRef
from introvert_tui.store import accounts, doors, merge, messages
from introvert_tui.store.accounts import AccountRecord
from introvert_tui.store.codec import dump_facts, dump_filtered, load_facts
from introvert_tui.store.merge import Merged

log = logging.getLogger(__name__)
_BATCH = 25


def kind_of(problem: AdapterError) -> str:
    """A short word for why a catch-up failed."""
    match problem:
        case SignedOut():
            return "signed-out"
        case NotAllowed():
            return "not-allowed"
        case RateLimited():
            return "rate-limited"
        case Offline():
            return "offline"
        case _:
            return "unavailable"


@dataclass(slots=True)
class CatchUp:
    """Catches one account up; remembers between two runs only when it last looked at what waits."""

    visit: Visit
    account: int
    refreshed_at: datetime | None = None

    async def run(self, adapter: Adapter) -> Merged:
        """Fetch and merge; a failure is remembered as the account's trouble, what was merged before it stays.

        Never raises an `AdapterError`.
        """
        store, now = self.visit.store, self.visit.clock.now()
        record = await store.do(accounts.one, self.account)
        merged, notes = Merged(), list[str]()
        try:
            facts = await self._facts(adapter, record)
            waited = await self._waited(facts)
            async for page in _each_page(adapter, record.cursor, now - HORIZON, self.visit.waits.call):
                notes.extend(page.notes)
                merged |= await self._take(page)
            merged |= await self._look_at_doors(adapter, facts)
            if waited:
                merged |= await self._look_at_what_waits(adapter, waited)
            merged |= await self._look_at_what_is_held_back(adapter, facts, record)
        except AdapterError as problem:
            log.info("a catch-up failed", exc_info=True)
            await store.do(accounts.troubled, self.account, kind_of(problem), str(problem))
            if isinstance(problem, RateLimited):
                until = self.visit.after(problem.retry_after)
                await store.do(accounts.pause, self.account, self.visit.now(), until)
        else:
            await store.do(accounts.caught_up, self.account, self.visit.now(), list(dict.fromkeys(notes)))
        return merged

    async def _take(self, page: Page) -> Merged:
        merged = await self.visit.store.do(merge.merge, self.account, page, self.visit.clock.now())
        if merged.changed:
            self.visit.tell(Changed(merged.changed))
        return merged

    async def _facts(self, adapter: Adapter, record: AccountRecord) -> Facts:
        now = self.visit.clock.now()
        known = load_facts(record.facts) if record.facts else None
        if known is not None and now < known.probed_at + timedelta(seconds=self.visit.waits.probe):
            return known
        try:
            facts = await guarded(adapter.probe(), self.visit.waits.call, adapter.label)
        except Unavailable:
            if known is None:
                raise
            return known
        adapter.facts = facts
        await self.visit.store.do(accounts.remember_facts, self.account, dump_facts(facts))
        return facts

    async def _look_at_doors(self, adapter: Adapter, facts: Facts) -> Merged:
        merged = Merged()
        if Capability.DOORS not in facts.capabilities:
            return merged
        now = self.visit.now()
        due = await self.visit.store.do(doors.due, self.account, now)
        for start in range(0, len(due), _BATCH):
            batch = due[start : start + _BATCH]
            page = await guarded(adapter.answered(batch), self.visit.waits.call, adapter.label)
            merged |= await self._take(page)
            looked = [door for door in batch if door.receipt.uri not in page.postponed]
            await self.visit.store.do(doors.looked, looked, now)
        return merged

    async def _look_at_what_waits(self, adapter: Adapter, waited: Sequence[MessageRef]) -> Merged:
        page = await guarded(adapter.refresh(waited), self.visit.waits.call, adapter.label)
        merged = await self._take(page)
        looked = [ref for ref in waited if ref.uri not in page.postponed]
        await self.visit.store.do(messages.looked_at, self.account, looked, self.visit.now())
        return merged

    async def _waited(self, facts: Facts) -> Sequence[MessageRef]:
        """What waited before this catch-up and is to be looked at again; what comes in with it is fresh anyway."""
        now = self.visit.clock.now()
        fresh = self.refreshed_at and now < self.refreshed_at + timedelta(seconds=self.visit.waits.refresh)
        if fresh or Capability.REFRESH not in facts.capabilities:
            return ()
        self.refreshed_at = now
        return await self.visit.store.do(messages.waiting_refs, self.account, _BATCH)

    async def _look_at_what_is_held_back(self, adapter: Adapter, facts: Facts, record: AccountRecord) -> Merged:
        """Look who waits to be let in, and read what those said who wait no more."""
        now = self.visit.now()
        recent = record.filtered_at is not None and now < record.filtered_at + self.visit.waits.filtered * 1000
        if recent or Capability.FILTERED not in facts.capabilities:
            return Merged()
        try:
            filtered = await guarded(adapter.filtered(), self.visit.waits.call, adapter.label)
        except (Unavailable, Refused, Gone):
            # What strangers wrote is a service of its own on some networks; its trouble is not the inbox's.
            log.info("what is held back could not be read", exc_info=True)
            return Merged()
        wait = {request.person.uri for request in filtered.requests}
        wait_no_more = [request.person for request in record.requests if request.person.uri not in wait]
        merged = Merged()
        for person in wait_no_more:
            merged |= await self._hear(adapter, PersonRef(person.uri, person.handle))
        await self.visit.store.do(accounts.remember_filtered, self.account, dump_filtered(filtered), now)
        return merged

    async def _hear(self, adapter: Adapter, who: PersonRef) -> Merged:
        try:
            page = await guarded(adapter.admitted(who), self.visit.waits.call, adapter.label)
        except (Gone, Refused, NotAllowed):
            log.info("what was held back of somebody cannot be read", exc_info=True)
            return Merged()
        return await self._take(page)


async def _each_page(adapter: Adapter, cursor: str | None, horizon: datetime, deadline: float) -> AsyncIterator[Page]:
    """The pages of a pull, each with its own deadline."""
    pages = adapter.pull(cursor, horizon)
    while True:
        page = await guarded(_next(pages), deadline, adapter.label)
        if page is None:
            return
        yield page


async def _next(pages: AsyncIterator[Page]) -> Page | None:
    return await anext(pages, None)
