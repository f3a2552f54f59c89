"""The accounts' adapters, each on its own thread, begun when they are needed and not before the first frame."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from introvert_tui import plugins
from introvert_tui.adapter import Adapter, Ask
from introvert_tui.engine import turns
from introvert_tui.engine.account_thread import AccountThread, guarded
from introvert_tui.engine.catch_up import CatchUp, kind_of
from introvert_tui.engine.sending import Sending
from introvert_tui.engine.visit import Visit
from introvert_tui.errors import Cannot, IntrovertError, RateLimited
from introvert_tui.model import Message
from introvert_tui.settings.keychain import Keychain
from introvert_tui.store import accounts, merge
from introvert_tui.store.accounts import AccountRecord
from introvert_tui.store.codec import load_facts
from introvert_tui.store.merge import Merged

if TYPE_CHECKING:
    from introvert_tui.engine.sign_in_thread import SignInThread

T = TypeVar("T")
log = logging.getLogger(__name__)
_PURE_CALL_SECONDS = 1.0
_THREAD_MESSAGES = 1000
_KEEPING_SECONDS = 0.3
"""What taking back a sign-in gets, of which the secrets are kept already and the account is not."""


@dataclass(slots=True)
class _Line:
    """One account's thread and what runs on it."""

    thread: AccountThread
    catch_up: CatchUp
    sending: Sending
    signed_in_at: int
    runs: Future[None] | None = None

    def drain(self) -> Future[None]:
        """Wait, on its own thread, until nothing is on its way that could go now."""
        return self.thread.submit(lambda _: self.sending.drain())


@dataclass(slots=True)
class Networks:
    """All accounts' threads; belongs to the thread that made the session."""

    visit: Visit
    keychain: Keychain
    sends: bool = False
    """Whether what is on its way out of any account moves; until then only of those named to `begin_sending`."""
    _lines: dict[int, _Line] = field(default_factory=dict)
    _sign_ins: list[SignInThread] = field(default_factory=list)

    def _line(self, account: int) -> _Line:
        if account not in self._lines:
            record = accounts.one(self.visit.store.screen, account)
            label = plugins.label(record.account.network)
            self._lines[account] = _Line(
                AccountThread(label, lambda: self._make(record)),
                CatchUp(self.visit, account),
                Sending(self.visit, record.account, label),
                record.signed_in_at,
            )
            if self.sends:
                self.begin_sending(account)
        return self._lines[account]

    def _make(self, record: AccountRecord) -> Adapter:
        account = record.account
        secrets = self.keychain.for_account(account.network, account.remote_id)
        facts = load_facts(record.facts) if record.facts else None
        return plugins.load(account.network)(account, secrets, facts)

    def adapter(self, account: int) -> Adapter:
        """An account's adapter, for what is offline and pure. Raises `Cannot` while it is still being loaded."""
        try:
            return self._line(account).thread.adapter(_PURE_CALL_SECONDS)
        except TimeoutError as problem:
            raise Cannot("This network is still getting ready. Try again in a moment.") from problem
        except IntrovertError as problem:
            raise Cannot(str(problem)) from problem

    def ask(self, account: int, pure: Callable[[Adapter], T]) -> T:
        """What an adapter says offline. Raises `Cannot` if it does not say it."""
        adapter = self.adapter(account)
        try:
            return pure(adapter)
        except Exception as problem:
            # A plug-in's code: whatever it raises is its account's trouble, and not the screen's end.
            log.warning("an adapter broke its contract", exc_info=True)
            raise Cannot(f"{adapter.label} stumbles over this, so nothing can be sent.") from problem

    def begin_sending(self, account: int) -> None:
        """Let what is on its way out of an account move, from now on."""
        line = self._line(account)
        if line.runs is None:
            line.runs = line.thread.submit(line.sending.run)

    def catch_up(self, account: int) -> Future[Merged]:
        """Fetch one account, as it is signed in now: another program may have done that anew."""
        line, record = self._lines.get(account), accounts.one(self.visit.store.screen, account)
        if line is not None and line.signed_in_at != record.signed_in_at:
            self.drop(account)
        line, pause = self._line(account), self._pause(account)
        if pause is not None:
            return line.thread.submit(lambda _: self._leave_alone(account, pause))
        return line.thread.submit(line.catch_up.run)

    def _pause(self, account: int) -> RateLimited | None:
        """What keeps an account's server from being asked anything now: the pause it wants, if it wants one."""
        db, now = self.visit.store.screen, self.visit.now()
        until = accounts.paused_until(db, account, now)
        if until is None:
            return None
        return RateLimited(f"{turns.pause(db, self.visit, account)}.", (until - now) / 1000)

    async def _leave_alone(self, account: int, pause: RateLimited) -> Merged:
        await self.visit.store.do(accounts.troubled, account, kind_of(pause), str(pause))
        return Merged()

    def _ask_server(self, account: int, work: Callable[[Adapter], Coroutine[Any, Any, T]]) -> Future[T]:
        """Ask an account's server for something, unless it wants a pause, which the future raises as `RateLimited`."""
        visit, pause = self.visit, self._pause(account)

        async def ask(adapter: Adapter) -> T:
            if pause is not None:
                raise pause
            try:
                return await work(adapter)
            except RateLimited as problem:
                await visit.store.do(accounts.pause, account, visit.now(), visit.after(problem.retry_after))
                raise

        return self._line(account).thread.submit(ask)

    def read_thread(self, account: int, of: Message) -> Future[Merged]:
        """Read a whole conversation from its server; the future raises an `IntrovertError` if that fails."""
        visit = self.visit

        async def read(adapter: Adapter) -> Merged:
            page = await guarded(adapter.thread(of, _THREAD_MESSAGES), visit.waits.call, adapter.label)
            return await visit.store.do(merge.merge, account, page, visit.clock.now())

        return self._ask_server(account, read)

    async def call(
        self, account: int, work: Callable[[Adapter], Coroutine[Any, Any, T]], deadline: float | None = None
    ) -> T:
        """Ask an account's adapter for something and wait for it, within `deadline` seconds or those of any call."""

        async def run(adapter: Adapter) -> T:
            seconds = self.visit.waits.call if deadline is None else deadline
            return await guarded(work(adapter), seconds, adapter.label)

        return await asyncio.wrap_future(self._ask_server(account, run))

    def nudge(self) -> None:
        """Something new is on its way out."""
        for line in self._lines.values():
            line.thread.call_soon(line.sending.nudge.set)

    async def drain(self) -> None:
        """Wait until nothing is on its way out that could go now."""
        drains = [line.drain() for line in self._lines.values() if line.runs is not None]
        await asyncio.gather(*map(asyncio.wrap_future, drains), return_exceptions=True)

    def sign_in(self, network: str, ask: Ask) -> SignInThread:
        """Begin to sign in to a network, with questions asked on the running loop."""
        from introvert_tui.engine.sign_in_thread import SignInThread

        begun = SignInThread(self.visit, self.keychain, network, ask)
        self._sign_ins = [*(one for one in self._sign_ins if not one.done.done()), begun]
        return begun

    def drop(self, account: int) -> None:
        """End one account's thread: it is signed out, or anew signed in."""
        line = self._lines.pop(account, None)
        if line is not None:
            line.thread.stop()

    def stop(self, deadline: float) -> None:
        """End all threads; those that do not end in time are left to the end of the process."""
        for signing_in in self._sign_ins:
            signing_in.give_up()
        for line in self._lines.values():
            line.thread.stop()
        for signing_in in self._sign_ins:
            signing_in.settle(_KEEPING_SECONDS)
        for line in self._lines.values():
            line.thread.join(deadline / max(1, len(self._lines)))
