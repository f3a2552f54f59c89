"""Where the first catch-up of a Bluesky account ends; no server lets its posts be as old as that takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from introvert_tui.adapters.bluesky.catching_up import CatchUp
from introvert_tui.adapters.bluesky.wire import Wire
from introvert_tui.engine.calm import HORIZON
from introvert_tui.errors import Unavailable

ME, ANA = "did:plc:me", "did:plc:ana"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


class Server:
    """Mentions of yours, newest first, as an AppView pages them."""

    server_time = NOW

    def __init__(self, mentions: int, apart: timedelta, empty_pages: int = 0) -> None:
        self.times = [NOW - apart * number for number in range(mentions)]
        self.asked: list[int] = []
        self.empty_pages = empty_pages

    async def query(self, method: str, params: Mapping[str, Any], **more: object) -> dict[str, Any]:
        match method.rpartition(".")[2]:
            case "listNotifications":
                if self.empty_pages:
                    self.empty_pages -= 1
                    return {"notifications": [], "cursor": f"empty {self.empty_pages}"}
                start = int((params["cursor"] or "0").removeprefix("empty "))
                end = start + params["limit"]
                self.asked.append(params["limit"])
                notes = [{**self._post(number), "reason": "mention"} for number in range(len(self.times))[start:end]]
                return {"notifications": notes, "cursor": str(end) if end < len(self.times) else None}
            case "getPosts":
                return {"posts": [self._post(int(uri.rpartition("/")[2])) for uri in params["uris"]]}
            case "listRecords":
                return {"records": []}
        raise Unavailable("There is no chat here.")

    def _post(self, number: int) -> dict[str, Any]:
        at = stamp(self.times[number])
        record = {
            "$type": "app.bsky.feed.post",
            "text": "@me hello",
            "createdAt": at,
            "facets": [
                {
                    "index": {"byteStart": 0, "byteEnd": 3},
                    "features": [{"$type": "app.bsky.richtext.facet#mention", "did": ME}],
                }
            ],
        }
        return {
            "uri": f"at://{ANA}/app.bsky.feed.post/{number}",
            "cid": f"cid{number}",
            "author": {"did": ANA, "handle": "ana.test"},
            "record": record,
            "indexedAt": at,
        }


async def first(server: Server) -> int:
    """How many mentions the first catch-up brings."""
    catch_up = CatchUp(cast("Wire", server), ME, None, None, NOW - HORIZON)
    return sum([len(page.messages) async for page in catch_up.pages()])


@pytest.mark.parametrize(
    ("mentions", "apart", "brought"),
    [
        (115, timedelta(minutes=1), 100),
        (99, timedelta(minutes=1), 99),
        (60, timedelta(days=1), 30),
    ],
)
async def test_the_first_catch_up_ends_at_a_hundred_mentions_or_at_thirty_days(
    mentions: int, apart: timedelta, brought: int
) -> None:
    server = Server(mentions, apart)
    assert await first(server) == brought
    assert sum(server.asked) <= 100


async def test_pages_with_nothing_to_tell_are_given_up_one_by_one_and_are_not_read_again() -> None:
    server = Server(3, timedelta(minutes=1), empty_pages=5)
    pages = CatchUp(cast("Wire", server), ME, None, None, NOW - HORIZON).pages()
    for left in (4, 3, 2):
        page = await anext(pages)
        assert (page.messages, server.empty_pages) == ((), left)
    again = CatchUp(cast("Wire", server), ME, None, page.cursor, NOW - HORIZON)
    assert sum([len(page.messages) async for page in again.pages()]) == 3
    assert server.empty_pages == 0


async def test_a_catch_up_that_brings_nothing_is_one_page() -> None:
    catch_up = CatchUp(cast("Wire", Server(0, timedelta())), ME, None, None, NOW - HORIZON)
    assert len([page async for page in catch_up.pages()]) == 1
