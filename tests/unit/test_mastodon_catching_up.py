"""Pages that a server holds back whole; no server of ours does that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from introvert_tui.adapters.mastodon.ancestry import Ancestry
from introvert_tui.adapters.mastodon.bookmark import Bookmark, Traits
from introvert_tui.adapters.mastodon.carrier import Answer
from introvert_tui.adapters.mastodon.catching_up import CatchUp
from introvert_tui.adapters.mastodon.library import Library
from introvert_tui.adapters.mastodon.people import Me
from introvert_tui.adapters.mastodon.wire import Wire

HERE = "https://here.example"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class HoldingBack:
    """A server that says of some pages of notifications only how far they go."""

    server_time = NOON

    def __init__(self, pages: int) -> None:
        self.pages = pages

    async def ask(self, ask: Callable[[Any], Answer]) -> Answer:
        return ask(self)

    async def many(self, ask: Callable[[Any], Any]) -> list[Any]:
        return []

    async def my_id(self) -> str:
        return "1"

    def list_of(self, answer: Answer) -> list[Any]:
        return list(answer.data)

    def notifications(self, min_id: str, **more: object) -> Answer:
        reached = min(int(min_id) + 40, 40 * self.pages)
        return Answer([], {"link": f'<{HERE}/api/v1/notifications?min_id={reached}>; rel="prev"'})


async def test_pages_that_are_held_back_are_given_up_one_by_one_each_with_its_cursor() -> None:
    library = Library(cast("Wire", HoldingBack(3)), Ancestry(Me(f"{HERE}/@me", "1", "me@here.example", HERE)), Traits())

    async def enter() -> Library:
        return library

    pages = CatchUp(enter, Bookmark(newest="0", own="5").dump(), NOON).pages()
    reached = [mark.newest async for page in pages if (mark := Bookmark.load(page.cursor)) is not None]
    assert reached == ["40", "80", "120", "120"]
