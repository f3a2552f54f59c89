"""Signing in at the reference server, and keeping the session alive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from introvert_tui.adapters.bluesky import BlueskyAdapter
from introvert_tui.adapters.bluesky.sdk import decode_session, new_session
from introvert_tui.errors import Offline, RateLimited, Refused, SignedOut, Unavailable
from introvert_tui.model import MessageRef

from .bluesky.people import expired_access_token
from .bluesky.server import BlueskyServer
from .bluesky_world import Answers, World, use_servers

REFRESH = "com.atproto.server.refreshSession"


@pytest_asyncio.fixture
async def world(bluesky: BlueskyServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    use_servers(monkeypatch, bluesky)
    world = World(bluesky, None)
    yield world
    bluesky.proxy.reset()
    await world.leave()


@pytest.fixture(autouse=True)
def _no_dns(bluesky: BlueskyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    use_servers(monkeypatch, bluesky)


async def sign_in(handle: str, password: str) -> str:
    signed_in = await BlueskyAdapter.sign_in(Answers(handle=handle, password=password))
    return signed_in.remote_id


async def test_an_app_password_opens_the_account_and_is_not_kept(bluesky: BlueskyServer) -> None:
    alice = bluesky.alice
    password = alice.create_app_password("sign-in", privileged=True)
    signed_in = await BlueskyAdapter.sign_in(Answers(handle=f"@{alice.handle.upper()}", password=password))
    assert (signed_in.remote_id, signed_in.handle) == (alice.did, alice.handle)
    assert signed_in.origin == bluesky.url
    assert not signed_in.notes
    (secret,) = signed_in.secrets.values()
    assert password not in secret
    assert secret not in repr(signed_in)
    session = decode_session(secret)
    assert session
    assert session.pds_endpoint == bluesky.url


async def test_a_did_or_a_link_will_do_and_the_own_password_gets_a_word(bluesky: BlueskyServer) -> None:
    alice = bluesky.alice
    assert await sign_in(alice.did, alice.password) == alice.did
    link = f"https://bsky.app/profile/{alice.handle}"
    signed_in = await BlueskyAdapter.sign_in(Answers(handle=link, password=alice.password))
    assert "own password" in signed_in.notes[0]


async def test_a_wrong_password_is_told_in_words(bluesky: BlueskyServer) -> None:
    with pytest.raises(Refused, match="does not take this password") as caught:
        await sign_in(bluesky.alice.handle, "guess-guess-guess")
    assert caught.value.kind == "password"
    assert "guess" not in str(caught.value)


async def test_an_unknown_handle_is_told_in_words(bluesky: BlueskyServer) -> None:
    with pytest.raises(Refused, match=r"no Bluesky account called nobody\.test"):
        await sign_in("nobody.test", "guess")


@pytest.mark.parametrize(
    ("status", "name", "words"),
    [(401, "AuthFactorTokenRequired", "app password"), (400, "AccountTakedown", "taken down")],
)
async def test_refusals_have_words_of_their_own(bluesky: BlueskyServer, status: int, name: str, words: str) -> None:
    bluesky.proxy.answer(status, {"error": name, "message": "no"}, "createSession")
    with pytest.raises(Refused, match=words):
        await sign_in(bluesky.alice.handle, "guess")


async def test_trouble_at_the_door(bluesky: BlueskyServer) -> None:
    bluesky.proxy.answer(429, {"error": "RateLimitExceeded"}, "createSession", headers={"retry-after": "9"})
    with pytest.raises(RateLimited):
        await sign_in(bluesky.alice.handle, "guess")
    bluesky.proxy.answer(200, "<html>", "createSession")
    with pytest.raises(Unavailable):
        await sign_in(bluesky.alice.handle, "guess")
    bluesky.proxy.refuse()
    with pytest.raises(Offline):
        await sign_in(bluesky.alice.handle, "guess")


async def test_secrets_follow_no_redirect(bluesky: BlueskyServer) -> None:
    elsewhere = {"location": f"{bluesky.pds_url}/xrpc/com.atproto.server.createSession"}
    bluesky.proxy.answer(307, {}, "createSession", headers=elsewhere)
    with pytest.raises(Unavailable):
        await sign_in(bluesky.alice.handle, "secret")


async def test_an_expired_token_is_renewed_by_its_own_date_and_stored(world: World) -> None:
    await world.enter()
    session = decode_session(world.keychain.values["session"])
    assert session
    session.access_jwt = expired_access_token(world.me)
    world.keychain.values["session"] = session.encode()
    world.bluesky.proxy.clear()
    adapter = world.new_adapter()
    await asyncio.gather(*(adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)]) for _ in range(3)))
    assert world.methods().count(REFRESH) == 1
    (stored,) = world.keychain.history
    assert stored == world.keychain.values["session"] != session.encode()
    world.bluesky.proxy.clear()
    await world.new_adapter().probe()
    assert REFRESH not in world.methods(), "what was stored is good"


async def test_a_token_that_the_server_calls_expired_is_renewed_once(world: World) -> None:
    adapter = await world.enter()
    world.bluesky.proxy.clear()
    world.bluesky.proxy.answer(400, {"error": "ExpiredToken", "message": "Token has expired"}, "getPosts")
    page = await adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)])
    assert len(page.messages) == 1
    assert world.methods() == ["app.bsky.feed.getPosts", REFRESH, "app.bsky.feed.getPosts"]
    assert len(world.keychain.history) == 1


async def test_a_session_renewed_by_another_program_is_taken_over(world: World) -> None:
    adapter = await world.enter()
    await adapter.probe()
    old = world.keychain.values["session"]
    proxy = world.bluesky.proxy
    proxy.answer(400, {"error": "ExpiredToken"}, "getSession")
    await world.new_adapter().probe()
    assert world.keychain.values["session"] != old
    proxy.clear()
    proxy.answer(400, {"error": "ExpiredToken"}, "getPosts")
    await adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)])
    assert REFRESH not in world.methods()


async def test_a_refused_renewal_ends_the_session_in_words(world: World) -> None:
    adapter = await world.enter()
    for refusal in ("ExpiredToken", "InvalidToken", "AccountTakedown"):
        world.bluesky.proxy.reset()
        world.bluesky.proxy.answer(400, {"error": "ExpiredToken"}, "getPosts")
        world.bluesky.proxy.answer(400, {"error": refusal, "message": "Token has been revoked"}, REFRESH)
        with pytest.raises(SignedOut, match="introvert accounts add bluesky"):
            await adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)])
    world.bluesky.proxy.reset()
    world.keychain.values.clear()
    with pytest.raises(SignedOut):
        await world.new_adapter().probe()


async def test_signing_out_ends_the_session(world: World) -> None:
    adapter = await world.enter()
    await adapter.sign_out()
    await adapter.sign_out()
    session = decode_session(world.keychain.values["session"])
    assert session
    ended = new_session(
        session.handle, session.did, expired_access_token(world.me), session.refresh_jwt, session.pds_endpoint
    )
    world.keychain.values["session"] = ended.encode()
    with pytest.raises(SignedOut):
        await world.new_adapter().probe()


async def test_hardly_any_budget_left_means_waiting(world: World) -> None:
    adapter = await world.enter()
    reset = str(int((datetime.now(UTC) + timedelta(seconds=100)).timestamp()))
    headers = {"ratelimit-limit": "3000", "ratelimit-remaining": "3", "ratelimit-reset": reset}
    world.bluesky.proxy.answer(200, {"posts": [world.view(world.my_post.uri)]}, "getPosts", headers=headers)
    await adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)])
    world.bluesky.proxy.clear()
    with pytest.raises(RateLimited) as caught:
        await adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)])
    assert 90 < caught.value.retry_after <= 100
    assert not world.methods()


async def test_a_pause_that_was_asked_for_is_kept(world: World) -> None:
    adapter = await world.enter()
    world.bluesky.proxy.answer(429, {"error": "RateLimitExceeded"}, headers={"retry-after": "120"})
    with pytest.raises(RateLimited):
        await adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)])
    world.bluesky.proxy.clear()
    with pytest.raises(RateLimited) as caught:
        await adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)])
    assert 110 < caught.value.retry_after <= 120
    assert not world.methods()


async def test_no_error_holds_a_token(world: World) -> None:
    adapter = await world.enter()
    session = decode_session(world.keychain.values["session"])
    assert session
    world.bluesky.proxy.answer(500, {"error": "Oops", "message": session.access_jwt}, times=None)
    with pytest.raises(Unavailable) as caught:
        await adapter.refresh([MessageRef(world.my_post.uri, world.my_post.uri)])
    error: BaseException | None = caught.value
    while error is not None:
        assert session.access_jwt not in f"{error!r} {error} {error.args}"
        error = error.__cause__
