"""What is on its way out of one account: messages, once each, then the leaving, then what is wished of the server.

The states are those of `store.outbox`; this module is what moves them. It runs on the account's thread, wakes when
something is due or when it is nudged, and never ends before the visit does.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field

from introvert_tui.adapter import Adapter
from introvert_tui.engine import sentences, turns
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.attempts import Attempts
from introvert_tui.engine.calm import pause
from introvert_tui.engine.clock import LOOK_EVERY
from introvert_tui.engine.events import Changed, Said
from introvert_tui.engine.inbox import State
from introvert_tui.engine.visit import Visit
from introvert_tui.engine.wishes import Wishes
from introvert_tui.errors import (
    AdapterError,
    Gone,
    NotAllowed,
    Refused,
    StoreError,
    Unavailable,
)
from introvert_tui.model import Account, ObstacleKind
from introvert_tui.store import accounts, conversations, distance, doors, leaving, outbox, outgoing, quiet
from introvert_tui.store.database import Reader
from introvert_tui.store.outgoing import OutboxRecord, OutboxState, Why

_THREAD_MESSAGES = 500
_READ_IN_VAIN = 10
"""How often a thread is asked for in vain, a day long, until it is left without having been read again."""
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
    reader: Reader = field(init=False)
    wishes: Wishes = field(init=False)
    attempts: Attempts = field(init=False)
    _unslept: int = field(init=False)
    """How far the clock was ahead of the program's running time when holds were last ended: sleep adds to it."""

    def __post_init__(self) -> None:
        self._unslept = self.visit.now() - self.visit.awake()
        self.reader = self.visit.store.reader()
        self.wishes = Wishes(self.visit, self.account.id, self.reader)
        self.attempts = Attempts(self.visit, self.account, self.label, self.wishes)

    async def run(self, adapter: Adapter) -> None:
        """Move what is due, sleep until the next, for as long as the visit lasts."""
        with closing(self.reader):
            async with asyncio.TaskGroup() as together:
                together.create_task(self._look_around())
                await self._keep_moving(adapter)

    async def _look_around(self) -> None:
        """Take note that the program runs, also while a server is slow."""
        while True:
            self.visit.awake()
            await asyncio.sleep(LOOK_EVERY)

    async def _keep_moving(self, adapter: Adapter) -> None:
        while True:
            try:
                await self.step(adapter)
                seconds = self._until_next()
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

    async def drain(self) -> None:
        """Wait until nothing is on its way that could go now; what waits for a retry is not waited for."""
        before, unmoved = None, 0
        while (moving := self.reader.read(self._moving)) and unmoved < _STUCK:
            unmoved = unmoved + 1 if moving == before else 0
            before = moving
            self.stepped.clear()
            self.nudge.set()
            await self.stepped.wait()

    def _moving(self, db: sqlite3.Connection) -> tuple[object, ...]:
        now = self.visit.now()
        if accounts.paused_until(db, self.account.id, now) is not None:
            return ()
        messages = [
            (record.draft.key, record.state, record.attempts)
            for record in outgoing.pending(db, self.visit.id)
            if record.account == self.account.id and (record.state == OutboxState.SENDING or record.due_at <= now)
        ]
        wishes = ["wishes"] if quiet.pending(db, self.account.id, now) else []
        return (*messages, *wishes)

    async def step(self, adapter: Adapter) -> None:
        """Move everything that is due now, once, until the server wants a pause."""
        await self._recover()
        await self._take_words_back()
        let_go = await self._end_holds()
        now = self.visit.now()
        failed = await self._send(adapter, now)
        await self._tell_what_keeps(let_go)
        for record in self.reader.read(outgoing.unfinished, self.account.id, now):
            if self._paused_until() is None:
                await self._leave(adapter, record)
        if not self._in_doubt() and self._paused_until() is None:
            await self.wishes.step(adapter)
        if failed is not None:
            raise failed

    async def _send(self, adapter: Adapter, now: int) -> StoreError | None:
        """Send and look for what is due; one message that the disk fails does not keep the others."""
        failed: StoreError | None = None
        doubtful = False
        for record in self.reader.read(outgoing.due, self.account.id, now):
            if self._paused_until() is not None:
                break
            try:
                if record.state == OutboxState.UNSURE:
                    await self.attempts.look(adapter, record)
                elif not doubtful:
                    # Once one is passed over, so are those after it, even if a look clears the doubt meanwhile.
                    doubtful = self._in_doubt()
                    if not doubtful and not self.reader.read(outgoing.is_behind, record.draft.key):
                        await self.attempts.send(adapter, record)
            except StoreError as problem:
                failed = problem
            except AdapterError:
                break  # no other one would fare better; they wait for as long, and keep their order
        return failed

    def _in_doubt(self) -> bool:
        """Whether an attempt was not looked for yet: anything that goes out now would hide what became of it."""
        return self.reader.read(outgoing.in_doubt, self.account.id)

    def _paused_until(self) -> int | None:
        """Until when the server wants to be left alone: whatever is due before then waits."""
        return self.reader.read(accounts.paused_until, self.account.id, self.visit.now())

    def _until_next(self) -> float:
        paused_until = self._paused_until() or 0
        if self._in_doubt():
            dues = [self.reader.read(outgoing.next_look, self.account.id), self.visit.after(self.visit.waits.look)]
        else:
            dues = [
                self.reader.read(outgoing.next_due, self.account.id, self.visit.id),
                self.reader.read(quiet.next_due, self.account.id),
            ]
        known = [due for due in dues if due is not None]
        return min(_IDLE, max(0.0, (max(min(known), paused_until) - self.visit.now()) / 1000)) if known else _IDLE

    async def _recover(self) -> None:
        """What a program that died was sending may have gone out; so may what we ourselves lost track of."""
        store, waits, read = self.visit.store, self.visit.waits, self.reader.read
        if read(outgoing.anything_waits):
            await store.do(outbox.clock_was_set_back, self.visit.now())
        senders = read(outgoing.senders)
        if self.visit.id in senders:
            await store.do(outbox.recover_own, self.account.id, self.visit.id, self.visit.now())
        living = (*self.visit.living(senders), self.visit.id)
        if senders - set(living):
            await store.do(outbox.recover, living, self.visit.after(-waits.recover), self.visit.now())

    async def _take_words_back(self) -> None:
        """What was being sent when whom it is for was blocked, and did not arrive, is not tried again."""
        if not self.reader.read(outgoing.to_blocked):
            return
        for record in await self.visit.store.do(distance.take_words_back, self.visit.now()):
            if record.state is not OutboxState.SENDING:
                self.visit.tell(Changed(frozenset({record.conversation})))
                self.visit.tell(Said(sentences.obstacle(ObstacleKind.BLOCKED, record.name, record.doubt)))

    async def _end_holds(self) -> list[str]:
        """What need not be held any more goes out: late, where a server was slow; after a sleep or stop, it asks.

        Returns the keys of what may go out.
        """
        let_go = []
        overslept = self.visit.waits.overslept * 1000
        now = self.visit.now()
        ahead = now - self.visit.awake()
        slept = ahead - self._unslept > overslept
        for record in self.reader.read(outgoing.holds_over, self.account.id, self.visit.id, now):
            if slept and now - record.due_at > overslept:
                # What was to be taken back within seconds is asked about hours later.
                await self.attempts.ask(record, Why.OVERSLEPT)
            elif await self.visit.store.do(outbox.queue, record.draft.key, now):
                let_go.append(record.draft.key)
        self._unslept = ahead
        return let_go

    async def _tell_what_keeps(self, let_go: list[str]) -> None:
        """Of what was said to go out in a moment, and was not even tried, say what it waits for."""
        if not let_go or self.visit.ending:
            return
        for record in self.reader.read(outgoing.some, let_go):
            if record.state == OutboxState.QUEUED and record.reason is None:
                why = self.reader.read(turns.what_keeps, self.visit, record)
                if why:
                    self.visit.tell(Said(sentences.waits(record.draft.kind, record.name, why)))

    async def _leave(self, adapter: Adapter, record: OutboxRecord) -> None:
        """Read the thread again, and leave it unless somebody said something before the hello arrived."""
        store, key, unreadable = self.visit.store, record.draft.key, False
        try:
            page = await guarded(adapter.thread(record.draft.to, _THREAD_MESSAGES), self.visit.waits.call, self.label)
        except (Gone, Refused, NotAllowed):
            page = None
        except AdapterError as problem:
            unreadable = self._is_unreadable(record, problem)
            if not unreadable:
                await self._leave_later(record, problem)
                return
            page = None
        merged, overtaken_by = await store.do(leaving.reread, self.account.id, key, page, self.visit.clock.now())
        self.visit.tell(Changed(merged.changed | {record.conversation}))
        if overtaken_by:
            self.visit.tell(Said(doors.overtaken_note(overtaken_by)))
        left = self.reader.read(conversations.one, record.conversation) if unreadable else None
        if left is not None and left.state == State.LEFT:
            self.visit.tell(Said(sentences.left_unread(record.name)))

    def _is_unreadable(self, record: OutboxRecord, problem: AdapterError) -> bool:
        """Whether a thread was asked for again and again, and its server answers, but not with it."""
        since = record.attempted_at or record.written_at
        long_ago = self.visit.now() - since > self.visit.waits.ask * 1000
        return isinstance(problem, Unavailable) and record.tries >= _READ_IN_VAIN and long_ago

    async def _leave_later(self, record: OutboxRecord, problem: AdapterError) -> None:
        store, due_at = self.visit.store, self.visit.after(pause(record.tries, self.visit.waits, problem))
        await self.wishes.note_trouble(problem)
        await store.do(outbox.postpone, record.draft.key, due_at)
        if record.tries == 0 and not self.visit.ending and self.reader.read(outgoing.is_to_be_left, record):
            self.visit.tell(Said(sentences.not_left_yet([record.name], f"once {self.label} answers")))
