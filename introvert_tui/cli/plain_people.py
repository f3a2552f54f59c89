"""People in a plain visit: somebody found by name, and what is on their card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from introvert_tui.cli import spoken
from introvert_tui.cli.plain_conversation import ConversationPlace
from introvert_tui.cli.plain_letters import ON_CARD
from introvert_tui.cli.plain_lists import Listing
from introvert_tui.cli.plain_place import Deed, Place
from introvert_tui.cli.plain_voice import one_of
from introvert_tui.cli.plain_writing import write
from introvert_tui.engine import sentences
from introvert_tui.engine.acquaintances import named
from introvert_tui.engine.closing import Spot
from introvert_tui.errors import Cannot
from introvert_tui.tui.faces import HEADINGS

if TYPE_CHECKING:
    from introvert_tui.cli.plain_voice import Voice
    from introvert_tui.engine.acquaintances import Acquaintance, Card, Profile


async def choose_somebody(
    voice: Voice,
    title: str,
    chosen: Callable[[int], Awaitable[None]],
    besides: Sequence[int] = (),
    once: bool = False,
) -> None:
    """Let somebody be found by their name; `once` ends with whoever was chosen."""
    session = voice.session
    typed = await voice.ask("The beginning of a name, or empty for everybody: ")

    def find() -> tuple[Acquaintance, ...]:
        return named([one for one in session.people() if one.id not in besides], typed)

    await Listing(
        voice,
        title,
        find,
        lambda one: spoken.person_line(one, voice.now(), session.accounts()),
        lambda one: chosen(one.id),
        "Nobody goes by that name here." if typed else "Nobody yet. Whoever speaks to you comes to be here.",
        lambda one: HEADINGS[one.circle],
        once,
    ).stay()


class CardPlace(Place):
    """One human, by all of their profiles; `person` is any of these."""

    letters = ON_CARD

    def __init__(self, voice: Voice, person: int) -> None:
        super().__init__(voice)
        self._person = person
        self._card = self.session.person(person)

    async def begin(self) -> None:
        card = self._freshen()
        for line in spoken.card_lines(card):
            self.voice.say(line)
        for number, one in enumerate(card.exchanges, 1):
            self.voice.say(f"{number}. {spoken.exchange_line(one, card.name, self.voice.now())}")
        if card.notes:
            self.voice.say(f"Your note: {card.notes}")

    def _freshen(self) -> Card:
        self._card = self.session.person(self._person)
        return self._card

    def deeds(self) -> Mapping[str, Deed]:
        return {
            "hello": self._hello,
            "note": self._note,
            "mute": self._mute,
            "block": self._block,
            "join": self._join,
            "part": self._part,
            "browser": self._page,
        }

    async def pick(self, number: int) -> None:
        one = self._card.exchanges[one_of(number, len(self._card.exchanges))]
        await ConversationPlace(self.voice, Spot(one.conversation, 0, one.message)).stay()
        self.voice.say(f"{self._card.name}. a reads it again.")

    async def _hello(self) -> None:
        """In the conversation of the newest that they said, as an answer to that."""
        composer = self.session.greeting(self._person)
        view = self.session.conversation(composer.conversation)
        for message in view.messages:
            if message.id == composer.message:
                for line in spoken.message_lines(message, self.voice.now(), hides=True):
                    self.voice.say(line)
        await write(self.voice, composer, reply=False)

    async def _note(self) -> None:
        notes = self._freshen().notes
        if not notes:
            line = await self.voice.ask("Your note, in a line, or empty: ")
        else:
            self.voice.say(f"Your note: {notes}")
            line = await self.voice.ask("A line to add, d forgets the note, or empty: ")
        if not line:
            self.voice.say("Your note stays as it was." if notes else "Nothing was noted.")
        elif notes and line == "d":
            await self.session.note(self._person, "")
            self.voice.say("The note is forgotten.")
        else:
            await self.session.note(self._person, f"{notes}\n{line}" if notes else line)
            self.voice.say("Noted.")

    async def _mute(self) -> None:
        done = await self.session.mute_person(self._person, not self._freshen().muted)
        self.voice.tell(done.sentence)

    async def _block(self) -> None:
        card = self._freshen()
        if card.blocked:
            question = f"Unblock {card.name}? y unblocks them: "
        else:
            question = f"{sentences.block(card.name, [one.label for one in card.profiles])} y blocks them: "
        if await self.voice.ask(question) == "y":
            self.voice.tell((await self.session.block_person(self._person, not card.blocked)).sentence)
        else:
            self.voice.say(f"{card.name} stays blocked." if card.blocked else "Nobody was blocked.")

    async def _join(self) -> None:
        card = self._freshen()

        async def chosen(other: int) -> None:
            self.voice.tell(await self.session.join(self._person, other))

        profiles = [one.id for one in card.profiles]
        # Nothing is lost by a wrong one: S takes it off again.
        await choose_somebody(self.voice, f"Who else is {card.name}?", chosen, profiles, once=True)

    async def _part(self) -> None:
        card = self._freshen()
        if len(card.profiles) == 1:
            raise Cannot("Nobody else is on this card. s adds another of their profiles.")
        profile = await self._profile()
        if profile is None:
            self.voice.say("The card stays as it was.")
            return
        said = await self.session.part(profile.id)
        if profile.id == self._person:
            self._person = next(one.id for one in card.profiles if one.id != profile.id)
        self.voice.tell(said)

    async def _page(self) -> None:
        if (profile := await self._profile()) is not None:
            self.voice.say(self.session.page(profile.id))

    async def _profile(self) -> Profile | None:
        """Their only profile, or the one that is chosen, if one is."""
        profiles = self._freshen().profiles
        if len(profiles) == 1:
            return profiles[0]
        for number, one in enumerate(profiles, 1):
            self.voice.say(f"{number}. {spoken.profile_line(one)}")
        chosen = await self.voice.number("Which of their profiles, or empty to cancel: ", len(profiles))
        return profiles[chosen - 1] if chosen is not None else None
