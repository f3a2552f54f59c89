"""What is typed is kept as it is typed, for each conversation, whatever the disk does."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from textual import events

from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Composer
from introvert_tui.errors import StoreError
from introvert_tui.model import MessageRef, Span
from introvert_tui.tui.widgets import writing as composing
from introvert_tui.tui.widgets.composer import BREAK
from introvert_tui.tui.widgets.writing import Writing

from .driving import Visit, says, visit_town

ZOE, MAX = (says(who, Span("did the ink dry?")) for who in ("zoe", "max"))
LETTER = "Dear Zoe,\n\n\tit did.\nAnd yours?"


def written(town: Visit) -> Writing:
    place = town.app.place()
    assert place is not None
    writing = place.writing()
    assert writing is not None
    return writing


def kept(town: Visit, writing: Writing) -> str | None:
    return town.app.session.conversation(writing.composer.conversation).kept


@pytest.mark.parametrize("key", ["h", "r"])
async def test_it_is_kept_though_nobody_pauses(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setattr(composing, "SOON", 0.05)
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press(key)
        writing = written(town)
        for _ in range(500):
            await town.press("a")
            if kept(town, writing):
                break
        words = kept(town, writing)
        assert words
        await town.until(lambda: kept(town, writing) == writing.words)
        assert writing.words.startswith(words)


async def test_each_conversation_keeps_its_own() -> None:
    async with visit_town(besides=[ZOE, MAX]) as town:
        for who, key in (("zoe", "h"), ("max", "r")):
            await town.go_to(who)
            await town.press(key)
            await town.write(f"dear {who}")
            await town.press("escape")
        for who, key in (("zoe", "r"), ("max", "h")):
            await town.go_to(who)
            await town.press(key)
            assert written(town).words == f"dear {who}"
            await town.press("escape")


@pytest.mark.parametrize(("key", "other"), [("h", "r"), ("r", "h")])
async def test_a_paste_of_many_lines_is_kept_whole(key: str, other: str) -> None:
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press(key)
        writing = written(town)
        town.app.post_message(events.Paste(LETTER.replace("\n", "\r") + "\x1b]0;pwned\x07"))
        await town.pilot.pause()
        words = writing.words
        assert words == f"{LETTER}]0;pwned"
        assert (BREAK in town.text) == (key == "h")
        await town.press("escape")
        assert kept(town, writing) == words
        await town.press(other)
        assert written(town).words == words
        await town.press("escape", "h", "enter")
        (held,) = [one for one in town.app.session.conversation(writing.composer.conversation).messages if one.held]
        assert held.body[0].text == words


async def test_words_stay_while_the_disk_is_full_and_are_kept_once_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(composing, "SOON", 0.05)
    monkeypatch.setattr(composing, "AGAIN", 0.05)
    really, full = Session.keep_words, [True]

    async def keep_words(session: Session, composer: Composer, text: str) -> Composer:
        if full:
            raise StoreError("The disk is full.")
        return await really(session, composer, text)

    monkeypatch.setattr(Session, "keep_words", keep_words)
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press("h")
        writing = written(town)
        await town.write("did it")
        await town.until(lambda: "The disk is full. Your words are still here." in town.text)
        for key in ("escape", "enter"):
            await town.press(key)
            assert written(town) is writing
            assert writing.words == "did it"
        full.clear()
        await town.until(lambda: kept(town, writing) == "did it")
        await town.press("enter")
        assert "Hello to zoe goes out in a moment" in town.text


async def test_an_adapter_that_cannot_count_costs_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(*_: object) -> None:
        raise KeyError("length")

    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press("h")
        monkeypatch.setattr(DemoAdapter, "measure", odd)
        await town.write("did it")
        writing = written(town)
        assert "stumbles over this" in town.text
        await town.until(lambda: kept(town, writing) == "did it")


async def test_two_programs_that_write_to_one_person_keep_the_words_of_both() -> None:
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press("h")
        await town.write("mine")
        await town.press("escape")
        await town.until(lambda: "Your words are kept." in town.text)
        await town.press("h")
        writing, session = written(town), town.app.session
        elsewhere = session.composer(writing.composer.conversation, writing.composer.shown)
        await session.keep_words(elsewhere, "mine, and from the other window")
        await town.write(" too")
        await town.press("escape")
        both = ["mine too", "mine, and from the other window"]
        await town.until(lambda: [row[0] for row in session.db.execute("SELECT text FROM draft ORDER BY text")] == both)


async def test_what_is_kept_by_itself_and_by_going_back_at_once_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "SOON", 0.01)
    keep, once, twice, slow = Session.keep_words, asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def keep_slowly(session: Session, composer: Composer, text: str) -> Composer:
        if once.is_set():
            twice.set()
        once.set()
        await slow.wait()
        return await keep(session, composer, text)

    monkeypatch.setattr(Session, "keep_words", keep_slowly)
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press("h")
        town.press_at_once("a")
        await asyncio.wait_for(once.wait(), 10)
        town.press_at_once("b", "escape")
        with suppress(TimeoutError):
            await asyncio.wait_for(twice.wait(), 0.2)
        slow.set()
        await town.until(lambda: "Your words are kept." in town.text)
        texts = [row[0] for row in town.app.session.db.execute("SELECT text FROM draft ORDER BY text")]
        assert texts == ["ab"]


@pytest.mark.parametrize(("key", "send"), [("h", "enter"), ("r", "ctrl+s")])
async def test_words_that_were_written_to_somebody_else_do_not_go_out_unasked(key: str, send: str) -> None:
    ref = MessageRef("else:zoe/2", "2", "1")
    newer = replace(says("max", Span("me too")), ref=ref, place=ZOE.place, seen_at=ZOE.seen_at + timedelta(minutes=2))
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        await town.press("h")
        await town.write("yes, Zoe")
        await town.press("escape")
        await town.comes_in(newer)
        await town.press("ctrl+r")
        await town.until(lambda: "Looking." not in town.text)
        await town.go_to("max")
        await town.press(key)
        assert "To max. " in town.text
        assert "You wrote this to zoe." in " ".join(town.text.split())
        await town.press(send)
        assert "You wrote this to zoe, and here it goes to max." in " ".join(town.text.split())
        assert town.app.session.sent() == ()
        await town.write("!")
        assert "You wrote this to zoe." not in " ".join(town.text.split())
        await town.press(send)
        assert [one.text for one in town.app.session.sent()] == ["yes, Zoe!"]
