"""Work that may block or takes long, beside the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_the_background(work: Callable[[], T]) -> T:
    """Do it on a thread that nobody waits for when the program ends."""
    done: Future[T] = Future()
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as problem:
            done.set_exception(problem)

    Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(done)
