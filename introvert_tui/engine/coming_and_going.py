"""The first and the last things of a visit: catching up, and quitting."""

from __future__ import annotations

import asyncio
import logging
import time

from introvert_tui import plugins
from introvert_tui.engine import absence, sentences
from introvert_tui.engine.calm import on_the_wall
from introvert_tui.engine.events import Changed, Said
from introvert_tui.engine.session.reading import Reading
from introvert_tui.engine.views import CatchUpReport
from introvert_tui.errors import IntrovertError, StoreError
from introvert_tui.model import DraftKind
from introvert_tui.store import accounts, company, messages, outbox, outgoing, quiet, standing
from introvert_tui.store.merge import Merged
from introvert_tui.store.outgoing import OutboxRecord

log = logging.getLogger(__name__)
_STOP_SECONDS = 0.1
_CLOSE_SECONDS = 0.3
"""What closing the database gets of the time for quitting, and always at least this."""


async def wake(session: Reading) -> Merged:
    """Bring back what was put off until now, and who was not to be heard until now, by the clock on the wall."""
    store, local = session.visit.store, on_the_wall(session.visit.clock.local())
    put_off = Merged(*await store.do(standing.wake, local))
    return put_off | await store.do(company.wake, local, session.now())


async def keep_waking(session: Reading) -> None:
    """Bring back what was put off, each at its time, for as long as the visit lasts.

    It looks again and again: the machine may sleep, its clock may be set, and the person may travel in between.
    """
    while True:
        await asyncio.sleep(session.visit.waits.wake)
        try:
            woken = await wake(session)
        except StoreError:
            log.info("nothing could be brought back", exc_info=True)
            continue
        if woken.changed:
            session.visit.tell(Changed(woken.changed))


async def catch_up(session: Reading) -> CatchUpReport:
    """Fetch all accounts side by side but for those that rest; tells `Changed` at the end."""
    merged = await wake(session)
    runs = [_one_account(session, view.id) for view in session.accounts() if view.rests is None]
    for one in await asyncio.gather(*runs):
        merged |= one
    await absence.forget_if_few(session)
    return _told(session, merged)


async def catch_up_also(session: Reading, account: int, running: asyncio.Task[CatchUpReport] | None) -> CatchUpReport:
    """Fetch an account that has just come, beside a catch-up that knows nothing of it and ends when it ends."""
    try:
        merged = await _one_account(session, account)
    except StoreError as problem:
        session.visit.tell(Said(str(problem)))
        merged = Merged()
    await absence.forget_if_few(session)
    report = _told(session, merged)
    if running is not None:
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError:
            running.cancel()
            raise
    return report


def _told(session: Reading, merged: Merged) -> CatchUpReport:
    arrived = len(merged.arrived)
    session.visit.tell(Changed(merged.changed))
    session.visit.tell(Changed(frozenset()))
    kinds = {record.trouble[0] for record in accounts.every(session.db) if record.trouble}
    return CatchUpReport(
        session.accounts(), arrived, "signed-out" in kinds, bool(kinds - {"signed-out", "not-allowed"})
    )


async def _one_account(session: Reading, account: int) -> Merged:
    """Fetch one account; whatever is wrong with it is its own trouble, and costs the others nothing."""
    try:
        return await asyncio.wrap_future(session.networks.catch_up(account))
    except StoreError:
        raise
    except asyncio.CancelledError:
        if (ours := asyncio.current_task()) is None or ours.cancelling():
            raise
        return Merged()  # it was signed out meanwhile, or signed in anew and is caught up by that
    except IntrovertError as problem:
        kind, sentence = "not-allowed", str(problem)
    except Exception:
        log.exception("a catch-up broke")
        label = plugins.label(accounts.one(session.db, account).network)
        kind, sentence = "unavailable", f"{label} answered something this program does not understand."
    await session.visit.store.do(accounts.troubled, account, kind, sentence)
    return Merged()


async def open_conversation(session: Reading, id: int) -> None:
    """Read a whole conversation from its server; tells `Changed`, or says why it could not."""
    newest = messages.of_conversation(session.db, id, 1)
    if not newest:
        return
    account = messages.account_of(session.db, newest[0].id)
    read = session.networks.read_thread(account, newest[0].message)
    try:
        merged = await asyncio.wrap_future(read)
    except IntrovertError as problem:
        session.visit.tell(Said(f"You see what was here before: {problem}"))
    else:
        session.visit.tell(Changed(merged.changed | {id}))


async def quit_visit(session: Reading, send: bool, deadline: float) -> str | None:
    """Let go out what is held, if `send`, within `deadline` seconds; close everything; say what waits."""
    visit = session.visit
    visit.ending = True
    ends = time.monotonic() + deadline
    trouble = None
    try:
        if send and (outgoing.pending(session.db, visit.id) or quiet.pending(session.db)):
            trouble = await _send_the_rest(session, max(deadline / 2, deadline - _CLOSE_SECONDS - _STOP_SECONDS))
        pending = outgoing.pending(session.db, visit.id)
        told = (trouble, _about_the_rest(session, pending), _about_threads(session, pending))
        return " ".join(sentence for sentence in told if sentence) or None
    finally:
        session.networks.stop(_STOP_SECONDS)
        visit.end()
        visit.store.close(_CLOSE_SECONDS if trouble else max(_CLOSE_SECONDS, ends - time.monotonic()))


async def _send_the_rest(session: Reading, seconds: float) -> str | None:
    """Send what can go now; if the database does not even take that it is to go, say why."""
    store, trouble = session.visit.store, "Another program kept the database busy."
    try:
        async with asyncio.timeout(seconds):
            await store.do(outbox.hurry, session.visit.id, session.now())
            await store.do(quiet.hurry, session.now())
            trouble = ""
            session.networks.nudge()
            await session.networks.drain()
    except StoreError as problem:
        trouble = str(problem)
    except TimeoutError:
        log.info("not everything went out in time")
    return trouble or None


def _about_threads(session: Reading, pending: tuple[OutboxRecord, ...]) -> str | None:
    """What is out, and whose thread was to be left and is not yet."""
    sent = [record for record in pending if record.state == "sent"]
    unleft = [record.name for record in sent if outgoing.is_to_be_left(session.db, record)]
    return sentences.not_left_yet(unleft, "at your next visit") if unleft else None


def _about_the_rest(session: Reading, pending: tuple[OutboxRecord, ...]) -> str:
    """What is to be said of that which has not gone out; of each account why, as far as its server said."""
    rest = [record for record in pending if record.state != "sent"]
    held = [(record.draft.kind, record.name) for record in rest if record.state == "held"]
    unclear = [(record.draft.kind, record.name) for record in rest if record.state != "held" and record.perhaps_out]
    said = [sentences.held_for_next_visit(held)] if held else []
    said += [sentences.looked_for_next_visit(unclear)] if unclear else []
    waiting: dict[int, list[tuple[DraftKind, str]]] = {}
    for record in rest:
        if record.state != "held" and not record.perhaps_out:
            waiting.setdefault(record.account, []).append((record.draft.kind, record.name))
    for account, which in waiting.items():
        its = accounts.one(session.db, account)
        said.append(sentences.waits_for_next_visit(which, plugins.label(its.network), *(its.trouble or ())))
    return " ".join(said)
