"""What a plain visit asks: about what was not sent, about a long absence, and which way to close the door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from introvert_tui.engine import sentences
from introvert_tui.engine.closing import Spot, Way, words
from introvert_tui.errors import Cannot

if TYPE_CHECKING:
    from introvert_tui.engine.acquaintances import Card
    from introvert_tui.engine.inbox import InboxRow
    from introvert_tui.engine.session import Session

    Ask = Callable[[str], Awaitable[str | None]]
    Say = Callable[[str], None]


async def close_the_door(session: Session, row: InboxRow | None, ask: Ask, say: Say) -> bool:
    """Let one of the ways that there are be chosen, at a conversation or about everything; whether that did anything.

    Raises `Cannot` with why it could not be done.
    """
    spot = Spot(row.id, row.shown) if row else None
    ways = session.ways_to_close(spot)
    card = session.person(session.who(spot.conversation, spot.shown)) if spot and Way.REPORT in ways else None
    for number, way in enumerate(ways, 1):
        say(f"{number}: {_words(way, card)}.")
    chosen = await ask("Number, or empty to cancel: ") or ""
    if not (chosen.isdecimal() and 1 <= int(chosen) <= len(ways)):
        say("Nothing was done.")
        return False
    way = ways[int(chosen) - 1]
    if way is Way.EVERYWHERE or way is Way.EVERYBODY:
        said: str | None = (await session.only_known(None, way is Way.EVERYWHERE)).sentence
    else:
        said = await _here(session, way, spot, card, ask) if spot else None
    if said:
        say(said)
    return said is not None and way is not Way.REPORT


def _words(way: Way, card: Card | None) -> str:
    name = card.name if card else ""
    return f"Say the address of {name}'s page, to report them" if way is Way.REPORT else words(way, name)


async def _here(session: Session, way: Way, spot: Spot, card: Card | None, ask: Ask) -> str | None:
    """Do what is about one conversation, and say what came of it; None where the person thought better of it."""
    match way:
        case Way.HERE | Way.EVERYBODY_HERE:
            return (await session.only_known(spot.conversation, way is Way.HERE)).sentence
        case Way.LEAVE:
            return (await session.leave(spot.conversation)).sentence
        case Way.LIMIT_ANSWERS:
            return (await session.limit_answers(spot)).sentence
        case Way.DETACH_QUOTE:
            return (await session.detach_quote(spot)).sentence
    if card is None:
        return None
    if way is Way.REPORT:
        return _page(session, spot, card)
    question = sentences.block(card.name, [one.label for one in card.profiles])
    if await ask(f"{question} y blocks them: ") != "y":
        return "Nobody was blocked."
    return (await session.block_person(card.id)).sentence


def _page(session: Session, spot: Spot, card: Card) -> str:
    """Their page, or where the network has none, what they wrote."""
    try:
        return session.page(card.id)
    except Cannot:
        to = session.conversation(spot.conversation).to
        if to is None or not to.url:
            raise
        return to.url


async def decide_what_was_left(session: Session, ask: Ask, say: Say) -> bool:
    """Decide about what an earlier visit did not send; False when the lines end."""
    for question in session.questions():
        say(question.sentence)
        say(question.text)
        answer = await ask("s sends it, k keeps the words: ")
        if answer is None:
            return False
        if answer in ("s", "k"):
            try:
                say((await session.decide(question, answer == "s")).sentence)
            except Cannot as problem:
                say(str(problem))
    return True


async def decide_about_absence(session: Session, ask: Ask, say: Say) -> bool:
    """Ask once about what came in a long absence, if it was much; False when the lines end."""
    absence = session.absence()
    if absence is None:
        return True
    say(absence.question)
    answer = await ask("y lets them go, n keeps them all: ")
    if answer == "y":
        say((await session.let_older_go(absence)).sentence)
    elif answer == "n":
        await session.keep_all(absence)
        say("All of them stay.")
    return answer is not None
