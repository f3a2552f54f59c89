"""Accounts and how their last catch-up went."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from introvert_tui.text import clean_line

if TYPE_CHECKING:
    from introvert_tui.model import Account, Request

FIRST_WAIT_MS = 14 * 24 * 3600 * 1000
"""How far back unanswered messages wait after the first catch-up of an account."""
LONG_ABSENCE_MS = FIRST_WAIT_MS
"""Longer than that without a catch-up, and what came in meanwhile may be too much."""


class AccountRecord(NamedTuple):
    """An account and how its catch-ups go; `trouble` is kind and sentence of the last failure, None after a success."""

    id: int
    network: str
    origin: str
    remote_id: str
    handle: str
    facts: str | None
    cursor: str | None
    signed_in_at: int
    caught_up_at: int | None
    trouble: tuple[str, str] | None
    notes: tuple[str, ...]
    filtered: str
    filtered_at: int | None
    rest_until: str | None

    @property
    def account(self) -> Account:
        """What the adapter is made with."""
        from introvert_tui.model import Account  # 13 ms, and the first frame does without the model

        return Account(self.id, self.network, self.origin, self.remote_id, self.handle)

    @property
    def requests(self) -> tuple[Request, ...]:
        """Who waits for the server to let them in."""
        if self.filtered == "[]":
            return ()
        from introvert_tui.store.codec import load_filtered

        return load_filtered(self.filtered).requests


def _trouble(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    kind, sentence = json.loads(text)
    return kind, sentence


def _record(row: sqlite3.Row) -> AccountRecord:
    return AccountRecord(
        id=row["id"],
        network=row["network"],
        origin=row["origin"],
        remote_id=row["remote_id"],
        handle=row["handle"],
        facts=row["facts"],
        cursor=row["cursor"],
        signed_in_at=row["signed_in_at"],
        caught_up_at=row["caught_up_at"],
        trouble=_trouble(row["trouble"]),
        notes=tuple(json.loads(row["notes"])),
        filtered=row["filtered"],
        filtered_at=row["filtered_at"],
        rest_until=row["rest_until"],
    )


def every(db: sqlite3.Connection) -> tuple[AccountRecord, ...]:
    """All accounts signed in, oldest first."""
    return tuple(_record(row) for row in db.execute("SELECT * FROM account WHERE removed_at IS NULL ORDER BY id"))


def one(db: sqlite3.Connection, account: int) -> AccountRecord:
    return _record(db.execute("SELECT * FROM account WHERE id = ?", (account,)).fetchone())


def add(db: sqlite3.Connection, network: str, origin: str, remote_id: str, handle: str, now: int) -> int:
    """Add an account, or sign a known one in again; its conversations, where kept, are its own again.

    What it may do is asked anew: an app password with other rights may be why one signs in again.
    """
    row = db.execute(
        "INSERT INTO account(network, origin, remote_id, handle, signed_in_at, wait_from) VALUES(?, ?, ?, ?, ?, ?) "
        "ON CONFLICT(network, remote_id) DO UPDATE SET origin = excluded.origin, handle = excluded.handle, "
        "signed_in_at = excluded.signed_in_at, "
        "wait_from = CASE WHEN removed_at IS NULL THEN wait_from ELSE excluded.wait_from END, "
        "removed_at = NULL, facts = NULL, filtered_at = NULL, trouble = NULL, notes = '[]' RETURNING id",
        (network, origin, remote_id, clean_line(handle), now, now - FIRST_WAIT_MS),
    ).fetchone()
    account: int = row[0]
    return account


def rest(db: sqlite3.Connection, account: int, until: str | None) -> None:
    """Let an account rest until a wall time (ISO, no zone), or wake it."""
    db.execute("UPDATE account SET rest_until = ? WHERE id = ?", (until, account))


def caught_up(db: sqlite3.Connection, account: int, now: int, notes: Sequence[str]) -> None:
    db.execute(
        "UPDATE account SET away_since = CASE WHEN caught_up_at IS NULL OR caught_up_at < ? "
        "THEN max(coalesce(caught_up_at, 0), wait_from) ELSE away_since END, "
        "caught_up_at = ?, trouble = NULL, notes = ? WHERE id = ?",
        (now - LONG_ABSENCE_MS, now, json.dumps([clean_line(note, 300) for note in notes]), account),
    )


def answered(db: sqlite3.Connection, account: int) -> None:
    """The server answered after all; what it said of the last catch-up no longer holds."""
    db.execute("UPDATE account SET trouble = NULL WHERE id = ?", (account,))


def troubled(db: sqlite3.Connection, account: int, kind: str, sentence: str) -> None:
    """Remember why the last catch-up failed: a short word for the kind, and what the adapter said."""
    db.execute("UPDATE account SET trouble = ? WHERE id = ?", (json.dumps([kind, clean_line(sentence, 300)]), account))


def pause(db: sqlite3.Connection, account: int, now: int, until: int) -> None:
    """The server wants to be left alone until a moment."""
    until = max(until, paused_until(db, account, now) or until)
    db.execute("UPDATE account SET paused_at = ?, paused_until = ? WHERE id = ?", (now, until, account))


def paused_until(db: sqlite3.Connection, account: int, now: int) -> int | None:
    """Until when the server wants to be left alone; None once that is over, or the clock was set back meanwhile."""
    row = db.execute(
        "SELECT paused_until FROM account WHERE id = ?1 AND paused_at <= ?2 AND paused_until > ?2", (account, now)
    ).fetchone()
    return row[0] if row else None


def remember_facts(db: sqlite3.Connection, account: int, facts: str) -> None:
    db.execute("UPDATE account SET facts = ? WHERE id = ?", (facts, account))


def remember_filtered(db: sqlite3.Connection, account: int, filtered: str, now: int) -> None:
    db.execute("UPDATE account SET filtered = ?, filtered_at = ? WHERE id = ?", (filtered, now, account))


def remove(db: sqlite3.Connection, account: int, forget: bool, now: int) -> None:
    """Sign an account out here, its outbox given back already; with `forget` its conversations go too.

    Where these stay, so do their doors and what was wished quiet: what was left is so when it is signed in again.
    """
    ours = (account,)
    db.execute("UPDATE outbox SET after = NULL WHERE key IN (SELECT key FROM draft WHERE account_id = ?)", ours)
    for table in ("nod", "distance", *(("quiet", "door") if forget else ())):
        db.execute(f"DELETE FROM {table} WHERE account_id = ?", ours)
    db.execute(
        "UPDATE account SET removed_at = ?, cursor = NULL, facts = NULL, trouble = NULL, notes = '[]', "
        "filtered = '[]' WHERE id = ?",
        (now, account),
    )
    if forget:
        _forget_conversations(db, account)


def _forget_conversations(db: sqlite3.Connection, account: int) -> None:
    """Forget what only this account saw; what another sees as well stays, and so do the names it was joined under."""
    db.execute("DELETE FROM copy WHERE account_id = ?", (account,))
    db.execute(
        "CREATE TEMP TABLE forgotten AS SELECT id FROM conversation WHERE merged_into IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM message JOIN copy ON copy.message_id = message.id "
        "WHERE message.conversation_id = conversation.id)"
    )
    gone = "(SELECT id FROM forgotten)"
    for statement in (
        f"DELETE FROM door WHERE conversation_id IN {gone}",
        f"DELETE FROM outbox WHERE key IN (SELECT key FROM draft WHERE conversation_id IN {gone})",
        f"DELETE FROM undo WHERE conversation_id IN {gone}",
        f"DELETE FROM draft WHERE conversation_id IN {gone}",
        f"DELETE FROM company WHERE conversation_id IN {gone}",
        f"DELETE FROM message WHERE conversation_id IN {gone}",
        "DELETE FROM message WHERE NOT EXISTS (SELECT 1 FROM copy WHERE copy.message_id = message.id) "
        "AND NOT EXISTS (SELECT 1 FROM draft WHERE draft.parent_id = message.id)",
        f"DELETE FROM conversation WHERE merged_into IN {gone}",
        f"DELETE FROM conversation WHERE id IN {gone}",
        "DROP TABLE forgotten",
    ):
        db.execute(statement)
    from introvert_tui.store import people  # it brings the model, which the first frame does without

    people.forget_strangers(db)
