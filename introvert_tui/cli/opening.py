"""Opening a session for the length of one command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from introvert_tui.cli.output import talk

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session


@asynccontextmanager
async def user_session() -> AsyncIterator[Session]:
    """Open the user's own session and quit it without sending anything that is held."""
    from introvert_tui.engine.opening import open_session
    from introvert_tui.settings.config import load
    from introvert_tui.settings.paths import Paths

    paths = Paths.user()
    settings, ignored = load(paths.config_file)
    session = open_session(settings, paths, lambda event: None)
    try:
        for sentence in (*ignored, *session.opening_lines):
            talk(sentence)
        yield session
    finally:
        if waits := await session.quit(send=False):
            talk(waits)
