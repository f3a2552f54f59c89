"""Programs that tests start on a pseudo-terminal, and how they are ended."""

from __future__ import annotations

import signal
from typing import Any

import pexpect


def end(child: pexpect.spawn[Any]) -> None:
    """Kill it if it still runs, and wait for that: pexpect's own way gives a busy machine 0.1 s, and then raises."""
    if child.isalive():
        child.kill(signal.SIGKILL)
        child.wait()
    child.close()
