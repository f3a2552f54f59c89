"""The program itself, as somebody starts it, on a real pseudo-terminal and against the reference Bluesky server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pexpect
import pytest

from introvert_tui.cli.output import Exit
from tests.children import end

from .bluesky.chat import ChatServer
from .bluesky.people import Person, PostRef
from .bluesky.server import BlueskyServer
from .bluesky_world import use_servers
from .waiting import eventually

PROGRAM = [sys.executable, "-m", "introvert_tui"]
HOSTILE = "\x1b]0;pwned\x07 \x1b[2J \x9b31m \u202eolleh [/b] [@click=app.quit]out[/]"


class Desk:
    """One user's computer, and the people on the other side."""

    def __init__(self, bluesky: BlueskyServer, home: Path) -> None:
        self.bluesky = bluesky
        self.environment = {**os.environ, "INTROVERT_HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.environment.pop("NO_COLOR", None)
        self.me, self.ana, self.ben = (bluesky.new_person(name) for name in ("me", "ana", "ben"))
        self.started: list[pexpect.spawn[bytes]] = []

    def run(self, *arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *arguments], input=lines, env=self.environment, capture_output=True, text=True, timeout=120
        )

    def sign_in(self) -> None:
        password = self.me.create_app_password(uuid4().hex[:10], privileged=True)
        done = self.run("accounts", "add", "bluesky", lines=f"{self.me.handle}\n{password}\n")
        assert done.returncode == Exit.FINE, done.stderr

    def open(self) -> pexpect.spawn[bytes]:
        """Start the app on a terminal of its own."""
        child: pexpect.spawn[bytes] = pexpect.spawn(
            PROGRAM[0], PROGRAM[1:], env=self.environment, dimensions=(40, 120), timeout=30, encoding=None
        )
        self.started.append(child)
        return child

    def mentions(self, who: Person, text: str, to: PostRef | None = None) -> PostRef:
        post = who.post(f"@{self.me.handle} {text}", mentions=[self.me], reply_to=to)
        eventually(lambda: any(note["uri"] == post.uri for note in self.me.notifications()))
        return post

    def texts(self) -> list[str]:
        return [record["value"]["text"] for record in self.me.records()]


@pytest.fixture
def desk(bluesky: BlueskyServer, chat: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    use_servers(monkeypatch, bluesky, chat)
    desk = Desk(bluesky, tmp_path)
    yield desk
    for child in desk.started:
        end(child)
    for person in (desk.me, desk.ana, desk.ben):
        person.close()


def ended(child: pexpect.spawn[bytes]) -> bytes:
    """Everything that was still printed, once the program is over."""
    rest: bytes = child.read()
    child.close()
    assert child.exitstatus == 0, (child.exitstatus, child.signalstatus, rest)
    return rest


def say_hello(child: pexpect.spawn[bytes], text: bytes) -> None:
    child.send(b"h")
    child.expect_exact(b"enter send and leave")
    child.send(text)
    child.expect_exact(text)
    child.send(b"\r")
    child.expect_exact(b"goes out in a moment")


def test_accounts_from_signing_in_to_being_forgotten(desk: Desk) -> None:
    wrong = desk.run("accounts", "add", "bluesky", lines=f"{desk.me.handle}\nwrong-pass-word-here\n")
    assert wrong.returncode == Exit.FAILED
    assert "password" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    desk.sign_in()
    assert desk.me.handle in desk.run("accounts").stdout
    removed = desk.run("accounts", "remove", desk.me.handle, "--forget")
    assert removed.returncode == Exit.FINE
    assert desk.me.handle not in desk.run("accounts").stdout


def test_catch_up_prints_what_waits(desk: Desk) -> None:
    desk.sign_in()
    desk.mentions(desk.ana, "have you tried the new ink?")
    plain = desk.run("catch-up")
    assert plain.returncode == Exit.FINE
    assert "have you tried the new ink?" in plain.stdout
    (line,) = desk.run("catch-up", "--json").stdout.splitlines()
    assert json.loads(line)["text"] == f"@{desk.me.handle} have you tried the new ink?"

    desk.bluesky.proxy.refuse()
    cached = desk.run("catch-up")
    assert cached.returncode == Exit.OFFLINE
    assert "have you tried the new ink?" in cached.stdout
    assert "Bluesky has not answered since" in cached.stderr


def test_a_visit_from_opening_to_quitting(desk: Desk) -> None:
    desk.sign_in()
    root = desk.ben.post("A thread about ink")
    mention = desk.mentions(desk.ana, "have you tried it?", to=root)
    child = desk.open()
    child.expect_exact(b"have you tried it?")
    say_hello(child, b"Not yet. Which one?")
    child.expect_exact(b"everyone")
    child.send(b"q")
    ended(child)
    (post,) = desk.me.records()
    assert post["value"]["text"] == "Not yet. Which one?"
    assert post["value"]["reply"]["parent"]["uri"] == mention.uri
    assert post["value"]["reply"]["root"]["uri"] == root.uri
    eventually(lambda: desk.me.query("app.bsky.feed.getPosts", uris=[root.uri])["posts"][0]["viewer"]["threadMuted"])


@pytest.mark.parametrize("how", ["hang-up", "kill", "ctrl-c"])
def test_an_end_during_the_hold_sends_nothing_and_asks_at_the_next_visit(desk: Desk, how: str) -> None:
    desk.sign_in()
    desk.mentions(desk.ana, "have you tried it?")
    child = desk.open()
    child.expect_exact(b"have you tried it?")
    say_hello(child, b"Not yet.")
    match how:
        case "hang-up":
            # `close` hangs up as well, and then gives the program no more than 0.1 s to end.
            child.ptyproc.fileobj.close()  # type: ignore[attr-defined]
        case "kill":
            child.kill(signal.SIGKILL)
        case _:
            child.send(b"\x03")
            # A program cannot leave its terminal before what it wrote there was read.
            child.expect(pexpect.EOF)
    eventually(lambda: not child.isalive())
    assert desk.texts() == []

    again = desk.open()
    again.expect_exact(b"did not go out")
    assert desk.texts() == []
    again.send(b"s")
    eventually(lambda: desk.texts() == ["Not yet."])
    again.send(b"q")
    ended(again)
    assert desk.texts() == ["Not yet."]


def test_quitting_with_a_dead_server_gives_the_screen_back_and_keeps_the_hello(desk: Desk) -> None:
    desk.sign_in()
    desk.mentions(desk.ana, "have you tried it?")
    child = desk.open()
    child.expect_exact(b"have you tried it?")
    desk.bluesky.proxy.delay(3600, "", times=None)
    say_hello(child, b"Not yet.")
    child.send(b"q")
    assert b"Kept for your next visit" in ended(child)
    desk.bluesky.proxy.reset()
    assert desk.texts() == []


def test_nothing_unclean_reaches_the_terminal(desk: Desk) -> None:
    desk.sign_in()
    desk.mentions(desk.ana, HOSTILE)
    child = desk.open()
    child.expect_exact(b"[@click=app.quit]")
    child.send(b"\r")
    child.expect(rb"esc(\x1b\[[0-9;]*m| )*back")
    child.send(b"q")
    wire = bytes(child.before or b"") + ended(child)
    for unclean in (b"\x1b]0;pwned", b"\x9b31m", "\u202e".encode(), "\x9b".encode()):
        assert unclean not in wire
