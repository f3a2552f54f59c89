"""Putting off until later: it returns at its time, which is that of the clock on the wall where one is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from introvert_tui.engine.clock import Clock, Waits
from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Later

from .conftest import Town

BERLIN, NEW_YORK, SANTIAGO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("America/Santiago")


def at(town: Town, local: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> None:
    """Let it be that time on the wall, in that zone."""
    town.clock.zone = zone
    town.clock.moment = datetime.fromisoformat(local).replace(tzinfo=zone, fold=fold).astimezone(UTC)


async def put_off(town: Town, when: Later, local: str, zone: ZoneInfo = BERLIN) -> Session:
    """Ana has written, and is put off at that local time."""
    at(town, local, zone)
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    at(town, local, zone)
    await session.later(town.row(session, "Ana").id, when)
    assert session.inbox().rows == ()
    return session


async def returns(town: Town, session: Session) -> str:
    """When it waits again, by the clock on the wall; looked for every half an hour."""
    while not session.inbox().rows:
        town.clock.passes(minutes=30 - town.clock.moment.minute % 30)
        await session.wake()
    return f"{town.clock.local():%a %d %H:%M}"


@pytest.mark.parametrize(
    ("when", "local", "back"),
    [
        (Later.EVENING, "2026-11-20T08:00", "Fri 20 18:00"),
        (Later.EVENING, "2026-11-20T16:59", "Fri 20 18:00"),
        (Later.EVENING, "2026-11-20T17:00", "Fri 20 20:00"),
        (Later.EVENING, "2026-11-20T23:30", "Sat 21 02:30"),
        (Later.EVENING, "2026-11-21T00:30", "Sat 21 18:00"),
        (Later.TOMORROW, "2026-11-20T08:00", "Sat 21 09:00"),
        (Later.TOMORROW, "2026-12-31T23:59", "Fri 01 09:00"),
        (Later.NEXT_WEEK, "2026-11-16T08:00", "Mon 23 09:00"),
        (Later.NEXT_WEEK, "2026-11-21T08:00", "Mon 23 09:00"),
        (Later.NEXT_WEEK, "2026-11-22T20:00", "Mon 30 09:00"),
    ],
)
async def test_it_returns_at_its_time(town: Town, when: Later, local: str, back: str) -> None:
    session = await put_off(town, when, local)
    assert await returns(town, session) == back


@pytest.mark.parametrize(
    ("when", "local", "zone", "back"),
    [
        # Summer time begins on 29 March 2026 at 02:00 in Berlin, and ends on 25 October at 03:00.
        (Later.TOMORROW, "2026-03-28T12:00", BERLIN, "Sun 29 09:00"),
        (Later.TOMORROW, "2026-10-24T12:00", BERLIN, "Sun 25 09:00"),
        (Later.NEXT_WEEK, "2026-03-27T12:00", BERLIN, "Mon 30 09:00"),
        (Later.NEXT_WEEK, "2026-10-23T12:00", BERLIN, "Mon 26 09:00"),
        # Three hours are three hours, whatever the wall says meanwhile.
        (Later.EVENING, "2026-03-28T23:30", BERLIN, "Sun 29 03:30"),
        (Later.EVENING, "2026-10-24T23:30", BERLIN, "Sun 25 02:30"),
        # In Santiago it ends at midnight, when it is eleven again, and begins at midnight, when it is one.
        (Later.EVENING, "2026-04-04T21:30", SANTIAGO, "Sat 04 23:30"),
        (Later.EVENING, "2026-09-05T21:30", SANTIAGO, "Sun 06 01:30"),
    ],
)
async def test_it_returns_at_its_time_though_the_clocks_change(
    town: Town, when: Later, local: str, zone: ZoneInfo, back: str
) -> None:
    session = await put_off(town, when, local, zone)
    assert await returns(town, session) == back


async def test_a_time_that_the_change_leaves_out_comes_with_the_change(town: Town) -> None:
    session = await put_off(town, Later.EVENING, "2026-03-28T23:30", NEW_YORK)
    at(town, "2026-03-29T01:59")
    await session.wake()
    assert session.inbox().rows == ()
    town.clock.passes(minutes=1)
    assert f"{town.clock.local():%H:%M}" == "03:00"
    await session.wake()
    assert town.row(session, "Ana").state is State.WAITING


async def test_a_time_that_comes_twice_is_the_first_and_it_returns_once(town: Town) -> None:
    session = await put_off(town, Later.EVENING, "2026-10-24T23:30")
    at(town, "2026-10-25T02:30", fold=0)
    await session.wake()
    row = town.row(session, "Ana")
    await session.done(row.id, row.shown)
    at(town, "2026-10-25T02:30", fold=1)
    await session.wake()
    assert session.inbox().rows == ()


@pytest.mark.parametrize(("there", "early"), [(NEW_YORK, "08:59"), (ZoneInfo("Asia/Tokyo"), "08:59")])
async def test_nine_is_nine_where_one_travelled_to(town: Town, there: ZoneInfo, early: str) -> None:
    session = await put_off(town, Later.TOMORROW, "2026-11-20T12:00")
    at(town, f"2026-11-21T{early}", there)
    await session.catch_up()
    assert session.inbox().rows == ()
    town.clock.passes(minutes=1)
    await session.catch_up()
    assert town.row(session, "Ana").state is State.WAITING


async def test_when_one_feels_like_it_never_returns_by_itself(town: Town) -> None:
    session = await put_off(town, Later.WHEN_I_FEEL_LIKE_IT, "2026-11-20T12:00")
    at(town, "2036-11-20T12:00")
    await session.catch_up()
    again = await town.caught_up()
    assert again.inbox().rows == ()
    ((row, _),) = again.put_off()
    assert again.older() == ()
    assert (row.state, row.writers) == (State.LATER, ("Ana",))
    assert again.summary().coming_back == ""


async def test_it_returns_during_a_visit_by_itself_and_says_so(town: Town) -> None:
    town.waits = Waits(wake=0.01)
    session = await put_off(town, Later.EVENING, "2026-11-20T12:00")
    told = asyncio.Event()
    changed = Changed(frozenset({session.put_off()[0].row.id}))
    session.visit.tell = lambda event: told.set() if event == changed else None
    at(town, "2026-11-20T18:00")
    await asyncio.wait_for(told.wait(), 10)
    assert town.row(session, "Ana").state is State.WAITING
    assert town.village.calls.count("pull") == 1


async def test_it_returns_though_the_server_does_not_answer(town: Town) -> None:
    session = await put_off(town, Later.TOMORROW, "2026-11-20T12:00")
    await session.quit(send=False)
    town.village.fail["pull"] = [TimeoutError()] * 9
    at(town, "2026-11-21T09:00")
    again = await town.caught_up()
    assert town.row(again, "Ana").state is State.WAITING


async def test_what_was_said_meanwhile_waits_with_it_and_does_not_bring_it_back(town: Town) -> None:
    session = await put_off(town, Later.TOMORROW, "2026-11-20T12:00")
    first = session.conversation(session.put_off()[0].row.id).messages[0]
    root = next(uri for uri, one in town.village.messages.items() if one.text == first.body[0].text)
    town.village.says("ben", "@me and me?", to=root)
    await session.catch_up()
    assert session.inbox().rows == ()
    at(town, "2026-11-21T09:00")
    await session.catch_up()
    assert town.row(session, "Ana").writers == ("Ben", "Ana")


async def test_the_reason_is_still_told_when_it_is_back(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await session.later(town.row(session, "Ana").id, Later.TOMORROW, "  when I am home ")
    town.clock.passes(days=1)
    await session.wake()
    assert town.row(session, "Ana").later_reason == "when I am home"


@contextmanager
def zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let the machine be in a zone, and afterwards where it was."""
    with monkeypatch.context() as patch:
        yield lambda zone: patch.setenv("TZ", zone)
    time.tzset()


def test_the_machine_travels_while_the_program_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    with zone_of_the_machine(monkeypatch) as travel:
        for zone, hours in (("Asia/Tokyo", 9), ("UTC", 0), ("America/Bogota", -5)):
            travel(zone)
            assert clock.local().utcoffset() == timedelta(hours=hours)
