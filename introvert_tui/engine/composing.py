"""What somebody who is about to write has to know: to whom, who else will see it, and what may be offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from introvert_tui.engine import calm, naming, sentences
from introvert_tui.engine.views import Composer, Named
from introvert_tui.errors import Cannot
from introvert_tui.model import Audience, RoomRef
from introvert_tui.store import accounts, drafts, messages, outgoing
from introvert_tui.store.messages import MessageRecord

if TYPE_CHECKING:
    from introvert_tui.engine.session.reading import Reading


def composer(
    session: Reading,
    to: MessageRecord,
    conversation: int,
    shown: int,
    draft: str | None = None,
    words: str | None = None,
) -> Composer:
    """What is needed to answer a message, by `words` or else those that are kept.

    Raises `Cannot` where that makes no sense (any more).
    """
    db, networks = session.db, session.networks
    account = messages.account_of(db, to.id)
    if to.message.gone is not None:
        raise Cannot(f"What {to.name} wrote is gone. Your words are kept.")
    if to.message.closed:
        raise Cannot("Replies are closed here. n nod, e done.")
    if account not in {record.id for record in accounts.every(db)}:
        handle = accounts.one(db, account).handle
        raise Cannot(f"You are signed out of {handle}, so nothing can be sent from there. Your words are kept.")
    kept = drafts.kept(db, conversation)
    above = messages.above(db, to)
    audience = networks.ask(account, lambda adapter: adapter.audience(to.message, [one.message for one in above]))
    names = {one.message.author.uri: one.name for one in above}
    meant_for = _meant_for(session, kept, to) if kept and words in (None, kept.text) else None
    written = words if words is not None else kept.text if kept else ""
    named = naming.named(session, account, audience, written)
    return Composer(
        conversation=conversation,
        draft=draft or (kept.key if kept else drafts.new_key()),
        message=to.id,
        account=account,
        to=to.name,
        sentence=sentences.audience(
            audience,
            to.name,
            [names.get(one.uri, one.handle) for one in audience.also],
            _other_members(to, accounts.one(db, account).remote_id),
            networks.adapter(account).label,
            _also_named(named, audience),
        )
        + (f" You wrote this to {meant_for}." if meant_for else ""),
        audience=audience,
        suggestions=calm.suggestions(
            session.settings.hellos, to.message, to.name, to.known, outgoing.recent_texts(db, account)
        ),
        named=named,
        others=naming.waiting(
            session, account, audience, conversation, {audience.to.uri, *(one.who.uri for one in named)}
        ),
        kept=kept.text if kept else None,
        meant_for=meant_for,
        shown=shown,
    )


def _meant_for(session: Reading, kept: drafts.Kept, to: MessageRecord) -> str | None:
    """The name of whoever kept words were written to, if it is not the person whom `to` is by."""
    before = messages.by_id(session.db, kept.to) if kept.to is not None else None
    return before.name if before and before.message.author.uri != to.message.author.uri else None


def _also_named(named: Sequence[Named], audience: Audience) -> list[str]:
    """Those whom only their being named tells of it, as one calls them."""
    told = {one.uri for one in audience.also}
    return [one.name or f"whoever is @{one.who.handle}" for one in named if one.who.uri not in told]


def _other_members(to: MessageRecord, me: str) -> tuple[str, ...]:
    place = to.message.place
    if not isinstance(place, RoomRef):
        return ()
    return tuple(member.handle for member in place.members if member.uri not in (me, to.message.author.uri))
