"""What is on its way out, as a state machine: each message goes out once, whatever happens.

| state     | what is on disk besides the words          | who moves it on, and where to                              |
|-----------|--------------------------------------------|------------------------------------------------------------|
| `held`    | the program that holds it, when it is over | that program: `queued`; sleep, stop, death of it: `asks`   |
| `queued`  | when it is due                             | any program: `sending`; found to be out already: `sent`;   |
|           |                                            | what it answers is gone: `refused`; after a day: `asks`    |
| `sending` | the bytes, who sends them and since when,  | who sends: `sent`, `refused`, `queued` (not a byte left),  |
|           | before the first byte leaves               | `unsure` (no answer); its death: `unsure`, by any program  |
| `unsure`  | the bytes, how often was looked, when next | any program, by looking: `sent`, `queued` (it never was    |
|           |                                            | there, or two looks 120 s apart missed it), `asks`         |
| `asks`    | why                                        | the person: `queued`, `dropped`                            |
| `sent`    | the receipt, which no other message can    | nobody; `after` is 'reread' until the thread was read      |
|           | claim, and which step comes next           | again and left, and 'deleted' once it was deleted          |
| `refused` | why; the words as a new draft              | nobody                                                     |
| `dropped` | why; the words as a new draft              | nobody                                                     |

What was said in a conversation is said in order: `queued` waits while an earlier message of the same account there is
`queued`, `sending` or `unsure`; what asks keeps nothing.

Until it may be out (`held`, `queued`, `asks`) the person can take it back: `dropped`. So is what is `unsure` where its
account is signed out or whom it is for is blocked, and what is `sending` then as soon as it did not arrive. Each move
is one conditional update in a committed transaction (`synchronous = FULL`), so that of two programs on one database one
makes it and the other is told that it did not; what a program concludes from a look or an attempt counts only while
nobody has moved the message since (`if_unmoved`). What a crash can interrupt is therefore only the time between two
moves: in `sending` it leaves doubt, and anywhere else nothing has left the machine.

A draft is not changed once it is here: other words are another draft with another key. `doubt` is set with `unsure`
and stays, through the person's decision too, until a look has settled it: what may be out is never said not to be.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar

from introvert_tui.model import DraftKind, PersonRef, Prepared, Receipt, Visibility
from introvert_tui.store import drafts, messages, standing
from introvert_tui.store.codec import dump
from introvert_tui.store.messages import MessageRecord
from introvert_tui.store.outgoing import WAITS, OutboxRecord, OutboxState, Why
from introvert_tui.store.times import to_ms

P = ParamSpec("P")
T = TypeVar("T")


_CERTAINLY_NOT_OUT = (OutboxState.HELD, OutboxState.QUEUED, OutboxState.ASKS)
_NOT_OUT = (*_CERTAINLY_NOT_OUT, OutboxState.SENDING, OutboxState.UNSURE)


class Move(Enum):
    """Every way from one state to another: where it may begin, and where it ends."""

    QUEUE = ((OutboxState.HELD,), OutboxState.QUEUED)
    DECIDE = ((OutboxState.HELD, OutboxState.ASKS), OutboxState.QUEUED)
    CLAIM = ((OutboxState.QUEUED,), OutboxState.SENDING)
    SETTLE = ((OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNSURE), OutboxState.SENT)
    REQUEUE = ((OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNSURE), OutboxState.QUEUED)
    DOUBT = ((OutboxState.SENDING,), OutboxState.UNSURE)
    LOOK = ((OutboxState.UNSURE,), OutboxState.UNSURE)
    ASK = ((OutboxState.HELD, OutboxState.QUEUED, OutboxState.UNSURE), OutboxState.ASKS)
    REFUSE = (_NOT_OUT, OutboxState.REFUSED)
    DROP = (_NOT_OUT, OutboxState.DROPPED)
    TAKE_BACK = (_CERTAINLY_NOT_OUT, OutboxState.DROPPED)

    def __init__(self, origins: tuple[OutboxState, ...], end: OutboxState) -> None:
        self.origins, self.end = origins, end


class Writing(NamedTuple):
    """A finished hello or reply, as the engine hands it over; times in milliseconds.

    `known` are the words last kept under its key, as far as whoever wrote it knows; `visibility` is how wide they were
    told that it goes.
    """

    key: str
    conversation: int
    account: int
    to: MessageRecord
    kind: DraftKind
    text: str
    language: str | None
    naming: tuple[PersonRef, ...]
    shown: int
    owner: str
    due_at: int
    known: str | None = None
    visibility: Visibility = Visibility.PUBLIC


def _move(db: sqlite3.Connection, move: Move, where: str, *values: object, **columns: object) -> list[sqlite3.Row]:
    """Move what is where the move may begin; the rows that did, with the columns set."""
    names = {"state": move.end, "owner": None, **columns}
    marks = ", ".join("?" * len(move.origins))
    return db.execute(
        f"UPDATE outbox SET {', '.join(f'{name} = ?' for name in names)} "
        f"WHERE {where} AND state IN ({marks}) RETURNING *",
        (*names.values(), *values, *move.origins),
    ).fetchall()


def _moved(db: sqlite3.Connection, move: Move, key: str, **columns: object) -> bool:
    return bool(_move(db, move, "key = ?", key, **columns))


def _tries(db: sqlite3.Connection, key: str) -> int:
    tries: int = db.execute("SELECT tries FROM outbox WHERE key = ?", (key,)).fetchone()[0]
    return tries


def if_unmoved(
    db: sqlite3.Connection,
    seen: OutboxRecord,
    move: Callable[Concatenate[sqlite3.Connection, str, P], T],
    *args: P.args,
    **named: P.kwargs,
) -> T | None:
    """Move a message only if nobody did since it was read: what is concluded from an old look must not undo an attempt.

    Another program may have looked too, and be sending it again by now, or have forgotten it with its account.
    """
    row = db.execute("SELECT state, attempts, looks, owner FROM outbox WHERE key = ?", (seen.draft.key,)).fetchone()
    if row is None or tuple(row) != (seen.state, seen.attempts, seen.looks, seen.owner):
        return None
    return move(db, seen.draft.key, *args, **named)


def put(db: sqlite3.Connection, writing: Writing, now: int) -> None:
    """Hold a message until its time, and take what it answers as dealt with meanwhile.

    What another program has kept under its key meanwhile gets a key of its own.
    """
    kept = db.execute("SELECT text FROM draft WHERE key = ?", (writing.key,)).fetchone()
    if kept is not None and kept["text"] not in (writing.known, writing.text):
        kept_as = drafts.new_key()
        drafts.keep(db, writing.conversation, writing.account, writing.to.id, kept_as, kept["text"], now)
    db.execute(
        "INSERT INTO draft(key, conversation_id, account_id, parent_id, kind, text, language, naming, visibility, "
        "shown, updated_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
        "account_id = excluded.account_id, parent_id = excluded.parent_id, kind = excluded.kind, "
        "text = excluded.text, language = excluded.language, naming = excluded.naming, "
        "visibility = excluded.visibility, shown = excluded.shown, updated_at = excluded.updated_at",
        (
            writing.key,
            writing.conversation,
            writing.account,
            writing.to.id,
            writing.kind,
            writing.text,
            writing.language,
            dump([[one.uri, one.handle] for one in writing.naming]),
            writing.visibility,
            writing.shown,
            now,
        ),
    )
    db.execute(
        "INSERT INTO outbox(key, state, owner, written_at, waited_at, due_at) VALUES(?, 'held', ?, ?, ?, ?)",
        (writing.key, writing.owner, now, now, writing.due_at),
    )
    named = {person.uri for person in writing.naming if writing.kind is DraftKind.REPLY}
    named.add(writing.to.message.author.uri)  # a hello answers one person, whoever else is told of it
    answered = [
        one.id
        for one in messages.waiting_in(db, writing.conversation, shown=writing.shown, away=True)
        if one.message.author.uri in named
    ]
    standing.deal(db, answered, writing.key, now)
    standing.settle(db, writing.conversation)


def queue(db: sqlite3.Connection, key: str, due_at: int) -> bool:
    """The hold is over; what its account wrote before, and has to wait with, goes first."""
    before = db.execute(
        "SELECT max(other.due_at) FROM outbox AS other JOIN draft AS theirs ON theirs.key = other.key "
        "JOIN draft AS ours ON ours.account_id = theirs.account_id JOIN outbox AS this ON this.key = ours.key "
        "WHERE this.key = ? AND other.state = 'queued' AND other.rowid < this.rowid",
        (key,),
    ).fetchone()[0]
    return _moved(db, Move.QUEUE, key, due_at=max(due_at, before or due_at))


def hurry(db: sqlite3.Connection, owner: str, now: int) -> None:
    """End the holds of this program now: the person quits and sends."""
    db.execute("UPDATE outbox SET due_at = ? WHERE state = 'held' AND owner = ?", (now, owner))


def decide(db: sqlite3.Connection, key: str, now: int) -> bool:
    """The person wants it sent, though it was asked about."""
    return _moved(db, Move.DECIDE, key, due_at=now, decided_at=now, looks=0, tries=0, reason=None)


def remember_prepared(db: sqlite3.Connection, key: str, prepared: Prepared) -> None:
    """Store the bytes to send, once for all attempts and programs: the first ones stay.

    Where the account stood before them is stored anew for an attempt after a proven absence.
    """
    db.execute(
        "UPDATE outbox SET prepared = coalesce(prepared, ?), before = coalesce(before, ?) "
        "WHERE key = ? AND state = 'queued'",
        (prepared.payload, prepared.before, key),
    )


def claim(db: sqlite3.Connection, key: str, owner: str, now: int, uptime: int) -> Prepared | None:
    """Take a queued message for one attempt, and return its bytes; None if another program was faster."""
    times = {"attempted_at": now, "attempted_uptime": uptime}
    rows = _move(db, Move.CLAIM, "key = ? AND prepared IS NOT NULL", key, owner=owner, **times)
    if not rows:
        return None
    db.execute("UPDATE outbox SET attempts = attempts + 1 WHERE key = ?", (key,))
    return Prepared(rows[0]["prepared"], rows[0]["before"])


def sent(db: sqlite3.Connection, key: str, receipt: Receipt, now: int) -> bool:
    """It is out: keep the receipt, and owe the re-reading of its thread.

    False if it was settled before, or if the receipt is another message's: two alike can't both claim one post.
    """
    if db.execute("SELECT 1 FROM outbox WHERE receipt_uri = ?", (receipt.ref.uri,)).fetchone():
        return False
    return _moved(
        db,
        Move.SETTLE,
        key,
        receipt_uri=receipt.ref.uri,
        receipt=dump([[receipt.ref.uri, receipt.ref.local, receipt.ref.token], to_ms(receipt.at)]),
        due_at=now,
        tries=0,
        reason=None,
        after="reread",
    )


def requeue(db: sqlite3.Connection, key: str, due_at: int, reason: str) -> bool:
    """It certainly did not go out; try again at `due_at`."""
    return _moved(db, Move.REQUEUE, key, due_at=due_at, reason=reason, tries=_tries(db, key) + 1)


def never_arrived(db: sqlite3.Connection, key: str, due_at: int) -> bool:
    """It is proven that no attempt arrived: try again at `due_at`, from where the account stands then."""
    columns = {"before": None, "looks": 0, "tries": _tries(db, key) + 1, "doubt": False}
    return _moved(db, Move.REQUEUE, key, due_at=due_at, reason=Why.NOT_THERE, **columns)


def not_found(db: sqlite3.Connection, key: str, due_at: int) -> bool:
    """Two looks, one of them long after the attempt, did not find it: send it again."""
    return _moved(db, Move.REQUEUE, key, due_at=due_at, reason=Why.NOT_THERE, doubt=False)


def doubt(db: sqlite3.Connection, key: str, due_at: int, reason: str) -> bool:
    """It may have gone out; look at `due_at`."""
    return _moved(db, Move.DOUBT, key, due_at=due_at, reason=reason, looks=0, doubt=True)


def look_again(db: sqlite3.Connection, key: str, due_at: int) -> bool:
    """A look did not find it; look again at `due_at`."""
    looks = db.execute("SELECT looks FROM outbox WHERE key = ?", (key,)).fetchone()["looks"]
    return _moved(db, Move.LOOK, key, due_at=due_at, looks=looks + 1, tries=0)


def look_later(db: sqlite3.Connection, key: str, due_at: int) -> bool:
    """The server could not be asked; look at `due_at`."""
    return _moved(db, Move.LOOK, key, due_at=due_at, tries=_tries(db, key) + 1)


def ask(db: sqlite3.Connection, key: str, reason: str) -> bool:
    """Stop trying until the person decides."""
    return _moved(db, Move.ASK, key, reason=reason)


def refuse(db: sqlite3.Connection, key: str, reason: str, now: int) -> bool:
    """It will never go out: keep the words, and let what it answered wait again; False if it is out."""
    return _given_back(db, Move.REFUSE, key, reason, now)


def drop(db: sqlite3.Connection, key: str, reason: str, now: int) -> bool:
    """Its account is gone, or whom it is for is blocked: keep the words; False if it is out.

    It may be out and nobody knows.
    """
    return _given_back(db, Move.DROP, key, reason, now)


def take_back(db: sqlite3.Connection, key: str, reason: str, now: int) -> bool:
    """The person does not want it sent: keep the words; False if it is out, or may be."""
    return _given_back(db, Move.TAKE_BACK, key, reason, now)


def _given_back(db: sqlite3.Connection, move: Move, key: str, reason: str, now: int) -> bool:
    if not _moved(db, move, key, reason=reason):
        return False
    row = db.execute("SELECT * FROM draft WHERE key = ?", (key,)).fetchone()
    kept_as = drafts.new_key()
    drafts.keep(db, row["conversation_id"], row["account_id"], row["parent_id"], kept_as, row["text"], now)
    standing.wait_again(db, row["conversation_id"], key, now)
    return True


def recover(db: sqlite3.Connection, living: Sequence[str], attempted_before: int, due_at: int) -> None:
    """What a program was sending when it died may have gone out."""
    marks = ",".join("?" * len(living))
    dead = f"attempted_at <= ? AND owner NOT IN ({marks})"
    _move(db, Move.DOUBT, dead, attempted_before, *living, due_at=due_at, reason=Why.INTERRUPTED, looks=0, doubt=True)


def recover_own(db: sqlite3.Connection, account: int, owner: str, due_at: int) -> None:
    """What this program took for sending and lost track of, since the disk failed it, may have gone out."""
    lost = "owner = ? AND key IN (SELECT key FROM draft WHERE account_id = ?)"
    _move(db, Move.DOUBT, lost, owner, account, due_at=due_at, reason=Why.INTERRUPTED, looks=0, doubt=True)


def postpone_all(db: sqlite3.Connection, account: int, due_at: int) -> None:
    """The account can't send before `due_at`: everything waits until then, and keeps its order."""
    db.execute(
        "UPDATE outbox SET due_at = max(due_at, ?) WHERE state = 'queued' "
        "AND key IN (SELECT key FROM draft WHERE account_id = ?)",
        (due_at, account),
    )


def clock_was_set_back(db: sqlite3.Connection, now: int) -> None:
    """What was written, tried or seen to wait later than now was so before the clock was set back.

    It is due as soon as it was then, and not when that hour comes again.
    """
    seen = "max(written_at, coalesce(attempted_at, 0), waited_at)"
    was_set = db.execute(
        "UPDATE outbox SET written_at = min(written_at, ?1), attempted_at = min(attempted_at, ?1), "
        f"due_at = ?1 + max(0, due_at - {seen}) WHERE {seen} > ?1 AND {WAITS}",
        (now,),
    ).rowcount
    if was_set:
        # What was written since, by the new clock, is held for no less than what its program wrote before.
        db.execute(
            "UPDATE outbox SET due_at = (SELECT max(earlier.due_at) FROM outbox AS earlier "
            "WHERE earlier.state = 'held' AND earlier.owner = outbox.owner AND earlier.rowid <= outbox.rowid) "
            "WHERE state = 'held'"
        )
    db.execute(f"UPDATE outbox SET waited_at = ?1 WHERE waited_at <> ?1 AND {WAITS}", (now,))


def postpone(db: sqlite3.Connection, key: str, due_at: int) -> None:
    """The step after sending could not be done; try it again at `due_at`."""
    db.execute("UPDATE outbox SET due_at = ?, tries = tries + 1 WHERE key = ? AND after = 'reread'", (due_at, key))


def finish(db: sqlite3.Connection, key: str) -> None:
    """Nothing more is owed for a sent message."""
    db.execute("UPDATE outbox SET after = NULL WHERE key = ? AND after = 'reread'", (key,))


def mark_deleted(db: sqlite3.Connection, key: str) -> str:
    """Note that a sent message was deleted again; returns its uri."""
    uri: str = db.execute("UPDATE outbox SET after = 'deleted' WHERE key = ? RETURNING receipt_uri", (key,)).fetchone()[
        0
    ]
    return uri
