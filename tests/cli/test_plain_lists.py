"""What a plain visit has beside the inbox: lists, cards, and what was sent; in the made-up town, by what is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from introvert_tui.engine.inbox import State
from tests.engine.conftest import founded

from .chair import Chair

NUMBER = "Number, or empty to go back: "


async def test_what_was_put_off_is_listed_by_when_it_comes_back_and_brought_back(chair: Chair) -> None:
    said = await chair.types("Z", "z", "2", "tired", "z", "4", "", "Z", "1", "b", "u", "b", "", "", "Z", "q")
    assert "Nothing here: you put nothing off." in said
    assert "\nWhat you put off.\nTomorrow.\n1. " in said
    assert "You put it off: tired. " in said
    assert "\nWhen you feel like it.\n2. " in said
    assert "\nYou put this off.\n" in said
    assert "It waits again.\n> \nTaken back: it is put off again.\n> \nIt waits again.\n" in said
    assert len(chair.session.put_off()) == 1
    assert chair.quits


async def test_what_is_put_off_can_be_answered_where_it_is(chair: Chair) -> None:
    said = await chair.types("z", "2", "", "Z", "1", "h", "Not yet.", "", "q")
    assert "Held until your next letter" in said
    assert not chair.session.put_off()
    assert chair.session.sent()[0].text == "Not yet."


async def test_one_goes_back_into_what_was_left_and_leaves_again(chair: Chair) -> None:
    said = await chair.types("j", "j", "j", "x", "L", "1", "b", "u", "b", "", "", "L", "q")
    assert "\nWhat you left.\n1. Sam Okafor, Demo, public, " in said
    assert "\nYou left this.\n" in said
    assert "You are part of this again.\n> \nTaken back: it is left again.\n" in said
    assert said.endswith("Nothing here: you left no conversation.\n> ")


async def test_what_happened_since_is_told_of_what_was_left(tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        uri = town.village.says("ana", "@me hello")
        chair = Chair(town.visit())

        def lines() -> Iterator[str]:
            yield "x"
            town.village.says("ben", "@me are you there", uri)
            yield from ("c", "L", "q")

        assert "Ben named you here just now." in await chair.hears(lines())


async def test_older_conversations_are_read_ten_at_a_time(tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        for number in range(12):
            town.village.says(f"p{number}", "@me hello")
        said = await Chair(town.visit()).types(*["e"] * 12, "O", "m", "m", "12", "", "13", "a", "", "q")
        assert "10. " in said.partition("Number, m for more, or empty to go back: ")[0]
        assert "\n11. " in said.partition("Number, m for more, or empty to go back: ")[2]
        assert "That was the last one." in said
        assert "That is no number here." in said
        assert said.count("Older conversations.") == 2


async def test_what_was_sent_is_deleted_after_a_yes_and_its_words_are_kept(chair: Chair) -> None:
    await chair.types("j", "j", "h", "Not yet.", "j")
    await asyncio.wait_for(chair.session.networks.drain(), 10)
    said = await chair.types("S", "1", "s", "d", "D", "n", "D", "y", "D", "t", "", "", "", "q")
    assert "\nWhat you sent, the last first.\n1. Hello to Ana Prado, Demo, just now. Out since " in said
    assert said.count("Hello to Ana Prado is out already. D deletes it.") == 2
    assert "It stands." in said
    assert "Deleted. The conversation is open again; your words are kept." in said
    assert "It is deleted already." in said
    assert "\nKept: Not yet.\n" in said


async def test_what_is_not_deleted_after_all_stands(chair: Chair) -> None:
    await chair.types("j", "j", "h", "Not yet.", "j")
    await asyncio.wait_for(chair.session.networks.drain(), 10)
    said = await chair.types("S", "u", "n", "", "q")
    assert "Delete it?\ny deletes it: \nIt stands.\n" in said


async def test_somebody_is_found_and_noted_and_muted_and_blocked(chair: Chair) -> None:
    lines = (
        "p",
        "xyz",
        "p",
        "ana",
        "1",
        "n",
        "likes ink",
        "n",
        "and owls",
        "M",
        "M",
        "B",
        "n",
        "B",
        "y",
        "B",
        "y",
        "a",
    )
    said = await chair.types(*lines, "n", "d", "o", "", "", "q")
    assert "Nobody goes by that name here." in said
    assert "\nYou know each other, longest ago first.\n1. Ana Prado, Demo, " in said
    assert "The last three times, Ana Prado spoke first.\n1. " in said
    assert "Ana Prado is muted: nothing they say waits any more." in said
    assert "You hear Ana Prado again." in said
    assert "Nobody was blocked." in said
    assert "Ana Prado is blocked. What they wrote to you is kept in " in said
    assert "Ana Prado is not blocked any more." in said
    assert "\nYour note: likes ink\nand owls\n" in said
    assert "The note is forgotten." in said
    assert not next(one for one in chair.session.people() if one.name == "Ana Prado").notes


async def test_two_profiles_are_joined_and_parted(chair: Chair) -> None:
    said = await chair.types("p", "ana", "1", "S", "s", "bram", "1", "S", "9", "S", "2", "", "", "q")
    assert "Nobody else is on this card. s adds another of their profiles." in said
    assert "\nWho else is Ana Prado?\n" in said
    assert "Ana Prado and Bram Tuck are on one card now." in said
    assert "The card stays as it was." in said
    assert "Bram Tuck (bram) has a card of their own again." in said


async def test_a_card_leads_to_what_was_said_and_to_a_hello(chair: Chair) -> None:
    said = await chair.types("j", "j", "i", "3", "", "h", "Not yet.", "", "q")
    assert "\n3. On " in said
    assert "\n> \nAna Prado, Demo, public.\nAna Prado, on " in said
    assert "\nTo Ana Prado. " in said
    assert "Held until your next letter; u takes it back." in said
    assert "3 of 11. Ana Prado. a reads it again." not in said  # it is left by the hello, and the next one is read
    assert chair.session.sent()[0].to == "Ana Prado"


async def test_who_asks_to_write_is_read_and_let_in_by_nobody(chair: Chair) -> None:
    said = await chair.types("w", "X", "1", "w", "q")
    assert "Roz Quill asks to write to you. w reads it." in said
    assert "Reading it here lets nobody in, and tells nobody.\nRoz Quill, whom you have not let in, wrote " in said
    assert "Only people you know now. X lets everybody be heard again." in said


async def test_what_is_found_is_read_in_its_conversation(chair: Chair) -> None:
    said = await chair.types("/", "", "/", "xyzzy", "/", "new ink", "1", "t", "s", "", "", "q")
    assert "Nothing was looked for." in said
    assert "Nothing found." in said
    assert "\nFound, the newest first.\n1. Ana Prado, Demo, public, " in said
    assert "\nAna Prado to you, 20 minutes ago: Have you tried the new ink?" in said


async def test_what_a_warning_hides_in_a_list_is_read_by_its_number_and_v(tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        uri = town.village.says("ana", "@me look at my knee")
        town.village.messages[uri] = replace(town.village.messages[uri], warning="blood.")
        said = await Chair(town.visit()).types("e", "O", "1", "v", "", "", "/", "blood", "1", "v", "", "", "q")
        inbox, *lists = said.split("Number, or empty to go back: ")
        assert "Warning: blood. v reads it.\n" in inbox
        assert "1. Ana, Village, public, just now. Warning: blood. Its number, then v, reads it." in inbox
        assert (
            "\nAna, just now. Warning: blood.\nv reads it.\n> \nAna, Village, public.\nAna, just now, under "
            in lists[0]
        )
        assert (
            "1. Ana, Village, public, just now. Warning: blood. Its number, then v, reads it." in said.split("Found")[1]
        )


async def test_one_quits_from_anywhere_and_lines_that_end_are_no_quitting(chair: Chair) -> None:
    await chair.types("p", "", "1", "q")
    assert chair.quits
    await chair.types("p", "", "1")
    assert not chair.quits


async def test_a_hold_ends_with_a_letter_in_a_list_too(chair: Chair) -> None:
    await chair.types("j", "j", "h", "Not yet.", "a", "S", "1", "a", "q")
    (row,) = chair.session.visit.store.screen.execute("SELECT due_at FROM outbox").fetchall()
    assert row["due_at"] <= chair.session.now()


@pytest.mark.parametrize("way", ["Z", "L", "O", "S", "p"])
async def test_nothing_is_lost_and_no_dot_spoken_on_a_way_there_and_back(chair: Chair, way: str) -> None:
    said = await chair.types("z", "2", "", "j", "x", "h", "Not yet.", way, "", "?", "", "", "q")
    assert "·" not in said
    assert chair.quits
    assert {row.state for row in chair.session.inbox().rows} == {State.WAITING}
