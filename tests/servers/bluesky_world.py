"""The adapter signed in at the reference server, and the other people around it, for tests of the adapter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import uuid4

import pytest

from introvert_tui.adapter import Facts
from introvert_tui.adapters.bluesky import BlueskyAdapter
from introvert_tui.adapters.bluesky.sdk import new_session
from introvert_tui.model import Account, Message, Page, Question, Reason, SignIn
from introvert_tui.testing import RETRY_AFTER, Fault
from introvert_tui.testing.harness import read_all

from .bluesky.chat import ChatServer
from .bluesky.people import Json, Person, PostRef
from .bluesky.server import BlueskyServer
from .waiting import eventually


class Keychain:
    """Secrets in memory, with every value they ever had."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self.history: list[str] = []

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def set(self, name: str, value: str) -> None:
        self.values[name] = value
        self.history.append(value)


class Answers:
    """Somebody at the sign-in who has all answers ready."""

    def __init__(self, **answers: str) -> None:
        self._answers = answers
        self.said: list[str] = []

    async def question(self, question: Question) -> str:
        return self._answers[question.name]

    async def open_link(self, url: str) -> None:
        self.said.append(url)

    async def say(self, text: str) -> None:
        self.said.append(text)


def use_servers(monkeypatch: pytest.MonkeyPatch, bluesky: BlueskyServer, chat: ChatServer | None = None) -> None:
    """Let the adapter ask the servers of the test, and nobody else."""
    monkeypatch.setenv("INTROVERT_BLUESKY_RESOLVER", bluesky.pds_url)
    monkeypatch.setenv("INTROVERT_BLUESKY_DIRECTORY", bluesky.plc_url)
    monkeypatch.setenv("INTROVERT_BLUESKY_CHAT", chat.service_id if chat else "did:web:localhost%3A1#bsky_chat")


class World:
    """One account with its adapters, one friend, and abilities that return once the server shows what they did."""

    def __init__(self, bluesky: BlueskyServer, chat: ChatServer | None, patience: float = 10) -> None:
        self.bluesky = bluesky
        self.chat = chat
        self.me = bluesky.new_person("me")
        self.ana = bluesky.new_person("ana")
        self._patience = patience
        self._adapters: list[BlueskyAdapter] = []
        self._past: list[str] = []
        self._room: str | None = None
        self.keychain = Keychain({})
        self.my_post = self.show(self.me.post("A fine morning"))

    async def enter(self, *, privileged: bool = True) -> BlueskyAdapter:
        """Sign in with a new app password and return the first adapter."""
        password = self.me.create_app_password(uuid4().hex[:10], privileged=privileged)
        signed_in: SignIn = await BlueskyAdapter.sign_in(Answers(handle=self.me.handle, password=password))
        self.keychain = Keychain(signed_in.secrets)
        self.adapter = self.new_adapter()
        return self.adapter

    def enter_at_once(self) -> BlueskyAdapter:
        """Take over the account's own session: a sign-in costs the server two seconds of hashing."""
        own = self.me.session
        session = new_session(self.me.handle, self.me.did, own["accessJwt"], own["refreshJwt"], self.bluesky.url)
        self.keychain = Keychain({"session": session.encode()})
        self.adapter = self.new_adapter()
        return self.adapter

    def new_adapter(self, facts: Facts | None = None) -> BlueskyAdapter:
        """A fresh instance for the account, as after a restart."""
        account = Account(1, "bluesky", self.bluesky.url, self.me.did, self.me.handle)
        adapter = BlueskyAdapter(account, self.keychain, facts, patience=self._patience)
        self._adapters.append(adapter)
        return adapter

    async def leave(self) -> None:
        """Close everything."""
        for adapter in self._adapters:
            await adapter.close()
        self.me.close()
        self.ana.close()

    async def pull(self, cursor: str | None = None) -> tuple[list[Page], str | None]:
        """Pull to the end with a fresh adapter."""
        return await read_all(self.new_adapter(), cursor)

    async def receive(self, uri: str) -> Message:
        """The message with this address as a fresh pull brings it."""
        pages, _ = await self.pull()
        return next(each for page in pages for each in page.messages if each.ref.uri == uri)

    @property
    def requests(self) -> list[str]:
        made = [f"{one.method} {one.path}?{_query(one.query)}" for one in self.bluesky.proxy.exchanges]
        return [*self._past, *made]

    def methods(self) -> list[str]:
        """The names of the calls since the proxy's record was last cleared."""
        return [one.name for one in self.bluesky.proxy.exchanges]

    def show(self, post: PostRef) -> PostRef:
        """Wait until the AppView shows a post."""
        eventually(lambda: self.view(post.uri))
        return post

    def view(self, uri: str, viewer: Person | None = None) -> Json:
        """A post as somebody sees it, by default the account; {} if it is not shown."""
        posts = (viewer or self.me).query("app.bsky.feed.getPosts", uris=[uri])["posts"]
        return dict(posts[0]) if posts else {}

    def notify(self, post: PostRef) -> PostRef:
        """Wait until the account was told of a post."""
        reasons = ("mention", "reply", "quote")
        eventually(lambda: any(note["uri"] == post.uri for note in self.me.notifications(*reasons)))
        return self.show(post)

    def ref(self, uri: str) -> PostRef:
        """A post as something that can be answered."""
        view = eventually(lambda: self.view(uri, self.bluesky.alice))
        root = view["record"].get("reply", {}).get("root", view)
        return PostRef(uri, view["cid"], root["uri"], root["cid"])

    def room(self) -> str:
        """The direct conversation with the friend."""
        assert self.chat is not None
        if self._room is None:
            self._room = self.chat.start_convo(self.ana, self.me)
        return self._room


class BlueskyHarness(World):
    """The world as the contract's other side."""

    async def another_adapter(self) -> BlueskyAdapter:
        return self.new_adapter()

    async def someone_writes(self, text: str, reason: Reason = Reason.MENTION) -> str:
        match reason:
            case Reason.DIRECT:
                assert self.chat is not None
                return f"bsky-chat:{self.room()}/{self.chat.say(self.room(), self.ana, text)}"
            case Reason.MENTION:
                post = self.ana.post(f"@{self.me.handle} {text}", mentions=[self.me])
            case Reason.REPLY:
                post = self.ana.post(text, reply_to=self.my_post)
            case Reason.QUOTE:
                post = self.ana.post(text, quote=self.my_post)
        return self.notify(post).uri

    async def someone_answers(self, uri: str, text: str) -> str:
        parent = self.ref(uri)
        before = self.view(uri)["replyCount"]
        answer = self.ana.post(text, reply_to=parent)
        eventually(lambda: self.view(uri)["replyCount"] > before)
        return self.show(answer).uri

    async def someone_deletes(self, uri: str) -> None:
        self.ana.delete(uri)
        eventually(lambda: not self.view(uri))

    async def make_noise(self) -> None:
        self.ana.like(self.my_post)
        self.ana.repost(self.my_post)
        self.ana.follow(self.me)
        eventually(lambda: {"like", "repost", "follow"} <= {note["reason"] for note in self.me.notifications()})

    async def my_messages(self, containing: str) -> int:
        rooms = self.chat.texts(self._room) if self.chat and self._room else []
        return sum(containing in text for text in (*self.me.texts(), *rooms))

    async def settle(self) -> None:
        eventually(self._is_shown)
        for exchange in self.bluesky.proxy.named("uteThread")[-1:]:
            if exchange.status == 200:
                eventually(partial(self._is_muted, exchange.json["root"], "unmute" not in exchange.name))

    async def fault(self, fault: Fault) -> None:
        proxy = self.bluesky.proxy
        match fault:
            case Fault.REFUSED:
                proxy.refuse()
            case Fault.LOST_REQUEST:
                proxy.lose_request(times=None)
            case Fault.LOST_ANSWER:
                proxy.lose_answer(times=None)
            case Fault.TIMEOUT:
                proxy.delay(60, times=None)
            case Fault.UNAUTHORIZED:
                proxy.answer(400, {"error": "ExpiredToken", "message": "Token has been revoked"}, times=None)
            case Fault.RATE_LIMITED:
                error = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
                proxy.answer(429, error, times=None, headers={"retry-after": str(RETRY_AFTER)})
            case Fault.SERVER_ERROR:
                proxy.answer(500, {"error": "InternalServerError", "message": "Internal Server Error"}, times=None)
            case Fault.RUBBISH:
                proxy.answer(200, "<html>maintenance</html>", times=None)

    async def clear_faults(self) -> None:
        self._past = self.requests
        self.bluesky.proxy.reset()

    def _is_shown(self) -> bool:
        """Whether the AppView knows the account's posts, likes and blocks as its repository has them."""
        there = {record["uri"] for record in self.me.records()}
        # Through somebody else: one's own server shows one's own posts before the AppView knows them.
        shown = self.bluesky.alice.query("app.bsky.feed.getAuthorFeed", actor=self.me.did, limit=100)["feed"]
        if {item["post"]["uri"] for item in shown if item["post"]["author"]["did"] == self.me.did} != there:
            return False
        likes = {record["value"]["subject"]["uri"] for record in self.me.records("app.bsky.feed.like")}
        liked = self.me.query("app.bsky.feed.getActorLikes", actor=self.me.did)["feed"]
        blocks = len(self.me.records("app.bsky.graph.block"))
        blocked = self.me.query("app.bsky.graph.getBlocks")["blocks"]
        return likes == {item["post"]["uri"] for item in liked} and blocks == len(blocked)

    def _is_muted(self, root: str, wanted: bool) -> bool:
        return bool(self.view(root)["viewer"].get("threadMuted")) is wanted


def _query(query: Mapping[str, list[str]]) -> str:
    return "&".join(f"{name}={value}" for name, values in query.items() for value in values)
