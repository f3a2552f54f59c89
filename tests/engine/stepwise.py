"""Programs that do one thing at a time: a transaction, or one way to or from the server, and then wait to be let on.

So a test decides what comes between any two of them: another program, hours, or death.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

from introvert_tui.adapter import Adapter
from introvert_tui.engine.clock import Waits
from introvert_tui.engine.networks import Networks
from introvert_tui.engine.sending import Sending
from introvert_tui.engine.session import Session
from introvert_tui.engine.visit import Visit
from introvert_tui.errors import StoreError
from introvert_tui.settings import Settings
from introvert_tui.settings.keychain import Keychain
from introvert_tui.store import outbox
from introvert_tui.store.database import Reader, Store

from .lossy import Lossy, LossyAdapter
from .village import ACCOUNT, StandingClock

P = ParamSpec("P")
T = TypeVar("T")


class DiskFull(StoreError):
    """The disk did not take a transaction."""


class SteppedStore(Store):
    """A store on a connection that several programs share, which works on the caller's thread.

    `fails_at` names the function whose next transaction the disk does not take.
    """

    def __init__(self, db: sqlite3.Connection, program: Program) -> None:
        self.path, self.opening_lines = Path(":memory:"), ()
        self.screen = self._writing = db
        self._program = program
        self.fails_at: str | None = None

    def write(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **named: P.kwargs
    ) -> Future[T]:
        future: Future[T] = Future()
        self._writing.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._writing, *args, **named)
            self._writing.execute("COMMIT")
        except BaseException:
            self._writing.execute("ROLLBACK")
            raise
        self._program.committed(self._program)
        future.set_result(result)
        return future

    async def do(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **named: P.kwargs) -> T:
        if self._program.is_stepping():
            name = args[1].__name__ if work is outbox.if_unmoved else work.__name__  # type: ignore[attr-defined]
            await self._program.gate(name)
            if self.fails_at == name:
                self.fails_at = None
                raise DiskFull("The disk is full. Nothing of it was kept there.")
        return self.write(work, *args, **named).result()

    def reader(self) -> Reader:
        return Reader(lambda: self.screen)

    def close(self, deadline: float = 2.0) -> None:
        """The connection is everybody's."""


class _Line:
    """The part of `Networks` that a person's actions use."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    def adapter(self, account: int) -> Adapter:
        return self._adapter

    def ask(self, account: int, pure: Callable[[Adapter], T]) -> T:
        return pure(self._adapter)

    def nudge(self) -> None:
        """A step is taken when the test says so."""


def _no_keychain() -> Keychain:
    raise AssertionError("nobody signs in")


class Program:
    """One program: a session for the person, and the sending that a test moves; to be used in one event loop."""

    def __init__(
        self,
        db: sqlite3.Connection,
        village: Lossy,
        clock: StandingClock,
        locks: Path,
        committed: Callable[[Program], None],
    ) -> None:
        self.committed = committed
        self.store = SteppedStore(db, self)
        self.visit = Visit(self.store, clock, Waits(), lambda event: None, locks)
        self.visit.begin()
        self.session = Session(self.visit, _no_keychain, Settings())
        self.adapter = LossyAdapter(village, self.gate)
        self.session.networks = cast(Networks, _Line(self.adapter))
        self.sending = Sending(self.visit, ACCOUNT, self.adapter.label)
        self._step: asyncio.Task[None] | None = None
        self._open: asyncio.Future[None] | None = None
        self._paused = asyncio.Event()
        self.next = ""

    def is_stepping(self) -> bool:
        return self._step is not None and asyncio.current_task() is self._step

    async def gate(self, name: str) -> None:
        """Wait to be let on to what is next, a function of the store or a call by name."""
        self.next = name
        self._open = asyncio.get_running_loop().create_future()
        self._paused.set()
        await self._open

    @property
    def busy(self) -> bool:
        """In the middle of a step."""
        return self._step is not None

    async def goes_on(self) -> None:
        """Do one more thing; begin a step if there is none."""
        self._paused.clear()
        if self._step is None:
            self.adapter.begins_a_step()
            self._step = asyncio.get_running_loop().create_task(self.sending.step(self.adapter))
            self._step.add_done_callback(lambda _: self._paused.set())
        else:
            assert self._open is not None
            self._open.set_result(None)
        await self._paused.wait()
        if self._step.done():
            step, self._step = self._step, None
            self.adapter.ends_a_step()
            problem = step.exception()
            if problem is not None and not isinstance(problem, DiskFull):
                raise problem

    async def ends_its_step(self, before: str = "") -> None:
        """Go on until the step is over, or take a whole one; or stop before something."""
        await self.goes_on()
        while self.busy and self.next != before:
            await self.goes_on()

    async def dies(self) -> None:
        """Be gone in the middle of whatever it was doing; the system frees its lock."""
        if self._step is not None:
            self._step.cancel()
            await asyncio.wait([self._step])
            assert self._step.cancelled()
            self._step = None
        self.visit.end()
