"""What can be done without a word: nod, mute, block. Everything here may be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from introvert_tui.adapters.shape import sub, text
from introvert_tui.errors import Gone, NotAllowed, Refused
from introvert_tui.model import MessageRef, PersonRef, ThreadRef

from . import posts, rooms, tid
from .catching_up import views_of
from .failures import Rejected
from .shape import split_uri, stamp
from .wire import Wire

_LIKE = "app.bsky.feed.like"
_BLOCK = "app.bsky.graph.block"


async def nod(wire: Wire, me: str, to: MessageRef, on: bool) -> None:
    """Like a post, or take back every like of it. Raises `Gone`."""
    if rooms.is_direct(to.uri):
        raise NotAllowed("nod", "Bluesky has no nod for direct messages here.")
    view = next(iter(await views_of(wire, [to.local])), None)
    if view is None:
        raise Gone("This message is no longer there.")
    like = text(sub(view, "viewer"), "like")
    if not on:
        await _remove(wire, me, _LIKE, to.local, like)
    elif not like:
        subject = {"uri": to.local, "cid": text(view, "cid")}
        await _put_once(wire, me, _LIKE, to.local, {"subject": subject})


async def mute_thread(wire: Wire, thread: ThreadRef, on: bool) -> None:
    """Keep a thread quiet by its root: the server takes any other post without a word and without effect."""
    root = thread.root.local
    if split_uri(root)[1] != posts.POST:  # the address of a list would mute all its members
        raise Refused("invalid", "This is no thread of Bluesky's.")
    await wire.procedure(f"app.bsky.graph.{'mute' if on else 'unmute'}Thread", {"root": root})


async def mute_person(wire: Wire, who: PersonRef, on: bool) -> None:
    """Mute a person (app.bsky.graph.muteActor), privately."""
    await wire.procedure(f"app.bsky.graph.{'mute' if on else 'unmute'}Actor", {"actor": who.uri})


async def block(wire: Wire, me: str, who: PersonRef, on: bool) -> None:
    """Block a person by a public record, or delete that record. Raises `Refused` where a list does the blocking."""
    profile = await wire.query("app.bsky.actor.getProfile", {"actor": who.uri}, expect="did", kind=str)
    viewer = sub(profile, "viewer")
    blocking = text(viewer, "blocking")
    if sub(viewer, "blockingByList") and not on:
        raise Refused("by-list", "A list that you subscribe to blocks this person; that can be undone on bsky.app.")
    if not on:
        await _remove(wire, me, _BLOCK, who.uri, blocking)
    elif not blocking:
        await _put_once(wire, me, _BLOCK, who.uri, {"subject": who.uri})


async def _put_once(wire: Wire, me: str, collection: str, about: str, record: Mapping[str, Any]) -> None:
    """Write the one record about something; that it is there already is no error."""
    body = {
        "repo": me,
        "collection": collection,
        "rkey": tid.fixed(about),
        "record": {"$type": collection, **record, "createdAt": stamp(datetime.now(UTC))},
        "swapRecord": None,
    }
    try:
        await wire.procedure("com.atproto.repo.putRecord", body)
    except Rejected as error:
        if error.name != "InvalidSwap":
            raise


async def _remove(wire: Wire, me: str, collection: str, about: str, shown: str) -> None:
    """Delete the record that the AppView shows and the one that only we can know of, because it lags behind."""
    for rkey in {tid.fixed(about), split_uri(shown)[2]} - {""}:
        body = {"repo": me, "collection": collection, "rkey": rkey}
        await wire.procedure("com.atproto.repo.deleteRecord", body)
