"""Colours: our two can be read, all of Textual's can be named, and none is needed."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pexpect
import pytest
from textual.theme import BUILTIN_THEMES

from introvert_tui.settings import Settings
from introvert_tui.tui.actions import Where, here
from introvert_tui.tui.tailoring import about
from introvert_tui.tui.themes import DEFAULT, OURS, theme

from .contrast import in_sixteen, painted, ratio
from .driving import Visit, visit_town

TEXT, SHAPES = 4.5, 3.0
"""The least contrast for what is read, and for what is only seen."""

STAYING = {"quit", "browser", "catch_up", "copy", "down", "up"}
"""Actions that show no screen of their own."""

WALKS: dict[str, tuple[str, ...]] = {
    "hello": ("h", "a", "b"),
    "suggestion": ("h",),
    "suggestion taken": ("h", "tab"),
    "reply": ("r", "a", "shift+left"),
    "conversation": ("enter",),
    "reason": ("z", "enter"),
    "reason given": ("z", "enter", "a", "shift+left"),
    "link": ("enter", "1"),
    "looking": ("slash", "a", "n"),
    "found": ("slash", "a", "n", "down"),
    "somebody": ("p", "enter"),
    "end of the list": ("G",),
}


async def back_to_the_inbox(town: Visit) -> None:
    for _ in range(8):
        if len(town.app.screen_stack) == 1 and town.inbox.writing() is None:
            return
        await town.press("escape")
    raise AssertionError(f"There is no way back from:\n{town.text}")


@pytest.mark.parametrize("name", OURS)
async def test_ours_can_be_read_everywhere(name: str) -> None:
    ground = theme(name).background
    assert ground is not None
    walks = WALKS | {
        action.id: (action.keys.split(",")[0],) for action in here(Where.INBOX) if action.id not in STAYING
    }
    text: dict[tuple[str, str], str] = {}
    blank: dict[str, str] = {}
    async with visit_town(size=(110, 18), settings=Settings(theme=name)) as town:
        assert town.app.theme == name
        for walk, keys in walks.items():
            if "Priya Nair" not in town.selected:
                await town.go_to("Priya Nair")
            await town.press(*keys)
            await town.pilot.pause(0.1)
            seen = painted(town.app.export_screenshot())
            text |= {pair: f"{walk}: {words}" for pair, words in seen.text.items()}
            blank |= {fill: f"{walk}: {where}" for fill, where in seen.blank.items()}
            await back_to_the_inbox(town)
            if walk in ("nod", "done", "leave"):
                await town.press("u")
    shapes = {pair: words for pair, words in text.items() if re.search(r": [▁▂▃▄▅▆▇─│┌└┐┘]", words)}
    poor = {
        pair: (round(ratio(*pair), 2), words)
        for pair, words in text.items()
        if ratio(*pair) < (SHAPES if pair in shapes else TEXT)
    }
    assert poor == {}
    assert {fill: where for fill, where in blank.items() if fill != ground and ratio(fill, ground) < SHAPES} == {}
    # Whoever has 16 colours has fewer shades, but can read all of it.
    assert {pair: words for pair, words in text.items() if ratio(*pair, in_sixteen) < SHAPES} == {}
    # Were dim words, the bar, and the scrollbar among it?
    assert len({letters for letters, on in text if on == ground}) >= 4
    assert any("▌" in words for words in text.values())
    assert shapes


async def test_all_of_textuals_can_be_named() -> None:
    async with visit_town(settings=Settings(theme="nord")) as town:
        assert town.app.theme == "nord"
        for name in BUILTIN_THEMES:
            assert about(Settings(theme=name)) == ()
            town.app.theme = name
            await town.pilot.pause()
            assert "They wrote back" in town.text


async def test_another_name_is_told_with_what_may_be_meant() -> None:
    async with visit_town(settings=Settings(theme="introvert-drak")) as town:
        assert town.app.theme == DEFAULT
        assert 'There is no theme called introvert-drak; did you mean "introvert-dark"?' in town.text


COLOUR = re.compile(r"\x1b\[([\d;:]*)m")
NO_COLOURS = {*range(10), *range(21, 30), 39, 49, 53, 55}
"""Weights, lines and reversal; 39 and 49 are the terminal's own."""


def on_the_wire(tmp_path: Path, theme: str, *keys: str, **environment: str) -> str:
    """Every byte that a walk through the real program puts on a real terminal."""
    (tmp_path / "config.toml").write_text(f'theme = "{theme}"\n', encoding="utf-8")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "introvert_tui", "demo"],
        env={
            **{name: value for name, value in os.environ.items() if name not in ("COLORTERM", "NO_COLOR")},
            "INTROVERT_HOME": str(tmp_path),
            **environment,
        },
        dimensions=(40, 120),
        encoding="utf-8",
        timeout=20,
    )
    child.logfile_read = log = Log()
    child.expect("They wrote back")
    for key, shows in zip(keys[::2], keys[1::2], strict=True):
        child.send(key)
        child.expect(shows)
    child.sendcontrol("c")
    child.expect(pexpect.EOF)
    child.close()
    return "".join(log)


class Log(list[str]):
    """Where pexpect writes what it reads."""

    def write(self, words: str) -> None:
        self.append(words)

    def flush(self) -> None:
        """Nothing is held back."""


def codes(wire: str) -> set[int]:
    """The first number of each style, and every number of those that are no colours of 256 or more."""
    found: set[int] = set()
    for style in COLOUR.findall(wire):
        numbers = [int(number or 0) for number in re.split("[;:]", style)]
        while numbers:
            found.add(number := numbers.pop(0))
            if number in (38, 48):
                del numbers[: 2 if numbers[:1] == [5] else 4]
    return found


WALK = (" ", "Go to the last", " ", "They wrote back", "h", "Only", "x", "esc back")


@pytest.mark.parametrize("theme", [DEFAULT, "introvert-light"])
def test_no_color_leaves_no_colour_and_tells_everything(tmp_path: Path, theme: str) -> None:
    wire = on_the_wire(tmp_path, theme, *WALK, TERM="xterm-256color", NO_COLOR="1", COLORTERM="truecolor")
    assert codes(wire) <= NO_COLOURS
    assert "▌" in wire
    assert "•" in wire
    assert {1, 2} <= codes(wire), "bold and dim words"
    assert 7 in codes(wire), "the place where one writes"


@pytest.mark.parametrize("term", ["xterm-16color", "linux"])
@pytest.mark.parametrize("theme", [DEFAULT, *OURS])
def test_sixteen_colours(tmp_path: Path, theme: str, term: str) -> None:
    wire = on_the_wire(tmp_path, theme, *WALK, TERM=term)
    assert not codes(wire) & {38, 48}
    assert codes(wire) <= {*NO_COLOURS, *range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)}
