"""A command line in a home of its own, in this process and as the program itself."""

import io
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from introvert_tui import plugins
from introvert_tui.__main__ import run
from introvert_tui.cli.guard import guarded
from introvert_tui.cli.output import Exit
from tests.cli.chair import Chair
from tests.cli.elsewhere import ENTRY


@dataclass
class Ended:
    code: int
    out: str
    err: str


Introvert = Callable[..., Ended]


@pytest.fixture
def introvert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Introvert:
    """Run a command line in a home of its own, with these lines on stdin."""
    monkeypatch.setenv("INTROVERT_HOME", str(tmp_path))
    monkeypatch.setattr(plugins, "_BUILT_IN", plugins._BUILT_IN | ENTRY)

    def typed(*arguments: str, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = guarded(lambda: run(list(arguments)))
        return Ended(code, *capsys.readouterr())

    return typed


@pytest.fixture
def signed_in(introvert: Introvert) -> Introvert:
    assert introvert("accounts", "add", "elsewhere", stdin="ana.elsewhere\nright\n").code == Exit.FINE
    return introvert


@pytest.fixture
async def chair() -> AsyncIterator[Chair]:
    chair = Chair()
    yield chair
    await chair.session.quit(send=False)


def started(*arguments: str, home: Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program itself."""
    return subprocess.run(
        [sys.executable, "-m", "introvert_tui", *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env={**os.environ, "INTROVERT_HOME": str(home), **environment},
        timeout=60,
    )
