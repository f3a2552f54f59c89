"""A small server of ours that speaks the Mastodon client API, with the fault proxy in front of it."""

from __future__ import annotations

import gzip
import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from tests.servers.proxy import Exchange, Proxy

from . import api_accounts, api_notifications, api_statuses, oauth  # noqa: F401 - importing them makes the routes
from .flavours import FLAVOURS, MASTODON, Flavour
from .people import Person
from .state import Account, Clock, Gate, Refresh, Status, World
from .wire import Answer, Params, Refusal, dispatch

_WINDOW = timedelta(minutes=5)
_LIMIT = 300
_WORTH_PACKING = 860


class MastodonServer:
    """A server of some flavour, in this process.

    The program under test is given `url`, the proxy's address. The tests act as people without any request, so
    `requests` holds those of the program only.
    """

    def __init__(self, flavour: Flavour | str = MASTODON) -> None:
        self.flavour = FLAVOURS[flavour] if isinstance(flavour, str) else flavour
        self.world = World(self.flavour)
        self.proxy = Proxy()
        self._server = _Server(self.world)
        self._people: dict[str, Person] = {}

    @property
    def url(self) -> str:
        """The server as the program under test sees it: behind the proxy."""
        return self.proxy.url

    @property
    def domain(self) -> str:
        """The server's name in handles."""
        return self.world.domain

    @property
    def requests(self) -> list[Exchange]:
        """What the program asked, oldest first; `response_bytes` are those that went over the wire."""
        return self.proxy.exchanges

    @property
    def clock(self) -> Clock:
        """The server's clock, to be put forward or back."""
        return self.world.clock

    @property
    def me(self) -> Person:
        """Whose inbox it is."""
        return self.person("me")

    @property
    def ana(self) -> Person:
        return self.person("ana")

    @property
    def ben(self) -> Person:
        return self.person("ben")

    @property
    def cy(self) -> Person:
        return self.person("cy")

    def start(self) -> MastodonServer:
        """Listen; return self."""
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.proxy.start(upstream=self._server.address)
        self.world.url = self.proxy.url
        return self

    def stop(self) -> None:
        """Stop listening."""
        self.release_posting()
        self.proxy.stop()
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Take back all faults and forget the recorded requests; the people and what they wrote stay."""
        self.release_posting()
        self.proxy.reset()

    def __enter__(self) -> MastodonServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def person(self, acct: str, *, staff: bool = False) -> Person:
        """Find somebody by name, `ana` or `ana@far.example`; whoever does not exist yet comes into being."""
        if acct not in self._people:
            username, _, domain = acct.partition("@")
            home = f"https://{domain}" if domain else self.world.url
            now = self.world.clock.now()
            uri = f"{home}/users/{username}"
            account = Account(
                id=self.world.ids.random(),
                username=username,
                domain=domain or None,
                display_name=username.capitalize(),
                created_at=now - timedelta(days=400),
                url=f"{home}/@{username}",
                uri=uri,
                staff=staff,
            )
            with self.world.lock:
                self.world.accounts[account.id] = account
            self._people[acct] = Person(self.world, account)
        return self._people[acct]

    def statuses_of(self, person: Person) -> list[Status]:
        """What somebody wrote, oldest first."""
        return person.statuses()

    def is_muted(self, person: Person, status: Status) -> bool:
        """Whether somebody keeps a status' thread quiet."""
        return person.is_muted(status)

    def status(self, uri: str) -> Status:
        """Find a status by its uri, or by its id."""
        with self.world.lock:
            return next(each for each in self.world.statuses.values() if uri in (each.uri, each.id))

    def hide_ancestor(self, status: Status, *, dangling: bool = False) -> None:
        """Let the server not have met a status yet; its answers say that they answer nothing, or its id if dangling."""
        with self.world.lock:
            status.unknown, status.dangling = True, dangling

    def reveal_ancestor(self, status: Status) -> None:
        """Let the server meet a status at last."""
        with self.world.lock:
            status.unknown = False

    def find_parent(self, status: Status, parent: Status) -> None:
        """Let the server find out what a status answers: it keeps the conversation that it was given before that."""
        with self.world.lock:
            status.in_reply_to_id, status.in_reply_to_account_id = parent.id, parent.account.id
            self.world.children[parent.id].append(status.id)

    def long_thread(self, root: Status, count: int, by: Person, *, deep: bool = False) -> list[Status]:
        """Answer a status many times, naming nobody: all side by side, or each the one before."""
        made: list[Status] = []
        for number in range(count):
            parent = made[-1] if deep and made else root
            made.append(by.post(f"answer {number}", reply_to=parent, visibility=root.visibility))
        return made

    def look_for_replies(self, status: Status, *, retry: int = 1) -> Refresh:
        """Let the status' context say that the server is still looking for answers, until `found_replies`."""
        with self.world.lock:
            refresh = self.world.refreshes[status.id] = Refresh(self.world.ids.random(), retry)
        return refresh

    def found_replies(self, status: Status, *found: Status) -> None:
        """End the search, and let the server meet some answers that were hidden before."""
        with self.world.lock:
            for each in found:
                each.unknown = False
            refresh = self.world.refreshes[status.id]
            refresh.finished, refresh.result_count = True, len(found)

    @contextmanager
    def slow_posting(self) -> Iterator[Gate]:
        """Let posts stop after their checks while the block runs; the gate tells how many stand there."""
        with self.world.lock:
            gate = self.world.posting_gate = Gate()
        try:
            yield gate
        finally:
            self.release_posting()

    def release_posting(self) -> None:
        """Let posts through again."""
        with self.world.lock:
            gate, self.world.posting_gate = self.world.posting_gate, None
        if gate is not None:
            gate.open()

    def approve(self, address: str, person: Person | None = None) -> oauth.Approval:
        """Agree in the browser to what an authorization address asks for."""
        with self.world.lock:
            return oauth.approve(self.world, address, (person or self.me).account)

    def deny(self, address: str) -> str:
        """Decline in the browser; return the address that it is sent to."""
        with self.world.lock:
            return oauth.deny(self.world, address)

    def allow(self, requests: int | None) -> None:
        """Let each token make so many more requests, and answer 429 after that; None ends it."""
        with self.world.lock:
            self.world.spent.clear()
            self.world.allowance = requests

    def answer_html(self, name: str = "", times: int | None = None) -> None:
        """Answer 200 with a page for people."""
        self.proxy.answer(200, "<!doctype html><title>Down for maintenance</title>", name, times)

    def redirect_to(self, address: str, name: str = "", times: int | None = None) -> None:
        """Redirect to another host: the request's path is kept if the address has none."""
        self.proxy.answer(302, "", name, times, headers={"location": address})

    def flood(self, name: str = "", size: int = 50_000_000, times: int | None = None) -> None:
        """Answer with a huge list, of nothing; `Exchange.taken_bytes` tells how much of it the client let in."""
        body = b"[" + b" " * (size - 2) + b"]"
        self.proxy.answer(200, body, name, times, headers={"content-type": "application/json"})


class StartServer(Protocol):
    """The fixture `mastodon`: it starts a server, which is stopped after the test."""

    def __call__(self, flavour: Flavour | str = MASTODON) -> MastodonServer: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = world
        self.address = ("127.0.0.1", self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that were cut: `_serve` answers everything else."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        world = self.server.world
        with world.lock:
            answer = self._answer(world, headers, body)
            about_limits = _limits(world, headers)
            moment = world.clock.now()
        content = answer.content
        answer.headers |= about_limits
        if "gzip" in headers.get("accept-encoding", "") and len(content) > _WORTH_PACKING:
            content = gzip.compress(content, compresslevel=5, mtime=0)
            answer.headers["content-encoding"] = "gzip"
        self.send_response_only(answer.status)
        self.send_header("date", format_datetime(moment, usegmt=True))
        self.send_header("content-type", answer.content_type)
        self.send_header("content-length", str(len(content)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, world: World, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = urlsplit(self.path)
        address = f"http://{headers.get('host', world.domain)}"
        try:
            _spend(world, headers)
            params = Params(parts.query, body, headers.get("content-type", ""))
            return dispatch(world, self.command, parts.path, params, headers, address)
        except (Refusal, oauth.OAuthRefusal) as refusal:
            return refusal.answer(world)
        except Exception as error:  # a mistake of ours shall be seen in the test, not as a connection that was cut
            return Answer({"error": f"{type(error).__name__}: {error}"}, http.client.INTERNAL_SERVER_ERROR)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the proxy keeps the record."""


def _who(headers: Mapping[str, str]) -> str:
    return headers.get("authorization", "")


def _spend(world: World, headers: Mapping[str, str]) -> None:
    world.spent[_who(headers)] += 1
    if world.allowance is not None and world.spent[_who(headers)] > world.allowance:
        raise Refusal(429, "throttled")


def _limits(world: World, headers: Mapping[str, str]) -> dict[str, str]:
    """The rate-limit headers, which say when the window ends as the server's clock has it."""
    allowed = _LIMIT if world.allowance is None else world.allowance
    ends = world.clock.now().replace(microsecond=0) + _WINDOW
    return {
        "x-ratelimit-limit": str(_LIMIT),
        "x-ratelimit-remaining": str(max(0, allowed - world.spent[_who(headers)])),
        "x-ratelimit-reset": ends.isoformat(timespec="microseconds").replace("+00:00", "Z"),
    }
