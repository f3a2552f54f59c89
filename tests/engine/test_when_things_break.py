"""Accounts that do not work, a disk that is full, a database that is busy, and what nobody expected."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from introvert_tui import plugins
from introvert_tui.adapter import Adapter
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session import Session
from introvert_tui.errors import (
    AdapterError,
    Cannot,
    NotAllowed,
    Offline,
    PluginError,
    RateLimited,
    Refused,
    SignedOut,
    StoreError,
    Unavailable,
    Unsure,
)
from introvert_tui.model import (
    Absent,
    Audience,
    CannotTell,
    Found,
    GoneKind,
    Length,
    Message,
    MessageRef,
    PersonRef,
    Prepared,
    Receipt,
    RoomRef,
)
from introvert_tui.store import accounts, leaving, merge, outbox, outgoing, quiet
from introvert_tui.store.times import to_ms

from .conftest import Town
from .village import ME

HOLD = 9.0


async def second_account(town: Town, session: Session, network: str = "demo") -> int:
    now = to_ms(town.clock.now())
    return await session.visit.store.do(accounts.add, network, "https://two.test", "did:two", "two.test", now)


def adapter_with(monkeypatch: pytest.MonkeyPatch, **methods: Any) -> None:
    """Let the village's adapter have these methods instead of its own."""
    kind: type[Adapter] = type("Odd", (plugins.load("demo"),), methods)
    monkeypatch.setattr(plugins, "load", lambda name: kind)


@contextmanager
def locked(session: Session) -> Iterator[None]:
    """Another program in the middle of a long transaction."""
    with closing(sqlite3.connect(session.visit.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_disk_that_is_full_is_not_the_fault_of_the_server_whose_thread_is_opened(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    monkeypatch.setattr(merge, "merge", full)
    await session.open(town.row(session, "Ana").id)
    (said,) = town.said
    assert said.startswith("You see what was here before: This was not done")
    assert "disk is full" in said


async def test_a_plug_in_that_does_not_load_is_said_when_its_thread_is_opened(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await session.quit(send=False)

    def broken(name: str) -> type[Adapter]:
        raise PluginError("introvert-demo is not installed.")

    monkeypatch.setattr(plugins, "load", broken)
    session = town.visit()
    await session.open(town.row(session, "Ana").id)
    assert town.said == ["You see what was here before: introvert-demo is not installed."]


@pytest.mark.parametrize("how", ["gone", "broken"])
async def test_an_account_whose_plug_in_is_no_good_costs_the_others_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    town.village.says("ana", "@me hello?")
    kind = plugins.load("demo")

    def boom(*_: object) -> Adapter:
        raise RuntimeError("boom")

    def load(name: str) -> type[Adapter]:
        if name == "demo":
            return kind
        if how == "gone":
            raise PluginError("There is no network called odd here.")
        return type("Odd", (kind,), {"__init__": boom})

    monkeypatch.setattr(plugins, "load", load)
    session = town.visit()
    odd = await second_account(town, session, "odd")
    session.start()
    await session.catch_up()
    assert session.inbox().lines != ()
    await town.greets(session, "Ana")
    await session.remove_account(odd, False)
    assert await session.quit(send=True) is None
    assert len(town.village.mine()) == 1


async def test_one_message_that_cannot_be_stored_does_not_keep_the_others(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    odd = town.village.says("ben", "@me odd")
    town.village.messages[odd] = replace(town.village.messages[odd], language="\ud800")
    session = await town.caught_up()
    assert [row.who for row in session.inbox().rows] == ["Ana"]
    assert session.inbox().lines == ()


async def test_a_hello_never_goes_to_somebody_else_though_its_message_is_gone(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    ana = town.village.says("ana", "@me my father died", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    writing = session.composer(row.id, row.shown)
    town.village.messages[ana] = replace(town.village.messages[ana], gone=GoneKind.DELETED, body=())
    town.clock.passes(minutes=10)
    await session.catch_up()
    with pytest.raises(Cannot, match=r"What Ana wrote is gone\. Your words are kept"):
        await session.hello(writing, "I am so sorry about your father.")
    assert session.conversation(row.id).kept == "I am so sorry about your father."
    await town.moves(session, seconds=HOLD)
    assert town.village.mine() == []


async def test_words_are_kept_though_there_is_nobody_left_to_answer(town: Town) -> None:
    ana = town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    writing = session.composer(row.id, row.shown)
    town.village.messages[ana] = replace(town.village.messages[ana], gone=GoneKind.DELETED, body=())
    town.clock.passes(minutes=10)
    await session.catch_up()
    await session.keep_words(writing, "A long answer.")
    assert session.measure(writing, "A long answer.").fits
    assert session.conversation(row.id).kept == "A long answer."


async def test_what_was_refused_is_kept_beside_what_is_being_written(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Refused("closed", "no")]
    row = await town.greets(session, "Ana", "The first.")
    writing = session.composer(row.id, row.shown)
    await town.moves(session, seconds=HOLD)
    town.clock.passes(seconds=1)
    writing = await session.keep_words(writing, "Others.")
    assert session.conversation(row.id).kept == "Others."
    await session.keep_words(writing, "")
    assert session.conversation(row.id).kept == "The first."


async def test_what_slept_through_its_hold_is_asked_about(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.jumps(session, hours=9)
    assert town.village.mine() == []
    assert len(session.questions()) == 1


async def test_from_an_account_that_was_signed_out_nothing_is_written(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    writing = session.composer(row.id, row.shown)
    await session.remove_account(1, forget_conversations=False)
    with pytest.raises(Cannot, match=r"signed out of me\.test"):
        await session.hello(writing, "Good to hear from you.")
    assert session.conversation(row.id).kept == "Good to hear from you."


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (Offline("no way out"), ": Village does not answer. Kept for your next visit."),
        (RateLimited("Village asks for a pause.", 90), ". Kept for your next visit."),
        (SignedOut("Sign in again."), ". Kept for your next visit. Sign in again."),
    ],
)
async def test_quitting_tells_of_all_that_did_not_go_out_and_truly_why(
    town: Town, problem: Exception, why: str
) -> None:
    for who in ("ana", "ben", "cy"):
        town.village.says(who, "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.lose_answers = 1
    town.village.fail["find"] = [problem] * 9
    await town.moves(session, seconds=HOLD)
    doubt = "Your hello to Ana may be out already; Introvert looks before it sends again."
    assert town.said == [doubt]
    await town.greets(session, "Ben")
    await town.moves(session, seconds=HOLD)
    await town.greets(session, "Cy")
    told = await session.quit(send=False)
    assert told == (
        "Your hello to Cy was not sent. It is kept; you are asked about it at your next visit. "
        "Your hello to Ana may have gone out; the server did not say. It is looked for at your next visit. "
        f"Your hello to Ben did not go out yet{why}"
    )


async def test_of_what_nobody_was_asked_about_no_server_is_blamed(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Offline("no way out")]
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    await session.visit.store.do(accounts.answered, 1)
    assert await session.quit(send=False) == "Your hello to Ana did not go out yet. Kept for your next visit."


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (Offline("no way out"), ["Village could not be told; its own settings can take Introvert's access away."]),
        (SignedOut("It was ended there."), []),
    ],
)
async def test_a_server_that_does_not_hear_of_the_signing_out_is_named(
    town: Town, monkeypatch: pytest.MonkeyPatch, problem: Exception, told: list[str]
) -> None:
    async def fails(self: Adapter) -> None:
        raise problem

    adapter_with(monkeypatch, sign_out=fails)
    session = await town.caught_up()
    assert list(await session.remove_account(1, forget_conversations=True))[1:] == told
    assert session.accounts() == ()


async def test_signing_out_drops_what_was_on_its_way_and_says_so(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    town.village.says("ben", "@me look")
    session = await town.caught_up()
    town.village.lose_answers = 1
    town.village.fail["find"] = [Offline("no way out")] * 5
    await town.greets(session, "Ana", "Perhaps.")
    await town.moves(session, seconds=HOLD)
    await town.greets(session, "Ben", "Never.")
    assert await session.remove_account(1, forget_conversations=False) == (
        "me.test is signed out of Village. Its conversations stay here; `introvert search` finds them.",
        "Your hello to Ben was not sent, since you signed out. Your words are kept.",
        "Your hello to Ana may have gone out before you signed out. Your words are kept.",
    )
    assert town.row(session, "Ben").kept == "Never."
    await session.visit.store.do(accounts.add, "demo", "https://village.test", ME.uri, ME.handle, session.now())
    session.networks.begin_sending(1)
    await town.moves(session, hours=1)
    assert [one.text for one in town.village.mine()] == ["Perhaps."]
    assert session.questions() == ()


async def test_wishes_of_an_account_that_does_not_move_do_not_keep_the_quit(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    two = await second_account(town, session)
    await session.visit.store.do(quiet.want_nod, two, MessageRef("u", "u"), True, 0, 0)
    began = time.monotonic()
    assert await session.quit(send=True, deadline=5) is None
    assert time.monotonic() - began < 2


async def test_what_the_disk_failed_is_looked_for_and_not_sent_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    settle, failures = leaving.sent, [sqlite3.OperationalError("database or disk is full")]

    def full(*args: Any) -> bool:
        if failures:
            raise failures.pop()
        return settle(*args)

    monkeypatch.setattr(leaving, "sent", full)
    row = await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert "disk is full" in town.said[0]
    await town.moves(session, minutes=1)
    assert town.village.calls.count("send") == 1
    assert len(town.village.mine()) == 1
    assert session.conversation(row.id).state is State.LEFT


async def test_what_the_disk_does_not_take_is_not_said_to_be_held(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(outbox, "put", full)
    with pytest.raises(StoreError, match="disk is full"):
        await town.greets(session, "Ana")
    assert town.row(session, "Ana").state is State.WAITING
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()


async def test_sending_survives_what_nobody_expected(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    due, failures = outgoing.due, [TypeError("None has no such thing")]

    def odd(*args: Any) -> Any:
        if failures:
            raise failures.pop()
        return due(*args)

    monkeypatch.setattr(outgoing, "due", odd)
    await town.moves(session, seconds=HOLD)
    assert failures == []
    await town.moves(session, seconds=1)
    assert len(town.village.mine()) == 1


async def test_a_server_that_answers_nothing_but_errors_is_not_stormed(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Unavailable("503")] * 500
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    for _ in range(60):
        await town.moves(session, seconds=2)
    assert town.village.calls.count("send") < 12


async def test_a_server_that_answers_again_is_no_longer_said_not_to(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [Offline("no way out")]
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert session.inbox().lines[0].startswith("Village has not answered since")
    await town.moves(session, minutes=1)
    assert len(town.village.mine()) == 1
    assert session.inbox().lines == ()


async def test_two_identical_hellos_never_claim_one_post(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def by_likeness(self: Any, prepared: Prepared) -> Found | Absent:
        words = json.loads(prepared.payload)["text"]
        alike = [one for one in town.village.mine() if one.text == words]
        return Found(Receipt(alike[0].ref, alike[0].seen_at)) if alike else Absent(proof=False)

    adapter_with(monkeypatch, find=by_likeness)
    for who in ("ana", "ben", "cy"):
        town.village.says(who, "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana", "Hi.")
    await town.moves(session, seconds=HOLD)
    town.village.fail["send"] = [Unsure("the answer is lost")]
    await town.greets(session, "Ben", "Hi.")
    await town.moves(session, seconds=HOLD)
    await town.greets(session, "Cy", "Hello, Cy.")
    for _ in range(4):
        await town.moves(session, seconds=HOLD)
    assert [one.text for one in town.village.mine()] == ["Hi.", "Hello, Cy."]
    (question,) = session.questions()
    assert question.sentence.endswith("may have gone out; the server cannot say. Send it again?")


async def test_where_the_server_cannot_be_asked_the_person_is(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def blind(self: Any, prepared: Prepared) -> CannotTell:
        return CannotTell()

    adapter_with(monkeypatch, find=blind)
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.lose_answers = 1
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    await town.moves(session, seconds=5)
    assert not session.questions(), "a slow server may show it yet"
    await town.moves(session, seconds=120)
    (question,) = session.questions()
    assert "may have gone out" in question.sentence
    assert town.village.calls.count("send") == 1


async def test_quitting_does_not_claim_to_know_what_became_of_a_lost_answer(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.lose_answers = 1
    town.village.fail["find"] = [Offline("no way out")] * 50
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert await session.quit(send=True) == (
        "Your hello to Ana may have gone out; the server did not say. It is looked for at your next visit."
    )


async def test_quitting_while_another_program_locks_the_database_ends_in_time_and_says_so(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    with locked(session):
        began = time.monotonic()
        sentence = await session.quit(send=True, deadline=0.8)
        assert time.monotonic() - began < 1.2
    assert sentence == (
        "Another program kept the database busy. "
        "Your hello to Ana was not sent. It is kept; you are asked about it at your next visit."
    )
    again = await town.caught_up()
    assert [question.text for question in again.questions()] == ["Good to hear from you."]


async def test_quitting_with_a_full_disk_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(outbox, "hurry", full)
    sentence = await session.quit(send=True)
    assert sentence is not None
    assert "disk is full" in sentence
    assert sentence.endswith("It is kept; you are asked about it at your next visit.")


async def test_what_is_written_to_somebody_forgotten_meanwhile_is_not_sent(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    writing = session.composer(row.id, row.shown)
    await session.remove_account(1, forget_conversations=True)
    with pytest.raises(Cannot, match="no longer here"):
        await session.hello(writing, "Good to hear from you.")


async def test_quitting_amid_a_slow_write_breaks_nothing(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    session = await town.caught_up()
    line = session.networks._line(1)
    begun = threading.Event()

    def slow(db: sqlite3.Connection) -> None:
        begun.set()
        line.thread.join(5)

    async def writes(adapter: Adapter) -> None:
        await session.visit.store.do(slow)

    line.thread.submit(writes)
    assert begun.wait(5)
    await session.quit(send=False)
    assert line.thread.join(5)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("method", ["audience", "measure"])
async def test_an_adapter_that_stumbles_over_a_message_does_not_end_the_screen(
    town: Town, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def odd(*_: object) -> Audience | Length:
        raise KeyError("parent")

    adapter_with(monkeypatch, **{method: odd})
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    with pytest.raises(Cannot, match="Village stumbles over this"):
        await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")


async def test_an_adapter_that_is_slow_to_load_does_not_hold_the_screen(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await session.quit(send=False)
    kind, loads = plugins.load("demo"), threading.Event()

    def slow(self: Adapter, *args: Any) -> None:
        loads.wait(10)
        kind.__init__(self, *args)

    adapter_with(monkeypatch, __init__=slow)
    again = town.visit()
    row = town.row(again, "Ana")
    began = time.monotonic()
    with pytest.raises(Cannot, match="still getting ready"):
        again.composer(row.id, row.shown)
    assert time.monotonic() - began < 1.5
    loads.set()


async def test_what_members_of_a_room_are_called_is_clean(town: Town) -> None:
    uri = town.village.says("ana", "psst", room="room-1")
    message = town.village.messages[uri]
    assert isinstance(message.place, RoomRef)
    members = (*message.place.members, PersonRef("did:eve", "eve\x1b]0;pwn\x07\u202e"))
    town.village.messages[uri] = replace(message, place=RoomRef("room-1", members))
    session = await town.caught_up()
    row = town.row(session, "Ana")
    assert set(session.composer(row.id, row.shown).sentence).isdisjoint("\x1b\x07\u202e")


@pytest.mark.parametrize("problem", [Refused("closed", "no \x1b]0;pwn\x07" + "x" * 5000), NotAllowed("x", "\x9b2J")])
async def test_what_a_server_says_of_itself_is_clean_and_short(town: Town, problem: AdapterError) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.fail["send"] = [problem]
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert set(town.said[-1]).isdisjoint("\x1b\x07\x9b")
    assert len(town.said[-1]) < 500


async def test_more_than_the_inbox_shows_is_counted(town: Town) -> None:
    for _ in range(205):
        town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    assert len(session.inbox().rows) == 200
    assert session.inbox().waiting == 205


async def test_an_answer_to_a_public_message_in_private_stays_private(town: Town) -> None:
    mine = town.village.says("me", "A public thought.", told=True)
    said = town.village.says("ana", "Just between us.", room="room-1")
    private: Message = replace(town.village.messages[said], parent=town.village.messages[mine].ref)
    town.village.messages[said] = private
    session = await town.caught_up()
    row = town.row(session, "Ana")
    assert row.private
    assert session.composer(row.id, row.shown).sentence == "Only Ana can read this."
