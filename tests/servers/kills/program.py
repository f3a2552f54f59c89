"""The program itself, with the engine's waits shortened and the machine's clock moved as a test says.

On SIGUSR1 it writes to the terminal what its threads are doing: for the report of one that did not get on.

What a test says is in the environment: INTROVERT_TESTS_WAITS, a JSON object of `Waits`, and INTROVERT_TESTS_CLOCK, the
seconds by which the clock is ahead.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
from datetime import datetime, timedelta

from introvert_tui.engine.clock import Clock, Waits


def prepare() -> None:
    """Change what the program will read; the program takes no part in it."""
    faulthandler.register(signal.SIGUSR1)
    waits = json.loads(os.environ.get("INTROVERT_TESTS_WAITS", "{}"))
    Waits.__new__.__defaults__ = tuple({**Waits._field_defaults, **waits}.values())
    ahead = timedelta(seconds=float(os.environ.get("INTROVERT_TESTS_CLOCK", "0")))
    now = Clock.now

    def moved(self: Clock) -> datetime:
        return now(self) + ahead

    Clock.now = moved  # type: ignore[method-assign]


if __name__ == "__main__":
    prepare()
    from introvert_tui.__main__ import main

    main()
