"""What reads like a pitch, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introvert_tui.engine import pitch

PHRASES = ("buy", "my book", "out now")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My novel is OUT NOW!", "“out now”"),
        ("Have a look at my book.", "“my book”"),
        ("You can buy it on Tuesday", "“buy”"),
        ("here: https://www.amazon.co.uk/dp/1", "a link to www.amazon.co.uk"),
        ("ink.gumroad.com/l/one has it", "a link to ink.gumroad.com"),
    ],
)
def test_a_pitch_is_told_by_what_sells(text: str, found: str) -> None:
    assert pitch.reads_like_a_pitch(text, PHRASES) == found


@pytest.mark.parametrize(
    "text",
    [
        "I read your book and liked it.",
        "A busy day. I keep three inks.",
        "See https://en.wikipedia.org/wiki/Ink and amazonas.example",
        "notgumroad.com",
        "",
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert pitch.reads_like_a_pitch(text, PHRASES) is None


def test_without_phrases_nothing_is_asked() -> None:
    assert pitch.reads_like_a_pitch("buy my book, out now https://amazon.com", ()) is None


@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_text_is_too_odd(text: str, phrases: list[str]) -> None:
    assert isinstance(pitch.reads_like_a_pitch(text, phrases), str | None)


def test_the_remark_names_what_it_saw() -> None:
    assert pitch.remark("“out now”") == "This reads a little like a pitch (“out now”)."
