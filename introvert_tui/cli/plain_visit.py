"""A visit in plain lines, for speech and braille: one conversation at a time, and a letter for what to do with it.

Nothing is drawn and nothing moves. A hello is held until the next letter and not by the clock: speech is slower than
eight seconds.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from introvert_tui.cli import plain
from introvert_tui.cli.plain_questions import close_the_door, decide_about_absence, decide_what_was_left
from introvert_tui.engine.events import Event, Said
from introvert_tui.engine.views import Later
from introvert_tui.errors import IntrovertError
from introvert_tui.text import capital, count
from introvert_tui.tui.pages import message_content

if TYPE_CHECKING:
    from introvert_tui.engine.inbox import InboxRow
    from introvert_tui.engine.session import Session
    from introvert_tui.engine.views import Composer, Outcome

ReadLine = Callable[[], str]
Say = Callable[[str], None]

_AT_A_TIME = 10
_LATER = {str(number): when for number, when in enumerate(Later, 1)}

LETTERS = {
    "h": "say hi and leave",
    "n": "nod: like their message, and done",
    "r": "reply, and stay",
    "e": "done, nothing to say",
    "z": "later",
    "x": "leave quietly",
    "X": "close the door, for a bad day: only people you know, block, report",
    "u": "take back the last thing",
    "v": "read what a warning hides",
    "t": "read the thread",
    "o": "say the address of the message",
    "a": "read this again",
    "j": "the next one; so does the empty line",
    "k": "the one before",
    "c": "ask the servers for more",
    "q": "quit; what is held goes out",
}


class PlainVisit:
    """Reads lines and says lines until the person quits, or the lines end; `news` is what happens by itself."""

    def __init__(self, session: Session, news: SimpleQueue[str], read_line: ReadLine, say: Say) -> None:
        self._session, self._news, self._read_line, self._say = session, news, read_line, say
        self._rows: list[InboxRow] = []
        self._at = 0
        self._holds = False

    async def run(self) -> bool:
        """Go through what waits; whether the person quit, and did not just go away."""
        self._session.start()
        await self._session.catch_up()
        for decide in (decide_what_was_left, decide_about_absence):
            if not await decide(self._session, self._ask, self._say):
                return False
        self._take_in()
        self._say(f"{capital(count(len(self._rows), 'conversation'))}. Question mark lists the letters.")
        self._tell(beforehand=True)
        while (letter := await self._ask("> ")) is not None:
            if letter == "q":
                return True
            await self._do(letter)
        return False

    # -- listening and telling

    async def _ask(self, prompt: str) -> str | None:
        """One line of the person's, without what surrounds it; None when there are no more."""
        self._tell_news()
        self._say(prompt)
        line = await asyncio.to_thread(self._read_line)
        return line.strip() if line else None

    def _tell_news(self) -> None:
        while True:
            try:
                self._say(self._news.get_nowait())
            except Empty:
                return

    def _take_in(self, select: int | None = None) -> None:
        """What waits now, at the conversation that was not there before, or where one was."""
        known = {row.id for row in self._rows}
        self._rows = list(self._session.inbox().rows)
        back = [index for index, row in enumerate(self._rows) if row.id not in known]
        if select is None and known and len(back) == 1:
            select = back[0]
        self._at = max(0, min(self._at if select is None else select, len(self._rows) - 1))

    @property
    def _row(self) -> InboxRow | None:
        return self._rows[self._at] if self._rows else None

    def _tell(self, beforehand: bool = False) -> None:
        """Where one is; `beforehand` also what holds for all: which server did not answer, who is not heard."""
        now, accounts, row = self._now(), self._session.accounts(), self._row
        for line in self._session.inbox().lines if beforehand else ():
            self._say(line)
        if row is None:
            self._say(plain.end_line(self._session.inbox(), now))
            for sentence in self._session.summary():
                if sentence:
                    self._say(sentence)
            return
        head, *rest = plain.row_lines(row, plain.place(row, accounts), now, "v reads it.")
        self._say(f"{self._at + 1} of {len(self._rows)}. {head}")
        for line in rest:
            self._say(line)

    def _now(self) -> datetime:
        return self._session.visit.clock.local()

    # -- doing

    async def _do(self, letter: str) -> None:
        if letter == "?":
            for key, meaning in LETTERS.items():
                self._say(f"{key}: {meaning}.")
            return
        if letter not in ("u", "a") and self._holds:
            self._holds = False
            await self._session.let_go()
        deed = {
            "u": self._take_back,
            "c": self._catch_up,
            "j": lambda: self._move(1),
            "": lambda: self._move(1),
            "k": lambda: self._move(-1),
            "a": self._again,
            "X": self._close_the_door,
        }.get(letter)
        try:
            if deed is not None:
                await deed()
            elif letter in LETTERS and self._row is not None:
                await self._with(self._row, letter)
            elif letter in LETTERS:
                self._say("Nobody waits. q quits.")
            else:
                self._say("That is no letter here. Question mark lists them.")
        except IntrovertError as problem:
            self._say(str(problem))

    async def _with(self, row: InboxRow, letter: str) -> None:
        session = self._session
        deeds: dict[str, Callable[[], Awaitable[Outcome | None]]] = {
            "h": lambda: self._write(row, reply=False),
            "r": lambda: self._write(row, reply=True),
            "n": lambda: session.nod(row.id, row.shown),
            "e": lambda: session.done(row.id, row.shown),
            "x": lambda: session.leave(row.id),
            "z": lambda: self._put_off(row),
            "v": lambda: self._unfold(row),
            "t": lambda: self._thread(row),
            "o": lambda: self._address(row),
        }
        outcome = await deeds[letter]()
        if outcome is None:
            return
        self._say("Held until your next letter; u takes it back." if self._holds else outcome.sentence)
        if outcome.left_inbox:
            self._take_in(self._at)
            self._tell()

    async def _move(self, by: int) -> None:
        if not 0 <= self._at + by < len(self._rows):
            self._say("That was the last one. q quits." if by > 0 else "This is the first one.")
            return
        self._at += by
        self._tell()

    async def _again(self) -> None:
        self._tell()

    async def _catch_up(self) -> None:
        await self._session.catch_up()
        await decide_about_absence(self._session, self._ask, self._say)
        self._take_in()
        self._tell(beforehand=True)

    async def _close_the_door(self) -> None:
        if await close_the_door(self._session, self._row, self._ask, self._say):
            self._take_in()
            self._tell()

    async def _take_back(self) -> None:
        self._holds = False
        outcome = await self._session.undo()
        self._say(outcome.sentence)
        if outcome.delete is not None:
            if await self._ask("y deletes it: ") != "y":
                return
            self._say((await self._session.delete(outcome.delete)).sentence)
        self._take_in()
        self._tell()

    async def _write(self, row: InboxRow, reply: bool) -> Outcome | None:
        session = self._session
        composer = (session.reply_composer if reply else session.composer)(row.id, row.shown)
        self._say(f"To {composer.to}. {composer.sentence} Empty cancels.")
        text = await self._words(composer, "reply" if reply else "hello")
        remark = session.pitch_in(text)
        if not text or (remark and await self._ask(f"{remark} y sends it all the same: ") != "y"):
            self._say("Nothing was sent.")
            return None
        if (told := session.refreshed(composer, text).sentence) != composer.sentence:
            self._say(told)
        outcome = await (session.reply(composer, text) if reply else session.hello(composer, text))
        self._holds = True
        return outcome

    async def _words(self, composer: Composer, kind: str) -> str:
        ways = []
        if composer.kept:
            self._say(f"Kept: {composer.kept}")
            ways.append("k sends the kept words")
        if composer.suggestions:
            self._say(f"Ready: {composer.suggestions[0]}")
            ways.append("s sends the ready ones")
        text = await self._ask(f"{', '.join([kind, *ways])}: ") or ""
        if text == "k" and composer.kept:
            return composer.kept
        return composer.suggestions[0] if text == "s" and composer.suggestions else text

    async def _put_off(self, row: InboxRow) -> Outcome | None:
        ways = ", ".join(f"{number} {when}" for number, when in _LATER.items())
        chosen = await self._ask(f"{ways}. Empty cancels: ")
        if chosen not in _LATER:
            self._say("Nothing was put off.")
            return None
        reason = await self._ask("Why, in a few words, or empty: ") or ""
        return await self._session.later(row.id, _LATER[chosen], reason)

    async def _unfold(self, row: InboxRow) -> None:
        if row.warning is None:
            self._say("Nothing is hidden here.")
        else:
            self._say(row.text)

    async def _address(self, row: InboxRow) -> None:
        view = self._session.conversation(row.id)
        self._say((view.to.url if view.to else None) or view.url or "There is no address for this.")

    async def _thread(self, row: InboxRow) -> None:
        """The whole thread, from your last words on, ten messages at a time."""
        await self._session.open(row.id)
        messages = self._session.conversation(row.id).messages
        mine = next((index for index in reversed(range(len(messages))) if messages[index].mine), None)
        start = mine if mine is not None else max(0, len(messages) - _AT_A_TIME)
        where = "from your last words" if mine is not None else "the newest"
        while start < len(messages):
            end = min(start + _AT_A_TIME, len(messages))
            self._say(f"Thread, {where}, {end - start} of {len(messages)}.")
            for message in messages[start:end]:
                said = message_content(message, self._now(), message.warning is not None and message.gone is None)
                self._say(said.plain.removeprefix("• "))
            start, where = end, "going on"
            if start < len(messages) and await self._ask("Enter reads more, s stops: ") != "":
                return


async def visit_plainly(open_session: Callable[[Callable[[Event], None]], Session]) -> bool:
    """Pay a visit on standard input and output; False where there is no account to pay it with.

    Raises `StoreError` where the database cannot be opened.
    """
    news: SimpleQueue[str] = SimpleQueue()

    def hear(event: Event) -> None:
        if isinstance(event, Said):
            news.put(event.sentence)

    session = open_session(hear)
    visit = PlainVisit(session, news, sys.stdin.readline, _print)
    quits = False
    try:
        for sentence in session.opening_lines:
            _print(sentence)
        if not session.accounts():
            return False
        quits = await visit.run()
    finally:
        if waits := await session.quit(send=quits):
            _print(waits)
    return True


TOWN = "demo"


def first_way() -> str | None:
    """Where somebody without an account wants to go: `TOWN`, or the network to sign in to; None is out."""
    from introvert_tui.engine.sign_ins import sign_ins

    networks = sign_ins()
    ways = dict(enumerate([TOWN, *(name for name, _ in networks)], 1))
    _print("Introvert shows only the conversations you are part of, and lets you leave. There is no account yet.")
    _print("1 looks around in a small made-up town, with nothing to sign in to.")
    for number, (_, label) in enumerate(networks, 2):
        _print(f"{number} signs in to {label}.")
    while True:
        _print("Number, or q to quit: ")
        line = sys.stdin.readline()
        typed = line.strip()
        if not line or typed == "q":
            return None
        if typed.isdecimal() and int(typed) in ways:
            return ways[int(typed)]
        _print("That is no number here.")


def _print(line: str) -> None:
    """A prompt stays on its line."""
    sys.stdout.write(line if line.endswith(": ") or line == "> " else f"{line}\n")
    sys.stdout.flush()
