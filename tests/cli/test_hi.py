"""A hello to any post, from the command line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from introvert_tui.cli.output import Exit

from .conftest import Introvert


@pytest.fixture
def post(signed_in: Introvert, tmp_path: Path) -> str:
    """The address of something said in public by somebody else."""
    assert signed_in("catch-up").code == Exit.FINE
    with closing(sqlite3.connect(tmp_path / "introvert.db")) as db:
        (found,) = db.execute(
            "SELECT message.uri FROM message JOIN copy ON copy.message_id = message.id "
            "JOIN person ON person.id = message.author_id WHERE said_to_me = 'mention' AND gone IS NULL LIMIT 1"
        ).fetchone()
    return str(found)


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "said"
    monkeypatch.setenv("INTROVERT_TEST_SAID", str(path))
    return path


def test_it_shows_the_post_and_who_is_told_and_sends(signed_in: Introvert, post: str, said: Path) -> None:
    done = signed_in("hi", post, stdin="Good morning from over here.\n")
    assert done.code == Exit.FINE, done.err
    assert done.out.strip()
    assert "is notified" in done.err
    assert "is out." in done.err
    assert said.read_text(encoding="utf-8") == "Good morning from over here.\n"


def test_an_empty_hello_sends_nothing(signed_in: Introvert, post: str, said: Path) -> None:
    done = signed_in("hi", post, stdin="\n")
    assert done.code == Exit.FINE
    assert "Nothing was sent." in done.err
    assert not said.exists()


@pytest.mark.parametrize(("answer", "code"), [("n\n", Exit.FINE), ("", Exit.FAILED)])
def test_words_that_were_not_sent_are_kept(
    signed_in: Introvert, post: str, said: Path, tmp_path: Path, answer: str, code: Exit
) -> None:
    done = signed_in("hi", post, stdin=f"Buy my book\n{answer}")
    assert done.code == code
    assert ("Nothing was sent; your words are kept." in done.err) is (code == Exit.FINE)
    assert not said.exists()
    with closing(sqlite3.connect(tmp_path / "introvert.db")) as db:
        assert db.execute("SELECT text FROM draft").fetchall() == [("Buy my book",)]


def test_an_address_that_is_nobody_s_is_said(signed_in: Introvert) -> None:
    done = signed_in("hi", "https://shop.example/")
    assert done.code == Exit.FAILED
    assert "The made-up town reaches nobody outside." in done.err


def test_without_an_account_it_says_so(introvert: Introvert) -> None:
    assert "no account" in introvert("hi", "https://bsky.app/profile/ana.test/post/3k").err


def test_what_sells_something_is_asked_about(signed_in: Introvert, post: str, said: Path) -> None:
    done = signed_in("hi", post, stdin="My book is out now\nn\n")
    assert "reads a little like a pitch" in done.err
    assert not said.exists()
    signed_in("hi", post, stdin="My book is out now\ny\n")
    assert said.exists()


def test_kept_words_are_told_and_can_be_sent(signed_in: Introvert, post: str, said: Path) -> None:
    signed_in("hi", post, stdin="Buy my book\nn\n")
    empty = signed_in("hi", post, stdin="\n")
    assert "Kept: Buy my book\n" in empty.err
    assert "Nothing was sent; your words are kept." in empty.err
    assert not said.exists()
    done = signed_in("hi", post, stdin="k\ny\n")
    assert "hello, k sends the kept words\n" in done.err
    assert said.read_text(encoding="utf-8") == "Buy my book\n"


def test_a_server_that_is_not_reached_is_an_exit_code(
    signed_in: Introvert, post: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTROVERT_TEST_WEATHER", "offline")
    assert signed_in("hi", post).code == Exit.OFFLINE
    monkeypatch.setenv("INTROVERT_TEST_WEATHER", "signed-out")
    assert signed_in("hi", post).code == Exit.SIGNED_OUT
