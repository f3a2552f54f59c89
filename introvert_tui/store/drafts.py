"""Words that have not been sent off yet, kept as they are typed; each has a key for life."""

from __future__ import annotations

import secrets
import sqlite3
from typing import NamedTuple

_OPEN = (
    "SELECT key, text, parent_id FROM draft WHERE conversation_id = ? "
    "AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = draft.key) ORDER BY updated_at DESC, key LIMIT 1"
)


class Kept(NamedTuple):
    """Words kept in a conversation, their key, and the id of the message they answer, where that is known."""

    key: str
    text: str
    to: int | None = None


def new_key() -> str:
    """A key that no other draft has, on any machine."""
    return secrets.token_hex(16)


def kept(db: sqlite3.Connection, conversation: int) -> Kept | None:
    """The words last kept in a conversation."""
    row = db.execute(_OPEN, (conversation,)).fetchone()
    return Kept(row["key"], row["text"], row["parent_id"]) if row else None


def sent_as(db: sqlite3.Connection, key: str) -> str | None:
    """The words that are on their way under a key, or were; None if it is still free."""
    row = db.execute("SELECT draft.text FROM draft JOIN outbox USING(key) WHERE key = ?", (key,)).fetchone()
    return row["text"] if row else None


def keep(
    db: sqlite3.Connection,
    conversation: int,
    account: int,
    to: int | None,
    key: str,
    text: str,
    now: int,
    known: str | None = None,
) -> str:
    """Keep words that answer the message `to` in place of those that were `known`, and return the key they have now.

    Blank words are forgotten.
    What another program has kept or sent under the key meanwhile is left alone: these words get a key of their own.
    """
    sent = sent_as(db, key)
    if sent is not None and sent == text.strip():
        return key
    there = db.execute("SELECT text FROM draft WHERE key = ?", (key,)).fetchone()
    if sent is not None or (there is not None and there["text"] not in (known, text)):
        key = new_key()
    if not text.strip():
        db.execute("DELETE FROM draft WHERE key = ?", (key,))
        return key
    db.execute(
        "INSERT INTO draft(key, conversation_id, account_id, parent_id, kind, text, updated_at) "
        "VALUES(?, ?, ?, ?, 'hello', ?, ?) ON CONFLICT(key) DO UPDATE SET "
        "parent_id = excluded.parent_id, text = excluded.text, updated_at = excluded.updated_at",
        (key, conversation, account, to, text, now),
    )
    return key
