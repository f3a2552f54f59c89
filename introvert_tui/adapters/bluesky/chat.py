"""Direct messages: the chat log since a cursor, rooms, and requests to be let in; reading accepts nothing.

All calls go to the chat service through the account's own PDS, and raise `NotAllowed("direct")` where the app password
does not open it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from introvert_tui.adapters.shape import Json, objects, sub, text
from introvert_tui.errors import Gone
from introvert_tui.model import Filtered, Message, Page, Person, RoomRef

from . import posts, rooms
from .failures import Rejected
from .shape import kind
from .wire import Wire

_MOST_ROOMS = 30
_ROOM_PAGE = 20
_MOST_LOG_PAGES = 20
_MOST_PER_ROOM = 100


@dataclass(frozen=True)
class ChatNews:
    """What is new in the rooms; `log` is where the chat log goes on."""

    messages: tuple[Message, ...] = ()
    people: tuple[Person, ...] = ()
    gone: tuple[str, ...] = ()
    muted: tuple[tuple[str, bool], ...] = ()
    notes: tuple[str, ...] = ()
    log: str | None = None


@contextmanager
def gone_if_missing() -> Iterator[None]:
    """Say `Gone` where the chat service says that there is no such room."""
    try:
        yield
    except Rejected as error:
        if error.name in ("InvalidConvo", "ConvoNotFound", "NotFound"):
            raise Gone("This conversation is no longer there.") from error
        raise


async def read_chat(wire: Wire, me: str, log: str | None, horizon: datetime) -> ChatNews:
    """Read what was written since a place in the chat log; without one, the rooms that were used since `horizon`."""
    if log is None:
        return await _first(wire, me, horizon)
    return await _since(wire, me, log, horizon)


async def read_room(wire: Wire, me: str, room: RoomRef, limit: int, horizon: datetime) -> Page:
    """Read the newest messages of a room (chat.bsky.convo.getMessages)."""
    found: list[Message] = []
    cursor: str | None = None
    profiles: list[Json] = []
    while len(found) < limit:
        size = min(_MOST_PER_ROOM, limit - len(found))
        asked = {"convoId": room.id, "limit": size, "cursor": cursor}
        with gone_if_missing():
            answer = await wire.query("chat.bsky.convo.getMessages", asked, expect="messages", chat=True)
        views = objects(answer, "messages")
        found += (message for view in views if (message := rooms.message(view, room)))
        profiles += objects(answer, "relatedProfiles")
        cursor = text(answer, "cursor") or None
        if not cursor or not views:
            break
    people = posts.people(profiles, me)
    said = rooms.said_to(me, found[:limit], horizon)
    return Page(said, people, more=bool(cursor), server_time=wire.server_time)


async def read_requests(wire: Wire, me: str) -> Filtered:
    """Read who asks to be let in (chat.bsky.convo.listConvoRequests)."""
    asked = {"limit": 50}
    answer = await wire.query("chat.bsky.convo.listConvoRequests", asked, expect="requests", chat=True)
    return Filtered(rooms.requests(objects(answer, "requests"), me))


async def read_convo(wire: Wire, convo: str) -> Json:
    """Read one `convoView` (chat.bsky.convo.getConvo). Raises `Gone`."""
    with gone_if_missing():
        answer = await wire.query("chat.bsky.convo.getConvo", {"convoId": convo}, expect="convo", kind=dict, chat=True)
    return sub(answer, "convo")


async def _first(wire: Wire, me: str, horizon: datetime) -> ChatNews:
    asked = {"limit": _MOST_ROOMS, "status": "accepted"}
    convos = objects(await wire.query("chat.bsky.convo.listConvos", asked, expect="convos", chat=True), "convos")
    # A room's revision is its newest entry in the log, so that the greatest one is where the log goes on.
    log = max((text(convo, "rev") for convo in convos), default="") or None
    messages: list[Message] = []
    used: list[Json] = []
    for convo in convos:
        last = rooms.last_time(convo)
        if last is None or last < horizon or rooms.is_request(convo):
            continue
        used.append(convo)
        messages += await _newest(wire, me, convo, horizon)
    return ChatNews(tuple(messages), _members(used, me), (), _muted(used), (), log)


async def _newest(wire: Wire, me: str, convo: Json, horizon: datetime) -> tuple[Message, ...]:
    """The newest messages of a room; the very last alone if it is mine, because then nothing waits."""
    where = rooms.room(convo)
    if rooms.last_sender(convo) == me:
        last = rooms.message(sub(convo, "lastMessage"), where)
        return (last,) if last else ()
    try:
        return (await read_room(wire, me, where, _ROOM_PAGE, horizon)).messages
    except Gone:
        return ()  # left meanwhile


async def _since(wire: Wire, me: str, log: str, horizon: datetime) -> ChatNews:
    written: dict[str, list[Json]] = {}
    opened: set[str] = set()
    gone: list[str] = []
    for _ in range(_MOST_LOG_PAGES):
        answer = await wire.query("chat.bsky.convo.getLog", {"cursor": log}, expect="logs", chat=True)
        events = objects(answer, "logs")
        for event in events:
            name, view = text(event, "convoId"), sub(event, "message")
            match kind(event).rpartition("#")[2]:
                case "logCreateMessage":
                    written.setdefault(name, []).append(view)
                case "logDeleteMessage":
                    gone.append(rooms.uri_of(name, text(view, "id")))
                case "logAcceptConvo":
                    opened.add(name)
        reached = text(answer, "cursor") or log
        if not events or reached == log:
            break
        log = reached
    convos = await _convos(wire, [*written, *opened])
    messages: list[Message] = []
    for convo in convos:
        if rooms.is_request(convo):
            continue
        name, where = text(convo, "id"), rooms.room(convo)
        if name in opened:
            messages += await _newest(wire, me, convo, horizon)
        else:
            fresh = (message for view in written[name] if (message := rooms.message(view, where)))
            messages += rooms.said_to(me, fresh, horizon)
    return ChatNews(
        tuple(message for message in messages if message.ref.uri not in gone),
        _members(convos, me),
        tuple(gone),
        _muted(convos),
        (),
        log,
    )


async def _convos(wire: Wire, names: Iterable[str]) -> list[Json]:
    """The rooms that something happened in: one request, or as few more as that leaves open."""
    wanted = set(filter(None, names))
    if not wanted:
        return []
    convos: list[Json] = []
    if len(wanted) > 1:
        answer = await wire.query("chat.bsky.convo.listConvos", {"limit": 100}, expect="convos", chat=True)
        convos = [convo for convo in objects(answer, "convos") if text(convo, "id") in wanted]
    for name in sorted(wanted - {text(convo, "id") for convo in convos}):
        try:
            convos.append(await read_convo(wire, name))
        except Gone:
            continue  # left meanwhile
    return convos


def _members(convos: Iterable[Json], me: str) -> tuple[Person, ...]:
    return posts.people((member for convo in convos for member in objects(convo, "members")), me)


def _muted(convos: Iterable[Json]) -> tuple[tuple[str, bool], ...]:
    return tuple((text(convo, "id"), rooms.is_muted(convo)) for convo in convos if not rooms.is_request(convo))
