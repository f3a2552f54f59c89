"""A store in memory and messages in one line, for tests of the store alone."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from introvert_tui.model import Message, MessageRef, PersonRef, Reason, Span, ThreadRef
from introvert_tui.store import accounts
from introvert_tui.store.schema import MIGRATIONS, teach
from introvert_tui.store.times import to_ms

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
ME = PersonRef("did:me", "me.test")


def fresh() -> sqlite3.Connection:
    """An empty database in memory with one account, in autocommit."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    teach(db)
    for migration in MIGRATIONS:
        migration(db)
    accounts.add(db, "demo", "https://village.test", ME.uri, ME.handle, to_ms(NOW))
    return db


def said(number: int, who: str, root: int, minutes: int, *, parent: int | None = None, to_me: bool = True) -> Message:
    mine = who == "me"
    at = NOW - timedelta(minutes=minutes)
    return Message(
        ref=MessageRef(f"at://{number}", f"at://{number}", "cid"),
        place=ThreadRef(MessageRef(f"at://{root}", f"at://{root}", "cid")),
        author=ME if mine else PersonRef(f"did:{who}", f"{who}.test"),
        seen_at=at,
        claimed_at=at,
        body=(Span(f"message {number}"),),
        parent=None if parent is None else MessageRef(f"at://{parent}", f"at://{parent}", "cid"),
        said_to_me=Reason.REPLY if to_me and not mine else None,
    )
