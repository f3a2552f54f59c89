"""Opening a session for the length of one command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from introvert_tui.cli.output import talk

if TYPE_CHECKING:
    from introvert_tui.engine.events import Event
    from introvert_tui.engine.session import Session


def open_user_session(listen: Callable[[Event], None] = lambda event: None) -> Session:
    """Open the user's own session, and say what there is to be said about it."""
    from introvert_tui.engine.opening import open_session
    from introvert_tui.settings.config import load
    from introvert_tui.settings.paths import Paths

    paths = Paths.user()
    settings, ignored = load(paths.config_file)
    session = open_session(settings, paths, listen)
    for sentence in (*ignored, *session.opening_lines):
        talk(sentence)
    return session


@asynccontextmanager
async def user_session() -> AsyncIterator[Session]:
    """Open the user's own session, and quit it without sending anything.

    What waits to go out is not told of: a command that did not try it knows nothing new about it.
    """
    session = open_user_session()
    try:
        yield session
    finally:
        await session.quit(send=False)
