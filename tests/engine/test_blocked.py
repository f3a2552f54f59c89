"""Words on their way to somebody who is blocked: what is not out stays here, and what may be out is said to be."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from introvert_tui import plugins
from introvert_tui.engine.session import Session
from introvert_tui.errors import AdapterError, Offline, Unsure
from introvert_tui.model import Absent, FindResult, Found, Prepared, Receipt

from .conftest import Town

HOLD = 9.0


def person(session: Session, name: str) -> int:
    return next(one.id for one in session.people() if one.name == name)


def proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not found may be there all the same."""
    kind = plugins.load("demo")

    class Unproven(kind):  # type: ignore[misc, valid-type]
        async def find(self, prepared: Prepared) -> FindResult:
            found: FindResult = await super().find(prepared)
            return found if isinstance(found, Found) else Absent(proof=False)

    monkeypatch.setattr(plugins, "load", lambda name: Unproven)


async def time_goes_by(town: Town, session: Session) -> None:
    for _ in range(6):
        await town.moves(session, minutes=3)


async def test_a_hello_whose_answer_was_lost_is_not_sent_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    proves_nothing(monkeypatch)
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Unsure("the request is lost")]
    row = await town.greets(session, "Ana", "Good day.")
    await town.moves(session, seconds=HOLD)
    done = await session.block_person(person(session, "Ana"))
    assert done.sentence.startswith(
        "Ana is blocked. Your hello to Ana may be out already, and is not sent again. What they wrote"
    )
    await time_goes_by(town, session)
    assert town.village.calls.count("send") == 1
    assert town.village.away == {("block", "did:ana")}
    assert session.outbox() == ()
    assert session.conversation(row.id).kept == "Good day."
    assert session.sent()[0].stands == "taken back, but it may have gone out before"


async def test_of_a_hello_that_did_not_go_out_nothing_is_said(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana", "Good day.")
    done = await session.block_person(person(session, "Ana"))
    assert done.sentence.startswith("Ana is blocked. What they wrote")


@pytest.mark.parametrize(
    ("problem", "fate"),
    [
        (Offline("Village does not answer."), "Nothing was sent"),
        (Unsure("the answer is lost"), "It may have gone out before, and is not sent again"),
    ],
    ids=["not out", "perhaps out"],
)
async def test_a_hello_on_its_way_is_not_tried_again(
    town: Town, monkeypatch: pytest.MonkeyPatch, problem: AdapterError, fate: str
) -> None:
    proves_nothing(monkeypatch)
    kind, under_way, goes_on = plugins.load("demo"), asyncio.Event(), asyncio.Event()
    here = asyncio.get_running_loop()

    class Slow(kind):  # type: ignore[misc, valid-type]
        async def send(self, prepared: Prepared) -> Receipt:
            town.village.calls.append("send")
            here.call_soon_threadsafe(under_way.set)
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(goes_on.wait(), here))
            raise problem

    monkeypatch.setattr(plugins, "load", lambda name: Slow)
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = await town.greets(session, "Ana", "Good day.")
    town.clock.passes(seconds=HOLD)
    session.networks.nudge()
    await asyncio.wait_for(under_way.wait(), 10)
    done = await session.block_person(person(session, "Ana"))
    assert "Your hello to Ana may be out already, and is not sent again." in done.sentence
    goes_on.set()
    await time_goes_by(town, session)
    assert town.village.calls.count("send") == 1
    assert session.outbox() == ()
    assert session.questions() == ()
    assert session.conversation(row.id).kept == "Good day."
    assert town.said[-1] == f"You and Ana cannot write to each other any more. {fate}; your words are kept."


async def test_a_hello_on_its_way_that_arrived_is_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, under_way, goes_on = plugins.load("demo"), asyncio.Event(), asyncio.Event()
    here = asyncio.get_running_loop()

    class Slow(kind):  # type: ignore[misc, valid-type]
        async def send(self, prepared: Prepared) -> Any:
            here.call_soon_threadsafe(under_way.set)
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(goes_on.wait(), here))
            return await super().send(prepared)

    monkeypatch.setattr(plugins, "load", lambda name: Slow)
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana", "Good day.")
    town.clock.passes(seconds=HOLD)
    session.networks.nudge()
    await asyncio.wait_for(under_way.wait(), 10)
    await session.block_person(person(session, "Ana"))
    goes_on.set()
    await time_goes_by(town, session)
    assert "Hello to Ana is out." in town.said
    assert session.sent()[0].delete is not None
