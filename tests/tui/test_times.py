"""What is on the screen for a while: its times stay true, and what was said meanwhile is not lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from introvert_tui.engine.events import Said
from introvert_tui.model import Span
from introvert_tui.tui.minutely import tell_anew
from introvert_tui.tui.screens.conversation import ConversationScreen

from .driving import NOW, Visit, says, visit_town

ZOE = says("zoe", Span("did the ink dry?"))


async def wait_for(town: Visit, minutes: int) -> None:
    town.app.clock = lambda: NOW + timedelta(minutes=minutes)
    tell_anew(town.app)
    await town.pilot.pause()
    await town.pilot.pause(0.05)


def line_of(who: str, town: Visit) -> str:
    return next(line for line in town.text.splitlines() if who in line)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_times_of_the_inbox_stay_true_and_nothing_moves(size: tuple[int, int]) -> None:
    async with visit_town(size, besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press("j")
        rows, here, wide = town.inbox.rows, town.selected, size[0] > 100
        rows.scroll_to(y=2, animate=False, immediate=True)
        before = rows.scroll_offset
        assert "5 min" in line_of("zoe", town)
        await wait_for(town, 3)
        assert "8 min" in line_of("zoe", town)
        assert (rows.scroll_offset, town.selected) == (before, here)
        await town.press("k")
        if wide:
            await town.until(lambda: "zoe, 8 minutes ago" in " ".join(town.text.split()))
            await wait_for(town, 4)
            assert "zoe, 9 minutes ago" in " ".join(town.text.split())
        assert "▌• zoe" in town.text
        await wait_for(town, 4 * 60)
        assert "Sunday night" in town.text
        assert "Hello. " in town.text


async def test_the_times_of_a_conversation_stay_true() -> None:
    async with visit_town((80, 24), besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press("enter")
        assert isinstance(town.app.screen, ConversationScreen)
        assert "5 minutes ago" in town.text
        await wait_for(town, 2)
        assert "7 minutes ago" in town.text
        await town.press("escape")
        assert "7 min" in town.text


async def test_what_is_still_true_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with visit_town() as town:
        drawn: list[int] = []
        monkeypatch.setattr(town.inbox.rows, "replace_option_prompt_at_index", lambda index, _: drawn.append(index))
        await wait_for(town, 0)
        assert drawn == []


async def test_sentences_that_come_together_are_all_read_until_a_key_is_pressed() -> None:
    async with visit_town() as town:
        tell = town.app.session.visit.tell
        tell(Said("Ana changed what you answered. Nothing was sent; your words are kept."))
        await town.until(lambda: "Ana changed" in town.text)
        tell(Said("Hello to Ben is out."))
        await town.until(lambda: "Hello to Ben is out." in town.text)
        assert "Ana changed what you answered." in town.text
        await town.press("j")
        tell(Said("Hello to Cy is out."))
        await town.until(lambda: "Hello to Cy is out." in town.text)
        assert "Ana changed" not in town.text


async def test_what_was_held_back_is_news_although_nothing_more_comes_in() -> None:
    async with visit_town() as town:
        await town.press("j")
        await town.comes_in(ZOE)
        await town.press("ctrl+r")
        await town.until(lambda: "Nothing more came in." in town.text)
        await town.press("ctrl+r")
        await town.until(lambda: "Nothing new." in town.text)
