"""Answers, nods, mutes and blocks at the reference server: once, exactly as said, and repeatable."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from introvert_tui.errors import Gone, Refused, Unsure
from introvert_tui.model import (
    Absent,
    CannotTell,
    Draft,
    DraftKind,
    Found,
    Message,
    MessageRef,
    Obstacle,
    ObstacleKind,
    PersonRef,
    Prepared,
    ThreadRef,
)

from .bluesky.people import now
from .bluesky.server import BlueskyServer
from .bluesky_world import World, use_servers
from .waiting import eventually

PUT = "com.atproto.repo.putRecord"


@pytest_asyncio.fixture
async def world(bluesky: BlueskyServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_servers(monkeypatch, bluesky)
    world = World(bluesky, None)
    world.enter_at_once()
    yield world
    bluesky.proxy.reset()
    await world.leave()


async def mention(world: World, text: str = "hi") -> Message:
    post = world.notify(world.ana.post(f"@{world.me.handle} {text}", mentions=[world.me]))
    page = await world.adapter.refresh([MessageRef(post.uri, post.uri)])
    return page.messages[0]


def hello(to: Message, text: str, **more: object) -> Draft:
    return replace(Draft("key", DraftKind.HELLO, text, to), **more)  # type: ignore[arg-type]


async def test_nothing_goes_where_it_would_not_be_shown(world: World) -> None:
    """The server takes an answer in a closed thread, and shows it to nobody."""
    root = world.show(world.ana.post("only those I name"))
    to = (await world.adapter.refresh([MessageRef(root.uri, root.uri)])).messages[0]
    gate = {"$type": "app.bsky.feed.threadgate", "post": root.uri, "allow": [], "createdAt": now()}
    world.ana.put_record("app.bsky.feed.threadgate", root.rkey, gate)
    eventually(lambda: world.view(root.uri)["viewer"].get("replyDisabled"))
    with pytest.raises(Refused) as refused:
        await world.adapter.prepare(hello(to, "me too"))
    assert (refused.value.kind, str(refused.value)) == ("closed", "replies are closed there")
    world.ana.block(world.me)
    eventually(lambda: not world.view(root.uri))
    with pytest.raises(Refused) as refused:
        await world.adapter.prepare(hello(to, "me too"))
    assert refused.value.kind == "blocked"


async def test_the_record_is_an_answer_with_exact_refs(world: World) -> None:
    carol, dora = world.bluesky.new_person("carol"), world.bluesky.new_person("dora")
    root = world.show(world.ana.post("a long story"))
    parent = world.show(carol.post("really?", reply_to=root))
    to = (await world.adapter.refresh([MessageRef(parent.uri, parent.uri)])).messages[0]
    text = f"hello @{carol.handle} and @{world.ana.handle}, see https://x.example #tea @stranger.test @{dora.handle}"
    naming = (PersonRef(world.ana.did, world.ana.handle),)
    prepared = await world.adapter.prepare(hello(to, text, language="en", naming=naming))
    receipt = await world.adapter.send(prepared)
    record = world.me.query(
        "com.atproto.repo.getRecord", repo=world.me.did, collection="app.bsky.feed.post", rkey=receipt.ref.uri[-13:]
    )
    value = record["value"]
    assert value == json.loads(prepared.payload)["record"]
    assert value["reply"] == {"root": root.strong_ref, "parent": parent.strong_ref}
    assert value["langs"] == ["en"]
    assert value["text"] == text
    data = text.encode()
    marked = {
        data[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode(): each["features"][0]
        for each in value["facets"]
    }
    assert marked[f"@{carol.handle}"]["did"] == carol.did
    assert marked[f"@{world.ana.handle}"]["did"] == world.ana.did
    assert marked["https://x.example"]["uri"] == "https://x.example"
    assert marked["#tea"]["tag"] == "tea"
    assert marked[f"@{dora.handle}"]["did"] == dora.did, "whom nobody here knew"
    assert "@stranger.test" not in marked
    assert receipt.ref.token == record["cid"]
    carol.close()
    dora.close()


async def test_refs_without_a_version_are_looked_up(world: World) -> None:
    to = await mention(world)
    assert isinstance(to.place, ThreadRef)
    bare = replace(to, ref=replace(to.ref, token=None))
    prepared = await world.adapter.prepare(hello(bare, "hello"))
    assert json.loads(prepared.payload)["record"]["reply"]["parent"] == {"uri": to.ref.uri, "cid": to.ref.token}
    assert "langs" not in json.loads(prepared.payload)["record"]


async def test_a_lost_answer_is_found_and_repeated_without_a_double(world: World) -> None:
    to = await mention(world)
    prepared = await world.adapter.prepare(hello(to, "hello"))
    assert await world.adapter.find(prepared) == Absent(proof=True)
    world.bluesky.proxy.lose_answer(PUT)
    with pytest.raises(Unsure):
        await world.adapter.send(prepared)
    found = await world.new_adapter().find(prepared)
    assert isinstance(found, Found)
    repeated = await world.new_adapter().send(prepared)
    assert repeated.ref == found.receipt.ref
    assert world.me.texts().count("hello") == 1
    sent = world.bluesky.proxy.named(PUT)
    assert sent[0].body == sent[1].body, "a repeat sends the very same bytes"
    assert b'"swapRecord":null' in sent[0].body


async def test_absence_is_no_proof_when_the_repository_has_changed(world: World) -> None:
    to = await mention(world)
    prepared = await world.adapter.prepare(hello(to, "hello"))
    world.me.post("meanwhile, elsewhere")
    assert await world.adapter.find(prepared) == CannotTell()


async def test_what_a_copied_database_does_not_know_is_found_by_its_words(world: World) -> None:
    to = await mention(world)
    receipt = await world.adapter.send(await world.adapter.prepare(hello(to, "hello")))
    world.me.post("hello")  # to nobody
    forgotten = await world.new_adapter().prepare(hello(to, "hello"))
    found = await world.new_adapter().find(replace(forgotten, before=None))
    assert isinstance(found, Found)
    assert found.receipt.ref == receipt.ref
    other = await world.adapter.prepare(hello(to, "good evening"))
    assert await world.adapter.find(replace(other, before=None)) == Absent(proof=False)


async def test_nothing_of_mine_is_overwritten(world: World) -> None:
    to = await mention(world)
    prepared = await world.adapter.prepare(hello(to, "hello"))
    load = json.loads(prepared.payload)
    world.me.put_record("app.bsky.feed.post", load["rkey"], {**load["record"], "text": "something else"})
    with pytest.raises(Refused) as caught:
        await world.adapter.send(prepared)
    assert caught.value.kind == "conflict"
    assert "something else" in world.me.texts()
    with pytest.raises(Refused):
        await world.adapter.send(Prepared('{"v":99}'))


async def test_what_is_answered_is_looked_at_again(world: World) -> None:
    to = await mention(world)
    above = await world.adapter.recheck(to)
    assert not isinstance(above, Obstacle)
    assert (above.to.uri, above.also, above.more) == (world.ana.did, (), False)
    changed = replace(to, ref=replace(to.ref, token="bafyother"))
    assert await world.adapter.recheck(changed) == Obstacle(ObstacleKind.EDITED)
    assert isinstance(to.place, ThreadRef)
    root = world.show(world.ana.post("nobody may answer"))
    mine = world.notify(world.ana.post(f"@{world.me.handle} see", reply_to=root, mentions=[world.me]))
    world.ana.set_threadgate(root)
    eventually(lambda: world.view(mine.uri)["viewer"].get("replyDisabled"))
    closed = (await world.adapter.refresh([MessageRef(mine.uri, mine.uri)])).messages[0]
    assert closed.closed
    assert await world.adapter.recheck(closed) == Obstacle(ObstacleKind.CLOSED)
    world.ana.block(world.me)
    eventually(lambda: not world.view(to.ref.uri))
    assert isinstance(await world.adapter.recheck(to), Obstacle)


async def test_the_audience_of_a_recheck_knows_who_stands_above(world: World) -> None:
    carol = world.bluesky.new_person("carol")
    root = world.show(carol.post("a question"))
    parent = world.show(world.ana.post("an answer", reply_to=root))
    to = (await world.adapter.refresh([MessageRef(parent.uri, parent.uri)])).messages[0]
    assert world.adapter.audience(to, ()).more
    above = await world.adapter.recheck(to)
    assert not isinstance(above, Obstacle)
    assert [person.uri for person in above.also] == [carol.did]
    carol.close()


async def test_a_nod_given_elsewhere_is_not_doubled_and_can_be_taken_back(world: World) -> None:
    to = await mention(world)
    world.me.like(world.ref(to.ref.uri))
    eventually(lambda: world.view(to.ref.uri)["viewer"].get("like"))
    await world.adapter.nod(to.ref, True)
    assert len(world.me.records("app.bsky.feed.like")) == 1
    await world.adapter.nod(to.ref, False)
    assert not world.me.records("app.bsky.feed.like")
    # The AppView lags behind: a nod and its taking back at once must not leave one.
    await world.adapter.nod(to.ref, True)
    await world.adapter.nod(to.ref, True)
    assert len(world.me.records("app.bsky.feed.like")) <= 1
    await world.adapter.nod(to.ref, False)
    assert not world.me.records("app.bsky.feed.like")
    world.ana.delete(to.ref.uri)
    eventually(lambda: not world.view(to.ref.uri))
    with pytest.raises(Gone):
        await world.adapter.nod(to.ref, True)


async def test_a_mute_is_of_the_root_and_of_nothing_else(world: World) -> None:
    root = world.show(world.ana.post("a crowded thread"))
    parent = world.notify(world.ana.post(f"@{world.me.handle} see", reply_to=root, mentions=[world.me]))
    message = (await world.adapter.refresh([MessageRef(parent.uri, parent.uri)])).messages[0]
    assert isinstance(message.place, ThreadRef)
    await world.adapter.mute(message.place, message.ref, True)
    eventually(lambda: world.view(parent.uri)["viewer"].get("threadMuted"))
    (asked,) = world.bluesky.proxy.named("muteThread")
    assert asked.json == {"root": root.uri}
    people = ThreadRef(MessageRef(*[f"at://{world.ana.did}/app.bsky.graph.list/1"] * 2))
    with pytest.raises(Refused):
        await world.adapter.mute(people, message.ref, True)


async def test_a_block_made_elsewhere_can_be_undone_here(world: World) -> None:
    who = PersonRef(world.ana.did, world.ana.handle)
    world.me.block(world.ana)
    eventually(lambda: "blocking" in world.me.query("app.bsky.actor.getProfile", actor=world.ana.did)["viewer"])
    await world.adapter.block(who, True)
    assert len(world.me.records("app.bsky.graph.block")) == 1
    await world.adapter.block(who, False)
    assert not world.me.records("app.bsky.graph.block")
