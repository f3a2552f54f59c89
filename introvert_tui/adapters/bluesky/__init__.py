"""Bluesky: posts and direct messages of one account on any PDS, through the `atproto` SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from introvert_tui.adapter import Adapter, Ask, Capability, Facts, Secrets
from introvert_tui.adapters import pictures
from introvert_tui.errors import AdapterError, NotAllowed, RateLimited, SignedOut
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
from introvert_tui.text import count_graphemes

from . import chat, conversations, facets, gates, gestures, lookup, sending, sign_in
from .catching_up import CatchUp
from .wire import Wire

LIMITS = Limits(post=300, direct=1000, post_bytes=3000, direct_bytes=10_000)
"""What app.bsky.feed.post and chat.bsky.convo.defs#messageInput take: graphemes, and bytes of UTF-8."""

_EVERYTHING = ~Capability(0)


class BlueskyAdapter(Adapter):
    """One Bluesky account."""

    label = "Bluesky"
    questions: ClassVar[tuple[Question, ...]] = (sign_in.HANDLE, sign_in.PASSWORD)

    def __init__(self, account: Account, secrets: Secrets, facts: Facts | None, *, patience: float = 20.0) -> None:
        """Set up without a socket or the SDK; `patience` is how many seconds an answer may take."""
        super().__init__(account, secrets, facts)
        self._patience = patience
        self._wire = Wire(account, secrets, patience)

    @property
    def _me(self) -> str:
        return self.account.remote_id

    @classmethod
    async def sign_in(cls, ask: Ask) -> SignIn:
        """Sign in with handle and app password (com.atproto.server.createSession)."""
        return await sign_in.sign_in(ask)

    async def sign_out(self) -> None:
        """End the session (com.atproto.server.deleteSession)."""
        await self._wire.end()

    async def probe(self) -> Facts:
        """See whether the session lives, and whether it opens direct messages."""
        await self._wire.query("com.atproto.server.getSession", {}, expect="did", kind=str)
        capabilities = _EVERYTHING
        try:
            await self._wire.query("chat.bsky.convo.listConvos", {"limit": 1}, expect="convos", chat=True)
        except NotAllowed:
            capabilities &= ~(Capability.DIRECT | Capability.FILTERED)
        except (SignedOut, RateLimited):
            raise
        except AdapterError:
            # The chat service has its own bad days; what was known before still holds.
            if self.facts:
                capabilities = self.facts.capabilities
        return Facts(capabilities, LIMITS, Visibility.PUBLIC, None, datetime.now(UTC))

    def pull(self, cursor: str | None, horizon: datetime) -> AsyncIterator[Page]:
        """Read notifications, own answers and the chat log; see `catching_up`."""
        return CatchUp(self._wire, self._me, self.facts, cursor, horizon).pages()

    async def thread(self, of: Message, limit: int) -> Page:
        """Read a thread (app.bsky.feed.getPostThread) or a room (chat.bsky.convo.getMessages)."""
        return await conversations.read_thread(self._wire, self._me, of, limit)

    async def refresh(self, refs: Sequence[MessageRef]) -> Page:
        """Read posts again (app.bsky.feed.getPosts), 25 in a request."""
        return await conversations.refresh(self._wire, self._me, refs)

    def audience(self, to: Message, above: Sequence[Message]) -> Audience:
        """The author, and the authors of up to three messages above."""
        return conversations.audience(self._me, to, above)

    def mention(self, who: PersonRef) -> str | None:
        """By handle, if it is theirs."""
        return f"@{who.handle}" if who.handle and who.handle != facets.INVALID_HANDLE else None

    def mentioned(self, text: str, audience: Audience) -> tuple[str, ...]:
        """Whoever is named in a post; nobody is told of a name in a direct message."""
        direct = audience.visibility is Visibility.DIRECT
        return () if direct else tuple(dict.fromkeys(found.handle for found in facets.mentions(text)))

    async def recheck(self, to: Message) -> Audience | Obstacle:
        """Look again at what is to be answered."""
        return await conversations.recheck(self._wire, self._me, to)

    def measure(self, text: str, audience: Audience) -> Length:
        """Count graphemes; a text within that limit may still have too many bytes."""
        direct = audience.visibility is Visibility.DIRECT
        limit, most_bytes = (LIMITS.direct, LIMITS.direct_bytes) if direct else (LIMITS.post, LIMITS.post_bytes)
        used = count_graphemes(text)
        size = len(text.encode("utf-8", "surrogatepass"))
        return Length(used, limit, used <= limit and (most_bytes is None or size <= most_bytes))

    async def prepare(self, draft: Draft) -> Prepared:
        """Mint the record; see `sending`."""
        return await sending.prepare(self._wire, self._me, draft)

    async def send(self, prepared: Prepared) -> Receipt:
        """Send by com.atproto.repo.putRecord or chat.bsky.convo.sendMessage."""
        return await sending.send(self._wire, prepared)

    async def find(self, prepared: Prepared) -> FindResult:
        """Look by com.atproto.repo.getRecord or chat.bsky.convo.getMessages."""
        return await sending.find(self._wire, self._me, prepared)

    def is_here(self, address: str) -> bool:
        """Any of the network."""
        return self.is_of_network(address)

    @classmethod
    def is_of_network(cls, address: str) -> bool:
        """An address as bsky.app writes it, or an at:// URI."""
        return lookup.parts(address) is not None

    async def look_up(self, address: str) -> Page:
        """Read one post (app.bsky.feed.getPosts)."""
        return await lookup.look_up(self._wire, self._me, address)

    async def delete(self, receipt: Receipt) -> None:
        """Delete a post; a direct message cannot be taken back."""
        await sending.delete(self._wire, receipt)

    async def nod(self, to: MessageRef, on: bool) -> None:
        """Like a post, or take that back."""
        await gestures.nod(self._wire, self._me, to, on)

    async def mute(self, thread: ThreadRef, via: MessageRef, on: bool) -> None:
        """Keep a thread quiet (app.bsky.graph.muteThread on its root); mentions still notify."""
        await gestures.mute_thread(self._wire, thread, on)

    async def mute_person(self, who: PersonRef, on: bool) -> None:
        """Mute a person (app.bsky.graph.muteActor)."""
        await gestures.mute_person(self._wire, who, on)

    async def block(self, who: PersonRef, on: bool) -> None:
        """Block a person, which is public on Bluesky (app.bsky.graph.block)."""
        await gestures.block(self._wire, self._me, who, on)

    async def limit_answers(self, to: MessageRef, on: bool) -> bool:
        """Let only people answer whom you follow or name (app.bsky.feed.threadgate)."""
        return await gates.limit_answers(self._wire, self._me, to, on)

    async def detach_quote(self, quote: MessageRef, of: MessageRef, on: bool) -> bool:
        """List a quote as detached (app.bsky.feed.postgate)."""
        return await gates.detach_quote(self._wire, self._me, quote, of, on)

    def profile(self, who: PersonRef) -> str | None:
        """On bsky.app, by the name that lasts."""
        return facets.profile_url(who.uri) if who.uri.startswith("did:") else None

    async def answered(self, doors: Sequence[Door]) -> Page:
        """Count the answers to hellos, 25 in a request, and read those that are new."""
        return await conversations.answered(self._wire, self._me, doors)

    async def filtered(self) -> Filtered:
        """Read who asks for a direct conversation (chat.bsky.convo.listConvoRequests)."""
        try:
            return await chat.read_requests(self._wire, self._me)
        except NotAllowed:
            return Filtered()

    async def fetch(self, attachment: Attachment, max_bytes: int) -> bytes:
        """Read a picture."""
        return await pictures.fetch(attachment, max_bytes, self._patience)

    async def close(self) -> None:
        """Give back the connections."""
        await self._wire.close()
