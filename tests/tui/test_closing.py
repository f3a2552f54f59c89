"""The menu for the bad day, a word that is muted, and the question after a long absence, by keys."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from introvert_tui.engine.inbox import Group, State
from introvert_tui.model import Message, Span
from introvert_tui.settings import Settings
from introvert_tui.store.times import to_ms
from introvert_tui.tui.outside import Outside
from introvert_tui.tui.screens.asking import Ask, Menu

from .driving import NOW, Visit, says, visit_town

LINE = "Only people you know, until tomorrow."


async def chooses(town: Visit, words: str) -> None:
    """Open the menu and take the line that begins so."""
    await town.press("X")
    menu = town.app.screen
    assert isinstance(menu, Menu)
    shown = [choice[1].plain for choice in menu._choices]
    await town.press(*"j" * next(index for index, line in enumerate(shown) if line.startswith(words)), "enter")


def is_asked(town: Visit) -> bool:
    return isinstance(town.app.screen, Ask)


def read(path: str) -> str:
    return Path(path).expanduser().read_text(encoding="utf-8")


def strangers(town: Visit) -> list[str]:
    return [row.who for row in town.inbox.listing.rows if row.group is Group.NEW]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 30)])
async def test_only_people_i_know_everywhere(size: tuple[int, int]) -> None:
    async with visit_town(size) as town:
        before, new = [row.id for row in town.inbox.listing.rows], strangers(town)
        assert new
        await chooses(town, "Only people I know, everywhere")
        assert strangers(town) == []
        assert LINE in town.text
        assert "u takes it back" in " ".join(town.text.split())
        await town.press("u")
        assert [row.id for row in town.inbox.listing.rows] == before
        assert LINE not in town.text


async def test_when_nobody_is_left_it_can_still_be_ended() -> None:
    async with visit_town() as town:
        known = [row for row in town.inbox.listing.rows if row.group is not Group.NEW]
        new = strangers(town)
        await chooses(town, "Only people I know, everywhere")
        for row in known:
            await town.app.session.done(row.id, row.shown)
        town.inbox.reader.expect()
        town.inbox.changed(frozenset())
        await town.pilot.pause()
        assert "That's everyone" in town.text
        assert LINE in town.text
        await town.press("w")
        assert "Only people you know now. X lets everybody be heard again." in town.text
        await chooses(town, "Everybody again, everywhere")
        assert strangers(town) == new


async def test_here_from_within_the_conversation() -> None:
    async with visit_town() as town:
        who = strangers(town)[0]
        await town.go_to(who)
        await town.press("enter")
        assert len(town.app.screen_stack) == 2
        await chooses(town, "Only people I know, here")
        assert len(town.app.screen_stack) == 1
        assert who not in strangers(town)
        assert "Only people you know wait here, until tomorrow · u takes it back" in town.text
        await town.press("u")
        assert who in strangers(town)


async def test_leaving_quietly_from_the_menu() -> None:
    async with visit_town() as town:
        await town.go_to(strangers(town)[0])
        gone = town.inbox.subject_id or 0
        await chooses(town, "Leave quietly")
        assert town.app.session.conversation(gone).state is State.LEFT
        assert gone not in [row.id for row in town.inbox.listing.rows]


@pytest.mark.parametrize("opened", [False, True])
async def test_blocking_asks_once_and_tells_of_the_file(opened: bool) -> None:
    async with visit_town() as town:
        who = strangers(town)[0]
        await town.go_to(who)
        await town.press(*["enter"] * opened)
        await chooses(town, f"Block {who}")
        assert is_asked(town)
        await town.press("y")
        await town.until(lambda: "is kept in" in town.app.said)
        assert who in read(town.app.said.partition("is kept in ")[2])
        assert len(town.app.screen_stack) == 1
        assert who not in strangers(town)


async def test_their_page_is_opened_to_report_them(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    async def opens(self: Outside, url: str) -> None:
        opened.append(url)

    monkeypatch.setattr(Outside, "open", opens)
    rude = says("rude", Span("you again"), url="https://town.example/rude/1")
    async with visit_town(besides=[rude]) as town:
        await town.go_to("rude")
        await town.press("X")
        assert opened == []
        await town.press("escape")
        await chooses(town, "Open the page of rude, to report them")
        assert opened == ["https://town.example/rude/1"]


async def test_a_muted_word_is_named_and_the_text_is_not_shown() -> None:
    spoiler = says("fan", Span("the Election is won by the baker"))
    async with visit_town(settings=Settings(muted_words=("election",)), besides=[spoiler]) as town:
        assert "One conversation holds a word you muted: “election”." in town.text
        assert "baker" not in town.text
        await town.press("O")
        await town.pilot.pause()
        assert "Holds a word you muted: “election”." in town.text
        assert "baker" not in town.text


def crowd(many: int) -> list[Message]:
    return [says(f"guest{number}", Span(f"hello {number}")) for number in range(many)]


def _was_away(db: sqlite3.Connection) -> None:
    db.execute("UPDATE account SET away_since = ?", (to_ms(NOW - timedelta(minutes=10)),))


async def been_away(town: Visit, many: int = 30) -> None:
    """Many wrote, and the server is asked again after long."""
    await town.comes_in(*crowd(many))
    town.app.session.visit.store.write(_was_away).result()


async def test_after_a_long_absence_one_question_and_one_way_back() -> None:
    async with visit_town() as town:
        await been_away(town)
        await town.press("ctrl+r")
        await town.until(lambda: is_asked(town))
        before = [row.id for row in town.inbox.listing.rows]
        asked = " ".join(town.text.split())
        assert "Thirty people wrote while you were away. The newest seven stay; let the other twenty-three go?" in asked
        assert "u brings them back." in asked
        await town.press("y")
        assert "You let twenty-three go." in town.text
        assert len(town.inbox.listing.rows) == len(before) - 23
        await town.press("u")
        assert [row.id for row in town.inbox.listing.rows] == before


async def test_no_keeps_them_and_it_is_asked_once() -> None:
    async with visit_town() as town:
        await been_away(town)
        await town.press("ctrl+r")
        await town.until(lambda: is_asked(town))
        before = len(town.inbox.listing.rows)
        await town.press("n", "ctrl+r")
        await town.until(lambda: "Nothing new." in town.app.said)
        assert not is_asked(town)
        assert len(town.inbox.listing.rows) == before


async def test_nobody_is_asked_while_they_write_or_move() -> None:
    async with visit_town() as town:
        await been_away(town)
        await town.press("h")
        await town.write("half a thou")
        await town.app.session.catch_up()
        await town.pilot.pause(0.1)
        assert not is_asked(town)
        await town.press("escape", "j")
        await town.app.session.catch_up()
        await town.pilot.pause(0.1)
        assert not is_asked(town)
        await town.press("ctrl+r")
        await town.until(lambda: is_asked(town))
