"""What you sent, in a plain visit: how it stands, sending it now, taking it back, deleting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from introvert_tui.cli import spoken
from introvert_tui.cli.plain_conversation import ConversationPlace
from introvert_tui.cli.plain_letters import AT_SENT
from introvert_tui.cli.plain_lists import Listing
from introvert_tui.cli.plain_place import Deed, Place
from introvert_tui.cli.plain_talk import Talk
from introvert_tui.engine.closing import Spot
from introvert_tui.errors import Cannot
from introvert_tui.text import clean

if TYPE_CHECKING:
    from introvert_tui.cli.plain_voice import Voice
    from introvert_tui.engine.sent import SentView


async def read_sent(voice: Voice) -> None:
    """The list of what you wrote, the last first."""

    def line(view: SentView) -> str:
        head = spoken.sent_line(view, voice.now(), voice.session.accounts())
        return f"{head} {spoken.stands(view)}"

    await Listing(
        voice,
        "What you sent, the last first.",
        voice.session.sent,
        line,
        lambda view: SentPlace(voice, view).stay(),
        "Nothing here: you have sent nothing from here yet.",
    ).stay()


class SentPlace(Place):
    """One message of yours."""

    letters = AT_SENT

    def __init__(self, voice: Voice, view: SentView) -> None:
        super().__init__(voice)
        self._view = view
        self._talk = Talk(voice, lambda: Spot(view.conversation, view.shown, view.answered or None), self._settled)

    async def begin(self) -> None:
        view = self._freshen()
        self.voice.say(spoken.sent_line(view, self.voice.now(), self.session.accounts()))
        self.voice.say(clean(view.text))
        self.voice.say(spoken.stands(view))

    def _freshen(self) -> SentView:
        """The message, as it stands by now."""
        self._view = next((one for one in self.session.sent() if one.key == self._view.key), self._view)
        return self._view

    def deeds(self) -> Mapping[str, Deed]:
        return {
            **self._talk.by_id(),
            "send": self._send,
            "drop": self._drop,
            "delete": self._delete,
            "open": self._open,
            "browser": self._address,
        }

    async def _settled(self, left_inbox: bool, said: str) -> None:
        if said:
            self.voice.say(said)

    async def _send(self) -> None:
        """Try it now; what is asked about goes out only after a yes."""
        view = self._moving()
        if view.question is not None and await self.voice.ask(f"{view.question} y sends it: ") != "y":
            self.voice.say("It waits as it is.")
            return
        for sentence in (await self.session.send_unsent([view.key])).sentences:
            self.voice.tell(sentence)

    def _moving(self) -> SentView:
        """The message, if it can still be sent or taken back. Raises `Cannot`."""
        view = self._freshen()
        if view.moves:
            return view
        if view.delete is not None:
            raise Cannot(f"{spoken.title(view)} is out already. D deletes it.")
        raise Cannot(f"{spoken.title(view)} goes nowhere any more; r has words that are kept there.")

    async def _drop(self) -> None:
        view = self._moving()
        if view.lost:
            raise Cannot(f"{spoken.title(view)} may be out already. s looks for it.")
        self.voice.tell(await self.session.drop(view.key))

    async def _delete(self) -> None:
        view = self._freshen()
        if view.delete is None:
            raise Cannot("It is deleted already." if view.out else "It is not out, so there is nothing to delete.")
        if await self.voice.ask(f"{view.delete.sentence} y deletes it: ") == "y":
            self.voice.tell((await self.session.delete(view.delete)).sentence)
        else:
            self.voice.say("It stands.")

    async def _open(self) -> None:
        view = self._freshen()
        await ConversationPlace(self.voice, Spot(view.conversation, 0, view.message or None)).stay()
        self.voice.say(f"{spoken.title(view)}. a reads it again.")

    async def _address(self) -> None:
        self.voice.say(self._freshen().url or "There is no address for this.")
