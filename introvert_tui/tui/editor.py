"""The user's own editor, for a longer answer."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from introvert_tui.errors import Cannot


def in_editor(words: str, given_back: Callable[[], AbstractContextManager[None]]) -> str:
    """Let `$VISUAL` or `$EDITOR` change some words; what it could not change comes back as it was."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    # mkstemp makes it readable by its owner alone.
    handle, name = tempfile.mkstemp(prefix="introvert-", suffix=".txt")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(words)
        with given_back():
            try:
                done = subprocess.run([*command, name], check=False)  # noqa: S603 - the editor that the user chose
            except OSError:
                raise Cannot(f"{command[0]} did not start; your words are here. EDITOR names another editor.") from None
        if done.returncode != 0:
            raise Cannot(f"{command[0]} ended with an error; your words are as they were.")
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    finally:
        path.unlink(missing_ok=True)
