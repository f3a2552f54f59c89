"""What is done in an open conversation: moving, showing what is hidden, following links, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.errors import Cannot

from .pages import links
from .picturing import Picturing

if TYPE_CHECKING:
    from .place import Deed
    from .screens.conversation import ConversationScreen


class FromConversation:
    """The actions that only a conversation has."""

    def __init__(self, place: ConversationScreen) -> None:
        self._place = place
        self._picturing = Picturing(place, place.is_folded)

    def by_id(self) -> dict[str, Deed]:
        """The methods, by action id."""
        return {
            "back": self.back,
            "unfold": self.unfold,
            "pictures": self._picturing.turn,
            "earlier": self.earlier,
            "newer": lambda: self._place.thread.slide(1),
            **{how: self._move(how) for how in ("down", "up", "first", "last", "page_down", "page_up")},
            **{f"link_{n}": self._link(n) for n in range(1, 10)},
        }

    def _move(self, how: str) -> Deed:
        async def deed() -> None:
            thread = self._place.thread
            match how:
                case "down":
                    thread.step(1)
                case "up":
                    thread.step(-1)
                case "first":
                    await thread.jump(0)
                case "last":
                    await thread.jump(-1)
                case "page_down":
                    thread.page(1)
                case "page_up":
                    thread.page(-1)

        return deed

    async def unfold(self) -> None:
        """What stands under a warning, or else what is folded at the cursor or before it."""
        place = self._place
        message = place.thread.here
        if message is not None and message.warning is not None:
            place.turn_warning(message.id)
            await self._picturing.hide(message.id)
            place.thread.redraw()
        elif not await place.thread.unfold():
            raise Cannot("Nothing is hidden in the message at the cursor, or before it.")

    async def earlier(self) -> None:
        """What is folded above the cursor, and then what lies beyond the window."""
        if not await self._place.thread.unfold():
            await self._place.thread.slide(-1)

    def links(self) -> tuple[str, ...]:
        """The links that can be read in the message at the cursor."""
        message = self._place.thread.here
        return () if message is None or self._place.is_folded(message) else links(message)

    def _link(self, number: int) -> Deed:
        async def deed() -> None:
            found, place = self.links(), self._place
            if number > len(found):
                raise Cannot("The message at the cursor has no link with that number.")
            url = found[number - 1]

            async def decided(answer: str | None) -> None:
                if answer == "enter":
                    await place.app.run_safely(place.outside.open(url))

            place.app.ask(f"This leads to {url}", [("enter", "open it"), ("esc", "stay here")], decided)

        return deed

    async def back(self) -> None:
        """To where one came from."""
        place = self._place
        if place.app.said == place.said_first:
            place.app.say("")  # it was about this conversation
        place.dismiss()
