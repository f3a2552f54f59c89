"""What came in while an account was not asked for long (`account.away_since`; `accounts.caught_up` notices it)."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import NamedTuple

from introvert_tui.store import leaving, messages, undo


class Arrival(NamedTuple):
    """A message that waits since an absence: where, by whom, and whether its account was never asked before."""

    account: int
    conversation: int
    author: int
    message: int
    first: bool


def since(db: sqlite3.Connection) -> tuple[Arrival, ...]:
    """Everything that came in an absence which was not decided about, and still waits, newest first."""
    rows = db.execute(
        "SELECT account.id, conversation.id, message.author_id, message.id, account.away_since = account.wait_from "
        "FROM account JOIN copy ON copy.account_id = account.id JOIN message ON message.id = copy.message_id "
        "JOIN person ON person.id = message.author_id JOIN conversation ON conversation.id = message.conversation_id "
        "WHERE account.away_since IS NOT NULL AND account.removed_at IS NULL "
        "AND conversation.state = 'waiting' AND conversation.merged_into IS NULL AND copy.said_to_me IS NOT NULL "
        "AND copy.dealt_at IS NULL AND message.gone IS NULL AND message.seen_at >= account.away_since "
        f"AND NOT {messages.AWAY} ORDER BY message.seen_at DESC, message.id DESC"
    )
    return tuple(Arrival(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows)


def is_open(db: sqlite3.Connection) -> bool:
    """Whether there was an absence that was not decided about."""
    return (
        db.execute("SELECT 1 FROM account WHERE away_since IS NOT NULL AND removed_at IS NULL").fetchone() is not None
    )


def over(db: sqlite3.Connection, accounts: Collection[int]) -> None:
    """Nothing is asked about the absences there were from these accounts."""
    db.executemany("UPDATE account SET away_since = NULL WHERE id = ?", [(account,) for account in accounts])


def let_go(
    db: sqlite3.Connection,
    conversations: Sequence[tuple[int, int]],
    accounts: Collection[int],
    visit: str,
    now: int,
) -> None:
    """Be done with conversations, each up to the message shown, as one action; the absence is over."""
    before = undo.newest(db)
    for conversation, shown in conversations:
        leaving.done(db, conversation, visit, shown, now)
    undo.bind(db, before)
    over(db, accounts)
