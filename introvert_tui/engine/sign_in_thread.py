"""One sign-in, on a thread of its own: an adapter that blocks or a keychain that has to be opened keeps no key waiting.

What a sign-in brings is kept in one go, the secrets first and then the account, and whoever gives up before that is
done leaves neither behind.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import replace
from threading import Lock, Thread
from typing import Any, TypeVar

from introvert_tui import plugins
from introvert_tui.adapter import Ask
from introvert_tui.engine.visit import Visit
from introvert_tui.errors import Cannot, IntrovertError, Unavailable
from introvert_tui.model import Question, Secrecy, SignIn
from introvert_tui.settings.keychain import Keychain
from introvert_tui.store import accounts
from introvert_tui.text import clean_line, clean_url

T = TypeVar("T")
log = logging.getLogger(__name__)
_LABEL, _SAID = 200, 300
_KEEPING = Lock()
"""One keeps its account at a time: whoever gives up must not take the secrets of the next, to the same one, away."""
_SHORTEST_SECRET = 4
"""Letters from which something typed in secret is looked for in what is said; shorter ones are parts of words."""


class SignInThread:
    """Runs an adapter's `sign_in`; `done` has the account's id and the notes about it.

    The future raises what `Session.add_account` does, and `CancelledError` for what was given up.
    """

    def __init__(self, visit: Visit, keychain: Keychain, network: str, ask: Ask) -> None:
        self._visit, self._keychain, self._network = visit, keychain, network
        self._ask = _Across(ask, asyncio.get_running_loop())
        self._lock = Lock()
        self._given_up = self._keeps = False
        self.done: Future[tuple[int, tuple[str, ...]]] = Future()
        self.done.set_running_or_notify_cancel()  # only `give_up` ends it
        self._task: asyncio.Task[Any] | None = None
        Thread(target=self._run, name=f"sign-in {network}", daemon=True).start()

    def give_up(self) -> None:
        """Keep nothing of it, from any thread; an account that is in the store already stays, whole."""
        with self._lock:
            self._given_up = True
        if self._task is not None:
            with suppress(RuntimeError):  # it is over, and its loop is closed
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    def settle(self, deadline: float) -> None:
        """After giving up: let what is being kept right now be taken back, for at most `deadline` seconds."""
        if self._keeps:
            wait([self.done], deadline)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            try:
                kept = self._keep(runner.run(self._sign_in()))
            except BaseException as problem:
                self.done.set_exception(problem)
            else:
                self.done.set_result(kept)

    async def _sign_in(self) -> SignIn:
        with self._lock:
            self._task = asyncio.current_task()
            self._go_on()
        adapter = plugins.load(self._network)
        try:
            return await adapter.sign_in(self._ask)
        except IntrovertError as problem:
            problem.args = (self._ask.told(str(problem)), *problem.args[1:])
            raise
        except (Exception, asyncio.CancelledError) as problem:
            self._go_on()
            # A plug-in's code may raise anything, and what it says may be what was typed: only its kind is told.
            log.warning("a sign-in broke the adapter's contract: %s", type(problem).__name__)
        raise Unavailable(f"{adapter.label} answered something this program does not understand. Nothing was kept.")

    def _keep(self, found: SignIn) -> tuple[int, tuple[str, ...]]:
        self._keeps = True
        with _KEEPING:
            return self._keep_alone(found)

    def _keep_alone(self, found: SignIn) -> tuple[int, tuple[str, ...]]:
        self._go_on()
        store, said_before = self._visit.store, self._keychain.notice
        secrets = self._keychain.for_account(self._network, found.remote_id)
        known = store.write(_is_known, self._network, found.remote_id).result()
        secrets.replace(found.secrets)
        try:
            self._go_on()
            account = store.write(
                accounts.add, self._network, found.origin, found.remote_id, found.handle, self._visit.now()
            ).result()
        except BaseException:
            if not known:
                secrets.forget_all()
            raise
        notice = self._keychain.notice if said_before is None else None
        return account, tuple(self._ask.told(note) for note in (*found.notes, notice) if note)

    def _go_on(self) -> None:
        if self._given_up:
            raise asyncio.CancelledError


class _Across:
    """An adapter's `Ask` that is answered on another loop; it knows what was typed in secret, and tells it nobody."""

    def __init__(self, ask: Ask, home: asyncio.AbstractEventLoop) -> None:
        self._ask, self._home = ask, home
        self._secrets: list[str] = []

    async def question(self, question: Question) -> str:
        shown = replace(
            question, label=clean_line(question.label, _LABEL), hint=clean_line(self.told(question.hint), _SAID)
        )
        answer = await self._at_home(self._ask.question(shown))
        if question.secrecy is Secrecy.HIDDEN and len(answer) >= _SHORTEST_SECRET:
            self._secrets.append(answer)
        return answer

    async def open_link(self, url: str) -> None:
        address = clean_url(url)
        if address is None:
            raise Cannot("The network asked for something other than a web page to be opened. Nothing was opened.")
        await self._at_home(self._ask.open_link(address))

    async def say(self, text: str) -> None:
        await self._at_home(self._ask.say(self.told(text)))

    def told(self, sentence: str) -> str:
        """A sentence as it may be shown: clean, and without what was typed in secret."""
        for secret in self._secrets:
            sentence = sentence.replace(secret, "…")
        return clean_line(sentence, _SAID)

    async def _at_home(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            answered = asyncio.run_coroutine_threadsafe(work, self._home)
        except RuntimeError:  # the front end is gone, and its loop with it
            work.close()
            raise asyncio.CancelledError from None
        return await asyncio.wrap_future(answered)


def _is_known(db: sqlite3.Connection, network: str, remote_id: str) -> bool:
    return any((one.network, one.remote_id) == (network, remote_id) for one in accounts.every(db))
