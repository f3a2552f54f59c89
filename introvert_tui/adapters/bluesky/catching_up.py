"""A catch-up: notifications for mentions, answers and quotes, one's own answers from elsewhere, and the chat log.

With nothing new that is three small requests: listNotifications, listRecords and getLog.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from introvert_tui.adapter import Capability, Facts
from introvert_tui.adapters.shape import Json, moment, objects, sub, text
from introvert_tui.errors import NotAllowed, Unavailable
from introvert_tui.model import Message, Page, Person

from . import posts, tid
from .bookmark import LATE_KEY, Bookmark, Gap
from .chat import ChatNews, read_chat
from .failures import NO_DIRECT, Rejected
from .shape import did_of, split_uri
from .wire import Wire

BATCH = 25
"""How many posts getPosts takes."""

_REASONS = ("mention", "reply", "quote")
_FIRST_WANTED = 100
_PAGE_SIZES = (10, 50)
"""The first page of a later catch-up is small, because most bring nothing new."""
_MOST_PAGES = 60
_MOST_OWN_PAGES = 20
_OWN_PAGE = 100


@dataclass(frozen=True)
class Hydrated:
    """Posts as the AppView shows them, converted."""

    messages: tuple[Message, ...]
    people: tuple[Person, ...]
    muted: tuple[tuple[str, bool], ...]
    missing: tuple[str, ...]


async def views_of(wire: Wire, uris: Sequence[str]) -> list[Json]:
    """Read posts with app.bsky.feed.getPosts, in batches."""
    views: list[Json] = []
    for start in range(0, len(uris), BATCH):
        asked = {"uris": list(uris[start : start + BATCH])}
        views += objects(await wire.query("app.bsky.feed.getPosts", asked, expect="posts"), "posts")
    return views


async def hydrate(wire: Wire, me: str, uris: Iterable[str]) -> Hydrated:
    """Read posts and convert them; `missing` are those which the server does not show."""
    asked = list(dict.fromkeys(uris))
    return converted(await views_of(wire, asked), me, asked)


def converted(views: Sequence[Json], me: str, asked: Sequence[str] = ()) -> Hydrated:
    """Convert post views, in the order given."""
    messages = tuple(found for view in views if (found := posts.message(view, me)))
    there = {message.ref.uri for message in messages}
    return Hydrated(
        messages,
        posts.people((sub(view, "author") for view in views), me),
        posts.muted(views),
        tuple(uri for uri in asked if uri not in there),
    )


class CatchUp:
    """One pull of one account."""

    def __init__(self, wire: Wire, me: str, facts: Facts | None, cursor: str | None, horizon: datetime) -> None:
        self._wire = wire
        self._me = me
        self._facts = facts
        self._horizon = horizon
        self._mark = Bookmark.load(cursor) or Bookmark(own=tid.at(horizon))
        self._own: dict[str, list[str]] = {}
        self._own_read: tuple[str, list[str]] = (self._mark.own, self._mark.own_near)
        self._told: set[str] = set()

    async def pages(self) -> AsyncIterator[Page]:
        """Yield the pages of `Adapter.pull`; the last one may hold nothing but the new cursor."""
        mark = self._mark
        first = mark.floor is None
        newest = Gap(mark.floor or self._horizon, None, _FIRST_WANTED if first else None)
        mark.gaps.insert(0, newest)
        await self._read_own()
        size = _PAGE_SIZES[-1] if first else _PAGE_SIZES[0]
        for _ in range(_MOST_PAGES):
            if not mark.gaps:
                break
            page = await self._next_page(mark.gaps[0], size)
            size = _PAGE_SIZES[-1]
            if page.messages or mark.gaps:  # the last page tells the cursor of one that ends with nothing
                yield page
        if not mark.gaps or not mark.is_first:
            mark.own, mark.own_near = self._own_read
        news = await self._chat()
        yield Page(
            messages=news.messages,
            people=news.people,
            gone=news.gone,
            muted=news.muted,
            notes=news.notes,
            cursor=mark.dump(),
            server_time=self._wire.server_time,
        )

    async def _next_page(self, gap: Gap, size: int) -> Page:
        """Read one page of notifications (app.bsky.notification.listNotifications) and shrink the gap by it."""
        mark = self._mark
        limit = size if gap.left is None else min(size, max(1, gap.left))
        asked = {"reasons": _REASONS, "limit": limit, "cursor": gap.start}
        answer = await self._wire.query("app.bsky.notification.listNotifications", asked, expect="notifications")
        said = [(note, at) for note in objects(answer, "notifications") if (at := moment(text(note, "indexedAt")))]
        fresh = [
            note
            for note, at in said
            if at > gap.until and text(note, "uri") not in mark.near and text(note, "uri") not in self._told
        ]
        hydrated = await self._with_context(fresh)
        cursor = text(answer, "cursor")
        if gap.left is not None:
            gap.left -= sum(1 for message in hydrated.messages if message.said_to_me)
        known = gap.start is None and gap.left is None and bool(said) and not fresh
        reached = any(at <= gap.until for _, at in said) or (gap.left is not None and gap.left <= 0)
        if not cursor or cursor == gap.start or known or reached:
            mark.gaps.pop(0)
        else:
            gap.start = cursor
        if not self._own:
            mark.own, mark.own_near = self._own_read
        mark.remember({text(note, "uri"): at for note, at in said}, self._wire.server_time, gap.until)
        return Page(
            messages=hydrated.messages,
            people=hydrated.people,
            muted=hydrated.muted,
            cursor=mark.dump(),
            server_time=self._wire.server_time,
        )

    async def _with_context(self, notes: Sequence[Json]) -> Hydrated:
        """New posts as the AppView shows them, with what of mine they answer and what I answered in their threads."""
        uris = [text(note, "uri") for note in notes if "/app.bsky.feed.post/" in text(note, "uri")]
        parents = (text(sub(note, "record", "reply", "parent"), "uri") for note in notes)
        mine = [uri for uri in parents if did_of(uri) == self._me]
        roots = {posts.place_of(note).root.uri for note in notes}
        # All of a first catch-up's own answers would be a month of somebody's writing, most of it in nobody's inbox.
        chosen = [root for root in self._own if root in roots] if self._mark.is_first else list(self._own)
        own = [uri for root in chosen for uri in self._own.pop(root)]
        asked = [uri for uri in dict.fromkeys((*uris, *mine, *own)) if uri not in self._told]
        if not asked:
            return Hydrated((), (), (), ())
        found = await hydrate(self._wire, self._me, asked)
        # One of mine that is not shown yet is asked for again next time.
        unseen = {split_uri(uri)[2] for uri in found.missing if uri in own}
        self._own_read = (self._own_read[0], [rkey for rkey in self._own_read[1] if rkey not in unseen])
        # A post that is announced and not shown yet would be lost for good; its announcement holds most of it.
        late = [note for note in notes if text(note, "uri") in found.missing]
        raw = converted(late, self._me)
        self._told.update(message.ref.uri for message in (*found.messages, *raw.messages))
        return Hydrated((*found.messages, *raw.messages), (*found.people, *raw.people), found.muted, ())

    async def _read_own(self) -> None:
        """Read which posts of others I have answered since the last time (com.atproto.repo.listRecords, own PDS)."""
        key, near = self._mark.own, frozenset(self._mark.own_near)
        keys: list[str] = []
        for _ in range(_MOST_OWN_PAGES):
            start = keys[-1] if keys else key
            asked = {"repo": self._me, "collection": posts.POST, "limit": _OWN_PAGE, "cursor": start, "reverse": True}
            answer = await self._wire.query("com.atproto.repo.listRecords", asked, expect="records")
            records = objects(answer, "records")
            for record in records:
                uri = text(record, "uri")
                rkey = split_uri(uri)[2]
                if rkey <= start:
                    continue  # a server that does not page by key
                keys.append(rkey)
                if rkey not in near and posts.answers_somebody_else(sub(record, "value"), self._me):
                    root = text(sub(record, "value", "reply", "root"), "uri")
                    self._own.setdefault(root, []).append(uri)
            if len(records) < _OWN_PAGE or keys[-1:] in ([], [start]):
                break
        settled = tid.at(self._wire.server_time - LATE_KEY)
        # Keys are made by devices whose clocks differ: the last minutes are looked at again.
        reached = max([key, *(each for each in keys if each <= settled)])
        self._own_read = (reached, [each for each in keys if each > settled][-_OWN_PAGE:])

    async def _chat(self) -> ChatNews:
        """What is new in direct messages; what keeps them from being read is a note, because the posts were read."""
        mark, facts, now = self._mark, self._facts, datetime.now(UTC)
        allowed = facts is None or Capability.DIRECT in facts.capabilities
        known_since = facts.probed_at if facts else datetime.min.replace(tzinfo=UTC)
        if mark.refused and (now - mark.refused).days < 1 and not (allowed and known_since > mark.refused):
            return ChatNews()
        try:
            if not allowed and facts and (now - facts.probed_at).days < 1:
                raise NotAllowed("direct", NO_DIRECT)
            news = await read_chat(self._wire, self._me, mark.log, self._horizon)
        except NotAllowed as error:
            mark.refused = now
            return ChatNews(notes=(str(error),))
        except Rejected as error:
            mark.refused = now
            return ChatNews(notes=(f"Direct messages on Bluesky could not be read: {error}",))
        except Unavailable:
            return ChatNews(notes=("Direct messages on Bluesky could not be read this time.",))
        mark.refused = None
        mark.log = news.log
        return news
