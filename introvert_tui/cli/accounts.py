"""`introvert accounts`: your sign-ins."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from introvert_tui.cli.output import Exit, data, talk

if TYPE_CHECKING:
    from introvert_tui.engine.inbox import AccountView


@click.group(invoke_without_command=True)
@click.pass_context
def accounts(context: click.Context) -> int:
    """List, add and remove your sign-ins."""
    return Exit.FINE if context.invoked_subcommand else asyncio.run(_list())


@accounts.command("list")
def list_accounts() -> int:
    """Print one account per line."""
    return asyncio.run(_list())


@accounts.command()
@click.argument("network")
def add(network: str) -> int:
    """Sign in to NETWORK, such as bluesky or mastodon.

    Questions are asked on the terminal. Where there is none, each answer is a line of standard input.
    """
    from introvert_tui.cli.signing_in import sign_in

    return sign_in(network, "`introvert` opens your conversations.")


@accounts.command()
@click.argument("account", metavar="HANDLE|NETWORK:HANDLE")
@click.option(
    "--forget/--keep",
    "forget",
    default=None,
    help="Forget its conversations too, or keep them for reading. Without either you are asked.",
)
def remove(account: str, forget: bool | None) -> int:
    """Sign an account out of this computer."""
    from introvert_tui.cli.asking import at_the_terminal

    try:
        with at_the_terminal():
            return asyncio.run(_remove(account, forget))
    except KeyboardInterrupt:
        talk("\nNothing was removed.")
        return Exit.INTERRUPTED


@accounts.command()
@click.argument("account", metavar="NETWORK|HANDLE|NETWORK:HANDLE")
@click.argument("until", nargs=-1, required=True, metavar="until DAY")
def rest(account: str, until: Sequence[str]) -> int:
    """Let an account rest: it is not asked, and nothing from there is shown, until tomorrow, monday or 2026-12-01."""
    return asyncio.run(_rest(account, " ".join(until)))


@accounts.command()
@click.argument("account", metavar="NETWORK|HANDLE|NETWORK:HANDLE")
def wake(account: str) -> int:
    """End the rest of an account."""
    return asyncio.run(_wake(account))


def find_account(wanted: str, there: Sequence[AccountView]) -> AccountView:
    """Return the one account meant, by handle or network; raises `click.UsageError` with the choices."""
    network, colon, handle = wanted.partition(":")
    if not colon:
        network, handle = "", wanted
    handle = handle.removeprefix("@").casefold()
    found = [
        account
        for account in there
        if account.handle.removeprefix("@").casefold() == handle and network.casefold() in ("", account.network)
    ] or [account for account in there if account.network == wanted.casefold()]
    if len(found) == 1:
        return found[0]
    from introvert_tui.cli.start import NO_ACCOUNT

    choices = ", ".join(f"{account.network}:{account.handle}" for account in found or there)
    if found:
        raise click.UsageError(f"{wanted} could be any of these: {choices}.")
    raise click.UsageError(f"You have no account {wanted}. You have: {choices}." if choices else NO_ACCOUNT)


def account_line(account: AccountView, now: datetime) -> str:
    """Say one account: its network, its name, and when it was last caught up."""
    from introvert_tui.text import clock

    caught_up = f"as of {clock(account.as_of, now)}" if account.as_of else "not caught up yet"
    return f"{account.network}:{account.handle}  {caught_up}"


async def _list() -> int:
    from introvert_tui.cli.opening import user_session
    from introvert_tui.cli.start import NO_ACCOUNT

    async with user_session() as session:
        there = session.accounts()
    if not there:
        talk(NO_ACCOUNT)
    now = datetime.now().astimezone()
    for account in there:
        data(account_line(account, now))
    for account in there:
        for sentence in (account.rests, account.trouble):
            if sentence:
                talk(sentence)
    return Exit.FINE


async def _rest(wanted: str, until: str) -> int:
    from introvert_tui.cli.opening import user_session

    async with user_session() as session:
        account = find_account(wanted, session.accounts())
        said = await session.rest(account.id, until)
    talk(f"{said} `introvert accounts wake {account.network}` ends that.")
    return Exit.FINE


async def _wake(wanted: str) -> int:
    from introvert_tui.cli.opening import user_session

    async with user_session() as session:
        account = find_account(wanted, session.accounts())
        await session.rouse(account.id)
    talk(f"{account.label} is asked again from the next catch-up on.")
    return Exit.FINE


async def _remove(wanted: str, forget: bool | None) -> int:
    from introvert_tui.cli.opening import user_session

    async with user_session() as session:
        account = find_account(wanted, session.accounts())
        if forget is None:
            forget = _ask_whether_to_forget(account)
        told = await session.remove_account(account.id, forget)
    for sentence in told:
        talk(sentence)
    return Exit.FINE


def _ask_whether_to_forget(account: AccountView) -> bool:
    from introvert_tui.cli.asking import ask_yes_or_no

    question = f"Forget the conversations of {account.handle} too? They stay on {account.label}. y/n"
    return ask_yes_or_no(question, "y forgets them here, n keeps them.")
