"""The user's own editor, for a longer answer."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from introvert_tui.errors import Cannot


class Edited(NamedTuple):
    """The words as the editor saved them, and what is to be said of it, if anything is."""

    words: str
    remark: str = ""


def in_editor(words: str, given_back: Callable[[], AbstractContextManager[None]]) -> Edited:
    """Let `$VISUAL` or `$EDITOR` change some words.

    Raises `Cannot` where it changed none and something went wrong: they are as they were.
    """
    command = _command()
    try:
        # mkstemp makes it readable by its owner alone.
        handle, name = tempfile.mkstemp(prefix="introvert-", suffix=".txt")
    except OSError as problem:
        raise _no_file(problem) from None
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(words)
        with given_back():
            code = _run([*command, name])
        saved = path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except OSError as problem:
        raise _no_file(problem) from None
    finally:
        path.unlink(missing_ok=True)
    if code == 0:
        return Edited(saved)
    if saved == words.rstrip("\n"):
        raise Cannot(f"{command[0]} ended with an error; your words are as they were.")
    return Edited(saved, f"{command[0]} ended with an error; what it had saved is here.")


def _command() -> list[str]:
    value = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        return shlex.split(value) or ["vi"]
    except ValueError:  # an odd quote
        raise Cannot(f"EDITOR says {value}, which names no program; your words are here.") from None


def _run(command: list[str]) -> int:
    try:
        return subprocess.run(command, check=False).returncode  # noqa: S603 - the editor that the user chose
    except OSError:
        raise Cannot(f"{command[0]} did not start; your words are here. EDITOR names another editor.") from None


def _no_file(problem: OSError) -> Cannot:
    return Cannot(f"The file for your editor failed ({problem.strerror}); your words are as they were.")
