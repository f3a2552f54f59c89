"""The search screen: as one types, with the keyboard in one line, and nothing stale."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from introvert_tui.engine.searching import Finding, Findings
from introvert_tui.errors import StoreError
from introvert_tui.model import Span
from introvert_tui.text.matching import Excerpt
from introvert_tui.tui.fitting import cells
from introvert_tui.tui.found import MARKED, found_lines
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.screens.inbox import InboxScreen
from introvert_tui.tui.screens.search import MORE, NOTHING, NOTHING_YET, SearchScreen

from .driving import NOW, Visit, says, visit_town

INK = Finding(
    "1",
    1,
    1,
    "mastodon",
    "Mastodon",
    False,
    "Ana Prado",
    False,
    None,
    NOW - timedelta(hours=3),
    Excerpt("…the [b]new[/b] ink never dries", ((8, 11), (16, 19))),
    False,
    "",
    False,
)


def screen(visit: Visit) -> SearchScreen:
    assert isinstance(visit.app.screen, SearchScreen)
    return visit.app.screen


async def search(visit: Visit, words: str) -> None:
    await visit.press("slash")
    await visit.write(words)
    await visit.until(lambda: screen(visit)._shown_for == words)
    await visit.pilot.pause()


def test_two_lines_of_known_width_and_marks_that_need_no_colour() -> None:
    for width in (30, 50, 100):
        lines = found_lines(INK, width, NOW)
        assert len(lines) == 2
        assert all(cells(line.plain) <= width for line in lines)
    top, words = found_lines(INK, 60, NOW)
    assert top.plain == "Ana Prado" + " " * 32 + "Mastodon        3 h"
    assert words.plain == "…the [b]new[/b] ink never dries"
    assert [(words.plain[one.start : one.end], one.style) for one in words.spans] == [("new", MARKED), ("ink", MARKED)]
    assert "bold" in MARKED
    assert "underline" in MARKED


def test_a_mark_that_does_not_fit_is_left_out() -> None:
    words = found_lines(INK, 14, NOW)[1]
    assert words.plain == "…the…"
    assert words.spans == []


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (INK._replace(who="You", mine=True, to="Ana Prado"), "You to Ana Prado  "),
        (INK._replace(private=True), "Ana Prado, privately  "),
        (INK._replace(who="You", mine=True, to="Ana Prado", unsent=True), "You to Ana Prado, not sent yet  "),
        (INK._replace(warned=True, excerpt=Excerpt("ink opinions", ((0, 3),))), "Under the warning “ink opinions”."),
        (INK._replace(beside="picture", excerpt=Excerpt("a smudge", ((2, 8),))), "[picture: a smudge]"),
        (INK._replace(excerpt=Excerpt("")), "[no words]"),
    ],
)
def test_what_is_to_be_known_is_said(finding: Finding, said: str) -> None:
    assert any(line.plain.startswith(said) for line in found_lines(finding, 80, NOW))


async def test_it_finds_as_one_types_and_opens_where_it_was_said() -> None:
    async with visit_town() as town:
        await town.press("slash")
        assert NOTHING_YET in town.text
        await town.write("besancon nib")
        await town.until(lambda: "Besançon" in town.text)
        await town.press("enter")
        assert isinstance(town.app.screen, ConversationScreen)
        assert town.app.screen.thread.here is not None
        assert "Besançon" in town.app.screen.thread.here.body[-1].text
        await town.press("escape")
        assert screen(town).field.value == "besancon nib"
        assert screen(town).field.has_focus
        await town.press("escape")
        assert isinstance(town.app.screen, InboxScreen)


async def test_the_arrows_move_and_the_line_keeps_the_keyboard() -> None:
    async with visit_town() as town:
        await search(town, "from:ana")
        first = screen(town).rows.selected_id
        await town.press("down", "down", "up")
        second = screen(town).rows.selected_id
        assert second not in (None, first)
        await town.press("enter")
        assert isinstance(town.app.screen, ConversationScreen)
        await town.press("escape")
        await town.pilot.pause(0.1)
        assert screen(town).rows.selected_id == second
        await town.write(" j")
        assert screen(town).field.value == "from:ana j"
        await town.pilot.click("#found", offset=(5, 1))
        assert screen(town).field.has_focus


async def test_a_click_opens() -> None:
    async with visit_town() as town:
        await search(town, "ropes")
        await town.pilot.click("#found", offset=(5, 1))
        await town.pilot.pause()
        assert isinstance(town.app.screen, ConversationScreen)


async def test_nothing_is_found_and_nothing_opens() -> None:
    async with visit_town() as town:
        await search(town, "zebra")
        assert NOTHING in town.text
        await town.press("enter", "down")
        assert NOTHING in town.text
        await town.press("backspace", "backspace", "backspace", "backspace", "backspace")
        assert NOTHING_YET in town.text


async def test_the_newest_hundred() -> None:
    async with visit_town() as town:
        await town.comes_in(*(says(f"who{n}", Span("cuttlefish")) for n in range(101)))
        await search(town, "cuttlefish")
        assert len(screen(town)._findings.found) == 100
        assert MORE in town.text
        await town.write(" zebra")
        await town.until(lambda: NOTHING in town.text)
        assert MORE not in town.text


async def test_remote_words_are_no_markup() -> None:
    async with visit_town(besides=[says("eve", Span("[/b] [@click=app.quit]cuttlefish[/]"))]) as town:
        await search(town, "cuttlefish")
        assert "[/b] [@click=app.quit]cuttlefish[/]" in town.text


async def test_keys_typed_ahead_are_words_and_no_commands() -> None:
    async with visit_town() as town:
        town.press_at_once("slash", *"hex")
        await town.until(lambda: isinstance(town.app.screen, SearchScreen) and screen(town).field.value == "hex")
        assert town.inbox.listing.rows


class Slow:
    """A search that answers when it is told to."""

    def __init__(self) -> None:
        self.asked: dict[str, asyncio.Future[Findings]] = {}

    async def __call__(self, typed: str) -> Findings:
        self.asked[typed] = asyncio.get_running_loop().create_future()
        return await self.asked[typed]


def one(words: str) -> Findings:
    return Findings(True, (INK._replace(excerpt=Excerpt(words), conversation=1, message=None),))


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[Visit], Slow]:
    def made(visit: Visit) -> Slow:
        slow = Slow()
        monkeypatch.setattr(visit.app.session, "search", slow)
        return slow

    return made


async def test_what_is_stale_is_given_up_and_never_shown(slow: Callable[[Visit], Slow]) -> None:
    async with visit_town() as town:
        asked = slow(town).asked
        await town.press("slash", "a", "b")
        assert asked["a"].cancelled()
        asked["ab"].set_result(one("the newer"))
        await town.pilot.pause()
        assert "the newer" in town.text


async def test_enter_opens_what_these_words_find_and_not_what_was_found_before(slow: Callable[[Visit], Slow]) -> None:
    async with visit_town() as town:
        asked = slow(town).asked
        await town.press("slash", "a")
        asked["a"].set_result(one("before"))
        await town.pilot.pause()
        await town.press("b", "enter")
        assert isinstance(town.app.screen, SearchScreen)
        asked["ab"].set_result(one("these"))
        await town.until(lambda: isinstance(town.app.screen, ConversationScreen))


async def test_a_database_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(typed: str) -> Findings:
        raise StoreError("The database could not be searched: it is on fire.")

    async with visit_town() as town:
        monkeypatch.setattr(town.app.session, "search", broken)
        await town.press("slash", "a")
        await town.until(lambda: "it is on fire" in town.text)
        assert screen(town).field.value == "a"


async def test_the_list_stays_as_it_is_until_one_comes_back() -> None:
    async with visit_town(size=(50, 30)) as town:
        await search(town, "ferry")
        assert len(screen(town)._findings.found) > 1
        await town.comes_in(replace(says("eve", Span("the ferry again")), seen_at=NOW))
        assert "again" not in town.text
        await town.press("enter", "escape")
        await town.until(lambda: "again" in town.text)
