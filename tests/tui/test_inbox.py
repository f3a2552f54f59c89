"""The inbox as it is used: by keys, in the demo town."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import Group, Inbox, State
from introvert_tui.engine.session.reading import Reading
from introvert_tui.model import Span
from introvert_tui.settings import Settings
from introvert_tui.tui import reader
from introvert_tui.tui.actions import ACTIONS, Where, here, of_one_key
from introvert_tui.tui.ending import QUIT_AND_SEND
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.screens.others import LeftScreen
from introvert_tui.tui.screens.page import Page
from introvert_tui.tui.screens.people import PeopleScreen
from introvert_tui.tui.widgets.row_list import RowList

from .driving import NOW, Visit, says, visit_town


async def test_what_waits_is_there_by_group_and_the_first_is_selected() -> None:
    async with visit_town() as town:
        text = town.text
        assert "Good evening. " in text
        assert text.index("They wrote back") < text.index("Waiting")
        assert town.selected == town.inbox.listing.rows[0].writers[0]
        assert "▌" in text


async def test_nothing_moves_under_the_cursor_once_a_key_was_pressed() -> None:
    async with visit_town() as town:
        await town.press("j", "j")
        before, selected = list(town.inbox.listing.rows), town.selected
        town.inbox.listing.rows = before[1:]  # as if the first had only just come in
        town.inbox.draw()
        town.inbox.changed(frozenset({before[0].id}))
        assert town.selected == selected
        assert [row.id for row in town.inbox.listing.rows] == [row.id for row in before[1:]]
        assert "One more person wrote · ctrl+r shows it" in town.text
        await town.press("ctrl+r")
        assert [row.id for row in town.inbox.listing.rows] == [row.id for row in before]


async def touches_a_key(town: Visit) -> None:
    await town.press("f7")  # which means nothing here


async def turns_the_wheel(town: Visit) -> None:
    await town.turn_wheel(town.inbox.rows)


async def reads_for_a_while(_: Visit) -> None:
    reader.MOMENT = 0.0


@pytest.mark.parametrize("does", [touches_a_key, turns_the_wheel, reads_for_a_while])
async def test_nothing_moves_either_under_the_eyes_of_who_only_reads(does: Callable[[Visit], Awaitable[None]]) -> None:
    async with visit_town((80, 24)) as town:
        await town.comes_in(says("Zoe", Span("@you hello")))
        assert "Zoe" in [row.who for row in town.inbox.listing.rows]
        await does(town)
        before, at = list(town.inbox.listing.rows), town.inbox.rows.scroll_offset
        await town.comes_in(says("Ivo", Span("@you hello")))
        assert town.inbox.listing.rows == before
        assert town.inbox.rows.scroll_offset == at
        assert "One more person wrote · ctrl+r shows it" in town.text
        await town.press("ctrl+r")
        assert "Ivo" in [row.who for row in town.inbox.listing.rows]


async def test_what_came_in_stays_held_back_whatever_one_does_to_others() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        rows = [row.id for row in town.inbox.listing.rows]
        await town.comes_in(says("Zoe", Span("@you hello")), says("Ivo", Span("@you hello")))
        await town.press("e")
        assert "Done" in town.text
        await town.press("u")
        assert town.selected == "Ana Prado"
        assert [row.id for row in town.inbox.listing.rows] == rows
        assert "Two more people wrote · ctrl+r shows them" in town.text


async def test_what_is_said_of_a_conversation_is_not_said_of_the_next() -> None:
    async with visit_town() as town:
        await town.go_to("Tomasz")
        await town.press("enter")
        assert "Replies are closed here." in town.text
        await town.press("escape", "k")
        assert "Replies are closed here." not in town.text


async def test_a_row_stays_in_its_group_whatever_reading_its_thread_told() -> None:
    async with visit_town() as town:
        rows = [(row.id, row.group) for row in town.inbox.listing.rows]
        await town.go_to("Kit")
        kit = town.inbox.subject_id
        await town.press("enter")
        await town.until(
            lambda: (kit, Group.WROTE_BACK) in [(row.id, row.group) for row in town.app.session.inbox().rows]
        )
        await town.press("escape", "h", "escape", "j", "e", "u")
        assert [(row.id, row.group) for row in town.inbox.listing.rows] == rows
        await town.go_to("Kit")
        await town.press("e", "u")
        assert town.inbox.subject_id == kit
        assert [(row.id, row.group) for row in town.inbox.listing.rows] == rows


async def test_at_the_end_it_says_that_more_came_in_meanwhile() -> None:
    async with visit_town() as town:
        await to_the_end(town)
        assert "That's everyone" in town.text
        await town.comes_in(says("Zoe", Span("@you hello")))
        assert "That was everyone" in town.text
        assert "One more person wrote · ctrl+r shows it" in town.text
        await town.press("ctrl+r")
        assert town.selected == "Zoe"


async def test_what_was_said_above_is_nothing_that_came_in() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        ana = town.inbox.subject_id or 0
        await town.comes_in(replace(town.names_you(ana, "Zoe", hours_ago=30), said_to_me=None))
        assert "shows it" not in town.text
        await town.comes_in(town.names_you(ana, "Ivo", hours_ago=0.1))
        assert "One more person wrote · ctrl+r shows it" in town.text


async def test_say_hi_and_leave() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        rows = [row.id for row in town.inbox.listing.rows]
        at = rows.index(town.inbox.subject_id or 0)
        await town.press("h")
        assert "To Ana Prado." in town.text
        await town.write("not yet, which one?")
        await town.press("enter")
        assert town.inbox.writing() is None
        assert "Hello to Ana Prado goes out in a moment, or when you quit · u takes it back" in town.text
        assert [row.id for row in town.inbox.listing.rows] == rows[:at] + rows[at + 1 :]
        assert town.inbox.subject_id == rows[at + 1]
        await town.press("u")
        assert town.selected == "Ana Prado"
        assert "Taken back." in town.text
        await town.press("h")
        assert "not yet, which one?" in town.text


async def test_tab_takes_one_hello_after_the_other_and_never_your_own_words() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("h", "tab")
        writing = town.inbox.writing()
        assert writing is not None
        first = writing.words
        await town.press("tab")
        assert writing.words
        assert writing.words != first
        await town.write("x")
        words = writing.words
        await town.press("tab")
        assert writing.words == words


async def test_an_empty_hello_is_not_sent() -> None:
    async with visit_town() as town:
        await town.press("h", "enter")
        assert "Nothing is written yet, so nothing was sent." in town.text
        assert town.inbox.writing() is not None


@pytest.mark.parametrize("key", ["h", "r"])
async def test_nothing_typed_is_lost_on_esc(key: str) -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press(key)
        await town.write("half a thought")
        await town.press("escape")
        assert "Your words are kept." in town.text
        assert "Kept: half a thought" in town.text
        await town.press(key)
        writing = town.inbox.writing()
        assert writing is not None
        assert writing.words == "half a thought"


async def test_nothing_typed_is_lost_on_ctrl_c() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        conversation = town.inbox.subject_id or 0
        await town.press("h")
        await town.write("half a thought")
        await town.press("ctrl+c")
        assert town.app.session.conversation(conversation).kept == "half a thought"


async def test_while_one_writes_keys_are_letters() -> None:
    async with visit_town() as town:
        rows, selected = list(town.inbox.listing.rows), town.selected
        await town.press("h", "down", "ctrl+r", "pagedown")
        await town.write("quiet xenon")
        assert town.inbox.listing.rows == rows
        assert town.selected == selected


async def test_a_reply_has_lines_and_stays() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("r")
        await town.write("one")
        await town.press("enter")
        await town.write("two")
        writing = town.inbox.writing()
        assert writing is not None
        assert writing.words == "one\ntwo"
        await town.press("ctrl+s")
        assert town.inbox.writing() is None
        assert "u takes it back" in town.text


async def test_too_long_is_told_near_the_limit_and_kept() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("h")
        writing = town.inbox.writing()
        assert writing is not None
        limit = town.app.session.measure(writing.composer, "").limit
        writing.query_one("OneLine").value = "x" * (limit + 12)  # type: ignore[attr-defined]
        await town.pilot.pause(0)
        assert "12 over" in town.text
        await town.press("enter")
        assert town.inbox.writing() is writing
        assert len(writing.words) == limit + 12


@pytest.mark.parametrize(("key", "state"), [("n", State.OPEN), ("e", State.OPEN), ("x", State.LEFT)])
async def test_one_key_deals_with_a_conversation(key: str, state: State) -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        conversation = town.inbox.subject_id or 0
        await town.press(key)
        assert town.inbox.listing.row(conversation) is None
        assert town.app.session.conversation(conversation).state is state
        await town.press("u")
        assert town.inbox.subject_id == conversation


async def test_later_asks_when_and_why() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        conversation = town.inbox.subject_id or 0
        await town.press("z", "j", "enter")
        await town.write("too tired")
        await town.press("enter")
        assert town.inbox.listing.row(conversation) is None
        row = next(one.row for one in town.app.session.put_off() if one.row.id == conversation)
        assert row.later_reason == "too tired"


async def test_in_the_evening_nothing_comes_back_this_evening() -> None:
    async with visit_town() as town:
        await town.press("z")
        assert "this evening" not in town.text
        await town.press("enter", "enter")
        assert "It comes back in three hours" in town.text
        town.app.clock = lambda: NOW.replace(hour=9)
        await town.press("z")
        assert "this evening" in town.text


async def test_later_can_be_thought_better_of() -> None:
    async with visit_town() as town:
        conversation = town.inbox.subject_id or 0
        await town.press("z", "escape", "z", "enter", "escape")
        assert town.inbox.listing.row(conversation) is not None


async def to_the_end(town: Visit) -> None:
    while town.inbox.listing.rows:
        await town.press("enter" if town.inbox.rows.selected_id == "quotes" else "e")


async def test_the_end() -> None:
    async with visit_town() as town:
        await to_the_end(town)
        text = town.text
        assert "That's everyone: the last 14 days, one account." in text
        assert "q  quit" in text
        assert "ctrl+r look again" in text
        assert "say hi and leave" not in text
        assert "what you left" not in text, "nothing was left"
        for way, title in (("people", "People"), ("older", "Older conversations"), ("asks to write", "Who asks")):
            await town.click(way)
            assert title in town.text
            await town.press("escape")
            assert "That's everyone" in town.text
        await town.press("u")
        assert "That's everyone" not in town.text
        await town.press("j")
        assert town.app.focused is town.inbox.rows


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 30), (80, 8)])
async def test_at_the_end_enter_quits(size: tuple[int, int]) -> None:
    async with visit_town(size) as town:
        await to_the_end(town)
        assert "▌  q  quit" in town.text
        await town.press("enter")
        assert town.app.return_value == QUIT_AND_SEND


async def test_the_ways_on_from_the_end_are_a_list() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("x")
        await to_the_end(town)
        await town.press("j", "down")
        assert "▌  L  what you left" in town.text
        town.app.session.visit.tell(Changed(frozenset()))
        await town.pilot.pause(0.05)
        assert "▌  L  what you left" in town.text
        await town.press("enter")
        assert "What you left" in town.text
        await town.press("escape", "k", "G", "enter")
        assert isinstance(town.app.screen, PeopleScreen)


async def test_what_lies_beyond_the_list_is_counted_and_comes_as_others_go() -> None:
    async with visit_town() as town:
        listing, all_rows = town.inbox.listing, town.app.session.inbox().rows
        oldest = min(all_rows, key=lambda row: row.at)

        def without_the_oldest(requests: bool = True) -> Inbox:
            inbox = Reading.inbox(town.app.session)
            rows = tuple(row for row in inbox.rows if row.id != oldest.id or len(inbox.rows) < len(all_rows))
            return inbox._replace(rows=rows, waiting=len(inbox.rows))

        town.app.session.inbox = without_the_oldest  # type: ignore[method-assign]
        await town.press("ctrl+r")
        assert listing.row(oldest.id) is None
        assert "Eleven conversations." in town.text
        await town.press("G")
        assert "One more comes as these go." in town.text
        await town.press("g", "e")
        assert listing.row(oldest.id) is not None
        assert "more person wrote" not in town.text
        assert "One more comes" not in town.text


async def test_left_conversations_are_listed_and_rejoined() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        conversation = town.inbox.subject_id or 0
        await town.press("x", "L")
        assert isinstance(town.app.screen, LeftScreen)
        assert "Ana Prado" in town.text
        await town.press("b")
        assert town.app.session.conversation(conversation).state is not State.LEFT
        await town.press("escape")
        assert town.app.place() is town.inbox


async def test_the_menu_runs_what_it_lists() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        conversation = town.inbox.subject_id or 0
        await town.press("space")
        assert "say hi and leave" in town.text
        await town.press("j", "enter")
        assert town.inbox.listing.row(conversation) is None
        assert "Nodded to Ana Prado" in town.text


async def test_the_key_list_tells_every_action() -> None:
    async with visit_town(size=(120, 100)) as town:
        await town.press("question_mark")
        assert isinstance(town.app.screen, Page)
        text = " ".join(town.text.split())
        assert all(action.help in text for action in ACTIONS if action.listed)
        await town.press("escape")
        assert town.app.place() is town.inbox


async def test_who_asks_to_write_can_be_read_and_is_not_let_in() -> None:
    async with visit_town() as town:
        (asking,) = town.app.session.inbox().requests
        await town.press("w")
        assert isinstance(town.app.screen, Page)
        shown = " ".join(town.text.split())
        assert asking.person.name in shown
        assert asking.text[:30] in shown
        await town.press("escape")
        assert town.app.session.inbox().requests == (asking,)


@pytest.mark.parametrize("where", [Where.INBOX, Where.CONVERSATION, Where.OTHERS])
async def test_every_action_of_a_place_has_a_key_and_a_method(where: Where) -> None:
    async with visit_town() as town:
        if where is Where.CONVERSATION:
            await town.press("enter")
        elif where is Where.OTHERS:
            await town.press("O")
        place = town.app.place()
        assert place is not None
        assert place.WHERE is where
        bound = {active.binding.id for active in place.active_bindings.values()}
        for action in here(where):
            assert action.id in place.deeds
            assert bound.intersection(of_one_key(where, action.id, {}))


async def test_keys_can_be_changed() -> None:
    async with visit_town(settings=Settings(keys={"done": "D", "nonsense": "k"})) as town:
        assert "nonsense" in town.text
        await town.go_to("Ana Prado")
        await town.press("e")
        assert town.selected == "Ana Prado"
        assert "D done" in town.text
        await town.press("D")
        assert town.selected != "Ana Prado"


async def test_a_paste_outside_a_field_does_nothing() -> None:
    from textual import events

    async with visit_town() as town:
        rows = list(town.inbox.listing.rows)
        town.app.post_message(events.Paste("xxeeqq\n"))
        await town.pilot.pause(0.05)
        assert town.inbox.listing.rows == rows
        assert town.app.place() is town.inbox


async def test_the_mouse_opens_rows_and_runs_hints() -> None:
    async with visit_town() as town:
        await town.pilot.click(RowList, offset=(8, 1))
        await town.pilot.pause(0.05)
        assert isinstance(town.app.screen, ConversationScreen)
        await town.press("escape")
        await town.pilot.click("#hints", offset=(1, 0))
        await town.pilot.pause(0.05)
        assert town.inbox.writing() is not None


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 30)])
async def test_the_way_out_is_always_told(size: tuple[int, int]) -> None:
    async with visit_town(size=size) as town:
        assert "space all" in town.text.replace("\xa0", " ")
        assert "q quit" in town.text


async def test_the_pane_beside_is_there_only_on_wide_terminals() -> None:
    async with visit_town(size=(80, 24)) as town:
        beside = town.inbox.query_one("#beside")
        assert not beside.display
        await town.pilot.resize_terminal(130, 40)
        await town.until(lambda: beside.display and town.inbox.listing.rows[0].text.split()[0] in town.text)
