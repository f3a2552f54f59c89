"""Opening the database, whatever is found there."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from introvert_tui.errors import NewerDatabase, StoreError
from introvert_tui.store import accounts
from introvert_tui.store.database import Store
from introvert_tui.store.schema import MIGRATIONS

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def test_it_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "introvert.db"
    Store(path, NOW).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_one_is_set_aside_under_a_name_that_is_told(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "introvert.db"
    path.write_bytes(damage)
    store = Store(path, NOW)
    aside = tmp_path / "introvert.db.damaged-2026-11-20-180000"
    assert aside.read_bytes() == damage
    assert str(aside) in store.opening_lines[0]
    assert accounts.every(store.screen) == ()
    store.close()


def test_one_damaged_inside_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "introvert.db"
    store = Store(path, NOW)
    for number in range(300):
        store.write(accounts.add, "demo", "https://x.test", f"did:{number}", "x" * 60, 0).result()
    store.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 4096 // 2 * 4096
    content[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(content)
    again = Store(path, NOW)
    assert "damaged" in again.opening_lines[0]
    again.close()


def test_a_newer_one_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "introvert.db"
    Store(path, NOW).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match="newer Introvert"):
        Store(path, NOW)
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a directory should be")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path / "data" / "introvert.db", NOW)


def test_the_screen_can_only_read(tmp_path: Path) -> None:
    store = Store(tmp_path / "introvert.db", NOW)
    with pytest.raises(StoreError, match="may only be read"):
        store.screen.execute("DELETE FROM account")
    store.close()


def test_work_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "introvert.db", NOW)

    def half(db: sqlite3.Connection) -> None:
        accounts.add(db, "demo", "https://x.test", "did:me", "me.test", 0)
        db.execute("INSERT INTO nowhere VALUES(1)")

    with pytest.raises(StoreError, match="nowhere"):
        store.write(half).result()
    assert accounts.every(store.screen) == ()
    store.close()


def test_a_full_disk_is_said_and_there_is_room_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "introvert.db", NOW)

    def limit(db: sqlite3.Connection, pages: int) -> None:
        db.execute(f"PRAGMA max_page_count = {pages}")

    def add(db: sqlite3.Connection) -> None:
        accounts.add(db, "demo", "https://x.test", "did:me", "me.test", 0)
        db.execute("CREATE TABLE large AS SELECT zeroblob(100000) AS blob")

    store.write(limit, store.screen.execute("PRAGMA page_count").fetchone()[0]).result()
    with pytest.raises(StoreError, match="the disk is full"):
        store.write(add).result()
    assert accounts.every(store.screen) == ()
    store.write(limit, 10_000).result()
    store.write(add).result()
    assert len(accounts.every(store.screen)) == 1
    store.close()
