"""The reference Bluesky network as one object: start it, ask it for people, put faults in front of it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.servers.processes import ChildProcess, ProcessError, as_user, free_ports, give_to
from tests.servers.proxy import Proxy

from . import install
from .people import Person, create_account

# PostgreSQL refuses to run as root.
_DATABASE_USER = "nobody"


class BlueskyServer:
    """PostgreSQL, Redis and the network's services in throw-away folders, with a proxy in front of the PDS.

    The program under test is given `url`, the proxy's address, which the accounts' DID documents name too. `pds_url` is
    the PDS itself, by which the tests act as other people without leaving a trace in the proxy.
    """

    def __init__(self, *, rate_limits: bool = False) -> None:
        self._rate_limits = rate_limits
        self._children: list[ChildProcess] = []
        self._folder: Path | None = None
        self._network: ChildProcess | None = None
        self._ready: dict[str, Any] = {}
        self._new_people: list[Person] = []
        self.proxy = Proxy()
        self.people: dict[str, Person] = {}

    @property
    def url(self) -> str:
        """The PDS as the program under test sees it: behind the proxy."""
        return self.proxy.url

    @property
    def pds_url(self) -> str:
        """The PDS itself."""
        return str(self._ready["pds"])

    @property
    def plc_url(self) -> str:
        """The directory of DID documents."""
        return str(self._ready["plc"])

    @property
    def app_view_url(self) -> str:
        """The AppView, which answers app.bsky calls without a login."""
        return str(self._ready["bsky"])

    @property
    def alice(self) -> Person:
        """The account alice.test."""
        return self.people["alice"]

    @property
    def bob(self) -> Person:
        """The account bob.test."""
        return self.people["bob"]

    @property
    def carol(self) -> Person:
        """The account carol.test."""
        return self.people["carol"]

    def new_person(self, prefix: str = "person") -> Person:
        """Create an account nobody else uses, with a display name and an empty past."""
        person = create_account(self.pds_url, self.app_view_url, f"{prefix}{len(self._new_people) + 1}.test")
        self._new_people.append(person)
        person.set_profile(prefix.capitalize())
        return person

    def start(self, deadline: float = 120) -> BlueskyServer:
        """Start everything and wait until it answers; return self."""
        self._folder = Path(tempfile.mkdtemp(prefix="introvert-bluesky-"))
        self._folder.chmod(0o711)  # the database's user must get through to its own folder
        atexit.register(self.stop)
        try:
            self._start_network(self._folder, deadline)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End all processes and remove their files; a second call does nothing."""
        atexit.unregister(self.stop)
        for person in (*self.people.values(), *self._new_people):
            person.close()
        self.proxy.stop()
        while self._children:
            self._children.pop().stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def reset(self) -> None:
        """Take back all faults and forget the recorded requests; the accounts and their posts stay."""
        self.resume()
        self.proxy.reset()

    def suspend(self) -> None:
        """Freeze the services, so that connections are taken and never answered."""
        self._running_network().suspend()

    def resume(self) -> None:
        """Let the services go on after `suspend`."""
        self._running_network().resume()

    def __enter__(self) -> BlueskyServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running_network(self) -> ChildProcess:
        if self._network is None:
            raise ProcessError("the server has not been started")
        return self._network

    def _start_network(self, folder: Path, deadline: float) -> None:
        postgres, redis, pds, plc, bsky, ozone, proxy = free_ports(7)
        self._start_postgres(folder / "postgres", postgres, deadline)
        self._start_redis(folder, redis, deadline)
        # The proxy's address is in every DID document, hence fixed before the first account is made.
        self.proxy.start(upstream=("127.0.0.1", pds), port=proxy)
        # Modules are looked for beside the program, whose real place has none.
        program = folder / "net"
        program.mkdir()
        shutil.copy(install.HERE / "net.mjs", program)
        (program / "node_modules").symlink_to(install.install_folder() / "node_modules")
        self._network = self._spawn(
            folder / "net.log",
            install.node_home(install.install_folder()) / "bin" / "node",
            program / "net.mjs",
            *("--public-url", self.proxy.url),
            *("--pds-port", str(pds), "--plc-port", str(plc), "--bsky-port", str(bsky), "--ozone-port", str(ozone)),
            *(["--rate-limits"] if self._rate_limits else []),
            environment={
                "DB_POSTGRES_URL": f"postgresql://postgres@127.0.0.1:{postgres}/postgres",
                "REDIS_HOST": f"127.0.0.1:{redis}",
                "LOG_ENABLED": "false",
                "TMPDIR": str(program),
            },
        )
        self._ready = json.loads(self._network.wait_for_line('{"ready":true', deadline))
        for name, account in self._ready["accounts"].items():
            handle, password, did = account["handle"], account["password"], account["did"]
            self.people[name] = Person(self.pds_url, self.app_view_url, handle, password, did)

    def _start_postgres(self, folder: Path, port: int, deadline: float) -> None:
        folder.mkdir()
        give_to(folder, _DATABASE_USER)
        data = folder / "data"
        subprocess.run(
            [*as_user(_DATABASE_USER), _program("initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        server = self._spawn(
            folder.with_suffix(".log"),
            _program("postgres"),
            *("-D", data),
            *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            user=_DATABASE_USER,
            stop_signal=signal.SIGQUIT,  # at once: the data is thrown away
        )
        server.wait_for_line("ready to accept connections", deadline)

    def _start_redis(self, folder: Path, port: int, deadline: float) -> None:
        server = self._spawn(
            folder / "redis.log",
            _program("redis-server"),
            *("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder),
        )
        server.wait_for_line("Ready to accept connections", deadline)

    def _spawn(
        self,
        output: Path,
        *command: str | Path,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> ChildProcess:
        child = ChildProcess(command, output, user=user, environment=environment, stop_signal=stop_signal)
        self._children.append(child)
        return child


def _program(name: str) -> Path:
    found = install.find_program(name)
    if found is None:
        raise ProcessError(f"{name} is not installed; {install.COMMAND} installs it")
    return found
