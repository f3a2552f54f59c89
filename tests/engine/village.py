"""A network in memory, for tests of the engine: people write when a test says so, and the wire fails when it does."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

from introvert_tui.adapter import Adapter, Ask, Capability, Facts
from introvert_tui.engine.clock import Clock
from introvert_tui.errors import Gone
from introvert_tui.model import (
    Absent,
    Account,
    Attachment,
    AttachmentKind,
    Audience,
    Door,
    Draft,
    Filtered,
    FindResult,
    Found,
    GoneKind,
    Limits,
    Message,
    MessageRef,
    Obstacle,
    ObstacleKind,
    Page,
    Person,
    PersonRef,
    Prepared,
    Reason,
    Receipt,
    Request,
    RoomRef,
    SignIn,
    Span,
    ThreadRef,
    Visibility,
    place_key,
)

ME = PersonRef("did:me", "me.test")


class StandingClock(Clock):
    """Stands still until a test lets time pass."""

    zone: tzinfo | None = UTC

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
        self.ran = timedelta(hours=5)
        self.stood = timedelta()

    def now(self) -> datetime:
        return self.moment

    def uptime(self) -> float:
        return self.ran.total_seconds()

    def awake(self) -> float:
        return (self.ran - self.stood).total_seconds()

    def passes(self, **time: float) -> datetime:
        """Time passes, and the machine runs; set back, only the clock moves."""
        self.moment += timedelta(**time)
        self.ran += max(timedelta(), timedelta(**time))
        return self.moment

    def stands_still(self, **time: float) -> datetime:
        """Time passes and the machine runs, and the program is stopped."""
        self.stood += timedelta(**time)
        return self.passes(**time)

    def jumps(self, **time: float) -> datetime:
        """The clock alone moves: it is set, or the machine sleeps."""
        self.moment += timedelta(**time)
        return self.moment


@dataclass
class Village:
    """What the server knows, and how the next calls fail."""

    clock: StandingClock
    messages: dict[str, Message] = field(default_factory=dict)
    news: list[str] = field(default_factory=list)
    muted: set[str] = field(default_factory=set)
    nods: set[str] = field(default_factory=set)
    away: set[tuple[str, str]] = field(default_factory=set)
    """Whom you have muted or blocked: the way, and the person's uri."""
    followed: set[str] = field(default_factory=lambda: {"did:ana", "did:ben", "did:cy"})
    gates: set[str] = field(default_factory=set)
    """Which of your posts nobody new may answer, and which quotes show yours no more."""
    besides: Capability = Capability.NOD
    """What this network can do that most cannot."""
    calls: list[str] = field(default_factory=list)
    fail: dict[str, list[Exception]] = field(default_factory=dict)
    lose_answers: int = 0
    at_once: int = 100
    """How many of the messages, or of the hellos, that are asked about are looked at in one call."""
    outside: dict[str, list[str]] = field(default_factory=dict)
    """Whom the server does not let in to you, by uri, with the messages it holds back."""
    before_sending: list[tuple[str, Message]] = field(default_factory=list)
    """Answers that reach the server just before your own message does: the uri answered and the message."""

    def says(
        self,
        who: str,
        text: str,
        to: str | None = None,
        *,
        reason: Reason | None = Reason.MENTION,
        room: str | None = None,
        told: bool = True,
        warning: str | None = None,
        quote: str | None = None,
    ) -> str:
        """Let somebody write; `told` is whether you are notified. Returns the message's uri."""
        uri = f"at://{who}/{len(self.messages)}"
        parent = self.messages.get(to or "")
        place: ThreadRef | RoomRef
        if room is not None:
            place, reason = RoomRef(room, (ME, PersonRef(f"did:{who}", f"{who}.test"))), Reason.DIRECT
        else:
            place = parent.place if parent else ThreadRef(MessageRef(uri, uri, "cid"))
        mine = who == "me"
        self.messages[uri] = Message(
            ref=MessageRef(uri, uri, "cid"),
            place=place,
            author=ME if mine else PersonRef(f"did:{who}", f"{who}.test"),
            seen_at=self.clock.passes(seconds=1),
            claimed_at=self.clock.moment,
            body=(Span(text),),
            parent=parent.ref if parent else None,
            said_to_me=None if mine else reason,
            visibility=Visibility.DIRECT if room else Visibility.PUBLIC,
            warning=warning,
            attachments=(Attachment(AttachmentKind.QUOTE, uri=quote),) if quote else (),
        )
        if told:
            self.news.append(uri)
        return uri

    def people(self) -> tuple[Person, ...]:
        authors = {message.author for message in self.messages.values()}
        return tuple(
            Person(one.uri, one.handle, one.handle.split(".")[0].title(), one.uri in self.followed) for one in authors
        )

    def mine(self) -> list[Message]:
        return [one for one in self.messages.values() if one.author == ME and one.gone is None]

    def enter(self, call: str) -> None:
        self.calls.append(call)
        if self.fail.get(call):
            raise self.fail[call].pop(0)

    def adapter(self) -> type[Adapter]:
        village = self

        class VillageAdapter(_VillageAdapter):
            @property
            def village(self) -> Village:
                return village

        return VillageAdapter


class _VillageAdapter(Adapter):
    label = "Village"

    @property
    def village(self) -> Village:
        raise NotImplementedError

    @classmethod
    async def sign_in(cls, ask: Ask) -> SignIn:
        return SignIn("https://village.test", ME.uri, ME.handle, {})

    async def probe(self) -> Facts:
        every = Capability.NOD | Capability.DELETE | Capability.MUTE_THREAD | Capability.DIRECT | Capability.REFRESH
        every |= self.village.besides
        limits = Limits(post=300, direct=1000)
        return Facts(every | Capability.DOORS, limits, Visibility.PUBLIC, None, self.village.clock.now())

    async def pull(self, cursor: str | None, horizon: datetime) -> AsyncIterator[Page]:
        self.village.enter("pull")
        if self.account.remote_id != ME.uri:
            return  # nobody speaks to another account of yours but by a page that a test makes
        start = int(cursor or 0)
        fresh = [self.village.messages[uri] for uri in self.village.news[start:]]
        yield self._page(fresh, cursor=str(len(self.village.news)))

    def _page(self, messages: Sequence[Message], cursor: str | None = None) -> Page:
        roots = dict.fromkeys(one.place.root.uri for one in messages if isinstance(one.place, ThreadRef))
        muted = tuple((root, root in self.village.muted) for root in roots)
        return Page(messages=tuple(messages), people=self.village.people(), muted=muted, cursor=cursor)

    async def thread(self, of: Message, limit: int) -> Page:
        self.village.enter("thread")
        place = place_key(of.place)
        return self._page([one for one in self.village.messages.values() if place_key(one.place) == place])

    async def refresh(self, refs: Sequence[MessageRef]) -> Page:
        self.village.enter("refresh")
        looked_at, postponed = refs[: self.village.at_once], refs[self.village.at_once :]
        found = [self.village.messages[ref.uri] for ref in looked_at if ref.uri in self.village.messages]
        there = [replace(one, liked_by_me=one.ref.uri in self.village.nods) for one in found if one.gone is None]
        gone = tuple(one.ref.uri for one in found if one.gone is not None)
        return replace(self._page(there), gone=gone, postponed=tuple(ref.uri for ref in postponed))

    def audience(self, to: Message, above: Sequence[Message]) -> Audience:
        also = tuple(dict.fromkeys(one.author for one in above if one.author not in (ME, to.author)))
        return Audience(to.visibility, to.author, also, warning=to.warning)

    def mention(self, who: PersonRef) -> str | None:
        return f"@{who.handle}"

    def mentioned(self, text: str, audience: Audience) -> tuple[str, ...]:
        direct = audience.visibility is Visibility.DIRECT
        return () if direct else tuple(re.findall(r"@([\w.]*\w)", text))

    async def recheck(self, to: Message) -> Audience | Obstacle:
        self.village.enter("recheck")
        now = self.village.messages[to.ref.uri]
        if now.gone is not None:
            return Obstacle(ObstacleKind.DELETED)
        if now.edited_at != to.edited_at:
            return Obstacle(ObstacleKind.EDITED)
        return self.audience(to, ())

    async def prepare(self, draft: Draft) -> Prepared:
        return Prepared(json.dumps({"key": draft.key, "text": draft.text, "to": draft.to.ref.uri}))

    async def send(self, prepared: Prepared) -> Receipt:
        self.village.enter("send")
        for uri, message in self.village.before_sending:
            self.village.messages[uri] = message
        words = json.loads(prepared.payload)
        uri = f"at://me/{words['key']}"
        if uri not in self.village.messages:
            to = self.village.messages[words["to"]]
            moment = self.village.clock.passes(seconds=1)
            self.village.messages[uri] = Message(
                MessageRef(uri, uri, "cid"), to.place, ME, moment, moment, (Span(words["text"]),), to.ref
            )
        if self.village.lose_answers:
            self.village.lose_answers -= 1
            raise TimeoutError("the answer is lost")
        return self._receipt(uri)

    def _receipt(self, uri: str) -> Receipt:
        message = self.village.messages[uri]
        return Receipt(message.ref, message.seen_at)

    async def find(self, prepared: Prepared) -> FindResult:
        self.village.enter("find")
        uri = f"at://me/{json.loads(prepared.payload)['key']}"
        return Found(self._receipt(uri)) if uri in self.village.messages else Absent(proof=True)

    def is_here(self, address: str) -> bool:
        return address.startswith("https://village.test/")

    async def look_up(self, address: str) -> Page:
        self.village.enter("look_up")
        uri = address.removeprefix("https://village.test/")
        if uri not in self.village.messages:
            raise Gone("There is no post at this address.")
        return self._page([self.village.messages[uri]])

    async def delete(self, receipt: Receipt) -> None:
        self.village.enter("delete")
        uri = receipt.ref.uri
        self.village.messages[uri] = replace(self.village.messages[uri], gone=GoneKind.DELETED, body=())

    async def nod(self, to: MessageRef, on: bool) -> None:
        self.village.enter("nod")
        (self.village.nods.add if on else self.village.nods.discard)(to.uri)

    async def mute(self, thread: ThreadRef, via: MessageRef, on: bool) -> None:
        self.village.enter("mute")
        there = self.village.messages.get(via.uri)
        if there is None or there.gone is not None:
            raise Gone("There is no such message.")
        (self.village.muted.add if on else self.village.muted.discard)(thread.root.uri)

    async def mute_person(self, who: PersonRef, on: bool) -> None:
        self.village.enter("mute_person")
        (self.village.away.add if on else self.village.away.discard)(("mute", who.uri))

    async def block(self, who: PersonRef, on: bool) -> None:
        self.village.enter("block")
        (self.village.away.add if on else self.village.away.discard)(("block", who.uri))

    async def limit_answers(self, to: MessageRef, on: bool) -> bool:
        self.village.enter("limit_answers")
        return self._gate(to.uri, on)

    async def detach_quote(self, quote: MessageRef, of: MessageRef, on: bool) -> bool:
        self.village.enter("detach_quote")
        return self._gate(f"{quote.uri} of {of.uri}", on)

    def _gate(self, what: str, on: bool) -> bool:
        before = what in self.village.gates
        (self.village.gates.add if on else self.village.gates.discard)(what)
        return before is not on

    async def filtered(self) -> Filtered:
        self.village.enter("filtered")
        there = {person.uri: person for person in self.village.people()}
        held_back = [(there[who], self.village.messages[uris[-1]]) for who, uris in self.village.outside.items()]
        return Filtered(tuple(Request(who, last.text, last.seen_at) for who, last in held_back))

    async def admitted(self, who: PersonRef) -> Page:
        self.village.enter("admitted")
        there = self.village.messages.values()
        return self._page([one for one in there if one.author == who and who.uri not in self.village.outside])

    async def answered(self, doors: Sequence[Door]) -> Page:
        self.village.enter("answered")
        receipts = [door.receipt.uri for door in doors]
        looked_at, postponed = receipts[: self.village.at_once], receipts[self.village.at_once :]
        there = self.village.messages.values()
        answers = [one for one in there if one.parent is not None and one.parent.uri in looked_at]
        return replace(self._page(answers), postponed=tuple(postponed))


ACCOUNT = Account(1, "demo", "https://village.test", ME.uri, ME.handle)
