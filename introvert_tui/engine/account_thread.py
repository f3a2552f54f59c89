"""One daemon thread with its own event loop for each account's adapter.

A slow name look-up, an SDK's import or a plug-in that blocks costs this account its time, and the screen and the quit
nothing: a blocked default executor makes quitting take 3.7 s, a daemon thread 0.2 s.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from introvert_tui.adapter import Adapter
from introvert_tui.errors import AdapterError, IntrovertError, Unavailable
from introvert_tui.text import clean_line

T = TypeVar("T")
_SAID = 300
log = logging.getLogger(__name__)
# Without a handler, Python would print warnings over the screen.
logging.getLogger("introvert_tui").addHandler(logging.NullHandler())


class AccountThread:
    """Runs one account's adapter; `submit` may be called from any thread."""

    def __init__(self, name: str, make: Callable[[], Adapter]) -> None:
        self._name = name
        self._make = make
        self._loop = asyncio.new_event_loop()
        self._adapter: Future[Adapter] = Future()
        self._running: set[Future[Any]] = set()
        self._thread = threading.Thread(target=self._run, name=f"account {name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.call_soon(self._load)
        self._loop.run_forever()
        self._loop.close()

    def _load(self) -> None:
        try:
            self._adapter.set_result(self._make())
        except IntrovertError as problem:
            self._adapter.set_exception(problem)
        except Exception:
            # A plug-in's code: whatever it raises is its account's trouble and nobody else's.
            log.warning("an adapter does not load", exc_info=True)
            self._adapter.set_exception(Unavailable(f"{self._name} does not load."))

    def adapter(self, deadline: float) -> Adapter:
        """The adapter, for what is offline and pure. Raises `TimeoutError` while it is still being loaded."""
        return self._adapter.result(deadline)

    def submit(self, work: Callable[[Adapter], Coroutine[Any, Any, T]]) -> Future[T]:
        """Run `work(adapter)` on the account's loop."""

        async def run() -> T:
            return await work(await asyncio.wrap_future(self._adapter))

        future = asyncio.run_coroutine_threadsafe(run(), self._loop)
        # The loop itself holds tasks weakly.
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Run something short on the account's loop."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def stop(self) -> None:
        """Cancel what runs, close the adapter, end the thread; returns at once."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop)

    async def _close(self) -> None:
        for future in tuple(self._running):
            future.cancel()
        ours = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not ours]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._adapter.done() and self._adapter.exception() is None:
            try:
                await self._adapter.result().close()
            except AdapterError:
                log.debug("closing an adapter failed", exc_info=True)
        self._loop.stop()

    def join(self, deadline: float) -> bool:
        """Wait until the thread has ended, at most `deadline` seconds; return whether it has."""
        self._thread.join(deadline)
        return not self._thread.is_alive()


async def guarded(call: Awaitable[T], deadline: float, label: str) -> T:
    """Await an adapter's call with a deadline; what is not one of the contract's errors becomes `Unavailable`."""
    try:
        return await asyncio.wait_for(call, deadline)
    except AdapterError as problem:
        # What a server says of itself is remote text too.
        problem.args = (clean_line(str(problem), _SAID), *problem.args[1:])
        raise
    except TimeoutError as problem:
        raise Unavailable(f"{label} did not answer in time.") from problem
    except Exception as problem:
        # A plug-in's code: whatever it raises is its account's trouble and nobody else's.
        log.warning("an adapter broke its contract", exc_info=True)
        raise Unavailable(f"{label} answered something this program does not understand.") from problem
