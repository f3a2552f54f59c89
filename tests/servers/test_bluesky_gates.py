"""Who may answer your posts, and which quotes show them, as the reference server and its AppView see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from introvert_tui.adapters.bluesky import gates as gates_of_ours
from introvert_tui.errors import Gone, NotAllowed, Refused
from introvert_tui.model import MessageRef

from .bluesky.people import PostRef
from .bluesky.server import BlueskyServer
from .bluesky_world import World, use_servers
from .waiting import eventually

MENTIONED = {"$type": "app.bsky.feed.threadgate#mentionRule"}
LONG_AGO = "2026-01-01T00:00:00.000Z"
FOLLOWED = {"$type": "app.bsky.feed.threadgate#followingRule"}


@pytest_asyncio.fixture
async def world(bluesky: BlueskyServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_servers(monkeypatch, bluesky)
    world = World(bluesky, None)
    world.enter_at_once()
    yield world
    await world.leave()


def mine(post: PostRef) -> MessageRef:
    return MessageRef(post.uri, post.uri, post.cid)


def gates(world: World, kind: str = "threadgate") -> list[dict[str, Any]]:
    return [record["value"] for record in world.me.records(f"app.bsky.feed.{kind}")]


def may_answer(world: World, post: PostRef) -> bool:
    return not world.view(post.uri, world.ana)["viewer"].get("replyDisabled", False)


async def test_a_stranger_may_answer_no_more_and_then_again(world: World) -> None:
    post = mine(world.my_post)
    assert may_answer(world, world.my_post)
    assert await world.adapter.limit_answers(post, True)
    eventually(lambda: not may_answer(world, world.my_post))
    assert not await world.adapter.limit_answers(post, True)
    world.me.follow(world.ana)
    eventually(lambda: may_answer(world, world.my_post))
    assert await world.adapter.limit_answers(post, False)
    assert not await world.adapter.limit_answers(post, False)
    assert all("allow" not in gate for gate in gates(world))
    eventually(lambda: not world.view(world.my_post.uri, world.bluesky.alice)["viewer"].get("replyDisabled"))


async def test_an_answer_of_yours_in_your_own_thread_stands_for_the_thread(world: World) -> None:
    own = world.show(world.me.post("and besides", reply_to=world.my_post))
    assert await world.adapter.limit_answers(mine(own), True)
    (gate,) = gates(world)
    assert gate["post"] == world.my_post.uri
    eventually(lambda: not may_answer(world, own))


async def test_what_you_decided_before_stands(world: World) -> None:
    hidden = world.show(world.ana.post("nonsense", reply_to=world.my_post))
    gate = {
        "$type": "app.bsky.feed.threadgate",
        "post": world.my_post.uri,
        "allow": [],
        "hiddenReplies": [hidden.uri],
        "createdAt": LONG_AGO,
    }
    world.me.put_record("app.bsky.feed.threadgate", world.my_post.rkey, gate)
    with pytest.raises(Refused, match="decided before"):
        await world.adapter.limit_answers(mine(world.my_post), True)
    assert not await world.adapter.limit_answers(mine(world.my_post), False)
    assert gates(world) == [gate]
    del gate["allow"]
    world.me.put_record("app.bsky.feed.threadgate", world.my_post.rkey, gate)
    assert await world.adapter.limit_answers(mine(world.my_post), True)
    assert gates(world) == [{**gate, "allow": [FOLLOWED, MENTIONED]}]
    assert await world.adapter.limit_answers(mine(world.my_post), False)
    assert gates(world) == [gate]


async def test_what_another_program_writes_at_the_same_time_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = "at://did:plc:somebody/app.bsky.feed.post/3l2"
    gate: dict[str, Any] = {"post": world.my_post.uri, "createdAt": LONG_AGO}
    write, others = gates_of_ours._write, iter([gate, {**gate, "hiddenReplies": [hidden]}])

    async def overtaken(*args: Any) -> None:
        if (theirs := next(others, None)) is not None:
            kind = "app.bsky.feed.threadgate"
            world.me.put_record(kind, world.my_post.rkey, {"$type": kind, **theirs})
        await write(*args)

    monkeypatch.setattr(gates_of_ours, "_write", overtaken)
    assert await world.adapter.limit_answers(mine(world.my_post), True)
    (there,) = gates(world)
    assert (there["allow"], there["hiddenReplies"]) == ([FOLLOWED, MENTIONED], [hidden])
    others = iter([{**there, "hiddenReplies": [f"{hidden}{number}"]} for number in range(9)])
    with pytest.raises(Refused, match="Another program of yours"):
        await world.adapter.limit_answers(mine(world.my_post), False)


async def test_another_persons_thread_is_theirs_to_close(world: World) -> None:
    theirs = world.show(world.ana.post("my thread"))
    own = world.show(world.me.post("my answer", reply_to=theirs))
    for post in (theirs, own):
        with pytest.raises(NotAllowed):
            await world.adapter.limit_answers(mine(post), True)
    with pytest.raises(NotAllowed):
        await world.adapter.detach_quote(mine(own), mine(theirs), True)
    world.me.delete(own)
    with pytest.raises(Gone):
        await world.adapter.limit_answers(mine(own), True)
    assert gates(world) == gates(world, "postgate") == []


def quoted_as(world: World, quote: PostRef) -> str:
    """What stands in a quote for somebody else."""
    kind: str = world.view(quote.uri, world.bluesky.alice)["embed"]["record"]["$type"]
    return kind.rpartition("#")[2]


async def test_your_words_are_out_of_one_quote_and_stand_in_the_other(world: World) -> None:
    rude, kind = (world.show(world.ana.post(text, quote=world.my_post)) for text in ("look at them", "how true"))
    assert await world.adapter.detach_quote(mine(rude), mine(world.my_post), True)
    eventually(lambda: quoted_as(world, rude) == "viewDetached")
    assert quoted_as(world, kind) == "viewRecord"
    assert not await world.adapter.detach_quote(mine(rude), mine(world.my_post), True)
    assert await world.adapter.detach_quote(mine(kind), mine(world.my_post), True)
    assert await world.adapter.detach_quote(mine(rude), mine(world.my_post), False)
    eventually(lambda: (quoted_as(world, rude), quoted_as(world, kind)) == ("viewRecord", "viewDetached"))
    (gate,) = gates(world, "postgate")
    assert gate["detachedEmbeddingUris"] == [kind.uri]
