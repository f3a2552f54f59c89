"""What was put off, by when it comes back, and bringing it back before that."""

from __future__ import annotations

from datetime import datetime

import pytest

from introvert_tui.engine.inbox import State
from introvert_tui.engine.put_off import Back, when
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Later
from introvert_tui.errors import Cannot

from .conftest import Town


async def put_off(town: Town, **people: Later) -> Session:
    """These people wrote, and were put off; it is Friday, six in the evening."""
    for who in people:
        town.village.says(who, f"@me hello, says {who}")
    session = await town.caught_up()
    for who, later in people.items():
        await session.later(town.row(session, who.title()).id, later, f"for {who}")
    return session


async def test_it_is_listed_by_when_it_comes_back_with_the_reason(town: Town) -> None:
    session = await put_off(
        town, ana=Later.WHEN_I_FEEL_LIKE_IT, ben=Later.NEXT_WEEK, cy=Later.TOMORROW, dee=Later.EVENING
    )
    assert [(one.row.writers, one.back, one.row.later_reason) for one in session.put_off()] == [
        (("Dee",), Back.TODAY_EVENING, "for dee"),
        (("Cy",), Back.TOMORROW, "for cy"),
        (("Ben",), Back.NEXT_WEEK, "for ben"),
        (("Ana",), Back.SOME_DAY, "for ana"),
    ]
    assert session.older() == ()
    assert not session.inbox().older


@pytest.mark.parametrize(
    ("now", "at", "back"),
    [
        ("2026-11-20T08:00", None, Back.SOME_DAY),
        ("2026-11-20T08:00", "2026-11-20T08:00", Back.NOW),
        ("2026-11-20T08:00", "2026-11-19T18:00", Back.NOW),
        ("2026-11-20T06:00", "2026-11-20T09:00", Back.TODAY_MORNING),
        ("2026-11-20T08:00", "2026-11-20T14:00", Back.TODAY_AFTERNOON),
        ("2026-11-20T08:00", "2026-11-20T18:00", Back.TODAY_EVENING),
        ("2026-11-20T23:30", "2026-11-21T02:30", Back.TONIGHT),
        ("2026-11-21T00:30", "2026-11-21T02:30", Back.TONIGHT),
        ("2026-11-21T00:30", "2026-11-22T02:30", Back.TOMORROW),
        ("2026-11-20T23:59", "2026-11-21T09:00", Back.TOMORROW),
        ("2026-11-22T12:00", "2026-11-30T09:00", Back.NEXT_WEEK),
        ("2026-12-31T12:00", "2027-01-04T09:00", Back.NEXT_WEEK),
    ],
)
def test_when_it_comes_is_said_as_people_say_it(now: str, at: str | None, back: Back) -> None:
    assert when(datetime.fromisoformat(at) if at else None, datetime.fromisoformat(now)) is back


async def test_it_is_brought_back_and_that_is_taken_back(town: Town) -> None:
    session = await put_off(town, ana=Later.NEXT_WEEK)
    (before,) = session.put_off()
    until = town.until(session, before.row.id)
    outcome = await session.bring_back(before.row.id)
    assert (outcome.sentence, outcome.left_inbox) == ("It waits again · u takes it back", False)
    assert session.put_off() == ()
    assert town.row(session, "Ana").later_reason == "for ana"
    assert (await session.undo()).sentence == "Taken back: it is put off again."
    (after,) = session.put_off()
    assert (town.until(session, after.row.id), after.row.later_reason) == (until, "for ana")
    assert after == before


async def test_bringing_back_stands_where_it_was_answered_elsewhere_since(town: Town) -> None:
    session = await put_off(town, ana=Later.NEXT_WEEK)
    (one,) = session.put_off()
    await session.bring_back(one.row.id)
    town.village.says("me", "Hello, ana.", to="at://ana/0")
    await session.catch_up()
    assert (await session.undo()).sentence == "Something was done there meanwhile, so it stays as it is."
    assert session.put_off() == ()
    assert [row.id for row in session.older()] == [one.row.id]


async def test_what_is_not_put_off_cannot_be_brought_back(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    with pytest.raises(Cannot, match="not put off any more"):
        await session.bring_back(town.row(session, "Ana").id)
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()


async def test_it_is_put_off_anew_and_each_is_taken_back(town: Town) -> None:
    session = await put_off(town, ana=Later.NEXT_WEEK)
    (one,) = session.put_off()
    until = town.until(session, one.row.id)
    await session.later(one.row.id, Later.TOMORROW, "sooner")
    (anew,) = session.put_off()
    assert (anew.back, anew.row.later_reason) == (Back.TOMORROW, "sooner")
    await session.undo()
    assert (session.put_off(), town.until(session, one.row.id)) == ((one,), until)
    await session.undo()
    assert town.row(session, "Ana").state is State.WAITING
