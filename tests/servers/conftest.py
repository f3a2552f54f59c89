"""The real servers as fixtures: started once, with fresh faults and records for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from .bluesky import install
from .bluesky.chat import ChatServer
from .bluesky.server import BlueskyServer


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


@pytest.fixture(autouse=True)
def _fresh_servers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take back, after a test, the faults it set, and forget the requests it made."""
    used = [request.getfixturevalue(name) for name in ("bluesky", "chat") if name in request.fixturenames]
    yield
    for server in used:
        server.reset()
