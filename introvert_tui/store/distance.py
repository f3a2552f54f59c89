"""The distance you keep from people: muted or blocked, here at once, and on their servers when these can be reached.

Here it means that nothing they say waits (`messages.waiting_in`); what they said is dealt with by nobody meanwhile, so
that it waits again when they are heard again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from introvert_tui.model import PersonRef
from introvert_tui.store import doors, leaving, outgoing, standing
from introvert_tui.store.outgoing import OutboxRecord, OutboxState, Why


class Way(StrEnum):
    """How somebody is kept at a distance."""

    MUTE = "mute"
    BLOCK = "block"


_SINCE = {Way.MUTE: "muted_at", Way.BLOCK: "blocked_at"}


class DistanceWish(NamedTuple):
    """A person, and whether their server is to mute or block them for an account; `is_new`: nothing was tried yet."""

    person: int
    who: PersonRef
    name: str
    way: Way
    want: bool
    is_new: bool
    tries: int


def keep(db: sqlite3.Connection, persons: Sequence[int], way: Way, now: int) -> frozenset[int]:
    """Mute or block these profiles; returns the conversations in which something of theirs waited."""
    changed: set[int] = set()
    for person in persons:
        db.execute(f"UPDATE person SET {_SINCE[way]} = coalesce({_SINCE[way]}, ?) WHERE id = ?", (now, person))
        _want(db, person, way, True, now)
        changed |= _said_and_not_dealt_with(db, person)
    for conversation in changed:
        standing.settle(db, conversation)
    return frozenset(changed)


def end(db: sqlite3.Connection, persons: Sequence[int], way: Way, now: int) -> frozenset[int]:
    """Mute or block these profiles no more; returns the conversations in which something may wait again.

    What you answered meanwhile, by words or by a nod, does not.
    """
    changed: set[int] = set()
    for person in persons:
        db.execute(f"UPDATE person SET {_SINCE[way]} = NULL WHERE id = ?", (person,))
        _want(db, person, way, False, now)
        _deal_with_answered(db, person, now)
        changed |= _said_and_not_dealt_with(db, person)
    for conversation in changed:
        if not doors.hold_silence(db, conversation, now):
            standing.settle(db, conversation)
    return frozenset(changed)


def _said_and_not_dealt_with(db: sqlite3.Connection, person: int) -> set[int]:
    rows = db.execute(
        "SELECT DISTINCT conversation_id FROM message JOIN copy ON copy.message_id = message.id "
        "WHERE author_id = ? AND copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND message.gone IS NULL",
        (person,),
    )
    return {row[0] for row in rows}


def _deal_with_answered(db: sqlite3.Connection, person: int, now: int) -> None:
    """Deal with what somebody said that you answered since, by words or by a nod."""
    rows = db.execute(
        "SELECT DISTINCT message.id FROM message JOIN copy ON copy.message_id = message.id "
        "WHERE message.author_id = :person AND copy.said_to_me IS NOT NULL AND copy.dealt_at IS NULL AND ("
        "EXISTS (SELECT 1 FROM message AS own JOIN person AS me ON me.id = own.author_id "
        "JOIN account ON account.network = me.network AND account.remote_id = me.uri "
        "JOIN conversation ON conversation.id = own.conversation_id "
        "LEFT JOIN message AS answered ON answered.uri = own.parent_uri "
        "WHERE own.conversation_id = message.conversation_id AND own.seen_at > message.seen_at AND own.gone IS NULL "
        "AND (conversation.kind = 'room' OR answered.author_id = :person)) "
        "OR EXISTS (SELECT 1 FROM nod JOIN message AS nodded ON nodded.uri = nod.uri WHERE nod.want = 1 "
        "AND nodded.conversation_id = message.conversation_id AND nodded.author_id = :person "
        "AND nodded.seen_at >= message.seen_at))",
        {"person": person},
    )
    standing.deal(db, [row[0] for row in rows.fetchall()], "elsewhere", now)


def take_words_back(db: sqlite3.Connection, now: int) -> tuple[OutboxRecord, ...]:
    """Nothing more goes out to whoever is blocked, and your words are kept; returns what was still on its way to them.

    What is being sent at the moment is taken back when it turns out that it did not arrive.
    """
    on_its_way = outgoing.to_blocked(db)
    for record in on_its_way:
        if record.state is not OutboxState.SENDING:
            leaving.drop(db, record.draft.key, Why.BLOCKED, now)
    return on_its_way


def _want(db: sqlite3.Connection, person: int, way: Way, on: bool, now: int) -> None:
    """Wish it of the accounts that have heard of the person; the others, which they may not know of, give no sign."""
    if on:
        db.execute(
            "INSERT INTO distance(account_id, person_id, way, want, changed_at, due_at) "
            "SELECT DISTINCT account.id, :person, :way, 1, :now, :now FROM account "
            "JOIN copy ON copy.account_id = account.id JOIN message ON message.id = copy.message_id "
            "WHERE message.author_id = :person AND account.removed_at IS NULL "
            "ON CONFLICT(account_id, person_id, way) DO UPDATE SET want = 1, changed_at = excluded.changed_at, "
            "due_at = excluded.due_at WHERE want = 0 OR (have IS NOT 1 AND due_at IS NULL)",
            {"person": person, "way": way, "now": now},
        )
        return
    db.execute(
        "UPDATE distance SET want = 0, changed_at = :now, due_at = :now WHERE person_id = :person AND way = :way "
        "AND want = 1",
        {"person": person, "way": way, "now": now},
    )


def due(db: sqlite3.Connection, account: int, now: int) -> tuple[DistanceWish, ...]:
    rows = db.execute(
        "SELECT person_id, uri, handle, name, way, want, due_at <= changed_at AND (want OR have IS 1), tries "
        "FROM distance "
        "JOIN person ON person.id = person_id WHERE account_id = ? AND due_at <= ? AND want IS NOT have",
        (account, now),
    )
    return tuple(
        DistanceWish(row[0], PersonRef(row[1], row[2]), row[3], Way(row[4]), bool(row[5]), bool(row[6]), row[7])
        for row in rows
    )


def done(db: sqlite3.Connection, account: int, wish: DistanceWish, now: int) -> None:
    """The server is as wanted; if the opposite was wanted meanwhile, that stays due."""
    db.execute(
        "UPDATE distance SET have = ?, changed_at = ?, tries = 0, "
        "due_at = CASE WHEN want = ? THEN NULL ELSE due_at END "
        "WHERE account_id = ? AND person_id = ? AND way = ?",
        (wish.want, now, wish.want, account, wish.person, wish.way),
    )


def retry(db: sqlite3.Connection, account: int, wish: DistanceWish, due_at: int | None) -> None:
    """Try again at `due_at`, or not at all where the server cannot do it."""
    db.execute(
        "UPDATE distance SET due_at = ?, tries = tries + 1 "
        "WHERE account_id = ? AND person_id = ? AND way = ? AND want = ?",
        (due_at, account, wish.person, wish.way, wish.want),
    )
