"""Finding words in everything that is stored, on a connection and a thread that nobody waits for.

The index is asked for candidates, newest first, and only as many of them are read as are shown.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

from introvert_tui.errors import StoreError
from introvert_tui.model import Attachment
from introvert_tui.store.codec import load_body
from introvert_tui.store.outgoing import NOT_OUT
from introvert_tui.text.matching import Term, has_all

if TYPE_CHECKING:
    from introvert_tui.store.database import Work

P = ParamSpec("P")
T = TypeVar("T")

_STEPS_BETWEEN_LOOKS = 5000
"""Instructions of SQLite, about 0.2 ms, after which a search looks whether it is still wanted."""
_MANY = 200


class Wanted(NamedTuple):
    """What is looked for: all of the `terms`, on one of the `networks`, by you or by somebody that `by` names.

    None for `networks` is any of them; neither `by_you` nor `by` is anybody.
    """

    terms: tuple[Term, ...]
    by: tuple[Term, ...] = ()
    by_you: bool = False
    networks: tuple[str, ...] | None = None


class FoundRecord(NamedTuple):
    """A message, or words of yours that are `unsent`; `key` is no other's.

    `message` is None for what is unsent, `to` whom your own words answer, `beside` what hangs on it and has
    words.
    """

    key: str
    conversation: int
    message: int | None
    network: str
    kind: str
    name: str
    mine: bool
    to: str | None
    at: int
    text: str
    beside: tuple[Attachment, ...]
    warning: str | None
    unsent: bool


_MESSAGES = """
SELECT message.*, conversation.network, conversation.kind, conversation.row, person.name, me.id AS me_id,
  CASE WHEN answered_me.id IS NULL THEN answered.name END AS answered_name
FROM message
JOIN conversation ON conversation.id = message.conversation_id
JOIN person ON person.id = message.author_id
LEFT JOIN account AS me ON me.network = person.network AND me.remote_id = person.uri
LEFT JOIN message AS above ON above.uri = message.parent_uri
LEFT JOIN person AS answered ON answered.id = above.author_id
LEFT JOIN account AS answered_me ON answered_me.network = answered.network AND answered_me.remote_id = answered.uri
WHERE message.id IN (SELECT value FROM json_each(?))
  AND EXISTS (SELECT 1 FROM copy WHERE copy.message_id = message.id)
ORDER BY message.seen_at DESC, message.id DESC
"""
_UNSENT = f"""
SELECT draft.key, draft.conversation_id, draft.text, conversation.network, conversation.kind, conversation.row,
  answered.name AS answered_name, ifnull(outbox.written_at, draft.updated_at) AS at
FROM draft
JOIN conversation ON conversation.id = draft.conversation_id
LEFT JOIN outbox USING(key)
LEFT JOIN message AS above ON above.id = draft.parent_id
LEFT JOIN person AS answered ON answered.id = above.author_id
WHERE conversation.row IS NOT NULL
  AND (outbox.key IS NULL OR {NOT_OUT})
"""
_YOU = "SELECT person.id FROM person JOIN account ON account.network = person.network AND remote_id = person.uri"


def networks(db: sqlite3.Connection) -> tuple[str, ...]:
    """The networks that anything stored may be from."""
    return tuple(row[0] for row in db.execute("SELECT DISTINCT network FROM account ORDER BY network"))


def find(db: sqlite3.Connection, wanted: Wanted, most: int) -> tuple[FoundRecord, ...]:
    """The newest of what matches, newest first."""
    authors = _authors(db, wanted)
    you = {row[0] for row in db.execute(_YOU)}
    found = list(islice(_messages(db, wanted, authors), most))
    if authors is None or wanted.by_you or authors & you:
        found += (one for one in _unsent(db, wanted) if has_all((one.text,), wanted.terms))
    found.sort(key=lambda one: one.at, reverse=True)
    return tuple(found[:most])


def _phrase(term: Term) -> str:
    # A folded word has no quotation mark in it.
    return f'"{" ".join(term.words)}"{"*" if term.prefix else ""}'


def _authors(db: sqlite3.Connection, wanted: Wanted) -> set[int] | None:
    """Who may have said it; None for anybody. A handle is known by how it begins, a name by any of its words."""
    if not wanted.by and not wanted.by_you:
        return None
    found = {row[0] for row in db.execute(_YOU)} if wanted.by_you else set()
    for term in wanted.by:
        phrase = _phrase(term)
        match = f"name : {phrase} OR handle : ^ {phrase}"
        found.update(row[0] for row in db.execute("SELECT rowid FROM person_fts WHERE person_fts MATCH ?", (match,)))
    return found


def _messages(db: sqlite3.Connection, wanted: Wanted, authors: set[int] | None) -> Iterator[FoundRecord]:
    conditions, source = ["message.gone IS NULL"], "message"
    if wanted.terms:
        source = "message_fts CROSS JOIN message ON message.id = message_fts.rowid"
        conditions.append("message_fts MATCH :match")
    if authors is not None:
        # Of many people it is quicker to read every message than to look for each of them.
        column = "message.author_id" if len(authors) <= _MANY else "+message.author_id"
        conditions.append(f"{column} IN (SELECT value FROM json_each(:authors))")
    if wanted.networks is not None:
        conditions.append(
            "message.conversation_id IN (SELECT id FROM conversation "
            "WHERE network IN (SELECT value FROM json_each(:networks)))"
        )
    # By time and not by bm25, which has to weigh every match: a person remembers when, and a server's order is no rank.
    candidates = db.execute(
        f"SELECT message.id FROM {source} WHERE {' AND '.join(conditions)} "
        "ORDER BY message.seen_at DESC, message.id DESC",
        {
            "match": " ".join(map(_phrase, wanted.terms)),
            "authors": json.dumps(sorted(authors or ())),
            "networks": json.dumps(wanted.networks),
        },
    )
    while ids := [row[0] for row in candidates.fetchmany(100)]:
        for row in db.execute(_MESSAGES, (json.dumps(ids),)):
            mine = row["me_id"] is not None
            yield FoundRecord(
                key=str(row["id"]),
                conversation=row["conversation_id"],
                message=row["id"],
                network=row["network"],
                kind=row["kind"],
                name=row["name"],
                mine=mine,
                to=_to(row, row["kind"] == "room") if mine else None,
                at=row["seen_at"],
                text=row["text"],
                beside=tuple(one for one in load_body(row["body"])[1] if one.text and one.gone is None),
                warning=row["warning"],
                unsent=False,
            )


def _unsent(db: sqlite3.Connection, wanted: Wanted) -> Iterator[FoundRecord]:
    """Words that are kept, and what is on its way out: few, and in no index."""
    for row in db.execute(_UNSENT):
        if wanted.networks is None or row["network"] in wanted.networks:
            yield FoundRecord(
                key=row["key"],
                conversation=row["conversation_id"],
                message=None,
                network=row["network"],
                kind=row["kind"],
                name="",
                mine=True,
                to=_to(row, True),
                at=row["at"],
                text=row["text"],
                beside=(),
                warning=None,
                unsent=True,
            )


def _to(row: sqlite3.Row, to_whoever_is_there: bool) -> str | None:
    """Whom words of yours answer, as far as that is known."""
    if row["answered_name"] is not None or not to_whoever_is_there:
        name: str | None = row["answered_name"]
        return name
    shown = json.loads(row["row"])
    return None if shown["mine"] else shown["who"]


class Searches:
    """Searches, one after the other, on a thread of their own; one that is cancelled stops at once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA query_only = ON")
        self._db = db
        self._closing = False
        self._queue: queue.SimpleQueue[tuple[Callable[[], object], Future[object]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="search", daemon=True)
        self._thread.start()

    def begin(self, work: Work[P, T], *args: P.args, **named: P.kwargs) -> Future[T]:
        """Let `work(connection, …)` begin when those before it are through."""
        # It stays pending while it runs, since a future that is running can no longer be cancelled.
        future = Future[T]()

        def task() -> T:
            return work(self._db, *args, **named)

        self._queue.put((task, future))  # type: ignore[arg-type]  # Future is invariant, the queue is not
        return future

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            task, future = item
            if self._closing:
                future.cancel()
            if future.cancelled():
                continue
            self._db.set_progress_handler(self._unwanted(future), _STEPS_BETWEEN_LOOKS)
            with suppress(InvalidStateError):  # nobody wants it any more
                try:
                    result = task()
                except sqlite3.Error as problem:
                    future.set_exception(StoreError(f"The database could not be searched: {problem}."))
                except Exception as problem:
                    future.set_exception(problem)
                else:
                    future.set_result(result)

    def _unwanted(self, future: Future[object]) -> Callable[[], bool]:
        return lambda: self._closing or future.cancelled()

    def close(self, deadline: float) -> None:
        """End what is going on, waiting at most `deadline` seconds for it."""
        self._closing = True
        self._queue.put(None)
        self._thread.join(deadline)
        if not self._thread.is_alive():
            self._db.close()
