"""Closing the door: only people you know until tomorrow, and what the server is asked for and can take back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from introvert_tui.adapter import Capability
from introvert_tui.engine.closing import Spot, Way
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Later
from introvert_tui.errors import Cannot, Gone, Offline, SignedOut, Unavailable
from introvert_tui.model import Reason, ThreadRef

from .conftest import Town

LINE = "Only people you know, until tomorrow."


def waiting(session: Session) -> set[str]:
    return {who for row in session.inbox().rows for who in row.writers}


def at(session: Session, town: Town, who: str) -> Spot:
    row = town.row(session, who)
    return Spot(row.id, row.shown)


async def crowd(town: Town) -> Session:
    """Ana, whom you follow, and Dora and Ed, whom nobody knows: together, and Ed also alone."""
    root = town.village.says("ana", "@me look")
    town.village.says("dora", "@me no, look at me", to=root)
    town.village.says("ed", "@me who are you")
    return await town.caught_up()


async def test_strangers_do_not_wait_anywhere_until_tomorrow(town: Town) -> None:
    session = await crowd(town)
    assert waiting(session) == {"Ana", "Dora", "Ed"}
    together, alone = town.row(session, "Dora").id, town.row(session, "Ed").id
    done = await session.only_known(None)
    assert done.silent == {alone}
    assert waiting(session) == {"Ana"}
    assert session.inbox().lines == (LINE,)
    assert [row.id for row in session.older()] == [alone]
    assert [view.new for view in session.conversation(together).messages] == [True, False]
    assert session.company(together) == LINE

    town.village.says("fay", "@me and I", room="fay")
    town.village.says("ed", "@me well?")
    await session.catch_up()
    assert waiting(session) == {"Ana"}

    town.clock.passes(hours=14)
    assert session.inbox().lines == ("Only people you know, until 09:00.",)
    town.clock.passes(hours=1)
    assert session.inbox().lines == ()
    await session.wake()
    assert waiting(session) == {"Ana", "Dora", "Ed", "Fay"}


async def test_it_holds_at_once_where_no_server_answers_and_in_the_next_visit(town: Town) -> None:
    session = await crowd(town)
    town.village.fail = {call: [Offline("away")] * 99 for call in ("pull", "thread", "mute")}
    await session.only_known(None)
    await session.quit(send=False)
    again = await town.caught_up()
    assert waiting(again) == {"Ana"}
    assert LINE in again.inbox().lines
    assert (await again.only_known(None, False)).back
    assert waiting(again) == {"Ana", "Dora", "Ed"}


async def test_here_is_one_conversation(town: Town) -> None:
    session = await crowd(town)
    spot = at(session, town, "Dora")
    assert Way.HERE in session.ways_to_close(spot)
    done = await session.only_known(spot.conversation)
    assert done.silent == frozenset()
    assert waiting(session) == {"Ana", "Ed"}
    assert session.inbox().lines == ("Only people you know in one conversation, until tomorrow.",)
    assert session.company(town.row(session, "Ed").id) == ""
    assert Way.EVERYBODY_HERE in session.ways_to_close(spot)
    assert (await session.undo()).sentence == "Taken back: everybody is heard again."
    assert waiting(session) == {"Ana", "Dora", "Ed"}
    assert session.inbox().lines == ()


async def test_everywhere_takes_the_place_of_here_until_everybody_is_heard(town: Town) -> None:
    session = await crowd(town)
    spot = at(session, town, "Dora")
    await session.only_known(spot.conversation)
    await session.only_known(None)
    there = session.ways_to_close(spot)
    assert Way.EVERYBODY in there
    assert not {Way.HERE, Way.EVERYBODY_HERE} & set(there)
    await session.undo()
    assert waiting(session) == {"Ana", "Ed"}
    await session.only_known(None)
    await session.only_known(None, False)
    assert waiting(session) == {"Ana", "Dora", "Ed"}
    assert session.inbox().lines == ()


async def test_what_has_come_to_an_end_is_not_taken_back(town: Town) -> None:
    """Neither by the visit that ended it, nor by another that began it."""
    session, another = await crowd(town), town.visit()
    row = town.row(another, "Ed")
    await another.done(row.id, row.shown)
    await another.only_known(None)
    assert (await session.only_known(None, False)).sentence == "Everybody is heard again."
    assert (await another.undo()).sentence == "Taken back: it waits again."


async def test_it_goes_with_a_conversation_that_turns_out_to_be_part_of_another(town: Town) -> None:
    says, known = town.village.says, town.village.messages
    root = says("ana", "The root.", told=False)
    branch = says("ben", "An answer.", to=root, told=False, reason=None)
    lost = says("dora", "@me well?", to=branch)
    known[lost] = replace(known[lost], place=ThreadRef(known[branch].ref))
    session = await town.caught_up()
    await session.only_known(town.row(session, "Dora").id)
    assert waiting(session) == set()
    says("cy", "@me here", to=root)
    known[lost] = replace(known[lost], place=known[root].place)
    town.village.news += [branch, lost]
    await session.catch_up()
    assert waiting(session) == {"Cy"}
    assert session.inbox().lines == ("Only people you know in one conversation, until tomorrow.",)
    await session.undo()
    assert waiting(session) == {"Cy", "Dora"}
    assert session.inbox().lines == ()


async def test_it_is_taken_back_in_its_turn(town: Town) -> None:
    session = await crowd(town)
    row = town.row(session, "Ed")
    await session.done(row.id, row.shown)
    await session.only_known(None)
    ana = town.row(session, "Ana")
    await session.leave(ana.id)
    assert waiting(session) == set()
    await session.undo()
    assert waiting(session) == {"Ana"}
    await session.undo()
    assert waiting(session) == {"Ana", "Dora"}
    await session.undo()
    assert waiting(session) == {"Ana", "Dora", "Ed"}


async def test_what_was_answered_meanwhile_waits_no_more(town: Town) -> None:
    session = await crowd(town)
    row = town.row(session, "Ed")
    await session.only_known(None)
    await session.hello(session.composer(row.id, row.shown), "I am me.")
    await town.moves(session, seconds=9)
    assert len(town.village.mine()) == 1
    await session.only_known(None, False)
    assert waiting(session) == {"Ana", "Dora"}


async def test_who_was_answered_meanwhile_is_no_stranger_and_waits_with_the_others(town: Town) -> None:
    session = await crowd(town)
    dora = town.village.says("dora", "@me and alone")
    await session.catch_up()
    alone = next(row for row in session.inbox().rows if row.writers == ("Dora",))
    await session.only_known(None)
    await session.hello(session.composer(alone.id, alone.shown), "I am me.")
    await town.moves(session, seconds=9)
    assert town.village.mine()[0].parent == town.village.messages[dora].ref
    await session.only_known(None, False)
    assert town.row(session, "Ana").writers == ("Dora", "Ana")


async def test_what_was_nodded_to_meanwhile_waits_no_more(town: Town) -> None:
    session = await crowd(town)
    row = town.row(session, "Ed")
    await session.only_known(None)
    await session.nod(row.id, row.shown)
    await session.only_known(None, False)
    assert waiting(session) == {"Ana", "Dora"}


async def test_who_is_known_by_another_profile_is_known(town: Town) -> None:
    session = await crowd(town)
    known = {one.name: one.id for one in session.people()}
    await session.join(known["Ana"], known["Ed"])
    await session.only_known(None)
    assert waiting(session) == {"Ana", "Ed"}


async def test_what_was_put_off_stays_put_off(town: Town) -> None:
    session = await crowd(town)
    row = town.row(session, "Ed")
    await session.later(row.id, Later.NEXT_WEEK, "too much")
    await session.only_known(None)
    town.village.says("ed", "@me hello?", to="at://ed/2")
    await session.catch_up()
    town.clock.passes(hours=15)
    await session.wake()
    assert waiting(session) == {"Ana", "Dora"}
    (off,) = session.put_off()
    assert (off.row.id, off.row.later_reason) == (row.id, "too much")
    assert town.until(session, row.id) == datetime(2026, 11, 23, 9)
    await session.only_known(None)
    town.clock.passes(days=2)
    session.visit.store.write(lambda db: db.execute("UPDATE company SET until = '2026-12-01T09:00:00'")).result()
    assert (await session.catch_up()).arrived == 0
    assert waiting(session) == {"Ana"}
    await session.only_known(None, False)
    assert waiting(session) == {"Ana", "Dora", "Ed"}


async def test_what_is_brought_back_waits_no_sooner_than_others_are_heard(town: Town) -> None:
    session = await crowd(town)
    row = town.row(session, "Ed")
    await session.later(row.id, Later.NEXT_WEEK)
    await session.only_known(None)
    assert (await session.bring_back(row.id)).sentence == "It is put off no more · u takes it back"
    assert waiting(session) == {"Ana"}
    await session.only_known(None, False)
    assert waiting(session) == {"Ana", "Dora", "Ed"}


@pytest.mark.parametrize("closed_at", [datetime(2026, 3, 28, 23, 59), datetime(2026, 10, 24, 23, 59)])
async def test_tomorrow_is_nine_on_the_wall_whatever_becomes_of_the_night(town: Town, closed_at: datetime) -> None:
    """The clocks are changed in that night, an hour on or an hour back."""
    town.clock.zone = ZoneInfo("Europe/Berlin")
    town.clock.moment = closed_at.replace(tzinfo=town.clock.zone).astimezone(UTC)
    session = await crowd(town)
    await session.only_known(None)
    assert session.inbox().lines == (LINE,)
    nine = datetime.combine(closed_at.date() + timedelta(days=1), time(9), town.clock.zone).astimezone(UTC)
    town.clock.moment = nine - timedelta(minutes=1)
    await session.wake()
    assert session.inbox().lines == ("Only people you know, until 09:00.",)
    assert waiting(session) == {"Ana"}
    town.clock.moment = nine
    await session.wake()
    assert waiting(session) == {"Ana", "Dora", "Ed"}


async def test_what_was_left_meanwhile_stays_left(town: Town) -> None:
    session = await crowd(town)
    spot = at(session, town, "Dora")
    await session.only_known(None)
    await session.leave(spot.conversation)
    town.village.says("dora", "@me still here", to="at://ana/0")
    await session.catch_up()
    await session.only_known(None, False)
    assert waiting(session) == {"Ed"}
    assert session.conversation(spot.conversation).state is State.LEFT
    await session.rejoin(spot.conversation)
    assert waiting(session) == {"Ed"}


async def test_only_what_can_be_done_is_listed(town: Town) -> None:
    session = await crowd(town)
    assert session.ways_to_close(None) == (Way.EVERYWHERE,)
    spot = at(session, town, "Ed")
    assert session.ways_to_close(spot) == (Way.HERE, Way.EVERYWHERE, Way.LEAVE, Way.BLOCK, Way.REPORT)
    await session.block_person(session.who(*spot[:2]))
    assert session.ways_to_close(spot) == (Way.HERE, Way.EVERYWHERE, Way.LEAVE, Way.REPORT)
    town.village.says("ben", "psst", room="ben")
    await session.catch_up()
    assert session.ways_to_close(at(session, town, "Ben")) == (Way.EVERYWHERE, Way.BLOCK, Way.REPORT)


@pytest.fixture
async def gated(town: Town) -> Session:
    """A network that lets one close things, your own post, an answer to it, and a quote of it."""
    town.village.besides = Capability.LIMIT_ANSWERS | Capability.DETACH_QUOTE
    mine = town.village.says("me", "a post of mine", told=False)
    town.village.says("dora", "I disagree", to=mine, reason=Reason.REPLY)
    town.village.says("ed", "look at this one", reason=Reason.QUOTE, quote=mine)
    session = await town.caught_up()
    await session.open(town.row(session, "Dora").id)
    await session.catch_up()
    return session


async def test_the_server_is_asked_and_it_can_be_taken_back(town: Town, gated: Session) -> None:
    answer, quote = at(gated, town, "Dora"), at(gated, town, "Ed")
    assert Way.LIMIT_ANSWERS in gated.ways_to_close(answer)
    assert Way.DETACH_QUOTE not in gated.ways_to_close(answer)
    assert {Way.LIMIT_ANSWERS, Way.DETACH_QUOTE} <= set(gated.ways_to_close(quote))
    assert "can answer there now" in (await gated.limit_answers(answer)).sentence
    assert (await gated.limit_answers(quote)).sentence == "It is so already."
    assert "out of this quote" in (await gated.detach_quote(quote)).sentence
    assert town.village.gates == {"at://me/0", "at://ed/2 of at://me/0"}
    assert "stand in the quote again" in (await gated.undo()).sentence
    assert "everybody can answer" in (await gated.undo()).sentence
    assert town.village.gates == set()
    with pytest.raises(Cannot, match="nothing to take back"):
        await gated.undo()


async def test_what_the_server_did_not_do_is_said_and_stays_to_be_taken_back(town: Town, gated: Session) -> None:
    answer = at(gated, town, "Dora")
    town.village.fail["limit_answers"] = [Offline("Village could not be reached.")]
    with pytest.raises(Cannot, match=r"It was not done: Village could not be reached\."):
        await gated.limit_answers(answer)
    await gated.limit_answers(answer)
    town.village.fail["limit_answers"] = [Offline("Village could not be reached.")]
    with pytest.raises(Cannot, match="It was not taken back"):
        await gated.undo()
    assert town.village.gates
    await gated.undo()
    assert not town.village.gates


@pytest.mark.parametrize("gone", [False, True])
async def test_what_can_be_taken_back_no_more_is_told_once(town: Town, gated: Session, gone: bool) -> None:
    answer, row = at(gated, town, "Dora"), town.row(gated, "Ed")
    await gated.done(row.id, row.shown)
    await gated.limit_answers(answer)
    if not gone:
        await gated.remove_account(1, False)
    problem = Gone("Your post is no longer there.") if gone else SignedOut("You signed out of Village.")
    town.village.fail["limit_answers"] = [problem]
    with pytest.raises(Cannot, match=f"It was not taken back: {problem}"):
        await gated.undo()
    assert (await gated.undo()).sentence == "Taken back: it waits again."


async def test_without_an_answer_nobody_says_that_it_was_not_done(town: Town, gated: Session) -> None:
    town.village.fail["limit_answers"] = [Unavailable("Village did not answer in time.")]
    with pytest.raises(Cannot, match=r"It may not have been done: Village did not answer in time\."):
        await gated.limit_answers(at(gated, town, "Dora"))


async def test_another_persons_thread_is_not_yours_to_close(town: Town, gated: Session) -> None:
    root = town.village.says("ana", "@me a post of mine")
    mine = town.village.says("me", "an answer of yours", to=root, told=False)
    town.village.says("fay", "to you", to=mine, reason=Reason.REPLY)
    await gated.catch_up()
    assert Way.LIMIT_ANSWERS not in gated.ways_to_close(at(gated, town, "Fay"))


async def test_it_comes_to_an_end_by_itself_while_the_visit_lasts(town: Town) -> None:
    town.waits = town.waits._replace(wake=0.01)
    session = await crowd(town)
    await session.only_known(None)
    back = asyncio.Event()
    session.visit.tell = lambda event: back.set()
    town.clock.passes(hours=15)
    async with asyncio.timeout(10):
        await back.wait()
    assert waiting(session) == {"Ana", "Dora", "Ed"}
