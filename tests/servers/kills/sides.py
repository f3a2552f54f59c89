"""The servers with the people on them, as the counting sees them: who speaks, what is there, what is quiet."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from introvert_tui.adapters.bluesky.sdk import new_session
from introvert_tui.settings import Paths
from introvert_tui.settings.keychain import Keychain
from introvert_tui.store import accounts
from introvert_tui.store.database import Store
from introvert_tui.store.times import to_ms
from tests.servers.bluesky.people import POST
from tests.servers.bluesky.server import BlueskyServer
from tests.servers.mastodon.flavours import MASTODON
from tests.servers.mastodon.mock import MastodonMock
from tests.servers.mastodon.server import MastodonServer
from tests.servers.mastodon.state import Status
from tests.servers.proxy import Proxy
from tests.servers.waiting import eventually

SPEAKERS = ("ana", "ben", "cy")
FORGETFUL = replace(MASTODON, name="forgetful", idempotency=False)
"""A server that takes every repeat for new."""


class Side(ABC):
    """One server with me and those who speak to me. Nothing that it does leaves a trace in the proxy."""

    name: ClassVar[str]
    send: ClassVar[str]
    """The call that publishes, as the proxy names calls."""
    mute: ClassVar[str]
    """The call that keeps a thread quiet."""
    look: ClassVar[str]
    """The first call of looking for what may have gone out."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy

    environment: Mapping[str, str] = {}
    """What the program needs to find the server."""

    @abstractmethod
    def sign_in(self, home: Path) -> None:
        """Make me a user of the program with this home."""

    @abstractmethod
    def mention(self, texts: Sequence[str]) -> Sequence[str]:
        """Let people speak to me, each once, in threads of others, and wait until I was told; returns the roots."""

    @abstractmethod
    def mine(self, newest_only: bool = True) -> Sequence[str]:
        """What I published: the newest of it, which is at least what belongs to one round, or all."""

    @abstractmethod
    def is_quiet(self, root: str) -> bool:
        """Whether the server keeps a thread quiet for me."""

    def die(self) -> None:
        """Let the server be gone, with all connections; what was written there stays."""
        self.proxy.refuse()

    def revive(self) -> None:
        """Let it come back."""
        self.proxy.accept()

    def copies(self, text: str) -> int:
        """How often something of mine is there."""
        return sum(text in each for each in self.mine())


class Bluesky(Side):
    """The reference server: a repeat is the same record."""

    name = "bluesky"
    send = "POST /xrpc/com.atproto.repo.putRecord"
    mute = "POST /xrpc/app.bsky.graph.muteThread"
    look = "GET /xrpc/com.atproto.repo.getRecord"

    def __init__(self, server: BlueskyServer) -> None:
        super().__init__(server.proxy)
        self._server = server
        self._me = server.new_person("me")
        self._speakers = {name: server.new_person(name) for name in SPEAKERS}
        self.environment = {
            "INTROVERT_BLUESKY_RESOLVER": server.pds_url,
            "INTROVERT_BLUESKY_DIRECTORY": server.plc_url,
            "INTROVERT_BLUESKY_CHAT": "did:web:localhost%3A1#bsky_chat",
        }

    def sign_in(self, home: Path) -> None:
        own = self._me.session
        session = new_session(self._me.handle, self._me.did, own["accessJwt"], own["refreshJwt"], self._server.url)
        _sign_in(home, "bluesky", self._server.url, self._me.did, self._me.handle, {"session": session.encode()})

    def mention(self, texts: Sequence[str]) -> Sequence[str]:
        roots = [self._speakers[name].post("A thread") for name in _others(texts)]
        there = set()
        for name, text, root in zip(SPEAKERS, texts, roots, strict=False):
            said = self._speakers[name].post(f"@{self._me.handle} {text}", mentions=[self._me], reply_to=root)
            there.add(said.uri)
        eventually(lambda: there <= {note["uri"] for note in self._me.notifications("mention", "reply")}, 30)
        return [root.uri for root in roots]

    def mine(self, newest_only: bool = True) -> Sequence[str]:
        texts: list[str] = []
        cursor: dict[str, Any] = {}
        while True:
            answer = self._me.query(
                "com.atproto.repo.listRecords", repo=self._me.did, collection=POST, limit=100, **cursor
            )
            texts += [record["value"]["text"] for record in answer["records"]]
            if newest_only or not answer.get("cursor"):
                return texts
            cursor = {"cursor": answer["cursor"]}

    def is_quiet(self, root: str) -> bool:
        (post,) = self._me.query("app.bsky.feed.getPosts", uris=[root])["posts"]
        return bool(post["viewer"].get("threadMuted"))


class Mastodon(Side):
    """The mock from PyPI: a repeat with the same Idempotency-Key is the same status."""

    name = "mastodon"
    send = "POST /api/v1/statuses"
    mute = "/mute"
    look = "/context"

    def __init__(self, mock: MastodonMock) -> None:
        super().__init__(mock.proxy)
        self.mock = mock
        self._account = mock.call("me", "GET", "/api/v1/accounts/verify_credentials")

    def sign_in(self, home: Path) -> None:
        secrets = {"token": self.mock.tokens["me"], "account_id": self._account["id"]}
        _sign_in(home, "mastodon", self.mock.url, self._account["url"], "me@mock", secrets)

    def mention(self, texts: Sequence[str]) -> Sequence[str]:
        roots = [self.mock.post(name, "A thread")["id"] for name in _others(texts)]
        for name, text, root in zip(SPEAKERS, texts, roots, strict=False):
            self.mock.post(name, f"@me {text}", in_reply_to_id=root)
        return roots

    def mine(self, newest_only: bool = True) -> Sequence[str]:
        texts: list[str] = []
        older: dict[str, Any] = {}
        while True:
            path = f"/api/v1/accounts/{self._account['id']}/statuses"
            found = self.mock.call("me", "GET", path, limit=40, **older)
            texts += [each["content"] for each in found]
            if newest_only or not found:
                return texts
            older = {"max_id": found[-1]["id"]}

    def die(self) -> None:
        self.mock.kill()

    def revive(self) -> None:
        self.mock.revive()

    def is_quiet(self, root: str) -> bool:
        # The mock mutes statuses instead of threads, and the one that the program names is its own.
        thread = self.mock.call("me", "GET", f"/api/v1/statuses/{root}/context")["descendants"]
        return any(each["muted"] for each in (self.mock.call("me", "GET", f"/api/v1/statuses/{root}"), *thread))


class Forgetful(Side):
    """A server of ours that knows no Idempotency-Key: a repeat is a second status."""

    name = "forgetful"
    send, mute, look = Mastodon.send, Mastodon.mute, Mastodon.look

    def __init__(self, server: MastodonServer) -> None:
        super().__init__(server.proxy)
        self.server = server
        self._roots: dict[str, Status] = {}

    def sign_in(self, home: Path) -> None:
        me = self.server.me
        secrets = {"token": me.token, "client_id": "app", "client_secret": "its secret", "account_id": me.id}
        _sign_in(home, "mastodon", self.server.url, me.account.url, f"me@{self.server.domain}", secrets)

    def mention(self, texts: Sequence[str]) -> Sequence[str]:
        roots = [self.server.person(name).post("A thread") for name in _others(texts)]
        for name, text, root in zip(SPEAKERS, texts, roots, strict=False):
            self.server.person(name).post(f"@me {text}", reply_to=root)
        self._roots |= {each.uri: each for each in roots}
        return [each.uri for each in roots]

    def mine(self, newest_only: bool = True) -> Sequence[str]:
        return [each.text for each in self.server.me.statuses()]

    def is_quiet(self, root: str) -> bool:
        return self.server.is_muted(self.server.me, self._roots[root])


def _others(texts: Sequence[str]) -> Sequence[str]:
    """In whose thread each of those speaks who have something to say: a thread of two would not be kept quiet."""
    return (*SPEAKERS[1:], SPEAKERS[0])[: len(texts)]


def _sign_in(home: Path, network: str, origin: str, remote_id: str, handle: str, secrets: Mapping[str, str]) -> None:
    """What signing in leaves behind, for the price of a write: the page and the password are tested elsewhere."""
    paths = Paths(home, home, home)
    paths.make()
    now = datetime.now(UTC)
    store = Store(paths.database, now)
    store.write(accounts.add, network, origin, remote_id, handle, to_ms(now)).result()
    store.close(10)
    Keychain(home).for_account(network, remote_id).replace(secrets)
