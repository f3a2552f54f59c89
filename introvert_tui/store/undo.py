"""What you did in this visit, so that it can be taken back, the last thing first."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from introvert_tui.store import standing
from introvert_tui.store.codec import dump


@dataclass(frozen=True, slots=True)
class UndoRecord:
    """One action: `kind` is hello, reply, nod, done, leave, later or rejoin."""

    id: int
    kind: str
    conversation: int
    before: dict[str, str | int | None]
    draft_key: str | None = None
    nodded: tuple[int, str] | None = None
    """The account and the message's uri, where the action was a nod."""

    @property
    def by(self) -> str:
        """The mark that this action left on what it dealt with."""
        return f"undo:{self.id}"


_STATE = ("state", "door", "left_at", "later_local", "later_reason", "note")


def note(
    db: sqlite3.Connection,
    visit: str,
    kind: str,
    conversation: int,
    draft_key: str | None = None,
    nodded: tuple[int, str] | None = None,
) -> UndoRecord:
    """Write an action down before it is done."""
    row = db.execute(f"SELECT {', '.join(_STATE)} FROM conversation WHERE id = ?", (conversation,)).fetchone()
    before = {name: row[name] for name in _STATE}
    identity: int = db.execute(
        "INSERT INTO undo(visit, kind, conversation_id, before, draft_key) VALUES(?, ?, ?, ?, ?) RETURNING id",
        (visit, kind, conversation, dump({"conversation": before, "nodded": nodded}), draft_key),
    ).fetchone()[0]
    return UndoRecord(identity, kind, conversation, before, draft_key, nodded)


def last(db: sqlite3.Connection, visit: str) -> UndoRecord | None:
    """The last action of the visit that was not taken back."""
    row = db.execute(
        "SELECT * FROM undo WHERE visit = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1", (visit,)
    ).fetchone()
    if row is None:
        return None
    before = json.loads(row["before"])
    return UndoRecord(
        row["id"],
        row["kind"],
        row["conversation_id"],
        before["conversation"],
        row["draft_key"],
        tuple(before["nodded"]) if before["nodded"] else None,
    )


def undone(db: sqlite3.Connection, record: UndoRecord, now: int) -> None:
    """Mark an action as taken back, or as past taking back."""
    db.execute("UPDATE undo SET undone_at = ? WHERE id = ?", (now, record.id))


def restore(db: sqlite3.Connection, record: UndoRecord) -> None:
    """Let what the action dealt with wait again, and put the conversation into the state it had."""
    standing.undeal(db, record.by)
    assignments = ", ".join(f"{name} = ?" for name in _STATE)
    db.execute(
        f"UPDATE conversation SET {assignments} WHERE id = ?",
        (*(record.before[name] for name in _STATE), record.conversation),
    )
    standing.settle(db, record.conversation)


@dataclass(frozen=True, slots=True)
class Deed:
    """One action that was not taken back: what it was, whom it was said to, and how its conversation stands."""

    kind: str
    conversation: int
    state: str
    name: str | None


def deeds(db: sqlite3.Connection, visit: str) -> tuple[Deed, ...]:
    """What was done in a visit, in order."""
    rows = db.execute(
        "SELECT undo.kind, undo.conversation_id, conversation.state, person.name FROM undo "
        "JOIN conversation ON conversation.id = undo.conversation_id "
        "LEFT JOIN draft ON draft.key = undo.draft_key LEFT JOIN outbox ON outbox.key = draft.key "
        "LEFT JOIN message ON message.id = draft.parent_id LEFT JOIN person ON person.id = message.author_id "
        "WHERE undo.visit = ? AND undo.undone_at IS NULL "
        "AND (outbox.state IS NULL OR outbox.state NOT IN ('refused', 'dropped')) ORDER BY undo.id",
        (visit,),
    )
    return tuple(Deed(*row) for row in rows)
