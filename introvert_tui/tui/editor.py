"""The user's own editor, for a longer answer."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from introvert_tui.errors import Cannot


class Edited(NamedTuple):
    """The words as the editor left them, and what is to be said of that, if anything."""

    words: str
    remark: str = ""


def in_editor(words: str, given_back: Callable[[], AbstractContextManager[None]]) -> Edited:
    """Let `$VISUAL` or `$EDITOR` change some words. Raises `Cannot` where they stay as they were."""
    command = _command()
    try:
        with _own_file(words) as path:
            with given_back():
                went_well = _run([*command, str(path)])
            saved = _read(path).rstrip("\n")
    except OSError as problem:
        raise Cannot(
            f"The words can't be handed to {command[0]} and back ({problem.strerror}). Nothing was changed."
        ) from None
    if went_well:
        return Edited(saved)
    if saved in ("", words.rstrip("\n")):
        raise Cannot(f"Editing failed. Nothing was changed. {command[0]} saved nothing and ended with an error.")
    return Edited(saved, f"{command[0]} ended with an error; what it saved was taken.")


def _command() -> list[str]:
    name = "VISUAL" if os.environ.get("VISUAL") else "EDITOR"
    try:
        command = shlex.split(os.environ.get(name) or "vi")
    except ValueError:
        raise Cannot(f"{name} can't be followed: it has a quote without its other half. Nothing was changed.") from None
    if not command or not command[0]:
        raise Cannot(f"{name} names no program. Nothing was changed.")
    return command


@contextmanager
def _own_file(words: str) -> Iterator[Path]:
    """A file that is gone afterwards; mkstemp makes it readable by its owner alone."""
    handle, name = tempfile.mkstemp(prefix="introvert-", suffix=".txt")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(words)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _run(command: list[str]) -> bool:
    """Whether the editor ended without an error."""
    try:
        done = subprocess.run(command, check=False)  # noqa: S603 - the editor that the user chose
    except OSError:
        raise Cannot(f"{command[0]} did not start. Nothing was changed; EDITOR can name another.") from None
    return done.returncode == 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        kept = path.rename(path.with_suffix(".kept"))
        raise Cannot(f"What came is not UTF-8 text, so nothing was changed. It is kept in {kept}") from None
