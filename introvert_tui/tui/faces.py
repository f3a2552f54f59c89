"""People in a list, and what their cards say: a view in, styled lines out; pure, so that a test needs no screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual.content import Content

from introvert_tui.engine.acquaintances import Acquaintance, Card, Circle, Exchange, Profile, Turn
from introvert_tui.text import ago

from .fitting import shorten, wrapped
from .rows import QUIET, STRONG, first_line, one_line, pictures

HEADINGS = {
    Circle.FAMILIAR: "You know each other, longest ago first",
    Circle.MET: "You talked once",
    Circle.HEARD: "You have not talked yet",
    Circle.AWAY: "Muted or blocked",
}
_MOST_LINES = 2
_SHORTEST_NAME = 20


def person_lines(one: Acquaintance, width: int, now: datetime, several: bool) -> list[Content]:
    """Somebody in the list: their name and when you last spoke, and below it what they go by and your note."""
    networks = ", ".join(network.capitalize() for network in one.networks)
    below = [shorten(", ".join(f"@{handle}" for handle in one.handles), width)]
    if one.notes:
        below.append(shorten(one_line(one.notes), width))
    return [
        first_line(one.name, _SHORTEST_NAME, networks if several else "", ago(one.at, now), width),
        *(Content.styled(line, QUIET) for line in below),
    ]


def exchange_lines(one: Exchange, name: str, width: int, now: datetime, several: bool) -> list[Content]:
    """One time that you spoke: when and where, and the last words of each, in order."""
    when = f"{ago(one.at, now)}{', privately' if one.private else ''}{f' · {one.label}' if several else ''}"
    return [
        Content.styled(shorten(when, width), QUIET),
        *(line for turn in one.turns for line in _turn(turn, name, width)),
    ]


def _turn(turn: Turn, name: str, width: int) -> Iterator[Content]:
    who = "You" if turn.mine else shorten(name, 60)
    if turn.warning is not None:
        words = f"under the warning “{one_line(turn.warning)}”."
    else:
        words = " ".join(part for part in (one_line(turn.text), pictures(turn.pictures)) if part) or "[no words]"
    for index, line in enumerate(wrapped(f"{who}: {words}", width, _MOST_LINES)):
        said = f"{who}:"
        if index == 0 and line.startswith(said):
            yield Content.assemble((said, STRONG if turn.mine else ""), line[len(said) :])
        else:
            yield Content(line)


def about(card: Card) -> Content:
    """Who they are, whether you hear them, when you spoke, and who spoke first."""
    lines = [Content.assemble(*_profile(one, card)) for one in card.profiles]
    said = " ".join(sentence for sentence in (card.spoke, card.first) if sentence)
    return Content("\n").join([*lines, *([Content(said)] if said else [])])


def _profile(one: Profile, card: Card) -> Iterator[str | tuple[str, str]]:
    if one.name != card.name:
        yield f"{shorten(one.name, 60)}, "
    yield (f"@{one.handle} on {one.label}", QUIET)
    facts = []
    if one.followed is not None:
        facts.append("you follow them" if one.followed else "you don't follow them")
    if one.muted:
        facts.append("muted")
    if one.blocked:
        facts.append("blocked")
    if facts:
        yield (f": {', '.join(facts)}", QUIET)
