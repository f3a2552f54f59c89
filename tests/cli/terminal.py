"""The command line on a pseudo-terminal, with the network of `elsewhere`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect


def typed(home: Path, *arguments: str, **environment: str) -> pexpect.spawn[str]:
    """Run a command line whose keys are pressed one by one."""
    return typed_within(100, home, *arguments, **environment)


def typed_within(columns: int, home: Path, *arguments: str, **environment: str) -> pexpect.spawn[str]:
    """The same, on a terminal of so many columns."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "tests.cli.elsewhere", *arguments],
        env={**os.environ, "INTROVERT_HOME": str(home), "TERM": "xterm-256color", **environment},
        cwd=str(Path(__file__).parents[2]),
        encoding="utf-8",
        dimensions=(30, columns),
        timeout=20,
    )


def ended(child: pexpect.spawn[str]) -> tuple[int, str]:
    """How it ended, and what it said until then."""
    rest = child.read()
    child.close()
    assert child.exitstatus is not None, f"killed by signal {child.signalstatus}"
    return child.exitstatus, rest
