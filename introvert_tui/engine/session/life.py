"""The life of a visit, and everything that a person does in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from introvert_tui.engine.inbox import AccountView
from introvert_tui.engine.session.reading import Reading
from introvert_tui.store import accounts

if TYPE_CHECKING:
    from introvert_tui.adapter import Ask
    from introvert_tui.engine.views import CatchUpReport, Composer, DeleteOffer, Later, Outcome, Question


class Session(Reading):
    """One visit, as a front end has it.

    Acting methods return when what they did is on disk, and raise `Cannot` with a sentence where it makes no sense, or
    `StoreError`. `shown` is the newest message the person had before them (`InboxRow.shown`, `ConversationView.shown`).
    """

    ended = False
    _first: asyncio.Task[None] | None = None
    _waking: asyncio.Task[None] | None = None
    _catching_up: asyncio.Task[CatchUpReport] | None = None

    def start(self) -> None:
        """After the first frame: let what is on its way out move, and catch up in the background."""
        from introvert_tui.engine import coming_and_going

        self.visit.begin()
        for record in accounts.every(self.db):
            self.networks.begin_sending(record.id)
        loop = asyncio.get_running_loop()
        self._first = loop.create_task(self._first_catch_up())
        self._waking = loop.create_task(coming_and_going.keep_waking(self))

    async def _first_catch_up(self) -> None:
        from introvert_tui.engine.events import Said
        from introvert_tui.errors import StoreError

        try:
            await self.catch_up()
        except StoreError as problem:
            self.visit.tell(Said(str(problem)))

    async def wake(self) -> None:
        """Bring back what was put off until now; `start` and `catch_up` see to it by themselves."""
        from introvert_tui.engine import coming_and_going

        await coming_and_going.wake(self)

    async def catch_up(self) -> CatchUpReport:
        """Fetch all accounts side by side, or wait for the catch-up that runs; tells `CatchUpEnded` at the end."""
        from introvert_tui.engine import coming_and_going

        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.get_running_loop().create_task(coming_and_going.catch_up(self))
        return await asyncio.shield(self._catching_up)

    async def open(self, id: int) -> None:
        """Read a whole conversation from its server; tells `Changed`, or says why it could not."""
        from introvert_tui.engine import coming_and_going

        await coming_and_going.open_conversation(self, id)

    async def quit(self, send: bool, deadline: float = 2.0) -> str | None:
        """End the visit; with `send` what is held goes out first, within `deadline` seconds.

        Returns a sentence if something waits for the next visit.
        """
        from introvert_tui.engine import coming_and_going

        self.ended = True
        for task in (self._first, self._waking, self._catching_up):
            if task is not None and not task.done():
                task.cancel()
        return await coming_and_going.quit_visit(self, send, deadline)

    async def hello(self, composer: Composer, text: str) -> Outcome:
        """Say hi and leave: held first, so that it can be taken back."""
        from introvert_tui.engine import acting

        return await acting.hello(self, composer, text)

    async def reply(self, composer: Composer, text: str, naming: Sequence[str] = ()) -> Outcome:
        """Reply and stay; `naming` are handles of others who wait there and are named in the text."""
        from introvert_tui.engine import acting

        return await acting.reply(self, composer, text, naming)

    async def keep_words(self, composer: Composer, text: str) -> None:
        """Keep what is written so far; blank words are forgotten."""
        from introvert_tui.engine import acting

        await acting.keep_words(self, composer, text)

    async def nod(self, id: int, shown: int) -> Outcome:
        """Like the newest message said to you, and be done."""
        from introvert_tui.engine import acting

        return await acting.nod(self, id, shown)

    async def done(self, id: int, shown: int) -> Outcome:
        """Read, and nothing to say."""
        from introvert_tui.engine import acting

        return await acting.done(self, id, shown)

    async def leave(self, id: int) -> Outcome:
        """Leave without a word, for good; the server is told to keep the thread quiet."""
        from introvert_tui.engine import acting

        return await acting.leave(self, id)

    async def later(self, id: int, when: Later, reason: str = "") -> Outcome:
        """Put off, with a reason in a few words if there is one."""
        from introvert_tui.engine import acting

        return await acting.later(self, id, when, reason)

    async def rejoin(self, id: int) -> Outcome:
        """Take part again in a conversation that was left."""
        from introvert_tui.engine import acting

        return await acting.rejoin(self, id)

    async def undo(self) -> Outcome:
        """Take back the last thing; for a hello that is out, offer to delete it."""
        from introvert_tui.engine import acting

        return await acting.undo(self)

    async def delete(self, offer: DeleteOffer) -> Outcome:
        """Delete a message that is out."""
        from introvert_tui.engine import acting

        return await acting.delete(self, offer)

    async def decide(self, question: Question, send: bool) -> Outcome:
        """Send what was asked about, or keep its words and do not send."""
        from introvert_tui.engine import acting

        return await acting.decide(self, question, send)

    async def add_account(self, network: str, ask: Ask) -> AccountView:
        """Sign in. Raises `PluginError`, or an `AdapterError` whose sentence says what to do."""
        from introvert_tui.engine import signing

        return await signing.add_account(self, network, ask)

    async def remove_account(self, id: int, forget_conversations: bool) -> tuple[str, ...]:
        """Sign out, forget the secrets, and with `forget_conversations` what was said there.

        Returns sentences about what was on its way out of the account and will not go out.
        """
        from introvert_tui.engine import signing

        return await signing.remove_account(self, id, forget_conversations)
