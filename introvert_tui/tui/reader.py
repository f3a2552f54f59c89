"""Who looks at the list: from when on they read it, so that it stays as it is."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import IntrovertApp

MOMENT = 3.0
"""Seconds after which whoever sees a list reads it; on a good line, the catch-up of the opening is over by then."""


class Reader:
    """Of one list: it begins with the first touch of a key, button or wheel, or a moment after there was something."""

    def __init__(self, app: IntrovertApp) -> None:
        self._app = app
        self.expects()

    def expects(self) -> None:
        """Nothing is there yet, or its reader asked for more: what comes may still be taken in."""
        self._since, self._expects = monotonic(), True

    def sees(self) -> None:
        """What was expected is on the screen."""
        if self._expects:
            self._since, self._expects = monotonic(), False

    @property
    def has_touched(self) -> bool:
        """Whether a key, a button or the wheel was used since the list came."""
        return self._app.touched_at > self._since

    @property
    def has_begun(self) -> bool:
        """Whether the list has to stay as it is."""
        return self.has_touched or (not self._expects and monotonic() - self._since >= MOMENT)
