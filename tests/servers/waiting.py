"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(
    condition: Callable[[], T],
    deadline: float = 10,
    *,
    retry_on: type[Exception] | tuple[type[Exception], ...] = (),
    interval: float = 0.05,
) -> T:
    """Return the condition's first true value, or raise AssertionError with its last value after the deadline."""
    end = time.monotonic() + deadline
    while True:
        seen: object
        try:
            if value := condition():
                return value
            seen = value
        except retry_on as error:
            seen = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline} s; last seen: {seen!r}")
        time.sleep(interval)
