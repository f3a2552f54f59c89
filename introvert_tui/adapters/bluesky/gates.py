"""Who may answer one of the account's own posts, and which quotes may show it: one record beside the post for each.

Whatever else stands in such a record, of this program's or another's, stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from introvert_tui.adapters.shape import Json, objects, strings, sub, text
from introvert_tui.errors import Gone, NotAllowed, Refused
from introvert_tui.model import MessageRef

from . import posts
from .failures import Rejected
from .shape import did_of, split_uri, stamp
from .wire import Wire, stored_record

_THREADGATE = "app.bsky.feed.threadgate"
_POSTGATE = "app.bsky.feed.postgate"
_KNOWN_PEOPLE = [f"{_THREADGATE}#followingRule", f"{_THREADGATE}#mentionRule"]
_MOST_DETACHED = 50
_TRIES = 3
"""How often a record is read and written before another program that changes it too is given way."""


async def limit_answers(wire: Wire, me: str, to: MessageRef, on: bool) -> bool:
    """Let only people answer in a thread of one's own whom one follows or names, or everybody; whether that is new.

    Raises `NotAllowed` where somebody else began the thread, and `Refused` where other rules were made before.
    """

    def change(gate: Json) -> bool:
        made = sorted(text(rule, "$type") for rule in objects(gate, "allow"))
        ours = made == _KNOWN_PEOPLE
        if on and "allow" in gate and not ours:
            raise Refused("limited", "You decided before who may answer there; bsky.app changes that.")
        if ours is on:
            return False
        if on:
            gate["allow"] = [{"$type": rule} for rule in _KNOWN_PEOPLE]
        else:
            del gate["allow"]
        return True

    return await _change(wire, me, _THREADGATE, await _root(wire, me, to), change)


async def detach_quote(wire: Wire, me: str, quote: MessageRef, of: MessageRef, on: bool) -> bool:
    """Show the post in a quote no more, or again; whether that is new. Raises `Refused` if there are too many such."""

    def change(gate: Json) -> bool:
        detached = strings(gate, "detachedEmbeddingUris")
        if (quote.uri in detached) is on:
            return False
        if on and len(detached) >= _MOST_DETACHED:
            raise Refused("too-many", f"Bluesky takes a post out of {_MOST_DETACHED} quotes, and no more.")
        gate["detachedEmbeddingUris"] = [*detached, quote.uri] if on else [one for one in detached if one != quote.uri]
        return True

    return await _change(wire, me, _POSTGATE, of.uri, change)


async def _change(wire: Wire, me: str, collection: str, post: str, change: Callable[[Json], bool]) -> bool:
    """Change the record beside a post, as it is now; whether there was something to `change`."""
    for _ in range(_TRIES):
        gate, cid = await _beside(wire, me, collection, post)
        if not change(gate):
            return False
        try:
            await _write(wire, me, collection, post, gate, cid)
        except Rejected as error:
            if error.name != "InvalidSwap":
                raise
        else:
            return True
    raise Refused("conflict", "Another program of yours is changing the same just now; try again in a moment.")


async def _root(wire: Wire, me: str, own: MessageRef) -> str:
    """The address of the post that begins the thread of one's own post."""
    record = await _record(wire, me, posts.POST, own.uri)
    if record is None:
        raise Gone("Your post is no longer there.")
    root = text(sub(record, "value", "reply", "root"), "uri") or own.uri
    if did_of(root) != me:
        raise NotAllowed("limit_answers", "Only whoever began a thread says who may answer there.")
    return root


async def _beside(wire: Wire, me: str, collection: str, post: str) -> tuple[Json, str | None]:
    """The record beside a post, with its version; an empty one where there is none."""
    found = await _record(wire, me, collection, post)
    if found is None:
        return {"$type": collection, "post": post, "createdAt": stamp(datetime.now(UTC))}, None
    return sub(found, "value"), text(found, "cid") or None


async def _record(wire: Wire, me: str, collection: str, post: str) -> Json | None:
    """One of the account's own records, by the address of the post that it is, or stands beside."""
    repo, kind, rkey = split_uri(post)
    if (repo, kind) != (me, posts.POST):
        raise NotAllowed("gates", "That is decided by whoever wrote the post.")
    return await stored_record(wire, me, collection, rkey)


async def _write(wire: Wire, me: str, collection: str, post: str, record: Json, cid: str | None) -> None:
    """Put a record beside a post; one that another program changed meanwhile is `Rejected` as InvalidSwap."""
    rkey = split_uri(post)[2]
    body = {"repo": me, "collection": collection, "rkey": rkey, "record": record, "swapRecord": cid}
    await wire.procedure("com.atproto.repo.putRecord", body)
