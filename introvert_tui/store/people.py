"""Whom we know of: profiles, the cards that join them, and what was said between you and them.

A person is one profile on one network. Those that you know to be the same human share a card, which holds your notes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from introvert_tui.model import Message, Person, PersonRef, RoomRef
from introvert_tui.text import clean_line

_ME = "EXISTS (SELECT 1 FROM account WHERE account.network = person.network AND account.remote_id = person.uri)"
_KNOWN = f"(spoke_at IS NOT NULL OR answered_at IS NOT NULL) AND person.uri != '' AND NOT {_ME}"


class ProfileRecord(NamedTuple):
    """One profile; times in milliseconds.

    They last said something to you at `spoke_at`, you first and last answered them at the other two.
    """

    id: int
    card: int | None
    network: str
    uri: str
    handle: str
    name: str
    followed: bool | None
    spoke_at: int | None
    first_answered_at: int | None
    answered_at: int | None
    muted: bool
    blocked: bool
    notes: str


_PROFILE = (
    "SELECT person.id, card_id, network, uri, handle, name, followed, spoke_at, first_answered_at, answered_at, "
    "muted_at IS NOT NULL, blocked_at IS NOT NULL, coalesce(card.notes, '') "
    "FROM person LEFT JOIN card ON card.id = person.card_id WHERE"
)


class Word(NamedTuple):
    """Something that one of you said to the other, at `at` milliseconds."""

    message: int
    conversation: int
    private: bool
    mine: bool
    at: int


def remember(db: sqlite3.Connection, network: str, person: Person | PersonRef) -> int:
    """Store or update a person and return their id.

    A bare reference never overwrites a profile, nor does a profile without a name one with it: some of a network's
    services know less of a person than others.
    """
    handle = clean_line(person.handle)
    if isinstance(person, Person):
        name = clean_line(person.name)
        row = db.execute(
            "INSERT INTO person(network, uri, handle, name, followed) VALUES(?, ?, ?, ?, ?) "
            "ON CONFLICT(network, uri) DO UPDATE SET handle = excluded.handle, "
            "name = CASE WHEN ? THEN excluded.name WHEN name = handle THEN excluded.handle ELSE name END, "
            "followed = coalesce(excluded.followed, followed) RETURNING id",
            (network, person.uri, handle, name or handle, person.followed, bool(name)),
        ).fetchone()
    else:
        row = db.execute("SELECT id FROM person WHERE network = ? AND uri = ?", (network, person.uri)).fetchone()
        row = (
            row
            or db.execute(
                "INSERT INTO person(network, uri, handle, name) VALUES(?, ?, ?, ?) RETURNING id",
                (network, person.uri, handle, handle or "Somebody"),
            ).fetchone()
        )
    identity: int = row[0]
    return identity


def note_word(db: sqlite3.Connection, network: str, identity: int, message: Message, mine: bool) -> None:
    """Remember when somebody spoke to you, or you to them, by a message that is stored already.

    Pages come in any order: your answer may be here before what it answers.
    """
    if mine:
        _note_answer(db, network, identity, message)
        return
    room = isinstance(message.place, RoomRef)
    same_room = "message.conversation_id = (SELECT conversation_id FROM message WHERE id = ?)"
    answers = db.execute(
        "SELECT min(message.seen_at), max(message.seen_at) FROM message JOIN person ON person.id = message.author_id "
        f"WHERE {same_room if room else 'message.parent_uri = ?'} AND {_ME}",
        (identity if room else message.ref.uri,),
    ).fetchone()
    db.execute(
        "UPDATE person SET spoke_at = CASE WHEN :said THEN max(coalesce(spoke_at, 0), message.seen_at) "
        "ELSE spoke_at END, first_answered_at = coalesce(min(first_answered_at, :first), first_answered_at, :first), "
        "answered_at = coalesce(max(answered_at, :last), answered_at, :last) "
        "FROM message WHERE message.id = :id AND person.id = message.author_id",
        {"said": message.said_to_me is not None, "first": answers[0], "last": answers[1], "id": identity},
    )


def _note_answer(db: sqlite3.Connection, network: str, identity: int, message: Message) -> None:
    if isinstance(message.place, RoomRef):
        uris = [member.uri for member in message.place.members if member.uri != message.author.uri]
        whom = f"person.network = ? AND person.uri IN ({','.join('?' * len(uris))})"
        values: tuple[str, ...] = (network, *uris)
    elif message.parent is not None:
        whom, values = "person.id = (SELECT author_id FROM message WHERE uri = ?)", (message.parent.uri,)
    else:
        return
    db.execute(
        "UPDATE person SET first_answered_at = min(coalesce(first_answered_at, said.seen_at), said.seen_at), "
        "answered_at = max(coalesce(answered_at, 0), said.seen_at) FROM message AS said "
        f"WHERE said.id = ? AND {whom}",
        (identity, *values),
    )


def acquaintances(db: sqlite3.Connection) -> tuple[ProfileRecord, ...]:
    """Everybody else who ever spoke to you, or whom you answered, in no order."""
    return tuple(map(_profile, db.execute(f"{_PROFILE} {_KNOWN}")))


def by_handle(db: sqlite3.Connection, network: str, handles: Sequence[str]) -> tuple[ProfileRecord, ...]:
    """Those who go by these handles on a network, as far as they are known; case does not count."""
    marks = ",".join("?" * len(handles))
    rows = db.execute(f"{_PROFILE} network = ? AND handle COLLATE NOCASE IN ({marks})", (network, *handles))
    return tuple(map(_profile, rows))


def namable(db: sqlite3.Connection, network: str, conversation: int) -> tuple[ProfileRecord, ...]:
    """Whom one may want to name in a conversation, but for those kept away: who spoke there last, then to you."""
    rows = db.execute(
        "WITH there AS (SELECT author_id, max(seen_at) AS at FROM message WHERE conversation_id = ? AND gone IS NULL "
        f"GROUP BY author_id) {_PROFILE} network = ? AND person.uri != '' AND NOT {_ME} AND muted_at IS NULL "
        "AND blocked_at IS NULL AND (spoke_at IS NOT NULL OR answered_at IS NOT NULL "
        "OR person.id IN (SELECT author_id FROM there)) "
        "ORDER BY (SELECT at FROM there WHERE author_id = person.id) DESC, "
        "max(coalesce(spoke_at, 0), coalesce(answered_at, 0)) DESC, person.id",
        (conversation, network),
    )
    return tuple(map(_profile, rows))


def of_card(db: sqlite3.Connection, person: int) -> tuple[ProfileRecord, ...]:
    """All profiles of the human that a person is; none if there is no such person."""
    rows = db.execute(
        f"{_PROFILE} person.id = :id OR card_id = (SELECT card_id FROM person WHERE id = :id) ORDER BY person.id",
        {"id": person},
    )
    return tuple(map(_profile, rows))


def _profile(row: sqlite3.Row) -> ProfileRecord:
    record = ProfileRecord(*row)
    return record if record.followed is None else record._replace(followed=bool(record.followed))


def author(db: sqlite3.Connection, message: int) -> int | None:
    """Who wrote a message, unless that was you, or is not known."""
    row = db.execute(
        "SELECT person.id FROM message JOIN person ON person.id = message.author_id "
        f"WHERE message.id = ? AND person.uri != '' AND NOT {_ME}",
        (message,),
    ).fetchone()
    return row[0] if row else None


def between(db: sqlite3.Connection, persons: Sequence[int], most: int) -> tuple[Word, ...]:
    """What you and these profiles said to each other and can still be read, newest first: `most` of their messages,
    with what you answered."""
    marks = ",".join("?" * len(persons))
    rows = db.execute(
        "WITH theirs AS MATERIALIZED (SELECT id, uri, conversation_id FROM message "
        f"WHERE author_id IN ({marks}) AND gone IS NULL ORDER BY seen_at DESC LIMIT ?), "
        f"me AS MATERIALIZED (SELECT id FROM person WHERE {_ME}), "
        "word(id, mine) AS (SELECT id, 0 FROM theirs WHERE EXISTS "
        "(SELECT 1 FROM copy WHERE copy.message_id = theirs.id AND copy.said_to_me IS NOT NULL) "
        "UNION SELECT own.id, 1 FROM theirs JOIN message AS own ON own.parent_uri = theirs.uri "
        "WHERE own.author_id IN (SELECT id FROM me) "
        "UNION SELECT own.id, 1 FROM message AS own WHERE own.author_id IN (SELECT id FROM me) "
        "AND own.conversation_id IN (SELECT conversation.id FROM conversation "
        "JOIN theirs ON theirs.conversation_id = conversation.id WHERE kind = 'room')) "
        "SELECT message.id, conversation.id, kind = 'room', word.mine, message.seen_at FROM word "
        "JOIN message ON message.id = word.id JOIN conversation ON conversation.id = message.conversation_id "
        "WHERE message.gone IS NULL ORDER BY message.seen_at DESC, message.id DESC LIMIT ?",
        (*persons, most, 2 * most),
    )
    return tuple(Word(row[0], row[1], bool(row[2]), bool(row[3]), row[4]) for row in rows)


def wrote_to_you(db: sqlite3.Connection, person: int) -> tuple[int, ...]:
    """Every message of one profile that was said to you and can still be read, oldest first."""
    rows = db.execute(
        "SELECT id FROM message WHERE author_id = ? AND gone IS NULL AND EXISTS (SELECT 1 FROM copy "
        "WHERE copy.message_id = message.id AND copy.said_to_me IS NOT NULL) ORDER BY seen_at, id",
        (person,),
    )
    return tuple(row[0] for row in rows)


def newest_of(db: sqlite3.Connection, persons: Sequence[int], most: int) -> tuple[int, ...]:
    """The newest messages of these profiles that are still open to answers, those said to you first."""
    rows = db.execute(
        "SELECT id FROM message "
        f"WHERE author_id IN ({','.join('?' * len(persons))}) AND gone IS NULL AND NOT closed ORDER BY EXISTS "
        "(SELECT 1 FROM copy WHERE copy.message_id = message.id AND copy.said_to_me IS NOT NULL) DESC, "
        "seen_at DESC, id DESC LIMIT ?",
        (*persons, most),
    )
    return tuple(row[0] for row in rows)


def write_notes(db: sqlite3.Connection, person: int, notes: str) -> None:
    """Your notes about the human that a person is, in place of what they were."""
    db.execute("UPDATE card SET notes = ? WHERE id = ?", (notes, _card(db, person)))


def _card(db: sqlite3.Connection, person: int) -> int:
    """The card of a person, made if there is none."""
    row = db.execute("SELECT card_id FROM person WHERE id = ?", (person,)).fetchone()
    return row[0] if row[0] is not None else _new_card(db, person, "")


def _new_card(db: sqlite3.Connection, person: int, notes: str) -> int:
    card: int = db.execute("INSERT INTO card(notes) VALUES(?) RETURNING id", (notes,)).fetchone()[0]
    db.execute("UPDATE person SET card_id = ? WHERE id = ?", (card, person))
    return card


def join(db: sqlite3.Connection, person: int, other: int) -> None:
    """Put two people on one card, with whoever is on theirs already; notes of both stay, the first one's on top."""
    into, away = _card(db, person), _card(db, other)
    if into == away:
        return
    notes = [db.execute("SELECT notes FROM card WHERE id = ?", (card,)).fetchone()[0] for card in (into, away)]
    kept = notes[0] if notes[1] in notes[0] else notes[1] if notes[0] in notes[1] else "\n\n".join(notes)
    db.execute("UPDATE card SET notes = ? WHERE id = ?", (kept, into))
    db.execute("UPDATE person SET card_id = ? WHERE card_id = ?", (into, away))
    db.execute("DELETE FROM card WHERE id = ?", (away,))


def part(db: sqlite3.Connection, person: int) -> bool:
    """Give a profile a card of its own again, with the same notes; False if it shares none."""
    row = db.execute(
        "SELECT notes FROM card JOIN person ON person.card_id = card.id WHERE person.id = :id AND EXISTS "
        "(SELECT 1 FROM person AS other WHERE other.card_id = card.id AND other.id != :id)",
        {"id": person},
    ).fetchone()
    if row is None:
        return False
    _new_card(db, person, row[0])
    return True


def forget_strangers(db: sqlite3.Connection) -> None:
    """Forget when you spoke with people, and your notes about them, where nothing that they said is left."""
    gone = "NOT EXISTS (SELECT 1 FROM message WHERE message.author_id = person.id)"
    db.execute(
        "UPDATE person SET spoke_at = NULL, first_answered_at = NULL, answered_at = NULL, card_id = NULL, "
        f"muted_at = NULL, blocked_at = NULL WHERE {gone}"
    )
    db.execute("DELETE FROM card WHERE NOT EXISTS (SELECT 1 FROM person WHERE person.card_id = card.id)")
