"""The Bluesky adapter keeps the contract, against the reference server and the chat stand-in behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from introvert_tui.model import Reason
from introvert_tui.testing import AdapterContract

from .bluesky.chat import ChatServer
from .bluesky.server import BlueskyServer
from .bluesky_world import BlueskyHarness, use_servers


class TestBluesky(AdapterContract):
    many = 21  # the first page of a later pull holds 10
    reasons = (Reason.MENTION, Reason.REPLY, Reason.QUOTE, Reason.DIRECT)

    @pytest_asyncio.fixture
    async def harness(
        self, bluesky: BlueskyServer, chat: ChatServer, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[BlueskyHarness]:
        use_servers(monkeypatch, bluesky, chat)
        world = BlueskyHarness(bluesky, chat, patience=1)
        chat.register(world.me, world.ana)
        world.enter_at_once()
        yield world
        bluesky.proxy.reset()
        await world.leave()
