"""Exactly once, whatever happens: hellos on networks that lose, delay and double, in programs that die at any point.

A rule is one thing that can happen; after each, and after every transaction, the promises of `store.outbox` are looked
at. In the end the network heals, and what was wanted is out.

`INTROVERT_EXAMPLES=2000 pytest tests/engine/test_outbox_machine.py` tries more histories than there is time for each
time; `--hypothesis-seed` repeats them.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from introvert_tui.engine.views import Unsettled
from introvert_tui.errors import Cannot, Unavailable
from introvert_tui.model import GoneKind, Page
from introvert_tui.store import leaving, merge, messages, outbox, outgoing
from introvert_tui.store.outbox import Move
from introvert_tui.store.times import to_ms

from .lossy import ANSWER, BLUESKY, DOUBTFUL, KEYLESS, MASTODON, READING_FAULTS, Fault, Flavour, Lossy
from .pages import fresh
from .stepwise import Program
from .village import StandingClock

T = TypeVar("T")
EXAMPLES = int(os.environ.get("INTROVERT_EXAMPLES", "20"))
HOUR = 3600.0
WAYS = {(origin.value, move.end.value) for move in Move for origin in move.origins}
OVER = ("sent", "refused", "dropped")

MOVES = (
    outbox.queue,
    outbox.claim,
    outbox.doubt,
    outbox.requeue,
    outbox.never_arrived,
    outbox.not_found,
    outbox.refuse,
)
LOOKS = (outbox.look_again, outbox.look_later, outbox.ask)
AROUND = (outbox.remember_prepared, outbox.postpone, outbox.postpone_all, leaving.sent, leaving.reread)
WORKS = tuple(work.__name__ for work in (*MOVES, *LOOKS, *AROUND))
POINTS = (
    *WORKS,
    *(f"{way}{call}" for call in ("prepare", "send", "find", "recheck", "thread") for way in ("", ANSWER)),
)
"""What a program may have before it when it is interrupted."""
TENDER = (outbox.claim.__name__, "send", f"{ANSWER}send", leaving.sent.__name__, f"{ANSWER}find")
"""Where it hurts most."""


class Weather(NamedTuple):
    """What goes wrong during a step, if anything: in sending, in another call, on the disk."""

    sending: Fault | None = None
    reading: tuple[str, Exception] | None = None
    disk: str | None = None


CALLS = st.sampled_from(["prepare", "find", "recheck", "thread", "mute"])
weathers = st.builds(
    Weather,
    sending=st.none() | st.sampled_from(Fault),
    reading=st.none() | st.none() | st.tuples(CALLS, st.sampled_from(READING_FAULTS)),
    disk=st.none() | st.none() | st.none() | st.sampled_from(WORKS),
)
points = st.sampled_from(TENDER) | st.sampled_from(POINTS)
slots = st.sampled_from(["A", "B"])
mostly = st.sampled_from([True, True, True, False])


class OutboxMachine(RuleBasedStateMachine):
    """Two programs, one database, one network."""

    flavour: ClassVar[Flavour]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.locks = Path(tempfile.mkdtemp(prefix="introvert-test-"))
        self.db = fresh()
        self.clock = StandingClock()
        self.village = Lossy(StandingClock(), flavour=self.flavour)
        self.programs: dict[str, Program] = {}
        self.rows: dict[str, sqlite3.Row] = {}
        self.written: list[str] = []
        self.asked_for: list[str] = []
        """What people have said, by its address."""
        self.doubted: set[str] = set()
        self.rough: set[str] = set()
        """What did not go the straight way out."""
        self.waited_behind: set[str] = set()
        """What waited for another one in its conversation."""
        self.writer: dict[str, Program] = {}
        self.sound = False
        """Whether all has held so far; the end of what has not is not looked at."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        self.sound = False
        return self.loop.run_until_complete(work)

    def program(self, slot: str) -> Program:
        if slot not in self.programs:
            self.programs[slot] = Program(self.db, self.village, self.clock, self.locks, self.committed)
        return self.programs[slot]

    def now(self) -> int:
        return to_ms(self.clock.now())

    def unsettled(self) -> list[str]:
        return [key for key, row in self.rows.items() if row["state"] not in OVER]

    # What a person does.

    @initialize()
    def begins(self) -> None:
        """With something to lose."""
        self.writes("A", [False])
        self.waits_until_something_is_due()

    @precondition(lambda self: len(self.unsettled()) < 5)
    @rule(slot=slots, beside=st.lists(st.booleans(), min_size=1, max_size=3))
    def writes(self, slot: str, beside: list[bool]) -> None:
        """Some say something, in threads of their own or of the one before, and are answered."""
        for each in beside:
            self.writes_a_hello(slot, each)

    def writes_a_hello(self, slot: str, beside: bool) -> None:
        program, number = self.program(slot), len(self.asked_for)
        root = self.asked_for[-1] if beside and self.asked_for else None
        uri = self.village.says(f"p{number}", "@me hello?", to=root)
        self.clock.passes(seconds=1)
        page = Page(messages=(self.village.messages[uri],), people=self.village.people())
        program.store.write(merge.merge, 1, page, self.clock.now())
        self.asked_for.append(uri)
        said = messages.by_uri(self.db, uri)
        assert said is not None
        place = self.db.execute("SELECT conversation_id FROM message WHERE id = ?", (said.id,)).fetchone()[0]
        composer = program.session.composer(place, said.id)
        self.writer[composer.draft] = program
        self.written.append(composer.draft)
        self.run(program.session.hello(composer, f"{composer.kept or ''} Good to hear from you, number {number}."))

    @precondition(lambda self: self.unsettled())
    @rule(slot=slots)
    def takes_the_last_one_back(self, slot: str) -> None:
        with suppress(Cannot):
            self.run(self.program(slot).session.undo())
            self.village.paused_until = None  # nobody knows of the pause but what waits for its end

    @precondition(lambda self: self.unsettled())
    @rule(slot=slots)
    def wants_all_out_now(self, slot: str) -> None:
        """The person quits and sends."""
        program = self.program(slot)
        program.store.write(outbox.hurry, program.visit.id, self.now())
        self.run(program.ends_its_step())
        self.dies(slot)

    @precondition(lambda self: self.program("A").session.questions())
    @rule(slot=slots, which=st.integers(0, 3), again=st.booleans())
    def decides(self, slot: str, which: int, again: bool) -> None:
        """Truthfully: what is out is not sent again, and what may still arrive is waited for."""
        program = self.program(slot)
        questions = [one for one in program.session.questions() if not self.village.is_coming(one.key)]
        if questions:
            self.decide(program, questions[which % len(questions)], again)

    def decide(self, program: Program, question: Unsettled, again: bool) -> None:
        self.run(program.session.decide(question, again and not self.village.has(question.key)))
        self.village.paused_until = None

    # What programs do, while the network does what it likes.

    @rule(slot=slots, waits=mostly, weather=weathers)
    def takes_a_step(self, slot: str, waits: bool, weather: Weather) -> None:
        self.begins_a_step(slot, waits, weather)
        self.run(self.program(slot).ends_its_step())

    @rule(slot=slots, waits=mostly, weather=weathers, point=points, dies=st.booleans())
    def stops_in_the_middle(self, slot: str, waits: bool, weather: Weather, point: str, dies: bool) -> None:
        self.begins_a_step(slot, waits, weather)
        self.run(self.program(slot).ends_its_step(before=point))
        if dies:
            self.dies(slot)

    def begins_a_step(self, slot: str, waits: bool, weather: Weather) -> None:
        if waits:
            self.waits_until_something_is_due()
        if weather.sending is not None and (self.village.knows_repeats or not weather.sending.doubles):
            self.village.faults.append(weather.sending)
        if weather.reading is not None:
            call, problem = weather.reading
            self.village.fail.setdefault(call, []).append(problem)
        if weather.disk is not None:
            self.program(slot).store.fails_at = weather.disk
            self.rough.update(self.unsettled())

    def dies(self, slot: str) -> None:
        if slot in self.programs:
            self.run(self.programs.pop(slot).dies())

    # What others do.

    @precondition(lambda self: self.village.on_its_way)
    @rule()
    def what_was_late_arrives(self) -> None:
        self.village.arrives(self.village.on_its_way[0])

    @precondition(lambda self: self.unsettled())
    @rule(which=st.integers(0, 3))
    def what_is_answered_is_deleted(self, which: int) -> None:
        keys = self.unsettled()
        uri = self.asked_for[self.written.index(keys[which % len(keys)])]
        self.village.messages[uri] = replace(self.village.messages[uri], gone=GoneKind.DELETED, body=())

    @precondition(lambda self: any(self.rows[key]["prepared"] for key in self.unsettled()))
    @rule()
    def you_post_elsewhere(self) -> None:
        self.village.writes_elsewhere()

    # What time does.

    @precondition(lambda self: self.unsettled())
    @rule(seconds=st.sampled_from([1.0, 3.0, 9.0, 31.0, 46.0, 121.0, 301.0, 601.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.passes(seconds=seconds)
        self.village.passes(seconds=seconds)

    @precondition(lambda self: self.unsettled())
    @rule(hours=st.sampled_from([1, 9, 25]), sleeps=mostly, back=st.booleans())
    def the_clock_jumps(self, hours: int, sleeps: bool, back: bool) -> None:
        """The machine has slept, or somebody sets the clock, forward or an hour back."""
        if sleeps:
            self.clock.jumps(hours=hours, seconds=1)
            self.village.passes(hours=hours, seconds=1)
        else:
            self.clock.jumps(hours=-1 if back else hours)
            self.village.paused_until = None

    def waits_until_something_is_due(self) -> None:
        dues = [
            row["attempted_at"] + 30_001 if row["state"] == "sending" else row["due_at"]
            for row in self.rows.values()
            if row["state"] in ("held", "queued", "sending", "unsure")
        ]
        later = [due for due in dues if due > self.now()]
        if later:
            self.time_passes((min(later) - self.now()) / 1000)

    # What holds.

    def committed(self, by: Program) -> None:
        """Look at what one transaction has done."""
        living = {program.visit.id for program in self.programs.values()}
        now = {
            row["key"]: row for row in self.db.execute("SELECT outbox.*, draft.text FROM outbox JOIN draft USING(key)")
        }
        for key, row in now.items():
            old = self.rows.get(key)
            if old is None:
                assert row["state"] == "held"
                continue
            if tuple(row) == tuple(old):
                continue
            self._is_a_way(old, row)
            theirs = old["owner"] if old["owner"] in living - {by.visit.id} else None
            if theirs is not None and old["state"] == "held":
                assert (row["state"], row["owner"]) == ("held", theirs)
            if theirs is not None and old["state"] == "sending":
                assert row["state"] in ("sending", "sent"), f"{row['state']}, though {theirs} sends it"
            if row["state"] == "unsure":
                self.doubted.add(key)
            if row["state"] == "queued" and outgoing.is_behind(self.db, key):
                self.waited_behind.add(key)
        assert set(self.rows) <= set(now)
        self.rows = now

    def _is_a_way(self, old: sqlite3.Row, row: sqlite3.Row) -> None:
        """From one state to another only by a move; what was stored to send or as proof stays."""
        if old["state"] != row["state"]:
            assert (old["state"], row["state"]) in WAYS, f"{old['state']} -> {row['state']}"
        straight = [("held", "queued"), ("queued", "sending"), ("sending", "sent")]
        if row["state"] != old["state"] and (old["state"], row["state"]) not in straight:
            self.rough.add(row["key"])
        put_off = row["state"] == old["state"] == "queued" and row["due_at"] != old["due_at"]
        if put_off or row["decided_at"] is not None or row["reason"] is not None:
            self.rough.add(row["key"])
        assert old["prepared"] in (None, row["prepared"])
        assert old["receipt_uri"] in (None, row["receipt_uri"])
        if row["state"] == "sending":
            assert row["prepared"] is not None
            assert row["owner"] is not None
            assert row["attempted_at"] is not None

    def nothing_is_there_twice(self) -> None:
        keys = [post.key for post in self.village.posts]
        assert len(keys) == len(set(keys))

    def what_is_said_to_be_out_is_out_and_what_is_not_is_not(self) -> None:
        for key, row in self.rows.items():
            if row["state"] == "sent":
                assert row["receipt_uri"] in [post.uri for post in self.village.posts if post.key == key]
            elif row["state"] not in ("sending", "unsure") and not row["doubt"] and not self._was_late(key):
                assert not self.village.has(key), f"{row['state']}, and out"

    def _was_late(self, key: str) -> bool:
        """Whether it arrived when nobody waited for it any more, since the server would know a repeat."""
        return self.village.knows_repeats and key in self.village.strayed

    def what_the_server_does_not_want_yet_waits(self) -> None:
        """A lost one that was looked for in vain meanwhile does not know of the pause."""
        assert set(self.village.impatient) <= self.doubted

    def the_database_is_whole(self) -> None:
        assert [row[0] for row in self.db.execute("PRAGMA quick_check")] == ["ok"]

    @invariant()
    def the_promises_hold(self) -> None:
        self.nothing_is_there_twice()
        self.what_is_said_to_be_out_is_out_and_what_is_not_is_not()
        self.what_the_server_does_not_want_yet_waits()
        self.the_database_is_whole()
        self.sound = True

    def teardown(self) -> None:
        try:
            if self.sound:
                self.heals()
        finally:
            for slot in tuple(self.programs):
                self.dies(slot)
            self.loop.close()
            self.db.close()
            shutil.rmtree(self.locks)

    def heals(self) -> None:
        """The network is well again, time passes, and the person wants out what is not: then it is."""
        self.village.mends()
        self.program("A")
        for _ in range(30):
            if all(row["state"] in OVER and row["after"] is None for row in self.rows.values()):
                break
            for slot in tuple(self.programs):
                program = self.program(slot)
                program.store.fails_at = None
                self.run(program.ends_its_step())
                for question in program.session.questions():
                    self.decide(program, question, again=True)
            self.time_passes(301)
        for key, row in self.rows.items():
            assert row["state"] in OVER, f"{row['state']}: {row['reason']}"
            assert row["after"] is None
            if row["state"] == "sent":
                assert self.village.has(key) == 1
            else:
                assert self.words_are_kept(key, row["text"])
        self.the_promises_hold()
        self.straight_ones_went_in_order()

    def words_are_kept(self, key: str, text: str) -> bool:
        """In a draft, or taken up into what was written next."""
        kept = "SELECT 1 FROM draft WHERE key <> ? AND instr(text, ?)"
        return self.db.execute(kept, (key, text)).fetchone() is not None

    def straight_ones_went_in_order(self) -> None:
        """What one program wrote one after the other went out so, where nothing was the matter with either."""
        rough = self.rough | self.held_up()
        for program in set(self.writer.values()):
            straight = [key for key in self.written if self.writer[key] is program and key not in rough]
            went = [post.key for post in self.village.posts if post.key in straight]
            assert went == [key for key in straight if key in went]

    def held_up(self) -> set[str]:
        """What waited in its conversation for one that did not go the straight way."""
        return {key for key in self.waited_behind if self.rough & set(self.written[: self.written.index(key)])}


class OnBluesky(OutboxMachine):
    flavour = BLUESKY


class OnOneThatDoubts(OutboxMachine):
    flavour = DOUBTFUL


class OnMastodon(OutboxMachine):
    flavour = MASTODON


class WithoutKeys(OutboxMachine):
    flavour = KEYLESS


TestOnBluesky = OnBluesky.TestCase
TestOnOneThatDoubts = OnOneThatDoubts.TestCase
TestOnMastodon = OnMastodon.TestCase
TestWithoutKeys = WithoutKeys.TestCase

CHOSEN = settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None, print_blob=True)
TestOnBluesky.settings = TestOnOneThatDoubts.settings = TestOnMastodon.settings = TestWithoutKeys.settings = CHOSEN


FAIR = Weather()


@pytest.fixture
def history() -> Iterator[OutboxMachine]:
    """A history told by hand, on the network that forgives least."""
    machine = WithoutKeys()
    yield machine
    machine.teardown()


@pytest.fixture
def on_bluesky() -> Iterator[OutboxMachine]:
    """A history told by hand, on a network that can prove an absence."""
    machine = OnBluesky()
    yield machine
    machine.teardown()


def test_of_two_that_are_about_to_claim_one_sends(history: OutboxMachine) -> None:
    history.begins()
    history.stops_in_the_middle("A", False, FAIR, "claim", False)
    history.stops_in_the_middle("B", False, FAIR, "claim", False)
    history.stops_in_the_middle("A", False, FAIR, "answer to send", False)
    history.takes_a_step("B", False, FAIR)
    history.the_promises_hold()


@pytest.mark.parametrize("point", ["send", "answer to send", "sent"])
def test_what_is_on_the_wire_is_not_taken_back(history: OutboxMachine, point: str) -> None:
    history.begins()
    history.stops_in_the_middle("A", False, FAIR, point, False)
    history.takes_the_last_one_back("A")
    assert [row["state"] for row in history.rows.values()] == ["sending"]
    history.the_promises_hold()


@pytest.mark.parametrize("point", ["claim", "send", "answer to send", "sent"])
@pytest.mark.parametrize("fault", [None, Fault.LATE])
def test_what_a_program_died_over_is_out_once(history: OutboxMachine, point: str, fault: Fault | None) -> None:
    history.begins()
    history.stops_in_the_middle("A", False, Weather(fault), point, True)
    for _ in range(6):
        history.takes_a_step("B", True, FAIR)
    history.the_promises_hold()


@pytest.mark.parametrize(("fault", "work"), [(None, "claim"), (None, "sent"), (Fault.LATE, "doubt")])
def test_what_the_disk_did_not_take_is_out_once(history: OutboxMachine, fault: Fault | None, work: str) -> None:
    history.begins()
    history.takes_a_step("A", False, Weather(fault, disk=work))
    history.the_promises_hold()


@pytest.mark.parametrize(("fault", "state"), [(Fault.ANSWER_LOST, "sent"), (Fault.REQUEST_LOST, "asks")])
def test_after_a_day_it_is_looked_for_and_what_may_be_out_is_not_said_not_to_be(
    history: OutboxMachine, fault: Fault, state: str
) -> None:
    history.begins()
    history.takes_a_step("A", False, Weather(fault))
    history.time_passes(25 * HOUR)
    history.takes_a_step("A", False, FAIR)
    assert [row["state"] for row in history.rows.values()] == [state]
    history.the_promises_hold()


def test_a_program_that_cannot_prepare_leaves_alone_what_another_sends(history: OutboxMachine) -> None:
    history.begins()
    history.stops_in_the_middle("A", False, FAIR, "remember_prepared", False)
    history.stops_in_the_middle("B", False, FAIR, "prepare", False)
    history.stops_in_the_middle("A", False, FAIR, "answer to send", False)
    history.takes_a_step("B", False, Weather(reading=("prepare", Unavailable("500"))))
    history.the_promises_hold()


def test_a_program_that_looked_too_long_leaves_alone_what_another_sends_again(history: OutboxMachine) -> None:
    history.begins()
    history.takes_a_step("A", False, Weather(Fault.REQUEST_LOST))
    history.takes_a_step("A", True, FAIR)
    history.stops_in_the_middle("A", True, FAIR, "answer to find", False)
    history.stops_in_the_middle("B", False, FAIR, "answer to find", False)
    history.takes_a_step("A", False, FAIR)
    history.stops_in_the_middle("A", False, FAIR, "answer to send", False)
    history.takes_a_step("B", False, FAIR)
    history.the_promises_hold()


def test_what_one_refuses_for_being_deleted_another_is_not_just_sending(history: OutboxMachine) -> None:
    history.begins()
    history.takes_a_step("A", False, Weather(Fault.NOT_REACHED))
    history.time_passes(601)
    history.stops_in_the_middle("A", False, FAIR, "claim", False)
    history.stops_in_the_middle("B", False, FAIR, "recheck", False)
    history.stops_in_the_middle("A", False, FAIR, "answer to send", False)
    history.what_is_answered_is_deleted(0)
    history.takes_a_step("B", False, FAIR)
    history.the_promises_hold()


def test_what_is_still_held_when_the_server_wants_a_pause_waits_too(history: OutboxMachine) -> None:
    history.begins()
    history.writes("A", [False])
    history.takes_a_step("A", False, Weather(Fault.TOO_MANY))
    history.time_passes(9)
    history.takes_a_step("A", False, FAIR)
    history.the_promises_hold()


def test_what_waited_for_a_look_goes_before_what_was_written_after_it(history: OutboxMachine) -> None:
    history.begins()
    history.writes("B", [False])
    history.writes("A", [False])
    history.begins_a_step("B", False, Weather(Fault.REQUEST_LOST))
    history.wants_all_out_now("B")
    history.time_passes(9)
    history.takes_a_step("A", False, FAIR)
    history.the_promises_hold()


@pytest.mark.parametrize("by", ["A", "B"], ids=["by the same program", "by another, after the first has died"])
def test_a_clock_put_forward_does_not_shorten_what_a_slow_server_gets(history: OutboxMachine, by: str) -> None:
    history.begins()
    history.takes_a_step("A", False, Weather(Fault.LATE))
    history.takes_a_step("A", True, FAIR)
    if by == "B":
        history.dies("A")
    history.the_clock_jumps(1, False, False)
    for _ in range(4):
        history.takes_a_step(by, False, FAIR)
    history.what_was_late_arrives()
    history.the_promises_hold()


def test_what_another_program_tried_in_vain_is_not_sent_from_where_the_account_stood_before(
    on_bluesky: OutboxMachine,
) -> None:
    """It is proven that the other's attempt never arrived; of one without a new beginning there would be no proof."""
    history = on_bluesky
    history.begins()
    history.stops_in_the_middle("A", False, FAIR, "claim", False)
    history.takes_a_step("B", False, Weather(Fault.REQUEST_LOST))
    history.takes_a_step("B", True, FAIR)
    history.takes_a_step("A", False, FAIR)
    assert [(row["state"], row["before"]) for row in history.rows.values()] == [("queued", None)]
    history.the_promises_hold()


def test_what_another_program_has_forgotten_meanwhile_is_no_trouble(history: OutboxMachine) -> None:
    history.begins()
    history.stops_in_the_middle("A", False, Weather(Fault.REQUEST_LOST), "doubt", False)
    history.db.execute("DELETE FROM outbox")
    history.rows.clear()
    history.takes_a_step("A", False, FAIR)
    history.the_promises_hold()


def test_a_clock_set_back_leaves_what_is_held_in_the_order_it_was_written(history: OutboxMachine) -> None:
    history.begins()
    history.the_clock_jumps(1, False, True)
    history.writes("A", [False, True])
    history.time_passes(9)
    history.takes_a_step("A", False, FAIR)
    history.the_promises_hold()
