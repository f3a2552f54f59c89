"""The part of the contract about everything else: who is told, how long it is, nods, mutes, doors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from introvert_tui.adapter import Adapter, Capability
from introvert_tui.errors import AdapterError, NotAllowed
from introvert_tui.model import (
    Attachment,
    AttachmentKind,
    Door,
    Filtered,
    Message,
    MessageRef,
    Obstacle,
    ObstacleKind,
    PersonRef,
    Reason,
    ThreadRef,
    Visibility,
    place_key,
)
from introvert_tui.testing.harness import Contract, Harness, draft_to, receive, words

_FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"


class ActingContract(Contract):
    """Audience, measure, and what can be done besides answering; where a network cannot, it must say so."""

    async def test_the_audience_is_no_wider_than_what_is_answered(self, harness: Harness, reason: Reason) -> None:
        message = await receive(harness, reason)
        page = await harness.adapter.thread(message, 50)
        above = _ancestors(message, {each.ref.uri: each for each in page.messages})
        for known in ((), above):
            audience = harness.adapter.audience(message, known)
            assert audience == harness.adapter.audience(message, known)
            assert audience.to == message.author
            assert audience.visibility <= message.visibility
            assert audience.warning in (None, message.warning), "the warning an answer carries is the one it answers"
            also = [person.uri for person in audience.also]
            assert len(also) == len(set(also))
            assert not {harness.adapter.account.remote_id, message.author.uri} & set(also)
        if reason is Reason.DIRECT:
            assert harness.adapter.audience(message, above).visibility is Visibility.DIRECT

    async def test_who_can_be_named_is_found_in_the_words(self, harness: Harness, reason: Reason) -> None:
        message = await receive(harness, reason)
        adapter = harness.adapter
        audience = adapter.audience(message, ())
        assert adapter.mentioned("Hello, and well.", audience) == ()
        mention = adapter.mention(message.author)
        assert mention is None or mention.startswith("@")
        if mention is not None and reason is not Reason.DIRECT:
            assert adapter.mentioned(f"{mention}: hello ({mention}).", audience) == (message.author.handle,)

    async def test_length_is_counted_in_characters_as_people_see_them(self, harness: Harness) -> None:
        message = await receive(harness)
        adapter = harness.adapter
        adapter.facts = await adapter.probe()
        audience = adapter.audience(message, ())
        assert adapter.measure("", audience).used == 0
        assert adapter.measure("good morning", audience).used == 12
        assert adapter.measure("cafe\N{COMBINING ACUTE ACCENT}", audience).used == 4
        assert adapter.measure(_FAMILY, audience).used == 1
        limit = adapter.measure("", audience).limit
        assert adapter.measure("a" * limit, audience).fits
        assert not adapter.measure("a" * (limit + 1), audience).fits

    async def test_recheck_sees_what_is_gone(self, harness: Harness) -> None:
        message = await receive(harness)
        assert not isinstance(await harness.adapter.recheck(message), Obstacle)
        await harness.someone_deletes(message.ref.uri)
        now = await harness.adapter.recheck(message)
        if Capability.REFRESH in (await harness.adapter.probe()).capabilities:
            assert now == Obstacle(ObstacleKind.DELETED)

    async def test_refresh_sees_what_is_gone(self, harness: Harness) -> None:
        kept, deleted = await receive(harness), await receive(harness)
        await harness.someone_deletes(deleted.ref.uri)
        page = await harness.adapter.refresh([kept.ref, deleted.ref])
        if Capability.REFRESH not in (await harness.adapter.probe()).capabilities:
            assert not page.messages
            return
        assert set(page.gone) == {deleted.ref.uri}
        assert kept.ref.uri in {message.ref.uri for message in page.messages}

    async def test_a_nod_can_be_repeated_and_taken_back(self, harness: Harness) -> None:
        message = await receive(harness)
        adapter = harness.adapter
        if not await _can(adapter, Capability.NOD, lambda: adapter.nod(message.ref, True)):
            return
        for on in (True, False):
            for _ in range(2):
                await adapter.nod(message.ref, on)
                await harness.settle()
            for reader in (adapter, await harness.another_adapter()):
                around = {each.ref.uri: each for each in (await reader.thread(message, 20)).messages}
                assert around[message.ref.uri].liked_by_me is on

    async def test_a_thread_can_be_muted_and_unmuted_twice(self, harness: Harness) -> None:
        message = await receive(harness)
        adapter, thread = harness.adapter, message.place
        assert isinstance(thread, ThreadRef)
        if not await _can(adapter, Capability.MUTE_THREAD, lambda: adapter.mute(thread, message.ref, True)):
            return
        receipt = await adapter.send(await adapter.prepare(draft_to(message, words())))
        await harness.settle()
        for on in (True, False):
            for _ in range(2):
                await adapter.mute(thread, receipt.ref, on)
                await harness.settle()
            muted = dict((await adapter.thread(message, 20)).muted)
            assert muted.get(place_key(thread), on) is on

    async def test_a_message_can_be_deleted_twice(self, harness: Harness) -> None:
        message = await receive(harness)
        adapter, text = harness.adapter, words()
        receipt = await adapter.send(await adapter.prepare(draft_to(message, text)))
        await harness.settle()
        if not await _can(adapter, Capability.DELETE, lambda: adapter.delete(receipt)):
            return
        for _ in range(2):
            await adapter.delete(receipt)
            await harness.settle()
        assert await harness.my_messages(text) == 0

    async def test_a_person_can_be_muted_and_blocked_twice(self, harness: Harness) -> None:
        message = await receive(harness)
        adapter = harness.adapter
        ways: tuple[tuple[Capability, Callable[[PersonRef, bool], Awaitable[None]]], ...] = (
            (Capability.MUTE_PERSON, adapter.mute_person),
            (Capability.BLOCK, adapter.block),
        )
        for capability, act in ways:
            if not await _can(adapter, capability, partial(act, message.author, True)):
                continue
            for on in (True, True, False, False):
                await act(message.author, on)
                await harness.settle()

    async def test_a_person_has_a_safe_page_or_none(self, harness: Harness) -> None:
        page = harness.adapter.profile((await receive(harness)).author)
        assert page is None or page.startswith("https://")

    async def test_answers_to_your_own_thread_can_be_limited_twice(self, harness: Harness) -> None:
        message = await receive(harness, Reason.REPLY if Reason.REPLY in self.reasons else self.reasons[0])
        adapter, thread = harness.adapter, message.place
        assert isinstance(thread, ThreadRef)
        if not await _can(adapter, Capability.LIMIT_ANSWERS, lambda: adapter.limit_answers(thread.root, True)):
            return
        for on in (True, False):
            assert await adapter.limit_answers(thread.root, on)
            assert not await adapter.limit_answers(thread.root, on)

    async def test_your_words_can_be_taken_out_of_a_quote_twice(self, harness: Harness) -> None:
        message = await receive(harness, Reason.QUOTE if Reason.QUOTE in self.reasons else self.reasons[0])
        adapter = harness.adapter
        quoted = [one.uri for one in message.attachments if one.kind is AttachmentKind.QUOTE and one.uri]
        mine = MessageRef(quoted[0], quoted[0]) if quoted else message.ref
        if not await _can(adapter, Capability.DETACH_QUOTE, lambda: adapter.detach_quote(message.ref, mine, True)):
            return
        for on in (True, False):
            assert await adapter.detach_quote(message.ref, mine, on)
            assert not await adapter.detach_quote(message.ref, mine, on)

    async def test_who_was_greeted_can_come_back(self, harness: Harness) -> None:
        message = await receive(harness)
        receipt = await harness.adapter.send(await harness.adapter.prepare(draft_to(message, words())))
        await harness.settle()
        uri = await harness.someone_answers(receipt.ref.uri, words("and to you"))
        door = Door(receipt.ref, message.author)
        page = await harness.adapter.answered([door])
        if Capability.DOORS not in (await harness.adapter.probe()).capabilities:
            assert not page.messages
            return
        answer = next(each for each in page.messages if each.ref.uri == uri)
        assert answer.said_to_me is Reason.REPLY
        token = dict(page.doors).get(receipt.ref.uri)
        later = await harness.another_adapter()
        await later.answered([Door(receipt.ref, message.author, token)])
        second = await harness.someone_answers(receipt.ref.uri, words("one more thing"))
        page = await later.answered([Door(receipt.ref, message.author, token)])
        assert second in {each.ref.uri for each in page.messages}
        assert not (await later.answered([])).messages

    async def test_reading_what_is_held_back_accepts_nothing(self, harness: Harness) -> None:
        first = await harness.adapter.filtered()
        assert isinstance(first, Filtered)
        assert await harness.adapter.filtered() == first
        assert all(request.at.tzinfo is not None for request in first.requests)

    async def test_pictures_are_capped_or_not_offered(self, harness: Harness) -> None:
        nowhere = Attachment(AttachmentKind.IMAGE, url="https://pictures.invalid/none.png")
        with pytest.raises(AdapterError):
            await harness.adapter.fetch(nowhere, 1000)

    async def test_closing_twice_is_no_error(self, harness: Harness) -> None:
        adapter = await harness.another_adapter()
        await adapter.probe()
        await adapter.close()
        await adapter.close()


async def _can(adapter: Adapter, capability: Capability, act: Callable[[], Awaitable[object]]) -> bool:
    """Whether the network can do it; if not, prove that it says so."""
    if capability in (await adapter.probe()).capabilities:
        return True
    with pytest.raises(NotAllowed):
        await act()
    return False


def _ancestors(message: Message, around: dict[str, Message]) -> tuple[Message, ...]:
    """The known messages above, nearest first."""
    above: list[Message] = []
    while message.parent and message.parent.uri in around:
        message = around[message.parent.uri]
        above.append(message)
    return tuple(above)
