"""An HTTP proxy in front of one server, which records requests and makes the network fail where a test says."""

from __future__ import annotations

import http.client
import json
import select
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

# Secrets stay out of the log, so that a failed assertion may print it.
_SECRET_HEADERS = frozenset({"authorization", "cookie", "dpop"})
# These concern one connection, of which there are two here.
_HOP_HEADERS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_CHUNK = 65_536


class Fault(Enum):
    """What goes wrong with a request."""

    LOST_REQUEST = auto()
    """The connection is cut before the server hears of it."""

    LOST_ANSWER = auto()
    """The server does as asked; the connection is cut before the answer's first byte."""

    CUT_ANSWER = auto()
    """The connection is cut in the middle of the answer's body."""


@dataclass
class Exchange:
    """One request as the proxy saw it, and what came of it."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = field(repr=False)
    at: float = field(default_factory=time.monotonic)
    fault: Fault | None = None
    forwarded: bool = False
    """Whether the server got the request."""
    status: int | None = None
    """The status the client got; None while there is no answer, and when it was lost."""
    response_bytes: int = 0
    """The length of the body the client was to get, as compressed as it was sent."""
    taken_bytes: int = 0
    """How much of it was sent before the client hung up; what the sockets buffer counts as sent."""
    authorized: bool = False
    """Whether the request carried an authorization, which is not recorded itself."""

    @property
    def name(self) -> str:
        """The last part of the path: for XRPC the method's name."""
        return self.path.rsplit("/", 1)[-1]

    def is_called(self, name: str) -> bool:
        """Whether "METHOD /path" ends with a name."""
        return f"{self.method} {self.path}".endswith(name)

    @property
    def json(self) -> Any:
        """The request's body, decoded."""
        return json.loads(self.body)


class Point(Enum):
    """Where a request can be stopped on its way, in this order."""

    CONNECTED = auto()
    """The client has its connection and has begun: what it asks for is known, and nothing of the body is read. A client
    that is gone when the gate opens leaves a request that the server never hears of."""

    REQUEST_RECEIVED = auto()
    """The whole request is here; it reaches the server whatever becomes of the client."""

    FORWARDED = auto()
    """The server has the request, and its answer has not been read."""

    HALF_ANSWERED = auto()
    """The client has the answer's headers and half of its body."""

    ANSWERED = auto()
    """The client has the whole answer."""

    @property
    def words(self) -> str:
        """Its name, to be told."""
        return self.name.lower().replace("_", " ")


class Hold:
    """A gate at a point: requests that match wait there until it is released, but for the first `passing` of them."""

    def __init__(self, point: Point = Point.REQUEST_RECEIVED, passing: int = 0) -> None:
        self.point = point
        self._passing = passing
        self._lock = threading.Lock()
        self._arrived = threading.Event()
        self._released = threading.Event()

    @property
    def is_reached(self) -> bool:
        """Whether a request stands, or stood, before the gate."""
        return self._arrived.is_set()

    def wait_until_reached(self, deadline: float = 10) -> None:
        """Wait until a request stands before the gate."""
        if not self._arrived.wait(deadline):
            raise AssertionError(f"no matching request within {deadline} s")

    def release(self) -> None:
        """Let all requests through, now and later."""
        self._released.set()

    def _pass(self) -> bool:
        with self._lock:
            self._passing -= 1
            if self._passing >= 0:
                return False
        self._arrived.set()
        return self._released.wait()


@dataclass(frozen=True)
class _Reply:
    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass
class _Rule:
    name: str
    times: int | None
    action: Fault | _Reply | float

    def matches(self, exchange: Exchange) -> bool:
        return self.times != 0 and exchange.is_called(self.name)


class Proxy:
    """A proxy on a loopback port of its own.

    Faults are for requests whose path ends with `name` (every request, by default; "POST /api/v1/statuses" takes the
    method in), and for the first `times` of them (None: until `reset`). Of several for a request the first is used.
    """

    def __init__(self) -> None:
        self._upstream = ("127.0.0.1", 0)
        self._address = ("127.0.0.1", 0)
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []
        self._gates: list[tuple[str, Hold]] = []
        self._exchanges: list[Exchange] = []
        self._interrupted = threading.Event()
        self._listener: _Listener | None = None
        self._reserved: socket.socket | None = None

    @property
    def url(self) -> str:
        """The address for the client under test."""
        return f"http://localhost:{self._address[1]}"

    @property
    def exchanges(self) -> list[Exchange]:
        """The requests since the start or the last `clear`, oldest first."""
        with self._lock:
            return list(self._exchanges)

    def named(self, name: str, method: str | None = None) -> list[Exchange]:
        """Return the recorded requests whose path ends with a name."""
        return [one for one in self.exchanges if one.path.endswith(name) and method in (None, one.method)]

    def clear(self) -> None:
        """Forget the recorded requests."""
        with self._lock:
            self._exchanges.clear()

    def lose_request(self, name: str = "", times: int | None = 1) -> None:
        """Cut the connection before the request is forwarded."""
        self._add(name, times, Fault.LOST_REQUEST)

    def lose_answer(self, name: str = "", times: int | None = 1) -> None:
        """Forward the request, then cut the connection instead of answering."""
        self._add(name, times, Fault.LOST_ANSWER)

    def cut_answer(self, name: str = "", times: int | None = 1) -> None:
        """Forward the request, then cut the connection half-way through the answer."""
        self._add(name, times, Fault.CUT_ANSWER)

    def delay(self, seconds: float, name: str = "", times: int | None = 1) -> None:
        """Let the request wait before it is forwarded."""
        self._add(name, times, seconds)

    def answer(
        self,
        status: int,
        body: Any = None,
        name: str = "",
        times: int | None = 1,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer in the server's place: bytes and text as they are, anything else as JSON."""
        if isinstance(body, str):
            body = body.encode()
        if isinstance(body, bytes):
            content, content_type = body, "text/html"
        else:
            content, content_type = json.dumps(body or {}).encode(), "application/json"
        self._add(name, times, _Reply(status, content, {"content-type": content_type, **(headers or {})}))

    @contextmanager
    def hold(self, name: str = "", point: Point = Point.REQUEST_RECEIVED, passing: int = 0) -> Iterator[Hold]:
        """Stop matching requests at a point while the block runs, or until the gate is released.

        The first `passing` of them are let through. Faults come after the gate before the server.
        """
        gate = Hold(point, passing)
        with self._lock:
            self._gates.append((name, gate))
        try:
            yield gate
        finally:
            with self._lock:
                self._gates = [each for each in self._gates if each[1] is not gate]
            gate.release()

    @property
    def connections(self) -> int:
        """How many connections are open to clients; once there is none, nothing is on its way to the server either."""
        return self._listener.connections if self._listener is not None else 0

    def refuse(self) -> None:
        """Stop listening and cut all connections, as if the server had died; `accept` ends it."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            # Bound and not listening: connections are refused, and nobody else can take the port meanwhile.
            self._reserved = _bound_socket(self._address)

    def accept(self) -> None:
        """Listen again after `refuse`."""
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None
            self._listener = _Listener(self, self._address)

    def reset(self) -> None:
        """Take all faults back and forget what was recorded."""
        with self._lock:
            gates, self._gates = self._gates, []
            self._rules.clear()
            self._exchanges.clear()
            interrupted, self._interrupted = self._interrupted, threading.Event()
        interrupted.set()
        for _, gate in gates:
            gate.release()
        self.accept()

    def start(self, upstream: tuple[str, int], port: int = 0) -> None:
        """Listen, on a given loopback port or on a free one, for the server at `upstream`."""
        self._upstream = upstream
        self._listener = _Listener(self, ("127.0.0.1", port))
        self._address = self._listener.address

    def stop(self) -> None:
        """Stop listening for good."""
        self.reset()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _add(self, name: str, times: int | None, action: Fault | _Reply | float) -> None:
        with self._lock:
            self._rules.append(_Rule(name, times, action))

    def _pass(self, exchange: Exchange, point: Point) -> bool:
        """Let a request wait at a point, where a test wants that; return whether it had to."""
        with self._lock:
            gates = [gate for name, gate in self._gates if gate.point is point and exchange.is_called(name)]
        waits = False
        for gate in gates:
            waits = gate._pass() or waits
        return waits

    def _record(self, exchange: Exchange) -> None:
        with self._lock:
            self._exchanges.append(exchange)

    def _outcome(self, exchange: Exchange) -> Fault | _Reply | None:
        """Let a request wait where a test wants that, and return what else shall become of it."""
        with self._lock:
            interrupted = self._interrupted
            rule = next((rule for rule in self._rules if rule.matches(exchange)), None)
            if rule is None:
                return None
            if rule.times is not None:
                rule.times -= 1
        if isinstance(rule.action, float | int):
            interrupted.wait(rule.action)
            return None
        return rule.action

    def _forward(self, exchange: Exchange, target: str, headers: Mapping[str, str]) -> _Reply:
        connection = http.client.HTTPConnection(*self._upstream, timeout=120)
        try:
            connection.request(exchange.method, target, exchange.body or None, dict(headers))
            exchange.forwarded = True
            self._pass(exchange, Point.FORWARDED)
            response = connection.getresponse()
            relayed = {key: value for key, value in response.getheaders() if key.lower() not in _HOP_HEADERS}
            return _Reply(response.status, response.read(), relayed)
        finally:
            connection.close()


class _Listener:
    """The listening socket with its thread, and every connection that came of it."""

    def __init__(self, proxy: Proxy, address: tuple[str, int]) -> None:
        self._server = _Server(proxy, _bound_socket(address))
        self.address: tuple[str, int] = self._server.socket.getsockname()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def connections(self) -> int:
        return len(self._server.connections)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._server.cut_connections()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, proxy: Proxy, listening: socket.socket) -> None:
        super().__init__(listening.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_activate()
        self.proxy = proxy
        self.connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        for connection in list(self.connections):
            _cut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients are killed in the middle of a request on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Headers and body are two writes; together with delayed acknowledgements they would cost 40 ms.
    disable_nagle_algorithm = True

    def _relay(self) -> None:
        proxy = self.server.proxy
        parts = urlsplit(self.path)
        logged = {key.lower(): value for key, value in self.headers.items() if key.lower() not in _SECRET_HEADERS}
        exchange = Exchange(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), logged, b"")
        exchange.authorized = "authorization" in self.headers
        if proxy._pass(exchange, Point.CONNECTED) and _is_gone(self.connection):
            self.close_connection = True
            return
        exchange.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        proxy._record(exchange)
        proxy._pass(exchange, Point.REQUEST_RECEIVED)
        outcome = proxy._outcome(exchange)
        if isinstance(outcome, _Reply):
            self._send(exchange, outcome)
            return
        exchange.fault = outcome
        if outcome is not Fault.LOST_REQUEST:
            headers = {key: value for key, value in self.headers.items() if key.lower() not in _HOP_HEADERS}
            try:
                reply = proxy._forward(exchange, self.path, headers)
            except (OSError, http.client.HTTPException):
                _cut(self.connection)  # a dead server is shown as one
                self.close_connection = True
            else:
                if outcome is not Fault.LOST_ANSWER:
                    self._send(exchange, reply)
        if outcome is not None:
            _cut(self.connection)
            self.close_connection = True

    def _send(self, exchange: Exchange, reply: _Reply) -> None:
        exchange.response_bytes = len(reply.body)
        exchange.status = reply.status
        self.send_response_only(reply.status)
        for key, value in reply.headers.items():
            self.send_header(key, value)
        if reply.status not in (204, 304):
            self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        if exchange.method != "HEAD":
            whole = exchange.fault is not Fault.CUT_ANSWER
            length = len(reply.body) if whole else len(reply.body) // 2
            self._write(exchange, reply.body[: length // 2])
            self.server.proxy._pass(exchange, Point.HALF_ANSWERED)
            self._write(exchange, reply.body[length // 2 : length])
        self.server.proxy._pass(exchange, Point.ANSWERED)

    def _write(self, exchange: Exchange, body: bytes) -> None:
        for start in range(0, len(body), _CHUNK):
            chunk = body[start : start + _CHUNK]
            self.wfile.write(chunk)
            exchange.taken_bytes += len(chunk)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _relay

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the proxy keeps the record."""


def _bound_socket(address: tuple[str, int]) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(address)
    return bound


def _is_gone(connection: socket.socket) -> bool:
    """Whether the other side has closed its connection, whatever it sent before that."""
    looking = select.poll()
    looking.register(connection, select.POLLRDHUP)
    return bool(looking.poll(0))


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # when the client was faster
        connection.shutdown(socket.SHUT_RDWR)
