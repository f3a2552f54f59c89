"""What is Bluesky's own way to write things down: kinds, times and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from introvert_tui.adapters.shape import text


def kind(data: Mapping[str, Any]) -> str:
    """The lexicon's name of an object, its `$type`."""
    return text(data, "$type")


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
