"""What is different where the server of ours is an old Mastodon, or GoToSocial."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from .mastodon.client import NOTIFICATIONS, Client, Connect
from .mastodon.flavours import FLAVOURS, GOTOSOCIAL
from .mastodon.server import MastodonServer, StartServer
from .mastodon.state import Media
from .waiting import eventually


@pytest.fixture
def server(mastodon: StartServer) -> MastodonServer:
    return mastodon()


@pytest.fixture
def gotosocial(mastodon: StartServer) -> MastodonServer:
    return mastodon("gotosocial")


@pytest.fixture
def gts(gotosocial: MastodonServer, connect: Connect) -> Client:
    return connect(gotosocial)


def test_gotosocial_hides_what_was_said_before_the_mute_and_shows_it_again(
    gotosocial: MastodonServer, gts: Client
) -> None:
    me, ana = gotosocial.me, gotosocial.ana
    root = ana.post("to nobody")
    first = ana.post(f"{me.handle} look", reply_to=root)
    mine = me.reply(first, "I see")
    gts.post(f"/api/v1/statuses/{mine.id}/mute")
    during = ana.reply(mine, "while you were out")
    assert gts.heard() == []
    gts.post(f"/api/v1/statuses/{mine.id}/unmute")
    assert gts.heard() == [first.id]
    assert [each["id"] for each in gts.get(f"/api/v1/statuses/{mine.id}/context")["descendants"]] == [during.id]
    # A thread that is not one's own cannot be muted, and half a thread stays loud.
    assert gts.ask("POST", f"/api/v1/statuses/{root.id}/mute").status_code == 404
    gts.post(f"/api/v1/statuses/{mine.id}/mute")
    gotosocial.hide_ancestor(root)
    leaked = ana.reply(mine, "through the gap")
    assert gts.heard() == [leaked.id, first.id]


@pytest.mark.parametrize(("flavour", "published"), [("mastodon", 1), ("old_mastodon", 2), ("gotosocial", 2)])
def test_a_repeat_that_overtakes_the_first(
    mastodon: StartServer, flavour: str, published: int, connect: Connect
) -> None:
    server = mastodon(flavour)

    def send(client: Client) -> None:
        client.ask("POST", "/api/v1/statuses", json={"status": "hi"}, headers={"idempotency-key": "k"})

    both = [threading.Thread(target=send, args=(connect(server),)) for _ in range(2)]
    with server.slow_posting() as gate:
        both[0].start()
        eventually(lambda: gate.standing == 1)
        both[1].start()
        # Where the key is minded, the second never gets as far as the gate.
        eventually(lambda: gate.standing == published and len(server.requests) == 2)
    for each in both:
        each.join(10)
    assert len(server.statuses_of(server.me)) == published


def test_content_is_marked_up_as_each_server_does(
    server: MastodonServer, gotosocial: MastodonServer, gts: Client
) -> None:
    link = "https://www.server.example/a/rather/long/path/to/something?x=1&y=2"
    text = "@ana 5 < 6 #Tea\n\nsee " + link
    server.person("ana")
    gotosocial.person("ana")
    marked = server.me.post(text).content
    assert f'<span class="h-card" translate="no"><a href="{server.url}/@ana" class="u-url mention">@' in marked
    assert 'class="mention hashtag" rel="tag">#<span>Tea</span></a></p><p>see <a href="https://www.' in marked
    assert (
        '<span class="invisible">https://www.</span><span class="ellipsis">server.example/a/rather/long/p</span>'
        in marked
    )
    plain = gotosocial.me.post(text, spoiler_text="5 > 3 <tags>", media=[Media("a gradient & <b>")])
    assert "<br><br>see <a href=" in plain.content
    assert "invisible" not in plain.content
    assert plain.content.count("<p>") == 1
    seen = gts.get(f"/api/v1/statuses/{plain.id}")
    assert (seen["spoiler_text"], seen["media_attachments"][0]["description"]) == ("5 3 <tags", "a gradient &")
    assert seen["created_at"].endswith(".000Z")


def test_gotosocial_is_not_mastodon(gotosocial: MastodonServer, gts: Client, connect: Connect) -> None:
    first, second = gotosocial.ana.mention(gotosocial.me, "one"), gotosocial.ben.mention(gotosocial.me, "two")
    assert len(first.id) == 26
    assert first.id < second.id
    assert gts.heard(**{"types[]": ["mention"], "account_id": gotosocial.ana.id}) == [second.id, first.id]
    mine = gotosocial.me.post("morning")
    gotosocial.ana.favourite(mine)
    assert len(gts.get(NOTIFICATIONS, **{"types[]": "quote"})) == 3
    batch = gts.ask("GET", "/api/v1/statuses", params={"id[]": first.id})
    assert (batch.status_code, batch.headers["content-type"].partition(";")[0]) == (405, "text/plain")
    assert gts.ask("POST", "/api/v1/statuses", data={"status": " "}).status_code == 400
    missing = ("/api/v2/instance", "/api/v2/notifications/policy", "/api/v1/notifications/requests")
    for path in (*missing, "/api/v1/notifications/unread_count", "/api/v2/notifications"):
        assert gts.ask("GET", path).status_code == 404, path
    assert gts.get("/api/v1/instance")["configuration"]["statuses"]["max_characters"] == 5000
    assert connect(gotosocial, token="wrong").ask("GET", NOTIFICATIONS).json() == {
        "error": "Unauthorized: token not supplied"
    }


def test_a_flavour_of_ones_own(mastodon: StartServer, connect: Connect) -> None:
    client = connect(mastodon(replace(GOTOSOCIAL, markers=False)))
    assert client.ask("GET", "/api/v1/markers").status_code == 404
    client = connect(mastodon())
    assert client.get("/api/v1/markers") == {}
    client.post("/api/v1/markers", {"notifications[last_read_id]": "7"})
    assert client.get("/api/v1/markers", **{"timeline[]": "notifications"})["notifications"]["last_read_id"] == "7"
    assert set(FLAVOURS) == {"mastodon", "old_mastodon", "gotosocial"}


def test_old_mastodon_has_less(mastodon: StartServer, connect: Connect) -> None:
    server = mastodon("old_mastodon")
    client = connect(server)
    for number in range(40):
        server.ana.mention(server.me, str(number))
    assert len(client.heard(limit=80)) == 30
    assert client.ask("GET", "/api/v2/instance").status_code == 404
    assert client.ask("GET", "/api/v1/statuses", params={"id[]": "1"}).status_code == 404
    assert client.get("/api/v1/instance")["version"].startswith("3.5")
    assert client.ask("GET", "/.well-known/oauth-authorization-server").status_code == 404
