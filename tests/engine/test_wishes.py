"""What is wished of a server while it is asked for the opposite, and what nothing on its way costs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from introvert_tui import plugins
from introvert_tui.errors import Unavailable
from introvert_tui.model import MessageRef, ThreadRef
from introvert_tui.store.database import Store

from .conftest import Town


async def test_what_is_wished_meanwhile_does_not_wait_for_what_failed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, under_way, goes_on = plugins.load("demo"), asyncio.Event(), asyncio.Event()
    here = asyncio.get_running_loop()

    class Slow(kind):  # type: ignore[misc, valid-type]
        async def mute(self, thread: ThreadRef, via: MessageRef, on: bool) -> None:
            await super().mute(thread, via, on)
            if on:
                here.call_soon_threadsafe(under_way.set)
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(goes_on.wait(), here))
                raise Unavailable("502")

    monkeypatch.setattr(plugins, "load", lambda name: Slow)
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.leave(row.id)
    await asyncio.wait_for(under_way.wait(), 10)
    await session.rejoin(row.id)
    goes_on.set()
    await town.moves(session, seconds=1)
    assert town.village.muted == set()


async def test_with_nothing_on_its_way_nothing_is_written(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=9)
    await town.moves(session)
    written, write = list[str](), Store.write

    def noted(self: Store, work: Any, *args: Any, **named: Any) -> Any:
        written.append(work.__name__)
        return write(self, work, *args, **named)

    monkeypatch.setattr(Store, "write", noted)
    await town.moves(session, minutes=5)
    assert written == []
