"""Kill the program any number of times: `python -m tests.servers.kills --count 100 --seed 7 --server bluesky`."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers.bluesky.server import BlueskyServer
from tests.servers.mastodon.mock import MastodonMock
from tests.servers.mastodon.server import MastodonServer

from .desk import Desk
from .rounds import Killing, Spoilt
from .sides import FORGETFUL, Bluesky, Forgetful, Mastodon, Side


@contextmanager
def _bluesky() -> Iterator[Side]:
    with BlueskyServer() as server:
        yield Bluesky(server)


@contextmanager
def _mastodon() -> Iterator[Side]:
    with MastodonMock() as mock:
        yield Mastodon(mock)


@contextmanager
def _forgetful() -> Iterator[Side]:
    with MastodonServer(FORGETFUL) as server:
        yield Forgetful(server)


_SERVERS = {"bluesky": _bluesky, "mastodon": _mastodon, "forgetful": _forgetful}


def main() -> int:
    """Run what the command line says; 1 if a hello was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=60, help="kills in all, shared among the servers")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--server", choices=_SERVERS, action="append", help="this one only; may be given again")
    asked = parser.parse_args()
    os.environ["INTROVERT_KEYCHAIN"] = "file"
    names = asked.server or list(_SERVERS)
    say(f"seed {asked.seed}")
    wrong = 0
    for place, name in enumerate(names):
        share = asked.count // len(names) + (place < asked.count % len(names))
        wrong += _kill(name, share, asked.seed)
    return int(wrong > 0)


def say(words: str) -> None:
    """Tell it at once, for whoever watches a long run."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _kill(name: str, count: int, seed: int) -> int:
    with ExitStack() as stack:
        side = stack.enter_context(_SERVERS[name]())
        desk = Desk(side, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="introvert-kills-"))))
        stack.callback(desk.close)
        killing = Killing(desk, seed)
        begun = time.monotonic()
        try:
            killing.run(count)
        except Spoilt:
            say(f"{name}: stopped")
        say(f"{killing.tally.summary}\n  {time.monotonic() - begun:.0f} s")
        for problem in killing.tally.problems:
            say(f"\n{problem}")
        return len(killing.tally.problems)


if __name__ == "__main__":
    sys.exit(main())
