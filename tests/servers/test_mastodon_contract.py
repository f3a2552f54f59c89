"""The Mastodon adapter keeps the contract: against the mock as a process, and against servers of other kinds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest_asyncio

from introvert_tui.model import Reason
from introvert_tui.testing import AdapterContract

from .mastodon.flavours import GOTOSOCIAL, MASTODON, OLD_MASTODON, Flavour
from .mastodon.mock import MastodonMock
from .mastodon.server import StartServer
from .mastodon_world import MockWorld, World

_ALL = (Reason.MENTION, Reason.REPLY, Reason.QUOTE, Reason.DIRECT)
_WITHOUT_QUOTES = (Reason.MENTION, Reason.REPLY, Reason.DIRECT)


class OurServer(AdapterContract):
    """Against a server of ours."""

    flavour: ClassVar[Flavour]
    many = 41

    @pytest_asyncio.fixture
    async def harness(self, mastodon: StartServer) -> AsyncIterator[World]:
        world = World(mastodon(self.flavour), patience=1)
        yield world
        world.proxy.reset()
        await world.leave()


class TestMastodon(OurServer):
    flavour = MASTODON
    reasons = _ALL


class TestOldMastodon(OurServer):
    flavour = OLD_MASTODON
    reasons = _WITHOUT_QUOTES


class TestGoToSocial(OurServer):
    flavour = GOTOSOCIAL
    reasons = _WITHOUT_QUOTES


class TestMock(AdapterContract):
    many = 41
    reasons = _WITHOUT_QUOTES  # the mock keeps quotes and tells nobody of them

    @pytest_asyncio.fixture
    async def harness(self, mastodon_mock: MastodonMock) -> AsyncIterator[MockWorld]:
        world = MockWorld(mastodon_mock, patience=1)
        yield world
        world.proxy.reset()
        await world.leave()
