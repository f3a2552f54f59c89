"""What can be done about somebody, from their card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.content import Content

from introvert_tui.engine import sentences
from introvert_tui.errors import Cannot

from .actions import first_key
from .deeds import Deeds, answer_where_it_is

if TYPE_CHECKING:
    from introvert_tui.engine.acquaintances import Card, Profile
    from introvert_tui.engine.distance import Distance

    from .app import IntrovertApp
    from .place import Deed
    from .screens.person import PersonScreen


def ask_to_block(app: IntrovertApp, card: Card, done: Callable[[Distance], Awaitable[None]]) -> None:
    """Ask whether to block somebody, or to unblock them; `done` is told what came of a yes."""
    on = not card.blocked
    if on:
        sentence = sentences.block(card.name, [one.label for one in card.profiles])
        choices = [("y", "block them"), ("n", "don't")]
    else:
        sentence, choices = f"Unblock {card.name}?", [("y", "unblock them"), ("n", "leave it so")]

    async def decided(answer: str | None) -> None:
        if answer == "y":
            await app.run_safely(decide())

    async def decide() -> None:
        await done(await app.session.block_person(card.id, on))

    app.ask(sentence, choices, decided)


class FromCard:
    """The actions that only a card has, and the way from it to their pages and conversations."""

    def __init__(self, place: PersonScreen) -> None:
        self._place = place
        self._note_before = self._said_of_note = ""

    def by_id(self) -> dict[str, Deed]:
        """The methods, by action id."""
        return {
            "open": self.open,
            "hello": self.hello,
            "note": self.note,
            "undo": self.undo,
            "mute": self.mute,
            "block": self.block,
            "join": self.join,
            "part": self.part,
            "browser": lambda: self._with_profile(self._browse),
            "copy": lambda: self._with_profile(self._copy),
        }

    async def open(self) -> None:
        from .screens.conversation import ConversationScreen

        if (one := self._place.selected) is not None:
            await self._place.app.push_screen(ConversationScreen(one.conversation, one.message))

    async def hello(self) -> None:
        """In the conversation of the newest that they said, as an answer to that."""
        app = self._place.app
        await answer_where_it_is(app, app.session.greeting(self._place.person))

    async def note(self) -> None:
        self._place.note.begin()

    def noted(self, before: str) -> None:
        """The note says something else than `before`: tell the way back to that."""
        app = self._place.app
        app.say(f"Your note is kept · {first_key('undo', app.keymap_of_user)} takes it back")
        self._note_before, self._said_of_note = before, app.said

    async def undo(self) -> None:
        """Bring back the note as it was, for as long as that is told; else the last thing that was done anywhere."""
        place = self._place
        if not self._said_of_note or place.app.said != self._said_of_note:
            await Deeds(place).undo()
            return
        await place.app.session.note(place.person, self._note_before)
        place.read()
        place.app.say("Taken back: your note is as it was.")

    async def mute(self) -> None:
        place, on = self._place, not self._place.card.muted
        done = await place.app.session.mute_person(place.person, on)
        if on:
            key = first_key("mute", place.app.keymap_of_user)
            done = done._replace(sentence=f"{done.sentence.rstrip('.')} · {key} lets them be heard again")
        await place.keep(done)

    async def block(self) -> None:
        ask_to_block(self._place.app, self._place.card, self._place.keep)

    async def join(self) -> None:
        from .screens.people import PeopleScreen

        place = self._place
        besides = frozenset(one.id for one in place.card.profiles)

        async def chosen(other: int) -> None:
            sentence = await place.app.session.join(place.person, other)
            place.read()
            place.app.say(sentence)

        await place.app.push_screen(PeopleScreen(f"Who else is {place.card.name}?", chosen, besides))

    async def part(self) -> None:
        if len(self._place.card.profiles) == 1:
            key = first_key("join", self._place.app.keymap_of_user)
            raise Cannot(f"Nobody else is on this card. {key} adds another of their profiles.")
        await self._with_profile(self._part)

    async def _part(self, profile: Profile) -> None:
        place = self._place
        sentence = await place.app.session.part(profile.id)
        if profile.id == place.person:
            place.person = next(one.id for one in place.card.profiles if one.id != profile.id)
        place.read()
        place.app.say(sentence)

    async def _browse(self, profile: Profile) -> None:
        await self._place.outside.open(self._place.app.session.page(profile.id))

    async def _copy(self, profile: Profile) -> None:
        self._place.outside.copy_url(self._place.app.session.page(profile.id))

    async def _with_profile(self, deed: Callable[[Profile], Awaitable[None]]) -> None:
        """Do it with their only profile, or with the one that is chosen."""
        from .screens.asking import Menu

        app, profiles = self._place.app, self._place.card.profiles
        if len(profiles) == 1:
            await deed(profiles[0])
            return

        async def chosen(id: str | None) -> None:
            if id is not None:
                await app.run_safely(deed(next(one for one in profiles if str(one.id) == id)))

        choices = [(str(one.id), Content(f"@{one.handle} on {one.label}")) for one in profiles]
        await app.push_screen(Menu(choices, Content("Which of their profiles?")), chosen)
