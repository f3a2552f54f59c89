"""The life of a visit, and everything that a person does in it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from introvert_tui.engine.inbox import AccountView
from introvert_tui.engine.session.guarding import Guarding
from introvert_tui.store import accounts

if TYPE_CHECKING:
    from introvert_tui.adapter import Ask
    from introvert_tui.engine.views import CatchUpReport, Composer, DeleteOffer, Later, Outcome, SendReport, Unsettled
    from introvert_tui.model import Attachment


class Session(Guarding):
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
        self.networks.sends = True
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
        """Fetch all accounts side by side, or wait for the catch-up that runs; tells `Changed` at the end."""
        from introvert_tui.engine import coming_and_going

        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.get_running_loop().create_task(coming_and_going.catch_up(self))
        return await asyncio.shield(self._catching_up)

    @property
    def is_catching_up(self) -> bool:
        """Whether the servers are being asked just now."""
        return self._catching_up is not None and not self._catching_up.done()

    async def open(self, id: int) -> None:
        """Read a whole conversation from its server; tells `Changed`, or says why it could not."""
        from introvert_tui.engine import coming_and_going

        await coming_and_going.open_conversation(self, id)

    async def picture(self, message: int, attachment: Attachment) -> bytes:
        """Fetch a picture of a message, at most 8 MB of it. Raises `Cannot` with a sentence about why not."""
        from introvert_tui.engine import pictures

        return await pictures.picture(self, message, attachment)

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

    def pitch_in(self, text: str) -> str:
        """A sentence about what in a text sells something, for one gentle question; empty if nothing does."""
        from introvert_tui.engine import pitch

        found = pitch.reads_like_a_pitch(text, self.settings.pitches)
        return pitch.remark(found) if found else ""

    async def hello(self, composer: Composer, text: str) -> Outcome:
        """Say hi and leave: held first, so that it can be taken back."""
        from introvert_tui.engine import acting

        return await acting.hello(self, composer, text)

    async def reply(self, composer: Composer, text: str) -> Outcome:
        """Reply and stay; whoever of those who wait there is named in the text is answered, too."""
        from introvert_tui.engine import acting

        return await acting.reply(self, composer, text)

    async def reach(self, address: str) -> Composer:
        """Read the post at a web address, to say hello to whoever wrote it. Raises `Cannot`."""
        from introvert_tui.engine import reaching

        return await reaching.reach(self, address)

    async def keep_words(self, composer: Composer, text: str) -> Composer:
        """Keep what is written so far, blank words being forgotten; go on with the composer that comes back."""
        from introvert_tui.engine import acting

        return await acting.keep_words(self, composer, text)

    async def let_go(self) -> None:
        """End the holds of this visit: what was written and nodded goes out now."""
        from introvert_tui.store import outbox, quiet

        for record in accounts.every(self.db):
            self.networks.begin_sending(record.id)
        await self.visit.store.do(outbox.hurry, self.visit.id, self.now())
        await self.visit.store.do(quiet.hurry, self.now())
        self.networks.nudge()

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

    async def bring_back(self, id: int) -> Outcome:
        """Let what was put off wait again, before its time. Raises `Cannot` if it is not put off."""
        from introvert_tui.engine import acting

        return await acting.bring_back(self, id)

    async def rejoin(self, id: int) -> Outcome:
        """Take part again in a conversation that was left."""
        from introvert_tui.engine import acting

        return await acting.rejoin(self, id)

    async def undo(self) -> Outcome:
        """Take back the last thing; for a hello that is out, offer to delete it."""
        from introvert_tui.engine import acting

        return await acting.undo(self)

    def undo_asks_server(self) -> bool:
        """Whether `undo` would wait for a server's answer."""
        from introvert_tui.engine import acting

        return acting.undo_asks_server(self)

    async def delete(self, offer: DeleteOffer) -> Outcome:
        """Delete a message that is out."""
        from introvert_tui.engine import acting

        return await acting.delete(self, offer)

    async def decide(self, question: Unsettled, send: bool) -> Outcome:
        """Send what was asked about, or keep its words and do not send."""
        from introvert_tui.engine import acting

        return await acting.decide(self, question, send)

    async def send_unsent(self, keys: Collection[str], deadline: float = 60.0) -> SendReport:
        """Send now what would go out with a visit, within `deadline` seconds: each message tried once, after a look.

        What is asked about first (`OutgoingView.question`) goes out if its key is in `keys`. Raises `Cannot` if one of
        those is held by a visit that is open; nothing is sent then.
        """
        from introvert_tui.engine import unsent

        return await unsent.send(self, keys, deadline)

    async def reword(self, key: str, text: str) -> str:
        """Give a message that certainly did not go out other words; returns a sentence.

        Raises `Cannot`, the message as it was, if they are empty, the same or too long, or if it may be out.
        """
        from introvert_tui.engine import unsent

        return await unsent.reword(self, key, text)

    async def drop(self, key: str) -> str:
        """Take a message back that is not on the wire, and keep its words in the conversation; returns a sentence."""
        from introvert_tui.engine import unsent

        return await unsent.drop(self, key)

    async def add_account(self, network: str, ask: Ask) -> AccountView:
        """Sign in; in a visit that has started, the account is caught up for the first time at once.

        Raises `PluginError`, or an `AdapterError` whose sentence says what to do. Cancelling it keeps nothing.
        """
        from introvert_tui.engine import coming_and_going, signing

        account = await signing.add_account(self, network, ask)
        if self._first is not None:
            catching_up = coming_and_going.catch_up_also(self, account.id, self._catching_up)
            self._catching_up = asyncio.get_running_loop().create_task(catching_up)
        return account

    async def rest(self, id: int, until: str) -> str:
        """Let an account rest until a day, named in words; returns a sentence. Raises `Cannot` for other words."""
        from introvert_tui.engine import resting
        from introvert_tui.engine.events import Changed

        local = self.visit.clock.local()
        await self.visit.store.do(accounts.rest, id, resting.rest_until(until, local))
        self.visit.tell(Changed(frozenset()))
        return next(view.rests or "" for view in self.accounts() if view.id == id)

    async def rouse(self, id: int) -> None:
        """End the rest of an account; the next catch-up asks it again."""
        from introvert_tui.engine.events import Changed

        await self.visit.store.do(accounts.rest, id, None)
        self.visit.tell(Changed(frozenset()))

    async def remove_account(self, id: int, forget_conversations: bool) -> tuple[str, ...]:
        """Sign out, forget the secrets, and with `forget_conversations` what was said there.

        Returns sentences: that it is done, and what was on its way out of the account and will not go out.
        """
        from introvert_tui.engine import signing

        return await signing.remove_account(self, id, forget_conversations)
