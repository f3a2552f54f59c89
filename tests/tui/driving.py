"""The app in the demo town, with a clock that stands still, driven by keys and read as text."""

from __future__ import annotations

import html
import math
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from textual import events
from textual.pilot import Pilot
from textual.widget import Widget

from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.engine.clock import Clock
from introvert_tui.engine.events import Changed, Event
from introvert_tui.engine.opening import open_demo, open_session
from introvert_tui.engine.session import Session
from introvert_tui.model import Message, MessageRef, Page, Person, PersonRef, Reason, Span, ThreadRef
from introvert_tui.settings import Paths, Settings
from introvert_tui.store import messages
from introvert_tui.store.merge import merge
from introvert_tui.text import cells
from introvert_tui.tui import reader
from introvert_tui.tui.app import IntrovertApp
from introvert_tui.tui.relay import Relay
from introvert_tui.tui.screens.inbox import InboxScreen
from introvert_tui.tui.screens.welcome import WelcomeScreen

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
LONGEST = 60.0
CELL = 12.2
"""The width of a letter in the pictures that Textual draws."""


class StandingClock(Clock):
    """A Sunday evening that does not end."""

    zone: tzinfo | None = UTC

    def now(self) -> datetime:
        return NOW


@contextmanager
def standing_town() -> Iterator[None]:
    """Let the town be founded on that evening, whatever day it is."""
    defaults = cast("dict[str, object]", DemoAdapter.__init__.__kwdefaults__)
    before = defaults["clock"]
    defaults["clock"] = lambda: NOW
    try:
        yield
    finally:
        defaults["clock"] = before


class Visit:
    """An app that runs, and the hands on its keys."""

    def __init__(self, app: IntrovertApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Press keys; `Pilot.press` takes 63 ms for each, this 8."""
        for key in keys:
            self.press_at_once(key)
            await self.pilot.pause(0)
            await self.pilot.pause(0)
        await self.pilot.pause()

    def press_at_once(self, *keys: str) -> None:
        """Press keys, each before anything came of the one before it."""
        for key in keys:
            # `simulate_key` has no letter for the space bar.
            self.app.post_message(events.Key(key, " " if key == "space" else key if len(key) == 1 else None))

    async def write(self, words: str) -> None:
        """Type words."""
        await self.press(*("space" if letter == " " else letter for letter in words))

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what comes from another thread."""
        for _ in range(int(LONGEST / 0.01)):
            if condition():
                return
            await self.pilot.pause(0.01)
        raise AssertionError("It did not come. On the screen:\n" + self.text)

    async def comes_in(self, *messages: Message, gone: Sequence[str] = ()) -> None:
        """What a catch-up would bring: messages, and word of others that are gone."""
        page, session = Page(messages=messages, people=_people(messages), gone=tuple(gone)), self.app.session
        merged = session.visit.store.write(merge, session.accounts()[0].id, page, NOW).result()
        session.visit.tell(Changed(merged.changed))
        await self.pilot.pause(0.05)

    def names_you(self, conversation: int, who: str, hours_ago: float) -> Message:
        """What somebody who is not of the town said to you in a conversation; it is heard of only when it comes in."""
        (newest,) = messages.of_conversation(self.app.session.db, conversation, 1)
        at = NOW - timedelta(hours=hours_ago)
        said, above = says(who, Span("@you and now?")), newest.message
        return replace(said, place=above.place, parent=above.ref, seen_at=at, claimed_at=at)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self._lines())

    async def click(self, words: str) -> None:
        """Click where these words begin, in the lowest line that has them."""
        for row, line in reversed(list(enumerate(self._lines()))):
            if words in line:
                column = cells(line[: line.index(words)])
                widget, region = self.app.screen.get_widget_at(column, row)
                await self.pilot.click(widget, offset=(column - region.x, row - region.y))
                await self.pilot.pause()
                return
        raise AssertionError(f"{words!r} is not on the screen:\n{self.text}")

    async def turn_wheel(self, widget: Widget) -> None:
        """Turn the wheel over it by one notch, until it has scrolled."""
        (x, y), before = widget.content_region.offset, widget.scroll_offset.y
        self.app.post_message(events.MouseScrollDown(None, x, y, 0, 1, 0, False, False, False, x, y))
        await self.until(lambda: widget.scroll_offset.y > before)

    def _lines(self) -> list[str]:
        rows: dict[str, str] = {}
        for attributes, words in re.findall(r"<text ([^>]*)>(.*?)</text>", self.app.export_screenshot(), re.DOTALL):
            if "clip-path" in attributes:  # the window's title has none
                x, y = (re.search(rf'{name}="([\d.]+)"', attributes) for name in "xy")
                assert x is not None
                assert y is not None
                row = rows.get(y[1], "")
                row += " " * (round(float(x[1]) / CELL) - cells(row))
                rows[y[1]] = row + html.unescape(words).replace("\xa0", " ")
        return list(rows.values())

    @property
    def inbox(self) -> InboxScreen:
        """The screen below all others."""
        inbox = self.app.screen_stack[0]
        assert isinstance(inbox, InboxScreen)
        return inbox

    @property
    def selected(self) -> str:
        """Who waits in the conversation under the cursor."""
        row = self.inbox.listing.row(self.inbox.subject_id)
        return ", ".join(row.writers) if row else ""

    async def go_to(self, who: str) -> None:
        """Put the cursor on the conversation in which somebody waits."""
        await self.press("g")
        for _ in range(len(self.inbox.listing.rows) + 3):
            if who in self.selected:
                return
            await self.press("j")
        raise AssertionError(f"{who} does not wait. On the screen:\n{self.text}")


@asynccontextmanager
async def visit(
    open_session: Callable[[Callable[[Event], None]], Session],
    size: tuple[int, int] = (120, 40),
    settings: Settings | None = None,
    demo: bool = False,
    ignored: Sequence[str] = (),
) -> AsyncIterator[Visit]:
    """The app on a session, until the block ends."""
    relay = Relay()
    session = open_session(relay)
    app = IntrovertApp(session, settings or Settings(), relay, demo=demo, ignored=ignored, clock=lambda: NOW)
    try:
        # On a busy machine the catch-up of the opening may take longer than the moment that begins a reader's reading.
        with patch.object(reader, "MOMENT", math.inf):
            async with app.run_test(size=size) as pilot:
                yield Visit(app, pilot)
    finally:
        if not session.ended:
            await session.quit(send=False)


def says(who: str, *body: Span, name: str = "", **more: Any) -> Message:
    """What somebody who is not of the town writes to you, five minutes ago."""
    ref = MessageRef(f"else:{who}", f"else:{who}", "1")
    at = NOW - timedelta(minutes=5)
    author = PersonRef(f"else:{who}", name or who)
    return Message(ref, ThreadRef(ref), author, at, at, body, said_to_me=Reason.MENTION, **more)


def _people(messages: Sequence[Message]) -> tuple[Person, ...]:
    authors = {message.author for message in messages}
    return tuple(Person(one.uri, one.uri.partition(":")[2], one.handle, True) for one in authors)


@asynccontextmanager
async def visit_town(
    size: tuple[int, int] = (120, 40),
    settings: Settings | None = None,
    besides: Sequence[Message] = (),
    ignored: Sequence[str] = (),
) -> AsyncIterator[Visit]:
    """The demo town, once everything that waits there is on the screen; `besides` is what strangers wrote to you.

    `ignored` is what config.toml says in vain.
    """

    def opened(listen: Callable[[Event], None]) -> Session:
        return open_demo(listen, settings, clock=StandingClock())

    with standing_town():
        async with visit(opened, size, settings, demo=True, ignored=ignored) as visiting:
            await visiting.until(lambda: visiting.app.session.accounts()[0].as_of)
            await visiting.until(lambda: len(visiting.inbox.listing.rows) == len(visiting.app.session.inbox().rows))
            if besides:  # not earlier: the town would say that it knows of no such message
                await visiting.comes_in(*besides)
            await visiting.pilot.pause(0.15)  # the pane beside the list rests 80 ms
            yield visiting


@asynccontextmanager
async def first_time(home: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Visit]:
    """The program without any account."""
    paths = Paths(home, home, home)
    async with visit(lambda listen: open_session(Settings(), paths, listen, StandingClock()), size) as first:
        await first.until(lambda: isinstance(first.app.screen, WelcomeScreen))
        yield first
