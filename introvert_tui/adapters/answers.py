"""What is the same about the answers of every server: when there is none, and what its headers tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from introvert_tui.adapters.shape import moment
from introvert_tui.errors import AdapterError, Unavailable, Unsure

_DEFAULT_PAUSE = 60.0
"""For a server that wants to be left alone and does not say how long."""
_LONGEST_PAUSE = 86_400.0


def lost(words: str, sending: bool) -> AdapterError:
    """What to raise when there is no usable answer."""
    return Unsure(f"{words} It may have gone out all the same.") if sending else Unavailable(words)


def unreached(error: BaseException) -> bool:
    """Whether an exception means that there was no connection, so that not a byte of the request has left."""
    import httpx

    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError)


def server_time(headers: Mapping[str, Any]) -> datetime:
    """The server's clock, or ours where it does not tell."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return datetime.now(UTC)


def retry_after(headers: Mapping[str, Any], reset: str) -> float:
    """The seconds until a server wants to hear from us again, as `retry-after` or else its header `reset` tells.

    The former is in seconds or a date, the latter a time in seconds since 1970 or in ISO 8601, by the server's clock.
    """
    now = server_time(headers).timestamp()
    for name, since in (("retry-after", 0.0), (reset, now)):
        told = headers.get(name, "")
        at = _date(told)
        try:
            seconds = at - now if at is not None else float(told) - since
        except ValueError:
            continue
        if seconds == seconds:  # "nan" is a float too
            return min(max(seconds, 1.0), _LONGEST_PAUSE)
    return _DEFAULT_PAUSE


def _date(told: str) -> float | None:
    """A date, as HTTP writes it or in ISO 8601, in seconds since 1970; a mere number is none."""
    if told.replace(".", "", 1).isdigit():
        return None
    try:
        return parsedate_to_datetime(told).astimezone(UTC).timestamp()
    except (ValueError, TypeError, OverflowError):
        at = moment(told)
        return at.timestamp() if at else None
