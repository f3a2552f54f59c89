"""What happened in the conversations that you left, since you left them. Reads only."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from introvert_tui.model import Reason
from introvert_tui.store import doors, messages


class Spoke(NamedTuple):
    """Somebody who spoke to you in a conversation that you had left; `at` in milliseconds."""

    conversation: int
    person: int
    name: str
    reason: Reason
    at: int


def spoke(db: sqlite3.Connection) -> tuple[Spoke, ...]:
    """Who was silent there because you had left, newest first; nothing that you have answered there since."""
    rows = db.execute(
        "SELECT conversation.id, message.author_id, person.name, min(copy.said_to_me) AS reason, message.seen_at "
        "FROM copy JOIN message ON message.id = copy.message_id "
        "JOIN conversation ON conversation.id = message.conversation_id "
        "JOIN person ON person.id = message.author_id WHERE copy.dealt_by = 'left' AND conversation.state = 'left' "
        "AND copy.dealt_at >= coalesce(conversation.left_at, 0) AND message.gone IS NULL "
        f"AND NOT {messages.AWAY} AND NOT EXISTS (SELECT 1 FROM message AS mine "
        "JOIN person AS i ON i.id = mine.author_id "
        "JOIN account ON account.network = i.network AND account.remote_id = i.uri "
        "WHERE mine.conversation_id = conversation.id AND mine.seen_at > message.seen_at AND mine.gone IS NULL) "
        "GROUP BY message.id ORDER BY message.seen_at DESC, message.id DESC"
    )
    return tuple(Spoke(row["id"], row["author_id"], row["name"], Reason(row["reason"]), row["seen_at"]) for row in rows)


def awaited(db: sqlite3.Connection, now: int) -> tuple[tuple[int, str], ...]:
    """Whose answer brings which conversation back, whom you greeted last first."""
    rows = db.execute(
        "SELECT conversation.id, person.name FROM door JOIN conversation ON conversation.id = door.conversation_id "
        "JOIN account ON account.id = door.account_id AND account.removed_at IS NULL "
        "JOIN person ON person.id = door.greeted_id WHERE conversation.state = 'left' AND conversation.door = 'ajar' "
        "AND ? < door.opened_at + ? AND person.muted_at IS NULL AND person.blocked_at IS NULL "
        "GROUP BY conversation.id, person.id ORDER BY max(door.opened_at) DESC",
        (now, doors.AJAR_MS),
    )
    return tuple((row["id"], row["name"]) for row in rows)
