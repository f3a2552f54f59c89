"""A status by its address on one's own server.

To find one by its address elsewhere a server wants `read:search`, which nobody is asked for at the sign-in: opened on
one's own server, every status has an address there.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from introvert_tui.adapters import addresses
from introvert_tui.adapters.shape import sub
from introvert_tui.errors import Gone
from introvert_tui.model import Page

from . import people, statuses
from .library import Library

# As Mastodon's pages write it, its older ones, and GoToSocial's.
_PATH = re.compile(r"/(?:web/)?(?:@[^/]+(?:/statuses)?|statuses|users/[^/]+/statuses)/([A-Za-z0-9]+)/?")


def name_in(address: str, origin: str) -> str | None:
    """The id in a status's address on this server; None for another address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or addresses.host(address) != addresses.host(origin):
        return None
    found = _PATH.fullmatch(parts.path)
    return found[1] if found else None


async def look_up(library: Library, name: str) -> Page:
    """Read one status (GET /api/v1/statuses/:id) and what it belongs to."""
    try:
        found = await library.status(name)
    except Gone:
        raise Gone("There is no post at this address, or it is not shown to you.") from None
    await library.trace([found])
    message = statuses.message(found, library.ancestry)
    return Page(
        (message,) if message else (),
        people.people([sub(found, "account")], library.me, library.known_follows),
        muted=statuses.muted([found], library.ancestry),
        server_time=library.wire.server_time,
    )
