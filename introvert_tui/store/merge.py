"""Taking in what an adapter read: one page, one transaction, every string through `text.clean`.

Merging is idempotent: the same page twice changes nothing the second time, and pages may come in any order.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from introvert_tui.model import (
    Account,
    Attachment,
    GoneKind,
    Message,
    Page,
    PersonRef,
    Place,
    RoomRef,
    Span,
    place_key,
)
from introvert_tui.store import doors, joining, messages, people, quiet, standing
from introvert_tui.store.codec import dump_body, dump_place, dump_ref, load_body
from introvert_tui.store.times import to_ms
from introvert_tui.text import clean, clean_line, clean_url

_DEAL_ELSEWHERE = """
WITH word AS MATERIALIZED (
  SELECT message.seen_at, message.uri, message.parent_uri FROM message JOIN person ON person.id = message.author_id
  LEFT JOIN account ON account.network = person.network AND account.remote_id = person.uri
  WHERE message.conversation_id = :conversation AND message.gone IS NULL AND (
    (account.id IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.receipt_uri = message.uri)
     AND NOT EXISTS (SELECT 1 FROM outbox JOIN draft USING(key)
       WHERE draft.conversation_id = :conversation AND outbox.state IN ('sending', 'unsure')))
    OR (EXISTS (SELECT 1 FROM copy WHERE copy.message_id = message.id AND copy.liked)
        AND NOT EXISTS (SELECT 1 FROM nod WHERE nod.uri = message.uri)))
)
UPDATE copy SET dealt_at = :now, dealt_by = 'elsewhere'
WHERE dealt_at IS NULL AND said_to_me IS NOT NULL AND message_id IN (
  SELECT id FROM message WHERE conversation_id = :conversation AND (
    seen_at + iif(seen_at % 1000 = 0, 999, 0) < (SELECT max(seen_at) FROM word)
    OR uri IN (SELECT uri FROM word) OR uri IN (SELECT parent_uri FROM word)))
"""
"""Some servers tell whole seconds, so what was said in the second of your own words may have come after them."""
_TOLD_IN_SECONDS = timedelta(seconds=1)
"""How much later than it says it may be at a server: HTTP tells the time in whole seconds."""
_SPANS = 2000
_ADDRESS = 2048
_ATTACHMENTS = 20


class Merged(NamedTuple):
    """What a page changed: conversation ids, and those of them that wait now and did not before."""

    changed: frozenset[int] = frozenset()
    arrived: frozenset[int] = frozenset()

    def __or__(self, other: Merged) -> Merged:
        return Merged(self.changed | other.changed, self.arrived | other.arrived)


@dataclass(slots=True)
class _Merge:
    db: sqlite3.Connection
    account: Account
    now: int
    latest: int
    """No message is newer than this, whatever its server says."""
    wait_from: int
    changed: set[int] = field(default_factory=set)
    arrived: set[int] = field(default_factory=set)
    news: list[tuple[int, Message, bool]] = field(default_factory=list)
    """What was not known before: message id, message, mine."""


def merge(db: sqlite3.Connection, account: int, page: Page, now: datetime) -> Merged:
    """Store a page that one account read, and derive again what waits."""
    merging = _begin(db, account, page, now)
    if merging is None:
        return Merged()
    me = merging.account
    for person in (one for one in page.people if is_address(one.uri)):
        people.remember(db, me.network, person)
    for message in sorted(filter(_is_sound, page.messages), key=lambda one: one.seen_at):
        _message(merging, message)
    for uri in page.gone:
        _gone(merging, uri)
    _deal_elsewhere(merging)
    _left_behind(merging)
    for root, muted in page.muted:
        if quiet.read_back(db, me.id, root, muted, merging.now):
            merging.changed.update(_muted_elsewhere(merging, root))
    db.executemany("UPDATE door SET token = ? WHERE receipt_uri = ?", [(token, uri) for uri, token in page.doors])
    for conversation in merging.changed:
        if standing.settle(db, conversation):
            merging.arrived.add(conversation)
    if page.cursor is not None:
        db.execute("UPDATE account SET cursor = ? WHERE id = ?", (page.cursor, me.id))
    return Merged(frozenset(merging.changed), frozenset(merging.arrived))


def _begin(db: sqlite3.Connection, account: int, page: Page, now: datetime) -> _Merge | None:
    row = db.execute("SELECT * FROM account WHERE id = ? AND removed_at IS NULL", (account,)).fetchone()
    if row is None:
        return None
    me = Account(row["id"], row["network"], row["origin"], row["remote_id"], row["handle"])
    # Order is the server's, so its clock counts and not this machine's.
    latest = page.server_time + _TOLD_IN_SECONDS if page.server_time else now
    return _Merge(db, me, to_ms(now), to_ms(latest), row["wait_from"])


def is_address(text: str | None) -> bool:
    """Whether an identifier can be stored and sent back as it is: no control characters, no lone surrogates."""
    return text is None or (len(text) <= _ADDRESS and text.isprintable())


def _is_sound(message: Message) -> bool:
    """Whether a message can be addressed at all; one that can't is left out, and the rest of its page is not."""
    place = message.place
    members = place.members if isinstance(place, RoomRef) else ()
    return all(
        map(
            is_address,
            (
                message.ref.uri,
                message.ref.local,
                message.ref.token,
                place_key(place),
                message.author.uri,
                message.parent.uri if message.parent else None,
                message.original,
                message.language,
                *message.names,
                *(member.uri for member in members),
                *(one.uri for one in message.attachments),
            ),
        )
    )


def _muted_elsewhere(merging: _Merge, root: str) -> frozenset[int]:
    """Another program of yours keeps a thread quiet: it is left here too, for good."""
    db, now = merging.db, merging.now
    row = db.execute(
        "SELECT coalesce(merged_into, id) FROM conversation WHERE network = ? AND place = ? AND kind = 'thread'",
        (merging.account.network, root),
    ).fetchone()
    newest = messages.newest_of_others(db, row[0]) if row else None
    if row is None or newest is None:
        return frozenset()
    conversation: int = row[0]
    quiet.muted_elsewhere(db, merging.account.id, newest.message.place, root, newest.message.ref, now)
    db.execute(
        "UPDATE conversation SET state = 'left', door = 'closed', left_at = ?, later_local = NULL WHERE id = ? "
        "AND state != 'left'",
        (now, conversation),
    )
    standing.deal_until(db, conversation, merging.latest, "left", now)
    return frozenset({conversation})


def _conversation(merging: _Merge, message: Message) -> int:
    place = place_key(message.place)
    network = merging.account.network
    found = merging.db.execute(
        "SELECT id, merged_into FROM conversation WHERE network = ? AND place = ?", (network, place)
    ).fetchone()
    if found:
        known: int = found["merged_into"] or found["id"]
        return known
    made: int = merging.db.execute(
        "INSERT INTO conversation(network, place, kind, state, last_at) VALUES(?, ?, ?, 'open', ?) RETURNING id",
        (
            network,
            place,
            "room" if isinstance(message.place, RoomRef) else "thread",
            to_ms(message.seen_at),
        ),
    ).fetchone()[0]
    return made


def _clean_span(span: Span) -> Span:
    return Span(clean(span.text), span.kind, clean_url(span.url) if span.url else None)


def _clean_place(place: Place) -> Place:
    if isinstance(place, RoomRef):
        return RoomRef(place.id, tuple(PersonRef(one.uri, clean_line(one.handle)) for one in place.members))
    return place


def _clean_attachment(one: Attachment) -> Attachment:
    return Attachment(
        one.kind,
        clean(one.text, 4000).strip(),
        clean_url(one.url) if one.url else None,
        one.uri,
        clean_line(one.author) if one.author else None,
        one.gone,
    )


def _body(message: Message) -> tuple[str, str]:
    spans = tuple(cleaned for cleaned in map(_clean_span, message.body[:_SPANS]) if cleaned.text)
    attachments = tuple(map(_clean_attachment, message.attachments[:_ATTACHMENTS]))
    return "".join(span.text for span in spans), dump_body(spans, attachments, message.names)


def _message(merging: _Merge, message: Message) -> None:
    db, account = merging.db, merging.account
    known = joining.same_message(db, message)
    mine = message.author.uri == account.remote_id
    conversation = _conversation(merging, message)
    if known is None:
        identity = _insert(merging, message, conversation)
        merging.changed.add(conversation)
        merging.news.append((identity, message, mine))
    else:
        identity = known["id"]
        if known["uri"] == message.ref.uri and _may_change(merging, known) and _update(merging, message, known):
            merging.changed.add(conversation)
    newly_said = _copy(merging, message, identity, mine)
    if newly_said:
        merging.changed.add(conversation)
        if known is not None:
            merging.news.append((identity, message, mine))
    one = {conversation, *joining.belonging(db, message)} | ({known["conversation_id"]} if known else set())
    if len(one) > 1:
        into = joining.join(db, frozenset(one))
        merging.changed.difference_update(one)
        merging.changed.add(into)


def _insert(merging: _Merge, message: Message, conversation: int) -> int:
    text, body = _body(message)
    identity: int = merging.db.execute(
        "INSERT INTO message(uri, conversation_id, author_id, brought_by, parent_uri, claimed_at, seen_at, "
        "edited_at, gone, closed, warning, language, url, original, text, body) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            message.ref.uri,
            conversation,
            people.remember(merging.db, merging.account.network, message.author),
            merging.account.id,
            message.parent.uri if message.parent else None,
            to_ms(message.claimed_at),
            # A server whose clock runs ahead must not put its messages in front of all others for ever.
            min(to_ms(message.seen_at), merging.latest),
            to_ms(message.edited_at) if message.edited_at else None,
            message.gone,
            message.closed,
            clean_line(message.warning, 200) if message.warning else None,
            message.language,
            clean_url(message.url) if message.url else None,
            message.original,
            text,
            body,
        ),
    ).fetchone()[0]
    return identity


def _may_change(merging: _Merge, known: sqlite3.Row) -> bool:
    """Whether this account is the one to change a message: it brought it, or takes over from one that was removed."""
    db, account = merging.db, merging.account.id
    if known["brought_by"] != account:
        taken_over = db.execute(
            "UPDATE message SET brought_by = ? WHERE id = ? AND EXISTS "
            "(SELECT 1 FROM account WHERE account.id = brought_by AND removed_at IS NOT NULL)",
            (account, known["id"]),
        )
        return taken_over.rowcount > 0
    return True


def _update(merging: _Merge, message: Message, known: sqlite3.Row) -> bool:
    """Bring a stored message up to date; what is gone keeps its place and, unless deleted, its words."""
    if message.gone is not None:
        if message.gone == known["gone"]:
            return False
        _mark_gone(merging.db, known["id"], message.gone)
        return True
    if known["url"] is None and message.url:
        # Your own words are stored when they are out, before anybody has said where they can be read.
        merging.db.execute("UPDATE message SET url = ? WHERE id = ?", (clean_url(message.url), known["id"]))
    edited = to_ms(message.edited_at) if message.edited_at else None
    if not message.attachments and edited == known["edited_at"]:
        # A raw record names no pictures; what was hydrated once is not lost to it.
        message = replace(message, attachments=load_body(known["body"])[1])
    text, body = _body(message)
    warning = clean_line(message.warning, 200) if message.warning else None
    fresh = (text, body, warning, edited, None, int(message.closed))
    if fresh == tuple(known[name] for name in ("text", "body", "warning", "edited_at", "gone", "closed")):
        return False
    merging.db.execute(
        "UPDATE message SET text = ?, body = ?, warning = ?, edited_at = ?, gone = ?, closed = ? WHERE id = ?",
        (*fresh, known["id"]),
    )
    return True


def _copy(merging: _Merge, message: Message, identity: int, mine: bool) -> bool:
    """Store how this account sees the message; return whether that changes what waits."""
    db, account = merging.db, merging.account.id
    said = None if mine else message.said_to_me
    before = db.execute(
        "SELECT said_to_me, liked FROM copy WHERE account_id = ? AND ref = ?", (account, message.ref.local)
    ).fetchone()
    # Dealt with in one account is so in all, and by the same action, which can be taken back.
    dealt_at, dealt_by = db.execute(
        "SELECT dealt_at, dealt_by FROM copy WHERE message_id = ? AND dealt_at IS NOT NULL", (identity,)
    ).fetchone() or ((merging.now, "age") if to_ms(message.seen_at) < merging.wait_from else (None, None))
    db.execute(
        "INSERT INTO copy(account_id, ref, message_id, token, place, parent, visibility, said_to_me, liked, dealt_at, "
        "dealt_by) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(account_id, ref) DO UPDATE SET "
        "token = coalesce(excluded.token, token), place = excluded.place, parent = coalesce(excluded.parent, parent), "
        "visibility = excluded.visibility, said_to_me = coalesce(excluded.said_to_me, said_to_me), "
        "liked = excluded.liked",
        (
            account,
            message.ref.local,
            identity,
            message.ref.token,
            dump_place(_clean_place(message.place)),
            dump_ref(message.parent),
            message.visibility,
            said,
            message.liked_by_me,
            dealt_at,
            dealt_by,
        ),
    )
    return (
        before is None
        or (said is not None and before["said_to_me"] is None)
        or (message.liked_by_me and not before["liked"])
    )


def _mark_gone(db: sqlite3.Connection, message: int, gone: GoneKind) -> None:
    """A message cannot be read any more; the words of a deleted one are deleted here too."""
    db.execute("UPDATE message SET gone = ? WHERE id = ?", (gone, message))
    if gone is GoneKind.DELETED:
        db.execute(
            "UPDATE message SET text = '', body = ?, warning = NULL WHERE id = ?", (dump_body((), (), ()), message)
        )


def _gone(merging: _Merge, uri: str) -> None:
    row = merging.db.execute(
        "SELECT message.id, conversation_id FROM message JOIN copy ON copy.message_id = message.id "
        "WHERE uri = ? AND copy.account_id = ? AND gone IS NULL",
        (uri, merging.account.id),
    ).fetchone()
    if row is not None:
        _mark_gone(merging.db, row["id"], GoneKind.DELETED)
        merging.changed.add(row["conversation_id"])


def _deal_elsewhere(merging: _Merge) -> None:
    """Your words and likes that this program did not send finish what they answer, and what was said to you before.

    Derived for the whole conversation each time, since pages come in any order.
    """
    db = merging.db
    for identity, message, mine in merging.news:
        people.note_word(db, merging.account.network, identity, message, mine)
    for conversation in merging.changed:
        db.execute(_DEAL_ELSEWHERE, {"conversation": conversation, "now": merging.now})


def _left_behind(merging: _Merge) -> None:
    """What is left stays left: looked at as a whole, however its parts came in, and with it what quotes it."""
    db = merging.db
    for identity, message, _ in merging.news:
        if doors.quotes_left(db, message):
            standing.deal(db, [identity], "left", merging.now)
    heard = {doors.hear_again(db, identity, message) for identity, message, _ in merging.news} - {None}
    held = {one for one in merging.changed if doors.hold_silence(db, one, merging.now)}
    merging.arrived.update(one for one in heard | held if one is not None)
