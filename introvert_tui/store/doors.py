"""Doors of left conversations: who can bring them back, until when, and when to look for them.

A door stands ajar for 30 days after a hello. It is looked at in each catch-up for 2 days, daily until day 14, and then
only when its conversation is opened.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from introvert_tui.model import Door, Message, PersonRef, Receipt
from introvert_tui.store.codec import dump_ref, load_ref
from introvert_tui.store.times import to_ms

DAY_MS = 24 * 3600 * 1000
_AJAR_MS = 30 * DAY_MS
_OFTEN_MS = 2 * DAY_MS
_DAILY_MS = 14 * DAY_MS


def put(
    db: sqlite3.Connection, account: int, conversation: int, greeted: PersonRef, receipt: Receipt, now: int
) -> None:
    """Leave a door ajar for the person greeted."""
    db.execute(
        "INSERT INTO door(receipt_uri, receipt, account_id, conversation_id, greeted_id, opened_at, look_at) "
        "SELECT ?, ?, ?, ?, person.id, ?, ? FROM person JOIN account ON account.network = person.network "
        "WHERE account.id = ? AND person.uri = ? ON CONFLICT DO NOTHING",
        (
            receipt.ref.uri,
            dump_ref(receipt.ref),
            account,
            conversation,
            to_ms(receipt.at),
            now,
            account,
            greeted.uri,
        ),
    )


def set_ajar(db: sqlite3.Connection, conversation: int, now: int) -> bool:
    """Look again at the doors of a conversation that was brought back and is done with; False if it has none."""
    updated = db.execute(
        "UPDATE door SET look_at = ? WHERE conversation_id = ? AND ? < opened_at + ?",
        (now, conversation, now, _AJAR_MS),
    )
    return updated.rowcount > 0


def due(db: sqlite3.Connection, account: int, now: int, most: int = 100) -> tuple[Door, ...]:
    """The doors to look at now, newest first."""
    rows = db.execute(
        "SELECT door.receipt, door.token, person.uri, person.handle FROM door "
        "JOIN person ON person.id = door.greeted_id JOIN conversation ON conversation.id = door.conversation_id "
        "WHERE door.account_id = ? AND door.look_at <= ? AND conversation.state = 'left' "
        "AND conversation.door = 'ajar' ORDER BY door.opened_at DESC LIMIT ?",
        (account, now, most),
    )
    return tuple(Door(load_ref(row[0]), PersonRef(row[2], row[3]), row[1]) for row in rows)


def looked(db: sqlite3.Connection, doors: Sequence[Door], now: int) -> None:
    """Note that doors were looked at, and when the next look is due (never, after day 14)."""
    db.executemany(
        "UPDATE door SET look_at = CASE WHEN ? < opened_at + ? THEN ? WHEN ? < opened_at + ? THEN ? END "
        "WHERE receipt_uri = ? AND look_at IS NOT NULL",
        [(now, _OFTEN_MS, now, now, _DAILY_MS, now + DAY_MS, door.receipt.uri) for door in doors],
    )


def open_door(db: sqlite3.Connection, conversation: int, message: Message, now: int) -> bool:
    """Whether a message brings a left conversation back: by the person greeted, after the hello, within 30 days."""
    row = db.execute(
        "SELECT door.receipt_uri FROM door JOIN person ON person.id = door.greeted_id WHERE door.conversation_id = ? "
        "AND person.uri = ? AND door.opened_at < ? AND ? < door.opened_at + ? ORDER BY door.opened_at DESC",
        (conversation, message.author.uri, to_ms(message.seen_at), now, _AJAR_MS),
    ).fetchone()
    if row is None:
        return False
    db.execute("UPDATE door SET opened_by = ?, look_at = NULL WHERE receipt_uri = ?", (message.ref.uri, row[0]))
    return True


def overtaken(db: sqlite3.Connection, conversation: int, message: Message) -> bool:
    """Whether a message was there before the last hello arrived, though it was not shown then."""
    row = db.execute("SELECT max(opened_at) FROM door WHERE conversation_id = ?", (conversation,)).fetchone()
    return row[0] is not None and to_ms(message.seen_at) <= row[0]


def overtaken_note(name: str) -> str:
    """What the inbox says above a conversation that a hello came too late for."""
    return f"{name} wrote before your hello arrived."
