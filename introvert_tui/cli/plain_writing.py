"""Writing in a plain visit: a line that is kept before anything is asked about it, and sent if that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.engine.inbox import State
from introvert_tui.text import clean

if TYPE_CHECKING:
    from introvert_tui.cli.plain_voice import Voice
    from introvert_tui.engine.session import Session
    from introvert_tui.engine.views import Composer, Outcome

NOT_SENT = "Nothing was sent."
HELD = "Held until your next letter · u takes it back"
KEPT = "Nothing was sent; your words are kept."


async def write(voice: Voice, composer: Composer, reply: bool) -> Outcome | None:
    """Write a hello or a reply, which is held then; None if nothing was sent."""
    session = voice.session
    voice.say(f"To {composer.to}. {composer.sentence} Empty cancels.")
    text = await _words(voice, composer, "reply" if reply else "hello")
    if not text:
        voice.say(KEPT if composer.kept else NOT_SENT)
        return None
    remark = remark_on(session, composer, text)
    if text != composer.kept:
        # Before the next question: it may never be answered.
        composer = await session.keep_words(composer, text)
    if remark and await voice.ask(f"{remark} y sends it all the same: ") != "y":
        voice.say(KEPT)
        return None
    if (told := session.refreshed(composer, text).sentence) != composer.sentence:
        voice.say(told)
    rejoins = session.conversation(composer.conversation).state is State.LEFT
    outcome = await (session.reply(composer, text) if reply else session.hello(composer, text))
    if not reply and not outcome.left_inbox:
        voice.tell(outcome.sentence.partition(" · ")[0] + ".")  # who else waits there
    elif rejoins:
        voice.say("You are part of this again.")
    voice.holds = True
    voice.tell(HELD)
    return outcome


def remark_on(session: Session, composer: Composer, text: str) -> str | None:
    """What to ask about before words go out, if anything."""
    if composer.meant_for is not None and text == composer.kept:
        return f"You wrote this to {composer.meant_for}, and here it goes to {composer.to}."
    return session.pitch_in(text)


async def _words(voice: Voice, composer: Composer, kind: str) -> str:
    ways = []
    if composer.kept:
        voice.say(f"Kept: {clean(composer.kept)}")
        ways.append("k sends the kept words")
    if composer.suggestions:
        voice.say(f"Ready: {composer.suggestions[0]}")
        ways.append("s sends the ready ones")
    text = await voice.ask(f"{', '.join([kind, *ways])}: ")
    if text == "k" and composer.kept:
        return composer.kept
    return composer.suggestions[0] if text == "s" and composer.suggestions else text
