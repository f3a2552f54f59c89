"""The way in and the way out, on a real terminal where that matters."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pexpect
import pytest
from textual.message import Message

from introvert_tui.engine.events import Changed, Event, Said
from introvert_tui.engine.opening import open_session
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Outcome, Unsettled
from introvert_tui.settings import Paths, Settings
from introvert_tui.tui import ending
from introvert_tui.tui.app import LOOK_AROUND, PLAIN_LINES
from introvert_tui.tui.ending import QUIT, QUIT_AND_SEND
from introvert_tui.tui.questions import ask_about
from introvert_tui.tui.relay import News, Relay
from introvert_tui.tui.screens.asking import Ask
from introvert_tui.tui.screens.welcome import WelcomeScreen
from introvert_tui.tui.themes import OURS

from .driving import visit, visit_town

LONGEST_QUIT = 3.0  # 0.25 s on a quiet machine


@pytest.fixture
def nobody(tmp_path: Path) -> Callable[[Callable[[Event], None]], Session]:
    """A session without any account."""
    return lambda listen: open_session(Settings(), Paths(tmp_path, tmp_path, tmp_path), listen)


@pytest.mark.parametrize(("key", "result"), [("1", LOOK_AROUND), ("4", PLAIN_LINES), ("q", QUIT_AND_SEND)])
async def test_the_first_screen_leads_in_and_out(
    nobody: Callable[[Callable[[Event], None]], Session], key: str, result: int
) -> None:
    async with visit(nobody) as first:
        await first.until(lambda: isinstance(first.app.screen, WelcomeScreen))
        await first.until(lambda: "look around in a small made-up town" in first.text)
        await first.press(key)
        assert first.app.return_value == result


@pytest.mark.parametrize(
    ("key", "label", "asks"), [("2", "Bluesky", "Your Bluesky handle"), ("3", "Mastodon", "Your server or address")]
)
async def test_every_network_can_be_signed_in_to(
    nobody: Callable[[Callable[[Event], None]], Session], key: str, label: str, asks: str
) -> None:
    async with visit(nobody) as first:
        await first.until(lambda: f"{key}  sign in to {label}" in first.text)
        await first.press("9")
        assert isinstance(first.app.screen, WelcomeScreen)
        await first.press(key)
        await first.until(lambda: asks in first.text)
        await first.press("escape")
        assert isinstance(first.app.screen, WelcomeScreen)


@pytest.mark.parametrize(("key", "result"), [("q", QUIT_AND_SEND), ("ctrl+q", QUIT_AND_SEND), ("ctrl+c", QUIT)])
async def test_keys_that_quit(key: str, result: int) -> None:
    async with visit_town() as town:
        await town.press(key)
        assert town.app.return_value == result


async def test_ctrl_c_quits_while_one_writes_too() -> None:
    async with visit_town() as town:
        await town.press("r", "ctrl+c")
        assert town.app.return_value == QUIT


@pytest.mark.parametrize("theme", [*OURS, "textual-dark", "no such theme"])
async def test_themes(theme: str) -> None:
    async with visit_town(settings=Settings(theme=theme)) as town:
        assert "They wrote back" in town.text
        assert ("There is no theme called no such theme" in town.text) == (theme == "no such theme")


async def test_earlier_hellos_are_asked_about_one_by_one() -> None:
    async with visit_town() as town:
        decided: list[tuple[str, bool]] = []

        async def decide(question: Unsettled, send: bool) -> Outcome:
            decided.append((question.key, send))
            return Outcome("So be it.", False)

        town.app.session.decide = decide  # type: ignore[method-assign]
        questions = [
            Unsettled(key, f"Your hello to {key} did not go out.", f"hi [b] {key}") for key in ("Ana", "Mor", "Jun")
        ]
        ask_about(town.app, questions)
        await town.pilot.pause()
        assert "Your hello to Ana did not go out." in town.text
        assert "“hi [b] Ana”" in town.text
        await town.press("x", "s")
        assert "hello to Mor" in town.text
        await town.press("j", "k", "k")  # meant for the list, which came a moment before
        await town.press("d")
        assert isinstance(town.app.screen, Ask)
        await town.press("escape")
        assert town.app.place() is town.inbox
        assert decided == [("Ana", True), ("Mor", False)]


def test_many_events_are_one_message() -> None:
    relay = Relay()
    posted: list[Message] = []
    relay(Changed(frozenset({1})))
    relay.to(posted.append)
    assert len(posted) == 1
    relay(Changed(frozenset({2})))
    relay(Said("Hello to Ana is out."))
    relay(Changed(frozenset()))
    news = posted[0]
    assert isinstance(news, News)
    assert posted[1].can_replace(news)
    assert news.take() == (frozenset({1, 2}), (Said("Hello to Ana is out."),), True)
    assert news.take() == (frozenset(), (), False)


async def test_events_come_from_any_thread() -> None:
    async with visit_town() as town:
        await asyncio.to_thread(town.app.session.visit.tell, Said("Hello to [b]Ana is out."))
        await town.until(lambda: "Hello to [b]Ana is out." in town.text)


def started(*arguments: str) -> pexpect.spawn[str]:
    """The real program on a real terminal, with the town on it."""
    command = [sys.executable, "-m", "introvert_tui", *arguments]
    child = pexpect.spawn(command[0], command[1:], dimensions=(40, 120), encoding="utf-8", timeout=20)
    child.expect("They wrote back")
    return child


BROKEN = """
import sys
from introvert_tui.tui.screens.inbox import InboxScreen
def breaks(self):
    other_peoples_words = "a secret"
    raise ZeroDivisionError("it broke")
InboxScreen.after_first_frame = breaks
from introvert_tui.__main__ import main
sys.argv = ["introvert", "demo"]
main()
"""


def test_what_breaks_is_written_down_and_told_in_words(tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-c", BROKEN],
        env={**os.environ, "INTROVERT_HOME": str(tmp_path), "TERM": "xterm-256color"},
        dimensions=(40, 120),
        encoding="utf-8",
        timeout=20,
    )
    child.expect(r"\x1b\[\?1049l")
    child.expect(pexpect.EOF)
    child.close()
    said, details = child.before or "", tmp_path / "last-error.txt"
    assert child.exitstatus == 1
    assert f"what you wrote is kept. The details are in {details}" in " ".join(said.split())
    assert "Traceback" not in said
    assert "ZeroDivisionError: it broke" in details.read_text()
    assert "in breaks" in details.read_text()
    assert "a secret" not in said + details.read_text().replace('other_peoples_words = "a secret"', "")


def ended(child: pexpect.spawn[str]) -> int | None:
    child.expect(pexpect.EOF, timeout=LONGEST_QUIT)
    child.close()
    return child.exitstatus


@pytest.mark.parametrize("keys", [["q"], ["\x03"], ["j", "h", "hi there", "\r", "q"]])
def test_the_screen_is_given_back(keys: Sequence[str]) -> None:
    child = started("demo")
    child.delaybeforesend = None
    for key in keys:
        child.send(key)
        if key == "\r":
            child.expect("takes it back")
    child.expect(r"\x1b\[\?1049l")
    assert ended(child) == 0


def test_ones_own_keys_hold_in_town_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTROVERT_HOME", str(tmp_path))
    (tmp_path / "config.toml").write_text('[keys]\nquit = "Q"\n', encoding="utf-8")
    child = started("demo")
    child.send("qQ")
    assert ended(child) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_give_the_screen_back(number: signal.Signals) -> None:
    child = started("demo")
    child.kill(number)
    child.expect(r"\x1b\[\?1049l")
    assert ended(child) == 0


def test_a_terminal_that_goes_away_ends_the_program() -> None:
    import pty
    import subprocess

    ours, theirs = pty.openpty()
    # Not the leader of a session: no signal tells it.
    program = subprocess.Popen(
        [sys.executable, "-m", "introvert_tui", "demo"], stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    while b"They wrote back" not in seen:
        seen += os.read(ours, 65536)
    os.close(ours)
    assert program.wait(timeout=10) in (0, 1)


def test_the_last_sentence_is_broken_between_words(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    sentence = "Your hello to Ana did not go out yet: Mastodon does not answer. Kept for your next visit."

    class Over:
        async def quit(self, send: bool, deadline: float) -> str:
            return sentence

    ending.last_words(cast("Session", Over()), send=True)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((80, 24)))
    ending.last_words(cast("Session", Over()), send=True)
    whole, first, second = capfd.readouterr().err.splitlines()
    assert whole == sentence
    assert (first, second) == (sentence.removesuffix(" next visit."), "next visit.")
