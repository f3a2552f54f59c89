"""Opening the database, and the one thread that writes to it."""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from introvert_tui.errors import NewerDatabase, StoreError
from introvert_tui.store.schema import MIGRATIONS, teach
from introvert_tui.store.trouble import ReadingConnection, is_damage, why

if TYPE_CHECKING:
    from introvert_tui.store.search import Searches

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[sqlite3.Connection, P], T]

_BUSY_SECONDS = 5.0
# Reading every page of a larger file would cost more than the first frame (40 ms at 20 MB); that is done only where
# something damaged was met in an earlier visit.
_CHECKED_WHOLE_BYTES = 4 * 1024 * 1024


C = TypeVar("C", bound=sqlite3.Connection)


def _connect(path: Path, kind: type[C]) -> C:
    db = sqlite3.connect(path, _BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=kind)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _check(db: sqlite3.Connection, path: Path) -> None:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise NewerDatabase(
            f"{path} was written by a newer Introvert. Nothing in it was touched; install that version to read it."
        )
    suspect = _suspect(path)
    if suspect.exists() or path.stat().st_size <= _CHECKED_WHOLE_BYTES:
        verdict: str = db.execute(f"PRAGMA {'integrity' if suspect.exists() else 'quick'}_check(1)").fetchone()[0]
        if verdict != "ok":
            raise _Damaged(verdict)
        suspect.unlink(missing_ok=True)


def _suspect(path: Path) -> Path:
    """A file that is there from when something damaged was met until the whole database has been looked at."""
    return path.with_name(f"{path.name}.suspect")


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version == len(MIGRATIONS):
        return
    if version:
        copy = path.with_name(f"{path.name}.before-{len(MIGRATIONS)}")
        os.close(os.open(copy, os.O_CREAT | os.O_RDWR, 0o600))
        backup = sqlite3.connect(copy)
        with backup:
            db.backup(backup)
        backup.close()
    db.execute("BEGIN EXCLUSIVE")
    try:
        # Another program may have been faster; what is left to do is known only under the lock.
        version = db.execute("PRAGMA user_version").fetchone()[0]
        for migration in MIGRATIONS[version:]:
            migration(db)
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _set_aside(path: Path, now: datetime) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{now:%Y-%m-%d-%H%M%S}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    _suspect(path).unlink(missing_ok=True)
    return aside


def _open(path: Path, lasting: bool) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Made before SQLite would, so that it is never readable by others, not even for a moment.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if not os.access(path, os.W_OK):
        # SQLite would open it for reading, and say so only when the first word is to be kept.
        raise PermissionError(None, "it may only be read")
    db = _connect(path, sqlite3.Connection)
    teach(db)
    try:
        _check(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'OFF'}")
        _migrate(db, path)
    except BaseException:
        db.close()
        raise
    return db


class _Damaged(sqlite3.DatabaseError):
    """What a look at the whole database has found."""


class _Work(Future[T]):
    """Work that was asked for: nobody's waiting for it being cancelled undoes it."""

    def cancel(self) -> bool:
        return False


class Reader:
    """A connection of one's own that only reads, for one thread; it is opened when it is first used."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._db: sqlite3.Connection | None = None

    def read(self, work: Work[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Run `work(connection, …)`, which sees one moment of the database. Raises `StoreError`."""
        if self._db is None:
            self._db = self._connect()
        self._db.execute("BEGIN")
        try:
            return work(self._db, *args, **named)
        finally:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


class Store:
    """One database: connections that only read, for the screen, for searches, and for whoever sends; one that writes.

    `opening_lines` are sentences for the user about how it was opened.
    """

    def __init__(self, path: Path, now: datetime, lasting: bool = True) -> None:
        """Open or make the database; one that is not `lasting` is forgotten anyway, and does not wait for the disk.

        Raises `NewerDatabase`, or `StoreError` when the disk does not let us.
        """
        self.path = path
        self.opening_lines: tuple[str, ...] = ()
        try:
            try:
                writing = _open(path, lasting)
            except sqlite3.DatabaseError as problem:
                if not isinstance(problem, _Damaged) and not is_damage(problem):
                    raise
                aside = _set_aside(path, now)
                self.opening_lines = (
                    f"The database was damaged. It is kept as {aside}, and a new one was begun: "
                    "sign in again, and what the servers still have comes back.",
                )
                writing = _open(path, lasting)
            self.screen: sqlite3.Connection = self._reading()
        except (sqlite3.Error, OSError) as problem:
            raise StoreError(f"The database {path} cannot be opened: {why(problem)}. Nothing was changed.") from problem
        self._writing = writing
        self._searches: Searches | None = None
        self._queue: queue.SimpleQueue[tuple[Callable[[], object], Future[object]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    def write(self, work: Work[P, T], *args: P.args, **named: P.kwargs) -> Future[T]:
        """Run `work(connection, …)` in one transaction on the store thread; committed when the future is done.

        The future raises `StoreError` when the disk or the database refuses; nothing of `work` is kept then.
        """
        future = _Work[T]()

        def task() -> T:
            return work(self._writing, *args, **named)

        self._queue.put((task, future))  # type: ignore[arg-type]  # Future is invariant, the queue is not
        return future

    async def do(self, work: Work[P, T], *args: P.args, **named: P.kwargs) -> T:
        """`write`, awaited; the work is not undone when the waiting is cancelled."""
        return await asyncio.wrap_future(self.write(work, *args, **named))

    def _reading(self) -> sqlite3.Connection:
        db = _connect(self.path, ReadingConnection)
        db.told = self._told
        db.execute("PRAGMA query_only = ON")
        return db

    def reader(self) -> Reader:
        """A connection for reading besides the screen's; to be closed by whoever asked for it."""
        return Reader(self._reading)

    def look(self, work: Work[P, T], *args: P.args, **named: P.kwargs) -> Future[T]:
        """Run `work(connection, …)`, which only reads, on the thread for searches; a future that is cancelled ends it.

        The future raises `StoreError` when the disk or the database refuses.
        """
        if self._searches is None:
            from introvert_tui.store.search import Searches

            try:
                self._searches = Searches(_connect(self.path, sqlite3.Connection))
            except sqlite3.Error as problem:
                raise StoreError(f"The database {self.path} cannot be searched: {problem}.") from problem
        return self._searches.begin(work, *args, **named)

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            task, future = item
            try:
                self._writing.execute("BEGIN IMMEDIATE")
                result = task()
                self._writing.execute("COMMIT")
            except BaseException as problem:
                with suppress(sqlite3.Error):  # a disk that fails may fail this too, and this thread has to go on
                    if self._writing.in_transaction:
                        self._writing.execute("ROLLBACK")
                future.set_exception(self._told(problem) if isinstance(problem, sqlite3.DatabaseError) else problem)
            else:
                future.set_result(result)

    def _told(self, problem: sqlite3.DatabaseError) -> StoreError:
        """What to say of an error; after damage was met, the next opening looks at every page."""
        if not is_damage(problem):
            return StoreError(f"This was not done: {why(problem)}.")
        with suppress(OSError):
            _suspect(self.path).touch(mode=0o600)
        return StoreError(
            "The database is damaged. When Introvert is opened again, it is kept under another name, and a new one is "
            f"begun. It is {self.path}."
        )

    def close(self, deadline: float = 2.0) -> None:
        """Finish what was asked for, at most `deadline` seconds, and close."""
        self._queue.put(None)
        self._thread.join(deadline)
        if self._searches is not None:
            self._searches.close(deadline)
        self.screen.close()
        if not self._thread.is_alive():
            self._writing.close()
