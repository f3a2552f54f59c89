"""Who looks at the list, and from when on they read it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import IntrovertApp

MOMENT = 3.0
"""Seconds after which whoever sees a list reads it; on a good line, the catch-up of the opening is over by then."""


class Reader:
    """Of one list: reading begins with the first touch of a key, a button or the wheel, or a moment after it came."""

    def __init__(self, app: IntrovertApp) -> None:
        self._app = app
        self.expect()

    def expect(self) -> None:
        """Nothing was there yet, or its reader asked for more: what comes is what they look for."""
        self._since, self.expects = monotonic(), True

    def see(self) -> None:
        """Something is there; this begins once for each time that it was expected."""
        if self.expects:
            self._since, self.expects = monotonic(), False

    @property
    def has_touched(self) -> bool:
        """Whether a key, a button or the wheel was used since then."""
        return self._app.touched_at > self._since

    @property
    def reads(self) -> bool:
        """Whether the list has to stay as it is."""
        return self.has_touched or (not self.expects and monotonic() - self._since >= MOMENT)
