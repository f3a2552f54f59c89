"""What has not gone out: written while nothing was reached, listed, sent, reworded and dropped by hand."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from introvert_tui import plugins
from introvert_tui.engine import unsent
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import OutgoingView, SendReport
from introvert_tui.errors import AdapterError, Cannot, Offline, PluginError, RateLimited, Refused, SignedOut
from introvert_tui.model import Absent, CannotTell, GoneKind, Prepared
from introvert_tui.store import outbox

from .conftest import Town
from .village import StandingClock

HOLD = 9.0
PEOPLE = ("ana", "ben", "cy")
CALLS = ("pull", "thread", "refresh", "recheck", "send", "find", "mute", "nod", "answered")
MINUTES_LATER = 20


class RunningClock(StandingClock):
    """Goes on by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.passes(minutes=MINUTES_LATER)
        self.began = time.monotonic()

    def now(self) -> datetime:
        return self.moment + timedelta(seconds=time.monotonic() - self.began)


def is_down(town: Town, problem: AdapterError | None = None) -> None:
    for call in CALLS:
        town.village.fail[call] = [problem or Offline("Village does not answer.")] * 1000


def texts(town: Town) -> list[str]:
    return [one.text for one in town.village.mine()]


async def written_offline(town: Town, *people: str) -> None:
    """A visit without a network, in which these people are greeted; it ends, and the network comes back."""
    for who in people:
        town.village.says(who, "@me hello?")
    await (await town.caught_up()).quit(send=False)
    is_down(town)
    session = await town.caught_up()
    for who in people:
        await town.greets(session, who.title(), f"Hello, {who}.")
        town.clock.passes(seconds=1)
    await town.moves(session, seconds=HOLD)
    await session.quit(send=True)
    town.village.fail.clear()


async def held(town: Town) -> Session:
    """A visit that holds a hello to Ana."""
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    return session


async def left_held(town: Town) -> Session:
    """A visit after one that held a hello to Ana and ended without sending it."""
    await (await held(town)).quit(send=False)
    return town.visit()


async def lost(town: Town) -> Session:
    """A visit after one that did not learn whether its hello to Ana arrived; it did."""
    session = await held(town)
    town.village.lose_answers = 1
    town.village.fail["find"] = [Offline("Village does not answer.")] * 1000
    await town.moves(session, seconds=HOLD)
    await session.quit(send=False)
    town.village.fail.clear()
    town.clock.passes(minutes=MINUTES_LATER)
    return town.visit()


def nobody_can_say(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def blind(self: Any, prepared: Prepared) -> CannotTell:
        town.village.enter("find")
        return CannotTell()

    kind = type("Blind", (plugins.load("demo"),), {"find": blind})
    monkeypatch.setattr(plugins, "load", lambda name: kind)


def only(session: Session) -> OutgoingView:
    (one,) = session.outbox()
    return one


class TestOffline:
    async def test_what_is_cached_reads_and_takes_hellos_which_go_out_once_and_in_order(self, town: Town) -> None:
        for who in PEOPLE:
            town.village.says(who, f"@me hello, says {who}")
        await (await town.caught_up()).quit(send=False)
        is_down(town)

        session = await town.caught_up()
        for who in PEOPLE:
            assert town.opened(session, who.title()).messages[0].body[0].text == f"@me hello, says {who}"
            await town.greets(session, who.title(), f"Hello, {who}.")
        assert session.inbox().rows == ()
        assert await session.quit(send=True) == (
            "Your messages to Ana, Ben and Cy did not go out yet: Village does not answer. Kept for your next visit."
        )
        assert texts(town) == []

        town.village.fail.clear()
        town.clock.passes(minutes=MINUTES_LATER)
        again = await town.caught_up()
        await town.moves(again)
        assert texts(town) == ["Hello, ana.", "Hello, ben.", "Hello, cy."]
        assert again.outbox() == ()
        await again.quit(send=True)
        third = await town.caught_up()
        await town.moves(third, minutes=MINUTES_LATER)
        assert len(texts(town)) == 3

    async def test_what_waits_is_listed_in_order_with_how_often_it_was_tried(self, town: Town) -> None:
        await written_offline(town, *PEOPLE)
        first, *rest = town.visit().outbox()
        assert (first.to, first.kind, first.text, first.label) == ("Ana", "hello", "Hello, ana.", "Village")
        assert (first.state, first.attempts) == ("queued", 1)
        assert first.stands == "tried once, at 18:00: Village does not answer"
        assert [(one.to, one.stands) for one in rest] == [
            ("Ben", "goes out with the next visit"),
            ("Cy", "goes out with the next visit"),
        ]

    async def test_several_tries_are_counted(self, town: Town) -> None:
        await written_offline(town, "ana")
        is_down(town)
        session = await town.caught_up()
        await town.moves(session, minutes=5)
        assert only(session).stands.startswith("tried twice, last at 18:05: ")
        await town.moves(session, minutes=4)
        assert only(session).stands == "tried three times, last at 18:09: Village does not answer"


class TestHowItStands:
    async def test_what_a_visit_holds_asks_when_that_visit_is_over(self, town: Town) -> None:
        holding, other = await held(town), town.visit()
        assert (only(other).state, only(other).stands) == ("held", "held by a visit that is open")
        await holding.quit(send=False)
        one = only(other)
        assert (one.state, one.stands) == ("asks", "asks: it did not go out")
        assert one.question == "Your hello to Ana, written just now, did not go out. Send it now?"

    async def test_what_is_being_sent_may_be_out_when_its_visit_dies(self, town: Town) -> None:
        sending, other = await held(town), town.visit()
        sending.networks.stop(1.0)  # or its own loop would find that it has lost track of this
        key = only(sending).key
        await sending.visit.store.do(outbox.queue, key, 0)
        await sending.visit.store.do(outbox.remember_prepared, key, Prepared("{}"))
        await sending.visit.store.do(outbox.claim, key, sending.visit.id, sending.now(), sending.visit.uptime())
        assert only(other).stands == "a visit that is open is sending it"
        sending.visit.end()
        assert only(other).stands == "may have gone out; Introvert looks before it sends again"

    async def test_what_nobody_can_find_asks(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        nobody_can_say(town, monkeypatch)
        session = await lost(town)
        session.start()
        await town.moves(session)
        one = only(session)
        assert (one.state, one.stands) == ("asks", "asks: it may have gone out")

    @pytest.mark.parametrize("may_be_out", [False, True])
    async def test_what_waits_for_more_than_a_day_asks_before_a_visit_has_come_to_ask(
        self, town: Town, may_be_out: bool
    ) -> None:
        if may_be_out:
            await (await lost(town)).quit(send=False)
        else:
            await written_offline(town, "ana")
        town.clock.passes(hours=25)
        one = only(town.visit())
        stands = "asks: it may have gone out" if may_be_out else "asks: it did not go out"
        assert (one.state, one.stands) == ("asks", stands)
        assert one.question is not None
        assert ("may have gone out" in one.question) is may_be_out


class TestSending:
    async def test_what_waits_goes_out_now_though_its_next_try_is_later(self, town: Town) -> None:
        await written_offline(town, *PEOPLE)
        report = await town.visit().send_unsent(())
        assert report == SendReport(
            ("Hello to Ana is out.", "Hello to Ben is out.", "Hello to Cy is out."), False, False, False
        )
        assert texts(town) == ["Hello, ana.", "Hello, ben.", "Hello, cy."]

    async def test_the_conversation_is_left_as_ever(self, town: Town) -> None:
        await written_offline(town, "ana")
        session = town.visit()
        await session.send_unsent(())
        assert [row.state for row in session.left()] == [State.LEFT]

    @pytest.mark.parametrize("overdue", [False, True])
    async def test_what_asks_goes_out_if_it_is_named_and_not_otherwise(self, town: Town, overdue: bool) -> None:
        if overdue:
            await written_offline(town, "ana")
            town.clock.passes(hours=25)
            session = town.visit()
        else:
            session = await left_held(town)
        report = await session.send_unsent(())
        assert report.sentences == ("Your hello to Ana was not sent: it asks first. Give its number to send it.",)
        assert (report.offline, report.refused) == (False, False)
        assert texts(town) == []
        assert (await session.send_unsent({only(session).key})).sentences == ("Hello to Ana is out.",)
        assert len(texts(town)) == 1

    async def test_what_another_visit_holds_is_that_visits(self, town: Town) -> None:
        await held(town)
        session = town.visit()
        with pytest.raises(Cannot, match="held by a visit that is open"):
            await session.send_unsent({only(session).key})
        report = await session.send_unsent(())
        assert report.sentences == ("Your hello to Ana is held by a visit that is open, and goes out from there.",)
        assert not report.offline
        assert texts(town) == []

    @pytest.mark.parametrize(("problem", "signed_out"), [(Offline, False), (SignedOut, True)])
    async def test_what_cannot_go_out_is_told_with_its_reason_and_keeps_waiting(
        self, town: Town, problem: type[AdapterError], signed_out: bool
    ) -> None:
        await written_offline(town, "ana", "ben")
        is_down(town, problem("Not today."))
        session = town.visit()
        report = await session.send_unsent(())
        assert report.sentences[0] == (
            "Your hello to Ana did not go out yet: Not today. It is kept, and goes out with the next visit."
        )
        assert (report.refused, report.signed_out, report.offline) == (False, signed_out, not signed_out)
        assert [one.state for one in session.outbox()] == ["queued", "queued"]
        assert town.village.calls.count("send") == 2

    async def test_a_server_that_wants_to_be_left_alone_for_long_is(self, town: Town) -> None:
        await written_offline(town, "ana")
        town.village.fail["send"] = [RateLimited("Village asks for a pause.", 3600)]
        session = town.visit()
        for _ in range(2):
            report = await session.send_unsent(())
            assert report.offline
            assert "Village asks for a pause" in report.sentences[0]
        assert town.village.calls.count("send") == 2

    async def test_what_is_refused_is_told_and_its_words_are_kept(self, town: Town) -> None:
        await written_offline(town, "ana", "ben")
        town.village.fail["send"] = [Refused("closed", "Answers are closed there.")]
        session = town.visit()
        report = await session.send_unsent(())
        assert report.sentences[0].startswith("Village refused your hello to Ana: Answers are closed there.")
        assert report.sentences[1] == "Hello to Ben is out."
        assert report.refused
        assert town.row(session, "Ana").kept == "Hello, ana."

    async def test_what_may_be_out_is_looked_for_and_not_sent_again(self, town: Town) -> None:
        session = await lost(town)
        assert (await session.send_unsent(())).sentences == ("Hello to Ana is out.",)
        assert town.village.calls.count("send") == 1
        assert len(texts(town)) == 1

    async def test_what_proves_not_to_be_out_goes_out_at_once(self, town: Town) -> None:
        session = await lost(town)
        town.village.messages.popitem()
        assert (await session.send_unsent(())).sentences == ("Hello to Ana is out.",)
        assert town.village.calls.count("send") == 2
        assert len(texts(town)) == 1

    async def test_one_that_was_looked_for_twice_is_tried_once(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def unproven(self: Any, prepared: Prepared) -> Absent:
            return Absent(proof=False)

        kind = type("Unproven", (plugins.load("demo"),), {"find": unproven})
        monkeypatch.setattr(plugins, "load", lambda name: kind)
        session = await lost(town)
        town.village.fail["recheck"] = [Offline("Village does not answer.")] * 1000
        await session.send_unsent(())
        assert only(session).state == "queued"
        assert town.village.calls.count("recheck") == 1

    async def test_meanwhile_other_visits_know_who_is_sending(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await written_offline(town, "ana")
        kind, sending, goes_on = plugins.load("demo"), threading.Event(), threading.Event()

        async def slow(self: Any, prepared: Prepared) -> Any:
            sending.set()
            await asyncio.to_thread(goes_on.wait, 10)
            return await kind.send(self, prepared)

        monkeypatch.setattr(plugins, "load", lambda name: type("Slow", (kind,), {"send": slow}))
        other = town.visit()
        async with asyncio.TaskGroup() as group:
            report = group.create_task(town.visit().send_unsent(()))
            assert await asyncio.to_thread(sending.wait, 10)
            assert only(other).stands == "a visit that is open is sending it"
            goes_on.set()
        assert report.result().sentences == ("Hello to Ana is out.",)

    async def test_an_answer_that_is_lost_meanwhile_is_looked_for_at_once(self, town: Town) -> None:
        await written_offline(town, "ana", "ben")
        town.clock = RunningClock()
        town.waits = town.waits._replace(look=0.05)
        town.village.lose_answers = 1
        assert (await town.visit().send_unsent(())).sentences == ("Hello to Ana is out.", "Hello to Ben is out.")
        assert texts(town) == ["Hello, ana.", "Hello, ben."]

    async def test_where_nobody_can_say_it_asks_and_is_sent_again_if_it_is_named(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nobody_can_say(town, monkeypatch)
        session = await lost(town)
        for _ in range(2):
            report = await session.send_unsent(())
        assert report.sentences == (
            "Your hello to Ana may have gone out; the server cannot say. Give its number to send it again.",
        )
        assert town.village.calls.count("send") == 1
        assert (await session.send_unsent({only(session).key})).sentences == ("Hello to Ana is out.",)
        assert town.village.calls.count("send") == 2

    async def test_a_network_that_does_not_load_is_told(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        await written_offline(town, "ana")

        def missing(name: str) -> None:
            raise PluginError("There is no network called village here.")

        monkeypatch.setattr(plugins, "load", missing)
        report = await town.visit().send_unsent(())
        assert "did not go out yet: There is no network called village here. It is kept" in report.sentences[0]
        assert report.offline

    async def test_a_server_that_never_answers_is_not_waited_for_longer_than_said(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def never(self: Any, prepared: Prepared) -> None:
            await asyncio.Event().wait()

        await written_offline(town, "ana")
        kind = type("Silent", (plugins.load("demo"),), {"send": never})
        monkeypatch.setattr(plugins, "load", lambda name: kind)
        report = await town.visit().send_unsent((), deadline=0.3)
        assert report.sentences == (
            "Your hello to Ana may have gone out; the server did not say. It is looked for at your next visit.",
        )
        assert report.offline


class TestRewording:
    @pytest.mark.parametrize("state", ["queued", "asks", "overdue"])
    async def test_other_words_go_out_instead_to_the_same_person(self, town: Town, state: str) -> None:
        if state == "asks":
            session = await left_held(town)
        else:
            await written_offline(town, "ana")
            town.clock.passes(hours=25 if state == "overdue" else 0)
            session = town.visit()
        before = only(session)
        assert await session.reword(before.key, "  Better words.\n") == (
            "Your hello to Ana has new words. It goes out with the next visit, or with `introvert outbox send`."
        )
        one = only(session)
        assert (one.text, one.state, one.stands) == ("Better words.", "queued", "goes out with the next visit")
        assert (one.to, one.account, one.kind) == (before.to, before.account, before.kind)
        assert session.inbox().rows == ()
        await session.quit(send=False)
        again = await town.caught_up()
        await town.moves(again)
        assert texts(town) == ["Better words."]
        assert town.village.mine()[0].parent == next(iter(town.village.messages.values())).ref
        assert again.conversation(again.left()[0].id).kept is None

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("  \n", "Nothing is written, so nothing was changed"),
            ("Hello, ana.\n", "These are the same words"),
            ("x" * 302, r"too long by two characters\. Your words are kept\. Your hello to Ana waits as it is\."),
        ],
    )
    async def test_what_cannot_be_sent_changes_nothing(self, town: Town, words: str, said: str) -> None:
        await written_offline(town, "ana")
        session = town.visit()
        before = only(session)
        with pytest.raises(Cannot, match=said):
            await session.reword(before.key, words)
        assert only(session) == before
        kept = session.conversation(session.older()[0].id).kept
        assert kept == (words if "x" in words else None)

    async def test_words_that_were_kept_there_before_stay(self, town: Town) -> None:
        town.village.says("ana", "@me hello?")
        session = await town.caught_up()
        row = await town.greets(session, "Ana", "Words.")
        await session.keep_words(session.composer(row.id, row.shown), "Words.")
        await session.quit(send=False)
        again = town.visit()
        await again.reword(only(again).key, "Others.")
        assert again.conversation(row.id).kept == "Words."
        assert only(again).text == "Others."

    async def test_a_held_one_is_the_visits_that_holds_it(self, town: Town) -> None:
        holding, session = await held(town), town.visit()
        for change in (session.reword(only(session).key, "Others."), session.drop(only(session).key)):
            with pytest.raises(Cannot, match="held by a visit that is open"):
                await change
        assert only(holding).text == "Good to hear from you."
        await town.moves(holding, seconds=HOLD)
        assert texts(town) == ["Good to hear from you."]

    async def test_what_may_be_out_is_neither_changed_nor_dropped_before_it_was_looked_for(self, town: Town) -> None:
        session = await lost(town)
        before = only(session)
        for change in (session.reword(before.key, "Others."), session.drop(before.key)):
            with pytest.raises(Cannot, match=r"may be out already.*`introvert outbox send` looks for it first"):
                await change
        with pytest.raises(Cannot, match="may be out already"):
            session.rewordable(before.key)
        assert only(session) == before

    async def test_what_nobody_can_find_is_not_changed_but_can_be_let_be(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nobody_can_say(town, monkeypatch)
        session = await lost(town)
        await session.send_unsent(())
        await session.send_unsent(())
        with pytest.raises(Cannot, match="its words can't be changed any more"):
            await session.reword(only(session).key, "Others.")
        assert await session.drop(only(session).key) == (
            "Taken back. It may have gone out before, and is not sent again; your words are kept."
        )
        assert session.outbox() == ()

    async def test_new_words_are_kept_if_the_old_ones_went_out_meanwhile(self, town: Town) -> None:
        await written_offline(town, "ana")
        session, other = town.visit(), town.visit()
        key = only(session).key
        await other.send_unsent(())
        with pytest.raises(Cannot, match=r"went out meanwhile\. Your new words are kept in the conversation\."):
            await session.reword(key, "Others.")
        assert session.conversation(session.left()[0].id).kept == "Others."
        assert texts(town) == ["Hello, ana."]

    async def test_of_two_moves_at_once_one_is_made_and_the_other_says_so(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await written_offline(town, "ana")
        session, other = town.visit(), town.visit()
        key = only(session).key
        seen = unsent.rewordable(session, key)
        await other.drop(key)
        town.clock.passes(seconds=1)
        monkeypatch.setattr(unsent, "rewordable", lambda *_: seen)  # what this program read is a moment old
        with pytest.raises(Cannot, match=r"moved on meanwhile.*Your new words are kept"):
            await session.reword(key, "Others.")
        assert session.outbox() == ()
        assert town.row(session, "Ana").kept == "Others."


class TestDropping:
    @pytest.mark.parametrize("state", ["queued", "asks", "overdue"])
    async def test_it_never_goes_out_and_its_words_are_kept(self, town: Town, state: str) -> None:
        if state == "asks":
            session = await left_held(town)
        else:
            await written_offline(town, "ana")
            town.clock.passes(hours=25 if state == "overdue" else 0)
            session = town.visit()
        words = only(session).text
        assert await session.drop(only(session).key) == "Taken back. Nothing was sent; your words are kept."
        assert session.outbox() == ()
        assert town.row(session, "Ana").kept == words
        await session.quit(send=True)
        again = await town.caught_up()
        await town.moves(again, minutes=MINUTES_LATER)
        assert texts(town) == []

    async def test_what_waited_too_long_to_be_found_can_be_let_be(self, town: Town) -> None:
        session = await lost(town)
        town.clock.passes(hours=25)
        assert (await session.drop(only(session).key)).startswith("Taken back. It may have gone out before")
        assert session.outbox() == ()

    async def test_a_second_time_is_told(self, town: Town) -> None:
        await written_offline(town, "ana")
        session = town.visit()
        key = only(session).key
        await session.drop(key)
        with pytest.raises(Cannot, match="was taken back meanwhile"):
            await session.drop(key)


async def test_what_may_be_out_stays_so_when_it_is_wanted_again_and_cannot_go(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_can_say(town, monkeypatch)
    session = await lost(town)
    for _ in range(2):
        await session.send_unsent(())
    town.village.fail["recheck"] = [Offline("Village does not answer.")] * 9
    await session.send_unsent({only(session).key})
    with pytest.raises(Cannot, match="may be out already"):
        await session.reword(only(session).key, "Others.")


@pytest.mark.parametrize("how", ["is deleted", "is refused"])
async def test_what_may_be_out_is_not_said_to_be_unsent_when_it_cannot_be_sent_again(
    town: Town, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    nobody_can_say(town, monkeypatch)
    session = await lost(town)
    for _ in range(2):
        await session.send_unsent(())
    if how == "is deleted":
        (uri,) = (uri for uri, one in town.village.messages.items() if one.author.uri == "did:ana")
        town.village.messages[uri] = replace(town.village.messages[uri], gone=GoneKind.DELETED)
        said = "Ana deleted what you answered. It may have gone out before, and is not sent again; your words are kept."
    else:
        town.village.fail["send"] = [Refused("closed", "Replies are closed.")]
        said = "Village refused your hello to Ana: Replies are closed. It may have gone out before. Your words are kept"
    town.clock.passes(minutes=11)
    report = await session.send_unsent({only(session).key})
    assert report.sentences[0].startswith(said)
