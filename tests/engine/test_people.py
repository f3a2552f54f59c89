"""People: found again without being counted, their cards, your notes, and the distance you keep."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from introvert_tui.engine.acquaintances import Circle, named
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session import Session
from introvert_tui.errors import Cannot, NotAllowed, Offline
from introvert_tui.model import Page, Person, Reason
from introvert_tui.store import accounts, distance, messages, people
from introvert_tui.store.merge import merge
from introvert_tui.store.times import to_ms

from .conftest import Town
from .pages import NOW, said

HOLD = 9.0


async def talks(town: Town, session: Session, who: str, words: str = "Well?", answer: str = "Well enough.") -> int:
    """Somebody speaks to you and you answer; returns the conversation."""
    town.village.says(who, words)
    await session.catch_up()
    row = await town.greets(session, who.title(), answer)
    await town.moves(session, seconds=HOLD)
    await town.moves(session)
    return row.id


def person(session: Session, name: str) -> int:
    return next(one.id for one in session.people() if one.name == name)


def kept_in(sentence: str, data: Path) -> str:
    """What is in the file that a sentence tells of, which nobody else may read."""
    path = Path(re.findall(r"kept in (.+)$", sentence)[0]).expanduser()
    assert path.is_relative_to(data)
    assert path.stat().st_mode & 0o077 == 0
    return path.read_text(encoding="utf-8")


def order(session: Session) -> list[tuple[Circle, str]]:
    return [(one.circle, one.name) for one in session.people()]


async def test_whom_you_talk_with_and_have_not_for_long_comes_first(town: Town) -> None:
    session = await town.caught_up()
    for who in ("ana", "ben", "ana"):
        await talks(town, session, who)
        town.clock.passes(days=20)
    await talks(town, session, "ben")
    await talks(town, session, "cy")
    town.village.says("dora", "@me hello, we never met")
    town.village.says("ed", "@me nor did we")
    await session.catch_up()
    assert order(session) == [
        (Circle.FAMILIAR, "Ana"),
        (Circle.FAMILIAR, "Ben"),
        (Circle.MET, "Cy"),
        (Circle.HEARD, "Ed"),
        (Circle.HEARD, "Dora"),
    ]
    await session.mute_person(person(session, "Ana"))
    assert order(session)[-1] == (Circle.AWAY, "Ana")


async def test_somebody_you_only_read_beside_is_nobody_you_know(town: Town) -> None:
    root = town.village.says("ana", "@me look")
    town.village.says("ben", "to Ana, not to you", to=root, reason=None)
    session = await town.caught_up()
    assert [one.name for one in session.people()] == ["Ana"]


async def test_names_handles_and_notes_find_somebody(town: Town) -> None:
    session = await town.caught_up()
    town.village.says("ana", "@me hello")
    town.village.says("ben", "@me hello")
    await session.catch_up()
    page = Page(people=(Person("did:ana", "ana.test", "Ána Prado Łu", True),))
    session.visit.store.write(merge, 1, page, town.clock.now()).result()
    await session.note(person(session, "Ben"), "the ferry man; keeps bees")
    found = {typed: [one.name for one in named(session.people(), typed)] for typed in ("ana pra", "lu", "TEST", "bee")}
    assert found == {
        "ana pra": ["Ána Prado Łu"],
        "lu": ["Ána Prado Łu"],
        "TEST": ["Ben", "Ána Prado Łu"],
        "bee": ["Ben"],
    }
    assert named(session.people(), "rado") == ()


async def test_a_card_has_the_last_three_times_and_who_spoke_first(town: Town) -> None:
    session = await town.caught_up()
    for number in range(4):
        await talks(town, session, "ana", f"question {number}", f"answer {number}")
        town.clock.passes(days=40)
    card = session.person(person(session, "Ana"))
    assert [[turn.text for turn in one.turns] for one in card.exchanges] == [
        [f"question {number}", f"answer {number}"] for number in (3, 2, 1)
    ]
    assert card.first == "The last three times, Ana spoke first."
    assert card.spoke == "You last spoke in March."
    assert card.profiles[0].followed


async def test_who_spoke_first_is_said_in_words_and_only_of_three_times(town: Town) -> None:
    session = await town.caught_up()
    await talks(town, session, "ana")
    await talks(town, session, "ana")
    assert session.person(person(session, "Ana")).first == ""
    theirs = town.village.says("ana", "a post of hers, to nobody", reason=None)
    town.village.says("me", "a good one", to=theirs)
    town.village.says("ana", "thanks!", to=theirs)
    await session.catch_up()
    assert session.person(person(session, "Ana")).first == "Ana spoke first two of the last three times."
    for words in ("another of hers", "and one more"):
        theirs = town.village.says("ana", words, reason=None)
        town.village.says("me", "I see", to=theirs)
    await session.catch_up()
    assert session.person(person(session, "Ana")).first == "The last three times, you spoke first."


async def test_a_room_is_as_many_times_as_there_were_days_of_silence(town: Town) -> None:
    session = await town.caught_up()
    for number in range(3):
        town.village.says("mor", f"between us {number}", room="room:mor")
        town.village.says("me", f"indeed {number}", room="room:mor")
        town.clock.passes(days=3)
    await session.catch_up()
    card = session.person(person(session, "Mor"))
    assert [one.private for one in card.exchanges] == [True] * 3
    assert [one.turns[0].text for one in card.exchanges] == ["between us 2", "between us 1", "between us 0"]
    assert order(session) == [(Circle.FAMILIAR, "Mor")]


def test_it_does_not_matter_in_which_order_pages_come(db: sqlite3.Connection) -> None:
    question, answer = said(1, "ana", 1, 30), said(2, "me", 1, 20, parent=1)
    for message in (answer, question):
        merge(db, 1, Page(messages=(message,)), NOW)
    (ana,) = people.acquaintances(db)
    at = to_ms(answer.seen_at)
    assert (ana.spoke_at, ana.first_answered_at, ana.answered_at) == (to_ms(question.seen_at), at, at)


async def test_a_note_stays_and_is_cleaned(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    ana = person(session, "Ana")
    await session.note(ana, "likes ink\n\x1b[31mnot red")
    await session.quit(send=False)
    again = town.visit()
    assert again.person(ana).notes == "likes ink\n[31mnot red"


async def test_two_profiles_are_one_human_until_they_are_parted(town: Town) -> None:
    session = await town.caught_up()
    await talks(town, session, "ana")
    await talks(town, session, "bea")
    ana, bea = person(session, "Ana"), person(session, "Bea")
    await session.note(ana, "ink")
    await session.note(bea, "books")
    assert await session.join(ana, bea) == "Ana and Bea are on one card now."
    assert [one.name for one in session.people()] == ["Bea"]
    assert session.people()[0].handles == ("bea.test", "ana.test")
    card = session.person(ana)
    assert card == session.person(bea)._replace(id=ana)
    assert card.notes == "ink\n\nbooks"
    assert [one.turns[-1].text for one in card.exchanges] == ["Well enough."] * 2
    with pytest.raises(Cannot, match="on one card already"):
        await session.join(bea, ana)

    await session.part(bea)
    assert session.person(ana).notes == session.person(bea).notes == "ink\n\nbooks"
    assert {one.name for one in session.people()} == {"Ana", "Bea"}
    with pytest.raises(Cannot, match="a card of their own"):
        await session.part(bea)
    await session.join(ana, bea)
    assert session.person(ana).notes == "ink\n\nbooks"


async def test_who_is_who_wrote_the_message_or_whom_a_hello_would_answer(town: Town) -> None:
    root = town.village.says("ana", "@me one?")
    session = await town.caught_up()
    first = town.row(session, "Ana")
    town.village.says("ben", "@me two?", to=root)
    await session.catch_up()
    row = town.row(session, "Ben")
    ana, ben = person(session, "Ana"), person(session, "Ben")
    assert session.who(row.id, row.shown) == ben
    assert session.who(first.id, first.shown) == ana
    (one, two) = session.conversation(row.id).messages
    assert [session.who(row.id, row.shown, message.id) for message in (one, two)] == [ana, ben]


async def test_a_hello_from_the_card_answers_them_and_nobody_else(town: Town) -> None:
    root = town.village.says("ana", "@me one?")
    town.village.says("ben", "@me two?", to=root)
    session = await town.caught_up()
    composer = session.greeting(person(session, "Ana"))
    assert composer.to == "Ana"
    await session.hello(composer, "Two.")
    await town.moves(session, seconds=HOLD)
    (mine,) = town.village.mine()
    assert mine.parent is not None
    assert mine.parent.uri == root


async def test_nobody_is_written_to_out_of_the_blue(town: Town) -> None:
    uri = town.village.says("ana", "@me hello")
    session = await town.caught_up()
    ana = person(session, "Ana")
    page = Page(gone=(uri,))
    session.visit.store.write(merge, 1, page, town.clock.now()).result()
    with pytest.raises(Cannot, match="out of the blue"):
        session.greeting(ana)


async def test_a_mute_is_silent_at_once_and_told_to_the_server_when_it_can_be(town: Town) -> None:
    town.village.says("ana", "@me one")
    town.village.says("ben", "@me two")
    session = await town.caught_up()
    row, ana = town.row(session, "Ana"), person(session, "Ana")
    town.village.fail["mute_person"] = [Offline("no way out")]
    done = await session.mute_person(ana)
    assert done.silent == {row.id}
    assert [one.writers for one in session.inbox().rows] == [("Ben",)]
    await town.moves(session)
    assert town.village.away == set()
    assert "Nothing Ana says waits here. Village could not be told yet; it will be." in town.said
    town.village.says("ana", "@me still there?")
    await session.quit(send=False)

    again = await town.caught_up()
    assert [one.writers for one in again.inbox().rows] == [("Ben",)]
    await town.moves(again, hours=1)
    assert town.village.away == {("mute", "did:ana")}
    assert again.person(ana).muted

    done = await again.mute_person(ana, False)
    assert done.sentence == "You hear Ana again. What they said meanwhile waits."
    assert done.back == {one.id for one in again.inbox().rows if "Ana" in one.writers}
    assert len(done.back) == 2
    await town.moves(again)
    assert town.village.away == set()


async def test_what_was_answered_while_muted_does_not_come_back(town: Town) -> None:
    first = town.village.says("ana", "@me one")
    town.village.says("ana", "@me two")
    session = await town.caught_up()
    ana = person(session, "Ana")
    await session.mute_person(ana)
    town.village.says("me", "answered elsewhere", to=first)
    await session.catch_up()
    done = await session.mute_person(ana, False)
    assert [session.conversation(id).messages[0].body[0].text for id in done.back] == ["@me two"]


async def test_a_door_is_not_opened_by_somebody_muted(town: Town) -> None:
    root = town.village.says("ben", "a thread", told=False, reason=None)
    town.village.says("ana", "@me one", to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    await town.moves(session)
    assert session.conversation(row.id).state is State.LEFT
    ana = person(session, "Ana")
    await session.mute_person(ana)
    town.village.says("ana", "and to you", to=town.village.mine()[0].ref.uri, reason=Reason.REPLY)
    await session.catch_up()
    assert session.conversation(row.id).state is State.LEFT
    done = await session.mute_person(ana, False)
    assert done.back == {row.id}


async def test_a_server_that_cannot_mute_is_not_asked_again(town: Town) -> None:
    town.village.says("ana", "@me one")
    session = await town.caught_up()
    town.village.fail["mute_person"] = [NotAllowed("mute_person", "Village cannot mute people.")]
    await session.mute_person(person(session, "Ana"))
    await town.moves(session, hours=5)
    assert town.village.calls.count("mute_person") == 1
    assert town.said[-1].startswith("Nothing Ana says waits here, but Village did not mute them:")
    assert session.inbox().rows == ()


async def test_a_block_saves_their_words_first_and_takes_yours_back(town: Town) -> None:
    uri = town.village.says("ana", "@me you should all be ashamed", warning="shouting")
    session = await town.caught_up()
    ana = person(session, "Ana")
    row = await town.greets(session, "Ana", "Good day.")
    done = await session.block_person(ana)
    text = kept_in(done.sentence, town.paths.data)
    assert uri in text
    assert "Under the warning: shouting\n@me you should all be ashamed" in text
    await town.moves(session, seconds=HOLD)
    assert town.village.away == {("block", "did:ana")}
    assert town.village.mine() == []
    assert session.conversation(row.id).kept == "Good day."
    assert session.inbox().rows == ()
    with pytest.raises(Cannot, match="blocked Ana"):
        session.greeting(ana)

    assert (await session.block_person(ana, False)).sentence == "Ana is not blocked any more."
    await town.moves(session)
    assert town.village.away == set()
    assert town.row(session, "Ana").id == row.id


def test_what_a_blocked_person_said_is_not_looked_at_again(db: sqlite3.Connection) -> None:
    """Their server would say that it is gone, and its words would be deleted here."""
    merge(db, 1, Page(messages=(said(1, "ana", 1, 30), said(2, "ben", 1, 20, parent=1))), NOW)
    ana = people.author(db, 1)
    assert ana is not None
    assert {ref.uri for ref in messages.waiting_refs(db, 1, 10)} == {"at://1", "at://2"}
    distance.keep(db, [ana], distance.Way.BLOCK, to_ms(NOW))
    assert [ref.uri for ref in messages.waiting_refs(db, 1, 10)] == ["at://2"]


async def test_nobody_is_blocked_whose_words_cannot_be_saved(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    (town.paths.data / "blocked").write_text("in the way", encoding="utf-8")
    with pytest.raises(Cannot, match="could not be saved"):
        await session.block_person(person(session, "Ana"))
    await town.moves(session)
    assert town.village.away == set()
    assert session.inbox().rows


async def test_forgetting_an_account_forgets_whom_only_it_knew(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    await session.note(person(session, "Ana"), "secret")
    await session.remove_account(1, True)
    assert session.people() == ()
    assert session.db.execute("SELECT count(*) FROM card").fetchone()[0] == 0


def test_five_thousand_people_are_read_in_one_go(town: Town) -> None:
    session = town.visit()

    def fill(db: sqlite3.Connection) -> None:
        db.executemany(
            "INSERT INTO person(network, uri, handle, name, spoke_at, first_answered_at, answered_at) "
            "VALUES('demo', ?, ?, ?, ?, ?, ?)",
            [
                (f"did:{n}", f"person{n}.test", f"Person {n}", n * 1000 if n < 5000 else None, None, None)
                for n in range(20_000)
            ],
        )

    session.visit.store.write(fill).result()
    statements: list[str] = []
    session.db.set_trace_callback(statements.append)
    assert len(session.people()) == 5000
    session.db.set_trace_callback(None)
    assert len(statements) == 1
    assert accounts.every(session.db)
