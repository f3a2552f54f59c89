"""TIDs, the record keys and revisions of AT Protocol: 53 bits of microseconds, 10 bits of clock, sortable as text."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from datetime import UTC, datetime, timedelta

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_TID = re.compile(f"[234567abcdefghij][{_ALPHABET}]{{12}}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK = secrets.randbelow(1024)
_YEAR = 31_536_000_000_000
_START_OF_2023 = 1_672_531_200_000_000

_lock = threading.Lock()
_last = 0


def new() -> str:
    """A TID for now, greater than every one made here before."""
    global _last
    with _lock:
        _last = max(_last + 1, _microseconds(datetime.now(UTC)))
        return _encode(_last, _CLOCK)


def at(moment: datetime) -> str:
    """The smallest TID of a time."""
    return _encode(max(0, _microseconds(moment)), 0)


def fixed(name: str) -> str:
    """A TID that is always the same for a name, so that a record about one thing exists at most once."""
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:12], "big")
    return _encode(_START_OF_2023 + digest // 1024 % _YEAR, digest % 1024)


def time_of(tid: str) -> datetime | None:
    """The time in a TID, or None if it is none."""
    if not _TID.fullmatch(tid):
        return None
    value = 0
    for char in tid:
        value = value << 5 | _ALPHABET.index(char)
    return _EPOCH + timedelta(microseconds=value >> 10)


def _encode(microseconds: int, clock: int) -> str:
    value = microseconds << 10 | clock
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(60, -1, -5))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
