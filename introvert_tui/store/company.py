"""Keeping to the people you know, in one conversation or everywhere, until a time on the wall.

Meanwhile nothing that others say waits (`messages.AWAY`). It is dealt with by nobody, so that it waits again when the
time has come, or when you take it back. Where, and until when, is read by `conversations.company`.
"""

from __future__ import annotations

import sqlite3

from introvert_tui.store import conversations, doors, messages, standing, undo
from introvert_tui.store.merge import Merged

KIND = "company"


def keep(db: sqlite3.Connection, conversation: int, until: str, visit: str) -> frozenset[int]:
    """Hear only people you know there until a local time (ISO, no zone); returns where others had waited."""
    undo.beside(db, visit, KIND, (conversation,))
    db.execute(
        "INSERT INTO company(conversation_id, until) VALUES(?, ?) "
        "ON CONFLICT(conversation_id) DO UPDATE SET until = excluded.until",
        (conversation, until),
    )
    rows = db.execute(
        "SELECT DISTINCT conversation.id FROM conversation JOIN message ON message.conversation_id = conversation.id "
        "JOIN person ON person.id = message.author_id JOIN copy ON copy.message_id = message.id "
        "WHERE conversation.state = 'waiting' AND conversation.merged_into IS NULL AND ? IN (0, conversation.id) "
        f"AND copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND message.gone IS NULL AND {messages.STRANGER}",
        (conversation,),
    )
    changed = frozenset(row[0] for row in rows.fetchall())
    for one in changed:
        standing.settle(db, one)
    return changed


def end(db: sqlite3.Connection, conversation: int, now: int) -> Merged:
    """Hear everybody there again: what was kept away, and was not answered meanwhile, waits again.

    All that waits is looked at: whoever you answered meanwhile is no stranger any more, and was kept away before.
    There is nothing left to take back of it then, in any visit.
    """
    db.execute("DELETE FROM company WHERE conversation_id = ?", (conversation,))
    _past_taking_back(db, conversation, now)
    rows = db.execute(
        "SELECT DISTINCT message.conversation_id FROM copy JOIN message ON message.id = copy.message_id "
        "WHERE copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND message.gone IS NULL "
        "AND ? IN (0, message.conversation_id)",
        (conversation,),
    ).fetchall()
    changed = frozenset(row[0] for row in rows)
    return Merged(
        changed, frozenset(one for one in changed if doors.hold_silence(db, one, now) or standing.settle(db, one))
    )


def _past_taking_back(db: sqlite3.Connection, conversation: int, now: int) -> None:
    for record in undo.beside_of(db, KIND):
        if conversations.resolve(db, int(record.about[0])) == conversation:
            undo.undone(db, record, now)


def end_all(db: sqlite3.Connection, now: int) -> Merged:
    """Hear everybody again wherever that was not so."""
    merged = Merged()
    for place in conversations.company(db):
        merged |= end(db, place, now)
    return merged


def wake(db: sqlite3.Connection, now_local: str, now: int) -> Merged:
    """Hear everybody again where the local time (ISO, no zone) for it has come."""
    merged = Merged()
    for place, until in conversations.company(db).items():
        if until <= now_local:
            merged |= end(db, place, now)
    return merged


def take_back(db: sqlite3.Connection, record: undo.UndoRecord, now: int) -> Merged:
    """Undo `keep`."""
    undo.undone(db, record, now)
    return end(db, conversations.resolve(db, int(record.about[0])), now)
