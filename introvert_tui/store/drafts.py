"""Words that have not been sent off yet: one open draft a conversation, kept as it is typed."""

from __future__ import annotations

import secrets
import sqlite3

_OPEN = (
    "SELECT key FROM draft WHERE conversation_id = ? AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = draft.key)"
)


def kept(db: sqlite3.Connection, conversation: int) -> str | None:
    """The words kept in a conversation, or None."""
    row = db.execute(f"SELECT text FROM draft WHERE key IN ({_OPEN})", (conversation,)).fetchone()
    return row[0] if row else None


def new_key() -> str:
    """A key for life: no two drafts ever share one, on any machine."""
    return secrets.token_hex(16)


def keep(db: sqlite3.Connection, conversation: int, account: int, text: str, now: int) -> None:
    """Keep words, in place of those kept before; blank words are forgotten."""
    row = db.execute(_OPEN, (conversation,)).fetchone()
    if not text.strip():
        forget(db, conversation)
    elif row:
        db.execute("UPDATE draft SET text = ?, updated_at = ? WHERE key = ?", (text, now, row[0]))
    else:
        db.execute(
            "INSERT INTO draft(key, conversation_id, account_id, kind, text, updated_at) "
            "VALUES(?, ?, ?, 'hello', ?, ?)",
            (new_key(), conversation, account, text, now),
        )


def rewrite(db: sqlite3.Connection, conversation: int, text: str) -> None:
    """Put other words in the place of those kept."""
    db.execute(f"UPDATE draft SET text = ? WHERE key IN ({_OPEN})", (text, conversation))


def forget(db: sqlite3.Connection, conversation: int) -> None:
    """Forget the words kept in a conversation, because they were sent off or deleted."""
    db.execute(f"DELETE FROM draft WHERE key IN ({_OPEN})", (conversation,))
