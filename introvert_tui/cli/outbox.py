"""`introvert outbox`: what has not gone out yet."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING

import click

from introvert_tui.cli.output import Exit, data, read_out, talk
from introvert_tui.text import capital

if TYPE_CHECKING:
    from introvert_tui.engine.inbox import AccountView
    from introvert_tui.engine.views import OutgoingView, SendReport

NOTHING = "Nothing is waiting to go out."


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per message and line.")
@click.pass_context
def outbox(context: click.Context, as_json: bool) -> int:
    """List, send, edit and drop what has not gone out yet.

    The list asks no server. Its numbers are those that the other commands take; in a script, the `id` that --json
    prints is safer, since the numbers move up when something goes out.
    """
    if context.invoked_subcommand is None:
        return asyncio.run(_list(as_json))
    if as_json:
        raise click.UsageError("--json belongs to the list alone.")
    return Exit.FINE


@outbox.command()
@click.argument("numbers", metavar="[NUMBER|ID]...", nargs=-1)
def send(numbers: tuple[str, ...]) -> int:
    """Send now what would go out with the next visit.

    What is asked about first goes out if its NUMBER is given. Without any, you are asked about each on a terminal, and
    elsewhere it stays.
    """
    from introvert_tui.cli.asking import at_the_terminal

    with at_the_terminal():
        return asyncio.run(_send(numbers))


@outbox.command()
@click.argument("number", metavar="NUMBER|ID")
def edit(number: str) -> int:
    """Change the words of a message that certainly did not go out.

    They open in $VISUAL or $EDITOR; where standard input is no terminal, the new words are read from it.
    """
    return asyncio.run(_edit(number))


@outbox.command()
@click.argument("number", metavar="NUMBER|ID")
def drop(number: str) -> int:
    """Take a message back that did not go out; its words stay in the conversation."""
    from introvert_tui.cli.asking import at_the_terminal

    with at_the_terminal():
        return asyncio.run(_drop(number))


def outgoing_lines(there: Sequence[OutgoingView], accounts: Sequence[AccountView], now: datetime) -> list[str]:
    """Say everything that has not gone out: one block of lines for each message, and an empty line between two."""
    from introvert_tui.text import ago_in_words, clean

    lines: list[str] = []
    for number, one in enumerate(there, 1):
        several = sum(account.network == one.network for account in accounts) > 1
        where = f"{one.label} from {one.account}" if several else one.label
        written = ago_in_words(one.written_at, now)
        head = f"{number} of {len(there)}. {one.kind.capitalize()} to {one.to}, {where}, written {written}."
        lines += [*([""] if lines else []), head, clean(one.text), _sentence(one.stands)]
    return lines


def outgoing_record(one: OutgoingView, number: int) -> dict[str, object]:
    """Return the fields of one message that `outbox --json` promises; the README lists them."""
    from introvert_tui.cli.plain import utc

    return {
        "number": number,
        "id": one.key,
        "network": one.network,
        "account": one.account,
        "to": one.to,
        "kind": one.kind,
        "text": one.text,
        "written": utc(one.written_at),
        "state": one.state,
        "stands": one.stands,
        "attempts": one.attempts,
        "tried": utc(one.attempted_at) if one.attempted_at else None,
    }


def find_message(wanted: str, there: Sequence[OutgoingView]) -> OutgoingView:
    """Return the message of this number or id; raises `click.UsageError` with the choices."""
    for number, one in enumerate(there, 1):
        if wanted in (str(number), one.key):
            return one
    if not there:
        raise click.UsageError(f"There is no message {wanted}. {NOTHING}")
    choices = "one message" if len(there) == 1 else f"messages 1 to {len(there)}"
    raise click.UsageError(f"There is no message {wanted}. `introvert outbox` lists {choices}.")


async def _list(as_json: bool) -> int:
    from introvert_tui.cli.opening import user_session
    from introvert_tui.cli.start import NO_ACCOUNT

    async with user_session() as session:
        there, accounts = session.outbox(), session.accounts()
    if as_json:
        for number, one in enumerate(there, 1):
            data(json.dumps(outgoing_record(one, number)))
    elif there:
        for line in outgoing_lines(there, accounts, datetime.now().astimezone()):
            read_out(line)
    elif accounts:
        data(NOTHING)
    if not accounts:
        talk(NO_ACCOUNT)
    return Exit.FINE


async def _send(numbers: Sequence[str]) -> int:
    from introvert_tui.cli.opening import user_session
    from introvert_tui.cli.start import NO_ACCOUNT

    async with user_session() as session:
        there = session.outbox()
        chosen = {find_message(number, there).key for number in numbers}
        if not session.accounts():
            talk(NO_ACCOUNT)
            return Exit.FINE
        if not there:
            data(NOTHING)
            return Exit.FINE
        if not numbers and sys.stdin.isatty():
            chosen = {one.key for one in there if one.question and _wants_it_sent(one, one.question)}
        report = await session.send_unsent(chosen)
    for sentence in report.sentences:
        read_out(sentence)
    return _code_of(report)


async def _edit(number: str) -> int:
    from introvert_tui.cli.opening import user_session

    async with user_session() as session:
        one = find_message(number, session.outbox())
        words = _new_words(session.rewordable(one.key))
        talk(await session.reword(one.key, words))
    return Exit.FINE


async def _drop(number: str) -> int:
    from introvert_tui.cli.asking import ask_yes_or_no
    from introvert_tui.cli.opening import user_session

    async with user_session() as session:
        one = find_message(number, session.outbox())
        if sys.stdin.isatty():
            _show(one)
            if not ask_yes_or_no("Take it back? y/n", "y takes it back and keeps the words, n leaves it as it is."):
                talk("It waits as it is.")
                return Exit.FINE
        talk(await session.drop(one.key))
    return Exit.FINE


def _show(one: OutgoingView) -> None:
    from introvert_tui.text import clean

    talk(f"{one.kind.capitalize()} to {one.to}, {one.label}:\n{clean(one.text)}")


def _wants_it_sent(one: OutgoingView, question: str) -> bool:
    from introvert_tui.cli.asking import ask_yes_or_no

    _show(one)
    return ask_yes_or_no(f"{question} y/n", "y sends it, n leaves it as it is.")


def _new_words(words: str) -> str:
    """Let the person change some words; raises `Cannot` if nothing was saved, or what came is no text."""
    from introvert_tui.errors import Cannot

    if sys.stdin.isatty():
        return _edited_words(words)
    try:
        piped = sys.stdin.read()
        piped.encode()
    except UnicodeError:
        raise Cannot("What came is not UTF-8 text, so nothing was changed.") from None
    return piped


def _edited_words(words: str) -> str:
    from introvert_tui.errors import Cannot
    from introvert_tui.tui.editor import in_editor

    edited = in_editor(words, nullcontext)
    if edited.words == words:
        raise Cannot("Nothing was saved, so nothing was changed.")
    if edited.remark:
        talk(edited.remark)
    return edited.words


def _code_of(report: SendReport) -> Exit:
    if report.signed_out:
        return Exit.SIGNED_OUT
    if report.offline:
        return Exit.OFFLINE
    return Exit.FAILED if report.refused else Exit.FINE


def _sentence(words: str) -> str:
    return f"{capital(words)}{'' if words.endswith('.') else '.'}"
