"""A bare client, for tests of the servers themselves."""

from __future__ import annotations

from typing import Any, Protocol

import httpx

from .people import Person
from .server import MastodonServer

NOTIFICATIONS = "/api/v1/notifications"
MINE = {"types[]": ["mention", "quote"]}


class Client:
    """A client of one person's, as bare as can be."""

    def __init__(self, server: MastodonServer, person: Person | None = None, token: str | None = None) -> None:
        secret = token or (person or server.me).token
        headers = {"authorization": f"Bearer {secret}"}
        self._http = httpx.Client(base_url=server.url, headers=headers, timeout=30, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        return self.ask("GET", path, params=params).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.ask("POST", path, data=body or {}, headers=headers).raise_for_status().json()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._http.request(method, path, **options)

    def heard(self, **params: Any) -> list[str]:
        """The ids of the statuses that the person is told of, newest first."""
        answer = self.ask("GET", NOTIFICATIONS, params={**MINE, **params}).raise_for_status().json()
        return [each["status"]["id"] for each in answer]

    def close(self) -> None:
        self._http.close()


class Connect(Protocol):
    """The fixture `connect`: it makes clients, which are closed after the test."""

    def __call__(self, server: MastodonServer, person: Person | None = None, token: str | None = None) -> Client: ...
