"""The machine's clock is set, forward or back, between writing and sending."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from introvert_tui import plugins
from introvert_tui.engine import sending
from introvert_tui.engine.clock import Clock
from introvert_tui.engine.inbox import Group, State
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Later
from introvert_tui.errors import Offline, Unavailable
from introvert_tui.model import Draft, Message, Page, Prepared, Reason
from introvert_tui.store import outgoing

from .conftest import Town
from .village import StandingClock

HOLD = 9.0


async def written(town: Town) -> Session:
    """A hello to Ana on hold."""
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    await town.greets(session, "Ana")
    return session


@pytest.mark.parametrize("jump", [{"hours": -1}, {"days": -400}])
async def test_set_back_a_hello_goes_out_after_its_hold_all_the_same(town: Town, jump: dict[str, float]) -> None:
    session = await written(town)
    await town.jumps(session, **jump)
    await town.moves(session, seconds=HOLD)
    assert len(town.village.mine()) == 1
    assert session.questions() == ()
    await town.moves(session, hours=2)
    assert town.village.calls.count("send") == 1


async def test_set_back_a_little_a_hello_can_still_be_taken_back(town: Town) -> None:
    session = await written(town)
    await town.jumps(session, seconds=-2)
    assert (await session.undo()).sentence.startswith("Taken back.")
    await town.moves(session, seconds=HOLD)
    assert town.village.mine() == []


async def test_set_forward_a_day_a_hello_is_asked_about_and_set_right_again_it_is_sent_once(town: Town) -> None:
    session = await written(town)
    await town.jumps(session, days=1)
    assert town.village.mine() == []
    (question,) = session.questions()
    await town.jumps(session, days=-1)
    assert session.questions()[0].sentence == "Your hello to Ana, written just now, did not go out. Send it now?"
    await session.decide(question, send=True)
    await town.moves(session, seconds=1)
    await town.moves(session, hours=5)
    assert len(town.village.mine()) == 1


async def test_a_server_that_is_slow_with_one_hello_is_not_taken_for_a_machine_that_slept(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, prepared = plugins.load("demo"), list[str]()

    class Slow(kind):  # type: ignore[misc, valid-type]
        async def prepare(self, draft: Draft) -> Prepared:
            prepared.append(draft.text)
            if len(prepared) == 1:
                town.clock.passes(seconds=town.waits.call)
                raise Unavailable("Village did not answer in time.")
            ready: Prepared = await super().prepare(draft)
            return ready

    monkeypatch.setattr(plugins, "load", lambda name: Slow)
    town.village.says("ben", "@me and hello?")
    session = await written(town)
    town.clock.passes(seconds=5)
    await town.greets(session, "Ben")
    for _ in range(6):
        await town.moves(session, seconds=4)
    assert session.questions() == ()
    assert len(town.village.mine()) == 2


async def test_a_machine_that_slept_while_the_server_was_slow_asks_before_it_sends(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = plugins.load("demo")

    class Slow(kind):  # type: ignore[misc, valid-type]
        async def prepare(self, draft: Draft) -> Prepared:
            town.clock.passes(seconds=20)
            town.clock.jumps(hours=1)
            raise Unavailable("Village did not answer in time.")

    monkeypatch.setattr(plugins, "load", lambda name: Slow)
    town.village.says("ben", "@me and hello?")
    session = await written(town)
    town.clock.passes(seconds=5)
    await town.greets(session, "Ben")
    await town.moves(session, seconds=4)
    assert [question.sentence for question in session.questions()] == [
        "Your hello to Ben, written an hour ago, did not go out. Send it now?"
    ]


async def test_a_program_that_was_stopped_asks_before_it_sends(town: Town) -> None:
    session = await written(town)
    town.clock.stands_still(hours=3)
    await town.moves(session)
    assert town.village.mine() == []
    (question,) = session.questions()
    assert question.sentence == "Your hello to Ana, written 3 hours ago, did not go out. Send it now?"
    await session.decide(question, send=True)
    await town.moves(session, seconds=1)
    assert len(town.village.mine()) == 1


async def test_a_program_that_was_stopped_for_moments_sends(town: Town) -> None:
    session = await written(town)
    town.clock.stands_still(seconds=25)
    await town.moves(session)
    assert len(town.village.mine()) == 1
    assert session.questions() == ()


async def test_a_program_takes_note_that_it_runs_while_nothing_happens(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, enough = list[float](), Event()

    class LookedAt(StandingClock):
        def awake(self) -> float:
            looked.append(self.ran.total_seconds())
            if len(looked) > 10:
                enough.set()
            return super().awake()

    monkeypatch.setattr(sending, "LOOK_EVERY", 0.001)
    town.clock = LookedAt()
    await written(town)
    assert await asyncio.to_thread(enough.wait, 10)


class LookedAtInTime(StandingClock):
    """A clock that is looked at as the system's is, by a program that may be stopped meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        Clock.__init__(self)

    def awake(self) -> float:
        return Clock.awake(self)

    def runs(self, seconds: int) -> None:
        """The program runs, and takes note of that every now and then."""
        for _ in range(0, seconds, 15):
            self.passes(seconds=15)
            self.awake()


@pytest.mark.parametrize("since_last_look", [0, 5, 14])
@pytest.mark.parametrize(("stopped", "sends"), [(25, True), (40, False), (70, False)])
async def test_a_stop_is_noticed_whenever_the_last_look_was(
    town: Town, stopped: int, sends: bool, since_last_look: int
) -> None:
    town.clock = clock = LookedAtInTime()
    session = await written(town)
    clock.runs(60)
    await session.undo()
    row = town.row(session, "Ana")
    clock.awake()
    clock.passes(seconds=since_last_look)
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    clock.passes(seconds=stopped)
    await town.moves(session)
    assert len(town.village.mine()) == sends
    assert len(session.questions()) == (not sends)


class Uptime(Clock):
    """The system's clock on a machine whose running time a test tells."""

    seconds = 100.0

    def uptime(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("looks_after", "awake"), [((15, 15, 15), 45), ((19,), 19), ((15, 10_800, 15), 30), ((45, 15), 15), ((), 0)]
)
def test_a_program_knows_how_long_it_ran_without_what_it_stood_still(
    looks_after: tuple[int, ...], awake: float
) -> None:
    clock = Uptime()
    for seconds in looks_after:
        clock.seconds += seconds
        clock.awake()
    assert clock.awake() == awake


@pytest.mark.parametrize("jump", [{"days": 1}, {"hours": -1}])
@pytest.mark.parametrize("lost", ["request", "answer"])
async def test_what_failed_before_the_jump_is_sent_once_or_asked_about(
    town: Town, jump: dict[str, float], lost: str
) -> None:
    session = await written(town)
    if lost == "request":
        town.village.fail["send"] = [Offline("no way out")]
    else:
        town.village.lose_answers = 1
    await town.moves(session, seconds=HOLD)
    await town.jumps(session, **jump)
    for _ in range(6):
        await town.moves(session, minutes=1)
    for question in session.questions():
        await session.decide(question, send=True)
    for _ in range(6):
        await town.moves(session, minutes=1)
    assert len(town.village.mine()) == 1
    assert session.questions() == ()


async def test_set_back_a_nod_and_a_leave_do_not_wait_for_the_hour_to_come_again(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    cy = town.village.says("cy", "@me look")
    session = await town.caught_up()
    row = town.row(session, "Cy")
    await session.nod(row.id, row.shown)
    await session.leave(town.row(session, "Ana").id)
    await town.jumps(session, hours=-1)
    await town.moves(session, seconds=HOLD)
    assert town.village.nods == {cy}
    assert town.village.muted == {root}


@pytest.mark.parametrize("call", ["prepare", "thread"])
async def test_set_right_again_what_failed_while_the_clock_was_ahead_does_not_wait_for_that_hour(
    town: Town, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    kind, offline = plugins.load("demo"), [True]

    class Odd(kind):  # type: ignore[misc, valid-type]
        async def prepare(self, draft: Draft) -> Prepared:
            if call == "prepare" and offline:
                raise Offline("no way out")
            ready: Prepared = await super().prepare(draft)
            return ready

        async def thread(self, of: Message, limit: int) -> Page:
            if call == "thread" and offline:
                raise Offline("no way out")
            page: Page = await super().thread(of, limit)
            return page

    monkeypatch.setattr(plugins, "load", lambda name: Odd)
    session = await written(town)
    await town.moves(session, seconds=HOLD)
    await town.jumps(session, hours=1)
    await town.moves(session, seconds=HOLD)
    offline.clear()
    await town.jumps(session, hours=-1)
    for _ in range(6):
        await town.moves(session, minutes=1)
    assert len(town.village.mine()) == 1
    assert outgoing.unfinished(session.db, 1, session.now() + 10_000_000) == ()


async def test_set_right_again_what_was_wished_in_vain_while_the_clock_was_ahead_is_tried_soon(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    cy = town.village.says("cy", "@me look")
    session = await town.caught_up()
    await session.leave(town.row(session, "Ana").id)
    row = town.row(session, "Cy")
    await session.nod(row.id, row.shown)
    town.village.fail["mute"] = [Offline("no way out")] * 2
    town.village.fail["nod"] = [Unavailable("503")] * 2
    await town.jumps(session, hours=1)
    for _ in range(2):
        await town.moves(session, minutes=1)
    await town.jumps(session, hours=-1)
    for _ in range(6):
        await town.moves(session, minutes=1)
    assert town.village.muted == {root}
    assert town.village.nods == {cy}


async def test_set_back_what_was_put_off_returns_by_the_new_clock_and_nothing_goes_away(town: Town) -> None:
    town.village.says("ana", "@me hello?")
    town.village.says("ben", "@me and hello?")
    session = await town.caught_up()
    await session.later(town.row(session, "Ana").id, Later.TOMORROW)
    town.clock.passes(days=1)
    await session.catch_up()
    await session.later(town.row(session, "Ben").id, Later.TOMORROW)
    town.clock.passes(days=-1)
    town.village.says("cy", "@me still here?")
    await session.catch_up()
    assert {row.who for row in session.inbox().rows} == {"Ana", "Cy"}
    assert all(row.at <= town.clock.now() for row in session.inbox().rows)
    town.clock.passes(days=2)
    await session.catch_up()
    assert town.row(session, "Ben").state is State.WAITING


async def test_a_clock_that_was_ahead_for_a_moment_shuts_no_door(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    await town.greets(session, "Ana")
    await town.moves(session, seconds=HOLD)
    (hello,) = town.village.mine()
    town.clock.passes(days=20)
    await session.catch_up()
    town.clock.passes(days=-20, minutes=10)
    town.village.says("ana", "And you!", to=hello.ref.uri, reason=Reason.REPLY, told=False)
    await session.catch_up()
    assert town.row(session, "Ana").group is Group.WROTE_BACK
