"""Signing in at servers of Mastodon's kind by way of the browser, and out again."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from introvert_tui.adapters.mastodon import MastodonAdapter
from introvert_tui.adapters.mastodon.oauth import SCOPES
from introvert_tui.errors import Offline, RateLimited, Refused, SignedOut, Unavailable
from introvert_tui.model import Account, SignIn
from introvert_tui.testing.harness import read_all

from .mastodon.flavours import FLAVOURS
from .mastodon.server import MastodonServer, StartServer
from .mastodon_world import Browser, Keychain


async def sign_in(server: MastodonServer, typed: str = "", paste: Callable[[str], str] | None = None) -> SignIn:
    return await MastodonAdapter.sign_in(Browser(server, typed, paste))


@pytest.fixture
def server(mastodon: StartServer) -> MastodonServer:
    return mastodon()


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_the_browser_and_a_code_open_the_account(mastodon: StartServer, flavour: str) -> None:
    server = mastodon(flavour)
    browser = Browser(server)
    signed_in = await MastodonAdapter.sign_in(browser)
    assert signed_in.origin == server.url
    assert signed_in.remote_id == server.me.account.url
    assert signed_in.handle == f"me@{server.domain}"
    assert not signed_in.notes
    assert browser.asked == ["server", "code"]
    assert not any(secret in repr(signed_in) for name, secret in signed_in.secrets.items() if name != "account_id")
    account = Account(1, "mastodon", signed_in.origin, signed_in.remote_id, signed_in.handle)
    adapter = MastodonAdapter(account, Keychain(signed_in.secrets), None)
    server.ana.mention(server.me, "hi")
    pages, _ = await read_all(adapter)
    assert [message.text for page in pages for message in page.messages] == ["@me hi"]
    await adapter.close()


async def test_exactly_these_rights_are_asked_for(server: MastodonServer) -> None:
    browser = Browser(server)
    await MastodonAdapter.sign_in(browser)
    asked = browser.opened
    wanted = (
        "read:notifications read:statuses read:accounts read:follows "
        "write:statuses write:favourites write:mutes write:blocks"
    )
    assert asked["scope"] == [wanted]
    assert tuple(wanted.split()) == SCOPES
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["urn:ietf:wg:oauth:2.0:oob"]
    assert asked["state"][0]
    (registered,) = (parse_qs(one.body.decode()) for one in server.requests if one.path == "/api/v1/apps")
    assert registered == {"client_name": ["Introvert"], "redirect_uris": asked["redirect_uri"], "scopes": [wanted]}


@pytest.mark.parametrize("typed", ["@me@{}", "me@{}", "{}", "http://{}/@me", "{}/@me"])
async def test_the_server_can_be_named_in_many_ways(server: MastodonServer, typed: str) -> None:
    signed_in = await sign_in(server, typed.format(server.domain))
    assert signed_in.handle == f"me@{server.domain}"


async def test_another_account_in_the_browser_is_told(server: MastodonServer) -> None:
    signed_in = await sign_in(server, f"@somebody@{server.domain}")
    assert "signed in as me@" in signed_in.notes[0]


async def test_the_address_of_the_page_will_do_for_a_code(server: MastodonServer) -> None:
    assert await sign_in(server, paste=lambda code: f"http://localhost/oauth/authorize/native?code={code}")


async def test_a_wrong_code_is_asked_for_again(server: MastodonServer) -> None:
    pasted = iter(["mistyped", ""])
    browser = Browser(server, paste=lambda code: next(pasted) or code)
    assert await MastodonAdapter.sign_in(browser)
    assert "does not take this code" in browser.said[0]


async def test_three_wrong_codes_are_enough(server: MastodonServer) -> None:
    browser = Browser(server, paste=lambda _: "mistyped")
    with pytest.raises(Refused, match="does not take this code") as caught:
        await MastodonAdapter.sign_in(browser)
    assert caught.value.kind == "code"
    assert browser.asked == ["server", *["code"] * 3]


async def test_who_does_not_agree_has_no_code(server: MastodonServer) -> None:
    with pytest.raises(Refused, match="nothing was changed") as caught:
        await sign_in(server, paste=lambda _: "")
    assert caught.value.kind == "denied"


async def test_rights_that_are_missing_are_named_and_the_token_is_not_kept(server: MastodonServer) -> None:
    granted = {"access_token": "half-a-token", "scope": " ".join(SCOPES[:-1])}
    server.proxy.answer(200, granted, "/oauth/token")
    with pytest.raises(Refused, match="write:blocks") as caught:
        await sign_in(server)
    assert caught.value.kind == "scope"
    assert server.proxy.named("/oauth/revoke")


async def test_a_server_that_is_not_there(server: MastodonServer) -> None:
    server.proxy.refuse()
    with pytest.raises(Offline, match="spelled right"):
        await sign_in(server)


async def test_something_that_is_no_such_server(server: MastodonServer) -> None:
    server.answer_html()
    with pytest.raises(Refused, match="does not speak Mastodon's language") as caught:
        await sign_in(server)
    assert caught.value.kind == "no-server"


async def test_a_server_in_trouble_is_not_taken_for_something_else(server: MastodonServer) -> None:
    server.proxy.answer(503, "<html>", times=None)
    with pytest.raises(Unavailable, match="is in trouble at the moment"):
        await sign_in(server)
    server.proxy.reset()
    server.proxy.answer(429, {"error": "Throttled"}, times=None)
    with pytest.raises(RateLimited):
        await sign_in(server)


async def test_a_domain_may_leave_its_accounts_to_another_host(mastodon: StartServer) -> None:
    front, server = mastodon(), mastodon()
    front.proxy.answer(404, {}, "/api/v2/instance")
    front.proxy.answer(404, {}, "/api/v1/instance")
    found = {"links": [{"rel": "self", "href": server.me.account.uri}]}
    front.proxy.answer(200, found, "/.well-known/webfinger")
    signed_in = await sign_in(server, f"@me@{front.domain}")
    assert signed_in.origin == server.url


async def test_a_server_that_tells_strangers_nothing(server: MastodonServer) -> None:
    server.proxy.answer(401, {"error": "This method requires an authenticated user"}, "/instance", times=None)
    assert (await sign_in(server)).handle == f"me@{server.domain}"


async def test_a_suspended_account_is_told(server: MastodonServer) -> None:
    server.me.suspend()
    with pytest.raises(Refused) as caught:
        await sign_in(server)
    assert caught.value.kind == "suspended"


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_signing_out_ends_the_token(mastodon: StartServer, flavour: str) -> None:
    server = mastodon(flavour)
    signed_in = await sign_in(server)
    account = Account(1, "mastodon", signed_in.origin, signed_in.remote_id, signed_in.handle)
    adapter = MastodonAdapter(account, Keychain(signed_in.secrets), None)
    await adapter.probe()
    await adapter.sign_out()
    with pytest.raises(SignedOut, match="introvert accounts add mastodon"):
        await adapter.probe()
    await adapter.sign_out()
    await adapter.close()


async def test_a_token_goes_nowhere_else(mastodon: StartServer) -> None:
    server, other = mastodon(), mastodon()
    signed_in = await sign_in(server)
    account = Account(1, "mastodon", signed_in.origin, signed_in.remote_id, signed_in.handle)
    adapter = MastodonAdapter(account, Keychain(signed_in.secrets), None)
    server.redirect_to(other.url)
    with pytest.raises(Unavailable, match="sends us elsewhere"):
        await read_all(adapter)
    assert not other.requests
    await adapter.close()
    unsafe = MastodonAdapter(Account(1, "mastodon", "http://far.example", "x", "me@x"), Keychain({"token": "t"}), None)
    with pytest.raises(SignedOut):
        await unsafe.probe()
