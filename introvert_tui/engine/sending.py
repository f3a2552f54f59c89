"""What is on its way out of one account: messages, once each, then the leaving, then what is wished of the server.

The states are those of `store.outbox`; this module is what moves them. It runs on the account's thread, wakes when
something is due or when it is nudged, and never ends before the visit does.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from dataclasses import dataclass, field

from introvert_tui.adapter import Adapter
from introvert_tui.engine import sentences
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.calm import pause
from introvert_tui.engine.events import Changed, Said
from introvert_tui.engine.visit import Visit
from introvert_tui.engine.wishes import Wishes
from introvert_tui.errors import (
    AdapterError,
    Gone,
    NotAllowed,
    Offline,
    RateLimited,
    Refused,
    SignedOut,
    StoreError,
    Unavailable,
    Unsure,
)
from introvert_tui.model import Absent, Account, CannotTell, Found, Obstacle, Prepared, Receipt
from introvert_tui.store import accounts, doors, leaving, merge, outbox, outgoing, quiet
from introvert_tui.store.outbox import OutboxState
from introvert_tui.store.outgoing import OutboxRecord
from introvert_tui.store.times import from_ms, to_ms

_THREAD_MESSAGES = 500
_IDLE = 60.0
_STUCK = 2
"""Steps after which what has not moved is not waited for; one may have begun before it was due."""
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sending:
    """Moves one account's outgoing messages and wishes; `nudge` wakes it (on its own loop)."""

    visit: Visit
    account: Account
    label: str
    nudge: asyncio.Event = field(default_factory=asyncio.Event)
    stepped: asyncio.Event = field(default_factory=asyncio.Event)
    wishes: Wishes = field(init=False)

    def __post_init__(self) -> None:
        self.wishes = Wishes(self.visit, self.account.id)

    async def run(self, adapter: Adapter) -> None:
        """Move what is due, sleep until the next, for as long as the visit lasts."""
        while True:
            try:
                await self.step(adapter)
                seconds = await self._until_next()
            except StoreError as problem:
                self.visit.tell(Said(str(problem)))
                seconds = _IDLE
            except Exception:
                # Whatever is wrong with this account, its words are on disk, and the next try may find it mended.
                log.exception("sending failed")
                seconds = _IDLE
            self.stepped.set()
            try:
                await asyncio.wait_for(self.nudge.wait(), seconds)
            except TimeoutError:
                continue
            self.nudge.clear()

    async def drain(self, adapter: Adapter) -> None:
        """Wait until nothing is on its way that could go now; what waits for a retry is not waited for."""
        before, unmoved = None, 0
        while (moving := await self.visit.store.do(self._moving)) and unmoved < _STUCK:
            unmoved = unmoved + 1 if moving == before else 0
            before = moving
            self.stepped.clear()
            self.nudge.set()
            await self.stepped.wait()

    def _moving(self, db: sqlite3.Connection) -> tuple[object, ...]:
        now = self._now()
        messages = [
            (record.draft.key, record.state, record.attempts)
            for record in outgoing.pending(db, self.visit.id)
            if record.account == self.account.id and (record.state == OutboxState.SENDING or record.due_at <= now)
        ]
        wishes = ["wishes"] if quiet.pending(db, self.account.id, now) else []
        return (*messages, *wishes)

    async def step(self, adapter: Adapter) -> None:
        """Move everything that is due now, once; one that the disk fails does not keep the others."""
        store, now = self.visit.store, self._now()
        await self._recover()
        await self._end_holds(now)
        failed: StoreError | None = None
        for record in await store.do(outgoing.due, self.account.id, now):
            try:
                await self._move(adapter, record)
            except StoreError as problem:
                failed = problem
            except AdapterError:
                break  # no other one would fare better; they wait for as long, and keep their order
        for record in await store.do(outgoing.unfinished, self.account.id, now):
            await self._leave(adapter, record)
        if not await self._in_doubt():
            await self.wishes.step(adapter)
        if failed is not None:
            raise failed

    async def _in_doubt(self) -> bool:
        """Whether an attempt was not looked for yet: anything that goes out now would hide what became of it."""
        return await self.visit.store.do(outgoing.in_doubt, self.account.id)

    def _now(self) -> int:
        return to_ms(self.visit.clock.now())

    def _after(self, seconds: float) -> int:
        return self._now() + int(seconds * 1000)

    async def _until_next(self) -> float:
        store = self.visit.store
        if await self._in_doubt():
            dues = [await store.do(outgoing.next_look, self.account.id), self._after(self.visit.waits.look)]
        else:
            dues = [
                await store.do(outgoing.next_due, self.account.id, self.visit.id),
                await store.do(quiet.next_due, self.account.id),
            ]
        known = [due for due in dues if due is not None]
        return min(_IDLE, max(0.0, (min(known) - self._now()) / 1000)) if known else _IDLE

    async def _recover(self) -> None:
        """What a program that died was sending may have gone out; so may what we ourselves lost track of."""
        store, waits = self.visit.store, self.visit.waits
        await store.do(outbox.clock_was_set_back, self._now())
        await store.do(outbox.recover_own, self.account.id, self.visit.id, self._now())
        owners = await store.do(outgoing.owners)
        if owners - {self.visit.id}:
            living = (*self.visit.living(tuple(owners)), self.visit.id)
            await store.do(outbox.recover, living, self._after(-waits.recover), self._now())

    async def _end_holds(self, now: int) -> None:
        for record in await self.visit.store.do(outgoing.holds_over, self.account.id, self.visit.id, now):
            if now - record.due_at > self.visit.waits.overslept * 1000:
                # The machine slept: what was to be taken back within seconds is asked about hours later.
                await self._ask(record, "overslept")
            else:
                await self.visit.store.do(outbox.queue, record.draft.key, now)

    async def _move(self, adapter: Adapter, record: OutboxRecord) -> None:
        """Raises `AdapterError` when the account can send nothing now."""
        if record.state == OutboxState.UNSURE:
            await self._look(adapter, record)
        elif not await self._in_doubt():
            await self._attempt(adapter, record)

    def _is_too_late(self, record: OutboxRecord) -> bool:
        """Whether it failed for so long that its writer has to want it again."""
        decided_at = record.decided_at if record.decided_at is not None else record.written_at
        return self._now() - decided_at > self.visit.waits.ask * 1000

    async def _attempt(self, adapter: Adapter, record: OutboxRecord) -> None:
        key, waits, store = record.draft.key, self.visit.waits, self.visit.store
        if self._is_too_late(record):
            await self._ask(record, record.reason or "late")
            return
        try:
            if not await self._is_ready(adapter, record):
                return
        except (Refused, Gone, NotAllowed) as problem:
            await self._refuse(record, sentences.refused(self.label, record.draft.kind, record.name, str(problem)))
            return
        except AdapterError as problem:
            await self._again(record, problem)
            return
        prepared = await store.do(outbox.claim, key, self.visit.id, self._now())
        if prepared is None:
            return
        try:
            receipt = await guarded(adapter.send(prepared), waits.call, self.label)
        except (Unsure, Unavailable) as problem:
            await store.do(outbox.doubt, key, self._after(waits.look), str(problem))
        except (Refused, Gone, NotAllowed) as problem:
            await self._refuse(record, sentences.refused(self.label, record.draft.kind, record.name, str(problem)))
        except AdapterError as problem:
            await self._again(record, problem)
        else:
            await self._sent(record, receipt)

    async def _is_ready(self, adapter: Adapter, record: OutboxRecord) -> bool:
        """Store the bytes to send; look first, and read again what it answers, if it was written a while ago."""
        late = self._now() - record.written_at > self.visit.waits.stale * 1000
        if late and record.prepared is not None and await self._is_out(adapter, record, record.prepared, record.before):
            return False
        if late:
            again = await guarded(adapter.recheck(record.draft.to), self.visit.waits.call, self.label)
            if isinstance(again, Obstacle):
                await self._refuse(record, sentences.obstacle(again.kind, record.name))
                return False
        if record.prepared is None or record.before is None:
            prepared = await guarded(adapter.prepare(record.draft), self.visit.waits.call, self.label)
            await self.visit.store.do(outbox.remember_prepared, record.draft.key, prepared)
            # A database from a copy knows nothing of what went out since.
            if late and record.prepared is None and await self._is_out(adapter, record, prepared.payload, None):
                return False
        return True

    async def _is_out(self, adapter: Adapter, record: OutboxRecord, payload: str, before: str | None) -> bool:
        found = await guarded(adapter.find(Prepared(payload, before)), self.visit.waits.call, self.label)
        return isinstance(found, Found) and await self._sent(record, found.receipt)

    async def _look(self, adapter: Adapter, record: OutboxRecord) -> None:
        """A lost answer: look on the server before anything is sent again."""
        key, waits, store = record.draft.key, self.visit.waits, self.visit.store
        if record.prepared is None:  # its bytes are stored before anything goes out
            raise StoreError("The database contradicts itself about what went out. Nothing was sent.")
        if self._is_too_late(record):
            await self._ask(record, "perhaps sent")
            return
        try:
            found = await guarded(adapter.find(Prepared(record.prepared, record.before)), waits.call, self.label)
        except AdapterError as problem:
            await self.wishes.note_trouble(problem)
            await store.do(outbox.look_later, key, self._after(self._pause(record, problem)))
            return
        match found:
            case Found(receipt):
                if not await self._sent(record, receipt):
                    await self._ask(record, "perhaps sent")
            case Absent(proof=True):
                await store.do(outbox.never_arrived, key, self._after(pause(record.attempts, waits)))
            case _ if record.looks == 0:
                # A slow server may show it yet; of an attempt that long ago it will not.
                attempted = record.attempted_at if record.attempted_at is not None else self._now()
                again = attempted + int(waits.look_again * 1000)
                await store.do(outbox.look_again, key, max(again, self._now()))
            case Absent():
                await store.do(outbox.requeue, key, self._now(), "not there")
            case CannotTell():
                await self._ask(record, "perhaps sent")

    async def _sent(self, record: OutboxRecord, receipt: Receipt) -> bool:
        store = self.visit.store
        if not await store.do(leaving.sent, record, receipt, self.account, self._now()):
            return False
        await store.do(accounts.answered, self.account.id)
        self.visit.tell(Changed(frozenset({record.conversation})))
        self.visit.tell(Said(sentences.is_out(record.draft.kind, record.name)))
        return True

    async def _leave(self, adapter: Adapter, record: OutboxRecord) -> None:
        """Read the thread again, and leave it unless somebody said something before the hello arrived."""
        store, key = self.visit.store, record.draft.key
        try:
            page = await guarded(adapter.thread(record.draft.to, _THREAD_MESSAGES), self.visit.waits.call, self.label)
        except (Gone, Refused, NotAllowed):
            page = None
        except AdapterError as problem:
            await self.wishes.note_trouble(problem)
            await store.do(outbox.postpone, key, self._after(self._pause(record, problem)))
            return
        changed = frozenset({record.conversation})
        if page is not None:
            changed |= (await store.do(merge.merge, self.account.id, page, self.visit.clock.now())).changed
        after = await store.do(leaving.after_hello, key, self._now())
        self.visit.tell(Changed(changed))
        if after.overtaken_by:
            self.visit.tell(Said(doors.overtaken_note(after.overtaken_by)))
        elif after.quieted and await store.do(leaving.first_time, "quiet"):
            out = sentences.is_out(record.draft.kind, record.name)
            self.visit.tell(Said(f"{out} Your other apps will be quiet about this thread too."))

    def _pause(self, record: OutboxRecord, problem: AdapterError) -> float:
        """Seconds until the next try: ever longer, and as long as the server says."""
        seconds = pause(record.attempts, self.visit.waits)
        return max(seconds, problem.retry_after) if isinstance(problem, RateLimited) else seconds

    async def _again(self, record: OutboxRecord, problem: AdapterError) -> None:
        """It certainly did not go out: try again later, and all that was written after it no sooner."""
        due_at = self._after(self._pause(record, problem))
        await self.wishes.note_trouble(problem)
        await self.visit.store.do(outbox.requeue, record.draft.key, due_at, str(problem))
        if isinstance(problem, (Offline, RateLimited, SignedOut)):
            await self.visit.store.do(outbox.postpone_all, self.account.id, due_at)
            raise problem

    async def _refuse(self, record: OutboxRecord, sentence: str) -> None:
        if await self.visit.store.do(outbox.refuse, record.draft.key, sentence, self._now()):
            self.visit.tell(Changed(frozenset({record.conversation})))
            self.visit.tell(Said(sentence))

    async def _ask(self, record: OutboxRecord, reason: str) -> None:
        if await self.visit.store.do(outbox.ask, record.draft.key, reason):
            sentence = sentences.asks(
                record.draft.kind, record.name, from_ms(record.written_at), self.visit.clock.local(), reason
            )
            self.visit.tell(Said(sentence))
            self.visit.tell(Changed(frozenset({record.conversation})))
