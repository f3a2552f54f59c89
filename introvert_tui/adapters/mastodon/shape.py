"""What is Mastodon's own way to write things down: ids, and times that may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from introvert_tui.adapters.shape import moment, text

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = 26
_SECOND = timedelta(seconds=1)


def name_of(data: Mapping[str, Any], key: str = "id") -> str:
    """The id under a key: opaque, and a number on some servers; an empty string for none."""
    found = data.get(key)
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else text(data, key)


def made_at(data: Mapping[str, Any]) -> datetime | None:
    """When something was made, to the millisecond: GoToSocial tells the second, and the rest only in its ids.

    An answer that comes within the second of what it answers would seem to have been there before.
    """
    at = moment(text(data, "created_at"))
    finer = _time_in(name_of(data))
    return finer if at and finer and at <= finer < at + _SECOND else at


def _time_in(name: str) -> datetime | None:
    """The time that a ULID begins with, or None."""
    if len(name) != _ULID or not set(name) <= set(_CROCKFORD) or name[0] > "7":
        return None
    milliseconds = 0
    for letter in name[:10]:
        milliseconds = milliseconds * 32 + _CROCKFORD.index(letter)
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
