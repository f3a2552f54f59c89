"""Reading JSON that may be anything: a wrong type counts as absent, so that one odd status never costs the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = 26
_SECOND = timedelta(seconds=1)


def sub(data: Mapping[str, Any], *path: str) -> Json:
    """The object at a path, or an empty one."""
    found: Any = data
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def text(data: Mapping[str, Any], key: str) -> str:
    """The string under a key, or an empty one."""
    found = data.get(key)
    return found if isinstance(found, str) else ""


def name_of(data: Mapping[str, Any], key: str = "id") -> str:
    """The id under a key: opaque, and a number on some servers; an empty string for none."""
    found = data.get(key)
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else text(data, key)


def number(data: Mapping[str, Any], key: str) -> int:
    """The whole number under a key, or 0."""
    found = data.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def objects(data: Mapping[str, Any], key: str) -> list[Json]:
    """The objects in the list under a key."""
    return those(data.get(key))


def those(data: object) -> list[Json]:
    """The objects in what should be a list of them."""
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def strings(data: Mapping[str, Any], key: str) -> list[str]:
    """The strings in the list under a key."""
    found = data.get(key)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def moment(value: str) -> datetime | None:
    """A time in ISO 8601 as an aware one in UTC, or None."""
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


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
