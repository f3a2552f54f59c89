"""What the server knows: accounts, statuses, notifications and everything between them."""

from __future__ import annotations

import itertools
import random
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from .flavours import Flavour

Json: TypeAlias = dict[str, Any]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(eq=False)
class Account:
    """Somebody, here or on another server."""

    id: str
    username: str
    domain: str | None
    display_name: str
    created_at: datetime
    url: str
    uri: str
    locked: bool = False
    bot: bool = False
    staff: bool = False
    """Nobody can mute them on Mastodon."""
    suspended: bool = False
    moved_to: str | None = None
    default_visibility: str = "public"
    language: str | None = "en"

    @property
    def acct(self) -> str:
        return self.username if self.domain is None else f"{self.username}@{self.domain}"


@dataclass(frozen=True)
class Media:
    """A picture with its alt text, if it has one."""

    description: str | None
    content: bytes = b"\x89PNG\r\n\x1a\n"
    type: str = "image"


@dataclass
class Poll:
    """A question with answers to choose from."""

    options: tuple[str, ...]
    votes: tuple[int, ...] = ()
    multiple: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Card:
    """The preview of a link."""

    url: str
    title: str
    description: str = ""
    provider_name: str = ""


@dataclass
class Quote:
    """A status inside another one; `status_id` is None once that is gone."""

    status_id: str | None
    state: str = "accepted"


@dataclass(eq=False)
class Status:
    """Something that somebody wrote, or boosted."""

    id: str
    account: Account
    text: str
    content: str
    visibility: str
    created_at: datetime
    uri: str
    url: str
    conversation: int | None
    """None: a very old one, which cannot be muted."""
    spoiler_text: str = ""
    sensitive: bool = False
    language: str | None = "en"
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    mentions: list[Account] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    media: list[tuple[str, Media]] = field(default_factory=list)
    poll: Poll | None = None
    card: Card | None = None
    quote: Quote | None = None
    reblog_of: str | None = None
    edited_at: datetime | None = None
    favourited_by: set[str] = field(default_factory=set)
    reblogged_by: set[str] = field(default_factory=set)
    unknown: bool = False
    """The server has not met it yet."""
    dangling: bool = False
    """While it is unknown, its answers name its id all the same."""


@dataclass
class Notification:
    """That somebody did something to somebody."""

    id: str
    type: str
    recipient: str
    sender: Account
    status_id: str | None
    created_at: datetime
    filtered: bool = False
    """Held back by the recipient's policy."""
    stray: bool = False
    """Listed whichever types were asked for, as by a server that takes no notice of them."""


@dataclass
class Token:
    """An access token."""

    account: Account | None
    scopes: frozenset[str]
    client_id: str = ""
    revoked: bool = False


@dataclass
class Filter:
    """Somebody's filter: `action` is warn, hide or blur."""

    id: str
    title: str
    phrase: str
    action: str


@dataclass
class Refresh:
    """The server's own search for answers that it does not know yet."""

    id: str
    retry: int
    finished: bool = False
    result_count: int = 0


class Gate:
    """What requests wait before until it is opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self.standing = 0
        """How many have come to it."""

    def pass_through(self) -> None:
        self.standing += 1
        self._opened.wait()

    def open(self) -> None:
        self._opened.set()


class Clock:
    """The server's clock, which a test may put forward or back."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, by: timedelta) -> None:
        """Put it forward, or back with a negative time."""
        self._offset += by


class Ids:
    """Ids that grow with time, in the server's own style."""

    def __init__(self, ulids: bool) -> None:
        self._ulids = ulids
        self._count = itertools.count(1)
        self._small = itertools.count(1)

    def at(self, moment: datetime) -> str:
        """An id that sorts by its moment, and among those of one moment by its making."""
        milliseconds = int(moment.timestamp() * 1000)
        number = next(self._count)
        if self._ulids:
            return _base32(milliseconds, 10) + _base32(number, 8) + _base32(random.getrandbits(40), 8)
        return str((milliseconds << 16) + number % 65_536)

    def small(self, moment: datetime) -> str:
        """An id as Mastodon gives to notifications: one more than the last."""
        return self.at(moment) if self._ulids else str(next(self._small))

    def random(self) -> str:
        """An id that says nothing about time."""
        return _base32(1, 2) + _base32(random.getrandbits(120), 24) if self._ulids else str(random.getrandbits(56))


class World:
    """The server's state. Whoever reads or changes it holds `lock`."""

    def __init__(self, flavour: Flavour) -> None:
        self.flavour = flavour
        self.lock = threading.RLock()
        self.url = ""
        self.locale = "en"
        self.clock = Clock()
        self.ids = Ids(flavour.gotosocial)
        self.accounts: dict[str, Account] = {}
        self.statuses: dict[str, Status] = {}
        self.children: defaultdict[str, list[str]] = defaultdict(list)
        self.history: defaultdict[str, list[Json]] = defaultdict(list)
        self.conversations = itertools.count(1)
        self.notifications: list[Notification] = []
        self.muted_threads: set[tuple[str, int]] = set()
        self.mutes: dict[tuple[str, str], bool] = {}
        """Who does not hear whom, and whether that holds for notifications too."""
        self.blocks: set[tuple[str, str]] = set()
        self.follows: set[tuple[str, str]] = set()
        self.policies: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self.accepted_senders: set[tuple[str, str]] = set()
        self.dismissed_requests: set[tuple[str, str]] = set()
        self.filters: defaultdict[str, list[Filter]] = defaultdict(list)
        self.markers: dict[tuple[str, str], Json] = {}
        self.direct: dict[tuple[str, int | None, frozenset[str]], Json] = {}
        """Each account's direct conversations: id, whether it is unread, and whether its last status is known."""
        self.tokens: dict[str, Token] = {}
        self.apps: dict[str, Json] = {}
        self.codes: dict[str, Json] = {}
        self.idempotent: dict[tuple[str, str], tuple[datetime, str]] = {}
        self.in_flight: dict[tuple[str, str], threading.Event] = {}
        self.refreshes: dict[str, Refresh] = {}
        self.media: dict[str, Media] = {}
        self.emojis: set[str] = set()
        self.allowance: int | None = None
        """How many requests each token has left for this window; None: any number."""
        self.spent: defaultdict[str, int] = defaultdict(int)
        self.posting_gate: Gate | None = None

    @property
    def domain(self) -> str:
        return urlsplit(self.url).netloc

    @contextmanager
    def unlocked(self) -> Iterator[None]:
        """Let others in while this thread waits."""
        self.lock.release()
        try:
            yield
        finally:
            self.lock.acquire()

    def account_named(self, acct: str) -> Account | None:
        """Find an account by its name, with or without this server's own domain."""
        wanted = acct.casefold().removesuffix(f"@{self.domain}")
        return next((each for each in self.accounts.values() if each.acct.casefold() == wanted), None)

    def known(self, status_id: str | None) -> Status | None:
        """A status that the server has, whoever may see it."""
        status = self.statuses.get(status_id or "")
        return None if status is None or status.unknown else status

    def visible(self, status_id: str | None, viewer: Account | None) -> Status | None:
        """A status, if this viewer may see it."""
        status = self.known(status_id)
        return status if status is not None and self.may_see(status, viewer) else None

    def may_see(self, status: Status, viewer: Account | None) -> bool:
        author = status.account
        if author.suspended:
            return False
        if viewer is author:
            return True
        if viewer is not None and (author.id, viewer.id) in self.blocks:
            return False
        if status.visibility in ("public", "unlisted"):
            return True
        if viewer is None:
            return False
        if viewer in status.mentions:
            return True
        return status.visibility == "private" and (viewer.id, author.id) in self.follows

    def parent_id(self, status: Status) -> str | None:
        """What a status says it answers: nothing, as long as that was never met."""
        parent = self.statuses.get(status.in_reply_to_id or "")
        return None if parent is not None and parent.unknown and not parent.dangling else status.in_reply_to_id

    def ancestors(self, status: Status) -> list[Status]:
        """What is above a status as far as the server knows, nearest first, whoever may see it."""
        found: list[Status] = []
        above = self.known(status.in_reply_to_id)
        while above is not None:
            found.append(above)
            above = self.known(above.in_reply_to_id)
        return found

    def descendants(self, status: Status) -> Iterator[Status]:
        """What is below a status: each branch to its end, parents before their answers."""
        waiting = self._answers(status)
        while waiting:
            if (below := self.known(waiting.pop())) is not None:
                yield below
                waiting.extend(self._answers(below))

    def _answers(self, status: Status) -> list[str]:
        """The ids of what answers a status, newest first."""
        return sorted(self.children.get(status.id, ()), key=lambda each: (len(each), each), reverse=True)

    def is_thread_muted(self, account_id: str, status: Status) -> bool:
        """Whether an account keeps a thread quiet, and whether the server minds that."""
        if not self.flavour.mutes_stick:
            return False
        if status.conversation is None or (account_id, status.conversation) not in self.muted_threads:
            return False
        # GoToSocial looks upward first, and forgets the mute where an ancestor is not known to it.
        if not self.flavour.gotosocial:
            return True
        top = [status, *self.ancestors(status)][-1]
        return top.in_reply_to_id not in self.statuses


def _base32(number: int, length: int) -> str:
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5))
