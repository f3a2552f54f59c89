"""What a person does; each coroutine returns when it is on disk. `Session` is where they are documented."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from introvert_tui.engine import calm, sentences, snapshots
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session.reading import Reading
from introvert_tui.engine.views import DeleteOffer, Later, Outcome, Question
from introvert_tui.errors import AdapterError, Cannot
from introvert_tui.model import DraftKind
from introvert_tui.store import conversations, drafts, leaving, messages, outbox
from introvert_tui.store import undo as undoing
from introvert_tui.store.undo import UndoRecord
from introvert_tui.text import clock


def _waits(session: Reading, id: int) -> bool:
    record = conversations.one(session.db, id)
    return record is not None and record.state == State.WAITING


def _told(session: Reading, id: int, sentence: str) -> Outcome:
    session.visit.tell(Changed(frozenset({id})))
    return Outcome(sentence, not _waits(session, id))


async def hello(session: Reading, id: int, text: str, shown: int) -> Outcome:
    """Say hi and leave: held first, so that it can be taken back."""
    return await _write(session, DraftKind.HELLO, id, text, shown, ())


async def reply(session: Reading, id: int, text: str, shown: int, naming: Sequence[str] = ()) -> Outcome:
    """Reply and stay; `naming` are handles of others who wait there and are to be told."""
    return await _write(session, DraftKind.REPLY, id, text, shown, naming)


async def _write(session: Reading, kind: DraftKind, id: int, text: str, shown: int, naming: Sequence[str]) -> Outcome:
    words = text.strip()
    if not words:
        raise Cannot("Nothing is written yet, so nothing was sent.")
    length = session.measure(id, words)
    if not length.fits:
        raise Cannot(sentences.too_long(length))
    to = session.answerable(id, shown)
    others = [one for one in messages.waiting_in(session.db, id) if one.message.author != to.message.author]
    writing = outbox.Writing(
        key=drafts.new_key(),
        conversation=id,
        account=messages.account_of(session.db, to.id),
        to=to,
        kind=kind,
        text=words,
        language=session.settings.language,
        naming=tuple(dict.fromkeys(one.message.author for one in others if one.message.author.handle in naming)),
        shown=shown,
        owner=session.visit.id,
        due_at=session.now() + int(session.visit.waits.hold * 1000),
    )
    session.visit.begin()
    rejoined = session.conversation(id).state is State.LEFT
    await session.visit.store.do(_put, writing, session.visit.id, rejoined, session.now())
    session.networks.nudge()
    waiting = tuple(dict.fromkeys(one.name for one in messages.waiting_in(session.db, id)))
    if waiting and kind is DraftKind.HELLO:
        sentence = f"{sentences.still_wait(to.name, waiting)} u takes it back"
    else:
        sentence = sentences.held(kind, to.name)
    return _told(session, id, f"You are part of this again. {sentence}" if rejoined else sentence)


async def keep_words(session: Reading, id: int, text: str) -> None:
    """Keep what is in the composer; blank words are forgotten."""
    to = snapshots.answerable(session.db, id)
    if to is not None:
        await session.visit.store.do(drafts.keep, id, messages.account_of(session.db, to.id), text, session.now())


async def nod(session: Reading, id: int, shown: int) -> Outcome:
    """Like the newest message said to you, and be done."""
    to = snapshots.answerable(session.db, id, shown)
    if to is None:
        raise Cannot("There is nothing to nod to here.")
    account = messages.account_of(session.db, to.id)
    due_at = session.now() + int(session.visit.waits.hold * 1000)
    await session.visit.store.do(leaving.nod, id, account, to.message, session.visit.id, shown, session.now(), due_at)
    session.networks.nudge()
    return _told(session, id, f"Nodded to {to.name} · u takes it back")


async def done(session: Reading, id: int, shown: int) -> Outcome:
    """Read, and nothing to say."""
    await session.visit.store.do(leaving.done, id, session.visit.id, shown, session.now())
    return _told(session, id, "Done · u takes it back")


async def leave(session: Reading, id: int, shown: int) -> Outcome:
    """Leave without a word, for good; the server is told to keep the thread quiet."""
    newest = messages.of_conversation(session.db, id, 1)
    if not newest:
        raise Cannot("This conversation is no longer here.")
    account = messages.account_of(session.db, newest[0].id)
    await session.visit.store.do(leaving.leave_quietly, id, account, session.visit.id, session.now())
    session.networks.nudge()
    return _told(session, id, "You left, without a word · u takes it back")


async def later(session: Reading, id: int, when: Later, reason: str = "") -> Outcome:
    """Put off, with a reason in a few words if there is one."""
    back = calm.later_local(when, session.visit.clock.local())
    await session.visit.store.do(leaving.later, id, back, reason.strip(), session.visit.id)
    return _told(session, id, f"{sentences.comes_back(when)} · u takes it back")


async def rejoin(session: Reading, id: int) -> Outcome:
    """Take part again in a conversation that was left."""
    await session.visit.store.do(leaving.rejoin, id, session.visit.id, session.now())
    session.networks.nudge()
    return _told(session, id, "You are part of this again · u takes it back")


async def undo(session: Reading) -> Outcome:
    """Take back the last thing; for a hello that is out, offer to delete it."""
    record = undoing.last(session.db, session.visit.id)
    if record is None:
        raise Cannot("There is nothing to take back.")
    if record.draft_key is not None:
        return await _undo_message(session, record, record.draft_key)
    await session.visit.store.do(leaving.taken_back, record, session.now())
    session.networks.nudge()
    return _told(session, record.conversation, sentences.taken_back(record.kind))


async def _undo_message(session: Reading, record: UndoRecord, key: str) -> Outcome:
    message = outbox.one(session.db, key)
    if message.receipt is not None:
        when = clock(message.receipt.at, session.visit.clock.local())
        offer = DeleteOffer(key, f"It went out at {when}. Delete it? y/n")
        return Outcome(offer.sentence, False, offer)
    if message.state not in ("held", "queued", "asks"):
        raise Cannot(f"Your {message.draft.kind} to {message.name} is going out at this moment; u again in a moment.")
    if not await session.visit.store.do(_take_back_message, record, key, session.now()):
        raise Cannot(f"Your {message.draft.kind} to {message.name} is going out at this moment; u again in a moment.")
    return _told(session, record.conversation, "Taken back. Nothing was sent; your words are kept.")


async def delete(session: Reading, offer: DeleteOffer) -> Outcome:
    """Delete a message that is out. Raises `Cannot` when the server does not do it."""
    message = outbox.one(session.db, offer.key)
    receipt = message.receipt
    if receipt is None:
        raise Cannot("It is not out.")
    adapter = session.networks.adapter(message.account)
    try:
        await session.networks.call(
            message.account, lambda _: guarded(adapter.delete(receipt), session.visit.waits.call, adapter.label)
        )
    except AdapterError as problem:
        raise Cannot(f"It was not deleted: {problem}") from problem
    await session.visit.store.do(leaving.deleted, offer.key, session.now())
    session.networks.nudge()
    return _told(session, message.conversation, "Deleted. The conversation is open again; your words are kept.")


async def decide(session: Reading, question: Question, send: bool) -> Outcome:
    """Send what was asked about, or keep its words and do not send."""
    session.visit.begin()
    record = outbox.one(session.db, question.key)
    if send:
        await session.visit.store.do(outbox.decide, question.key, session.now())
        session.networks.nudge()
        return _told(session, record.conversation, f"Your {record.draft.kind} to {record.name} goes out now.")
    await session.visit.store.do(outbox.give_back, question.key, "dropped", "the person decided", session.now())
    return _told(session, record.conversation, "Not sent. Your words are kept in the conversation.")


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
