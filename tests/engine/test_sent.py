"""What you wrote, and how each message stands, in every state it can be in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from introvert_tui.engine.sent import SentView
from introvert_tui.engine.session import Session
from introvert_tui.errors import Refused
from introvert_tui.store import outbox

from .conftest import Town
from .test_outbox_by_hand import HOLD, MINUTES_LATER, held, is_down, left_held, lost, nobody_can_say, written_offline


def only(session: Session) -> SentView:
    (one,) = session.sent()
    return one


async def test_what_is_held_goes_out_in_a_moment_and_then_is_out(town: Town) -> None:
    session = await held(town)
    one = only(session)
    assert (one.to, one.kind, one.text, one.moves, one.out) == ("Ana", "hello", "Good to hear from you.", True, False)
    assert one.stands == "goes out in a moment, or when you quit"
    assert one.question is None
    assert one.message == one.answered
    await town.moves(session, seconds=HOLD)
    out = only(session)
    assert (out.stands, out.moves, out.out) == ("out since 18:00", False, True)
    assert out.delete is not None
    assert out.delete.sentence == "Your hello to Ana went out at 18:00. Delete it?"
    own = next(one for one in session.conversation(out.conversation).messages if one.id == out.message)
    assert (own.mine, own.body[0].text) == (True, "Good to hear from you.")


async def test_the_day_is_said_of_what_went_out_before(town: Town) -> None:
    session = await held(town)
    await town.moves(session, seconds=HOLD)
    town.clock.passes(days=2)
    one = only(session)
    assert one.stands == "out since Friday 18:00"
    assert one.delete is not None
    assert one.delete.sentence == "Your hello to Ana went out on Friday at 18:00. Delete it?"


async def test_what_could_not_go_out_says_why_and_what_is_behind_it_waits_too(town: Town) -> None:
    await written_offline(town, "ana", "ben")
    is_down(town)
    session = await town.caught_up()
    ben, ana = session.sent()
    assert ana.stands == "tried once, at 18:00: Village does not answer"
    assert ben.stands == "waits: Village does not answer"
    assert (ana.moves, ana.question) == (True, None)
    town.clock.passes(hours=8)
    assert session.sent()[1].stands == "tried once, on Friday at 18:00: Village does not answer"


async def test_that_it_did_not_go_out_after_all_is_said_once(town: Town) -> None:
    session = await held(town)
    is_down(town)
    town.events.clear()
    await town.moves(session, seconds=HOLD)
    await town.moves(session, minutes=MINUTES_LATER)
    await town.moves(session, minutes=MINUTES_LATER)
    assert only(session).stands.startswith("tried")
    assert town.said == [
        "Your hello to Ana did not go out yet: Village does not answer. It is kept, and goes out later."
    ]
    assert (await session.quit(send=True) or "").startswith("Your hello to Ana did not go out yet")


async def test_it_is_tried_now_where_its_next_try_is_later(town: Town) -> None:
    await written_offline(town, "ana")
    town.clock.passes(minutes=MINUTES_LATER)
    is_down(town)
    session = await town.caught_up()
    await town.moves(session)
    town.village.fail.clear()
    await session.send_unsent([only(session).key])
    assert only(session).out
    assert len(town.village.mine()) == 1


async def test_what_this_visit_holds_is_sent_now_and_alone(town: Town) -> None:
    town.village.says("ben", "@me hello?")
    session = await held(town)
    await town.greets(session, "Ben")
    ben, ana = session.sent()
    await session.send_unsent([ana.key])
    assert [one.stands for one in session.sent()] == ["goes out in a moment, or when you quit", "out since 18:00"]
    assert ben.to == "Ben"


async def test_what_another_visit_holds_says_so(town: Town) -> None:
    await held(town)
    assert only(town.visit()).stands == "held by a visit that is open"


async def test_what_asks_has_a_question(town: Town) -> None:
    one = only(await left_held(town))
    assert (one.stands, one.question) == (
        "asks: it did not go out",
        "Your hello to Ana, written just now, did not go out. Send it now?",
    )


async def test_what_nobody_can_find_asks_and_taking_it_back_promises_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_can_say(town, monkeypatch)
    session = await lost(town)
    session.start()
    await town.moves(session)
    one = only(session)
    assert (one.stands, one.lost, one.moves) == ("asks: it may have gone out", False, True)
    await session.drop(one.key)
    assert only(session).stands == "taken back, but it may have gone out before"


async def test_what_may_be_out_is_looked_for(town: Town) -> None:
    one = only(await lost(town))
    assert (one.stands, one.lost, one.question) == (
        "may have gone out; Introvert looks before it sends again",
        True,
        None,
    )


async def test_what_is_on_its_way_says_so(town: Town) -> None:
    session = await held(town)
    key = only(session).key
    await session.visit.store.do(outbox.queue, key, session.now() + 60_000)
    assert only(session).stands == "goes out in a moment"


async def test_what_was_refused_says_it_in_the_servers_words(town: Town) -> None:
    session = await held(town)
    town.village.fail["send"] = [Refused("length", "longer than 500 characters")]
    await town.moves(session, seconds=HOLD)
    one = only(session)
    assert one.stands == (
        "Village refused your hello to Ana: longer than 500 characters. Your words are kept; r opens them."
    )
    assert (one.moves, one.delete) == (False, None)


async def test_what_was_taken_back_deleted_or_reworded(town: Town) -> None:
    session = await held(town)
    await session.undo()
    assert only(session).stands == "taken back"
    await town.greets(session, "Ana", "Another.")
    await town.moves(session, seconds=HOLD)
    offer = session.sent()[0].delete
    assert offer is not None
    await session.delete(offer)
    deleted, first = session.sent()
    assert (deleted.stands, deleted.out, deleted.delete) == ("deleted again", True, None)
    assert deleted.message == deleted.answered
    assert first.stands == "taken back"


async def test_what_went_out_in_other_words_is_one(town: Town) -> None:
    await written_offline(town, "ana")
    session = town.visit()
    await session.reword(only(session).key, "Other words.")
    assert only(session).text == "Other words."


async def test_a_message_of_this_visit_is_taken_back_with_its_words(town: Town) -> None:
    session = await held(town)
    sentence = await session.drop(only(session).key)
    assert sentence == "Taken back. Nothing was sent; your words are kept."
    assert only(session).stands == "taken back"
    assert town.row(session, "Ana").kept == "Good to hear from you."


async def test_where_it_can_be_read_is_known_once_its_thread_was_read(town: Town) -> None:
    session = await held(town)
    await town.moves(session, seconds=HOLD)
    one = only(session)
    assert one.url is None
    (mine,) = town.village.mine()
    town.village.messages[mine.ref.uri] = replace(mine, url="https://village.test/mine")
    await session.open(one.conversation)
    assert only(session).url == "https://village.test/mine"


async def test_the_newest_is_first_and_no_server_is_asked(town: Town) -> None:
    await written_offline(town, "ana", "ben", "cy")
    session = town.visit()
    calls = list(town.village.calls)
    assert [one.to for one in session.sent()] == ["Cy", "Ben", "Ana"]
    assert town.village.calls == calls


async def test_what_an_account_that_was_forgotten_wrote_is_not_here(town: Town) -> None:
    session = await held(town)
    await town.moves(session, seconds=HOLD)
    assert only(session).out
    await session.remove_account(session.accounts()[0].id, forget_conversations=True)
    assert session.sent() == ()


async def test_what_an_account_wrote_that_was_only_signed_out_stays(town: Town) -> None:
    session = await held(town)
    await session.remove_account(session.accounts()[0].id, forget_conversations=False)
    assert only(session).stands == "not sent, since you signed out"


@pytest.mark.parametrize("left", ["without a word", "by another hello"])
async def test_deleting_a_hello_does_not_bring_back_what_was_left_since(town: Town, left: str) -> None:
    root = town.village.says("ben", "@me and you?" if left == "by another hello" else "A thread.")
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana", "Hello, Ana.")
    await town.moves(session, seconds=HOLD)
    if left == "by another hello":
        await town.greets(session, "Ben", "Hello, Ben.")
        await town.moves(session, seconds=HOLD)
    else:
        await session.leave(row.id)
        await town.moves(session)
    first = session.sent()[-1]
    assert first.text == "Hello, Ana."
    assert first.delete is not None
    told = await session.delete(first.delete)
    assert told.sentence == "Deleted. The conversation stays left; your words are kept."
    await town.moves(session, minutes=3)
    (again,) = session.left()
    assert again.kept == "Hello, Ana."
    assert session.inbox().rows == ()
    assert town.village.muted == {root}


async def test_deleting_the_hello_that_left_brings_back_whom_it_answered(town: Town) -> None:
    root = town.village.says("ben", "@me and you?")
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    for who in ("Ana", "Ben"):
        await town.greets(session, who)
        await town.moves(session, seconds=HOLD)
    assert town.village.muted == {root}
    last = session.sent()[0]
    assert last.delete is not None
    await session.delete(last.delete)
    await town.moves(session, minutes=3)
    assert town.row(session, "Ben").writers == ("Ben",)
    assert town.village.muted == set()
