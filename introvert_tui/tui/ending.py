"""The way out: what still goes out after the screen is back, and what is said about it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session

QUIT, QUIT_AND_SEND, LOOK_AROUND, PLAIN_LINES = 0, 1, 10, 11
"""How an app ended; `run` returns the last two as they are."""

LONGEST_SEND = 2.0
_LONGEST_GOODBYE = 5.0
_NARROWEST = 20
"""Columns from which whole words are of any use."""


def last_words(session: Session, send: bool, unkept: str = "") -> None:
    """End the session, with the screen already given back; `unkept` are words that are nowhere else now."""
    import asyncio

    if unkept:
        _say(unkept)
    try:
        sentence = asyncio.run(session.quit(send=send, deadline=LONGEST_SEND))
    except KeyboardInterrupt:
        sentence = "Stopped. What has not gone out is kept for your next visit."
    if sentence:
        _say(in_whole_words(sentence, sys.stderr))


def listen_for_the_end(leave: Callable[[], object], lent: Callable[[], bool]) -> None:
    """SIGTERM and SIGHUP, and a terminal that is gone: leave, and send nothing. Textual sees to none of them.

    Ctrl+c in another program that the terminal is `lent` to is meant for that one.
    """
    import asyncio
    import signal

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, leave)
    loop.add_signal_handler(signal.SIGHUP, leave)
    loop.add_signal_handler(signal.SIGINT, lambda: None if lent() else leave())
    watch_for_hang_up(lambda: loop.call_soon_threadsafe(leave))


def watch_for_hang_up(gone: Callable[[], object]) -> None:
    """Call `gone` when the terminal goes away, which a program that leads no session is not told by a signal.

    Asking for no events at all leaves just the hang-up: the watcher costs nothing, and takes no key from the reader.
    """
    from select import POLLERR, POLLHUP, POLLNVAL, poll

    def watch() -> None:
        terminal = poll()
        terminal.register(sys.__stdin__.fileno() if sys.__stdin__ else 0, 0)
        happened = 0
        while not happened & (POLLHUP | POLLERR):
            ((_, happened),) = terminal.poll()
            if happened & POLLNVAL:  # a system on which a terminal cannot be asked, and would answer so for ever
                return
        gone()
        # Writing to a terminal that is gone can block; the words were kept as they were typed.
        from time import sleep

        sleep(_LONGEST_GOODBYE)
        os._exit(1)

    if sys.__stdin__ is not None and sys.__stdin__.isatty():
        Thread(target=watch, name="hang-up", daemon=True).start()


def in_whole_words(sentence: str, where: TextIO) -> str:
    """For a stream, over as many lines as it needs where a terminal would break it anywhere; an address stays whole."""
    import textwrap

    try:
        columns = os.get_terminal_size(where.fileno()).columns
    except OSError:  # it is no terminal
        return sentence
    if columns < _NARROWEST:
        return sentence
    lines = (
        textwrap.wrap(line, columns, break_long_words=False, break_on_hyphens=False) for line in sentence.splitlines()
    )
    return "\n".join("\n".join(line) for line in lines)


def _say(sentence: str) -> None:
    try:
        sys.stderr.write(sentence + "\n")
    except OSError:
        return
