"""Reading what is known already: a whole thread, messages again, and what became of hellos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from introvert_tui.adapters.shape import Json, moment, number, sub, text
from introvert_tui.errors import Gone, NotAllowed, Refused, Unavailable
from introvert_tui.model import (
    Audience,
    Door,
    Filtered,
    Message,
    MessageRef,
    Obstacle,
    ObstacleKind,
    Page,
    Request,
    RoomRef,
    Visibility,
    place_key,
)
from introvert_tui.text.html import plain_text

from . import people, statuses
from .gestures import let_speak
from .library import SINGLY, Library
from .people import Me, person
from .shape import made_at, name_of

_REQUESTS = 40


async def read_thread(library: Library, of: Message, limit: int) -> Page:
    """Read the conversation around a message: its context, and that of its root, whose other branches it lacks.

    Two requests. What is too large to be read at once is read around the message alone. Raises `Gone`.
    """
    found, cut = await _whole_thread(library, of)
    ancestry = library.ancestry
    await library.trace(list(found.values()), deep=not cut)
    here = found.get(of.ref.local)
    key = place_key(ancestry.place(here)) if here else ""
    if isinstance(of.place, RoomRef):
        # What was said in public above a direct message is not of the room.
        found = {name: each for name, each in found.items() if place_key(ancestry.place(each)) == key}
    else:
        found = {name: each for name, each in found.items() if not isinstance(ancestry.place(each), RoomRef)}
    chosen = _selection(found, of.ref.local, limit)
    messages = (statuses.message(status, ancestry) for status in chosen)
    return Page(
        tuple(message for message in messages if message),
        people.people((sub(status, "account") for status in chosen), library.me, library.known_follows),
        () if here else (of.ref.uri,),
        statuses.muted(found.values(), ancestry),
        more=cut or len(chosen) < len(found),
        server_time=library.wire.server_time,
    )


async def refresh(library: Library, refs: Sequence[MessageRef]) -> Page:
    """Read messages again, 20 in a request; where there are no batches the first five, and the others are postponed."""
    uris = {ref.local: ref.uri for ref in refs}
    found, missing = await library.statuses(list(uris))
    await library.trace(found)
    messages = (statuses.message(status, library.ancestry) for status in found)
    return Page(
        tuple(message for message in messages if message),
        people.people((sub(status, "account") for status in found), library.me, library.known_follows),
        tuple(uris[name] for name in missing),
        statuses.muted(found, library.ancestry),
        server_time=library.wire.server_time,
        postponed=_unread(uris, found, missing),
    )


async def answered(library: Library, doors: Sequence[Door]) -> Page:
    """Look whether hellos were answered: all counts in a batch, and the threads of those that grew.

    A server counts only answers that everybody can read. So the thread itself is read below a hello that not everybody
    can read, and once a day below any other, five at a time. Where there are no batches, no more than five are looked
    at. The others are postponed.
    """
    watched = {door.receipt.local: door for door in doors}
    if not watched:
        return Page()
    found, missing = await library.statuses(list(watched))
    found = _within_reach(found, watched)
    below: dict[str, Json] = {}
    for status in found:
        if _is_counted(status) and _count(status) == watched[name_of(status)].token:
            continue
        under = (await library.around(name_of(status))).below
        below |= {name_of(each): each for each in under}
        if statuses.is_thread_muted(status) and any(map(statuses.is_direct, under)):
            with suppress(Gone, NotAllowed, Refused):
                await let_speak(library, watched[name_of(status)].receipt)
    answers = [status for name, status in below.items() if name not in watched]
    await library.trace([*found, *answers])
    messages = (statuses.message(status, library.ancestry, "notifications") for status in answers)
    return Page(
        tuple(message for message in messages if message),
        people.people((sub(status, "account") for status in answers), library.me, library.known_follows),
        tuple(watched[name].receipt.uri for name in missing),
        statuses.muted(found, library.ancestry),
        doors=tuple((watched[name_of(each)].receipt.uri, _count(each)) for each in found),
        server_time=library.wire.server_time,
        postponed=_unread({name: door.receipt.uri for name, door in watched.items()}, found, missing),
    )


def audience(me: Me, default: Visibility, to: Message) -> Audience:
    """Who is told of an answer: in a room its members, elsewhere nobody but the author.

    It is never wider than the message, nor than the account's own default, and carries its author's warning.
    """
    warning = statuses.own_warning(to.warning) or None
    if isinstance(to.place, RoomRef) or to.visibility is Visibility.DIRECT:
        members = to.place.members if isinstance(to.place, RoomRef) else ()
        also = tuple(one for one in members if one.uri not in (me.uri, to.author.uri))
        return Audience(Visibility.DIRECT, to.author, also, warning=warning)
    return Audience(min(to.visibility, default), to.author, warning=warning)


async def recheck(library: Library, default: Visibility, to: Message) -> Audience | Obstacle:
    """Look again at what is to be answered: one request."""
    try:
        status = await library.status(to.ref.local)
    except Gone:
        return Obstacle(ObstacleKind.DELETED)
    await library.trace([status])
    now = statuses.message(status, library.ancestry)
    if now is None:
        return Obstacle(ObstacleKind.DELETED)
    if _seconds(now.edited_at) != _seconds(to.edited_at):
        return Obstacle(ObstacleKind.EDITED)
    return audience(library.me, default, now)


async def filtered(library: Library) -> Filtered:
    """Who waits in the server's filter (GET /api/v2/notifications/policy, then /api/v1/notifications/requests)."""
    try:
        policy = await library.wire.one(lambda sdk: sdk.notifications_policy())
        if not number(sub(policy, "summary"), "pending_requests_count"):
            return Filtered()
        waiting = await library.wire.many(lambda sdk: sdk.notification_requests(limit=_REQUESTS))
    except (Gone, NotAllowed):
        return Filtered()
    requests = (_request(each, library.me) for each in waiting)
    return Filtered(tuple(request for request in requests if request))


async def _whole_thread(library: Library, of: Message) -> tuple[dict[str, Json], bool]:
    """All statuses of a thread by their ids, and whether it was too large to be read whole."""
    name, found, cut = of.ref.local, dict[str, Json](), False
    try:
        around = await library.around(name, patiently=True)
    except Gone:
        return await _without(library, of), False
    except Unavailable:
        if isinstance(of.place, RoomRef):
            raise
        # Too many answers below it, or a server in trouble, which the next request shows.
        return {name: await library.status(name)}, True
    found = {name_of(each): each for each in (*around.above, *around.below)}
    if around.above:
        try:
            whole = await library.around(name_of(around.above[0]))
            found |= {name_of(each): each for each in whole.below}
        except (Gone, Unavailable):
            cut = True
    if name not in found:
        found[name] = await library.status(name)
    return found, cut


async def _without(library: Library, of: Message) -> dict[str, Json]:
    """What is left of a thread from which the message itself is gone. Raises `Gone`."""
    root = of.place.root.local if not isinstance(of.place, RoomRef) else ""
    if not root or root == of.ref.local:
        raise Gone("This conversation is no longer there.")
    top = await library.status(root)
    around = await library.around(root)
    return {name_of(each): each for each in (top, *around.below)}


def _within_reach(hellos: Sequence[Json], watched: Mapping[str, Door]) -> list[Json]:
    """The hellos without those that seem to have no answer and are to be read all the same, but for the first few."""
    silent = [each for each in hellos if _is_counted(each) and _count(each) == "0"]
    put_off = [each for each in silent if watched[name_of(each)].token is None][SINGLY:]
    return [each for each in hellos if each not in put_off]


def _is_counted(hello: Json) -> bool:
    return text(hello, "visibility") in ("public", "unlisted")


def _count(hello: Json) -> str:
    return str(number(hello, "replies_count"))


def _unread(uris: Mapping[str, str], found: Sequence[Json], missing: Sequence[str]) -> tuple[str, ...]:
    """Of what was asked for by its id, that which was neither found nor is known to be gone."""
    read = {name_of(each) for each in found}.union(missing)
    return tuple(uri for name, uri in uris.items() if name not in read)


def _selection(found: dict[str, Json], name: str, limit: int) -> list[Json]:
    """At most `limit` statuses in the order of time: first the one asked for, then what it answers, then its answers,
    then the rest, newest first. Only these are converted: a thread may have thousands."""
    if len(found) <= limit:
        return sorted(found.values(), key=_order)
    ranked: dict[str, Json] = {}
    above = name
    while above in found and above not in ranked:
        ranked[above] = found[above]
        above = name_of(found[above], "in_reply_to_id")
    newest = sorted(found.values(), key=_order, reverse=True)
    answers = [each for each in newest if name_of(each, "in_reply_to_id") == name]
    for status in (*answers, *newest):
        ranked.setdefault(name_of(status), status)
    return sorted(list(ranked.values())[:limit], key=_order)


def _order(status: Json) -> tuple[datetime, int, str]:
    at, name = made_at(status), name_of(status)
    # Ids of one kind grow with time and are longer, if they are numbers, the greater they are.
    return at or datetime.min.replace(tzinfo=UTC), len(name), name


def _seconds(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0


def _request(request: Json, me: Me) -> Request | None:
    who = person(sub(request, "account"), me)
    at = moment(text(request, "updated_at")) or moment(text(request, "created_at"))
    last = sub(request, "last_status")
    warning = text(last, "spoiler_text").strip()
    return Request(who, warning or plain_text(text(last, "content")), at) if who and at else None
