"""What is on its way out: each message once, whatever happens.

`held` (may still be taken back) -> `queued` -> `sending` (prepared bytes, owner and time are on disk before the first
byte leaves) -> `sent` | `refused` | `unsure` (the answer was lost: look before sending again) | `asks` (the person
decides) | `dropped` (taken back, or the account is gone). Every step is one conditional update, so that of two
programs on one database only one takes it.

A sent hello has `after = 'reread'` until its thread was read again and the conversation left.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from introvert_tui.model import Draft, DraftKind, MessageRef, PersonRef, Prepared, Receipt
from introvert_tui.store import drafts, messages, standing
from introvert_tui.store.codec import dump
from introvert_tui.store.messages import MessageRecord
from introvert_tui.store.times import from_ms, to_ms

_SELECT = """
SELECT outbox.*, draft.conversation_id, draft.account_id, draft.parent_id, draft.kind, draft.text, draft.language,
  draft.naming, draft.shown, conversation.merged_into
FROM outbox JOIN draft USING(key) JOIN conversation ON conversation.id = draft.conversation_id
"""
_CERTAINLY_NOT_OUT = "outbox.state IN ('held', 'queued', 'asks')"
_NOT_OUT = "outbox.state IN ('held', 'queued', 'sending', 'unsure', 'asks')"


class OutboxRecord(NamedTuple):
    """An outgoing message with the state it is in; the conversation may have been merged since it was written."""

    draft: Draft
    conversation: int
    account: int
    name: str
    state: str
    shown: int
    owner: str | None
    attempts: int
    attempted_at: int | None
    looks: int
    written_at: int
    decided_at: int | None
    due_at: int
    prepared: str | None
    before: str | None
    receipt: Receipt | None
    reason: str | None
    after: str | None


class Writing(NamedTuple):
    """A finished hello or reply, as the engine hands it over; times in milliseconds."""

    key: str
    conversation: int
    account: int
    to: MessageRecord
    kind: DraftKind
    text: str
    language: str | None
    naming: tuple[PersonRef, ...]
    shown: int
    owner: str
    due_at: int


def _record(db: sqlite3.Connection, row: sqlite3.Row) -> OutboxRecord:
    # The account that sends must use its own refs, whichever account else has come to see the message since.
    to = messages.as_seen_by(db, row["parent_id"], row["account_id"])
    receipt = json.loads(row["receipt"]) if row["receipt"] else None
    return OutboxRecord(
        draft=Draft(
            row["key"],
            DraftKind(row["kind"]),
            row["text"],
            to.message,
            row["language"],
            tuple(PersonRef(*one) for one in json.loads(row["naming"])),
        ),
        conversation=row["merged_into"] or row["conversation_id"],
        account=row["account_id"],
        name=to.name,
        state=row["state"],
        shown=row["shown"],
        owner=row["owner"],
        attempts=row["attempts"],
        attempted_at=row["attempted_at"],
        looks=row["looks"],
        written_at=row["written_at"],
        decided_at=row["decided_at"],
        due_at=row["due_at"],
        prepared=row["prepared"],
        before=row["before"],
        receipt=Receipt(MessageRef(*receipt[0]), from_ms(receipt[1])) if receipt else None,
        reason=row["reason"],
        after=row["after"],
    )


def put(db: sqlite3.Connection, writing: Writing, now: int) -> None:
    """Hold a message until its time, and take what it answers as dealt with meanwhile."""
    db.execute(
        "INSERT INTO draft(key, conversation_id, account_id, parent_id, kind, text, language, naming, shown, "
        "updated_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
        "account_id = excluded.account_id, parent_id = excluded.parent_id, kind = excluded.kind, "
        "text = excluded.text, language = excluded.language, naming = excluded.naming, shown = excluded.shown, "
        "updated_at = excluded.updated_at",
        (
            writing.key,
            writing.conversation,
            writing.account,
            writing.to.id,
            writing.kind,
            writing.text,
            writing.language,
            dump([[one.uri, one.handle] for one in writing.naming]),
            writing.shown,
            now,
        ),
    )
    db.execute(
        "INSERT INTO outbox(key, state, owner, written_at, due_at) VALUES(?, 'held', ?, ?, ?)",
        (writing.key, writing.owner, now, writing.due_at),
    )
    named = {writing.to.message.author.uri, *(person.uri for person in writing.naming)}
    answered = [
        one.id
        for one in messages.waiting_in(db, writing.conversation, shown=writing.shown)
        if one.message.author.uri in named
    ]
    standing.deal(db, answered, writing.key, now)
    standing.settle(db, writing.conversation)


def of_account(db: sqlite3.Connection, account: int) -> tuple[OutboxRecord, ...]:
    """What is on its way out of an account, in whatever program, and not out yet."""
    return _where(db, f"draft.account_id = ? AND {_NOT_OUT}", account)


def _where(db: sqlite3.Connection, condition: str, *values: object) -> tuple[OutboxRecord, ...]:
    rows = db.execute(f"{_SELECT} WHERE {condition} ORDER BY outbox.written_at, outbox.key", values).fetchall()
    return tuple(_record(db, row) for row in rows)


def one(db: sqlite3.Connection, key: str) -> OutboxRecord:
    return _where(db, "outbox.key = ?", key)[0]


def due(db: sqlite3.Connection, account: int, owner: str, now: int) -> tuple[OutboxRecord, ...]:
    """What this program may move now: its own held messages whose hold is over, queued ones, unsure ones."""
    return _where(
        db,
        "draft.account_id = ? AND outbox.due_at <= ? AND ((outbox.state = 'held' AND outbox.owner = ?) "
        "OR outbox.state IN ('queued', 'unsure'))",
        account,
        now,
        owner,
    )


def next_due(db: sqlite3.Connection, account: int, owner: str) -> int | None:
    """When this program has to look at the outbox again, in milliseconds."""
    row = db.execute(
        "SELECT min(outbox.due_at) FROM outbox JOIN draft USING(key) WHERE draft.account_id = ? "
        "AND ((state = 'held' AND owner = ?) OR state IN ('queued', 'unsure') OR after = 'reread')",
        (account, owner),
    ).fetchone()
    found: int | None = row[0]
    return found


def unfinished(db: sqlite3.Connection, account: int, now: int) -> tuple[OutboxRecord, ...]:
    """Sent messages whose thread has still to be read again."""
    return _where(db, "draft.account_id = ? AND outbox.after = 'reread' AND outbox.due_at <= ?", account, now)


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


def queue(db: sqlite3.Connection, key: str, due_at: int) -> bool:
    """The hold is over."""
    return _moved(db, "UPDATE outbox SET state = 'queued', due_at = ? WHERE key = ? AND state = 'held'", due_at, key)


def decide(db: sqlite3.Connection, key: str, now: int) -> bool:
    """The person wants it sent, though it was asked about."""
    return _moved(
        db,
        "UPDATE outbox SET state = 'queued', owner = NULL, "
        "due_at = ?, decided_at = ?, looks = 0 WHERE key = ? AND state IN ('held', 'asks')",
        now,
        now,
        key,
    )


def hurry(db: sqlite3.Connection, owner: str, now: int) -> None:
    """End the holds of this program now: the person quits and sends."""
    db.execute("UPDATE outbox SET due_at = ? WHERE state = 'held' AND owner = ?", (now, owner))


def _moved(db: sqlite3.Connection, update: str, *values: object) -> bool:
    return db.execute(update, values).rowcount == 1


def remember_prepared(db: sqlite3.Connection, key: str, prepared: Prepared) -> None:
    """Store the bytes to send, once for all attempts and programs: the first ones stay."""
    db.execute(
        "UPDATE outbox SET prepared = ?, before = ? WHERE key = ? AND prepared IS NULL AND state = 'queued'",
        (prepared.payload, prepared.before, key),
    )


def claim(db: sqlite3.Connection, key: str, owner: str, now: int) -> Prepared | None:
    """Take a queued message for one attempt, and return its bytes; None if another program was faster."""
    row = db.execute(
        "UPDATE outbox SET state = 'sending', owner = ?, attempted_at = ?, attempts = attempts + 1 "
        "WHERE key = ? AND state = 'queued' AND prepared IS NOT NULL RETURNING prepared, before",
        (owner, now, key),
    ).fetchone()
    return Prepared(row["prepared"], row["before"]) if row else None


def sent(db: sqlite3.Connection, key: str, receipt: Receipt, now: int) -> bool:
    """It is out: keep the receipt, and owe the re-reading of its thread.

    False if it was settled before, or if the receipt is another message's: two alike can't both claim one post.
    """
    if db.execute("SELECT 1 FROM outbox WHERE receipt_uri = ?", (receipt.ref.uri,)).fetchone():
        return False
    return _moved(
        db,
        "UPDATE outbox SET state = 'sent', owner = NULL, receipt_uri = ?, receipt = ?, sent_at = ?, due_at = ?, "
        "reason = NULL, after = 'reread' WHERE key = ? AND state IN ('sending', 'unsure')",
        receipt.ref.uri,
        dump([[receipt.ref.uri, receipt.ref.local, receipt.ref.token], to_ms(receipt.at)]),
        now,
        now,
        key,
    )


def requeue(db: sqlite3.Connection, key: str, due_at: int, reason: str) -> bool:
    """It certainly did not go out; try again at `due_at`."""
    return _moved(
        db,
        "UPDATE outbox SET state = 'queued', owner = NULL, due_at = ?, reason = ? WHERE key = ? "
        "AND state IN ('sending', 'unsure', 'queued')",
        due_at,
        reason,
        key,
    )


def unsure(db: sqlite3.Connection, key: str, due_at: int, reason: str) -> bool:
    """It may have gone out; look at `due_at`."""
    return _moved(
        db,
        "UPDATE outbox SET state = 'unsure', owner = NULL, due_at = ?, reason = ? WHERE key = ? "
        "AND state IN ('sending', 'queued')",
        due_at,
        reason,
        key,
    )


def looked(db: sqlite3.Connection, key: str, due_at: int) -> bool:
    """A look found nothing, without proof; look again at `due_at`."""
    return _moved(db, "UPDATE outbox SET looks = looks + 1, due_at = ? WHERE key = ? AND state = 'unsure'", due_at, key)


def look_later(db: sqlite3.Connection, key: str, due_at: int) -> None:
    """The server could not be asked; look at `due_at`."""
    db.execute("UPDATE outbox SET due_at = ? WHERE key = ? AND state = 'unsure'", (due_at, key))


def postpone(db: sqlite3.Connection, key: str, due_at: int) -> None:
    """The step after sending could not be done; try it again at `due_at`."""
    db.execute("UPDATE outbox SET due_at = ? WHERE key = ? AND after = 'reread'", (due_at, key))


def finish(db: sqlite3.Connection, key: str) -> None:
    """Nothing more is owed for a sent message."""
    db.execute("UPDATE outbox SET after = NULL WHERE key = ? AND after = 'reread'", (key,))


def ask(db: sqlite3.Connection, key: str, reason: str) -> bool:
    """Stop trying until the person decides."""
    return _moved(
        db,
        "UPDATE outbox SET state = 'asks', owner = NULL, reason = ? WHERE key = ? "
        "AND state IN ('queued', 'unsure', 'held')",
        reason,
        key,
    )


def give_back(db: sqlite3.Connection, key: str, state: str, reason: str, now: int, *, perhaps_out: bool = True) -> bool:
    """It will not go out (`refused` or `dropped`): keep the words, and let what it answered wait again.

    False if it is out or was settled before; without `perhaps_out` also if it may be out.
    """
    if not _moved(
        db,
        "UPDATE outbox SET state = ?, owner = NULL, reason = ? WHERE key = ? "
        f"AND {_NOT_OUT if perhaps_out else _CERTAINLY_NOT_OUT}",
        state,
        reason,
        key,
    ):
        return False
    row = db.execute("SELECT * FROM draft WHERE key = ?", (key,)).fetchone()
    drafts.keep(db, row["conversation_id"], row["account_id"], drafts.new_key(), row["text"], now)
    standing.wait_again(db, row["conversation_id"], key, now)
    return True


def recover(db: sqlite3.Connection, living: Sequence[str], attempted_before: int, due_at: int) -> None:
    """What a program was sending when it died may have gone out: mark it unsure."""
    marks = ",".join("?" * len(living))
    db.execute(
        "UPDATE outbox SET state = 'unsure', owner = NULL, due_at = ?, reason = 'interrupted' WHERE state = 'sending' "
        f"AND attempted_at <= ? AND owner NOT IN ({marks})",
        (due_at, attempted_before, *living),
    )


def recover_own(db: sqlite3.Connection, account: int, owner: str, due_at: int) -> None:
    """What this program took for sending and lost track of, since the disk failed it, may have gone out."""
    db.execute(
        "UPDATE outbox SET state = 'unsure', owner = NULL, due_at = ?, reason = 'interrupted' WHERE state = 'sending' "
        "AND owner = ? AND key IN (SELECT key FROM draft WHERE account_id = ?)",
        (due_at, owner, account),
    )


def pending(db: sqlite3.Connection, owner: str) -> tuple[OutboxRecord, ...]:
    """What this program still has on its hands: not settled, or sent and not yet left."""
    return _where(
        db,
        "(outbox.state IN ('held', 'sending') AND outbox.owner = ?) OR outbox.state IN ('queued', 'unsure') "
        "OR outbox.after = 'reread'",
        owner,
    )


def recent_texts(db: sqlite3.Connection, account: int, most: int = 20) -> tuple[str, ...]:
    """The texts of the account's last hellos that went out or are on their way."""
    rows = db.execute(
        "SELECT draft.text FROM outbox JOIN draft USING(key) WHERE draft.account_id = ? AND draft.kind = 'hello' "
        "AND outbox.state NOT IN ('dropped', 'refused') ORDER BY outbox.written_at DESC LIMIT ?",
        (account, most),
    )
    return tuple(row[0] for row in rows)


def of_conversation(db: sqlite3.Connection, conversation: int) -> tuple[OutboxRecord, ...]:
    """What is on its way into a conversation and not out yet."""
    return _where(db, f"draft.conversation_id = ? AND {_NOT_OUT}", conversation)


def mark_deleted(db: sqlite3.Connection, key: str) -> str:
    """Note that a sent message was deleted again; returns its uri."""
    uri: str = db.execute("UPDATE outbox SET after = 'deleted' WHERE key = ? RETURNING receipt_uri", (key,)).fetchone()[
        0
    ]
    return uri
