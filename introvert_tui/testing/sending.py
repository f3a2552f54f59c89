"""The part of the contract about sending: once, whatever happens on the way, and never to more people than was said."""

from __future__ import annotations

import asyncio

import pytest

from introvert_tui.adapter import Adapter, Capability
from introvert_tui.errors import AdapterError, Offline, RateLimited, SignedOut, Unsure
from introvert_tui.model import Absent, Found, Message, Prepared, Reason, Receipt
from introvert_tui.testing.failing import check_words
from introvert_tui.testing.harness import (
    Contract,
    Fault,
    Harness,
    draft_to,
    needs,
    read_all,
    receive,
    said_to_me,
    words,
)

SENDING: dict[Fault, tuple[type[AdapterError], ...]] = {
    Fault.REFUSED: (Offline,),
    Fault.LOST_REQUEST: (Unsure, Offline),
    Fault.LOST_ANSWER: (Unsure,),
    Fault.TIMEOUT: (Unsure,),
    Fault.UNAUTHORIZED: (SignedOut,),
    Fault.RATE_LIMITED: (RateLimited,),
    Fault.SERVER_ERROR: (Unsure,),
    Fault.RUBBISH: (Unsure,),
}
"""What `send` raises."""

_SURELY_NOT_SENT = {Fault.REFUSED, Fault.LOST_REQUEST, Fault.UNAUTHORIZED, Fault.RATE_LIMITED}


class SendingContract(Contract):
    """Preparing, sending, and looking whether it went out."""

    async def test_a_hello_goes_out_as_an_answer(self, harness: Harness, reason: Reason) -> None:
        message = await receive(harness, reason)
        text = words("hello to you")
        receipt = await _send(harness.adapter, message, text)
        await harness.settle()
        around = {each.ref.uri: each for each in (await harness.adapter.thread(message, 50)).messages}
        mine = around[receipt.ref.uri]
        assert mine.text == text
        assert mine.author.uri == harness.adapter.account.remote_id
        assert mine.said_to_me is None
        assert mine.place == message.place
        assert mine.visibility <= message.visibility
        assert receipt.at.tzinfo is not None
        if reason is not Reason.DIRECT:
            assert mine.parent is not None
            assert mine.parent.uri == message.ref.uri

    async def test_preparing_sends_nothing(self, harness: Harness) -> None:
        message = await receive(harness)
        text = words()
        prepared = await harness.adapter.prepare(draft_to(message, text))
        await harness.settle()
        assert await harness.my_messages(text) == 0
        assert not isinstance(await harness.adapter.find(prepared), Found)

    async def test_sending_again_sends_once(self, harness: Harness) -> None:
        message = await receive(harness)
        text = words()
        prepared = await harness.adapter.prepare(draft_to(message, text))
        first = await harness.adapter.send(prepared)
        again = await harness.adapter.send(prepared)
        # what was stored is all that another run of the program has
        stored = Prepared(payload=str(prepared.payload), before=prepared.before)
        elsewhere = await (await harness.another_adapter()).send(stored)
        await harness.settle()
        assert await harness.my_messages(text) == 1
        assert first.ref.uri == again.ref.uri == elsewhere.ref.uri

    async def test_two_drafts_with_the_same_words_are_two_messages(self, harness: Harness) -> None:
        message = await receive(harness)
        text = words()
        first = await _send(harness.adapter, message, text)
        second = await _send(harness.adapter, message, text)
        await harness.settle()
        assert first.ref.uri != second.ref.uri
        assert await harness.my_messages(text) == 2

    async def test_what_went_out_is_found(self, harness: Harness) -> None:
        message = await receive(harness)
        prepared = await harness.adapter.prepare(draft_to(message, words()))
        receipt = await harness.adapter.send(prepared)
        await harness.settle()
        for adapter in (harness.adapter, await harness.another_adapter()):
            found = await adapter.find(prepared)
            assert isinstance(found, Found)
            assert found.receipt.ref.uri == receipt.ref.uri

    @needs(Fault.LOST_ANSWER)
    async def test_a_lost_answer_is_unsure_and_found(self, harness: Harness) -> None:
        message = await receive(harness)
        text = words()
        prepared = await harness.adapter.prepare(draft_to(message, text))
        await harness.fault(Fault.LOST_ANSWER)
        with pytest.raises(Unsure):
            await harness.adapter.send(prepared)
        await harness.clear_faults()
        await harness.settle()
        assert await harness.my_messages(text) == 1
        assert isinstance(await (await harness.another_adapter()).find(prepared), Found)

    async def test_a_send_that_fails_says_how_and_still_goes_out_once(self, harness: Harness, fault: Fault) -> None:
        message = await receive(harness)
        text = words()
        prepared = await harness.adapter.prepare(draft_to(message, text))
        await harness.fault(fault)
        with pytest.raises(AdapterError) as caught:
            await asyncio.wait_for(harness.adapter.send(prepared), 30)
        assert isinstance(caught.value, SENDING[fault]), repr(caught.value)
        check_words(caught.value)
        await harness.clear_faults()
        await harness.settle()
        adapter = await harness.another_adapter()
        arrived = await harness.my_messages(text)
        looked = await adapter.find(prepared)
        assert isinstance(looked, Found) == bool(arrived)
        if fault in _SURELY_NOT_SENT:
            assert arrived == 0
        if not arrived:
            await adapter.send(prepared)
            await harness.settle()
        assert await harness.my_messages(text) == 1

    async def test_looking_while_the_server_is_in_trouble_says_nothing(self, harness: Harness, fault: Fault) -> None:
        message = await receive(harness)
        prepared = await harness.adapter.prepare(draft_to(message, words()))
        await harness.adapter.send(prepared)
        await harness.fault(fault)
        with pytest.raises(AdapterError):  # "absent" here would send the hello twice
            await asyncio.wait_for(harness.adapter.find(prepared), 30)

    async def test_what_was_deleted_is_not_proven_never_to_have_been(self, harness: Harness) -> None:
        if Capability.DELETE not in (await harness.adapter.probe()).capabilities:
            return  # what cannot be deleted from here is proven in the part about acting
        message = await receive(harness)
        prepared = await harness.adapter.prepare(draft_to(message, words()))
        receipt = await harness.adapter.send(prepared)
        await harness.settle()
        await harness.adapter.delete(receipt)
        await harness.settle()
        looked = await harness.adapter.find(prepared)
        assert not isinstance(looked, Found)
        assert not (isinstance(looked, Absent) and looked.proof), "a proof would bring back what its author deleted"

    async def test_my_answer_comes_with_a_pull_or_thread_of_another_device(self, harness: Harness) -> None:
        message = await receive(harness)
        receipt = await _send(harness.adapter, message, words())
        await harness.settle()
        other = await harness.another_adapter()
        pages, _ = await read_all(other)
        assert receipt.ref.uri not in said_to_me(pages)
        assert receipt.ref.uri in {each.ref.uri for each in (await other.thread(message, 50)).messages}


async def _send(adapter: Adapter, message: Message, text: str) -> Receipt:
    return await adapter.send(await adapter.prepare(draft_to(message, text)))
