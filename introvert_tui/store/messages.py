"""Reading stored messages back as the model has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from introvert_tui.model import GoneKind, Message, MessageRef, PersonRef, Reason, Visibility
from introvert_tui.store.codec import load_body, load_place, load_ref
from introvert_tui.store.times import from_ms


class MessageRecord(NamedTuple):
    """A stored message as one account sees it, with its place in the store and what is known of its author."""

    id: int
    message: Message
    name: str
    mine: bool
    waiting: bool
    known: bool


# One copy a message: of an account that is signed in, the one it was said to first, else the oldest.
_BEST_COPY = """
SELECT c.account_id, c.ref FROM copy AS c JOIN account AS a ON a.id = c.account_id WHERE c.message_id = message.id
ORDER BY a.removed_at IS NOT NULL, c.said_to_me IS NULL, c.account_id, c.ref LIMIT 1
"""
STRANGER = (
    "(NOT coalesce(person.followed, 0) AND person.answered_at IS NULL AND NOT EXISTS (SELECT 1 FROM person AS same "
    "WHERE same.card_id = person.card_id AND (same.followed OR same.answered_at IS NOT NULL)))"
)
"""Somebody whom you neither follow nor ever answered, by none of the profiles that are known to be theirs."""
_DISTANT = "(person.muted_at IS NOT NULL OR person.blocked_at IS NOT NULL)"
AWAY = (
    f"({_DISTANT} OR (EXISTS (SELECT 1 FROM company "
    f"WHERE company.conversation_id IN (0, message.conversation_id)) AND {STRANGER}))"
)
"""The author of a message is kept away: muted, blocked, or a stranger where only people you know are heard."""

_SELECT = f"""
SELECT message.*, person.uri AS author_uri, person.handle, person.name, person.followed, person.answered_at,
  {AWAY} AS away,
  copy.account_id, copy.ref, copy.token, copy.place, copy.parent, copy.visibility, copy.said_to_me, copy.liked,
  copy.dealt_at, me.id AS me_id
FROM message
JOIN person ON person.id = message.author_id
JOIN copy ON copy.message_id = message.id AND (copy.account_id, copy.ref) = ({_BEST_COPY})
LEFT JOIN account AS me ON me.network = person.network AND me.remote_id = person.uri
"""


ANY = 2**62


def _record(row: sqlite3.Row) -> MessageRecord:
    body, attachments, names = load_body(row["body"])
    mine = row["me_id"] is not None
    message = Message(
        ref=MessageRef(row["uri"], row["ref"], row["token"]),
        place=load_place(row["place"]),
        author=PersonRef(row["author_uri"], row["handle"]),
        seen_at=from_ms(row["seen_at"]),
        claimed_at=from_ms(row["claimed_at"]),
        body=body,
        parent=load_ref(row["parent"]) if row["parent"] else None,
        said_to_me=Reason(row["said_to_me"]) if row["said_to_me"] else None,
        visibility=Visibility(row["visibility"]),
        warning=row["warning"],
        attachments=attachments,
        names=names,
        language=row["language"],
        url=row["url"],
        edited_at=from_ms(row["edited_at"]) if row["edited_at"] is not None else None,
        liked_by_me=bool(row["liked"]),
        closed=bool(row["closed"]),
        gone=GoneKind(row["gone"]) if row["gone"] else None,
    )
    said = row["said_to_me"] is not None and row["gone"] is None and not mine
    waiting = said and row["dealt_at"] is None and not row["away"]
    known = bool(row["followed"]) or row["answered_at"] is not None
    return MessageRecord(row["id"], message, row["name"], mine, waiting, known)


def _records(rows: Iterable[sqlite3.Row]) -> tuple[MessageRecord, ...]:
    return tuple(_record(row) for row in rows)


def of_conversation(db: sqlite3.Connection, conversation: int, most: int) -> tuple[MessageRecord, ...]:
    """The newest `most` messages, oldest first."""
    rows = db.execute(
        f"{_SELECT} WHERE message.conversation_id = ? ORDER BY message.seen_at DESC, message.id DESC LIMIT ?",
        (conversation, most),
    ).fetchall()
    return _records(reversed(rows))


def oldest(db: sqlite3.Connection, conversation: int) -> MessageRecord | None:
    """The first message of a conversation."""
    row = db.execute(
        f"{_SELECT} WHERE message.conversation_id = ? ORDER BY message.seen_at, message.id LIMIT 1", (conversation,)
    ).fetchone()
    return _record(row) if row else None


def waiting_in(
    db: sqlite3.Connection, conversation: int, most: int = ANY, shown: int = ANY, *, away: bool = False
) -> tuple[MessageRecord, ...]:
    """What was said to you there and not dealt with, newest first: at most `most`, up to the id `shown`.

    What people said who are kept away does not wait; with `away` it is here all the same.
    """
    rows = db.execute(
        f"{_SELECT} WHERE message.conversation_id = ? AND message.gone IS NULL AND me.id IS NULL "
        "AND copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND (? OR NOT away) AND message.id <= ? "
        "ORDER BY message.seen_at DESC, message.id DESC LIMIT ?",
        (conversation, away, shown, most),
    )
    return _records(rows)


def were_addressed(db: sqlite3.Connection, conversation: int) -> bool:
    """Whether anything there was ever said to you, even if it is gone."""
    row = db.execute(
        "SELECT 1 FROM message JOIN copy ON copy.message_id = message.id "
        "WHERE message.conversation_id = ? AND copy.said_to_me IS NOT NULL LIMIT 1",
        (conversation,),
    ).fetchone()
    return row is not None


def is_hushed(db: sqlite3.Connection, conversation: int) -> bool:
    """Whether something would wait there if strangers were heard; what the muted and the blocked say would not."""
    row = db.execute(
        f"{_SELECT} WHERE message.conversation_id = ? AND EXISTS (SELECT 1 FROM company) AND message.gone IS NULL "
        f"AND me.id IS NULL AND copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND NOT {_DISTANT} LIMIT 1",
        (conversation,),
    ).fetchone()
    return row is not None


def newest_of_others(db: sqlite3.Connection, conversation: int, shown: int | None = None) -> MessageRecord | None:
    """The newest message there by somebody else, up to the id `shown`: said to you if there is one, else to anybody."""
    row = db.execute(
        f"{_SELECT} WHERE message.conversation_id = ? AND message.gone IS NULL AND me.id IS NULL AND message.id <= ? "
        "ORDER BY copy.said_to_me IS NULL, message.seen_at DESC, message.id DESC LIMIT 1",
        (conversation, ANY if shown is None else shown),
    ).fetchone()
    return _record(row) if row else None


def by_id(db: sqlite3.Connection, message: int) -> MessageRecord | None:
    """A message as the account sees it that answers to it would go out from."""
    row = db.execute(f"{_SELECT} WHERE message.id = ?", (message,)).fetchone()
    return _record(row) if row else None


def as_seen_by(db: sqlite3.Connection, message: int, account: int) -> MessageRecord:
    """A message with one account's own refs and tokens."""
    own_copy = (
        "SELECT c.account_id, c.ref FROM copy AS c WHERE c.message_id = message.id AND c.account_id = :account "
        "ORDER BY c.said_to_me IS NULL, c.ref LIMIT 1"
    )
    select = f"{_SELECT.replace(_BEST_COPY, own_copy)} WHERE message.id = :message"
    return _record(db.execute(select, {"message": message, "account": account}).fetchone())


def by_uri(db: sqlite3.Connection, uri: str) -> MessageRecord | None:
    row = db.execute(f"{_SELECT} WHERE message.uri = ?", (uri,)).fetchone()
    return _record(row) if row else None


def conversation_of(db: sqlite3.Connection, message: int) -> int:
    """The conversation a message is in."""
    found: int = db.execute("SELECT conversation_id FROM message WHERE id = ?", (message,)).fetchone()[0]
    return found


def account_of(db: sqlite3.Connection, message: int) -> int:
    """The account that answers to a message go out from."""
    account: int = db.execute(
        f"SELECT account_id FROM ({_BEST_COPY.replace('message.id', '?')})", (message,)
    ).fetchone()[0]
    return account


def above(db: sqlite3.Connection, message: MessageRecord, most: int = 3) -> tuple[MessageRecord, ...]:
    """The known ancestors of a message, nearest first, at most `most` and without a gap."""
    found: list[MessageRecord] = []
    while message.message.parent is not None and len(found) < most:
        parent = by_uri(db, message.message.parent.uri)
        if parent is None:
            break
        found.append(parent)
        message = parent
    return tuple(found)


def waiting_refs(db: sqlite3.Connection, account: int, most: int) -> tuple[MessageRef, ...]:
    """Messages that wait in one account, for a look at what became of them: the longest unseen first."""
    rows = db.execute(
        "SELECT message.uri, copy.ref, copy.token FROM conversation "
        "JOIN message ON message.conversation_id = conversation.id JOIN copy ON copy.message_id = message.id "
        "JOIN person ON person.id = message.author_id AND person.muted_at IS NULL AND person.blocked_at IS NULL "
        "WHERE conversation.state = 'waiting' AND conversation.merged_into IS NULL AND conversation.kind = 'thread' "
        "AND copy.account_id = ? AND copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND message.gone IS NULL "
        "ORDER BY copy.looked_at, message.seen_at DESC LIMIT ?",
        (account, most),
    )
    return tuple(MessageRef(*row) for row in rows)


def looked_at(db: sqlite3.Connection, account: int, refs: Sequence[MessageRef], now: int) -> None:
    """Remember when the server was last asked what became of these."""
    asked = [(now, account, ref.local) for ref in refs]
    db.executemany("UPDATE copy SET looked_at = ? WHERE account_id = ? AND ref = ?", asked)
