"""Signing in on a plain terminal: for `introvert accounts add`, and for a first visit in plain lines."""

from __future__ import annotations

from introvert_tui.cli.output import Exit, talk
from introvert_tui.errors import Cannot


def sign_in(network: str, then: str = "") -> int:
    """Ask a network's questions and keep the account, and say what to do `then`; returns the exit code."""
    import asyncio

    from introvert_tui.cli.asking import at_the_terminal

    try:
        with at_the_terminal():
            return asyncio.run(_sign_in(network.casefold(), then))
    except KeyboardInterrupt:
        talk("\nNothing was kept.")
        return Exit.INTERRUPTED


async def _sign_in(network: str, then: str) -> int:
    if network == "demo":
        raise Cannot("The demo needs no account: `introvert demo` opens it.")
    from introvert_tui.cli.asking import TerminalAsk
    from introvert_tui.cli.opening import user_session

    async with user_session() as session:
        account = await session.add_account(network, TerminalAsk())
    talk(f"Signed in to {account.label} as {account.handle}. {then}".rstrip())
    return Exit.FINE
