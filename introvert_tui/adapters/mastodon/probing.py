"""What a server can do, asked and not guessed from its version: forks call themselves what they like."""

from __future__ import annotations

from datetime import UTC, datetime

from introvert_tui.adapter import Capability, Facts
from introvert_tui.adapters.shape import number, sub, text
from introvert_tui.errors import Gone, NotAllowed
from introvert_tui.model import Limits, Visibility

from .failures import Rejected
from .library import Library
from .statuses import VISIBILITIES
from .wire import Wire

MOST_CHARACTERS = 500
"""What Mastodon allows, and what a server allows that does not say."""

_EVERYTHING = ~(Capability.LIMIT_ANSWERS | Capability.DETACH_QUOTE)
_ABSENT = (Gone, NotAllowed, Rejected)


async def probe(library: Library) -> Facts:
    """Read the server's limits, the account's own preferences, and whether there is a filter for strangers.

    GET /api/v2/instance (else v1), /api/v1/preferences (else verify_credentials), /api/v2/notifications/policy.
    """
    wire = library.wire
    limits = await _limits(library)
    visibility, language = await _preferences(wire)
    capabilities = _EVERYTHING
    try:
        await wire.one(lambda sdk: sdk.notifications_policy())
    except _ABSENT:
        capabilities &= ~Capability.FILTERED
    return Facts(capabilities, limits, visibility, language, datetime.now(UTC))


async def _limits(library: Library) -> Limits:
    try:
        # Mastodon.py asks for this with a slash at the end, which not every server takes.
        instance = await library.wire.get("/api/v2/instance")
    except _ABSENT:
        instance = await library.wire.get("/api/v1/instance")
    said = sub(instance, "configuration", "statuses")
    library.traits.per_url = number(said, "characters_reserved_per_url") or library.traits.per_url
    most = number(said, "max_characters") or number(instance, "max_toot_chars") or MOST_CHARACTERS
    return Limits(post=most, direct=most)


async def _preferences(wire: Wire) -> tuple[Visibility, str | None]:
    try:
        said = await wire.one(lambda sdk: sdk.preferences())
        visibility, language = text(said, "posting:default:visibility"), text(said, "posting:default:language")
    except _ABSENT:
        said = sub(await wire.one(lambda sdk: sdk.account_verify_credentials()), "source")
        visibility, language = text(said, "privacy"), text(said, "language")
    known = VISIBILITIES.get(visibility, Visibility.PRIVATE if visibility else Visibility.PUBLIC)
    # Nobody writes to themselves by default; the narrowest that others can read is meant.
    return max(known, Visibility.PRIVATE), language or None
