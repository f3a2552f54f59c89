"""A visit to the village, with time in the test's hands."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from introvert_tui import plugins
from introvert_tui.adapter import Adapter
from introvert_tui.engine.clock import Waits
from introvert_tui.engine.events import Event, Said
from introvert_tui.engine.inbox import InboxRow
from introvert_tui.engine.opening import open_session
from introvert_tui.engine.sending import Sending
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import ConversationView
from introvert_tui.settings import Paths, Settings
from introvert_tui.store import accounts, conversations, outgoing
from introvert_tui.store.times import to_ms

from .pages import fresh
from .village import ACCOUNT, StandingClock, Village


async def _steps(sending: Sending, adapter: Adapter) -> None:
    """Let an account look at what is due, from the beginning: the step that ends first may have begun before."""
    for _ in range(2):
        sending.stepped.clear()
        sending.nudge.set()
        await sending.stepped.wait()


@dataclass
class Town:
    """The village, and the visits paid to it one after the other on one database."""

    village: Village
    clock: StandingClock
    paths: Paths
    waits: Waits = field(default_factory=Waits)
    events: list[Event] = field(default_factory=list)
    visits: list[Session] = field(default_factory=list)

    def visit(self, settings: Settings | None = None) -> Session:
        """Open the program, as it is before any network is reached."""
        self.clock.passes(seconds=1)
        session = open_session(settings or Settings(), self.paths, self.events.append, self.clock, self.waits)
        self.visits.append(session)
        if not session.accounts():
            now = to_ms(self.clock.now())
            session.visit.store.write(
                accounts.add, ACCOUNT.network, ACCOUNT.origin, ACCOUNT.remote_id, ACCOUNT.handle, now
            ).result()
        return session

    async def caught_up(self, settings: Settings | None = None) -> Session:
        """Open the program and let the first catch-up end."""
        session = self.visit(settings)
        session.start()
        await session.catch_up()
        return session

    async def moves(self, session: Session, **time: float) -> None:
        """Let time pass, and everything that is due move."""
        self.clock.passes(**time)
        for line in session.networks._lines.values():
            if line.runs is not None:
                await asyncio.wait_for(asyncio.wrap_future(line.thread.submit(partial(_steps, line.sending))), 10)
        await asyncio.wait_for(session.networks.drain(), 10)

    async def jumps(self, session: Session, **time: float) -> None:
        """Let the machine sleep, or its clock be set, and everything that is due then move."""
        self.clock.jumps(**time)
        await self.moves(session)

    async def greets(self, session: Session, who: str, words: str = "Good to hear from you.") -> InboxRow:
        """Say hello to somebody who waits, as the inbox shows it; returns the row it was."""
        row = self.row(session, who)
        await session.hello(session.composer(row.id, row.shown), words)
        return row

    def state(self, session: Session, key: str) -> str:
        """What became of a message on its way out."""
        return outgoing.one(session.db, key).state

    def until(self, session: Session, conversation: int) -> datetime | None:
        """When a conversation that was put off comes back, on the wall; None where it never does by itself."""
        record = conversations.one(session.db, conversation)
        assert record is not None
        return datetime.fromisoformat(record.later_local) if record.later_local is not None else None

    @property
    def said(self) -> list[str]:
        return [event.sentence for event in self.events if isinstance(event, Said)]

    def row(self, session: Session, who: str) -> InboxRow:
        return next(row for row in session.inbox().rows if who in row.writers)

    def opened(self, session: Session, who: str) -> ConversationView:
        return session.conversation(self.row(session, who).id)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A database in memory with one account, for the store alone."""
    with closing(fresh()) as db:
        yield db


@asynccontextmanager
async def founded(home: Path) -> AsyncIterator[Town]:
    """A town of which every account is part, for as long as the block lasts."""
    clock = StandingClock()
    village = Village(clock)
    kind = village.adapter()
    paths = Paths(home, home, home)
    paths.make()
    town = Town(village, clock, paths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plugins, "load", lambda name: kind)
        patch.setattr(plugins, "label", lambda name: kind.label)
        yield town
        for session in town.visits:
            if not session.ended:
                await session.quit(send=False)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with founded(tmp_path) as town:
        yield town
