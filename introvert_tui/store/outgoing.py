"""What is on its way out, as it is read: records of the outbox with what they carry."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from introvert_tui.model import Draft, DraftKind, MessageRef, PersonRef, Receipt, RoomRef, Visibility, place_key
from introvert_tui.store import messages
from introvert_tui.store.times import from_ms

_SELECT = """
SELECT outbox.rowid AS number, outbox.*, draft.conversation_id, draft.account_id, draft.parent_id, draft.kind,
  draft.text, draft.language, draft.naming, draft.visibility, draft.shown, conversation.merged_into
FROM outbox JOIN draft USING(key) JOIN conversation ON conversation.id = draft.conversation_id
"""
_IS_BEHIND = """
EXISTS (SELECT 1 FROM outbox AS earlier JOIN draft AS said ON said.key = earlier.key
  JOIN conversation AS place ON place.id = said.conversation_id
  WHERE earlier.rowid < outbox.rowid AND earlier.state IN ('queued', 'sending', 'unsure')
  AND said.account_id = draft.account_id
  AND coalesce(place.merged_into, place.id) = coalesce(conversation.merged_into, conversation.id))
"""
NOT_OUT = "outbox.state IN ('held', 'queued', 'sending', 'unsure', 'asks')"


class OutboxState(StrEnum):
    """Where a message is on its way out."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    UNSURE = "unsure"
    SENT = "sent"
    REFUSED = "refused"
    ASKS = "asks"
    DROPPED = "dropped"


WAITS = "(state IN ('held', 'queued', 'sending', 'unsure') OR after = 'reread')"


class Why(StrEnum):
    """Why a message is in the state it is in, as far as that is ours to say; else a sentence of the server's does."""

    LATE = "late"
    OVERSLEPT = "overslept"
    INTERRUPTED = "interrupted"
    PERHAPS_SENT = "perhaps sent"
    NOT_THERE = "not there"
    REWORDED = "reworded"
    SIGNED_OUT = "account removed"
    BLOCKED = "blocked"


class OutboxRecord(NamedTuple):
    """An outgoing message with the state it is in; the conversation may have been merged since it was written.

    `number` is its own, and grows with each. `to` is the id of the message it answers; `doubt` is whether an attempt
    may have arrived, and nothing has shown since that it did not. `attempted_uptime` is for how long the machine had
    run when it was last tried, in milliseconds. `tries` is how often its next step was tried in vain, one after the
    other.
    """

    number: int
    draft: Draft
    to: int
    conversation: int
    account: int
    name: str
    state: OutboxState
    shown: int
    owner: str | None
    attempts: int
    attempted_at: int | None
    attempted_uptime: int | None
    looks: int
    tries: int
    doubt: bool
    written_at: int
    decided_at: int | None
    due_at: int
    prepared: str | None
    before: str | None
    receipt: Receipt | None
    reason: str | None
    after: str | None

    @property
    def perhaps_out(self) -> bool:
        """Whether it may be out without anybody knowing: never say of it that it is not."""
        return self.doubt or self.state in (OutboxState.SENDING, OutboxState.UNSURE)


def _record(db: sqlite3.Connection, row: sqlite3.Row) -> OutboxRecord:
    # The account that sends must use its own refs, whichever account else has come to see the message since.
    to = messages.as_seen_by(db, row["parent_id"], row["account_id"])
    receipt = json.loads(row["receipt"]) if row["receipt"] else None
    return OutboxRecord(
        number=row["number"],
        draft=Draft(
            row["key"],
            DraftKind(row["kind"]),
            row["text"],
            to.message,
            row["language"],
            tuple(PersonRef(*one) for one in json.loads(row["naming"])),
            Visibility(row["visibility"]),
        ),
        to=to.id,
        conversation=row["merged_into"] or row["conversation_id"],
        account=row["account_id"],
        name=to.name,
        state=OutboxState(row["state"]),
        shown=row["shown"],
        owner=row["owner"],
        attempts=row["attempts"],
        attempted_at=row["attempted_at"],
        attempted_uptime=row["attempted_uptime"],
        looks=row["looks"],
        tries=row["tries"],
        doubt=bool(row["doubt"]),
        written_at=row["written_at"],
        decided_at=row["decided_at"],
        due_at=row["due_at"],
        prepared=row["prepared"],
        before=row["before"],
        receipt=Receipt(MessageRef(*receipt[0]), from_ms(receipt[1])) if receipt else None,
        reason=row["reason"],
        after=row["after"],
    )


def of_account(db: sqlite3.Connection, account: int) -> tuple[OutboxRecord, ...]:
    """What is on its way out of an account, in whatever program, and not out yet."""
    return _where(db, f"draft.account_id = ? AND {NOT_OUT}", account)


def _where(db: sqlite3.Connection, condition: str, *values: object) -> tuple[OutboxRecord, ...]:
    rows = db.execute(f"{_SELECT} WHERE {condition} ORDER BY outbox.rowid", values).fetchall()
    return tuple(_record(db, row) for row in rows)


def one(db: sqlite3.Connection, key: str) -> OutboxRecord:
    return _where(db, "outbox.key = ?", key)[0]


def holds_over(db: sqlite3.Connection, account: int, owner: str, now: int) -> tuple[OutboxRecord, ...]:
    """What this program held, and need not any more."""
    return _where(
        db,
        "draft.account_id = ? AND outbox.state = 'held' AND outbox.owner = ? AND outbox.due_at <= ?",
        account,
        owner,
        now,
    )


def due(db: sqlite3.Connection, account: int, now: int) -> tuple[OutboxRecord, ...]:
    """What any program may move now: queued and unsure messages, but for those that are behind another by then."""
    return _where(
        db, "draft.account_id = ? AND outbox.state IN ('queued', 'unsure') AND outbox.due_at <= ?", account, now
    )


def is_behind(db: sqlite3.Connection, key: str) -> bool:
    """Whether a queued message waits for one that was written before it in the same conversation."""
    return bool(_where(db, f"outbox.key = ? AND outbox.state = 'queued' AND {_IS_BEHIND}", key))


def in_doubt(db: sqlite3.Connection, account: int) -> bool:
    """Whether a message of this account may be out, and nobody has looked yet."""
    row = db.execute(
        "SELECT 1 FROM outbox JOIN draft USING(key) WHERE draft.account_id = ? "
        "AND (state = 'sending' OR (state = 'unsure' AND looks = 0)) LIMIT 1",
        (account,),
    ).fetchone()
    return row is not None


def next_look(db: sqlite3.Connection, account: int) -> int | None:
    """When a lost message has to be looked for, in milliseconds."""
    row = db.execute(
        "SELECT min(outbox.due_at) FROM outbox JOIN draft USING(key) WHERE draft.account_id = ? AND state = 'unsure'",
        (account,),
    ).fetchone()
    found: int | None = row[0]
    return found


def next_due(db: sqlite3.Connection, account: int, owner: str) -> int | None:
    """When this program has to look at the outbox again, in milliseconds."""
    row = db.execute(
        "SELECT min(outbox.due_at) FROM outbox JOIN draft USING(key) "
        "JOIN conversation ON conversation.id = draft.conversation_id WHERE draft.account_id = ? "
        "AND ((outbox.state = 'held' AND outbox.owner = ?) OR outbox.state = 'unsure' "
        f"OR (outbox.state = 'queued' AND NOT {_IS_BEHIND}) OR outbox.after = 'reread')",
        (account, owner),
    ).fetchone()
    found: int | None = row[0]
    return found


def unfinished(db: sqlite3.Connection, account: int, now: int) -> tuple[OutboxRecord, ...]:
    """Sent messages whose thread has still to be read again."""
    return _where(db, "draft.account_id = ? AND outbox.after = 'reread' AND outbox.due_at <= ?", account, now)


def is_to_be_left(db: sqlite3.Connection, record: OutboxRecord) -> bool:
    """Whether it is a thread of others, which is left after a hello; a room and a thread of your own are not."""
    place = record.draft.to.place
    if record.draft.kind is not DraftKind.HELLO or isinstance(place, RoomRef):
        return False
    root = messages.by_uri(db, place_key(place))
    return root is None or not root.mine


def to_blocked(db: sqlite3.Connection) -> tuple[OutboxRecord, ...]:
    """What is on its way to people who are blocked, out of any account, and not out yet."""
    blocked = (
        "EXISTS (SELECT 1 FROM message JOIN person ON person.id = message.author_id "
        "WHERE message.id = draft.parent_id AND person.blocked_at IS NOT NULL)"
    )
    return _where(db, f"{NOT_OUT} AND {blocked}")


def questions(db: sqlite3.Connection, living: Sequence[str]) -> tuple[OutboxRecord, ...]:
    """What the person has to decide: marked so, or held by a program that is no longer there."""
    marks = ",".join("?" * len(living))
    return _where(
        db,
        f"outbox.state = 'asks' OR (outbox.state = 'held' AND coalesce(outbox.owner, '') NOT IN ({marks}))",
        *living,
    )


def owners(db: sqlite3.Connection) -> frozenset[str]:
    """All programs that hold or send something."""
    rows = db.execute("SELECT DISTINCT owner FROM outbox WHERE state IN ('held', 'sending') AND owner IS NOT NULL")
    return frozenset(row[0] for row in rows)


def senders(db: sqlite3.Connection) -> frozenset[str]:
    """All programs that send something at the moment, or died over it."""
    rows = db.execute("SELECT DISTINCT owner FROM outbox WHERE state = 'sending'")
    return frozenset(row[0] for row in rows)


def anything_waits(db: sqlite3.Connection) -> bool:
    """Whether something is to be done about a message at some time, by any program, without being asked."""
    return db.execute(f"SELECT 1 FROM outbox WHERE {WAITS} LIMIT 1").fetchone() is not None


def pending(db: sqlite3.Connection, owner: str) -> tuple[OutboxRecord, ...]:
    """What this program still has on its hands: not settled, or sent and not yet left."""
    return _where(
        db,
        "(outbox.state IN ('held', 'sending') AND outbox.owner = ?) OR outbox.state IN ('queued', 'unsure') "
        "OR outbox.after = 'reread'",
        owner,
    )


def recent_texts(db: sqlite3.Connection, account: int) -> tuple[str, ...]:
    """The texts of the account's last hellos that went out or are on their way."""
    rows = db.execute(
        "SELECT draft.text FROM outbox JOIN draft USING(key) WHERE draft.account_id = ? AND draft.kind = 'hello' "
        "AND outbox.state NOT IN ('dropped', 'refused') ORDER BY outbox.written_at DESC LIMIT 20",
        (account,),
    )
    return tuple(row[0] for row in rows)


def of_conversation(db: sqlite3.Connection, conversation: int) -> tuple[OutboxRecord, ...]:
    """What is on its way into a conversation and not out yet."""
    return _where(db, f"draft.conversation_id = ? AND {NOT_OUT}", conversation)


def replied_since(db: sqlite3.Connection, record: OutboxRecord) -> bool:
    """Whether you wrote a reply into the conversation of a message after it, out yet or not: a reply stays."""
    row = db.execute(
        "SELECT 1 FROM outbox JOIN draft USING(key) WHERE draft.conversation_id = ? AND draft.kind = 'reply' "
        "AND outbox.state NOT IN ('dropped', 'refused') AND coalesce(outbox.after, '') != 'deleted' "
        "AND outbox.rowid > (SELECT rowid FROM outbox WHERE key = ?) LIMIT 1",
        (record.conversation, record.draft.key),
    ).fetchone()
    return row is not None


def unsent(db: sqlite3.Connection) -> tuple[OutboxRecord, ...]:
    """What has not gone out of any account, or may have, in the order it was written."""
    return _where(db, NOT_OUT)


def newest(db: sqlite3.Connection, most: int) -> tuple[OutboxRecord, ...]:
    """What you wrote last, whatever became of it, newest first.

    Without what went out in other words, and what was written from an account that was forgotten.
    """
    rows = db.execute(
        f"{_SELECT} WHERE NOT (outbox.state = 'dropped' AND outbox.reason = '{Why.REWORDED}') AND EXISTS (SELECT 1 "
        "FROM copy WHERE copy.message_id = draft.parent_id AND copy.account_id = draft.account_id) "
        "ORDER BY outbox.written_at DESC, outbox.rowid DESC LIMIT ?",
        (most,),
    ).fetchall()
    return tuple(_record(db, row) for row in rows)


def some(db: sqlite3.Connection, keys: Sequence[str]) -> tuple[OutboxRecord, ...]:
    """These messages, whatever became of them, in the order they were written; not those that were forgotten."""
    return _where(db, f"outbox.key IN ({','.join('?' * len(keys))})", *keys)
