"""What a conversation becomes after you spoke, or left without a word."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from introvert_tui.model import (
    Account,
    DraftKind,
    Message,
    Page,
    PersonRef,
    Receipt,
    RoomRef,
    Span,
    place_key,
)
from introvert_tui.store import doors, drafts, messages, outbox, quiet, standing, undo
from introvert_tui.store.merge import Merged, merge
from introvert_tui.store.outbox import OutboxRecord
from introvert_tui.store.times import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class After:
    """What became of a conversation: `left`, who `still_wait` there, who wrote first, whether the server is told."""

    left: bool
    still_wait: tuple[str, ...] = ()
    overtaken_by: str | None = None
    quieted: bool = False


def sent(db: sqlite3.Connection, record: OutboxRecord, receipt: Receipt, me: Account, now: int) -> bool:
    """Settle a message that is out, and store it as yours; False if it was settled already."""
    if not outbox.sent(db, record.draft.key, receipt, now):
        return False
    to = record.draft.to
    own = Message(
        ref=receipt.ref,
        place=to.place,
        author=PersonRef(me.remote_id, me.handle),
        seen_at=receipt.at,
        claimed_at=receipt.at,
        body=(Span(record.draft.text),),
        parent=None if isinstance(to.place, RoomRef) else to.ref,
        visibility=to.visibility,
        warning=to.warning,
        language=record.draft.language,
    )
    merge(db, me.id, Page(messages=(own,)), from_ms(now))
    if record.draft.kind is DraftKind.REPLY:
        outbox.finish(db, record.draft.key)
    return True


def _i_started(db: sqlite3.Connection, message: Message) -> bool:
    root = messages.by_uri(db, place_key(message.place))
    return root is not None and root.mine


def _others_take_part(db: sqlite3.Connection, conversation: int, greeted: PersonRef) -> bool:
    return any(
        not one.mine and one.message.author.uri not in ("", greeted.uri)
        for one in messages.of_conversation(db, conversation, 1000)
    )


def _close(db: sqlite3.Connection, conversation: int, door: str, now: int) -> None:
    db.execute(
        "UPDATE conversation SET state = 'left', door = ?, left_at = ?, later_local = NULL, note = NULL WHERE id = ?",
        (door, now, conversation),
    )


def after_hello(db: sqlite3.Connection, key: str, now: int) -> After:
    """Leave the conversation of a hello that is out and whose thread was read again.

    What was said to you before the receipt makes it stay; what you had not been shown of that is named. What was said
    after it is silent, but for the person greeted.
    """
    record = outbox.one(db, key)
    if record.receipt is None or record.after != "reread":
        return After(left=False)
    outbox.finish(db, key)
    conversation, greeted = record.conversation, record.draft.to.author
    boundary = to_ms(record.receipt.at)
    waiting = messages.waiting_in(db, conversation)
    before = [one for one in waiting if to_ms(one.message.seen_at) <= boundary]
    unseen = next((one for one in before if one.id > record.shown), None)
    stays = isinstance(record.draft.to.place, RoomRef) or _i_started(db, record.draft.to)
    if before or stays:
        note = f"{unseen.name} wrote before your hello arrived." if unseen else None
        standing.reopen(db, conversation, note)
        names = tuple(dict.fromkeys(one.name for one in before))
        return After(left=False, still_wait=names, overtaken_by=unseen.name if unseen else None)
    quieted = _others_take_part(db, conversation, greeted)
    if quieted:
        quiet.want_quiet(
            db, record.account, record.draft.to.place, place_key(record.draft.to.place), record.receipt.ref, True, now
        )
    doors.put(db, record.account, conversation, greeted, record.receipt)
    _close(db, conversation, "ajar", now)
    opened = [one for one in waiting if doors.open_door(db, conversation, one.message, now)]
    standing.deal(db, [one.id for one in waiting if one not in opened], "left", now)
    if opened:
        standing.reopen(db, conversation)
    else:
        standing.settle(db, conversation)
    return After(left=not opened, quieted=quieted)


def leave_quietly(db: sqlite3.Connection, conversation: int, account: int, visit: str, now: int) -> bool:
    """Leave without a word, for good; return whether the server is told to keep the thread quiet."""
    record = undo.note(db, visit, "leave", conversation)
    waiting = messages.waiting_in(db, conversation)
    standing.deal(db, [one.id for one in waiting], record.by, now)
    known = messages.of_conversation(db, conversation, 200)
    _close(db, conversation, "closed", now)
    standing.settle(db, conversation)
    # A server lets one mute by one's own message, or by one that names one.
    via = next((one for one in reversed(known) if one.mine), None) or next(
        (one for one in reversed(known) if one.message.said_to_me), None
    )
    if via is None or isinstance(via.message.place, RoomRef):
        return False
    quiet.want_quiet(db, account, via.message.place, place_key(via.message.place), via.message.ref, True, now)
    return True


def done(db: sqlite3.Connection, conversation: int, visit: str, shown: int, now: int) -> None:
    """Deal with all that you were shown there, without a word."""
    _deal_shown(db, undo.note(db, visit, "done", conversation), shown, now)


def _deal_shown(db: sqlite3.Connection, record: undo.UndoRecord, shown: int, now: int) -> None:
    conversation = record.conversation
    standing.deal(db, [one.id for one in messages.waiting_in(db, conversation) if one.id <= shown], record.by, now)
    standing.settle(db, conversation)


def nod(
    db: sqlite3.Connection, conversation: int, account: int, to: Message, visit: str, shown: int, now: int, due_at: int
) -> None:
    """Want a nod, and deal with all that you were shown there."""
    quiet.want_nod(db, account, to.ref, True, now, due_at)
    _deal_shown(db, undo.note(db, visit, "nod", conversation, nodded=(account, to.ref.uri)), shown, now)


def later(db: sqlite3.Connection, conversation: int, local: str | None, reason: str, visit: str) -> None:
    """Put a conversation off until a local time (ISO, no zone), or until you feel like it (None)."""
    undo.note(db, visit, "later", conversation)
    db.execute(
        "UPDATE conversation SET state = 'later', door = NULL, later_local = ?, later_reason = ? WHERE id = ?",
        (local, reason or None, conversation),
    )
    standing.settle(db, conversation)


def rejoin(db: sqlite3.Connection, conversation: int, visit: str, now: int) -> None:
    """Take part again in a conversation that was left."""
    undo.note(db, visit, "rejoin", conversation)
    quiet.change_mind(db, conversation, False, now)
    standing.reopen(db, conversation)


def taken_back(db: sqlite3.Connection, record: undo.UndoRecord, now: int) -> Merged:
    """Undo an action that is not a message on its way."""
    if record.kind in ("leave", "rejoin"):
        quiet.change_mind(db, record.conversation, record.kind == "rejoin", now)
    if record.nodded is not None:
        quiet.take_back_nod(db, *record.nodded, now)
    undo.restore(db, record)
    undo.undone(db, record, now)
    return Merged(frozenset({record.conversation}))


def deleted(db: sqlite3.Connection, key: str, now: int) -> None:
    """A message that was out is deleted again: what it answered waits again, the words are kept, the thread speaks."""
    record = outbox.one(db, key)
    uri = outbox.mark_deleted(db, key)
    merge(db, record.account, Page(gone=(uri,)), from_ms(now))
    db.execute("DELETE FROM door WHERE receipt_uri = ?", (uri,))
    db.execute("UPDATE undo SET undone_at = ? WHERE draft_key = ?", (now, key))
    quiet.change_mind(db, record.conversation, False, now)
    standing.undeal(db, key)
    drafts.keep(db, record.conversation, record.account, record.draft.text, now)
    standing.reopen(db, record.conversation)


def first_time(db: sqlite3.Connection, what: str) -> bool:
    """Whether something is told for the first time; it is not, from now on."""
    return db.execute("INSERT INTO told(what) VALUES(?) ON CONFLICT DO NOTHING", (what,)).rowcount == 1
