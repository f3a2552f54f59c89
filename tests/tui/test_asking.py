"""Questions, menus and pages: by letters, by the arrows alone, and with the mouse alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.widgets import Input, TextArea

from introvert_tui.model import Span, SpanKind
from introvert_tui.settings import Settings
from introvert_tui.tui.actions import ACTIONS
from introvert_tui.tui.screens.asking import Ask, Line, Menu
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.screens.page import Page
from introvert_tui.tui.screens.people import PeopleScreen
from introvert_tui.tui.screens.person import PersonScreen
from introvert_tui.tui.widgets.row_list import RowList

from .driving import Visit, says, visit_town

CHOICES = (("s", "send it"), ("k", "keep it"), ("esc", "ask me again"))


@asynccontextmanager
async def asked(*choices: tuple[str, str]) -> AsyncIterator[tuple[Visit, list[str | None]]]:
    """A question in front of the inbox, and what was answered."""
    answers: list[str | None] = []

    async def decided(answer: str | None) -> None:
        answers.append(answer)

    async with visit_town() as town:
        town.app.ask("Shall it go out?", choices, decided)
        await town.pilot.pause()
        yield town, answers


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["s"], "s"),
        (["k"], "k"),
        (["escape"], "esc"),
        (["q"], "esc"),
        (["enter"], "esc"),
        (["up", "enter"], "k"),
        (["down", "enter"], "s"),  # around the end
        (["\u043a", "\u05e9", "x", "space", "up", "up", "enter"], "s"),
    ],
)
async def test_letters_arrows_and_enter_answer(keys: list[str], answer: str) -> None:
    async with asked(*CHOICES) as (town, answers):
        await town.press(*keys)
        assert answers == [answer]
        assert town.app.screen is town.inbox


async def test_where_enter_is_an_answer_it_is_at_the_cursor() -> None:
    async with asked(("enter", "open it"), ("esc", "stay here")) as (town, answers):
        await town.press("enter")
        assert answers == ["enter"]


@pytest.mark.parametrize(("words", "answer"), [("send it", "s"), ("keep it", "k"), ("made-up town", "esc")])
async def test_a_click_answers_and_one_beside_it_changes_nothing(words: str, answer: str) -> None:
    async with asked(*CHOICES) as (town, answers):
        await town.click(words)
        assert answers == [answer]
        assert town.app.screen is town.inbox


@pytest.mark.parametrize("size", [(80, 24), (50, 30), (120, 40), (50, 10)])
@pytest.mark.parametrize("key", ["space", "z", "X"])
async def test_below_a_menu_of_any_length_stands_how_to_choose_and_how_to_get_out(
    key: str, size: tuple[int, int]
) -> None:
    async with visit_town(size) as town:
        await town.go_to("Jun Takeda")
        await town.press(key)
        for at in ("g", "G"):
            await town.press(at)
            choices, lines = town.app.screen.query_one(RowList), town.text.splitlines()
            assert lines[-1].split() == ["enter", "choose", "esc", "back"]
            assert "enter choose" not in "".join(lines[:-1])
            assert any("\u258c" in line for line in lines[choices.region.y : -1])
        await town.click("esc back")
        assert town.app.screen is town.inbox


async def test_a_menu_names_your_own_keys_and_they_count_there_beside_ours() -> None:
    async with visit_town(settings=Settings(keys={"open": "l", "back": "ctrl+g"})) as town:
        for way in ("l", "enter"):
            await town.press("space")
            assert town.text.splitlines()[-1].split() == ["l", "choose", "ctrl+g", "back"]
            await town.press(*["down"] * menu_place(town, "people"), way)
            assert isinstance(town.app.screen, PeopleScreen)
            await town.press("ctrl+g")


async def test_a_question_tells_the_keys_that_are_not_those_of_its_answers() -> None:
    async with asked(("y", "delete it"), ("n", "let it stand")) as (town, answers):
        assert "enter choose  esc let it stand" in town.text
        await town.click("enter choose")
        assert answers == ["n"]
    async with asked(("enter", "open it"), ("esc", "stay here")) as (town, _):
        assert "choose" not in town.text


async def test_everything_can_be_done_with_space_arrows_and_enter() -> None:
    """As on a keyboard without Latin letters: from the list to a question, and through it."""
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("\u0436", "space", *["down"] * menu_place(town, "who"), "enter")
        card = town.app.screen
        assert isinstance(card, PersonScreen)
        await town.press("space", *["down"] * menu_place(town, "block"), "enter")
        assert isinstance(town.app.screen, Ask)
        await town.press("up", "enter")
        assert card.card.blocked


async def test_enter_takes_what_is_at_the_cursor_of_a_menu_in_a_conversation_too() -> None:
    async with visit_town() as town:
        await town.go_to("Jun Takeda")
        await town.press("enter", "space")
        await town.press(*["down"] * menu_place(town, "people"), "enter")
        assert isinstance(town.app.screen, PeopleScreen)


def menu_place(town: Visit, id: str) -> int:
    """How many entries of the menu stand before this one."""
    place = town.app.place()
    assert place is not None
    listed = [one.id for one in ACTIONS if place.WHERE in one.where and one.listed and one.id not in place.idle()]
    return listed.index(id)


@pytest.mark.parametrize(("key", "screen"), [("i", PersonScreen), ("z", Menu), ("question_mark", Page)])
async def test_a_key_that_the_menu_tells_does_it_in_the_menu_too(key: str, screen: type) -> None:
    async with visit_town() as town:
        await town.press("space")
        assert isinstance(town.app.screen, Menu)
        await town.press(key)
        assert isinstance(town.app.screen, screen)
        assert len(town.app.screen_stack) == 2


async def test_quitting_is_one_key_in_the_menu_that_tells_it() -> None:
    async with visit_town() as town:
        await town.press("space", "q")
        await town.until(lambda: town.app.return_value is not None)


async def test_what_moves_in_lists_moves_in_the_menu() -> None:
    async with visit_town() as town:
        selected = town.selected
        await town.press("space", "j", "G", "k", "escape")
        assert town.app.screen is town.inbox
        assert town.selected == selected


async def test_a_reason_is_taken_with_the_mouse_and_thought_better_of() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("z")
        await town.click("tomorrow")
        assert isinstance(town.app.screen, Line)
        await town.click("keeps it waiting")
        assert town.selected == "Ana Prado"
        await town.press("z")
        await town.click("tomorrow")
        await town.write("too tired")
        await town.click("puts it off")
        assert [one.row.later_reason for one in town.app.session.put_off()] == ["too tired"]


@pytest.mark.parametrize("keys", [("h",), ("r",), ("slash",), ("p",), ("ctrl+p",), ("z", "enter"), ("i", "n")])
async def test_no_cursor_blinks(keys: tuple[str, ...]) -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press(*keys)
        field = town.app.screen.focused
        assert isinstance(field, Input | TextArea)
        assert not field.cursor_blink


@pytest.mark.parametrize("key", ["h", "r"])
async def test_a_click_elsewhere_takes_nothing_from_who_writes(key: str) -> None:
    async with visit_town() as town:
        await town.go_to("Sam Okafor")
        await town.press(key)
        await town.write("on ")
        await town.click("Priya Nair and Jun Takeda")
        await town.click("made-up town")
        await town.write("my way")
        assert town.selected == "Sam Okafor"
        assert town.inbox.field is not None
        assert town.inbox.field.has_focus
        await town.press("escape")
        assert "Your words are kept" in town.text
        await town.press("h")
        assert "on my way" in town.text


async def test_a_click_on_a_message_takes_nothing_from_who_answers_another() -> None:
    async with visit_town(besides=[says("zoe", Span("here", SpanKind.LINK, "https://one.example/"))]) as town:
        await town.go_to("zoe")
        await town.press("enter", "r")
        await town.click("here [1]")
        assert isinstance(town.app.screen, ConversationScreen)
        await town.press("escape", "escape")
        await town.go_to("Jun Takeda")
        await town.press("enter", "h")
        screen = town.app.screen
        assert isinstance(screen, ConversationScreen)
        here = screen.thread.here
        await town.click("Earlier")
        assert "Earlier" in town.text
        await town.click("I got as far")
        assert screen.thread.here == here


@pytest.mark.parametrize("way", ["click", "escape", "enter", "q", "space", "question_mark"])
async def test_a_page_is_left(way: str) -> None:
    async with visit_town() as town:
        await town.press("question_mark")
        assert isinstance(town.app.screen, Page)
        await (town.click("esc back") if way == "click" else town.press(way))
        assert len(town.app.screen_stack) == 1


async def test_a_page_is_read_by_the_keys_of_lists() -> None:
    async with visit_town(size=(80, 24)) as town:
        await town.press("question_mark")
        top = town.text
        pairs = (("G", "g"), ("end", "home"), ("j", "k"), ("down", "up"), ("pagedown", "pageup"), ("ctrl+d", "ctrl+u"))
        for there, back in pairs:
            await town.press(there)
            await town.until(lambda: town.text != top)
            await town.press(back)
            await town.until(lambda: town.text == top)
