"""A server that asks for a pause is left alone, whatever is wanted of it, and that is said."""

from __future__ import annotations

import pytest

from introvert_tui.errors import Cannot, RateLimited

from .conftest import Town

HOLD = 9.0
PAUSE = "Village asks for a pause until 18:04."
SLOWLY = "Village asks for a pause of 240 seconds."


async def test_it_is_not_asked_what_is_new(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["pull"] = [RateLimited(SLOWLY, 240)]
    assert (await session.catch_up()).offline
    asked = len(town.village.calls)
    assert (await session.catch_up()).offline
    assert len(town.village.calls) == asked
    assert session.inbox().lines == (f"{PAUSE} What you see is from 18:00; hellos are kept and go out later.",)
    town.clock.passes(seconds=240)
    assert not (await session.catch_up()).offline
    assert session.inbox().lines == ()


async def test_it_is_asked_for_nothing_by_a_new_visit_either(town: Town) -> None:
    session = await town.caught_up()
    town.village.fail["pull"] = [RateLimited(SLOWLY, 240)]
    await session.catch_up()
    await session.quit(send=False)
    asked = len(town.village.calls)
    assert (await (await town.caught_up()).catch_up()).offline
    assert len(town.village.calls) == asked


async def test_no_conversation_is_read_there(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["thread"] = [RateLimited(SLOWLY, 240)]
    for _ in range(2):
        await session.open(town.row(session, "Ana").id)
    assert town.village.calls.count("thread") == 1
    assert town.said == [f"You see what was here before: {SLOWLY}", f"You see what was here before: {PAUSE}"]
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert town.said[-1] == f"Your hello to Ana waits: {PAUSE}"
    assert town.village.calls.count("send") == 0


async def test_nothing_is_looked_up_there(town: Town) -> None:
    town.village.says("ana", "hello?", told=False, reason=None)
    session = await town.caught_up()
    town.village.fail["look_up"] = [RateLimited(SLOWLY, 240)]
    with pytest.raises(Cannot, match="240 seconds"):
        await session.reach("https://village.test/at://ana/0")
    with pytest.raises(Cannot, match=PAUSE):
        await session.reach("https://village.test/at://ana/0")
    assert town.village.calls.count("look_up") == 1
    town.clock.passes(seconds=240)
    assert (await session.reach("https://village.test/at://ana/0")).to == "Ana"
