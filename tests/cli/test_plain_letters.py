"""Everything that the app does has a letter in a plain visit or a command, read off the app's registry."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from queue import SimpleQueue

import click
import pytest

from introvert_tui.cli.commands import introvert
from introvert_tui.cli.plain_conversation import ConversationPlace
from introvert_tui.cli.plain_letters import (
    AT_LEFT,
    AT_OLDER,
    AT_PUT_OFF,
    AT_SENT,
    COMMANDS,
    IN_INBOX,
    IN_LIST,
    ON_CARD,
    Letter,
)
from introvert_tui.cli.plain_lists import Listing
from introvert_tui.cli.plain_people import CardPlace
from introvert_tui.cli.plain_place import Place
from introvert_tui.cli.plain_sent import SentPlace
from introvert_tui.cli.plain_visit import InboxPlace
from introvert_tui.cli.plain_voice import Voice
from introvert_tui.engine.closing import Spot
from introvert_tui.engine.opening import open_demo
from introvert_tui.tui.actions import ACTIONS, TEXT, Action, Where, here

PLACES: dict[Where, Sequence[Letter]] = {
    Where.INBOX: IN_INBOX,
    Where.CONVERSATION: AT_LEFT,
    Where.OTHERS: AT_OLDER,
    Where.LATER: AT_PUT_OFF,
    Where.LEFT: AT_LEFT,
    Where.SENT: AT_SENT,
    Where.PERSON: ON_CARD,
}
"""Each place of the app, and the letters of what is the same in a plain visit."""

MOVES = {"down", "up", "first", "last", "page_down", "page_up", "back", "open"}
"""Moves of a cursor and between places; a plain visit has those that it needs."""

BY_ITSELF = {
    "menu": "the question mark lists what there is",
    "keys": "the question mark lists what there is",
    "pictures": "their descriptions are read with each message",
    "send_hello": "the line is sent when it ends",
    "send_reply": "the line is sent when it ends",
    "take": "s takes the ready words, k those that were kept",
}
"""What needs no letter there, and why."""

WAYS_TO_LISTS = {"people", "search"}
"""Led to from everywhere in the app; in a plain visit from the inbox, which the empty line goes back to."""


def done_by(letters: Sequence[Letter]) -> set[str]:
    """The actions that these letters do."""
    return {id for letter in letters for id in (letter.does, *letter.also)}


def needs_a_way(action: Action) -> bool:
    return action.id not in MOVES and action.id not in BY_ITSELF and action.id not in COMMANDS


@pytest.mark.parametrize("place", PLACES, ids=lambda place: str(place.name).lower())
def test_every_action_of_a_place_has_a_letter_there_or_a_command(place: Where) -> None:
    ids = {action.id for action in here(place) if needs_a_way(action)} - WAYS_TO_LISTS
    put_off = done_by(AT_PUT_OFF) if place is Where.CONVERSATION else set()  # what was put off is read from its list
    assert ids - done_by(PLACES[place]) - put_off == set()
    assert done_by(IN_INBOX) >= WAYS_TO_LISTS


def test_no_place_is_forgotten() -> None:
    assert {place for place in Where if place not in TEXT and any(here(place))} == set(PLACES)


def test_what_is_done_while_writing_has_a_way_too() -> None:
    told = {id for letters in PLACES.values() for id in done_by(letters)}
    for action in ACTIONS:
        if action.where & TEXT and Where.SIGN_IN not in action.where:  # `accounts add` asks what a sign-in asks
            assert not needs_a_way(action) or action.id in told, action.id


@pytest.mark.parametrize("letters", [*PLACES.values(), IN_LIST])
def test_no_letter_means_two_things_in_a_place(letters: Sequence[Letter]) -> None:
    assert len({letter.typed for letter in letters}) == len(letters)
    assert "?" not in {letter.typed for letter in letters}


@pytest.mark.parametrize("command", COMMANDS.values())
def test_the_commands_are_there(command: str) -> None:
    found: click.Command | None = introvert
    for name in command.split()[1:]:
        assert isinstance(found, click.Group)
        found = found.commands.get(name)
    assert found is not None


@pytest.fixture
async def voice() -> AsyncIterator[Voice]:
    session = open_demo(lambda event: None)
    await session.catch_up()
    yield Voice(session, SimpleQueue(), lambda prompt: None, lambda line: None)
    await session.quit(send=False)


async def test_every_letter_does_something(voice: Voice) -> None:
    session = voice.session
    row = session.inbox().rows[0]
    await session.hello(session.composer(row.id, row.shown), "Hello.")
    spot = Spot(row.id, row.shown)

    async def nothing(one: int) -> None:
        """Nothing."""

    places: list[Place] = [
        InboxPlace(voice),
        *(ConversationPlace(voice, spot, letters) for letters in (AT_OLDER, AT_PUT_OFF, AT_LEFT)),
        SentPlace(voice, session.sent()[0]),
        CardPlace(voice, session.people()[0].id),
        Listing(voice, "Numbers.", lambda: (1,), str, nothing, "No number."),
    ]
    for place in places:
        for letter in place.letters:
            assert letter.does == "quit" or letter.does in place.all_deeds(), (type(place).__name__, letter)
