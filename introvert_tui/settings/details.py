"""The details of an unexpected error: kept in a file for whoever repairs it, and shown to nobody."""

from __future__ import annotations

import re
from pathlib import Path

from introvert_tui.settings.paths import write_private

# Tokens, DIDs and app passwords get into the messages of exceptions; no word of a language is that long.
_SECRET = re.compile(r"\b[\w-]{4}(?:-[\w-]{4}){3}\b|[\w.~+=:%-]{24,}")


def without_secrets(message: str) -> str:
    """Blank out everything in an exception's message that could be a token or a password."""
    return _SECRET.sub("…", message)


def keep_details(error: BaseException, state: Path) -> Path:
    """Write where an error arose, without any variable's value, and return the file's path."""
    import platform
    import traceback
    from datetime import UTC, datetime

    from introvert_tui import __version__

    head = f"introvert {__version__}, Python {platform.python_version()}, {platform.system()}, {datetime.now(UTC)}\n\n"
    told: list[str] = []
    for part in _chain(error):
        told += traceback.format_tb(part.__traceback__)
        told.append(f"{type(part).__module__}.{type(part).__qualname__}: {without_secrets(str(part))}\n\n")
    path = state / "last-error.txt"
    write_private(path, head + "".join(told))
    return path


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__
    return chain
