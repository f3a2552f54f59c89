"""The outbox as a table: every state with every move, and two programs that want the same message."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from introvert_tui.model import DraftKind, MessageRef, Page, Prepared, Receipt
from introvert_tui.store import accounts, merge, messages, outbox, outgoing
from introvert_tui.store.database import Store
from introvert_tui.store.outbox import Move, Writing
from introvert_tui.store.outgoing import OutboxState
from introvert_tui.store.times import to_ms

from .pages import ME, NOW, said

KEY, OTHER = "the-key", "the-other-key"
NOW_MS = to_ms(NOW)
LATER = NOW_MS + 1000
ME_HERE, NEIGHBOUR = "program-1", "program-2"
RECEIPT = Receipt(MessageRef("at://me/1", "at://me/1", "cid"), NOW)


class Mover(NamedTuple):
    """A function of the store, the move it makes, and a call of it on the message `KEY`."""

    name: str
    move: Move
    call: Callable[[sqlite3.Connection], object]


MOVERS = (
    Mover("queue", Move.QUEUE, lambda db: outbox.queue(db, KEY, LATER)),
    Mover("decide", Move.DECIDE, lambda db: outbox.decide(db, KEY, LATER)),
    Mover("claim", Move.CLAIM, lambda db: outbox.claim(db, KEY, ME_HERE, LATER, 0)),
    Mover("sent", Move.SETTLE, lambda db: outbox.sent(db, KEY, RECEIPT, LATER)),
    Mover("requeue", Move.REQUEUE, lambda db: outbox.requeue(db, KEY, LATER, "no way out")),
    Mover("never_arrived", Move.REQUEUE, lambda db: outbox.never_arrived(db, KEY, LATER)),
    Mover("not_found", Move.REQUEUE, lambda db: outbox.not_found(db, KEY, LATER)),
    Mover("doubt", Move.DOUBT, lambda db: outbox.doubt(db, KEY, LATER, "the answer is lost")),
    Mover("recover", Move.DOUBT, lambda db: outbox.recover(db, [NEIGHBOUR], LATER, LATER)),
    Mover("recover_own", Move.DOUBT, lambda db: outbox.recover_own(db, 1, ME_HERE, LATER)),
    Mover("look_again", Move.LOOK, lambda db: outbox.look_again(db, KEY, LATER)),
    Mover("look_later", Move.LOOK, lambda db: outbox.look_later(db, KEY, LATER)),
    Mover("ask", Move.ASK, lambda db: outbox.ask(db, KEY, "late")),
    Mover("refuse", Move.REFUSE, lambda db: outbox.refuse(db, KEY, "no", LATER)),
    Mover("drop", Move.DROP, lambda db: outbox.drop(db, KEY, "account removed", LATER)),
    Mover("take_back", Move.TAKE_BACK, lambda db: outbox.take_back(db, KEY, "taken back", LATER)),
)
GIVES_BACK = (Move.REFUSE, Move.DROP, Move.TAKE_BACK)
OF_MANY = ("recover", "recover_own")
"""Functions that move what they find, and don't say what."""


def writing(db: sqlite3.Connection, key: str, message: int, account: int, owner: str) -> Writing:
    to = messages.by_id(db, message)
    assert to is not None
    words = f"Good to hear from you, says {key}."
    return Writing(key, message, account, to, DraftKind.HELLO, words, None, (), message, owner, NOW_MS)


def bring_to(db: sqlite3.Connection, state: OutboxState, key: str, message: int, account: int, owner: str) -> None:
    """Write a message and let it go the usual way until it is in a state."""
    outbox.put(db, writing(db, key, message, account, owner), NOW_MS)
    if state is OutboxState.HELD:
        return
    outbox.queue(db, key, NOW_MS)
    outbox.remember_prepared(db, key, Prepared(f"the bytes of {key}", "rev-1"))
    receipt = Receipt(MessageRef(f"at://me/{key}", f"at://me/{key}"), NOW)
    if state in (OutboxState.SENDING, OutboxState.UNSURE, OutboxState.SENT):
        outbox.claim(db, key, owner, NOW_MS, 0)
    match state:
        case OutboxState.UNSURE:
            outbox.doubt(db, key, NOW_MS, "the answer is lost")
        case OutboxState.SENT:
            outbox.sent(db, key, receipt, NOW_MS)
        case OutboxState.REFUSED:
            outbox.refuse(db, key, "no", NOW_MS)
        case OutboxState.ASKS:
            outbox.ask(db, key, "late")
        case OutboxState.DROPPED:
            outbox.take_back(db, key, "taken back", NOW_MS)
        case OutboxState.QUEUED | OutboxState.SENDING:
            pass
    assert outgoing.one(db, key).state == state


def peopled(db: sqlite3.Connection) -> None:
    """Ana and Ben have written, Ben to another account of yours."""
    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 10),)), NOW)
    other = accounts.add(db, "demo", "https://other.test", "did:me2", "me2.test", NOW_MS)
    merge.merge(db, other, Page(messages=(said(2, "ben", 2, 9),)), NOW)


def everything(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {table: sorted(map(tuple, db.execute(f"SELECT * FROM {table}")), key=repr) for table in tables}


def rows_of_the_other(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    """The other message, its words, and what it answers."""
    tables = ("outbox WHERE key = ?1", "draft WHERE key = ?1 OR account_id = 2", "copy WHERE account_id = 2")
    asked = (f"SELECT * FROM {table}" for table in tables)
    return [tuple(row) for one in asked for row in db.execute(one, (OTHER,) if "?1" in one else ())]


def open_words(db: sqlite3.Connection) -> list[str]:
    """The drafts that can be opened again."""
    return [row[0] for row in db.execute("SELECT text FROM draft WHERE key NOT IN (SELECT key FROM outbox)")]


@pytest.fixture
def two_messages(db: sqlite3.Connection) -> sqlite3.Connection:
    peopled(db)
    return db


def test_the_table_has_every_move() -> None:
    assert {mover.move for mover in MOVERS} == set(Move)


def test_what_is_over_stays_so_and_what_may_be_out_is_not_taken_back() -> None:
    begun = {origin for move in Move for origin in move.origins}
    assert set(OutboxState) - begun == {OutboxState.SENT, OutboxState.REFUSED, OutboxState.DROPPED}
    assert {OutboxState.SENDING, OutboxState.UNSURE}.isdisjoint(Move.TAKE_BACK.origins)
    assert [move for move in Move if move.end is OutboxState.SENDING] == [Move.CLAIM]
    assert Move.CLAIM.origins == (OutboxState.QUEUED,)


@pytest.mark.parametrize("state", OutboxState)
@pytest.mark.parametrize("mover", MOVERS, ids=lambda mover: mover.name)
def test_a_move_is_made_from_where_it_may_begin_and_from_nowhere_else(
    two_messages: sqlite3.Connection, mover: Mover, state: OutboxState
) -> None:
    db = two_messages
    bring_to(db, state, KEY, 1, 1, ME_HERE)
    bring_to(db, state, OTHER, 2, 2, NEIGHBOUR)
    before, of_the_other, words = everything(db), rows_of_the_other(db), open_words(db)
    did = mover.call(db)
    may = state in mover.move.origins
    assert outgoing.one(db, KEY).state == (mover.move.end if may else state)
    if mover.name not in OF_MANY:
        assert bool(did) is may
    assert rows_of_the_other(db) == of_the_other
    if not may:
        assert everything(db) == before
    elif mover.move in GIVES_BACK:
        assert open_words(db) == [*words, f"Good to hear from you, says {KEY}."]
        assert [one.message.ref.uri for one in messages.waiting_in(db, 1)] == ["at://1"]
    else:
        unmoved = everything(db)
        assert {table for table in before if unmoved[table] != before[table]} <= {"outbox"}
    assert [row[0] for row in db.execute("PRAGMA integrity_check")] == ["ok"]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("state", OutboxState)
def test_only_what_is_being_sent_or_held_has_an_owner(two_messages: sqlite3.Connection, state: OutboxState) -> None:
    bring_to(two_messages, state, KEY, 1, 1, ME_HERE)
    owned = state in (OutboxState.HELD, OutboxState.SENDING)
    assert outgoing.one(two_messages, KEY).owner == (ME_HERE if owned else None)


@pytest.mark.parametrize("state", OutboxState)
def test_what_is_sent_is_what_was_prepared_first(two_messages: sqlite3.Connection, state: OutboxState) -> None:
    db = two_messages
    bring_to(db, state, KEY, 1, 1, ME_HERE)
    before = everything(db)
    outbox.remember_prepared(db, KEY, Prepared("other bytes", "rev-2"))
    assert everything(db) == before


def test_nothing_is_sent_before_its_bytes_are_stored(two_messages: sqlite3.Connection) -> None:
    outbox.put(two_messages, writing(two_messages, KEY, 1, 1, ME_HERE), NOW_MS)
    outbox.queue(two_messages, KEY, NOW_MS)
    assert outbox.claim(two_messages, KEY, ME_HERE, NOW_MS, 0) is None
    outbox.remember_prepared(two_messages, KEY, Prepared("the bytes", "rev-1"))
    assert outbox.claim(two_messages, KEY, ME_HERE, NOW_MS, 0) == Prepared("the bytes", "rev-1")


@pytest.mark.parametrize("state", Move.SETTLE.origins)
def test_one_receipt_settles_one_message(two_messages: sqlite3.Connection, state: OutboxState) -> None:
    db = two_messages
    bring_to(db, OutboxState.SENDING, OTHER, 2, 2, NEIGHBOUR)
    assert outbox.sent(db, OTHER, RECEIPT, NOW_MS)
    bring_to(db, state, KEY, 1, 1, ME_HERE)
    before = everything(db)
    assert not outbox.sent(db, KEY, RECEIPT, LATER)
    assert everything(db) == before


@pytest.mark.parametrize(("living", "attempted_before"), [([ME_HERE], LATER), ([], NOW_MS - 1)])
def test_what_lives_or_was_tried_just_now_is_not_recovered(
    two_messages: sqlite3.Connection, living: list[str], attempted_before: int
) -> None:
    bring_to(two_messages, OutboxState.SENDING, KEY, 1, 1, ME_HERE)
    outbox.recover(two_messages, living, attempted_before, LATER)
    assert outgoing.one(two_messages, KEY).state == OutboxState.SENDING


def test_of_two_programs_that_claim_a_message_one_gets_it(tmp_path: Path) -> None:
    path, many = tmp_path / "introvert.db", 40
    with closing(Store(path, NOW, lasting=False)) as one, closing(Store(path, NOW, lasting=False)) as two:

        def written(db: sqlite3.Connection) -> None:
            accounts.add(db, "demo", "https://village.test", ME.uri, ME.handle, NOW_MS)
            merge.merge(db, 1, Page(messages=tuple(said(number, "ana", number, 10) for number in range(many))), NOW)
            for number in range(1, many + 1):
                bring_to(db, OutboxState.QUEUED, f"key-{number}", number, 1, ME_HERE)

        one.write(written).result()
        claims = [
            [store.write(outbox.claim, f"key-{number}", owner, LATER, 0) for number in range(1, many + 1)]
            for store, owner in ((one, ME_HERE), (two, NEIGHBOUR))
        ]
        got = [[claim.result(30) for claim in of_one] for of_one in claims]
        for number, (mine, theirs) in enumerate(zip(*got, strict=True), start=1):
            assert (mine is None) != (theirs is None)
            record = outgoing.one(one.screen, f"key-{number}")
            assert (record.state, record.attempts) == (OutboxState.SENDING, 1)
            assert record.owner == (ME_HERE if mine else NEIGHBOUR)
