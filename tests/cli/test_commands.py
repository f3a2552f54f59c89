"""Each command as it is typed, over a network of the tests' own."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from introvert_tui import __version__
from introvert_tui.cli.output import Exit
from tests.cli.conftest import Ended, Introvert, started

JSON_FIELDS = [
    "id",
    "network",
    "account",
    "private",
    "group",
    "writers",
    "who",
    "text",
    "warning",
    "pictures",
    "reason",
    "at",
    "note",
]  # the README promises them


class TestWithoutACommand:
    def test_without_an_account_it_says_how(self, introvert: Introvert) -> None:
        ended = introvert()
        assert (ended.code, ended.out) == (Exit.FINE, "")
        assert "introvert accounts add bluesky" in ended.err
        assert "introvert demo" in ended.err

    def test_on_a_pipe_it_prints_what_is_known_and_asks_nobody(
        self, signed_in: Introvert, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert signed_in().out.startswith("Nobody is waiting")
        signed_in("catch-up")
        monkeypatch.setenv("INTROVERT_TEST_WEATHER", "offline")
        ended = signed_in()
        assert ended.code == Exit.FINE
        assert "1 of " in ended.out
        assert "That's everyone" in ended.out

    @pytest.mark.parametrize("arguments", [(), ("demo",)])
    def test_the_program_itself(self, tmp_path: Path, arguments: Sequence[str]) -> None:
        done = started(*arguments, home=tmp_path)
        assert done.returncode == 0
        assert ("That's everyone" in done.stdout) is bool(arguments)
        assert "\x1b" not in done.stdout + done.stderr

    def test_a_reader_who_has_read_enough(self, tmp_path: Path) -> None:
        program = f"{sys.executable} -m introvert_tui demo | head -n 1"
        done = subprocess.run(
            program,
            shell=True,
            capture_output=True,
            text=True,
            env={**os.environ, "INTROVERT_HOME": str(tmp_path)},
            timeout=60,
        )
        assert done.stdout.endswith("conversations.\n")
        assert done.stderr == ""

    @pytest.mark.parametrize("arguments", ["demo --plain", "config --help"])
    def test_it_is_no_failure_of_a_command_either(self, tmp_path: Path, arguments: str) -> None:
        reads, writes = os.pipe()
        os.close(reads)
        with os.fdopen(writes, "w") as nobody:
            done = subprocess.run(
                [sys.executable, "-m", "introvert_tui", *arguments.split()],
                stdin=subprocess.DEVNULL,
                stdout=nobody,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, "INTROVERT_HOME": str(tmp_path)},
                timeout=60,
            )
        assert (done.returncode, done.stderr) == (Exit.FINE, "")

    def test_a_poor_encoding_costs_a_character_and_not_the_words(self, tmp_path: Path) -> None:
        done = started("demo", home=tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C")
        assert done.returncode == 0
        assert "That's everyone" in done.stdout

    def test_click_is_not_needed(self, tmp_path: Path) -> None:
        program = (
            "import sys; from introvert_tui.__main__ import run; run([]); run(['demo'])\n"
            "assert not {'click', 'textual', 'httpx', 'atproto', 'keyring'} & set(sys.modules)"
        )
        environment = {**os.environ, "INTROVERT_HOME": str(tmp_path)}
        subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)


class TestDemo:
    def test_it_touches_nothing_of_the_users(self, tmp_path: Path) -> None:
        home = tmp_path / "home"
        assert started("demo", home=home).returncode == 0
        assert not home.exists()


class TestCatchUp:
    def test_without_an_account_it_says_how(self, introvert: Introvert) -> None:
        ended = introvert("catch-up")
        assert (ended.code, ended.out) == (Exit.FINE, "")
        assert "introvert accounts add bluesky" in ended.err

    def test_it_prints_what_waits(self, signed_in: Introvert) -> None:
        ended = signed_in("catch-up")
        assert ended.code == Exit.FINE
        assert "conversations.\n\n1 of " in ended.out
        assert ", Elsewhere, " in ended.out
        assert ended.err == ""

    def test_json_is_one_documented_object_a_line(self, signed_in: Introvert) -> None:
        ended = signed_in("catch-up", "--json")
        assert ended.code == Exit.FINE
        records = [json.loads(line) for line in ended.out.splitlines()]
        assert len(records) > 1
        assert all(list(record) == JSON_FIELDS for record in records)
        assert {record["network"] for record in records} == {"elsewhere"}

    @pytest.mark.parametrize(("weather", "code"), [("offline", Exit.OFFLINE), ("signed-out", Exit.SIGNED_OUT)])
    @pytest.mark.parametrize("arguments", [("catch-up",), ("catch-up", "--json")])
    def test_what_is_known_is_shown_when_the_server_is_not_there(
        self,
        signed_in: Introvert,
        monkeypatch: pytest.MonkeyPatch,
        weather: str,
        code: Exit,
        arguments: Sequence[str],
    ) -> None:
        before = signed_in(*arguments)
        monkeypatch.setenv("INTROVERT_TEST_WEATHER", weather)
        ended = signed_in(*arguments)
        assert ended.code == code
        assert ended.out.count("\n") == before.out.count("\n")
        assert "Elsewhere" in ended.err


class TestAccounts:
    def test_there_is_none(self, introvert: Introvert) -> None:
        for arguments in (("accounts",), ("accounts", "list")):
            ended = introvert(*arguments)
            assert (ended.code, ended.out) == (Exit.FINE, "")
            assert "There is no account yet" in ended.err

    def test_signing_in_by_a_pipe(self, introvert: Introvert, tmp_path: Path) -> None:
        ended = introvert("accounts", "add", "Elsewhere", stdin="ana.elsewhere\nright\n")
        assert (ended.code, ended.out) == (Exit.FINE, "")
        assert "It looks like ana.elsewhere.\nYour handle\nPassword\nOne note.\n" in ended.err
        assert f"kept in {tmp_path / 'secrets.json'}, readable by you only." in ended.err
        assert ended.err.endswith("Signed in to Elsewhere as ana.elsewhere. `introvert` opens your conversations.\n")
        assert "right" not in ended.err
        for arguments in (("accounts",), ("accounts", "list")):
            assert introvert(*arguments).out == "elsewhere:ana.elsewhere  not caught up yet\n"

    def test_where_a_sign_in_fails_nothing_is_kept(self, introvert: Introvert) -> None:
        ended = introvert("accounts", "add", "elsewhere", stdin="ana.elsewhere\nwrong\n")
        assert (ended.code, ended.out) == (Exit.FAILED, "")
        assert ended.err.endswith("Elsewhere does not know this password. Look at its settings page.\n")
        ended = introvert("accounts", "add", "elsewhere", stdin="ana.elsewhere\n")
        assert ended.code == Exit.FAILED
        assert ended.err.endswith("There was no answer to “Password”. Nothing was changed.\n")
        assert introvert("accounts").out == ""

    @pytest.mark.parametrize(
        ("network", "said"), [("elsewere", "Did you mean elsewhere?"), ("demo", "`introvert demo` opens it")]
    )
    def test_what_cannot_be_signed_in_to(self, introvert: Introvert, network: str, said: str) -> None:
        ended = introvert("accounts", "add", network)
        assert ended.code == Exit.FAILED
        assert said in ended.err

    @pytest.mark.parametrize("name", ["ana.elsewhere", "@Ana.Elsewhere", "elsewhere:ana.elsewhere"])
    @pytest.mark.parametrize(
        ("option", "answers", "said"),
        [
            ("--forget", "", "forgotten"),
            ("--keep", "", "stay here"),
            ("", "perhaps\ny\n", "forgotten"),
            ("", "n\n", "stay here"),
        ],
    )
    def test_removing(self, signed_in: Introvert, name: str, option: str, answers: str, said: str) -> None:
        signed_in("catch-up")
        ended = signed_in("accounts", "remove", name, *filter(None, [option]), stdin=answers)
        assert (ended.code, ended.out) == (Exit.FINE, "")
        assert said in ended.err
        assert signed_in("accounts").out == ""

    def test_removing_needs_an_answer(self, signed_in: Introvert) -> None:
        ended = signed_in("accounts", "remove", "ana.elsewhere")
        assert ended.code == Exit.FAILED
        assert signed_in("accounts").out != ""

    def test_removing_what_is_not_there_or_not_clear(self, signed_in: Introvert) -> None:
        ended = signed_in("accounts", "remove", "ben.elsewhere", "--keep")
        assert ended.code == Exit.USAGE
        assert "You have: elsewhere:ana.elsewhere." in ended.err


class TestUsage:
    def test_version(self, introvert: Introvert) -> None:
        assert introvert("--version") == Ended(Exit.FINE, f"introvert {__version__}\n", "")

    def test_help_names_every_command(self, introvert: Introvert) -> None:
        ended = introvert("--help")
        assert ended.code == Exit.FINE
        for command in ("accounts", "catch-up", "demo", "outbox"):
            assert f"  {command} " in ended.out

    @pytest.mark.parametrize("arguments", [("nonsense",), ("catch-up", "--nonsense"), ("accounts", "add")])
    def test_wrong_usage(self, introvert: Introvert, arguments: Sequence[str]) -> None:
        ended = introvert(*arguments)
        assert (ended.code, ended.out) == (Exit.USAGE, "")
        assert "Usage: introvert" in ended.err

    def test_completion_is_clicks_own(self, tmp_path: Path) -> None:
        done = started(home=tmp_path, _INTROVERT_COMPLETE="bash_complete", COMP_WORDS="introvert c", COMP_CWORD="1")
        assert "plain,catch-up" in done.stdout


class TestSettings:
    def test_a_harmless_mistake_is_told_and_survived(self, introvert: Introvert, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text("them = 'x'\n")
        ended = introvert("accounts")
        assert ended.code == Exit.FINE
        assert "config.toml, line 1:" in ended.err

    @pytest.mark.parametrize("arguments", [(), ("catch-up",), ("accounts",)])
    def test_a_dangerous_one_is_refused(self, introvert: Introvert, tmp_path: Path, arguments: Sequence[str]) -> None:
        (tmp_path / "config.toml").write_text("hold_seconds = 'ten'\n")
        ended = introvert(*arguments)
        assert (ended.code, ended.out) == (Exit.UNUSABLE, "")
        assert ended.err.count("\n") == 1


def test_a_database_of_a_newer_version_is_left_alone(introvert: Introvert, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "introvert.db")) as db:
        db.execute("PRAGMA user_version = 9999")
    for arguments in ((), ("catch-up",), ("accounts",)):
        ended = introvert(*arguments)
        assert (ended.code, ended.out) == (Exit.UNUSABLE, "")
        assert str(tmp_path / "introvert.db") in ended.err
