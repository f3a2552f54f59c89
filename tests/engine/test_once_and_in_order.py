"""When things go out that could not go out at once: in the order they were written, once, and not too soon."""

from __future__ import annotations

import shutil
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from introvert_tui import plugins
from introvert_tui.engine.session import Session
from introvert_tui.errors import AdapterError, NotAllowed, Offline, RateLimited, SignedOut, Unavailable, Unsure
from introvert_tui.model import Absent, Draft, Found, Prepared
from introvert_tui.store import outbox, outgoing

from .conftest import Town

HOLD = 9.0
PEOPLE = ("ana", "ben", "cy")


async def greets_all(town: Town) -> Session:
    """A hello to each of three people, one after the other."""
    for who in PEOPLE:
        town.village.says(who, "@me hello?")
    session = await town.caught_up()
    for who in PEOPLE:
        await town.greets(session, who.title(), f"Hello, {who}.")
        town.clock.passes(seconds=1)
    return session


def texts(town: Town) -> list[str]:
    return [one.text for one in town.village.mine()]


@pytest.mark.parametrize("trouble", [Offline("no way out"), RateLimited("slowly", 30), SignedOut("sign in")])
async def test_what_waits_for_the_account_goes_out_in_order(town: Town, trouble: AdapterError) -> None:
    session = await greets_all(town)
    town.village.fail["send"] = [trouble] * 3
    await town.moves(session, seconds=HOLD)
    for _ in range(12):
        await town.moves(session, minutes=2)
    assert texts(town) == ["Hello, ana.", "Hello, ben.", "Hello, cy."]


async def two_messages_to_ana(town: Town) -> Session:
    """A hello in a private conversation, and a reply after it."""
    town.village.says("ana", "hello?", room="r")
    session = await town.caught_up()
    await town.greets(session, "Ana", "First.")
    (row,) = session.older()
    await session.reply(session.reply_composer(row.id, row.shown), "Second.")
    return session


@pytest.mark.parametrize("trouble", [Unavailable("502"), RateLimited("slowly", 30), Unsure("the request is lost")])
async def test_what_follows_in_a_conversation_waits_for_what_was_said_before_it(
    town: Town, trouble: AdapterError
) -> None:
    session = await two_messages_to_ana(town)
    town.village.fail["send"] = [trouble]
    for _ in range(5):
        await town.moves(session, seconds=HOLD)
    assert town.village.calls.count("send") == 3
    assert texts(town) == ["First.", "Second."]


async def test_what_the_person_is_asked_about_keeps_nothing(town: Town) -> None:
    session = await two_messages_to_ana(town)
    first, _ = session.outbox()
    await session.visit.store.do(outbox.ask, first.key, "overslept")
    await town.moves(session, seconds=HOLD)
    assert texts(town) == ["Second."]


async def test_what_waits_for_another_message_does_not_keep_the_program_busy(town: Town) -> None:
    session = await two_messages_to_ana(town)
    town.village.fail["send"] = [Unsure("the request is lost")]
    town.village.fail["find"] = [Unavailable("502")] * 100
    for _ in range(3):
        await town.moves(session, seconds=HOLD)
    due = outgoing.next_due(session.db, 1, session.visit.id)
    assert due is not None
    assert due > session.now()


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [
        (RateLimited("slowly", 600), "Village asks for a pause until 18:10"),
        (Unsure("the request is lost"), "another message has to be looked for first"),
        (Offline("no way out"), "no way out"),
    ],
)
async def test_what_was_to_go_out_in_a_moment_and_waits_for_something_says_for_what(
    town: Town, trouble: AdapterError, waits: str
) -> None:
    session = await two_messages_to_ana(town)
    town.village.fail = {"send": [trouble], "find": [Unavailable("502")]}
    await town.moves(session, seconds=HOLD)
    assert texts(town) == []
    assert town.said.count(f"Your reply to Ana waits: {waits}.") == 1
    assert session.outbox()[1].stands == f"waits: {waits}"
    for _ in range(5):
        await town.moves(session, minutes=4)
    assert texts(town) == ["First.", "Second."]
    assert sum("waits" in sentence for sentence in town.said) == 1


async def test_what_waits_for_a_look_says_so_though_the_server_is_in_trouble(town: Town) -> None:
    session = await two_messages_to_ana(town)
    town.village.fail = {"send": [Unsure("the request is lost")], "find": [Unavailable("502")] * 9}
    for _ in range(2):
        await town.moves(session, seconds=HOLD)
    assert session.accounts()[0].trouble is not None
    assert session.outbox()[1].stands == "waits: another message has to be looked for first"


@pytest.mark.parametrize(
    "trouble",
    [
        RateLimited("Village asks for a pause of 2 seconds.", 2),
        NotAllowed("direct", "This app password may not read direct messages."),
        Unavailable("502"),
    ],
    ids=["a pause that is over", "not allowed", "unavailable"],
)
async def test_what_troubled_a_catch_up_keeps_nothing_that_can_go_out(town: Town, trouble: AdapterError) -> None:
    session = await two_messages_to_ana(town)
    town.village.fail["pull"] = [trouble]
    await session.catch_up()
    town.clock.passes(seconds=2)
    await session.quit(send=False)
    again = town.visit()
    for question in again.questions():
        await again.decide(question, send=True)
    assert again.outbox()[0].stands == "goes out in a moment"


async def test_what_waits_behind_another_one_says_so_though_the_server_answers_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, busy = plugins.load("demo"), [True]

    class Busy(kind):  # type: ignore[misc, valid-type]
        async def prepare(self, draft: Draft) -> Prepared:
            if busy:
                raise Unavailable("502")
            ready: Prepared = await super().prepare(draft)
            return ready

    monkeypatch.setattr(plugins, "load", lambda name: Busy)
    town.village.says("ana", "hello?", room="r")
    session = await town.caught_up()
    await town.greets(session, "Ana", "First.")
    for _ in range(6):
        await town.moves(session, minutes=5)
    await session.catch_up()
    busy.clear()
    (row,) = session.older()
    await session.reply(session.reply_composer(row.id, row.shown), "Second.")
    await town.moves(session, seconds=HOLD)
    assert town.said[-1] == "Your reply to Ana waits: what you wrote there before it goes first."
    await town.moves(session, minutes=5)
    assert texts(town) == ["First.", "Second."]


async def test_nothing_is_said_of_waiting_where_all_goes_well(town: Town) -> None:
    session = await two_messages_to_ana(town)
    await town.moves(session, seconds=HOLD)
    assert texts(town) == ["First.", "Second."]
    assert not any("waits" in sentence for sentence in town.said)


async def test_nothing_is_sent_before_the_server_wants_it(town: Town) -> None:
    session = await greets_all(town)
    town.village.fail["send"] = [RateLimited("slowly", 600)]
    await town.moves(session, seconds=HOLD)
    await town.moves(session, minutes=9)
    assert town.village.calls.count("send") == 1
    await town.moves(session, minutes=2)
    assert len(texts(town)) == 3


@pytest.mark.parametrize("call", ["send", "thread", "mute", "nod"])
async def test_once_the_server_wants_a_pause_nothing_more_is_asked_of_it(town: Town, call: str) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    town.village.says("cy", "@me look")
    town.village.says("dan", "@me and hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.greets(session, "Dan")
    row = town.row(session, "Cy")
    await session.nod(row.id, row.shown)
    town.village.fail[call] = [RateLimited("slowly", 240)]
    await town.moves(session, seconds=HOLD)
    await town.moves(session, seconds=200)
    assert town.village.calls[-1] == call
    await town.moves(session, seconds=60)
    assert len(texts(town)) == 2
    assert len(town.village.nods) == 1


async def test_a_catch_up_that_is_told_to_pause_tells_the_hellos(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["pull"] = [RateLimited("slowly", 240)]
    await session.catch_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert texts(town) == []
    await town.moves(session, seconds=240)
    assert len(texts(town)) == 1


@pytest.mark.parametrize("by_hand", ["send", "decide"])
async def test_by_hand_too_a_message_waits_until_the_server_wants_it(town: Town, by_hand: str) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.fail["send"] = [RateLimited("Village asks for a pause of 240 seconds.", 240)]
    await town.moves(session, seconds=HOLD)
    if by_hand == "send":
        await session.quit(send=False)
        town.clock.passes(seconds=20)
        session = town.visit()
        await session.send_unsent(())
    else:
        (waiting,) = session.outbox()
        await session.visit.store.do(outbox.ask, waiting.key, "overslept")
        (question,) = session.questions()
        await session.decide(question, send=True)
        await town.moves(session, seconds=20)
    assert town.village.calls.count("send") == 1
    await town.moves(session, seconds=240)
    assert len(texts(town)) == 1


async def test_a_clock_set_back_does_not_make_a_pause_longer(town: Town) -> None:
    session = await greets_all(town)
    town.village.fail["send"] = [RateLimited("slowly", 60)]
    await town.moves(session, seconds=HOLD)
    await town.jumps(session, hours=-1)
    for _ in range(6):
        await town.moves(session, minutes=1)
    assert len(texts(town)) == 3


async def test_nothing_goes_out_before_a_lost_one_was_looked_for(town: Town) -> None:
    session = await greets_all(town)
    town.village.fail["send"] = [Unsure("the answer is lost")]
    await town.moves(session, seconds=HOLD)
    assert town.village.calls.count("send") == 1
    for _ in range(4):
        await town.moves(session, seconds=HOLD)
    sending = [call for call in town.village.calls if call in ("send", "find")]
    assert sending[:3] == ["send", "find", "send"]
    assert sorted(texts(town)) == ["Hello, ana.", "Hello, ben.", "Hello, cy."]


async def test_a_look_waits_as_long_as_the_server_wants(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.lose_answers = 1
    town.village.fail["find"] = [RateLimited("slowly", 600)]
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    await town.moves(session, seconds=3)
    await town.moves(session, minutes=9)
    assert town.village.calls.count("find") == 1
    await town.moves(session, minutes=2)
    assert town.village.calls.count("find") == 2
    assert not session.questions()


@pytest.fixture
def proves_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A server that cannot prove that something never arrived."""
    kind = plugins.load("demo")

    class Unproven(kind):  # type: ignore[misc, valid-type]
        async def find(self, prepared: Prepared) -> Any:
            found = await super().find(prepared)
            return found if isinstance(found, Found) else Absent(proof=False)

    monkeypatch.setattr(plugins, "load", lambda name: Unproven)
    return town


async def test_without_proof_it_goes_out_again_after_two_looks_two_minutes_apart(proves_nothing: Town) -> None:
    town = proves_nothing
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Unsure("the request is lost")]
    await town.greets(session, "Ana", "Hi.")
    await town.moves(session, seconds=HOLD)
    await town.moves(session, seconds=3)
    await town.moves(session, seconds=110)
    assert [call for call in town.village.calls if call in ("send", "find")] == ["send", "find"]
    await town.moves(session, seconds=10)
    await town.moves(session, seconds=1)
    assert [call for call in town.village.calls if call in ("send", "find")] == ["send", "find", "find", "send"]
    assert texts(town) == ["Hi."]
    assert not session.questions()


async def test_what_a_slow_server_shows_late_is_not_sent_again(proves_nothing: Town) -> None:
    town = proves_nothing
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.lose_answers = 1
    await town.greets(session, "Ana", "Hi.")
    await town.moves(session, seconds=HOLD)
    (mine,) = town.village.mine()
    del town.village.messages[mine.ref.uri]
    await town.moves(session, seconds=3)
    town.village.messages[mine.ref.uri] = mine
    await town.moves(session, seconds=120)
    await town.moves(session, seconds=1)
    assert town.village.calls.count("send") == 1
    assert texts(town) == ["Hi."]


async def test_what_cannot_be_looked_for_within_a_day_is_asked_about(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.lose_answers = 1
    town.village.fail["find"] = [Offline("no way out")] * 1000
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    await town.moves(session, hours=23)
    assert not session.questions()
    await town.moves(session, hours=2)
    (question,) = session.questions()
    assert "may have gone out" in question.sentence


async def test_a_clock_set_back_holds_nothing_for_an_hour(town: Town) -> None:
    session = await greets_all(town)
    await town.jumps(session, hours=-1)
    await town.moves(session, seconds=HOLD)
    assert texts(town) == ["Hello, ana.", "Hello, ben.", "Hello, cy."]


async def test_a_copied_database_sends_nothing_a_second_time(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Offline("no way out")]
    await town.greets(session, "Ana", "Hi.")
    await town.moves(session, seconds=HOLD)
    await session.quit(send=False)
    copy = shutil.copyfile(town.paths.database, town.paths.data / "copy.db")
    session = await town.caught_up()
    await town.moves(session, minutes=1)
    assert texts(town) == ["Hi."]
    await session.quit(send=False)
    shutil.copyfile(copy, town.paths.database)
    sent = town.village.calls.count("send")
    town.clock.passes(minutes=11)
    again = await town.caught_up()
    await town.moves(again, minutes=1)
    assert town.village.calls.count("send") == sent
    assert texts(town) == ["Hi."]
    assert not again.questions()


@pytest.mark.parametrize("call", ["recheck", "prepare", "send", "find", "thread", "mute", "nod"])
async def test_the_longer_a_server_fails_the_longer_it_is_left_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    kind, tried = plugins.load("demo"), list[datetime]()

    async def fails(self: object, *_: object) -> None:
        tried.append(town.clock.now())
        raise Offline("no way out")

    monkeypatch.setattr(plugins, "load", lambda name: type("Failing", (kind,), {call: fails}))
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    town.village.says("cy", "@me look")
    session = await town.caught_up()
    if call == "recheck":
        town.waits = town.waits._replace(stale=0.0)
        session = await town.caught_up()
    if call == "nod":
        row = town.row(session, "Cy")
        await session.nod(row.id, row.shown)
    else:
        await town.greets(session, "Ana")
    town.village.lose_answers = call == "find"
    for _ in range(300):
        await town.moves(session, seconds=5)
    pauses = [(then - now).total_seconds() for now, then in pairwise(tried)]
    assert len(tried) < 20
    assert pauses[0] < 60
    assert min(pauses[-2:]) > 120
    assert max(pauses) <= 305


async def test_what_went_well_once_begins_with_a_short_pause_again(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.fail["send"] = [Unavailable("502")] * 2
    town.village.fail["find"] = [Offline("no way out")] * 5
    town.village.fail["thread"] = [Offline("no way out")]
    for _ in range(180):
        await town.moves(session, seconds=10)
        if texts(town):
            break
    (sent,) = outgoing.unfinished(session.db, 1, session.now() + 1_000_000)
    assert sent.due_at - session.now() <= 5_000
