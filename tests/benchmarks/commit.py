"""What it costs to put a hello on the disk, beside one bare write that waits for the disk as well.

`python -m tests.benchmarks.commit [--hellos 100] [--conversations 1000] [--limit 15]` exits with 1 above the limit, a
ratio of medians taken in turn. The hello is everything between the key and the closing of the composer: the words, the
place in the outbox, what it answers dealt with, the inbox row, the way back.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from introvert_tui.engine.opening import open_session
from introvert_tui.settings import Paths, Settings

from .filled import fill

A_PAGE = b"x" * 4096


async def _costs(home: Path, hellos: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each hello, and of a page written and synchronised before it."""
    session = open_session(Settings(), Paths(home, home, home), lambda event: None)
    said, bare = list[float](), list[float]()
    with (home / "bare").open("wb") as file:
        for row in session.inbox().rows[:hellos]:
            began = time.perf_counter()
            file.write(A_PAGE)
            file.flush()
            os.fsync(file.fileno())
            bare.append(1000 * (time.perf_counter() - began))
            composer = session.composer(row.id, row.shown)
            began = time.perf_counter()
            await session.hello(composer, f"Good to hear from you. {row.id}")
            said.append(1000 * (time.perf_counter() - began))
    await session.quit(send=False)
    return said, bare


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hellos", type=int, default=100)
    options.add_argument("--conversations", type=int, default=1000)
    options.add_argument("--limit", type=float, default=15.0)
    chosen = options.parse_args()
    with TemporaryDirectory() as home:
        fill(Path(home), chosen.conversations)
        said, bare = asyncio.run(_costs(Path(home), chosen.hellos))
    ratio = median(said) / median(bare)
    print(  # noqa: T201
        f"a hello {median(said):.1f} ms, a bare synchronised page {median(bare):.1f} ms ({ratio:.1f}x); "
        f"limit {chosen.limit}x, {len(said)} hellos"
    )
    return int(ratio > chosen.limit)


if __name__ == "__main__":
    sys.exit(main())
