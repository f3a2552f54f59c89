"""The kinds of server that speak the client API: what each of them has, and how it words things."""

from __future__ import annotations

from dataclasses import dataclass

_OLD_TYPES = frozenset(
    {"mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "admin.sign_up"}
)
_NEW_TYPES = _OLD_TYPES | {
    "quote",
    "quoted_update",
    "severed_relationships",
    "moderation_warning",
    "annual_report",
    "admin.report",
}


@dataclass(frozen=True)
class Flavour:
    """What a server has. A test makes one of its own with `dataclasses.replace`, such as one without markers."""

    name: str
    version: str
    api_version: int | None = None
    """What it calls itself in `api_versions.mastodon`, if it has that."""
    types: frozenset[str] = _OLD_TYPES
    """The types of notification that it knows."""
    default_limit: int = 40
    max_limit: int = 80
    max_characters: int = 500
    reserved_per_url: int = 23
    gotosocial: bool = False
    """Ids, dates, content, errors and mutes as GoToSocial has them."""
    instance_v2: bool = True
    metadata: bool = True
    """/.well-known/oauth-authorization-server."""
    pkce: bool = True
    idempotency: bool = True
    idempotency_race: bool = False
    """Whether a repeat that arrives while the first request still runs is taken for new (mastodon#37879)."""
    batch: bool = True
    """GET /api/v1/statuses?id[]=."""
    policy: bool = True
    """The notification policy, the requests that it makes, and the counts."""
    quotes: bool = True
    filters: bool = True
    markers: bool = True
    async_refresh: bool = True
    thread_mutes: bool = True
    """Whether a thread can be kept quiet at all."""
    mutes_stick: bool = True
    """Whether a mute is heeded, and not only noted down (mastodon#37342)."""
    honours_account_id: bool = True
    """Whether notifications can be asked for by account."""


MASTODON = Flavour("mastodon", "4.6.4", api_version=11, types=_NEW_TYPES)
OLD_MASTODON = Flavour(
    "old_mastodon",
    "3.5.19",
    default_limit=15,
    max_limit=30,
    instance_v2=False,
    metadata=False,
    pkce=False,
    idempotency_race=True,
    batch=False,
    policy=False,
    quotes=False,
    filters=False,
    async_refresh=False,
)
GOTOSOCIAL = Flavour(
    "gotosocial",
    "0.20.0",
    default_limit=20,
    max_characters=5000,
    reserved_per_url=25,
    gotosocial=True,
    instance_v2=False,
    metadata=False,
    pkce=False,
    idempotency=False,
    batch=False,
    policy=False,
    quotes=False,
    async_refresh=False,
    honours_account_id=False,
)

FLAVOURS = {flavour.name: flavour for flavour in (MASTODON, OLD_MASTODON, GOTOSOCIAL)}
