"""The demo keeps the contract; behind a wire that fails, it also shows what the contract itself is worth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar, ParamSpec, TypeVar

import pytest

from introvert_tui.adapters.demo import PAGE, DemoAdapter
from introvert_tui.adapters.demo.script import YOU
from introvert_tui.adapters.demo.town import Town
from introvert_tui.errors import AdapterError, Offline, RateLimited, SignedOut, Unavailable, Unsure
from introvert_tui.model import Absent, Account, FindResult, Message, Page, Prepared, Reason, Receipt
from introvert_tui.testing import RETRY_AFTER, AdapterContract, Fault, Harness

P = ParamSpec("P")
T = TypeVar("T")

ACCOUNT = Account(id=1, network="demo", origin="demo", remote_id="demo:you", handle="you")
SOMEONE = "tomasz"


class NoSecrets:
    """A keychain that nobody should ask."""

    def get(self, name: str) -> str | None:
        raise AssertionError(f"the demo asks for the secret {name}")

    def set(self, name: str, value: str) -> None:
        raise AssertionError(f"the demo stores the secret {name}")


def ticking() -> Callable[[], datetime]:
    """A clock that moves on by a millisecond whenever somebody looks at it."""
    start = datetime.now(UTC)
    moments: Iterator[datetime] = (start + timedelta(milliseconds=number) for number in range(10**9))
    return lambda: next(moments)


class TownHarness:
    """The town itself plays the other side."""

    def __init__(self, make: Callable[[Town], DemoAdapter]) -> None:
        self._make = make
        self.town = Town(ticking())
        self.adapter = make(self.town)
        self.requests: list[str] = []
        self._yours = self.town.hear(YOU, "A fine morning.").uri

    async def another_adapter(self) -> DemoAdapter:
        return self._make(self.town)

    async def someone_writes(self, text: str, reason: Reason = Reason.MENTION) -> str:
        match reason:
            case Reason.MENTION:
                post = self.town.hear(SOMEONE, f"@you {text}")
            case Reason.REPLY:
                post = self.town.hear(SOMEONE, text, to=self._yours)
            case Reason.QUOTE:
                post = self.town.hear(SOMEONE, text, quote=self._yours)
            case Reason.DIRECT:
                post = self.town.hear(SOMEONE, text, private=True)
        return post.uri

    async def someone_answers(self, uri: str, text: str) -> str:
        return self.town.hear(SOMEONE, text, to=uri).uri

    async def someone_deletes(self, uri: str) -> None:
        self.town.remove(uri)

    async def make_noise(self) -> None:
        """Nobody in town counts anything, so there is none to make."""

    async def my_messages(self, containing: str) -> int:
        yours = (post for post in self.town.posts.values() if post.who == YOU and post.uri not in self.town.deleted)
        return sum(containing in post.text for post in yours)

    async def settle(self) -> None:
        """Everything is at once as it is."""

    async def fault(self, fault: Fault) -> None:
        raise AssertionError("there is no wire to the town")

    async def clear_faults(self) -> None:
        """There are none."""


class Wire:
    """What lies between an adapter and a server, and how it fails; each call counts as a request."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.requests: list[str] = []

    async def carry(self, writes: bool, name: str, do: Callable[[], T]) -> T:
        self.requests.append(f"CALL {name}")
        match self.fault:
            case None:
                return do()
            case Fault.REFUSED:
                raise Offline("The town does not answer.")
            case Fault.UNAUTHORIZED:
                raise SignedOut("The town no longer knows you.")
            case Fault.RATE_LIMITED:
                raise RateLimited("The town asks for a moment.", RETRY_AFTER)
            case Fault.TIMEOUT:
                await asyncio.sleep(0)
            case Fault.LOST_ANSWER | Fault.SERVER_ERROR:
                do()
            case _:
                pass
        raise (Unsure if writes else Unavailable)("The town's answer got lost.")


class WiredDemo(DemoAdapter):
    """The demo as it would be across a network."""

    wire = Wire()

    async def _call(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        name = do.__name__
        return await self.wire.carry(name == "say", name, lambda: do(*args, **kwargs))


class WiredHarness(TownHarness):
    """The town behind a wire."""

    def __init__(self, kind: type[WiredDemo] = WiredDemo) -> None:
        self._kind = kind
        self._wire = Wire()
        super().__init__(self._adapter)
        self.requests = self._wire.requests

    def _adapter(self, town: Town) -> WiredDemo:
        adapter = self._kind(ACCOUNT, NoSecrets(), None, town=town)
        adapter.wire = self._wire
        return adapter

    async def fault(self, fault: Fault) -> None:
        self._wire.fault = fault

    async def clear_faults(self) -> None:
        self._wire.fault = None


class TestDemo(AdapterContract):
    """The demo, as it is."""

    many = PAGE * 2 + 1
    reasons = tuple(Reason)
    lacks: ClassVar[dict[Fault, str]] = dict.fromkeys(Fault, "nothing lies between you and a town that is made up")

    @pytest.fixture
    def harness(self) -> Harness:
        return TownHarness(lambda town: DemoAdapter(ACCOUNT, NoSecrets(), None, town=town))


class TestDemoBehindAWire(AdapterContract):
    """The demo across a network that fails: here for the sake of the contract's tests of faults."""

    many = PAGE + 1
    reasons = tuple(Reason)

    @pytest.fixture
    def harness(self) -> Harness:
        return WiredHarness()


class SendsTwice(WiredDemo):
    """Says everything once more."""

    async def send(self, prepared: Prepared) -> Receipt:
        await super().send(Prepared(prepared.payload.replace('"key": "', '"key": "again-')))
        return await super().send(prepared)


class SkipsPages(WiredDemo):
    """Says after the first page that it is through."""

    async def pull(self, cursor: str | None, horizon: datetime) -> AsyncIterator[Page]:
        pages = [page async for page in super().pull(cursor, horizon)]
        for page in pages:
            yield replace(page, cursor=pages[-1].cursor)


class TakesEverythingPersonally(WiredDemo):
    """Takes for said to you what others say to each other."""

    async def thread(self, of: Message, limit: int) -> Page:
        page = await super().thread(of, limit)
        heard = (replace(message, said_to_me=message.said_to_me or Reason.REPLY) for message in page.messages)
        return replace(page, messages=tuple(heard))


class GuessesAbsent(WiredDemo):
    """Says that it is not there when the server did not say anything."""

    async def find(self, prepared: Prepared) -> FindResult:
        try:
            return await super().find(prepared)
        except AdapterError:
            return Absent(proof=True)


@pytest.mark.parametrize(
    ("wrong", "test", "arguments"),
    [
        (SendsTwice, "test_sending_again_sends_once", ()),
        (SkipsPages, "test_an_interrupted_pull_leaves_no_gap_and_no_double", ()),
        (TakesEverythingPersonally, "test_what_others_say_to_each_other_is_not_said_to_me", ()),
        (TakesEverythingPersonally, "test_my_own_words_are_not_said_to_me", ()),
        (GuessesAbsent, "test_looking_while_the_server_is_in_trouble_says_nothing", (Fault.SERVER_ERROR,)),
    ],
)
async def test_the_contract_notices(wrong: type[WiredDemo], test: str, arguments: tuple[object, ...]) -> None:
    contract = TestDemoBehindAWire()
    await getattr(contract, test)(WiredHarness(), *arguments)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await getattr(contract, test)(WiredHarness(wrong), *arguments)
