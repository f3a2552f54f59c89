"""One daemon thread for calls that block, so that a call can be given up without anybody waiting for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

_JOIN_SECONDS = 0.2


class Tool(Protocol):
    """What the thread opens for itself, uses for every call, and closes when it ends."""

    def close(self) -> None:
        """Give back what it holds."""


T = TypeVar("T")
ToolT = TypeVar("ToolT", bound=Tool)


class Lane(Generic[ToolT]):
    """Runs calls one after the other on a thread of its own, which opens its tool with the first of them.

    When a call is cancelled while it runs, the thread ends after it, and the next call gets a new one.
    """

    def __init__(self, name: str, make: Callable[[], ToolT]) -> None:
        self._name = name
        self._make = make
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[ToolT], Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, call: Callable[[ToolT], T]) -> T:
        """Run `call(tool)` on the thread and return what it returns."""
        if self._thread is None:
            self._calls = SimpleQueue()
            self._thread = threading.Thread(target=self._work, args=(self._calls,), name=self._name, daemon=True)
            self._thread.start()
        thread, future = self._thread, Future[T]()
        self._calls.put((future, call))
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.cancel()
            if future.running() and self._thread is thread:
                self._retire()
            raise

    def close(self) -> None:
        """Let the thread end; it is a daemon, and nobody waits for one that still hangs on a server."""
        thread = self._retire()
        if thread is not None:
            thread.join(_JOIN_SECONDS)

    def _retire(self) -> threading.Thread | None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._calls.put(None)
        return thread

    def _work(self, calls: SimpleQueue[tuple[Future[Any], Callable[[ToolT], Any]] | None]) -> None:
        tool: ToolT | None = None
        while (waiting := calls.get()) is not None:
            future, call = waiting
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if tool is None:
                    tool = self._make()
                result = call(tool)
            except BaseException as problem:  # whatever it is, it belongs to who asked
                future.set_exception(problem)
            else:
                future.set_result(result)
            del future, call, waiting
        if tool is not None:
            tool.close()
