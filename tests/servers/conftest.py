"""The real servers as fixtures: started once, with fresh faults and records for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from .bluesky import install
from .bluesky.chat import ChatServer
from .bluesky.server import BlueskyServer
from .mastodon.client import Client, Connect
from .mastodon.flavours import MASTODON, Flavour
from .mastodon.mock import MastodonMock
from .mastodon.people import Person
from .mastodon.server import MastodonServer, StartServer

_SHARED = ("bluesky", "chat", "mastodon_mock")


@pytest.fixture(scope="session")
def bluesky() -> Iterator[BlueskyServer]:
    """The reference Bluesky network behind a proxy."""
    if lacking := install.missing():
        reason = f"the reference Bluesky server lacks {', '.join(lacking)}; install with: {install.COMMAND}"
        # In CI a skipped test would look like a passed one.
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with BlueskyServer() as server:
        yield server


@pytest.fixture(scope="session")
def chat(bluesky: BlueskyServer) -> Iterator[ChatServer]:
    """The stand-in for the chat service, to be reached through the network's PDS."""
    with ChatServer() as server:
        yield server


@pytest.fixture(scope="session")
def mastodon_mock() -> Iterator[MastodonMock]:
    """The mock from PyPI behind a proxy; what a test wrote to it is gone after the test."""
    with MastodonMock() as mock:
        yield mock


@pytest.fixture
def mastodon() -> Iterator[StartServer]:
    """Start servers of ours, one with each call: of the newest Mastodon, or of another flavour."""
    with ExitStack() as running:

        def start(flavour: Flavour | str = MASTODON) -> MastodonServer:
            return running.enter_context(MastodonServer(flavour))

        yield start


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make bare clients of servers of ours."""
    made: list[Client] = []

    def connect(server: MastodonServer, person: Person | None = None, token: str | None = None) -> Client:
        made.append(Client(server, person, token))
        return made[-1]

    yield connect
    for client in made:
        client.close()


@pytest.fixture(autouse=True)
def _fresh_servers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take back, after a test, the faults it set, and forget the requests it made."""
    used = [request.getfixturevalue(name) for name in _SHARED if name in request.fixturenames]
    yield
    for server in used:
        server.reset()
