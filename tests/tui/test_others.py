"""What you put off, left and sent, through the real engine in the demo town."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from textual.command import CommandPalette

from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.engine.inbox import State
from introvert_tui.errors import Offline, Refused
from introvert_tui.model import Prepared, Receipt, Span
from introvert_tui.settings import Settings
from introvert_tui.store import outbox
from introvert_tui.tui.actions import Where, here
from introvert_tui.tui.screens.asking import Ask, Menu
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.screens.later import LaterScreen
from introvert_tui.tui.screens.others import AsideList, LeftScreen, OlderScreen
from introvert_tui.tui.screens.sent import SentScreen
from introvert_tui.tui.widgets.lines import Hints
from introvert_tui.tui.widgets.row_list import RowList

from .driving import Visit, says, visit_town

SIZES = [(120, 40), (80, 24), (50, 30)]
WHEN = ("evening", "tomorrow", "next week", "some day")
"""What `z` offers; on a Sunday at seven in the evening, "this evening" is in three hours."""


async def put_off(town: Visit, who: str, when: str, why: str = "") -> int:
    """Put somebody off; returns the conversation."""
    await town.go_to(who)
    conversation = town.inbox.subject_id or 0
    await town.press("z", *["j"] * WHEN.index(when), "enter")
    await town.write(why)
    await town.press("enter")
    return conversation


async def greet(town: Visit, who: str, words: str) -> int:
    """Say hi to somebody, which is held; returns the conversation."""
    await town.go_to(who)
    conversation = town.inbox.subject_id or 0
    await town.press("h")
    await town.write(words)
    await town.press("enter")
    return conversation


async def goes_out(town: Visit) -> None:
    """What is held goes out now."""
    await town.app.session.let_go()
    await town.until(lambda: all(one.out for one in town.app.session.sent()))


def told(town: Visit) -> set[str]:
    """The actions whose keys stand at the foot of the screen."""
    hints, place = screen(town).query_one(Hints), screen(town)
    spots = ((x, hints.region.y) for x in hints.region.column_range)
    clicks = [place.get_style_at(x, y).meta.get("@click", "") for x, y in spots]
    return {click.removeprefix("screen.do('").removesuffix("')") for click in clicks}


def state(town: Visit, conversation: int) -> State:
    return town.app.session.conversation(conversation).state


def screen(town: Visit) -> AsideList:
    place = town.app.place()
    assert isinstance(place, AsideList)
    return place


def words(town: Visit) -> str:
    """What is on the screen, as one line."""
    return " ".join(town.text.split())


class TestLater:
    @pytest.mark.parametrize("size", SIZES)
    async def test_it_is_listed_by_when_it_comes_back_with_the_reason(self, size: tuple[int, int]) -> None:
        async with visit_town(size=size) as town:
            await put_off(town, "Sam Okafor", "some day")
            await put_off(town, "Ines Moreau", "next week", "too tired")
            await put_off(town, "Ana Prado", "evening", "after supper")
            await put_off(town, "Hester Bly", "tomorrow")
            await town.press("Z")
            assert isinstance(town.app.screen, LaterScreen)
            told = town.text
            heads = ["This evening", "Ana Prado", "Tomorrow", "Hester Bly", "Next week", "Ines Moreau"]
            places = [told.index(one) for one in heads]
            assert places == sorted(places)
            assert "You put this off: after supper" in told
            await town.press("G")
            assert "When you feel like it" in town.text
            assert "Sam Okafor" in town.text
            await town.press("escape", "O")
            assert isinstance(town.app.screen, OlderScreen)
            older = {row.id for row in town.app.session.older()}
            assert older
            assert not older & {one.row.id for one in town.app.session.put_off()}

    async def test_nothing_is_put_off(self) -> None:
        async with visit_town() as town:
            await town.press("Z")
            assert "Nothing here: you put nothing off." in town.text
            await town.press("enter", "b", "e", "h")
            assert "There is no conversation at the cursor." in town.text

    async def test_it_is_brought_back_now_and_put_off_again(self) -> None:
        async with visit_town() as town:
            conversation = await put_off(town, "Ana Prado", "tomorrow", "too tired")
            await town.press("Z", "b")
            assert "It waits again" in town.text
            assert "Nothing here" in town.text
            assert town.inbox.listing.row(conversation) is not None
            await town.press("u")
            assert "it is put off again" in town.text
            assert "You put this off: too tired" in town.text
            assert town.inbox.listing.row(conversation) is None
            await town.press("b", "escape")
            assert town.inbox.subject_id == conversation
            assert "more person wrote" not in town.text

    @pytest.mark.parametrize("key", ["e", "n", "x"])
    async def test_it_is_dealt_with_as_in_the_inbox(self, key: str) -> None:
        async with visit_town() as town:
            await put_off(town, "Sam Okafor", "tomorrow")
            conversation = await put_off(town, "Ana Prado", "evening")
            here = town.inbox.subject_id
            await town.press("Z", key)
            assert state(town, conversation) in (State.OPEN, State.LEFT)
            assert "Have you tried the new ink" not in town.text
            assert "▌  Sam Okafor" in town.text
            await town.press("u")
            assert state(town, conversation) is State.LATER
            assert "▌  Ana Prado" in town.text
            await town.press("escape")
            assert town.inbox.subject_id == here

    async def test_a_hello_is_said_from_here(self) -> None:
        async with visit_town() as town:
            conversation = await put_off(town, "Ana Prado", "tomorrow")
            await town.press("Z", "h")
            await town.write("After all.")
            await town.press("enter")
            assert "Hello to Ana Prado goes out in a moment" in words(town)
            assert "Nothing here: you put nothing off." in town.text
            assert state(town, conversation) is State.OPEN
            await town.press("u")
            assert state(town, conversation) is State.LATER
            assert "Kept: After all." in town.text

    async def test_it_is_put_off_anew(self) -> None:
        async with visit_town() as town:
            await put_off(town, "Ana Prado", "tomorrow", "too tired")
            await town.press("Z", "z", "j", "j", "enter")
            await town.write("next time")
            await town.press("enter")
            assert "Next week" in town.text
            assert "You put this off: next time" in town.text
            await town.press("u")
            assert "Tomorrow" in town.text
            assert "You put this off: too tired" in town.text

    async def test_it_is_opened_and_done_with_there(self) -> None:
        async with visit_town() as town:
            conversation = await put_off(town, "Ana Prado", "tomorrow")
            await town.press("Z", "enter")
            assert isinstance(town.app.screen, ConversationScreen)
            await town.press("e")
            assert isinstance(town.app.screen, LaterScreen)
            assert "Nothing here" in town.text
            assert state(town, conversation) is State.OPEN

    async def test_its_key_brings_it_back_from_within_it_too(self) -> None:
        async with visit_town() as town:
            conversation = await put_off(town, "Ana Prado", "tomorrow")
            await town.press("Z", "enter")
            assert "b bring back" in town.text
            await town.press("space")
            assert "bring it back" in town.text
            assert "rejoin" not in town.text
            await town.press("b")
            assert state(town, conversation) is State.WAITING
            assert "It waits again" in town.text
            assert isinstance(town.app.screen, ConversationScreen)
            assert "b bring back" not in town.text
            await town.press("b")
            assert "You did not leave this." in town.text
            await town.press("escape")
            assert "Nothing here: you put nothing off." in town.text

    async def test_its_key_is_yours_within_it_too(self) -> None:
        keys = {"bring_back": "f5", "rejoin": "b"}
        async with visit_town(settings=Settings(keys=keys)) as town:
            assert town.app.said == ""
            conversation = await put_off(town, "Ana Prado", "tomorrow")
            await town.press("Z", "enter", "b")
            assert state(town, conversation) is State.LATER
            await town.press("f5")
            assert state(town, conversation) is State.WAITING

    async def test_the_mouse_finds_it_below_the_inbox_and_opens_what_is_in_it(self) -> None:
        async with visit_town() as town:
            await put_off(town, "Ana Prado", "tomorrow")
            await town.press("G")
            assert "What you put off" in town.text
            rows = town.inbox.rows
            await town.pilot.click(rows, offset=(5, rows.size.height - 2))
            await town.pilot.pause(0.05)
            assert isinstance(town.app.screen, LaterScreen)
            await town.pilot.click(RowList, offset=(8, 1))
            await town.pilot.pause(0.05)
            assert isinstance(town.app.screen, ConversationScreen)


class TestLeft:
    @pytest.mark.parametrize("size", SIZES)
    async def test_what_happened_there_since_is_told_here_and_nowhere_else(self, size: tuple[int, int]) -> None:
        async with visit_town(size=size) as town:
            await town.go_to("Ana Prado")
            conversation = town.inbox.subject_id or 0
            await town.press("x", "L")
            assert isinstance(town.app.screen, LeftScreen)
            assert "Ana Prado" in town.text
            assert "named you" not in town.text
            await town.comes_in(town.names_you(conversation, "Jun", hours_ago=20))
            assert "named you" not in town.text
            await town.press("escape")
            assert "more person wrote" not in town.text
            assert town.inbox.listing.row(conversation) is None
            await town.press("L")
            assert "Jun named you here yesterday." in words(town)

    async def test_it_is_rejoined_and_left_again(self) -> None:
        async with visit_town() as town:
            await town.go_to("Ana Prado")
            conversation = town.inbox.subject_id or 0
            await town.press("x", "L")
            await town.comes_in(town.names_you(conversation, "Jun", hours_ago=4))
            await town.press("b")
            assert state(town, conversation) is not State.LEFT
            assert "Nothing here: you left no conversation." in town.text
            await town.press("u")
            assert "it is left again" in town.text
            assert state(town, conversation) is State.LEFT
            assert "Jun named you here 4 hours ago." in town.text
            await town.press("escape")
            assert town.inbox.listing.row(conversation) is None

    async def test_whose_answer_brings_it_back(self) -> None:
        async with visit_town() as town:
            conversation = await greet(town, "Ines Moreau", "Page one, then.")
            await goes_out(town)
            await town.until(lambda: state(town, conversation) is State.LEFT)
            await town.press("L")
            assert "If Ines Moreau answers, it comes back." in words(town)

    async def test_kept_words_do_not_hide_it(self) -> None:
        async with visit_town() as town:
            await town.go_to("Ana Prado")
            conversation = town.inbox.subject_id or 0
            await town.press("h")
            await town.write("Not yet")
            await town.press("escape", "x")
            await town.comes_in(town.names_you(conversation, "Jun", hours_ago=20))
            await town.press("L")
            assert "Kept: Not yet" in town.text
            assert "Jun named you here yesterday." in town.text

    async def test_what_others_are_called_is_text(self) -> None:
        async with visit_town() as town:
            await town.go_to("Ana Prado")
            conversation = town.inbox.subject_id or 0
            await town.press("x")
            await town.comes_in(town.names_you(conversation, "[@click=app.quit]x[/]", hours_ago=20))
            await town.press("L")
            assert "[@click=app.quit]x[/] named you here yesterday." in town.text


@contextmanager
def wire(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> Iterator[None]:
    """Let sending fail."""

    async def fails(self: DemoAdapter, prepared: Prepared) -> Receipt:
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(DemoAdapter, "send", fails)
        yield


async def let_go(town: Visit, until: str) -> None:
    """Let what is held go, until it stands so."""
    await town.app.session.let_go()
    await town.until(lambda: any(one.stands.startswith(until) for one in town.app.session.sent()))


class TestSent:
    @pytest.mark.parametrize("size", SIZES)
    async def test_what_was_written_is_listed_newest_first_and_how_it_stands(self, size: tuple[int, int]) -> None:
        async with visit_town(size=size) as town:
            await greet(town, "Ines Moreau", "Page one, then.")
            await goes_out(town)
            await greet(town, "Ana Prado", "Not yet. Which one is it?")
            await town.press("S")
            assert isinstance(town.app.screen, SentScreen)
            told = town.text
            order = [
                "Hello to Ana Prado",
                "Not yet. Which one",
                "Goes out in a moment",
                "Hello to Ines Moreau",
                "Out since",
            ]
            assert [told.index(one) for one in order] == sorted(told.index(one) for one in order)
            assert "Out since 19:00." in told
            assert "outbox" not in told.casefold()

    async def test_the_hints_tell_what_can_be_done_to_the_message_at_the_cursor(self) -> None:
        async with visit_town() as town:
            await greet(town, "Ines Moreau", "Page one, then.")
            await goes_out(town)
            await greet(town, "Sam Okafor", "Soon.")
            await town.press("S", "d")
            assert not {"send", "drop", "delete"} & told(town)
            await town.press("escape")
            await greet(town, "Ana Prado", "Not yet.")
            await town.press("S")
            assert {"send", "drop", "delete"} & told(town) == {"send", "drop"}
            await town.press("space")
            assert "don't send it" in town.text
            assert "Delete what is out" not in town.text
            await town.press("escape", "G")
            assert {"send", "drop", "delete"} & told(town) == {"delete"}
            await town.press("g")
            await town.app.session.let_go()
            await town.until(lambda: {"send", "drop", "delete"} & told(town) == {"delete"})

    async def test_what_is_typed_after_enter_is_no_part_of_it(self) -> None:
        async with visit_town() as town:
            await town.go_to("Ana Prado")
            await town.press("h")
            await town.write("Not yet.")
            town.press_at_once("enter", "u")
            await town.until(lambda: "Taken back" in town.app.said)
            assert town.app.session.sent()[0].text == "Not yet."

    async def test_nothing_was_written_yet(self) -> None:
        async with visit_town() as town:
            await town.press("S")
            assert "Nothing here: you have sent nothing from here yet." in town.text
            for key, missing in (("s", "message"), ("d", "message"), ("D", "message"), ("r", "conversation")):
                await town.press(key)
                assert f"There is no {missing} at the cursor." in town.text
            await town.press("enter")
            assert isinstance(town.app.screen, SentScreen)

    async def test_how_it_stands_changes_where_it_is(self) -> None:
        async with visit_town() as town:
            await greet(town, "Ana Prado", "Not yet.")
            await town.press("S")
            assert "Goes out in a moment, or when you quit." in town.text
            await goes_out(town)
            await town.until(lambda: "Out since 19:00." in town.text)

    async def test_what_is_held_is_sent_now(self) -> None:
        async with visit_town() as town:
            await greet(town, "Ana Prado", "Not yet.")
            await town.press("S", "s")
            await town.until(lambda: "Hello to Ana Prado: Out since 19:00." in town.text)
            await town.press("s")
            assert "is out already. D deletes it." in town.text
            await town.press("d")
            assert "is out already. D deletes it." in town.text

    async def test_it_is_opened_at_the_message(self) -> None:
        async with visit_town() as town:
            conversation = await greet(town, "Ana Prado", "Not yet. Which one is it?")
            await goes_out(town)
            await town.press("S", "enter")
            place = town.app.screen
            assert isinstance(place, ConversationScreen)
            assert place.subject().id == conversation
            assert place.thread.here is not None
            assert place.thread.here.mine
            assert "Not yet. Which one is it?" in town.text
            await town.press("escape")
            assert isinstance(town.app.screen, SentScreen)

    async def test_the_question_is_gone_with_its_answer(self) -> None:
        async with visit_town() as town:
            conversation = await greet(town, "Ana Prado", "Not yet.")
            await goes_out(town)
            await town.press("u")
            assert isinstance(town.app.screen, Ask)
            assert town.text.count("Your hello to Ana Prado went out at 19:00. Delete it?") == 1
            await town.press("escape")
            assert "Delete it?" not in town.text
            assert town.app.session.sent()[0].conversation == conversation

    async def test_it_is_deleted_after_asking(self) -> None:
        async with visit_town() as town:
            conversation = await greet(town, "Ana Prado", "Not yet.")
            await town.press("S", "D")
            assert "nothing to delete" in town.text
            await goes_out(town)
            await town.press("D")
            assert isinstance(town.app.screen, Ask)
            assert " went out at 19:00. Delete it?" in town.text
            await town.press("n")
            assert town.app.session.sent()[0].delete is not None
            await town.press("D", "y")
            await town.until(lambda: "Deleted again." in town.text)
            await town.press("D")
            assert "It is deleted already." in town.text
            await town.press("escape")
            assert town.inbox.listing.row(conversation) is not None

    async def test_what_is_held_is_taken_back_with_its_words(self) -> None:
        async with visit_town() as town:
            conversation = await greet(town, "Ana Prado", "Not yet.")
            await town.press("S", "d")
            assert "Taken back. Nothing was sent; your words are kept." in words(town)
            row = town.inbox.listing.row(conversation)
            assert row is not None
            assert row.kept == "Not yet."
            await town.press("d")
            assert "goes nowhere any more; r opens" in words(town)
            await town.press("r")
            writing = screen(town).writing()
            assert writing is not None
            assert writing.words == "Not yet."

    async def test_what_waits_says_why_and_is_tried_now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with visit_town() as town:
            await greet(town, "Ana Prado", "Not yet.")
            with wire(monkeypatch, Offline("The town does not answer.")):
                await let_go(town, "tried once")
                await town.press("S")
                assert "Tried once, at 19:00: The town does not answer." in town.text
                await town.press("s")
                await town.until(lambda: "Hello to Ana Prado: Tried twice" in town.text)
            await town.press("s")
            await town.until(lambda: "Hello to Ana Prado: Out since 19:00." in town.text)

    async def test_what_was_refused_says_it_and_its_words_open(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with visit_town() as town:
            await greet(town, "Ana Prado", "Not yet.")
            with wire(monkeypatch, Refused("length", "longer than 500 characters")):
                await let_go(town, "Demo refused")
            await town.press("S")
            assert "refused your hello to Ana Prado: longer than 500 characters. Your words are kept" in words(town)
            await town.press("s")
            assert "goes nowhere any more" in town.text
            await town.press("r")
            writing = screen(town).writing()
            assert writing is not None
            assert writing.words == "Not yet."

    async def test_what_asks_is_sent_after_a_yes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with visit_town() as town:
            await greet(town, "Ana Prado", "Not yet.")
            with wire(monkeypatch, TimeoutError()):
                await let_go(town, "may have gone out")
            session = town.app.session
            key = session.sent()[0].key
            await session.visit.store.do(outbox.ask, key, "perhaps sent")
            await town.press("S")
            assert "Asks: it may have gone out." in town.text
            assert "▌• Hello to Ana Prado" in town.text
            await town.press("s")
            assert isinstance(town.app.screen, Ask)
            assert "may have gone out; the server cannot say. Send it again?" in words(town)
            await town.press("n")
            assert "Asks: it may have gone out." in town.text
            await town.press("s", "y")
            await town.until(lambda: "Hello to Ana Prado: Out since 19:00." in town.text)

    async def test_what_may_be_out_is_not_taken_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with visit_town() as town:
            await greet(town, "Ana Prado", "Not yet.")
            with wire(monkeypatch, TimeoutError()):
                await let_go(town, "may have gone out")
                await town.press("S")
                assert "May have gone out; Introvert looks before it sends again." in town.text
                await town.press("d")
                assert "may be out already. s looks for it." in town.text

    async def test_who_it_was_to_and_where_it_is(self) -> None:
        async with visit_town() as town:
            await greet(town, "Ana Prado", "Not yet.")
            await town.press("S", "y")
            assert "This has no address on the web." in town.text
            await town.press("i")
            assert "@ana on Demo" in town.text

    async def test_what_others_are_called_is_text(self) -> None:
        besides = [says("evil", Span("hm"), name="[b]Eve[/b] [@click=app.quit]")]
        async with visit_town(besides=besides) as town:
            await greet(town, "[b]Eve", "Hello [/] you.")
            await town.press("S")
            assert "Hello to [b]Eve[/b] [@click=app.quit]" in town.text
            assert "Hello [/] you." in town.text


@pytest.mark.parametrize(
    ("key", "id", "where"),
    [("Z", "put_off", Where.LATER), ("L", "left", Where.LEFT), ("S", "sent", Where.SENT), ("O", "older", Where.OTHERS)],
)
async def test_each_list_is_reached_by_key_menu_palette_and_mouse(key: str, id: str, where: Where) -> None:
    async with visit_town() as town:
        index = [action.id for action in here(Where.INBOX) if action.listed and action.id != "menu"].index(id)

        async def is_there() -> None:
            await town.until(lambda: isinstance(town.app.screen, AsideList))
            place = screen(town)
            assert where == place.WHERE
            bound = {active.binding.id for active in place.active_bindings.values()}
            assert {action.id for action in here(where)} <= bound & set(place.deeds)
            await town.press("escape")
            assert town.app.place() is town.inbox

        await town.press(key)
        await is_there()
        await town.press("space", *["j"] * index, "enter")
        await is_there()
        await town.press("space", "G", *["k"] * 3)
        assert isinstance(town.app.screen, Menu)
        await town.press("g", *["j"] * index)
        menu = town.app.screen.query_one(RowList)
        await town.pilot.click(menu, offset=(5, index - menu.scroll_offset.y))
        await is_there()
        await town.press("ctrl+p")
        assert isinstance(town.app.screen, CommandPalette)
        action = next(action for action in here(Where.INBOX) if action.id == id)
        await town.write(action.help[:30])
        await town.until(lambda: town.app.screen.query_one("CommandList").option_count)  # type: ignore[attr-defined]
        await town.press("enter")
        await is_there()


@pytest.mark.parametrize("key", ["Z", "L", "S"])
@pytest.mark.parametrize("width", [50, 80, 100, 120])
async def test_the_hints_fit(key: str, width: int) -> None:
    async with visit_town(size=(width, 30)) as town:
        await town.press(key)
        hints = town.text.splitlines()[-1]
        assert hints.rstrip().endswith("q quit")
        assert "space all" in hints
        assert len(hints.rstrip()) <= width
