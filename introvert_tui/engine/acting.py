"""What a person does; each coroutine returns when it is on disk. `Session` is where they are documented."""

from __future__ import annotations

from introvert_tui.adapter import Capability
from introvert_tui.engine import calm, closing, sentences, snapshots
from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import State
from introvert_tui.engine.naming import NAMED_AT_MOST
from introvert_tui.engine.session.reading import Reading
from introvert_tui.engine.views import Composer, DeleteOffer, Later, Outcome, Unsettled
from introvert_tui.errors import AdapterError, Cannot, is_final
from introvert_tui.model import DraftKind, RoomRef
from introvert_tui.store import conversations, drafts, leaving, messages, outbox, outgoing, quiet
from introvert_tui.store import undo as undoing
from introvert_tui.store.outgoing import OutboxState
from introvert_tui.store.undo import UndoRecord
from introvert_tui.text import harmless


def _waits(session: Reading, id: int) -> bool:
    record = conversations.one(session.db, id)
    return record is not None and record.state == State.WAITING


def _told(session: Reading, id: int, sentence: str) -> Outcome:
    session.visit.tell(Changed(frozenset({id})))
    return Outcome(sentence, not _waits(session, id), conversation=id)


async def hello(session: Reading, composer: Composer, text: str) -> Outcome:
    return await _write(session, DraftKind.HELLO, composer, text)


async def reply(session: Reading, composer: Composer, text: str) -> Outcome:
    return await _write(session, DraftKind.REPLY, composer, text)


async def _write(session: Reading, kind: DraftKind, composer: Composer, text: str) -> Outcome:
    words = harmless(text).strip()
    if not words:
        raise Cannot("Nothing is written yet, so nothing was sent.")
    said = composer.audience.visibility
    try:
        composer = session.refreshed(composer, words)
        length = session.measure(composer, words)
        if not length.fits:
            raise Cannot(sentences.too_long(length))
    except Cannot:
        if conversations.one(session.db, composer.conversation) is not None:
            await keep_words(session, composer, text)
        raise
    id = composer.conversation
    to = messages.as_seen_by(session.db, composer.message, composer.account)
    writing = outbox.Writing(
        key=_free_key(session, composer.draft, words),
        conversation=id,
        account=composer.account,
        to=to,
        kind=kind,
        text=words,
        language=session.settings.language,
        naming=tuple(one.who for one in composer.named if one.who.uri),
        shown=composer.shown,
        owner=session.visit.id,
        due_at=session.now() + int(session.visit.waits.hold * 1000),
        known=composer.kept,
        visibility=said,
    )
    session.visit.begin()
    record = conversations.one(session.db, id)
    was_quiet = kind is DraftKind.REPLY and quiet.is_wanted(session.db, id)
    rejoined = was_quiet or (record is not None and record.state == State.LEFT)
    await session.visit.store.do(leaving.write, writing, session.visit.id, session.now())
    session.networks.nudge()
    waiting = tuple(dict.fromkeys(one.name for one in messages.waiting_in(session.db, id, NAMED_AT_MOST)))
    if waiting and kind is DraftKind.HELLO:
        sentence = sentences.still_wait(to.name, waiting)
    else:
        sentence = sentences.held(kind, to.name)
    return _told(session, id, f"You are part of this again. {sentence}" if rejoined else sentence)


def _free_key(session: Reading, key: str, words: str) -> str:
    """The key of words that are to go out: their own, unless another program has sent something under it."""
    if drafts.sent_as(session.db, key) is None:
        return key
    there = outgoing.one(session.db, key)
    if there.draft.text == words and there.state not in (OutboxState.REFUSED, OutboxState.DROPPED):
        raise Cannot("These words are on their way already.")
    return drafts.new_key()


async def keep_words(session: Reading, composer: Composer, text: str) -> Composer:
    id, known, text = conversations.resolve(session.db, composer.conversation), composer.kept, harmless(text)
    key = await session.visit.store.do(
        drafts.keep, id, composer.account, composer.message, composer.draft, text, session.now(), known
    )
    return composer._replace(draft=key, kept=text if text.strip() else None)


async def nod(session: Reading, id: int, shown: int) -> Outcome:
    id = conversations.resolve(session.db, id)
    to = snapshots.answerable(session.db, id, shown)
    if to is None:
        raise Cannot("There is nothing to nod to here.")
    account = messages.account_of(session.db, to.id)
    facts = session.networks.adapter(account).facts
    wanted = Capability.NOD_DIRECT if isinstance(to.message.place, RoomRef) else Capability.NOD
    if facts is not None and wanted not in facts.capabilities:
        raise Cannot("A nod cannot be sent here. h says hi, e is done.")
    due_at = session.now() + int(session.visit.waits.hold * 1000)
    await session.visit.store.do(leaving.nod, id, account, to.message, session.visit.id, shown, session.now(), due_at)
    session.networks.nudge()
    return _told(session, id, f"Nodded to {to.name} · u takes it back")


async def done(session: Reading, id: int, shown: int) -> Outcome:
    """Read, and nothing to say."""
    await session.visit.store.do(leaving.done, id, session.visit.id, shown, session.now())
    return _told(session, id, "Done · u takes it back")


async def leave(session: Reading, id: int) -> Outcome:
    record = conversations.one(session.db, id)
    if record is None:
        raise Cannot("This conversation is no longer here.")
    if record.kind == "room":
        raise Cannot("A private conversation is not left without a word: they would not know. e is done.")
    await session.visit.store.do(leaving.leave_quietly, record.id, session.visit.id, session.now())
    session.networks.nudge()
    return _told(session, record.id, "You left, without a word · u takes it back")


async def later(session: Reading, id: int, when: Later, reason: str = "") -> Outcome:
    back = calm.later_local(when, session.visit.clock)
    if not await session.visit.store.do(leaving.later, id, back, _in_one_line(reason), session.visit.id):
        raise Cannot("Nothing waits here, so there is nothing to put off.")
    return _told(session, id, f"{sentences.comes_back(when, session.visit.clock.local())} · u takes it back")


def _in_one_line(words: str) -> str:
    return " ".join(harmless(words).split())


async def bring_back(session: Reading, id: int) -> Outcome:
    if not await session.visit.store.do(leaving.bring_back, id, session.visit.id):
        raise Cannot("This is not put off any more.")
    back = "It waits again" if _waits(session, id) else "It is put off no more"
    return _told(session, id, f"{back} · u takes it back")


async def rejoin(session: Reading, id: int) -> Outcome:
    """Take part again in a conversation that was left."""
    if not await session.visit.store.do(leaving.rejoin, id, session.visit.id, session.now()):
        raise Cannot("You did not leave this.")
    session.networks.nudge()
    return _told(session, id, "You are part of this again · u takes it back")


async def undo(session: Reading) -> Outcome:
    """Take back the last thing; for a hello that is out, offer to delete it.

    One that may be out is told of once; the next time what was done before it is taken back, or it, if it is settled.
    """
    visit = session.visit
    record = undoing.last(session.db, visit.id, visit.passed)
    if record is None:
        raise Cannot("There is nothing to take back.")
    if record.draft_key is not None:
        return await _undo_message(session, record, record.draft_key)
    if record.about:
        return await closing.take_back(session, record)
    waited = conversations.waiting_ids(session.db)
    merged = await session.visit.store.do(leaving.taken_back, record, session.now())
    session.networks.nudge()
    if record.batch is not None:
        session.visit.tell(Changed(merged.changed))
        back = conversations.waiting_ids(session.db) - waited
        return Outcome("Taken back: they wait again.", False, back=back)
    now = conversations.one(session.db, record.conversation)
    state = State(now.state) if now is not None else None
    sentence = sentences.taken_back(record.kind, state is State.WAITING, state)
    return _told(session, record.conversation, sentence)


def undo_asks_server(session: Reading) -> bool:
    """Whether what would be taken back now is taken back by the server, which may take its time."""
    record = undoing.last(session.db, session.visit.id, session.visit.passed)
    return record is not None and closing.asks_server(record)


async def _undo_message(session: Reading, record: UndoRecord, key: str) -> Outcome:
    message = outgoing.one(session.db, key)
    if message.receipt is not None:
        # Whether it is deleted or not: the next u is about what was done before it.
        await session.visit.store.do(undoing.undone, record, session.now())
        now = session.visit.clock.local()
        offer = DeleteOffer(key, sentences.delete_it(message.draft.kind, message.name, message.receipt.at, now))
        return Outcome(offer.sentence, False, offer, record.conversation)
    if not await session.visit.store.do(leaving.take_back, key, "taken back", session.now()):
        visit = session.visit
        before = undoing.last(session.db, visit.id, {*visit.passed, key}) is not None
        if before:
            visit.passed.add(key)
        raise Cannot(sentences.may_be_out(message.draft.kind, message.name, before))
    session.networks.nudge()
    return _told(session, record.conversation, sentences.message_taken_back(message.doubt))


async def delete(session: Reading, offer: DeleteOffer) -> Outcome:
    """Delete a message that is out. Raises `Cannot` when the server does not do it."""
    message = outgoing.one(session.db, offer.key)
    receipt = message.receipt
    if receipt is None:
        raise Cannot("It has not gone out, so there is nothing to delete.")
    adapter = session.networks.adapter(message.account)
    try:
        await session.networks.call(message.account, lambda _: adapter.delete(receipt))
    except AdapterError as problem:
        if not is_final(problem):
            await session.visit.store.do(undoing.offered_again, offer.key)
        raise Cannot(sentences.not_done("deleted", problem)) from problem
    await session.visit.store.do(leaving.deleted, offer.key, session.now())
    session.networks.nudge()
    now = conversations.one(session.db, message.conversation)
    stands = "stays left" if now is not None and now.state == State.LEFT else "is open again"
    return _told(session, message.conversation, f"Deleted. The conversation {stands}; your words are kept.")


async def decide(session: Reading, question: Unsettled, send: bool) -> Outcome:
    session.visit.begin()
    record = outgoing.one(session.db, question.key)
    what = f"Your {record.draft.kind} to {record.name}"
    if send:
        if not await session.visit.store.do(outbox.decide, question.key, session.now()):
            raise Cannot(f"{what} was decided about elsewhere in the meantime.")
        session.networks.nudge()
        return _told(session, record.conversation, f"{what} goes out now.")
    if not await session.visit.store.do(leaving.take_back, question.key, "the person decided", session.now()):
        raise Cannot(f"{what} was decided about elsewhere in the meantime.")
    session.networks.nudge()
    again = " again" if record.doubt else ""
    return _told(session, record.conversation, f"Not sent{again}. Your words are kept in the conversation.")
