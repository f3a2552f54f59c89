"""Hostile text of every kind, in every place, through the real store and the real program: nothing of it steers.

On the terminal everything that is written is read by a strict grammar (`wire`), and every run of text in it is already
as `text.clean` would have it; what the commands print is held to the same, line by line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from introvert_tui.text import clean, clean_url
from introvert_tui.tui.screens.looking import PROMPT
from tests.servers.kills.terminal import Terminal

from .hostile import ADDRESS, WEATHER
from .wire import Watched, Wire

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "tests.tui.hostile"]
ESCAPE, BACK = "\x1b", "esc back"


class Home(NamedTuple):
    """Somebody's computer, on which the network is signed in to."""

    environment: dict[str, str]

    def run(self, *arguments: str, typed: str = "", **environment: str) -> str:
        """What a command prints, on stdout and stderr; all of it is clean, line by line."""
        done = subprocess.run(
            [*PROGRAM, *arguments],
            input=typed.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**self.environment, **environment},
            cwd=ROOT,
            timeout=60,
        )
        printed = done.stdout.decode()
        for line in printed.split("\n"):
            assert clean(line, len(line) + 1) == line
        return printed

    def open(self, **environment: str) -> Terminal:
        """The app on a terminal."""
        return Terminal(PROGRAM, {**self.environment, **environment}, ROOT)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home({**os.environ, "INTROVERT_HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"})
    assert "Signed in to Hostile" in home.run("accounts", "add", "hostile")
    assert "Ana Prado" in home.run("catch-up")
    return home


@pytest.fixture
def app(home: Home) -> Iterator[Watched]:
    terminal = home.open()
    try:
        app = Watched(terminal)
        app.shows("q quit", "Ana Prado")
        yield app
    finally:
        terminal.close()


def ends_clean(app: Watched) -> None:
    """Quit; everything that was ever written was clean."""
    app.press("q")
    assert app.end() == 0
    for run in dict.fromkeys(app.wire.texts):
        assert clean(run, len(run) + 1) == run


@pytest.mark.parametrize(
    "steering", ["\x1b[2J", "\x1b]0;x\x07", "\x1b[6n", "\x9b31m", "\x07", "a\nb", "\x1bc", "\t", "\x1b[5h"]
)
def test_the_grammar_knows_nothing_else(steering: str) -> None:
    with pytest.raises(AssertionError, match="on the wire"):
        Wire().take(f"well\x1b[1m said{steering} ".encode(), last=True)


def goes_back(app: Watched, to: str = "space all") -> None:
    """Out of the place one is in."""
    app.press(ESCAPE)
    app.until(lambda: BACK not in app.wire.screen and to in app.wire.screen)


def test_every_conversation_and_who_wrote_in_it(app: Watched) -> None:
    for _ in range(8):
        app.press("\r")
        app.shows(BACK)
        app.press("vGvkvg")
        app.press("i")
        app.until(lambda: "your note" in app.wire.screen and "leave quietly" not in app.wire.screen)
        app.press(ESCAPE)
        app.until(lambda: "leave quietly" in app.wire.screen and "your note" not in app.wire.screen)
        goes_back(app)
        app.press("j")
    ends_clean(app)


def test_addresses(app: Watched) -> None:
    app.press("\r")
    app.shows(BACK)
    app.press("g1")
    app.shows(f"This leads to {clean_url(ADDRESS)}")
    app.press(ESCAPE)
    app.until(lambda: "This leads to" not in app.wire.screen)
    app.press("y")
    app.shows(f"Copied, where your terminal allows it: {clean_url(ADDRESS)}")
    ends_clean(app)
    assert app.wire.copied == [clean_url(ADDRESS)]


def test_lists_and_what_is_looked_for(app: Watched) -> None:
    for key, typed, found in [("p", "ana", "Ana Prado"), ("/", "ink", "Ana Prado"), ("\x10", "ana", "Ana Prado")]:
        app.press(key)
        app.until(lambda: "space all" not in app.wire.screen or "What to do, who" in app.wire.screen)
        app.press(typed)
        app.shows(typed, found)
        app.press("\x1b[B\x1b[B\x1b[A")
        app.press(ESCAPE)
        app.until(
            lambda: "space all" in app.wire.screen and not app.wire.row(3).strip(" │").startswith((PROMPT, "ana"))
        )
    app.press("O")
    app.shows("Older conversations", BACK)
    goes_back(app)
    app.press("w")
    app.shows("Who asks to write to you", BACK)
    goes_back(app)
    ends_clean(app)


def test_what_one_does_and_what_the_server_says_to_it(app: Watched, home: Home) -> None:
    app.press("j")
    app.press("h")
    app.shows("enter send")
    app.press("hello there\r")
    app.shows("Not sent: [2J[31m")  # once the hold is over
    app.press("z")
    app.shows("tomorrow")
    app.press("\r")
    app.shows("Why, in a few words")
    app.press("\r")
    app.until(lambda: not any(words in app.wire.screen for words in ("Why, in a few words", "Not sent:")))
    app.press("x")
    app.shows("u takes it back")
    for key, title in [("Z", "What you put off"), ("L", "What you left"), ("S", "What you sent")]:
        app.press(key)
        app.shows(title, BACK)
        goes_back(app)
    app.press("X")
    app.shows("Only people I know")
    app.press(ESCAPE)
    app.until(lambda: "Only people I know" not in app.wire.screen)
    app.press("n")
    app.shows("No nods here: [2J[31m")
    ends_clean(app)
    assert "The server said: [2J[31m" in home.run("catch-up", **{WEATHER: "storm"})


COMMANDS = {
    ("catch-up",): "Ana Prado",
    ("search", "ink"): "Ana Prado",
    ("accounts",): "you",
    (): "Ana Prado",
}


def test_what_the_commands_print(home: Home) -> None:
    for command, expected in COMMANDS.items():
        assert expected in home.run(*command)
    visit = home.run("visit", "--plain", typed="?\nv\nt\ns\nw\nh\nhello there\nn\nx\nu\nl\nq\n")
    assert "To מור לוי" in visit
    home.run("visit", "--plain", typed="h\nhello there\nq\n", **{WEATHER: "storm"})
    assert "hello there" in home.run("outbox")
    for listing in (["catch-up", "--json"], ["search", "--json", "ink"], ["outbox", "--json"]):
        records = [json.loads(line) for line in home.run(*listing).splitlines() if line.startswith("{")]
        assert records
        for words in strings(records):
            assert clean(words, len(words) + 1) == words


def strings(found: object) -> Iterator[str]:
    """Every string in what JSON was read into."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        yield from strings([*found.keys(), *found.values()])
    elif isinstance(found, list):
        for one in found:
            yield from strings(one)
