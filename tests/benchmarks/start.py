"""From exec to the first row on the wire, as a ratio to an empty Textual app started in turn with it.

`python -m tests.benchmarks.start [--demo] [--pairs 10] [--conversations 200] [--limit 1.3]` exits with 1 above the
limit. The machine may be shared, so pairs are interleaved and the lower quartile of each side is compared. The inbox
comes from a database made for it, as in every visit but the first; with `--demo` the made-up town is started as well.
"""

from __future__ import annotations

import argparse
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory

EMPTY = """
import gc; gc.disable()
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self): yield Static("First row")
Empty().run()
"""
OURS = "from introvert_tui.__main__ import main; main()"
DEMO = f"import sys; sys.argv = ['introvert', 'demo']; {OURS}"
TOWNSMAN = b"Ana Prado"
LONGEST = 20.0
ROWS, COLUMNS = 40, 120


def milliseconds(program: str, wanted: bytes, home: str) -> float:
    """Start a Python program on a terminal of its own; the time until it wrote `wanted`."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"TERM": "xterm-256color", "INTROVERT_HOME": home, "TMPDIR": home, "COLORTERM": "truecolor"}
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-c", program], environment)
    try:
        ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        return 1000 * (_until(terminal, wanted, began) - began)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def _until(terminal: int, wanted: bytes, began: float) -> float:
    written = b""
    while time.perf_counter() < began + LONGEST:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                written += os.read(terminal, 65536)
            except OSError:
                break
            if wanted in written:
                return time.perf_counter()
    raise SystemExit(f"{wanted!r} never came. This did:\n{written[-2000:].decode(errors='replace')}")


def lower_quartile(times: list[float]) -> float:
    """What the machine does when nothing else disturbs it."""
    return sorted(times)[len(times) // 4]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=10)
    options.add_argument("--conversations", type=int, default=200)
    options.add_argument("--limit", type=float, default=1.3)
    options.add_argument("--demo", action="store_true", help="start `introvert demo` as well")
    chosen = options.parse_args()
    with TemporaryDirectory() as home:
        from tests.benchmarks.filled import fill

        words = fill(Path(home), chosen.conversations).encode()
        programs = {"empty": (EMPTY, b"First row"), "introvert": (OURS, words)}
        if chosen.demo:
            programs["introvert demo"] = (DEMO, TOWNSMAN)
        for program, row in programs.values():
            milliseconds(program, row, home)  # compiles, and warms the disk
        times: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(chosen.pairs):
            for name, (program, row) in programs.items():
                times[name].append(milliseconds(program, row, home))
    empty, *ours = (lower_quartile(side) for side in times.values())
    told = [f"{name} {took:.0f} ms ({took / empty:.2f}x)" for name, took in zip(list(times)[1:], ours, strict=True)]
    print(f"empty {empty:.0f} ms, {', '.join(told)}; limit {chosen.limit}x, {chosen.pairs} pairs")  # noqa: T201
    return int(max(ours) > chosen.limit * empty)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.exit(main())
