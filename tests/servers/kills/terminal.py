"""A pseudo-terminal with a program on it, which reads along while it waits for something."""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pexpect

from tests.children import end

T = TypeVar("T")
_BLINK = 0.02
_CHUNK = 65_536
_LAST_WORDS = 2000


class Ended(Exception):
    """The program is over, by itself or because it was killed; the message is what it wrote last."""


class Terminal:
    """One start of a program. `output` is all that it ever wrote; `killed` whether SIGKILL was its end."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0], list(command[1:]), env={**environment}, cwd=folder, dimensions=(40, 120), encoding=None
        )
        assert self._child.pid is not None
        self._pid: int = self._child.pid
        # Keys follow what was read, so nothing has to be waited for between them.
        self._child.delaybeforesend = None
        self.output = bytearray()
        self.killed = False
        self.doom: Callable[[], bool] = lambda: False
        """Asked at every moment; once it is true, the program is killed."""
        self._fuse: float | None = None
        self._hung_up = False

    @property
    def mark(self) -> int:
        """The place in the output at which it stands now."""
        return len(self.output)

    def send(self, keys: bytes) -> int:
        """Press keys; return the place in the output before what they bring about. Raises `Ended`."""
        mark = self.mark
        self.light()
        try:
            os.write(self._child.child_fd, keys)
        except OSError as problem:
            raise Ended(self.last_words()) from problem
        return mark

    def shows(self, pattern: bytes, since: int = 0) -> re.Match[bytes] | None:
        """What was written since a place, where it matches a pattern."""
        return re.compile(pattern, re.DOTALL).search(self.output, since)

    def until(self, condition: Callable[[], T | None], deadline: float = 30) -> T:
        """Read along until a condition is true, and return its value. Raises `Ended`, or AssertionError."""
        end = time.monotonic() + deadline
        while not (value := condition()):
            if self.doom():
                self.kill()
            if self.killed or not self._read():
                raise Ended(self.last_words())
            if time.monotonic() > end:
                raise AssertionError(f"not within {deadline} s; last on the screen: {self.last_words()}{self._doing()}")
        return value

    def _doing(self) -> str:
        mark = self.mark
        os.kill(self._pid, signal.SIGUSR1)
        end = time.monotonic() + 2
        while self._read() and time.monotonic() < end:
            pass
        return "\n" + self.output[mark:].decode(errors="replace").replace("\r", "")

    def last_words(self) -> str:
        """The end of the output, without what moves the cursor and colours the text."""
        whole = self.output.decode(errors="replace").replace("\x1b[?1049l", " (the screen is given back) ")
        text = re.sub(r"\x1b\[[0-9;?<>=]*[a-zA-Z]|\s", " ", whole)
        return re.sub(" {2,}", "  ", text)[-_LAST_WORDS:]

    def burn(self, seconds: float) -> None:
        """Kill the program so many seconds after its first key."""
        self._fuse = seconds

    def light(self) -> None:
        """Let the seconds of `burn` begin, if they have not."""
        if self._fuse is not None:
            end, self._fuse = time.monotonic() + self._fuse, None
            self.doom = lambda: time.monotonic() >= end

    def kill(self) -> None:
        """Kill the program, and return when it is dead."""
        os.kill(self._pid, signal.SIGKILL)
        # It stays a zombie, so that how it ended can still be asked for.
        os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT)
        self.killed = True

    def hang_up(self) -> None:
        """Close the window: the terminal is gone, and the program with it once it notices."""
        pty: Any = self._child.ptyproc  # type: ignore[attr-defined]
        # pexpect's own `close` hangs up as well, and then gives the program no more than 0.1 s to end.
        pty.fileobj.close()
        pty.closed = self._child.closed = self._hung_up = True
        os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT)

    def end(self) -> int | None:
        """Read to the end; return the exit code, None if a signal was the end."""
        while self._read():
            pass
        self._child.wait()
        self._child.close()
        code: int | None = self._child.exitstatus
        return code

    def close(self) -> None:
        """Make sure that the program is over, however it stands."""
        if self._hung_up:
            self._child.wait()
        else:
            end(self._child)

    def _read(self) -> bool:
        """Take what is there, or wait for a moment; return whether the program may write more."""
        if self._hung_up or self._child.closed:
            return False
        if not select.select([self._child.child_fd], [], [], _BLINK)[0]:
            return True
        try:
            chunk = os.read(self._child.child_fd, _CHUNK)
        except OSError:  # what Linux says at the end
            return False
        self.output += chunk
        return bool(chunk)
