"""PUBLIC: the contract between Introvert and a network.

An adapter is a subclass of `Adapter`, registered under the entry-point group ``introvert_tui.adapters`` with the
network's short name. It is code the user trusts; it gets its own account's secrets and nobody else's. It lives on its
own thread with its own event loop, so it may be slow without hurting anyone, but it must not keep state that matters:
everything to be remembered is in what it returns.

Abstract: `sign_in`, `probe`, `pull`, `thread`, `audience`, `prepare`, `send`, `find`. The other methods have defaults
that are true of a network that cannot do more ("nothing older", "not allowed"); an adapter that overrides one names
its `Capability`, where it has one. It raises the subclasses of `errors.AdapterError` and nothing else.
`introvert_tui.testing.AdapterContract` proves an adapter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Flag, auto
from typing import ClassVar, Protocol

from introvert_tui.errors import NotAllowed
from introvert_tui.model import (
    Account,
    Attachment,
    Audience,
    Door,
    Draft,
    Filtered,
    FindResult,
    Length,
    Limits,
    Message,
    MessageRef,
    Obstacle,
    Page,
    PersonRef,
    Prepared,
    Question,
    Receipt,
    SignIn,
    ThreadRef,
    Visibility,
)

API_VERSION = 1


class Capability(Flag):
    """What a network can do for an account."""

    NOD = auto()
    NOD_DIRECT = auto()
    DELETE = auto()
    MUTE_THREAD = auto()
    MUTE_PERSON = auto()
    BLOCK = auto()
    DIRECT = auto()
    REFRESH = auto()
    DOORS = auto()
    FILTERED = auto()
    PICTURES = auto()
    LIMIT_ANSWERS = auto()
    DETACH_QUOTE = auto()


@dataclass(frozen=True, slots=True)
class Facts:
    """What `probe` found out about an account and its server; `language` is the account's own, if it has one."""

    capabilities: Capability
    limits: Limits
    default_visibility: Visibility
    language: str | None
    probed_at: datetime


class Secrets(Protocol):
    """One account's secrets in the keychain; safe to call from the adapter's thread."""

    def get(self, name: str) -> str | None:
        """Return the secret, or None."""

    def set(self, name: str, value: str) -> None:
        """Store the secret before returning."""


class Ask(Protocol):
    """How an adapter talks to the person who signs in."""

    async def question(self, question: Question) -> str:
        """Return what was typed, stripped; an empty answer is the empty string."""

    async def open_link(self, url: str) -> None:
        """Show the address of a page, to be opened in a browser here or elsewhere."""

    async def say(self, text: str) -> None:
        """Show one plain line."""


class Adapter(ABC):
    """One account on one network."""

    api_version: ClassVar[int] = API_VERSION
    label: ClassVar[str]
    nothing_outside: ClassVar[str] = ""
    """Why nobody elsewhere can be reached from here, as a sentence; real networks have none."""
    questions: ClassVar[tuple[Question, ...]] = ()

    def __init__(self, account: Account, secrets: Secrets, facts: Facts | None) -> None:
        """Open no socket and import no SDK: this runs before the first frame."""
        self.account = account
        self.secrets = secrets
        self.facts = facts

    @classmethod
    @abstractmethod
    async def sign_in(cls, ask: Ask) -> SignIn:
        """Ask `questions`, which a front end may show as one form, and what else comes up; open a session.

        Raises `Refused` with words that say what to do (wrong password, unknown handle), `Offline`, `Unavailable`,
        `RateLimited`.
        """

    async def sign_out(self) -> None:  # noqa: B027
        """End the session on the server, where there is one to end."""

    @abstractmethod
    async def probe(self) -> Facts:
        """Find out what this account can do; called after sign-in and about once a day."""

    @abstractmethod
    def pull(self, cursor: str | None, horizon: datetime) -> AsyncIterator[Page]:
        """Yield what was said to this account since `cursor`, newest page first or oldest first.

        Only conversations the account is part of, never likes, reposts or follows. Without a cursor it stops at
        `horizon` or at 100 messages said to the account, whichever comes first. Each page is stored before the next is
        asked for, so a page's `cursor` must be safe to resume from: a gap that is still open is in the cursor.
        Repeating a pull repeats the same refs. Your own answers and nods found on the way are in the pages.
        """

    @abstractmethod
    async def thread(self, of: Message, limit: int) -> Page:
        """Read the conversation around a message (or the room it is in): ancestors and answers, at most `limit`.

        Raises `Gone` when nothing of it can be read.
        """

    async def refresh(self, refs: Sequence[MessageRef]) -> Page:
        """Re-read messages: edits, deletions (`gone`), mutes, your own nods given elsewhere; what is too much is
        `postponed`."""
        return Page()

    @abstractmethod
    def audience(self, to: Message, above: Sequence[Message]) -> Audience:
        """Say, offline, who reads and who is notified of an answer; `above` are the known ancestors, nearest first."""

    def mention(self, who: PersonRef) -> str | None:
        """What names a person in a text so that they are told of it ("@ana"); None where nothing does; offline."""
        return None

    def mentioned(self, text: str, audience: Audience) -> tuple[str, ...]:
        """The handles of those who are told of a text because it names them, in order; offline.

        An answer that is direct can be read by them, too. A draft's `naming` holds those of them who are known.
        """
        return ()

    async def recheck(self, to: Message) -> Audience | Obstacle:
        """Look again at what a late answer answers."""
        return self.audience(to, ())

    def measure(self, text: str, audience: Audience) -> Length:
        """Measure a text as this network does."""
        limits = self.facts.limits if self.facts else Limits(post=300, direct=1000)
        limit = limits.direct if audience.visibility is Visibility.DIRECT else limits.post
        return Length(len(text), limit, len(text) <= limit)

    @abstractmethod
    async def prepare(self, draft: Draft) -> Prepared:
        """Make everything that `send` will need, so that a repeat sends the very same bytes; sends nothing."""

    @abstractmethod
    async def send(self, prepared: Prepared) -> Receipt:
        """Send once. Raises `Unsure` whenever the server may have taken it: time-out, broken read, 5xx.

        `Offline` only if no byte of the request was delivered; `Refused` only if it certainly was not taken.
        """

    @abstractmethod
    async def find(self, prepared: Prepared) -> FindResult:
        """Look whether an earlier `send` of this took effect; changes nothing.

        Without `before` it was never sent from here, and is looked for by its words: the database may be an old copy.
        """

    def is_here(self, address: str) -> bool:
        """Whether a web address is that of a message which this account can look up; offline and pure."""
        return False

    @classmethod
    def is_of_network(cls, address: str) -> bool:
        """Whether a web address is that of a message on this network, whoever is signed in; offline and pure."""
        return False

    async def look_up(self, address: str) -> Page:
        """Read the message at an address that `is_here`, the page's only one. Raises `Gone`."""
        raise NotAllowed("look_up", f"{self.label} finds nothing by its address.")

    async def delete(self, receipt: Receipt) -> None:
        """Delete your own message; deleting it twice is no error."""
        raise NotAllowed("delete", f"{self.label} does not let this be deleted from here.")

    async def nod(self, to: MessageRef, on: bool) -> None:
        """Like a message, or take that back; repeating either is no error."""
        raise NotAllowed("nod", f"{self.label} has no nod.")

    async def mute(self, thread: ThreadRef, via: MessageRef, on: bool) -> None:
        """Keep a thread quiet on the server; `via` is a message of yours in it, or one that names you."""
        raise NotAllowed("mute_thread", f"{self.label} cannot keep a thread quiet; it stays quiet here.")

    async def mute_person(self, who: PersonRef, on: bool) -> None:
        """Hear no more from a person."""
        raise NotAllowed("mute_person", f"{self.label} cannot mute people.")

    async def block(self, who: PersonRef, on: bool) -> None:
        """Block a person."""
        raise NotAllowed("block", f"{self.label} cannot block people.")

    async def limit_answers(self, to: MessageRef, on: bool) -> bool:
        """Let nobody new answer in the thread of your own message `to`, or everybody again; return whether it changed.

        Raises `NotAllowed` where somebody else began it, and `Refused` where you decided otherwise before: that stands.
        """
        raise NotAllowed("limit_answers", f"{self.label} does not let you say who may answer.")

    async def detach_quote(self, quote: MessageRef, of: MessageRef, on: bool) -> bool:
        """Take your own message `of` out of one that quotes it, or let it stand again; return whether it changed."""
        raise NotAllowed("detach_quote", f"{self.label} does not let you take your words out of a quote.")

    def profile(self, who: PersonRef) -> str | None:
        """Where a person's page is on the web (https), offline; None where there is none."""
        return who.uri if who.uri.startswith("https://") else None

    async def answered(self, doors: Sequence[Door]) -> Page:
        """Look in one batch whether people greeted have answered; new answers are in `messages`.

        Doors for which one batch has no room are `postponed`.
        """
        return Page()

    async def filtered(self) -> Filtered:
        """Read what the server holds back, accepting nothing."""
        return Filtered()

    async def admitted(self, who: PersonRef) -> Page:
        """Read what somebody said who was held back, and whom `filtered` names no more: let in, or sent away.

        Empty where `pull` brings it.
        """
        return Page()

    async def fetch(self, attachment: Attachment, max_bytes: int) -> bytes:
        """Return a picture's bytes, at most `max_bytes`."""
        raise NotAllowed("pictures", f"{self.label} has no pictures here.")

    async def close(self) -> None:  # noqa: B027
        """Give back connections; called on the adapter's own loop."""
