"""Answering at servers of Mastodon's kind: to whom, how widely, once; and what can be done without a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio

from introvert_tui.errors import Gone, NotAllowed, Refused, Unavailable, Unsure
from introvert_tui.model import (
    Absent,
    Attachment,
    AttachmentKind,
    CannotTell,
    Draft,
    DraftKind,
    Found,
    Message,
    Obstacle,
    ObstacleKind,
    PersonRef,
    Prepared,
    Receipt,
    ThreadRef,
    Visibility,
)

from .mastodon.flavours import FLAVOURS, GOTOSOCIAL, OLD_MASTODON, Flavour
from .mastodon.server import StartServer
from .mastodon.state import Media, Status
from .mastodon_world import Enter, World, worlds

POST = "POST /api/v1/statuses"


@pytest_asyncio.fixture
async def enter(mastodon: StartServer) -> AsyncIterator[Enter]:
    async with worlds(mastodon) as enter:
        yield enter


@pytest.fixture
def world(enter: Enter) -> World:
    return enter()


def draft(to: Message, text: str = "hello", **more: object) -> Draft:
    return replace(Draft(uuid4().hex, DraftKind.HELLO, text, to), **more)  # type: ignore[arg-type]


async def say(world: World, to: Message, text: str = "hello", **more: object) -> tuple[Receipt, Status]:
    """Answer, and return the receipt and the status as the server has it."""
    receipt = await world.adapter.send(await world.adapter.prepare(draft(to, text, **more)))
    return receipt, world.server.status(receipt.ref.uri)


def names(status: Status) -> set[str]:
    return {account.acct for account in status.mentions}


async def test_in_public_only_who_spoke_is_named(world: World) -> None:
    said = world.ana.post("@me @ben @cy what do you say?")
    assert world.server.ben.handle in said.text
    _, status = await say(world, await world.receive(said.uri))
    assert status.text == "@ana hello"
    assert status.in_reply_to_id == said.id
    assert (status.visibility, status.spoiler_text, status.sensitive) == ("public", "", False)


async def test_those_whom_a_draft_names_are_told_too(world: World) -> None:
    world.server.ben.mention(world.me, "hi")
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    ben = PersonRef(world.server.ben.account.url, f"ben@{world.server.domain}")
    _, status = await say(world, message, f"@{ben.handle} and you, hello", naming=(ben,))
    assert names(status) == {"ana", "ben"}
    assert status.text.count("@ben") == 1


async def test_people_of_other_servers_are_named_in_full(world: World) -> None:
    far = world.server.person("dora@far.example")
    message = await world.receive(far.mention(world.me, "hi").uri)
    _, status = await say(world, message)
    assert status.text == "@dora@far.example hello"
    assert names(status) == {"dora@far.example"}


async def test_in_a_room_exactly_its_members_are_named(world: World) -> None:
    said = world.ana.dm("psst", world.me, world.server.ben)
    message = await world.receive(said.uri)
    audience = world.adapter.audience(message, ())
    assert audience.visibility is Visibility.DIRECT
    assert [person.handle for person in audience.also] == [f"ben@{world.server.domain}"]
    _, status = await say(world, message)
    assert status.visibility == "direct"
    assert names(status) == {"ana", "ben"}


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("said", ["public", "unlisted", "private"])
@pytest.mark.parametrize("default", ["public", "unlisted", "private"])
async def test_an_answer_is_never_wider(enter: Enter, flavour: str, said: str, default: str) -> None:
    world = enter(flavour)
    world.me.account.default_visibility = default
    world.adapter.facts = await world.adapter.probe()
    message = await world.receive(world.ana.post("@me hi", visibility=said).uri)
    _, status = await say(world, message)
    order = ("private", "unlisted", "public")
    assert status.visibility == min(said, default, key=order.index)


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_an_answer_is_never_wider_than_was_said_when_it_was_written(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    _, status = await say(world, message, visibility=Visibility.PRIVATE)
    assert status.visibility == "private"


async def test_the_warning_goes_along_and_the_readers_filter_does_not(world: World) -> None:
    world.me.filter("ramen", title="Diet")
    message = await world.receive(world.ana.post("@me ramen", spoiler_text="food").uri)
    assert message.warning == "food · Filtered: Diet"
    _, status = await say(world, message)
    assert status.spoiler_text == "food"
    again = await world.receive(world.ana.post("@me more ramen", reply_to=status, spoiler_text="food").uri)
    assert (await say(world, again))[1].spoiler_text == "food"


async def test_the_language_is_ones_own_else_that_of_what_is_answered(world: World) -> None:
    message = await world.receive(world.ana.post("@me hallo", language="de").uri)
    world.adapter.facts = None
    assert (await say(world, message))[1].language == "de"
    world.adapter.facts = replace(await world.adapter.probe(), language="fr")
    assert (await say(world, message))[1].language == "fr"
    assert (await say(world, message, language="it"))[1].language == "it"


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_what_fits_here_fits_there(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    far = world.server.person("dora@far.example")
    message = await world.receive(far.post("@me hi", spoiler_text="food").uri)
    world.adapter.facts = await world.adapter.probe()
    audience = world.adapter.audience(message, ())
    link = "https://example.org/" + "a" * 100
    left = world.adapter.measure(link, audience)
    words = link + " " + "a" * (left.limit - left.used - 1)
    assert world.adapter.measure(words, audience).fits
    assert not world.adapter.measure(words + "a", audience).fits
    assert (await say(world, message, words))[1]
    with pytest.raises(Refused) as caught:
        await say(world, message, words + "a")
    assert caught.value.kind == "invalid"


async def test_a_first_attempt_is_two_requests(world: World) -> None:
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    await world.adapter.probe()
    world.proxy.clear()
    await say(world, message)
    assert world.calls() == [f"GET /api/v1/accounts/{world.me.id}/statuses", POST]


async def test_the_key_of_the_draft_goes_along(world: World) -> None:
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message))
    await world.adapter.send(prepared)
    (posted,) = world.proxy.named("/statuses", "POST")
    assert posted.headers["idempotency-key"] in prepared.payload


@pytest.mark.parametrize("flavour", [OLD_MASTODON, GOTOSOCIAL], ids=lambda flavour: str(flavour.name))
async def test_once_even_where_the_key_means_nothing(enter: Enter, flavour: Flavour) -> None:
    world = enter(flavour)
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message))
    world.proxy.lose_answer("/api/v1/statuses")
    with pytest.raises(Unsure):
        await world.adapter.send(prepared)
    receipt = await world.new_adapter().send(prepared)
    assert len(world.mine("hello")) == 1
    assert await world.new_adapter().find(prepared) == Found(receipt)


async def test_a_server_that_fails_at_the_repeat_is_looked_at(world: World) -> None:
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message))
    world.proxy.lose_answer("/api/v1/statuses")
    with pytest.raises(Unsure):
        await world.adapter.send(prepared)
    world.proxy.answer(500, {"error": "mastodon#40399"}, POST)
    assert isinstance(await world.adapter.find(prepared), Found)


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize(
    "text",
    [
        "look https://www.example.org/a/very/long/path/that/is/shortened?in=the&web=view and @ben@far.example too",
        "two\n\nparagraphs\nand a line",
        "5 > 3 & <b>not bold</b> #tag",
        "@ana@{} named by hand",
        "*stars* and _lines_",
    ],
)
async def test_what_went_out_is_found_whatever_is_in_it(enter: Enter, flavour: str, text: str) -> None:
    world = enter(flavour)
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message, text.format(world.server.domain)))
    receipt = await world.adapter.send(prepared)
    assert await world.new_adapter().find(prepared) == Found(receipt)


async def test_another_answer_of_mine_is_not_taken_for_it(world: World) -> None:
    said = world.ana.mention(world.me, "hi")
    message = await world.receive(said.uri)
    earlier = world.me.reply(said, "hello")
    prepared = await world.adapter.prepare(draft(message))
    world.me.reply(said, "something else")
    assert await world.adapter.find(prepared) == Absent(proof=False)
    assert earlier


async def test_what_answers_are_not_told_apart_is_not_known(world: World) -> None:
    said = world.ana.mention(world.me, "hi")
    prepared = await world.adapter.prepare(draft(await world.receive(said.uri)))
    world.me.reply(said, "something else")
    world.proxy.answer(404, {}, "/source", times=None)
    assert await world.adapter.find(prepared) == CannotTell()


async def test_what_one_s_own_list_hides_is_found_below_what_it_answers(world: World) -> None:
    message = await world.receive(world.ana.dm("psst", world.me).uri)
    prepared = await world.adapter.prepare(draft(message))
    receipt = await world.adapter.send(prepared)
    world.proxy.answer(200, b"[]", f"/accounts/{world.me.id}/statuses", times=None)
    found = await world.new_adapter().find(prepared)
    assert found == Found(receipt)


async def test_it_is_found_when_what_it_answers_is_gone(world: World) -> None:
    said = world.ana.mention(world.me, "hi")
    prepared = await world.adapter.prepare(draft(await world.receive(said.uri)))
    receipt = await world.adapter.send(prepared)
    world.ana.delete(said)
    assert await world.new_adapter().find(prepared) == Found(receipt)


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_an_answer_to_what_is_gone(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    said = world.ana.mention(world.me, "hi")
    message = await world.receive(said.uri)
    prepared = await world.adapter.prepare(draft(message))
    world.ana.delete(said)
    with pytest.raises((Gone, Refused)):
        await world.adapter.send(prepared)
    assert not world.mine("hello")
    assert await world.adapter.recheck(message) == Obstacle(ObstacleKind.DELETED)


async def test_an_answer_to_what_was_edited_meanwhile(world: World) -> None:
    said = world.ana.mention(world.me, "hi")
    message = await world.receive(said.uri)
    assert not isinstance(await world.adapter.recheck(message), Obstacle)
    world.ana.edit(said, "@me go away")
    assert await world.adapter.recheck(message) == Obstacle(ObstacleKind.EDITED)


@pytest.mark.parametrize("code", [400, 422])
async def test_a_refusal_is_for_good_in_whatever_language(world: World, code: int) -> None:
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message))
    world.proxy.answer(code, {"error": "バリデーションに失敗しました"}, POST)
    with pytest.raises(Refused, match="バリデーション"):
        await world.adapter.send(prepared)


async def test_a_redirect_is_not_followed_with_what_was_written(world: World) -> None:
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message))
    world.server.redirect_to("https://elsewhere.example", POST)
    with pytest.raises(Unsure):
        await world.adapter.send(prepared)


async def test_an_account_that_may_not_write_any_more(world: World) -> None:
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message))
    world.me.suspend()
    with pytest.raises((Refused, NotAllowed)):
        await world.adapter.send(prepared)


async def test_what_another_version_prepared_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="another version"):
        await world.adapter.send(Prepared('{"v": 2}'))


async def test_sending_does_not_wait_for_a_call_that_was_given_up(enter: Enter) -> None:
    world = enter(patience=5)
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message))
    with world.proxy.hold("/context") as gate:
        reading = asyncio.ensure_future(world.adapter.thread(message, 20))
        await asyncio.to_thread(gate.wait_until_reached)
        reading.cancel()
        await asyncio.wait({reading})
        await asyncio.wait_for(world.adapter.send(prepared), 2)
    assert len(world.mine("hello")) == 1


@pytest.mark.parametrize("tried_before", [False, True])
async def test_sending_waits_for_no_reading_that_hangs(enter: Enter, tried_before: bool) -> None:
    world = enter(patience=5)
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    prepared = await world.adapter.prepare(draft(message))
    adapter = world.new_adapter() if tried_before else world.adapter
    with world.proxy.hold("/context") as gate:
        reading = asyncio.ensure_future(adapter.thread(message, 20))
        await asyncio.to_thread(gate.wait_until_reached)
        await asyncio.wait_for(adapter.send(prepared), 2)
        assert not reading.done()
    await reading
    assert len(world.mine("hello")) == 1


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_thread_is_kept_quiet_by_ones_own_answer(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    top = world.ana.post("the beginning")
    message = await world.receive(world.ana.post("@me look", reply_to=top).uri)
    receipt, status = await say(world, message)
    assert isinstance(message.place, ThreadRef)
    await world.adapter.mute(message.place, receipt.ref, True)
    assert world.me.is_muted(status)
    assert world.me.is_muted(top)
    assert dict((await world.adapter.thread(message, 20)).muted) == {top.uri: True}
    await world.adapter.mute(message.place, receipt.ref, False)
    assert not world.me.is_muted(top)


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_thread_is_not_muted_if_that_would_silence_a_room_that_began_in_it(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    top = world.ana.post("the beginning")
    message = await world.receive(world.ana.post("@me look", reply_to=top).uri)
    receipt, status = await say(world, message)
    world.ana.dm("between us", world.me, reply_to=top)
    assert isinstance(message.place, ThreadRef)
    with pytest.raises(Refused):
        await world.adapter.mute(message.place, receipt.ref, True)
    assert not world.me.is_muted(status)


async def test_gotosocial_mutes_no_thread_by_a_message_of_others(enter: Enter) -> None:
    world = enter(GOTOSOCIAL)
    top = world.ana.post("the beginning")
    message = await world.receive(world.ana.post("@me look", reply_to=top).uri)
    assert isinstance(message.place, ThreadRef)
    with pytest.raises((Gone, Refused)):
        await world.adapter.mute(message.place, message.place.root, True)
    await world.adapter.mute(message.place, message.ref, True)
    assert world.me.is_muted(top)


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("name", ["ana", "dora@far.example"])
async def test_people_can_be_muted_and_blocked(enter: Enter, flavour: str, name: str) -> None:
    world = enter(flavour)
    person = world.server.person(name)
    message = await world.receive(person.mention(world.me, "hi").uri)
    await world.adapter.mute_person(message.author, True)
    assert world.me.mutes(person)
    await world.adapter.mute_person(message.author, False)
    assert not world.me.mutes(person)
    await world.adapter.block(message.author, True)
    assert world.me.blocks(person)
    await world.adapter.block(message.author, False)
    assert not world.me.blocks(person)


async def test_somebody_else_of_the_same_name_is_not_blocked(world: World) -> None:
    impostor = PersonRef("https://elsewhere.example/@ana", f"ana@{world.server.domain}")
    with pytest.raises(Gone):
        await world.adapter.block(impostor, True)
    assert not world.me.blocks(world.ana)


async def test_pictures_are_read_up_to_a_size(world: World) -> None:
    said = world.ana.post("@me look", media=[Media("a cat")])
    picture = (await world.receive(said.uri)).attachments[0]
    assert (await world.adapter.fetch(picture, 1000)).startswith(b"\x89PNG")
    with pytest.raises(Refused, match="too large"):
        await world.adapter.fetch(picture, 3)
    with pytest.raises(NotAllowed):
        await world.adapter.fetch(Attachment(AttachmentKind.LINK, url=picture.url), 1000)
    with pytest.raises(Refused, match="https"):
        await world.adapter.fetch(Attachment(AttachmentKind.IMAGE, url="http://far.example/a.png"), 1000)
    fetched = [one for one in world.proxy.exchanges if picture.url and picture.url.endswith(one.path)]
    assert fetched
    assert not any(one.authorized for one in fetched)


async def test_a_slow_server_is_not_waited_for_without_end(enter: Enter) -> None:
    world = enter(patience=0.3)
    message = await world.receive(world.ana.mention(world.me, "hi").uri)
    world.proxy.delay(30, times=None)
    with pytest.raises(Unavailable, match="in time"):
        await world.adapter.thread(message, 20)
