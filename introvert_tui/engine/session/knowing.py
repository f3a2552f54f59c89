"""The people you know, as a front end sees them, and what one does about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.engine.session.keeping import Keeping

if TYPE_CHECKING:
    from introvert_tui.engine.acquaintances import Acquaintance, Card
    from introvert_tui.engine.distance import Distance
    from introvert_tui.engine.views import Composer, Namable, Named


class Knowing(Keeping):
    """Whatever id of a person is given, it stands for the human: for all profiles on the same card."""

    def people(self) -> tuple[Acquaintance, ...]:
        """Everybody you ever spoke with: first the familiar ones, whom you have not spoken to for longest on top."""
        from introvert_tui.engine import acquaintances

        return acquaintances.everybody(self)

    def person(self, id: int) -> Card:
        """Somebody's card. Raises `Cannot` if there is no such person."""
        from introvert_tui.engine import acquaintances

        return acquaintances.card(self, id)

    def who(self, conversation: int, shown: int, message: int | None = None) -> int:
        """The person who wrote a message, or, if that is none or yours, whom a hello there would answer.

        Raises `Cannot` where nobody is known.
        """
        from introvert_tui.engine import acquaintances

        return acquaintances.who(self, conversation, shown, message)

    def page(self, profile: int) -> str:
        """The address of one profile's page. Raises `Cannot` where there is none."""
        from introvert_tui.engine import acquaintances

        return acquaintances.page(self, profile)

    def greeting(self, person: int) -> Composer:
        """What is needed to answer the newest that somebody said. Raises `Cannot` where nothing can be answered."""
        from introvert_tui.engine import acquaintances

        return acquaintances.greeting(self, person)

    def namable(self, composer: Composer) -> tuple[Namable, ...]:
        """Everybody whom an answer can name and does not yet, the likeliest first.

        Raises `Cannot` if the network stumbles.
        """
        from introvert_tui.engine import naming

        return naming.namable(self, composer)

    def named(self, composer: Composer, words: str) -> tuple[Named, ...]:
        """Who is told of these words because they are named in them. Raises `Cannot` if the network stumbles."""
        from introvert_tui.engine import naming

        return naming.named(self, composer.account, composer.audience, words)

    async def note(self, person: int, text: str) -> None:
        """Your notes about somebody, in place of what they were."""
        from introvert_tui.engine import distance

        await distance.note(self, person, text)

    async def join(self, person: int, other: int) -> str:
        """Put two people who are the same human on one card, your notes of both on it; returns a sentence."""
        from introvert_tui.engine import distance

        return await distance.join(self, person, other)

    async def part(self, profile: int) -> str:
        """Take one profile off a card that it shares; returns a sentence. Raises `Cannot` if it shares none."""
        from introvert_tui.engine import distance

        return await distance.part(self, profile)

    async def mute_person(self, person: int, on: bool = True) -> Distance:
        """Let nothing that somebody says wait, or hear them again, which brings back what waited.

        It holds here at once, and on the servers when they can be told.
        """
        from introvert_tui.engine import distance

        return await distance.mute(self, person, on)

    async def block_person(self, person: int, on: bool = True) -> Distance:
        """Block somebody, after saving what they wrote to you to a file, or block them no more.

        What is on its way to them is taken back; of what may be out already that is said, and it is not sent again.
        Raises `Cannot`, with nobody blocked, if it cannot be saved.
        """
        from introvert_tui.engine import distance

        return await distance.block(self, person, on)
