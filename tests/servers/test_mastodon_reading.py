"""Reading at servers of Mastodon's kind: what a catch-up costs, what it brings, and what it survives."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from introvert_tui.adapter import Capability
from introvert_tui.adapters.mastodon import MastodonAdapter
from introvert_tui.errors import Gone, RateLimited, Unavailable
from introvert_tui.model import (
    Account,
    AttachmentKind,
    Door,
    GoneKind,
    Message,
    MessageRef,
    Page,
    PersonRef,
    Reason,
    ThreadRef,
    Visibility,
)
from introvert_tui.testing.harness import messages_of, read_all, said_to_me

from .mastodon.client import Connect
from .mastodon.flavours import FLAVOURS, GOTOSOCIAL, MASTODON, OLD_MASTODON, Flavour
from .mastodon.server import StartServer
from .mastodon.state import Card, Media, Poll
from .mastodon_world import Enter, Keychain, World, worlds

NOTIFICATIONS = "GET /api/v1/notifications"


@pytest_asyncio.fixture
async def enter(mastodon: StartServer) -> AsyncIterator[Enter]:
    async with worlds(mastodon) as enter:
        yield enter


@pytest.fixture
def world(enter: Enter) -> World:
    return enter()


def own(world: World) -> str:
    return f"GET /api/v1/accounts/{world.me.id}/statuses"


def root(message: Message) -> str:
    assert isinstance(message.place, ThreadRef)
    return message.place.root.uri


def by_uri(page: Page) -> dict[str, Message]:
    return {message.ref.uri: message for message in page.messages}


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_nothing_new_is_two_small_requests(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    await world.someone_writes("hi")
    _, cursor = await world.pull()
    world.proxy.clear()
    pages, after = await world.pull(cursor)
    assert world.calls() == [own(world), NOTIFICATIONS]
    assert sum(one.response_bytes for one in world.proxy.exchanges) < 10
    assert not messages_of(pages)
    assert after == cursor


@pytest.mark.parametrize(("flavour", "most"), [(MASTODON, 4), (OLD_MASTODON, 14), (GOTOSOCIAL, 14)])
async def test_ten_new_conversations(enter: Enter, flavour: Flavour, most: int) -> None:
    world = enter(flavour)
    mine = [world.me.post(f"thought {number}") for number in range(10)]
    _, cursor = await world.pull()
    for status in mine:
        world.ana.reply(status, "indeed")
    world.proxy.clear()
    pages, _ = await world.pull(cursor)
    said = said_to_me(pages)
    assert len(said) == 10
    assert {root(message) for message in said.values()} == {status.uri for status in mine}
    assert len(world.calls()) <= most


async def test_only_mentions_and_quotes_are_asked_for(world: World) -> None:
    await world.pull()
    (asked,) = world.proxy.named("/notifications")
    assert asked.query["types[]"] == ["mention", "quote"]


async def test_types_that_were_not_asked_for_and_statuses_that_are_missing(world: World) -> None:
    kept = world.ana.mention(world.me, "hi")
    world.me.be_told("favourite", world.ana, world.my_post, whatever_is_asked=True)
    world.me.be_told("something.new", world.ana, whatever_is_asked=True)
    world.me.be_told("mention", world.ana)
    pages, _ = await world.pull()
    assert set(said_to_me(pages)) == {kept.uri}
    (note,) = [note for page in pages for note in page.notes]
    assert "no longer shows" in note


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_nothing_is_lost_however_much_arrived(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    _, cursor = await world.pull()
    uris = {world.ana.mention(world.me, f"number {number}").uri for number in range(170)}
    pages, cursor = await world.pull(cursor)
    assert set(said_to_me(pages)) == uris
    pages, _ = await world.pull(cursor)
    assert not messages_of(pages)


async def test_a_server_that_takes_no_notice_of_where_one_was_is_not_asked_for_ever(
    world: World, connect: Connect
) -> None:
    client = connect(world.server)
    for number in range(20):
        world.ana.mention(world.me, f"number {number}")
        world.me.post(f"number {number}")
    _, cursor = await world.pull()
    for path in (own(world), NOTIFICATIONS):
        query = {"limit": "40", "types[]": ["mention", "quote"]}
        body = client.ask("GET", path.removeprefix("GET "), params=query).content
        world.proxy.answer(200, body, path, times=None, headers={"content-type": "application/json"})
    world.proxy.clear()
    await world.pull(cursor)
    assert len(world.calls()) <= 4


async def test_a_first_catch_up_ends_at_a_hundred(world: World) -> None:
    for number in range(130):
        world.ana.mention(world.me, f"number {number}")
    pages, _ = await world.pull()
    assert len(said_to_me(pages)) == 100


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_answers_from_another_device_come_along(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    said = world.ana.mention(world.me, "hi")
    first = world.me.reply(said, "hello")
    world.me.post("to nobody")
    pages, cursor = await world.pull()
    found = {message.ref.uri: message for message in messages_of(pages)}
    assert set(found) == {said.uri, first.uri}
    assert found[first.uri].text == "hello"
    assert root(found[first.uri]) == said.uri
    second = world.me.reply(said, "and more")
    pages, _ = await world.pull(cursor)
    assert [message.ref.uri for message in messages_of(pages)] == [second.uri]
    assert root(messages_of(pages)[0]) == said.uri


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_what_came_late_is_as_new_as_its_coming(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    came_at = world.server.clock.now()
    written_at = came_at - timedelta(hours=2)
    late = world.ana.post("@me hi", reply_to=world.my_post, at=written_at)
    (message,) = said_to_me((await world.pull())[0]).values()
    assert message.ref.uri == late.uri
    assert abs(message.seen_at - came_at) < timedelta(seconds=5)
    assert abs(message.claimed_at - written_at) < timedelta(seconds=1)


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_deep_answer_belongs_to_the_oldest_ancestor(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    top = world.ana.post("the beginning")
    chain = world.server.long_thread(top, 12, world.ana, deep=True)
    world.ana.post("@me what do you say?", reply_to=chain[-1])
    pages, _ = await world.pull()
    (message,) = said_to_me(pages).values()
    assert root(message) == top.uri
    assert isinstance(message.place, ThreadRef)
    assert message.place.complete
    assert message.parent is not None
    assert message.parent.uri == chain[-1].uri


async def test_an_ancestor_that_turns_up_later_is_the_root_then(world: World) -> None:
    top = world.ana.post("the beginning")
    middle = world.ana.reply(top, "middle")
    said = world.ana.post("@me look", reply_to=middle)
    world.server.hide_ancestor(top, dangling=True)
    message = await world.receive(said.uri)
    assert root(message) == middle.uri
    assert isinstance(message.place, ThreadRef)
    assert not message.place.complete
    world.server.reveal_ancestor(top)
    page = await world.new_adapter().thread(message, 20)
    assert {root(each) for each in page.messages} == {top.uri}
    assert by_uri(page)[middle.uri].parent is not None


async def test_a_search_for_answers_is_waited_for_once(world: World) -> None:
    said = world.ana.mention(world.me, "hi")
    message = await world.receive(said.uri)
    world.server.look_for_replies(said, retry=1)
    world.proxy.clear()
    page = await world.adapter.thread(message, 20)
    assert said.uri in by_uri(page)
    assert len(world.proxy.named("/context")) == 2


async def test_other_branches_of_a_thread_are_read_too(world: World) -> None:
    top = world.ana.post("the beginning")
    branch = world.server.ben.reply(top, "elsewhere")
    said = world.ana.post("@me look", reply_to=top)
    message = await world.receive(said.uri)
    world.proxy.clear()
    page = await world.adapter.thread(message, 20)
    assert set(by_uri(page)) == {top.uri, branch.uri, said.uri}
    assert len(world.calls()) == 2


@pytest.mark.parametrize("deep", [False, True])
async def test_a_thread_of_thousands_degrades(world: World, deep: bool) -> None:
    said = world.ana.mention(world.me, "hi")
    world.server.long_thread(said, 3000, world.ana, deep=deep)
    message = await world.receive(said.uri)
    start = time.monotonic()
    page = await world.adapter.thread(message, 200)
    assert time.monotonic() - start < 15
    assert len(page.messages) == 200
    assert page.more
    assert said.uri in by_uri(page)


async def test_a_context_too_large_to_read_leaves_the_message(world: World) -> None:
    said = world.ana.mention(world.me, "hi")
    message = await world.receive(said.uri)
    world.server.flood("/context")
    page = await world.adapter.thread(message, 20)
    assert set(by_uri(page)) == {said.uri}
    assert page.more


async def test_fifty_megabytes_are_not_read(world: World) -> None:
    world.server.flood()
    with pytest.raises(Unavailable, match="far more"):
        await world.pull()
    assert world.proxy.exchanges[0].taken_bytes < 40_000_000


async def test_a_web_page_in_place_of_data_is_said(world: World) -> None:
    world.server.answer_html()
    with pytest.raises(Unavailable, match="web page"):
        await world.pull()


async def test_the_servers_clock_may_be_a_day_off(world: World) -> None:
    world.server.clock.advance(timedelta(days=1))
    said = world.ana.mention(world.me, "from tomorrow")
    pages, _ = await world.pull()
    assert set(said_to_me(pages)) == {said.uri}
    world.server.allow(0)
    with pytest.raises(RateLimited) as caught:
        await world.pull()
    assert 1 <= caught.value.retry_after <= 301


async def test_what_stands_beside_the_text(world: World) -> None:
    said = world.ana.post(
        "@me look",
        media=[Media("a cat"), Media(None)],
        poll=Poll(("tea", "coffee")),
        card=Card("https://news.example/", "News"),
        spoiler_text="food",
    )
    message = await world.receive(said.uri)
    assert message.warning == "food"
    assert [each.kind for each in message.attachments][:2] == [AttachmentKind.IMAGE] * 2
    assert {"a cat", "Poll: tea · coffee", "News"} <= {each.text for each in message.attachments}


async def test_filters_of_the_server(world: World) -> None:
    world.me.filter("football", title="Sports")
    world.me.filter("spiders", action="hide")
    folded = world.ana.mention(world.me, "football tonight")
    world.ana.mention(world.me, "spiders everywhere")
    pages, _ = await world.pull()
    assert set(said_to_me(pages)) == {folded.uri}
    assert said_to_me(pages)[folded.uri].warning == "Filtered: Sports"


async def test_a_filter_that_hides_keeps_a_place_in_the_thread(world: World) -> None:
    world.me.filter("spiders", action="hide")
    said = world.ana.mention(world.me, "hi")
    hidden = world.ana.reply(said, "spiders everywhere")
    message = await world.receive(said.uri)
    assert by_uri(await world.adapter.thread(message, 20))[hidden.uri].gone is GoneKind.HIDDEN


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_edits_and_likes_are_seen_again(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    said = world.ana.mention(world.me, "hi")
    message = await world.receive(said.uri)
    world.ana.edit(said, "@me hi there")
    await world.adapter.nod(message.ref, True)
    page = await world.adapter.refresh([message.ref])
    now = by_uri(page)[said.uri]
    assert now.text == "@me hi there"
    assert now.edited_at is not None
    assert now.liked_by_me
    assert now.place == message.place


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_many_are_looked_at_again_in_few_requests(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    for number in range(25):
        world.ana.mention(world.me, f"number {number}")
    pages, _ = await world.pull()
    refs = [message.ref for message in said_to_me(pages).values()]
    adapter = world.new_adapter()
    world.proxy.clear()
    page = await adapter.refresh(refs)
    batches = FLAVOURS[flavour].batch
    assert len(page.messages) == (25 if batches else 5)
    assert not page.gone
    assert page.postponed == tuple(ref.uri for ref in refs[len(page.messages) :])
    assert len(world.calls()) == (2 if batches else 6)


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_what_a_server_can_do_is_asked(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    world.me.account.default_visibility = "private"
    facts = await world.adapter.probe()
    known = FLAVOURS[flavour]
    assert facts.limits.post == known.max_characters
    assert (Capability.FILTERED in facts.capabilities) is known.policy
    assert Capability.MUTE_THREAD in facts.capabilities
    assert facts.default_visibility is Visibility.PRIVATE
    assert facts.language == "en"


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_what_a_link_costs_is_remembered_in_the_cursor(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    await world.someone_writes("hi")
    await world.adapter.probe()
    pages, cursor = await read_all(world.adapter)
    later = world.new_adapter()
    message = messages_of(pages)[0]
    await read_all(later, cursor)
    cost = FLAVOURS[flavour].reserved_per_url
    assert later.measure("https://example.org/" + "a" * 50, later.audience(message, ())).used == cost


async def test_who_waits_in_the_servers_filter(world: World) -> None:
    world.me.set_policy(for_not_following="filter")
    world.ana.mention(world.me, "let me in")
    assert not messages_of((await world.pull())[0])
    before = await world.adapter.filtered()
    (request,) = before.requests
    assert (request.person.uri, request.text) == (world.ana.account.url, "@me let me in")
    assert await world.adapter.filtered() == before


async def test_who_was_let_in_is_heard_with_all_they_said_before(world: World) -> None:
    world.me.set_policy(for_not_following="filter")
    said = [world.ana.mention(world.me, f"let me in, {number}") for number in range(3)]
    world.server.ben.mention(world.me, "me too")
    (_, request) = (await world.adapter.filtered()).requests
    who = PersonRef(request.person.uri, request.person.handle)
    assert not (await world.adapter.admitted(who)).messages
    world.me.follow(world.server.cy)
    world.server.cy.mention(world.me, "hi")
    _, cursor = await world.pull()
    world.me.let_in(world.ana)
    assert not messages_of((await world.pull(cursor))[0])
    page = await world.new_adapter().admitted(who)
    assert set(by_uri(page)) == {each.uri for each in said}
    assert {message.said_to_me for message in page.messages} == {Reason.MENTION}
    assert page.cursor is None


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_hello_that_was_answered(enter: Enter, flavour: str) -> None:
    world = enter(flavour)
    said = world.ana.mention(world.me, "hi")
    hello = world.me.reply(said, "hello")
    message = await world.receive(said.uri)
    mine = by_uri(await world.adapter.thread(message, 20))[hello.uri]
    door = Door(mine.ref, PersonRef(world.ana.account.url, ""))
    page = await world.adapter.answered([door])
    assert not page.messages
    world.proxy.clear()
    page = await world.adapter.answered([replace(door, token=dict(page.doors)[hello.uri])])
    assert not world.proxy.named("/context")
    answer = world.ana.reply(hello, "how nice", naming=False)
    page = await world.adapter.answered([replace(door, token=dict(page.doors)[hello.uri])])
    (heard,) = page.messages
    assert (heard.ref.uri, heard.said_to_me) == (answer.uri, Reason.REPLY)
    assert heard.place == message.place


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_an_answer_that_is_not_for_everybody_is_not_counted_and_is_read_once_a_day(
    world: World, visibility: str
) -> None:
    said = world.ana.mention(world.me, "hi")
    hello = world.me.reply(said, "hello")
    door = Door(MessageRef(hello.uri, hello.id), PersonRef(world.ana.account.url, ""))
    page = await world.adapter.answered([door])
    answer = world.ana.post("@me between us", reply_to=hello, visibility=visibility)
    assert not (await world.adapter.answered([replace(door, token=dict(page.doors)[hello.uri])])).messages
    (heard,) = (await world.adapter.answered([door])).messages
    assert heard.ref.uri == answer.uri


async def test_of_many_hellos_that_seem_to_have_no_answer_a_few_are_read_at_a_time(world: World) -> None:
    hellos = [world.me.reply(world.ana.mention(world.me, "hi"), "hello") for _ in range(8)]
    answered = hellos[-1]
    world.ana.reply(answered, "how nice")
    doors = [Door(MessageRef(hello.uri, hello.id), PersonRef(world.ana.account.url, "")) for hello in hellos]
    page = await world.adapter.answered(doors)
    assert page.messages
    assert len(world.proxy.named("/context")) == 6
    assert page.postponed == tuple(hello.uri for hello in hellos[5:7])
    assert set(dict(page.doors)) == {hello.uri for hello in (*hellos[:5], answered)}


async def test_whom_the_account_follows_is_known(world: World) -> None:
    world.me.follow(world.ana)
    world.ana.mention(world.me, "hi")
    world.server.ben.mention(world.me, "hi")
    pages, _ = await world.pull()
    followed = {person.handle: person.followed for page in pages for person in page.people}
    assert followed == {f"ana@{world.server.domain}": True, f"ben@{world.server.domain}": False}


async def test_a_thread_that_is_gone(world: World) -> None:
    said = world.ana.mention(world.me, "hi")
    message = await world.receive(said.uri)
    world.ana.delete(said)
    with pytest.raises(Gone):
        await world.adapter.thread(message, 20)


async def test_a_message_that_is_gone_from_a_thread(world: World) -> None:
    top = world.ana.post("the beginning")
    said = world.ana.post("@me look", reply_to=top)
    message = await world.receive(said.uri)
    world.ana.delete(said)
    page = await world.adapter.thread(message, 20)
    assert set(by_uri(page)) == {top.uri}
    assert page.gone == (said.uri,)


async def test_two_who_answer_one_post_in_private_share_no_room(world: World) -> None:
    first = world.ana.dm("between us", world.me, reply_to=world.my_post)
    second = world.server.ben.dm("between us too", world.me, reply_to=world.my_post)
    pages, _ = await world.pull()
    said = said_to_me(pages)
    assert said[first.uri].place != said[second.uri].place
    page = await world.adapter.thread(said[first.uri], 20)
    assert set(by_uri(page)) == {first.uri}


async def test_a_call_that_is_given_up_holds_nobody_up(world: World) -> None:
    await world.someone_writes("hi")
    world.proxy.delay(60)
    reading = asyncio.ensure_future(world.adapter.probe())
    await asyncio.sleep(0.2)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    start = time.monotonic()
    assert await world.adapter.probe()
    assert time.monotonic() - start < 5


async def test_the_accounts_own_id_is_asked_for_once_if_it_is_not_stored(world: World) -> None:
    said = world.ana.reply(world.my_post, "indeed")
    world.keychain.values.pop("account_id")
    assert (await world.receive(said.uri)).said_to_me is Reason.REPLY
    assert len(world.proxy.named("/verify_credentials")) == 1


async def test_a_certificate_that_is_not_valid_is_said(tmp_path: Path) -> None:
    with secure_server(tmp_path) as origin:
        account = Account(1, "mastodon", origin, f"{origin}/@me", "me@localhost")
        adapter = MastodonAdapter(account, Keychain({"token": "t", "account_id": "1"}), None, patience=2)
        with pytest.raises(Unavailable, match="certificate"):
            await adapter.probe()
        await adapter.close()


@contextmanager
def secure_server(folder: Path) -> Iterator[str]:
    """A server with a certificate that ended yesterday and that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(days=9)).not_valid_after(now - timedelta(days=1))
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # it is hung up on, which is the point
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
