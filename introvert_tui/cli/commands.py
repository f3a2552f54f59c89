"""The commands by name; click is imported here and in the groups, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from introvert_tui import __version__
from introvert_tui.cli.accounts import accounts
from introvert_tui.cli.catch_up import catch_up
from introvert_tui.cli.config import config
from introvert_tui.cli.hi import hi
from introvert_tui.cli.outbox import outbox
from introvert_tui.cli.output import Exit
from introvert_tui.cli.search import search


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="introvert", message="%(prog)s %(version)s")
@click.pass_context
def introvert(context: click.Context) -> int:
    """Introvert: say hi and leave.

    The conversations you are part of, in one calm inbox. Without a command the inbox opens; where there is no terminal
    to show it on, what waits is printed.
    """
    if context.invoked_subcommand is not None:
        return Exit.FINE
    from introvert_tui.cli.start import visit

    return visit()


@introvert.command()
@click.option("--plain", is_flag=True, help="In plain lines, for speech and braille.")
def visit(plain: bool) -> int:
    """Open the inbox."""
    from introvert_tui.cli import start

    return start.visit_plainly() if plain else start.visit()


@introvert.command()
@click.option("--plain", is_flag=True, help="In plain lines, for speech and braille.")
def demo(plain: bool) -> int:
    """Look around in a small made-up town; nothing to sign in to."""
    from introvert_tui.cli import start

    return start.demo_plainly() if plain else start.demo()


introvert.add_command(accounts)
introvert.add_command(catch_up)
introvert.add_command(hi)
introvert.add_command(search)
introvert.add_command(outbox)
introvert.add_command(config)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    if os.environ.get("_INTROVERT_COMPLETE"):
        introvert.main(list(arguments), prog_name="introvert")  # answers the shell, and ends
    try:
        # What `main` has beside this takes Ctrl+C, and a reader who has read enough, for ends of its own.
        with introvert.make_context("introvert", list(arguments)) as context:
            code = introvert.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return code if isinstance(code, int) else Exit.FINE
