"""The first minutes on a real terminal: the program with nothing, a sign-in at a server, the first conversation."""

from __future__ import annotations

import base64
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pexpect
import pytest

from tests.children import end

from .bluesky.chat import ChatServer
from .bluesky.server import BlueskyServer
from .bluesky_world import use_servers
from .mastodon.server import MastodonServer, StartServer
from .waiting import eventually

LONGEST_QUIT = 3.0


class Desk:
    """A computer on which the program was never started."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.wire = b""
        self._environment = {**os.environ, "INTROVERT_HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8"}

    def open(self) -> pexpect.spawn[bytes]:
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-m", "introvert_tui"],
            env=self._environment,
            dimensions=(40, 100),
            timeout=30,
            encoding=None,
        )
        self.child.logfile_read = self
        return self.child

    def write(self, data: bytes) -> None:
        self.wire += data

    def flush(self) -> None:
        """Everything is kept already."""

    def shows(self, text: str) -> None:
        self.child.expect_exact(text.encode())

    def types(self, text: str) -> None:
        self.child.send(text.encode())

    def quits(self, key: str) -> None:
        began = monotonic()
        self.types(key)
        self.child.expect(pexpect.EOF)
        self.child.close()
        assert self.child.exitstatus == 0
        assert monotonic() - began < LONGEST_QUIT

    @property
    def kept(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.home.rglob("*") if path.is_file())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.open()
    yield desk
    end(desk.child)


@pytest.fixture
def server(mastodon: StartServer) -> MastodonServer:
    return mastodon()


def test_from_nothing_to_the_first_conversation_on_mastodon(desk: Desk, server: MastodonServer) -> None:
    server.ana.mention(server.me, "have you tried the new ink?")
    desk.shows("sign in to Mastodon")
    desk.types("3")
    desk.shows("Your server or address")
    desk.types(f"@me@{server.domain}\r")
    desk.shows("The code from that page")
    desk.types("\x19")
    desk.child.expect(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07")
    assert isinstance(desk.child.match, re.Match)
    address = base64.b64decode(desk.child.match.group(1)).decode()
    assert address.startswith(f"{server.url}/oauth/authorize?")
    desk.types("mistyped\r")
    desk.shows("does not take this code")
    desk.types(f"{server.approve(address).code}\r")
    desk.shows("Signed in to Mastodon as")
    desk.shows("There is no keychain on this system")
    desk.types("\r")
    desk.shows("have you tried the new ink?")
    desk.quits("q")
    tokens = re.findall(rb'"token": "([^"]+)"', (desk.home / "secrets.json").read_bytes())
    assert len(tokens) == 1
    assert tokens[0] not in desk.wire


@pytest.mark.parametrize("leave", [lambda desk: desk.quits("\x11"), lambda desk: desk.types("\x1b")])
def test_a_server_that_does_not_answer_keeps_nobody(
    desk: Desk, server: MastodonServer, leave: Callable[[Desk], None]
) -> None:
    server.proxy.delay(3600, "", times=None)
    desk.shows("sign in to Mastodon")
    desk.types("3")
    desk.shows("Your server or address")
    desk.types(f"{server.url}\r")
    desk.shows("Signing in to Mastodon.")
    leave(desk)
    if desk.child.isalive():
        desk.shows("look around in a small made-up town")
        desk.quits("q")
    assert not (desk.home / "secrets.json").exists()
    assert server.domain.encode() not in desk.kept


def test_from_a_wrong_password_to_the_first_conversation_on_bluesky(
    bluesky: BlueskyServer, chat: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_servers(monkeypatch, bluesky, chat)
    me, ana = bluesky.new_person("me"), bluesky.new_person("ana")
    password = me.create_app_password(uuid4().hex[:10], privileged=True)
    post = ana.post(f"@{me.handle} have you tried the new ink?", mentions=[me])
    eventually(lambda: any(note["uri"] == post.uri for note in me.notifications()))
    desk = Desk(tmp_path)
    desk.open()
    desk.shows("sign in to Bluesky")
    desk.types("2")
    desk.shows("Your Bluesky handle")
    desk.types(f"{me.handle}\rwrong-pass-word-here\r")
    desk.shows("Bluesky does not take this password.")
    desk.types(f"{password}\r")
    desk.shows("Signed in to Bluesky as")
    desk.types("\r")
    desk.shows("have you tried the new ink?")
    desk.quits("q")
    assert not re.search(b"wrong-pass-word-here", desk.wire + desk.kept)
    assert password.encode() not in desk.wire + desk.kept
    for person in (me, ana):
        person.close()
