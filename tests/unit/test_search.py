"""How words are folded, understood, found and marked; the index and the marks never disagree."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from introvert_tui.engine.searching import MOST, understood
from introvert_tui.model import Page, Span
from introvert_tui.store import merge, search
from introvert_tui.store.search import Wanted
from introvert_tui.text import clean
from introvert_tui.text.matching import Term, excerpt, folded, marks, one_line, term, tokens
from tests.engine.pages import NOW, fresh, said

WORDS = st.text(
    st.one_of(
        st.sampled_from("abc éÉ'\"*():^-+{}%_\\ AND OR NEAR שקط東京ก😀👩‍🚀\n\x00\ud800"),
        st.characters(),
    ),
    max_size=40,
)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(fresh()) as db:
        yield db


def found_in(text: str, typed: str) -> bool:
    """Whether what is typed finds a message of this text, in a database of its own."""
    with closing(fresh()) as db:
        page = Page(messages=(replace(said(1, "ana", 1, 5), body=(Span(text),)),))
        merge.merge(db, 1, page, NOW)
        wanted = understood(typed, ("demo",))
        return wanted is not None and bool(search.find(db, wanted, 5))


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Café in Besançon", "cafe besancon"),
        ("cafe\u0301", "café"),
        ("Łódź, Tromsø", "lodz tromso"),
        ("ΆΛΦΑ και ωμέγα", "αλφα ωμεγα"),
        ("Ёлка", "елка"),
        ("أحمد كتب كِتابا", "احمد كتابا"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी में", "हिन्द"),
        ("東京タワーへ", "京タワ"),
        ("서울에서 만나요", "만나"),
        ("ขอกาแฟร้อน", "กาแฟ"),
        ("🥖bread🥰", "bread"),
        ("🥖bread🥰", "🥰"),
        ("well done 👍🏽", "👍"),
        ("".join(chr(ord(letter) + 0x1D3B9) for letter in "hello"), "hello"),
        ("İstanbul", "istanbul"),
        ("don't stop", "don't"),
        ("one two three", "three one"),
        ("one two three", '"two three"'),
        ("unfinished", "unfin"),
    ],
)
def test_it_is_found(text: str, typed: str) -> None:
    assert found_in(text, typed)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("one two three", '"one three"'),
        ("one two three", "one four"),
        ("inks on the desk", "ink desk"),
        ("inks", '"ink"'),
        ("東京", "京東"),
        ("well done 👩‍🚀", "🚀"),
        ("anything", '"'),
        ("anything", "from:"),
        ("anything", " *(:) "),
    ],
)
def test_it_is_not_found(text: str, typed: str) -> None:
    assert not found_in(text, typed)


@settings(max_examples=300, deadline=None)
@given(WORDS)
@example('from:"')
@example("a" * 500)
@example("b " * 400)
@example("from:a " * 60)
@example("東" * 400)
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    with closing(fresh()) as db:
        merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 5),)), NOW)
        wanted = understood(typed, ("demo",))
        if wanted is not None:
            search.find(db, wanted, MOST + 1)


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_plain_text_is_folded_into_the_words_it_has(text: str) -> None:
    assert folded(text) == " ".join(token.word for token in tokens(one_line(text)))


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), WORDS, st.booleans())
def test_what_the_index_finds_is_what_is_marked(texts: list[str], typed: str, prefix: bool) -> None:
    wanted = term(clean(typed), prefix)
    if wanted is None:
        return
    with closing(fresh()) as db:
        page = Page(messages=tuple(replace(said(n, "ana", n, n), body=(Span(text),)) for n, text in enumerate(texts)))
        merge.merge(db, 1, page, NOW)
        found = {one.text for one in search.find(db, Wanted((wanted,)), 10)}
    assert found == {clean(text) for text in texts if marks(one_line(clean(text)), (wanted,))}


@given(WORDS, st.lists(WORDS, max_size=3), st.integers(20, 80))
def test_marks_lie_in_the_excerpt_and_are_what_was_looked_for(text: str, typed: list[str], most: int) -> None:
    terms = [one for one in (term(clean(words), True) for words in typed) if one is not None]
    shown = excerpt(clean(text), terms, before=8, most=most)
    assert "\n" not in shown.text
    assert len(shown.text) <= most + 2
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)
    assert all(before[1] < after[0] for before, after in pairwise(shown.marks))
    assert bool(shown.marks) is bool(marks(one_line(clean(text)), terms))


@given(WORDS)
def test_folding_folds_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_an_excerpt_is_around_the_first_mark_and_cut_between_words() -> None:
    text = "It was so quiet at the harbour this morning that I could hear the ropes think. " * 4
    shown = excerpt(text, [Term(("ropes",), False)], before=24, most=60)
    assert shown.text == "…that I could hear the ropes think. It was so quiet at the…"
    assert [shown.text[start:end] for start, end in shown.marks] == ["ropes"]


def test_what_is_typed_is_understood() -> None:
    ink, ana = Term(("ink",), True), Term(("ana",), True)
    networks = ("bluesky", "mastodon")
    assert understood("ink", networks) == Wanted((ink,))
    assert understood("From:@ana INK", networks) == Wanted((ink,), (ana,))
    assert understood('from:"ana prado" ink', networks) == Wanted((ink,), (Term(("ana", "prado"), False),))
    assert understood("from: ana", networks) == Wanted((), (ana,))
    assert understood("from:me new ink", networks) == Wanted((Term(("new",), False), ink), by_you=True)
    assert understood("on:mast ink", networks) == Wanted((ink,), networks=("mastodon",))
    assert understood("on:b on:m", networks) == Wanted((), networks=networks)
    assert understood("on:nowhere", networks) == Wanted((), networks=())
    assert understood('"new ink', networks) == Wanted((Term(("new", "ink"), False),))
    assert [understood(nothing, networks) for nothing in ("", "  ", "from:", "on:", '"', "!?")] == [None] * 6


def test_the_index_follows_the_table(db: sqlite3.Connection) -> None:
    def indexed() -> dict[int, str]:
        return {row[0]: row[1] for row in db.execute("SELECT rowid, words FROM message_fts")}

    merge.merge(db, 1, Page(messages=(said(1, "ana", 1, 5), said(2, "ben", 2, 4))), NOW)
    assert indexed() == {1: "message 1", 2: "message 2"}
    edited = replace(said(1, "ana", 1, 5), body=(Span("Naïve"),), edited_at=NOW)
    merge.merge(db, 1, Page(messages=(edited,), gone=("at://2",)), NOW)
    assert indexed() == {1: "naive", 2: ""}
    db.execute("DELETE FROM copy")
    db.execute("DELETE FROM message")
    assert indexed() == {}
    for table in ("message_fts", "person_fts"):
        db.execute(f"INSERT INTO {table}({table}) VALUES('integrity-check')")
