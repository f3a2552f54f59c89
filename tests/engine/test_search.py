"""Searching everything stored, through the session: who, where, what, and what must not be found."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from concurrent.futures import CancelledError, Future
from dataclasses import replace

import pytest

from introvert_tui.engine.searching import Finding
from introvert_tui.engine.session import Session
from introvert_tui.errors import StoreError
from introvert_tui.model import Attachment, AttachmentKind, GoneKind, MessageRef, Page, Reason, ThreadRef
from introvert_tui.store import accounts, merge
from introvert_tui.store.times import to_ms

from .conftest import Town


async def found(session: Session, typed: str) -> list[str]:
    """Who and what, newest first."""
    return [_told(one) for one in (await session.search(typed)).found]


def _told(one: Finding) -> str:
    return f"{one.who}{f' to {one.to}' if one.to else ''}: {one.excerpt.text}"


async def test_words_people_and_networks(town: Town) -> None:
    desk = town.village.says("ana", "Three inks on one desk.")
    town.village.says("ben", "One ink on three desks.", to=desk)
    town.village.says("anabel", "No ink, thank you.")
    session = await town.caught_up()
    assert await found(session, "ink") == [
        "Anabel: No ink, thank you.",
        "Ben: One ink on three desks.",
        "Ana: Three inks on one desk.",
    ]
    assert await found(session, "three desk") == ["Ben: One ink on three desks.", "Ana: Three inks on one desk."]
    assert await found(session, "from:ben") == ["Ben: One ink on three desks."]
    assert await found(session, "from:ana.test ink") == ["Ana: Three inks on one desk."]
    assert len(await found(session, "from:ana")) == 2
    assert await found(session, "from:test ink") == []
    assert len(await found(session, "on:demo ink")) == 3
    assert await found(session, "on:bluesky ink") == []
    assert not (await session.search("from:")).asked


async def test_it_asks_no_server(town: Town) -> None:
    town.village.says("ana", "Ink.")
    await (await town.caught_up()).quit(send=False)
    calls = list(town.village.calls)
    session = town.visit()
    assert await found(session, "ink") == ["Ana: Ink."]
    assert town.village.calls == calls


async def test_what_you_said_and_what_you_did_not_send(town: Town) -> None:
    town.village.says("ana", "A nib.")
    town.village.says("ben", "A quill.")
    town.village.says("cy", "A brush.", room="cy")
    session = await town.caught_up()
    row = town.row(session, "Ben")
    composer = session.composer(row.id, row.shown)
    await session.keep_words(composer, "A goose, poor thing.")
    assert await found(session, "goose") == ["You to Ben: A goose, poor thing."]
    town.clock.passes(seconds=1)
    await town.greets(session, "Ana", "My goose too.")
    (held, kept) = (await session.search("goose from:me")).found
    assert (held.to, held.unsent, kept.to, kept.unsent) == ("Ana", True, "Ben", True)
    assert await found(session, "goose from:ana") == []
    assert len(await found(session, "goose on:demo")) == 2
    assert await found(session, "goose on:mastodon") == []
    await town.moves(session, seconds=30)
    sent, still = (await session.search("goose")).found
    assert (sent.to, sent.unsent, sent.message is None, still.unsent) == ("Ana", False, False, True)
    row = town.row(session, "Cy")
    await session.keep_words(session.composer(row.id, row.shown), "A feather.")
    (private,) = (await session.search("feather")).found
    assert (private.private, private.to, private.conversation) == (True, "Cy", row.id)


async def test_words_that_were_taken_back_are_kept_once(town: Town) -> None:
    town.village.says("ana", "A nib.")
    session = await town.caught_up()
    await town.greets(session, "Ana", "A goose.")
    await session.undo()
    assert await found(session, "goose") == ["You to Ana: A goose."]


async def test_pictures_and_quotes_by_their_words_and_what_a_warning_hides_by_its_warning(town: Town) -> None:
    village = town.village
    picture = village.says("ana", "Look.")
    village.messages[picture] = replace(
        village.messages[picture],
        attachments=(
            Attachment(AttachmentKind.IMAGE, "A blue smudge"),
            Attachment(AttachmentKind.QUOTE, "Said before", author="Ben"),
            Attachment(AttachmentKind.QUOTE, "Taken back smudge", gone=GoneKind.DETACHED),
        ),
    )
    village.says("ben", "One very good tree.", warning="hospital")
    session = await town.caught_up()
    (smudge,) = (await session.search("blue smudge")).found
    assert (smudge.excerpt.text, smudge.beside, smudge.warned) == ("A blue smudge", "picture", False)
    (look,) = (await session.search("look")).found
    assert (look.excerpt.text, look.beside) == ("Look.", "")
    (quote,) = (await session.search("said")).found
    assert (quote.excerpt.text, quote.beside) == ("Said before", "quote of Ben")
    assert await found(session, "taken") == []
    for typed, marked in (("tree", False), ("hospital", True)):
        (hidden,) = (await session.search(typed)).found
        assert (hidden.excerpt.text, hidden.warned, bool(hidden.excerpt.marks)) == ("hospital", True, marked)


async def test_what_is_gone_is_not_found(town: Town) -> None:
    deleted = town.village.says("ana", "Deleted ink.")
    town.village.says("ben", "Blocked ink.")
    session = await town.caught_up()
    assert len(await found(session, "ink")) == 2
    blocked = replace(next(iter(town.village.messages.values())), gone=GoneKind.BLOCKED)
    blocked = replace(blocked, ref=town.village.messages[town.village.news[1]].ref)
    page = Page(messages=(blocked,), gone=(deleted,))
    session.visit.store.write(merge.merge, 1, page, town.clock.now()).result()
    assert await found(session, "ink") == []


async def test_an_edit_and_a_new_name_are_found_and_the_old_ones_are_not(town: Town) -> None:
    uri = town.village.says("ana", "Old words.")
    session = await town.caught_up()
    town.village.messages[uri] = replace(
        town.village.messages[uri], body=(replace(town.village.messages[uri].body[0], text="New words."),)
    )
    people = tuple(replace(one, name="Zoë Prado", handle="zoe.test") for one in town.village.people())
    page = Page(messages=(town.village.messages[uri],), people=people)
    session.visit.store.write(merge.merge, 1, page, town.clock.now()).result()
    assert await found(session, "old") == []
    assert await found(session, "from:ana") == []
    assert await found(session, "from:zoe new") == ["Zoë Prado: New words."]


async def test_what_was_joined_leads_where_it_went(town: Town) -> None:
    root = town.village.says("ana", "The beginning.", told=False)
    answer = town.village.says("ben", "An answer with ink.", to=root)
    message = town.village.messages[answer]
    town.village.messages[answer] = replace(message, place=ThreadRef(message.ref), parent=None)
    session = await town.caught_up()
    (before,) = (await session.search("ink")).found
    whole = replace(message, place=ThreadRef(MessageRef(root, root, "cid")))
    page = Page(messages=(town.village.messages[root], whole))
    session.visit.store.write(merge.merge, 1, page, town.clock.now()).result()
    (after,) = (await session.search("ink")).found
    assert session.conversation(before.conversation).id == after.conversation
    assert len(session.conversation(after.conversation).messages) == 2


async def test_what_is_forgotten_is_not_found_and_what_is_kept_is(town: Town) -> None:
    town.village.says("ana", "Ink.")
    session = await town.caught_up()
    await session.remove_account(1, forget_conversations=False)
    assert await found(session, "ink on:demo") == ["Ana: Ink."]
    now = to_ms(town.clock.now())
    session.visit.store.write(accounts.remove, 1, True, now).result()
    assert await found(session, "ink") == []


async def test_the_newest_hundred_by_the_time_they_were_said(town: Town) -> None:
    session = town.visit()
    for n in range(3):
        page = [town.village.says("ana", f"Ink {n} {m}.", reason=Reason.MENTION) for m in range(50)]
        messages = tuple(town.village.messages[uri] for uri in page)
        # The oldest page comes last, as it does when a thread is read.
        town.village.clock.passes(days=-1)
        session.visit.store.write(merge.merge, 1, Page(messages=messages), town.clock.passes()).result()
    findings = await session.search("ink")
    assert (len(findings.found), findings.more) == (100, True)
    assert [one.at for one in findings.found] == sorted((one.at for one in findings.found), reverse=True)
    assert {one.excerpt.text.split()[1] for one in findings.found} == {"0", "1"}


async def test_a_search_that_is_no_longer_wanted_stops_and_lets_the_next_one_begin(town: Town) -> None:
    town.village.says("ana", "Ink.")
    session = await town.caught_up()
    store, began = session.visit.store, threading.Event()
    ends: Future[str] = Future()

    def endless(db: sqlite3.Connection) -> None:
        began.set()
        try:
            db.execute("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n")
        except sqlite3.OperationalError as problem:
            ends.set_result(str(problem))
            raise

    one = asyncio.ensure_future(asyncio.wrap_future(store.look(endless)))
    two = asyncio.ensure_future(session.search("nothing"))
    three = asyncio.ensure_future(session.search("ink"))
    await asyncio.to_thread(began.wait, 10)
    one.cancel()
    two.cancel()
    assert [_told(finding) for finding in (await asyncio.wait_for(three, 10)).found] == ["Ana: Ink."]
    assert ends.result(0) == "interrupted"
    assert (one.cancelled(), two.cancelled()) == (True, True)


async def test_quitting_does_not_wait_for_a_search(town: Town) -> None:
    session = await town.caught_up()
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    began = threading.Event()

    def work(db: sqlite3.Connection) -> None:
        began.set()
        db.execute(endless)

    looking = session.visit.store.look(work)
    queued = session.visit.store.look(work)
    await asyncio.to_thread(began.wait, 10)
    await asyncio.wait_for(session.quit(send=False), 5)
    with pytest.raises(StoreError):
        looking.result(5)
    with pytest.raises(CancelledError):
        queued.result(5)


async def test_a_search_cannot_write(town: Town) -> None:
    session = town.visit()
    with pytest.raises(StoreError, match="readonly"):
        session.visit.store.look(lambda db: db.execute("DELETE FROM account")).result(5)
