"""A conversation as front ends show it. Reads only, and only through the screen's connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from introvert_tui.engine.inbox import State
from introvert_tui.engine.views import ConversationView, MessageView
from introvert_tui.errors import Cannot
from introvert_tui.model import Span
from introvert_tui.store import conversations, messages, outgoing, quiet
from introvert_tui.store.messages import MessageRecord
from introvert_tui.store.outgoing import OutboxRecord
from introvert_tui.store.times import from_ms

_MOST_MESSAGES = 2000


def answerable(db: sqlite3.Connection, conversation: int, shown: int | None = None) -> MessageRecord | None:
    """What a hello answers: the newest message that waits, else the newest said to you.

    Where nobody ever said anything to you, the newest by anybody: it is you who reached out.
    Of what was shown only: what arrived since the person looked (ids above `shown`) is not what they answer.
    """
    waiting = messages.waiting_in(db, conversation, 1, messages.ANY if shown is None else shown)
    if waiting:
        return waiting[0]
    newest = messages.newest_of_others(db, conversation, shown)
    if newest is not None and newest.message.said_to_me is None and messages.were_addressed(db, conversation):
        return None
    return newest


def reading_order(records: Sequence[MessageRecord]) -> list[MessageRecord]:
    """A thread as one reads it: every answer below what it answers, branches in the order they were begun."""
    known = {record.message.ref.uri for record in records}
    below: dict[str | None, list[MessageRecord]] = {}
    for record in records:
        parent = record.message.parent
        below.setdefault(parent.uri if parent and parent.uri in known else None, []).append(record)
    ordered: list[MessageRecord] = []
    stack = below.pop(None, [])[::-1]
    while stack:
        record = stack.pop()
        ordered.append(record)
        stack.extend(below.pop(record.message.ref.uri, [])[::-1])
    # Messages that answer each other in a circle hang from nothing, and are read all the same.
    ordered.extend(record for rest in below.values() for record in rest)
    return ordered


def _message_view(record: MessageRecord, before: MessageRecord | None, by_uri: dict[str, MessageRecord]) -> MessageView:
    message = record.message
    parent = by_uri.get(message.parent.uri) if message.parent else None
    follows = parent is None or (before is not None and before.id == parent.id)
    return MessageView(
        id=record.id,
        name=record.name,
        handle=message.author.handle,
        mine=record.mine,
        new=record.waiting,
        held=False,
        at=message.seen_at,
        body=message.body,
        warning=message.warning,
        attachments=message.attachments,
        answers=None if follows or parent is None else "you" if parent.mine else parent.name,
        gone=message.gone,
        edited=message.edited_at is not None,
        url=message.url,
    )


def _held_view(record: OutboxRecord) -> MessageView:
    return MessageView(
        id=-record.number,
        name="You",
        handle="",
        mine=True,
        new=False,
        held=True,
        at=from_ms(record.written_at),
        body=(Span(record.draft.text),),
        warning=record.draft.to.warning,
        attachments=(),
        answers=record.name,
        gone=None,
        edited=False,
        url=None,
    )


def conversation_view(db: sqlite3.Connection, conversation: int) -> ConversationView:
    """A conversation, of a very long one its beginning and its newest part. Raises `Cannot` if there is none."""
    record = conversations.one(db, conversation)
    if record is None:
        raise Cannot("This conversation is no longer here.")
    known = messages.of_conversation(db, record.id, _MOST_MESSAGES)
    first = messages.oldest(db, record.id) if len(known) == _MOST_MESSAGES else None
    if first is not None and first.id != known[0].id:
        known = (first, *known)
    ordered = list(known) if record.kind == "room" else reading_order(known)
    by_uri = {one.message.ref.uri: one for one in ordered}
    views = [_message_view(one, before, by_uri) for one, before in zip(ordered, [None, *ordered], strict=False)]
    views += [_held_view(one) for one in outgoing.of_conversation(db, record.id)]
    to = answerable(db, record.id)
    return ConversationView(
        id=record.id,
        state=State(record.state),
        private=record.kind == "room",
        network=record.network,
        people=tuple(dict.fromkeys(one.name for one in known if not one.mine and one.message.author.uri)),
        messages=tuple(views),
        shown=max((one.id for one in known), default=0),
        to=next((view for view in views if to is not None and view.id == to.id), None),
        closed=to is not None and to.message.closed,
        url=ordered[0].message.url if ordered else None,
        kept=record.kept,
        note=record.note,
        away=record.state == State.LEFT or quiet.is_wanted(db, record.id),
    )
