"""The program itself on a disk that is full, may only be read, or is damaged; killed; and twice on one database."""

from __future__ import annotations

import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from introvert_tui.cli.output import Exit
from tests.benchmarks.filled import fill
from tests.children import end
from tests.servers.processes import as_user
from tests.servers.waiting import eventually

PROGRAM = [sys.executable, "-m", "tests.cli.elsewhere"]
FULL = 0
"""No file may grow past its first byte: to a program that is what a full disk is."""
SOON = 3.0
"""Seconds until what was typed is on the disk: one at most, and the rest for a slow machine."""
LETTER = ["Dear all,", "", "it dries in a day.", "Yours"]
_ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[a-zA-Z]")


class Terminal:
    """One start of the program, and the keys pressed there."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], columns: int, room: int | None) -> None:
        def limited() -> None:
            if room is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

        self.child: pexpect.spawn[str] = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=environment,
            cwd=str(Path(__file__).parents[2]),
            dimensions=(40, columns),
            encoding="utf-8",
            timeout=20,
            preexec_fn=limited,
        )

    def room(self, size: int) -> None:
        """Let files be no larger than this from now on."""
        assert self.child.pid is not None
        resource.prlimit(self.child.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def shows(self, words: str) -> None:
        self.child.expect_exact(words)

    def press(self, keys: str, then: str) -> None:
        self.child.send(keys)
        self.shows(then)

    def kill(self) -> None:
        self.child.kill(signal.SIGKILL)
        self.child.expect(pexpect.EOF)
        self.child.close()

    def ended(self) -> tuple[int | None, str]:
        """How it ended, and everything that was still printed, without colours."""
        said = self.child.read()
        self.child.close()
        return self.child.exitstatus, _ESCAPES.sub("", said)


class Computer:
    """One user's computer, signed in at a network of the tests' own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.database = home / "introvert.db"
        self.said = home / "said"
        self.environment = {
            **os.environ,
            "INTROVERT_HOME": str(home),
            "INTROVERT_TEST_SAID": str(self.said),
            "TERM": "xterm-256color",
        }
        self._terminals: list[Terminal] = []

    def sign_in(self) -> Computer:
        done = subprocess.run(
            [*PROGRAM, "accounts", "add", "elsewhere"],
            input="you\nright\n",
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == Exit.FINE, done.stderr
        return self

    def open(self, before: Sequence[str] = (), columns: int = 90, room: int | None = None) -> Terminal:
        self._terminals.append(Terminal([*before, *PROGRAM], self.environment, columns, room))
        return self._terminals[-1]

    def settle(self) -> Terminal:
        """Open the app and wait for the first catch-up."""
        terminal = self.open()
        terminal.shows("Priya Nair")
        eventually(lambda: self.rows("SELECT 1 FROM account WHERE caught_up_at IS NOT NULL"))
        return terminal

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(sql).fetchall()

    def kept(self) -> set[object]:
        """All words that were not sent off."""
        return {text for (text,) in self.rows("SELECT text FROM draft WHERE key NOT IN (SELECT key FROM outbox)")}

    def close(self) -> None:
        for terminal in self._terminals:
            end(terminal.child)


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    computer = Computer(tmp_path)
    yield computer
    computer.close()


def told(ended: tuple[int | None, str], code: Exit, *words: str) -> None:
    """It ended so, in these words and no worse ones."""
    status, lines = ended
    said = " ".join(lines.split())
    assert status == code, said
    for part in words:
        assert part in said
    for ugly in ("Traceback", "Error", "Errno", "sqlite", "something went wrong"):
        assert ugly not in said


def test_what_was_typed_survives_a_kill_in_each_conversation(computer: Computer) -> None:
    terminal = computer.sign_in().settle()
    terminal.press("h", "enter send")
    terminal.press("Not yet. Which", "Which")
    terminal.press("\x1b", "Your words are kept.")
    terminal.child.send("jr")
    terminal.shows("ctrl+s send")
    terminal.child.send("\x1b[200~" + "\r".join(LETTER) + "\x1b[201~")
    terminal.shows("Yours")
    began = time.monotonic()
    eventually(lambda: len(computer.kept()) == 2)
    assert time.monotonic() - began < SOON
    terminal.kill()
    assert computer.kept() == {"Not yet. Which", "\n".join(LETTER)}

    again = computer.open()
    again.shows("Priya Nair")
    again.press("h", "Not yet. Which")
    again.press("\x1b", "Your words are kept.")
    again.press("jr", "it dries in a day.")


def test_the_disk_becomes_full_while_one_writes_and_there_is_room_again(computer: Computer) -> None:
    terminal = computer.sign_in().settle()
    terminal.press("h", "enter send")
    terminal.room(FULL)
    terminal.press("Not yet. Which?", "Your words are still here.")
    terminal.press("\r", "Your words are still here.")
    terminal.press("\x1b", "Your words are still here.")
    assert computer.kept() == set()
    terminal.room(resource.RLIM_INFINITY)
    eventually(lambda: computer.kept() == {"Not yet. Which?"})
    terminal.press("\r", "Hello to ")
    terminal.child.send("q")
    told(terminal.ended(), Exit.FINE)
    assert computer.said.read_text() == "Not yet. Which?\n"


def test_words_that_no_disk_takes_are_on_the_terminal_when_one_quits(computer: Computer) -> None:
    terminal = computer.sign_in().settle()
    terminal.press("h", "enter send")
    terminal.room(FULL)
    terminal.press("Not yet. Which?", "Your words are still here.")
    terminal.child.send("\x03")
    told(terminal.ended(), Exit.FINE, "the disk is full or fails", "This is what you were writing:", "Not yet. Which?")


def test_a_full_disk_at_the_start_is_said(computer: Computer) -> None:
    before = computer.sign_in().database.read_bytes()
    told(computer.open(room=FULL).ended(), Exit.UNUSABLE, "cannot be opened", "full", "Nothing was changed.")
    assert computer.database.read_bytes() == before
    computer.settle()


@pytest.mark.parametrize("what", ["database", "folder"])
def test_what_may_only_be_read_is_said_and_left_alone(computer: Computer, what: str) -> None:
    before = computer.sign_in().database.read_bytes()
    lacking = "-dac_override,-dac_read_search"
    # Modes mean nothing to root, unless it gives up what makes it so.
    limits = [f"--bounding-set={lacking}", f"--inh-caps={lacking}"] if os.geteuid() == 0 else []
    path = computer.database if what == "database" else computer.home
    path.chmod(path.stat().st_mode & ~0o222)
    try:
        words = "it may only be read" if what == "database" else "cannot be written to"
        told(computer.open(before=as_user(None, *limits)).ended(), Exit.UNUSABLE, str(computer.home), words)
    finally:
        path.chmod(path.stat().st_mode | 0o200)
    assert computer.database.read_bytes() == before
    computer.settle()


def test_an_overwritten_beginning_is_set_aside_under_a_name_that_is_told(computer: Computer) -> None:
    content = b"\xff" * 4096 + computer.sign_in().database.read_bytes()[4096:]
    computer.database.write_bytes(content)
    terminal = computer.open()
    terminal.shows("The database was damaged. It is kept as")
    terminal.child.send("q")
    told(terminal.ended(), Exit.FINE)
    (aside,) = computer.home.glob("introvert.db.damaged-*")
    assert aside.read_bytes() == content


def damage(path: Path, table: str) -> slice:
    """Overwrite the page on which a table begins, and return where that is."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = db.execute("PRAGMA page_size").fetchone()[0]
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    content = bytearray(path.read_bytes())
    assert len(content) > 4 * 1024 * 1024
    where = slice((page - 1) * size, page * size)
    content[where] = b"\xff" * size
    path.write_bytes(content)
    return where


@pytest.mark.parametrize(("table", "columns", "keys"), [("message", 120, ""), ("message", 80, "\r"), ("undo", 80, "e")])
def test_what_is_found_to_be_damaged_while_one_reads_is_said_and_set_aside_next_time(
    computer: Computer, table: str, columns: int, keys: str
) -> None:
    fill(computer.home, 1000)
    where = damage(computer.database, table)
    terminal = computer.open(columns=columns)
    if keys:
        terminal.shows("Waiting")
        terminal.child.send(keys)
    terminal.shows("The database is damaged")
    if keys:
        terminal.child.send("q")
    code, said = terminal.ended()
    assert code in (Exit.FINE, Exit.UNUSABLE), said
    assert "Traceback" not in said

    again = computer.open()
    again.shows("The database was damaged. It is kept as")
    again.child.send("q")
    told(again.ended(), Exit.FINE)
    (aside,) = computer.home.glob("introvert.db.damaged-????-??-??-??????")
    assert set(aside.read_bytes()[where]) == {0xFF}
    third = computer.open()
    third.shows("look around in a small made-up town")
    assert len(list(computer.home.glob("introvert.db.damaged-????-??-??-??????"))) == 1


def test_two_programs_write_to_one_person_and_both_are_killed(computer: Computer) -> None:
    terminals = [computer.sign_in().settle(), computer.settle()]
    for number, terminal in enumerate(terminals):
        terminal.press("h", "enter send")
        terminal.press(f"From window {number}", f"window {number}")
    eventually(lambda: computer.kept() == {"From window 0", "From window 1"})
    for terminal in terminals:
        terminal.kill()
    assert computer.kept() == {"From window 0", "From window 1"}


def test_two_programs_send_what_each_has_written_once(computer: Computer) -> None:
    terminals = [computer.sign_in().settle(), computer.settle()]
    for number, terminal in enumerate(terminals):
        terminal.press("h", "enter send")
        terminal.press(f"From window {number}", f"window {number}")
        terminal.press("\r", "Hello to ")
    for terminal in terminals:
        terminal.child.send("q")
        told(terminal.ended(), Exit.FINE)
    assert sorted(computer.said.read_text().splitlines()) == ["From window 0", "From window 1"]


def test_what_one_program_held_when_it_was_killed_is_asked_about_by_the_next_alone(computer: Computer) -> None:
    one, two = computer.sign_in().settle(), computer.settle()
    one.press("h", "enter send")
    one.press("Once.", "Once.")
    one.press("\r", "Hello to ")
    one.kill()
    two.child.send("q")
    told(two.ended(), Exit.FINE)
    assert not computer.said.exists()
    three = computer.open()
    three.shows("did not go out")
    three.child.send("s")
    eventually(computer.said.exists)
    three.child.send("q")
    told(three.ended(), Exit.FINE)
    assert computer.said.read_text() == "Once.\n"
