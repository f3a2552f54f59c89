"""Where files lie, what config.toml may say, and what is said about it where it says something else."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introvert_tui.errors import SettingsError
from introvert_tui.settings import Paths, Settings, load
from introvert_tui.settings.annotated import KeyLine, annotated
from introvert_tui.settings.config import HELLOS
from introvert_tui.settings.details import keep_details, without_secrets
from introvert_tui.settings.paths import write_private
from introvert_tui.settings.reading import Reading, line_of, read
from introvert_tui.settings.table import SETTINGS, Setting


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def written(directory: Path, text: str) -> Path:
    path = directory / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


class TestPaths:
    def test_one_directory_for_everything(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("INTROVERT_HOME", str(tmp_path / "home"))
        paths = Paths.user()
        assert paths.data == paths.config == paths.state == tmp_path / "home"
        assert paths.database.parent == paths.config_file.parent == tmp_path / "home"
        assert mode(tmp_path / "home") == mode(paths.lock_dir) == 0o700

    def test_a_directory_that_the_user_named_keeps_its_mode(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tmp_path.chmod(0o755)
        monkeypatch.setenv("INTROVERT_HOME", str(tmp_path))
        Paths.user()
        assert mode(tmp_path) == 0o755

    @pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="XDG is Linux's way")
    def test_the_systems_own_directories(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("INTROVERT_HOME", raising=False)
        for name in ("DATA", "CONFIG", "STATE"):
            monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
        (tmp_path / "data" / "introvert").mkdir(parents=True, mode=0o755)
        paths = Paths.user()
        assert paths.data == tmp_path / "data" / "introvert"
        assert paths.config_file == tmp_path / "config" / "introvert" / "config.toml"
        assert mode(paths.data) == mode(paths.state) == mode(paths.config) == 0o700

    def test_a_file_in_the_way_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("INTROVERT_HOME", str(tmp_path / "file" / "home"))
        with pytest.raises(SettingsError, match=r"cannot be used.*INTROVERT_HOME"):
            Paths.user()


class TestWritePrivate:
    def test_the_file_is_the_users_only_and_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("old")
        path.chmod(0o644)
        write_private(path, "new")
        assert path.read_text() == "new"
        assert mode(path) == 0o600
        assert os.listdir(tmp_path) == ["file"]

    def test_what_fails_leaves_the_old_words(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("old")
        with pytest.raises(UnicodeEncodeError):
            write_private(path, "\ud800")
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["file"]


class TestConfig:
    def test_no_file_is_needed(self, tmp_path: Path) -> None:
        assert load(tmp_path / "config.toml") == (Settings(), ())

    def test_without_one_nothing_is_loaded_for_it(self, tmp_path: Path) -> None:
        program = (
            "import sys, pathlib; from introvert_tui.settings import load; from introvert_tui.tui import app; "
            f"load(pathlib.Path({str(tmp_path / 'config.toml')!r})); print(*sys.modules)"
        )
        loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        ours = ("settings.reading", "settings.table", "tui.keymap", "tui.tailoring")
        assert set(loaded.split()) & {"tomllib", *(f"introvert_tui.{name}" for name in ours)} == set()

    def test_all_of_it(self, tmp_path: Path) -> None:
        path = written(
            tmp_path,
            """\ufeffhold_seconds = 20\r
            hellos = ["Hi {name}", "So good to read you"]
            language = "pt-BR"
            theme = "ansi"
            minutes = 5
            pitches = ["out now"]
            pictures = true
            [keys]
            nod = "m"
            pictures = "f3"
            done = ["e", "f2", ","]
            down = " n ,down"
            menu = " "
            copy = ""
            """,
        )
        settings, sentences = load(path)
        assert sentences == ()
        keys = {"nod": "m", "pictures": "f3", "done": "e,f2,comma", "down": "n,down", "menu": "space", "copy": ""}
        hellos = ("Hi {name}", "So good to read you")
        assert settings == Settings(20.0, hellos, "pt-BR", "ansi", 5, ("out now",), pictures=True, keys=keys)

    @pytest.mark.parametrize(
        ("text", "line", "said"),
        [
            ("\nthem = 'x'", 2, '"them" is not a setting; did you mean "theme"?'),
            ("sound = true", 1, '"sound" is not a setting.'),
            ("theme = 3", 1, "the name of a theme in quotes"),
            ("language = 'English, please'", 1, '"en" or "pt-BR"'),
            ("hellos = 'Hi'", 1, '"hellos" should be a list of lines'),
            ("hellos = ['Hi', 7]", 1, "hello 2 should be words in quotes"),
            ("hellos = ['Hi {nmae}']", 1, "hello 1 holds {nmae}, and only {name} is filled in"),
            ('hellos = ["two\\nlines"]', 1, "one line"),
            ("theme = 'x'\nkeys = 3", 2, '"keys" should be a table'),
            ("theme = 'x'\n[keys]\n\nnod = 4", 4, 'the key for "nod" should be in quotes'),
            ("[key]\nnod = 'm'", 1, '"key" is not a setting; did you mean "keys"?'),
            ("keys.nod = 4", 1, 'the key for "nod" should be in quotes'),
            ("keys = { nod = 4 }", 1, 'the key for "nod" should be in quotes'),
            ("theme = 'x'\n[keys]\nminutes = 5", 3, '"minutes" is a setting and no action; write it above [keys]'),
            ("nod = 'm'", 1, "keys of actions are written below [keys]"),
            ("minutes = 0", 1, "a whole number of minutes from 1 to 600"),
            ("minutes = 2.5", 1, "a whole number of minutes from 1 to 600"),
            ("minutes = true", 1, "a whole number of minutes from 1 to 600"),
            ("pictures = 'P'", 1, '"pictures" should be true or false'),
            ("[keys]\npictures = true", 2, 'the key for "pictures" should be in quotes'),
        ],
    )
    def test_what_is_harmless_is_ignored_and_told(self, tmp_path: Path, text: str, line: int, said: str) -> None:
        path = written(tmp_path, text)
        settings, (sentence,) = load(path)
        assert sentence.startswith(f"{path}, line {line}: ")
        assert said in sentence
        assert sentence.endswith(("It was ignored.", "It was left out."))
        assert settings.hold_seconds == 8.0
        assert settings.theme in (Settings().theme, "x")

    def test_one_wrong_line_spoils_no_other(self, tmp_path: Path) -> None:
        settings, sentences = load(written(tmp_path, "theme = 3\nhellos = ['Hi', 7]\n[keys]\nnod = 4\ndone = 'd'"))
        assert settings == Settings(hellos=("Hi",), keys={"done": "d"})
        assert len(sentences) == 3

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("hold_seconds = '20'", 1),
            ("\nhold_seconds = -1", 2),
            ("hold_seconds = true", 1),
            ("hold_seconds = inf", 1),
            ("hold_seconds = nan", 1),
            ("hold_seconds = 1e9", 1),
            ("hold_second = 20", 1),
            ("hold-seconds = 20", 1),
            ("theme = 'x'\n[keys]\nhold_seconds = 20", 3),
            ("[sending]\nhold_seconds = 20", 2),
            ("theme = 'x'\ntheme 'y'", 2),
            ("theme = 'x'\ntheme = 'y'", 2),
            ("theme = '\n", 1),
        ],
    )
    def test_what_could_send_a_hello_too_soon_is_refused(self, tmp_path: Path, text: str, line: int) -> None:
        path = written(tmp_path, text)
        with pytest.raises(SettingsError) as refused:
            load(path)
        assert str(refused.value).startswith(f"{path}, line {line}: ")
        assert "was not started" in str(refused.value)

    @pytest.mark.parametrize("raw", [b"theme = '\xff'", b"a = " + b"[" * 100_000, b"\x00"])
    def test_rubbish_is_refused_in_words(self, tmp_path: Path, raw: bytes) -> None:
        path = tmp_path / "config.toml"
        path.write_bytes(raw)
        with pytest.raises(SettingsError, match="was not started"):
            load(path)

    def test_a_directory_in_its_place_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="cannot be read"):
            load(tmp_path)

    def test_the_hellos_that_ship_are_short_and_warm(self) -> None:
        assert len(HELLOS) == 5
        assert all("{name}" in hello and len(hello) <= 60 and "!" not in hello for hello in HELLOS)

    @given(st.text(max_size=200), st.sampled_from(["", "keys"]), st.text(min_size=1, max_size=20))
    def test_looking_for_a_line_never_fails(self, text: str, table: str, key: str) -> None:
        found = line_of(text, table, key)
        assert found is None or 1 <= found <= len(text.splitlines())


class TestTable:
    def test_every_setting_is_in_it_and_nothing_else(self) -> None:
        assert {setting.name for setting in SETTINGS} == set(Settings._fields)

    @pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
    def test_the_example_is_the_default_where_there_is_one(self, setting: Setting) -> None:
        assert setting.decides.endswith(".")
        if setting.example:
            reading = read(f"{setting.name} = {setting.example}".encode())
            assert reading.findings == ()
            assert reading.named == (setting.name,)
            shown = getattr(reading.settings, setting.name)
            assert (shown == Settings._field_defaults[setting.name]) == (not setting.unset)

    def test_the_annotated_file_names_exactly_the_settings_and_changes_nothing(self) -> None:
        text = annotated([KeyLine("nod", "n", "Like their message"), KeyLine("keys", "?", "Every key")])
        assert read(text.encode()) == Reading(Settings(), (), (), text)
        on = read(re.sub(r"(?m)^#(?! )|^#(?=  )", "", text).encode())
        assert on.findings == ()
        assert set(on.named) == set(Settings._fields)
        assert on.settings.keys == {"nod": "n", "keys": "?"}
        assert on.settings._replace(language=None, minutes=None, muted_words=(), keys={}) == Settings()
        assert max(map(len, text.splitlines())) <= 100
        assert all(setting.decides.split()[-1] in text for setting in SETTINGS)

    @given(st.text(max_size=300))
    def test_a_check_never_fails(self, text: str) -> None:
        assert all(one.line is None or one.line > 0 for one in read(text.encode()).findings)

    def test_all_that_is_wrong_is_found_at_once(self) -> None:
        found = read(b"them = 'x'\nhold_seconds = 'ten'\n[keys]\nhold-second = 8\nnod = 4\n").findings
        assert [(one.line, one.grave) for one in found] == [(1, False), (2, True), (4, True), (5, False)]
        assert all(one.sentence(Path("config.toml")).startswith(f"config.toml, line {one.line}: ") for one in found)


class TestDetails:
    def test_nothing_secret_is_written(self, tmp_path: Path) -> None:
        token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl"

        def inner(password: str) -> None:
            raise ValueError(f"rejected {password} and {token}")

        try:
            try:
                inner("-".join(("abcd", "efgh", "ijkl", "mnop")))  # the line itself is in the file, as code is
            except ValueError as error:
                raise RuntimeError("outer") from error
        except RuntimeError as error:
            path = keep_details(error, tmp_path)
        told = path.read_text()
        assert mode(path) == 0o600
        assert "RuntimeError: outer" in told
        assert "ValueError: rejected … and …" in told
        assert "test_settings.py" in told
        assert token not in told
        assert "abcd-efgh-ijkl-mnop" not in told

    def test_words_stay(self) -> None:
        said = "no such table: conversations (in /home/ana/introvert.db, line 12)"
        assert without_secrets(said) == said
