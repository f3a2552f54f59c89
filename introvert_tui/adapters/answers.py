"""What is the same about the answers of every server: when there is none, and what its headers tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from introvert_tui.errors import AdapterError, Unavailable, Unsure

DEFAULT_PAUSE = 60.0
"""For a server that wants to be left alone and does not say how long."""
LONGEST_PAUSE = 86_400.0


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
