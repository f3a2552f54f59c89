"""`introvert outbox`, over a network of the tests' own that is reached or not."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pexpect
import pytest

from introvert_tui.cli.outbox import outgoing_lines
from introvert_tui.cli.output import Exit
from introvert_tui.cli.start import NO_ACCOUNT
from introvert_tui.engine.opening import open_session
from introvert_tui.engine.views import OutgoingView
from introvert_tui.errors import Cannot
from introvert_tui.model import DraftKind
from introvert_tui.settings import Paths, Settings
from tests.cli.conftest import Introvert
from tests.cli.test_plain import BLUESKY, NOW

JSON_FIELDS = [
    "number",
    "id",
    "network",
    "account",
    "to",
    "kind",
    "text",
    "written",
    "state",
    "stands",
    "attempts",
    "tried",
]  # the README promises them
TO_ANA = OutgoingView(
    key="0f",
    network="bluesky",
    label="Bluesky",
    account="you.example",
    to="Ana Prado",
    kind=DraftKind.REPLY,
    text="Not yet.\x07\nWhich ink?",
    written_at=NOW - timedelta(minutes=20),
    state="unsure",
    stands="may have gone out; Introvert looks before it sends again",
    question=None,
    attempts=1,
    attempted_at=NOW,
)
WEATHER = "INTROVERT_TEST_WEATHER"
Writes = Callable[..., list[str]]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What has been said at the network, in order."""
    path = tmp_path / "said.txt"
    monkeypatch.setenv("INTROVERT_TEST_SAID", str(path))
    return lambda: path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.fixture
def writes(signed_in: Introvert, said: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch) -> Writes:
    """Say hello to one person after the other without a network, in a visit that sends at its end, or does not."""
    signed_in("catch-up")

    def written(*words: str, sends: bool = True) -> list[str]:
        with monkeypatch.context() as weather:
            weather.setenv(WEATHER, "offline")
            return asyncio.run(_greeted(list(words), sends))

    return written


async def _greeted(words: list[str], sends: bool) -> list[str]:
    session = open_session(Settings(), Paths.user(), lambda event: None)
    session.start()
    greeted = []
    for row in session.inbox().rows:
        if not words:
            break
        try:
            composer = session.composer(row.id, row.shown)
        except Cannot:
            continue
        await session.hello(composer, words.pop(0))
        greeted.append(composer.to)
    await session.quit(send=sends)
    return greeted


def test_which_of_two_accounts_is_said_and_nothing_steers_the_terminal() -> None:
    other = BLUESKY._replace(id=2, handle="other.example")
    assert outgoing_lines([TO_ANA], [BLUESKY, other], NOW) == [
        "1 of 1. Reply to Ana Prado, Bluesky from you.example, written 20 minutes ago.",
        "Not yet.\nWhich ink?",
        "May have gone out; Introvert looks before it sends again.",
    ]


class TestTheList:
    @pytest.mark.parametrize("arguments", [("outbox",), ("outbox", "--json"), ("outbox", "send")])
    def test_without_an_account_it_says_how(self, introvert: Introvert, arguments: tuple[str, ...]) -> None:
        ended = introvert(*arguments)
        assert (ended.code, ended.out, ended.err) == (Exit.FINE, "", f"{NO_ACCOUNT}\n")

    def test_there_is_nothing(self, signed_in: Introvert) -> None:
        for arguments in (("outbox",), ("outbox", "send")):
            ended = signed_in(*arguments)
            assert (ended.code, ended.out, ended.err) == (Exit.FINE, "Nothing is waiting to go out.\n", "")
        assert signed_in("outbox", "--json").out == ""

    @pytest.mark.parametrize("weather", ["", "offline", "signed-out"])
    def test_one_block_a_message_oldest_first_and_no_server_is_asked(
        self, signed_in: Introvert, writes: Writes, monkeypatch: pytest.MonkeyPatch, weather: str
    ) -> None:
        first, second = writes("One.\nAnd a half.", "Two.")
        monkeypatch.setenv(WEATHER, weather)
        ended = signed_in("outbox")
        tried = next(line for line in ended.out.splitlines() if line.startswith("Tried"))
        assert tried.endswith(": Elsewhere is offline.")
        assert ended.out == (
            f"1 of 2. Hello to {first}, Elsewhere, written just now.\n"
            f"One.\nAnd a half.\n{tried}\n\n"
            f"2 of 2. Hello to {second}, Elsewhere, written just now.\n"
            "Two.\nGoes out with the next visit.\n"
        )
        assert (ended.code, ended.err) == (Exit.FINE, "")

    def test_json_is_one_documented_object_a_line(self, signed_in: Introvert, writes: Writes) -> None:
        greeted = writes("One.", "Two.")
        records = [json.loads(line) for line in signed_in("outbox", "--json").out.splitlines()]
        assert [list(record) for record in records] == [JSON_FIELDS, JSON_FIELDS]
        assert [(one["number"], one["to"], one["text"]) for one in records] == [
            (1, greeted[0], "One."),
            (2, greeted[1], "Two."),
        ]
        first, second = records
        assert (first["state"], first["attempts"], first["kind"]) == ("queued", 1, "hello")
        assert first["written"] <= first["tried"]
        assert first["tried"].endswith("Z")
        assert (second["attempts"], second["tried"]) == (0, None)

    def test_json_belongs_to_the_list(self, signed_in: Introvert) -> None:
        ended = signed_in("outbox", "--json", "send")
        assert (ended.code, ended.out) == (Exit.USAGE, "")


class TestWhatOtherCommandsSay:
    @pytest.mark.parametrize(
        "arguments", [("accounts",), ("search", "ink"), ("accounts", "rest", "elsewhere", "until", "tomorrow")]
    )
    def test_a_command_that_did_not_try_says_nothing_of_it(
        self, signed_in: Introvert, writes: Writes, arguments: tuple[str, ...]
    ) -> None:
        (who,) = writes("One.")
        ended = signed_in(*arguments)
        assert ended.code == Exit.FINE
        assert "did not go out" not in ended.err
        assert f"to {who}" not in ended.err

    def test_a_hello_that_was_not_written_tries_none_of_those_that_wait(
        self, signed_in: Introvert, writes: Writes, tmp_path: Path
    ) -> None:
        writes("One.")
        with closing(sqlite3.connect(tmp_path / "introvert.db")) as db:
            (post,) = db.execute(
                "SELECT uri FROM message JOIN copy ON copy.message_id = message.id WHERE said_to_me = 'mention' LIMIT 1"
            ).fetchone()
        ended = signed_in("hi", post, stdin="\n")
        assert ended.code == Exit.FINE
        assert ended.err.endswith("Nothing was sent.\n")

    @pytest.mark.parametrize("arguments", [(), ("catch-up",), ("catch-up", "--json")])
    def test_what_waits_is_told_beside_the_inbox(
        self, signed_in: Introvert, writes: Writes, arguments: tuple[str, ...]
    ) -> None:
        first, second = writes("One.", "Two.")
        assert signed_in(*arguments).err.splitlines()[-1] == f"Two messages wait, to {first} and {second}."
        signed_in("outbox", "drop", "1", stdin="y\n")
        assert signed_in(*arguments).err.splitlines()[-1] == f"One hello waits, to {second}."


class TestSend:
    def test_what_was_written_offline_goes_out_once_and_in_order(
        self, signed_in: Introvert, writes: Writes, said: Callable[[], list[str]]
    ) -> None:
        greeted = writes("One.", "Two.", "Three.")
        assert said() == []
        ended = signed_in("outbox", "send")
        assert ended.out.splitlines() == [f"Hello to {who} is out." for who in greeted]
        assert (ended.code, ended.err) == (Exit.FINE, "")
        assert signed_in("outbox", "send").out == "Nothing is waiting to go out.\n"
        assert said() == ["One.", "Two.", "Three."]

    def test_the_program_itself(self, writes: Writes, said: Callable[[], list[str]]) -> None:
        writes("One.", "Two.")
        for expected in ("is out.\n", "Nothing is waiting"):
            done = subprocess.run(
                [sys.executable, "-m", "tests.cli.elsewhere", "outbox", "send"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                cwd=Path(__file__).parents[2],
                timeout=60,
            )
            assert (done.returncode, done.stderr) == (Exit.FINE, "")
            assert expected in done.stdout
        assert said() == ["One.", "Two."]

    @pytest.mark.parametrize(
        ("weather", "code", "why"),
        [
            ("offline", Exit.OFFLINE, "did not go out yet: Elsewhere is offline. It is kept"),
            ("signed-out", Exit.SIGNED_OUT, "did not go out yet: Elsewhere is signed-out. It is kept"),
            ("refuses", Exit.FAILED, "Elsewhere takes no answers today. Your words are kept"),
        ],
    )
    def test_what_did_not_go_out_is_told_and_the_exit_code_says_why(
        self,
        signed_in: Introvert,
        writes: Writes,
        said: Callable[[], list[str]],
        monkeypatch: pytest.MonkeyPatch,
        weather: str,
        code: Exit,
        why: str,
    ) -> None:
        writes("One.")
        monkeypatch.setenv(WEATHER, weather)
        ended = signed_in("outbox", "send")
        assert (ended.code, ended.err) == (code, "")
        assert why in ended.out
        assert said() == []
        assert ("One." in signed_in("outbox").out) is (code != Exit.FAILED)

    @pytest.mark.parametrize("by", ["number", "id"])
    def test_what_asks_goes_out_if_it_is_named(
        self, signed_in: Introvert, writes: Writes, said: Callable[[], list[str]], by: str
    ) -> None:
        writes("One.", sends=False)
        (record,) = (json.loads(line) for line in signed_in("outbox", "--json").out.splitlines())
        assert (record["state"], record["stands"]) == ("asks", "asks: it did not go out")
        ended = signed_in("outbox", "send", stdin="y\n")
        assert ended.code == Exit.FINE
        assert "was not sent: it asks first" in ended.out
        assert said() == []
        assert signed_in("outbox", "send", str(record[by])).code == Exit.FINE
        assert said() == ["One."]


class TestChanging:
    def test_new_words_come_from_a_pipe(
        self, signed_in: Introvert, writes: Writes, said: Callable[[], list[str]]
    ) -> None:
        writes("One.", "Two.")
        ended = signed_in("outbox", "edit", "1", stdin="Better\nwords.\n")
        assert (ended.code, ended.out) == (Exit.FINE, "")
        assert "has new words. It goes out with the next visit" in ended.err
        signed_in("outbox", "send")
        assert said() == ["Two.", "Better", "words."]

    @pytest.mark.parametrize(
        ("words", "why"),
        [("\n", "Nothing is written"), ("One.\n", "the same words"), ("x" * 301, "too long by one character")],
    )
    def test_what_cannot_be_sent_changes_nothing(
        self, signed_in: Introvert, writes: Writes, words: str, why: str
    ) -> None:
        writes("One.")
        before = signed_in("outbox", "--json").out
        ended = signed_in("outbox", "edit", "1", stdin=words)
        assert (ended.code, ended.out) == (Exit.FAILED, "")
        assert why in ended.err
        assert signed_in("outbox", "--json").out == before

    def test_what_is_no_text_changes_nothing(self, signed_in: Introvert, writes: Writes) -> None:
        writes("One.")
        done = subprocess.run(
            [sys.executable, "-m", "tests.cli.elsewhere", "outbox", "edit", "1"],
            input=b"\xff\xfe",
            capture_output=True,
            cwd=Path(__file__).parents[2],
            timeout=60,
        )
        assert done.returncode == Exit.FAILED
        assert done.stderr == b"What came is not UTF-8 text, so nothing was changed.\n"
        assert "One." in signed_in("outbox").out

    def test_dropping_keeps_the_words(
        self, signed_in: Introvert, writes: Writes, said: Callable[[], list[str]]
    ) -> None:
        writes("One.", "Two.")
        ended = signed_in("outbox", "drop", "1")
        assert (ended.code, ended.out) == (Exit.FINE, "")
        assert ended.err == "Taken back. Nothing was sent; your words are kept.\n"
        signed_in("outbox", "send")
        assert said() == ["Two."]
        assert "Kept: One." in signed_in().out

    @pytest.mark.parametrize("command", ["send", "edit", "drop"])
    @pytest.mark.parametrize("number", ["0", "2", "one"])
    def test_a_number_that_is_not_there(
        self, signed_in: Introvert, writes: Writes, said: Callable[[], list[str]], command: str, number: str
    ) -> None:
        ended = signed_in("outbox", command, number)
        assert (ended.code, ended.out) == (Exit.USAGE, "")
        assert f"There is no message {number}. Nothing is waiting to go out." in ended.err
        writes("One.")
        ended = signed_in("outbox", command, number)
        assert (ended.code, ended.out) == (Exit.USAGE, "")
        assert f"There is no message {number}. `introvert outbox` lists one message." in ended.err
        assert said() == []


class TestOnATerminal:
    def typed(self, *arguments: str, **environment: str) -> pexpect.spawn[str]:
        return pexpect.spawn(
            sys.executable,
            ["-m", "tests.cli.elsewhere", "outbox", *arguments],
            env={**os.environ, "TERM": "xterm-256color", **environment},
            cwd=str(Path(__file__).parents[2]),
            encoding="utf-8",
            dimensions=(30, 100),
            timeout=20,
        )

    def ended(self, child: pexpect.spawn[str]) -> tuple[int | None, str]:
        rest = " ".join(child.read().split())  # lines end where the terminal does
        child.close()
        return child.exitstatus, rest

    def editor(self, tmp_path: Path, script: str) -> dict[str, str]:
        path = tmp_path / "editor"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)
        return {"VISUAL": str(path)}

    def test_what_asks_is_asked_about(self, writes: Writes, said: Callable[[], list[str]]) -> None:
        writes("One.", "Two.", sends=False)
        child = self.typed("send")
        child.expect_exact("One.")
        child.expect_exact("did not go out. Send it now? y/n: ")
        child.sendline("n")
        child.expect_exact("Two.")
        child.expect_exact("did not go out. Send it now? y/n: ")
        child.sendline("y")
        code, rest = self.ended(child)
        assert (code, said()) == (Exit.FINE, ["Two."])
        assert "was not sent: it asks first." in rest
        assert "is out." in rest

    def test_ctrl_c_sends_nothing(self, writes: Writes, said: Callable[[], list[str]]) -> None:
        writes("One.", "Two.", sends=False)
        child = self.typed("send")
        child.expect_exact("Send it now? y/n: ")
        child.sendline("y")
        child.expect_exact("Send it now? y/n: ")
        child.sendintr()
        assert self.ended(child)[0] == Exit.INTERRUPTED
        assert said() == []

    def test_the_words_open_in_the_editor(
        self, signed_in: Introvert, writes: Writes, tmp_path: Path, said: Callable[[], list[str]]
    ) -> None:
        writes("One.")
        child = self.typed("edit", "1", **self.editor(tmp_path, "sed -i s/One/Better/ $1"))
        code, rest = self.ended(child)
        assert (code, "has new words" in rest) == (Exit.FINE, True)
        signed_in("outbox", "send")
        assert said() == ["Better."]

    def test_what_was_saved_is_taken_though_the_editor_ended_with_an_error(
        self, signed_in: Introvert, writes: Writes, tmp_path: Path, said: Callable[[], list[str]]
    ) -> None:
        writes("One.")
        child = self.typed("edit", "1", **self.editor(tmp_path, "sed -i s/One/Better/ $1; exit 1"))
        code, rest = self.ended(child)
        assert (code, "what it saved was taken." in rest, "has new words" in rest) == (Exit.FINE, True, True)
        signed_in("outbox", "send")
        assert said() == ["Better."]

    def test_an_editor_that_is_none_changes_nothing(self, writes: Writes) -> None:
        writes("One.")
        code, rest = self.ended(self.typed("edit", "1", VISUAL="vi '"))
        assert code == Exit.FAILED
        assert "VISUAL can't be followed" in rest

    @pytest.mark.parametrize(
        ("script", "why"),
        [
            ("true", "Nothing was saved, so nothing was changed."),
            (": > $1", "Nothing is written, so nothing was changed."),
            ("exit 1", "Editing failed. Nothing was changed."),
            ("printf '\\377' > $1", "What came is not UTF-8 text, so nothing was changed."),
        ],
    )
    def test_what_the_editor_does_not_give_back_changes_nothing(
        self, signed_in: Introvert, writes: Writes, tmp_path: Path, script: str, why: str
    ) -> None:
        writes("One.")
        before = signed_in("outbox", "--json").out
        code, rest = self.ended(self.typed("edit", "1", **self.editor(tmp_path, script)))
        assert code == Exit.FAILED
        assert why in rest
        assert signed_in("outbox", "--json").out == before

    @pytest.mark.parametrize(("answer", "stays"), [("n", True), ("y", False)])
    def test_dropping_asks_first(self, signed_in: Introvert, writes: Writes, answer: str, stays: bool) -> None:
        writes("One.")
        child = self.typed("drop", "1")
        child.expect_exact("One.")
        child.expect_exact("Take it back? y/n: ")
        child.sendline(answer)
        code, rest = self.ended(child)
        assert code == Exit.FINE
        assert ("It waits as it is." in rest) is stays
        assert ("One." in signed_in("outbox").out) is stays
