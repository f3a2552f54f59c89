"""What the adapter's tests rely on: the reference server, the proxy and the chat stand-in answer as documented."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest

from .bluesky.chat import ChatServer
from .bluesky.people import POST, Json, Person, XrpcError, expired_access_token, now
from .bluesky.server import BlueskyServer
from .waiting import eventually

TID = "3lzzzzzzzz{}2a"


def put_post(server: BlueskyServer, person: Person, rkey: str, record: Json) -> httpx.Response:
    """Write a post through the proxy, as the program under test does."""
    return httpx.post(
        f"{server.url}/xrpc/com.atproto.repo.putRecord",
        json={"repo": person.did, "collection": POST, "rkey": rkey, "record": record, "swapRecord": None},
        headers={"authorization": f"Bearer {person.session['accessJwt']}"},
        timeout=20,
    )


def post_record(text: str) -> Json:
    return {"$type": POST, "text": text, "createdAt": now()}


def notified(person: Person, text: str) -> Callable[[], Json]:
    """Return a condition: the person's notification of a post with that text, or an empty one."""
    return lambda: next((note for note in person.notifications() if note["record"].get("text") == text), {})


class TestServer:
    def test_same_put_twice_makes_one_record(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        record = post_record("once")
        first, again = (put_post(bluesky, erin, TID.format("a"), record) for _ in range(2))
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json()["cid"] == again.json()["cid"]
        assert "commit" not in again.json()
        assert erin.texts() == ["once"]

    def test_put_of_another_record_under_the_same_key_is_refused(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        put_post(bluesky, erin, TID.format("b"), post_record("first"))
        second = put_post(bluesky, erin, TID.format("b"), post_record("second"))
        assert (second.status_code, second.json()["error"]) == (400, "InvalidSwap")
        assert erin.texts() == ["first"]

    def test_mention_notifies(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        bluesky.bob.post(f"héllo @{erin.handle}", mentions=[erin])
        note = eventually(notified(erin, f"héllo @{erin.handle}"))
        assert (note["reason"], note["author"]["did"]) == ("mention", bluesky.bob.did)

    def test_muted_thread_silences_replies_and_not_mentions(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        root = erin.post("root")
        reply = bluesky.bob.post("before the mute", reply_to=root)
        eventually(notified(erin, "before the mute"))
        erin.mute_thread(root.uri)
        eventually(lambda: erin.thread(root.uri)["post"]["viewer"].get("threadMuted"))
        bluesky.bob.post("after the mute", reply_to=reply)
        # One person's posts are indexed in order: once the later mention is listed, the reply would be too.
        bluesky.bob.post(f"@{erin.handle}", reply_to=reply, mentions=[erin])
        eventually(notified(erin, f"@{erin.handle}"))
        assert not notified(erin, "after the mute")()
        assert notified(erin, "before the mute")()
        below = erin.thread(reply.uri)["replies"]
        assert "after the mute" in [one["post"]["record"]["text"] for one in below]

    def test_deleted_post_leaves_no_notification(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        reply = bluesky.bob.post("a slip", reply_to=erin.post("root"))
        eventually(notified(erin, "a slip"))
        bluesky.bob.delete(reply)
        eventually(lambda: not notified(erin, "a slip")())
        with pytest.raises(XrpcError) as refusal:
            erin.thread(reply.uri)
        assert refusal.value.error == "NotFound"

    def test_blocked_author_is_a_blocked_post(self, bluesky: BlueskyServer) -> None:
        erin, frank = bluesky.new_person("erin"), bluesky.new_person("frank")
        reply = frank.post("boo", reply_to=erin.post("root"))
        eventually(notified(erin, "boo"))
        erin.block(frank)
        kind = eventually(lambda: erin.thread(reply.uri)["$type"].endswith("#blockedPost"))
        assert kind

    def test_threadgate_disables_replies(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        root = erin.post("closed")
        erin.set_threadgate(root)
        viewer = eventually(
            lambda: (found := bluesky.bob.thread(root.uri)["post"]["viewer"]).get("replyDisabled") and found,
            retry_on=XrpcError,
        )
        assert viewer["replyDisabled"]

    def test_expired_token_is_a_bad_request(self, bluesky: BlueskyServer) -> None:
        answer = httpx.get(
            f"{bluesky.url}/xrpc/app.bsky.notification.listNotifications",
            headers={"authorization": f"Bearer {expired_access_token(bluesky.alice)}"},
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "ExpiredToken")

    def test_did_document_names_the_proxy(self, bluesky: BlueskyServer) -> None:
        in_session = bluesky.alice.session["didDoc"]["service"]
        in_directory = httpx.get(f"{bluesky.plc_url}/{bluesky.alice.did}").json()["service"]
        assert {service["serviceEndpoint"] for service in (*in_session, *in_directory)} == {bluesky.url}


class TestProxy:
    def test_lost_answer_has_been_done(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        record = post_record("kept")
        bluesky.proxy.lose_answer("putRecord")
        with pytest.raises(httpx.RemoteProtocolError):
            put_post(bluesky, erin, TID.format("c"), record)
        assert erin.texts() == ["kept"]
        assert put_post(bluesky, erin, TID.format("c"), record).status_code == 200
        assert erin.texts() == ["kept"]
        assert [(one.forwarded, one.status) for one in bluesky.proxy.named("putRecord")] == [(True, None), (True, 200)]

    def test_lost_request_has_not_been_done(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        bluesky.proxy.lose_request("putRecord")
        with pytest.raises(httpx.RemoteProtocolError):
            put_post(bluesky, erin, TID.format("d"), post_record("lost"))
        assert erin.texts() == []

    def test_cut_answer_is_incomplete(self, bluesky: BlueskyServer) -> None:
        bluesky.proxy.cut_answer("describeServer")
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            httpx.get(f"{bluesky.url}/xrpc/com.atproto.server.describeServer")

    def test_refusal_ends_open_connections_and_new_ones(self, bluesky: BlueskyServer) -> None:
        with httpx.Client(base_url=bluesky.url) as client:
            assert client.get("/xrpc/_health").status_code == 200
            bluesky.proxy.refuse()
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"{bluesky.url}/xrpc/_health")
            with pytest.raises(httpx.TransportError):
                client.get("/xrpc/_health")
            bluesky.proxy.accept()
            assert client.get("/xrpc/_health").status_code == 200

    def test_held_request_waits_for_its_release(self, bluesky: BlueskyServer) -> None:
        erin = bluesky.new_person("erin")
        answers: list[httpx.Response] = []
        record = post_record("patient")
        writer = threading.Thread(target=lambda: answers.append(put_post(bluesky, erin, TID.format("e"), record)))
        with bluesky.proxy.hold("putRecord") as gate:
            writer.start()
            gate.wait_until_reached()
            assert erin.texts() == []
        writer.join()
        assert [answer.status_code for answer in answers] == [200]
        assert erin.texts() == ["patient"]

    def test_answers_in_the_place_of_the_server(self, bluesky: BlueskyServer) -> None:
        bluesky.proxy.answer(429, {"error": "RateLimitExceeded"}, "_health", headers={"retry-after": "7"})
        url = f"{bluesky.url}/xrpc/_health"
        busy, calm = httpx.get(url), httpx.get(url)
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")
        assert calm.status_code == 200
        assert [one.forwarded for one in bluesky.proxy.exchanges] == [False, True]

    def test_delay_and_frozen_server_time_out(self, bluesky: BlueskyServer) -> None:
        url = f"{bluesky.url}/xrpc/_health"
        bluesky.proxy.delay(60, "_health")
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(url, timeout=0.2)
        bluesky.suspend()
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(url, timeout=0.2)
        bluesky.resume()
        assert httpx.get(url).status_code == 200

    def test_records_no_secrets(self, bluesky: BlueskyServer) -> None:
        httpx.get(f"{bluesky.url}/xrpc/_health?a=1&a=2", headers={"authorization": "Bearer secret", "x-mark": "kept"})
        (seen,) = bluesky.proxy.exchanges
        assert (seen.method, seen.name, seen.query, seen.status) == ("GET", "_health", {"a": ["1", "2"]}, 200)
        assert seen.headers["x-mark"] == "kept"
        assert seen.response_bytes > 0
        assert "secret" not in repr(seen)


class TestChat:
    def test_privileged_app_password_reads_and_accepts_nothing(self, bluesky: BlueskyServer, chat: ChatServer) -> None:
        erin, bob = bluesky.new_person("erin"), bluesky.bob
        convo_id = chat.start_convo(bob, erin, accepted=False)
        chat.say(convo_id, bob, "psst")
        call = chat_caller(erin, chat, privileged=True)
        (request,) = call("listConvoRequests").json()["requests"]
        assert (request["id"], request["status"], request["unreadCount"]) == (convo_id, "request", 1)
        (message,) = call("getMessages", {"convoId": convo_id}).json()["messages"]
        assert (message["text"], message["sender"]) == ("psst", {"did": bob.did})
        assert call("getUnreadCounts").json() == {"unreadAcceptedConvos": 0, "unreadRequestConvos": 1}
        assert chat.methods() == ["listConvoRequests", "getMessages", "getUnreadCounts"]
        assert {one.caller for one in chat.calls} == {erin.did}
        assert not chat.is_accepted(convo_id, erin)
        assert chat.unread_count(convo_id, erin) == 1

    def test_conversation_is_written_read_and_muted(self, bluesky: BlueskyServer, chat: ChatServer) -> None:
        erin, bob = bluesky.new_person("erin"), bluesky.bob
        chat.register(erin, bob)
        call = chat_caller(erin, chat, privileged=True)
        convo_id = call("getConvoForMembers", {"members": [bob.did]}).json()["convo"]["id"]
        sent = call("sendMessage", body={"convoId": convo_id, "message": {"text": "hi"}}).json()
        chat.say(convo_id, bob, "hello")
        assert chat.texts(convo_id) == ["hi", "hello"]
        read = call("updateRead", body={"convoId": convo_id}).json()["convo"]
        assert (read["unreadCount"], read["lastMessage"]["text"]) == (0, "hello")
        assert call("muteConvo", body={"convoId": convo_id}).json()["convo"]["muted"]
        log = call("getLog", {"cursor": sent["rev"]}).json()
        assert [event["$type"].partition("#")[2] for event in log["logs"]] == [
            "logCreateMessage",
            "logReadConvo",
            "logMuteConvo",
        ]
        assert call("getLog", {"cursor": log["cursor"]}).json() == {"logs": [], "cursor": log["cursor"]}

    def test_plain_app_password_is_refused_by_the_pds(self, bluesky: BlueskyServer, chat: ChatServer) -> None:
        answer = chat_caller(bluesky.new_person("erin"), chat, privileged=False)("listConvos")
        assert (answer.status_code, answer.json()) == (400, {"error": "InvalidToken", "message": "Bad token method"})
        assert chat.calls == []

    def test_refuses_on_demand(self, bluesky: BlueskyServer, chat: ChatServer) -> None:
        erin = bluesky.new_person("erin")
        convo_id = chat.start_convo(erin, bluesky.bob)
        chat.refuse_next("sendMessage", 400, "ConvoLocked")
        call = chat_caller(erin, chat, privileged=True)
        refused = call("sendMessage", body={"convoId": convo_id, "message": {"text": "hi"}})
        assert (refused.status_code, refused.json()["error"]) == (400, "ConvoLocked")
        assert chat.texts(convo_id) == []


def chat_caller(person: Person, chat: ChatServer, *, privileged: bool) -> Callable[..., httpx.Response]:
    """Return a function that calls the chat service through the PDS with an app password's session."""
    token = person.create_session(person.create_app_password("chat", privileged=privileged))["accessJwt"]
    headers = {"authorization": f"Bearer {token}", "atproto-proxy": chat.service_id}

    def call(name: str, params: Json | None = None, body: Json | None = None) -> httpx.Response:
        url = f"{person.pds_url}/xrpc/chat.bsky.convo.{name}"
        if body is None:
            return httpx.get(url, params=params, headers=headers)
        return httpx.post(url, json=body, headers=headers)

    return call
