"""A line on a real terminal is edited where it stands, and only words come of it, whatever keys were pressed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from introvert_tui.cli.output import Exit
from tests.children import end

from .conftest import Introvert, started
from .terminal import ended, typed

LEFT = "\x1b[D"
ESCAPED = (f"hi tere{LEFT * 3}h\r", f"i there\x01h\x1b[A{LEFT}\r")
"""What is typed, and comes out as `hi there` both times."""


@pytest.fixture
def home(signed_in: Introvert, tmp_path: Path) -> Path:
    assert signed_in("catch-up").code == Exit.FINE
    return tmp_path


@pytest.fixture
def said(home: Path) -> Path:
    return home / "said"


def a_post(home: Path) -> str:
    with closing(sqlite3.connect(home / "introvert.db")) as db:
        (post,) = db.execute(
            "SELECT uri FROM message JOIN copy ON copy.message_id = message.id WHERE said_to_me = 'mention' LIMIT 1"
        ).fetchone()
    return str(post)


@pytest.mark.parametrize("keys", ESCAPED)
def test_arrow_keys_move_in_the_hello_of_a_plain_visit(home: Path, said: Path, keys: str) -> None:
    child = typed(home, "visit", "--plain", INTROVERT_TEST_SAID=str(said))
    child.expect("> $")
    child.send("h\r")
    child.expect("hello[^\r]*: $")
    child.send(keys)
    child.expect_exact("Held until your next letter")
    child.expect("> $")
    child.send("q\r")
    assert ended(child)[0] == Exit.FINE
    assert said.read_text(encoding="utf-8") == "hi there\n"


@pytest.mark.parametrize("keys", ESCAPED)
def test_arrow_keys_move_in_a_hello_by_address(home: Path, said: Path, keys: str) -> None:
    child = typed(home, "hi", a_post(home), INTROVERT_TEST_SAID=str(said))
    child.expect("hello: $")
    child.send(keys)
    assert ended(child)[0] == Exit.FINE
    assert said.read_text(encoding="utf-8") == "hi there\n"


def test_where_the_cursor_cannot_move_the_words_are_clean_all_the_same(home: Path, said: Path) -> None:
    child = typed(home, "visit", "--plain", INTROVERT_TEST_SAID=str(said), TERM="dumb")
    child.expect_exact("> ")
    child.send("h\r")
    child.expect("hello[^\r]*: $")
    child.send("hi\x07 there\r")
    child.expect_exact("Held until your next letter")
    child.send("q\r")
    code, rest = ended(child)
    assert code == Exit.FINE
    assert "\x1b" not in rest
    assert said.read_text(encoding="utf-8") == "hi there\n"


def test_a_line_that_goes_elsewhere_has_its_question_on_the_terminal(home: Path, said: Path) -> None:
    """With stdout in a file, stdout is the post alone."""
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f'{sys.executable} -m tests.cli.elsewhere hi "{a_post(home)}" >"{home}/out"'],
        env={**os.environ, "INTROVERT_HOME": str(home), "INTROVERT_TEST_SAID": str(said)},
        cwd=str(Path(__file__).parents[2]),
        encoding="utf-8",
        timeout=20,
    )
    child.expect_exact("hello: ")
    child.sendline("hi there")
    assert ended(child)[0] == Exit.FINE
    assert said.read_text(encoding="utf-8") == "hi there\n"
    assert "hello" not in (home / "out").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["visit --plain", "hi {post}"])
def test_ctrl_c_gives_the_terminal_back_on_a_line_of_its_own(home: Path, command: str) -> None:
    shell = pexpect.spawn(
        "/bin/sh",
        env={**os.environ, "INTROVERT_HOME": str(home), "PS1": "$ ", "TERM": "xterm-256color"},
        cwd=str(Path(__file__).parents[2]),
        encoding="utf-8",
        timeout=20,
    )
    command = command.replace("{post}", a_post(home))
    shell.sendline(f"{sys.executable} -m tests.cli.elsewhere {command}; echo code=$?; stty -a")
    shell.expect("(> |hello: )$")
    shell.send("half a th")
    shell.expect_exact("half a th")
    shell.sendintr()
    shell.expect_exact(f"\r\ncode={int(Exit.INTERRUPTED)}")
    shell.expect(r"[ ;]icanon .*[ ;]echo ")
    end(shell)


@pytest.mark.parametrize("command", ["visit --plain", "hi {post}"])
def test_a_program_that_is_told_to_end_gives_the_terminal_back(home: Path, command: str) -> None:
    command = command.replace("{post}", a_post(home))
    program = f"echo $$ >{home}/pid; exec {sys.executable} -m tests.cli.elsewhere {command}"
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"/bin/sh -c '{program}'; echo code=$?; stty -a"],
        env={**os.environ, "INTROVERT_HOME": str(home), "TERM": "xterm-256color"},
        cwd=str(Path(__file__).parents[2]),
        encoding="utf-8",
        timeout=20,
    )
    child.expect("(> |hello: )$")
    os.kill(int((home / "pid").read_text(encoding="utf-8")), signal.SIGTERM)
    child.expect_exact("code=143")
    child.expect(r"[ ;]icanon .*[ ;]echo ")
    ended(child)


def test_the_end_of_the_lines_ends_a_visit_on_a_line_of_its_own(home: Path) -> None:
    child = typed(home, "visit", "--plain")
    child.expect("> $")
    child.sendeof()
    code, rest = ended(child)
    assert code == Exit.FINE
    assert rest.endswith("\r\n")


def test_where_nothing_is_answered_it_is_said_on_a_line_of_its_own(home: Path) -> None:
    child = typed(home, "hi", a_post(home))
    child.expect("hello: $")
    child.sendeof()
    code, rest = ended(child)
    assert code == Exit.FAILED
    assert "\r\nThere was no answer to “hello”." in rest


def test_a_line_that_is_no_text_is_asked_for_again(tmp_path: Path) -> None:
    done = started("demo", "--plain", home=tmp_path, stdin="h\nh\udce9llo\nNot yet.\nu\nq\n")
    assert done.returncode == Exit.FINE, done.stderr
    assert "That was no UTF-8 text." in done.stdout
    assert "Taken back. Nothing was sent; your words are kept." in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_not_there_are_empty(home: Path, closed: str) -> None:
    command = f"exec {sys.executable} -m tests.cli.elsewhere visit --plain"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} {closed}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "INTROVERT_HOME": str(home)},
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (Exit.FINE, "")
    assert ("Question mark lists the letters." in done.stdout) is ("\n" in done.stdout) is (" >&-" not in f" {closed}")


def test_nothing_is_loaded_for_editing_where_nothing_is_asked(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom introvert_tui.__main__ import run\nrun(['demo'])\n"
        "import introvert_tui.cli.plain_visit, introvert_tui.cli.asking\nassert 'readline' not in sys.modules"
    )
    child = pexpect.spawn(
        sys.executable,
        ["-c", program],
        env={**os.environ, "INTROVERT_HOME": str(tmp_path), "TERM": "dumb"},
        cwd=str(Path(__file__).parents[2]),
        encoding="utf-8",
        timeout=20,
    )
    code, rest = ended(child)
    assert code == Exit.FINE, rest
