"""Asking on a real pseudo-terminal: what is hidden, what Ctrl+C does, and what the terminal is like afterwards."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from introvert_tui.cli.output import Exit
from tests.children import end

from .terminal import ended, typed, typed_within


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_password_is_not_shown(home: Path) -> None:
    child = typed(home, "accounts", "add", "elsewhere")
    child.expect_exact("Your handle: ")
    child.sendline("ana.elsewhere")
    child.expect_exact("Password: ")
    child.waitnoecho(10)
    assert not child.getecho()
    child.sendline("topsecret")
    code, rest = ended(child)
    assert code == Exit.FINE
    assert "topsecret" not in rest
    assert "Signed in to Elsewhere as ana.elsewhere." in rest


@pytest.mark.parametrize("answers", [[], ["ana.elsewhere"]])
def test_ctrl_c_keeps_nothing_and_gives_the_terminal_back(home: Path, answers: list[str]) -> None:
    shell = pexpect.spawn(
        "/bin/sh",
        env={**os.environ, "INTROVERT_HOME": str(home), "PS1": "$ "},
        cwd=str(Path(__file__).parents[2]),
        encoding="utf-8",
        timeout=20,
    )
    shell.sendline(f"{sys.executable} -m tests.cli.elsewhere accounts add elsewhere; echo code=$?; stty -a")
    prompts = ["Your handle: ", "Password: "]
    for prompt, answer in zip(prompts, answers, strict=False):
        shell.expect_exact(prompt)
        shell.sendline(answer)
    shell.expect_exact(prompts[len(answers)])
    if answers:
        shell.waitnoecho(10)
    shell.sendintr()
    shell.expect_exact("Nothing was kept.")
    shell.expect_exact(f"code={int(Exit.INTERRUPTED)}")
    shell.expect(r"[ ;]echo ")
    end(shell)


@pytest.mark.parametrize(
    "environment", [{"TERM": "dumb"}, {"TERM": ""}, {"TERM": "unknown"}, {"COLUMNS": "39"}, {"LINES": "7"}]
)
def test_a_terminal_that_cannot_show_the_app_gets_plain_lines(home: Path, environment: dict[str, str]) -> None:
    code, said = ended(typed(home, "demo", **environment))
    assert code == Exit.FINE
    assert "That's everyone" in said
    assert "`introvert demo --plain`" in said
    assert "\x1b" not in said


def test_without_a_word_about_the_terminal_there_are_plain_lines(home: Path) -> None:
    child = pexpect.spawn(
        "/usr/bin/env",
        ["-u", "TERM", sys.executable, "-m", "tests.cli.elsewhere", "demo"],
        env={**os.environ, "INTROVERT_HOME": str(home)},
        cwd=str(Path(__file__).parents[2]),
        encoding="utf-8",
        dimensions=(30, 100),
        timeout=20,
    )
    code, said = ended(child)
    assert code == Exit.FINE
    assert "That's everyone" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_lines_end_after_whole_words(home: Path, term: str) -> None:
    child = typed_within(39, home, "demo", "--plain", TERM=term)
    child.expect("\n> $")
    begun = child.before or ""
    child.send("X\r")
    child.expect("empty to cancel: $")
    child.send("2\r")
    child.expect("y\\s+blocks\\s+them: $")
    asked = child.before or ""
    child.send("\r")
    child.expect("\n> $")
    child.send("q\r")
    code, _ = ended(child)
    assert code == Exit.FINE
    assert max(map(len, f"{begun}{asked}".splitlines())) <= 39


def test_what_waits_is_printed_in_whole_words_too(home: Path) -> None:
    code, said = ended(typed_within(39, home, "demo"))
    assert code == Exit.FINE
    assert "That's everyone" in said
    assert max(map(len, said.splitlines())) <= 39


def signs_in(home: Path) -> None:
    child = typed(home, "accounts", "add", "elsewhere")
    child.expect_exact("Your handle: ")
    child.sendline("ana.elsewhere")
    child.expect_exact("Password: ")
    child.waitnoecho(10)
    child.sendline("right")
    assert ended(child)[0] == Exit.FINE


def test_ctrl_c_ends_a_plain_visit_at_once_and_keeps_what_was_written(home: Path) -> None:
    signs_in(home)
    child = typed(home, "visit", "--plain")
    child.expect_exact("\r\n> ")
    child.sendline("h")
    child.expect("hello[^\r]*: ")
    child.sendline("Buy my book")
    child.expect_exact("y sends it all the same: ")
    child.sendintr()
    assert ended(child)[0] == Exit.INTERRUPTED
    again = typed(home, "visit", "--plain")
    again.expect_exact("Kept: Buy my book")
    again.sendline("q")
    assert ended(again)[0] == Exit.FINE


def test_ctrl_c_ends_a_hello_by_address_at_once_and_keeps_what_was_written(home: Path) -> None:
    signs_in(home)
    assert ended(typed(home, "catch-up"))[0] == Exit.FINE
    with closing(sqlite3.connect(home / "introvert.db")) as db:
        (post,) = db.execute(
            "SELECT uri FROM message JOIN copy ON copy.message_id = message.id WHERE said_to_me = 'mention' LIMIT 1"
        ).fetchone()
    child = typed(home, "hi", post)
    child.expect_exact("hello: ")
    child.sendline("Buy my book")
    child.expect_exact("Send it all the same? y/n: ")
    child.sendintr()
    code, rest = ended(child)
    assert code == Exit.INTERRUPTED
    assert rest.endswith("\r\nStopped. What you entered and has not gone out is kept.\r\n")
    with closing(sqlite3.connect(home / "introvert.db")) as db:
        assert db.execute("SELECT text FROM draft").fetchall() == [("Buy my book",)]
