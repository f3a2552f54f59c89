"""The town that a second process writes down is the town that the app opens; each in a program of its own."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import asyncio, os
from introvert_tui.cli import town
from introvert_tui.settings import Settings

def seen(session):
    return [(row.id, row.group, row.state, row.writers, row.text, row.note) for row in session.inbox().rows]

def breaks(home):
    os._exit(1)

async def visit(session):
    before = seen(session)
    await session.catch_up()
    print(len(before), len(seen(session)), before == seen(session))
    await session.quit(send=False)
    print(session.visit.store.path.parent.exists())

{before}
asyncio.run(visit(town.begin_town()(lambda event: None, Settings())))
"""


def ran(before: str = "") -> list[str]:
    program = PROGRAM.replace("{before}", before)
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.split()


def test_it_is_there_at_once_and_catching_up_changes_nothing() -> None:
    many, after, same, still_there = ran()
    assert int(many) > 5
    assert (after, same, still_there) == (many, "True", "False")


def test_without_the_second_process_the_app_catches_up_itself() -> None:
    many, after, _, still_there = ran("town._tell = breaks")
    assert (many, still_there) == ("0", "False")
    assert int(after) > 5
