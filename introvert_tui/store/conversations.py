"""Reading conversations, as the inbox needs them: one table, without a look at their messages."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

ROW_TEXT = 600
"""How many characters of the newest words a conversation's `row` has."""
EVERYWHERE = 0
"""Where others stand the id of a conversation: all of them."""


class ConversationRecord(NamedTuple):
    """A conversation as the inbox needs it; `row` is JSON made by `standing`, `kept` words not sent."""

    id: int
    state: str
    network: str
    kind: str
    row: str
    note: str | None
    later_local: str | None
    later_reason: str | None
    kept: str | None


_RECORD = (
    "SELECT id, state, network, kind, row, note, later_local, later_reason, "
    "(SELECT text FROM draft WHERE draft.conversation_id = conversation.id AND NOT EXISTS (SELECT 1 FROM outbox "
    "WHERE outbox.key = draft.key) ORDER BY updated_at DESC, key LIMIT 1) AS kept FROM conversation "
    "WHERE row IS NOT NULL AND merged_into IS NULL"
)


def waiting(db: sqlite3.Connection, most: int) -> tuple[ConversationRecord, ...]:
    """Conversations that wait, newest need first."""
    rows = db.execute(f"{_RECORD} AND state = 'waiting' ORDER BY need_at DESC, id LIMIT ?", (most,))
    return tuple(ConversationRecord(*row) for row in rows)


def in_states(db: sqlite3.Connection, states: Sequence[str], most: int) -> tuple[ConversationRecord, ...]:
    """Conversations in any of these states, newest first."""
    marks = ",".join("?" * len(states))
    rows = db.execute(f"{_RECORD} AND state IN ({marks}) ORDER BY last_at DESC, id LIMIT ?", (*states, most))
    return tuple(ConversationRecord(*row) for row in rows)


def put_off(db: sqlite3.Connection, most: int) -> tuple[ConversationRecord, ...]:
    """Conversations that were put off, by when they come back; at the end those that never do by themselves."""
    rows = db.execute(
        f"{_RECORD} AND state = 'later' ORDER BY later_local IS NULL, later_local, last_at DESC, id LIMIT ?", (most,)
    )
    return tuple(ConversationRecord(*row) for row in rows)


def one(db: sqlite3.Connection, conversation: int) -> ConversationRecord | None:
    """A conversation by id; an id that was merged away gives the one it went into."""
    row = db.execute(
        f"{_RECORD} AND id = (SELECT coalesce(merged_into, id) FROM conversation WHERE id = ?)", (conversation,)
    ).fetchone()
    return ConversationRecord(*row) if row else None


def resolve(db: sqlite3.Connection, conversation: int) -> int:
    """The id a conversation goes by now: it may have been joined to another since somebody looked at it."""
    row = db.execute("SELECT coalesce(merged_into, id) FROM conversation WHERE id = ?", (conversation,)).fetchone()
    return row[0] if row else conversation


def waiting_ids(db: sqlite3.Connection) -> frozenset[int]:
    """All conversations that wait."""
    rows = db.execute("SELECT id FROM conversation WHERE state = 'waiting' AND merged_into IS NULL")
    return frozenset(row[0] for row in rows)


def company(db: sqlite3.Connection) -> dict[int, str]:
    """In which conversations, or `EVERYWHERE`, only people you know are heard, and until when (local, ISO, no zone)."""
    return dict(db.execute("SELECT conversation_id, until FROM company").fetchall())


def how_many_wait(db: sqlite3.Connection) -> int:
    found: int = db.execute(
        "SELECT count(*) FROM conversation WHERE state = 'waiting' AND merged_into IS NULL AND row IS NOT NULL"
    ).fetchone()[0]
    return found


def coming_back(db: sqlite3.Connection) -> int:
    """How many conversations come back by themselves."""
    found: int = db.execute(
        "SELECT count(*) FROM conversation WHERE state = 'later' AND later_local IS NOT NULL"
    ).fetchone()[0]
    return found
