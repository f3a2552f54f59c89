"""Life in the make-believe town."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.adapters.demo.town import Town
from introvert_tui.errors import Refused
from introvert_tui.model import (
    Account,
    AttachmentKind,
    Door,
    Draft,
    DraftKind,
    GoneKind,
    Message,
    Obstacle,
    ObstacleKind,
    Reason,
    Receipt,
    ThreadRef,
    place_key,
)
from introvert_tui.testing.harness import messages_of, read_all, said_to_me
from introvert_tui.text import count_graphemes

ACCOUNT = Account(id=1, network="demo", origin="demo", remote_id="demo:you", handle="you")


class Clock:
    """Time that stands still until it is told to pass."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


class NoSecrets:
    """The demo has none."""

    def get(self, name: str) -> str | None:
        return None

    def set(self, name: str, value: str) -> None:
        raise AssertionError(name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo(clock: Clock) -> DemoAdapter:
    return DemoAdapter(ACCOUNT, NoSecrets(), None, clock=clock)


async def newest(demo: DemoAdapter, scene: str) -> Message:
    """The newest message said to you in a conversation."""
    pages, _ = await read_all(demo)
    return [message for message in said_to_me(pages).values() if scene in place_key(message.place)][-1]


async def say(demo: DemoAdapter, to: Message, text: str, key: str = "draft") -> Receipt:
    return await demo.send(await demo.prepare(Draft(key, DraftKind.HELLO, text, to)))


async def said_since(demo: DemoAdapter, to: Message, at: datetime) -> list[Message]:
    page = await demo.thread(to, 200)
    return [message for message in page.messages if message.seen_at > at and message.author.uri != ACCOUNT.remote_id]


async def waiting(demo: DemoAdapter) -> dict[str, Message]:
    """The newest message for you in each conversation where you have neither answered nor nodded since."""
    pages, _ = await read_all(demo)
    last: dict[str, Message] = {}
    for message in messages_of(pages):
        key = place_key(message.place)
        if message.said_to_me and not message.liked_by_me:
            last[key] = message
        elif message.author.uri == ACCOUNT.remote_id or message.liked_by_me:
            last.pop(key, None)
    return last


async def test_about_ten_conversations_wait_and_they_are_of_every_kind(demo: DemoAdapter) -> None:
    rows = await waiting(demo)
    assert 9 <= len(rows) <= 11
    assert {message.said_to_me for message in rows.values()} == set(Reason)
    assert any(message.warning for message in rows.values())
    assert any(message.closed for message in rows.values())
    assert any(message.language == "ar" for message in rows.values())
    assert any("\N{ZERO WIDTH JOINER}" in message.text for message in rows.values())
    beside = [attachment for message in rows.values() for attachment in message.attachments]
    pictures = [attachment for attachment in beside if attachment.kind is AttachmentKind.IMAGE]
    assert {bool(attachment.text) for attachment in pictures} == {True, False}
    assert any(attachment.kind is AttachmentKind.LINK for attachment in beside)
    assert all(message.seen_at <= demo.town.founded for message in rows.values())


async def test_there_is_a_stranger_and_somebody_new(demo: DemoAdapter) -> None:
    (request,) = (await demo.filtered()).requests
    assert request.person.followed is False
    pages, _ = await read_all(demo)
    assert {person.handle for page in pages for person in page.people if not person.followed} == {"wil"}


async def test_a_long_thread_can_be_read_and_has_its_gaps(demo: DemoAdapter) -> None:
    books = await demo.thread(await newest(demo, "books"), 200)
    assert len(books.messages) > 55
    assert not books.more
    word = await demo.thread(await newest(demo, "word"), 200)
    assert [message.gone for message in word.messages if message.gone] == [GoneKind.DELETED]


async def test_everything_fits_where_it_was_said(demo: DemoAdapter, clock: Clock) -> None:
    clock.wait(hours=2)
    demo.town.wake()
    limits = (await demo.probe()).limits
    for post in demo.town.posts.values():
        assert count_graphemes(post.text) <= (limits.direct if post.private else limits.post), post.text
    said = [words for resident in demo.town.people.values() for words in (*resident.answers, *resident.asked)]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("scene", ["ink", "sloes", "landing", "gate", "ward", "room/mor", "word"])
async def test_who_is_greeted_answers_after_a_while(demo: DemoAdapter, clock: Clock, scene: str) -> None:
    message = await newest(demo, scene)
    pages, cursor = await read_all(demo)
    receipt = await say(demo, message, "That was good to hear.")
    assert not await said_since(demo, message, receipt.at)
    clock.wait(seconds=19)
    assert not await said_since(demo, message, receipt.at)
    clock.wait(seconds=22)
    (answer,) = await said_since(demo, message, receipt.at)
    assert answer.author == message.author
    assert answer.said_to_me in (Reason.REPLY, Reason.DIRECT)
    pages, _ = await read_all(demo, cursor)
    assert answer.ref.uri in said_to_me(pages)


async def test_an_answer_comes_through_the_door_of_a_quiet_thread_only(demo: DemoAdapter, clock: Clock) -> None:
    message = await newest(demo, "chapter")
    receipt = await say(demo, message, "Yes.")
    assert isinstance(message.place, ThreadRef)
    await demo.mute(message.place, receipt.ref, True)
    _, cursor = await read_all(demo)
    door = Door(receipt.ref, message.author)
    assert not (await demo.answered([door])).messages
    clock.wait(seconds=60)
    pages, _ = await read_all(demo, cursor)
    assert place_key(message.place) not in {place_key(each.place) for each in said_to_me(pages).values()}
    page = await demo.answered([door])
    (answer,) = page.messages
    assert answer.said_to_me is Reason.REPLY
    seen = Door(receipt.ref, message.author, dict(page.doors)[receipt.ref.uri])
    assert not (await demo.answered([seen])).messages


async def test_the_bench_goes_on_without_you_and_its_mute_leaks(demo: DemoAdapter, clock: Clock) -> None:
    message = await newest(demo, "bench")
    assert isinstance(message.place, ThreadRef)
    await demo.mute(message.place, message.ref, True)
    _, cursor = await read_all(demo)
    clock.wait(minutes=30)
    later = await said_since(demo, message, demo.town.founded)
    assert len({each.author for each in later}) == 4
    assert len(later) > 12
    assert {each.said_to_me for each in later} >= {None, Reason.REPLY, Reason.MENTION}
    pages, _ = await read_all(demo, cursor)
    assert {each.said_to_me for each in said_to_me(pages).values()} == {Reason.MENTION}


async def test_nobody_repeats_themselves_and_a_question_gets_its_own_answer(demo: DemoAdapter, clock: Clock) -> None:
    message = await newest(demo, "ink")
    for number, text in enumerate(["Hello.", "Does it ever dry?", "I see.", "Indeed.", "Well.", "So.", "Hm."]):
        await say(demo, message, text, key=f"draft {number}")
        clock.wait(minutes=1)
    answers = [each.text for each in await said_since(demo, message, demo.town.founded) if each.said_to_me]
    assert 4 <= len(answers) < 7, "in the end even Ana has said everything"
    assert len(set(answers)) == len(answers)
    assert answers[1].startswith("Ask me again")


async def test_two_towns_with_the_same_past_have_the_same_present(clock: Clock) -> None:
    towns = [DemoAdapter(ACCOUNT, NoSecrets(), None, clock=clock) for _ in range(2)]
    seen = []
    for demo in towns:
        await say(demo, await newest(demo, "sloes"), "On my way.")
    clock.wait(minutes=40)
    for demo in towns:
        pages, cursor = await read_all(demo)
        seen.append((messages_of(pages), cursor))
    assert seen[0] == seen[1]


async def test_closed_answers_stay_closed(demo: DemoAdapter) -> None:
    message = await newest(demo, "timetable")
    assert await demo.recheck(message) == Obstacle(ObstacleKind.CLOSED)
    with pytest.raises(Refused) as caught:
        await say(demo, message, "Thank you.")
    assert caught.value.kind == "closed"


async def test_the_audience_is_who_stands_above(demo: DemoAdapter) -> None:
    page = await demo.thread(await newest(demo, "bench"), 200)
    known = {message.ref.uri: message for message in page.messages}
    asks = known["demo:bench/asks"]
    above = (known["demo:bench/mine"], known["demo:bench/start"])
    audience = demo.audience(asks, above)
    assert (audience.to.handle, [person.handle for person in audience.also], audience.more) == (
        "odile",
        ["bram"],
        False,
    )
    assert demo.audience(asks, above[:1]).more


async def test_who_is_blocked_is_neither_seen_nor_answering(demo: DemoAdapter, clock: Clock) -> None:
    message = await newest(demo, "ink")
    await say(demo, message, "Hello.")
    await demo.block(message.author, True)
    clock.wait(minutes=1)
    pages, _ = await read_all(demo)
    assert message.author not in {each.author for each in messages_of(pages)}
    await demo.block(message.author, False)
    assert (await newest(demo, "ink")).author == message.author


def test_a_town_needs_neither_network_nor_disk() -> None:
    code = (
        "import sys\n"
        "def guard(event, arguments):\n"
        "    if event.startswith('socket.') or (event == 'open' and arguments[1] and 'r' not in str(arguments[1])):\n"
        "        raise SystemExit(f'{event} {arguments}')\n"
        "sys.dont_write_bytecode = True\n"
        "sys.addaudithook(guard)\n"
        "from introvert_tui.adapters.demo.town import Town\n"
        "Town()\n"
        "import introvert_tui.adapters.demo\n"
        "print(*sorted({'httpx', 'atproto', 'ssl', 'socket', 'requests', 'asyncio'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_the_town_wakes_by_its_clock_alone(clock: Clock) -> None:
    town = Town(clock)
    before = len(town.posts)
    town.wake()
    assert len(town.posts) == before
    clock.wait(hours=1)
    town.wake()
    assert len(town.posts) > before
