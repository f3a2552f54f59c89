"""`introvert config`: where the file is, what it sets, and everything in it that cannot be followed."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path

import pytest

from introvert_tui.cli.output import Exit
from introvert_tui.settings import Settings, load
from introvert_tui.settings.table import SETTINGS
from introvert_tui.tui.actions import BY_ID
from introvert_tui.tui.keymap import resolve

from .conftest import Introvert


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where it is, with the home that the commands are run in."""
    return tmp_path / "config.toml"


class TestInit:
    def test_it_explains_everything_and_changes_nothing(self, introvert: Introvert, file: Path) -> None:
        ended = introvert("config", "--init")
        assert (ended.code, ended.out) == (Exit.FINE, f"{file}\n")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert load(file) == (Settings(), ())
        assert introvert("config", "--check").code == Exit.FINE
        text = file.read_text()
        assert set(re.findall(r"(?m)^[#\[](\w+)(?: =|\])", text)) == (
            {setting.name for setting in SETTINGS} | set(BY_ID)
        )

    def test_the_keys_in_it_are_those_that_hold(self, introvert: Introvert, file: Path) -> None:
        introvert("config", "--init")
        text = file.read_text()
        file.write_text(re.sub(r"(?m)^#(?! )", "", text[text.index("[keys]") :]))
        settings, ignored = load(file)
        assert ignored == ()
        keymap = resolve(settings.keys)
        assert keymap.told == ()
        assert set(settings.keys) == set(BY_ID)
        assert set(keymap.keys) >= {action.bound for action in BY_ID.values()}

    def test_a_file_that_is_there_stays_as_it_is(self, introvert: Introvert, file: Path) -> None:
        file.write_text("minutes = 5\n")
        ended = introvert("config", "--init")
        assert (ended.code, ended.out) == (Exit.FAILED, "")
        assert f"{file} is there already" in ended.err
        assert file.read_text() == "minutes = 5\n"

    def test_a_link_that_leads_nowhere_stays_too(self, introvert: Introvert, file: Path, tmp_path: Path) -> None:
        file.symlink_to(tmp_path / "elsewhere.toml")
        assert introvert("config", "--init").code == Exit.FAILED
        assert file.is_symlink()


class TestTell:
    def test_without_a_file(self, introvert: Introvert, file: Path) -> None:
        ended = introvert("config")
        assert (ended.code, ended.out) == (Exit.FINE, f"{file}\n")
        assert "introvert config --init" in ended.err
        assert introvert("config", "--check").code == Exit.FINE

    def test_what_is_set_can_be_read_back(self, introvert: Introvert, file: Path) -> None:
        file.write_text(
            'minutes = 5\nhold_seconds=2.5\nhellos = ["Hé, {name}."]\nthem = 1\n'
            'pictures = true\n[keys]\nnod = ["m","f2"]\n'
        )
        ended = introvert("config")
        where, *lines = ended.out.splitlines()
        assert where == str(file)
        assert tomllib.loads("\n".join(lines)) == {
            "minutes": 5,
            "hold_seconds": 2.5,
            "hellos": ["Hé, {name}."],
            "pictures": True,
            "keys": {"nod": "m,f2"},
        }
        assert "line 4" in ended.err
        assert ended.code == Exit.FINE


class TestCheck:
    def test_every_line_that_cannot_be_followed(self, introvert: Introvert, file: Path) -> None:
        wrong = {
            'them = "x"': '"them" is not a setting; did you mean "theme"?',
            "minutes = 2.5": "a whole number of minutes from 1 to 600",
            'theme = "introvert-drak"': 'no theme called introvert-drak; did you mean "introvert-dark"?',
            "[keys]": "",
            'nod = "e"': "e is nod now, as you set it, and not done, which has no key now.",
            'donne = "f"': '"donne" is not an action; did you mean "done"?',
            'later = "ctrl-n"': '"ctrl-n" is not a key; did you mean "ctrl+n"?',
            'undo = "esc"': '"esc" is not a key; did you mean "escape"?',
            'left = "bakspace"': '"bakspace" is not a key; did you mean "backspace"?',
            'quit = ""': "Quitting needs a key; it keeps q.",
            'leave = "q"': "q quits, and can't be a key for leave until quit has another.",
            'up = "ctrl+c"': "ctrl+c always quits, and can't be a key for up.",
            'down = "n,x"': "n is down now, as you set it, and not n",
            'copy = "n"': "n is given to down and to copy; down comes first.",
            "reply = 4": 'the key for "reply" should be in quotes',
        }
        file.write_text("\n".join(wrong))
        ended = introvert("config", "--check")
        assert ended.code == Exit.FAILED
        for line, said in enumerate(wrong.values(), 1):
            told = [one for one in ended.out.splitlines() if one.startswith(f"{file}, line {line}: ")]
            assert any(said in one for one in told) if said else told == [], (line, said, told)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("hold_seconds = 'ten'\nminutes = 0", ("line 1: ", "line 2: ")),
            ("theme = 'x'\ntheme 'y'", ("line 2: ",)),
            ("[keys]\nhold-seconds = 9", ("line 2: ",)),
        ],
    )
    def test_what_keeps_the_program_from_starting(
        self, introvert: Introvert, file: Path, text: str, said: tuple[str, ...]
    ) -> None:
        file.write_text(text)
        ended = introvert("config", "--check")
        assert ended.code == Exit.UNUSABLE
        assert len(ended.out.splitlines()) == len(said)
        assert all(one in ended.out for one in said)
        assert introvert("config").code == introvert("accounts").code == Exit.UNUSABLE

    def test_one_that_cannot_be_read(self, introvert: Introvert, file: Path) -> None:
        file.mkdir()
        assert introvert("config", "--check").code == Exit.UNUSABLE


@pytest.mark.parametrize("command", [(), ("visit", "--plain")])
def test_what_only_the_app_knows_is_told_beside_plain_lines_too(
    introvert: Introvert, file: Path, command: tuple[str, ...]
) -> None:
    file.write_text('theme = "introvert-drak"\n[keys]\nnodd = "m"')
    ended = introvert(*command, stdin="q\n")
    assert f"{file}: There is no theme called introvert-drak" in ended.err
    assert f'{file}: "nodd" is not an action; did you mean "nod"?' in ended.err
    assert "nodd" not in ended.out


def test_nothing_is_told_of_a_file_that_is_followed(introvert: Introvert, file: Path) -> None:
    file.write_text('theme = "introvert-dark"\n[keys]\nnod = "m"')
    assert str(file) not in introvert().err
