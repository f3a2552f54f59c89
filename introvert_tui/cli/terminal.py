"""The terminal as somebody types on it: whether its cursor moves, a line that is read, and how it is left."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_TOO_PLAIN = ("", "dumb", "unknown")
"""What TERM says, where anything has to, of a terminal that may not know how to move its cursor."""


def moves_its_cursor() -> bool:
    """Whether a terminal, if it is one, can do more than print line after line."""
    return os.name != "posix" or os.environ.get("TERM", "").lower() not in _TOO_PLAIN


def read_line(prompt: str, asks: TextIO) -> str | None:
    """The next line of stdin, stripped and harmless, or None where there are no more; the prompt goes to `asks`.

    Raises `Cannot` where the line is no text; the next one may be.
    """
    from introvert_tui.tui.ending import in_whole_words

    words = prompt.rstrip()
    prompt = in_whole_words(words, asks) + prompt[len(words) :]
    if moves_its_cursor() and all(stream.isatty() for stream in (sys.stdin, sys.stdout, asks)):
        line = _edited(prompt)
    else:
        asks.write(prompt)
        asks.flush()
        line = sys.stdin.readline()
    return None if not line else _as_words(line)


def _as_words(line: str) -> str:
    """What was typed, stripped and harmless. Raises `Cannot` where it is no text."""
    from introvert_tui.errors import Cannot
    from introvert_tui.text import harmless

    try:
        line.encode()
    except UnicodeEncodeError:
        raise Cannot("That was no UTF-8 text.") from None
    return harmless(line).strip()


def _edited(prompt: str) -> str:
    """A line with its end, or nothing; where the library is there, arrow keys move in it."""
    try:
        import readline
    except ImportError:  # Windows edits lines by itself
        pass
    else:
        # What was typed before is mostly letters, and words that were not sent are kept elsewhere.
        readline.set_auto_history(False)
    try:
        return f"{input(prompt)}\n"
    except EOFError:
        return ""


@contextmanager
def left_as_it_was() -> Iterator[None]:
    """Leave the terminal echoing, and ending lines, as it was, whichever thread was reading a line."""
    import signal

    try:
        import termios
    except ImportError:  # Windows has no such state
        yield
        return
    try:
        before = termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, OSError, ValueError):
        yield
        return

    def restore() -> None:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, before)

    def end(number: int, frame: object) -> None:
        restore()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    usual = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        restore()
        signal.signal(signal.SIGTERM, usual)
