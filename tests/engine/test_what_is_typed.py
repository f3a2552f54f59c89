"""Whatever keys put between one's words: what would steer a terminal is neither kept nor published."""

from __future__ import annotations

import pytest

from introvert_tui.engine.views import Later
from introvert_tui.errors import Cannot
from introvert_tui.store import outgoing

from .conftest import Town

STRAY = "  hi \x1b[D\x1b[Dthere\x07\r\nfamily 👩‍👩‍👧 and שלום\n\nbye\x9b \n"
MEANT = "hi [D[Dthere\nfamily 👩‍👩‍👧 and שלום\n\nbye"


async def test_words_go_out_without_what_steers_a_terminal(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    composer = session.composer(row.id, row.shown)
    await session.hello(composer, STRAY)
    assert outgoing.one(session.db, composer.draft).draft.text == MEANT


async def test_new_words_are_cleaned_as_well(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    composer = session.composer(row.id, row.shown)
    await session.hello(composer, "Not yet.")
    await session.reword(composer.draft, STRAY)
    assert [one.text for one in session.outbox()] == [MEANT]


async def test_words_that_are_kept_are_those_that_would_go_out(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    composer = await session.keep_words(session.composer(row.id, row.shown), STRAY)
    assert composer.kept is not None
    assert composer.kept.strip() == MEANT
    assert session.conversation(row.id).kept == composer.kept
    assert (await session.keep_words(composer, "\x1b\x07")).kept is None
    assert session.conversation(row.id).kept is None


async def test_long_words_are_kept_whole(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    words = "\x07" + "a word " * 5_000
    assert (await session.keep_words(session.composer(row.id, row.shown), words)).kept == words[1:]


async def test_what_cannot_be_seen_is_nothing_written(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    with pytest.raises(Cannot, match="Nothing is written yet"):
        await session.hello(session.composer(row.id, row.shown), "\x1b\x07")


async def test_a_reason_is_one_clean_line(town: Town) -> None:
    town.village.says("ana", "@me hello")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.later(row.id, Later.TOMORROW, " too \x1btired\n today ")
    assert session.put_off()[0].row.later_reason == "too tired today"
