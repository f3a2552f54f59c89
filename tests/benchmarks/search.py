"""How long a search takes among 100,000 messages, and how long it keeps the loop of the screen from a key press.

`python -m tests.benchmarks.search [--messages 100000] [--frame 16]` exits with 1 if a key would wait a frame longer
than it does without a search. Letters come every 30 ms, so that most searches are given up for the next. The machine
may be shared, so the quickest of five counts.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sqlite3
import sys
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from introvert_tui.engine.opening import open_session
from introvert_tui.engine.session import Session
from introvert_tui.settings import Paths, Settings
from introvert_tui.store import accounts
from introvert_tui.store.codec import dump
from introvert_tui.store.times import to_ms

LETTERS = "eeeetttaaooiinnsshhrrddllcumwfgypbvkéàüß"
THREAD = 5
BETWEEN_KEYS = 0.03
TYPED = ("a", "from:p", "on:demo e", "東京", "notawordanywhere", "from:person1 a e")


def fill(session: Session, messages: int) -> list[str]:
    """Store so many messages of words as often as words are; returns the words, the most frequent first."""
    chance = random.Random(7)  # the same on every run
    words = ["".join(chance.choices(LETTERS, k=chance.randint(2, 9))) for _ in range(30_000)]
    weights = list(itertools.accumulate(1 / place for place in range(1, len(words) + 1)))

    def write(db: sqlite3.Connection) -> None:
        account = accounts.add(db, "demo", "demo", "demo:you", "you", to_ms(datetime.now(UTC)))
        db.executemany(
            "INSERT INTO person(id, network, uri, handle, name) VALUES(?, 'demo', ?, ?, ?)",
            ((n, f"demo:{n}", f"person{n}", f"Person {n}") for n in range(1, 5001)),
        )
        db.executemany(
            "INSERT INTO conversation(id, network, place, kind, state, last_at, row) VALUES(?, 'demo', ?, 'thread', "
            "'open', 0, '{}')",
            ((n, f"demo:{n}") for n in range(1, messages // THREAD + 2)),
        )
        for number in range(1, messages + 1):
            text = " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(5, 50)))
            db.execute(
                "INSERT INTO message(id, uri, conversation_id, author_id, brought_by, claimed_at, seen_at, text, body) "
                "VALUES(?, ?, ?, ?, ?, 0, ?, ?, ?)",
                (
                    number,
                    f"demo:{number}/m",
                    number // THREAD + 1,
                    chance.randint(1, 5000),
                    account,
                    chance.randrange(10**12),
                    text,
                    dump({"spans": [[text, "text", None]]}),
                ),
            )
        db.execute(
            "INSERT INTO copy(account_id, ref, message_id, place, visibility) SELECT ?, uri, id, '{}', 0 FROM message",
            (account,),
        )

    session.visit.store.write(write).result()
    return words


async def turns(while_doing: Awaitable[float]) -> tuple[float, float]:
    """What it returns, and milliseconds that a key press would have had to wait meanwhile."""
    doing = asyncio.ensure_future(while_doing)
    waited: list[float] = []
    while not doing.done():
        before = time.perf_counter()
        await asyncio.sleep(0)
        waited.append(time.perf_counter() - before)
    return doing.result(), 1000 * longest_wait(waited)


def longest_wait(turns: list[float]) -> float:
    """What a key that comes at any moment waits for the end of a turn, but for one key in a hundred."""
    low, high = 0.0, max(turns)
    for _ in range(40):
        wait = (low + high) / 2
        longer = sum(turn - wait for turn in turns if turn > wait)
        low, high = (wait, high) if longer > sum(turns) / 100 else (low, wait)
    return high


async def typing(session: Session, typed: str) -> float:
    """Type it, letter by letter; milliseconds from the last letter to what is found."""
    for end in range(1, len(typed)):
        given_up = asyncio.ensure_future(session.search(typed[:end]))
        await asyncio.sleep(BETWEEN_KEYS)
        given_up.cancel()
    began = time.perf_counter()
    await session.search(typed)
    return 1000 * (time.perf_counter() - began)


async def idling() -> float:
    """As long as a search, and nothing else."""
    await asyncio.sleep(0.2)
    return 0.0


async def measure(home: Path, messages: int, frame: float) -> int:
    session = open_session(Settings(), Paths(home, home, home), lambda event: None)
    words = fill(session, messages)
    await session.search("warm")
    worst = at_rest = 0.0
    for typed in (words[0], words[100], words[3000], f"{words[0]} {words[1]}", *TYPED):
        pairs = [(await turns(typing(session, typed)), await turns(idling())) for _ in range(5)]
        took = min(searching[0] for searching, _ in pairs)
        waited = min(searching[1] for searching, _ in pairs)
        worst, at_rest = max(worst, waited), max(at_rest, min(resting[1] for _, resting in pairs))
        print(f"{typed:24} {took:6.1f} ms, a key waits {waited:5.2f} ms")  # noqa: T201
    await session.quit(send=False)
    print(f"{messages} messages: a key waits {worst:.2f} ms, {at_rest:.2f} without a search; a frame is {frame:.0f}")  # noqa: T201
    return int(worst > at_rest + frame)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=100_000)
    options.add_argument("--frame", type=float, default=16.0, help="milliseconds")
    chosen = options.parse_args()
    with TemporaryDirectory() as home:
        return asyncio.run(measure(Path(home), chosen.messages, chosen.frame))


if __name__ == "__main__":
    sys.exit(main())
