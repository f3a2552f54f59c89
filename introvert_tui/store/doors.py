"""Doors of left conversations: who can bring them back, until when, and when to look for them.

A door stands ajar for 30 days after a hello. It is looked at in each catch-up for 2 days, daily until day 14, and then
only when its conversation is opened, or once if it was not looked at since it was left. Stored is the last look: when
the next is due is reckoned anew each time, since a clock that was wrong for a moment must not shut a door for good.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from introvert_tui.model import AttachmentKind, Door, Message, PersonRef, Reason, Receipt
from introvert_tui.store import messages, standing
from introvert_tui.store.codec import dump_ref, load_ref
from introvert_tui.store.times import to_ms

DAY_MS = 24 * 3600 * 1000
AJAR_MS = 30 * DAY_MS
_OFTEN_MS = 2 * DAY_MS
_DAILY_MS = 14 * DAY_MS
_OPENS = (Reason.REPLY, Reason.MENTION)
"""What brings a left conversation back: a quote neither answers nor names you."""


def put(db: sqlite3.Connection, account: int, conversation: int, greeted: PersonRef, receipt: Receipt) -> None:
    """Leave a door ajar for the person greeted."""
    db.execute(
        "INSERT INTO door(receipt_uri, receipt, account_id, conversation_id, greeted_id, opened_at) "
        "SELECT ?, ?, ?, ?, person.id, ? FROM person JOIN account ON account.network = person.network "
        "WHERE account.id = ? AND person.uri = ? ON CONFLICT DO NOTHING",
        (receipt.ref.uri, dump_ref(receipt.ref), account, conversation, to_ms(receipt.at), account, greeted.uri),
    )


def set_ajar(db: sqlite3.Connection, conversation: int, now: int) -> bool:
    """Look again at the doors of a conversation that was brought back and is done with; False if it has none.

    Those whose time is over are not looked at.
    """
    updated = db.execute(
        "UPDATE door SET looked_at = iif(? < opened_at + ?, NULL, looked_at) WHERE conversation_id = ?",
        (now, AJAR_MS, conversation),
    )
    return updated.rowcount > 0


def due(db: sqlite3.Connection, account: int, now: int, most: int = 100) -> tuple[Door, ...]:
    """The doors to look at now: first those that were not looked at for longest, and among them the newest.

    One that was never looked at is, however late: who was greeted may have answered in time. A look that is yet to
    come was before the clock was set back, and does not count. A token is good for a day: one answer may have taken the
    place of another, with as many there as before.
    """
    rows = db.execute(
        "SELECT door.receipt, door.opened_at, person.uri, person.handle, "
        "iif(door.read_at <= :now AND door.read_at > :now - :day, door.token, NULL) AS token, "
        "iif(door.looked_at > :now, NULL, door.looked_at) AS looked FROM door "
        "JOIN person ON person.id = door.greeted_id JOIN conversation ON conversation.id = door.conversation_id "
        "WHERE door.account_id = :account AND conversation.state = 'left' AND conversation.door = 'ajar' AND ("
        "door.opened_at > :now - :often OR looked IS NULL "
        "OR (looked <= :now - :day AND door.opened_at > :now - :daily)) "
        "ORDER BY looked, door.opened_at DESC LIMIT :most",
        {
            "account": account,
            "now": now,
            "most": most,
            "often": _OFTEN_MS,
            "daily": _DAILY_MS,
            "day": DAY_MS,
        },
    )
    return tuple(Door(load_ref(row["receipt"]), PersonRef(row["uri"], row["handle"]), row["token"]) for row in rows)


def looked(db: sqlite3.Connection, doors: Sequence[Door], now: int) -> None:
    """Note that doors were looked at, and read where they had no token."""
    db.executemany(
        "UPDATE door SET looked_at = ?1, read_at = iif(?2, ?1, read_at) WHERE receipt_uri = ?3",
        [(now, door.token is None, door.receipt.uri) for door in doors],
    )


def brings_back(db: sqlite3.Connection, conversation: int, message: Message) -> bool:
    """Whether a message brings a left conversation back: an answer to you, or one that names you, by the person
    greeted, written after the hello and within 30 days of it, whenever it is found."""
    if message.said_to_me not in _OPENS:
        return False
    said_at = to_ms(message.seen_at)
    row = db.execute(
        "SELECT 1 FROM door JOIN person ON person.id = door.greeted_id WHERE door.conversation_id = ? "
        "AND person.uri = ? AND door.opened_at < ? AND ? < door.opened_at + ? LIMIT 1",
        (conversation, message.author.uri, said_at, said_at, AJAR_MS),
    ).fetchone()
    return row is not None


def newest(db: sqlite3.Connection, conversation: int) -> str | None:
    """The hello that left a conversation last, by its address; None if no door of it was ever ajar."""
    row = db.execute(
        "SELECT receipt_uri FROM door WHERE conversation_id = ? ORDER BY opened_at DESC LIMIT 1", (conversation,)
    ).fetchone()
    return row[0] if row else None


def overtaken(db: sqlite3.Connection, conversation: int, message: Message) -> bool:
    """Whether a message was there before the last hello arrived, though it was not shown then."""
    row = db.execute("SELECT max(opened_at) FROM door WHERE conversation_id = ?", (conversation,)).fetchone()
    return row[0] is not None and to_ms(message.seen_at) <= row[0]


def overtaken_note(name: str) -> str:
    """What the inbox says above a conversation that a hello came too late for."""
    return f"{name} wrote before your hello arrived."


def hold_silence(db: sqlite3.Connection, conversation: int, now: int) -> bool:
    """Deal with all that waits in a left conversation, up to what brings it back; return whether something does.

    That is an answer of the person greeted, or what was said before the hello arrived and was not shown; where you left
    without a word, nothing is.
    """
    state, door = db.execute("SELECT state, door FROM conversation WHERE id = ?", (conversation,)).fetchone()
    if state != "left":
        return False
    for waiting in reversed(messages.waiting_in(db, conversation)):
        if door == "ajar" and brings_back(db, conversation, waiting.message):
            standing.reopen(db, conversation)
            return True
        if door == "ajar" and overtaken(db, conversation, waiting.message):
            standing.reopen(db, conversation, overtaken_note(waiting.name))
            return True
        standing.deal(db, [waiting.id], "left", now)
    return False


def hear_again(db: sqlite3.Connection, identity: int, message: Message) -> int | None:
    """The conversation that a message brings back after all, though it was silent when it first came.

    A bridge's copy of an answer may come before the answer itself, in a name that you did not greet.
    """
    row = db.execute(
        "SELECT conversation.id FROM conversation JOIN message ON message.conversation_id = conversation.id "
        "JOIN copy ON copy.message_id = message.id WHERE message.id = ? AND copy.dealt_by = 'left' "
        "AND conversation.state = 'left' AND conversation.door = 'ajar'",
        (identity,),
    ).fetchone()
    if row is None or not brings_back(db, row["id"], message):
        return None
    conversation: int = row["id"]
    db.execute("UPDATE copy SET dealt_at = NULL, dealt_by = NULL WHERE message_id = ?", (identity,))
    standing.reopen(db, conversation)
    return conversation


def quotes_left(db: sqlite3.Connection, message: Message) -> bool:
    """Whether a message quotes you out of a conversation that was left before: where a server mutes, it mutes these."""
    if message.said_to_me is not Reason.QUOTE:
        return False
    quoted = [one.uri for one in message.attachments if one.kind is AttachmentKind.QUOTE and one.uri]
    rows = db.execute(
        "SELECT conversation.id, door, left_at FROM conversation JOIN message ON conversation_id = conversation.id "
        f"WHERE state = 'left' AND message.uri IN ({','.join('?' * len(quoted))})",
        quoted,
    ).fetchall()
    return any(
        not overtaken(db, row["id"], message) if row["door"] == "ajar" else to_ms(message.seen_at) > row["left_at"]
        for row in rows
    )
