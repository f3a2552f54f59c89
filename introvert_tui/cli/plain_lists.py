"""Lists beside the inbox of a plain visit: numbered lines, ten at a time, and a number for what to read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from introvert_tui.cli import plain, spoken
from introvert_tui.cli.plain_conversation import ConversationPlace
from introvert_tui.cli.plain_letters import AT_LEFT, AT_OLDER, AT_PUT_OFF, IN_LIST, Letter
from introvert_tui.cli.plain_place import Deed, Place
from introvert_tui.cli.plain_voice import one_of
from introvert_tui.engine.closing import Spot, Way
from introvert_tui.engine.put_off import HEADINGS
from introvert_tui.errors import Cannot

if TYPE_CHECKING:
    from introvert_tui.cli.plain_voice import Voice
    from introvert_tui.engine.inbox import InboxRow

T = TypeVar("T")

_AT_A_TIME = 10
_BEHIND_A_WARNING = "Its number, then v, reads it."


class Listing(Place, Generic[T]):
    """What was found, one line each; the numbers stay as they were read until it is read again."""

    letters = IN_LIST

    def __init__(
        self,
        voice: Voice,
        title: str,
        find: Callable[[], Sequence[T]],
        line: Callable[[T], str],
        choose: Callable[[T], Awaitable[None]],
        nothing: str,
        heading: Callable[[T], str] = lambda one: "",
        once: bool = False,
    ) -> None:
        super().__init__(voice)
        self._title, self._find, self._line, self._choose = title, find, line, choose
        self._nothing, self._heading, self._once = nothing, heading, once
        self._found: Sequence[T] = ()
        self._said = 0

    async def stay(self) -> None:
        if not self._find():
            raise Cannot(self._nothing)
        await super().stay()

    async def begin(self) -> None:
        self._found, self._said = self._find(), 0
        self.voice.say(self._title if self._found else self._nothing)
        if self._found:
            await self._more()

    def deeds(self) -> Mapping[str, Deed]:
        return {"more": self._more}

    async def _more(self) -> None:
        start, end = self._said, min(self._said + _AT_A_TIME, len(self._found))
        if start == end:
            raise Cannot("That was the last one.")
        heading = self._heading(self._found[start - 1]) if start else ""
        for number, one in enumerate(self._found[start:end], start + 1):
            if (next_heading := self._heading(one)) != heading:
                heading = next_heading
                self.voice.say(f"{heading}.")
            self.voice.say(f"{number}. {self._line(one)}")
        self._said = end
        more = ", m for more" if end < len(self._found) else ""
        self.prompt = f"Number{more}, or empty to go back: "

    async def pick(self, number: int) -> None:
        one = self._found[one_of(number, len(self._found))]
        self.over = self._once
        await self._choose(one)


class Lists:
    """The lists that lead away from the inbox and back to it, and who asks to write."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._session = voice, voice.session

    def by_id(self) -> dict[str, Deed]:
        """The methods, by action id."""
        return {
            "older": self._older,
            "put_off": self._put_off,
            "left": self._left,
            "sent": self._sent,
            "people": self._people,
            "search": self._search,
        }

    def _row(self, row: InboxRow) -> str:
        where = plain.place(row, self._session.accounts())
        lines = plain.row_lines(spoken.shortened(row), where, self._voice.now(), _BEHIND_A_WARNING)
        return spoken.in_list(lines)

    async def _read(self, row: InboxRow, letters: tuple[Letter, ...]) -> None:
        await ConversationPlace(self._voice, Spot(row.id, row.shown), letters).stay()

    async def _older(self) -> None:
        await Listing(
            self._voice,
            "Older conversations.",
            self._session.older,
            self._row,
            lambda row: self._read(row, AT_OLDER),
            "Nothing older here.",
        ).stay()

    async def _put_off(self) -> None:
        await Listing(
            self._voice,
            "What you put off.",
            self._session.put_off,
            lambda one: self._row(one.row),
            lambda one: self._read(one.row, AT_PUT_OFF),
            "Nothing here: you put nothing off.",
            lambda one: HEADINGS[one.back],
        ).stay()

    async def _left(self) -> None:
        await Listing(
            self._voice,
            "What you left.",
            self._session.left,
            self._row,
            lambda row: self._read(row, AT_LEFT),
            "Nothing here: you left no conversation.",
        ).stay()

    async def _sent(self) -> None:
        from introvert_tui.cli.plain_sent import read_sent

        await read_sent(self._voice)

    async def _people(self) -> None:
        from introvert_tui.cli.plain_people import CardPlace, choose_somebody

        await choose_somebody(self._voice, "People.", lambda id: CardPlace(self._voice, id).stay())

    async def requests(self) -> None:
        """What people wrote whom the server holds back; nothing is asked of the server, so nothing is accepted."""
        asking = self._session.inbox().requests
        if Way.EVERYBODY in self._session.ways_to_close(None):
            raise Cannot("Only people you know now. X lets everybody be heard again.")
        if not asking:
            raise Cannot("Nobody asks to write to you.")
        self._voice.say("Reading it here lets nobody in, and tells nobody.")
        for request in asking:
            self._voice.say(plain.request_line(request, self._voice.now()))

    async def _search(self) -> None:
        from introvert_tui.cli.search import finding_lines

        findings = await self._session.search(await self._voice.ask("Words to look for, or empty: "))
        if not findings.asked:
            raise Cannot("Nothing was looked for.")
        await Listing(
            self._voice,
            "Found, the newest first.",
            lambda: findings.found,
            lambda one: spoken.in_list(finding_lines(one, self._voice.now(), _BEHIND_A_WARNING)),
            lambda one: ConversationPlace(self._voice, Spot(one.conversation, 0, one.message)).stay(),
            "Nothing found.",
        ).stay()
