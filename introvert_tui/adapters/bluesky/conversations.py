"""Reading what is known already: a whole thread, messages again, and what became of hellos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from introvert_tui.adapters.shape import Json, number, sub, text
from introvert_tui.errors import Gone
from introvert_tui.model import (
    Audience,
    Door,
    GoneKind,
    Message,
    MessageRef,
    Obstacle,
    ObstacleKind,
    Page,
    PersonRef,
    RoomRef,
    ThreadRef,
    Visibility,
)

from . import posts, rooms
from .catching_up import hydrate, views_of
from .chat import read_convo, read_room
from .failures import Rejected
from .shape import kind
from .trees import Tree
from .wire import Wire

_DEPTH = 10
_BRANCH_DEPTH = 6
_PARENT_HEIGHT = 80
_MOST_BRANCHES = 4
_MOST_MISSING = 5
"""Of what a batch does not show so many are asked for one by one."""
_NOTIFIED_ABOVE = 3
_ROOM_DAYS = 30
_MOMENT = timedelta(milliseconds=1)


async def read_thread(wire: Wire, me: str, of: Message, limit: int) -> Page:
    """Read the conversation around a message: one request, one more for what the first cut off or could not show."""
    if isinstance(of.place, RoomRef):
        return await read_room(wire, me, of.place, limit, datetime.now(UTC) - timedelta(days=_ROOM_DAYS))
    root, tree = of.place.root.local, Tree(me)
    root_gone = await _add(wire, tree, root, _DEPTH, 0)
    if of.ref.local not in tree.messages:
        here = await _add(wire, tree, of.ref.local, _BRANCH_DEPTH, _PARENT_HEIGHT)
        if here is GoneKind.DELETED and not tree.messages:
            raise Gone("This conversation is no longer there.")
        if here is not None:
            # It was known once: its place stays where it was, so that the list keeps its order.
            tree.put_placeholder(of.ref.local, of.place, here, of.seen_at, of.parent)
    if root_gone is not None and root not in tree.messages:
        first = min(message.seen_at for message in tree.messages.values())
        tree.put_placeholder(root, of.place, root_gone, first - _MOMENT)
    for uri in tree.cut[:_MOST_BRANCHES]:
        if len(tree.messages) < limit:
            await _add(wire, tree, uri, _DEPTH, 0)
    chosen = tree.selection(of.ref.local, limit)
    unread = tree.cut[_MOST_BRANCHES:] if len(tree.messages) < limit else tree.cut
    views = list(tree.views.values())
    return Page(
        chosen,
        posts.people((sub(view, "author") for view in views), me),
        muted=posts.muted(views),
        more=len(chosen) < len(tree.messages) or bool(unread),
        server_time=wire.server_time,
    )


async def refresh(wire: Wire, me: str, refs: Sequence[MessageRef]) -> Page:
    """Read posts again in batches of 25; what was deleted is `gone`. Rooms are left alone.

    Of what a batch does not show five are asked for one by one, and the others postponed.
    """
    asked = [ref.local for ref in refs if not rooms.is_direct(ref.uri)]
    found = await hydrate(wire, me, asked)
    gone = await _deleted(wire, me, found.missing)
    postponed = found.missing[_MOST_MISSING:]
    return Page(found.messages, found.people, gone, found.muted, server_time=wire.server_time, postponed=postponed)


async def answered(wire: Wire, me: str, doors: Sequence[Door]) -> Page:
    """Look whether hellos were answered: all counts in batches of 25, and the threads of those that grew."""
    watched = {door.receipt.uri: door for door in doors if not rooms.is_direct(door.receipt.uri)}
    if not watched:
        return Page()
    counts, missing = await _counts(wire, list(watched))
    gone = await _deleted(wire, me, missing)
    tree = Tree(me)
    for uri, count in counts.items():
        if count > _known_count(watched[uri]):
            await _add(wire, tree, uri, 2, 0)
    answers = tuple(message for uri, message in tree.messages.items() if uri not in watched)
    views = list(tree.views.values())
    return Page(
        answers,
        posts.people((sub(view, "author") for view in views), me),
        gone,
        posts.muted(views),
        doors=tuple((uri, str(count)) for uri, count in counts.items()),
        server_time=wire.server_time,
        postponed=missing[_MOST_MISSING:],
    )


def audience(me: str, to: Message, above: Sequence[Message]) -> Audience:
    """Who is told of an answer: the author, and those of up to three messages above (the AppView's height below 5)."""
    if isinstance(to.place, RoomRef):
        return Audience(Visibility.DIRECT, to.author)
    near = above[:_NOTIFIED_ABOVE]
    also: dict[str, PersonRef] = {}
    for message in near:
        if message.author.uri not in ("", me, to.author.uri):
            also.setdefault(message.author.uri, message.author)
    top = near[-1] if near else to
    more = len(near) < _NOTIFIED_ABOVE and top.parent is not None
    return Audience(Visibility.PUBLIC, to.author, tuple(also.values()), more)


async def recheck(wire: Wire, me: str, to: Message) -> Audience | Obstacle:
    """Look again at what is to be answered, and at who stands above it: one request."""
    if isinstance(to.place, RoomRef):
        try:
            await read_convo(wire, to.place.id)
        except Gone:
            return Obstacle(ObstacleKind.DELETED)
        return audience(me, to, ())
    tree = Tree(me)
    gone = await _add(wire, tree, to.ref.local, 0, _NOTIFIED_ABOVE)
    now = tree.messages.get(to.ref.local)
    if gone is GoneKind.BLOCKED:
        return Obstacle(ObstacleKind.BLOCKED)
    if gone is not None or now is None or now.gone is not None:
        return Obstacle(ObstacleKind.DELETED)
    if now.closed:
        blocking = posts.is_blocking(sub(tree.views[to.ref.local], "author", "viewer"))
        return Obstacle(ObstacleKind.BLOCKED if blocking else ObstacleKind.CLOSED)
    if to.ref.token and now.ref.token != to.ref.token:
        return Obstacle(ObstacleKind.EDITED)
    return audience(me, now, list(tree.ancestors(to.ref.local)))


async def strong_refs(wire: Wire, to: Message) -> tuple[Json, Json]:
    """The root and the parent that an answer must name, each with its own cid. Raises `Gone`."""
    if not isinstance(to.place, ThreadRef):
        raise TypeError("a direct message has no root")
    root, parent = to.place.root, to.ref
    if not root.token or not parent.token:
        found = await hydrate(wire, "", [parent.local])
        if not found.messages or not isinstance(found.messages[0].place, ThreadRef):
            raise Gone("What this answers is no longer there.")
        root, parent = found.messages[0].place.root, found.messages[0].ref
    return {"uri": root.local, "cid": root.token}, {"uri": parent.local, "cid": parent.token}


async def _add(wire: Wire, tree: Tree, uri: str, depth: int, height: int) -> GoneKind | None:
    """Read one branch (app.bsky.feed.getPostThread) into a tree; return why that was not possible, or None."""
    asked = {"uri": uri, "depth": depth, "parentHeight": height}
    try:
        answer = await wire.query("app.bsky.feed.getPostThread", asked, expect="thread", kind=dict)
    except Rejected as error:
        if error.name == "NotFound":
            return GoneKind.DELETED
        raise
    thread = sub(answer, "thread")
    if kind(thread).endswith("#blockedPost"):
        return GoneKind.BLOCKED
    if kind(thread).endswith("#notFoundPost"):
        return GoneKind.DELETED
    tree.add(answer)
    return None


async def _deleted(wire: Wire, me: str, missing: Sequence[str]) -> tuple[str, ...]:
    """Which of these were deleted: getPosts leaves out as well what is blocked, and what it can't show just now."""
    asked = [(uri, await _add(wire, Tree(me), uri, 0, 0)) for uri in missing[:_MOST_MISSING]]
    return tuple(uri for uri, gone in asked if gone is GoneKind.DELETED)


async def _counts(wire: Wire, uris: list[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    views = await views_of(wire, uris)
    counts = {text(view, "uri"): number(view, "replyCount") for view in views}
    return counts, tuple(uri for uri in uris if uri not in counts)


def _known_count(door: Door) -> int:
    return int(door.token) if door.token and door.token.isdecimal() else 0
