"""What a conversation becomes after you spoke, or left without a word."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

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
from introvert_tui.store import (
    accounts,
    conversations,
    doors,
    drafts,
    messages,
    outbox,
    outgoing,
    quiet,
    standing,
    undo,
)
from introvert_tui.store.merge import Merged, merge
from introvert_tui.store.outbox import Writing
from introvert_tui.store.outgoing import OutboxRecord, Why
from introvert_tui.store.quiet import NodWish, QuietWish
from introvert_tui.store.times import from_ms, to_ms


def write(db: sqlite3.Connection, writing: Writing, visit: str, now: int) -> None:
    """Put a message on its way; one into a conversation that was left makes you part of it again.

    So does a reply to somebody who wrote back: where you stay, the thread is not to be quiet on the server.
    """
    record = undo.note(db, visit, writing.kind, writing.conversation, writing.key)
    was_left = record.before["state"] == "left"
    speaks_again = was_left or (writing.kind is DraftKind.REPLY and bool(record.before["quiet"]))
    if speaks_again:
        quiet.change_mind(db, writing.conversation, False, now)
    if was_left:
        standing.reopen(db, writing.conversation)
    outbox.put(db, writing, now)
    undo.seal(db, record, quieted=speaks_again)


def take_back(db: sqlite3.Connection, key: str, reason: str, now: int) -> bool:
    """Take a message back that has not gone out, in whichever visit it was written; False if it is out, or may be."""
    return _unwritten(db, outbox.take_back, key, reason, now)


def drop(db: sqlite3.Connection, key: str, reason: str, now: int) -> bool:
    """A message goes out no more, though it may have gone out; False if it is known to be out."""
    return _unwritten(db, outbox.drop, key, reason, now)


def refuse(db: sqlite3.Connection, key: str, reason: str, now: int) -> bool:
    """A message will never go out; False if it is out. What was put off before it waits, to be seen with its words."""
    deed = undo.of_message(db, key)
    was_put_off = deed is not None and deed.before["state"] == "later" and undo.is_untouched(db, deed)
    if not _unwritten(db, outbox.refuse, key, reason, now):
        return False
    if deed is not None and was_put_off:
        standing.reopen(db, deed.conversation)
    return True


def _unwritten(
    db: sqlite3.Connection,
    give_back: Callable[[sqlite3.Connection, str, str, int], bool],
    key: str,
    reason: str,
    now: int,
) -> bool:
    """Give the words of a message back; with it goes what writing it did: what it rejoined is left again."""
    record = undo.of_message(db, key)
    untouched = record is not None and undo.is_untouched(db, record)
    if not give_back(db, key, reason, now):
        return False
    if record is not None:
        _restore(db, record, untouched, now)
    return True


def sent(db: sqlite3.Connection, record: OutboxRecord, receipt: Receipt, me: Account, now: int) -> bool:
    """Settle a message that is out, and store it as yours; False as `outbox.sent` says it."""
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
        language=record.draft.language,
    )
    with undo.consequence(db, record.conversation):
        merge(db, me.id, Page(messages=(own,), server_time=receipt.at), from_ms(now))
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


def reread(
    db: sqlite3.Connection, account: int, key: str, page: Page | None, now: datetime
) -> tuple[Merged, str | None]:
    """After a hello, take in its thread as read again (None: it could not be) and leave; say who wrote before it.

    What was said to you before the receipt makes it stay, and so does a reply that you wrote since; what you had not
    been shown is named, at once with what shows it. What was said after the receipt is silent, but for the person
    greeted. What you did with the conversation meanwhile (left it for good, put it off) stands; after another hello of
    yours it is left already, and this one's door is added.
    """
    merged = merge(db, account, page, now) if page is not None else Merged()
    record = outgoing.one(db, key)
    if record.receipt is None or record.after != "reread":
        return merged, None
    outbox.finish(db, key)
    with undo.consequence(db, record.conversation):
        return merged, _left(db, record, record.receipt, page is not None, to_ms(now))


def _left(db: sqlite3.Connection, record: OutboxRecord, receipt: Receipt, was_read: bool, now: int) -> str | None:
    conversation, greeted = record.conversation, record.draft.to.author
    boundary = to_ms(receipt.at)
    waiting = messages.waiting_in(db, conversation)
    before = [one for one in waiting if to_ms(one.message.seen_at) <= boundary]
    unseen = next((one for one in before if one.id > record.shown), None)
    state, door = db.execute("SELECT state, door FROM conversation WHERE id = ?", (conversation,)).fetchone()
    is_never_left = isinstance(record.draft.to.place, RoomRef) or _i_started(db, record.draft.to)
    if not is_never_left:
        # Whoever was greeted can write back, also when it is another hello that leaves later on.
        doors.put(db, record.account, conversation, greeted, receipt)
    if state == "later" or door == "closed":
        standing.settle(db, conversation)
        return None
    if before or is_never_left or outgoing.replied_since(db, record):
        if unseen is not None:
            standing.reopen(db, conversation, doors.overtaken_note(unseen.name))
        return unseen.name if unseen else None
    # Of a thread that could not be read, only its server may know who else takes part.
    if not was_read or _others_take_part(db, conversation, greeted):
        place = record.draft.to.place
        quiet.want_quiet(db, record.account, place, place_key(place), receipt.ref, True, now)
    _close(db, conversation, "ajar", now)
    opened = [one for one in waiting if doors.brings_back(db, conversation, one.message)]
    standing.deal(db, [one.id for one in waiting if one not in opened], "left", now)
    if opened:
        standing.reopen(db, conversation)
    else:
        standing.settle(db, conversation)
    return None


def leave_quietly(db: sqlite3.Connection, conversation: int, visit: str, now: int) -> None:
    """Leave a thread without a word, for good, and want it quiet on the server."""
    conversation = conversations.resolve(db, conversation)
    record = undo.note(db, visit, "leave", conversation)
    standing.deal(db, [one.id for one in messages.waiting_in(db, conversation)], record.by, now)
    _close(db, conversation, "closed", now)
    standing.settle(db, conversation)
    by = next(iter(quiet.spokesmen(db, conversation)), None)
    quieted = by is not None and quiet.want_quiet(db, by.account, by.place, place_key(by.place), by.ref, True, now)
    undo.seal(db, record, quieted)


def done(db: sqlite3.Connection, conversation: int, visit: str, shown: int, now: int) -> None:
    """Deal with all that you were shown there, without a word."""
    conversation = conversations.resolve(db, conversation)
    _deal_shown(db, undo.note(db, visit, "done", conversation), shown, now)


def nod(
    db: sqlite3.Connection, conversation: int, account: int, to: Message, visit: str, shown: int, now: int, due_at: int
) -> None:
    """Want a nod, and deal with all that you were shown there, and what they said while they are kept away."""
    conversation = conversations.resolve(db, conversation)
    quiet.want_nod(db, account, to.ref, True, now, due_at)
    record = undo.note(db, visit, "nod", conversation, nodded=(account, to.ref.uri))
    _deal_shown(db, record, shown, now, to.author.uri)


def _deal_shown(db: sqlite3.Connection, record: undo.UndoRecord, shown: int, now: int, nodded_to: str = "") -> None:
    conversation = record.conversation
    there = messages.waiting_in(db, conversation, shown=shown, away=True)
    dealt_with = [one.id for one in there if one.waiting or one.message.author.uri == nodded_to]
    standing.deal(db, dealt_with, record.by, now)
    standing.settle(db, conversation)
    state = db.execute("SELECT state FROM conversation WHERE id = ?", (conversation,)).fetchone()[0]
    if state == "open" and quiet.is_wanted(db, conversation):
        # It was left. They wrote back, and only the door hears them if they do so again; or, where there is none, it
        # was put off before it turned out to belong to what was left for good.
        _close(db, conversation, "ajar" if doors.set_ajar(db, conversation, now) else "closed", now)
        standing.settle(db, conversation)
    undo.seal(db, record)


def later(db: sqlite3.Connection, conversation: int, local: str | None, reason: str, visit: str) -> bool:
    """Put what waits off until a local time (ISO, no zone; None: until you feel like it); False if nothing waits."""
    conversation = conversations.resolve(db, conversation)
    if not messages.waiting_in(db, conversation, 1):
        return False
    record = undo.note(db, visit, "later", conversation)
    db.execute(
        "UPDATE conversation SET state = 'later', door = NULL, later_local = ?, later_reason = ? WHERE id = ?",
        (local, reason or None, conversation),
    )
    standing.settle(db, conversation)
    undo.seal(db, record)
    return True


def bring_back(db: sqlite3.Connection, conversation: int, visit: str) -> bool:
    """Let what was put off wait again before its time; False if it is not put off."""
    conversation = conversations.resolve(db, conversation)
    state = db.execute("SELECT state FROM conversation WHERE id = ?", (conversation,)).fetchone()[0]
    if state != "later":
        return False
    record = undo.note(db, visit, "bring_back", conversation)
    standing.reopen(db, conversation)
    undo.seal(db, record)
    return True


def rejoin(db: sqlite3.Connection, conversation: int, visit: str, now: int) -> bool:
    """Take part again in a conversation that was left; False if it was not, and nothing has changed."""
    conversation = conversations.resolve(db, conversation)
    quieted = quiet.is_wanted(db, conversation)
    known = conversations.one(db, conversation)
    if not quieted and (known is None or known.state != "left"):
        return False
    record = undo.note(db, visit, "rejoin", conversation)
    quiet.change_mind(db, conversation, False, now)
    standing.reopen(db, conversation)
    undo.seal(db, record, quieted)
    return True


def taken_back(db: sqlite3.Connection, record: undo.UndoRecord, now: int) -> Merged:
    """Undo an action that is not a message on its way, and all that are one with it."""
    records = undo.together(db, record)
    for one in records:
        if one.nodded is not None:
            quiet.take_back_nod(db, *one.nodded, now)
        _restore(db, one, undo.is_untouched(db, one), now)
    return Merged(frozenset(one.conversation for one in records))


def _restore(db: sqlite3.Connection, record: undo.UndoRecord, untouched: bool, now: int) -> None:
    if untouched and record.before["state"] == "left" and undo.hand_on(db, record):
        untouched = False  # what you wrote there since keeps you part of it
    undo.restore(db, record, untouched, now)
    undo.undone(db, record, now)
    if record.quieted and not untouched:
        state = db.execute("SELECT state FROM conversation WHERE id = ?", (record.conversation,)).fetchone()[0]
        was_brought_back = bool(record.before["quiet"]) and record.before["state"] != "left"
        quiet.change_mind(db, record.conversation, state == "left" or was_brought_back, now)


def nod_failed(db: sqlite3.Connection, account: int, wish: NodWish, now: int) -> int | None:
    """A nod will never go out: what it dealt with waits again, in the conversation returned."""
    quiet.nod_failed(db, account, wish.ref.uri)
    record = undo.of_nod(db, account, wish.ref.uri) if wish.want else None
    if record is None:
        return None
    _restore(db, record, undo.is_untouched(db, record), now)
    return record.conversation


def remove_account(db: sqlite3.Connection, account: int, forget: bool, now: int) -> tuple[OutboxRecord, ...]:
    """Sign an account out here; returns what it had not sent and never will, the words of which are given back."""
    dropped = outgoing.of_account(db, account)
    for record in reversed(dropped):
        drop(db, record.draft.key, Why.SIGNED_OUT, now)
    accounts.remove(db, account, forget, now)
    return dropped


def deleted(db: sqlite3.Connection, key: str, now: int) -> None:
    """A message that was out is deleted again: what it answered waits again, the words are kept, the thread speaks.

    Where the conversation was left since, without a word or by another hello, it stays left: only the words are kept.
    """
    record = outgoing.one(db, key)
    stays_left = _left_since(db, record)
    deed = undo.of_message(db, key)
    untouched = deed is not None and undo.is_untouched(db, deed)
    uri = outbox.mark_deleted(db, key)
    merge(db, record.account, Page(gone=(uri,)), from_ms(now))
    db.execute("DELETE FROM door WHERE receipt_uri = ?", (uri,))
    drafts.keep(db, record.conversation, record.account, record.to, drafts.new_key(), record.draft.text, now)
    if stays_left:
        standing.settle(db, record.conversation)
        return
    quiet.change_mind(db, record.conversation, False, now)
    standing.wait_again(db, record.conversation, key, now)
    standing.reopen(db, record.conversation)
    if deed is not None and untouched:
        _restore(db, deed, untouched, now)


def _left_since(db: sqlite3.Connection, record: OutboxRecord) -> bool:
    """Whether a conversation is left, and not by this message that is out."""
    door = db.execute("SELECT door FROM conversation WHERE id = ?", (record.conversation,)).fetchone()[0]
    if door is None or record.receipt is None:
        return False
    return door == "closed" or doors.newest(db, record.conversation) != record.receipt.ref.uri


def is_first_hello_made_quiet(db: sqlite3.Connection, wish: QuietWish) -> bool:
    """Whether a thread is quiet on the server because of a hello, for the first time of all; not from now on."""
    hello = db.execute("SELECT 1 FROM outbox WHERE receipt_uri = ?", (wish.via.uri,)).fetchone()
    return hello is not None and first_time(db, "quiet")


def first_time(db: sqlite3.Connection, what: str) -> bool:
    """Whether something is told for the first time; it is not, from now on."""
    return db.execute("INSERT INTO told(what) VALUES(?) ON CONFLICT DO NOTHING", (what,)).rowcount == 1
