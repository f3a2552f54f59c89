"""Reading statuses by their ids, and finding out where they belong, in as few requests as the server allows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from introvert_tui.adapters.shape import Json, objects, sub, those
from introvert_tui.errors import AdapterError, Gone, NotAllowed, RateLimited, SignedOut, Unavailable
from introvert_tui.model import PersonRef

from .ancestry import Ancestry
from .bookmark import Traits
from .failures import Rejected
from .people import Me, ref, spoken
from .shape import name_of
from .wire import Wire

BATCH = 20
"""How many statuses Mastodon reads in one request."""
SINGLY = 5
"""How many are read one by one where there are no batches."""

_LEVELS = 3
_FOUND = 5
_RETRY = re.compile(r"\bretry=(\d+)")
_LONGEST_RETRY = 6


@dataclass(frozen=True, slots=True)
class Around:
    """What is above and below a status."""

    above: list[Json]
    below: list[Json]


class Library:
    """What one adapter reads of its server over one wire, and remembers of it while it lives."""

    def __init__(self, wire: Wire, ancestry: Ancestry, traits: Traits) -> None:
        self.wire = wire
        self.traits = traits
        self.ancestry = ancestry
        self._followed: dict[str, bool] = {}

    @property
    def me(self) -> Me:
        """Whose library this is."""
        return self.ancestry.me

    @property
    def known_follows(self) -> dict[str, bool]:
        """Whom the account follows, by the ids of those who were asked about so far."""
        return self._followed

    def recall(self, traits: Traits) -> Traits:
        """Fill in what an earlier run found out about the server, where this one does not know better."""
        known = self.traits
        known.per_url = known.per_url or traits.per_url
        known.batch = traits.batch if known.batch is None else known.batch
        return known

    async def status(self, name: str) -> Json:
        """Read one status (GET /api/v1/statuses/:id). Raises `Gone`."""
        found = await self.wire.one(lambda sdk: sdk.status(name))
        self.ancestry.learn(found)
        return found

    async def statuses(self, names: Sequence[str]) -> tuple[list[Json], list[str]]:
        """Read statuses, and say which are gone; one by one, as where there are no batches, only the first few."""
        found: list[Json] = []
        for start in range(0, len(names), BATCH):
            batch = await self._batch(names[start : start + BATCH])
            if batch is None:
                return await self._singly(names[:SINGLY])
            found += batch
        there = {name_of(each) for each in found}
        missing = [name for name in names if name not in there]
        # Some servers answer with an empty list whatever they are asked for, and any may be in trouble.
        back, gone = await self._singly(missing[:SINGLY])
        if back and not there:
            self.traits.batch = False
        return [*found, *back], gone

    async def around(self, name: str, *, patiently: bool = False) -> Around:
        """Read what is above and below a status (GET /api/v1/statuses/:id/context). Raises `Gone`.

        A server may say that it has begun to look for more elsewhere (Mastodon-Async-Refresh); `patiently` waits for
        that, once.
        """
        answer = await self.wire.ask(lambda sdk: sdk.status_context(name))
        retry = _RETRY.search(answer.headers.get("mastodon-async-refresh", "")) if patiently else None
        if retry and int(retry[1]) <= min(_LONGEST_RETRY, self.wire.patience):
            await asyncio.sleep(int(retry[1]))
            answer = await self.wire.ask(lambda sdk: sdk.status_context(name))
        if not isinstance(answer.data, dict):
            raise self.wire.unreadable()
        above, below = objects(answer.data, "ancestors"), objects(answer.data, "descendants")
        for status in (*above, *below):
            self.ancestry.learn(status)
        return Around(above, below)

    async def trace(self, statuses: Sequence[Json], *, deep: bool = True) -> list[Json]:
        """Find the thread of every status; returns what was read of others on the way.

        A level upward for all of them is one request, where there are batches; then, with `deep`, the rest one by one
        by their context.
        """
        read: list[Json] = []
        for status in statuses:
            self.ancestry.learn(status)
        for _ in range(_LEVELS):
            wanted = self._open_ends(statuses)
            if not wanted or self.traits.batch is False:
                break
            found = [each for part in _parts(wanted) for each in await self._batch(part) or ()]
            if self.traits.batch:
                self.ancestry.hide(set(wanted))
            read += found
            if not found:
                break
        for status in statuses:
            if not deep or not self.ancestry.open_end(status):
                continue
            try:
                around = await self.around(name_of(status))
                read += around.above
            except Gone:
                pass  # it went while we were reading
            self.ancestry.hide({self.ancestry.open_end(status)} - {""})
        return read

    async def followed(self, statuses: Iterable[Json]) -> dict[str, bool]:
        """Whom of the authors the account follows (GET /api/v1/accounts/relationships), as far as the server says."""
        authors = {name_of(sub(status, "account")): None for status in statuses}
        unknown = [name for name in authors if name and name != self.me.id and name not in self._followed]
        for part in _parts(unknown, 40):
            try:
                found = await self._relationships(part)
            except (SignedOut, RateLimited):
                raise
            except AdapterError:
                break  # it decides where a conversation stands in the list, and nothing else
            self._followed |= {name_of(each): each.get("following") is True for each in found}
        return self._followed

    async def account_id(self, who: PersonRef) -> str:
        """A person's id here (GET /api/v1/accounts/lookup, where that is missing /accounts/search). Raises `Gone`."""
        acct = spoken(who.handle, self.me.domain).removeprefix("@")
        try:
            found = [await self.wire.one(lambda sdk: sdk.account_lookup(acct))]
        except (Gone, Rejected):
            found = await self.wire.many(lambda sdk: sdk.account_search(acct, limit=_FOUND, resolve=False))
        for account in found:
            known = ref(account, self.me)
            if known is not None and known.uri == who.uri and name_of(account):
                return name_of(account)
        raise Gone(f"{self.wire.host} does not know {who.handle} any more.")

    async def _relationships(self, names: list[str]) -> list[Json]:
        return await self.wire.many(lambda sdk: sdk.account_relationships(names))

    def _open_ends(self, statuses: Iterable[Json]) -> list[str]:
        return list(dict.fromkeys(filter(None, map(self.ancestry.open_end, statuses))))

    async def _batch(self, names: Sequence[str]) -> list[Json] | None:
        """Read many statuses in one request (GET /api/v1/statuses?id[]=), or None where that can't be done."""
        if self.traits.batch is False:
            return None
        try:
            answer = await self.wire.ask(lambda sdk: sdk.statuses(list(names)))
        except (Gone, NotAllowed, Rejected):
            answer = None
        except Unavailable:
            return None  # a server in trouble shows it again at the next request; one whose batches fail does not
        if answer is None or not isinstance(answer.data, list):
            self.traits.batch = False
            return None
        found = [each for each in those(answer.data) if name_of(each) in names]
        self.traits.batch = True if found else self.traits.batch
        for status in found:
            self.ancestry.learn(status)
        return found

    async def _singly(self, names: Sequence[str]) -> tuple[list[Json], list[str]]:
        found, missing = [], []
        for name in names:
            try:
                found.append(await self.status(name))
            except Gone:
                missing.append(name)
        return found, missing


def _parts(names: Sequence[str], size: int = BATCH) -> list[list[str]]:
    return [list(names[start : start + size]) for start in range(0, len(names), size)]
