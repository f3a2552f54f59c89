"""Child processes on loopback ports, which never outlive the tests."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

# Below the range from which the kernel takes the local ports of outgoing connections.
_PORTS = range(20_000, 32_000)


class ProcessError(Exception):
    """A child process ended, or did not get ready in time; the message ends with its last output."""


def free_ports(count: int) -> list[int]:
    """Return distinct loopback ports on which nobody listens."""
    with ExitStack() as held:
        ports: list[int] = []
        for port in random.sample(_PORTS, k=len(_PORTS)):
            candidate = held.enter_context(socket.socket())
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
            if len(ports) == count:
                return ports
    raise ProcessError(f"fewer than {count} free ports on loopback")


class ChildProcess:
    """A process which is killed with the thread that started it, however that ends."""

    def __init__(
        self,
        command: Sequence[str | Path],
        output: Path,
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self._output = output
        self._stop_signal = stop_signal
        # setpriv sets the parent-death signal after changing the user, which would clear it, and becomes the command.
        with output.open("wb") as stream:
            self._process = subprocess.Popen(
                [*as_user(user, "--pdeathsig", "KILL"), *command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                # Its own group: Ctrl-C is for pytest, which then stops the servers in order.
                start_new_session=True,
            )

    def wait_for_line(self, text: str, deadline: float) -> str:
        """Return the first line of output that contains a text, or raise ProcessError when it cannot come in time."""
        end = time.monotonic() + deadline
        while True:
            ended = self._process.poll() is not None
            output = self._output.read_text(encoding="utf-8", errors="replace")
            complete = output[: output.rfind("\n") + 1].splitlines()
            if found := next((line for line in complete if text in line), None):
                return found
            if ended or time.monotonic() > end:
                state = f"ended with status {self._process.returncode}" if ended else f"not ready in {deadline} s"
                raise ProcessError(f"{self._process.args!r} {state}:\n{output[-4000:]}")
            time.sleep(0.05)

    def suspend(self) -> None:
        """Freeze the process: its connections stay open and nothing is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a suspended process go on."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self, timeout: float = 20) -> None:
        """End the process politely, or by force after the time-out."""
        if self._process.poll() is not None:
            return
        self.resume()
        self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def as_user(user: str | None, *options: str) -> list[str]:
    """Return what goes before a command to run it with setpriv's options, and as a user if this process is root."""
    drop = ["--reuid", user, "--regid", str(_group_of(user)), "--clear-groups"] if user and os.geteuid() == 0 else []
    return ["setpriv", *options, *drop, "--"] if options or drop else []


def give_to(path: Path, user: str) -> None:
    """Make a user the owner of a folder, where this process may do so."""
    if os.geteuid() == 0:
        shutil.chown(path, user, _group_of(user))


def _group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid
