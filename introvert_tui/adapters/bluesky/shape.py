"""Reading JSON that may be anything: a wrong type counts as absent, so that one odd post never costs the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


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


def number(data: Mapping[str, Any], key: str) -> int:
    """The whole number under a key, or 0."""
    found = data.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def objects(data: Mapping[str, Any], key: str) -> list[Json]:
    """The objects in the list under a key."""
    found = data.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def strings(data: Mapping[str, Any], key: str) -> list[str]:
    """The strings in the list under a key."""
    found = data.get(key)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def kind(data: Mapping[str, Any]) -> str:
    """The lexicon's name of an object, its `$type`."""
    return text(data, "$type")


def moment(value: str) -> datetime | None:
    """A time in ISO 8601 as an aware one in UTC, or None."""
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def stamp(at: datetime) -> str:
    """A time as records write it: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def did_of(uri: str) -> str:
    """Whose repository an at:// address points into: the DID, or an empty string."""
    return uri.removeprefix("at://").partition("/")[0] if uri.startswith("at://did:") else ""


def split_uri(uri: str) -> tuple[str, str, str]:
    """Repository, collection and record key of an at:// address; empty strings for what is missing."""
    repo, _, rest = uri.removeprefix("at://").partition("/")
    collection, _, rkey = rest.partition("/")
    return (repo, collection, rkey) if uri.startswith("at://") else ("", "", "")
