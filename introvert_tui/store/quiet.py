"""Wanted states on the server: threads kept quiet, messages nodded to.

A wish is not a call: it is repeated until the server is known to be as wanted, and wanting the opposite meanwhile costs
nothing. `due_at` is when to try (next), None when there is nothing to do.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from introvert_tui.model import MessageRef, Place, ThreadRef
from introvert_tui.store.codec import dump_place, dump_ref, load_place, load_ref

_TRUST_READ_BACK_AFTER_MS = 60_000
_SPOKESMEN = 5
"""How many messages are tried, of those by which a thread can be muted: others than the first are rarely needed."""


class QuietWish(NamedTuple):
    """A thread and whether it is to be quiet; `via` is a message there that is yours or names you.

    `matters` is whether the server is known to be otherwise, or was never told: a thread that never was quiet need not
    be woken. `is_new` says that it matters and that nothing was tried yet.
    """

    thread: str
    place: Place
    via: MessageRef
    want: bool
    matters: bool
    is_new: bool
    tries: int


class Spokesman(NamedTuple):
    """A message by which a server lets one mute its thread: as which account sees it, and where."""

    account: int
    place: Place
    ref: MessageRef


class NodWish(NamedTuple):
    """A message and whether it is to carry your nod."""

    ref: MessageRef
    want: bool
    tries: int


def want_quiet(
    db: sqlite3.Connection, account: int, place: Place, thread: str, via: MessageRef, on: bool, now: int
) -> bool:
    """Want a thread quiet, or not; return whether that asks anything new of the server.

    A mute that was lifted elsewhere is not fought, but it is wanted anew where the thread is left anew.
    """
    row = db.execute("SELECT * FROM quiet WHERE account_id = ? AND thread = ?", (account, thread)).fetchone()
    if row is not None and row["want"] == on and (row["have"] == on or row["due_at"] is not None):
        return False
    db.execute(
        "INSERT INTO quiet(account_id, thread, place, via, want, changed_at, due_at) VALUES(?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT(account_id, thread) DO UPDATE SET want = excluded.want, via = excluded.via, "
        "changed_at = excluded.changed_at, due_at = excluded.due_at",
        (account, thread, dump_place(place), dump_ref(via), on, now, now),
    )
    return True


def change_mind(db: sqlite3.Connection, conversation: int, on: bool, now: int) -> None:
    """Want the opposite of a conversation's thread, where anything was wanted of it.

    That a thread is not quiet may have been said from before it was: it is woken all the same.
    """
    db.execute(
        "UPDATE quiet SET want = ?1, changed_at = ?2, due_at = ?2, have = iif(?1 OR have = 1, have, NULL) "
        "WHERE want != ?1 AND thread IN (SELECT place FROM conversation WHERE id = ?3 OR merged_into = ?3)",
        (on, now, conversation),
    )


def is_wanted(db: sqlite3.Connection, conversation: int) -> bool:
    """Whether a conversation's thread is to be quiet."""
    row = db.execute(
        "SELECT 1 FROM quiet WHERE want = 1 "
        "AND thread IN (SELECT place FROM conversation WHERE id = ? OR merged_into = ?)",
        (conversation, conversation),
    ).fetchone()
    return row is not None


def quiet_due(db: sqlite3.Connection, account: int, now: int) -> tuple[QuietWish, ...]:
    rows = db.execute(
        "SELECT thread, place, via, want, want OR have IS 1 AS matters, due_at <= changed_at AS untried, "
        "tries FROM quiet "
        "WHERE account_id = ? AND due_at <= ? AND want IS NOT have",
        (account, now),
    )
    return tuple(
        QuietWish(
            row["thread"],
            load_place(row["place"]),
            load_ref(row["via"]),
            bool(row["want"]),
            bool(row["matters"]),
            bool(row["matters"] and row["untried"]),
            row["tries"],
        )
        for row in rows
    )


def spokesmen(
    db: sqlite3.Connection, conversation: int, account: int | None = None, via: MessageRef | None = None
) -> tuple[Spokesman, ...]:
    """The messages by which a server lets one mute a thread, the best first, as far as they are known to be there.

    That is `via`, then one's own, then those that were said to one, newest first; of one account, or of any.
    """
    rows = db.execute(
        "SELECT copy.account_id, copy.place, message.uri, copy.ref, copy.token FROM copy "
        "JOIN message ON message.id = copy.message_id JOIN person ON person.id = message.author_id "
        "JOIN account ON account.id = copy.account_id WHERE message.conversation_id = :conversation "
        "AND message.gone IS NULL AND copy.account_id = coalesce(:account, copy.account_id) "
        "AND (message.uri = :via OR person.uri = account.remote_id OR copy.said_to_me IS NOT NULL) "
        "ORDER BY message.uri IS :via DESC, account.removed_at IS NOT NULL, person.uri = account.remote_id DESC, "
        "message.seen_at DESC, message.id DESC LIMIT :most",
        {"conversation": conversation, "account": account, "via": via.uri if via else None, "most": _SPOKESMEN},
    )
    return tuple(Spokesman(row[0], load_place(row[1]), MessageRef(*row[2:])) for row in rows)


def spokesmen_for(db: sqlite3.Connection, account: int, wish: QuietWish) -> tuple[MessageRef, ...]:
    """By which messages a wish can be fulfilled, the best first; the root, which not every server takes, is last."""
    row = db.execute(
        "SELECT coalesce(merged_into, conversation.id) FROM conversation JOIN account USING(network) "
        "WHERE account.id = ? AND place = ?",
        (account, wish.thread),
    ).fetchone()
    known = [one.ref for one in spokesmen(db, row[0], account, wish.via)] if row else [wish.via]
    root = [wish.place.root] if isinstance(wish.place, ThreadRef) else []
    return tuple(dict.fromkeys((*known, *root)))


def quiet_done(db: sqlite3.Connection, account: int, wish: QuietWish, now: int) -> None:
    """The server is as wanted; if the opposite was wanted meanwhile, that stays due."""
    db.execute(
        "UPDATE quiet SET have = ?, changed_at = ?, tries = 0, due_at = CASE WHEN want = ? THEN NULL ELSE due_at END "
        "WHERE account_id = ? AND thread = ?",
        (wish.want, now, wish.want, account, wish.thread),
    )


def quiet_retry(db: sqlite3.Connection, account: int, wish: QuietWish, due_at: int | None) -> None:
    """Try again at `due_at`, or not at all where the server cannot do it, unless the opposite is wanted by now."""
    db.execute(
        "UPDATE quiet SET due_at = ?, tries = tries + 1 WHERE account_id = ? AND thread = ? AND want = ?",
        (due_at, account, wish.thread, wish.want),
    )


def read_back(db: sqlite3.Connection, account: int, root: str, muted: bool, now: int) -> bool:
    """Take in what the server says of a thread; return whether it was muted since, by another program of yours.

    Only a change counts: what was muted before, or by our own wish, is known here already. What the server says within
    a minute of our own change may be from before it.
    """
    wish = db.execute("SELECT * FROM quiet WHERE account_id = ? AND thread = ?", (account, root)).fetchone()
    if wish is None and muted:
        wish = _wish_of_same_thread(db, account, root)
    if wish is None:
        return muted
    if wish["due_at"] is not None or now < wish["changed_at"] + _TRUST_READ_BACK_AFTER_MS:
        return False
    db.execute("UPDATE quiet SET have = ? WHERE account_id = ? AND thread = ?", (muted, account, wish["thread"]))
    return muted and not wish["have"] and not wish["want"]


def _wish_of_same_thread(db: sqlite3.Connection, account: int, root: str) -> sqlite3.Row | None:
    """What was wished of a thread when another of its messages was the oldest known."""
    row: sqlite3.Row | None = db.execute(
        "SELECT quiet.* FROM account JOIN conversation AS today ON today.network = account.network AND today.place = ? "
        "JOIN quiet ON quiet.account_id = account.id "
        "JOIN conversation AS earlier ON earlier.network = account.network AND earlier.place = quiet.thread "
        "WHERE account.id = ? AND coalesce(earlier.merged_into, earlier.id) = coalesce(today.merged_into, today.id) "
        "ORDER BY quiet.changed_at DESC LIMIT 1",
        (root, account),
    ).fetchone()
    return row


def muted_elsewhere(db: sqlite3.Connection, account: int, place: Place, thread: str, via: MessageRef, now: int) -> None:
    """Make another program's mute our own wish, so that rejoining takes it back."""
    want_quiet(db, account, place, thread, via, True, now)
    db.execute(
        "UPDATE quiet SET have = 1, due_at = NULL WHERE account_id = ? AND thread = ?",
        (account, thread),
    )


def put_off(db: sqlite3.Connection, account: int, until: int) -> None:
    """The server does not want to be asked, or cannot be, before a moment."""
    for table in _TABLES:
        db.execute(
            f"UPDATE {table} SET due_at = ? WHERE account_id = ? AND due_at < ? AND want IS NOT have",
            (until, account, until),
        )


def want_nod(db: sqlite3.Connection, account: int, ref: MessageRef, on: bool, now: int, due_at: int) -> None:
    """Want a nod or its absence; a nod taken back before it went out costs the server nothing."""
    db.execute(
        "INSERT INTO nod(account_id, uri, ref, want, have, changed_at, due_at) VALUES(?, ?, ?, ?, 0, ?, ?) "
        "ON CONFLICT(account_id, uri) DO UPDATE SET want = excluded.want, changed_at = excluded.changed_at, "
        "due_at = CASE WHEN have = excluded.want THEN NULL ELSE excluded.due_at END",
        (account, ref.uri, dump_ref(ref), on, now, due_at),
    )


def take_back_nod(db: sqlite3.Connection, account: int, uri: str, now: int) -> None:
    """Want a nod no more, whether it went out, or may have, or did not."""
    db.execute(
        "UPDATE nod SET want = 0, changed_at = ?, due_at = CASE WHEN have = 0 THEN NULL ELSE ? END "
        "WHERE account_id = ? AND uri = ?",
        (now, now, account, uri),
    )


def nods_due(db: sqlite3.Connection, account: int, now: int) -> tuple[NodWish, ...]:
    rows = db.execute(
        "SELECT ref, want, tries FROM nod WHERE account_id = ? AND due_at <= ? AND want IS NOT have", (account, now)
    )
    return tuple(NodWish(load_ref(row[0]), bool(row[1]), row[2]) for row in rows)


def nod_done(db: sqlite3.Connection, account: int, wish: NodWish, now: int) -> None:
    """The server is as wanted; if the opposite was wanted meanwhile, that is due now."""
    db.execute(
        "UPDATE nod SET have = ?, tries = 0, due_at = CASE WHEN want = ? THEN NULL ELSE coalesce(due_at, ?) END "
        "WHERE account_id = ? AND uri = ?",
        (wish.want, wish.want, now, account, wish.ref.uri),
    )


def nod_failed(db: sqlite3.Connection, account: int, uri: str) -> None:
    """The server cannot do it: nothing is wanted of that message any more."""
    db.execute("DELETE FROM nod WHERE account_id = ? AND uri = ?", (account, uri))


def nod_retry(db: sqlite3.Connection, account: int, wish: NodWish, due_at: int, *, unclear: bool) -> None:
    """Try again at `due_at`; `unclear` is whether the server may be as wanted all the same."""
    db.execute(
        "UPDATE nod SET due_at = ?, tries = tries + 1, have = iif(?, NULL, have) WHERE account_id = ? AND uri = ?",
        (due_at, unclear, account, wish.ref.uri),
    )


def next_due(db: sqlite3.Connection, account: int) -> int | None:
    """When the next wish is due, in milliseconds; None when there is none."""
    row = db.execute(
        "SELECT min(due_at) FROM (SELECT due_at FROM quiet WHERE account_id = ? AND want IS NOT have "
        "UNION ALL SELECT due_at FROM nod WHERE account_id = ? AND want IS NOT have "
        "UNION ALL SELECT due_at FROM distance WHERE account_id = ? AND want IS NOT have)",
        (account, account, account),
    ).fetchone()
    due: int | None = row[0]
    return due


_TABLES = ("quiet", "nod", "distance")
_SEEN = "max(changed_at, waited_at)"


def depends_on_the_clock(db: sqlite3.Connection, now: int) -> bool:
    """Whether something waits for its time, or was seen later than now."""
    each = (f"SELECT 1 FROM {table} WHERE due_at IS NOT NULL OR {_SEEN} > :now" for table in _TABLES)
    return db.execute(f"{' UNION ALL '.join(each)} LIMIT 1", {"now": now}).fetchone() is not None


def clock_was_set_back(db: sqlite3.Connection, now: int) -> None:
    """What was wanted, or seen to wait, later than now was so before the clock was set back: it is due as soon."""
    for table in _TABLES:
        db.execute(
            f"UPDATE {table} SET due_at = ?1 + max(0, due_at - {_SEEN}), changed_at = min(changed_at, ?1) "
            f"WHERE {_SEEN} > ?1",
            (now,),
        )
        db.execute(f"UPDATE {table} SET waited_at = ?1 WHERE due_at IS NOT NULL AND waited_at <> ?1", (now,))


def hurry(db: sqlite3.Connection, now: int) -> None:
    """Make waiting nods due now: the person quits."""
    db.execute("UPDATE nod SET due_at = ? WHERE due_at > ? AND want IS NOT have", (now, now))


def pending(db: sqlite3.Connection, account: int | None = None, until: int = 2**62) -> bool:
    """Whether something is still to be made as wanted: in one account or any, due up to a moment.

    What is wished of a thread waits for an account that was signed out to be signed in again.
    """
    row = db.execute(
        "SELECT 1 FROM quiet JOIN account ON account.id = account_id WHERE want IS NOT have AND due_at <= :until "
        "AND account_id = coalesce(:account, account_id) AND account.removed_at IS NULL "
        "UNION ALL SELECT 1 FROM nod WHERE want IS NOT have AND due_at <= :until "
        "AND account_id = coalesce(:account, account_id) "
        "UNION ALL SELECT 1 FROM distance WHERE want IS NOT have AND due_at <= :until "
        "AND account_id = coalesce(:account, account_id) LIMIT 1",
        {"until": until, "account": account},
    ).fetchone()
    return row is not None
