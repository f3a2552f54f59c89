"""A conversation as it is read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Static

from introvert_tui.model import Attachment, AttachmentKind, Message, MessageRef, Reason, Span, SpanKind
from introvert_tui.tui.outside import Outside
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.widgets.thread import MessageText, Thread
from introvert_tui.tui.window import WINDOW

from .driving import Visit, says, visit_town


async def opened(town: Visit, who: str) -> ConversationScreen:
    await town.go_to(who)
    await town.press("enter")
    screen = town.app.screen
    assert isinstance(screen, ConversationScreen)
    await town.pilot.pause(0.1)
    return screen


async def test_it_opens_at_what_is_new_and_goes_back() -> None:
    async with visit_town() as town:
        screen = await opened(town, "Ana Prado")
        here = screen.thread.here
        assert here is not None
        assert here.new
        await town.press("escape")
        assert town.app.screen is town.inbox


async def test_at_most_fifty_messages_are_mounted() -> None:
    async with visit_town() as town:
        screen = await opened(town, "Ana Prado")
        view = screen.subject()
        assert view is not None
        assert len(screen.query(MessageText)) <= WINDOW


async def test_a_hello_from_a_conversation_leads_back_to_the_next() -> None:
    async with visit_town() as town:
        await opened(town, "Ana Prado")
        await town.press("h")
        await town.write("hello there")
        await town.press("enter")
        await town.pilot.pause(0.05)
        assert town.app.screen is town.inbox
        assert "Hello to Ana Prado goes out" in town.text
        assert town.selected != "Ana Prado"


async def test_what_is_read_does_not_move_when_something_comes_in() -> None:
    async with visit_town(size=(80, 20)) as town:
        screen = await opened(town, "Kit Lowther")
        thread = screen.query_one(Thread)
        await town.press("j")
        here = next(text for text in thread.query(MessageText) if text.has_class("-here"))
        before = here.region.y
        screen.changed(frozenset({screen.subject().id}))
        await town.pilot.pause(0.1)
        assert here.region.y == before


async def test_a_warning_is_folded_until_v() -> None:
    async with visit_town() as town:
        rows = town.inbox.listing.rows
        conversation = next(row.id for row in rows if row.warning is not None)
        town.app.push_screen(ConversationScreen(conversation))
        await town.pilot.pause(0.1)
        screen = town.app.screen
        assert isinstance(screen, ConversationScreen)
        message = next(one for one in town.app.session.conversation(conversation).messages if one.warning)
        words = "".join(span.text for span in message.body).split("\n")[0][:30]
        screen.thread.select(message.id)
        assert words not in town.text
        await town.press("v")
        assert words in town.text
        await town.press("v")
        assert words not in town.text


async def test_a_link_shows_where_it_leads_and_opens_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_urls: list[str] = []

    async def note(_: Outside, url: str) -> None:
        opened_urls.append(url)

    monkeypatch.setattr(Outside, "open", note)
    link = Span("bank.example", SpanKind.LINK, "https://evil.example/login")
    async with visit_town(besides=[says("zoe", Span("look: "), link)]) as town:
        await opened(town, "zoe")
        assert "bank.example [1] (evil.example)" in town.text
        await town.press("2")
        assert "no link with that number" in town.text
        await town.press("1")
        assert "This leads to https://evil.example/login" in town.text
        await town.press("escape")
        assert opened_urls == []
        await town.press("1", "enter")
        assert opened_urls == ["https://evil.example/login"]


async def test_a_link_is_followed_with_the_mouse_wherever_the_cursor_is() -> None:
    links = [Span(where, SpanKind.LINK, f"https://{where}/") for where in ("one.example", "two.example")]
    async with visit_town(besides=[says("zoe", links[0], Span(" or "), links[1])]) as town:
        screen = await opened(town, "zoe")
        await town.click("two.example")
        assert "This leads to https://two.example/" in town.text
        await town.click("stay here")
        assert town.app.screen is screen
        await town.click("[1]")
        assert "This leads to https://one.example/" in town.text


async def test_a_warning_is_lifted_by_enter_and_with_the_mouse() -> None:
    async with visit_town() as town:
        await opened(town, "Hester Bly")
        assert "car park" not in town.text
        for way in (town.click("v shows it"), town.press("enter")):
            await way
            assert "car park" in town.text
            await town.click("Under the warning")
            assert "car park" not in town.text


async def test_what_is_below_a_fold_stays_where_it_is_when_that_opens() -> None:
    async with visit_town(size=(120, 24)) as town:
        screen = await opened(town, "Ines Moreau")
        below = next(text for text in screen.query(MessageText) if text.item.messages[0].mine)
        await town.press("g")
        row = below.region.y
        await town.press("enter")
        await town.pilot.pause(0.1)
        assert below.region.y == row
        here = next(text for text in screen.query(MessageText) if text.has_class("-here"))
        assert screen.thread.region.y <= here.region.y < here.region.bottom < row


@pytest.mark.parametrize("key", ["h", "r"])
async def test_what_one_answers_is_in_view_and_has_the_cursor(key: str) -> None:
    async with visit_town(size=(120, 24)) as town:
        screen = await opened(town, "Kit Lowther")
        assert "keeps the gulls off" not in town.text
        await town.press(key)
        assert "To Kit Lowther." in town.text
        assert "keeps the gulls off" in town.text
        here = screen.thread.here
        assert here is not None
        assert here.name == "Kit Lowther"


async def test_a_fold_is_opened_with_the_mouse() -> None:
    async with visit_town() as town:
        await opened(town, "Jun Takeda")
        await town.click("Reading circle")
        assert "Earlier" not in town.text
        assert "Jun Takeda @jun, on Friday" in town.text


async def test_why_a_key_did_nothing_is_told_until_the_next_one() -> None:
    async with visit_town() as town:
        await opened(town, "Jun Takeda")
        await town.press("9")
        assert "no link with that number" in town.text
        await town.press("escape")
        assert town.app.place() is town.inbox
        assert "no link with that number" not in town.text


async def test_only_https_is_opened() -> None:
    link = Span("here", SpanKind.LINK, "http://plain.example/")
    async with visit_town(besides=[says("zoe", link)]) as town:
        await opened(town, "zoe")
        await town.press("1", "enter")
        assert "Only https addresses are opened, and this is none: http://plain.example/" in town.text


async def test_what_came_before_is_a_line_per_person_until_v() -> None:
    async with visit_town() as town:
        screen = await opened(town, "Jun Takeda")
        assert "Earlier · v shows it" in town.text
        assert "Jun Takeda: Reading circle" in town.text
        assert "You to Jun Takeda" in town.text, "your last words are there"
        here = screen.thread.here
        await town.press("v")
        assert "Earlier" not in town.text
        assert "Jun Takeda @jun, on Friday" in town.text
        assert screen.thread.here == here
        await town.press("v")
        assert "Nothing is hidden" in town.text


async def test_a_fold_is_opened_where_it_is_selected() -> None:
    async with visit_town() as town:
        screen = await opened(town, "Jun Takeda")
        await town.press("g")
        assert screen.thread.here is None
        await town.press("1")
        assert "no link with that number" in town.text
        await town.press("v")
        here = screen.thread.here
        assert here is not None
        assert here.name == "Priya Nair", "the last of them is where one goes on reading"


async def test_earlier_opens_what_is_folded_first() -> None:
    async with visit_town() as town:
        await opened(town, "Jun Takeda")
        await town.press("left_square_bracket")
        assert "Jun Takeda @jun, on Friday" in town.text


async def test_what_is_open_stays_open_when_it_is_no_longer_new() -> None:
    async with visit_town(size=(80, 40)) as town:
        screen = await opened(town, "Kit Lowther")
        before = [text.item for text in screen.query(MessageText)]
        row = town.app.session.conversation(screen.subject().id)
        await town.app.session.done(row.id, row.shown)
        await town.pilot.pause(0.1)
        screen.changed(frozenset({row.id}))
        await town.pilot.pause(0.1)
        after = [text.item for text in screen.query(MessageText)]
        assert [(one.id, one.folded) for one in after] == [(one.id, one.folded) for one in before]
        assert not any(message.new for one in after for message in one.messages)


def numbered(first: Message, numbers: Iterable[int], said_to_me: Reason | None) -> list[Message]:
    """Answers to a message, one each second after it, in the order of their numbers."""
    answers = []
    for number in numbers:
        answer = says("zoe", Span(f"number {number}"))
        ref = MessageRef(f"else:zoe/{number}", f"{number}", "1")
        at = first.seen_at + timedelta(seconds=number)
        answers.append(
            replace(
                answer,
                ref=ref,
                place=first.place,
                parent=first.ref,
                seen_at=at,
                claimed_at=at,
                said_to_me=said_to_me,
            )
        )
    return answers


async def test_a_long_thread_is_a_window_that_slides() -> None:
    first = says("zoe", Span("number 0"))
    async with visit_town(besides=[first, *numbered(first, range(1, 120), Reason.MENTION)]) as town:
        screen = await opened(town, "zoe")
        assert len(screen.query(MessageText)) == WINDOW
        await town.press("G")
        assert str(screen.query_one("#earlier", Static).content) == "70 earlier messages · [ shows more of them"
        shown = [text.item.id for text in screen.query(MessageText)]
        screen.thread.select(shown[0])
        await town.press("left_square_bracket")
        await town.pilot.pause(0.1)
        texts = list(screen.query(MessageText))
        assert len(texts) == WINDOW
        assert texts[0].item.id < shown[0]
        assert any(text.has_class("-here") and text.item.id == shown[0] for text in texts)
        await town.press("right_square_bracket")
        await town.pilot.pause(0.1)
        assert [text.item.id for text in screen.query(MessageText)] == shown
        for key, end in (("g", "number 0"), ("G", "number 119")):
            await town.press(key)
            assert at_cursor(screen) == end
            assert f"{end}\n" in re.sub(r" +\n", "\n", town.text)


def at_cursor(screen: ConversationScreen) -> str:
    here = screen.thread.here
    return "".join(span.text for span in here.body) if here is not None else ""


async def test_a_long_thread_opens_at_the_first_of_what_is_new() -> None:
    first = replace(says("zoe", Span("number 0")), said_to_me=None)
    before, new = numbered(first, range(1, 100), None), numbered(first, range(100, 300), Reason.MENTION)
    async with visit_town(besides=[first, *before, *new]) as town:
        screen = await opened(town, "zoe")
        assert at_cursor(screen) == "number 100"
        assert "number 100" in town.text


async def test_the_cursor_stays_where_it_is_however_much_comes_in_around_it() -> None:
    first = says("zoe", Span("number 0"))
    async with visit_town(besides=[first]) as town:
        screen = await opened(town, "zoe")
        assert at_cursor(screen) == "number 0"
        await town.comes_in(*numbered(first, range(-100, 0), None), *numbered(first, range(1, 100), None))
        await town.pilot.pause(0.1)
        assert at_cursor(screen) == "number 0"
        assert "number 0\n" in re.sub(r" +\n", "\n", town.text)


def long_thread() -> list[Message]:
    """More than a window holds."""
    first = says("zoe", Span("number 0"))
    return [first, *numbered(first, range(1, 80), Reason.MENTION)]


@pytest.mark.parametrize("change", ["news", "end"])
async def test_what_changes_a_thread_at_once_is_done_one_after_the_other(change: str) -> None:
    async with visit_town(besides=long_thread()) as town:
        screen = await opened(town, "zoe")
        thread, view = screen.thread, town.app.session.conversation(screen.subject().id)
        await thread.jump(-1)
        if change == "news":
            await asyncio.gather(thread.jump(0), thread.take_in(view))
            end = "number 0"
        else:
            await asyncio.gather(thread.jump(0), thread.jump(-1))
            end = "number 79"
        await town.pilot.pause()
        assert len(screen.query(MessageText)) == WINDOW
        assert at_cursor(screen) == end
        assert end in town.text


async def test_keys_in_one_piece_while_news_comes_in() -> None:
    async with visit_town(besides=long_thread()) as town:
        screen = await opened(town, "zoe")
        changed = frozenset({screen.subject().id})
        for keys in (["G", "left_square_bracket", "k", "right_square_bracket"], ["g", "j", "right_square_bracket"]):
            for key in keys * 3:
                town.press_at_once(key)
                screen.changed(changed)
                await town.pilot.pause(0)
        await town.pilot.pause(0.2)
        assert len(screen.query(MessageText)) == WINDOW
        assert [text.item.id for text in screen.query(MessageText)] == sorted(
            text.item.id for text in screen.query(MessageText)
        )
        for key in ("G", "g"):
            screen.changed(changed)
            town.press_at_once(key, "escape")
            await town.until(lambda: town.app.screen is town.inbox)
            screen = await opened(town, "zoe")


def three_wait() -> list[Message]:
    """In a conversation that one stays in for two answers."""
    first = says("zoe", Span("number 0"))
    later = numbered(first, (1, 2), Reason.MENTION)
    second, third = (replace(one, author=says(f"else{one.ref.local}").author) for one in later)
    return [first, second, third]


async def reply(town: Visit, *several: str) -> None:
    for words in several:
        await town.press("r")
        await town.write(words)
        await town.press("ctrl+s")


async def test_each_of_several_replies_that_are_not_out_yet_is_there_once() -> None:
    async with visit_town(besides=three_wait()) as town:
        screen = await opened(town, "zoe")
        await reply(town, "one of mine", "another of mine")
        assert town.text.count("one of mine") == town.text.count("another of mine") == 1
        assert town.text.count(", not out yet") == 2
        await town.press("escape")
        await town.go_to("zoe")
        await town.press("enter")
        assert isinstance(town.app.screen, ConversationScreen)
        assert town.app.screen is not screen
        await town.press("u")
        await town.until(lambda: "another of mine" not in town.text)
        assert town.text.count("one of mine") == 1


async def test_the_cursor_stays_near_what_is_taken_from_under_it() -> None:
    async with visit_town(besides=three_wait()) as town:
        screen = await opened(town, "zoe")
        await reply(town, "one of mine")
        await town.press("G")
        assert at_cursor(screen) == "one of mine"
        await town.press("u")
        await town.until(lambda: "one of mine" not in town.text)
        assert at_cursor(screen) == "number 2"


HOSTILE = (
    "MARK [/b] [@click=app.quit]press[/] \x1b]0;pwn\x07 \x1b[2J \x1b]52;c;cHdu\x07 \x9b31m \u202e\u2066 END",
    "[link=javascript:alert(1)]",
    "[" * 200,
    "z\u0351" * 400,
)
UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|&#27;|&#x1b;")


async def test_no_remote_text_reaches_the_terminal_as_anything_but_text() -> None:
    pictures = (
        Attachment(AttachmentKind.IMAGE, HOSTILE[0]),
        Attachment(AttachmentKind.QUOTE, HOSTILE[0], author=HOSTILE[0]),
    )
    strangers = [
        says(f"stranger{number}", Span(words), name=words, warning=words if number % 2 else None, attachments=pictures)
        for number, words in enumerate(HOSTILE)
    ]
    async with visit_town(besides=strangers) as town:
        frames = [town.text]
        for row in list(town.inbox.listing.rows):
            if any("stranger" in one.handle for one in town.app.session.conversation(row.id).messages):
                town.inbox.draw(select=row.id)
                await town.pilot.pause(0.15)
                frames.append(town.text)
                await town.press("enter")
                frames.append(town.text)
                await town.press("v", "h")
                frames.append(town.text)
                await town.write("hi")
                await town.press("escape", "escape")
                frames.append(town.text)
        assert len(frames) == 1 + 4 * len(HOSTILE)
        assert not [frame for frame in frames if UNCLEAN.search(frame)]
        assert any("MARK [/b] [@click=app.quit]press[/]" in frame for frame in frames)


async def test_news_of_a_conversation_that_is_being_closed_changes_nothing() -> None:
    async with visit_town() as town:
        screen = await opened(town, "Ana Prado")
        await town.press("escape")
        assert town.app.screen is town.inbox
        screen._look()
        await screen._take_in()
        assert town.app.is_running
