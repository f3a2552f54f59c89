"""Conversations that turn out to be one: an older root became known, or a bridge brought the same message twice."""

from __future__ import annotations

import sqlite3

from introvert_tui.model import Message
from introvert_tui.store import drafts


def same_message(db: sqlite3.Connection, message: Message) -> sqlite3.Row | None:
    """The stored message that this one is: by its own address, or by a proven address of the original or of a copy."""
    own = db.execute("SELECT * FROM message WHERE uri = ?", (message.ref.uri,)).fetchone()
    if own is not None:
        found: sqlite3.Row = own
        return found
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM message WHERE uri = :original OR url = :original OR original = :uri OR original = :url LIMIT 1",
        {"original": message.original, "uri": message.ref.uri, "url": message.url},
    ).fetchone()
    return row


def belonging(db: sqlite3.Connection, message: Message) -> frozenset[int]:
    """The conversations that a message shows to be one: its own, its parent's, and those of its answers."""
    rows = db.execute(
        "SELECT conversation_id FROM message WHERE uri = :uri OR uri = :parent OR parent_uri = :uri",
        {"uri": message.ref.uri, "parent": message.parent.uri if message.parent else None},
    )
    return frozenset(row[0] for row in rows)


def join(db: sqlite3.Connection, conversations: frozenset[int]) -> int:
    """Make one conversation out of several, the one with the oldest message, and return its id.

    What you kept writing in each stays. A left one makes the whole left, but what waits in the others was not there to
    be seen when it was left, and still waits.
    """
    order = ",".join("?" * len(conversations))
    rows = db.execute(
        "SELECT conversation.id, state, door, left_at FROM conversation LEFT JOIN message "
        f"ON message.conversation_id = conversation.id WHERE conversation.id IN ({order}) "
        "GROUP BY conversation.id ORDER BY min(message.seen_at) IS NULL, min(message.seen_at), conversation.id",
        tuple(conversations),
    ).fetchall()
    into: int = rows[0]["id"]
    for row in rows[1:]:
        _pour(db, row["id"], into)
    left = next((row for row in rows if row["state"] == "left"), None)
    waits = db.execute(
        "SELECT 1 FROM copy JOIN message ON message.id = copy.message_id WHERE message.conversation_id = ? "
        "AND copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND message.gone IS NULL",
        (into,),
    ).fetchone()
    if left is not None and not waits:
        db.execute(
            "UPDATE conversation SET state = 'left', door = ?, left_at = ? WHERE id = ?",
            (left["door"], left["left_at"], into),
        )
    elif rows[0]["state"] == "left" or (waits and rows[0]["state"] != "waiting"):
        db.execute("UPDATE conversation SET state = 'open', door = NULL, left_at = NULL WHERE id = ?", (into,))
    return into


def _pour(db: sqlite3.Connection, away: int, into: int) -> None:
    kept = [words for words in (drafts.kept(db, into), drafts.kept(db, away)) if words]
    if len(kept) == 2:
        drafts.rewrite(db, into, "\n".join(kept))
        drafts.forget(db, away)
    for table in ("message", "draft", "door", "undo"):
        db.execute(f"UPDATE {table} SET conversation_id = ? WHERE conversation_id = ?", (into, away))
    db.execute("UPDATE conversation SET merged_into = ? WHERE merged_into = ?", (into, away))
    db.execute(
        "UPDATE conversation SET merged_into = ?, state = 'open', door = NULL, left_at = NULL, need_at = NULL, "
        "later_local = NULL, row = NULL, note = NULL, version = version + 1 WHERE id = ?",
        (into, away),
    )
