"""People and their cards on the screen, through the real engine in the demo town."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from textual import events

from introvert_tui.engine.inbox import State
from introvert_tui.model import Span
from introvert_tui.tui.actions import Where, here
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.screens.people import PeopleScreen
from introvert_tui.tui.screens.person import PersonScreen
from introvert_tui.tui.widgets.note import NoteText
from introvert_tui.tui.widgets.row_list import RowList

from .driving import Visit, says, visit_town


async def open_card(town: Visit, who: str) -> PersonScreen:
    """The card of somebody who waits."""
    await town.go_to(who)
    await town.press("i")
    card = town.app.screen
    assert isinstance(card, PersonScreen)
    assert card.card.name == who
    return card


def words(town: Visit) -> str:
    """What is on the screen, as one line."""
    return " ".join(town.text.split())


def stored_notes(town: Visit) -> list[str]:
    """Your notes as another program sees them on the disk, now."""
    with closing(sqlite3.connect(town.app.session.visit.store.path)) as db:
        return [row[0] for row in db.execute("SELECT notes FROM card")]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 30)])
async def test_people_are_found_by_typing_and_opened(size: tuple[int, int]) -> None:
    async with visit_town(size=size) as town:
        await town.press("p")
        assert isinstance(town.app.screen, PeopleScreen)
        assert "Bram Tuck" in town.text
        await town.write("ana")
        assert "Bram Tuck" not in town.text
        await town.press("enter")
        assert isinstance(town.app.screen, PersonScreen)
        assert "Ana Prado" in town.text
        assert "@ana on Demo" in town.text
        await town.press("escape", "escape")
        assert town.app.place() is town.inbox


async def test_nobody_is_found_by_a_name_that_nobody_has() -> None:
    async with visit_town() as town:
        await town.press("p")
        await town.write("nobody at all")
        assert "Nobody goes by that name here." in town.text
        await town.press("enter", "down", "pagedown")
        assert isinstance(town.app.screen, PeopleScreen)


async def test_the_card_is_of_whoever_the_cursor_is_on() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("enter")
        place = town.app.screen
        assert isinstance(place, ConversationScreen)
        for _ in range(8):
            message = place.thread.here
            if message is not None and not message.mine and message.name != "Ana Prado":
                break
            await town.press("k")
        who = message.name if message else ""
        await town.press("i")
        card = town.app.screen
        assert isinstance(card, PersonScreen)
        assert card.card.name == (who if message and not message.mine else "Ana Prado")
        await town.press("escape")
        assert town.app.screen is place


async def test_what_you_said_to_each_other_is_opened_from_the_card() -> None:
    async with visit_town() as town:
        card = await open_card(town, "Ana Prado")
        said = card.card.exchanges[0]
        assert f"Ana Prado: {said.turns[-1].text[:20]}" in town.text
        await town.press("enter")
        place = town.app.screen
        assert isinstance(place, ConversationScreen)
        assert place.subject().id == said.conversation


async def test_a_note_is_on_the_disk_as_it_is_typed() -> None:
    async with visit_town() as town:
        card = await open_card(town, "Ana Prado")
        assert "No note yet" in town.text
        await town.press("n")
        assert isinstance(town.app.focused, NoteText)
        await town.write("keeps three inks, q h M B")
        await town.until(lambda: stored_notes(town) == ["keeps three inks, q h M B"])
        await town.press("escape", "escape")
        assert town.app.place() is town.inbox
        await town.press("i")
        assert "keeps three inks" in town.text
        assert not town.app.session.person(card.person).muted


@pytest.mark.parametrize("leave", ["ctrl+c", "ctrl+q"])
async def test_a_way_out_behind_the_letters_of_a_note_keeps_them(leave: str) -> None:
    async with visit_town() as town:
        await open_card(town, "Ana Prado")
        await town.press("n")
        town.press_at_once(*"three", leave)
        await town.until(lambda: not town.app.is_running)
        assert stored_notes(town) == ["three"]


async def test_a_note_is_begun_and_left_with_the_mouse() -> None:
    async with visit_town() as town:
        await open_card(town, "Ana Prado")
        await town.click("No note yet")
        assert isinstance(town.app.focused, NoteText)
        await town.write("three inks")
        await town.click("Your note; only you see it")
        assert not isinstance(town.app.focused, NoteText)
        assert "Your note · n changes it" in town.text
        await town.until(lambda: stored_notes(town) == ["three inks"])


async def test_muting_takes_the_row_away_and_hearing_them_again_brings_it_back() -> None:
    async with visit_town() as town:
        card = await open_card(town, "Ana Prado")
        waited = [row.id for row in town.inbox.listing.rows if row.writers == ("Ana Prado",)]
        await town.press("M")
        assert "Ana Prado is muted: nothing they say waits any more · M lets them be heard again" in words(town)
        assert not [id for id in waited if town.inbox.listing.row(id)]
        await town.press("M")
        assert "You hear Ana Prado again." in town.text
        assert all(town.inbox.listing.row(id) for id in waited)
        assert not card.card.muted


async def test_what_was_written_in_a_note_is_taken_back_while_that_is_told() -> None:
    async with visit_town() as town:
        await town.go_to("Sam Okafor")
        await town.press("e")
        await open_card(town, "Ana Prado")
        await town.press("n")
        await town.write("three inks")
        assert "Your note; only you see it · esc back, words kept" in town.text
        await town.press("escape")
        assert "Your note is kept · u takes it back" in town.text
        await town.press("n")
        await town.write(" and a piano")
        await town.press("escape", "u")
        assert "Taken back: your note is as it was." in town.text
        await town.until(lambda: stored_notes(town) == ["three inks"])
        assert "and a piano" not in town.text
        await town.press("u")
        assert "Taken back" in town.text
        assert "Sam Okafor" in [row.who for row in town.app.session.inbox().rows]
        await town.press("n", "escape")
        assert "Your note is kept" not in town.text
        assert stored_notes(town) == ["three inks"]


async def test_who_is_blocked_is_unblocked_by_that_word() -> None:
    async with visit_town() as town:
        await open_card(town, "Ana Prado")
        await town.press("B", "y")
        await town.press("B")
        assert "Unblock Ana Prado?" in town.text
        assert "y  unblock them" in town.text


async def test_a_block_is_asked_about_once_and_tells_the_file() -> None:
    async with visit_town() as town:
        card = await open_card(town, "Ana Prado")
        await town.press("B")
        assert "saved to a file first" in " ".join(town.text.split())
        await town.press("escape")
        assert not town.app.session.person(card.person).blocked
        await town.press("B", "y")
        await town.until(lambda: town.app.session.person(card.person).blocked)
        assert "What they wrote to you is kept in" in town.app.said
        await town.press("u")
        assert town.app.session.person(card.person).blocked
        await town.press("B", "y")
        await town.until(lambda: not town.app.session.person(card.person).blocked)


async def test_a_hello_from_the_card_answers_what_they_said_last() -> None:
    async with visit_town() as town:
        card = await open_card(town, "Ana Prado")
        await town.press("h")
        place = town.app.screen
        assert isinstance(place, ConversationScreen)
        assert place.writing() is not None
        await town.write("Not yet.")
        await town.press("enter")
        assert town.app.screen is card
        assert "Hello to Ana Prado goes out in a moment" in town.text


async def test_where_nothing_can_be_answered_nothing_is_opened() -> None:
    closed = says("vera", Span("announced"), name="Vera Lind", closed=True)
    async with visit_town(besides=[closed]) as town:
        card = await open_card(town, "Vera Lind")
        await town.press("h")
        assert town.app.screen is card
        assert "writes to nobody out of the blue" in " ".join(town.text.split())


async def test_two_profiles_are_joined_and_parted() -> None:
    async with visit_town() as town:
        card = await open_card(town, "Ana Prado")
        await town.press("A")
        assert "Nobody else is on this card." in town.text
        await town.press("a")
        assert "Who else is Ana Prado?" in town.text
        await town.write("tomasz")
        await town.press("enter")
        await town.until(lambda: len(town.app.session.person(card.person).profiles) == 2)
        assert town.app.place() is card
        assert "on one card now" in town.text
        assert "Tomasz Wren, @tomasz on Demo" in town.text
        await town.press("A", "G", "enter")
        await town.until(lambda: len(town.app.session.person(card.person).profiles) == 1)


async def test_their_page_is_copied_or_there_is_none() -> None:
    async with visit_town() as town:
        await open_card(town, "Ana Prado")
        await town.press("y")
        assert "They have no page on the web." in town.text


async def test_what_strangers_are_called_is_text_and_nothing_else() -> None:
    evil = says("evil", Span("[b]bold[/b] [@click=app.quit]x[/]"), name="[red]Eve[/red] [@click=app.quit]")
    async with visit_town(besides=[evil]) as town:
        await town.press("p")
        await town.write("eve")
        assert "[red]Eve[/red] [@click=app.quit]" in town.text
        await town.press("enter")
        assert isinstance(town.app.screen, PersonScreen)
        assert "[red]Eve[/red] [@click=app.quit]" in town.text
        assert "[b]bold[/b] [@click=app.quit]x[/]" in town.text


async def test_every_action_of_a_card_has_a_key_and_a_method() -> None:
    async with visit_town() as town:
        card = await open_card(town, "Ana Prado")
        bound = {active.binding.id for active in card.active_bindings.values()}
        for action in here(Where.PERSON):
            assert action.id in card.deeds
            assert action.id in bound


async def test_the_mouse_opens_people_and_what_was_said() -> None:
    async with visit_town() as town:
        await town.press("p")
        await town.pilot.click(RowList, offset=(8, 1))
        await town.pilot.pause(0.05)
        assert isinstance(town.app.screen, PersonScreen)
        await town.pilot.click(RowList, offset=(8, 1))
        await town.pilot.pause(0.05)
        assert isinstance(town.app.screen, ConversationScreen)


async def test_a_paste_outside_the_note_does_nothing() -> None:
    async with visit_town() as town:
        card = await open_card(town, "Ana Prado")
        town.app.post_message(events.Paste("MBq\n"))
        await town.pilot.pause(0.05)
        assert town.app.screen is card
        assert not card.card.muted
        assert town.app.session.conversation(card.card.exchanges[0].conversation).state is State.WAITING
