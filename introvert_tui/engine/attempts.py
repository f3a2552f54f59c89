"""One message at a time: trying to send it, looking for it when the answer was lost, and what becomes of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from introvert_tui.adapter import Adapter
from introvert_tui.engine import asking, sentences
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.calm import is_too_late, pause
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
from introvert_tui.model import Absent, Account, CannotTell, FindResult, Found, Obstacle, Prepared, Receipt
from introvert_tui.store import accounts, leaving, merge, outbox
from introvert_tui.store.outgoing import OutboxRecord, OutboxState, Why


@dataclass(slots=True)
class Attempts:
    """Moves single messages of one account along the ways of `store.outbox`."""

    visit: Visit
    account: Account
    label: str
    wishes: Wishes

    async def send(self, adapter: Adapter, record: OutboxRecord) -> None:
        """Send what is queued. Raises `AdapterError` when nothing of the account can go out now."""
        waits, store = self.visit.waits, self.visit.store
        if self._is_too_late(record):
            await self.ask(record, record.reason or Why.LATE)
            return
        try:
            if not await self._is_ready(adapter, record):
                return
        except (Refused, Gone, NotAllowed) as problem:
            await self._refuse(adapter, record, self._refused(record, problem))
            return
        except AdapterError as problem:
            await self._again(record, problem)
            return
        now, uptime = self.visit.now(), self.visit.uptime()
        prepared = await store.do(outbox.if_unmoved, record, outbox.claim, self.visit.id, now, uptime)
        if prepared is None:
            return
        record = record._replace(state=OutboxState.SENDING, owner=self.visit.id, attempts=record.attempts + 1)
        try:
            receipt = await guarded(adapter.send(prepared), waits.call, self.label)
        except (Unsure, Unavailable) as problem:
            await self._doubt(record, str(problem))
        except (Refused, Gone, NotAllowed) as problem:
            await self._refuse(adapter, record, self._refused(record, problem))
        except AdapterError as problem:
            await self._again(record, problem)
        else:
            await self._sent(record, receipt)

    async def look(self, adapter: Adapter, record: OutboxRecord) -> None:
        """A lost answer: look on the server before anything is sent again."""
        visit = self.visit
        if record.prepared is None:  # its bytes are stored before anything goes out
            raise StoreError("What is stored about a message contradicts itself, so it was not sent.")
        try:
            found = await self._find(adapter, Prepared(record.prepared, record.before))
        except AdapterError as problem:
            await self.wishes.note_trouble(problem)
            if self._is_too_late(record):
                await self.ask(record, Why.PERHAPS_SENT)
            else:
                due_at = visit.after(pause(record.tries, self.visit.waits, problem))
                await visit.store.do(outbox.if_unmoved, record, outbox.look_later, due_at)
            return
        if isinstance(found, Found):
            if not await self._sent(record, found.receipt):
                await self.ask(record, Why.PERHAPS_SENT)
        elif found == Absent(proof=True):
            due_at = visit.after(pause(record.tries, visit.waits))
            await visit.store.do(outbox.if_unmoved, record, outbox.never_arrived, due_at)
        else:
            await self._not_found(record, found)

    async def _not_found(self, record: OutboxRecord, found: Absent | CannotTell) -> None:
        """It is not there, or nobody can say: look once more, then send it again or ask."""
        visit, settles = self.visit, self._settles_in(record)
        if self._is_too_late(record):
            await self.ask(record, Why.PERHAPS_SENT)
        elif record.looks == 0 or (settles > 0 and isinstance(found, Absent)):
            # A slow server may show it yet; of an attempt that long ago it will not.
            await visit.store.do(outbox.if_unmoved, record, outbox.look_again, visit.after(settles))
        elif isinstance(found, Absent):
            await visit.store.do(outbox.if_unmoved, record, outbox.not_found, visit.now())
        else:
            await self.ask(record, Why.PERHAPS_SENT)

    def _settles_in(self, record: OutboxRecord) -> float:
        """Seconds for which a slow server may still be at the last attempt.

        By the clock, and by how long the machine has run since, for the clock can be put forward; after a new start of
        the machine that is at least as long as it runs.
        """
        if record.attempted_at is None or record.attempted_uptime is None:
            return self.visit.waits.look_again
        uptime = self.visit.uptime()
        ran = uptime - record.attempted_uptime if uptime >= record.attempted_uptime else uptime
        passed = min(self.visit.now() - record.attempted_at, ran)
        return max(0.0, self.visit.waits.look_again - passed / 1000)

    async def ask(self, record: OutboxRecord, reason: str) -> None:
        """Stop trying until the person has decided."""
        if await self.visit.store.do(outbox.if_unmoved, record, outbox.ask, reason):
            self.visit.tell(Said(asking.question(record, self.visit.clock.local())))
            self.visit.tell(Changed(frozenset({record.conversation})))

    def _is_too_late(self, record: OutboxRecord) -> bool:
        return is_too_late(record, self.visit.now(), self.visit.waits)

    async def _is_ready(self, adapter: Adapter, record: OutboxRecord) -> bool:
        """Store the bytes to send; look first if it may be out, and read again what it answers after a while."""
        late = self.visit.now() - record.written_at > self.visit.waits.stale * 1000
        tried = record.prepared if late or record.doubt else None
        if tried is not None and await self._is_out(adapter, record, tried, record.before):
            return False
        if late:
            again = await guarded(adapter.recheck(record.draft.to), self.visit.waits.call, self.label)
            if isinstance(again, Obstacle):
                await self._refuse(adapter, record, sentences.obstacle(again.kind, record.name, record.doubt))
                return False
        if record.prepared is None or record.before is None:
            prepared = await guarded(adapter.prepare(record.draft), self.visit.waits.call, self.label)
            await self.visit.store.do(outbox.remember_prepared, record.draft.key, prepared)
            # A database from a copy knows nothing of what went out since.
            if late and record.prepared is None and await self._is_out(adapter, record, prepared.payload, None):
                return False
        return True

    async def _is_out(self, adapter: Adapter, record: OutboxRecord, payload: str, before: str | None) -> bool:
        found = await self._find(adapter, Prepared(payload, before))
        return isinstance(found, Found) and await self._sent(record, found.receipt)

    async def _find(self, adapter: Adapter, prepared: Prepared) -> FindResult:
        try:
            return await guarded(adapter.find(prepared), self.visit.waits.call, self.label)
        except (Refused, Gone, NotAllowed):
            # The next look would tell as little, and meanwhile nothing else of the account could go out.
            return CannotTell()

    async def _sent(self, record: OutboxRecord, receipt: Receipt) -> bool:
        store = self.visit.store
        if not await store.do(leaving.sent, record, receipt, self.account, self.visit.now()):
            return False
        await store.do(accounts.answered, self.account.id)
        self.visit.tell(Changed(frozenset({record.conversation})))
        self.visit.tell(Said(sentences.is_out(record.draft.kind, record.name)))
        return True

    async def _again(self, record: OutboxRecord, problem: AdapterError) -> None:
        """It certainly did not go out: try again later, and all that was written after it no sooner."""
        due_at = self.visit.after(pause(record.tries, self.visit.waits, problem))
        await self.wishes.note_trouble(problem)
        waits = await self.visit.store.do(outbox.if_unmoved, record, outbox.requeue, due_at, str(problem))
        if waits and record.reason is None and not self.visit.ending:
            # It was said to go out in a moment; of each further try there is nothing new to say.
            offline = isinstance(problem, Offline)
            sentence = sentences.not_out_yet(record.draft.kind, record.name, self.label, offline, record.doubt)
            self.visit.tell(Said(sentence))
        if isinstance(problem, (Offline, RateLimited, SignedOut)):
            await self.visit.store.do(outbox.postpone_all, self.account.id, due_at)
            raise problem

    async def _doubt(self, record: OutboxRecord, reason: str) -> None:
        """It may be out: look soon, and say so, since finding it may take minutes."""
        due_at = self.visit.after(self.visit.waits.look)
        await self.visit.store.do(outbox.if_unmoved, record, outbox.doubt, due_at, reason)
        if not record.doubt and not self.visit.ending:
            self.visit.tell(Said(sentences.in_doubt(record.draft.kind, record.name)))

    def _refused(self, record: OutboxRecord, problem: AdapterError) -> str:
        return sentences.refused(self.label, record.draft.kind, record.name, str(problem), record.doubt)

    async def _refuse(self, adapter: Adapter, record: OutboxRecord, sentence: str) -> None:
        """Give the words back, and show what became of the message that they could not answer."""
        if await self.visit.store.do(outbox.if_unmoved, record, leaving.refuse, sentence, self.visit.now()):
            self.visit.tell(Changed(frozenset({record.conversation})))
            self.visit.tell(Said(sentence))
            with suppress(AdapterError):
                page = await guarded(adapter.refresh([record.draft.to.ref]), self.visit.waits.call, self.label)
                merged = await self.visit.store.do(merge.merge, self.account.id, page, self.visit.clock.now())
                self.visit.tell(Changed(merged.changed))
