"""Beginning a visit: on the user's own data, or in the demo town."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from introvert_tui.engine.clock import Clock, Waits
from introvert_tui.engine.session import Session
from introvert_tui.engine.visit import Visit
from introvert_tui.settings import Paths, Settings
from introvert_tui.store import accounts
from introvert_tui.store.database import Store
from introvert_tui.store.times import to_ms

if TYPE_CHECKING:
    from introvert_tui.engine.events import Event
    from introvert_tui.settings.keychain import Keychain


def open_session(
    settings: Settings,
    paths: Paths,
    listen: Callable[[Event], None],
    clock: Clock | None = None,
    waits: Waits | None = None,
) -> Session:
    """Open the user's database. Raises `StoreError`, or `NewerDatabase` which is one; touches no network."""
    clock = clock or Clock()
    store = Store(paths.database, clock.now())
    visit = Visit(store, clock, waits or Waits(hold=settings.hold_seconds), listen, paths.lock_dir)
    return Session(visit, lambda: _keychain(paths.state), settings, store.opening_lines)


def _keychain(state: Path) -> Keychain:
    from introvert_tui.settings.keychain import Keychain

    return Keychain(state)


class _Demo(Session):
    """A visit to the demo town, whose database goes when it ends."""

    async def quit(self, send: bool, deadline: float = 2.0) -> str | None:
        await super().quit(send, deadline)
        import shutil

        shutil.rmtree(self.visit.store.path.parent, ignore_errors=True)
        return None


def open_demo(
    listen: Callable[[Event], None],
    settings: Settings | None = None,
    clock: Clock | None = None,
    waits: Waits | None = None,
    home: Path | None = None,
) -> Session:
    """Open the demo town, in a database of its own, forgotten at the end; touches no network and no user data."""
    import tempfile

    clock, settings = clock or Clock(), settings or Settings()
    home = home or Path(tempfile.mkdtemp(prefix="introvert-demo-"))
    store = Store(home / "introvert.db", clock.now(), lasting=False)
    store.write(accounts.add, "demo", "demo", "demo:you", "you", to_ms(clock.now())).result()
    visit = Visit(store, clock, waits or Waits(hold=settings.hold_seconds), listen, home / "running")
    return _Demo(visit, lambda: _keychain(home), settings)
