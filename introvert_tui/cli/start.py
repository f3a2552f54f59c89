"""`introvert` and `introvert demo`: the app on a terminal that can show it, plain lines anywhere else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from introvert_tui.cli.output import Exit, talk
from introvert_tui.cli.terminal import left_as_it_was, moves_its_cursor
from introvert_tui.settings.config import load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from introvert_tui.engine.events import Event
    from introvert_tui.engine.session import Session
    from introvert_tui.settings import Paths, Settings

NARROWEST, LOWEST = 40, 8
"""Columns and lines that the app needs."""
NO_ACCOUNT = (
    "There is no account yet. `introvert accounts add bluesky` signs you in, or mastodon instead of bluesky; "
    "`introvert demo` shows a small made-up town."
)


def visit() -> int:
    """Open the app with the user's own conversations."""
    from introvert_tui.engine.opening import open_session
    from introvert_tui.settings.paths import Paths

    paths = Paths.user()
    settings, ignored = load(paths.config_file)

    def open_user_session(listen: Callable[[Event], None]) -> Session:
        return open_session(settings, paths, listen)

    if not suits_the_app():
        _tell_what_is_not_followed(settings, ignored, paths)
        return print_waiting(open_user_session, "introvert visit --plain")
    from introvert_tui.tui.app import LOOK_AROUND, PLAIN_LINES, run

    code = run(open_user_session, settings, ignored=ignored)
    if code == PLAIN_LINES:
        talk("Plain lines from here on. `introvert visit --plain` brings you straight to them.")
        return visit_plainly()
    return demo() if code == LOOK_AROUND else code


def demo() -> int:
    """Open the app in a small made-up town: nothing to sign in to, nothing kept, no network."""
    if not suits_the_app():
        from introvert_tui.engine.opening import open_demo

        return print_waiting(open_demo, "introvert demo --plain", catch_up=True)
    from introvert_tui.cli.town import begin_town

    town = begin_town()
    from introvert_tui.settings.paths import Paths
    from introvert_tui.tui.app import run

    # Looked for and not made: one's own keys and colours hold in town as well, and nothing of one's own is touched.
    settings, ignored = load(Paths.found().config_file)
    return run(lambda listen: town(listen, settings), settings, demo=True, ignored=ignored)


UNTIL_THE_NEXT_LETTER = 24 * 3600.0
"""Seconds for which a plain visit holds a hello at most: the next letter comes sooner."""


def visit_plainly() -> int:
    """Pay a visit in plain lines, with the user's own conversations; the first time, lead to an account before it."""
    from introvert_tui.engine.clock import Waits
    from introvert_tui.engine.opening import open_session
    from introvert_tui.settings.paths import Paths

    paths = Paths.user()
    settings, ignored = load(paths.config_file)
    _tell_what_is_not_followed(settings, ignored, paths)
    waits = Waits(hold=UNTIL_THE_NEXT_LETTER)
    while not _plainly(lambda listen: open_session(settings, paths, listen, waits=waits)):
        from introvert_tui.cli.plain_visit import TOWN, first_way

        way = first_way()
        if way is None or way == TOWN:
            return demo_plainly() if way else Exit.FINE
        _sign_in(way)
    return Exit.FINE


def demo_plainly() -> int:
    """Pay a visit in plain lines to the made-up town."""
    from introvert_tui.engine.clock import Waits
    from introvert_tui.engine.opening import open_demo

    _plainly(lambda listen: open_demo(listen, waits=Waits(hold=UNTIL_THE_NEXT_LETTER)))
    return Exit.FINE


def _tell_what_is_not_followed(settings: Settings, ignored: Sequence[str], paths: Paths) -> None:
    """Where the app does not come to say it: also what only the app knows of the colours, keys and pictures."""
    for sentence in ignored:
        talk(sentence)
    usual = type(settings)()
    if (settings.theme, settings.keys, settings.pictures) == (usual.theme, usual.keys, usual.pictures):
        return
    from introvert_tui.settings.reading import Finding
    from introvert_tui.tui.tailoring import about

    for line in about(settings):
        talk(Finding(None, line.said).sentence(paths.config_file))


def _plainly(open_session: Callable[[Callable[[Event], None]], Session]) -> bool:
    import asyncio

    from introvert_tui.cli.plain_visit import visit_plainly

    with left_as_it_was():
        return asyncio.run(visit_plainly(open_session))


def _sign_in(network: str) -> None:
    """Sign in on the terminal; where that fails, it has been said why."""
    from introvert_tui.cli.guard import guarded
    from introvert_tui.cli.signing_in import sign_in

    guarded(lambda: sign_in(network))


def print_waiting(
    open_session: Callable[[Callable[[Event], None]], Session], in_lines: str, catch_up: bool = False
) -> int:
    """Print what waits, for a pipe or a terminal that cannot show the app; asks no server unless told to.

    `in_lines` is the command that does on such a terminal what the app would.
    """
    import asyncio
    import gc

    gc.enable()
    code = asyncio.run(_print_waiting(open_session, catch_up))
    if _is_a_terminal():
        talk(
            f"The app needs {NARROWEST} columns, {LOWEST} lines and a cursor that moves; "
            f"`{in_lines}` needs none of them."
        )
    return code


def suits_the_app() -> bool:
    """Say whether the terminal can show the app: it is one, it can move its cursor, and it is large enough."""
    if not _is_a_terminal() or not moves_its_cursor():
        return False
    import shutil

    size = shutil.get_terminal_size()
    return size.columns >= NARROWEST and size.lines >= LOWEST


def _is_a_terminal() -> bool:
    # The app draws on stderr where stdout is taken, so all three must be the terminal.
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


async def _print_waiting(open_session: Callable[[Callable[[Event], None]], Session], catch_up: bool) -> int:
    from introvert_tui.cli.plain import print_inbox, waiting_line

    session = open_session(lambda event: None)
    try:
        for sentence in session.opening_lines:
            talk(sentence)
        if catch_up:
            await session.catch_up()
        else:
            await session.wake()
        accounts = session.accounts()
        if not accounts:
            talk(NO_ACCOUNT)
        else:
            print_inbox(session.inbox(), accounts)
            if waits := waiting_line(session.outbox()):
                talk(waits)
    finally:
        await session.quit(send=False)
    return Exit.FINE
