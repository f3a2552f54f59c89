"""The part of the contract about reading when something is wrong: one error for each kind of trouble, and no other."""

from __future__ import annotations

import asyncio

import pytest

from introvert_tui.adapter import Adapter, Capability
from introvert_tui.errors import AdapterError, Offline, RateLimited, SignedOut, Unavailable
from introvert_tui.model import Message
from introvert_tui.testing.harness import RETRY_AFTER, Contract, Fault, Harness, messages_of, needs, read_all, receive

READING: dict[Fault, tuple[type[AdapterError], ...]] = {
    Fault.REFUSED: (Offline,),
    Fault.LOST_REQUEST: (Offline, Unavailable),
    Fault.LOST_ANSWER: (Offline, Unavailable),
    Fault.TIMEOUT: (Offline, Unavailable),
    Fault.UNAUTHORIZED: (SignedOut,),
    Fault.RATE_LIMITED: (RateLimited,),
    Fault.SERVER_ERROR: (Unavailable,),
    Fault.RUBBISH: (Unavailable,),
}
"""What a read raises."""


class FailingContract(Contract):
    """Reading from a server that is away, unwilling or broken."""

    async def test_a_read_that_fails_says_how(self, harness: Harness, fault: Fault) -> None:
        message = await receive(harness)
        calls = await _reads(harness.adapter)
        await harness.fault(fault)
        for name in calls:
            # each from a fresh start: what one call learned must not hide the trouble from the next
            adapter = harness.adapter if fault is not Fault.UNAUTHORIZED else await _again(harness, fault)
            with pytest.raises(AdapterError) as caught:
                await asyncio.wait_for(_read(adapter, name, message), 30)
            assert isinstance(caught.value, READING[fault]), f"{name}: {caught.value!r}"
            check_words(caught.value)

    async def test_reading_goes_on_where_it_was_before_the_fault(self, harness: Harness, fault: Fault) -> None:
        _, cursor = await read_all(harness.adapter)
        uri = await harness.someone_writes("meanwhile")
        await harness.fault(fault)
        with pytest.raises(AdapterError):
            await asyncio.wait_for(read_all(harness.adapter, cursor), 30)
        await harness.clear_faults()
        # One that was sent away, or asked for a pause, may keep to that.
        sent_away = fault in (Fault.UNAUTHORIZED, Fault.RATE_LIMITED)
        adapter = await harness.another_adapter() if sent_away else harness.adapter
        pages, _ = await read_all(adapter, cursor)
        assert uri in {message.ref.uri for message in messages_of(pages)}

    @needs(Fault.RATE_LIMITED)
    async def test_the_server_says_when_to_come_back(self, harness: Harness) -> None:
        await harness.adapter.probe()
        await harness.fault(Fault.RATE_LIMITED)
        with pytest.raises(RateLimited) as caught:
            await read_all(harness.adapter)
        assert RETRY_AFTER - 2 <= caught.value.retry_after <= RETRY_AFTER + 2

    @needs(Fault.TIMEOUT)
    async def test_a_pull_that_waits_can_be_cancelled(self, harness: Harness) -> None:
        await harness.adapter.probe()
        await harness.fault(Fault.TIMEOUT)
        before = asyncio.all_tasks()
        asked = len(harness.requests)
        reading = asyncio.ensure_future(read_all(harness.adapter))
        for _ in range(200):
            await asyncio.wait({reading}, timeout=0.01)
            if len(harness.requests) > asked or reading.done():
                break
        reading.cancel()
        await asyncio.wait({reading}, timeout=10)
        assert reading.done(), "pull does not let itself be cancelled"
        assert reading.cancelled() or isinstance(reading.exception(), AdapterError)
        assert asyncio.all_tasks() == before

    @needs(Fault.REFUSED)
    async def test_the_audience_needs_no_network(self, harness: Harness) -> None:
        message = await receive(harness)
        await harness.fault(Fault.REFUSED)
        asked = len(harness.requests)
        audience = harness.adapter.audience(message, ())
        harness.adapter.measure("good morning", audience)
        assert len(harness.requests) == asked


def check_words(error: AdapterError) -> None:
    """An error is told to a person: one plain line, without the name of a class or a trace."""
    text = str(error)
    assert text.strip(), "an error without words"
    assert text.isprintable(), f"not one plain line: {text!r}"
    assert "Traceback" not in text
    assert "Error(" not in text


async def _again(harness: Harness, fault: Fault) -> Adapter:
    await harness.clear_faults()
    adapter = await harness.another_adapter()
    await adapter.probe()
    await harness.fault(fault)
    return adapter


async def _reads(adapter: Adapter) -> list[str]:
    """The reads that this network has."""
    capabilities = (await adapter.probe()).capabilities
    optional = {Capability.REFRESH: "refresh", Capability.FILTERED: "filtered"}
    return ["probe", "pull", "thread", *(name for capability, name in optional.items() if capability in capabilities)]


async def _read(adapter: Adapter, name: str, message: Message) -> object:
    match name:
        case "pull":
            return await read_all(adapter)
        case "thread":
            return await adapter.thread(message, 20)
        case "refresh":
            return await adapter.refresh([message.ref])
        case "filtered":
            return await adapter.filtered()
        case _:
            return await adapter.probe()
