"""A catch-up: notifications of mentions (answers and direct messages among them) and quotes, and one's own answers
from elsewhere.

With nothing new that is two small requests: GET /api/v1/notifications and GET /api/v1/accounts/:id/statuses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from introvert_tui.adapters.shape import Json, moment, sub, text
from introvert_tui.model import Message, Page

from . import announced
from .bookmark import BEGINNING, Bookmark, Gap
from .carrier import Answer
from .library import Library
from .shape import name_of

_FIRST_WANTED = 100
_SMALLEST_PAGE = 15
"""Old servers hold no more than this in a page, whatever they are asked for."""
_MOST_PAGES = 60
_MOST_OWN_PAGES = 10


class CatchUp:
    """One pull of one account."""

    _library: Library

    def __init__(self, enter: Callable[[], Awaitable[Library]], cursor: str | None, horizon: datetime) -> None:
        self._enter = enter
        self._horizon = horizon
        self._mark = Bookmark.load(cursor) or Bookmark()
        self._own: list[Json] = []
        self._own_read = self._mark.own
        self._told: set[str] = set()
        self._unseen = 0

    async def pages(self) -> AsyncIterator[Page]:
        """Yield the pages of `Adapter.pull`; the last one may hold nothing but the new cursor."""
        mark = self._mark
        self._library = await self._enter()
        mark.traits = self._library.recall(mark.traits)
        await self._read_own()
        if mark.newest:
            for _ in range(_MOST_PAGES):
                page, more = await self._forward()
                if page is not None:
                    yield page
                if not more:
                    break
        else:
            mark.gap = Gap("", self._horizon, _FIRST_WANTED)
        while mark.gap is not None:
            yield await self._backward(mark.gap)
        page = await self._page((), self._own)
        mark.own = self._own_read
        yield Page(
            page.messages,
            page.people,
            muted=page.muted,
            notes=self._notes(),
            cursor=mark.dump(),
            server_time=self._library.wire.server_time,
        )

    async def _forward(self) -> tuple[Page | None, bool]:
        """Read on from the newest known notification; the server gives those right after it first."""
        mark = self._mark
        answer, notes = await self._notifications(min_id=mark.newest, limit=announced.PAGE)
        if not notes:
            # A server may hold back all of a page; its link still says how far that page went.
            linked = _linked(answer, "prev", "min_id")
            went_on, mark.newest = linked not in ("", mark.newest), linked or mark.newest
            held_back = Page(cursor=mark.dump(), server_time=self._library.wire.server_time)
            return held_back if went_on else None, went_on
        before, mark.newest = mark.newest, _linked(answer, "prev", "min_id") or name_of(notes[0])
        own: list[Json] = []
        if not mark.is_first:
            own, self._own = self._own, []
        # A server that takes no notice of min_id gives its newest page again and again.
        return await self._page(notes, own), len(notes) >= _SMALLEST_PAGE and mark.newest != before

    async def _backward(self, gap: Gap) -> Page:
        """Read one more page of a first catch-up."""
        mark = self._mark
        asked: dict[str, Any] = {"max_id": gap.below} if gap.below else {}
        answer, notes = await self._notifications(**asked, limit=announced.PAGE)
        if not gap.below:
            mark.newest = (name_of(notes[0]) if notes else "") or BEGINNING
        fresh = [note for note in notes if (moment(text(note, "created_at")) or self._horizon) >= gap.until]
        page = await self._page(fresh[: gap.left], ())
        gap.left -= sum(1 for message in page.messages if message.said_to_me)
        last = _linked(answer, "next", "max_id") or (name_of(notes[-1]) if notes else "")
        over = len(fresh) < len(notes) or gap.left <= 0 or not last or last == gap.below
        if over or not notes:
            mark.gap = None
        else:
            gap.below = last
        answers = await self._answers_to(page)
        return Page(
            (*page.messages, *answers.messages),
            page.people,
            muted=page.muted,
            cursor=mark.dump(),
            server_time=page.server_time,
        )

    async def _notifications(self, **asked: Any) -> tuple[Answer, list[Json]]:
        wire = self._library.wire
        answer = await wire.ask(lambda sdk: sdk.notifications(types=announced.TYPES, **asked))
        return answer, [note for note in wire.list_of(answer) if name_of(note)]

    async def _page(self, notes: Sequence[Json], own: Sequence[Json]) -> Page:
        """Convert notifications and own answers, each message once in a pull."""
        self._unseen += announced.lost(notes)
        page = await announced.read(self._library, notes, own)
        return replace(page, messages=tuple(self._untold(page.messages)), cursor=self._mark.dump())

    async def _answers_to(self, page: Page) -> Page:
        """One's own answers to what a page of a first catch-up holds: the others would be in nobody's inbox."""
        there = {message.ref.local for message in page.messages}
        chosen = [status for status in self._own if name_of(status, "in_reply_to_id") in there]
        self._own = [status for status in self._own if status not in chosen]
        if self._mark.gap is None and not self._mark.own:
            self._own = []
        return await self._page((), chosen)

    def _untold(self, messages: Iterable[Message]) -> Iterable[Message]:
        """Those that this pull has not brought yet: a status can both name and quote, and stand above many."""
        for message in messages:
            if message.ref.uri not in self._told:
                self._told.add(message.ref.uri)
                yield message

    async def _read_own(self) -> None:
        """Read which statuses of others I have answered since the last time, or since the horizon."""
        mark, me = self._mark, await self._library.wire.my_id()
        first, reached = not mark.own, mark.own
        below = ""
        for _ in range(_MOST_OWN_PAGES):
            asked: dict[str, Any] = {"max_id": below} if below else {} if first else {"min_id": reached}
            found = await self._own_page(me, asked)
            self._own += [status for status in found if self._answers_somebody_else(status)]
            if not found or (not first and name_of(found[0]) == reached):
                break
            if not first or not below:
                reached = name_of(found[0])
            below = name_of(found[-1]) if first else ""
            oldest = moment(text(found[-1], "created_at"))
            if len(found) < _SMALLEST_PAGE or (first and (oldest is None or oldest < self._horizon)):
                break
        self._own_read = reached or BEGINNING

    async def _own_page(self, me: str, asked: dict[str, Any]) -> list[Json]:
        wire = self._library.wire
        found = await wire.many(
            lambda sdk: sdk.account_statuses(me, exclude_reblogs=True, limit=announced.PAGE, **asked)
        )
        return [status for status in found if name_of(status)]

    def _answers_somebody_else(self, status: Json) -> bool:
        answered = name_of(status, "in_reply_to_account_id")
        return answered not in ("", self._library.me.id) and not sub(status, "reblog")

    def _notes(self) -> tuple[str, ...]:
        if not self._unseen:
            return ()
        return ("Somebody named you in a post that your server no longer shows.",)


def _linked(answer: Answer, relation: str, parameter: str) -> str:
    """A parameter of one of the addresses in the Link header, where the server's own idea of paging stands."""
    for part in answer.headers.get("link", "").split(","):
        address, _, rest = part.partition(">")
        if f'rel="{relation}"' in rest:
            return parse_qs(urlsplit(address.strip().removeprefix("<")).query).get(parameter, [""])[0]
    return ""
