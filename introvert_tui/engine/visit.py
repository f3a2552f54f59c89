"""A visit, from opening to quitting: the store, the clock, and the sign by which others know that it is alive."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from introvert_tui.engine.clock import Clock, Waits
from introvert_tui.store.database import Store
from introvert_tui.store.times import to_ms

if TYPE_CHECKING:
    from filelock import FileLock

    from introvert_tui.engine.events import Event


@dataclass(slots=True)
class Visit:
    """What everything that works during a visit shares; `tell` may be called from any thread.

    `passed` are the keys of messages of which was told that they may be out already: taking back goes on before them.
    """

    store: Store
    clock: Clock
    waits: Waits
    tell: Callable[[Event], None]
    locks: Path
    id: str = field(default_factory=lambda: f"{os.getpid()}-{os.urandom(4).hex()}")
    passed: set[str] = field(default_factory=set)
    ending: bool = False
    """Whether it is being quit: what does not go out any more is told then, all at once."""
    _lock: FileLock | None = None

    def now(self) -> int:
        """The moment, in milliseconds."""
        return to_ms(self.clock.now())

    def after(self, seconds: float) -> int:
        """The moment so many seconds from now, in milliseconds."""
        return self.now() + int(seconds * 1000)

    def uptime(self) -> int:
        """For how long the machine has run, in milliseconds: what `now` is not, it cannot be set."""
        return int(self.clock.uptime() * 1000)

    def awake(self) -> int:
        """For how long this program has run, in milliseconds: sleep and stops of it do not count."""
        return int(self.clock.awake() * 1000)

    def begin(self) -> None:
        """Show that this program is alive, for as long as it is: a lock that the system frees when it dies."""
        if self._lock is None:
            from filelock import FileLock  # 8 ms, after the first frame

            self.locks.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self.locks / f"{self.id}.lock")
            lock.acquire()
            self._lock = lock

    @property
    def has_begun(self) -> bool:
        """Whether what is on its way out moves in this visit."""
        return self._lock is not None

    def end(self) -> None:
        """Be gone, for all to see."""
        if self._lock is not None:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock = None

    def living(self, owners: Iterable[str]) -> tuple[str, ...]:
        """Those of the programs named that are alive, this one among them."""
        return tuple(owner for owner in owners if owner == self.id or self._is_alive(owner))

    def _is_alive(self, owner: str) -> bool:
        from filelock import FileLock, Timeout

        path = self.locks / f"{owner}.lock"
        if not path.exists():
            return False
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        path.unlink(missing_ok=True)
        return False
