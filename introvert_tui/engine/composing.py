"""What somebody who is about to write has to know: to whom, who else will see it, and what may be offered."""

from __future__ import annotations

import sqlite3

from introvert_tui.engine import calm, sentences
from introvert_tui.engine.networks import Networks
from introvert_tui.engine.views import Composer
from introvert_tui.model import RoomRef
from introvert_tui.settings import Settings
from introvert_tui.store import accounts, drafts, messages, outbox
from introvert_tui.store.messages import MessageRecord


def composer(
    db: sqlite3.Connection, networks: Networks, settings: Settings, to: MessageRecord, conversation: int, shown: int
) -> Composer:
    """The line under a conversation, for an answer to one of its messages."""
    account = messages.account_of(db, to.id)
    adapter = networks.adapter(account)
    above = messages.above(db, to)
    audience = adapter.audience(to.message, [one.message for one in above])
    names = {one.message.author.uri: one.name for one in above}
    waiting = messages.waiting_in(db, conversation)
    return Composer(
        conversation=conversation,
        to=to.name,
        sentence=sentences.audience(
            audience,
            to.name,
            [names.get(one.uri, one.handle) for one in audience.also],
            _other_members(to, accounts.one(db, account).remote_id),
            adapter.label,
        ),
        audience=audience,
        suggestions=calm.suggestions(settings.hellos, to.message, to.name, to.known, outbox.recent_texts(db, account)),
        others=tuple(
            dict.fromkeys(one.message.author.handle for one in waiting if one.message.author != to.message.author)
        ),
        kept=drafts.kept(db, conversation),
        shown=shown,
    )


def _other_members(to: MessageRecord, me: str) -> tuple[str, ...]:
    place = to.message.place
    if not isinstance(place, RoomRef):
        return ()
    return tuple(member.handle for member in place.members if member.uri not in (me, to.message.author.uri))
