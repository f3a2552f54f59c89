"""A place in a plain visit: letters are typed there, and each does what it says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping

from introvert_tui.cli.plain_letters import NUMBER, Letter
from introvert_tui.cli.plain_voice import Quits, Voice, as_number
from introvert_tui.errors import Cannot, IntrovertError

Deed = Callable[[], Awaitable[None]]

_HELD_ON = ("undo", "again")
"""What may be typed without letting go what is held."""


class Place(ABC):
    """The inbox, or something beside it that one comes back from."""

    prompt = "> "
    empty = ""
    """What the empty line stands for."""
    letters: tuple[Letter, ...]

    def __init__(self, voice: Voice) -> None:
        self.voice, self.session = voice, voice.session
        self.over = False

    @abstractmethod
    async def begin(self) -> None:
        """Say where one is."""

    @abstractmethod
    def deeds(self) -> Mapping[str, Deed]:
        """What the letters do, by action id; what all places have is seen to here."""

    async def pick(self, number: int) -> None:
        """Do what a number means here."""
        raise Cannot("That is no number here.")

    async def stay(self) -> None:
        """Hear letters until one leads back. Raises `Quits` and `LinesEnd`."""
        await self._safely(self.begin)
        while not self.over:
            await self.hear(await self.voice.ask(self.prompt))

    async def hear(self, typed: str) -> None:
        """Do what was typed, or say why not."""
        typed = typed or self.empty
        number = as_number(typed)
        letter = next((one for one in self.letters if one.typed == (typed if number is None else NUMBER)), None)
        if typed == "?":
            self._explain()
        elif letter is None:
            self.voice.say("That is no letter here. Question mark lists them.")
        elif letter.does == "quit":
            raise Quits
        else:
            if letter.does not in _HELD_ON:
                await self._safely(self.voice.let_go)
            deed = self.all_deeds()[letter.does]
            await self._safely(deed if number is None else lambda: self.pick(number))

    def all_deeds(self) -> Mapping[str, Deed]:
        """What the letters do, with what all places have."""
        return {"open": self.begin, "again": self.begin, "back": self.back, "undo": self.take_back, **self.deeds()}

    def _explain(self) -> None:
        for one in self.letters:
            self.voice.say(f"{one.typed or 'The empty line'}: {one.meaning}.")

    async def _safely(self, deed: Deed) -> None:
        try:
            await deed()
        except IntrovertError as problem:
            self.voice.tell(str(problem))

    async def back(self) -> None:
        """Leave this place."""
        self.over = True

    async def take_back(self) -> None:
        """Take back the last thing."""
        await self.voice.take_back()
