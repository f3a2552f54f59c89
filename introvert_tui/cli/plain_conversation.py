"""One conversation beside the inbox of a plain visit: from a list, from somebody's card, or found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from introvert_tui.cli import spoken
from introvert_tui.cli.plain_letters import AT_LEFT, Letter
from introvert_tui.cli.plain_place import Deed, Place
from introvert_tui.cli.plain_talk import Talk, message_at
from introvert_tui.engine.closing import Spot
from introvert_tui.engine.inbox import State
from introvert_tui.text import clean

if TYPE_CHECKING:
    from introvert_tui.cli.plain_voice import Voice


class ConversationPlace(Place):
    """It stays the same one, whatever is done there."""

    def __init__(self, voice: Voice, spot: Spot, letters: tuple[Letter, ...] = AT_LEFT) -> None:
        super().__init__(voice)
        self._spot = spot
        self.letters = letters
        self._talk = Talk(voice, lambda: self._spot, self._settled)

    async def begin(self) -> None:
        self._read(hides=True)

    def deeds(self) -> Mapping[str, Deed]:
        return {**self._talk.by_id(), "unfold": self._unfold}

    async def _unfold(self) -> None:
        message = message_at(self.session.conversation(self._spot.conversation), self._spot.message)
        if message is None or message.warning is None:
            self.voice.say("Nothing is hidden here.")
        else:
            self._read(hides=False)

    def _read(self, hides: bool) -> None:
        view = self.session.conversation(self._spot.conversation)
        self._spot = self._spot._replace(shown=view.shown)
        self.voice.say(spoken.heading(view, self.session.accounts()))
        if view.state is State.LEFT:
            self.voice.say("You left this.")
        if view.state is State.LATER:
            self.voice.say("You put this off.")
        if view.note:
            self.voice.say(spoken.sentence(view.note))
        if (message := message_at(view, self._spot.message)) is not None:
            for line in spoken.message_lines(message, self.voice.now(), hides):
                self.voice.say(line)
            if hides and message.warning is not None and message.gone is None:
                self.voice.say("v reads it.")
        if view.kept:
            self.voice.say(f"Kept: {clean(view.kept)}")

    async def _settled(self, left_inbox: bool, said: str) -> None:
        if said:
            self.voice.say(said)
