"""Closing the door on this, for the bad day: what can be done about it, and doing it.

Keeping to the people you know is a wish of this computer alone: it holds at once, offline too. Who may answer you, and
which quotes show your words, is the server's to say: it is done when the server has said so, or not at all.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from introvert_tui.adapter import Adapter, Capability
from introvert_tui.engine import calm, resting, sentences
from introvert_tui.engine.acquaintances import profiles
from introvert_tui.engine.distance import Distance
from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session.reading import Reading
from introvert_tui.engine.snapshots import answerable
from introvert_tui.engine.views import Later, Outcome
from introvert_tui.errors import AdapterError, Cannot, is_final
from introvert_tui.model import AttachmentKind, MessageRef, Reason, place_key
from introvert_tui.store import company, conversations, messages, people, undo
from introvert_tui.store.conversations import EVERYWHERE
from introvert_tui.store.merge import Merged
from introvert_tui.store.messages import MessageRecord
from introvert_tui.store.undo import UndoRecord


class Way(StrEnum):
    """One way to close the door; the last two are asked of the server."""

    HERE = "only people I know, here"
    EVERYBODY_HERE = "everybody again, here"
    EVERYWHERE = "only people I know, everywhere"
    EVERYBODY = "everybody again, everywhere"
    LEAVE = "leave"
    BLOCK = "block"
    REPORT = "report"
    LIMIT_ANSWERS = "limit answers"
    DETACH_QUOTE = "detach quote"


_WORDS = {
    Way.HERE: "Only people I know, here, until tomorrow",
    Way.EVERYBODY_HERE: "Everybody again, here",
    Way.EVERYWHERE: "Only people I know, everywhere, until tomorrow",
    Way.EVERYBODY: "Everybody again, everywhere",
    Way.LEAVE: "Leave quietly",
    Way.BLOCK: "Block {name}",
    Way.REPORT: "Open the page of {name}, to report them",
    Way.LIMIT_ANSWERS: "Nobody new may answer my post",
    Way.DETACH_QUOTE: "Take my words out of this quote",
}


def words(way: Way, name: str) -> str:
    """What a way to close the door is called where it is chosen; `name` is whoever is blocked or reported there."""
    return _WORDS[way].format(name=name)


class Spot(NamedTuple):
    """Where the door is closed: a conversation, the newest of it that was shown, and a message, if one is meant."""

    conversation: int
    shown: int
    message: int | None = None


class _Gate(NamedTuple):
    """What the server is asked for: from which account, about which own message, for which quote."""

    account: int
    own: MessageRef
    quote: MessageRef | None


def ways(session: Reading, spot: Spot | None) -> tuple[Way, ...]:
    """What can be done there, or, with no spot, about everything."""
    return tuple(_ways(session, spot))


def _ways(session: Reading, spot: Spot | None) -> Iterator[Way]:
    kept = conversations.company(session.db)
    everywhere = Way.EVERYBODY if EVERYWHERE in kept else Way.EVERYWHERE
    record = conversations.one(session.db, spot.conversation) if spot else None
    if spot is None or record is None:
        yield everywhere
        return
    if record.kind == "thread" and everywhere is Way.EVERYWHERE:
        yield Way.EVERYBODY_HERE if record.id in kept else Way.HERE
    yield everywhere
    if record.kind == "thread" and record.state != State.LEFT:
        yield Way.LEAVE
    about = _about(session, spot)
    if about is None:
        return
    if (author := people.author(session.db, about.id)) is not None:
        if not all(one.blocked for one in profiles(session.db, author)):
            yield Way.BLOCK
        yield Way.REPORT
    for way in (Way.LIMIT_ANSWERS, Way.DETACH_QUOTE):
        if _gate(session, way, about) is not None:
            yield way


def _about(session: Reading, spot: Spot) -> MessageRecord | None:
    """The message that is meant, or else the one that a hello would answer."""
    meant = messages.by_id(session.db, spot.message) if spot.message is not None else None
    if meant is not None and not meant.mine:
        return meant
    return answerable(session.db, conversations.resolve(session.db, spot.conversation), spot.shown)


def _gate(session: Reading, way: Way, about: MessageRecord) -> _Gate | None:
    """What to ask of the server, where the message answers or quotes you and the network can do it."""
    account = messages.account_of(session.db, about.id)
    facts = session.networks.adapter(account).facts
    wanted = Capability.LIMIT_ANSWERS if way is Way.LIMIT_ANSWERS else Capability.DETACH_QUOTE
    if facts is None or wanted not in facts.capabilities:
        return None
    own = _quoted(about) if about.message.said_to_me is Reason.QUOTE else None
    if way is Way.DETACH_QUOTE:
        return _Gate(account, own, about.message.ref) if own else None
    if own is None:
        root = messages.by_uri(session.db, place_key(about.message.place))
        own = root.message.ref if root is not None and root.mine else None
    elif (known := messages.by_uri(session.db, own.uri)) is not None:
        root = messages.by_uri(session.db, place_key(known.message.place))
        own = own if root is not None and root.mine else None
    return _Gate(account, own, None) if own else None


def _quoted(quote: MessageRecord) -> MessageRef | None:
    """Your own message that a quote of you shows."""
    found = [one for one in quote.message.attachments if one.kind is AttachmentKind.QUOTE and one.gone is None]
    return next((MessageRef(one.uri, one.uri) for one in found if one.uri), None)


def line(session: Reading, conversation: int | None = None) -> str:
    """Say where, and until when, only people you know are heard; of one conversation only if it is named."""
    local, kept = session.visit.clock.local(), conversations.company(session.db)
    kept = {place: until for place, until in kept.items() if resting.is_resting(until, local)}
    if conversation is not None:
        kept = {place: until for place, until in kept.items() if place in (EVERYWHERE, conversation)}
    if not kept:
        return ""
    until = kept.get(EVERYWHERE, max(kept.values()))
    few = 0 if EVERYWHERE in kept or conversation is not None else len(kept)
    return sentences.only_known(datetime.fromisoformat(until), local, few)


async def only_known(session: Reading, conversation: int | None, on: bool) -> Distance:
    """Hear only people you know until tomorrow, in a conversation or (None) everywhere, or everybody again."""
    store, waited = session.visit.store, conversations.waiting_ids(session.db)
    place = EVERYWHERE if conversation is None else conversations.resolve(session.db, conversation)
    where = "" if place == EVERYWHERE else " here"
    if on:
        until = calm.later_local(Later.TOMORROW, session.visit.clock) or ""
        changed = await store.do(company.keep, place, until, session.visit.id)
        sentence = f"Only people you know wait{where}, until tomorrow · u takes it back"
    else:
        merged = await (
            store.do(company.end_all, session.now())
            if place == EVERYWHERE
            else store.do(company.end, place, session.now())
        )
        changed, sentence = merged.changed, f"Everybody is heard again{where}."
    session.visit.tell(Changed(changed))
    waits = conversations.waiting_ids(session.db)
    return Distance(sentence, changed & waited - waits, waits - waited)


async def gate(session: Reading, way: Way, spot: Spot) -> Outcome:
    """Ask the server to limit answers or to detach a quote. Raises `Cannot` if that was not done."""
    about = _about(session, spot)
    asked = _gate(session, way, about) if about is not None else None
    if asked is None:
        raise Cannot("There is no post of yours here to do this for.")
    try:
        changed = await _ask(session, asked, True)
    except AdapterError as problem:
        raise Cannot(sentences.not_done("done", problem)) from problem
    if not changed:
        return Outcome("It is so already.", False)
    quote = (asked.quote.uri, asked.quote.local) if asked.quote else ()
    detail = (asked.account, asked.own.uri, asked.own.local, *quote)
    await session.visit.store.do(undo.beside, session.visit.id, way, detail)
    done = (
        "Only people you follow or name can answer there now"
        if way is Way.LIMIT_ANSWERS
        else "Your words are out of this quote"
    )
    return Outcome(f"{done} · u takes it back", False)


async def _ask(session: Reading, asked: _Gate, on: bool) -> bool:
    def call(adapter: Adapter) -> Coroutine[Any, Any, bool]:
        if asked.quote is None:
            return adapter.limit_answers(asked.own, on)
        return adapter.detach_quote(asked.quote, asked.own, on)

    adapter = session.networks.adapter(asked.account)
    return await session.networks.call(asked.account, lambda _: call(adapter))


def asks_server(record: UndoRecord) -> bool:
    """Whether a server was asked for it, and is to be asked to undo it."""
    return bool(record.about) and record.kind != company.KIND


async def take_back(session: Reading, record: UndoRecord) -> Outcome:
    """Undo what was done here; asked of the server, it is undone when the server has said so. Raises `Cannot`."""
    if record.kind == company.KIND:
        waited = conversations.waiting_ids(session.db)
        merged: Merged = await session.visit.store.do(company.take_back, record, session.now())
        session.visit.tell(Changed(merged.changed))
        back = conversations.waiting_ids(session.db) - waited
        return Outcome("Taken back: everybody is heard again.", False, back=back)
    account, *refs = record.about
    uris = [str(one) for one in refs]
    quote = MessageRef(uris[2], uris[3]) if record.kind == Way.DETACH_QUOTE else None
    try:
        await _ask(session, _Gate(int(account), MessageRef(uris[0], uris[1]), quote), False)
    except AdapterError as problem:
        if is_final(problem) or account not in {one.id for one in session.accounts()}:
            # The next time it would say the same: what was done before this can be taken back.
            await session.visit.store.do(undo.undone, record, session.now())
        raise Cannot(sentences.not_done("taken back", problem)) from problem
    await session.visit.store.do(undo.undone, record, session.now())
    return Outcome(
        "Taken back: your words stand in the quote again."
        if quote
        else "Taken back: everybody can answer there again.",
        False,
    )
