"""What the disk or the database does not do, in plain words; and a connection that tells its reader so."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, Self, TypeVar, cast

from introvert_tui.errors import StoreError

T = TypeVar("T")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_WHY = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk is full or fails",
    sqlite3.SQLITE_READONLY: "it may only be read",
    sqlite3.SQLITE_CANTOPEN: "its folder cannot be written to, or the disk is full or fails",
    sqlite3.SQLITE_BUSY: "another program keeps it busy",
    sqlite3.SQLITE_LOCKED: "another program keeps it busy",
    **dict.fromkeys(_DAMAGED, "it is damaged"),
}


def _kind(problem: BaseException) -> int:
    """SQLite's kind of error, without the details in its upper bits."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF


def is_damage(problem: BaseException) -> bool:
    """Whether what is in the file is not what was written there."""
    return _kind(problem) in _DAMAGED


def why(problem: BaseException) -> str:
    """The reason, as the end of a sentence."""
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror[0].lower() + problem.strerror[1:]
    return _WHY.get(_kind(problem), str(problem))


class ReadingConnection(sqlite3.Connection):
    """A connection whose errors are `StoreError`s; `told` makes them."""

    told: Callable[[sqlite3.DatabaseError], StoreError]

    def execute(self, *args: Any) -> sqlite3.Cursor:
        return self.cursor(_Cursor).execute(*args)


class _Cursor(sqlite3.Cursor):
    """A damaged page may be met at any row, and not with the first."""

    def execute(self, *args: Any) -> Self:
        return self._told(super().execute, *args)

    def fetchone(self) -> Any:
        return self._told(super().fetchone)

    def fetchall(self) -> list[Any]:
        return self._told(super().fetchall)

    def __next__(self) -> Any:
        return self._told(super().__next__)

    def _told(self, read: Callable[..., T], *args: Any) -> T:
        try:
            return read(*args)
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.DatabaseError as problem:
            raise cast("ReadingConnection", self.connection).told(problem) from problem
