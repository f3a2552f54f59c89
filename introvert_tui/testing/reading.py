"""The part of the contract about reading: nothing of value is missed, nothing else is asked for."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import re
import sys
from collections.abc import Iterable
from datetime import datetime

from introvert_tui.adapter import API_VERSION, Adapter
from introvert_tui.model import (
    AttachmentKind,
    Message,
    MessageRef,
    Page,
    Reason,
    RoomRef,
    Visibility,
)
from introvert_tui.testing.harness import (
    Contract,
    Harness,
    first_pages,
    messages_of,
    read_all,
    receive,
    said_to_me,
    words,
)

_CONSTRUCT = """
import importlib, json, sys
module, name, account, slow = json.loads(sys.argv[1])
from introvert_tui.model import Account
class NoSecrets:
    def get(self, name): return None
    def set(self, name, value): raise SystemExit("constructing writes a secret")
def guard(event, arguments):
    if event in ("socket.__new__", "socket.connect", "socket.getaddrinfo"):
        raise SystemExit("constructing reaches for the network: " + event)
sys.addaudithook(guard)
kind = importlib.import_module(module)
for part in name.split("."):
    kind = getattr(kind, part)
kind(Account(**account), NoSecrets(), None)
print(*sorted({full.partition(".")[0] for full in sys.modules} & set(slow)))
"""


class ReadingContract(Contract):
    """Constructing, probing, pulling, and reading a thread."""

    async def test_speaks_this_version_of_the_contract(self, harness: Harness) -> None:
        assert harness.adapter.api_version == API_VERSION
        assert harness.adapter.label

    async def test_a_message_is_found_by_its_address(self, harness: Harness) -> None:
        message = await receive(harness)
        address = message.url or message.ref.uri
        assert not harness.adapter.is_here("https://nowhere.example/")
        if not harness.adapter.is_here(address):
            return  # this network finds nothing by its address
        page = await (await harness.another_adapter()).look_up(address)
        (found,) = page.messages
        assert found.ref == message.ref
        assert found.place == message.place
        assert found.text == message.text
        assert message.author.uri in {person.uri for person in page.people}

    async def test_constructing_opens_no_socket_and_imports_no_sdk(self, harness: Harness) -> None:
        kind, account = type(harness.adapter), dataclasses.asdict(harness.adapter.account)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _CONSTRUCT,
            json.dumps([kind.__module__, kind.__qualname__, account, self.slow_imports]),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        out, trouble = await process.communicate()
        assert process.returncode == 0, trouble.decode()
        assert not out.strip(), f"constructing imports {out.decode().strip()}"

    async def test_probe_tells_limits(self, harness: Harness) -> None:
        facts = await harness.adapter.probe()
        assert facts.limits.post > 0
        assert facts.limits.direct > 0
        assert facts.default_visibility is not Visibility.DIRECT
        assert facts.probed_at.tzinfo is not None

    async def test_what_is_said_to_me_arrives_with_its_reason(self, harness: Harness, reason: Reason) -> None:
        me = harness.adapter.account.remote_id
        message = await receive(harness, reason)
        assert message.said_to_me is reason
        assert message.author.uri != me
        match reason:
            case Reason.MENTION:
                assert me in message.names
            case Reason.REPLY:
                assert message.parent is not None
                around = await _thread(harness.adapter, message)
                assert around[message.parent.uri].author.uri == me
            case Reason.QUOTE:
                assert any(beside.kind is AttachmentKind.QUOTE for beside in message.attachments)
            case Reason.DIRECT:
                assert isinstance(message.place, RoomRef)
                assert message.visibility is Visibility.DIRECT
                assert me in {member.uri for member in message.place.members}

    async def test_what_others_say_to_each_other_is_not_said_to_me(self, harness: Harness) -> None:
        reply = await receive(harness, Reason.REPLY)
        aside = await harness.someone_answers(reply.ref.uri, words("and another thing"))
        around = await _thread(harness.adapter, reply)
        assert around[aside].said_to_me is None
        pages, _ = await read_all(harness.adapter)
        assert aside not in said_to_me(pages)

    async def test_my_own_words_are_not_said_to_me(self, harness: Harness) -> None:
        reply = await receive(harness, Reason.REPLY)
        mine = [message for message in (await _thread(harness.adapter, reply)).values() if _is_mine(harness, message)]
        assert mine
        assert not any(message.said_to_me for message in mine)

    async def test_pulling_again_repeats_the_same_messages(self, harness: Harness) -> None:
        await harness.someone_writes(words("once"))
        first, _ = await read_all(harness.adapter)
        again, _ = await read_all(harness.adapter)
        elsewhere, _ = await read_all(await harness.another_adapter())
        assert _identities(first) == _identities(again) == _identities(elsewhere)

    async def test_pull_goes_on_from_its_cursor(self, harness: Harness) -> None:
        _, cursor = await read_all(harness.adapter)
        uris = [await harness.someone_writes(words(f"number {number}")) for number in range(3)]
        pages, cursor = await read_all(await harness.another_adapter(), cursor)
        assert set(uris) <= set(said_to_me(pages))
        late = await harness.someone_writes(words("one more"))
        pages, _ = await read_all(await harness.another_adapter(), cursor)
        assert late in said_to_me(pages)

    async def test_an_interrupted_pull_leaves_no_gap_and_no_double(self, harness: Harness) -> None:
        _, start = await read_all(harness.adapter)
        expected = {await harness.someone_writes(words(f"number {number}")) for number in range(self.many)}
        whole, _ = await read_all(harness.adapter, start)
        assert len(whole) > 1, f"{self.many} messages came in one page; set `many` to more than a page holds"
        told = [message.ref.uri for message in messages_of(whole) if message.said_to_me]
        assert len(told) == len(set(told)), "one pull told of a message twice"
        assert expected <= set(told)
        for kept in range(1, len(whole)):
            pages, cursor = await first_pages(harness.adapter, start, kept)
            expected.add(await harness.someone_writes(words("meanwhile")))
            more, _ = await read_all(await harness.another_adapter(), cursor)
            assert expected <= set(said_to_me([*pages, *more])), f"a gap, stopped after page {kept}"
            _identities([*whole, *pages, *more])

    async def test_a_cursor_of_another_time_is_no_accident(self, harness: Harness) -> None:
        uri = await harness.someone_writes(words("still here"))
        pages, cursor = await read_all(harness.adapter, "a cursor that nobody wrote")
        assert uri in said_to_me(pages), "an unreadable cursor must mean starting over"
        assert cursor != "a cursor that nobody wrote"

    async def test_noise_is_neither_requested_nor_told(self, harness: Harness) -> None:
        _, cursor = await read_all(harness.adapter)
        message = await receive(harness)
        before, _ = await read_all(harness.adapter, cursor)
        await harness.make_noise()
        after, _ = await read_all(harness.adapter, cursor)
        await harness.adapter.thread(message, 50)
        assert set(said_to_me(after)) == set(said_to_me(before))
        for pattern in self.never_requested:
            assert not [request for request in harness.requests if re.search(pattern, request)]

    async def test_a_thread_is_read_in_full_with_its_parents(self, harness: Harness) -> None:
        reply = await receive(harness, Reason.REPLY)
        chain = [reply.ref.uri]
        for number in range(4):
            chain.append(await harness.someone_answers(chain[-1], words(f"and {number}")))
        around = await _thread(harness.adapter, reply)
        assert reply.parent is not None
        assert {reply.parent.uri, *chain} <= set(around)
        for below, above in zip(chain[1:], chain, strict=False):
            parent = around[below].parent
            assert parent is not None
            assert parent.uri == above
        assert len({message.place for message in around.values()}) == 1
        page = await harness.adapter.thread(reply, 3)
        assert len(page.messages) <= 3
        assert reply.ref.uri in {message.ref.uri for message in page.messages}
        assert page.more, "a thread that was cut must say so"

    async def test_messages_can_be_stored_and_asked_about_again(self, harness: Harness) -> None:
        message = await receive(harness, Reason.REPLY)
        stored = json.loads(json.dumps(dataclasses.asdict(message.ref)))
        remembered = dataclasses.replace(message, ref=MessageRef(**stored))
        around = await _thread(await harness.another_adapter(), remembered)
        assert around[message.ref.uri].ref == message.ref
        pages, _ = await read_all(harness.adapter)
        for each in messages_of(pages):
            assert MessageRef(**json.loads(json.dumps(dataclasses.asdict(each.ref)))) == each.ref

    async def test_every_time_is_aware(self, harness: Harness) -> None:
        message = await receive(harness)
        pages, _ = await read_all(harness.adapter)
        pages.append(await harness.adapter.thread(message, 50))
        assert all(moment.tzinfo is not None for moment in _times(pages))

    async def test_cancelling_a_pull_leaves_no_task(self, harness: Harness) -> None:
        await harness.someone_writes(words("while you read"))
        before = asyncio.all_tasks()
        reading = asyncio.ensure_future(read_all(harness.adapter))
        for _ in range(10):  # far enough to be in the middle of something, where there is a middle
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait({reading}, timeout=10)
        assert reading.done(), "pull does not let itself be cancelled"
        assert asyncio.all_tasks() == before
        await first_pages(harness.adapter, None, 1)
        assert asyncio.all_tasks() == before


async def _thread(adapter: Adapter, message: Message) -> dict[str, Message]:
    page = await adapter.thread(message, 100)
    return {each.ref.uri: each for each in page.messages}


def _is_mine(harness: Harness, message: Message) -> bool:
    return message.author.uri == harness.adapter.account.remote_id


def _identities(pages: Iterable[Page]) -> dict[str, tuple[object, ...]]:
    """What may never change about a message from one reading to the next."""
    identities: dict[str, tuple[object, ...]] = {}
    for message in messages_of(pages):
        identity = (message.ref, message.place, message.author.uri, message.parent, message.said_to_me, message.seen_at)
        assert identities.setdefault(message.ref.uri, identity) == identity, "one message came in two ways"
    return identities


def _times(pages: Iterable[Page]) -> Iterable[datetime]:
    for page in pages:
        if page.server_time:
            yield page.server_time
        for message in page.messages:
            yield from (message.seen_at, message.claimed_at)
            if message.edited_at:
                yield message.edited_at
