"""Conversations that turn out to be one: an older root became known, or a bridge brought the same message twice."""

from __future__ import annotations

import sqlite3

from introvert_tui.model import Message, RoomRef
from introvert_tui.text import host_of


def same_message(db: sqlite3.Connection, message: Message) -> sqlite3.Row | None:
    """The stored message that this one is: by its own address, or by a proven address of the original or of a copy."""
    own = db.execute("SELECT * FROM message WHERE uri = ?", (message.ref.uri,)).fetchone()
    if own is not None:
        found: sqlite3.Row = own
        return found
    rows = db.execute(
        "SELECT * FROM message WHERE uri = :original OR url = :original OR original = :uri OR original = :url",
        {"original": message.original, "uri": message.ref.uri, "url": message.url},
    )
    return next((row for row in rows if _proven(row, message)), None)


def _proven(row: sqlite3.Row, message: Message) -> bool:
    """Whether the address was the original's own to give: a server can claim any url, but only on its own host."""
    if row["uri"] == message.original or row["original"] == message.ref.uri:
        return True
    if message.original is not None:
        return host_of(row["uri"]) == host_of(message.original)
    return message.url is not None and host_of(message.ref.uri) == host_of(message.url)


def belonging(db: sqlite3.Connection, message: Message) -> frozenset[int]:
    """The conversations that a message shows to be one: its own, its parent's, and those of its answers.

    A private answer to a public message stays private.
    """
    rows = db.execute(
        "SELECT conversation_id FROM message JOIN conversation ON conversation.id = conversation_id "
        "WHERE (uri = :uri OR uri = :parent OR parent_uri = :uri) AND kind = :kind",
        {
            "uri": message.ref.uri,
            "parent": message.parent.uri if message.parent else None,
            "kind": "room" if isinstance(message.place, RoomRef) else "thread",
        },
    )
    return frozenset(row[0] for row in rows)


def join(db: sqlite3.Connection, conversations: frozenset[int]) -> int:
    """Make one conversation out of several, the one with the oldest message, and return its id.

    What you kept writing in each stays. A left one makes the whole left, but for what was put off; what waited in the
    others is then looked at as if it had been known from the start to belong there.
    """
    order = ",".join("?" * len(conversations))
    rows = db.execute(
        "SELECT conversation.id, state, door, left_at, later_local, later_reason FROM conversation LEFT JOIN message "
        f"ON message.conversation_id = conversation.id WHERE conversation.id IN ({order}) "
        "GROUP BY conversation.id ORDER BY min(message.seen_at) IS NULL, min(message.seen_at), conversation.id",
        tuple(conversations),
    ).fetchall()
    into: int = rows[0]["id"]
    for row in rows[1:]:
        _pour(db, row["id"], into)
    waits = db.execute(
        "SELECT 1 FROM copy JOIN message ON message.id = copy.message_id WHERE message.conversation_id = ? "
        "AND copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND message.gone IS NULL",
        (into,),
    ).fetchone()
    left = max((row for row in rows if row["state"] == "left"), key=lambda row: row["left_at"], default=None)
    later = next((row for row in rows if row["state"] == "later"), None) if waits else None
    if left is None and any(row["state"] == "waiting" for row in rows):
        later = None  # what waits now comes before what was put off
    db.execute(
        "UPDATE conversation SET state = ?, door = ?, left_at = ?, later_local = ?, later_reason = ? WHERE id = ?",
        (
            "later" if later else "left" if left else "open",
            left["door"] if left and not later else None,
            left["left_at"] if left and not later else None,
            later["later_local"] if later else None,
            later["later_reason"] if later else None,
            into,
        ),
    )
    return into


def _pour(db: sqlite3.Connection, away: int, into: int) -> None:
    for table in ("message", "draft", "door", "undo"):
        db.execute(f"UPDATE {table} SET conversation_id = ? WHERE conversation_id = ?", (into, away))
    kept = db.execute("DELETE FROM company WHERE conversation_id = ? RETURNING until", (away,)).fetchone()
    if kept is not None:
        db.execute(
            "INSERT INTO company(conversation_id, until) VALUES(?, ?) "
            "ON CONFLICT(conversation_id) DO UPDATE SET until = max(until, excluded.until)",
            (into, kept["until"]),
        )
    db.execute("UPDATE conversation SET merged_into = ? WHERE merged_into = ?", (into, away))
    db.execute(
        "UPDATE conversation SET merged_into = ?, state = 'open', door = NULL, left_at = NULL, need_at = NULL, "
        "later_local = NULL, row = NULL, note = NULL WHERE id = ?",
        (into, away),
    )
