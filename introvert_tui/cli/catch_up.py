"""`introvert catch-up`: fetch what was said to you, and print it."""

from __future__ import annotations

import asyncio
import json

import click

from introvert_tui.cli.output import Exit, data, talk


@click.command("catch-up")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per conversation and line.")
def catch_up(as_json: bool) -> int:
    """Fetch without the app, and print what waits."""
    return asyncio.run(_catch_up(as_json))


async def _catch_up(as_json: bool) -> int:
    from introvert_tui.cli.opening import user_session
    from introvert_tui.cli.plain import print_inbox, row_record, trouble_lines, waiting_line
    from introvert_tui.cli.start import NO_ACCOUNT

    async with user_session() as session:
        if not session.accounts():
            talk(NO_ACCOUNT)
            return Exit.FINE
        report = await session.catch_up()
        inbox = session.inbox()
        if as_json:
            for row in inbox.rows:
                data(json.dumps(row_record(row)))
            for line in trouble_lines(inbox, report.accounts):
                talk(line)
        else:
            print_inbox(inbox, report.accounts)
        if waits := waiting_line(session.outbox()):
            talk(waits)
    if report.signed_out:
        return Exit.SIGNED_OUT
    return Exit.OFFLINE if report.offline else Exit.FINE
