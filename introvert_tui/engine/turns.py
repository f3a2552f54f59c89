"""Why a message whose hold is over does not go out at once, in words without a full stop."""

from __future__ import annotations

import sqlite3

from introvert_tui import plugins
from introvert_tui.engine.visit import Visit
from introvert_tui.store import accounts, outgoing
from introvert_tui.store.outgoing import OutboxRecord
from introvert_tui.store.times import from_ms
from introvert_tui.text import clock

_OF_ALL = ("offline", "signed-out")
"""Kinds of trouble with which nothing of an account goes out; any other is a matter of what it was met with."""


def pause(db: sqlite3.Connection, visit: Visit, account: int) -> str:
    """Until when an account's server wants to be left alone; empty where it does not."""
    until = accounts.paused_until(db, account, visit.now())
    if until is None:
        return ""
    label = plugins.label(accounts.one(db, account).network)
    return f"{label} asks for a pause until {clock(from_ms(until), visit.clock.local())}"


def what_keeps(db: sqlite3.Connection, visit: Visit, record: OutboxRecord) -> str:
    """What a message that is in nobody's hands waits for; empty where it goes out in a moment."""
    if paused := pause(db, visit, record.account):
        return paused
    if outgoing.in_doubt(db, record.account):
        return "another message has to be looked for first"
    kind, said = accounts.one(db, record.account).trouble or ("", "")
    if kind in _OF_ALL:
        return said.rstrip(". ")
    return "what you wrote there before it goes first" if outgoing.is_behind(db, record.draft.key) else ""
