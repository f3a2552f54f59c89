"""What you left, each with what happened there since: told where one looks for it, and never pushed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from introvert_tui.engine import muted_words
from introvert_tui.engine.inbox import InboxRow, State, inbox_row
from introvert_tui.model import Reason
from introvert_tui.store import conversations, since_left
from introvert_tui.store.since_left import Spoke
from introvert_tui.store.times import from_ms
from introvert_tui.text import ago_in_words

if TYPE_CHECKING:
    from introvert_tui.engine.session.reading import Reading

_DID = {
    Reason.REPLY: "answered you",
    Reason.MENTION: "named you here",
    Reason.QUOTE: "quoted you",
    Reason.DIRECT: "wrote to you",
}
_NAMED = 2
"""How many are named; whoever else spoke is "others"."""


def every(session: Reading, most: int) -> tuple[InboxRow, ...]:
    """The conversations you left, newest first; the `note` of a row is what happened there since."""
    db, now = session.db, session.visit.clock.local()
    spoke: dict[int, list[Spoke]] = {}
    for one in since_left.spoke(db):
        spoke.setdefault(one.conversation, []).append(one)
    awaited: dict[int, list[str]] = {}
    for conversation, name in since_left.awaited(db, session.now()):
        awaited.setdefault(conversation, []).append(name)
    left = map(inbox_row, conversations.in_states(db, (State.LEFT,), most))
    rows = (muted_words.without_text(session, row) for row in left)
    return tuple(row._replace(note=told(spoke.get(row.id, ()), awaited.get(row.id, ()), now) or None) for row in rows)


def told(spoke: Sequence[Spoke], awaited: Sequence[str], now: datetime) -> str:
    """Who spoke to you and when, the last first, and whose answer brings it back; empty if there is nothing to tell."""
    newest: dict[int, Spoke] = {}
    for one in spoke:
        newest.setdefault(one.person, one)
    who = [f"{one.name} {_DID[one.reason]} {ago_in_words(from_ms(one.at), now)}" for one in newest.values()]
    said = "; ".join([*who[:_NAMED], *(["others spoke to you too"] if len(who) > _NAMED else [])])
    those = [*awaited[:_NAMED], *(["somebody else you greeted"] if len(awaited) > _NAMED else [])]
    back = f"If {' or '.join(those)} answers, it comes back." if awaited else ""
    return " ".join(part for part in (f"{said}." if said else "", back) if part)
