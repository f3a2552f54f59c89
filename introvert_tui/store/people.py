"""Whom we know of."""

from __future__ import annotations

import sqlite3

from introvert_tui.model import Person, PersonRef
from introvert_tui.text import clean_line


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
