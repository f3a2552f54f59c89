"""Left, and back again: doors, threads kept quiet, rejoining, and conversations that join."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from introvert_tui.engine.inbox import Group, InboxRow, State
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Later
from introvert_tui.errors import Cannot, Offline, Refused
from introvert_tui.model import GoneKind, Message, MessageRef, Page, PersonRef, Reason, Receipt, Span, ThreadRef
from introvert_tui.store import doors, merge, quiet
from introvert_tui.store.times import to_ms

from .conftest import Town
from .pages import NOW, said

HOLD = 9.0


async def test_putting_it_off_stands_when_the_hello_is_out(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("ana", "@me two?", to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    await session.later(row.id, Later.TOMORROW)
    await town.moves(session, seconds=HOLD)
    assert len(town.village.mine()) == 1
    assert session.conversation(row.id).state is State.LATER
    town.clock.passes(days=1)
    await session.catch_up()
    assert town.row(session, "Ben").state is State.WAITING


@pytest.mark.parametrize("how", ["done", "left"])
async def test_only_what_waits_is_put_off(town: Town, how: str) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await (session.done(row.id, row.shown) if how == "done" else session.leave(row.id))
    with pytest.raises(Cannot, match="nothing to put off"):
        await session.later(row.id, Later.TOMORROW)


async def test_leaving_for_good_stands_when_the_hello_is_out(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    await session.leave(row.id)
    await town.moves(session, seconds=HOLD)
    (hello,) = town.village.mine()
    town.village.says("ana", "And you!", to=hello.ref.uri, reason=Reason.REPLY)
    await session.catch_up()
    assert session.inbox().rows == ()
    assert session.conversation(row.id).state is State.LEFT


async def test_a_private_conversation_is_not_left_without_a_word(town: Town) -> None:
    town.village.says("ana", "psst", room="room-1")
    session = await town.caught_up()
    with pytest.raises(Cannot, match="they would not know"):
        await session.leave(town.row(session, "Ana").id)


async def test_each_of_two_hellos_leaves_its_own_door_ajar(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("ana", "@me two?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=5)
    row = await town.greets(session, "Ben")
    await town.moves(session, seconds=5)
    await town.moves(session, seconds=5)
    first, second = town.village.mine()
    assert session.conversation(row.id).state is State.LEFT
    for who, hello in (("ben", second), ("ana", first)):
        town.village.says(who, "And you!", to=hello.ref.uri, reason=Reason.REPLY, told=False)
        await session.catch_up()
        back = town.row(session, who.title())
        assert back.group is Group.WROTE_BACK
        await session.done(back.id, back.shown)


async def test_who_was_greeted_first_can_write_back_though_a_later_hello_left(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("ana", "@me two?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    row = await town.greets(session, "Ben")
    await town.moves(session, seconds=HOLD)
    first, second = town.village.mine()
    assert session.conversation(row.id).state is State.LEFT
    for who, hello in (("ana", first), ("ben", second)):
        town.village.says(who, "And you!", to=hello.ref.uri, reason=Reason.REPLY)
        await session.catch_up()
        back = town.row(session, who.title())
        assert back.group is Group.WROTE_BACK
        await session.done(back.id, back.shown)


async def test_what_others_say_stays_silent_after_two_hellos(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("ana", "@me two?", to=root)
    session = await town.caught_up()
    for who in ("Ana", "Ben"):
        row = await town.greets(session, who)
        await town.moves(session, seconds=HOLD)
    first, second = town.village.mine()
    for hello in (first, second):
        town.village.says("cy", "@me and me?", to=hello.ref.uri, reason=Reason.REPLY)
    await session.catch_up()
    await session.open(row.id)
    assert session.inbox().rows == ()


@pytest.mark.parametrize("hello", ["held", "out, its thread not read again yet"])
async def test_a_reply_written_after_a_hello_stays(town: Town, hello: str) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("ana", "@me two?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    if hello != "held":
        town.village.fail["thread"] = [Offline("no way there")]
        await town.moves(session, seconds=HOLD)
    row = town.row(session, "Ben")
    await session.reply(session.reply_composer(row.id, row.shown), "A long answer; I stay.")
    for _ in range(3):
        await town.moves(session, seconds=HOLD)
    _, reply = town.village.mine()
    town.village.says("ben", "And then?", to=reply.ref.uri, reason=Reason.REPLY)
    await session.catch_up()
    assert town.row(session, "Ben").text == "And then?"
    assert town.village.muted == set()


async def test_a_reply_that_was_taken_back_does_not_keep_a_hello_from_leaving(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    await session.reply(session.reply_composer(row.id, row.shown), "On second thoughts.")
    await session.undo()
    await town.moves(session, seconds=HOLD)
    assert session.conversation(row.id).state is State.LEFT
    assert town.village.muted == {root}


async def test_a_second_hello_that_is_refused_waits_again_though_the_first_has_left(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("ana", "@me two?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=5)
    await town.greets(session, "Ben", "Two.")
    await town.moves(session, seconds=5)
    town.village.fail["send"] = [Refused("closed", "no")]
    await town.moves(session, seconds=5)
    assert town.row(session, "Ben").kept == "Two."
    assert town.village.muted == set()


async def test_who_wrote_back_and_was_done_with_can_write_back_again(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    (hello,) = town.village.mine()
    for text in ("And you!", "One more thing."):
        # The server keeps the thread quiet: only the door hears.
        town.village.says("ana", text, to=hello.ref.uri, reason=Reason.REPLY, told=False)
        await session.catch_up()
        back = town.row(session, "Ana")
        assert back.text == text
        await session.done(back.id, back.shown)
        assert town.village.muted == {root}


async def wrote_back(town: Town) -> tuple[Session, InboxRow]:
    """Ben's thread, which you left with a hello to Ana, and in which she wrote back."""
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    (hello,) = town.village.mine()
    town.village.says("ana", "And you?", to=hello.ref.uri, reason=Reason.REPLY, told=False)
    await session.catch_up()
    assert town.village.muted == {root}
    return session, town.row(session, "Ana")


async def test_a_reply_to_who_wrote_back_lets_the_thread_speak_again(town: Town) -> None:
    session, back = await wrote_back(town)
    told = await session.reply(session.reply_composer(back.id, back.shown), "Gladly.")
    assert told.sentence.startswith("You are part of this again. ")
    await town.moves(session, seconds=HOLD)
    assert town.village.muted == set()
    _, reply = town.village.mine()
    town.village.says("ana", "Thank you!", to=reply.ref.uri, reason=Reason.REPLY)
    await session.catch_up()
    assert [one.text for one in session.inbox().rows] == ["Thank you!"]


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_a_reply_to_who_wrote_back_that_is_taken_back_keeps_it_as_quiet_as_it_was(
    town: Town, meanwhile: bool
) -> None:
    session, back = await wrote_back(town)
    muted = set(town.village.muted)
    await session.reply(session.reply_composer(back.id, back.shown), "Gladly.")
    if meanwhile:
        (hello,) = town.village.mine()
        town.village.says("ana", "Well?", to=hello.ref.uri, reason=Reason.REPLY)
        await session.catch_up()
    await session.undo()
    await town.moves(session, seconds=HOLD)
    assert town.row(session, "Ana").group is Group.WROTE_BACK
    assert town.village.muted == muted


async def test_a_hello_to_who_wrote_back_leaves_it_as_quiet_as_it_was(town: Town) -> None:
    session, back = await wrote_back(town)
    muted = set(town.village.muted)
    await session.hello(session.composer(back.id, back.shown), "And good night.")
    await town.moves(session, seconds=HOLD)
    assert session.conversation(back.id).state is State.LEFT
    assert town.village.muted == muted
    assert town.village.calls.count("mute") == 1


async def test_an_answer_first_seen_without_knowing_that_it_is_one_opens_the_door_all_the_same(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    (hello,) = town.village.mine()
    answer = town.village.says("ana", "And you!", to=hello.ref.uri, reason=None, told=False)
    await session.open(row.id)
    assert session.inbox().rows == ()
    town.village.messages[answer] = replace(town.village.messages[answer], said_to_me=Reason.REPLY)
    town.village.news.append(answer)
    await session.catch_up()
    assert town.row(session, "Ana").text == "And you!"


async def test_rejoining_takes_back_a_mute_that_was_set_elsewhere(town: Town) -> None:
    root = town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.muted.add(root)
    await session.visit.store.do(merge.merge, 1, Page(muted=((root, True),)), town.clock.now())
    assert session.conversation(row.id).state is State.LEFT
    await session.rejoin(row.id)
    await town.moves(session, minutes=5)
    assert town.village.muted == set()
    await session.visit.store.do(merge.merge, 1, Page(muted=((root, False),)), town.clock.now())
    assert session.conversation(row.id).state is State.OPEN


async def test_what_was_not_left_is_not_rejoined(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    before = town.row(session, "Ana")
    with pytest.raises(Cannot, match="You did not leave this"):
        await session.rejoin(before.id)
    assert town.row(session, "Ana") == before
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()


async def test_what_is_begun_in_a_conversation_goes_on_when_it_joins_another(town: Town) -> None:
    def there(uri: str, root: str, parent: str | None, who: str, minutes: int, reason: Reason | None) -> Message:
        at = town.clock.now() - timedelta(minutes=minutes)
        return Message(
            ref=MessageRef(uri, uri, "cid"),
            place=ThreadRef(MessageRef(root, root, "cid"), complete=False),
            author=PersonRef(f"did:{who}", f"{who}.test"),
            seen_at=at,
            claimed_at=at,
            body=(Span(uri),),
            parent=MessageRef(parent, parent, "cid") if parent else None,
            said_to_me=reason,
        )

    session = await town.caught_up()
    village, store = town.village.messages, session.visit.store
    village["one"] = there("one", "root", None, "cy", 20, None)
    village["three"] = there("three", "three", "two", "ana", 10, Reason.MENTION)
    for uri in ("one", "three"):
        page = Page(messages=(village[uri],), people=town.village.people())
        await store.do(merge.merge, 1, page, town.clock.now())
    row = town.row(session, "Ana")
    writing = session.composer(row.id, row.shown)
    village["two"] = there("two", "root", "one", "ben", 15, None)
    await store.do(merge.merge, 1, Page(messages=(village["two"],)), town.clock.now())
    assert town.row(session, "Ana").id != row.id

    assert session.composer(row.id, row.shown).to == "Ana"
    await session.keep_words(writing, "Half a thought")
    assert session.conversation(row.id).kept == "Half a thought"
    assert (await session.hello(writing, "A whole thought.")).left_inbox
    assert (await session.undo()).sentence.startswith("Taken back.")
    assert (await session.nod(row.id, row.shown)).left_inbox
    await session.undo()
    assert (await session.done(row.id, row.shown)).left_inbox
    assert session.inbox().rows == ()


async def signed_out_and_in_again(town: Town, session: Session, *, forget: bool = False) -> Session:
    await session.remove_account(1, forget)
    await session.quit(send=False)
    return await town.caught_up()


@pytest.mark.parametrize("who", ["ana", "ben"])
async def test_what_was_left_is_left_still_when_its_account_is_signed_in_again(town: Town, who: str) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    (hello,) = town.village.mine()
    session = await signed_out_and_in_again(town, session)
    town.village.says(who, "And you!", to=hello.ref.uri, reason=Reason.REPLY)
    await session.catch_up()
    assert [one.group for one in session.inbox().rows] == ([Group.WROTE_BACK] if who == "ana" else [])
    await session.rejoin(row.id)
    await town.moves(session, seconds=1)
    assert town.village.muted == set()


async def test_a_thread_left_before_signing_out_is_muted_when_signed_in_again(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    town.village.fail["mute"] = [Offline("no way there")] * 3
    await session.leave(town.row(session, "Ana").id)
    await town.moves(session, seconds=1)
    await session.remove_account(1, False)
    assert not quiet.pending(session.db)
    await session.quit(send=False)
    session = await town.caught_up()
    for _ in range(3):
        await town.moves(session, minutes=10)
    assert town.village.muted == {root}


async def test_of_an_account_whose_conversations_are_forgotten_nothing_is_wished(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    town.village.fail["mute"] = [Offline("no way there")]
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    session = await signed_out_and_in_again(town, session, forget=True)
    await town.moves(session, minutes=10)
    assert town.village.calls.count("mute") == 1
    assert doors.due(session.db, 1, session.now()) == ()


MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def leaves(db: sqlite3.Connection, hellos: int) -> int:
    """Leave as many conversations with a hello to Ana, one a minute; returns when the last of them went out."""
    merge.merge(db, 1, Page(messages=tuple(said(number, "ana", number, 60) for number in range(hellos))), NOW)
    db.execute("UPDATE conversation SET state = 'left', door = 'ajar'")
    for number in range(hellos):
        ref = MessageRef(f"at://hello/{number}", f"{number}")
        receipt = Receipt(ref, NOW + timedelta(minutes=number))
        doors.put(db, 1, number + 1, PersonRef("did:ana", "ana.test"), receipt)
    return to_ms(receipt.at)


def look(db: sqlite3.Connection, now: int, most: int) -> list[str]:
    """Look at the doors for which it is time, and return the ids of their hellos."""
    due = doors.due(db, 1, now, most)
    doors.looked(db, due, now)
    return [door.receipt.local for door in due]


def test_of_more_doors_than_are_looked_at_at_once_none_is_forgotten(db: sqlite3.Connection) -> None:
    now = leaves(db, 5)
    looks = [look(db, now + minute * MINUTE_MS, 2) for minute in range(4)]
    assert looks == [["4", "3"], ["2", "1"], ["0", "4"], ["3", "2"]]


async def test_a_door_that_one_call_had_no_room_for_is_looked_at_in_the_next(town: Town) -> None:
    names = ["Ana", "Ben", "Cy", "Dee"]
    for name in names:
        town.village.says(name.lower(), "@me hello?")
    session = await town.caught_up()
    for name in names:
        await town.greets(session, name, f"Good to hear from you, {name}.")
    await town.moves(session, seconds=HOLD)
    town.village.at_once = 2
    for hello in town.village.mine()[:2]:
        who = hello.text.rstrip(".").rpartition(" ")[2].lower()
        town.village.says(who, "And you!", to=hello.ref.uri, reason=Reason.REPLY, told=False)
    back = []
    for _ in range(2):
        await session.catch_up()
        back.append(len(session.inbox().rows))
    assert back == [0, 2]


async def test_what_waits_and_had_no_room_in_one_call_is_looked_at_in_the_next(town: Town) -> None:
    told = [town.village.says(who, "@me hello?") for who in ("ana", "ben", "cy", "dee")]
    session = await town.caught_up()
    town.village.at_once = 2
    for uri in told[:2]:
        town.village.messages[uri] = replace(town.village.messages[uri], gone=GoneKind.DELETED, body=())
    left = []
    for _ in range(2):
        town.clock.passes(minutes=6)
        await session.catch_up()
        left.append(len(session.inbox().rows))
    assert left == [4, 2]


def test_a_door_is_looked_at_often_then_daily_then_only_once_it_is_left_again(db: sqlite3.Connection) -> None:
    put = leaves(db, 1)
    often = [len(look(db, put + hour * HOUR_MS, 9)) for hour in range(48)]
    assert often == [1] * 48
    daily = [len(look(db, put + hour * HOUR_MS, 9)) for hour in range(48, 14 * 24)]
    assert 11 <= sum(daily) <= 12
    assert not look(db, put + 15 * DAY_MS, 9)
    assert doors.set_ajar(db, 1, put + 15 * DAY_MS)
    assert [len(look(db, put + day * DAY_MS, 9)) for day in (15, 16)] == [1, 0]
    assert doors.set_ajar(db, 1, put + 30 * DAY_MS)
    assert not look(db, put + 30 * DAY_MS, 9)


def test_a_door_that_was_never_looked_at_is_looked_at_once_however_late(db: sqlite3.Connection) -> None:
    put = leaves(db, 1)
    assert [len(look(db, put + day * DAY_MS, 9)) for day in (40, 41)] == [1, 0]


def test_a_door_is_read_once_a_day_however_many_answers_there_were_before(db: sqlite3.Connection) -> None:
    put = leaves(db, 1)
    look(db, put, 9)
    merge.merge(db, 1, Page(doors=(("at://hello/0", "1 answer"),)), NOW)
    tokens = []
    for hours in (1, 23, 25, 26, 24, 50):
        (door,) = doors.due(db, 1, put + hours * HOUR_MS)
        doors.looked(db, (door,), put + hours * HOUR_MS)
        tokens.append(door.token)
    assert tokens == ["1 answer", "1 answer", None, "1 answer", None, None]
