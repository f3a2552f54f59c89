"""Say hi and leave, point by point, through the engine and its store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from introvert_tui import plugins
from introvert_tui.adapter import Adapter
from introvert_tui.engine.inbox import Group, State
from introvert_tui.errors import AdapterError, Cannot, Gone, Offline, Refused, Unavailable, Unsure
from introvert_tui.model import Audience, GoneKind, Message, Reason, Span, Visibility
from introvert_tui.settings import Settings
from introvert_tui.store import outgoing
from introvert_tui.store.database import Store

from .conftest import Town

HOLD = 9.0


async def test_a_hello_goes_out_after_the_hold_and_the_thread_is_left_and_muted(town: Town) -> None:
    root = town.village.says("ben", "A thread of mine.", told=False, reason=None)
    town.village.says("ana", "@me what do you think?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")

    outcome = await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")

    assert outcome.sentence == "Hello to Ana goes out in a moment, or when you quit · u takes it back"
    assert outcome.left_inbox
    assert session.inbox().rows == ()
    assert town.village.mine() == []
    await town.moves(session, seconds=HOLD)
    (sent,) = town.village.mine()
    assert sent.text == "Good to hear from you."
    assert town.village.muted == {root}
    assert [left.id for left in session.left()] == [row.id]
    assert town.said == [
        "Hello to Ana is out.",
        "Your other apps are quiet about the thread you left, too.",
    ]
    assert session.summary().sentence == "Hello to Ana. You left one conversation."


async def test_a_thread_of_two_is_left_but_not_muted(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Hello.")
    await town.moves(session, seconds=HOLD)
    assert session.conversation(row.id).state is State.LEFT
    assert town.village.muted == set()


async def test_it_stays_while_others_wait_there(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    town.village.says("cy", "@me two?", to=root)
    town.village.says("ana", "@me three?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")

    outcome = await session.hello(session.composer(row.id, row.shown), "Three it is.")

    assert outcome.sentence == "Hello to Ana. Cy and Ben still wait here · u takes it back"
    assert not outcome.left_inbox
    await town.moves(session, seconds=HOLD)
    assert len(town.village.mine()) == 1
    assert town.village.muted == set()
    assert town.row(session, "Ben").writers == ("Cy", "Ben")


@pytest.mark.parametrize(("late", "gone"), [(True, False), (True, True), (False, True)])
async def test_what_could_not_be_answered_is_shown_as_it_is_now(town: Town, late: bool, gone: bool) -> None:
    uri = town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    said = town.village.messages[uri]
    if gone:
        town.village.messages[uri] = replace(said, gone=GoneKind.DELETED)
    else:
        town.village.messages[uri] = replace(said, body=(Span("Good night."),), edited_at=said.seen_at)
    if late:
        town.village.fail["send"] = [Offline("Village could not be reached.")]
        await town.moves(session, minutes=11)
    else:
        town.village.fail["send"] = [Gone("What this answers is no longer there.")]
    await town.moves(session, minutes=1)
    assert session.conversation(row.id).kept == "Good to hear from you."
    (shown,) = session.conversation(row.id).messages
    assert (shown.body, shown.gone) == ((), GoneKind.DELETED) if gone else ((Span("Good night."),), None)
    assert len(session.inbox().rows) == (0 if gone else 1)


async def test_where_one_who_waits_wrote_back_the_group_does_not_change_as_others_are_greeted(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    session = await town.caught_up()
    await town.greets(session, "Ben", "One it is.")
    await town.moves(session, seconds=HOLD)
    bens = town.village.says("ben", "@me and you?", to=root)
    town.village.says("ana", "@me and I?", to=bens)
    await session.catch_up()
    row = town.row(session, "Ana")
    assert (row.writers, row.group) == (("Ana", "Ben"), Group.WROTE_BACK)
    await town.greets(session, "Ana")
    row = town.row(session, "Ben")
    assert (row.writers, row.group) == (("Ben",), Group.WROTE_BACK)


async def test_words_written_to_one_are_not_taken_for_words_to_another(town: Town) -> None:
    root = town.village.says("cy", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    bens = town.village.says("ben", "@me my birthday!", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ben", "Happy birthday, Ben!")
    town.village.messages[bens] = replace(town.village.messages[bens], gone=GoneKind.DELETED)
    town.village.fail["send"] = [Gone("What this answers is no longer there.")]
    await town.moves(session, seconds=HOLD)
    row = town.row(session, "Ana")
    await session.open(row.id)
    for composer in (session.composer(row.id, row.shown), session.reply_composer(row.id, row.shown)):
        assert (composer.to, composer.kept, composer.meant_for) == ("Ana", "Happy birthday, Ben!", "Ben")
        assert composer.sentence == "Public on Village. Ana is notified, and Cy above. You wrote this to Ben."
    assert session.refreshed(composer, "Happy birthday, Ana!").meant_for is None
    rewritten = await session.keep_words(composer, "And you, Ana?")
    assert session.refreshed(rewritten, "And you, Ana?").meant_for is None


async def test_where_whoever_spoke_to_you_is_gone_nobody_else_is_greeted(town: Town) -> None:
    root = town.village.says("ben", "Desks.", told=False, reason=None)
    juns = town.village.says("jun", "@me yours?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Jun")
    await session.open(row.id)
    composer = await session.keep_words(session.composer(row.id, row.shown), "late to desk")
    town.village.messages[juns] = replace(town.village.messages[juns], gone=GoneKind.DELETED)
    await session.open(row.id)
    with pytest.raises(Cannot, match=r"nobody to answer here\. Your words are kept: “late to desk”"):
        session.composer(row.id, row.shown)
    assert session.conversation(row.id).to is None
    with pytest.raises(Cannot, match="is gone"):
        await session.hello(composer, "late to desk")


async def test_what_makes_it_wait_again_is_never_seen_without_why(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    first = town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.says("ana", "@me and hello?", to=first, told=False)
    seen, do = set[tuple[str, str | None]](), Store.do

    async def watched(store: Store, *work: Any) -> Any:
        done = await do(store, *work)
        with closing(sqlite3.connect(store.path)) as db:
            seen.update(db.execute("SELECT state, note FROM conversation WHERE state = 'waiting'"))
        return done

    monkeypatch.setattr(Store, "do", watched)
    await town.moves(session, seconds=HOLD)
    assert seen == {("waiting", "Ana wrote before your hello arrived.")}


@pytest.mark.parametrize("mine", [True, False])
async def test_a_room_and_a_thread_you_started_are_open_and_never_muted(town: Town, mine: bool) -> None:
    if mine:
        root = town.village.says("me", "I keep three inks on the desk.", told=False)
        town.village.says("ben", "Which?", to=root, told=False, reason=Reason.REPLY)
        town.village.says("ana", "Me too.", to=root, reason=Reason.REPLY)
    else:
        town.village.says("ana", "Thank you for the card.", room="room-1")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Lovely.")
    await town.moves(session, seconds=HOLD)
    assert session.conversation(row.id).state is (State.WAITING if mine else State.OPEN)
    assert town.village.muted == set()
    if mine:
        # Ben's question was never shown: nobody told us of it before the thread was read again.
        assert town.said == ["Hello to Ana is out.", "Ben wrote before your hello arrived."]
        assert town.row(session, "Ben").note == "Ben wrote before your hello arrived."


async def test_an_empty_hello_sends_nothing(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    with pytest.raises(Cannot, match="nothing was sent"):
        await session.hello(session.composer(row.id, row.shown), "  \n ")
    assert town.row(session, "Ana") == row


async def test_too_long_is_said_before_it_is_sent_and_the_words_can_be_kept(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    with pytest.raises(Cannot, match="too long by two characters"):
        await session.hello(session.composer(row.id, row.shown), "x" * 302)
    writing = session.composer(row.id, row.shown)
    writing = await session.keep_words(writing, "x" * 302)
    assert session.composer(row.id, row.shown).kept == "x" * 302
    await session.keep_words(writing, " ")
    assert session.composer(row.id, row.shown).kept is None


async def test_suggestions_are_offered_only_where_they_fit(town: Town) -> None:
    settings = Settings(hellos=("Hello, {name}.", "Good to hear from you."))
    root = town.village.says("ben", "@me first")
    town.village.says("ben", "@me under a warning", warning="ink opinions")
    town.village.says("cy", "look at this", reason=Reason.QUOTE)
    town.village.says("stranger", "@me buy my book")
    session = await town.caught_up(settings)
    offered = {row.text: session.composer(row.id, row.shown).suggestions for row in session.inbox().rows}
    assert offered == {
        "@me first": ("Hello, Ben.", "Good to hear from you."),
        "@me under a warning": (),
        "look at this": (),
        "@me buy my book": (),
    }
    row = next(row for row in session.inbox().rows if row.text == "@me first")
    await session.hello(session.composer(row.id, row.shown), "Hello, Ben.")
    town.village.says("ana", "@me second", to=root)
    await session.catch_up()
    row = town.row(session, "Ana")
    assert session.composer(row.id, row.shown).suggestions == ("Good to hear from you.",)


async def test_the_audience_is_told_in_words(town: Town) -> None:
    root = town.village.says("ben", "@me one?")
    answer = town.village.says("cy", "two", to=root, told=False, reason=None)
    town.village.says("ana", "@me three?", to=answer, warning="ink opinions")
    town.village.says("ana", "Only for you.", room="room-1")
    session = await town.caught_up()
    public, private = (next(row for row in session.inbox().rows if row.private is wanted) for wanted in (False, True))
    await session.open(public.id)
    assert session.composer(public.id, public.shown).sentence == (
        "Public on Village. Ana is notified, and Cy and Ben above. Under the warning “ink opinions”."
    )
    assert session.composer(private.id, private.shown).sentence == "Only Ana can read this."


async def test_undo_on_hold_sends_nothing_and_keeps_the_words(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    assert (await session.undo()).sentence == "Taken back. Nothing was sent; your words are kept."
    await town.moves(session, seconds=HOLD)
    assert town.village.mine() == []
    assert town.row(session, "Ana").kept == "Good to hear from you."
    assert session.summary().sentence == ""


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Unavailable("Village did not answer in time."), "It may not have been deleted: Village did not answer in"),
        (Unsure("The answer is lost."), "It may not have been deleted: The answer is lost."),
        (Offline("Village does not answer."), "It was not deleted: Village does not answer."),
    ],
    ids=["unavailable", "unsure", "offline"],
)
async def test_what_could_not_be_deleted_is_offered_again(town: Town, problem: AdapterError, sentence: str) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    offer = (await session.undo()).delete
    assert offer is not None
    town.village.fail["delete"] = [problem]
    with pytest.raises(Cannot, match=sentence):
        await session.delete(offer)
    assert (await session.undo()).delete == offer
    await session.delete(offer)
    assert town.village.mine() == []
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()


async def test_what_the_server_will_never_delete_is_not_offered_again(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    offer = (await session.undo()).delete
    assert offer is not None
    town.village.fail["delete"] = [Refused("invalid", "No.")]
    with pytest.raises(Cannot, match="It was not deleted: No"):
        await session.delete(offer)
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()


async def test_undo_of_what_is_out_offers_to_delete_it(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await town.moves(session, seconds=HOLD)
    offer = (await session.undo()).delete
    assert offer is not None
    assert offer.sentence == "Your hello to Ana went out at 18:00. Delete it?"
    await session.delete(offer)
    await town.moves(session)
    assert town.village.mine() == []
    assert town.village.muted == set()
    assert town.row(session, "Ana").kept == "Good to hear from you."


async def test_quitting_sends_what_is_held(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    assert await session.quit(send=True) is None
    assert len(town.village.mine()) == 1


async def test_that_a_thread_could_not_be_left_yet_is_said_once_and_again_when_quitting(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.fail["thread"] = [Unavailable("503")] * 50
    for _ in range(5):
        await town.moves(session, seconds=HOLD)
    assert town.said == [
        "Hello to Ana is out.",
        "You have not left the thread of your hello to Ana yet: once Village answers, it is read again and left.",
    ]
    assert await session.quit(send=True) == (
        "You have not left the thread of your hello to Ana yet: at your next visit, it is read again and left."
    )
    town.village.fail.clear()
    again = await town.caught_up()
    await town.moves(again, minutes=10)
    assert town.village.muted == {root}
    assert await again.quit(send=True) is None


@pytest.mark.parametrize("problem", [Unavailable("503"), Offline("Village does not answer.")], ids=["503", "offline"])
async def test_a_thread_that_cannot_be_read_for_a_day_is_left_without(town: Town, problem: AdapterError) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.fail["thread"] = [problem] * 999
    await town.moves(session, seconds=HOLD)
    for _ in range(23):
        await town.moves(session, hours=1)
    assert session.left() == ()
    for _ in range(3):
        await town.moves(session, hours=1)
    tried = town.village.calls.count("thread")
    await town.moves(session, hours=1)
    if isinstance(problem, Offline):
        assert session.left() == ()
        assert town.village.calls.count("thread") == tried + 1
    else:
        assert [one.who for one in session.left()] == ["Ana"]
        assert town.village.muted == {root}
        assert town.village.calls.count("thread") == tried
        unread = "The thread of your hello to Ana could not be read again for a day, and is left without that."
        assert town.said.count(unread) == 1


async def test_a_thread_that_others_wait_in_is_not_left_unread_either(town: Town) -> None:
    root = town.village.says("ben", "@me A thread.")
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.fail["thread"] = [Unavailable("503")] * 999
    await town.moves(session, seconds=HOLD)
    for _ in range(26):
        await town.moves(session, hours=1)
    assert town.row(session, "Ben").state is State.WAITING
    assert not any("left without" in said for said in town.said)


async def test_a_hiccup_a_day_later_is_not_taken_for_a_thread_that_cannot_be_read(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.fail["thread"] = [Unavailable("503")] * 2
    await town.moves(session, seconds=HOLD)
    await session.quit(send=False)
    town.clock.passes(days=2)
    town.village.says("cy", "@me and hello?", to=root, told=False)
    session = await town.caught_up()
    await town.moves(session)
    assert session.left() == ()
    await town.moves(session, minutes=10)
    assert town.village.muted == {root}


async def test_where_nothing_is_left_nothing_is_said_of_it(town: Town) -> None:
    town.village.says("ana", "hello?", room="r")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    town.village.fail["thread"] = [Unavailable("503")] * 50
    await town.moves(session, seconds=HOLD)
    assert town.said == ["Hello to Ana is out."]
    assert await session.quit(send=True) is None


async def test_what_was_held_when_the_program_died_is_asked_about(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    sentence = await session.quit(send=False)
    assert sentence == "Your hello to Ana was not sent. It is kept; you are asked about it at your next visit."

    town.clock.passes(minutes=2)
    again = await town.caught_up()
    await town.moves(again, seconds=HOLD)
    assert town.village.mine() == []
    (question,) = again.questions()
    assert question.text == "Good to hear from you."
    await again.decide(question, send=True)
    await town.moves(again)
    assert len(town.village.mine()) == 1
    assert again.questions() == ()


async def test_what_was_held_can_be_kept_instead(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await session.quit(send=False)
    again = await town.caught_up()
    await again.decide(again.questions()[0], send=False)
    await town.moves(again, seconds=HOLD)
    assert town.village.mine() == []
    assert town.row(again, "Ana").kept == "Good to hear from you."


async def test_a_late_hello_reads_again_what_it_answers(town: Town) -> None:
    uri = town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.fail["send"] = [Offline("no way out")] * 20
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await town.moves(session, seconds=HOLD)
    town.village.messages[uri] = replace(town.village.messages[uri], gone=GoneKind.DELETED)
    town.village.fail.clear()
    await town.moves(session, minutes=15)
    assert town.village.mine() == []
    assert town.said == [
        "Your hello to Ana did not go out yet: Village does not answer. It is kept, and goes out later.",
        "Ana deleted what you answered. Nothing was sent; your words are kept.",
    ]


async def test_after_a_day_it_asks_instead_of_trying(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.fail["send"] = [Offline("no way out")]
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await town.moves(session, seconds=HOLD)
    await town.moves(session, hours=25)
    assert town.village.mine() == []
    (question,) = session.questions()
    assert question.sentence == "Your hello to Ana, written yesterday, did not go out. Send it now?"


async def test_a_lost_answer_is_looked_for_and_not_sent_again(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.lose_answers = 1
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await town.moves(session, seconds=HOLD)
    await town.moves(session, seconds=5)
    assert town.village.calls.count("send") == 1
    assert town.village.calls.count("find") == 1
    assert len(town.village.mine()) == 1
    assert session.conversation(row.id).state is State.LEFT


async def test_a_refusal_keeps_the_words_and_says_so(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.fail["send"] = [Refused("too-long", "longer than 300 characters")]
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await town.moves(session, seconds=HOLD)
    assert town.said == [
        "Village refused your hello to Ana: longer than 300 characters. Your words are kept; r opens them."
    ]
    assert town.row(session, "Ana").kept == "Good to hear from you."


async def test_what_was_said_before_the_receipt_makes_it_wait_again(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    town.village.says("ana", "@me and by the way", to=root)
    await town.moves(session, seconds=HOLD)
    back = town.row(session, "Ana")
    assert back.text == "@me and by the way"
    assert back.note == "Ana wrote before your hello arrived."
    assert town.said == ["Hello to Ana is out.", "Ana wrote before your hello arrived."]
    assert town.village.muted == set()


async def test_a_hello_answers_what_was_shown_and_not_what_arrived_meanwhile(town: Town) -> None:
    root = town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.says("ben", "@me and me?", to=root)
    await session.catch_up()
    assert session.composer(row.id, row.shown).to == "Ana"
    outcome = await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    assert outcome.sentence == "Hello to Ana. Ben still waits here · u takes it back"
    await town.moves(session, seconds=HOLD)
    (sent,) = town.village.mine()
    assert sent.parent is not None
    assert sent.parent.uri == root
    assert town.row(session, "Ben").note == "Ben wrote before your hello arrived."


async def test_left_is_silent_but_for_the_answer_of_the_person_greeted(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await town.moves(session, seconds=HOLD)
    (hello,) = town.village.mine()

    town.village.says("ben", "@me are you still here?", to=root)
    town.village.says("ana", "talking to Ben", to=root, reason=None)
    await session.catch_up()
    assert session.inbox().rows == ()

    town.village.says("ana", "And you!", to=hello.ref.uri, reason=Reason.REPLY, told=False)
    await session.catch_up()
    back = town.row(session, "Ana")
    assert back.group is Group.WROTE_BACK
    assert back.writers == ("Ana",)


async def test_left_quietly_nothing_brings_it_back(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.leave(row.id)
    await town.moves(session)
    assert town.village.muted == {root}
    town.village.says("ana", "@me are you there?", to=root)
    await session.catch_up()
    assert session.inbox().rows == ()
    assert session.conversation(row.id).state is State.LEFT


async def test_left_lists_and_rejoins(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.leave(row.id)
    await town.moves(session)
    assert [one.id for one in session.left()] == [row.id]
    await session.rejoin(row.id)
    await town.moves(session)
    assert town.village.muted == set()
    town.village.says("ana", "@me again", to=root)
    await session.catch_up()
    assert town.row(session, "Ana").text == "@me again"


async def test_a_reply_stays_and_rejoins_what_was_left(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.leave(row.id)
    await town.moves(session)
    outcome = await session.reply(session.reply_composer(row.id, row.shown), "Here I am again.")
    assert outcome.sentence.startswith("You are part of this again.")
    await town.moves(session, seconds=HOLD)
    assert session.conversation(row.id).state is State.OPEN
    assert town.village.muted == set()
    assert town.said[-1] == "Reply to Ana is out."


async def test_an_answer_given_elsewhere_finishes_it_here(town: Town) -> None:
    replied = town.village.says("ana", "@me hello?")
    liked = town.village.says("ben", "@me look")
    session = await town.caught_up()
    assert len(session.inbox().rows) == 2
    town.village.says("me", "From my phone.", to=replied)
    town.village.nods.add(liked)
    town.clock.passes(minutes=10)
    await session.catch_up()
    assert session.inbox().rows == ()


async def test_a_message_keeps_how_wide_it_was_said_to_go_whatever_else_is_said_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [Visibility.PRIVATE]

    def audience(adapter: Adapter, to: Message, above: Sequence[Message]) -> Audience:
        return Audience(said[-1], to.author)

    kind: type[Adapter] = type("Widening", (plugins.load("demo"),), {"audience": audience})
    monkeypatch.setattr(plugins, "load", lambda name: kind)
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    composer = session.composer(row.id, row.shown)
    said.append(Visibility.PUBLIC)
    await session.hello(composer, "Good to hear from you.")
    await session.reword(composer.draft, "Good to hear from you, Ana.")
    (record,) = outgoing.pending(session.db, session.visit.id)
    assert (record.draft.text, record.draft.visibility) == ("Good to hear from you, Ana.", Visibility.PRIVATE)
