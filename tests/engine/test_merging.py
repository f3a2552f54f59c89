"""Merging keeps its word whatever comes in what order."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from introvert_tui.engine.snapshots import answerable, conversation_view
from introvert_tui.model import (
    Attachment,
    AttachmentKind,
    DraftKind,
    GoneKind,
    Message,
    MessageRef,
    Page,
    Person,
    PersonRef,
    Reason,
    Receipt,
    RoomRef,
    Span,
    SpanKind,
    ThreadRef,
    Visibility,
)
from introvert_tui.store import (
    accounts,
    conversations,
    doors,
    drafts,
    leaving,
    merge,
    messages,
    outbox,
    outgoing,
    quiet,
    standing,
)
from introvert_tui.store.times import to_ms

from .pages import ME, NOW, fresh, said

HOSTILE = "\x1b]0;pwn\x07 [/b] \u202e \x9b2J ok"


def stored(db: sqlite3.Connection, id: int) -> Message:
    record = messages.by_id(db, id)
    assert record is not None
    return record.message


@st.composite
def histories(draw: st.DrawFn) -> list[Message]:
    """Some threads in which you, Ana and Ben speak, in a known order of time."""
    size = draw(st.integers(1, 12))
    made: list[Message] = []
    for number in range(size):
        root = draw(st.integers(0, min(number, 2)))
        who = draw(st.sampled_from(["me", "ana", "ben"]))
        earlier = [m for m in made if m.place == said(0, "ana", root, 0).place]
        parent = int(draw(st.sampled_from(earlier)).ref.uri.removeprefix("at://")) if earlier else None
        made.append(said(number, who, root, 2 * (size - number), parent=parent, to_me=draw(st.booleans())))
    return made


def standing_of(db: sqlite3.Connection) -> dict[str, tuple[str, list[str]]]:
    """What can be seen of each conversation: its state, and what waits in it."""
    rows = db.execute("SELECT id, place, state FROM conversation").fetchall()
    return {
        row["place"]: (row["state"], [one.message.ref.uri for one in messages.waiting_in(db, row["id"])])
        for row in rows
    }


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_order_and_the_cut_of_pages_do_not_matter(data: st.DataObject) -> None:
    history = data.draw(histories())
    shuffled = data.draw(st.permutations(history))
    cut = data.draw(st.integers(0, len(history)))
    with closing(fresh()) as one, closing(fresh()) as other:
        merge.merge(one, 1, Page(messages=tuple(history)), NOW)
        for part in (shuffled[:cut], shuffled[cut:], history):
            merge.merge(other, 1, Page(messages=tuple(part)), NOW)
        assert standing_of(one) == standing_of(other)


def test_merging_twice_changes_nothing_the_second_time(db: sqlite3.Connection) -> None:
    page = Page(messages=(said(1, "ana", 1, 10), said(2, "ben", 1, 5, parent=1)))
    assert merge.merge(db, 1, page, NOW).arrived == {1}
    assert merge.merge(db, 1, page, NOW).changed == frozenset()


def test_no_string_gets_in_unclean(db: sqlite3.Connection) -> None:
    message = replace(
        said(1, "ana", 1, 10),
        body=(Span(HOSTILE), Span("a link", SpanKind.LINK, "javascript:alert(1)")),
        warning=HOSTILE,
        attachments=(Attachment(AttachmentKind.IMAGE, HOSTILE, "https://x.test/\x1b\\a", author=HOSTILE),),
        url="file:///etc/passwd",
    )
    person = Person("did:ana", f"ana{HOSTILE}", HOSTILE)
    merge.merge(db, 1, Page(messages=(message,), people=(person,)), NOW)
    everything = " ".join(
        str(value)
        for table in ("message", "person", "conversation", "copy")
        for row in db.execute(f"SELECT * FROM {table}")
        for value in tuple(row)
    )
    assert not set(everything) & {"\x1b", "\x07", "\x9b", "\u202e"}
    assert stored(db, 1).body[1].url is None
    assert stored(db, 1).url is None


def test_a_deleted_message_no_longer_waits_and_keeps_its_place(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 10),)), NOW)
    merge.merge(db, 1, Page(gone=("at://1",)), NOW)
    assert conversations.waiting(db, 10) == ()
    assert stored(db, 1).gone is GoneKind.DELETED


def test_what_is_older_than_the_first_fortnight_does_not_wait(db: sqlite3.Connection) -> None:
    old = said(1, "ana", 1, 20 * 24 * 60)
    merge.merge(db, 1, Page(messages=(old, said(2, "ben", 2, 10))), NOW)
    assert [row.id for row in conversations.waiting(db, 10)] == [2]
    assert [row.id for row in conversations.in_states(db, ("open",), 10)] == [1]


def test_a_clock_that_runs_ahead_does_not_lead_the_list(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, -600), said(2, "ben", 2, 0))), NOW)
    assert len(conversations.waiting(db, 10)) == 2
    assert db.execute("SELECT max(last_at) FROM conversation").fetchone()[0] <= to_ms(NOW)


def test_only_the_account_that_brought_a_message_changes_its_words(db: sqlite3.Connection) -> None:
    accounts.add(db, "demo", "https://other.test", "did:me2", "me2.test", to_ms(NOW))
    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 10),)), NOW)
    forged = replace(said(1, "ana", 1, 10), body=(Span("forged"),))
    merge.merge(db, 2, Page(messages=(forged,)), NOW)
    assert stored(db, 1).text == "message 1"


def test_a_mute_set_elsewhere_leaves_here_too(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 10),)), NOW)
    merge.merge(db, 1, Page(muted=(("at://1", True),)), NOW)
    assert conversations.waiting(db, 10) == ()
    assert [row.id for row in conversations.in_states(db, ("left",), 10)] == [1]


@pytest.mark.parametrize(
    ("asked", "answered", "waits"),
    [
        ("18:00:05.400", "18:00:05.400", True),
        ("18:00:05", "18:00:05", True),
        ("18:00:05", "18:00:05.600", True),
        ("18:00:05", "18:00:06", False),
        ("18:00:05.400", "18:00:05.600", False),
    ],
)
def test_what_may_have_come_after_your_words_from_elsewhere_waits(
    db: sqlite3.Connection, asked: str, answered: str, waits: bool
) -> None:
    """Ben asks again while you answer Ana, or just before."""
    then = datetime.fromisoformat
    ana = replace(said(1, "ana", 1, 10), seen_at=then("2026-11-20T17:50:00+00:00"))
    mine = replace(said(2, "me", 1, 0, parent=1), seen_at=then(f"2026-11-20T{answered}+00:00"))
    ben = replace(said(3, "ben", 1, 0, parent=1), seen_at=then(f"2026-11-20T{asked}+00:00"))
    later = NOW + timedelta(minutes=1)
    merge.merge(db, 1, Page(messages=(ana,)), later)
    merge.merge(db, 1, Page(messages=(mine, ben)), later)
    assert [one.name for one in messages.waiting_in(db, 1)] == (["ben.test"] if waits else [])


@pytest.mark.parametrize("how", ["reply", "like"])
@pytest.mark.parametrize("moment", ["2026-11-20T17:50:00+00:00", "2026-11-20T17:50:00.300+00:00"])
def test_what_your_words_from_elsewhere_answer_is_finished_whatever_the_clock_says(
    db: sqlite3.Connection, how: str, moment: str
) -> None:
    at = datetime.fromisoformat(moment)
    ana = replace(said(1, "ana", 1, 10), seen_at=at)
    mine = replace(said(2, "me", 1, 10, parent=1), seen_at=at)
    merge.merge(db, 1, Page(messages=(ana,)), NOW)
    elsewhere = mine if how == "reply" else replace(ana, liked_by_me=True)
    merge.merge(db, 1, Page(messages=(elsewhere,)), NOW)
    assert conversations.waiting(db, 10) == ()


@st.composite
def forests(draw: st.DrawFn) -> list[Message]:
    """Threads whose messages name any of their ancestors as the oldest one known to the server at that time."""
    made: list[Message] = []
    for number in range(draw(st.integers(1, 10))):
        parent = draw(st.none() | st.integers(0, number - 1)) if number else None
        ancestors = [number]
        above = parent
        while above is not None:
            ancestors.append(above)
            found = made[above].parent
            above = int(found.uri.removeprefix("at://")) if found else None
        made.append(said(number, "ana", draw(st.sampled_from(ancestors)), 20 - number, parent=parent))
    return made


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_thread_is_one_conversation_however_late_its_roots_turn_up(data: st.DataObject) -> None:
    forest = data.draw(forests())
    trees = sum(message.parent is None for message in forest)
    with closing(fresh()) as db:
        for message in data.draw(st.permutations(forest)):
            merge.merge(db, 1, Page(messages=(message,)), NOW)
        assert len(conversations.waiting(db, 100)) == trees
        stored = db.execute(
            "SELECT count(DISTINCT conversation_id), count(*) FROM message JOIN conversation "
            "ON conversation.id = conversation_id WHERE merged_into IS NULL"
        ).fetchone()
        assert tuple(stored) == (trees, len(forest))


def test_joined_conversations_keep_their_ids_and_both_kept_words(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(2, "ana", 2, 5, parent=1),)), NOW)
    drafts.keep(db, 1, 1, None, "one", "to the answer", to_ms(NOW))
    merge.merge(db, 1, Page(messages=(said(1, "ben", 0, 10, parent=0),)), NOW)
    into = conversations.waiting(db, 10)[0].id
    for id in (1, into):
        record = conversations.one(db, id)
        assert record is not None
        assert record.id == into
    drafts.keep(db, into, 1, None, "other", "and more", to_ms(NOW) + 1)
    merge.merge(db, 1, Page(messages=(said(0, "cy", 0, 20),)), NOW)
    joined = conversations.waiting(db, 10)[0].id
    assert drafts.kept(db, joined) == drafts.Kept("other", "and more")
    drafts.keep(db, joined, 1, None, "other", "", to_ms(NOW), known="and more")
    assert drafts.kept(db, joined) == drafts.Kept("one", "to the answer")


def test_what_waits_in_a_conversation_that_joins_one_left_for_good_is_silent(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(0, "cy", 0, 20),)), NOW)
    leaving.leave_quietly(db, 1, "visit", to_ms(NOW))
    merge.merge(db, 1, Page(messages=(said(2, "ana", 2, 5, parent=1),)), NOW)
    merge.merge(db, 1, Page(messages=(said(1, "ben", 0, 10, parent=0, to_me=False),)), NOW)
    assert conversations.waiting(db, 10) == ()
    assert [row.id for row in conversations.in_states(db, ("left",), 10)] == [1]


def test_a_message_that_comes_twice_over_a_bridge_is_one_row_answered_once(db: sqlite3.Connection) -> None:
    accounts.add(db, "other", "https://other.test", "https://other.test/me", "me@other.test", to_ms(NOW))
    home = MessageRef("https://village.test/notes/1", "1", None)
    native = replace(said(1, "ana", 1, 10), ref=home, place=ThreadRef(home), url="https://village.test/1")
    bridged = replace(
        said(9, "ana-on-the-bridge", 9, 9), original="https://village.test/1", url="https://bridge.test/9"
    )
    later = replace(said(10, "ana-on-the-bridge", 9, 8, parent=9), original="at://2")
    pages = [(1, native), (2, bridged), (2, later)]
    for order in (pages, pages[::-1]):
        with closing(fresh()) as other:
            accounts.add(other, "other", "https://other.test", "https://other.test/me", "me@other.test", to_ms(NOW))
            for account, message in order:
                merge.merge(other, account, Page(messages=(message,)), NOW)
            (row,) = conversations.waiting(other, 10)
            waiting = messages.waiting_in(other, row.id)
            assert len(waiting) == 2
            standing.deal(other, [one.id for one in waiting], "done", to_ms(NOW))
            assert messages.waiting_in(other, row.id) == ()


def test_an_address_proves_nothing_on_somebody_elses_host(db: sqlite3.Connection) -> None:
    accounts.add(db, "other", "https://other.test", "https://other.test/me", "me@other.test", to_ms(NOW))
    eves = MessageRef("https://eve.test/notes/1", "1", None)
    forged = replace(said(1, "eve", 1, 10), ref=eves, place=ThreadRef(eves), url="https://village.test/1")
    bridged = replace(said(9, "ana-on-the-bridge", 9, 9), original="https://village.test/1")
    merge.merge(db, 1, Page(messages=(forged,)), NOW)
    merge.merge(db, 2, Page(messages=(bridged,)), NOW)
    assert len(conversations.waiting(db, 10)) == 2


def test_likeness_proves_nothing(db: sqlite3.Connection) -> None:
    twins = (said(1, "ana", 1, 10), replace(said(2, "ana", 2, 10), body=said(1, "ana", 1, 10).body))
    merge.merge(db, 1, Page(messages=twins), NOW)
    assert len(conversations.waiting(db, 10)) == 2


def test_order_is_the_servers_though_the_clock_here_is_behind(db: sqlite3.Connection) -> None:
    behind = NOW - timedelta(days=1)
    for number, who, minutes in ((2, "ana", 10), (3, "ben", 120)):
        page = Page(messages=(said(number, who, 1, minutes, parent=1),), server_time=NOW)
        merge.merge(db, 1, page, behind + timedelta(seconds=number))
    assert [one.name for one in messages.waiting_in(db, 1)] == ["ana.test", "ben.test"]
    merge.merge(db, 1, Page(messages=(said(4, "cy", 4, -600),), server_time=NOW), NOW + timedelta(days=1))
    assert db.execute("SELECT max(last_at) FROM conversation").fetchone()[0] <= to_ms(NOW) + 1000


def test_a_door_is_looked_at_though_the_clock_here_is_behind(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 10),)), NOW)
    behind = to_ms(NOW - timedelta(days=1))
    db.execute("UPDATE conversation SET state = 'left', door = 'ajar'")
    doors.put(db, 1, 1, PersonRef("did:ana", "ana.test"), Receipt(MessageRef("at://2", "at://2"), NOW))
    assert [door.receipt.uri for door in doors.due(db, 1, behind)] == ["at://2"]


def test_a_private_answer_to_a_public_message_is_a_conversation_of_its_own(db: sqlite3.Connection) -> None:
    room = RoomRef("room", (ME, PersonRef("did:ana", "ana.test")))
    private = replace(
        said(2, "ana", 2, 5, parent=1), place=room, visibility=Visibility.DIRECT, said_to_me=Reason.DIRECT
    )
    merge.merge(db, 1, Page(messages=(said(1, "me", 1, 30),)), NOW)
    merge.merge(db, 1, Page(messages=(private,)), NOW)
    assert [row.kind for row in conversations.waiting(db, 5)] == ["room"]


def test_messages_that_answer_each_other_in_a_circle_are_all_shown(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 10, parent=2), said(2, "ben", 1, 9, parent=1))), NOW)
    assert len(conversation_view(db, 1).messages) == 2


def test_one_account_that_sees_a_message_twice_has_it_once(db: sqlite3.Connection) -> None:
    native = replace(said(1, "ana", 1, 10), url="https://village.test/1")
    bridged = replace(said(9, "ana-on-the-bridge", 9, 9), original="at://1")
    merge.merge(db, 1, Page(messages=(native, bridged)), NOW)
    (row,) = conversations.waiting(db, 5)
    assert len(messages.waiting_in(db, row.id)) == 1
    assert len(conversation_view(db, row.id).messages) == 1


def test_an_answer_goes_out_with_the_refs_of_the_account_it_was_written_from(db: sqlite3.Connection) -> None:
    other = accounts.add(db, "demo", "https://other.test", "did:me2", "me2.test", to_ms(NOW))
    here, there = (replace(said(1, "ana", 1, 10), ref=MessageRef("at://1", local)) for local in ("here", "there"))
    merge.merge(db, other, Page(messages=(there,)), NOW)
    to = messages.waiting_in(db, 1)[0]
    outbox.put(db, outbox.Writing("key", 1, other, to, DraftKind.HELLO, "Hi", None, (), to.id, "me", 0), 0)
    merge.merge(db, 1, Page(messages=(here,)), NOW)
    assert outgoing.one(db, "key").draft.to.ref.local == "there"


def test_a_thread_is_kept_quiet_by_an_account_that_can_name_a_message_there(db: sqlite3.Connection) -> None:
    other = accounts.add(db, "demo", "https://other.test", "did:me2", "me2.test", to_ms(NOW))
    merge.merge(db, other, Page(messages=(replace(said(1, "ana", 1, 10), ref=MessageRef("at://1", "there")),)), NOW)
    beside = replace(said(2, "ben", 1, 5, parent=1, to_me=False), ref=MessageRef("at://2", "here"))
    merge.merge(db, 1, Page(messages=(beside,)), NOW)
    leaving.leave_quietly(db, 1, "visit", 0)
    assert quiet.quiet_due(db, 1, 0) == ()
    assert [wish.via.local for wish in quiet.quiet_due(db, other, 0)] == ["there"]


def test_a_raw_record_loses_no_picture_and_an_edit_takes_one_away(db: sqlite3.Connection) -> None:
    shown = replace(said(1, "ana", 1, 30), attachments=(Attachment(AttachmentKind.IMAGE, "my passport"),))
    raw = replace(shown, attachments=())
    edited = replace(raw, body=(Span("the wrong picture"),), edited_at=NOW)
    kept = []
    for read in (shown, raw, edited):
        merge.merge(db, 1, Page(messages=(read,)), NOW)
        kept.append((stored(db, 1).text, [one.text for one in stored(db, 1).attachments]))
    assert kept == [("message 1", ["my passport"]), ("message 1", ["my passport"]), ("the wrong picture", [])]


def test_nothing_is_left_of_the_words_of_a_deleted_message(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 10),)), NOW)
    merge.merge(db, 1, Page(gone=("at://1",)), NOW)
    (row,) = conversations.in_states(db, ("open",), 5)
    assert "message 1" not in row.row
    assert conversation_view(db, 1).messages[0].body == ()


def test_what_was_put_off_stays_put_off_when_it_joins_another(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=(said(0, "cy", 0, 20, to_me=False),)), NOW)
    merge.merge(db, 1, Page(messages=(said(2, "ana", 2, 5, parent=1),)), NOW)
    (row,) = conversations.waiting(db, 5)
    leaving.later(db, row.id, "2027-01-01T09:00:00", "not today", "visit")
    merge.merge(db, 1, Page(messages=(said(1, "ben", 0, 10, parent=0, to_me=False),)), NOW)
    (joined,) = conversations.in_states(db, ("later",), 5)
    assert joined.later_reason == "not today"


def test_forgetting_an_account_keeps_what_another_sees_and_the_names_it_goes_by(db: sqlite3.Connection) -> None:
    other = accounts.add(db, "demo", "https://other.test", "did:me2", "me2.test", to_ms(NOW))
    merge.merge(db, other, Page(messages=(said(2, "ana", 2, 5, parent=1),)), NOW)
    merge.merge(db, other, Page(messages=(said(1, "ben", 0, 10, parent=0),)), NOW)
    merge.merge(db, 1, Page(messages=(said(5, "cy", 5, 1),)), NOW)
    leaving.remove_account(db, 1, True, to_ms(NOW))
    (row,) = conversations.waiting(db, 5)
    for id in (1, 2):
        record = conversations.one(db, id)
        assert record is not None
        assert record.id == row.id


def test_a_very_long_conversation_is_shown_by_its_beginning_and_its_end(db: sqlite3.Connection) -> None:
    long = [said(number, "ana", 0, 4000 - number, parent=max(0, number - 1)) for number in range(1, 2500)]
    merge.merge(db, 1, Page(messages=(said(0, "ben", 0, 4000), *long)), NOW)
    view = conversation_view(db, 1)
    assert [one.body[0].text for one in (view.messages[0], view.messages[-1])] == ["message 0", "message 2499"]
    assert len(view.messages) == 2001
    assert view.to is view.messages[-1]


def test_looking_for_what_to_answer_does_not_read_all_that_waits(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = tuple(said(number, "ana", 0, 1000 - number) for number in range(1000))
    merge.merge(db, 1, Page(messages=many), NOW)
    read: list[sqlite3.Row] = []
    as_record = messages._record

    def counted(row: sqlite3.Row) -> messages.MessageRecord:
        read.append(row)
        return as_record(row)

    monkeypatch.setattr(messages, "_record", counted)
    answer = answerable(db, 1)
    assert answer is not None
    assert answer.message.text == "message 999"
    assert len(read) == 1
    standing.settle(db, 1)
    assert len(read) < 300


def test_a_service_that_knows_no_name_does_not_take_one_away(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(people=(Person("did:ana", "ana.test", "Ana"),)), NOW)
    merge.merge(db, 1, Page(people=(Person("did:ana", "ana.example", ""),)), NOW)
    known = db.execute("SELECT handle, name FROM person WHERE uri = 'did:ana'").fetchone()
    assert tuple(known) == ("ana.example", "Ana")


def test_each_that_waits_is_looked_at_in_its_turn(db: sqlite3.Connection) -> None:
    merge.merge(db, 1, Page(messages=tuple(said(n, "ana", n, 60 - n) for n in range(1, 6))), NOW)
    looked: list[list[str]] = []
    for minute in range(4):
        refs = messages.waiting_refs(db, 1, 2)
        messages.looked_at(db, 1, refs, to_ms(NOW) + minute)
        looked.append([ref.uri for ref in refs])
        if minute == 1:  # what has just come goes first
            merge.merge(db, 1, Page(messages=(said(6, "ben", 6, 1),)), NOW)
    assert looked == [["at://5", "at://4"], ["at://3", "at://2"], ["at://6", "at://1"], ["at://5", "at://4"]]


def test_signing_in_again_asks_anew_what_the_account_may_do(db: sqlite3.Connection) -> None:
    accounts.remember_facts(db, 1, "{}")
    accounts.remember_filtered(db, 1, "{}", to_ms(NOW))
    again = accounts.one(db, 1)
    assert accounts.add(db, again.network, again.origin, again.remote_id, again.handle, to_ms(NOW)) == 1
    again = accounts.one(db, 1)
    assert (again.facts, again.filtered_at) == (None, None)


def test_what_was_put_off_and_is_done_is_left_again_where_it_joined_what_was_left_for_good(
    db: sqlite3.Connection,
) -> None:
    merge.merge(db, 1, Page(messages=(said(0, "cy", 0, 20),)), NOW)
    leaving.leave_quietly(db, 1, "visit", to_ms(NOW))
    merge.merge(db, 1, Page(messages=(said(2, "ana", 2, 5, parent=1),)), NOW)
    (part,) = conversations.waiting(db, 5)
    leaving.later(db, part.id, "2027-01-01T09:00:00", "not today", "visit")
    merge.merge(db, 1, Page(messages=(said(1, "ben", 0, 10, parent=0, to_me=False),)), NOW)
    assert [one.id for one in conversations.in_states(db, ("later",), 5)] == [1]
    leaving.bring_back(db, 1, "visit")
    (back,) = conversations.waiting(db, 5)
    leaving.done(db, back.id, "visit", 99, to_ms(NOW))
    merge.merge(db, 1, Page(messages=(said(3, "ben", 0, 1, parent=0),)), NOW)
    assert conversations.waiting(db, 5) == ()
    assert [one.id for one in conversations.in_states(db, ("left",), 5)] == [1]


@pytest.mark.parametrize("forget", [False, True])
def test_who_reads_a_message_after_its_account_was_removed_keeps_it_up_to_date(
    db: sqlite3.Connection, forget: bool
) -> None:
    other = accounts.add(db, "demo", "https://town.test", "did:also-me", "also-me.test", to_ms(NOW))
    message = said(1, "ana", 1, 30)
    for account in (1, other):
        merge.merge(db, account, Page(messages=(message,)), NOW)
    accounts.remove(db, 1, forget, to_ms(NOW))
    merge.merge(db, other, Page(messages=(replace(message, body=(Span("edited"),), edited_at=NOW),)), NOW)
    assert stored(db, 1).text == "edited"
