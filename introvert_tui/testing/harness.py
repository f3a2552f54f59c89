"""The other side as a contract test needs it, and what all parts of the contract share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import ClassVar, Protocol, TypeVar
from uuid import uuid4

import pytest

from introvert_tui.adapter import Adapter
from introvert_tui.model import Draft, DraftKind, Message, Page, Reason

RETRY_AFTER = 7
"""The seconds that a server under `Fault.RATE_LIMITED` asks for."""


class Fault(Enum):
    """What happens to every request until `Harness.clear_faults`."""

    REFUSED = "connection refused"
    """Nobody listens: not a byte is delivered."""
    LOST_REQUEST = "request lost"
    """The connection is taken, and cut before the server hears of the request."""
    LOST_ANSWER = "answer lost"
    """The server does as asked; the connection is cut before the answer's first byte."""
    TIMEOUT = "time-out"
    """The connection is taken, and nothing ever comes back."""
    UNAUTHORIZED = "401"
    """The session is no longer good, and cannot be renewed either, in whatever words the network has for that."""
    RATE_LIMITED = "429"
    """The server asks for `RETRY_AFTER` seconds of patience, in the network's own headers."""
    SERVER_ERROR = "500"
    """The server fails; whether it did as asked first is the harness's choice."""
    RUBBISH = "rubbish"
    """The server answers 200 with what is not JSON; whether it did as asked first is the harness's choice."""


class Harness(Protocol):
    """An adapter that is signed in, and the other side of it, acting where a test says.

    "Someone" is one and the same person, not the account. Every ability returns once the server would show what it did.
    `requests` are those the adapters made so far, each as "METHOD path?query", oldest first. Adapters are built with
    a time-out of a second or less, and the harness closes all it made when the test is over.
    """

    @property
    def adapter(self) -> Adapter:
        """The adapter under test, always the same one."""

    @property
    def requests(self) -> list[str]:
        """What the adapters asked the server for."""

    async def another_adapter(self) -> Adapter:
        """Sign in the same account once more: a fresh instance that remembers nothing, as after a restart."""

    async def someone_writes(self, text: str, reason: Reason = Reason.MENTION) -> str:
        """Let someone say something to the account, for this reason and no other; return the message's uri."""

    async def someone_answers(self, uri: str, text: str) -> str:
        """Let someone answer a message, theirs or the account's, naming nobody; return the answer's uri."""

    async def someone_deletes(self, uri: str) -> None:
        """Let someone delete what they wrote."""

    async def make_noise(self) -> None:
        """Let someone like and repost something of the account's, and follow it."""

    async def my_messages(self, containing: str) -> int:
        """Count the account's own messages on the server, asking by a way of its own."""

    async def settle(self) -> None:
        """Return once the server shows everything that the account did so far."""

    async def fault(self, fault: Fault) -> None:
        """Let every request fail like this from now on."""

    async def clear_faults(self) -> None:
        """Let requests through again."""


_Test = TypeVar("_Test", bound=Callable[..., object])


def needs(*faults: Fault) -> Callable[[_Test], _Test]:
    """Mark a test that makes no sense where one of these faults cannot be played."""

    def mark(test: _Test) -> _Test:
        test.__dict__["needs"] = faults
        return test

    return mark


@pytest.mark.asyncio
class Contract:
    """What a subclass may declare, and how its declarations decide what is collected."""

    many: ClassVar[int] = 60
    """As many messages as fill more than one page of `pull`."""
    reasons: ClassVar[tuple[Reason, ...]] = (Reason.MENTION, Reason.REPLY, Reason.QUOTE)
    """The reasons for which the harness can let someone write; add DIRECT where the network has it."""
    lacks: ClassVar[Mapping[Fault, str]] = {}
    """The faults that the harness cannot play, each with the reason why."""
    slow_imports: ClassVar[tuple[str, ...]] = (
        "atproto",
        "mastodon",
        "httpx",
        "requests",
        "urllib3",
        "aiohttp",
        "websockets",
        "pydantic",
        "keyring",
    )
    """Modules that constructing an adapter must not import."""
    never_requested: ClassVar[tuple[str, ...]] = (
        r"(?i)\breasons?(\[\])?=(like|repost|follow)",
        r"(?i)[?&]types(\[\]|%5B%5D)=(favourite|reblog|follow|poll)",
        r"(?i)\b(getTimeline|getFeed\b|getLikes|getRepostedBy|getFollows|getFollowers|getActorLikes)",
        r"(?i)/(timelines|favourited_by|reblogged_by|followers|following|trends)\b",
    )
    """What no request while reading may match."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        assert all(cls.lacks.values()), "say why the harness lacks each fault"
        for name in filter(_is_test_name, dir(cls)):
            test = getattr(cls, name)
            missing = any(fault in cls.lacks for fault in getattr(test, "needs", ()))
            without_any = len(cls.lacks) == len(Fault) and "fault" in getattr(test, "__annotations__", ())
            if missing or without_any:
                # pytest collects what is callable: None takes a test out, and the declaration says why
                setattr(cls, name, None)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test once for each reason, and once for each fault, that the harness can play."""
        if "reason" in metafunc.fixturenames:
            metafunc.parametrize("reason", self.reasons, ids=lambda reason: reason.value)
        if "fault" in metafunc.fixturenames:
            faults = [fault for fault in Fault if fault not in self.lacks]
            metafunc.parametrize("fault", faults, ids=lambda fault: fault.value)


def _is_test_name(name: str) -> bool:
    return name.startswith("test_")


def horizon() -> datetime:
    """How far back a first catch-up looks."""
    return datetime.now(UTC) - timedelta(days=14)


def words(text: str = "hello") -> str:
    """Return words that nobody else wrote."""
    return f"{text} {uuid4().hex[:12]}"


async def read_all(adapter: Adapter, cursor: str | None = None) -> tuple[list[Page], str | None]:
    """Pull to the end as the engine does; return the pages, and the cursor that is stored after the last."""
    pages = []
    async for page in adapter.pull(cursor, horizon()):
        pages.append(page)
        cursor = page.cursor or cursor
    return pages, cursor


async def first_pages(adapter: Adapter, cursor: str | None, count: int) -> tuple[list[Page], str | None]:
    """Pull a few pages and give up, as a program does that is closed; return them, and the cursor stored by then."""
    pages: list[Page] = []
    pulling = adapter.pull(cursor, horizon())
    async for page in pulling:
        pages.append(page)
        cursor = page.cursor or cursor
        if len(pages) == count:
            break
    if isinstance(pulling, AsyncGenerator):
        await pulling.aclose()
    return pages, cursor


def messages_of(pages: Iterable[Page]) -> list[Message]:
    """All messages in pages, in the order they came."""
    return [message for page in pages for message in page.messages]


def said_to_me(pages: Iterable[Page]) -> dict[str, Message]:
    """What was said to the account, by uri."""
    return {message.ref.uri: message for message in messages_of(pages) if message.said_to_me}


async def receive(harness: Harness, reason: Reason = Reason.MENTION, text: str | None = None) -> Message:
    """Let someone write, and return the message as the adapter pulled it."""
    uri = await harness.someone_writes(text or words("good morning"), reason)
    pages, _ = await read_all(harness.adapter)
    said = said_to_me(pages)
    assert uri in said, f"pull did not bring {uri}, written for the reason {reason.value}"
    return said[uri]


def draft_to(message: Message, text: str) -> Draft:
    """Write a hello."""
    return Draft(key=uuid4().hex, kind=DraftKind.HELLO, text=text, to=message, language="en")
