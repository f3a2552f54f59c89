"""The terminal's own cursor, which braille displays and magnifiers follow: on what is selected, or where one writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from introvert_tui.tui.screens.looking import PROMPT
from tests.servers.kills.terminal import Terminal

from .wire import Watched

BAR = "▌"
"""What our lists draw before the selected row."""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Watched]:
    environment = {**os.environ, "INTROVERT_HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    terminal = Terminal([sys.executable, "-m", "introvert_tui", "demo"], environment, Path(__file__).parents[2])
    try:
        town = Watched(terminal)
        town.shows("q quit", BAR)
        yield town
    finally:
        terminal.close()


def under(town: Watched) -> str:
    """What stands on the screen from the cursor on, in its row."""
    column, row = town.wire.cursor
    return town.wire.row(row)[column:]


def on_a_row(town: Watched) -> bool:
    """Whether the cursor stands at the beginning of the selected row, which has a bar before each of its lines."""
    column, row = town.wire.cursor
    return under(town).startswith(BAR) and town.wire.row(row - 1)[column : column + 1] != BAR


def moved_from(town: Watched, before: str) -> bool:
    """Whether the cursor stands on another row."""
    return on_a_row(town) and under(town) != before


def written(town: Watched, words: str) -> bool:
    """Whether the cursor stands right behind these words."""
    column, row = town.wire.cursor
    return town.wire.row(row)[:column].endswith(words)


def test_it_stands_on_the_selected_row_however_the_list_scrolls(town: Watched) -> None:
    town.until(lambda: on_a_row(town))
    seen = {under(town)}
    for _ in range(9):
        moved = partial(moved_from, town, under(town))
        town.press("j")
        town.until(moved)
        seen.add(under(town))
    assert len(seen) == 10
    town.press("g")
    town.until(lambda: on_a_row(town) and under(town) in seen)


def test_it_stands_at_the_message_that_is_selected(town: Watched) -> None:
    def at_a_message() -> bool:
        column, row = town.wire.cursor
        return town.wire.row(row)[:column].endswith(f"{BAR} ") and BAR not in town.wire.row(row - 1)

    town.press("\r")
    town.shows("esc back")
    town.press("g")
    town.until(lambda: at_a_message() and "You, " in under(town))  # the thread is yours
    first = under(town)
    town.press("j")
    town.until(lambda: at_a_message() and under(town) != first)
    town.press("k")
    town.until(lambda: at_a_message() and under(town) == first)


def test_it_stands_where_one_writes_and_then_on_the_row_again(town: Watched) -> None:
    town.press("j")
    town.press("h")
    town.shows("enter send")
    town.press("well said")
    town.until(lambda: written(town, "well said"))
    town.press("\x1b[D" * 4)
    town.until(lambda: written(town, "well ") and under(town).startswith("said"))
    town.press("\x1b")
    town.until(lambda: on_a_row(town))


@pytest.mark.parametrize(("key", "words"), [("/", "the"), ("p", "a")])
def test_where_one_looks_for_something_it_goes_to_the_list_and_back(town: Watched, key: str, words: str) -> None:
    town.press(key)
    town.shows("esc back")
    town.press(words)
    town.until(lambda: written(town, f"{PROMPT} {words}"))
    town.press("\x1b[B")
    town.until(lambda: on_a_row(town))
    town.press("n")
    town.until(lambda: written(town, f"{PROMPT} {words}n"))


def test_where_there_is_nowhere_to_move_to_it_comes_all_the_same(town: Watched) -> None:
    town.press("p")
    town.shows("esc back")
    town.press("@odile")
    town.until(lambda: written(town, "@odile") and town.wire.screen.count(BAR) == 2)
    town.press("\x1b[B")
    town.until(lambda: on_a_row(town))


def test_in_the_palette_it_stands_where_one_types_and_then_on_what_one_moves_to(town: Watched) -> None:
    town.press("\x10")
    town.press("move a")
    town.until(lambda: written(town, "move a") and "Move a page up" in town.wire.screen)
    town.press("\x1b[B")
    town.until(lambda: under(town).lstrip().startswith("a page"))


def test_in_a_menu_it_stands_on_what_is_chosen(town: Watched) -> None:
    town.press(" ")
    town.until(lambda: on_a_row(town) and "say hi and leave" in under(town))
    town.press("j")
    town.until(lambda: on_a_row(town) and "nod" in under(town))
