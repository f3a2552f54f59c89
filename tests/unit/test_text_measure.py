"""Text fits where it is put, whatever it is made of."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wcwidth import iter_graphemes, wcwidth

from introvert_tui.text import cells, clip, count_graphemes, graphemes
from introvert_tui.text import measure as module

pieces = st.sampled_from([*"ab \n\té今…", "👩\u200d", "\u0301", "\U0001f1e6", "\u0600", "각", "\r\n", "ก็", "\ud800"])
anything = st.lists(pieces, max_size=50).map("".join) | st.text(st.characters())
widths = st.integers(min_value=-2, max_value=60)


@pytest.mark.parametrize(
    ("text", "characters", "width"),
    [
        ("", 0, 0),
        ("hello", 5, 5),
        ("“café” …", 8, 8),
        ("e\u0301", 1, 1),
        ("今日は", 3, 6),
        ("👩‍👩‍👧‍👦", 1, 2),
        ("🇦🇹🇯🇵", 2, 4),
        ("❤️1️⃣👍🏽", 3, 6),
        ("한국", 2, 4),
        ("ก็", 1, 1),
        ("a\r\nb", 3, 2),
        ("\x1b[0m", 4, 3),
    ],
)
def test_graphemes_are_for_readers_and_cells_for_terminals(text: str, characters: int, width: int) -> None:
    assert count_graphemes(text) == characters
    assert cells(text) == width


def test_the_short_cut_agrees_with_the_library() -> None:
    everything = "".join(sorted(module._NARROW))
    assert {wcwidth(char) for char in everything} == {1}
    assert list(iter_graphemes(everything)) == list(everything)


@given(anything)
def test_graphemes_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text
    assert count_graphemes(text) == len(list(iter_graphemes(text)))
    assert cells(text) == sum(map(cells, graphemes(text)))


@settings(max_examples=400)
@given(anything, widths)
@example("\U0001f469\u200d" * 900, 20)
@example(" " * 5000 + "a", 3)
def test_what_is_clipped_fits(text: str, width: int) -> None:
    assert text.startswith(clip(text, width))
    assert cells(clip(text, width)) <= max(width, 0)


@pytest.mark.parametrize("unit", ["\U0001f1e6", "\u0301", "\U0001f469\u200d", "\u0915\u094d", "\u1100", "今 "])
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    def seconds(units: int) -> float:
        text = unit * units
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            cells(text)
            count_graphemes(text)
            clip(text, units // 2)
            best = min(best, time.process_time() - start)
        return best

    seconds(99)
    assert seconds(30_000) < 40 * max(seconds(3_000), 0.0005)  # quadratic would be 100 times
