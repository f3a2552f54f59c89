"""The life of a visit: starting, catching up, quitting; and the accounts."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from introvert_tui import plugins
from introvert_tui.adapter import Ask
from introvert_tui.engine import sentences
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.catch_up import together
from introvert_tui.engine.events import CatchUpEnded, Changed, Said
from introvert_tui.engine.session.acting import Acting
from introvert_tui.engine.views import AccountView, CatchUpReport
from introvert_tui.errors import AdapterError, Cannot, StoreError
from introvert_tui.store import accounts, messages, outbox, quiet, standing
from introvert_tui.store.records import Merged, OutboxRecord

_STOP_SECONDS = 0.1
_CLOSE_SECONDS = 1.0
_SIGN_OUT_SECONDS = 10.0


class Session(Acting):
    """One visit, as a front end has it."""

    _first: asyncio.Task[None] | None = None
    _catching_up: asyncio.Task[CatchUpReport] | None = None
    ended = False

    def start(self) -> None:
        """After the first frame: let what is on its way out move, and catch up in the background."""
        self.visit.begin()
        for record in accounts.every(self._db):
            self.networks.begin_sending(record.account.id)
        self._first = asyncio.get_running_loop().create_task(self._first_catch_up())

    async def _first_catch_up(self) -> None:
        try:
            await self.catch_up()
        except StoreError as problem:
            self.visit.tell(Said(str(problem)))

    async def catch_up(self) -> CatchUpReport:
        """Fetch all accounts side by side, or wait for the catch-up that runs; tells `CatchUpEnded` at the end."""
        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.get_running_loop().create_task(self._catch_up())
        return await asyncio.shield(self._catching_up)

    async def _catch_up(self) -> CatchUpReport:
        now = self.visit.clock.local().replace(tzinfo=None).isoformat(timespec="seconds")
        woken = await self._do(standing.wake, now)
        runs = [asyncio.wrap_future(self.networks.catch_up(record.account.id)) for record in accounts.every(self._db)]
        merged = await together(runs) | Merged(woken, woken)
        arrived = len(merged.arrived)
        self.visit.tell(Changed(merged.changed))
        self.visit.tell(CatchUpEnded(arrived))
        records = accounts.every(self._db)
        kinds = {record.trouble[0] for record in records if record.trouble}
        return CatchUpReport(
            self.accounts(), arrived, "signed-out" in kinds, bool(kinds - {"signed-out", "not-allowed"})
        )

    async def open(self, id: int) -> None:
        """Read a whole conversation from its server; tells `Changed`, or says why it could not."""
        newest = messages.of_conversation(self._db, id, 1)
        if not newest:
            return
        account = messages.account_of(self._db, newest[0].id)
        read = self.networks.read_thread(account, id, newest[0].message)
        try:
            merged = await guarded(asyncio.wrap_future(read), self.visit.waits.call, "The server")
        except AdapterError as problem:
            self.visit.tell(Said(f"This is what was known before: {problem}"))
        else:
            self.visit.tell(Changed(merged.changed | {id}))

    async def quit(self, send: bool, deadline: float = 2.0) -> str | None:
        """End the visit; with `send` what is held goes out first, within `deadline` seconds.

        Returns a sentence if something waits for the next visit.
        """
        for task in (self._first, self._catching_up):
            if task is not None and not task.done():
                task.cancel()
        if send and (outbox.pending(self._db, self.visit.id) or quiet.pending(self._db)):
            await self._do(outbox.hurry, self.visit.id, self._now())
            await self._do(quiet.hurry, self._now())
            with suppress(TimeoutError):
                await asyncio.wait_for(self.networks.drain(), deadline)
        rest = [record for record in outbox.pending(self._db, self.visit.id) if record.state != "sent"]
        sentence = self._about_the_rest(rest)
        self.ended = True
        self.networks.stop(_STOP_SECONDS)
        self.visit.end()
        self.visit.store.close(_CLOSE_SECONDS)
        return sentence

    def _about_the_rest(self, rest: list[OutboxRecord]) -> str | None:
        held = [record.name for record in rest if record.state == "held"]
        if held:
            return sentences.held_for_next_visit(held)
        if rest:
            label = plugins.label(accounts.one(self._db, rest[0].account).account.network)
            return sentences.waits_for_next_visit([record.name for record in rest], label)
        return None

    async def add_account(self, network: str, ask: Ask) -> AccountView:
        """Sign in. Raises `PluginError`, or an `AdapterError` whose sentence says what to do."""
        found = await plugins.load(network).sign_in(ask)
        secrets = self.networks.keychain.for_account(network, found.remote_id)
        secrets.replace(found.secrets)
        account = await self._do(accounts.add, network, found.origin, found.remote_id, found.handle, self._now())
        for note in (*found.notes, self.networks.keychain.notice):
            if note:
                await ask.say(note)
        return next(view for view in self.accounts() if view.id == account)

    async def remove_account(self, id: int, forget_conversations: bool) -> None:
        """Sign out, forget the secrets, and with `forget_conversations` what was said there."""
        if id not in {view.id for view in self.accounts()}:
            raise Cannot("There is no such account.")
        record = accounts.one(self._db, id)
        # Offline or signed out already: the session dies by itself, and here it is forgotten now.
        with suppress(AdapterError):
            await self.networks.call(id, lambda adapter: guarded(adapter.sign_out(), _SIGN_OUT_SECONDS, adapter.label))
        self.networks.keychain.for_account(record.account.network, record.account.remote_id).forget_all()
        await self._do(accounts.remove, id, forget_conversations, self._now())
