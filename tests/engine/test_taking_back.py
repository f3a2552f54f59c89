"""Taking back: exactly what the last thing did, whatever else has happened since."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from introvert_tui import plugins
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Later, OutgoingView
from introvert_tui.errors import Cannot, NotAllowed, Offline, Refused, Unavailable
from introvert_tui.model import GoneKind, MessageRef, Page, Prepared, Reason, Receipt
from introvert_tui.store import accounts, conversations, leaving, merge, messages, quiet, undo
from introvert_tui.store.times import to_ms

from .conftest import Town
from .pages import NOW, said

HOLD = 9.0


async def test_there_is_an_end_to_it(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.done(row.id, row.shown)
    assert (await session.undo()).sentence == "Taken back: it waits again."
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()


async def test_a_hello_taken_back_leaves_it_put_off_as_it_was(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.later(row.id, Later.NEXT_WEEK, "not today")
    await session.hello(session.composer(row.id, row.shown), "After all.")
    await session.undo()
    ((again, _),) = session.put_off()
    assert (again.state, again.later_reason) == (State.LATER, "not today")


async def test_what_was_done_waits_again_though_the_hello_has_left_since(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("ana", "@me two?", to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    await session.done(row.id, row.shown)
    await town.moves(session, seconds=HOLD)
    assert session.conversation(row.id).state is State.LEFT

    assert (await session.undo()).sentence == "Taken back: it waits again."
    await town.moves(session)
    assert town.row(session, "Ben").writers == ("Ben",)
    assert town.village.muted == set()


async def test_a_second_hello_taken_back_waits_again_though_the_first_has_left(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("ana", "@me two?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana", "One.")
    await town.moves(session, seconds=5)
    row = await town.greets(session, "Ben", "Two.")
    await town.moves(session, seconds=5)
    assert [one.text for one in town.village.mine()] == ["One."]
    assert session.conversation(row.id).state is State.LEFT

    await session.undo()
    await town.moves(session, seconds=HOLD)
    assert town.row(session, "Ben").kept == "Two."
    assert town.village.muted == set()


async def test_nothing_is_taken_back_while_it_goes_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, begun, go = plugins.load("demo"), threading.Event(), threading.Event()

    class Slow(kind):  # type: ignore[misc, valid-type]
        async def send(self, prepared: Prepared) -> Receipt:
            begun.set()
            await asyncio.get_running_loop().run_in_executor(None, go.wait, 5)
            receipt: Receipt = await super().send(prepared)
            return receipt

    monkeypatch.setattr(plugins, "load", lambda name: Slow)
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.clock.passes(seconds=HOLD)
    session.networks.nudge()
    assert await asyncio.to_thread(begun.wait, 5)
    with pytest.raises(Cannot, match="may be out already"):
        await session.undo()
    go.set()
    await town.moves(session)
    assert (await session.undo()).delete is not None


async def test_what_may_be_out_is_not_said_to_be_taken_back(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.lose_answers = 1
    town.village.fail["find"] = [Offline("no way out")]
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    with pytest.raises(Cannot, match="may be out already"):
        await session.undo()
    for _ in range(2):
        await town.moves(session, minutes=1)
    assert (await session.undo()).delete is not None


async def test_leaving_taken_back_brings_what_was_said_in_between(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await session.leave(town.row(session, "Ana").id)
    town.village.says("cy", "@me and me?", to=root)
    await session.catch_up()
    assert (await session.undo()).sentence == "Taken back: you have not left."
    assert session.inbox().rows[0].writers == ("Cy", "Ana")


async def test_leaving_taken_back_keeps_quiet_what_was_quiet_before(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    (hello,) = town.village.mine()
    town.village.says("ana", "And you!", to=hello.ref.uri, reason=Reason.REPLY)
    await session.catch_up()
    await session.leave(town.row(session, "Ana").id)
    await session.undo()
    await town.moves(session)
    assert town.row(session, "Ana").text == "And you!"
    assert town.village.muted == {root}


async def test_a_reply_taken_back_leaves_again_what_it_rejoined(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.leave(row.id)
    await town.moves(session)
    await session.reply(session.reply_composer(row.id, row.shown), "Here I am.")
    await session.undo()
    await town.moves(session)
    assert session.conversation(row.id).state is State.LEFT
    assert town.village.muted == {root}


async def replied_in_vain(town: Town) -> tuple[Session, OutgoingView]:
    """A thread of Ben's that you left without a word, and a reply to Ana there which does not get out."""
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.leave(row.id)
    await town.moves(session)
    town.village.fail["send"] = [Offline("no way out")] * 1000
    await session.reply(session.reply_composer(row.id, row.shown), "Here I am.")
    await town.moves(session, seconds=HOLD)
    assert session.conversation(row.id).state is State.OPEN
    assert town.village.muted == set()
    (one,) = session.outbox()
    return session, one


async def drop(town: Town, session: Session, reply: OutgoingView) -> Session:
    await session.drop(reply.key)
    return session


async def do_not_send(town: Town, session: Session, reply: OutgoingView) -> Session:
    await session.quit(send=False)
    town.clock.passes(days=2)
    session = await town.caught_up()
    await town.moves(session)
    (question,) = session.questions()
    await session.decide(question, send=False)
    return session


async def block(town: Town, session: Session, reply: OutgoingView) -> Session:
    (row,) = session.older()
    await session.block_person(session.who(row.id, row.shown))
    return session


async def sign_out(town: Town, session: Session, reply: OutgoingView) -> Session:
    await session.remove_account(1, forget_conversations=False)
    return session


async def be_refused(town: Town, session: Session, reply: OutgoingView) -> Session:
    town.village.fail["send"] = [Refused("closed", "no")]
    return session


async def see_it_deleted(town: Town, session: Session, reply: OutgoingView) -> Session:
    asked = "at://ana/1"
    town.village.messages[asked] = replace(town.village.messages[asked], gone=GoneKind.DELETED)
    town.clock.passes(minutes=11)
    return session


async def write_twice_and_sign_out(town: Town, session: Session, reply: OutgoingView) -> Session:
    (row,) = session.older()
    await session.reply(session.reply_composer(row.id, row.shown), "Here I am again.")
    await session.remove_account(1, forget_conversations=False)
    return session


async def reword_and_drop(town: Town, session: Session, reply: OutgoingView) -> Session:
    await session.reword(reply.key, "Here I am again.")
    await town.moves(session, seconds=HOLD)
    assert session.left() == ()
    assert town.village.muted == set()
    (one,) = session.outbox()
    await session.drop(one.key)
    return session


@pytest.mark.parametrize(
    "way", [drop, do_not_send, block, reword_and_drop, be_refused, see_it_deleted], ids=lambda way: way.__name__
)
async def test_a_reply_that_is_not_sent_after_all_leaves_again_what_it_rejoined(
    town: Town, way: Callable[[Town, Session, OutgoingView], Awaitable[Session]]
) -> None:
    session, reply = await replied_in_vain(town)
    session = await way(town, session, reply)
    await town.moves(session, minutes=3)
    (row,) = session.left()
    assert town.village.muted == {"at://ben/0"}
    assert row.kept in ("Here I am.", "Here I am again.")


async def test_a_refused_hello_to_what_was_put_off_waits(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.later(row.id, Later.NEXT_WEEK)
    town.village.fail["send"] = [Refused("closed", "Replies are closed.")]
    await session.hello(session.composer(row.id, row.shown), "Hi.")
    await town.moves(session, seconds=9)
    assert town.row(session, "Ana").kept == "Hi."
    assert session.put_off() == ()


@pytest.mark.parametrize("way", [sign_out, write_twice_and_sign_out], ids=lambda way: way.__name__)
async def test_signing_out_with_a_reply_on_its_way_leaves_again_what_it_rejoined(
    town: Town, way: Callable[[Town, Session, OutgoingView], Awaitable[Session]]
) -> None:
    session, reply = await replied_in_vain(town)
    (row,) = session.older()
    await way(town, session, reply)
    assert session.conversation(row.id).state is State.LEFT


async def test_it_is_left_again_only_with_the_last_of_two_replies(town: Town) -> None:
    session, first = await replied_in_vain(town)
    (row,) = session.older()
    await session.reply(session.reply_composer(row.id, row.shown), "Here I am again.")
    await session.drop(first.key)
    await town.moves(session, minutes=3)
    assert session.conversation(row.id).state is State.OPEN
    assert town.village.muted == set()
    (second,) = session.outbox()
    await session.drop(second.key)
    await town.moves(session, minutes=3)
    assert session.conversation(row.id).state is State.LEFT
    assert town.village.muted == {"at://ben/0"}


async def test_a_refused_reply_does_not_leave_where_somebody_spoke_meanwhile(town: Town) -> None:
    session, _ = await replied_in_vain(town)
    (row,) = session.older()
    town.village.says("cy", "@me and me?", to="at://ben/0")
    await session.catch_up()
    town.village.fail["send"] = [Refused("closed", "no")]
    await town.moves(session, minutes=3)
    assert session.conversation(row.id).state is State.WAITING
    assert town.village.muted == set()


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_rejoining_taken_back_never_silences_what_came(town: Town, meanwhile: bool) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.leave(row.id)
    await session.rejoin(row.id)
    if meanwhile:
        town.village.says("cy", "@me and me?", to=root)
        await session.catch_up()
    sentence = (await session.undo()).sentence
    await town.moves(session)
    if meanwhile:
        assert sentence == "Something was said there meanwhile, so you stay part of it."
        assert session.conversation(row.id).state is State.WAITING
        assert town.village.muted == set()
    else:
        assert sentence == "Taken back: it is left again."
        assert session.conversation(row.id).state is State.LEFT
        assert town.village.muted == {root}


async def test_what_was_refused_was_given_back_already(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    town.village.says("ben", "@me look")
    session = await town.caught_up()
    ben = town.row(session, "Ben")
    await session.done(ben.id, ben.shown)
    town.village.fail["send"] = [Refused("closed", "no")]
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    await session.undo()
    assert town.row(session, "Ben").state is State.WAITING


async def test_after_no_to_deleting_the_next_one_is_about_what_was_before(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    town.village.says("ben", "@me look")
    session = await town.caught_up()
    ben = town.row(session, "Ben")
    await session.done(ben.id, ben.shown)
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert (await session.undo()).delete is not None
    assert (await session.undo()).sentence == "Taken back: it waits again."
    assert town.row(session, "Ben").state is State.WAITING


async def test_the_words_of_a_deleted_hello_are_kept_beside_newer_ones(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = await town.greets(session, "Ana", "First words.")
    await town.moves(session, seconds=HOLD)
    writing = session.composer(row.id, row.shown)
    await session.keep_words(writing, "A second thought.")
    town.clock.passes(seconds=1)
    offer = (await session.undo()).delete
    assert offer is not None
    await session.delete(offer)
    assert town.row(session, "Ana").kept == "First words."
    await session.keep_words(session.composer(row.id, row.shown), "")
    assert town.row(session, "Ana").kept == "A second thought."


async def test_a_nod_that_never_goes_out_is_taken_back_by_itself(town: Town) -> None:
    town.village.says("ana", "@me look")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.fail["nod"] = [NotAllowed("nod", "There is no nod here.")]
    await session.nod(row.id, row.shown)
    assert session.inbox().rows == ()
    await town.moves(session, seconds=HOLD)
    assert town.said == ["The nod did not go out: There is no nod here. It waits again."]
    assert town.row(session, "Ana").state is State.WAITING
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()


@pytest.mark.parametrize("lost", ["the answer", "the request"])
async def test_a_nod_that_may_be_out_is_taken_back_on_the_server_too(
    town: Town, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    kind = plugins.load("demo")

    class Lossy(kind):  # type: ignore[misc, valid-type]
        async def nod(self, to: MessageRef, on: bool) -> None:
            if not (on and lost == "the request"):
                await super().nod(to, on)
            if on:
                raise Unavailable("Village did not answer in time.")

    monkeypatch.setattr(plugins, "load", lambda name: Lossy)
    uri = town.village.says("ana", "@me look")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.nod(row.id, row.shown)
    await town.moves(session, seconds=HOLD)
    assert town.village.nods == ({uri} if lost == "the answer" else set())
    assert (await session.undo()).sentence == "Taken back: no nod, and it waits again."
    await town.moves(session, minutes=10)
    assert town.village.nods == set()
    assert not quiet.pending(session.db)


async def test_a_nod_that_never_left_costs_the_server_nothing_when_it_is_taken_back(town: Town) -> None:
    town.village.says("ana", "@me look")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.fail["nod"] = [Offline("no way out")]
    await session.nod(row.id, row.shown)
    await town.moves(session, seconds=HOLD)
    await session.undo()
    await town.moves(session, minutes=10)
    assert town.village.calls.count("nod") == 1
    assert not quiet.pending(session.db)


def test_a_nod_taken_back_while_it_goes_out_is_taken_back_on_the_server_too(db: sqlite3.Connection) -> None:
    ref = MessageRef("at://1", "at://1", "cid")
    quiet.want_nod(db, 1, ref, True, now=0, due_at=0)
    (going_out,) = quiet.nods_due(db, 1, now=0)
    quiet.take_back_nod(db, 1, ref.uri, now=1)
    quiet.nod_done(db, 1, going_out, now=2)
    assert [wish.want for wish in quiet.nods_due(db, 1, now=2)] == [False]


@pytest.mark.parametrize("what", ["done", "hello", "leave"])
async def test_what_names_two_accounts_of_yours_waits_again_in_both(town: Town, what: str) -> None:
    """Ana names both; the account that was added last reads it first."""
    session = await town.caught_up()
    add = ("demo", "https://other.test", "did:me2", "me2.test", session.now())
    other = await session.visit.store.do(accounts.add, *add)
    root = town.village.messages[town.village.says("ben", "A thread.", told=False, reason=None)]
    said = town.village.messages[town.village.says("ana", "@me @me2 hello?", to=root.ref.uri, told=False)]

    async def comes_to(account: int) -> None:
        copies = tuple(replace(one, ref=replace(one.ref, local=f"{one.ref.uri} {account}")) for one in (root, said))
        page = Page(messages=copies, people=town.village.people())
        await session.visit.store.do(merge.merge, account, page, town.clock.now())

    await comes_to(other)
    row = town.row(session, "Ana")
    match what:
        case "done":
            await session.done(row.id, row.shown)
        case "hello":
            await town.greets(session, "Ana")
        case _:
            await session.leave(row.id)
    await comes_to(1)
    await session.undo()
    assert [one.id for one in session.inbox().rows] == [row.id]


def test_what_was_done_in_a_thread_that_has_joined_a_left_one_is_told_truly(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(0, "cy", 0, 20),)), NOW)
    leaving.leave_quietly(db, 1, "visit", to_ms(NOW))
    merge.merge(db, 1, Page(messages=(said(2, "ana", 2, 5, parent=1),)), NOW)
    (row,) = conversations.waiting(db, 5)
    leaving.done(db, row.id, "visit", 99, to_ms(NOW))
    merge.merge(db, 1, Page(messages=(said(1, "ben", 0, 10, parent=0, to_me=False),)), NOW)
    record = undo.last(db, "visit")
    assert record is not None
    leaving.taken_back(db, record, to_ms(NOW))
    joined = conversations.one(db, row.id)
    assert joined is not None
    assert (joined.id, joined.state) == (1, "left")
    assert quiet.is_wanted(db, 1)
    assert messages.waiting_in(db, 1)[0].message.ref.uri == "at://2"
