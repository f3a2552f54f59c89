"""What goes where: data to stdout, talk to stderr, and how it ended into the exit code."""

from __future__ import annotations

import os
import sys
from enum import IntEnum


class Exit(IntEnum):
    """How a command ended; documented in the README."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    SIGNED_OUT = 3
    OFFLINE = 4
    UNUSABLE = 5
    INTERRUPTED = 130


def data(line: str) -> None:
    """Print one line of what was asked for."""
    sys.stdout.write(f"{line}\n")


def read_out(line: str) -> None:
    """Print one line of what was asked for that is there to be read, and to no program."""
    from introvert_tui.tui.ending import in_whole_words

    data(in_whole_words(line, sys.stdout))


def talk(sentence: str) -> None:
    """Print one line about it."""
    from introvert_tui.tui.ending import in_whole_words

    # What was printed before it on stdout is read before it on a terminal.
    sys.stdout.flush()
    sys.stderr.write(f"{in_whole_words(sentence, sys.stderr)}\n")


def never_without_a_stream() -> None:
    """Where a stream was closed before the program began, read nothing, and print to nobody."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it stays open to the end


def never_fail_on_a_character() -> None:
    """Print a question mark where the terminal's encoding lacks a character; what is none is told when it is read."""
    import io

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
