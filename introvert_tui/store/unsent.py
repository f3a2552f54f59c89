"""What the person does, by hand, with messages that have not gone out; the moves themselves are `store.outbox`'s."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from introvert_tui.store import leaving, outbox
from introvert_tui.store.outbox import Writing
from introvert_tui.store.outgoing import Why


def hurry(db: sqlite3.Connection, keys: Sequence[str], now: int, looked_after: int) -> None:
    """Let messages that wait for another try be due now.

    One that may be out is looked for if it was tried before `looked_after`; its second look keeps its time.
    """
    db.executemany(
        "UPDATE outbox SET due_at = ?1 WHERE key = ?2 AND due_at > ?1 "
        "AND (state = 'queued' OR (state = 'unsure' AND looks = 0 AND attempted_at <= ?3))",
        [(now, key, looked_after) for key in keys],
    )


def send_after_all(db: sqlite3.Connection, key: str, overdue: str | None, now: int) -> bool:
    """The person wants a message sent that is asked about; False if it need not be asked about.

    `overdue` is why it would be asked about where no visit has come to ask yet, and None where one has.
    """
    if overdue is not None:
        outbox.ask(db, key, overdue)
    return outbox.decide(db, key, now)


def drop(db: sqlite3.Connection, key: str, overdue: str | None, now: int) -> bool:
    """The person does not want a message sent: keep its words. False if it is out, or may be; `overdue` as above."""
    if overdue is not None:
        outbox.ask(db, key, overdue)
    return leaving.take_back(db, key, "dropped by hand", now)


def reword(db: sqlite3.Connection, key: str, writing: Writing, now: int) -> bool:
    """Take a message back and queue it in other words, as the draft that it was given back as.

    False, and nothing changed, if it is out or may be.
    """
    if not leaving.take_back(db, key, Why.REWORDED, now):
        return False
    given_back, words = db.execute(
        "SELECT draft.key, draft.text FROM draft JOIN draft AS old USING(conversation_id, text) WHERE old.key = ? "
        "AND draft.updated_at = ? AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = draft.key)",
        (key, now),
    ).fetchone()
    leaving.write(db, writing._replace(key=given_back, known=words), writing.owner, now)
    return outbox.queue(db, given_back, now)
