"""Somebody on a plain visit."""

from __future__ import annotations

from collections.abc import Iterable
from queue import SimpleQueue

from introvert_tui.cli.plain_visit import PlainVisit
from introvert_tui.cli.start import UNTIL_THE_NEXT_LETTER
from introvert_tui.engine.clock import Waits
from introvert_tui.engine.events import Event, Said
from introvert_tui.engine.opening import open_demo
from introvert_tui.engine.session import Session


class Chair:
    """Somebody who types lines and hears what is said."""

    def __init__(self, session: Session | None = None) -> None:
        self.news: SimpleQueue[str] = SimpleQueue()
        self.session: Session = session or open_demo(self.hear, waits=Waits(hold=UNTIL_THE_NEXT_LETTER))
        self.said: list[str] = []

    def hear(self, event: Event) -> None:
        if isinstance(event, Said):
            self.news.put(event.sentence)

    async def types(self, *lines: str) -> str:
        """All that is said during a visit in which these lines are typed, one after the other."""
        return await self.hears(lines)

    async def hears(self, lines: Iterable[str]) -> str:
        """The same, with lines that may be thought of on the way."""
        typed = iter(lines)

        def answer(prompt: str) -> str | None:
            self.said.append(prompt)
            return next(typed, None)

        visit = PlainVisit(self.session, self.news, answer, self.said.append)
        self.quits = await visit.run()
        return "\n".join(self.said)
