"""What keeps a bad day out, as a front end sees it: closing the door, and letting go what came in a long absence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.engine.session.knowing import Knowing

if TYPE_CHECKING:
    from introvert_tui.engine.absence import Absence
    from introvert_tui.engine.closing import Spot, Way
    from introvert_tui.engine.distance import Distance
    from introvert_tui.engine.views import Outcome


class Guarding(Knowing):
    """All of it can be taken back, but for what blocking did."""

    def ways_to_close(self, spot: Spot | None) -> tuple[Way, ...]:
        """What closes the door there, as far as the network can do it; with no spot, everywhere."""
        from introvert_tui.engine import closing

        return closing.ways(self, spot)

    def company(self, conversation: int) -> str:
        """Say until when only people you know are heard in a conversation; empty where everybody is."""
        from introvert_tui.engine import closing

        return closing.line(self, conversation)

    async def only_known(self, conversation: int | None, on: bool = True) -> Distance:
        """Hear only people you know until tomorrow, in a conversation or (None) everywhere, or everybody again.

        It holds at once, offline too, and on no server.
        """
        from introvert_tui.engine import closing

        return await closing.only_known(self, conversation, on)

    async def limit_answers(self, spot: Spot) -> Outcome:
        """Let nobody new answer your thread that is answered or quoted there. Raises `Cannot` if that was not done."""
        from introvert_tui.engine import closing

        return await closing.gate(self, closing.Way.LIMIT_ANSWERS, spot)

    async def detach_quote(self, spot: Spot) -> Outcome:
        """Take your words out of a quote of you. Raises `Cannot` if that was not done."""
        from introvert_tui.engine import closing

        return await closing.gate(self, closing.Way.DETACH_QUOTE, spot)

    def absence(self) -> Absence | None:
        """What came in while you were away for long, where it is more than one wants to read and not decided about."""
        from introvert_tui.engine import absence

        return absence.absence(self)

    async def let_older_go(self, absence: Absence) -> Outcome:
        """Be done with all that came in an absence but for the newest, as one thing to take back."""
        from introvert_tui.engine.absence import let_older_go

        return await let_older_go(self, absence)

    async def keep_all(self, absence: Absence) -> None:
        """Let everything wait, and ask about this absence no more."""
        from introvert_tui.engine.absence import keep_all

        await keep_all(self, absence)
