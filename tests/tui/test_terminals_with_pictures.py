"""Pseudo-terminals that draw pictures, or do not: what they are asked, what they get, and what becomes of answers."""

from __future__ import annotations

import os
import re
import sys
from io import BytesIO
from pathlib import Path

import pexpect
import pytest

WHAT_ARE_YOU, CELL_SIZE, STATUS = b"\x1b[c", b"\x1b[16t", b"\x1b[5n"
DRAWS_SIXEL, DRAWS_NOTHING, ALL_IS_WELL = b"\x1b[?62;4;22c", b"\x1b[?62;22c", b"\x1b[0n"
LEFT_OVER = """
import os, termios, tty
from introvert_tui.tui.pictures import get_ready
print("ready", get_ready(), flush=True)
tty.setcbreak(0, termios.TCSANOW)
typed = b""
while not typed.endswith(b"."):
    typed += os.read(0, 1)
print("left", typed, flush=True)
"""


def started(home: Path, *arguments: str) -> pexpect.spawn[bytes]:
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    child: pexpect.spawn[bytes] = pexpect.spawn(
        sys.executable,
        list(arguments),
        env={**environment, "INTROVERT_HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        cwd=str(Path(__file__).parents[2]),
        dimensions=(40, 100),
        timeout=30,
    )
    child.logfile_read = BytesIO()
    return child


def visits_ana(child: pexpect.spawn[bytes]) -> None:
    """Open the conversation with Ana's picture, and press the key for it."""
    child.expect_exact(b"Ana Prado")
    child.expect_exact(b"quit")
    child.send(b"jj\r")
    child.expect_exact(b"shape of a sleeve")
    child.send(b"P")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text("pictures = true\n")
    return tmp_path


def test_answers_that_come_late_are_no_keys(home: Path) -> None:
    child = started(home, "-c", LEFT_OVER)
    child.expect_exact(WHAT_ARE_YOU)
    child.expect(rb"\x1b_Gi=(\d+),")
    assert isinstance(child.match, re.Match)
    picture: bytes = child.match[1]
    child.expect_exact(CELL_SIZE)
    child.expect_exact(STATUS)
    late = b"\x1b_Gi=" + picture + b";ENODATA:nothing done here\x1b\\"
    child.send(DRAWS_SIXEL + late + b"\x1b[6;20;10t" + ALL_IS_WELL + b"hello.")
    child.expect_exact(b"ready True")
    child.expect_exact(b"left b'hello.'")
    child.close()


def test_one_that_never_answers_is_not_waited_for(home: Path) -> None:
    child = started(home, "-c", LEFT_OVER)
    child.expect_exact(STATUS)
    child.expect_exact(b"ready True")
    child.close()


@pytest.mark.parametrize(("answer", "drawn"), [(DRAWS_SIXEL, b"\x1bP"), (DRAWS_NOTHING, "▀".encode())])
def test_the_town_on_a_real_terminal(home: Path, answer: bytes, drawn: bytes) -> None:
    child = started(home, "-m", "introvert_tui", "demo")
    child.expect_exact(WHAT_ARE_YOU)
    child.send(answer)
    child.expect_exact(STATUS)
    child.send(ALL_IS_WELL)
    visits_ana(child)
    child.expect_exact(drawn)
    child.send(b"q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_without_the_setting_a_terminal_is_asked_nothing(tmp_path: Path) -> None:
    child = started(tmp_path, "-m", "introvert_tui", "demo")
    visits_ana(child)
    child.expect_exact(b"write pictures = true")
    assert isinstance(child.logfile_read, BytesIO)
    assert WHAT_ARE_YOU not in child.logfile_read.getvalue()
    child.send(b"q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert not list(tmp_path.iterdir())
