"""What time it is, and how long things wait; tests bring their own."""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo
from threading import Lock
from typing import NamedTuple

LOOK_EVERY = 15.0
"""Seconds between two looks at a clock by which a program shows that it runs."""
_AT_MOST = LOOK_EVERY + 5.0
"""A longer time between two looks does not count: a slow machine is late by less, and one that stood still by more."""


class Clock:
    """The system's clock; `zone` is where it hangs (None: wherever the machine is now)."""

    zone: tzinfo | None = None

    def __init__(self) -> None:
        self._awake = 0.0
        self._looked = self.uptime()
        self._looking = Lock()

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def uptime(self) -> float:
        """Seconds for which the machine has run since it was started, sleep apart: nobody can set them.

        They are the same in all programs of the machine.
        """
        return time.monotonic()

    def awake(self) -> float:
        """Seconds for which this program has run, as far as it has looked here again and again.

        Neither a sleep of the machine counts nor a time for which the program was stopped.
        """
        with self._looking:
            now = self.uptime()
            passed, self._looked = now - self._looked, now
            self._awake += passed if passed <= _AT_MOST else 0.0
            return self._awake

    def local(self) -> datetime:
        """The same moment in the zone the person is in."""
        return self.local_of(self.now())

    def local_of(self, moment: datetime) -> datetime:
        """Any moment in the zone the person is in now."""
        if self.zone is None and hasattr(time, "tzset"):
            # A machine that travels while the program runs is told of the new zone only when it asks.
            time.tzset()
        return moment.astimezone(self.zone)


class Waits(NamedTuple):
    """All waiting times, in seconds.

    `hold`: a hello can be taken back; `overslept`: after a longer sleep of the machine, or stop of the program, it is
    asked about. `recover`: another program's attempt is left alone. `look`: before a lost answer is looked for;
    `look_again`: before the second look. `stale`: after that, what is answered is read again before sending. `ask`:
    after that, the person decides. `retry` and `retry_most`: first and longest pause between attempts. `call`: one call
    to an adapter, longer than the adapter itself waits for an answer. `refresh`: between two looks at what waits.
    `filtered`: between two looks at what the server holds back. `probe`: between two probes. `wake`: between two looks
    at what was put off.
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
    call: float = 90.0
    refresh: float = 300.0
    filtered: float = 3600.0
    probe: float = 86_400.0
    wake: float = 30.0
