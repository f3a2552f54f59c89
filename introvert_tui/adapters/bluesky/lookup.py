"""A post by its address: that of bsky.app or of any other page that writes it the same way, or its at:// URI."""

from __future__ import annotations

import re

from introvert_tui.adapters.shape import text
from introvert_tui.errors import Gone
from introvert_tui.model import Page

from . import posts
from .catching_up import hydrate
from .failures import Rejected
from .wire import Wire

_PAGE = re.compile(r"https://[^/\s]+/profile/([^/?#\s]+)/post/([a-zA-Z0-9._~:-]+)/?(?:[?#].*)?")
_URI = re.compile(rf"at://([^/\s]+)/{re.escape(posts.POST)}/([a-zA-Z0-9._~:-]+)")


def parts(address: str) -> tuple[str, str] | None:
    """Whose repository and which record an address means, the first by DID or handle; None for another address."""
    found = _PAGE.fullmatch(address) or _URI.fullmatch(address)
    return (found[1], found[2]) if found else None


async def look_up(wire: Wire, me: str, address: str) -> Page:
    """Read one post (com.atproto.identity.resolveHandle where a handle is named, app.bsky.feed.getPosts)."""
    whose, rkey = parts(address) or ("", "")
    did = whose if whose.startswith("did:") else await did_of(wire, whose)
    if did is None:
        raise Gone(f"Bluesky knows nobody called {whose}.")
    found = await hydrate(wire, me, [f"at://{did}/{posts.POST}/{rkey}"])
    if not found.messages:
        raise Gone("There is no post at this address, or it is not shown to you.")
    return Page(found.messages, found.people, muted=found.muted, server_time=wire.server_time)


async def did_of(wire: Wire, handle: str) -> str | None:
    """Who goes by a handle; None if nobody does."""
    try:
        answer = await wire.query("com.atproto.identity.resolveHandle", {"handle": handle}, expect="did", kind=str)
    except Rejected:
        return None
    return text(answer, "did")
