"""One inbox out of two networks and several accounts: the reference Bluesky server and servers of Mastodon's kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from introvert_tui.engine.events import Event
from introvert_tui.engine.inbox import State
from introvert_tui.engine.opening import open_session
from introvert_tui.engine.session import Session
from introvert_tui.settings import Paths, Settings
from introvert_tui.store import accounts

from .bluesky.chat import ChatServer
from .bluesky.server import BlueskyServer
from .bluesky_world import Answers, use_servers
from .mastodon.flavours import MASTODON
from .mastodon.mock import MastodonMock
from .mastodon.server import MastodonServer, StartServer
from .mastodon_world import Browser
from .visiting import QUICK, row_of, until
from .waiting import eventually


def _is_left(session: Session, id: int) -> bool:
    return session.conversation(id).state is State.LEFT


class Home:
    """One user with accounts on several servers."""

    def __init__(self, path: Path) -> None:
        paths = Paths(path, path, path)
        paths.make()
        self.events: list[Event] = []
        self.session: Session = open_session(Settings(), paths, self.events.append, waits=QUICK)

    async def enter_bluesky(self, bluesky: BlueskyServer) -> None:
        self.me, self.ana, self.ben = (bluesky.new_person(name) for name in ("me", "ana", "ben"))
        password = self.me.create_app_password(uuid4().hex[:10], privileged=True)
        await self.session.add_account("bluesky", Answers(handle=self.me.handle, password=password))

    async def enter_mastodon(self, server: MastodonServer) -> None:
        assert server.me  # comes into being
        await self.session.add_account("mastodon", Browser(server))

    async def enter_mock(self, mock: MastodonMock) -> None:
        """The mock has no page to agree on: it gives tokens."""
        me = mock.call("me", "GET", "/api/v1/accounts/verify_credentials")
        secrets = self.session.networks.keychain.for_account("mastodon", me["url"])
        secrets.replace({"token": mock.tokens["me"], "account_id": me["id"]})
        await self.session.visit.store.do(accounts.add, "mastodon", mock.url, me["url"], "me@mock", self.session.now())

    def tell(self, text: str) -> str:
        """Ana speaks to me in a thread of Ben's on Bluesky; returns its root."""
        root = self.ben.post("A thread about ink")
        post = self.ana.post(f"@{self.me.handle} {text}", mentions=[self.me], reply_to=root)
        eventually(lambda: any(note["uri"] == post.uri for note in self.me.notifications()))
        return root.uri

    def troubles(self) -> dict[str, str | None]:
        return {account.label: account.trouble for account in self.session.accounts()}


@pytest.fixture
async def home(
    bluesky: BlueskyServer, chat: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Home]:
    use_servers(monkeypatch, bluesky, chat)
    home = Home(tmp_path)
    await home.enter_bluesky(bluesky)
    yield home
    await home.session.quit(send=False)
    for person in (home.me, home.ana, home.ben):
        person.close()


async def test_both_networks_in_one_visit(home: Home, mastodon_mock: MastodonMock) -> None:
    session = home.session
    await home.enter_mock(mastodon_mock)
    root = home.tell("which ink?")
    top = mastodon_mock.post("ben", "A thread about paper")
    said = mastodon_mock.post("ana", "@me which paper?", in_reply_to_id=top["id"])
    session.start()
    await session.catch_up()
    assert home.troubles() == {"Bluesky": None, "Mastodon": None}
    assert {row.network for row in session.inbox().rows} == {"bluesky", "mastodon"}
    assert len(session.inbox().rows) == 2

    for text in ("which ink?", "which paper?"):
        row = row_of(session, text)
        await session.hello(session.composer(row.id, row.shown), f"The old one, for {text}")
        await until(partial(_is_left, session, row.id))
    assert session.inbox().rows == ()
    (post,) = home.me.records()
    assert post["value"]["text"] == "The old one, for which ink?"
    answers = mastodon_mock.call("me", "GET", f"/api/v1/statuses/{said['id']}/context")["descendants"]
    assert [answer["in_reply_to_id"] for answer in answers] == [said["id"]]

    await until(lambda: home.me.query("app.bsky.feed.getPosts", uris=[root])["posts"][0]["viewer"].get("threadMuted"))
    await until(lambda: any(call.path.endswith("/mute") and call.status == 200 for call in mastodon_mock.requests))


async def test_a_dead_server_delays_and_harms_nobody_else(home: Home, mastodon: StartServer) -> None:
    server = mastodon(MASTODON)
    await home.enter_mastodon(server)
    server.ana.mention(server.me, "which paper?")
    home.tell("which ink?")
    server.proxy.refuse()
    await home.session.catch_up()
    assert [row.network for row in home.session.inbox().rows] == ["bluesky"]
    troubles = home.troubles()
    assert troubles["Bluesky"] is None
    assert troubles["Mastodon"] is not None
    assert troubles["Mastodon"].startswith("Mastodon has not answered")
    server.proxy.accept()
    await home.session.catch_up()
    assert len(home.session.inbox().rows) == 2
    assert home.troubles() == {"Bluesky": None, "Mastodon": None}


@pytest.mark.parametrize("trouble", ["html", "redirect", "flood"])
async def test_a_server_that_answers_nonsense_gets_one_line_and_costs_the_rest_nothing(
    home: Home, mastodon: StartServer, trouble: str
) -> None:
    server = mastodon(MASTODON)
    await home.enter_mastodon(server)
    await home.session.catch_up()
    home.tell("which ink?")
    match trouble:
        case "html":
            server.answer_html("notifications")
        case "redirect":
            server.redirect_to("http://127.0.0.1:9/elsewhere", "notifications")
        case _:
            server.flood("notifications")
    await home.session.catch_up()
    assert [row.network for row in home.session.inbox().rows] == ["bluesky"]
    lines = home.session.inbox().lines
    assert len(lines) == 1, lines
    assert "hellos are kept and go out later." in lines[0]
    assert "{" not in lines[0]
    assert "<" not in lines[0]


async def test_a_message_that_came_over_the_bridge_is_one_row(home: Home, mastodon: StartServer) -> None:
    server = mastodon(MASTODON)
    await home.enter_mastodon(server)
    post = home.ana.post(f"@{home.me.handle} to both of you", mentions=[home.me])
    eventually(lambda: any(note["uri"] == post.uri for note in home.me.notifications()))
    copy = f"https://bsky.brid.gy/convert/ap/{post.uri}"
    server.person("ana.test@bsky.brid.gy").post("@me to both of you", uri=copy, url=copy)
    session = home.session
    session.start()
    await session.catch_up()
    (row,) = session.inbox().rows
    await session.hello(session.composer(row.id, row.shown), "To one of you.")
    await until(lambda: home.me.records())
    await until(lambda: session.conversation(row.id).state is State.LEFT)
    assert server.statuses_of(server.me) == []
    assert session.inbox().rows == ()


async def test_two_accounts_of_one_network_in_one_thread_are_one_row(home: Home, mastodon: StartServer) -> None:
    server = mastodon(MASTODON)
    await home.enter_mastodon(server)
    other = server.ben
    secrets = home.session.networks.keychain.for_account("mastodon", other.account.url)
    secrets.replace({"token": other.token, "client_id": "app", "client_secret": "secret", "account_id": other.id})
    await home.session.visit.store.do(
        accounts.add, "mastodon", server.url, other.account.url, other.handle, home.session.now()
    )
    server.ana.post("@me @ben which paper?")
    await home.session.catch_up()
    rows = [row for row in home.session.inbox().rows if row.network == "mastodon"]
    assert len(rows) == 1
    assert rows[0].writers != ()
