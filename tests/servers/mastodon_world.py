"""The adapter signed in at a server of Mastodon's kind, and the other people around it, for tests of the adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from introvert_tui.adapter import Facts
from introvert_tui.adapters.mastodon import MastodonAdapter
from introvert_tui.model import Account, Message, Page, Question, Reason
from introvert_tui.testing import RETRY_AFTER, Fault
from introvert_tui.testing.harness import read_all

from .mastodon.flavours import MASTODON, Flavour
from .mastodon.mock import MastodonMock
from .mastodon.server import MastodonServer, StartServer
from .mastodon.state import Status
from .proxy import Exchange, Proxy
from .waiting import eventually


class Keychain:
    """Secrets in memory."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def set(self, name: str, value: str) -> None:
        self.values[name] = value


class Behind(Protocol):
    """A server behind its proxy."""

    @property
    def proxy(self) -> Proxy: ...


class Browser:
    """Somebody with a browser, who agrees to what is asked there and pastes what it shows."""

    def __init__(self, server: MastodonServer, typed: str = "", paste: Callable[[str], str] | None = None) -> None:
        self._server = server
        self._typed = typed or server.url
        self._paste = paste or (lambda code: code)
        self._address = ""
        self.asked: list[str] = []
        self.said: list[str] = []

    @property
    def opened(self) -> dict[str, list[str]]:
        """What the page was asked for."""
        return parse_qs(urlsplit(self._address).query)

    async def question(self, question: Question) -> str:
        self.asked.append(question.name)
        if question.name == "server":
            return self._typed
        return self._paste(self._server.approve(self._address).code)

    async def open_link(self, url: str) -> None:
        self._address = url

    async def say(self, text: str) -> None:
        self.said.append(text)


class SignedIn:
    """One account with its adapters, each as after a restart."""

    def __init__(self, server: Behind, account: Account, secrets: Mapping[str, str], patience: float) -> None:
        self.proxy = server.proxy
        self.account = account
        self.keychain = Keychain(secrets)
        self._patience = patience
        self._adapters: list[MastodonAdapter] = []
        self._past: list[str] = []
        self.adapter = self.new_adapter()

    def new_adapter(self, facts: Facts | None = None) -> MastodonAdapter:
        adapter = MastodonAdapter(self.account, self.keychain, facts, patience=self._patience)
        self._adapters.append(adapter)
        return adapter

    async def another_adapter(self) -> MastodonAdapter:
        return self.new_adapter()

    async def leave(self) -> None:
        """Close everything."""
        for adapter in self._adapters:
            await adapter.close()

    async def pull(self, cursor: str | None = None) -> tuple[list[Page], str | None]:
        """Pull to the end with a fresh adapter."""
        return await read_all(self.new_adapter(), cursor)

    async def receive(self, uri: str) -> Message:
        """The message with this address as a fresh pull brings it."""
        pages, _ = await self.pull()
        return next(each for page in pages for each in page.messages if each.ref.uri == uri)

    @property
    def requests(self) -> list[str]:
        return [*self._past, *map(_line, self.proxy.exchanges)]

    def calls(self) -> list[str]:
        """Method and path of the requests since the proxy's record was last cleared."""
        return [f"{one.method} {one.path}" for one in self.proxy.exchanges]

    async def settle(self) -> None:
        """Everything is at once as it is."""

    async def fault(self, fault: Fault) -> None:
        proxy = self.proxy
        match fault:
            case Fault.REFUSED:
                proxy.refuse()
            case Fault.LOST_REQUEST:
                proxy.lose_request(times=None)
            case Fault.LOST_ANSWER:
                proxy.lose_answer(times=None)
            case Fault.TIMEOUT:
                proxy.delay(60, times=None)
            case Fault.UNAUTHORIZED:
                proxy.answer(401, {"error": "Das Zugriffstoken wurde widerrufen"}, times=None)
            case Fault.RATE_LIMITED:
                proxy.answer(429, {"error": "Too many requests"}, times=None, headers={"retry-after": str(RETRY_AFTER)})
            case Fault.SERVER_ERROR:
                proxy.answer(500, {"error": "Internal Server Error"}, times=None)
            case Fault.RUBBISH:
                proxy.answer(200, "<html>maintenance</html>", times=None)

    async def clear_faults(self) -> None:
        waiting = [one for one in self.proxy.exchanges if one.fault is None and not one.status]
        self._past = self.requests
        self.proxy.reset()
        # What hung is let through now: the server has it only after this.
        eventually(lambda: all(one.status for one in waiting))


class World(SignedIn):
    """The account `me` at a server of ours, and Ana, as the contract's other side."""

    def __init__(self, server: MastodonServer, patience: float = 10) -> None:
        self.server = server
        self.me, self.ana = server.me, server.ana
        account = Account(1, "mastodon", server.url, self.me.account.url, f"me@{server.domain}")
        given = {"token": self.me.token, "client_id": "app", "client_secret": "its secret", "account_id": self.me.id}
        super().__init__(server, account, given, patience)
        self.my_post = self.me.post("A fine morning")

    async def someone_writes(self, text: str, reason: Reason = Reason.MENTION) -> str:
        match reason:
            case Reason.DIRECT:
                return self.ana.dm(text, self.me).uri
            case Reason.MENTION:
                return self.ana.mention(self.me, text).uri
            case Reason.REPLY:
                return self.ana.reply(self.my_post, text).uri
            case Reason.QUOTE:
                return self.ana.quote(self.my_post, text).uri

    async def someone_answers(self, uri: str, text: str) -> str:
        return self.ana.reply(self.server.status(uri), text, naming=False).uri

    async def someone_deletes(self, uri: str) -> None:
        self.ana.delete(self.server.status(uri))

    async def make_noise(self) -> None:
        self.ana.favourite(self.my_post)
        self.ana.boost(self.my_post)
        self.ana.follow(self.me)

    async def my_messages(self, containing: str) -> int:
        return len(self.mine(containing))

    def mine(self, containing: str = "") -> list[Status]:
        """The account's own statuses, but for the first."""
        return [each for each in self.me.statuses() if containing in each.text and each is not self.my_post]


class MockWorld(SignedIn):
    """The account `me` at the mock, and Ana, as the contract's other side."""

    def __init__(self, mock: MastodonMock, patience: float = 10) -> None:
        self.mock = mock
        me = self._as("me", "GET", "accounts/verify_credentials")
        account = Account(1, "mastodon", mock.url, me["url"], "me@mock.local")
        super().__init__(mock, account, {"token": mock.tokens["me"], "account_id": me["id"]}, patience)
        self._ids: dict[str, str] = {}
        self._me = me["id"]
        self._my_post = mock.post("me", "A fine morning")["id"]

    async def someone_writes(self, text: str, reason: Reason = Reason.MENTION) -> str:
        match reason:
            case Reason.DIRECT:
                return self._posted(f"@me {text}", visibility="direct")
            case Reason.MENTION:
                return self._posted(f"@me {text}")
            case Reason.REPLY:
                return self._posted(f"@me {text}", in_reply_to_id=self._my_post)
            case Reason.QUOTE:
                return self._posted(text, quoted_status_id=self._my_post)

    async def someone_answers(self, uri: str, text: str) -> str:
        return self._posted(text, in_reply_to_id=self._id(uri))

    async def someone_deletes(self, uri: str) -> None:
        self._as("ana", "DELETE", f"statuses/{self._id(uri)}")

    async def make_noise(self) -> None:
        self._as("ana", "POST", f"statuses/{self._my_post}/favourite")
        self._as("ana", "POST", f"statuses/{self._my_post}/reblog")
        self._as("ana", "POST", f"accounts/{self._me}/follow")

    async def my_messages(self, containing: str) -> int:
        mine = self._as("me", "GET", f"accounts/{self._me}/statuses", limit=40)
        return sum(containing in each["content"] for each in mine)

    def _as(self, who: str, method: str, path: str, **params: Any) -> Any:
        return self.mock.call(who, method, f"/api/v1/{path}", **params)

    def _posted(self, text: str, **fields: Any) -> str:
        made = self.mock.post("ana", text, **fields)
        self._ids[made["uri"]] = made["id"]
        return str(made["uri"])

    def _id(self, uri: str) -> str:
        if uri not in self._ids:
            mine = self._as("me", "GET", f"accounts/{self._me}/statuses", limit=40)
            self._ids |= {each["uri"]: each["id"] for each in mine}
        return self._ids[uri]


class Enter(Protocol):
    """Starts a server of some flavour, and signs in there."""

    def __call__(self, flavour: Flavour | str = MASTODON, patience: float = 10) -> World: ...


@asynccontextmanager
async def worlds(start: StartServer) -> AsyncIterator[Enter]:
    """Enter worlds, and leave them all at the end."""
    entered: list[World] = []

    def enter(flavour: Flavour | str = MASTODON, patience: float = 10) -> World:
        entered.append(World(start(flavour), patience))
        return entered[-1]

    try:
        yield enter
    finally:
        for world in entered:
            world.proxy.reset()
            await world.leave()


def _line(one: Exchange) -> str:
    query = "&".join(f"{name}={value}" for name, values in one.query.items() for value in values)
    return f"{one.method} {one.path}?{query}"
