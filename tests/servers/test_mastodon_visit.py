"""Visits of the whole engine to servers of Mastodon's kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from introvert_tui.engine.events import Event
from introvert_tui.engine.inbox import Group, State
from introvert_tui.engine.opening import open_session
from introvert_tui.engine.session import Session
from introvert_tui.settings import Paths, Settings
from tests.conftest import Tell

from .mastodon.flavours import FLAVOURS
from .mastodon.server import MastodonServer, StartServer
from .mastodon_world import Browser
from .visiting import QUICK, row_of, until


class Home:
    """One user's data, with a visit to it that is signed in at a server."""

    def __init__(self, server: MastodonServer, path: Path) -> None:
        self.server = server
        assert server.me  # comes into being
        paths = Paths(path, path, path)
        paths.make()
        self.events: list[Event] = []
        self.session: Session = open_session(Settings(), paths, self.events.append, waits=QUICK)

    async def enter(self) -> Session:
        await self.session.add_account("mastodon", Browser(self.server))
        self.session.start()
        await self.session.catch_up()
        return self.session


@pytest_asyncio.fixture(params=FLAVOURS)
async def home(request: pytest.FixtureRequest, mastodon: StartServer, tmp_path: Path) -> AsyncIterator[Home]:
    home = Home(mastodon(request.param), tmp_path)
    yield home
    if not home.session.ended:
        await home.session.quit(send=False)


async def test_a_hello_is_one_status_in_its_place_and_the_thread_is_quiet_afterwards(home: Home) -> None:
    server = home.server
    top = server.ben.post("A thread about ink")
    said = server.ana.post("@me what do you think?", reply_to=top)
    session = await home.enter()
    row = row_of(session, "what do you think?")
    assert row.group is Group.NEW

    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await until(lambda: session.conversation(row.id).state is State.LEFT)
    await until(lambda: server.is_muted(server.me, top))
    (hello,) = server.statuses_of(server.me)
    assert hello.text == "@ana Good to hear from you."
    assert hello.in_reply_to_id == said.id
    shown = ["".join(span.text for span in each.body) for each in session.conversation(row.id).messages]
    assert shown[-1] == "Good to hear from you."

    server.ana.reply(hello, "and to you")
    await session.catch_up()
    assert row_of(session, "and to you").group is Group.WROTE_BACK


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_an_answer_to_a_hello_is_heard_whoever_can_read_it(home: Home, visibility: str) -> None:
    server = home.server
    top = server.ben.post("A thread about ink")
    server.ana.post("@me what do you think?", reply_to=top)
    session = await home.enter()
    row = row_of(session, "what do you think?")
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await until(lambda: server.is_muted(server.me, top))
    (hello,) = server.statuses_of(server.me)
    between_us = server.ana.post("@me just between us", reply_to=hello, visibility=visibility)
    await session.catch_up()
    assert row_of(session, "just between us")
    if visibility == "direct":
        # To the server, a private talk that began in a thread is that thread: a mute would keep it from you for good.
        assert not server.is_muted(server.me, top)
        server.ana.post("@me and one more thing", reply_to=between_us, visibility=visibility)
        await session.catch_up()
        assert row_of(session, "and one more thing")


async def test_a_hello_in_a_room_stays_there_and_mutes_nothing(home: Home) -> None:
    server = home.server
    said = server.ana.dm("between us", server.me)
    session = await home.enter()
    row = row_of(session, "between us")
    await session.hello(session.composer(row.id, row.shown), "Between us.")
    await until(lambda: server.statuses_of(server.me))
    await until(lambda: session.conversation(row.id).state is State.OPEN)
    (answer,) = server.statuses_of(server.me)
    assert (answer.visibility, answer.in_reply_to_id) == ("direct", said.id)
    assert not server.is_muted(server.me, said)


async def test_an_answer_given_elsewhere_finishes_it_here(home: Home) -> None:
    server = home.server
    said = server.ana.mention(server.me, "hi")
    session = await home.enter()
    assert session.inbox().rows
    server.me.reply(said, "hello")
    await session.catch_up()
    assert not session.inbox().rows


async def test_what_came_after_an_answer_given_elsewhere_waits_though_it_was_written_before(home: Home) -> None:
    server = home.server
    top = server.me.post("A fine morning")
    said = server.ana.reply(top, "indeed")
    session = await home.enter()
    server.me.reply(said, "hello")
    server.ben.post("@me it rains here", reply_to=top, at=said.created_at)
    await session.catch_up()
    assert row_of(session, "it rains here").writers == ("Ben",)


async def test_notifications_that_come_back_after_rejoining_change_nothing(home: Home) -> None:
    server = home.server
    top = server.ben.post("A thread about ink")
    server.ana.post("@me what do you think?", reply_to=top)
    session = await home.enter()
    row = row_of(session, "what do you think?")
    await session.leave(row.id)
    await until(lambda: server.is_muted(server.me, top))
    server.ana.post("@me are you there?", reply_to=top)
    await session.catch_up()
    assert session.inbox().rows == ()
    await session.rejoin(row.id)
    await until(lambda: not server.is_muted(server.me, top))
    await session.catch_up()
    assert session.inbox().rows == ()
    server.ana.post("@me welcome back", reply_to=top)
    await session.catch_up()
    (back,) = session.inbox().rows
    assert (back.id, back.text) == (row.id, "@me welcome back")


async def test_read_positions_are_left_alone(home: Home) -> None:
    home.server.ana.mention(home.server.me, "hi")
    session = await home.enter()
    row = row_of(session, "hi")
    await session.open(row.id)
    await session.done(row.id, row.shown)
    await session.catch_up()
    asked = {exchange.path for exchange in home.server.requests}
    assert not [path for path in asked if "markers" in path or path.endswith(("/read", "/clear", "/dismiss"))]


async def test_what_a_catch_up_costs(home: Home, tell: Tell) -> None:
    server = home.server
    session = await home.enter()
    server.proxy.clear()
    await session.catch_up()
    idle = list(server.requests)
    for number in range(10):
        server.ana.mention(server.me, f"number {number}")
    server.proxy.clear()
    await session.catch_up()
    busy = list(server.requests)
    assert len(session.inbox().rows) == 10
    assert len(idle) <= 2
    assert len(busy) <= 4
    assert all({"mention", "quote"} == set(one.query["types[]"]) for one in busy if "notifications" in one.path)
    figures = [(len(made), sum(one.response_bytes for one in made)) for made in (idle, busy)]
    tell(f"requests and bytes: idle {figures[0]}, with ten new conversations {figures[1]}")
