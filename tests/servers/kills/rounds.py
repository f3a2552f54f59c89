"""Rounds of killing: people speak to me, I say hello, the program dies on the way, and in the end all is counted.

A round is a few hellos, some kills, and visits without one until nothing is on its way. Whatever happened, each hello
is then on the server once. A hello that was lost from the disk before the screen said that it goes out is said anew.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.servers.proxy import Point
from tests.servers.waiting import eventually

from .desk import Desk, Hello
from .terminal import Ended, Terminal

HELLOS = 3
LONG, SHORT = 60.0, 0.4
"""Seconds of the hold: one that only quitting ends, and one that ends by itself."""
_RESTS = 0.2
"""How often somebody waits before the enter until the words are on disk."""
_MOST_VISITS = 6


class Spoilt(Exception):
    """A round that cannot be counted, or leaves something behind for the next; the message is how it came to it."""


class Kill(NamedTuple):
    """Where the program is to die: at a point of one of its calls, or at a moment, as a share of a whole visit."""

    call: str
    """`send` or `mute`; empty at a moment."""
    point: Point | None
    passing: int
    """How many such calls come through before."""
    moment: float
    quits: bool
    """Whether the hellos go out because of `q`; else when their hold is over."""

    @property
    def name(self) -> str:
        return f"{self.call} {self.point.words}" if self.point else "any moment"

    def __str__(self) -> str:
        where = f"{self.name}, after {self.passing}" if self.point else f"moment {self.moment:.3f}"
        return f"{where}, {'quitting' if self.quits else 'staying'}"


@dataclass
class Tally:
    """What was done, and what came of it."""

    server: str
    seed: int
    rounds: int = 0
    visits: int = 0
    hellos: int = 0
    doubled: int = 0
    lost: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """One line for all, and one for the kills by place."""
        places = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"{self.server}, seed {self.seed}: {self.kills.total()} kills in {self.visits} visits, "
            f"{self.hellos} hellos, {self.doubled} doubled, {self.lost} lost, {len(self.problems)} problems\n  {places}"
        )


def plan(count: int, dice: random.Random) -> list[Kill]:
    """So many kills: each point of sending and of keeping quiet, as far as that goes, and for the rest anything."""
    kills = [_at_point(call, point, dice) for call in ("send", "mute") for point in Point][:count]
    while len(kills) < count:
        if dice.random() < 0.25:
            kills.append(_at_point(dice.choice(("send", "send", "mute")), dice.choice(list(Point)), dice))
        else:
            kills.append(Kill("", None, 0, dice.random(), dice.random() < 0.5))
    dice.shuffle(kills)
    return kills


def _at_point(call: str, point: Point, dice: random.Random) -> Kill:
    return Kill(call, point, dice.choice((0, 0, 0, 1, 2)), 0, dice.random() < 0.5)


class Killing:
    """Rounds at one desk, one after the other; what is wrong is told in the tally, with how it came to it."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.tally = Tally(desk.side.name, seed)
        self.desk = desk
        self._dice = random.Random(f"{seed} {desk.side.name}")
        self._words = iter(range(100_000))

    def run(self, count: int) -> Tally:
        """Kill the program so many times. Raises `Spoilt`."""
        begun = time.monotonic()
        self.round().finish()
        # How long it takes when nobody kills it, start and all.
        span = time.monotonic() - begun
        left = plan(count, self._dice)
        while left:
            chain = [left.pop() for _ in range(min(len(left), self._dice.choice((4, 5, 6))))]
            missed = self.round().run(chain, span)
            # It had ended before that moment, or had nothing to send any more: again in a fresh round, and sooner.
            left += [each._replace(moment=each.moment * 0.7) for each in missed]
        return self.tally

    def round(self) -> Round:
        """A round that has only begun: somebody has spoken."""
        return Round(self.desk, self._dice, self.tally, self._words)


class Round:
    """A few hellos, from being spoken to until nothing is on its way."""

    def __init__(self, desk: Desk, dice: random.Random, tally: Tally, words: Iterator[int]) -> None:
        self._desk, self.side, self._dice, self._tally = desk, desk.side, dice, tally
        numbers = [next(words) for _ in range(HELLOS)]
        self.hellos = [Hello(f"hello{number:05}") for number in numbers]
        self.said = [f"ink{number:05}" for number in numbers]
        """What nobody else said."""
        self._roots = self.side.mention([f"do you still like {word}?" for word in self.said])
        self._trace: list[str] = []
        self.problems: list[str] = []

    def run(self, chain: Sequence[Kill], span: float = 0) -> list[Kill]:
        """Kill it at each of these, as far as there is occasion, and `finish`; return the kills that could not be."""
        missed = []
        for kill in chain:
            if self._calls(kill) and self._visit(kill, span):
                self._tally.kills[kill.name] += 1
            else:
                missed.append(kill)
        self.finish()
        return missed

    def finish(self, clock: float = 0) -> None:
        """Visit in peace until nothing is on its way, and count. Raises `Spoilt`; what else is wrong is told.

        Meanwhile the machine's clock is ahead by `clock` seconds.
        """
        with self._telling():
            for _ in range(_MOST_VISITS):
                if self.is_done():
                    break
                self._visit(None, 0, clock)
            else:
                raise AssertionError("it never settles")
            self._count()
        self._desk.close()
        self._tally.rounds += 1
        self._tally.hellos += len(self.hellos)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (AssertionError, sqlite3.Error) as problem:
            self._complain(f"{type(problem).__name__}: {problem}")
            raise Spoilt(self._tally.problems[-1]) from problem

    def _visit(self, kill: Kill | None, span: float, clock: float = 0) -> bool:
        """Start the program and say what was not said yet; return whether it was killed."""
        self._tally.visits += 1
        missing = len(self.missing())
        # With nothing to say, it would be over before it had looked at anything.
        quits = kill is not None and kill.quits and missing > 0
        self._trace.append(f"visit to be killed at {kill}" if kill else "visit in peace")
        with self._telling(), ExitStack() as stack:
            terminal = self._desk.open(LONG if quits else SHORT, clock)
            stack.callback(terminal.close)
            if kill is not None and kill.point is not None:
                passing = min(kill.passing, self._calls(kill) - 1)
                gate = stack.enter_context(self.side.proxy.hold(getattr(self.side, kill.call), kill.point, passing))
                terminal.doom = lambda: gate.is_reached
            elif kill is not None:
                terminal.burn(kill.moment * span * (1 + missing) / (1 + HELLOS))
            with suppress(Ended):
                self._live(terminal, quits)
            code = terminal.end()
            self._trace.append(f"  {'killed' if terminal.killed else f'ended with {code}'}, left {self._on_disk()}")
            assert terminal.killed or code == 0, terminal.last_words()
        self.calm_down()
        return terminal.killed

    def calm_down(self) -> None:
        """Let what a dead program had sent be settled before the next looks for it: `look_again` is for that."""
        eventually(lambda: not self.side.proxy.connections)
        self._check_disk()

    def _live(self, terminal: Terminal, quits: bool) -> None:
        self._desk.answer(terminal)
        self.say_all(terminal)
        if not quits:
            terminal.until(lambda: self.is_done() or self._desk.only_asks())
        terminal.send(b"q")
        terminal.until(lambda: False)

    def say_all(self, terminal: Terminal) -> None:
        """Say what was not said yet, to whoever waits."""
        missing = self.missing()
        if missing:
            self._desk.see(terminal, self.said, len(missing))
        terminal.light()
        while missing:
            said = self._desk.say(terminal, missing, rest=self._dice.random() < _RESTS)
            missing.remove(said)
            self._trace.append(f"  said {said.word}")

    def _calls(self, kill: Kill) -> int:
        """How many calls there still are of the kind at which to kill."""
        calls = len(self.missing()) + self._desk.unsent()
        return calls if kill.call == "send" else calls + self._desk.unfinished()

    def missing(self) -> list[Hello]:
        """What the program was not told to send yet."""
        written = {row.text for row in self._desk.outbox()}
        return [hello for hello in self.hellos if hello.text not in written]

    def _on_disk(self) -> str:
        texts = {hello.text: hello.word for hello in self.hellos}
        rows = [
            (texts[row.text], row.state, row.attempts, row.after) for row in self._desk.outbox() if row.text in texts
        ]
        return ", ".join(" ".join(map(str, row)) for row in rows) or "nothing"

    def is_done(self) -> bool:
        """Whether everything was said, and nothing is on its way."""
        return not self.missing() and self._desk.is_settled()

    def _check_disk(self) -> None:
        """What the screen promised, and the words that rested in the line, are in the database whatever happened."""
        drafts, missing = self._desk.drafts(), self.missing()
        for hello in missing:
            if hello.seen:
                self._tally.lost += 1
                self._complain(f"{hello.word} is lost, though the screen said that it goes out")
            if hello.rested and hello.text not in drafts:
                self._tally.lost += 1
                self._complain(f"{hello.word} is lost, though its words were kept")
            hello.seen = hello.rested = False

    def _count(self) -> None:
        for hello in self.hellos:
            copies = self.side.copies(hello.word)
            self._tally.doubled += max(0, copies - 1)
            self._tally.lost += copies == 0
            if copies != 1:
                self._complain(f"{hello.word} is there {copies} times")
        # What I told the program not to send again, since it is there, is no longer its own to leave.
        texts = {hello.text for hello in self.hellos}
        sent = sum(row.text in texts and row.state == "sent" for row in self._desk.outbox())
        eventually(lambda: sum(map(self.side.is_quiet, self._roots)) >= sent, 20)

    def _complain(self, problem: str) -> None:
        there = {hello.word: self.side.copies(hello.word) for hello in self.hellos}
        trace = "\n".join(self._trace)
        self.problems.append(
            f"{self.side.name}, seed {self._tally.seed}, round {self._tally.rounds}: {problem}\n"
            f"on the server: {there}\non disk: {self._on_disk()}\n{trace}"
        )
        self._tally.problems.append(self.problems[-1])
