"""Messages that have not gone out, by hand: how each stands, sending them now, other words for one, dropping one.

`Session` is where the coroutines are documented.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime

from introvert_tui import plugins
from introvert_tui.engine import asking, naming, sentences, turns
from introvert_tui.engine.calm import is_too_late
from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session.reading import Reading
from introvert_tui.engine.views import OutgoingView, SendReport
from introvert_tui.errors import Cannot
from introvert_tui.store import accounts, conversations, drafts, messages, outgoing
from introvert_tui.store import unsent as moves
from introvert_tui.store.outbox import Writing
from introvert_tui.store.outgoing import OutboxRecord, OutboxState, Why
from introvert_tui.store.times import from_ms
from introvert_tui.text import harmless, number

log = logging.getLogger(__name__)
_LOST = (OutboxState.SENDING, OutboxState.UNSURE)
_SETTLED = {
    OutboxState.SENT: "went out",
    OutboxState.REFUSED: "was refused",
    OutboxState.DROPPED: "was taken back",
}


def every(session: Reading) -> tuple[OutgoingView, ...]:
    alive = living(session)
    return tuple(view(session, record, alive) for record in outgoing.unsent(session.db))


def living(session: Reading) -> tuple[str, ...]:
    """The programs that have messages in hand and are alive, this one among them."""
    return session.visit.living(outgoing.owners(session.db))


def _overdue(session: Reading, record: OutboxRecord) -> str | None:
    """Why it would be asked about if a visit came to send it: it waits for too long. None where that is not so."""
    if not is_too_late(record, session.now(), session.visit.waits):
        return None
    match record.state:
        case OutboxState.QUEUED:
            return record.reason or Why.LATE
        case OutboxState.UNSURE:
            return Why.PERHAPS_SENT
    return None


def _stage(session: Reading, record: OutboxRecord, living: Collection[str]) -> OutboxState:
    """The state that matters to the person: what a visit held or sent that is over is in nobody's hands."""
    state = record.state
    if _overdue(session, record) is not None:
        return OutboxState.ASKS
    if record.owner in living:
        return state
    match state:
        case OutboxState.HELD:
            return OutboxState.ASKS
        case OutboxState.SENDING:
            return OutboxState.UNSURE
    return state


def view(session: Reading, record: OutboxRecord, living: Collection[str]) -> OutgoingView:
    """A message that has not gone out, or may have; `living` are the programs that are alive."""
    account = accounts.one(session.db, record.account)
    stage = _stage(session, record, living)
    attempted_at = from_ms(record.attempted_at) if record.attempted_at is not None else None
    now = session.visit.clock.local()
    question = None
    if stage is OutboxState.ASKS:
        question = asking.question(record, now)
    return OutgoingView(
        key=record.draft.key,
        network=account.network,
        label=plugins.label(account.network),
        account=account.handle,
        to=record.name,
        kind=record.draft.kind,
        text=record.draft.text,
        written_at=from_ms(record.written_at),
        state=stage,
        stands=_stands(session, stage, record, now),
        question=question,
        attempts=record.attempts,
        attempted_at=attempted_at,
    )


def _stands(session: Reading, stage: OutboxState, record: OutboxRecord, now: datetime) -> str:
    own = record.owner == session.visit.id
    match stage:
        case OutboxState.HELD if own:
            return "goes out in a moment, or when you quit"
        case OutboxState.SENDING if own:
            return "on its way"
        case OutboxState.HELD:
            return "held by a visit that is open"
        case OutboxState.SENDING:
            return "a visit that is open is sending it"
        case OutboxState.UNSURE:
            return "may have gone out; Introvert looks before it sends again"
        case OutboxState.ASKS:
            return "asks: it may have gone out" if record.perhaps_out else "asks: it did not go out"
    return _tried(record, now) or _its_turn(session, record)


def _its_turn(session: Reading, record: OutboxRecord) -> str:
    """How a message stands that was not tried yet and is in nobody's hands."""
    if not session.visit.has_begun:
        return "goes out with the next visit"
    why = turns.what_keeps(session.db, session.visit, record)
    return f"waits: {why}" if why else "goes out in a moment"


_REASONS_OF_OURS: dict[str, str] = {
    Why.LATE: "",
    Why.OVERSLEPT: "",
    Why.NOT_THERE: "it did not arrive",
}
"""What the store calls why; anything else is a sentence of the server's."""


def _why(record: OutboxRecord) -> str:
    """Why it waits, in words without a full stop; empty if it simply waits for its turn."""
    reason = record.reason or ""
    return _REASONS_OF_OURS.get(reason, reason).rstrip(". ")


def _tried(record: OutboxRecord, now: datetime) -> str:
    """How often it was tried, and why it is not out; empty if it was not tried."""
    why = _why(record) or ("you want it sent again" if record.doubt else "")
    if record.attempted_at is None:
        return f"not out yet: {why}" if why else ""
    when = sentences.at(from_ms(record.attempted_at), now)
    match record.attempts:
        case 1:
            tried = f"tried once, {when}"
        case 2:
            tried = f"tried twice, last {when}"
        case _:
            tried = f"tried {number(record.attempts)} times, last {when}"
    return f"{tried}: {why}" if why else tried


def _name(record: OutboxRecord) -> str:
    return f"Your {record.draft.kind} to {record.name}"


async def send(session: Reading, keys: Collection[str], deadline: float) -> SendReport:
    visit = session.visit
    before = outgoing.unsent(session.db)
    alive = living(session)
    wanted = [record for record in before if record.draft.key in keys]
    for record in wanted:
        _not_in_other_hands(session, record, _stage(session, record, alive))
    visit.begin()
    for record in wanted:
        overdue = _overdue(session, record)
        await visit.store.do(moves.send_after_all, record.draft.key, overdue, session.now())
    for account in {record.account for record in before}:
        session.networks.begin_sending(account)
    try:
        async with asyncio.timeout(deadline):
            await _deliver(session, before)
    except TimeoutError:
        log.info("not everything went out in time")
    return _report(session, before)


async def _deliver(session: Reading, before: tuple[OutboxRecord, ...]) -> None:
    """Try each message once, after a look where one may be out; wait for the look at one that is lost meanwhile."""
    await _hurry(session, [record.draft.key for record in before])
    accounts_of = {record.account for record in before}
    if any(outgoing.in_doubt(session.db, account) for account in accounts_of):
        await asyncio.sleep(session.visit.waits.look)
        await session.networks.drain()
    sought = outgoing.some(session.db, [record.draft.key for record in before if record.state in _LOST])
    never_there = [one.draft.key for one in sought if one.state == OutboxState.QUEUED and one.reason == Why.NOT_THERE]
    if never_there:
        await _hurry(session, never_there)


async def _hurry(session: Reading, keys: list[str]) -> None:
    now = session.now()
    await session.visit.store.do(moves.hurry, keys, now, now - int(session.visit.waits.look * 1000))
    await session.networks.drain()


def _report(session: Reading, before: tuple[OutboxRecord, ...]) -> SendReport:
    # What this visit did not see the end of is nobody's: it is over in a moment.
    alive = set(living(session)) - {session.visit.id}
    told: list[str] = []
    refused = signed_out = offline = False
    for record in outgoing.some(session.db, [one.draft.key for one in before]):
        stage = _stage(session, record, alive)
        told.append(_outcome(session, record, stage))
        refused |= stage is OutboxState.REFUSED
        if stage in (OutboxState.QUEUED, OutboxState.UNSURE):
            trouble = accounts.one(session.db, record.account).trouble
            ended = trouble is not None and trouble[0] == "signed-out"
            signed_out, offline = signed_out or ended, offline or not ended
    return SendReport(tuple(told), refused, signed_out, offline)


def _outcome(session: Reading, record: OutboxRecord, stage: OutboxState) -> str:
    kind, name = record.draft.kind, record.name
    match stage:
        case OutboxState.SENT:
            return sentences.is_out(kind, name)
        case OutboxState.REFUSED:
            return record.reason or ""
        case OutboxState.HELD:
            return f"{_name(record)} is held by a visit that is open, and goes out from there."
        case OutboxState.SENDING:
            return f"{_name(record)} is being sent by a visit that is open."
        case OutboxState.UNSURE:
            return sentences.looked_for_next_visit([(kind, name)])
        case OutboxState.ASKS if record.perhaps_out:
            return f"{_name(record)} may have gone out; the server cannot say. Give its number to send it again."
        case OutboxState.ASKS:
            return f"{_name(record)} was not sent: it asks first. Give its number to send it."
        case OutboxState.DROPPED:
            return f"{_name(record)} was taken back meanwhile; its words are kept."
    why = _what_keeps(session, record)
    because = f": {why}" if why else ""
    not_yet = sentences.not_yet(record.doubt)
    return f"{_name(record)} {not_yet}{because}. It is kept, and goes out with the next visit."


def _what_keeps(session: Reading, record: OutboxRecord) -> str:
    try:
        session.networks.adapter(record.account)
    except Cannot as problem:
        return str(problem).rstrip(".")
    return turns.what_keeps(session.db, session.visit, record) or _why(record)


def _not_in_other_hands(session: Reading, record: OutboxRecord, stage: OutboxState) -> None:
    if stage is OutboxState.HELD and record.owner != session.visit.id:
        raise Cannot(f"{_name(record)} is held by a visit that is open. It goes out, or is taken back, from there.")


def _still_here(session: Reading, key: str) -> OutboxRecord:
    """A message that nobody else has in hand, and that is not looked for. Raises `Cannot` with what to do instead."""
    record = next(iter(outgoing.some(session.db, (key,))), None)
    if record is None:
        raise Cannot("That message is no longer here.")
    stage = _stage(session, record, living(session))
    if stage in _SETTLED:
        raise Cannot(f"{_name(record)} {_SETTLED[stage]} meanwhile.")
    _not_in_other_hands(session, record, stage)
    if stage in _LOST:
        raise Cannot(
            f"{_name(record)} may be out already, so it can be neither changed nor taken back now. "
            "`introvert outbox send` looks for it first."
        )
    return record


def rewordable(session: Reading, key: str) -> OutboxRecord:
    """A message that certainly did not go out, and that nobody else has in hand. Raises `Cannot` for any other."""
    record = _still_here(session, key)
    if record.perhaps_out:
        raise Cannot(
            f"{_name(record)} may be out already, so its words can't be changed any more. "
            "`introvert outbox send` with its number sends it again as it is, `introvert outbox drop` lets it be."
        )
    return record


async def reword(session: Reading, key: str, text: str) -> str:
    words = harmless(text).strip()
    try:
        record = rewordable(session, key)
    except Cannot as problem:
        raise await _with_words_kept(session, key, words, problem) from None
    if not words:
        raise Cannot(f"Nothing is written, so nothing was changed. {_name(record)} waits as it is.")
    if words == record.draft.text:
        raise Cannot(f"These are the same words. {_name(record)} waits as it is.")
    to = messages.by_uri(session.db, record.draft.to.ref.uri)
    if to is None:
        raise Cannot("What you answer is no longer here, so nothing was changed.")
    to = messages.as_seen_by(session.db, to.id, record.account)
    above = [one.message for one in messages.above(session.db, to)]
    audience = session.networks.ask(record.account, lambda adapter: adapter.audience(to.message, above))
    length = session.networks.ask(record.account, lambda adapter: adapter.measure(words, audience))
    if not length.fits:
        await _keep(session, record, words)
        raise Cannot(f"{sentences.too_long(length)} {_name(record)} waits as it is.")
    named = naming.named(session, record.account, audience, words)
    writing = Writing(
        key=key,
        conversation=record.conversation,
        account=record.account,
        to=to,
        kind=record.draft.kind,
        text=words,
        language=record.draft.language,
        naming=tuple(one.who for one in named if one.who.uri),
        shown=record.shown,
        owner=session.visit.id,
        due_at=session.now(),
        visibility=record.draft.visibility,
    )
    was_left = _is_left(session, record.conversation)
    if not await session.visit.store.do(moves.reword, key, writing, session.now()):
        too_late = Cannot(f"{_name(record)} moved on meanwhile, and may be out as it was.")
        raise await _with_words_kept(session, key, words, too_late)
    session.visit.tell(Changed(frozenset({record.conversation})))
    session.networks.nudge()
    again = "You are part of this again. " if was_left and not _is_left(session, record.conversation) else ""
    return f"{again}{_name(record)} has new words. It goes out with the next visit, or with `introvert outbox send`."


def _is_left(session: Reading, conversation: int) -> bool:
    record = conversations.one(session.db, conversation)
    return record is not None and record.state == State.LEFT


async def _with_words_kept(session: Reading, key: str, words: str, problem: Cannot) -> Cannot:
    """The same trouble, with the new words kept in the conversation and that said."""
    record = next(iter(outgoing.some(session.db, (key,))), None)
    if record is None or not words:
        return problem
    await _keep(session, record, words)
    return Cannot(f"{problem} Your new words are kept in the conversation.")


async def _keep(session: Reading, record: OutboxRecord, words: str) -> None:
    await session.visit.store.do(
        drafts.keep, record.conversation, record.account, record.to, drafts.new_key(), words, session.now()
    )


async def drop(session: Reading, key: str) -> str:
    record = _still_here(session, key)
    overdue = _overdue(session, record)
    if not await session.visit.store.do(moves.drop, key, overdue, session.now()):
        raise Cannot(f"{_name(record)} moved on meanwhile, and may be out.")
    session.networks.nudge()
    session.visit.tell(Changed(frozenset({record.conversation})))
    return sentences.message_taken_back(record.perhaps_out)
