"""One user at the keyboard of the real program, and what the database holds between two starts of it."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .sides import Side
from .terminal import Terminal

WAITS = {"recover": 0.1, "look": 0.05, "look_again": 0.5, "retry": 0.1, "retry_most": 0.4}
"""Seconds: what takes minutes takes moments here, and `call` is left as it is, so that the proxy can hold a request."""

ROOT = Path(__file__).parents[3]
_QUESTION = rb"Send it (?:now|again)\?.{0,400}?(hello[0-9]{5})"
_LINE = rb"\xe2\x9d\xaf((?:(?!\xe2\x9d\xaf).)*?)enter send and leave"
"""A line for a hello, and none that was drawn before it: what that held is not what this one has kept."""
_HELD = rb"goes out in a moment"
_ANSWERED = rb"goes out now|words are kept|is out"
_ON_ITS_WAY = frozenset({"held", "queued", "sending", "unsure", "asks"})


@dataclass
class Hello:
    """A hello that I want to say, and how far it got."""

    word: str
    """What no other text contains."""
    rested: bool = False
    """Whether its words were seen to be on disk before they were sent."""
    seen: bool = False
    """Whether the screen said that it goes out: from there on it must not be lost."""

    @property
    def text(self) -> str:
        return f"Yes, {self.word}."


class Outgoing(NamedTuple):
    """A row of the outbox."""

    text: str
    state: str
    attempts: int
    after: str | None


class Desk:
    """A home of its own at one server; `open` starts the program there, as often as one likes."""

    def __init__(self, side: Side, home: Path) -> None:
        self.side = side
        self._home = home
        self._environment = {
            **os.environ,
            **side.environment,
            "INTROVERT_HOME": str(home),
            "INTROVERT_KEYCHAIN": "file",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }
        self._environment.pop("NO_COLOR", None)
        self._opened: list[Terminal] = []
        side.sign_in(home)

    def open(self, hold: float, clock: float = 0, **waits: float) -> Terminal:
        """Start the program on a terminal of its own, with its clock ahead by some seconds, and other `WAITS`."""
        (self._home / "config.toml").write_text(f"hold_seconds = {hold}\n", encoding="utf-8")
        environment = {
            **self._environment,
            "INTROVERT_TESTS_CLOCK": str(clock),
            "INTROVERT_TESTS_WAITS": json.dumps({**WAITS, **waits}),
        }
        command = [sys.executable, "-m", "tests.servers.kills.program"]
        self._opened.append(Terminal(command, environment, ROOT))
        return self._opened[-1]

    def close(self) -> None:
        """End whatever still runs."""
        for terminal in self._opened:
            terminal.close()
        self._opened.clear()

    # -- at the keyboard

    def answer(self, terminal: Terminal) -> None:
        """Answer, truthfully, what the program asks at its start about an earlier visit."""
        asked, mark = self._asked_about(), 0
        while asked:
            mark = self._answer_one(terminal, asked, mark)
            # What comes to be asked about from here on is asked at the next start.
            asked &= self._asked_about()
        if mark:
            terminal.until(lambda: terminal.shows(_ANSWERED, mark))

    def _answer_one(self, terminal: Terminal, asked: frozenset[str], mark: int) -> int:
        def question() -> str | None:
            shown = [match[1].decode() for match in re.finditer(_QUESTION, terminal.output[mark:], re.DOTALL)]
            # One that was answered may be drawn once more.
            return next((word for word in reversed(shown) if word in asked), None)

        word = terminal.until(question)
        mark = terminal.send(b"d" if self.side.copies(word) else b"s")
        terminal.until(lambda: word not in self._asked_about())
        return mark

    def see(self, terminal: Terminal, words: Sequence[str], count: int) -> None:
        """Wait until so many conversations wait in which one of these words was said, and the screen shows them."""
        waiting = terminal.until(lambda: self._with_words(words, count))
        terminal.until(lambda: any(terminal.shows(word.encode()) for word in waiting))

    def _with_words(self, words: Sequence[str], count: int) -> list[str] | None:
        waiting = " ".join(self.waiting())
        found = [word for word in words if word in waiting]
        return found if len(found) >= count else None

    def say(self, terminal: Terminal, missing: Sequence[Hello], rest: bool = False) -> Hello:
        """Say one of these to whoever is selected: the one whose words the line has kept, or the first.

        With `rest`, wait before the enter until the words are on disk.
        """
        mark = terminal.send(b"h")
        line = terminal.until(lambda: terminal.shows(_LINE, mark))
        kept = re.search(rb"hello[0-9]{5}", line[1])
        hello = next((each for each in missing if kept and each.word == kept[0].decode()), missing[0])
        if kept and hello.word != kept[0].decode():
            self._be_done(terminal)
            return self.say(terminal, missing, rest)
        if not kept:
            mark = terminal.send(hello.text.encode())
            terminal.until(lambda: terminal.shows(re.escape(hello.text.encode()), mark))
        if rest:
            terminal.until(lambda: hello.text in self.drafts())
            hello.rested = True
        mark = terminal.send(b"\r")
        try:
            terminal.until(lambda: terminal.shows(_HELD, mark) or self._is_handed_over(terminal, mark, hello))
        finally:
            hello.seen = terminal.shows(_HELD, mark) is not None
        return hello

    def _be_done(self, terminal: Terminal) -> None:
        """Done with a conversation whose line holds what I told the program not to send again, since it is there."""
        mark = terminal.send(b"\x1b")
        terminal.until(lambda: terminal.shows(rb"words are kept", mark))
        waiting = len(self.waiting())
        mark = terminal.send(b"e")
        terminal.until(lambda: len(self.waiting()) < waiting and terminal.shows(rb"takes it back", mark))

    def _is_handed_over(self, terminal: Terminal, mark: int, hello: Hello) -> bool:
        """Whether the line is closed and the words are on their way, though another sentence took that one's place."""
        closed = terminal.shows(rb"quit", mark) is not None
        return closed and any(row.text == hello.text for row in self.outbox())

    # -- on disk

    def outbox(self) -> Sequence[Outgoing]:
        """Everything that was ever handed over, oldest first."""
        return [
            Outgoing(*row)
            for row in self._select(
                "SELECT draft.text, state, attempts, after FROM outbox JOIN draft USING(key) ORDER BY written_at, key"
            )
        ]

    def drafts(self) -> Sequence[str]:
        """Words that were kept and not handed over."""
        return [row[0] for row in self._select("SELECT text FROM draft WHERE key NOT IN (SELECT key FROM outbox)")]

    def waiting(self) -> Sequence[str]:
        """What was said in the conversations that wait."""
        return [
            row[0]
            for row in self._select(
                "SELECT group_concat(message.text) FROM conversation JOIN message ON conversation_id = conversation.id "
                "WHERE state = 'waiting' AND merged_into IS NULL GROUP BY conversation.id"
            )
        ]

    def unsent(self) -> int:
        """How many messages are on their way out."""
        return sum(row.state in _ON_ITS_WAY for row in self.outbox())

    def unfinished(self) -> int:
        """How many threads of sent messages are still to be read again, or to be kept quiet."""
        quiet = self._select("SELECT 1 FROM quiet WHERE want IS NOT have AND due_at IS NOT NULL")
        return sum(row.after == "reread" for row in self.outbox()) + len(quiet)

    def is_settled(self) -> bool:
        """Whether nothing is on its way, and every thread is as wanted."""
        return not self.unsent() and not self.unfinished()

    def only_asks(self) -> bool:
        """Whether what is on its way waits for me alone."""
        states = {row.state for row in self.outbox()} & _ON_ITS_WAY
        return states == {"asks"}

    def _asked_about(self) -> frozenset[str]:
        asked = " ".join(row.text for row in self.outbox() if row.state in ("held", "asks"))
        return frozenset(re.findall("hello[0-9]{5}", asked))

    def _select(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self._home / 'introvert.db'}?mode=ro", uri=True, timeout=5)) as db:
            return db.execute(query).fetchall()
