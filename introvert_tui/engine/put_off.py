"""What was put off for later, by when it comes back.

Strings in here are clean, but they are remote text all the same: a front end shows them as `Content`, never as markup.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from introvert_tui.engine import muted_words
from introvert_tui.engine.inbox import InboxRow, inbox_row
from introvert_tui.store import conversations

if TYPE_CHECKING:
    from introvert_tui.engine.session.reading import Reading

_MORNING, _AFTERNOON, _EVENING = 5, 12, 17
"""The hours from which on it is no longer night, morning, afternoon."""


class Back(IntEnum):
    """When something comes back, as people say it now, the soonest first."""

    NOW = 0
    TODAY_MORNING = 1
    TODAY_AFTERNOON = 2
    TODAY_EVENING = 3
    TONIGHT = 4
    TOMORROW = 5
    NEXT_WEEK = 6
    SOME_DAY = 7


HEADINGS = {
    Back.NOW: "In a moment",
    Back.TODAY_MORNING: "This morning",
    Back.TODAY_AFTERNOON: "This afternoon",
    Back.TODAY_EVENING: "This evening",
    Back.TONIGHT: "Tonight",
    Back.TOMORROW: "Tomorrow",
    Back.NEXT_WEEK: "Next week",
    Back.SOME_DAY: "When you feel like it",
}
"""How that is said above a list of what comes back then."""


class PutOff(NamedTuple):
    """A conversation that was put off, and when it comes back."""

    row: InboxRow
    back: Back


def every(session: Reading, most: int) -> tuple[PutOff, ...]:
    """What was put off, by when it comes back."""
    local = session.visit.clock.local().replace(tzinfo=None)
    found = []
    for record in conversations.put_off(session.db, most):
        at = datetime.fromisoformat(record.later_local) if record.later_local is not None else None
        found.append(PutOff(muted_words.without_text(session, inbox_row(record)), when(at, local)))
    return tuple(found)


def when(at: datetime | None, now: datetime) -> Back:
    """When a time comes, as people say it; both are times on the wall of the place one is in."""
    if at is None:
        return Back.SOME_DAY
    if at <= now:
        return Back.NOW
    days = at.toordinal() - now.toordinal()
    if at.hour < _MORNING and (days == 0 or (days == 1 and now.hour >= _MORNING)):
        return Back.TONIGHT
    match days:
        case 0 if at.hour < _AFTERNOON:
            return Back.TODAY_MORNING
        case 0 if at.hour < _EVENING:
            return Back.TODAY_AFTERNOON
        case 0:
            return Back.TODAY_EVENING
        case 1:
            return Back.TOMORROW
    return Back.NEXT_WEEK
