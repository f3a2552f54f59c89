"""What tests of whole visits share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from introvert_tui.engine.clock import Waits
from introvert_tui.engine.inbox import InboxRow
from introvert_tui.engine.session import Session

from .waiting import eventually

QUICK = Waits(hold=0.2, look=0.2, look_again=0.5, recover=0.0, retry=0.2, retry_most=0.5)


async def until(condition: Callable[[], object], deadline: float = 15) -> None:
    """Wait for something the engine does by itself, while its loop goes on."""
    await asyncio.to_thread(eventually, condition, deadline)


def row_of(session: Session, text: str) -> InboxRow:
    """The row whose words contain a text."""
    return next(row for row in session.inbox().rows if text in row.text)
