"""Coming back after long: one question with true numbers, and everything back with one `u`."""

from __future__ import annotations

from introvert_tui.engine.absence import MANY, NEWEST
from introvert_tui.engine.session import Session
from introvert_tui.errors import Offline
from introvert_tui.settings import Settings

from .conftest import Town


async def been_here(town: Town) -> None:
    """A first visit, with somebody who still waits from then."""
    town.village.says("ana", "@me from before")
    session = await town.caught_up()
    assert session.absence() is None
    await session.quit(send=False)


def many_write(town: Town, many: int, words: str = "@me hello") -> None:
    for number in range(many):
        town.village.says(f"p{number}", f"{words} {number}")


def texts(session: Session) -> list[str]:
    return [row.text for row in session.inbox().rows]


async def test_the_older_ones_go_and_come_back_as_one(town: Town) -> None:
    await been_here(town)
    town.clock.passes(days=15)
    many_write(town, 59)
    town.village.says("p0", "@me one more thing")
    session = await town.caught_up()
    absence = session.absence()
    assert absence is not None
    assert absence.question == (
        "Fifty-nine people wrote while you were away. The newest seven stay; let the other fifty-three go?"
    )
    row = town.row(session, "P58")
    await session.done(row.id, row.shown)
    before = set(texts(session))
    outcome = await session.let_older_go(absence)
    assert outcome.sentence == "You let fifty-three go. Nothing is deleted · u takes it back"
    stay = ["@me one more thing", *(f"@me hello {number}" for number in range(57, 52, -1)), "@me from before"]
    assert texts(session) == sorted(stay, key=texts(session).index)
    assert session.absence() is None
    assert session.summary().sentence == "One is done."
    assert (await session.undo()).sentence == "Taken back: they wait again."
    assert set(texts(session)) == before
    await session.undo()
    assert set(texts(session)) == before | {"@me hello 58"}


async def test_no_changes_nothing_and_is_not_asked_again(town: Town) -> None:
    await been_here(town)
    town.clock.passes(days=15)
    many_write(town, MANY + 1)
    session = await town.caught_up()
    before = texts(session)
    absence = session.absence()
    assert absence is not None
    await session.keep_all(absence)
    await session.catch_up()
    assert session.absence() is None
    await session.quit(send=False)
    again = await town.caught_up()
    assert again.absence() is None
    assert texts(again) == before


async def test_it_is_asked_in_the_next_visit_if_there_was_no_answer(town: Town) -> None:
    await been_here(town)
    town.clock.passes(days=15)
    many_write(town, MANY + 1)
    session = await town.caught_up()
    await session.quit(send=False)
    assert (await town.caught_up()).absence() is not None


async def test_a_few_people_or_a_short_absence_are_no_question(town: Town) -> None:
    await been_here(town)
    town.clock.passes(days=15)
    many_write(town, MANY)
    session = await town.caught_up()
    assert session.absence() is None
    many_write(town, MANY, "@me again")
    await session.catch_up()
    assert session.absence() is None, "what comes later did not come while one was away"
    await session.quit(send=False)
    town.clock.passes(days=13)
    many_write(town, 2 * MANY, "@me once more")
    assert (await town.caught_up()).absence() is None


async def test_the_first_time_is_asked_about_too(town: Town) -> None:
    many_write(town, MANY + 1)
    absence = (await town.caught_up()).absence()
    assert absence is not None
    assert absence.question.startswith("Twenty-one people wrote in the last 14 days. The newest seven stay; ")
    assert len(absence.older) == MANY + 1 - NEWEST


async def test_a_server_that_does_not_answer_ends_no_absence(town: Town) -> None:
    await been_here(town)
    town.clock.passes(days=15)
    town.village.fail["pull"] = [Offline("away")]
    session = await town.caught_up()
    assert session.absence() is None
    many_write(town, MANY + 1)
    await session.catch_up()
    assert session.absence() is not None


async def test_what_is_hidden_is_neither_counted_nor_let_go(town: Town) -> None:
    await been_here(town)
    town.clock.passes(days=15)
    many_write(town, MANY + 1)
    town.village.says("zed", "@me the election")
    session = await town.caught_up(Settings(muted_words=("election",)))
    absence = session.absence()
    assert absence is not None
    assert absence.question.startswith("Twenty-one people")
    await session.let_older_go(absence)
    assert session.inbox().lines == (
        "One conversation holds a word you muted: “election”. Older conversations begin with it.",
    )


async def test_an_account_that_rests_is_asked_about_when_it_wakes(town: Town) -> None:
    await been_here(town)
    town.clock.passes(days=15)
    many_write(town, MANY + 1)
    session = await town.caught_up()
    (account,) = session.accounts()
    await session.rest(account.id, "monday")
    await session.catch_up()
    assert session.absence() is None
    await session.rouse(account.id)
    assert session.absence() is not None
