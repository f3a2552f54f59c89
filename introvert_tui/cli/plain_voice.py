"""What the places of a plain visit share: a line to hear, a line to say, and what is held until the next letter."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from introvert_tui.errors import Cannot

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session

ReadLine = Callable[[str], str | None]
"""Asks by a prompt, for a line without what surrounds it; None where there are no more. Raises `Cannot`."""
Say = Callable[[str], None]

_TAKEN_BACK = "u takes it back"
_LONGEST_NUMBER = 6


class LinesEnd(Exception):
    """There are no more lines: the person went away without quitting."""


class Quits(Exception):
    """The person quits."""


class Voice:
    """Asks and says, in `session`; `news` is what happens by itself, `holds` that the next letter lets something go."""

    def __init__(self, session: Session, news: SimpleQueue[str], read_line: ReadLine, say: Say) -> None:
        self.session = session
        self._news, self._read_line, self._say = news, read_line, say
        self.holds = False
        self._told_of_taking_back = False

    def say(self, line: str) -> None:
        """Say a line as it is: it may be somebody's words."""
        self._say(line)

    def tell(self, sentence: str) -> None:
        """Say a sentence of the engine's."""
        self._say(self.spoken(sentence))

    def spoken(self, sentence: str) -> str:
        """A sentence without the dot that a screen has in its middle; that u takes it back is told once in a visit."""
        what, dot, letter = sentence.rpartition(" · ")
        if not (dot and letter.startswith("u ")):
            return sentence
        if letter != _TAKEN_BACK:
            return f"{what}. {letter}."
        if self._told_of_taking_back:
            return f"{what}."
        self._told_of_taking_back = True
        return f"{what}; {letter}."

    def now(self) -> datetime:
        """The moment, where one is."""
        return self.session.visit.clock.local()

    async def ask(self, prompt: str) -> str:
        """One line of the person's, without what surrounds it. Raises `LinesEnd` when there are no more."""
        self._tell_news()
        while True:
            try:
                line = await self._next_line(prompt)
            except Cannot as problem:
                self.tell(str(problem))
                continue
            if line is None:
                raise LinesEnd
            return line

    async def number(self, prompt: str, most: int) -> int | None:
        """One of the numbers from one to `most`, or None for anything else."""
        number = as_number(await self.ask(prompt))
        return number if number is not None and 1 <= number <= most else None

    async def _next_line(self, prompt: str) -> str | None:
        loop = asyncio.get_running_loop()
        typed: asyncio.Future[str | None] = loop.create_future()

        def settle(line: str | None, problem: Exception | None) -> None:
            if typed.done():
                return
            if problem is not None:
                typed.set_exception(problem)
            else:
                typed.set_result(line)

        def read() -> None:
            line, problem = None, None
            try:
                line = self._read_line(prompt)
            except Exception as error:  # told where it was asked for, and not on this thread
                problem = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, line, problem)

        # A thread of asyncio's would be waited for: Ctrl+C would do nothing before the next line is typed.
        threading.Thread(target=read, name="a line", daemon=True).start()
        return await typed

    def _tell_news(self) -> None:
        while True:
            try:
                self.tell(self._news.get_nowait())
            except Empty:
                return

    async def let_go(self) -> None:
        """The next letter: what is held goes out now."""
        if self.holds:
            self.holds = False
            await self.session.let_go()

    async def take_back(self) -> None:
        """Take back the last thing; what is out already is deleted if that is wanted. Raises `Cannot`."""
        self.holds = False
        outcome = await self.session.undo()
        self.tell(outcome.sentence)
        if outcome.delete is None:
            return
        if await self.ask("y deletes it: ") == "y":
            self.tell((await self.session.delete(outcome.delete)).sentence)
        else:
            self.say("It stands.")


def as_number(typed: str) -> int | None:
    """What was typed, as a number; None if it is none, or a very long one."""
    return int(typed) if typed.isdecimal() and len(typed) <= _LONGEST_NUMBER else None


def one_of(number: int, many: int) -> int:
    """The index of what has a number. Raises `Cannot` where nothing has it."""
    if not 1 <= number <= many:
        raise Cannot("That is no number here.")
    return number - 1
