"""Closing the door: only people you know until tomorrow, and what the server is asked for and can take back."""

from __future__ import annotations

import asyncio

import pytest

from introvert_tui.adapter import Capability
from introvert_tui.engine.closing import Spot, Way
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session import Session
from introvert_tui.errors import Cannot, Offline
from introvert_tui.model import Reason

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
    assert (await gated.limit_answers(quote)).sentence == "That is so already."
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
