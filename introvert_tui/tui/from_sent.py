"""What can be done about a message of yours: trying it now, taking it back, deleting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.engine.views import Outcome
from introvert_tui.errors import Cannot

from .actions import first_key
from .deeds import Deeds
from .sent_rows import stands, title

if TYPE_CHECKING:
    from introvert_tui.engine.sent import SentView

    from .place import Deed
    from .screens.sent import SentScreen


class FromSent:
    """The actions that only the list of what you sent has."""

    def __init__(self, place: SentScreen) -> None:
        self._place = place

    def by_id(self) -> dict[str, Deed]:
        """The methods, by action id."""
        return {"send": self.send, "drop": self.drop, "delete": self.delete}

    def _selected(self) -> SentView:
        """The message under the cursor, as it stands by now."""
        place = self._place
        place.refill()
        if place.selected is None:
            raise Cannot("There is no message at the cursor.")
        return place.selected

    def _key(self, id: str) -> str:
        return first_key(id, self._place.app.keymap_of_user)

    async def send(self) -> None:
        """Try it now; what is asked about goes out only after a yes."""
        view = self._selected()
        if not view.moves:
            raise Cannot(self._nothing_moves(view))
        if view.question is None:
            self._try(view)
            return

        async def decided(answer: str | None) -> None:
            if answer == "y":
                self._try(view)

        self._place.app.ask(view.question, [("y", "send it"), ("n", "not now")], decided)

    def _try(self, view: SentView) -> None:
        app = self._place.app
        app.say("Trying.")
        app.beside(self._tried(view))

    async def _tried(self, view: SentView) -> None:
        place, session = self._place, self._place.app.session
        await session.send_unsent([view.key])
        if place.is_attached:
            place.refill()
        now = next((one for one in session.sent() if one.key == view.key), None)
        if now is not None:
            place.app.say(f"{title(now)}: {stands(now)}")

    async def drop(self) -> None:
        """Send nothing, and keep the words in the conversation."""
        view, place = self._selected(), self._place
        if view.lost:
            raise Cannot(f"{title(view)} may be out already. {self._key('send')} looks for it.")
        if not view.moves:
            raise Cannot(self._nothing_moves(view))
        sentence = await place.app.session.drop(view.key)
        await place.settle(Outcome(sentence, False, conversation=view.conversation), view.conversation)
        place.app.say(sentence)

    async def delete(self) -> None:
        """Delete what is out, after asking."""
        view = self._selected()
        if view.delete is None:
            raise Cannot("It is deleted already." if view.out else "It is not out, so there is nothing to delete.")
        Deeds(self._place).ask_to_delete(view.delete, view.conversation)

    def _nothing_moves(self, view: SentView) -> str:
        if view.delete is not None:
            return f"{title(view)} is out already. {self._key('delete')} deletes it."
        return f"{title(view)} goes nowhere any more; {self._key('reply')} opens words that are kept there."
