"""Policy, pure: what is offered, when things come back, how long to wait. No network, no store."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from introvert_tui.engine.clock import Clock, Waits
from introvert_tui.engine.sentences import EVENING_IS_OVER
from introvert_tui.engine.views import Later
from introvert_tui.errors import AdapterError, RateLimited
from introvert_tui.model import Message, Reason

if TYPE_CHECKING:
    from introvert_tui.store.outgoing import OutboxRecord

HORIZON = timedelta(days=30)
"""How far back the first catch-up reads."""

_EVENING, _MORNING = time(18), time(9)
_A_WHILE = timedelta(hours=3)


def later_local(when: Later, clock: Clock) -> str | None:
    """The local time (ISO, no zone) at which a conversation comes back; None: never by itself.

    Kept as wall time: "tomorrow at nine" is nine also when the clocks change in between, and where one travelled to.
    Only "in three hours" is reckoned by the clock of the world. "Next week" is a Monday, and never tomorrow.
    """
    local = clock.local()
    today = local.date()
    match when:
        case Later.EVENING if local.hour < EVENING_IS_OVER:
            back = datetime.combine(today, _EVENING)
        case Later.EVENING:
            back = clock.local_of(local.astimezone(UTC) + _A_WHILE)
        case Later.TOMORROW:
            back = datetime.combine(today + timedelta(days=1), _MORNING)
        case Later.NEXT_WEEK:
            days = 7 - today.weekday()
            back = datetime.combine(today + timedelta(days=days if days > 1 else days + 7), _MORNING)
        case Later.WHEN_I_FEEL_LIKE_IT:
            return None
    return on_the_wall(back)


def on_the_wall(local: datetime) -> str:
    """What the clock on the wall says, to the second, whatever the zone."""
    return local.replace(tzinfo=None).isoformat(timespec="seconds")


def suggestions(hellos: Sequence[str], to: Message, name: str, known: bool, recent: Sequence[str]) -> tuple[str, ...]:
    """The ready-made hellos that may be offered: none where one would be out of place, none used lately.

    Networks flag repeated text as spam, and a warning, a quote or a stranger deserves words of one's own.
    """
    if to.warning or to.said_to_me is Reason.QUOTE or not known:
        return ()
    return tuple(hello.replace("{name}", name) for hello in hellos if not _used(hello, recent))


def _used(hello: str, recent: Sequence[str]) -> bool:
    pattern = ".*".join(map(re.escape, hello.split("{name}")))
    return any(re.fullmatch(pattern, text.strip(), re.DOTALL) for text in recent)


def pause(tries: int, waits: Waits, problem: AdapterError | None = None) -> float:
    """Seconds until the next try after so many in vain: doubling, and as long as the server says.

    With jitter, so that many programs do not return at once.
    """
    longest = min(waits.retry_most, waits.retry * 2.0 ** min(tries, 10))
    seconds = longest * random.uniform(0.5, 1.0)
    return max(seconds, problem.retry_after) if isinstance(problem, RateLimited) else seconds


def is_too_late(record: OutboxRecord, now: int, waits: Waits) -> bool:
    """Whether a message has not gone out for so long that its writer has to want it again."""
    decided_at = record.decided_at if record.decided_at is not None else record.written_at
    return now - decided_at > waits.ask * 1000
