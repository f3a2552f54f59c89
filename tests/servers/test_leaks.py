"""Left stays left on the servers themselves: each way in which a server's mute leaks is one case, named in its id.

A case says what the server does all the same; where that is to tell of a message, the test sees to it that it did.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from _pytest.mark import ParameterSet

from introvert_tui.engine.clock import Clock
from introvert_tui.engine.events import Event, Said
from introvert_tui.engine.inbox import Group, State
from introvert_tui.engine.opening import open_session
from introvert_tui.engine.session import Session
from introvert_tui.settings import Paths, Settings
from introvert_tui.store import accounts, outgoing

from .bluesky.people import PostRef
from .bluesky.server import BlueskyServer
from .bluesky_world import Answers, use_servers
from .mastodon.flavours import FLAVOURS, GOTOSOCIAL, MASTODON, OLD_MASTODON, Flavour
from .mastodon.server import MastodonServer, StartServer
from .mastodon.state import Status
from .mastodon_world import Browser
from .proxy import Point, Proxy
from .visiting import QUICK, row_of, until
from .waiting import eventually

WORDS = "Good to hear from you."


class Ahead(Clock):
    """The system's clock, put forward by a test."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


class Street(ABC):
    """A thread of Ben's in which Ana named you, at one server, and your visits."""

    label: ClassVar[str]
    mute: ClassVar[str]
    """How the address ends that a thread is muted at."""
    proxy: Proxy
    root: Any
    said: Any
    hello: Any = None
    second: Any = None
    """Your hello to Ben, where you greeted him too."""
    session: Session
    id: int

    def __init__(self, path: Path) -> None:
        self.paths = Paths(path, path, path)
        self.clock = Ahead()
        self.events: list[Event] = []

    @abstractmethod
    async def sign_in(self) -> None: ...

    @abstractmethod
    def begin(self) -> None:
        """Let Ben begin the thread, and Ana name you there."""

    @abstractmethod
    def names(self, who: str, text: str, to: Any = None) -> Any:
        """Let somebody name you; `to` is what they answer."""

    @abstractmethod
    def answers(self, who: str, to: Any, text: str) -> Any:
        """Let somebody answer."""

    @abstractmethod
    def quotes(self, who: str, what: Any, to: Any = None) -> Any:
        """Let somebody quote."""

    @abstractmethod
    def is_told(self, post: Any) -> bool:
        """Whether the server tells you of a message."""

    @abstractmethod
    def is_muted(self) -> bool: ...

    @abstractmethod
    def mutes_elsewhere(self, on: bool) -> None:
        """Mute the thread with another app of yours, or take that back."""

    @abstractmethod
    def answers_to(self, post: Any) -> int:
        """How many answers the server counts."""

    @abstractmethod
    def deletes(self, post: Any, who: str = "me") -> None:
        """Let somebody delete what they wrote, with an app of theirs."""

    @abstractmethod
    def my_hello(self, words: str = WORDS) -> Any:
        """The one message of these words that you wrote."""

    def leaks(self, post: Any) -> None:
        """See to it that the server tells of a message, mute or not."""
        eventually(lambda: self.is_told(post))

    @property
    def said_so(self) -> list[str]:
        return [event.sentence for event in self.events if isinstance(event, Said)]

    def visit(self, machine: Paths | None = None) -> Session:
        """Open the program, on another machine if one is named."""
        paths = machine or self.paths
        paths.make()
        self.session = open_session(Settings(), paths, self.events.append, self.clock, QUICK)
        return self.session

    async def enter(self) -> None:
        """Sign in, with Ana's message in the inbox."""
        self.begin()
        self.visit()
        await self.sign_in()
        self.session.start()
        await self.session.catch_up()
        self.id = row_of(self.session, "which one?").id

    async def greet(self, *, hello: bool = True) -> None:
        """Leave the thread, with a hello to Ana or without a word."""
        await self.enter()
        if hello:
            row = row_of(self.session, "which one?")
            await self.session.hello(self.session.composer(row.id, row.shown), WORDS)
            await until(lambda: self.session.conversation(row.id).state is State.LEFT)
            self.hello = self.my_hello()
        else:
            await self.session.leave(self.id)

    async def leave(self, *, hello: bool = True) -> None:
        await self.greet(hello=hello)
        await until(self.is_muted)

    async def greet_two(self) -> None:
        """Leave the thread with a hello to Ben after one to Ana; Ana's is `hello`, Ben's `second`."""
        await self.enter()
        row = row_of(self.session, "which one?")
        self.leaks(self.names("ben", "me too", self.root))
        await self.session.catch_up()
        await self.session.hello(self.session.composer(row.id, row.shown), WORDS)
        await until(lambda: not outgoing.pending(self.session.db, self.session.visit.id))
        assert self.session.conversation(row.id).state is State.WAITING
        row = row_of(self.session, "me too")
        await self.session.hello(self.session.composer(row.id, row.shown), "And to you, Ben.")
        await until(lambda: self.session.conversation(row.id).state is State.LEFT)
        self.hello, self.second = self.my_hello(), self.my_hello("And to you, Ben.")
        await until(self.is_muted)

    async def come_again(self) -> None:
        """End the visit as it stands, and begin another."""
        await self.session.quit(send=False)
        self.visit().start()
        await self.session.catch_up()

    async def look(self) -> None:
        """Catch up, and read the whole thread."""
        await self.session.catch_up()
        await self.session.open(self.id)

    def is_silent(self) -> bool:
        return self.session.inbox().rows == () and self.id in [row.id for row in self.session.left()]


class Bluesky(Street):
    label, mute = "Bluesky", "app.bsky.graph.muteThread"

    def __init__(self, server: BlueskyServer, path: Path) -> None:
        super().__init__(path)
        self.server, self.proxy = server, server.proxy
        self.people = {name: server.new_person(name) for name in ("me", "ana", "ben", "cy")}
        self.me = self.people["me"]

    async def sign_in(self, who: str = "me") -> None:
        person = self.people[who]
        password = person.create_app_password(uuid4().hex[:10])
        await self.session.add_account("bluesky", Answers(handle=person.handle, password=password))

    def begin(self) -> None:
        self.root = self.people["ben"].post("A thread about ink")
        self.said = self.names("ana", "which one?", self.root)
        self.leaks(self.said)

    def names(self, who: str, text: str, to: PostRef | None = None, name: str = "me") -> PostRef:
        named = self.people[name]
        return self._shown(self.people[who].post(f"@{named.handle} {text}", mentions=[named], reply_to=to))

    def answers(self, who: str, to: PostRef, text: str) -> PostRef:
        return self._shown(self.people[who].post(text, reply_to=to))

    def quotes(self, who: str, what: PostRef, to: PostRef | None = None) -> PostRef:
        return self._shown(self.people[who].post("Look at this", quote=what, reply_to=to))

    def _shown(self, post: PostRef) -> PostRef:
        self.me.wait_until_indexed(post.uri)
        return post

    def is_told(self, post: PostRef, who: str = "me") -> bool:
        return any(note["uri"] == post.uri for note in self.people[who].notifications())

    def is_muted(self) -> bool:
        (post,) = self.me.query("app.bsky.feed.getPosts", uris=[self.root.uri])["posts"]
        return bool(post["viewer"].get("threadMuted"))

    def mutes_elsewhere(self, on: bool) -> None:
        (self.me.mute_thread if on else self.me.unmute_thread)(self.root.uri)
        eventually(lambda: self.is_muted() is on)

    def answers_to(self, post: PostRef) -> int:
        (view,) = self.me.query("app.bsky.feed.getPosts", uris=[post.uri])["posts"]
        return int(view["replyCount"])

    def deletes(self, post: PostRef, who: str = "me") -> None:
        self.people[who].delete(post.uri)

    def my_hello(self, words: str = WORDS) -> PostRef:
        (record,) = [one for one in self.me.records() if one["value"]["text"] == words]
        self.me.wait_until_indexed(record["uri"])
        return PostRef(record["uri"], record["cid"], self.root.uri, self.root.cid)


class Mastodon(Street):
    label, mute = "Mastodon", "/mute"
    is_old = False
    """Whether the thread is from before servers knew conversations."""

    def __init__(self, server: MastodonServer, path: Path) -> None:
        super().__init__(path)
        self.server, self.proxy = server, server.proxy
        self.me = server.me

    async def sign_in(self) -> None:
        await self.session.add_account("mastodon", Browser(self.server))

    def begin(self) -> None:
        self.root = self.server.ben.post("A thread about ink")
        if self.is_old:
            self.root.conversation = None
        self.said = self.names("ana", "which one?", self.root)

    def names(self, who: str, text: str, to: Status | None = None) -> Status:
        return self.server.person(who).post(f"@me {text}", reply_to=to)

    def answers(self, who: str, to: Status, text: str) -> Status:
        return self.server.person(who).reply(to, text)

    def quotes(self, who: str, what: Status, to: Status | None = None) -> Status:
        return self.server.person(who).post("Look at this", quote=what, reply_to=to)

    def is_told(self, post: Status) -> bool:
        return any(note.status_id == post.id for note in self.me.notifications())

    def is_muted(self) -> bool:
        return self.me.is_muted(self.root)

    def mutes_elsewhere(self, on: bool) -> None:
        self.me.mute_thread(self.root, on)

    def answers_to(self, post: Status) -> int:
        return len(self.server.world.children.get(post.id, ()))

    def deletes(self, post: Status, who: str = "me") -> None:
        self.server.person(who).delete(post)

    def my_hello(self, words: str = WORDS) -> Status:
        (status,) = [one for one in self.me.statuses() if words in one.text]
        return status


@pytest.fixture
async def street(
    request: pytest.FixtureRequest, mastodon: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Street]:
    """A street at a server of Mastodon's kind, or, where there is no flavour, on Bluesky."""
    made: Street
    if isinstance(request.param, Flavour):
        made = Mastodon(mastodon(request.param), tmp_path)
    else:
        server = request.getfixturevalue("bluesky")
        use_servers(monkeypatch, server, request.getfixturevalue("chat"))
        made = Bluesky(server, tmp_path)
    yield made
    if not made.session.ended:
        await made.session.quit(send=False)
    if isinstance(made, Bluesky):
        made.server.reset()
        for person in made.people.values():
            person.close()


# What leaks, on either network ---------------------------------------------------------------------------------------


async def made_before_the_mute(street: Street) -> None:
    """No server takes back what it told before; GoToSocial hides it only for as long as the mute holds."""
    with street.proxy.hold(street.mute) as gate:
        await street.greet()
        await until(lambda: gate.is_reached)
        posts = [street.names("ben", "and now?", street.root), street.answers("ben", street.hello, "and to you")]
        for post in posts:
            street.leaks(post)
    await until(street.is_muted)


async def quote_made_before_the_mute(street: Street) -> None:
    with street.proxy.hold(street.mute) as gate:
        await street.greet()
        await until(lambda: gate.is_reached)
        for post in (street.quotes("ben", street.hello), street.quotes("cy", street.hello, street.root)):
            street.leaks(post)
    await until(street.is_muted)


async def mute_lifted_elsewhere(street: Street) -> None:
    await street.leave()
    street.answers("ben", street.hello, "and to you")
    street.clock.ahead += timedelta(minutes=2)
    street.mutes_elsewhere(False)
    street.leaks(street.answers("ben", street.hello, "and once more"))
    street.leaks(street.names("cy", "and now?", street.root))


async def left_without_a_word_and_answered(street: Street) -> None:
    await street.leave(hello=False)
    street.clock.ahead += timedelta(minutes=2)
    street.mutes_elsewhere(False)
    street.leaks(street.names("ana", "or the other one?", street.root))


async def greeted_speaks_to_others(street: Street) -> None:
    await street.leave()
    street.answers("ana", street.root, "I would not")


async def greeted_quotes(street: Street) -> None:
    with street.proxy.hold(street.mute) as gate:
        await street.greet()
        await until(lambda: gate.is_reached)
        street.leaks(street.quotes("ana", street.hello))
    await until(street.is_muted)


async def somebody_else_after_two_hellos(street: Street) -> None:
    await street.greet_two()
    for hello in (street.hello, street.second):
        street.answers("cy", hello, "and to you")
    street.names("cy", "and now?", street.root)


async def mute_that_the_server_refuses(street: Street) -> None:
    street.proxy.answer(422, {"error": "Validation failed"}, street.mute)
    await street.greet()
    street.leaks(street.names("ben", "and now?", street.root))


# What leaks on Bluesky -----------------------------------------------------------------------------------------------


async def mention_in_a_muted_thread(street: Street) -> None:
    await street.leave()
    street.leaks(street.names("ben", "and now?", street.root))


async def answer_that_also_mentions(street: Street) -> None:
    await street.leave()
    street.leaks(street.names("ben", "and to you", street.hello))


async def mention_deeper_than_anybody_is_told(street: Street) -> None:
    """Answers are told four levels up, and mentions from anywhere."""
    await street.leave()
    at = street.hello
    for who in ("ben", "cy", "ben", "cy", "ben"):
        at = street.answers(who, at, "further down")
    street.leaks(street.names("cy", "down here", at))


async def second_account_of_yours_on_bluesky(street: Street) -> None:
    assert isinstance(street, Bluesky)
    await street.leave()
    await street.sign_in("cy")
    post = street.names("ben", "and you?", street.root, name="cy")
    eventually(lambda: street.is_told(post, "cy"))


async def copy_over_a_bridge(street: Street) -> None:
    """What is said on Bluesky comes to another account too, as a thread of its own, before it comes itself."""
    assert isinstance(street, Bluesky)
    await street.leave()
    with MastodonServer(MASTODON) as other:
        assert other.me
        await street.session.add_account("mastodon", Browser(other))
        post = street.names("ben", "to both of you", street.root)
        street.leaks(post)
        copy = f"https://bsky.brid.gy/convert/ap/{post.uri}"
        other.person("ben.test@bsky.brid.gy").post("@me to both of you", uri=copy, url=copy)
        await street.session.catch_up()


# What leaks on servers of Mastodon's kind ----------------------------------------------------------------------------


async def staff_is_always_heard(street: Street) -> None:
    assert isinstance(street, Mastodon)
    street.server.person("mod", staff=True)
    await street.leave()
    street.leaks(street.names("mod", "please be kind", street.root))


async def mute_that_does_not_stick(street: Street) -> None:
    await street.leave()
    street.leaks(street.names("ben", "and now?", street.root))
    street.leaks(street.answers("cy", street.hello, "and to you"))


async def thread_without_a_conversation(street: Street) -> None:
    """A very old status has none, and a mute is refused (422, on GoToSocial 400)."""
    assert isinstance(street, Mastodon)
    street.is_old = True
    await street.greet()
    street.leaks(street.names("ben", "and now?", street.root))


async def server_without_mutes(street: Street) -> None:
    await street.greet()
    street.leaks(street.names("ben", "and now?", street.root))


async def hello_deleted_before_the_mute(street: Street) -> None:
    """It cannot be muted by that (404), but by what Ana said; it is told of what was said before."""
    assert isinstance(street, Mastodon)
    with street.proxy.hold(street.mute) as gate:
        await street.greet()
        await until(lambda: gate.is_reached)
        street.me.delete(street.hello)
        street.leaks(street.names("ben", "and now?", street.root))
    await until(lambda: [one.status for one in street.proxy.named(street.mute)] == [404, 200])
    street.names("cy", "and me?", street.root)
    assert street.is_muted()


async def early_answer_of_a_half_known_thread(street: Street) -> None:
    """GoToSocial forgets the mute while it does not know what stands above."""
    assert isinstance(street, Mastodon)
    await street.leave()
    above = street.server.person("fay@far.example").post("in between", reply_to=street.root)
    street.server.hide_ancestor(above)
    street.leaks(street.names("ben", "and now?", above))
    await street.look()
    assert street.is_silent()
    street.server.reveal_ancestor(above)


async def dangling_answer_of_a_half_known_thread(street: Street) -> None:
    assert isinstance(street, Mastodon)
    await street.leave()
    above = street.server.person("fay@far.example").post("in between", reply_to=street.root)
    street.server.hide_ancestor(above, dangling=True)
    street.leaks(street.names("ben", "and now?", above))
    await street.look()
    assert street.is_silent()
    street.server.reveal_ancestor(above)


async def answer_that_the_server_places_later(street: Street) -> None:
    """It came before what it answers, and has a conversation of its own for ever, which nobody muted."""
    assert isinstance(street, Mastodon)
    await street.leave()
    early = street.names("ben", "and now?")
    street.leaks(early)
    await street.session.catch_up()
    row = row_of(street.session, "and now?")
    street.server.find_parent(early, street.root)
    await street.session.open(row.id)


async def notifications_that_come_back(street: Street) -> None:
    """GoToSocial hides what is muted when it is read, and shows it again once the mute is lifted."""
    with street.proxy.hold(street.mute) as gate:
        await street.greet()
        await until(lambda: gate.is_reached)
        post = street.names("ben", "and now?", street.root)
        street.leaks(post)
    await until(street.is_muted)
    assert not street.is_told(post)
    street.clock.ahead += timedelta(minutes=2)
    street.mutes_elsewhere(False)
    street.leaks(post)


async def answer_that_names_nobody(street: Street) -> None:
    """It makes no notification at all, and is there when the thread is read."""
    assert isinstance(street, Mastodon)
    await street.leave()
    street.server.ben.reply(street.hello, "and to you", naming=False)


async def quote_in_a_muted_thread(street: Street) -> None:
    """A mute is of the conversation in which something is said, and a quote can be said in another one."""
    await street.leave()
    street.leaks(street.quotes("ben", street.hello))
    street.quotes("cy", street.hello, street.root)


async def second_account_of_yours(street: Street) -> None:
    assert isinstance(street, Mastodon)
    await street.leave()
    other, session = street.server.cy, street.session
    secrets = session.networks.keychain.for_account("mastodon", other.account.url)
    secrets.replace({"token": other.token, "client_id": "app", "client_secret": "secret", "account_id": other.id})
    add = (street.server.url, other.account.url, other.handle, session.now())
    await session.visit.store.do(accounts.add, "mastodon", *add)
    post = street.server.ben.post("@cy @me and you two?", reply_to=street.root)
    eventually(lambda: any(note.status_id == post.id for note in other.notifications()))


BLUESKY = None
NEVER_MUTES = replace(MASTODON, name="mastodon_without_mutes", thread_mutes=False)
FORGETS_MUTES = replace(MASTODON, name="mastodon_that_forgets_mutes", mutes_stick=False)
ALL = (MASTODON, OLD_MASTODON, GOTOSOCIAL)
Act = Callable[[Street], Awaitable[None]]

LEAKS: dict[Act, tuple[Flavour | None, ...]] = {
    made_before_the_mute: (BLUESKY, *ALL),
    quote_made_before_the_mute: (BLUESKY, MASTODON),
    mute_lifted_elsewhere: (BLUESKY, *ALL),
    left_without_a_word_and_answered: (BLUESKY, *ALL),
    greeted_speaks_to_others: (BLUESKY, *ALL),
    greeted_quotes: (BLUESKY, MASTODON),
    somebody_else_after_two_hellos: (BLUESKY, *ALL),
    mute_that_the_server_refuses: (BLUESKY, MASTODON),
    mention_in_a_muted_thread: (BLUESKY,),
    answer_that_also_mentions: (BLUESKY,),
    mention_deeper_than_anybody_is_told: (BLUESKY,),
    second_account_of_yours_on_bluesky: (BLUESKY,),
    copy_over_a_bridge: (BLUESKY,),
    staff_is_always_heard: (MASTODON, OLD_MASTODON),
    mute_that_does_not_stick: (FORGETS_MUTES,),
    thread_without_a_conversation: ALL,
    server_without_mutes: (NEVER_MUTES,),
    hello_deleted_before_the_mute: ALL,
    early_answer_of_a_half_known_thread: (GOTOSOCIAL,),
    dangling_answer_of_a_half_known_thread: (GOTOSOCIAL,),
    answer_that_the_server_places_later: ALL,
    notifications_that_come_back: (GOTOSOCIAL,),
    answer_that_names_nobody: ALL,
    quote_in_a_muted_thread: (MASTODON,),
    second_account_of_yours: ALL,
}


def table(acts: dict[Act, tuple[Flavour | None, ...]]) -> list[ParameterSet]:
    """Every act at every server that it is of."""
    return [
        pytest.param(place, act, id=f"{place.name if place else 'bluesky'}-{act.__name__}")
        for act, places in acts.items()
        for place in places
    ]


@pytest.mark.parametrize(("street", "leak"), table(LEAKS), indirect=["street"])
async def test_what_leaks_stays_out_of_the_inbox(street: Street, leak: Act) -> None:
    await leak(street)
    for _ in range(2):
        await street.look()
        assert street.is_silent(), street.session.inbox().rows
    await street.come_again()
    assert street.is_silent(), street.session.inbox().rows


# What brings it back -------------------------------------------------------------------------------------------------


async def answer_of_the_person_greeted(street: Street) -> None:
    await street.leave()
    street.answers("ana", street.hello, "and to you")


async def answer_of_the_first_of_two_greeted(street: Street) -> None:
    await street.greet_two()
    street.answers("ana", street.hello, "and to you")


async def answer_of_the_second_of_two_greeted(street: Street) -> None:
    await street.greet_two()
    street.answers("ben", street.second, "and to you")


async def naming_by_the_first_of_two_greeted(street: Street) -> None:
    await street.greet_two()
    street.names("ana", "and the other one?", street.root)
    await street.session.open(street.id)


async def answer_in_place_of_one_that_was_deleted(street: Street) -> None:
    """There are as many as before: that is seen once a day."""
    await street.leave()
    earlier = street.answers("ben", street.hello, "and to you")
    await street.session.catch_up()
    assert street.is_silent()
    street.deletes(earlier, "ben")
    await until(lambda: street.answers_to(street.hello) == 0)
    street.answers("ana", street.hello, "and to you")
    await until(lambda: street.answers_to(street.hello) == 1)
    street.clock.ahead += timedelta(days=1)


async def answer_where_nothing_is_muted(street: Street) -> None:
    await street.greet()
    street.leaks(street.answers("ana", street.hello, "and to you"))


async def naming_by_the_person_greeted(street: Street) -> None:
    """Where a mute holds, only Bluesky tells of it; elsewhere it is found when the thread is read."""
    await street.leave()
    street.names("ana", "and the other one?", street.root)
    await street.session.open(street.id)


async def answer_in_time_found_late(street: Street) -> None:
    assert isinstance(street, Mastodon)
    await street.leave()
    for days in (29, 11):
        street.server.clock.advance(timedelta(days=days))
        street.clock.ahead += timedelta(days=days)
        if days == 29:
            street.answers("ana", street.hello, "and to you")


@pytest.mark.parametrize(
    ("street", "said"),
    table(
        {
            answer_of_the_person_greeted: (BLUESKY, *ALL),
            answer_of_the_first_of_two_greeted: (BLUESKY, *ALL),
            answer_of_the_second_of_two_greeted: (BLUESKY, *ALL),
            naming_by_the_first_of_two_greeted: (BLUESKY, *ALL),
            answer_in_place_of_one_that_was_deleted: (BLUESKY, *ALL),
            answer_where_nothing_is_muted: (NEVER_MUTES, FORGETS_MUTES),
            naming_by_the_person_greeted: (BLUESKY, *ALL),
            answer_in_time_found_late: ALL,
        }
    ),
    indirect=["street"],
)
async def test_the_person_greeted_brings_it_back(street: Street, said: Act) -> None:
    await said(street)
    await street.session.catch_up()
    (row,) = street.session.inbox().rows
    assert (row.id, row.group) == (street.id, Group.WROTE_BACK)


@pytest.mark.parametrize("street", [BLUESKY, *ALL], indirect=True, ids=["bluesky", *FLAVOURS])
async def test_what_is_answered_to_a_reply_to_who_wrote_back_is_heard(street: Street) -> None:
    await street.leave()
    street.answers("ana", street.hello, "and to you, tell me more")
    await street.session.catch_up()
    row = row_of(street.session, "tell me more")
    await street.session.reply(street.session.reply_composer(row.id, row.shown), "Gladly.")
    await until(lambda: not street.is_muted())
    await until(lambda: not outgoing.pending(street.session.db, street.session.visit.id))
    street.leaks(street.answers("ana", street.my_hello("Gladly."), "thank you for that"))
    await street.session.catch_up()
    assert row_of(street.session, "thank you for that").id == street.id


@pytest.mark.parametrize("how", ["deleted here", "deleted elsewhere, then rejoined"])
@pytest.mark.parametrize("street", [BLUESKY, *ALL], indirect=True, ids=["bluesky", *FLAVOURS])
async def test_a_thread_speaks_again_though_the_hello_that_it_was_muted_by_is_gone(street: Street, how: str) -> None:
    await street.leave()
    if how == "deleted here":
        offer = (await street.session.undo()).delete
        assert offer is not None
        await street.session.delete(offer)
    else:
        street.deletes(street.hello)
        await street.session.rejoin(street.id)
    await until(lambda: not street.is_muted())
    assert street.session.conversation(street.id).state is not State.LEFT


@pytest.mark.parametrize("street", ALL, indirect=True, ids=FLAVOURS)
async def test_after_thirty_days_nobody_does(street: Street) -> None:
    assert isinstance(street, Mastodon)
    await street.leave()
    street.server.clock.advance(timedelta(days=31))
    street.clock.ahead += timedelta(days=31)
    street.mutes_elsewhere(False)
    street.leaks(street.answers("ana", street.hello, "and to you"))
    await street.look()
    assert street.is_silent()


@pytest.mark.parametrize("street", [BLUESKY, *ALL], indirect=True, ids=["bluesky", *FLAVOURS])
async def test_what_was_said_before_the_hello_arrived_and_never_shown_waits(street: Street) -> None:
    await street.enter()
    row = row_of(street.session, "which one?")
    street.leaks(street.names("cy", "me too", street.root))
    await street.session.hello(street.session.composer(row.id, row.shown), WORDS)
    await until(lambda: any(row.note for row in street.session.inbox().rows))
    back = row_of(street.session, "me too")
    assert back.note == f"{back.who} wrote before your hello arrived."
    assert not street.is_muted()


# The server's mute, read back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("street", [BLUESKY, *ALL], indirect=True, ids=["bluesky", *FLAVOURS])
async def test_a_mute_set_on_another_machine_leaves_here_too(street: Street) -> None:
    await street.enter()
    street.mutes_elsewhere(True)
    await street.session.open(street.id)
    assert street.is_silent()
    street.names("ben", "and now?", street.root)
    street.names("ana", "or the other one?", street.root)
    await street.look()
    assert street.is_silent()
    await street.session.rejoin(street.id)
    await until(lambda: not street.is_muted())


@pytest.mark.parametrize("street", [BLUESKY, *ALL], indirect=True, ids=["bluesky", *FLAVOURS])
async def test_what_is_left_on_one_machine_is_left_on_the_other(street: Street, tmp_path: Path) -> None:
    await street.enter()
    one = street.session
    other = street.visit(Paths(*[tmp_path / "other"] * 3))
    await street.sign_in()
    await other.catch_up()
    theirs = row_of(other, "which one?")
    street.session = one
    await one.hello(one.composer(street.id, theirs.shown), WORDS)
    await until(street.is_muted)
    await one.quit(send=False)

    street.session, street.id = other, theirs.id
    await until(street.my_hello)
    await other.catch_up()
    assert street.is_silent()
    street.names("ben", "and now?", street.root)
    await street.look()
    assert street.is_silent()


@pytest.mark.parametrize("street", [BLUESKY, *ALL], indirect=True, ids=["bluesky", *FLAVOURS])
async def test_a_server_that_still_says_muted_after_we_lifted_it_is_not_believed_for_a_minute(street: Street) -> None:
    await street.leave()
    await street.session.rejoin(street.id)
    await until(lambda: not street.is_muted())
    street.mutes_elsewhere(True)
    await street.session.open(street.id)
    assert street.session.conversation(street.id).state is State.OPEN
    street.clock.ahead += timedelta(seconds=61)
    await street.session.open(street.id)
    assert street.is_silent()


@pytest.mark.parametrize("street", [BLUESKY, *ALL], indirect=True, ids=["bluesky", *FLAVOURS])
async def test_lifting_the_mute_brings_back_nothing_but_what_comes_after_it(street: Street) -> None:
    await street.leave()
    street.answers("ben", street.hello, "and to you")
    await street.look()
    await street.session.rejoin(street.id)
    await until(lambda: not street.is_muted())
    await street.look()
    assert street.session.inbox().rows == ()
    street.leaks(street.answers("ben", street.hello, "and once more"))
    await street.session.catch_up()
    assert row_of(street.session, "and once more").id == street.id


@pytest.mark.parametrize("street", [BLUESKY], indirect=True, ids=["bluesky"])
async def test_a_mute_of_another_post_than_the_root_means_nothing(street: Street) -> None:
    assert isinstance(street, Bluesky)
    await street.enter()
    street.me.mute_thread(street.said.uri)
    await street.session.open(street.id)
    assert row_of(street.session, "which one?").id == street.id
    await street.session.leave(street.id)
    await until(street.is_muted)
    (asked,) = street.proxy.named(street.mute)
    assert asked.json == {"root": street.root.uri}


@pytest.mark.parametrize("street", ALL, indirect=True, ids=FLAVOURS)
async def test_a_private_conversation_is_never_muted_and_never_left(street: Street) -> None:
    assert isinstance(street, Mastodon)
    said = street.server.ana.dm("between us", street.me)
    await street.enter()
    row = row_of(street.session, "between us")
    await street.session.hello(street.session.composer(row.id, row.shown), WORDS)
    await until(lambda: street.session.conversation(row.id).state is State.OPEN and street.me.statuses())
    street.server.ana.dm("and the other?", street.me, reply_to=street.my_hello())
    await street.session.catch_up()
    assert row_of(street.session, "and the other?").id == row.id
    assert not street.me.is_muted(said)
    assert street.proxy.named(street.mute) == []


# The steps after sending ---------------------------------------------------------------------------------------------


def refuse(street: Street) -> None:
    street.proxy.answer(503, {"error": "Down"}, street.mute, times=3)


def ask_for_a_pause(street: Street) -> None:
    error = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
    street.proxy.answer(429, error, street.mute, headers={"retry-after": "2"})


def lose_the_request(street: Street) -> None:
    street.proxy.lose_request(street.mute, times=3)


def lose_the_answer(street: Street) -> None:
    street.proxy.lose_answer(street.mute)


@pytest.mark.parametrize("trouble", [refuse, ask_for_a_pause, lose_the_request, lose_the_answer])
@pytest.mark.parametrize("street", [BLUESKY, MASTODON, GOTOSOCIAL], indirect=True, ids=["bluesky", "mastodon", "gts"])
async def test_a_leave_that_could_not_mute_says_so_and_is_finished_later(
    street: Street, trouble: Callable[[Street], None]
) -> None:
    trouble(street)
    await street.greet()
    said = f"The thread you left is quiet here. {street.label} could not be told yet; it will be."
    await until(lambda: said in street.said_so)
    await until(lambda: street.proxy.named(street.mute)[-1].status == 200)
    assert street.is_muted()
    assert street.said_so.count(said) == 1
    first, *_, last = street.proxy.named(street.mute)
    assert last.at - first.at >= (2 if trouble is ask_for_a_pause else 0)
    assert street.is_silent()


@pytest.mark.parametrize("street", [BLUESKY, MASTODON, GOTOSOCIAL], indirect=True, ids=["bluesky", "mastodon", "gts"])
async def test_a_program_that_ends_before_the_mute_mutes_at_the_next_visit(street: Street) -> None:
    with street.proxy.hold(street.mute, Point.CONNECTED) as gate:
        await street.greet()
        await until(lambda: gate.is_reached)
        await street.session.quit(send=False)
        street.proxy.refuse()
    street.proxy.accept()
    assert not street.is_muted()
    street.visit().start()
    await until(street.is_muted)
    await street.look()
    assert street.is_silent()
    assert street.my_hello()
