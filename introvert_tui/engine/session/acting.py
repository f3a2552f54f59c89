"""What a person does; each coroutine returns when it is on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from introvert_tui.engine import calm, sentences, snapshots
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.events import Changed
from introvert_tui.engine.session.reading import Reading
from introvert_tui.engine.views import DeleteOffer, Later, Outcome, Question, State
from introvert_tui.errors import AdapterError, Cannot
from introvert_tui.model import DraftKind
from introvert_tui.store import drafts, leaving, messages, outbox, standing
from introvert_tui.store import undo as undoing
from introvert_tui.store.codec import to_ms
from introvert_tui.store.undo import UndoRecord
from introvert_tui.text import clock

P = ParamSpec("P")
T = TypeVar("T")


class Acting(Reading):
    """Everything that the keys do."""

    async def _do(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **named: P.kwargs) -> T:
        return await self.visit.store.do(work, *args, **named)

    def _now(self) -> int:
        return to_ms(self.visit.clock.now())

    def _waits(self, id: int) -> bool:
        record = standing.one(self._db, id)
        return record is not None and record.state == State.WAITING

    def _told(self, id: int, sentence: str) -> Outcome:
        self.visit.tell(Changed(frozenset({id})))
        return Outcome(sentence, not self._waits(id))

    async def hello(self, id: int, text: str, shown: int) -> Outcome:
        """Say hi and leave: held first, so that it can be taken back."""
        return await self._write(DraftKind.HELLO, id, text, shown, ())

    async def reply(self, id: int, text: str, shown: int, naming: Sequence[str] = ()) -> Outcome:
        """Reply and stay; `naming` are handles of others who wait there and are to be told."""
        return await self._write(DraftKind.REPLY, id, text, shown, naming)

    async def _write(self, kind: DraftKind, id: int, text: str, shown: int, naming: Sequence[str]) -> Outcome:
        words = text.strip()
        if not words:
            raise Cannot("Nothing is written yet, so nothing was sent.")
        length = self.measure(id, words)
        if not length.fits:
            raise Cannot(sentences.too_long(length))
        to = self._answerable(id, shown)
        others = [one for one in messages.waiting_in(self._db, id) if one.message.author != to.message.author]
        writing = outbox.Writing(
            key=drafts.new_key(),
            conversation=id,
            account=messages.account_of(self._db, to.id),
            to=to,
            kind=kind,
            text=words,
            language=self.settings.language,
            naming=tuple(dict.fromkeys(one.message.author for one in others if one.message.author.handle in naming)),
            shown=shown,
            owner=self.visit.id,
            due_at=self._now() + int(self.visit.waits.hold * 1000),
        )
        self.visit.begin()
        rejoined = self.conversation(id).state is State.LEFT
        await self._do(_put, writing, self.visit.id, rejoined, self._now())
        self.networks.nudge()
        waiting = tuple(dict.fromkeys(one.name for one in messages.waiting_in(self._db, id)))
        if waiting and kind is DraftKind.HELLO:
            sentence = f"{sentences.still_wait(to.name, waiting)} u takes it back"
        else:
            sentence = sentences.held(kind, to.name)
        return self._told(id, f"You are part of this again. {sentence}" if rejoined else sentence)

    async def keep_words(self, id: int, text: str) -> None:
        """Keep what is in the composer; blank words are forgotten."""
        to = snapshots.answerable(self._db, id)
        if to is not None:
            await self._do(drafts.keep, id, messages.account_of(self._db, to.id), text, self._now())

    async def nod(self, id: int, shown: int) -> Outcome:
        """Like the newest message said to you, and be done."""
        to = snapshots.answerable(self._db, id, shown)
        if to is None:
            raise Cannot("There is nothing to nod to here.")
        account = messages.account_of(self._db, to.id)
        due_at = self._now() + int(self.visit.waits.hold * 1000)
        await self._do(leaving.nod, id, account, to.message, self.visit.id, shown, self._now(), due_at)
        self.networks.nudge()
        return self._told(id, f"Nodded to {to.name} · u takes it back")

    async def done(self, id: int, shown: int) -> Outcome:
        """Read, and nothing to say."""
        await self._do(leaving.done, id, self.visit.id, shown, self._now())
        return self._told(id, "Done · u takes it back")

    async def leave(self, id: int, shown: int) -> Outcome:
        """Leave without a word, for good; the server is told to keep the thread quiet."""
        newest = messages.of_conversation(self._db, id, 1)
        if not newest:
            raise Cannot("This conversation is no longer here.")
        account = messages.account_of(self._db, newest[0].id)
        await self._do(leaving.leave_quietly, id, account, self.visit.id, self._now())
        self.networks.nudge()
        return self._told(id, "You left, without a word · u takes it back")

    async def later(self, id: int, when: Later, reason: str = "") -> Outcome:
        """Put off, with a reason in a few words if there is one."""
        back = calm.later_local(when, self.visit.clock.local())
        await self._do(leaving.later, id, back, reason.strip(), self.visit.id)
        return self._told(id, f"{sentences.comes_back(when)} · u takes it back")

    async def rejoin(self, id: int) -> Outcome:
        """Take part again in a conversation that was left."""
        await self._do(leaving.rejoin, id, self.visit.id, self._now())
        self.networks.nudge()
        return self._told(id, "You are part of this again · u takes it back")

    async def undo(self) -> Outcome:
        """Take back the last thing; for a hello that is out, offer to delete it."""
        record = undoing.last(self._db, self.visit.id)
        if record is None:
            raise Cannot("There is nothing to take back.")
        if record.draft_key is not None:
            return await self._undo_message(record, record.draft_key)
        await self._do(leaving.taken_back, record, self._now())
        self.networks.nudge()
        return self._told(record.conversation, sentences.taken_back(record.kind))

    async def _undo_message(self, record: UndoRecord, key: str) -> Outcome:
        message = outbox.one(self._db, key)
        if message.receipt is not None:
            when = clock(message.receipt.at, self.visit.clock.local())
            offer = DeleteOffer(key, f"It went out at {when}. Delete it? y/n")
            return Outcome(offer.sentence, False, offer)
        if message.state not in ("held", "queued", "asks"):
            raise Cannot(
                f"Your {message.draft.kind} to {message.name} is going out at this moment; u again in a moment."
            )
        if not await self._do(_take_back_message, record, key, self._now()):
            raise Cannot(
                f"Your {message.draft.kind} to {message.name} is going out at this moment; u again in a moment."
            )
        return self._told(record.conversation, "Taken back. Nothing was sent; your words are kept.")

    async def delete(self, offer: DeleteOffer) -> Outcome:
        """Delete a message that is out. Raises `Cannot` when the server does not do it."""
        message = outbox.one(self._db, offer.key)
        receipt = message.receipt
        if receipt is None:
            raise Cannot("It is not out.")
        adapter = self.networks.adapter(message.account)
        try:
            await self.networks.call(
                message.account, lambda _: guarded(adapter.delete(receipt), self.visit.waits.call, adapter.label)
            )
        except AdapterError as problem:
            raise Cannot(f"It was not deleted: {problem}") from problem
        await self._do(leaving.deleted, offer.key, self._now())
        self.networks.nudge()
        return self._told(message.conversation, "Deleted. The conversation is open again; your words are kept.")

    async def decide(self, question: Question, send: bool) -> Outcome:
        """Send what was asked about, or keep its words and do not send."""
        self.visit.begin()
        record = outbox.one(self._db, question.key)
        if send:
            await self._do(outbox.decide, question.key, self._now())
            self.networks.nudge()
            return self._told(record.conversation, f"Your {record.draft.kind} to {record.name} goes out now.")
        await self._do(outbox.give_back, question.key, "dropped", "the person decided", self._now())
        return self._told(record.conversation, "Not sent. Your words are kept in the conversation.")


def _put(db: sqlite3.Connection, writing: outbox.Writing, visit: str, rejoined: bool, now: int) -> None:
    if rejoined:
        leaving.rejoin(db, writing.conversation, visit, now)
    undoing.note(db, visit, writing.kind, writing.conversation, writing.key)
    outbox.put(db, writing, now)


def _take_back_message(db: sqlite3.Connection, record: UndoRecord, key: str, now: int) -> bool:
    if not outbox.give_back(db, key, "dropped", "taken back", now):
        return False
    undoing.undone(db, record, now)
    return True
