"""The first and the last things of a visit: catching up, and quitting."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from introvert_tui import plugins
from introvert_tui.engine import sentences
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.catch_up import together
from introvert_tui.engine.events import CatchUpEnded, Changed, Said
from introvert_tui.engine.session.reading import Reading
from introvert_tui.engine.views import CatchUpReport
from introvert_tui.errors import AdapterError
from introvert_tui.store import accounts, messages, outbox, quiet, standing
from introvert_tui.store.merge import Merged
from introvert_tui.store.outbox import OutboxRecord

_STOP_SECONDS = 0.1
_CLOSE_SECONDS = 1.0


async def catch_up(session: Reading) -> CatchUpReport:
    """Fetch all accounts side by side; tells `CatchUpEnded` at the end."""
    now = session.visit.clock.local().replace(tzinfo=None).isoformat(timespec="seconds")
    woken = await session.visit.store.do(standing.wake, now)
    runs = [asyncio.wrap_future(session.networks.catch_up(record.id)) for record in accounts.every(session.db)]
    merged = await together(runs) | Merged(woken, woken)
    arrived = len(merged.arrived)
    session.visit.tell(Changed(merged.changed))
    session.visit.tell(CatchUpEnded(arrived))
    kinds = {record.trouble[0] for record in accounts.every(session.db) if record.trouble}
    return CatchUpReport(
        session.accounts(), arrived, "signed-out" in kinds, bool(kinds - {"signed-out", "not-allowed"})
    )


async def open_conversation(session: Reading, id: int) -> None:
    """Read a whole conversation from its server; tells `Changed`, or says why it could not."""
    newest = messages.of_conversation(session.db, id, 1)
    if not newest:
        return
    account = messages.account_of(session.db, newest[0].id)
    read = session.networks.read_thread(account, id, newest[0].message)
    try:
        merged = await guarded(asyncio.wrap_future(read), session.visit.waits.call, "The server")
    except AdapterError as problem:
        session.visit.tell(Said(f"This is what was known before: {problem}"))
    else:
        session.visit.tell(Changed(merged.changed | {id}))


async def quit_visit(session: Reading, send: bool, deadline: float) -> str | None:
    """Let go out what is held, if `send`, within `deadline` seconds; close everything; say what waits."""
    visit = session.visit
    if send and (outbox.pending(session.db, visit.id) or quiet.pending(session.db)):
        await visit.store.do(outbox.hurry, visit.id, session.now())
        await visit.store.do(quiet.hurry, session.now())
        with suppress(TimeoutError):
            await asyncio.wait_for(session.networks.drain(), deadline)
    sentence = _about_the_rest(session, outbox.pending(session.db, visit.id))
    session.networks.stop(_STOP_SECONDS)
    visit.end()
    visit.store.close(_CLOSE_SECONDS)
    return sentence


def _about_the_rest(session: Reading, pending: tuple[OutboxRecord, ...]) -> str | None:
    rest = [record for record in pending if record.state != "sent"]
    held = [record.name for record in rest if record.state == "held"]
    if held:
        return sentences.held_for_next_visit(held)
    if rest:
        label = plugins.label(accounts.one(session.db, rest[0].account).network)
        return sentences.waits_for_next_visit([record.name for record in rest], label)
    return None
