"""An account that rests: not asked, not shown, said at the top, and back by itself."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from introvert_tui.engine import resting
from introvert_tui.errors import Cannot

from .conftest import Town

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 22, 19, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("until monday", "2026-11-23"),
        ("Tue", "2026-11-24"),
        ("sunday", "2026-11-29"),
        ("tomorrow", "2026-11-23"),
        ("next week", "2026-11-23"),
        ("2026-12-24", "2026-12-24"),
    ],
)
def test_days_are_said_as_people_say_them(said: str, day: str) -> None:
    assert resting.rest_until(said, SUNDAY) == f"{day}T00:00:00"


@pytest.mark.parametrize("said", ["", "s", "ever", "2026-02-30", "2020-01-01", "2026-11-22", "2029-01-01", "un\x1b"])
def test_other_words_are_no_day(said: str) -> None:
    with pytest.raises(Cannot):
        resting.rest_until(said, SUNDAY)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-11-23T00:00:00", "Village rests until tomorrow."),
        ("2026-11-27T00:00:00", "Village rests until Friday."),
        ("2026-12-24T00:00:00", "Village rests until 24 December."),
    ],
)
def test_the_line_says_until_when(until: str, said: str) -> None:
    assert resting.rests("Village", until, SUNDAY) == said


async def test_what_rests_is_neither_asked_nor_shown_and_comes_back(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    (account,) = session.accounts()
    assert session.inbox().rows
    asked = town.village.calls.count("pull")

    assert await session.rest(account.id, "tomorrow") == "Village rests until tomorrow."
    assert session.inbox().rows == ()
    assert session.inbox().lines == ("Village rests until tomorrow.",)
    await session.catch_up()
    assert town.village.calls.count("pull") == asked

    town.clock.passes(days=1)
    assert session.inbox().rows
    assert session.inbox().lines == ()
    await session.catch_up()
    assert town.village.calls.count("pull") == asked + 1


async def test_it_can_be_woken(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    (account,) = session.accounts()
    await session.rest(account.id, "monday")
    await session.rouse(account.id)
    assert session.inbox().rows
    assert session.accounts()[0].rests is None


async def test_what_was_written_still_goes_out(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await session.rest(session.accounts()[0].id, "monday")
    await town.moves(session, seconds=9)
    assert len(town.village.mine()) == 1
