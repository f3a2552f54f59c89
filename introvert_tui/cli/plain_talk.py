"""What is done at one conversation in a plain visit, wherever it was found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from introvert_tui.cli import spoken
from introvert_tui.cli.plain_place import Deed
from introvert_tui.cli.plain_questions import close_the_door
from introvert_tui.cli.plain_writing import write
from introvert_tui.engine import sentences
from introvert_tui.engine.closing import Spot
from introvert_tui.engine.views import Later
from introvert_tui.errors import Cannot

if TYPE_CHECKING:
    from introvert_tui.cli.plain_voice import Voice
    from introvert_tui.engine.views import ConversationView, MessageView, Outcome

Settled = Callable[[bool, str], Awaitable[None]]
"""Told whether the conversation waits no more, and what is still to be said of it."""

_AT_A_TIME = 10
_LATER = {str(number): when for number, when in enumerate(Later, 1)}


class Talk:
    """The actions on the conversation where `spot` says one is."""

    def __init__(self, voice: Voice, spot: Callable[[], Spot | None], settled: Settled) -> None:
        self._voice, self._session = voice, voice.session
        self._spot, self._settled = spot, settled

    def by_id(self) -> dict[str, Deed]:
        """The methods, by action id."""
        session = self._session
        return {
            "hello": lambda: self._write(reply=False),
            "reply": lambda: self._write(reply=True),
            "nod": self._nod,
            "done": lambda: self._settle(lambda at: session.done(at.conversation, at.shown)),
            "leave": lambda: self._settle(lambda at: session.leave(at.conversation)),
            "rejoin": lambda: self._settle(lambda at: session.rejoin(at.conversation)),
            "bring_back": lambda: self._settle(lambda at: session.bring_back(at.conversation)),
            "later": self._later,
            "close": self._close,
            "who": self._who,
            "open": self._thread,
            "browser": self._addresses,
        }

    def _here(self) -> Spot:
        spot = self._spot()
        if spot is None:
            raise Cannot("Nobody waits. q quits.")
        return spot

    def _view(self) -> ConversationView:
        return self._session.conversation(self._here().conversation)

    async def _settle(self, deed: Callable[[Spot], Awaitable[Outcome]]) -> None:
        outcome = await deed(self._here())
        await self._settled(outcome.left_inbox, self._voice.spoken(outcome.sentence))

    async def _nod(self) -> None:
        at = self._here()
        outcome = await self._session.nod(at.conversation, at.shown)
        self._voice.holds = True
        await self._settled(outcome.left_inbox, self._voice.spoken(outcome.sentence))

    async def _write(self, reply: bool) -> None:
        session, at = self._session, self._here()
        composer = (session.reply_composer if reply else session.composer)(at.conversation, at.shown)
        outcome = await write(self._voice, composer, reply)
        if outcome is not None:
            await self._settled(outcome.left_inbox, "")

    async def _later(self) -> None:
        at = self._here()
        local = self._session.visit.clock.local()
        ways = ", ".join(f"{number} {sentences.later(when, local)}" for number, when in _LATER.items())
        chosen = await self._voice.ask(f"{ways}. Empty cancels: ")
        if chosen not in _LATER:
            self._voice.say("Nothing was put off.")
            return
        reason = await self._voice.ask("Why, in a few words, or empty: ")
        await self._settle(lambda _: self._session.later(at.conversation, _LATER[chosen], reason))

    async def _close(self) -> None:
        if await close_the_door(self._voice, self._spot()):
            await self._settled(True, "")

    async def _who(self) -> None:
        from introvert_tui.cli.plain_people import CardPlace

        at = self._here()
        await CardPlace(self._voice, self._session.who(at.conversation, at.shown, at.message)).stay()

    async def _addresses(self) -> None:
        view = self._view()
        message = message_at(view, self._here().message)
        address = (message.url if message else None) or view.url
        self._voice.say(address or "There is no address for this.")
        for number, link in enumerate(spoken.links(message) if message else (), 1):
            self._voice.say(f"Link {number}: {link}")

    async def _thread(self) -> None:
        """The whole thread, from your last words that something follows, ten messages at a time."""
        await self._session.open(self._here().conversation)
        messages = self._view().messages
        mine = next((index for index in reversed(range(len(messages) - 1)) if messages[index].mine), None)
        start = mine if mine is not None else max(0, len(messages) - _AT_A_TIME)
        where = "from your last words" if mine is not None else "the newest"
        while start < len(messages):
            some = messages[start : start + _AT_A_TIME]
            self._voice.say(f"Thread, {where}, {len(some)} of {len(messages)}.")
            self._read(some, hides=True)
            start, where = start + len(some), "going on"
            if not await self._reads_on(some, start < len(messages)):
                return

    def _read(self, messages: Sequence[MessageView], hides: bool) -> None:
        for message in messages:
            for line in spoken.message_lines(message, self._voice.now(), hides):
                self._voice.say(line)

    async def _reads_on(self, some: Sequence[MessageView], more: bool) -> bool:
        """Whether to go on, after what the warnings hide if that is wanted."""
        hidden = [message for message in some if message.warning is not None and message.gone is None]
        while more or hidden:
            ways = ["v reads what the warnings hide"] if hidden else []
            ways = [*ways, *(["Enter reads more", "s stops"] if more else ["Enter goes on"])]
            typed = await self._voice.ask(f"{', '.join(ways)}: ")
            if not (typed == "v" and hidden):
                return typed == ""
            self._read(hidden, hides=False)
            hidden = []
        return False


def message_at(view: ConversationView, id: int | None) -> MessageView | None:
    """The message that is meant in a conversation: the one with this id, or whom a hello would answer, or the last."""
    found = next((message for message in view.messages if message.id == id), None) if id else None
    return found or view.to or (view.messages[-1] if view.messages else None)
