"""A village behind a bad line: requests and answers are lost, late or doubled, and servers differ in what they know."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from introvert_tui.engine.clock import Waits
from introvert_tui.errors import (
    AdapterError,
    Gone,
    NotAllowed,
    Offline,
    RateLimited,
    Refused,
    SignedOut,
    Unavailable,
    Unsure,
)
from introvert_tui.model import (
    Absent,
    Audience,
    CannotTell,
    Draft,
    FindResult,
    Found,
    Message,
    MessageRef,
    Obstacle,
    Page,
    Prepared,
    Receipt,
    Span,
    ThreadRef,
)

from .village import ACCOUNT, ME, Village, _VillageAdapter

SETTLES = timedelta(seconds=120)
"""The longest that a request is on its way: what is promised of servers that know no repeats rests on it."""
CALL = timedelta(seconds=Waits().call)
PAUSE = 400.0
ANSWER = "answer to "


class Flavour(NamedTuple):
    """What a network knows: for how long it takes a repeat for one, and what it makes of an absence.

    `proves`: an account that has not changed proves that something never arrived; `shrugs`: one that has changed means
    that it cannot tell, and not only that there is no proof.
    """

    remembers: timedelta
    proves: bool
    shrugs: bool = False


BLUESKY = Flavour(timedelta.max, proves=True)
DOUBTFUL = Flavour(timedelta.max, proves=True, shrugs=True)
MASTODON = Flavour(timedelta(hours=1), proves=False)
KEYLESS = Flavour(timedelta(0), proves=False)


class Arrival(Enum):
    """What becomes of a request."""

    NEVER = auto()
    ONCE = auto()
    LATE = auto()
    TWICE = auto()


class Fault(Enum):
    """How sending goes wrong: what becomes of the request, and what the program is told."""

    REQUEST_LOST = (Arrival.NEVER, Unsure("the line went dead"))
    REQUEST_NEVER_ANSWERED = (Arrival.NEVER, TimeoutError())
    ANSWER_LOST = (Arrival.ONCE, Unsure("the line went dead"))
    ANSWER_NEVER_CAME = (Arrival.ONCE, TimeoutError())
    ANSWER_UNREADABLE = (Arrival.ONCE, ValueError("not JSON"))
    LATE = (Arrival.LATE, Unsure("the line went dead"))
    DOUBLED = (Arrival.TWICE, None)
    DOUBLED_AND_LOST = (Arrival.TWICE, Unsure("the line went dead"))
    BROKEN = (Arrival.NEVER, Unavailable("500"))
    BROKEN_AFTERWARDS = (Arrival.ONCE, Unavailable("500"))
    TOO_MANY = (Arrival.NEVER, RateLimited("slowly", PAUSE))
    TOO_LONG = (Arrival.NEVER, Refused("too-long", "422"))
    FORBIDDEN = (Arrival.NEVER, NotAllowed("post", "403"))
    NOT_REACHED = (Arrival.NEVER, Offline("connection refused"))
    SIGNED_OUT = (Arrival.NEVER, SignedOut("401"))

    @property
    def doubles(self) -> bool:
        return self.value[0] is Arrival.TWICE


READING_FAULTS: tuple[Exception, ...] = (
    Unavailable("500"),
    RateLimited("slowly", PAUSE),
    Offline("connection refused"),
    SignedOut("401"),
    Unsure("the line went dead"),
    TimeoutError(),
    ValueError("not JSON"),
)


class Post(NamedTuple):
    """One of your posts, as the server has it: the draft it came from, if it did, its address and when."""

    key: str
    uri: str
    at: datetime


class OnItsWay(NamedTuple):
    """A request that has left and has not arrived: at the latest it does at `until`."""

    prepared: Prepared
    until: datetime


@dataclass
class Lossy(Village):
    """A server that differs by flavour; its `clock` is the world's, which nobody sets."""

    flavour: Flavour = BLUESKY
    posts: list[Post] = field(default_factory=list)
    changes: int = 0
    on_its_way: list[OnItsWay] = field(default_factory=list)
    strayed: set[str] = field(default_factory=set)
    """What arrived when its program had been told that it may not have."""
    faults: list[Fault] = field(default_factory=list)
    paused_until: datetime | None = None
    """Until when nothing is to be sent, as programs know."""
    impatient: list[str] = field(default_factory=list)
    """What was sent before that."""

    @property
    def knows_repeats(self) -> bool:
        return self.flavour.remembers > timedelta(0)

    def has(self, key: str) -> int:
        return sum(post.key == key for post in self.posts)

    def is_coming(self, key: str) -> bool:
        return any(key_of(one.prepared) == key for one in self.on_its_way)

    def writes_elsewhere(self) -> None:
        """The same account posts something from another device."""
        self.changes += 1
        self.says("me", f"Something else, number {self.changes}.", told=False)

    def take(self, prepared: Prepared, now: datetime) -> Receipt:
        """A request has arrived. Raises `Gone` where the server looks for what is answered, and that is gone."""
        words = json.loads(prepared.payload)
        to = self.messages[words["to"]]
        same = [post for post in self.posts if post.key == words["key"]]
        if same and now - same[-1].at < self.flavour.remembers:
            return self.receipt(same[-1])
        if to.gone is not None and not self.flavour.proves:
            raise Gone("What this answers is no longer there.")
        uri = f"at://me/{words['key']}/{len(same)}"
        ref = MessageRef(uri, uri, "cid")
        self.messages[uri] = Message(ref, to.place, ME, now, now, (Span(words["text"]),), to.ref)
        self.posts.append(Post(words["key"], uri, now))
        self.changes += 1
        return self.receipt(self.posts[-1])

    def receipt(self, post: Post) -> Receipt:
        return Receipt(self.messages[post.uri].ref, post.at)

    def look(self, prepared: Prepared) -> FindResult:
        post = next((post for post in self.posts if post.key == key_of(prepared)), None)
        if post is not None:
            return Found(self.receipt(post))
        if self.flavour.proves and prepared.before == str(self.changes):
            return Absent(proof=True)
        return CannotTell() if self.flavour.shrugs else Absent(proof=False)

    def arrives(self, which: OnItsWay) -> None:
        """What was on its way is there; nobody waits for the answer."""
        self.on_its_way.remove(which)
        self.strayed.add(key_of(which.prepared))
        try:
            self.take(which.prepared, min(self.clock.now(), which.until))
        except Gone:
            return

    def passes(self, **time: float) -> None:
        """Time passes, and what was on its way for too long has arrived."""
        self.clock.passes(**time)
        for one in [one for one in self.on_its_way if one.until <= self.clock.now()]:
            self.arrives(one)

    def mends(self) -> None:
        """From now on nothing fails."""
        self.fail.clear()
        self.faults.clear()
        for one in tuple(self.on_its_way):
            self.arrives(one)


def key_of(prepared: Prepared) -> str:
    key: str = json.loads(prepared.payload)["key"]
    return key


class _NoSecrets:
    def get(self, name: str) -> str | None:
        return None

    def set(self, name: str, value: str) -> None:
        raise AssertionError("there is nothing to keep")


class LossyAdapter(_VillageAdapter):
    """One program's way to the village; `gate` is where it waits before a request leaves and before an answer comes."""

    label = "Lossy"

    def __init__(self, village: Lossy, gate: Callable[[str], Awaitable[None]]) -> None:
        super().__init__(ACCOUNT, _NoSecrets(), None)
        self._village, self._stop = village, gate
        self._began = village.clock.now()
        self._pause: datetime | None = None
        self._told_to_pause_until: datetime | None = None

    def begins_a_step(self) -> None:
        """From now on the program knows of the pauses that other steps were told of."""
        self._pause = self.village.paused_until

    def ends_a_step(self) -> None:
        self.village.paused_until = self._told_to_pause_until or self.village.paused_until
        self._told_to_pause_until = None

    @property
    def village(self) -> Lossy:
        return self._village

    async def _leaves(self, call: str) -> None:
        self._began = self.village.clock.now()
        await self._wait(call)

    async def _comes(self, call: str) -> None:
        await self._wait(f"{ANSWER}{call}")

    async def _wait(self, for_what: str) -> None:
        """Raises `TimeoutError`, as a call that takes too long does."""
        await self._stop(for_what)
        if self.village.clock.now() - self._began >= CALL:
            raise TimeoutError

    async def prepare(self, draft: Draft) -> Prepared:
        await self._leaves("prepare")
        self.village.enter("prepare")
        words = {"key": draft.key, "text": draft.text, "to": draft.to.ref.uri}
        prepared = Prepared(json.dumps(words), str(self.village.changes))
        await self._comes("prepare")
        return prepared

    async def send(self, prepared: Prepared) -> Receipt:
        await self._leaves("send")
        village = self.village
        village.calls.append("send")
        if self._pause is not None and village.paused_until == self._pause and village.clock.now() < self._pause:
            village.impatient.append(key_of(prepared))
        arrival, problem = village.faults.pop(0).value if village.faults else (Arrival.ONCE, None)
        receipt: Receipt | None = None
        if arrival in (Arrival.ONCE, Arrival.TWICE):
            try:
                receipt = village.take(prepared, village.clock.now())
            except AdapterError as gone:
                problem = problem or gone
        if arrival in (Arrival.LATE, Arrival.TWICE):
            village.on_its_way.append(OnItsWay(prepared, self._began + SETTLES))
        if isinstance(problem, RateLimited):
            self._told_to_pause_until = village.clock.now() + timedelta(seconds=problem.retry_after)
        await self._comes("send")
        if problem is not None:
            raise problem.with_traceback(None)  # one exception for all times
        assert receipt is not None
        return receipt

    async def find(self, prepared: Prepared) -> FindResult:
        await self._leaves("find")
        self.village.enter("find")
        found = self.village.look(prepared)
        await self._comes("find")
        return found

    async def recheck(self, to: Message) -> Audience | Obstacle:
        await self._leaves("recheck")
        again = await super().recheck(to)
        await self._comes("recheck")
        return again

    async def thread(self, of: Message, limit: int) -> Page:
        await self._leaves("thread")
        page = await super().thread(of, limit)
        await self._comes("thread")
        return page

    async def mute(self, thread: ThreadRef, via: MessageRef, on: bool) -> None:
        await self._leaves("mute")
        await super().mute(thread, via, on)
        await self._comes("mute")
