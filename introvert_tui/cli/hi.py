"""`introvert hi`: a hello to any post, by its address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from introvert_tui.cli.output import Exit, read_out, talk

if TYPE_CHECKING:
    from introvert_tui.engine.views import Composer

_SENDING_SECONDS = 20.0


@click.command()
@click.argument("address", metavar="LINK")
def hi(address: str) -> int:
    """Say hello to whoever wrote the post at LINK, and leave.

    You see what it says and who will be told before you write. The hello is one line, read from the terminal or from
    standard input; an empty one sends nothing.
    """
    from introvert_tui.cli.asking import at_the_terminal

    try:
        with at_the_terminal():
            return asyncio.run(_hi(address))
    except KeyboardInterrupt:
        talk("\nStopped. What you entered and has not gone out is kept.")
        return Exit.INTERRUPTED


async def _hi(address: str) -> int:
    from introvert_tui.cli.asking import ask_yes_or_no
    from introvert_tui.cli.opening import open_user_session
    from introvert_tui.cli.plain_writing import KEPT, NOT_SENT, remark_on
    from introvert_tui.engine.events import Event, Said
    from introvert_tui.tui.pages import message_content

    said: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Said):
            said.append(event.sentence)

    session, written = open_user_session(listen), False
    try:
        composer = await session.reach(address)
        view = session.conversation(composer.conversation)
        message = next(one for one in view.messages if one.id == composer.message)
        read_out(message_content(message, session.visit.clock.local()).plain)
        talk(f"To {composer.to}. {composer.sentence} Empty sends nothing.")
        text = _words(composer)
        remark = remark_on(session, composer, text)
        if text and text != composer.kept:
            composer = await session.keep_words(composer, text)  # before a question that may never be answered
        if text and (not remark or ask_yes_or_no(f"{remark} Send it all the same? y/n", "y sends it, n does not.")):
            if (told := session.refreshed(composer, text).sentence) != composer.sentence:
                talk(told)
            await session.hello(composer, text)
            await session.let_go()
            written = True
        else:
            talk(KEPT if composer.kept else NOT_SENT)
    finally:
        waits = await session.quit(send=written, deadline=_SENDING_SECONDS)
        if not written:
            waits = None  # of what waited before, nothing was tried
    for sentence in (*said, *([waits] if waits else [])):
        talk(sentence)
    return Exit.OFFLINE if waits else Exit.FINE


def _words(composer: Composer) -> str:
    from introvert_tui.cli.asking import ask_line
    from introvert_tui.text import clean

    if composer.kept is None:
        return ask_line("hello")
    talk(f"Kept: {clean(composer.kept)}")
    text = ask_line("hello, k sends the kept words")
    return composer.kept if text == "k" else text
