"""Sending: everything is made by `prepare` and stored, `send` may be repeated, `find` looks.

An `Idempotency-Key` holds for an hour, not on every server, and whether it does can't be found out; so an attempt that
may not be the first looks before it posts. Nothing here proves that something never went out: a status may have been
deleted since, and a server may show it later.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from introvert_tui.adapters.shape import Json, stored, text
from introvert_tui.errors import Gone, NotAllowed, Refused, Unavailable
from introvert_tui.model import (
    Absent,
    CannotTell,
    Draft,
    FindResult,
    Found,
    Prepared,
    Receipt,
    Visibility,
)

from . import failures, statuses, writing
from .ancestry import message_ref
from .bookmark import BEGINNING
from .conversations import audience
from .library import Library
from .shape import made_at, name_of

_PAGE = 40
_MOST_PAGES = 5
_KEPT = 500


class Sending:
    """What goes out of one account."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._fresh: set[str] = set()
        """Drafts prepared here that were never tried: only the first attempt need not look."""
        self._claimed: dict[str, str] = {}
        """Which draft a status of ours came from, so that of two with the same words each finds its own."""

    async def prepare(self, draft: Draft, default: Visibility, language: str | None) -> Prepared:
        """Make the whole request. `before` is the id of the newest status of one's own."""
        me = self._library.me
        who = audience(me, min(default, draft.visibility), draft.to)
        newest = await self._own(limit=1)
        load = {
            "v": 1,
            "key": draft.key,
            "text": writing.addressed(draft.text, (*writing.told(who), *draft.naming), me),
            "parent": draft.to.ref.local,
            "visibility": next(name for name, each in statuses.VISIBILITIES.items() if each is who.visibility),
            "warning": who.warning or "",
            "language": draft.language or language or draft.to.language,
        }
        self._fresh.add(draft.key)
        before = name_of(newest[0]) if newest else BEGINNING
        return Prepared(json.dumps(load, ensure_ascii=False, separators=(",", ":")), before)

    async def send(self, prepared: Prepared) -> Receipt:
        """Post it (POST /api/v1/statuses), unless an earlier attempt turns out to have succeeded."""
        load = stored(prepared, _is_ours)
        if load["key"] in self._fresh:
            self._fresh.discard(load["key"])
        elif (found := await self._earlier(load, prepared.before)) is not None:
            return found
        return self._receipt(await self._post(load), load)

    async def find(self, prepared: Prepared) -> FindResult:
        """Look for it among one's own newer statuses, and if it is not there below what it answers."""
        load = stored(prepared, _is_ours)
        # All of one's own statuses are too many to read; below what it answers there are few.
        later, whole = await self._later(prepared.before) if prepared.before else ([], True)
        found = await self._pick(load, later)
        if found is None:
            try:
                below = (await self._library.around(load["parent"])).below
            except Gone:
                below = []
            found = await self._pick(load, _after(below, prepared.before, later))
        if isinstance(found, Receipt):
            return Found(found)
        return Absent(proof=False) if found is None and whole else CannotTell()

    async def delete(self, name: str) -> None:
        """Delete a status of one's own (DELETE /api/v1/statuses/:id)."""
        try:
            await self._library.wire.one(lambda sdk: sdk.status_delete(name))
        except Gone:
            return  # it was deleted before

    async def _post(self, load: Json) -> Json:
        try:
            return await self._library.wire.one(
                lambda sdk: sdk.status_post(
                    load["text"],
                    in_reply_to_id=load["parent"],
                    visibility=load["visibility"],
                    spoiler_text=load["warning"] or None,
                    sensitive=bool(load["warning"]),
                    language=load["language"] or None,
                    idempotency_key=load["key"],
                ),
                sending=True,
            )
        except Gone:
            raise Gone("What this answers is no longer there.") from None
        except NotAllowed as error:
            raise Refused("closed", str(error)) from None

    async def _earlier(self, load: Json, before: str | None) -> Receipt | None:
        """What an earlier attempt left, as far as can be seen; the key is there for the rest."""
        try:
            later, _ = await self._later(before or BEGINNING)
            found = await self._pick(load, later)
        except Unavailable:
            return None
        return found if isinstance(found, Receipt) else None

    async def _later(self, before: str) -> tuple[list[Json], bool]:
        """One's own statuses after one of them, oldest first, and whether these are all there are."""
        found: list[Json] = []
        for _ in range(_MOST_PAGES):
            page = await self._own(min_id=before, limit=_PAGE)
            if not page:
                return found, True
            found += reversed(page)
            before = name_of(page[0])
        return found, False

    async def _own(self, **asked: Any) -> list[Json]:
        wire, me = self._library.wire, self._library.me.id
        return [each for each in await wire.many(lambda sdk: sdk.account_statuses(me, **asked)) if name_of(each)]

    async def _pick(self, load: Json, candidates: Sequence[Json]) -> Receipt | CannotTell | None:
        """The oldest of these that is what was prepared: an answer to the same status, in the same words."""
        near = [
            status
            for status in candidates
            # A server forgets what an answer answered when that is deleted.
            if name_of(status, "in_reply_to_id") in (load["parent"], "")
            and self._claimed.get(name_of(status), load["key"]) == load["key"]
        ]
        for status in near:
            if _words(_shown(status)) == _words(load["text"]):
                return self._receipt(status, load)
        unclear = False
        for status in near:
            # Markup and shortened links hide what was written; the server keeps that too.
            source = await self._source(status)
            if source is not None and _words(source) == _words(load["text"]):
                return self._receipt(status, load)
            unclear = unclear or source is None
        return CannotTell() if unclear else None

    async def _source(self, status: Json) -> str | None:
        """The words as they were written (GET /api/v1/statuses/:id/source), or None where the server has no such."""
        if isinstance(status.get("text"), str):
            return text(status, "text")
        try:
            return text(await self._library.wire.one(lambda sdk: sdk.status_source(name_of(status))), "text")
        except (Gone, NotAllowed, Refused):
            return None

    def _receipt(self, status: Json, load: Json) -> Receipt:
        name = name_of(status)
        if not name:
            raise failures.unreadable(self._library.wire.host, True)
        self._library.ancestry.learn(status)
        if len(self._claimed) > _KEPT:
            self._claimed.clear()
        self._claimed[name] = load["key"]
        return Receipt(message_ref(status, self._library.me), made_at(status) or datetime.now(UTC))


def _after(below: Sequence[Json], before: str | None, later: Sequence[Json]) -> list[Json]:
    """Answers that came after an id and were not looked at yet; ids of one length sort by time on every server."""
    seen, mark = {name_of(each) for each in later}, before or BEGINNING
    least = (0, "") if mark == BEGINNING else (len(mark), mark)
    return [each for each in below if name_of(each) not in seen and (len(name_of(each)), name_of(each)) > least]


def _shown(status: Json) -> str:
    """The words of a status with links written out, names and all."""
    return "".join((span.url or span.text) if span.kind == "link" else span.text for span in statuses.spans(status))


def _words(written: str) -> str:
    """Words for comparison: spaces count once, and names without their host, which servers leave out."""
    return writing.without_hosts(" ".join(written.split()))


def _is_ours(load: Json) -> bool:
    return bool(text(load, "key") and text(load, "parent"))
