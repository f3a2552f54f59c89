"""What somebody who is about to write has to know: to whom, who else will see it, and what may be offered."""

from __future__ import annotations

import sqlite3

from introvert_tui.engine import calm, sentences
from introvert_tui.engine.networks import Networks
from introvert_tui.engine.views import Composer
from introvert_tui.errors import Cannot
from introvert_tui.model import RoomRef
from introvert_tui.settings import Settings
from introvert_tui.store import accounts, drafts, messages, outgoing
from introvert_tui.store.messages import MessageRecord

NAMED_AT_MOST = 200
"""How many of the messages that wait are looked at for who else waits."""


def composer(
    db: sqlite3.Connection,
    networks: Networks,
    settings: Settings,
    to: MessageRecord,
    conversation: int,
    shown: int,
    draft: str | None = None,
) -> Composer:
    """What is needed to answer a message. Raises `Cannot` where that makes no sense (any more)."""
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
    waiting = messages.waiting_in(db, conversation, NAMED_AT_MOST)
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
        ),
        audience=audience,
        suggestions=calm.suggestions(
            settings.hellos, to.message, to.name, to.known, outgoing.recent_texts(db, account)
        ),
        others=tuple(
            dict.fromkeys(one.message.author.handle for one in waiting if one.message.author != to.message.author)
        ),
        kept=kept.text if kept else None,
        shown=shown,
    )


def _other_members(to: MessageRecord, me: str) -> tuple[str, ...]:
    place = to.message.place
    if not isinstance(place, RoomRef):
        return ()
    return tuple(member.handle for member in place.members if member.uri not in (me, to.message.author.uri))
