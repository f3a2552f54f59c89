"""`introvert search`: look for words in everything that is on this computer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from introvert_tui.cli.output import Exit, data, read_out, talk
from introvert_tui.text import capital

if TYPE_CHECKING:
    from introvert_tui.engine.searching import Finding


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def search(words: Sequence[str], as_json: bool) -> int:
    """Find WORDS in everything that is on this computer, the newest first; no server is asked.

    All of the words have to be there, and the last one may go on. from:ana looks for what Ana said, from:me for what
    you did, on:mastodon for what was said there.
    """
    # Quotation marks that the shell took away are put back around what has spaces in it.
    return asyncio.run(_search(" ".join(map(_quoted, words)), as_json))


def finding_lines(
    finding: Finding, now: datetime, behind_a_warning: str = "The words behind it are in the app."
) -> list[str]:
    """Say one finding: who, where and when, and the words around what was looked for."""
    from introvert_tui.cli.plain import sentence
    from introvert_tui.text import ago_in_words

    who = f"{finding.who} to {finding.to}" if finding.to else finding.who
    openness = "privately" if finding.private else "public"
    unsent = ", not sent yet" if finding.unsent else ""
    lines = [f"{who}, {finding.label}, {openness}, {ago_in_words(finding.at, now)}{unsent}."]
    if finding.warned:
        lines.append(f"Warning: {sentence(finding.excerpt.text)} {behind_a_warning}")
    elif finding.excerpt.text:
        beside = f"{capital(finding.beside)}: " if finding.beside else ""
        lines.append(f"{beside}{finding.excerpt.text}")
    return lines


def finding_record(finding: Finding) -> dict[str, object]:
    """Return the fields that `search --json` promises; the README lists them."""
    from introvert_tui.cli.plain import utc

    return {
        "id": finding.conversation,
        "network": finding.network,
        "private": finding.private,
        "who": finding.who,
        "mine": finding.mine,
        "to": finding.to,
        "text": None if finding.warned else finding.excerpt.text,
        "warning": finding.excerpt.text if finding.warned else None,
        "beside": finding.beside or None,
        "at": utc(finding.at),
        "sent": not finding.unsent,
    }


def _quoted(word: str) -> str:
    filter, colon, value = word.partition(":")
    if " " not in word or '"' in word:
        return word
    if colon and filter.casefold() in ("from", "on"):
        return f'{filter}:"{value}"'
    return f'"{word}"'


async def _search(typed: str, as_json: bool) -> int:
    from introvert_tui.cli.opening import user_session
    from introvert_tui.cli.start import NO_ACCOUNT

    async with user_session() as session:
        findings = await session.search(typed)
        anybody = bool(session.accounts())
    now = datetime.now().astimezone()
    for finding in findings.found:
        if as_json:
            data(json.dumps(finding_record(finding)))
        else:
            for line in (*finding_lines(finding, now), ""):
                read_out(line)
    if not findings.found:
        talk("Nothing found." if anybody else NO_ACCOUNT)
    elif findings.more:
        talk("The newest hundred are shown.")
    return Exit.FINE
