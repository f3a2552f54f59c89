"""What is told of a conversation that you left: who spoke to you there since, and whose answer brings it back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from introvert_tui.engine.inbox import State
from introvert_tui.engine.session import Session
from introvert_tui.engine.since_you_left import told
from introvert_tui.model import Reason
from introvert_tui.store.since_left import Spoke
from introvert_tui.store.times import to_ms

from .conftest import Town

ROOT = "at://ben/0"
HOLD = 9.0


async def left(town: Town, *, hello: bool) -> Session:
    """Ana named you in a thread of Ben's, and you left it."""
    assert town.village.says("ben", "A thread about ink.", told=False, reason=None) == ROOT
    town.village.says("ana", "@me which one?", to=ROOT)
    session = await town.caught_up()
    if hello:
        await town.greets(session, "Ana")
    else:
        await session.leave(town.row(session, "Ana").id)
    await town.moves(session, seconds=HOLD)
    return session


def note(session: Session) -> str | None:
    (row,) = session.left()
    assert row.state is State.LEFT
    return row.note


async def test_of_what_nothing_happened_in_nothing_is_told(town: Town) -> None:
    assert note(await left(town, hello=False)) is None


async def test_whose_answer_brings_it_back_is_told_for_as_long_as_it_does(town: Town) -> None:
    session = await left(town, hello=True)
    assert note(session) == "If Ana answers, it comes back."
    town.clock.passes(days=30)
    assert note(session) is None


async def test_of_an_account_that_was_signed_out_nothing_is_awaited(town: Town) -> None:
    session = await left(town, hello=True)
    await session.remove_account(1, False)
    assert note(session) is None


async def test_whoever_named_you_there_is_told_and_when_and_no_server_is_asked(town: Town) -> None:
    session = await left(town, hello=False)
    town.clock.passes(days=1)
    town.village.says("jun", "@me and now?", to=ROOT)
    await session.catch_up()
    assert session.inbox().rows == ()
    town.clock.passes(days=3)
    calls = list(town.village.calls)
    assert note(session) == "Jun named you here on Saturday."
    assert town.village.calls == calls


async def test_where_the_door_is_ajar_both_are_told(town: Town) -> None:
    session = await left(town, hello=True)
    hello = town.village.mine()[0].ref.uri
    town.village.says("ben", "And to you.", to=hello, reason=Reason.REPLY)
    await session.catch_up()
    assert note(session) == "Ben answered you just now. If Ana answers, it comes back."


async def test_what_the_person_greeted_says_is_in_the_inbox_and_not_here(town: Town) -> None:
    session = await left(town, hello=True)
    town.village.says("ana", "The blue one.", to=town.village.mine()[0].ref.uri, reason=Reason.REPLY)
    await session.catch_up()
    assert session.left() == ()
    assert town.row(session, "Ana").state is State.WAITING


async def test_what_was_said_before_you_left_again_is_not_told_again(town: Town) -> None:
    session = await left(town, hello=False)
    town.village.says("jun", "@me and now?", to=ROOT)
    await session.catch_up()
    (row,) = session.left()
    await session.rejoin(row.id)
    town.clock.passes(minutes=1)
    await session.leave(row.id)
    assert note(session) is None


async def test_what_you_answered_elsewhere_since_is_not_told(town: Town) -> None:
    session = await left(town, hello=False)
    said = town.village.says("jun", "@me and now?", to=ROOT)
    await session.catch_up()
    town.village.says("me", "Now the blue one.", to=said)
    await session.catch_up()
    assert note(session) is None


async def test_what_is_deleted_or_by_somebody_muted_is_not_told(town: Town) -> None:
    session = await left(town, hello=False)
    town.village.says("jun", "@me and now?", to=ROOT)
    await session.catch_up()
    (row,) = session.left()
    jun = session.who(row.id, row.shown)
    assert session.person(jun).name == "Jun"
    await session.mute_person(jun)
    assert note(session) is None
    await session.mute_person(jun, on=False)
    assert note(session) == "Jun named you here just now."


async def test_rejoining_is_taken_back_with_what_happened_there(town: Town) -> None:
    session = await left(town, hello=False)
    town.village.says("jun", "@me and now?", to=ROOT)
    await session.catch_up()
    (row,) = session.left()
    await session.rejoin(row.id)
    assert session.left() == ()
    await session.undo()
    assert note(session) == "Jun named you here just now."


NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


def spoke(who: str, day: int, reason: Reason = Reason.MENTION) -> Spoke:
    return Spoke(1, hash(who), who, reason, to_ms(NOW.replace(day=day)))


@pytest.mark.parametrize(
    ("who", "awaited", "sentence"),
    [
        ((), (), ""),
        ((spoke("Jun", 17), spoke("Jun", 16)), (), "Jun named you here on Tuesday."),
        (
            (spoke("Ana", 21, Reason.REPLY), spoke("Jun", 17, Reason.QUOTE)),
            (),
            "Ana answered you yesterday; Jun quoted you on Tuesday.",
        ),
        (
            (spoke("Ana", 21), spoke("Jun", 17), spoke("Sam", 17), spoke("Mor", 17)),
            (),
            "Ana named you here yesterday; Jun named you here on Tuesday; others spoke to you too.",
        ),
        ((), ("Ana", "Ben"), "If Ana or Ben answers, it comes back."),
        ((), ("Ana", "Ben", "Cy"), "If Ana or Ben or somebody else you greeted answers, it comes back."),
    ],
)
def test_it_is_told_in_a_line(who: tuple[Spoke, ...], awaited: tuple[str, ...], sentence: str) -> None:
    assert told(who, awaited, NOW) == sentence
