"""What you did in this visit, so that it can be taken back, the last thing first.

An action notes how the conversation stood before it and how it stood after. If it still stands so, taking back restores
what was before; else it takes back exactly what the action did and lets the rest stand. So actions that are taken back
one after the other, the last first, leave a conversation as it was before all of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from introvert_tui.store import quiet, standing
from introvert_tui.store.codec import dump

Standing = dict[str, str | int | None]
_STATE = ("state", "door", "left_at", "later_local", "later_reason", "note")


class UndoRecord(NamedTuple):
    """One action: `kind` is hello, reply, nod, done, leave, later, bring_back or rejoin, or what `beside` was given.

    `before` and `after` are how the conversation stood, `nodded` the account and uri of a nod, `quieted` whether it was
    this action that asked the server to keep the thread quiet, or to speak again. `about` is what an action was about
    that is no conversation (`conversation` is 0 then), `batch` what actions have in common that are one to the person.
    """

    id: int
    kind: str
    conversation: int
    before: Standing
    after: Standing | None = None
    draft_key: str | None = None
    nodded: tuple[int, str] | None = None
    quieted: bool = False
    about: tuple[str | int, ...] = ()
    batch: int | None = None

    @property
    def by(self) -> str:
        """The mark that this action left on what it dealt with."""
        return f"undo:{self.id}"


def _standing(db: sqlite3.Connection, conversation: int) -> Standing:
    """How a conversation stands, and whether it is to be quiet."""
    row = db.execute(f"SELECT {', '.join(_STATE)} FROM conversation WHERE id = ?", (conversation,)).fetchone()
    return {**{name: row[name] for name in _STATE}, "quiet": quiet.is_wanted(db, conversation)}


def note(
    db: sqlite3.Connection,
    visit: str,
    kind: str,
    conversation: int,
    draft_key: str | None = None,
    nodded: tuple[int, str] | None = None,
) -> UndoRecord:
    """Write an action down before it is done; `seal` it afterwards."""
    before = _standing(db, conversation)
    identity: int = db.execute(
        "INSERT INTO undo(visit, kind, conversation_id, before, draft_key, nodded) VALUES(?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        (visit, kind, conversation, dump(before), draft_key, dump(nodded) if nodded else None),
    ).fetchone()[0]
    return UndoRecord(identity, kind, conversation, before, None, draft_key, nodded)


def beside(db: sqlite3.Connection, visit: str, kind: str, about: Sequence[str | int]) -> None:
    """Write down that something was done which is about no conversation."""
    db.execute("INSERT INTO undo(visit, kind, before, about) VALUES(?, ?, '{}', ?)", (visit, kind, dump(list(about))))


def bind(db: sqlite3.Connection, since: int) -> None:
    """Make one action of all that were written down after the one with the id `since`."""
    db.execute("UPDATE undo SET batch = ? WHERE id > ?", (since, since))


def newest(db: sqlite3.Connection) -> int:
    """The id of the newest action of all; 0 if there is none."""
    found: int = db.execute("SELECT coalesce(max(id), 0) FROM undo").fetchone()[0]
    return found


def together(db: sqlite3.Connection, record: UndoRecord) -> tuple[UndoRecord, ...]:
    """An action and all that are one with it to the person, the last first."""
    if record.batch is None:
        return (record,)
    rows = db.execute("SELECT * FROM undo WHERE batch = ? AND undone_at IS NULL ORDER BY id DESC", (record.batch,))
    return tuple(map(_record, rows))


def seal(db: sqlite3.Connection, record: UndoRecord, quieted: bool = False) -> None:
    """The action is done: from here on, other changes are told apart from it."""
    after = dump(_standing(db, record.conversation))
    db.execute("UPDATE undo SET quieted = ?, after = ? WHERE id = ?", (quieted, after, record.id))


def last(db: sqlite3.Connection, visit: str, passed: Collection[str] = ()) -> UndoRecord | None:
    """The last action of the visit that can still be taken back; what did not go out was given back already.

    Messages whose keys are in `passed` are passed over for as long as nobody knows whether they are out.
    """
    marks = ",".join("?" * len(passed))
    row = db.execute(
        "SELECT undo.* FROM undo LEFT JOIN outbox ON outbox.key = undo.draft_key WHERE visit = ? AND undone_at IS NULL "
        "AND coalesce(outbox.state, '') NOT IN ('refused', 'dropped') "
        f"AND NOT (coalesce(outbox.state, '') IN ('sending', 'unsure') AND outbox.key IN ({marks})) "
        "ORDER BY undo.id DESC LIMIT 1",
        (visit, *passed),
    ).fetchone()
    return _record(row) if row else None


def beside_of(db: sqlite3.Connection, kind: str) -> tuple[UndoRecord, ...]:
    """What was done, in whichever visit, that is about no conversation and was not taken back."""
    rows = db.execute("SELECT * FROM undo WHERE kind = ? AND about IS NOT NULL AND undone_at IS NULL", (kind,))
    return tuple(map(_record, rows.fetchall()))


def of_nod(db: sqlite3.Connection, account: int, uri: str) -> UndoRecord | None:
    """The nod to a message, in whichever visit, unless it was taken back."""
    row = db.execute(
        "SELECT * FROM undo WHERE nodded = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1", (dump((account, uri)),)
    ).fetchone()
    return _record(row) if row else None


def of_message(db: sqlite3.Connection, key: str) -> UndoRecord | None:
    """The writing of a message, in whichever visit, taken back or not."""
    row = db.execute("SELECT * FROM undo WHERE draft_key = ?", (key,)).fetchone()
    return _record(row) if row else None


def _record(row: sqlite3.Row) -> UndoRecord:
    return UndoRecord(
        row["id"],
        row["kind"],
        row["conversation_id"] or 0,
        json.loads(row["before"]),
        json.loads(row["after"]) if row["after"] else None,
        row["draft_key"],
        tuple(json.loads(row["nodded"])) if row["nodded"] else None,
        bool(row["quieted"]),
        tuple(json.loads(row["about"])) if row["about"] else (),
        row["batch"],
    )


def hand_on(db: sqlite3.Connection, record: UndoRecord) -> bool:
    """Let the next message that you wrote there, and that stands, be what changed the conversation; False if none is.

    Else taking back the first of two would undo what the second needs as well.
    """
    later = db.execute(
        "SELECT undo.id FROM undo JOIN outbox ON outbox.key = undo.draft_key WHERE conversation_id = ? AND undo.id > ? "
        "AND undone_at IS NULL AND outbox.state NOT IN ('refused', 'dropped') "
        "AND coalesce(outbox.after, '') != 'deleted' ORDER BY undo.id LIMIT 1",
        (record.conversation, record.id),
    ).fetchone()
    if later is not None:
        values = (dump(record.before), record.quieted, later["id"])
        db.execute("UPDATE undo SET before = ?, quieted = max(quieted, ?) WHERE id = ?", values)
    return later is not None


def undone(db: sqlite3.Connection, record: UndoRecord, now: int) -> None:
    """Mark an action as taken back, or as past taking back."""
    db.execute("UPDATE undo SET undone_at = ? WHERE id = ?", (now, record.id))


def offered_again(db: sqlite3.Connection, key: str) -> None:
    """A message that was to be deleted is still out: it can be taken back as before."""
    db.execute("UPDATE undo SET undone_at = NULL WHERE draft_key = ?", (key,))


@contextmanager
def consequence(db: sqlite3.Connection, conversation: int) -> Iterator[None]:
    """What comes of your own message by itself is no other change: the last action there is as untouched as before."""
    newest = "SELECT * FROM undo WHERE conversation_id = ? ORDER BY id DESC LIMIT 1"
    row = db.execute(newest, (conversation,)).fetchone()
    record = _record(row) if row else None
    untouched = record is not None and is_untouched(db, record)
    yield
    if record is not None and untouched:
        seal(db, record, record.quieted)


def is_untouched(db: sqlite3.Connection, record: UndoRecord) -> bool:
    """Whether the conversation stands as the action has left it."""
    return _standing(db, record.conversation) == record.after


_MADE = {"leave": ("left", "closed"), "later": ("later", None)}
"""The state and door that some actions make."""


def restore(db: sqlite3.Connection, record: UndoRecord, untouched: bool, now: int) -> None:
    """Let what the action dealt with wait again, and the conversation be what it was before."""
    row = db.execute("SELECT state, door FROM conversation WHERE id = ?", (record.conversation,)).fetchone()
    as_it_made_it = _MADE.get(record.kind) == (row["state"], row["door"])
    if untouched or as_it_made_it:
        assignments = ", ".join(f"{name} = ?" for name in _STATE)
        db.execute(
            f"UPDATE conversation SET {assignments} WHERE id = ?",
            (*(record.before[name] for name in _STATE), record.conversation),
        )
    if record.kind == "leave" and as_it_made_it:
        # What others said in between was silent only because of this.
        db.execute(
            "UPDATE copy SET dealt_at = NULL, dealt_by = NULL WHERE dealt_by = 'left' AND message_id IN "
            "(SELECT id FROM message WHERE conversation_id = ?)",
            (record.conversation,),
        )
    standing.wait_again(db, record.conversation, record.by, now)
    if untouched:
        quiet.change_mind(db, record.conversation, bool(record.before["quiet"]), now)


class Deed(NamedTuple):
    """One action that stands: what it was, whom it was said to, and how its conversation stands."""

    kind: str
    conversation: int
    state: str
    name: str | None


def deeds(db: sqlite3.Connection, visit: str) -> tuple[Deed, ...]:
    """What was done in a visit, in order, without what was taken back, did not go out, or was many as one."""
    rows = db.execute(
        "SELECT undo.kind, undo.conversation_id, conversation.state, person.name FROM undo "
        "JOIN conversation ON conversation.id = undo.conversation_id "
        "LEFT JOIN draft ON draft.key = undo.draft_key LEFT JOIN outbox ON outbox.key = draft.key "
        "LEFT JOIN message ON message.id = draft.parent_id LEFT JOIN person ON person.id = message.author_id "
        "WHERE undo.visit = ? AND undo.batch IS NULL AND (undo.undone_at IS NULL OR outbox.state = 'sent') "
        "AND coalesce(outbox.state, '') NOT IN ('refused', 'dropped') AND coalesce(outbox.after, '') != 'deleted' "
        "ORDER BY undo.id",
        (visit,),
    )
    return tuple(Deed(*row) for row in rows)
