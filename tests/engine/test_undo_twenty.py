"""Taking back the last twenty things of a visit, one after the other: everything is what it was."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from introvert_tui.engine.closing import Spot, Way
from introvert_tui.engine.distance import Distance
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Later, Outcome
from introvert_tui.errors import Cannot, Offline
from introvert_tui.model import Prepared, Reason
from introvert_tui.store import outbox

from .conftest import Town, founded

HOLD = 9.0
Rows = list[tuple[object, ...]]


class Things(NamedTuple):
    """What taking back has to bring back: here, and on the server."""

    conversations: Rows
    waiting: Rows
    words: Rows
    wanted: Rows
    muted: frozenset[str]
    nods: frozenset[str]
    company: Rows


def things(town: Town, session: Session) -> Things:
    def rows(sql: str) -> Rows:
        return [tuple(row) for row in session.db.execute(sql)]

    return Things(
        rows("SELECT id, state, door, later_local, later_reason, note, need_at FROM conversation ORDER BY id"),
        rows("SELECT ref FROM copy WHERE said_to_me IS NOT NULL AND dealt_at IS NULL ORDER BY ref"),
        rows("SELECT conversation_id, text FROM draft WHERE key NOT IN (SELECT key FROM outbox) ORDER BY 1, 2"),
        rows("SELECT thread, want FROM quiet WHERE want = 1 UNION SELECT uri, want FROM nod WHERE want = 1"),
        frozenset(town.village.muted),
        frozenset(town.village.nods),
        rows("SELECT conversation_id FROM company"),
    )


async def settled_in(town: Town) -> Session:
    """Six conversations as they are after a while, one of them left, one put off, one with words kept."""
    says = town.village.says
    for who, others in (("ana", True), ("ben", False), ("cy", True), ("dee", True)):
        root = says("fay", "A thread.", told=False, reason=None) if others else None
        says(who, "@me hello?", to=root)
    says("eve", "psst", room="room-1")
    mine = says("me", "What I said.", told=True)
    says("gil", "And what I say to that.", to=mine, reason=Reason.REPLY)
    before = await town.caught_up()
    await before.leave(town.row(before, "Cy").id)
    await before.later(town.row(before, "Dee").id, Later.NEXT_WEEK, "not today")
    ben = town.row(before, "Ben")
    await before.keep_words(before.composer(ben.id, ben.shown), "Half a sen")
    await town.moves(before, seconds=HOLD)
    await before.quit(send=True)
    return await town.caught_up()


def shown(session: Session, id: int) -> int:
    return session.conversation(id).shown


async def hello(session: Session, id: int) -> Outcome:
    composer = session.composer(id, shown(session, id))
    return await session.hello(composer, f"Hello {composer.draft}.")


async def reply(session: Session, id: int) -> Outcome:
    composer = session.reply_composer(id, shown(session, id))
    return await session.reply(composer, f"A reply {composer.draft}.")


async def close_the_door(session: Session, id: int, way: Way) -> Distance:
    if way not in session.ways_to_close(Spot(id, shown(session, id))):
        raise Cannot("It is so already.")
    return await session.only_known(id if way is Way.HERE else None)


DEEDS: dict[str, Callable[[Session, int], Awaitable[Outcome | Distance]]] = {
    "hello": hello,
    "reply": reply,
    "nod": lambda session, id: session.nod(id, shown(session, id)),
    "done": lambda session, id: session.done(id, shown(session, id)),
    "leave": lambda session, id: session.leave(id),
    "later": lambda session, id: session.later(id, Later.EVENING, "a reason"),
    "whenever": lambda session, id: session.later(id, Later.WHEN_I_FEEL_LIKE_IT),
    "rejoin": lambda session, id: session.rejoin(id),
    "known here": lambda session, id: close_the_door(session, id, Way.HERE),
    "known": lambda session, id: close_the_door(session, id, Way.EVERYWHERE),
}
A_WHILE = "a while"
"""Instead of a deed: time enough for everything to go out."""
MIXED = [
    ("hello", 1),
    (A_WHILE, 0),
    ("nod", 2),
    ("leave", 1),
    ("later", 5),
    ("hello", 5),
    ("rejoin", 3),
    ("hello", 3),
    ("done", 6),
    ("reply", 6),
    ("hello", 4),
    (A_WHILE, 0),
    ("rejoin", 4),
    ("whenever", 4),
    ("reply", 5),
    ("leave", 2),
    ("reply", 2),
    ("rejoin", 1),
    ("leave", 6),
    ("nod", 6),
    ("reply", 1),
    ("known here", 6),
    ("hello", 2),
    ("known", 1),
    ("done", 3),
]


async def take_back(session: Session) -> None:
    """Press u once; a message that is out is deleted."""
    outcome = await session.undo()
    if outcome.delete is not None:
        await session.delete(outcome.delete)


async def do_and_take_back(town: Town, deeds: list[tuple[str, int]]) -> int:
    """Do all that makes sense of these deeds, and take as many back; returns how many that were."""
    session = await settled_in(town)
    before, done = things(town, session), 0
    for what, id in deeds:
        if what == A_WHILE:
            await town.moves(session, seconds=HOLD)
            continue
        try:
            await DEEDS[what](session, id)
        except Cannot:
            continue
        done += 1
    written = {tuple(row) for row in session.db.execute("SELECT conversation_id, text FROM draft")}
    for _ in range(done):
        await take_back(session)
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()
    await town.moves(session, minutes=10)
    after = things(town, session)
    assert after._replace(words=[]) == before._replace(words=[])
    assert set(after.words) == written
    assert town.village.mine()[1:] == []
    return done


def played(deeds: list[tuple[str, int]]) -> int:
    async def play() -> int:
        with tempfile.TemporaryDirectory() as home:
            async with founded(Path(home)) as town:
                return await do_and_take_back(town, deeds)

    return asyncio.run(play())


def test_twenty_of_every_kind() -> None:
    assert played(MIXED) >= 20


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*DEEDS, A_WHILE]), st.integers(1, 6)), min_size=5, max_size=28))
def test_whatever_was_done(deeds: list[tuple[str, int]]) -> None:
    played(deeds)


@pytest.mark.parametrize("settles", [False, True])
async def test_a_hello_in_doubt_is_told_of_once_and_what_was_before_it_can_be_taken_back(
    town: Town, settles: bool
) -> None:
    for who in ("ana", "ben", "cy"):
        town.village.says(who, "@me hello?")
    session = await town.caught_up()
    for who in ("Ben", "Cy"):
        row = town.row(session, who)
        await session.done(row.id, row.shown)
    town.village.lose_answers = 1
    town.village.fail["find"] = [Offline("no way out")] * 500
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    with pytest.raises(Cannot, match=r"Your hello to Ana may be out already.* u again takes back what you did before"):
        await session.undo()
    assert (await session.undo()).sentence == "Taken back: it waits again."
    assert [row.writers for row in session.inbox().rows] == [("Cy",)]
    if settles:
        del town.village.fail["find"]
        await town.moves(session, minutes=10)
        assert (await session.undo()).delete is not None
    await session.undo()
    assert {row.writers for row in session.inbox().rows} == {("Ben",), ("Cy",)}
    with pytest.raises(Cannot, match="nothing to take back"):
        await session.undo()
    assert len(town.village.mine()) == 1


async def test_with_nothing_before_it_a_hello_in_doubt_stays_the_last_thing(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    town.village.lose_answers = 1
    town.village.fail["find"] = [Offline("no way out")] * 500
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    for _ in range(2):
        with pytest.raises(Cannot, match="may be out already, so it cannot be taken back now · u again in a moment"):
            await session.undo()


FAR = 2**50
"""A moment that does not come."""


async def test_what_may_be_out_and_is_asked_about_is_not_said_to_be_unsent(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    row = await town.greets(session, "Ana", "Perhaps.")
    key = session.db.execute("SELECT key FROM outbox").fetchone()[0]
    store = session.visit.store
    await store.do(outbox.queue, key, FAR)
    await store.do(outbox.remember_prepared, key, Prepared("{}"))
    await store.do(outbox.claim, key, session.visit.id, 0, 0)
    await store.do(outbox.doubt, key, FAR, "the answer is lost")
    await store.do(outbox.ask, key, "perhaps sent")
    sentence = (await session.undo()).sentence
    assert sentence == "Taken back. It may have gone out before, and is not sent again; your words are kept."
    assert session.conversation(row.id).kept == "Perhaps."
    assert session.questions() == ()
