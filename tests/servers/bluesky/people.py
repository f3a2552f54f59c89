"""Other people: the accounts which the tests use to write to, and about, the account under test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import httpx

from tests.servers.waiting import eventually

Json: TypeAlias = dict[str, Any]

POST = "app.bsky.feed.post"

# What dev-env signs the PDS's tokens with, and for whom.
_JWT_SECRET = b"jwt-secret"
_JWT_AUDIENCE = "did:web:localhost"


class XrpcError(Exception):
    """The server's refusal, with the HTTP status and the lexicon's name of the error."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(f"{status} {error}: {message}")
        self.status = status
        self.error = error
        self.message = message


@dataclass(frozen=True)
class PostRef:
    """What one needs to answer a post: itself and the root of its thread."""

    uri: str
    cid: str
    root_uri: str
    root_cid: str

    @property
    def rkey(self) -> str:
        """The record key: the last part of the address."""
        return self.uri.rsplit("/", 1)[1]

    @property
    def strong_ref(self) -> Json:
        """The post as a com.atproto.repo.strongRef."""
        return {"uri": self.uri, "cid": self.cid}

    @property
    def root_strong_ref(self) -> Json:
        """The root of the thread as a com.atproto.repo.strongRef."""
        return {"uri": self.root_uri, "cid": self.root_cid}


class Person:
    """An account, logged in with its main password when it first acts."""

    def __init__(self, pds_url: str, app_view_url: str, handle: str, password: str, did: str) -> None:
        self.pds_url = pds_url
        self._app_view_url = app_view_url
        self.handle = handle
        self.password = password
        self.did = did
        self._http = httpx.Client(base_url=f"{pds_url}/xrpc/", timeout=30, trust_env=False)
        self._session: Json | None = None

    def __repr__(self) -> str:
        return f"<Person {self.handle} {self.did}>"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def session(self) -> Json:
        """The answer of createSession: `accessJwt`, `refreshJwt`, `didDoc` and more."""
        if self._session is None:
            self._session = self.create_session(self.password)
        return self._session

    def create_session(self, password: str) -> Json:
        """Log in once more, with any of the account's passwords, and return the session without using it."""
        credentials = {"identifier": self.handle, "password": password}
        return _result(self._http.post("com.atproto.server.createSession", json=credentials))

    def query(self, method: str, /, *, headers: Mapping[str, str] | None = None, **params: Any) -> Json:
        """Call an XRPC query as this person."""
        return _result(self._http.get(method, params=params, headers={**self._authorization(), **(headers or {})}))

    def procedure(self, method: str, body: Json | None = None, *, headers: Mapping[str, str] | None = None) -> Json:
        """Call an XRPC procedure as this person."""
        return _result(self._http.post(method, json=body, headers={**self._authorization(), **(headers or {})}))

    def post(
        self,
        text: str,
        *,
        reply_to: PostRef | None = None,
        quote: PostRef | None = None,
        mentions: Sequence[Person] = (),
        wait: bool = True,
    ) -> PostRef:
        """Publish a post; each person in `mentions` must stand in the text as @handle.

        The post that is answered or quoted must be there: `wait=False` is for one that is deleted.
        """
        if wait:
            for other in filter(None, (reply_to, quote)):
                self.wait_until_indexed(other.uri)
        record: Json = {"$type": POST, "text": text, "createdAt": now()}
        if reply_to:
            record["reply"] = {"root": reply_to.root_strong_ref, "parent": reply_to.strong_ref}
        if quote:
            record["embed"] = {"$type": "app.bsky.embed.record", "record": quote.strong_ref}
        if mentions:
            record["facets"] = [_mention(text, person) for person in mentions]
        created = self.create_record(POST, record)
        uri, cid = created["uri"], created["cid"]
        root = reply_to.root_strong_ref if reply_to else created
        return PostRef(uri, cid, root["uri"], root["cid"])

    def wait_until_indexed(self, post_uri: str) -> None:
        """Wait until the AppView knows a post, whoever may see it.

        The AppView indexes repositories side by side, and a reply that it meets before its parent never notifies.
        """
        url = f"{self._app_view_url}/xrpc/app.bsky.feed.getPosts"
        eventually(lambda: _result(self._http.get(url, params={"uris": [post_uri]}))["posts"])

    def like(self, post: PostRef) -> str:
        """Like a post and return the like's address."""
        return self._create_subject_record("app.bsky.feed.like", post.strong_ref)

    def repost(self, post: PostRef) -> str:
        """Repost a post and return the repost's address."""
        return self._create_subject_record("app.bsky.feed.repost", post.strong_ref)

    def follow(self, person: Person) -> str:
        """Follow somebody and return the follow's address."""
        return self._create_subject_record("app.bsky.graph.follow", person.did)

    def block(self, person: Person) -> str:
        """Block somebody and return the block's address; deleting that ends it."""
        return self._create_subject_record("app.bsky.graph.block", person.did)

    def delete(self, record: PostRef | str) -> None:
        """Delete one of this person's records, given as a post or by its address."""
        uri = record if isinstance(record, str) else record.uri
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        self.procedure("com.atproto.repo.deleteRecord", {"repo": repo, "collection": collection, "rkey": rkey})

    def create_record(self, collection: str, record: Json, rkey: str | None = None) -> Json:
        """Create a record and return `uri` and `cid`."""
        body = {"repo": self.did, "collection": collection, "record": record}
        return self.procedure("com.atproto.repo.createRecord", body if rkey is None else {**body, "rkey": rkey})

    def put_record(self, collection: str, rkey: str, record: Json, **conditions: str | None) -> Json:
        """Write a record under a key; `swapRecord=None` goes over the wire as null."""
        body = {"repo": self.did, "collection": collection, "rkey": rkey, "record": record, **conditions}
        return self.procedure("com.atproto.repo.putRecord", body)

    def set_profile(self, display_name: str) -> None:
        """Set the display name."""
        self.put_record("app.bsky.actor.profile", "self", {"displayName": display_name, "createdAt": now()})

    def set_threadgate(self, root: PostRef, allow: Sequence[Json] = ()) -> None:
        """Say who may reply to one of this person's threads: nobody, or whom the rules name."""
        gate = {"$type": "app.bsky.feed.threadgate", "post": root.uri, "allow": list(allow), "createdAt": now()}
        self.put_record("app.bsky.feed.threadgate", root.rkey, gate)

    def mute_thread(self, root_uri: str) -> None:
        """Mute a thread by its root."""
        self.procedure("app.bsky.graph.muteThread", {"root": root_uri})

    def unmute_thread(self, root_uri: str) -> None:
        """Take a thread's mute back."""
        self.procedure("app.bsky.graph.unmuteThread", {"root": root_uri})

    def create_app_password(self, name: str, *, privileged: bool = False) -> str:
        """Create an app password, with access to direct messages when privileged."""
        body = {"name": name, "privileged": privileged}
        return str(self.procedure("com.atproto.server.createAppPassword", body)["password"])

    def revoke_app_password(self, name: str) -> None:
        """Revoke an app password; its access tokens live on until they expire."""
        self.procedure("com.atproto.server.revokeAppPassword", {"name": name})

    def notifications(self, *reasons: str) -> list[Json]:
        """Return the newest notifications, of the given reasons only if there are any."""
        answer = self.query("app.bsky.notification.listNotifications", limit=100, reasons=list(reasons))
        return list(answer["notifications"])

    def records(self, collection: str = POST, of: Person | None = None) -> list[Json]:
        """Return the newest records of somebody's repository, by default one's own posts."""
        repo = (of or self).did
        return list(self.query("com.atproto.repo.listRecords", repo=repo, collection=collection, limit=100)["records"])

    def texts(self, of: Person | None = None) -> list[str]:
        """Return the texts of somebody's posts, oldest first."""
        return [record["value"]["text"] for record in reversed(self.records(POST, of))]

    def thread(self, uri: str, *, depth: int = 6, parent_height: int = 80) -> Json:
        """Return a thread as this person sees it; an unknown or deleted post is XrpcError NotFound."""
        answer = self.query("app.bsky.feed.getPostThread", uri=uri, depth=depth, parentHeight=parent_height)
        return dict(answer["thread"])

    def _create_subject_record(self, collection: str, subject: Json | str) -> str:
        record = {"$type": collection, "subject": subject, "createdAt": now()}
        return str(self.create_record(collection, record)["uri"])

    def _authorization(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.session['accessJwt']}"}


def create_account(pds_url: str, app_view_url: str, handle: str) -> Person:
    """Register an account, with its handle for a password."""
    url = f"{pds_url}/xrpc/com.atproto.server.createAccount"
    body = {"handle": handle, "email": f"{handle}@example.com", "password": handle}
    answer = _result(httpx.post(url, json=body, timeout=30, trust_env=False))
    return Person(pds_url, app_view_url, handle, handle, answer["did"])


def expired_access_token(person: Person) -> str:
    """Return an access token of the server's own making, but for its date."""
    issued = int(time.time()) - 7200
    claims = {"scope": "com.atproto.access", "sub": person.did, "aud": _JWT_AUDIENCE, "iat": issued, "exp": issued + 60}
    signed = b".".join(_base64url(json.dumps(part).encode()) for part in ({"typ": "at+jwt", "alg": "HS256"}, claims))
    signature = hmac.digest(_JWT_SECRET, signed, hashlib.sha256)
    return b".".join((signed, _base64url(signature))).decode()


def now() -> str:
    """Return the present time as records write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _mention(text: str, person: Person) -> Json:
    written = f"@{person.handle}".encode()
    start = text.encode().index(written)
    return {
        "index": {"byteStart": start, "byteEnd": start + len(written)},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": person.did}],
    }


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _result(response: httpx.Response) -> Json:
    if response.is_success:
        return dict(response.json()) if response.content else {}
    try:
        refusal = response.json()
    except ValueError:
        refusal = {}
    raise XrpcError(response.status_code, refusal.get("error", ""), refusal.get("message", response.text))
