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
