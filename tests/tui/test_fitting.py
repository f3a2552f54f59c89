"""Words fit where they are put, as Textual counts cells, whatever they are made of."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from introvert_tui.tui.fitting import cells, clip, shorten, wrapped
from introvert_tui.tui.rows import one_line

from .test_rows import remote, remote_line

pieces = st.sampled_from([*"ab \n\té今…", "👩\u200d", "\u0301", "\U0001f1e6", "\u0600", "각", "\r\n", "ก็", "\ud800"])
anything = st.lists(pieces, max_size=50).map("".join) | st.text(st.characters())


@settings(max_examples=400)
@given(anything, st.integers(min_value=-2, max_value=60))
@example("\U0001f469\u200d" * 900, 20)
@example(" " * 5000 + "a", 3)
def test_what_is_shortened_fits_and_stays(text: str, width: int) -> None:
    line = shorten(text, width)
    assert cells(line) <= max(width, 0)
    assert shorten(line, width) == line
    assert len(line) <= max(width, 0) * 16 + 1
    assert line == " ".join(line.split())
    assert text.startswith(clip(text, width))
    assert cells(clip(text, width)) <= max(width, 0)


@settings(max_examples=400)
@given(st.lists(st.text("abcé", min_size=1, max_size=4), max_size=20), st.integers(min_value=9, max_value=40))
def test_words_between_spaces_are_never_cut_if_they_fit(words: list[str], width: int) -> None:
    text = " ".join(words)
    line = shorten(text, width)
    if cells(text) <= width:
        assert line == text
    else:
        kept = line.removesuffix("…").split()
        assert line.endswith("…")
        assert kept == words[: len(kept)]
        assert cells(" ".join(words[: len(kept) + 1])) + 1 > width


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("I keep three inks on the desk", 22, "I keep three inks on…"),
        ("I keep three inks on the desk", 21, "I keep three inks on…"),
        ("one\n two\tthree", 40, "one two three"),
        ("hello, hello", 7, "hello…"),
        ("and so…  he said more", 9, "and so…"),
        ("see https://example.com/a/very/long/path", 16, "see https://exa…"),
        ("今日はとても暑いですね", 9, "今日はと…"),
        ("unbreakable", 6, "unbre…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
    ],
)
def test_shorten_keeps_whole_words(text: str, width: int, short: str) -> None:
    assert shorten(text, width) == short


@pytest.mark.parametrize("unit", ["\U0001f1e6", "\u0301", "\U0001f469\u200d", "\u0915\u094d", "\u1100", "今 "])
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    def seconds(units: int) -> float:
        text = unit * units
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            shorten(text, units // 2)
            best = min(best, time.process_time() - start)
        return best

    seconds(99)
    assert seconds(30_000) < 40 * max(seconds(3_000), 0.0005)  # quadratic would be 100 times


@given(text=remote_line, most=st.integers(1, 40))
@example(text="one two three", most=7)
@example(text="\u05de\u05d5\u05e8 \U0001f469\u200d\U0001f467", most=4)
@example(text="a" * 50, most=10)
def test_shortened_text_fits_and_says_that_there_is_more(text: str, most: int) -> None:
    said = shorten(text, most)
    assert cells(said) <= most
    folded = " ".join(text.split())
    assert said == folded or (said.endswith("…") and folded.startswith(said.removesuffix("…")))


@given(words=remote, width=st.integers(5, 60), most=st.integers(1, 4))
def test_wrapping_loses_nothing_but_the_end(words: str, width: int, most: int) -> None:
    folded = one_line(words)
    lines = wrapped(folded, width, most)
    assert len(lines) <= most
    assert all(cells(line) <= max(width, 2) for line in lines)
    whole = "".join(lines).replace(" ", "")
    assert folded.replace(" ", "").startswith(whole.removesuffix("…"))


@given(text=remote_line, width=st.integers(-40, 0))
def test_where_there_is_no_room_there_is_nothing(text: str, width: int) -> None:
    assert clip(text, width) == shorten(text, width) == ""
    assert wrapped(text, width, 3) == []
