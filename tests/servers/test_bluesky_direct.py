"""Direct messages through the reference PDS and the chat stand-in behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from introvert_tui.adapter import Capability, Facts
from introvert_tui.adapters.bluesky import LIMITS
from introvert_tui.adapters.bluesky.failures import NO_DIRECT
from introvert_tui.errors import NotAllowed, Refused, Unsure
from introvert_tui.model import CannotTell, Found, Message, Page, Reason, Receipt, RoomRef, Visibility
from introvert_tui.testing.harness import draft_to, messages_of, read_all, said_to_me

from .bluesky.chat import ChatServer
from .bluesky.server import BlueskyServer
from .bluesky_world import World, use_servers

READING = {"listConvos", "getMessages", "getLog", "getConvo", "listConvoRequests"}


@pytest_asyncio.fixture
async def world(bluesky: BlueskyServer, chat: ChatServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_servers(monkeypatch, bluesky, chat)
    world = World(bluesky, chat)
    chat.register(world.me, world.ana)
    yield world
    bluesky.proxy.reset()
    await world.leave()


def notes_of(pages: list[Page]) -> list[str]:
    return [note for page in pages for note in page.notes]


async def write(world: World, chat: ChatServer, text: str) -> Message:
    """Let the friend write, and return the message as a fresh pull brings it."""
    name = chat.say(world.room(), world.ana, text)
    return await world.receive(f"bsky-chat:{world.room()}/{name}")


async def test_without_the_right_one_note_a_day_and_no_more_requests(world: World, chat: ChatServer) -> None:
    adapter = await world.enter(privileged=False)
    facts = await adapter.probe()
    assert Capability.DIRECT not in facts.capabilities
    assert Capability.NOD in facts.capabilities
    pages, cursor = await world.pull()
    assert notes_of(pages) == [NO_DIRECT]
    world.bluesky.proxy.clear()
    pages, cursor = await world.pull(cursor)
    assert not notes_of(pages)
    assert not [name for name in world.methods() if name.startswith("chat.")]
    later = facts.probed_at + timedelta(seconds=1)
    allowed = Facts(facts.capabilities | Capability.DIRECT, LIMITS, Visibility.PUBLIC, None, later)
    await read_all(world.new_adapter(allowed), cursor)
    assert [name for name in world.methods() if name.startswith("chat.")], "a newer probe says that it is worth asking"
    assert (await adapter.filtered()).requests == ()
    assert "listConvos" not in chat.methods(), "the PDS lets none of this through"


async def test_direct_messages_arrive_and_go_on_from_the_log(world: World, chat: ChatServer) -> None:
    world.enter_at_once()
    message = await write(world, chat, "psst")
    assert (message.said_to_me, message.visibility) == (Reason.DIRECT, Visibility.DIRECT)
    assert isinstance(message.place, RoomRef)
    assert {member.uri for member in message.place.members} == {world.me.did, world.ana.did}
    pages, cursor = await world.pull()
    second = chat.say(world.room(), world.ana, "are you there?")
    pages, cursor = await world.pull(cursor)
    (message,) = messages_of(pages)
    assert message.ref.local == second
    assert message.said_to_me is Reason.DIRECT
    mine = chat.say(world.room(), world.me, "yes")
    pages, cursor = await world.pull(cursor)
    (message,) = messages_of(pages)
    assert (message.ref.local, message.said_to_me, message.author.uri) == (mine, None, world.me.did)
    chat.delete_message(world.room(), second)
    pages, cursor = await world.pull(cursor)
    assert [uri for page in pages for uri in page.gone] == [f"bsky-chat:{world.room()}/{second}"]
    pages, _ = await world.pull()
    assert not said_to_me(pages), "my answer came last"
    assert {call.method.rpartition(".")[2] for call in chat.calls} <= READING


async def test_groups_are_rooms_too(world: World, chat: ChatServer) -> None:
    world.enter_at_once()
    carol = world.bluesky.new_person("carol")
    group = chat.start_convo(world.ana, world.me, carol, group_name="Garden")
    chat.say(group, carol, "the beans are up")
    pages, _ = await world.pull()
    (message,) = said_to_me(pages).values()
    assert isinstance(message.place, RoomRef)
    assert len(message.place.members) == 3
    assert message.author.uri == carol.did
    carol.close()


async def test_reading_requests_accepts_nothing(world: World, chat: ChatServer) -> None:
    adapter = world.enter_at_once()
    _, cursor = await world.pull()
    room = chat.start_convo(world.ana, world.me, accepted=False)
    chat.say(room, world.ana, "do you know me?")
    for _ in range(2):
        (request,) = (await adapter.filtered()).requests
        assert (request.person.uri, request.text) == (world.ana.did, "do you know me?")
    for start in (None, cursor):
        pages, after = await world.pull(start)
        assert not messages_of(pages)
    assert not chat.is_accepted(room, world.me)
    chat.say(room, world.me, "now I do")  # accepted elsewhere
    chat.say(room, world.ana, "good")
    pages, _ = await world.pull(after)
    assert [message.text for message in messages_of(pages)] == ["do you know me?", "now I do", "good"]
    assert [message.text for message in said_to_me(pages).values()] == ["good"]
    assert {call.method.rpartition(".")[2] for call in chat.calls} <= READING


async def test_a_hello_goes_out_once_and_is_found(world: World, chat: ChatServer) -> None:
    adapter = world.enter_at_once()
    message = await write(world, chat, "hi")
    prepared = await adapter.prepare(draft_to(message, "hello https://x.example"))
    assert prepared.before
    assert await adapter.find(prepared) == CannotTell()
    world.bluesky.proxy.lose_answer("sendMessage")
    with pytest.raises(Unsure):
        await adapter.send(prepared)
    found = await world.new_adapter().find(prepared)
    assert isinstance(found, Found)
    assert chat.texts(world.room()) == ["hi", "hello https://x.example"]
    (sent,) = [call for call in chat.calls if call.method.endswith("sendMessage")]
    assert sent.body["message"]["facets"][0]["features"][0]["uri"] == "https://x.example"
    second = await adapter.prepare(draft_to(message, "hello https://x.example"))
    assert await adapter.find(second) == CannotTell(), "the first one's message is not the second's"
    assert await adapter.find(replace(second, before=None)) == CannotTell()
    with pytest.raises(NotAllowed):
        await adapter.delete(Receipt(message.ref, datetime.now(UTC)))


async def test_a_locked_room_refuses(world: World, chat: ChatServer) -> None:
    adapter = world.enter_at_once()
    message = await write(world, chat, "hi")
    prepared = await adapter.prepare(draft_to(message, "hello"))
    chat.refuse_next("sendMessage", 400, "ConvoLocked")
    with pytest.raises(Refused) as caught:
        await adapter.send(prepared)
    assert caught.value.kind == "closed"


async def test_a_chat_service_in_trouble_keeps_no_post_from_arriving(world: World, chat: ChatServer) -> None:
    world.enter_at_once()
    post = world.notify(world.ana.post(f"@{world.me.handle} hello", mentions=[world.me]))
    world.bluesky.proxy.answer(502, {"error": "UpstreamFailure"}, "chat.bsky.convo.listConvos")
    pages, cursor = await world.pull()
    assert post.uri in said_to_me(pages)
    assert notes_of(pages) == ["Direct messages on Bluesky could not be read this time."]
    chat.say(world.room(), world.ana, "meanwhile")
    pages, _ = await world.pull(cursor)
    assert [message.text for message in messages_of(pages)] == ["meanwhile"]


async def test_a_chat_service_that_doubts_us_does_not_end_the_session(world: World, chat: ChatServer) -> None:
    world.enter_at_once()
    chat.refuse_next("listConvos", 401, "BadJwt")
    world.bluesky.proxy.clear()
    pages, _ = await world.pull()
    assert notes_of(pages) == ["Direct messages on Bluesky could not be read this time."]
    assert not world.bluesky.proxy.named("refreshSession")
