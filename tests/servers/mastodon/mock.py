"""The mock from PyPI, mastodon_mock, as a process of its own with the fault proxy in front of it."""

from __future__ import annotations

import atexit
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import httpx

from tests.servers.processes import ChildProcess, free_ports
from tests.servers.proxy import Exchange, Proxy

Json: TypeAlias = dict[str, Any]
Effect: TypeAlias = Literal["status", "ratelimit", "latency", "malformed", "timeout"]

PEOPLE = ("me", "ana", "ben", "cy")


class MastodonMock:
    """The mock with its people. It has no privacy, no mutes and no markup: see `MastodonServer` for those.

    The program under test is given `url`, the proxy's address; `call` acts as other people without leaving a trace.
    """

    def __init__(self, people: Sequence[str] = PEOPLE) -> None:
        self.tokens = {name: f"token-of-{name}" for name in people}
        self.proxy = Proxy()
        self._folder: Path | None = None
        self._child: ChildProcess | None = None
        self._http = httpx.Client(timeout=30, trust_env=False)

    @property
    def url(self) -> str:
        """The mock as the program under test sees it: behind the proxy."""
        return self.proxy.url

    @property
    def requests(self) -> list[Exchange]:
        """What the program asked, oldest first."""
        return self.proxy.exchanges

    def start(self, deadline: float = 60) -> MastodonMock:
        """Start it and wait until it answers; return self."""
        self._folder = Path(tempfile.mkdtemp(prefix="introvert-mastodon-"))
        atexit.register(self.stop)
        try:
            (port,) = free_ports(1)
            self.proxy.start(upstream=("127.0.0.1", port))
            self._http.base_url = httpx.URL(f"http://127.0.0.1:{port}")
            (self._folder / "mock.toml").write_text(self._config(self._folder, port), encoding="utf-8")
            self._child = self._run(self._folder, deadline)
        except BaseException:
            self.stop()
            raise
        return self

    def kill(self) -> None:
        """Kill the process; what was written to it is kept for `revive`."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def revive(self, deadline: float = 60) -> None:
        """Start the process again after `kill`, where it was and with what it had."""
        if self._child is None and self._folder is not None:
            self._child = self._run(self._folder, deadline)

    def stop(self) -> None:
        """End the process and remove its files; a second call does nothing."""
        atexit.unregister(self.stop)
        self._http.close()
        self.proxy.stop()
        self.kill()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def reset(self) -> None:
        """Take back all faults, and forget the recorded requests and everything that was written."""
        if self._child is not None:
            self._child.resume()
        self.proxy.reset()
        self._control("POST", "reset")

    def __enter__(self) -> MastodonMock:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def suspend(self) -> None:
        """Freeze the process until `reset`: connections are taken and never answered."""
        if self._child is not None:
            self._child.suspend()

    def fault(
        self,
        effect: Effect,
        path: str | None = None,
        *,
        times: int | None = 1,
        status: int | None = None,
        seconds: float = 0,
        methods: Sequence[str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Let requests for a path, in which * stands for anything, go wrong; None means all, and always."""
        effects = {"type": effect, "delay_ms": int(seconds * 1000), "headers": dict(headers or {})}
        if status is not None:
            effects["status"] = status
        self._control(
            "POST", "faults", {"match": {"path": path, "methods": methods}, "effect": effects, "count": times}
        )

    def call(self, person: str, method: str, path: str, body: Json | None = None, **params: Any) -> Any:
        """Make a request as one of the people, and return what comes back."""
        headers = {"authorization": f"Bearer {self.tokens[person]}"}
        answer = self._http.request(method, path, json=body, params=params or None, headers=headers)
        return answer.raise_for_status().json()

    def post(self, person: str, text: str, **fields: Any) -> Json:
        """Let one of the people publish a status, and return it."""
        return dict(self.call(person, "POST", "/api/v1/statuses", {"status": text, **fields}))

    def account_id(self, person: str) -> str:
        """The id of one of the people."""
        return str(self.call(person, "GET", "/api/v1/accounts/verify_credentials")["id"])

    def _control(self, method: str, name: str, body: Json | None = None) -> None:
        self._http.request(method, f"/api/v1/_mock/{name}", json=body).raise_for_status()

    def _run(self, folder: Path, deadline: float) -> ChildProcess:
        # A parent-death signal ends it even if this process is killed.
        child = ChildProcess(
            [sys.executable, "-m", "mastodon_mock", "serve", "--config", folder / "mock.toml"],
            folder / "mock.log",
            stop_signal=signal.SIGKILL,  # at once: politely, it would wait for the requests that it let hang
        )
        child.wait_for_line("Uvicorn running on", deadline)
        return child

    def _config(self, folder: Path, port: int) -> str:
        lines = ["[server]", 'host = "127.0.0.1"', f"port = {port}"]
        lines += ["[database]", f"path = {json.dumps(str(folder / 'mock.db'))}"]
        for name, token in self.tokens.items():
            lines += [
                "[[seed.accounts]]",
                f"username = {json.dumps(name)}",
                f"display_name = {json.dumps(name.capitalize())}",
                f"access_token = {json.dumps(token)}",
            ]
        return "\n".join(lines) + "\n"
