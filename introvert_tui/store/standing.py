"""How a conversation stands: what waits in it, what the inbox shows of it, and dealing with what waits.

Waiting is derived: something was said to you, is still there, and was not dealt with by you anywhere. `settle`
derives it again after every change and writes the inbox row; nothing else sets `waiting` or `open`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from introvert_tui.model import AttachmentKind, Reason
from introvert_tui.store import messages, quiet
from introvert_tui.store.codec import dump
from introvert_tui.store.conversations import ROW_TEXT
from introvert_tui.store.messages import MessageRecord
from introvert_tui.store.times import to_ms

_WROTE_BACK, _WAITING, _QUOTES, _NEW = range(4)
_LOOKED_AT = 200
"""How many of the waiting messages a row is made from."""


def deal(db: sqlite3.Connection, ids: Sequence[int], by: str, now: int) -> None:
    """Mark messages as dealt with, in every account that sees them."""
    db.executemany(
        "UPDATE copy SET dealt_at = ?, dealt_by = ? "
        "WHERE message_id = ? AND dealt_at IS NULL AND said_to_me IS NOT NULL",
        [(now, by, message) for message in ids],
    )


def deal_until(db: sqlite3.Connection, conversation: int, seen_at: int, by: str, now: int) -> None:
    """Mark everything said to you there up to a moment as dealt with."""
    db.execute(
        "UPDATE copy SET dealt_at = ?, dealt_by = ? "
        "WHERE dealt_at IS NULL AND said_to_me IS NOT NULL "
        "AND message_id IN (SELECT id FROM message WHERE conversation_id = ? AND seen_at <= ?)",
        (now, by, conversation, seen_at),
    )


def _wrote_back(db: sqlite3.Connection, conversation: int, waiting: MessageRecord) -> bool:
    """Whether its writer was answered by you there before they wrote this."""
    return (
        db.execute(
            "SELECT 1 FROM message AS mine JOIN person ON person.id = mine.author_id "
            "JOIN account ON account.network = person.network AND account.remote_id = person.uri "
            "JOIN conversation ON conversation.id = mine.conversation_id "
            "LEFT JOIN message AS parent ON parent.uri = mine.parent_uri "
            "LEFT JOIN person AS answered ON answered.id = parent.author_id "
            "WHERE mine.conversation_id = ? AND mine.seen_at < ? AND (answered.uri = ? OR conversation.kind = 'room')",
            (conversation, to_ms(waiting.message.seen_at), waiting.message.author.uri),
        ).fetchone()
        is not None
    )


def _group(db: sqlite3.Connection, conversation: int, waiting: Sequence[MessageRecord]) -> int:
    newest_by = {one.message.author.uri: one for one in reversed(waiting)}
    if any(_wrote_back(db, conversation, one) for one in newest_by.values()):
        return _WROTE_BACK
    if all(one.message.said_to_me is Reason.QUOTE for one in waiting):
        return _QUOTES
    if not any(one.known or one.message.said_to_me is Reason.DIRECT for one in waiting):
        return _NEW
    return _WAITING


def _row(db: sqlite3.Connection, conversation: int, waiting: Sequence[MessageRecord]) -> str | None:
    newest = waiting[0] if waiting else messages.newest_of_others(db, conversation)
    if newest is None:
        mine = messages.of_conversation(db, conversation, 1)
        if not mine:
            return None
        newest = mine[0]
    message = newest.message
    account = db.execute(
        "SELECT account.handle FROM account JOIN copy ON copy.account_id = account.id WHERE copy.message_id = ? "
        "ORDER BY copy.said_to_me IS NULL, copy.account_id LIMIT 1",
        (newest.id,),
    ).fetchone()
    shown = db.execute("SELECT max(id) FROM message WHERE conversation_id = ?", (conversation,)).fetchone()
    pictures = sum(one.kind in (AttachmentKind.IMAGE, AttachmentKind.VIDEO) for one in message.attachments)
    return dump(
        {
            "group": _group(db, conversation, waiting) if waiting else _WAITING,
            "writers": list(dict.fromkeys(one.name for one in waiting)) or [newest.name],
            "who": newest.name,
            "mine": newest.mine,
            "text": message.text[:ROW_TEXT],
            "warning": message.warning,
            "pictures": pictures,
            "reason": message.said_to_me,
            "at": to_ms(message.seen_at),
            "shown": shown[0],
            "account": account[0],
        }
    )


def settle(db: sqlite3.Connection, conversation: int) -> bool:
    """Derive state and row again; return whether the conversation waits now and did not before."""
    before: str = db.execute("SELECT state FROM conversation WHERE id = ?", (conversation,)).fetchone()[0]
    waiting = messages.waiting_in(db, conversation, _LOOKED_AT)
    hushed = not waiting and messages.is_hushed(db, conversation)
    state = before
    if before in ("waiting", "open"):
        state = "waiting" if waiting else "open"
    elif before == "later" and not waiting and not hushed:
        state = "open"
    db.execute(
        "UPDATE conversation SET state = ?, need_at = ?, row = ?, "
        "later_local = CASE WHEN ? = 'later' THEN later_local END, "
        "later_reason = CASE WHEN ? THEN NULL ELSE later_reason END, "
        "note = CASE WHEN ? THEN note END, "
        "last_at = coalesce((SELECT max(seen_at) FROM message WHERE conversation_id = conversation.id), last_at) "
        "WHERE id = ?",
        (
            state,
            to_ms(waiting[0].message.seen_at) if waiting else None,
            _row(db, conversation, waiting),
            state,
            state == "open" and not hushed,
            state == "waiting" or (state == "open" and hushed),
            conversation,
        ),
    )
    return state == "waiting" and before != "waiting"


def reopen(db: sqlite3.Connection, conversation: int, note: str | None = None) -> bool:
    """Let a left or postponed conversation be open again, and derive whether it waits."""
    db.execute(
        "UPDATE conversation SET state = 'open', door = NULL, left_at = NULL, later_local = NULL, note = ? "
        "WHERE id = ?",
        (note, conversation),
    )
    arrived = settle(db, conversation)
    if note is not None:
        db.execute("UPDATE conversation SET note = ? WHERE id = ? AND state = 'waiting'", (note, conversation))
    return arrived


def wait_again(db: sqlite3.Connection, conversation: int, by: str, now: int) -> None:
    """Let what one hello or action dealt with wait again, and nothing else.

    Had it waited all the time, another hello would not have left the conversation: then that is taken back too.
    """
    db.execute("UPDATE copy SET dealt_at = NULL, dealt_by = NULL WHERE dealt_by = ?", (by,))
    door = db.execute("SELECT door FROM conversation WHERE id = ?", (conversation,)).fetchone()[0]
    if door == "ajar" and messages.waiting_in(db, conversation, 1):
        quiet.change_mind(db, conversation, False, now)
        reopen(db, conversation)
    else:
        settle(db, conversation)


def wake(db: sqlite3.Connection, now_local: str) -> tuple[frozenset[int], frozenset[int]]:
    """Bring back what was put off until a local time (ISO, no zone) that has come; returns it, and what of it waits."""
    due = db.execute("SELECT id FROM conversation WHERE state = 'later' AND later_local <= ?", (now_local,)).fetchall()
    back = frozenset(row[0] for row in due)
    return back, frozenset(one for one in back if reopen(db, one))
