"""What time it is, and how long things wait; tests bring their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple


class Clock:
    """The system's clock."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def local(self) -> datetime:
        """The same moment in the zone the person lives in."""
        return self.now().astimezone()


class Waits(NamedTuple):
    """All waiting times, in seconds.

    `hold`: a hello can be taken back; `overslept`: later than that after the hold it is asked about. `recover`:
    another program's attempt is left alone. `look`: before a lost answer is looked for; `look_again`: before the
    second look. `stale`: after that, what is answered is read again before sending. `ask`: after that, the person
    decides. `retry` and `retry_most`: first and longest pause between attempts. `call`: one call to an adapter.
    `refresh`: between two looks at what waits. `filtered`: between two looks at what the server holds back. `probe`:
    between two probes.
    """

    hold: float = 8.0
    overslept: float = 30.0
    recover: float = 30.0
    look: float = 2.0
    look_again: float = 120.0
    stale: float = 600.0
    ask: float = 86_400.0
    retry: float = 5.0
    retry_most: float = 300.0
    call: float = 45.0
    refresh: float = 300.0
    filtered: float = 3600.0
    probe: float = 86_400.0
