"""While one writes, the conversation goes on: what is answered stays what it was, and no word is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Static

from introvert_tui.model import MessageRef, Span
from introvert_tui.tui.screens.sent import SentScreen
from introvert_tui.tui.widgets.composer import HelloLine
from introvert_tui.tui.widgets.writing import Writing

from .driving import Visit, says, visit_town

ZOE = says("zoe", Span("did the ink dry?"))


async def writing_to_zoe(town: Visit, key: str, inside: bool) -> Writing:
    await town.go_to("zoe")
    await town.press(*(["enter", key] if inside else [key]))
    await town.write("it")
    return written(town)


def told(town: Visit) -> str:
    """What the composer says about who is told."""
    return str(written(town).query_one("#audience", Static).content)


def written(town: Visit) -> Writing:
    place = town.app.place()
    assert place is not None
    writing = place.writing()
    assert writing is not None
    return writing


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(("key", "send"), [("h", "enter"), ("r", "ctrl+s")])
async def test_what_is_answered_is_deleted_meanwhile(key: str, send: str, inside: bool) -> None:
    async with visit_town(besides=[ZOE]) as town:
        writing = await writing_to_zoe(town, key, inside)
        await town.comes_in(gone=[ZOE.ref.uri])
        await town.write(" did")
        await town.press(send)
        await town.until(lambda: "What zoe wrote is gone. Your words are kept." in town.text)
        assert written(town) is writing
        assert writing.words == "it did"
        await town.press("escape")
        assert town.app.session.conversation(writing.composer.conversation).kept == "it did"


async def test_a_hello_stays_with_the_person_it_was_opened_for() -> None:
    async with visit_town(besides=[ZOE]) as town:
        writing = await writing_to_zoe(town, "h", inside=True)
        ref = MessageRef("else:zoe/2", "2", "1")
        later = ZOE.seen_at + timedelta(minutes=2)
        newer = replace(says("max", Span("not for me")), ref=ref, place=ZOE.place, parent=ZOE.ref, seen_at=later)
        answered = writing.composer.message
        await town.comes_in(newer)
        assert "not for me" in town.text
        assert writing.composer.message == answered
        assert "To zoe." in town.text
        await town.press("enter")
        assert "max still waits here" in " ".join(town.text.split())


async def test_kept_words_are_there_again_for_the_same_person() -> None:
    async with visit_town(besides=[ZOE]) as town:
        first = await writing_to_zoe(town, "h", inside=False)
        await town.press("escape", "h")
        again = written(town)
        assert again.words == "it"
        assert again.composer.draft == first.composer.draft
        await town.write(" did")
        await town.press("enter")
        assert "Hello to zoe goes out in a moment" in town.text


@pytest.mark.parametrize("key", ["h", "r"])
async def test_what_is_typed_before_the_line_is_there_is_not_lost(key: str) -> None:
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        town.press_at_once(*f"{key}quick")
        await town.until(lambda: town.inbox.writing() is not None and written(town).words == "quick")


@pytest.mark.parametrize(("key", "send"), [("h", "enter"), ("r", "ctrl+s")])
async def test_what_arrives_in_one_piece_over_a_slow_line_is_done_in_order(key: str, send: str) -> None:
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        conversation = town.inbox.subject_id
        town.press_at_once("j", "k", key, *"all", "space", *"of", "space", *"it", send, "S")
        await town.until(lambda: isinstance(town.app.screen, SentScreen))
        (sent,) = town.app.session.sent()
        assert (sent.text, sent.conversation) == ("all of it", conversation)


async def test_the_next_hello_keeps_the_keyboard_however_soon_it_was_begun() -> None:
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("Ana Prado")
        town.press_at_once("h", *"one", "enter", "h")
        await town.until(lambda: town.app.session.sent() and town.inbox.writing() is not None)
        await town.write("hello too")
        await town.press("enter")
        assert {one.text for one in town.app.session.sent()} == {"one", "hello too"}


@pytest.mark.parametrize(("key", "leave"), [("h", "escape"), ("r", "escape"), ("r", "ctrl+c")])
async def test_a_way_out_pressed_behind_the_words_keeps_all_of_them(key: str, leave: str) -> None:
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        conversation = town.inbox.subject_id
        town.press_at_once(key, *"kept", leave)
        session = town.app.session
        await town.until(lambda: any(one.id == conversation and one.kept == "kept" for one in session.inbox().rows))


async def test_a_name_is_taken_by_its_first_letters_and_who_is_told_is_said() -> None:
    async with visit_town(besides=[ZOE]) as town:
        writing = await writing_to_zoe(town, "r", inside=False)
        await town.write(" and @a")
        assert "tab @ana Ana Prado" in town.text
        await town.press("tab")
        assert writing.words == "it and @ana "
        assert "zoe is notified, and Ana Prado, whom you name." in told(town)
        await town.press("tab")
        assert writing.words == "it and @wil ", "instead"
        assert "zoe is notified, and Wil Aster, whom you name." in told(town)
        await town.write("did")
        await town.press("tab")
        assert writing.words == "it and @wil did", "nobody is being named any more"
        await town.press("ctrl+s")
        sent = town.app.session.sent()[0]
        assert sent.text == "it and @wil did"


async def test_a_name_is_taken_in_a_hello_where_no_letter_stands_behind_it() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("h")
        await town.write("tell @tom")
        assert "tab @tomasz Tomasz Wren" in town.text
        await town.press("left", "tab")
        assert written(town).words == "tell @tom"
        await town.press("right", "tab")
        assert written(town).words == "tell @tomasz "
        assert "tab take the hello" not in town.text, "it would take one's own words away"


@pytest.mark.parametrize("key", ["h", "r"])
async def test_a_name_that_is_typed_by_hand_is_told_too(key: str) -> None:
    async with visit_town(besides=[ZOE]) as town:
        await writing_to_zoe(town, key, inside=False)
        assert "Only zoe is notified." in told(town)
        await town.write(" and @ana,")
        assert "zoe is notified, and Ana Prado, whom you name." in told(town)
        await town.write(" @nobody")
        await town.until(lambda: "Ana Prado and whoever is @nobody, whom you name." in told(town))
        await town.press(*["backspace"] * 16)
        assert written(town).words == "it a"
        assert "Only zoe is notified." in told(town)


async def test_who_half_a_name_is_is_not_told_before_one_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("introvert_tui.tui.widgets.writing.SOON", 60)
    async with visit_town(besides=[ZOE]) as town:
        await writing_to_zoe(town, "h", inside=False)
        await town.write(" @nobody")
        assert "Only zoe is notified." in told(town)
        await town.write(",")
        assert "whoever is @nobody, whom you name." in told(town)


async def test_the_others_who_wait_are_named_in_the_words_and_out_again() -> None:
    ref = MessageRef("else:zoe/2", "2", "1")
    later = ZOE.seen_at + timedelta(minutes=2)
    newer = replace(says("max", Span("me too")), ref=ref, place=ZOE.place, seen_at=later)
    async with visit_town(besides=[ZOE, newer]) as town:
        await town.go_to("max")
        await town.press("r")
        await town.write("yes")
        assert "tab name zoe too" in town.text
        await town.press("tab")
        assert written(town).words == "@zoe yes"
        assert "max is notified, and zoe, whom you name." in told(town)
        assert "tab take the names out" in town.text
        await town.press("tab")
        assert written(town).words == "yes"
        await town.press("tab", "escape", "r")
        assert "tab take the names out" in town.text
        await town.press("tab")
        assert written(town).words == "yes"
        await town.press("tab", "ctrl+s")
        waiting = [who for row in town.app.session.inbox().rows for who in row.writers]
        assert "zoe" not in waiting, "whom one names is answered"


@pytest.mark.parametrize(("key", "send"), [("h", "enter"), ("r", "ctrl+s")])
async def test_a_name_is_taken_in_the_middle_of_one_piece(key: str, send: str) -> None:
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        town.press_at_once(key, *"@an", "tab", *"hi", send, "S")
        await town.until(lambda: isinstance(town.app.screen, SentScreen))
        assert [one.text for one in town.app.session.sent()] == ["@ana hi"]


@pytest.mark.parametrize("width", [50, 80, 120])
@pytest.mark.parametrize(("key", "send"), [("h", "enter send"), ("r", "ctrl+s send")])
async def test_the_hints_fit_and_a_click_on_one_does_it(key: str, send: str, width: int) -> None:
    async with visit_town((width, 30)) as town:
        await town.go_to("Ana Prado")
        await town.press(key)
        hint = written(town).hint
        assert hint.render().plain.startswith(send)
        assert "   esc back" in hint.render().plain
        assert hint.render().cell_length <= hint.size.width
        await town.write("@an")
        assert hint.render().plain.startswith("tab @ana")
        assert hint.render().cell_length <= hint.size.width
        await town.pilot.click(hint, (1, 0))
        assert written(town).words == "@ana "
        await town.pilot.click(hint, (hint.render().cell_length - 1, 0))
        assert town.inbox.writing() is None
        assert "Your words are kept." in town.text


@pytest.mark.parametrize("key", ["h", "r"])
async def test_somebody_gone_is_not_written_to(key: str) -> None:
    async with visit_town(besides=[ZOE]) as town:
        await town.go_to("zoe")
        conversation = town.inbox.subject_id
        town.inbox.draw(select=conversation)
        await town.comes_in(gone=[ZOE.ref.uri])
        await town.press(key)
        assert town.inbox.writing() is None


async def test_who_else_is_told_is_read_while_one_writes() -> None:
    async with visit_town() as town:
        await town.go_to("Priya Nair")
        await town.press("h")
        await town.until(lambda: "is notified, and" in town.text and "whoever wrote above" not in town.text)
        assert written(town).composer.audience.also


async def test_what_sells_something_is_asked_about_once_and_goes_out_if_one_insists() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("h")
        await town.write("my book is out now")
        await town.press("enter")
        asked = "This reads a little like a pitch (“my book”). Enter sends it all the same; esc goes back"
        assert asked in town.text
        assert "goes out in a moment" not in town.text
        await town.press("enter")
        assert "Hello to Ana Prado goes out in a moment" in town.text


async def test_what_was_asked_stays_while_the_words_are_kept() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("h")
        conversation = written(town).composer.conversation
        await town.write("my book is out now")
        await town.press("enter")
        await town.until(lambda: town.app.session.conversation(conversation).kept == "my book is out now")
        await town.pilot.pause(0.05)
        assert "Enter sends it all the same; esc goes back, with your words kept." in town.text
        await town.write("!")
        assert "Enter sends it all the same; esc goes back, with your words kept." not in town.text


LOW = [(80, 24), (80, 20), (120, 14), (50, 10), (40, 10), (30, 10), (80, 8), (40, 8)]


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("key", ["h", "r"])
@pytest.mark.parametrize("size", LOW)
async def test_the_line_one_types_in_is_in_view_however_low_the_window(
    size: tuple[int, int], key: str, inside: bool
) -> None:
    async with visit_town(size, besides=[ZOE]) as town:
        writing = await writing_to_zoe(town, key, inside)
        await town.write(" did")
        screen = town.app.screen.size.region
        assert screen.contains_region(writing.field.region)
        assert screen.contains_region(writing.hint.region)
        assert "it did" in town.text
        await town.press(*["enter"] * 9 if key == "r" else [])
        assert screen.contains_region(writing.hint.region)
        if not inside:
            assert town.inbox.rows.size.height > 0
        await town.press("escape")
        assert "Your words are kept." in town.text
        assert inside or town.inbox.rows.size.height > 1


async def test_what_comes_in_while_one_writes_in_a_low_window_changes_nothing() -> None:
    async with visit_town((80, 18), besides=[ZOE]) as town:
        writing = await writing_to_zoe(town, "h", inside=False)
        await town.comes_in(says("max", Span("and the pen?")))
        assert written(town) is writing
        await town.press("escape")
        assert "more person wrote" in town.text


async def test_news_while_the_line_opens_or_closes_finds_nothing_to_tell() -> None:
    async with visit_town(besides=[ZOE]) as town:
        writing = await writing_to_zoe(town, "h", inside=True)
        not_yet = HelloLine(writing.composer, writing.session)
        not_yet.refresh_audience()
        await writing.close()
        writing.refresh_audience()
        assert town.app.is_running
