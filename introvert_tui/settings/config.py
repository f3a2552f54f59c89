"""What the user decides, and how it is read from config.toml; no file is needed.

What the file may say is told in `table`, and how it is read in `reading`; both are imported only where there is a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from introvert_tui.errors import SettingsError

HELLOS: tuple[str, ...] = (
    "Good to hear from you, {name}.",
    "Thank you, {name}. That made me smile.",
    "Hello, {name}. I read this and liked it.",
    "Lovely to see you here, {name}.",
    "Thinking of you, {name}. Be well.",
)
PITCHES: tuple[str, ...] = ("buy", "my book", "my new book", "out now", "pre-order", "discount", "link in bio")
NOT_STARTED = "Introvert was not started; correct the file, or rename it to start without it."


class Settings(NamedTuple):
    """What the user decides; every field has a default, and a row in `table.SETTINGS` that says what it is."""

    hold_seconds: float = 8.0
    hellos: tuple[str, ...] = HELLOS
    language: str | None = None
    theme: str = "ansi-dark"
    minutes: int | None = None
    pitches: tuple[str, ...] = PITCHES
    muted_words: tuple[str, ...] = ()
    pictures: bool = False
    keys: Mapping[str, str] = MappingProxyType({})
    """Keys with commas between them by the id of an action; no key at all for one that is to have none."""


def load(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """Read the file if there is one; return the settings, and a sentence about each line that was ignored.

    Raises `SettingsError` where going on without a setting could do harm.
    """
    raw = read_bytes(path)
    if raw is None:
        return Settings(), ()
    # Only now: tomllib takes 5 ms that most starts do not need.
    from .reading import read

    reading = read(raw)
    for finding in reading.findings:
        if finding.grave:
            raise SettingsError(f"{finding.sentence(path)} {NOT_STARTED}")
    return reading.settings, tuple(finding.sentence(path) for finding in reading.findings)


def read_bytes(path: Path) -> bytes | None:
    """Return what is in the file, or None where there is none; raises `SettingsError` if it cannot be read."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. {NOT_STARTED}") from error
