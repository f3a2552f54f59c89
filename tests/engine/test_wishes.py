"""What is wished of a server while it is asked for the opposite."""

from __future__ import annotations

import asyncio

import pytest

from introvert_tui import plugins
from introvert_tui.errors import Unavailable
from introvert_tui.model import MessageRef, ThreadRef

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
