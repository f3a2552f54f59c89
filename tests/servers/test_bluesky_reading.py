"""Catching up and reading threads at the reference server: nothing of value is missed, and few requests are made."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from introvert_tui.errors import Unavailable
from introvert_tui.model import AttachmentKind, Door, GoneKind, Message, MessageRef, PersonRef, Reason, ThreadRef
from introvert_tui.testing.harness import messages_of, read_all, said_to_me

from .bluesky.chat import ChatServer
from .bluesky.people import POST, PostRef, now
from .bluesky.server import BlueskyServer
from .bluesky_world import World, use_servers
from .waiting import eventually

LIST, RECORDS, LOG = "app.bsky.notification.listNotifications", "com.atproto.repo.listRecords", "chat.bsky.convo.getLog"
POSTS, THREAD = "app.bsky.feed.getPosts", "app.bsky.feed.getPostThread"


@pytest_asyncio.fixture
async def world(bluesky: BlueskyServer, chat: ChatServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_servers(monkeypatch, bluesky, chat)
    world = World(bluesky, chat)
    chat.register(world.me, world.ana)
    world.enter_at_once()
    yield world
    bluesky.proxy.reset()
    await world.leave()


async def read(world: World, message: Message, limit: int = 100) -> dict[str, Message]:
    page = await world.new_adapter().thread(message, limit)
    return {each.ref.uri: each for each in page.messages}


def chain(world: World, start: PostRef, length: int) -> list[PostRef]:
    """Answers by the friend, each to the one before."""
    posts = [start]
    for number in range(length):
        posts.append(world.ana.post(f"level {number + 1}", reply_to=posts[-1]))
    eventually(lambda: world.view(posts[-1].uri))
    return posts[1:]


async def test_a_mention_is_found_in_one_pull(world: World) -> None:
    post = world.notify(world.ana.post(f"hello @{world.me.handle}", mentions=[world.me]))
    pages, cursor = await world.pull()
    message = said_to_me(pages)[post.uri]
    assert message.said_to_me is Reason.MENTION
    assert message.text == f"hello @{world.me.handle}"
    assert message.author == PersonRef(world.ana.did, world.ana.handle)
    assert message.ref.token == post.cid
    assert {person.name for page in pages for person in page.people} == {"Ana"}
    pages, _ = await world.pull(cursor)
    assert not messages_of(pages)


async def test_an_idle_catch_up_costs_three_small_requests(world: World) -> None:
    for number in range(30):
        post = world.ana.post(f"@{world.me.handle} {number}", mentions=[world.me])
    world.notify(post)
    world.room()
    _, cursor = await world.pull()
    world.bluesky.proxy.clear()
    pages, cursor = await world.pull(cursor)
    assert not messages_of(pages)
    assert world.methods() == [RECORDS, LIST, LOG]
    for exchange in world.bluesky.proxy.named(LIST):
        assert exchange.query["limit"] == ["10"]
        assert exchange.query["reasons"] == ["mention", "reply", "quote"]
    for number in range(9):
        post = world.ana.post(f"@{world.me.handle} again {number}", mentions=[world.me])
    world.notify(post)
    world.bluesky.proxy.clear()
    pages, _ = await world.pull(cursor)
    assert len(said_to_me(pages)) == 9
    assert sorted(world.methods()) == sorted([RECORDS, LIST, POSTS, LIST, LOG])


async def test_what_was_never_asked_for(world: World) -> None:
    world.ana.like(world.my_post)
    world.ana.repost(world.my_post)
    world.ana.follow(world.me)
    world.notify(world.ana.post("yes", reply_to=world.my_post))
    world.bluesky.proxy.clear()
    pages, _ = await world.pull()
    await read(world, messages_of(pages)[0])
    asked = " ".join(request.rpartition("/")[2] for request in world.requests)
    for word in (
        "like",
        "repost",
        "follow",
        "Like",
        "Follow",
        "Timeline",
        "getUnreadCount",
        "updateSeen",
        "updateRead",
    ):
        assert word not in asked


async def test_my_post_comes_with_the_answer_to_it(world: World) -> None:
    answer = world.notify(world.ana.post("yes", reply_to=world.my_post))
    aside = world.notify(world.ana.post("and no", reply_to=answer))
    pages, _ = await world.pull()
    known = {message.ref.uri: message for message in messages_of(pages)}
    assert known[world.my_post.uri].text == "A fine morning"
    assert known[answer.uri].said_to_me is Reason.REPLY
    assert known[aside.uri].said_to_me is None
    place = known[aside.uri].place
    assert isinstance(place, ThreadRef)
    assert (place.root.uri, place.root.token) == (world.my_post.uri, world.my_post.cid)


async def test_my_answer_from_elsewhere_finishes_it_here(world: World) -> None:
    post = world.notify(world.ana.post(f"@{world.me.handle} a question", mentions=[world.me]))
    pages, cursor = await world.pull()
    assert post.uri in said_to_me(pages)
    answer = world.show(world.me.post("an answer", reply_to=post))
    world.show(world.me.post("something of my own"))
    pages, cursor = await world.pull(cursor)
    (message,) = messages_of(pages)
    assert (message.ref.uri, message.said_to_me, message.author.uri) == (answer.uri, None, world.me.did)
    pages, _ = await world.pull(cursor)
    assert not messages_of(pages)
    pages, _ = await world.pull()
    assert answer.uri in {message.ref.uri for message in messages_of(pages)}, "also in a first catch-up"


async def test_likes_and_mutes_of_mine_are_seen_again(world: World) -> None:
    post = world.notify(world.ana.post(f"@{world.me.handle} look", mentions=[world.me]))
    kept = world.notify(world.ana.post(f"@{world.me.handle} over there", mentions=[world.me]))
    gone = world.notify(world.ana.post(f"@{world.me.handle} never mind", mentions=[world.me]))
    world.me.like(post)
    world.me.mute_thread(post.root_uri)
    world.ana.delete(gone)
    eventually(lambda: world.view(post.uri)["viewer"].get("like") and world.view(post.uri)["viewer"]["threadMuted"])
    eventually(lambda: not world.view(gone.uri))
    refs = [MessageRef(uri, uri) for uri in (post.uri, kept.uri, gone.uri, "bsky-chat:c/m")]
    page = await world.new_adapter().refresh(refs)
    assert {message.ref.uri: message.liked_by_me for message in page.messages} == {post.uri: True, kept.uri: False}
    assert page.gone == (gone.uri,)
    assert dict(page.muted) == {post.uri: True, kept.uri: False}


async def test_an_answer_six_levels_deep_is_found_when_the_thread_is_opened(world: World) -> None:
    answers = chain(world, world.my_post, 6)
    around = await read(world, await world.receive(world.notify(answers[0]).uri))
    assert {post.uri for post in answers} <= set(around)


async def test_a_thread_deeper_than_one_request(world: World) -> None:
    answers = chain(world, world.my_post, 14)
    message = await world.receive(world.notify(answers[0]).uri)
    world.bluesky.proxy.clear()
    around = await read(world, message)
    assert {world.my_post.uri, *(post.uri for post in answers)} == set(around)
    assert len(world.bluesky.proxy.named(THREAD)) == 2


async def test_what_is_gone_is_shown_for_what_it_is(world: World) -> None:
    carol = world.bluesky.new_person("carol")
    middle = world.show(carol.post("soon gone", reply_to=world.my_post))
    below = world.notify(world.ana.post("you are right", reply_to=middle))
    message = await world.receive(below.uri)
    carol.delete(middle)
    eventually(lambda: not world.view(middle.uri))
    around = await read(world, message)
    placeholder = around[middle.uri]
    assert placeholder.gone is GoneKind.DELETED
    assert placeholder.author == PersonRef("", "")
    assert placeholder.seen_at < around[below.uri].seen_at
    assert around[below.uri].parent == MessageRef(middle.uri, middle.uri, middle.cid)
    assert world.my_post.uri in around
    carol.close()


async def test_a_blocked_person_leaves_an_empty_place(world: World) -> None:
    carol = world.bluesky.new_person("carol")
    middle = world.show(carol.post("a quarrel", reply_to=world.my_post))
    below = world.notify(world.ana.post("indeed", reply_to=middle))
    message = await world.receive(below.uri)
    carol.block(world.me)
    eventually(lambda: not world.view(middle.uri))
    around = await read(world, message)
    assert around[middle.uri].gone in (GoneKind.BLOCKED, GoneKind.DELETED)
    assert around[middle.uri].body == ()
    carol.close()


async def test_what_a_blocked_person_said_was_not_deleted(world: World) -> None:
    carol = world.bluesky.new_person("carol")
    said = world.notify(carol.post(f"@{world.me.handle} and another thing", mentions=[world.me]))
    message = await world.receive(said.uri)
    carol.block(world.me)
    eventually(lambda: not world.view(said.uri))
    page = await world.new_adapter().refresh([message.ref])
    assert (page.messages, page.gone) == ((), ())
    around = await read(world, message)
    assert around[said.uri].gone is GoneKind.BLOCKED
    carol.close()


async def test_a_server_that_shows_nothing_just_now_has_deleted_nothing(world: World) -> None:
    posts = [world.notify(world.ana.post(f"@{world.me.handle} hi", mentions=[world.me])) for _ in range(2)]
    refs = [MessageRef(post.uri, post.uri) for post in posts]
    world.bluesky.proxy.answer(200, {"posts": []}, "getPosts")
    assert (await world.adapter.refresh(refs)).gone == ()
    world.bluesky.proxy.answer(200, {"posts": {}}, "getPosts")
    with pytest.raises(Unavailable):
        await world.adapter.refresh(refs)
    world.bluesky.proxy.answer(200, {"posts": []}, "getPosts")
    door = Door(MessageRef(world.my_post.uri, world.my_post.uri), PersonRef(world.ana.did, world.ana.handle))
    assert (await world.adapter.answered([door])).gone == ()


async def test_a_gated_thread_is_closed_and_a_folded_answer_hidden(world: World) -> None:
    root = world.show(world.ana.post("only those I name"))
    mine = world.show(world.me.post("may I?", reply_to=root))
    carol = world.bluesky.new_person("carol")
    folded = world.show(carol.post("me too", reply_to=mine))
    gate = {"$type": "app.bsky.feed.threadgate", "post": root.uri, "allow": [], "createdAt": now()}
    world.ana.put_record("app.bsky.feed.threadgate", root.rkey, {**gate, "hiddenReplies": [folded.uri]})
    eventually(lambda: world.view(root.uri)["viewer"].get("replyDisabled"))
    page = await world.new_adapter().refresh([MessageRef(mine.uri, mine.uri)])
    message = page.messages[0]
    around = await read(world, message)
    assert around[root.uri].closed
    assert around[folded.uri].gone is GoneKind.HIDDEN
    assert around[folded.uri].text == ""
    carol.close()


async def test_a_detached_quote_says_so(world: World) -> None:
    quote = world.notify(world.ana.post("look at this", quote=world.my_post))
    message = await world.receive(quote.uri)
    (attachment,) = message.attachments
    assert (message.said_to_me, attachment.kind) == (Reason.QUOTE, AttachmentKind.QUOTE)
    assert (attachment.text, attachment.uri) == ("A fine morning", world.my_post.uri)
    gate = {"$type": "app.bsky.feed.postgate", "post": world.my_post.uri, "createdAt": now()}
    world.me.put_record("app.bsky.feed.postgate", world.my_post.rkey, {**gate, "detachedEmbeddingUris": [quote.uri]})
    eventually(lambda: "viewDetached" in str(world.view(quote.uri)["embed"]))
    page = await world.new_adapter().refresh([message.ref])
    assert page.messages[0].attachments[0].gone is GoneKind.DETACHED


async def test_a_link_card_of_the_post_itself(world: World) -> None:
    embed = {
        "$type": "app.bsky.embed.external",
        "external": {"uri": "https://x.example/a", "title": "A title", "description": "More"},
    }
    text = f"@{world.me.handle} see"
    start = {"byteStart": 0, "byteEnd": len(text) - 4}
    mention = {"index": start, "features": [{"$type": "app.bsky.richtext.facet#mention", "did": world.me.did}]}
    record = {"$type": POST, "text": text, "createdAt": now(), "facets": [mention], "embed": embed}
    created = world.ana.create_record(POST, record)
    post = world.notify(PostRef(created["uri"], created["cid"], created["uri"], created["cid"]))
    (attachment,) = (await world.receive(post.uri)).attachments
    assert (attachment.kind, attachment.text) == (AttachmentKind.LINK, "A title — More")
    assert attachment.url == "https://x.example/a"


async def test_doors_are_looked_at_in_batches(world: World) -> None:
    post = world.notify(world.ana.post(f"@{world.me.handle} hi", mentions=[world.me]))
    hellos = [world.me.post(f"hello {number}", reply_to=post) for number in range(30)]
    for hello in hellos:
        world.show(hello)
    answer = world.notify(world.ana.post("hello to you", reply_to=hellos[7]))
    eventually(lambda: world.view(hellos[7].uri)["replyCount"] == 1)
    greeted = PersonRef(world.ana.did, world.ana.handle)
    doors = [Door(MessageRef(hello.uri, hello.uri, hello.cid), greeted) for hello in hellos]
    adapter = world.new_adapter()
    world.bluesky.proxy.clear()
    page = await adapter.answered(doors)
    assert [message.ref.uri for message in page.messages] == [answer.uri]
    assert page.messages[0].said_to_me is Reason.REPLY
    assert world.methods() == [POSTS, POSTS, THREAD]
    tokens = dict(page.doors)
    assert len(tokens) == 30
    world.bluesky.proxy.clear()
    page = await adapter.answered([Door(door.receipt, greeted, tokens[door.receipt.uri]) for door in doors])
    assert not page.messages
    assert world.methods() == [POSTS, POSTS]


async def test_a_long_absence_is_caught_up_page_by_page(world: World) -> None:
    _, cursor = await read_all(world.adapter)
    expected = {world.ana.post(f"@{world.me.handle} {number}", mentions=[world.me]).uri for number in range(70)}
    eventually(lambda: expected <= {note["uri"] for note in world.me.notifications("mention")})
    pages, _ = await world.pull(cursor)
    assert set(said_to_me(pages)) == expected
    assert [len(page.messages) for page in pages] == [10, 50, 10, 0]
