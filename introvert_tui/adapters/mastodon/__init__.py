"""Mastodon: one account on any server that speaks its client API, through `Mastodon.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import ClassVar

from introvert_tui.adapter import Adapter, Ask, Facts, Secrets
from introvert_tui.adapters import pictures
from introvert_tui.model import (
    Account,
    Attachment,
    Audience,
    Door,
    Draft,
    Filtered,
    FindResult,
    Length,
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

from . import announced, conversations, gestures, lookup, people, probing, sign_in, writing
from .ancestry import Ancestry
from .bookmark import Traits
from .catching_up import CatchUp
from .library import Library
from .oauth import App
from .people import Me
from .sending import Sending
from .wire import CLIENT_ID, CLIENT_SECRET, TOKEN, Wire


class MastodonAdapter(Adapter):
    """One account on a server of Mastodon's kind."""

    label = "Mastodon"
    questions: ClassVar[tuple[Question, ...]] = (sign_in.SERVER,)

    def __init__(self, account: Account, secrets: Secrets, facts: Facts | None, *, patience: float = 20.0) -> None:
        """Set up without a socket or the SDK; `patience` is how many seconds an answer may take."""
        super().__init__(account, secrets, facts)
        self._patience = patience
        self._wire = Wire(account, secrets, patience)
        self._outgoing = Wire(account, secrets, patience)
        """A wire of its own for what is sent: behind a reading that hangs it would not even begin to go."""
        self._traits = Traits()
        self._opened: tuple[Library, Sending] | None = None

    @classmethod
    async def sign_in(cls, ask: Ask) -> SignIn:
        """Sign in by way of the browser (OAuth with PKCE; the code is pasted here)."""
        return await sign_in.sign_in(ask)

    async def sign_out(self) -> None:
        """End the token (POST /oauth/revoke)."""
        app = App(self.secrets.get(CLIENT_ID) or "", self.secrets.get(CLIENT_SECRET) or "")
        if token := self.secrets.get(TOKEN):
            await sign_in.sign_out(self.account.origin, app, token, self._patience)

    async def probe(self) -> Facts:
        """Ask what the server and the account can do; see `probing`."""
        return await probing.probe(await self._library())

    def pull(self, cursor: str | None, horizon: datetime) -> AsyncIterator[Page]:
        """Read notifications and own answers; see `catching_up`."""
        return CatchUp(self._library, cursor, horizon).pages()

    async def thread(self, of: Message, limit: int) -> Page:
        """Read a thread or a room (GET /api/v1/statuses/:id/context)."""
        return await conversations.read_thread(await self._library(), of, limit)

    async def refresh(self, refs: Sequence[MessageRef]) -> Page:
        """Read statuses again (GET /api/v1/statuses?id[]=, or one by one)."""
        return await conversations.refresh(await self._library(), refs)

    def audience(self, to: Message, above: Sequence[Message]) -> Audience:
        """The author; in a room its members."""
        return conversations.audience(self._me(""), self._default, to)

    def mention(self, who: PersonRef) -> str | None:
        """By handle, people of the same server without it."""
        return people.spoken(who.handle, self._me("").domain) if who.handle else None

    def mentioned(self, text: str, audience: Audience) -> tuple[str, ...]:
        """Whoever is named, wherever they are; a direct answer is theirs to read then."""
        return writing.named(text, self._me(""))

    async def recheck(self, to: Message) -> Audience | Obstacle:
        """Look again at what is to be answered."""
        return await conversations.recheck(await self._library(), self._default, to)

    def measure(self, text: str, audience: Audience) -> Length:
        """Count as the server does: links at a fixed price, names without their host, the warning included."""
        limit = self.facts.limits.post if self.facts else probing.MOST_CHARACTERS
        return writing.length(text, audience, self._me(""), limit, self._traits.per_url or writing.PER_URL)

    async def prepare(self, draft: Draft) -> Prepared:
        """Make the whole request; see `sending`."""
        language = self.facts.language if self.facts else None
        return await (await self._sending()).prepare(draft, self._default, language)

    async def send(self, prepared: Prepared) -> Receipt:
        """Post a status (POST /api/v1/statuses)."""
        return await (await self._sending()).send(prepared)

    async def find(self, prepared: Prepared) -> FindResult:
        """Look among one's own newer statuses, and below what was answered."""
        return await (await self._sending()).find(prepared)

    def is_here(self, address: str) -> bool:
        """The address of a status on one's own server."""
        return lookup.name_in(address, self.account.origin) is not None

    async def look_up(self, address: str) -> Page:
        """Read one status (GET /api/v1/statuses/:id)."""
        return await lookup.look_up(await self._library(), lookup.name_in(address, self.account.origin) or "")

    async def delete(self, receipt: Receipt) -> None:
        """Delete a status."""
        await (await self._sending()).delete(receipt.ref.local)

    async def nod(self, to: MessageRef, on: bool) -> None:
        """Favourite a status, or take that back."""
        await gestures.nod(await self._library(), to, on)

    async def mute(self, thread: ThreadRef, via: MessageRef, on: bool) -> None:
        """Keep a thread quiet by a status in it, unless a private talk began there; the server's staff is heard."""
        library = await self._library()
        await (gestures.mute_thread(library, thread, via) if on else gestures.let_speak(library, via))

    async def mute_person(self, who: PersonRef, on: bool) -> None:
        """Mute a person, notifications too."""
        await gestures.mute_person(await self._library(), who, on)

    async def block(self, who: PersonRef, on: bool) -> None:
        """Block a person."""
        await gestures.block(await self._library(), who, on)

    async def answered(self, doors: Sequence[Door]) -> Page:
        """Count the answers to hellos, and read those that are new."""
        return await conversations.answered(await self._library(), doors)

    async def filtered(self) -> Filtered:
        """Read who waits in the server's filter."""
        return await conversations.filtered(await self._library())

    async def admitted(self, who: PersonRef) -> Page:
        """Read what somebody said whom the filter held back: older than all that a catch-up still asks for."""
        return await announced.said_by(await self._library(), who)

    async def fetch(self, attachment: Attachment, max_bytes: int) -> bytes:
        """Read a picture."""
        return await pictures.fetch(attachment, max_bytes, self._patience)

    async def close(self) -> None:
        """Give back the connections."""
        self._wire.close()
        self._outgoing.close()

    @property
    def _default(self) -> Visibility:
        return self.facts.default_visibility if self.facts else Visibility.PUBLIC

    def _me(self, name: str) -> Me:
        return Me(self.account.remote_id, name, self.account.handle, self.account.origin)

    async def _library(self) -> Library:
        return (await self._open())[0]

    async def _sending(self) -> Sending:
        return (await self._open())[1]

    async def _open(self) -> tuple[Library, Sending]:
        """What is remembered while the adapter lives; the first call may have to ask for the account's id."""
        if self._opened is None:
            ancestry = Ancestry(self._me(await self._wire.my_id()))
            outgoing = Sending(Library(self._outgoing, ancestry, self._traits))
            self._opened = self._opened or (Library(self._wire, ancestry, self._traits), outgoing)
        return self._opened
