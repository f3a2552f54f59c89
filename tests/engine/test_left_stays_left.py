"""Left stays left: what stays silent in a left conversation, and what brings it back, and only that.

One network in memory that tells more than it should, so that each way in which a server's mute leaks is one case. The
same ways on the servers themselves are in `tests/servers/test_leaks.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from introvert_tui.engine.inbox import Group, State
from introvert_tui.engine.session import Session
from introvert_tui.errors import AdapterError, Gone, NotAllowed, Offline, RateLimited, Refused, Unavailable
from introvert_tui.model import GoneKind, Message, MessageRef, Page, PersonRef, Reason, ThreadRef
from introvert_tui.store import accounts, merge

from .conftest import Town

HOLD = 9.0
ROOT = "at://ben/0"


@dataclass
class Left:
    """A thread of Ben's in which Ana named you, and which you left."""

    town: Town
    session: Session
    id: int
    hello: str | None
    """Your hello to Ana; None if you left without a word."""

    @property
    def to(self) -> str:
        """What somebody answers there: your hello, or what Ana said to you."""
        return self.hello or "at://ana/1"

    async def look(self) -> None:
        """Catch up, and read the whole thread."""
        await self.session.catch_up()
        await self.session.open(self.id)

    async def take(self, page: Page, account: int = 1) -> None:
        """Take in what an account's server says."""
        people = self.town.village.people()
        page = replace(page, people=people)
        await self.session.visit.store.do(merge.merge, account, page, self.town.clock.now())

    def writes(self, who: str, to: str | None = None, **what: object) -> Message:
        """Let somebody write, without the server telling anybody of it."""
        uri = self.town.village.says(who, "@me something", to=to, told=False, **what)  # type: ignore[arg-type]
        return self.town.village.messages[uri]

    def half_known(self, message: Message) -> Message:
        """A message whose server does not know yet what it answers: a thread of its own for now."""
        return replace(message, place=ThreadRef(message.ref, complete=False), parent=None)

    async def other_account(self) -> int:
        """Another account of yours on the same network."""
        return await self.session.visit.store.do(
            accounts.add, "demo", "https://other.test", "did:me2", "me2.test", self.session.now()
        )

    def is_silent(self) -> bool:
        """Whether nothing of it is in the inbox, and it is among what you left."""
        return self.session.inbox().rows == () and self.id in [row.id for row in self.session.left()]


def deletes(town: Town, uri: str) -> None:
    """Let a message of yours be deleted by another app."""
    town.village.messages[uri] = replace(town.village.messages[uri], gone=GoneKind.DELETED)


async def left(town: Town, *, hello: bool) -> Left:
    root = town.village.says("ben", "A thread about ink.", told=False, reason=None)
    assert root == ROOT
    town.village.says("ana", "@me which one?", to=root)
    session = await town.caught_up()
    if hello:
        row = await town.greets(session, "Ana")
    else:
        row = town.row(session, "Ana")
        await session.leave(row.id)
    await town.moves(session, seconds=HOLD)
    there = Left(town, session, row.id, town.village.mine()[0].ref.uri if hello else None)
    assert there.is_silent()
    assert town.village.muted == {ROOT}
    return there


# What leaks ----------------------------------------------------------------------------------------------------------


async def mention(there: Left) -> None:
    there.town.village.says("ben", "@me and now?", to=ROOT)


async def answer_by_somebody_else(there: Left) -> None:
    there.town.village.says("ben", "And to you!", to=there.to, reason=Reason.REPLY)


async def quote_in_the_thread(there: Left) -> None:
    there.town.village.says("ben", "What he said.", to=ROOT, reason=Reason.QUOTE, quote=there.to)


async def quote_out_of_the_thread(there: Left) -> None:
    mine = there.town.village.says("me", "What I said before.", to=ROOT, told=False)
    await there.look()
    there.town.clock.passes(seconds=1)
    there.town.village.says("ben", "Look at this.", reason=Reason.QUOTE, quote=mine)


async def quote_by_the_person_greeted(there: Left) -> None:
    there.town.village.says("ana", "Look at this.", to=ROOT, reason=Reason.QUOTE, quote=there.to)


async def greeted_speaks_to_somebody_else(there: Left) -> None:
    there.town.village.says("ana", "I would not.", to=ROOT, reason=None)


async def greeted_goes_on_by_herself(there: Left) -> None:
    there.town.village.says("ana", "Or would I?", to="at://ana/1", reason=None)


async def answer_that_nobody_is_told_of(there: Left) -> None:
    at = there.to
    for who in ("cy", "ben", "cy", "ben", "cy"):
        at = there.town.village.says(who, "And further down.", to=at, reason=None, told=False)
    there.town.village.says("ben", "@me down here", to=at, told=False)


async def names_you_in_an_edit(there: Left) -> None:
    village = there.town.village
    uri = village.says("ben", "Nobody in particular.", to=ROOT, reason=None)
    await there.look()
    village.messages[uri] = replace(village.messages[uri], said_to_me=Reason.MENTION, edited_at=there.town.clock.now())
    village.news.append(uri)


async def told_again_from_the_beginning(there: Left) -> None:
    there.town.village.says("ben", "@me and now?", to=ROOT)
    await there.look()
    store = there.session.visit.store
    await store.do(lambda db: db.execute("UPDATE account SET cursor = NULL").rowcount)


async def mute_lifted_elsewhere(there: Left) -> None:
    there.town.clock.passes(minutes=2)
    there.town.village.muted.clear()
    there.town.village.says("ben", "@me and now?", to=ROOT)


async def mute_lifted_and_set_again_elsewhere(there: Left) -> None:
    there.town.clock.passes(minutes=2)
    await there.take(Page(muted=((ROOT, False),)))
    await there.take(Page(muted=((ROOT, True),)))
    there.town.village.says("ben", "@me and now?", to=ROOT)


async def part_found_later(there: Left) -> None:
    part = there.writes("cy", ROOT)
    await there.take(Page(messages=(there.half_known(part),)))
    there.town.clock.passes(minutes=5)


async def whole_branch_found_later(there: Left) -> None:
    above = there.writes("cy", ROOT, reason=None)
    below = there.writes("ben", above.ref.uri)
    await there.take(Page(messages=(replace(below, place=ThreadRef(above.ref, complete=False)),)))
    assert not there.is_silent()
    await there.take(Page(messages=(above,)))


async def older_root_found_later(there: Left) -> None:
    at = there.town.clock.now() - timedelta(days=1)
    older = replace(there.writes("cy", reason=None), seen_at=at, claimed_at=at)
    await there.take(Page(messages=(there.half_known(there.writes("ben", older.ref.uri)),)))
    top = replace(there.town.village.messages[ROOT], place=older.place, parent=older.ref)
    await there.take(Page(messages=(older, top), muted=((older.ref.uri, True),)))
    there.id = there.session.conversation(there.id).id
    later = there.writes("ben", ROOT)
    await there.take(Page(messages=(replace(later, place=older.place),), muted=((older.ref.uri, True),)))


async def another_account_of_yours(there: Left) -> None:
    said = there.writes("ben", ROOT)
    there.town.village.news.append(said.ref.uri)
    other = await there.other_account()
    copy = replace(said, ref=replace(said.ref, local="there"))
    await there.take(Page(messages=(copy,), muted=((ROOT, False),)), other)


async def copy_over_a_bridge(there: Left) -> None:
    """The copy comes first, and is in a thread of its own until the original comes."""
    said = there.writes("ben", ROOT)
    bridge = await there.session.visit.store.do(
        accounts.add, "other", "https://other.test", "https://other.test/me", "me@other.test", there.session.now()
    )
    ref = MessageRef("https://bridge.test/9", "9")
    ben = PersonRef("https://bridge.test/ben", "ben@bridge.test")
    copy = replace(there.half_known(said), ref=ref, place=ThreadRef(ref), author=ben, original=said.ref.uri)
    await there.take(Page(messages=(copy,)), bridge)
    there.town.village.news.append(said.ref.uri)


LEAKS: tuple[Callable[[Left], Awaitable[None]], ...] = (
    mention,
    answer_by_somebody_else,
    quote_in_the_thread,
    quote_out_of_the_thread,
    quote_by_the_person_greeted,
    greeted_speaks_to_somebody_else,
    greeted_goes_on_by_herself,
    answer_that_nobody_is_told_of,
    names_you_in_an_edit,
    told_again_from_the_beginning,
    mute_lifted_elsewhere,
    mute_lifted_and_set_again_elsewhere,
    part_found_later,
    whole_branch_found_later,
    older_root_found_later,
    another_account_of_yours,
    copy_over_a_bridge,
)


@pytest.mark.parametrize("hello", [True, False], ids=["hello", "without_a_word"])
@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
async def test_what_leaks_stays_out_of_the_inbox(
    town: Town, leak: Callable[[Left], Awaitable[None]], hello: bool
) -> None:
    there = await left(town, hello=hello)
    await leak(there)
    await there.look()
    assert there.is_silent(), there.session.inbox().rows
    await there.look()
    assert there.is_silent()


# What brings it back -------------------------------------------------------------------------------------------------


async def answer(there: Left) -> None:
    there.town.village.says("ana", "And to you!", to=there.to, reason=Reason.REPLY)


async def answer_that_only_the_door_hears(there: Left) -> None:
    there.town.village.says("ana", "And to you!", to=there.to, reason=Reason.REPLY, told=False)


async def naming(there: Left) -> None:
    there.town.village.says("ana", "@me and the other one?", to=ROOT)


async def answer_after_29_days(there: Left) -> None:
    there.town.clock.passes(days=29)
    await answer(there)


async def answer_in_time_found_after_40_days(there: Left) -> None:
    there.town.clock.passes(days=20)
    await answer(there)
    there.town.clock.passes(days=20)


async def answer_found_in_a_part_of_its_own(there: Left) -> None:
    part = there.writes("ana", there.to, reason=Reason.REPLY)
    await there.take(Page(messages=(there.half_known(part),)))
    await there.take(Page(messages=(part,)))


async def answer_after_30_days(there: Left) -> None:
    there.town.clock.passes(days=30)
    await answer(there)


async def answer_after_leaving_for_good(there: Left) -> None:
    await there.session.leave(there.id)
    await answer(there)


OPENS = (
    answer,
    answer_that_only_the_door_hears,
    naming,
    answer_after_29_days,
    answer_in_time_found_after_40_days,
    answer_found_in_a_part_of_its_own,
)


@pytest.mark.parametrize("said", OPENS, ids=lambda said: said.__name__)
async def test_the_person_greeted_brings_it_back(town: Town, said: Callable[[Left], Awaitable[None]]) -> None:
    there = await left(town, hello=True)
    await said(there)
    await there.session.catch_up()
    (row,) = there.session.inbox().rows
    assert (row.id, row.group) == (there.id, Group.WROTE_BACK)


@pytest.mark.parametrize("said", [answer_after_30_days, answer_after_leaving_for_good], ids=lambda said: said.__name__)
async def test_the_door_is_closed_by_time_and_by_leaving_for_good(
    town: Town, said: Callable[[Left], Awaitable[None]]
) -> None:
    there = await left(town, hello=True)
    await said(there)
    await there.look()
    assert there.is_silent()


@pytest.mark.parametrize("said", [answer, naming, answer_that_only_the_door_hears], ids=lambda said: said.__name__)
async def test_nothing_brings_back_what_was_left_without_a_word(
    town: Town, said: Callable[[Left], Awaitable[None]]
) -> None:
    there = await left(town, hello=False)
    await said(there)
    await there.look()
    assert there.is_silent()


async def test_an_answer_that_comes_over_a_bridge_first_brings_it_back_when_it_comes_itself(town: Town) -> None:
    there = await left(town, hello=True)
    said = there.writes("ana", there.to, reason=Reason.REPLY)
    bridge = await there.session.visit.store.do(
        accounts.add, "other", "https://other.test", "https://other.test/me", "me@other.test", there.session.now()
    )
    ana = PersonRef("https://bridge.test/ana", "ana@bridge.test")
    copy = replace(said, ref=MessageRef("https://bridge.test/9", "9"), author=ana, original=said.ref.uri)
    await there.take(Page(messages=(copy,)), bridge)
    assert there.is_silent()
    town.village.news.append(said.ref.uri)
    await there.session.catch_up()
    (row,) = there.session.inbox().rows
    assert row.id == there.id


async def test_who_wrote_back_still_waits_when_an_older_root_turns_up(town: Town) -> None:
    """The server says of the whole thread that it is muted: that is our own mute, by another name."""
    there = await left(town, hello=True)
    await answer(there)
    await there.session.catch_up()
    town.clock.passes(minutes=5)
    at = town.clock.now() - timedelta(days=1)
    older = replace(there.writes("cy", reason=None), seen_at=at, claimed_at=at)
    top = replace(town.village.messages[ROOT], place=older.place, parent=older.ref)
    await there.take(Page(messages=(older, top), muted=((older.ref.uri, True),)))
    (row,) = there.session.inbox().rows
    assert row.group is Group.WROTE_BACK


async def test_what_was_brought_back_and_dealt_with_is_left_again_though_its_time_is_over(town: Town) -> None:
    there = await left(town, hello=True)
    town.clock.passes(days=29)
    await answer(there)
    await there.session.catch_up()
    town.clock.passes(days=3)
    row = town.row(there.session, "Ana")
    await there.session.done(row.id, row.shown)
    assert there.is_silent()
    await mention(there)
    await answer(there)
    await there.look()
    assert there.is_silent()


def _before(town: Town, message: Message, moment: datetime) -> Message:
    earlier = replace(message, seen_at=moment, claimed_at=moment)
    town.village.messages[message.ref.uri] = earlier
    return earlier


@pytest.mark.parametrize("found", ["told", "read", "merged"])
async def test_what_was_said_before_the_receipt_and_never_shown_waits(town: Town, found: str) -> None:
    there = await left(town, hello=True)
    assert there.hello is not None
    receipt = town.village.messages[there.hello].seen_at
    early = _before(town, there.writes("cy", ROOT), receipt - timedelta(milliseconds=500))
    match found:
        case "told":
            town.village.news.append(early.ref.uri)
        case "merged":
            await there.take(Page(messages=(there.half_known(early),)))
            await there.take(Page(messages=(early,)))
    await there.look()
    (row,) = there.session.inbox().rows
    assert (row.id, row.writers) == (there.id, ("Cy",))
    if found != "merged":
        assert row.note == "Cy wrote before your hello arrived."


async def test_what_was_shown_and_then_left_stays_left(town: Town) -> None:
    root = town.village.says("ben", "A thread about ink.", told=False, reason=None)
    for words in ("@me which one?", "@me or the other?"):
        town.village.says("ana", words, to=root)
    session = await town.caught_up()
    row = await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    there = Left(town, session, row.id, town.village.mine()[0].ref.uri)
    await told_again_from_the_beginning(there)
    other = await there.other_account()
    await there.take(Page(messages=tuple(town.village.messages.values())), other)
    await there.look()
    assert there.is_silent()


# The server's mute, read back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seen", ["named again", "looked at again", "opened"])
async def test_a_mute_set_on_another_machine_leaves_here_too(town: Town, seen: str) -> None:
    root = town.village.says("ben", "A thread about ink.", told=False, reason=None)
    town.village.says("ana", "@me which one?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    town.village.muted.add(root)
    match seen:
        case "named again":
            town.village.says("ben", "@me and now?", to=root)
            await session.catch_up()
        case "looked at again":
            town.clock.passes(minutes=6)
            await session.catch_up()
        case _:
            await session.open(row.id)
    there = Left(town, session, row.id, None)
    assert there.is_silent()
    await mention(there)
    await answer(there)
    await there.look()
    assert there.is_silent()


async def test_what_the_server_says_within_a_minute_of_our_own_change_does_not_count(town: Town) -> None:
    there = await left(town, hello=True)
    await there.session.rejoin(there.id)
    await town.moves(there.session, seconds=1)
    assert town.village.muted == set()
    town.clock.passes(seconds=30)
    await there.take(Page(muted=((ROOT, True),)))
    assert there.session.conversation(there.id).state is State.OPEN
    town.clock.passes(seconds=40)
    await there.take(Page(muted=((ROOT, True),)))
    assert there.is_silent()


async def test_rejoining_brings_nothing_back_but_what_comes_after_it(town: Town) -> None:
    there = await left(town, hello=True)
    await mention(there)
    await there.look()
    await there.session.rejoin(there.id)
    await told_again_from_the_beginning(there)
    await there.session.done(there.id, there.session.conversation(there.id).shown)
    await there.look()
    assert there.session.inbox().rows == ()
    await mention(there)
    await there.look()
    assert town.row(there.session, "Ben").id == there.id


async def test_a_thread_that_is_left_anew_is_muted_anew_though_that_was_lifted_elsewhere(town: Town) -> None:
    there = await left(town, hello=True)
    town.clock.passes(minutes=2)
    town.village.muted.clear()
    await answer(there)
    await there.session.catch_up()
    await there.session.leave(there.id)
    await town.moves(there.session, seconds=1)
    assert town.village.muted == {ROOT}


# The steps after sending ---------------------------------------------------------------------------------------------

NOT_YET = "The thread you left is quiet here. Village could not be told yet; it will be."
NEVER = "The thread you left is quiet here. Village cannot keep it so: your other apps may tell you of it."


STILL_QUIET = "You are part of the thread again, but Village keeps it quiet. Another app of yours can un-mute it."
SPOKESMEN = 3
"""By how many messages the thread can be muted: your hello, what Ana said to you, and the root."""


async def about_to_leave(town: Town, *problems: AdapterError) -> Left:
    root = town.village.says("ben", "A thread about ink.", told=False, reason=None)
    town.village.says("ana", "@me which one?", to=root)
    session = await town.caught_up()
    town.village.fail["mute"] = list(problems)
    row = await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    return Left(town, session, row.id, town.village.mine()[0].ref.uri)


@pytest.mark.parametrize(
    "problem",
    [Offline("no way there"), Unavailable("502"), RateLimited("a pause", 900.0)],
    ids=lambda one: type(one).__name__,
)
async def test_a_leave_that_could_not_mute_says_so_once_and_is_finished_later(
    town: Town, problem: AdapterError
) -> None:
    there = await about_to_leave(town, problem, problem)
    assert town.said.count(NOT_YET) == 1
    await mention(there)
    await there.look()
    assert there.is_silent()
    await town.moves(there.session, minutes=14)
    tries = town.village.calls.count("mute")
    assert tries == (1 if isinstance(problem, RateLimited) else 2)
    await there.session.quit(send=False)

    again = await town.caught_up()
    for _ in range(2):
        await town.moves(again, minutes=20)
    assert town.village.muted == {ROOT}
    assert town.said.count("Village has been told now.") == 1
    assert again.inbox().lines == ()
    done = town.village.calls.count("mute")
    await town.moves(again, hours=1)
    assert town.village.calls.count("mute") == done
    assert town.said.count(NOT_YET) == 1
    assert [one.text for one in town.village.mine()] == ["Good to hear from you."]


async def test_a_pause_that_the_server_asks_for_is_kept_for_everything_it_is_asked(town: Town) -> None:
    one, other = (town.village.says(who, "@me hello?") for who in ("ana", "cy"))
    session = await town.caught_up()
    town.village.fail["nod"] = [RateLimited("a pause", 900.0)]
    for who in ("Ana", "Cy"):
        row = town.row(session, who)
        await session.nod(row.id, row.shown)
    await town.moves(session, seconds=HOLD)
    await town.moves(session, minutes=14)
    assert town.village.calls.count("nod") == 1
    await town.moves(session, minutes=2)
    assert town.village.nods == {one, other}


@pytest.mark.parametrize(
    "problem",
    [Refused("invalid", "422"), Gone("404"), NotAllowed("mute_thread", "no")],
    ids=["422", "404", "no_such_thing"],
)
async def test_a_server_that_cannot_mute_is_not_asked_again_and_it_is_silent_here(
    town: Town, problem: AdapterError
) -> None:
    asked = SPOKESMEN if isinstance(problem, Gone) else 1
    there = await about_to_leave(town, *[problem] * asked)
    assert town.said.count(NEVER) == 1
    await mention(there)
    await there.look()
    assert there.is_silent()
    await town.moves(there.session, hours=1)
    assert town.village.calls.count("mute") == asked
    assert town.village.muted == set()
    await answer(there)
    await there.session.catch_up()
    assert town.row(there.session, "Ana").group is Group.WROTE_BACK


@pytest.mark.parametrize("step", ["thread", "mute"])
async def test_a_program_that_ends_after_the_hello_is_out_leaves_at_the_next_visit(town: Town, step: str) -> None:
    town.village.fail["thread"] = [Offline("no way there") for _ in range(100 if step == "thread" else 0)]
    there = await about_to_leave(town, *(Offline("no way there") for _ in range(100)))
    assert len(town.village.mine()) == 1
    await there.session.quit(send=False)
    town.village.says("ben", "@me and now?", to=ROOT)
    town.village.fail.clear()
    again = await town.caught_up()
    await town.moves(again, minutes=10)
    there.session = again
    assert there.is_silent()
    assert town.village.muted == {ROOT}
    assert [one.text for one in town.village.mine()] == ["Good to hear from you."]


async def test_a_mute_whose_answer_was_lost_is_repeated_without_harm(town: Town) -> None:
    there = await about_to_leave(town, Unavailable("the answer is lost"))
    town.village.muted.add(ROOT)
    await town.moves(there.session, minutes=10)
    assert town.village.muted == {ROOT}
    await there.session.rejoin(there.id)
    await town.moves(there.session, minutes=10)
    assert town.village.muted == set()


async def test_rejoining_a_thread_that_its_server_still_mutes_says_so(town: Town) -> None:
    there = await left(town, hello=True)
    town.village.fail["mute"] = [Offline("no way there")]
    await there.session.rejoin(there.id)
    await town.moves(there.session, seconds=1)
    assert town.said[-1] == "You are part of the thread again. Village still keeps it quiet; it will be told."
    await town.moves(there.session, minutes=10)
    assert town.village.muted == set()
    assert there.session.conversation(there.id).state is State.OPEN


@pytest.mark.parametrize("how", ["deleted here", "deleted elsewhere, then rejoined"])
async def test_a_thread_speaks_again_though_the_hello_that_it_was_muted_by_is_gone(town: Town, how: str) -> None:
    there = await left(town, hello=True)
    if how == "deleted here":
        offer = (await there.session.undo()).delete
        assert offer is not None
        await there.session.delete(offer)
    else:
        deletes(town, there.to)
        await there.session.rejoin(there.id)
    await town.moves(there.session, minutes=1)
    assert town.village.muted == set()
    assert STILL_QUIET not in town.said


async def test_a_thread_is_muted_by_another_message_where_the_hello_is_gone(town: Town) -> None:
    there = await about_to_leave(town, Gone("404"))
    await town.moves(there.session, minutes=1)
    assert town.village.muted == {ROOT}
    assert NEVER not in town.said


async def test_a_thread_is_not_muted_by_what_is_known_to_be_gone(town: Town) -> None:
    root = town.village.says("ben", "A thread about ink.", told=False, reason=None)
    mine = town.village.says("me", "What I said before.", to=root, told=False)
    town.village.says("ana", "@me which one?", to=root)
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.open(row.id)
    deletes(town, mine)
    there = Left(town, session, row.id, None)
    await there.take(Page(gone=(mine,)))
    await session.leave(row.id)
    await town.moves(session, minutes=1)
    assert town.village.muted == {root}
    assert town.village.calls.count("mute") == 1


@pytest.mark.parametrize("problem", [Refused("invalid", "422"), Gone("404")], ids=["422", "404"])
async def test_a_server_that_keeps_a_rejoined_thread_quiet_for_good_is_told_of(
    town: Town, problem: AdapterError
) -> None:
    there = await left(town, hello=True)
    town.village.fail["mute"] = [problem] * SPOKESMEN
    await there.session.rejoin(there.id)
    await town.moves(there.session, minutes=1)
    assert town.said.count(STILL_QUIET) == 1
    asked = town.village.calls.count("mute")
    await town.moves(there.session, hours=1)
    assert town.village.calls.count("mute") == asked


async def test_rejoining_wakes_a_thread_that_its_server_says_late_is_quiet(town: Town) -> None:
    """A minute after the mute the server still tells of the time before it."""
    there = await left(town, hello=True)
    town.clock.passes(seconds=70)
    await there.take(Page(muted=((ROOT, False),)))
    await there.session.rejoin(there.id)
    await town.moves(there.session, seconds=1)
    assert town.village.muted == set()


async def test_nothing_is_said_of_a_thread_that_never_was_quiet(town: Town) -> None:
    there = await about_to_leave(town, *[Offline("no way there")] * 3)
    await there.session.rejoin(there.id)
    await town.moves(there.session, seconds=1)
    assert not [sentence for sentence in town.said if sentence.startswith("You are part")]
