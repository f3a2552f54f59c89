"""The bottom of every call: one HTTP request, safe for the token and for memory, answered in plain JSON.

Mastodon.py is given a `Carrier` as its session. It makes the request, and what comes back does not go through it: it
turns JSON into objects of its own, which takes nine seconds for a thread of 5,000.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from introvert_tui import __version__
from introvert_tui.adapters import addresses, answers
from introvert_tui.errors import AdapterError

from . import failures

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 16_000_000
"""A thread of 5,000 answers is about 10 MB."""
USER_AGENT = f"introvert-tui/{__version__}"

_CONNECT_SECONDS = 10.0
_MOST_ERROR_BYTES = 100_000
_LONGEST = 3
"""How many times the patience for one read a whole answer may take."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    data: Any
    headers: Mapping[str, str]

    @property
    def server_time(self) -> datetime:
        """The server's clock, or ours where it does not tell."""
        return answers.server_time(self.headers)


class Answered:
    """What Mastodon.py gets in place of an answer: one that says nothing, and so costs nothing."""

    ok = True
    status_code = 200
    reason = "OK"
    content = b"{}"
    headers: Mapping[str, str] = {}

    def json(self) -> dict[str, Any]:
        return {}


def open_web(url: str, patience: float) -> httpx.Client:
    """Connections that follow no redirect, because requests carry a token."""
    import httpx

    timeout = httpx.Timeout(patience, connect=min(patience, _CONNECT_SECONDS))
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
    return httpx.Client(timeout=timeout, headers=headers, trust_env=not addresses.is_loopback(url))


def ask(web: httpx.Client, method: str, url: str, patience: float, *, sending: bool = False, **request: Any) -> Answer:
    """Make one request and read its answer. Raises what `failures` makes of trouble."""
    host = addresses.host(url)
    try:
        with web.stream(method, url, **request) as response:
            body = _read(response, host, time.monotonic() + _LONGEST * patience, sending)
            if not response.is_success:
                raise failures.from_response(response.status_code, response.headers, body, host, sending=sending)
            try:
                return Answer(json.loads(body), response.headers)
            except (ValueError, RecursionError):
                raise failures.unreadable(host, sending, response.headers) from None
    except AdapterError:
        raise
    except Exception as error:
        known = failures.translate(error, host, sending=sending)
        if known is None:
            raise
        raise known from None  # the cause holds the request, and so the token


class Carrier:
    """What Mastodon.py takes for a `requests.Session`: carries each request, and keeps its answer or its trouble."""

    def __init__(self, origin: str, patience: float) -> None:
        self._origin = origin
        self._patience = patience
        self._web = open_web(origin, patience)
        self.sending = False
        self.answer: Answer | None = None
        self.trouble: AdapterError | None = None

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        **_: object,
    ) -> Answered:
        """Carry one request to the account's own server."""
        self.answer = self.trouble = None
        if not url.startswith(f"{self._origin}/"):
            raise ValueError("a request to somebody else's server")
        given: dict[str, Any] = {"headers": dict(headers) | {"User-Agent": USER_AGENT}}
        if params:
            given["params"] = dict(params)
        if data:
            given["data"] = dict(data)
        try:
            self.answer = ask(self._web, method, url, self._patience, sending=self.sending, **given)
        except AdapterError as trouble:
            self.trouble = trouble
            raise
        return Answered()

    def close(self) -> None:
        """Give the connections back."""
        self._web.close()


def _read(response: httpx.Response, host: str, until: float, sending: bool) -> bytes:
    most = MOST_BYTES if response.is_success else _MOST_ERROR_BYTES
    received = bytearray()
    for chunk in response.iter_bytes(65_536):
        received += chunk
        if len(received) > most:
            if not response.is_success:
                return b""
            raise answers.lost(f"{host} sent far more than a conversation can hold, so it was not read.", sending)
        if time.monotonic() > until:
            raise answers.lost(f"{host} is too slow at the moment.", sending)
    return bytes(received)
