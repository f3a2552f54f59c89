"""What may be out: never said not to be, looked for before it goes out again, and in nobody else's way."""

from __future__ import annotations

import pytest

from introvert_tui import plugins
from introvert_tui.engine.session import Session
from introvert_tui.errors import AdapterError, Gone, NotAllowed, Offline, Refused, Unsure
from introvert_tui.model import CannotTell, FindResult, Found, Prepared

from .conftest import Town

HOLD = 9.0
PERHAPS = "Your hello to Ana, written {}, may have gone out; the server cannot say. Send it again?"


@pytest.fixture
def vague(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A network that cannot say of anything that it is not there."""
    kind = plugins.load("demo")

    class Vague(kind):  # type: ignore[misc, valid-type]
        async def find(self, prepared: Prepared) -> FindResult:
            found: FindResult = await super().find(prepared)
            return found if isinstance(found, Found) else CannotTell()

    monkeypatch.setattr(plugins, "load", lambda name: Vague)
    return town


async def asked_about(town: Town) -> Session:
    """A visit that asks whether to send a hello to Ana again, of which nobody knows whether it arrived."""
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Unsure("the answer is lost")]
    await town.greets(session, "Ana", "Hi.")
    await town.moves(session, seconds=HOLD)
    await town.moves(session, seconds=3)
    await town.moves(session, seconds=121)
    assert [one.sentence for one in session.questions()] == [PERHAPS.format("2 minutes ago")]
    return session


@pytest.mark.parametrize(
    "problem",
    [NotAllowed("direct", "This app password may not read direct messages."), Refused("invalid", "No."), Gone("Gone.")],
    ids=["not allowed", "refused", "gone"],
)
async def test_one_that_cannot_be_looked_for_is_asked_about_and_keeps_nothing_else(
    town: Town, problem: AdapterError
) -> None:
    town.village.says("ana", "@me hello?")
    town.village.says("ben", "@me and hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Unsure("the answer is lost")]
    town.village.fail["find"] = [problem] * 99
    await town.greets(session, "Ana", "Hi.")
    await town.moves(session, seconds=HOLD)
    await town.greets(session, "Ben", "Hi, Ben.")
    for _ in range(4):
        await town.moves(session, minutes=1)
    assert [one.text for one in town.village.mine()] == ["Hi, Ben."]
    assert [one.sentence for one in session.questions()] == [PERHAPS.format("4 minutes ago")]


async def test_what_may_be_out_is_never_said_not_to_be(vague: Town) -> None:
    session = await asked_about(vague)
    vague.village.fail["send"] = [Offline("Village does not answer.")] * 99
    (question,) = session.questions()
    await session.decide(question, send=True)
    for _ in range(3):
        await vague.moves(session, hours=9)
    asks = PERHAPS.format("yesterday")
    assert [one.sentence for one in session.questions()] == [asks]
    assert [one.question for one in session.outbox()] == [asks]
    assert asks in vague.said


async def test_that_the_server_does_not_answer_is_said_of_what_was_decided_too(vague: Town) -> None:
    session = await asked_about(vague)
    vague.village.fail["send"] = [Offline("Village does not answer.")] * 9
    (question,) = session.questions()
    assert (await session.decide(question, send=True)).sentence == "Your hello to Ana goes out now."
    vague.events.clear()
    await vague.moves(session)
    assert vague.said == [
        "Your hello to Ana is not sent again yet: Village does not answer. It is kept, and goes out later."
    ]
    (one,) = session.outbox()
    assert one.stands == "tried twice, last at 18:02: Village does not answer"


async def test_what_was_decided_waits_for_its_turn(vague: Town) -> None:
    session = await asked_about(vague)
    await session.quit(send=False)
    again = vague.visit()
    (question,) = again.questions()
    await again.decide(question, send=True)
    (one,) = again.outbox()
    assert one.stands == "tried once, at 18:00: you want it sent again"


async def test_what_shows_up_while_one_decides_is_not_sent_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, late = plugins.load("demo"), [True]

    class Late(kind):  # type: ignore[misc, valid-type]
        async def find(self, prepared: Prepared) -> FindResult:
            found: FindResult = await super().find(prepared)
            return CannotTell() if late else found

    monkeypatch.setattr(plugins, "load", lambda name: Late)
    session = await asked_about(town)
    town.village.lose_answers = 1
    (question,) = session.questions()
    await session.decide(question, send=True)
    await town.moves(session)
    for _ in range(2):
        await town.moves(session, seconds=121)
    (question,) = session.questions()
    late.clear()
    before = town.village.calls.count("send")
    await session.decide(question, send=True)
    await town.moves(session)
    assert town.village.calls.count("send") == before
    assert "Hello to Ana is out." in town.said


async def test_signing_out_does_not_deny_it_either(vague: Town) -> None:
    session = await asked_about(vague)
    vague.village.fail["send"] = [Offline("Village does not answer.")]
    (question,) = session.questions()
    await session.decide(question, send=True)
    await vague.moves(session)
    *_, lost = await session.remove_account(1, forget_conversations=False)
    assert lost == "Your hello to Ana may have gone out before you signed out. Your words are kept."
