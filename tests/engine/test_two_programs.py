"""Two programs on one database, and what one that died has left behind."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading

import pytest

from introvert_tui import plugins
from introvert_tui.adapter import Adapter, Facts, Secrets
from introvert_tui.engine.session import Session
from introvert_tui.errors import Cannot
from introvert_tui.model import Account, Draft, Page, Prepared, Receipt
from introvert_tui.store import accounts, drafts, merge, outbox, outgoing
from introvert_tui.store.times import to_ms

from .conftest import Town
from .village import ACCOUNT

HOLD = 9.0


async def idle_and_busy(town: Town) -> tuple[Session, Session]:
    """A program that lives and never sends by itself, and one that does; both know what was said."""
    idle = town.visit()
    return idle, await town.caught_up()


async def held(town: Town, session: Session) -> str:
    """A hello to Ana on hold, by its key."""
    row = town.row(session, "Ana")
    writing = session.composer(row.id, row.shown)
    await session.hello(writing, "Good to hear from you.")
    return writing.draft


@pytest.mark.parametrize("lost", [0, 1])
async def test_of_two_that_prepare_one_hello_one_sends_what_is_on_disk(
    town: Town, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    town.village.says("ana", "@me hello?")
    kind, both, sent = plugins.load("demo"), threading.Barrier(2), list[str]()

    class Racing(kind):  # type: ignore[misc, valid-type]
        async def prepare(self, draft: Draft) -> Prepared:
            both.wait(5)
            words = {"key": secrets.token_hex(4), "text": draft.text, "to": draft.to.ref.uri}
            return Prepared(json.dumps(words))

        async def send(self, prepared: Prepared) -> Receipt:
            sent.append(prepared.payload)
            receipt: Receipt = await super().send(prepared)
            return receipt

    monkeypatch.setattr(plugins, "load", lambda name: Racing)
    one, two = await town.caught_up(), await town.caught_up()
    key = await held(town, one)
    await one.visit.store.do(outbox.queue, key, 0)
    town.village.lose_answers = lost
    town.clock.passes(seconds=HOLD)
    for session in (one, two):
        session.networks.nudge()
    await asyncio.gather(one.networks.drain(), two.networks.drain())
    await town.moves(one, seconds=5)
    assert sent == [outgoing.one(one.db, key).prepared]
    assert len(town.village.mine()) == 1
    assert town.state(one, key) == "sent"


async def test_what_one_holds_the_other_neither_sends_nor_asks_about(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    one, two = await idle_and_busy(town)
    await held(town, one)
    await town.moves(two, seconds=HOLD)
    assert two.questions() == ()
    assert town.village.mine() == []


async def test_what_is_being_sent_is_left_alone_while_its_program_lives(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    one, two = await idle_and_busy(town)
    key = await held(town, one)
    await one.visit.store.do(outbox.queue, key, 0)
    await one.visit.store.do(outbox.remember_prepared, key, Prepared("{}"))
    await one.visit.store.do(outbox.claim, key, one.visit.id, one.now(), one.visit.uptime())
    await town.moves(two, minutes=5)
    assert town.state(two, key) == "sending"


async def test_what_a_program_was_sending_when_it_died_is_looked_for_half_a_minute_later(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    one, two = await idle_and_busy(town)
    key = await held(town, one)
    words = {"key": "k", "text": "Good to hear from you.", "to": "at://ana/0"}
    await one.visit.store.do(outbox.queue, key, 0)
    await one.visit.store.do(outbox.remember_prepared, key, Prepared(json.dumps(words)))
    await one.visit.store.do(outbox.claim, key, one.visit.id, one.now(), one.visit.uptime())
    one.visit.end()
    await town.moves(two, seconds=29)
    assert town.state(two, key) == "sending"
    await town.moves(two, seconds=2)
    assert town.village.calls.count("find") == 1
    await town.moves(two, minutes=1)
    assert [one.text for one in town.village.mine()] == ["Good to hear from you."]


async def test_what_one_has_decided_the_other_does_not_decide_again(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await held(town, session)
    await session.quit(send=False)
    one, two = await idle_and_busy(town)
    (asked_here,), (asked_there,) = one.questions(), two.questions()
    await two.decide(asked_there, send=True)
    await town.moves(two)
    with pytest.raises(Cannot, match="decided about elsewhere"):
        await one.decide(asked_here, send=False)
    assert len(town.village.mine()) == 1


async def test_what_one_has_sent_the_other_does_not_take_back(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    one, two = await idle_and_busy(town)
    key = await held(town, one)
    await one.visit.store.do(outbox.queue, key, 0)
    await town.moves(two, seconds=HOLD)
    assert (await one.undo()).delete is not None


async def test_an_account_that_another_program_added_sends_what_is_written_there(town: Town) -> None:
    session, now = await town.caught_up(), to_ms(town.clock.now())
    added = await town.visit().visit.store.do(accounts.add, "demo", "https://other.test", "did:me2", "me2.test", now)
    await session.catch_up()
    said = town.village.messages[town.village.says("ana", "@me2 hello?", told=False)]
    page = Page(messages=(said,), people=town.village.people())
    await session.visit.store.do(merge.merge, added, page, town.clock.now())
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert [one.text for one in town.village.mine()] == ["Good to hear from you."]


async def test_an_account_that_another_program_signed_in_anew_is_opened_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Adapter] = []
    kind = plugins.load("demo")

    def begin(self: Adapter, account: Account, secrets: Secrets, facts: Facts | None) -> None:
        kind.__init__(self, account, secrets, facts)
        made.append(self)

    monkeypatch.setattr(plugins, "load", lambda name: type("Counted", (kind,), {"__init__": begin}))
    session = await town.caught_up()
    await session.catch_up()
    assert len(made) == 1
    town.clock.passes(seconds=1)
    again = (ACCOUNT.network, ACCOUNT.origin, ACCOUNT.remote_id, ACCOUNT.handle, to_ms(town.clock.now()))
    await town.visit().visit.store.do(accounts.add, *again)
    await session.catch_up()
    await session.catch_up()
    assert len(made) == 2, "it has the secrets of the new sign-in"
    town.village.says("ana", "@me hello?")
    await session.catch_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    assert len(town.village.mine()) == 1


async def test_what_is_typed_in_another_program_meanwhile_is_not_written_over_by_what_goes_out(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    one = await town.caught_up()
    row = town.row(one, "Ana")
    here = await one.keep_words(one.composer(row.id, row.shown), "Dear Ana")
    two = town.visit()
    await two.keep_words(two.composer(row.id, row.shown), "Dear Ana, and twenty lines that took an hour")
    await one.hello(here, "Hello!")
    kept = drafts.kept(one.db, row.id)
    assert kept is not None
    assert kept.text == "Dear Ana, and twenty lines that took an hour"
    await town.moves(one, seconds=HOLD)
    assert [message.text for message in town.village.mine()] == ["Hello!"]


async def test_what_was_typed_before_goes_out_in_its_last_words_and_leaves_no_others(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    writing = await session.keep_words(session.composer(row.id, row.shown), "Hel")
    writing = await session.keep_words(writing, "Hello ")
    await session.hello(writing, "Hello there! ")
    assert drafts.kept(session.db, row.id) is None
