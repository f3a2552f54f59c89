"""A visit in plain lines, for speech and braille: one conversation at a time, and a letter for what to do with it.

Nothing is drawn and nothing moves. A hello is held until the next letter and not by the clock: speech is slower than
eight seconds.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import TYPE_CHECKING

from introvert_tui.cli import plain, spoken
from introvert_tui.cli.output import read_out
from introvert_tui.cli.plain_letters import IN_INBOX
from introvert_tui.cli.plain_lists import Lists
from introvert_tui.cli.plain_place import Deed, Place
from introvert_tui.cli.plain_questions import decide_about_absence, decide_what_was_left
from introvert_tui.cli.plain_talk import Talk
from introvert_tui.cli.plain_voice import LinesEnd, Quits, ReadLine, Say, Voice, as_number
from introvert_tui.cli.terminal import read_line
from introvert_tui.engine.closing import Spot
from introvert_tui.engine.events import Event, Said
from introvert_tui.text import names, spelled_count

if TYPE_CHECKING:
    from introvert_tui.engine.inbox import InboxRow
    from introvert_tui.engine.session import Session


class PlainVisit:
    """Reads lines and says lines until the person quits, or the lines end; `news` is what happens by itself."""

    def __init__(self, session: Session, news: SimpleQueue[str], read_line: ReadLine, say: Say) -> None:
        self._session = session
        self._voice = Voice(session, news, read_line, say)

    async def run(self) -> bool:
        """Go through what waits; whether the person quit, and did not just go away."""
        self._session.start()
        await self._session.catch_up()
        try:
            await decide_what_was_left(self._voice)
            await decide_about_absence(self._voice)
            await InboxPlace(self._voice).stay()
        except LinesEnd:
            return False
        except Quits:
            pass
        return True


class InboxPlace(Place):
    """What waits, in an order that stays: who comes in meanwhile is last, and what is done keeps its number."""

    letters, empty = IN_INBOX, "j"

    def __init__(self, voice: Voice) -> None:
        super().__init__(voice)
        self._rows: dict[int, InboxRow] = {}
        self._numbers: dict[int, int] = {}
        self._at = 1
        self._talk = Talk(voice, self._spot, self._settled)

    async def begin(self) -> None:
        self._take_in()
        self.voice.say(f"{spelled_count(len(self._rows), 'conversation')}. Question mark lists the letters.")
        self._tell(beforehand=True)

    def deeds(self) -> Mapping[str, Deed]:
        talk, lists = self._talk.by_id(), Lists(self.voice)
        away = {**lists.by_id(), "who": talk["who"]}
        return {
            **talk,
            "requests": lists.requests,
            **{id: self._and_back(deed) for id, deed in away.items()},
            "again": self._again,
            "unfold": self._unfold,
            "down": lambda: self._move(1),
            "up": lambda: self._move(-1),
            "catch_up": self._catch_up,
        }

    def _take_in(self, taken_back: bool = False) -> None:
        """What waits now; one is where one was, or at the next, or where something was taken back."""
        known = self._rows.keys()
        self._rows = {row.id: row for row in self.session.inbox().rows}
        for id in self._rows:
            self._numbers.setdefault(id, len(self._numbers) + 1)
        there = sorted(self._numbers[id] for id in self._rows)
        back = [self._numbers[id] for id in self._rows if known and id not in known]
        if taken_back and len(back) == 1:
            self._at = back[0]
        elif self._at not in there:
            self._at = next((number for number in there if number > self._at), there[-1] if there else self._at)

    @property
    def _row(self) -> InboxRow | None:
        return next((row for row in self._rows.values() if self._numbers[row.id] == self._at), None)

    def _spot(self) -> Spot | None:
        row = self._row
        return Spot(row.id, row.shown) if row is not None else None

    def _tell(self, said: str = "", beforehand: bool = False) -> None:
        """Where one is, after what was `said` of what one did; `beforehand` also what holds for all."""
        session, now, row = self.session, self.voice.now(), self._row
        inbox = session.inbox()
        for line in inbox.lines if beforehand else ():
            self.voice.say(line)
        if beforehand and inbox.requests:
            asking = names([request.person.name or request.person.handle for request in inbox.requests])
            self.voice.say(f"{asking} {'asks' if len(inbox.requests) == 1 else 'ask'} to write to you. w reads it.")
        if row is None:
            for sentence in (said, plain.end_line(inbox, now), *session.summary()):
                if sentence:
                    self.voice.say(sentence)
            return
        head, *rest = plain.row_lines(
            row, plain.place(row, session.accounts()), now, "v reads it.", self._pictures(row)
        )
        self.voice.say(f"{said} {self._at} of {len(self._numbers)}. {head}".lstrip())
        for line in rest:
            self.voice.say(line)

    def _pictures(self, row: InboxRow, hides: bool = True) -> list[str]:
        """What the pictures show, but for those behind a warning."""
        if not row.pictures or (hides and row.warning is not None):
            return []
        return spoken.pictures_of(self.session.conversation(row.id), row)

    async def _settled(self, left_inbox: bool, said: str) -> None:
        if left_inbox:
            self._take_in()
            self._tell(said)
        elif said:
            self.voice.say(said)

    def _and_back(self, deed: Deed) -> Deed:
        """What leads away, and where one is after it."""

        async def done() -> None:
            before = self._row
            await deed()
            self._take_in()
            if self._row is None or before != self._row:
                self._tell()
            else:
                self.voice.say(f"{self._at} of {len(self._numbers)}. {names(before.writers)}. a reads it again.")

        return done

    async def _move(self, by: int) -> None:
        numbers = sorted(self._numbers[id] for id in self._rows)
        ahead = [number for number in numbers if (number - self._at) * by > 0]
        if not ahead:
            self.voice.say("That was the last one. q quits." if by > 0 else "This is the first one.")
            return
        self._at = min(ahead) if by > 0 else max(ahead)
        self._tell()

    async def _again(self) -> None:
        self._tell()

    async def _unfold(self) -> None:
        row = self._row
        if row is None or row.warning is None:
            self.voice.say("Nothing is hidden here.")
            return
        for line in (row.text, *self._pictures(row, hides=False)):
            self.voice.say(line)

    async def _catch_up(self) -> None:
        report = await self.session.catch_up()
        await decide_about_absence(self.voice)
        if report.arrived:
            self.voice.say(f"{spelled_count(report.arrived, 'conversation')} came in.")
        elif report.offline or report.signed_out:
            self.voice.say("Nothing came in, but not everybody answered.")
        else:
            self.voice.say("Nothing new.")
        self._take_in()
        self._tell(beforehand=True)

    async def take_back(self) -> None:
        await super().take_back()
        self._take_in(taken_back=True)
        self._tell()


async def visit_plainly(open_session: Callable[[Callable[[Event], None]], Session]) -> bool:
    """Pay a visit on standard input and output; False where there is no account to pay it with.

    Raises `StoreError` where the database cannot be opened.
    """
    news: SimpleQueue[str] = SimpleQueue()

    def hear(event: Event) -> None:
        if isinstance(event, Said):
            news.put(event.sentence)

    session = open_session(hear)
    visit = PlainVisit(session, news, _ask, _print)
    quits, line_end = False, ""
    try:
        for sentence in session.opening_lines:
            _print(sentence)
        if not session.accounts():
            return False
        quits = await visit.run()
        if not quits:
            _print("")  # the last prompt had no answer
    except asyncio.CancelledError:
        line_end = "\n"  # Ctrl+C, on the line of a prompt
        raise
    finally:
        if waits := await session.quit(send=quits):
            _print(f"{line_end}{waits}")
    return True


TOWN = "demo"


def first_way() -> str | None:
    """Where somebody without an account wants to go: `TOWN`, or the network to sign in to; None is out."""
    from introvert_tui.engine.sign_ins import sign_ins

    networks = sign_ins()
    ways = dict(enumerate([TOWN, *(name for name, _ in networks)], 1))
    _print("Introvert shows only the conversations you are part of, and lets you leave. There is no account yet.")
    _print("1 looks around in a small made-up town, with nothing to sign in to.")
    for way, (_, label) in enumerate(networks, 2):
        _print(f"{way} signs in to {label}.")
    while True:
        typed = _ask("Number, or q to quit: ")
        if typed is None:
            _print("")  # the prompt had no answer
        if typed is None or typed == "q":
            return None
        number = as_number(typed)
        if number is not None and number in ways:
            return ways[number]
        _print("That is no number here.")


def _ask(prompt: str) -> str | None:
    return read_line(prompt, sys.stdout)


def _print(line: str) -> None:
    read_out(line)
    sys.stdout.flush()
