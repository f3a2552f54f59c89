"""Another size of the terminal, in the middle of something: what one is at stays in view, and nothing is cut."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from introvert_tui.settings import Settings
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.widgets.lines import Hints, QuietLine

from .driving import Visit, visit_town

SIZES = [(50, 30), (80, 24), (40, 20), (120, 40), (80, 24)]
HARDLY_ANY = [(22, 20), (12, 20), (5, 20), (80, 5), (5, 5), (80, 24)]
"""Where nothing can be read, but the way back to a window of some size."""


async def resize(town: Visit, size: tuple[int, int]) -> None:
    await town.pilot.resize_terminal(*size)
    await town.pilot.pause(0.05)


async def test_the_cursor_of_the_inbox_stays_in_view() -> None:
    async with visit_town(size=(80, 24)) as town:
        await town.press("G")
        for size in SIZES:
            await resize(town, size)
            assert "▌  Older conversations" in town.text
        for size in HARDLY_ANY:
            await resize(town, size)
        assert "▌  Older conversations" in town.text


async def test_a_conversation_at_the_cursor_is_whole_again_after_a_very_narrow_window() -> None:
    async with visit_town(size=(80, 24)) as town:
        await town.press("j", "j", "j")
        here = town.selected
        for width in (40, 22, 12, 6, 5):
            await resize(town, (width, 24))
            await resize(town, (80, 24))
            (top,) = (line for line in town.text.splitlines() if "▌•" in line)
            assert here.split(",")[0] in top
            assert town.selected == here


async def test_the_selected_message_stays_in_view() -> None:
    async with visit_town(size=(80, 24)) as town:
        await town.go_to("Kit Lowther")
        await town.press("enter", "G")
        assert isinstance(town.app.screen, ConversationScreen)
        for size in SIZES:
            await resize(town, size)
            assert "Or say nothing" in town.text
        for size in HARDLY_ANY:
            await resize(town, size)
        assert "Or say nothing" in town.text


async def test_a_view_that_the_wheel_took_elsewhere_stays_there() -> None:
    async with visit_town(size=(80, 24)) as town:
        rows = town.inbox.rows
        rows.scroll_to(y=20, animate=False, immediate=True)
        await town.pilot.pause()
        town.app.say("one " * 60)
        await town.pilot.pause(0.05)
        assert rows.scroll_offset.y == 20


@pytest.mark.parametrize("size", SIZES[:4])
async def test_a_long_sentence_takes_the_lines_it_needs(size: tuple[int, int]) -> None:
    async with visit_town(size=size) as town:
        await town.press("j")
        quiet, rows = town.inbox.query_one(QuietLine), town.inbox.rows
        above = rows.region.y
        quiet.hold("Two more people wrote · ctrl+r shows them")
        town.app.say(
            "Your hello to Ana did not go out yet: mastodon.example could not be reached. "
            "It is kept, and goes out by itself, the last word."
        )
        await town.pilot.pause(0.05)
        text = " ".join(town.text.split())
        assert "the last word." in text
        assert "ctrl+r shows them" in text
        assert rows.region.y == above
        town.app.say("")
        quiet.hold("")
        await town.pilot.pause(0.05)
        assert quiet.size.height == 2


async def test_what_is_wrong_is_said_above_and_moves_no_row() -> None:
    async with visit_town(size=(80, 24)) as town:
        await town.press("j", "j", "j", "j", "j")
        opening, rows = town.inbox.query_one("#opening", Static), town.inbox.rows

        def row_on_the_screen() -> int:
            return next(index for index, line in enumerate(town.text.splitlines()) if "▌•" in line)

        before, was = row_on_the_screen(), opening.size.height
        inbox = town.inbox.listing.inbox
        town.app.session.inbox = lambda requests=True: inbox._replace(lines=("Nobody answers. " * 8,))  # type: ignore[method-assign]
        town.inbox.changed(frozenset())
        await town.pilot.pause(0.05)
        assert opening.size.height > was
        assert row_on_the_screen() == before
        assert rows.scroll_offset.y > 0


async def test_hints_are_as_full_as_fits_and_tell_the_way_out() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("enter")
        hints = town.app.screen.query_one(Hints)
        told = {}
        for width in (40, 50, 80, 130):
            await resize(town, (width, 24))
            told[width] = hints.render()
            assert told[width].cell_length <= hints.size.width
            assert all(way in told[width].plain for way in ("esc back", "space all", "q quit"))
        assert "h say hi and leave" in told[130].plain
        assert "z later" in told[80].plain
        assert "h hi" in told[50].plain
        assert told[40].plain == "h hi  esc back  space all  q quit"


async def test_an_action_without_a_key_is_no_hint() -> None:
    async with visit_town((80, 24), Settings(keys={"later": "", "done": "f5"})) as town:
        assert town.inbox.query_one(Hints).render().plain == "h hi  n nod  r reply  f5 done  x leave  space all  q quit"


async def test_where_nothing_is_no_key_is_told_that_needs_something() -> None:
    async with visit_town() as town:
        await town.press("L")
        assert "Nothing here: you left no conversation." in town.text
        hints = town.app.screen.query_one(Hints)
        assert hints.render().plain == "esc back   space all   q quit"
        await town.press("escape")
        await town.go_to("Ana Prado")
        await town.press("x", "L")
        assert "b rejoin" in town.app.screen.query_one(Hints).render().plain


async def test_the_key_list_keeps_to_its_columns() -> None:
    async with visit_town(size=(50, 200)) as town:
        await town.press("question_mark")
        lines = [line.rstrip() for line in town.text.splitlines()]
        told = next(index for index, line in enumerate(lines) if line.endswith("enter  Read the conversation"))
        column = lines[told].index("Read")
        before = [line for line in lines[:told] if line and "Keys" not in line and "Nearly everywhere" not in line]
        assert any(not line[:column].strip() for line in before)  # some go on in the next line
        assert all(line[column - 1] == " " and line[column] != " " for line in before)
