"""What a plain visit asks: about what was not sent, about a long absence, and which way to close the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.engine import sentences
from introvert_tui.engine.closing import Spot, Way, words
from introvert_tui.errors import Cannot, IntrovertError

if TYPE_CHECKING:
    from introvert_tui.cli.plain_voice import Voice
    from introvert_tui.engine.acquaintances import Card
    from introvert_tui.engine.session import Session


async def close_the_door(voice: Voice, spot: Spot | None) -> bool:
    """Let one of the ways that there are be chosen, at a conversation or about everything; whether that did anything.

    Raises `Cannot` with why it could not be done.
    """
    session = voice.session
    ways = session.ways_to_close(spot)
    card = session.person(session.who(*spot)) if spot and Way.REPORT in ways else None
    for number, way in enumerate(ways, 1):
        voice.say(f"{number}: {_words(way, card)}.")
    chosen = await voice.number("Number, or empty to cancel: ", len(ways))
    if chosen is None:
        voice.say("Nothing was done.")
        return False
    way = ways[chosen - 1]
    if way is Way.EVERYWHERE or way is Way.EVERYBODY:
        said: str | None = (await session.only_known(None, way is Way.EVERYWHERE)).sentence
    else:
        said = await _here(voice, way, spot, card) if spot else None
    if said:
        voice.tell(said)
    return said is not None and way is not Way.REPORT


def _words(way: Way, card: Card | None) -> str:
    name = card.name if card else ""
    return f"Say the address of {name}'s page, to report them" if way is Way.REPORT else words(way, name)


async def _here(voice: Voice, way: Way, spot: Spot, card: Card | None) -> str | None:
    """Do what is about one conversation, and say what came of it; None where the person thought better of it."""
    session = voice.session
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
    if await voice.ask(f"{question} y blocks them: ") != "y":
        voice.say("Nobody was blocked.")
        return None
    return (await session.block_person(card.id)).sentence


def _page(session: Session, spot: Spot, card: Card) -> str:
    """Their page, or where the network has none, what they wrote."""
    try:
        return session.page(card.id)
    except Cannot:
        view = session.conversation(spot.conversation)
        theirs = next((one for one in view.messages if one.id == spot.message and not one.mine), view.to)
        if theirs is None or not theirs.url:
            raise
        return theirs.url


async def decide_what_was_left(voice: Voice) -> None:
    """Decide about what an earlier visit did not send."""
    for question in voice.session.questions():
        voice.say(question.sentence)
        voice.say(question.text)
        answer = await voice.ask("s sends it, k keeps the words: ")
        if answer in ("s", "k"):
            try:
                voice.tell((await voice.session.decide(question, answer == "s")).sentence)
            except IntrovertError as problem:
                voice.tell(str(problem))
        else:
            voice.say("It waits; the next visit asks again.")


async def decide_about_absence(voice: Voice) -> None:
    """Ask once about what came in a long absence, if it was much."""
    absence = voice.session.absence()
    if absence is None:
        return
    voice.say(absence.question)
    answer = await voice.ask("y lets them go, n keeps them all: ")
    if answer == "y":
        voice.tell((await voice.session.let_older_go(absence)).sentence)
    elif answer == "n":
        await voice.session.keep_all(absence)
        voice.say("All of them stay.")
    else:
        voice.say("They stay, and you are asked again.")
