"""Policy, pure: what is offered, when things come back, how long to wait. No network, no store."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from introvert_tui.engine.clock import Waits
from introvert_tui.engine.sentences import EVENING_IS_OVER
from introvert_tui.engine.views import Later
from introvert_tui.model import Message, Reason

HORIZON = timedelta(days=30)
"""How far back the first catch-up reads."""

_EVENING, _MORNING = time(18), time(9)


def later_local(when: Later, local: datetime) -> str | None:
    """The local time (ISO, no zone) at which a conversation comes back; None: never by itself.

    Kept as wall time: "tomorrow at nine" is nine also when the clocks change in between.
    """
    today = local.replace(tzinfo=None)
    match when:
        case Later.EVENING:
            evening = datetime.combine(today.date(), _EVENING)
            back = evening if today.hour < EVENING_IS_OVER else today + timedelta(hours=3)
        case Later.TOMORROW:
            back = datetime.combine(today.date() + timedelta(days=1), _MORNING)
        case Later.NEXT_WEEK:
            back = datetime.combine(today.date() + timedelta(days=7 - today.weekday()), _MORNING)
        case Later.WHEN_I_FEEL_LIKE_IT:
            return None
    return back.isoformat(timespec="seconds")


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


def pause(attempts: int, waits: Waits) -> float:
    """Seconds until the next attempt: doubling, with jitter so that many programs do not return at once."""
    longest = min(waits.retry_most, waits.retry * 2.0 ** min(attempts, 10))
    return longest * random.uniform(0.5, 1.0)
