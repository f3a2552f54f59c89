"""The made-up town, written down by a second process while this one loads the screen.

What was said there takes 80 ms to tell, and Textual takes longer to load; so nobody waits for it, and the first frame
shows it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from introvert_tui.engine.events import Event
    from introvert_tui.engine.session import Session
    from introvert_tui.settings.config import Settings

LONGEST = 5
"""Seconds after which the second process is ended; the app catches up by itself, as with any network."""


def begin_town() -> Callable[[Callable[[Event], None], Settings], Session]:
    """Let the second process begin; what is returned opens the town once it is told."""
    if not hasattr(os, "fork"):
        from introvert_tui.engine.opening import open_demo

        return open_demo
    import asyncio  # noqa: F401 - 25 ms that both processes need, and that the fork shares
    import tempfile

    home = Path(tempfile.mkdtemp(prefix="introvert-demo-"))
    # Here there is one thread and no database yet, so that nothing is shared that must not be; and little else is
    # imported, so that the second process begins early, and few pages have to be copied.
    process = os.fork()
    if process == 0:
        _tell(home)

    def opened(listen: Callable[[Event], None], settings: Settings) -> Session:
        from introvert_tui.engine.opening import open_demo

        os.waitpid(process, 0)
        return open_demo(listen, settings, home=home)

    return opened


def _tell(home: Path) -> None:
    """Catch up with the town as it is founded, and end this process, whatever happens."""
    try:
        import asyncio
        import signal

        from introvert_tui.engine.opening import open_demo

        signal.alarm(LONGEST)
        os.nice(10)  # there is time, and the first frame comes 4 % sooner
        asyncio.run(open_demo(lambda event: None, home=home).catch_up())
    finally:
        os._exit(0)
