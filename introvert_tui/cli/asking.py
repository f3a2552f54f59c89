"""Asking at the terminal: questions on stderr, so that stdout stays data; secrets without echo."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from introvert_tui.cli.output import talk
from introvert_tui.cli.terminal import left_as_it_was, read_line
from introvert_tui.errors import Cannot
from introvert_tui.model import Question, Secrecy


class TerminalAsk:
    """The `Ask` of a sign-in; without a terminal, each answer is the next line of stdin."""

    async def question(self, question: Question) -> str:
        if question.hint:
            talk(question.hint)
        # Blocking the loop is fine: nothing else happens while somebody types.
        return ask_line(question.label, hidden=question.secrecy is Secrecy.HIDDEN)

    async def open_link(self, url: str) -> None:
        talk(f"Open this page to go on: {url}")
        if sys.stdin.isatty() and _has_screen():
            import webbrowser

            webbrowser.open(url)

    async def say(self, text: str) -> None:
        talk(text)


def ask_line(label: str, *, hidden: bool = False) -> str:
    """Ask one thing and return the stripped answer; raises `Cannot` where the answers have run out."""
    interactive = sys.stdin.isatty()
    if interactive and hidden:
        answer = _hidden(f"{label}: ")
    else:
        answer = read_line(f"{label}: " if interactive else f"{label}\n", sys.stderr)
    if answer is None:
        if interactive:
            talk("")  # the line of the question ends
        raise Cannot(f"There was no answer to “{label}”. Nothing was changed.")
    return answer


def _hidden(prompt: str) -> str | None:
    import getpass

    try:
        return getpass.getpass(prompt, stream=sys.stderr).strip()
    except EOFError:
        return None


def ask_yes_or_no(question: str, otherwise: str) -> bool:
    """Ask until the answer is yes or no; `otherwise` is said to any other."""
    while True:
        match ask_line(question).casefold():
            case "y" | "yes":
                return True
            case "n" | "no":
                return False
        talk(otherwise)


@contextmanager
def at_the_terminal() -> Iterator[None]:
    """Let Ctrl+C end a question at once, and leave the terminal echoing again, whichever thread was asking."""
    with _interruptible(), left_as_it_was():
        yield


@contextmanager
def _interruptible() -> Iterator[None]:
    import signal

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    # asyncio replaces Python's own SIGINT handler by one that waits for the loop, which waits for the typed line.
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _has_screen() -> bool:
    # Elsewhere webbrowser starts a text browser, which would take this very terminal.
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
