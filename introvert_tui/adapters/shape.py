"""Reading JSON that may be anything: a wrong type counts as absent, so that one odd post never costs the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from introvert_tui.errors import Refused
from introvert_tui.model import Attachment, AttachmentKind, Prepared

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


def link(card: Json, address: str) -> Attachment:
    """A link's card: its title and what it is about, and where it leads, by the key of its `address`."""
    parts = (text(card, "title").strip(), text(card, "description").strip())
    return Attachment(AttachmentKind.LINK, " — ".join(filter(None, parts)), text(card, address) or None)


def stored(prepared: Prepared, is_ours: Callable[[Json], bool]) -> Json:
    """What an adapter prepared and stored. Raises `Refused` for what another version has written."""
    try:
        load: Any = json.loads(prepared.payload)
    except ValueError:
        load = None
    if not isinstance(load, dict) or load.get("v") != 1 or not is_ours(load):
        raise Refused("invalid", "This was prepared by another version of the program and can't be sent by this one.")
    return load
