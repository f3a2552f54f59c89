"""What the Mastodon servers of the tests do: the mock from PyPI, and the one of ours."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from .mastodon.client import MINE, NOTIFICATIONS, Client, Connect
from .mastodon.mock import MastodonMock
from .mastodon.server import MastodonServer, StartServer
from .mastodon.state import Card, Media, Poll


@pytest.fixture
def server(mastodon: StartServer) -> MastodonServer:
    return mastodon()


@pytest.fixture
def client(server: MastodonServer, connect: Connect) -> Client:
    return connect(server)


def test_the_mock_is_a_process_with_people_and_faults(mastodon_mock: MastodonMock) -> None:
    mastodon_mock.post("ana", "@me good morning")
    headers = {"authorization": f"Bearer {mastodon_mock.tokens['me']}"}
    with httpx.Client(base_url=mastodon_mock.url, headers=headers, trust_env=False) as me:
        (told,) = me.get(NOTIFICATIONS, params=MINE).json()
        assert (told["type"], told["account"]["username"]) == ("mention", "ana")
        mastodon_mock.fault("ratelimit", NOTIFICATIONS)
        mastodon_mock.fault("malformed", NOTIFICATIONS)
        mastodon_mock.fault("status", NOTIFICATIONS, status=503)
        assert me.get(NOTIFICATIONS).status_code == 429
        with pytest.raises(ValueError, match="Unterminated"):
            me.get(NOTIFICATIONS).json()
        assert me.get(NOTIFICATIONS).status_code == 503
        assert [each["id"] for each in me.get(NOTIFICATIONS).json()] == [told["id"]]
        mastodon_mock.fault("timeout", NOTIFICATIONS)
        with pytest.raises(httpx.ReadTimeout):
            me.get(NOTIFICATIONS, timeout=0.2)
    assert mastodon_mock.requests[0].query == MINE
    mastodon_mock.reset()
    assert mastodon_mock.call("me", "GET", NOTIFICATIONS) == []


def test_only_what_is_asked_for_goes_over_the_wire(server: MastodonServer, client: Client) -> None:
    mine = server.me.post("A fine morning")
    server.ana.favourite(mine)
    server.ana.boost(mine)
    server.ana.follow(server.me)
    assert client.heard() == []
    (asked,) = server.requests
    assert (asked.path, asked.query, asked.status, asked.response_bytes) == (NOTIFICATIONS, MINE, 200, 2)
    assert asked.authorized
    assert "authorization" not in asked.headers
    quote, mention = server.ben.quote(mine, "indeed"), server.cy.mention(server.me, "hello")
    server.cy.reply(mine, "nobody is named", naming=False)
    assert client.heard() == [mention.id, quote.id]
    assert client.get(NOTIFICATIONS, **{"types[]": "unheard_of"}) == []
    # Without brackets it is no array, and no filter at all.
    assert len(client.get(NOTIFICATIONS, types="mention")) == 5


def test_pages_lead_on_both_ways(server: MastodonServer, client: Client) -> None:
    said = [server.ana.mention(server.me, f"number {number}").id for number in range(5)]
    answer = client.ask("GET", NOTIFICATIONS, params={**MINE, "limit": 2})
    assert [each["status"]["id"] for each in answer.json()] == [said[4], said[3]]
    after = parse_qs(urlsplit(answer.links["next"]["url"]).query)
    assert after["types[]"] == ["mention", "quote"]
    assert client.heard(limit=2, max_id=after["max_id"][0]) == [said[2], said[1]]
    oldest = client.get(NOTIFICATIONS)[-1]["id"]
    assert client.heard(limit=2, min_id=oldest) == [said[2], said[1]]
    assert client.heard(limit=2, since_id=oldest) == [said[4], said[3]]
    assert answer.links["next"]["url"].startswith(server.url)


def test_a_muted_thread_is_silent_but_for_the_staff(server: MastodonServer, client: Client) -> None:
    boss = server.person("boss", staff=True)
    first = server.ana.mention(server.me, "one question")
    mine = server.me.reply(first, "one answer")
    assert client.post(f"/api/v1/statuses/{mine.id}/mute")["muted"] is True
    assert server.is_muted(server.me, first)
    server.ana.reply(mine, "and another")
    assert client.heard() == [first.id]
    loud = boss.reply(mine, "a word from the staff")
    assert client.heard() == [loud.id, first.id]
    assert client.post(f"/api/v1/statuses/{first.id}/unmute")["muted"] is False
    assert client.heard() == [loud.id, first.id]
    assert client.heard(**{"types[]": ["mention"], "account_id": boss.id}) == [loud.id]


def test_direct_messages_are_for_their_members(server: MastodonServer, client: Client, connect: Connect) -> None:
    root = server.ana.dm("between us", server.me)
    answer = server.me.reply(root, "yes")
    outsider = connect(server, server.ben)
    assert outsider.ask("GET", f"/api/v1/statuses/{root.id}").status_code == 404
    assert outsider.ask("GET", f"/api/v1/statuses/{root.id}/context").status_code == 404
    assert outsider.get("/api/v1/statuses", **{"id[]": [root.id, answer.id]}) == []
    assert [each["id"] for each in client.get(f"/api/v1/statuses/{root.id}/context")["descendants"]] == [answer.id]
    (conversation,) = client.get("/api/v1/conversations")
    assert (conversation["last_status"]["id"], conversation["unread"]) == (answer.id, False)
    server.me.lose_last_statuses()
    assert client.get("/api/v1/conversations")[0]["last_status"] is None


def test_a_thread_is_read_branch_by_branch(server: MastodonServer, client: Client) -> None:
    root = server.ana.post("root")
    left, right = server.ben.reply(root, "left"), server.cy.reply(root, "right")
    below_left = server.me.reply(left, "below left")
    thread = client.get(f"/api/v1/statuses/{root.id}/context")
    assert [each["id"] for each in thread["descendants"]] == [left.id, below_left.id, right.id]
    assert [each["id"] for each in client.get(f"/api/v1/statuses/{below_left.id}/context")["ancestors"]] == [
        root.id,
        left.id,
    ]
    server.hide_ancestor(root)
    assert client.get(f"/api/v1/statuses/{left.id}")["in_reply_to_id"] is None
    assert [each["id"] for each in client.get(f"/api/v1/statuses/{below_left.id}/context")["ancestors"]] == [left.id]
    server.hide_ancestor(root, dangling=True)
    assert client.get(f"/api/v1/statuses/{left.id}")["in_reply_to_id"] == root.id
    server.reveal_ancestor(root)
    refresh = server.look_for_replies(root, retry=0)
    server.hide_ancestor(right)
    answer = client.ask("GET", f"/api/v1/statuses/{root.id}/context")
    assert answer.headers["mastodon-async-refresh"] == f'id="{refresh.id}", retry=0, result_count=0'
    server.found_replies(root, right)
    state = client.get(f"/api/v1_alpha/async_refreshes/{refresh.id}")["async_refresh"]
    assert (state["status"], state["result_count"]) == ("finished", 1)
    answer = client.ask("GET", f"/api/v1/statuses/{root.id}/context")
    assert len(answer.json()["descendants"]) == 3
    assert "mastodon-async-refresh" not in answer.headers


def test_a_key_publishes_once_an_hour(server: MastodonServer, client: Client) -> None:
    path, key = "/api/v1/statuses", {"idempotency-key": "k"}
    first = client.ask("POST", path, json={"status": "hi"}, headers=key).json()["id"]
    assert client.ask("POST", path, json={"status": "something else"}, headers=key).json()["id"] == first
    server.clock.advance(timedelta(minutes=61))
    assert client.ask("POST", path, json={"status": "hi"}, headers=key).json()["id"] != first
    assert [each.text for each in server.statuses_of(server.me)] == ["hi", "hi"]


def test_a_status_carries_everything_a_reader_needs(server: MastodonServer, client: Client) -> None:
    server.world.emojis.add("coffee")
    quoted = server.me.post("quote me")
    status = server.ana.post(
        f"{server.me.handle} :coffee: spiders",
        spoiler_text="animals",
        media=[Media(None), Media("a web")],
        poll=Poll(("yes", "no"), (2, 1)),
        card=Card("https://news.example/1", "News"),
        quote=quoted,
    )
    server.me.filter("spiders", action="hide")
    seen = client.get(f"/api/v1/statuses/{status.id}")
    assert seen["quote"]["state"] == "accepted"
    assert seen["quote"]["quoted_status"]["id"] == quoted.id
    assert seen["content"].startswith('<p class="quote-inline">RE: <a ')
    assert (seen["spoiler_text"], seen["card"]["title"], seen["poll"]["votes_count"]) == ("animals", "News", 3)
    assert [each["description"] for each in seen["media_attachments"]] == [None, "a web"]
    assert seen["filtered"][0]["filter"]["filter_action"] == "hide"
    assert seen["emojis"][0]["shortcode"] == "coffee"
    server.ana.edit(status, "calmer now")
    assert client.get(f"/api/v1/statuses/{status.id}")["edited_at"] is not None
    assert len(client.get(f"/api/v1/statuses/{status.id}/history")) == 2
    server.me.delete(quoted)
    assert client.get(f"/api/v1/statuses/{status.id}")["quote"] == {"state": "deleted", "quoted_status": None}
    server.ana.delete(status)
    assert client.ask("GET", f"/api/v1/statuses/{status.id}").status_code == 404
    assert client.heard() == []


def test_the_policy_holds_people_back(server: MastodonServer, client: Client) -> None:
    server.me.set_policy(for_not_following="filter")
    said = [server.ana.mention(server.me, "psst"), server.ana.mention(server.me, "hello?")]
    assert client.heard() == []
    summary = client.get("/api/v2/notifications/policy")["summary"]
    assert summary == {"pending_requests_count": 1, "pending_notifications_count": 2}
    (request,) = client.get("/api/v1/notifications/requests")
    assert request["account"]["id"] == server.ana.id
    held = client.heard(account_id=server.ana.id, include_filtered="true")
    assert held == [each.id for each in reversed(said)]
    client.post(f"/api/v1/notifications/requests/{request['id']}/accept")
    assert client.heard() == held


def test_odd_notifications_come_through(server: MastodonServer, client: Client) -> None:
    server.me.be_told("mention", server.ana)
    server.me.be_told("wave_from_the_future", server.ana, whatever_is_asked=True)
    told = client.ask("GET", NOTIFICATIONS, params=MINE).json()
    assert [(each["type"], each["status"]) for each in told] == [("wave_from_the_future", None), ("mention", None)]


def test_refusals_are_in_the_servers_language(server: MastodonServer, client: Client, connect: Connect) -> None:
    server.world.locale = "de"
    refused = client.ask("POST", "/api/v1/statuses", data={"status": "x" * 501})
    assert refused.status_code == 422
    assert "überschritten" in refused.json()["error"]
    assert client.ask("POST", "/api/v1/statuses", data={"status": "@a@far.example " + "x" * 497}).status_code == 200
    narrow = connect(server, token=server.me.new_token("read:statuses"))
    refused = narrow.ask("GET", NOTIFICATIONS)
    assert (refused.status_code, refused.json()["error"]) == (403, "This action is outside the authorized scopes")
    server.me.revoke_tokens()
    refused = client.ask("GET", NOTIFICATIONS)
    assert (refused.status_code, refused.json()["error"]) == (401, "Der Zugriffs-Token wurde annulliert")
    assert "invalid_token" in refused.headers["www-authenticate"]


def test_requests_are_counted(server: MastodonServer, client: Client) -> None:
    server.allow(1)
    allowed, refused = client.ask("GET", NOTIFICATIONS), client.ask("GET", NOTIFICATIONS)
    assert (allowed.status_code, allowed.headers["x-ratelimit-remaining"]) == (200, "0")
    assert refused.status_code == 429
    assert refused.headers["x-ratelimit-reset"].endswith("Z")
    assert "retry-after" not in refused.headers


def test_signing_in_with_a_code_to_paste(server: MastodonServer) -> None:
    oob, verifier = "urn:ietf:wg:oauth:2.0:oob", "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    with httpx.Client(base_url=server.url, trust_env=False) as browser:
        scopes = "read:notifications write:statuses"
        app = browser.post("/api/v1/apps", data={"client_name": "x", "redirect_uris": oob, "scopes": scopes}).json()
        asked = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": oob, "scope": scopes}
        proof = {"state": "a b&c", "code_challenge": challenge, "code_challenge_method": "S256"}
        address = f"{server.url}/oauth/authorize?{urlencode({**asked, **proof})}"
        assert "Authorize" in browser.get(address).text
        client = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        exchange = {**client, "grant_type": "authorization_code", "redirect_uri": oob, "code_verifier": verifier}

        approval = server.approve(address)
        assert parse_qs(urlsplit(approval.redirect).query)["state"] == ["a b&c"]
        token = browser.post("/oauth/token", data={**exchange, "code": approval.code}).json()
        assert token["scope"] == scopes
        again = browser.post("/oauth/token", data={**exchange, "code": approval.code})
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        wrong = {**exchange, "code": server.approve(address).code, "code_verifier": "w" * 43}
        assert browser.post("/oauth/token", data=wrong).json()["error"] == "invalid_grant"
        late = server.approve(address).code
        server.clock.advance(timedelta(minutes=10))
        assert browser.post("/oauth/token", data={**exchange, "code": late}).json()["error"] == "invalid_grant"
        assert "error=access_denied" in server.deny(address)

        mine = {"authorization": f"Bearer {token['access_token']}"}
        assert browser.get(NOTIFICATIONS, headers=mine).status_code == 200
        assert browser.post("/oauth/revoke", data={**client, "token": token["access_token"]}).json() == {}
        assert browser.get(NOTIFICATIONS, headers=mine).status_code == 401
        about = browser.get("/.well-known/oauth-authorization-server").json()
        assert about["code_challenge_methods_supported"] == ["S256"]


def test_gestures_towards_people(server: MastodonServer, client: Client) -> None:
    status = server.ana.mention(server.me, "hi")
    assert client.post(f"/api/v1/statuses/{status.id}/favourite")["favourited"] is True
    assert server.me.likes(status)
    assert client.post(f"/api/v1/accounts/{server.ana.id}/mute")["muting_notifications"] is True
    server.ana.mention(server.me, "unheard")
    assert client.heard() == [status.id]
    client.post(f"/api/v1/accounts/{server.ana.id}/unmute")
    assert client.post(f"/api/v1/accounts/{server.ana.id}/block")["blocking"] is True
    assert client.heard() == []
    (relation,) = client.get("/api/v1/accounts/relationships", **{"id[]": server.ana.id})
    assert (relation["blocking"], relation["muting"]) == (True, False)
    client.post(f"/api/v1/accounts/{server.ana.id}/unblock")
    assert not server.me.blocks(server.ana)
    server.cy.move_to(server.ben)
    assert client.get(f"/api/v1/accounts/{server.cy.id}")["moved"]["id"] == server.ben.id
    server.ana.suspend()
    assert client.heard() == []
    assert client.ask("GET", f"/api/v1/statuses/{status.id}").status_code == 404
    server.me.suspend()
    assert client.ask("GET", NOTIFICATIONS).status_code == 403


def test_a_thread_of_thousands_and_other_floods(server: MastodonServer, client: Client, mastodon: StartServer) -> None:
    root = server.me.post("what do you think?")
    server.long_thread(root, 5000, by=server.ana)
    # Mastodon itself stops there.
    assert len(client.get(f"/api/v1/statuses/{root.id}/context")["descendants"]) == 4096
    (asked,) = server.requests
    assert 0 < asked.response_bytes < 2_000_000

    server.flood("/context", times=1)
    with (
        httpx.Client(trust_env=False) as impatient,
        impatient.stream("GET", f"{server.url}/api/v1/statuses/{root.id}/context") as answer,
    ):
        assert int(answer.headers["content-length"]) == 50_000_000
        next(answer.iter_raw(1024))
    assert server.requests[-1].taken_bytes < 50_000_000

    other = mastodon()
    server.redirect_to(f"{other.url}/api/v1/instance", times=1)
    assert client.ask("GET", NOTIFICATIONS).headers["location"].startswith(other.url)
    server.answer_html(times=1)
    assert client.ask("GET", NOTIFICATIONS).headers["content-type"] == "text/html"
    assert other.requests == []
