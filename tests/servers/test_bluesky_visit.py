"""Visits of the whole engine to the reference Bluesky server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from introvert_tui.engine.clock import Waits
from introvert_tui.engine.events import Event, Said
from introvert_tui.engine.inbox import Group, State
from introvert_tui.engine.opening import open_session
from introvert_tui.engine.session import Session
from introvert_tui.errors import AdapterError
from introvert_tui.settings import Paths, Settings
from tests.conftest import Tell

from .bluesky.chat import ChatServer
from .bluesky.people import Person, PostRef, expired_access_token
from .bluesky.server import BlueskyServer
from .bluesky_world import Answers, use_servers
from .visiting import QUICK, row_of, until
from .waiting import eventually


class Home:
    """One user's data, with visits to it, and the people on the other side."""

    def __init__(self, bluesky: BlueskyServer, path: Path) -> None:
        self.bluesky = bluesky
        self.paths = Paths(path, path, path)
        self.paths.make()
        self.me, self.ana, self.ben = (bluesky.new_person(name) for name in ("me", "ana", "ben"))
        self.events: list[Event] = []
        self.sessions: list[Session] = []

    def visit(self, waits: Waits = QUICK) -> Session:
        session = open_session(Settings(), self.paths, self.events.append, waits=waits)
        self.sessions.append(session)
        return session

    async def signed_in(self, *, privileged: bool = False, waits: Waits = QUICK) -> Session:
        session = self.visit(waits)
        password = self.me.create_app_password(uuid4().hex[:10], privileged=privileged)
        await session.add_account("bluesky", Answers(handle=self.me.handle, password=password))
        session.start()
        await session.catch_up()
        return session

    def told(self, post: PostRef) -> PostRef:
        """Wait until the account's server has told it of a post."""
        eventually(lambda: any(note["uri"] == post.uri for note in self.me.notifications()))
        return post

    def mentions(self, who: Person, text: str, to: PostRef | None = None) -> PostRef:
        return self.told(who.post(f"@{self.me.handle} {text}", mentions=[self.me], reply_to=to))

    @property
    def said(self) -> list[str]:
        return [event.sentence for event in self.events if isinstance(event, Said)]

    def is_muted(self, uri: str) -> bool:
        (post,) = self.me.query("app.bsky.feed.getPosts", uris=[uri])["posts"]
        return bool(post["viewer"].get("threadMuted"))


@pytest.fixture
async def home(
    bluesky: BlueskyServer, chat: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Home]:
    use_servers(monkeypatch, bluesky, chat)
    home = Home(bluesky, tmp_path)
    yield home
    for session in home.sessions:
        if not session.ended:
            await session.quit(send=False)
    for person in (home.me, home.ana, home.ben):
        person.close()


async def test_a_mention_is_in_the_inbox_after_one_catch_up(home: Home) -> None:
    home.mentions(home.ana, "have you tried the new ink?")
    session = await home.signed_in()
    (row,) = session.inbox().rows
    assert row.text == f"@{home.me.handle} have you tried the new ink?"
    assert row.group is Group.NEW
    assert [account.trouble for account in session.accounts()] == [None]
    assert session.composer(row.id, row.shown).suggestions == ()


async def test_a_hello_is_one_post_in_its_place_and_the_thread_is_quiet_afterwards(home: Home) -> None:
    root = home.ben.post("A thread about ink")
    mention = home.mentions(home.ana, "what do you think?", to=root)
    session = await home.signed_in()
    row = row_of(session, "what do you think?")

    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await until(lambda: session.conversation(row.id).state is State.LEFT)

    (post,) = home.me.records()
    assert post["value"]["text"] == "Good to hear from you."
    assert post["value"]["reply"]["root"]["uri"] == root.uri
    assert post["value"]["reply"]["root"]["cid"] == root.cid
    assert post["value"]["reply"]["parent"]["uri"] == mention.uri
    assert post["value"]["reply"]["parent"]["cid"] == mention.cid
    await until(lambda: home.is_muted(root.uri))

    # A mention gets through the server's mute, and not through ours.
    home.mentions(home.ben, "and one more thing", to=root)
    await session.catch_up()
    assert session.inbox().rows == ()

    hello = home.ana.thread(post["uri"])["post"]
    answer = PostRef(hello["uri"], hello["cid"], root.uri, root.cid)
    home.ana.post("Good to hear from you too", reply_to=answer)
    eventually(lambda: home.me.query("app.bsky.feed.getPosts", uris=[hello["uri"]])["posts"][0]["replyCount"])
    await session.catch_up()
    back = row_of(session, "Good to hear from you too")
    assert back.group is Group.WROTE_BACK


async def test_what_was_said_before_the_hello_arrived_makes_it_wait_again(home: Home) -> None:
    root = home.ben.post("A thread about ink")
    home.mentions(home.ana, "first", to=root)
    session = await home.signed_in()
    row = row_of(session, "first")
    home.mentions(home.ana, "and second", to=root)
    await session.hello(session.composer(row.id, row.shown), "Good to hear from you.")
    await until(lambda: session.inbox().rows)
    back = row_of(session, "and second")
    assert back.note is not None
    assert back.note.endswith("wrote before your hello arrived.")
    assert not home.is_muted(root.uri)


async def test_rejoining_lets_the_server_speak_again(home: Home) -> None:
    root = home.ben.post("A thread about ink")
    home.mentions(home.ana, "what do you think?", to=root)
    session = await home.signed_in()
    row = row_of(session, "what do you think?")
    await session.leave(row.id)
    await until(lambda: home.is_muted(root.uri))
    await session.rejoin(row.id)
    await until(lambda: not home.is_muted(root.uri))
    home.mentions(home.ben, "are you back?", to=root)
    await session.catch_up()
    assert row_of(session, "are you back?").id == row.id


async def test_an_expired_token_is_renewed_and_kept(home: Home) -> None:
    session = await home.signed_in()
    await session.quit(send=False)
    secrets = session.networks.keychain.for_account("bluesky", home.me.did)
    kept = secrets.get("session")
    assert kept is not None
    parts = kept.split(":::")
    parts[2] = expired_access_token(home.me)
    secrets.set("session", ":::".join(parts))

    home.mentions(home.ana, "still there?")
    again = home.visit()
    await again.catch_up()
    assert row_of(again, "still there?")
    renewed = secrets.get("session")
    assert renewed is not None
    assert renewed.split(":::")[2] != parts[2]


async def test_an_app_password_without_the_right_to_direct_messages_says_so_in_one_line(home: Home) -> None:
    session = await home.signed_in(privileged=False)
    lines = [line for line in session.inbox().lines if "direct messages" in line]
    assert len(lines) == 1


async def test_direct_messages_and_requests(home: Home, chat: ChatServer) -> None:
    room = chat.start_convo(home.ana, home.me)
    chat.say(room, home.ana, "thank you for the card")
    request = chat.start_convo(home.ben, home.me, accepted=False)
    chat.say(request, home.ben, "we have not met")
    session = await home.signed_in(privileged=True)
    row = row_of(session, "thank you for the card")
    assert row.private
    assert session.composer(row.id, row.shown).sentence.startswith("Only ")
    assert [one.text for one in session.inbox().requests] == ["we have not met"]
    assert not chat.is_accepted(request, home.me)

    await session.hello(session.composer(row.id, row.shown), "You are welcome.")
    await until(lambda: "You are welcome." in chat.texts(room))
    await until(lambda: session.conversation(row.id).state is State.OPEN)
    assert chat.texts(room).count("You are welcome.") == 1
    assert not chat.is_muted(room, home.me)


@pytest.mark.parametrize("fault", ["lose_answer", "lose_request", "cut_answer"])
async def test_a_server_that_dies_in_the_middle_of_a_send_gets_it_once(home: Home, fault: str) -> None:
    home.mentions(home.ana, "are you there?")
    session = await home.signed_in()
    row = row_of(session, "are you there?")
    getattr(home.bluesky.proxy, fault)("putRecord")
    await session.hello(session.composer(row.id, row.shown), "I am.")
    await until(lambda: session.conversation(row.id).state is State.LEFT)
    assert [one["value"]["text"] for one in home.me.records()] == ["I am."]


async def test_a_server_that_is_down_keeps_the_hello_for_later(home: Home) -> None:
    home.mentions(home.ana, "are you there?")
    session = await home.signed_in()
    row = row_of(session, "are you there?")
    home.bluesky.proxy.refuse()
    await session.hello(session.composer(row.id, row.shown), "I am.")
    sentence = await session.quit(send=True)
    assert sentence is not None
    assert "Kept for your next visit." in sentence
    home.bluesky.proxy.accept()
    again = home.visit()
    again.start()
    await until(lambda: home.me.records())
    await until(lambda: again.conversation(row.id).state is State.LEFT)
    assert [one["value"]["text"] for one in home.me.records()] == ["I am."]


async def test_the_cached_inbox_stays_usable_while_the_server_is_away(home: Home) -> None:
    home.mentions(home.ana, "are you there?")
    session = await home.signed_in()
    await session.quit(send=False)
    home.bluesky.proxy.refuse()
    again = home.visit()
    row = row_of(again, "are you there?")
    report = await again.catch_up()
    assert report.offline
    assert again.inbox().lines[0].startswith("Bluesky has not answered since ")
    assert again.conversation(row.id).messages[0].new


@pytest.mark.parametrize("password", ["wrong", ""])
async def test_a_wrong_password_is_said_in_words(home: Home, password: str) -> None:
    session = home.visit()
    with pytest.raises(AdapterError) as refused:
        await session.add_account("bluesky", Answers(handle=home.me.handle, password=password))
    assert "password" in str(refused.value)
    assert session.accounts() == ()


async def test_what_a_catch_up_costs(home: Home, tell: Tell) -> None:
    session = await home.signed_in(privileged=True)
    proxy = home.bluesky.proxy
    proxy.clear()
    await session.catch_up()
    idle = list(proxy.exchanges)
    for number in range(10):
        home.ana.post(f"@{home.me.handle} number {number}", mentions=[home.me])
    eventually(lambda: len(home.me.notifications()) == 10)
    proxy.clear()
    await session.catch_up()
    busy = list(proxy.exchanges)
    assert len(session.inbox().rows) == 10
    assert len(idle) <= 3
    assert len(busy) <= 5
    assert all("reasons" in exchange.query for exchange in proxy.named("listNotifications"))
    figures = [(len(made), sum(one.response_bytes for one in made)) for made in (idle, busy)]
    tell(f"requests and bytes: idle {figures[0]}, with ten new conversations {figures[1]}")
