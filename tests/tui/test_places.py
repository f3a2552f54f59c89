"""One place above the other: what is done in one shows in those below, and a server that takes its time holds up none.

A server is slow here for as long as an event is not set; nothing depends on how fast the clock goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, Static, TextArea

from introvert_tui.engine.closing import Spot, Way
from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import State
from introvert_tui.engine.views import Composer, ConversationView, Outcome
from introvert_tui.errors import Cannot
from introvert_tui.model import MessageRef, Span
from introvert_tui.text import harmless
from introvert_tui.tui.screens.awaiting import Awaiting
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.screens.others import LeftScreen
from introvert_tui.tui.screens.person import PersonScreen
from introvert_tui.tui.screens.search import SearchScreen

from .driving import NOW, Visit, says, visit_town
from .test_closing import chooses
from .test_others import goes_out, greet
from .test_palette import looks_for


class SlowServer:
    """Does what it is asked once it is let."""

    def __init__(self, does: Callable[..., Awaitable[Any]]) -> None:
        self.answers, self._does = asyncio.Event(), does

    async def __call__(self, *asked: object) -> Any:
        await self.answers.wait()
        return await self._does(*asked)


async def card_of(town: Visit, who: str) -> PersonScreen:
    await town.go_to(who)
    await town.press("i")
    card = town.app.screen
    assert isinstance(card, PersonScreen)
    return card


async def test_leaving_quietly_from_within_takes_the_row_away_below() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        gone = town.inbox.subject_id or 0
        await town.press("enter")
        await chooses(town, "Leave quietly")
        assert town.app.session.conversation(gone).state is State.LEFT
        assert town.app.screen is town.inbox
        assert gone not in [row.id for row in town.inbox.listing.rows]


async def test_what_is_over_is_not_open_below_either() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press("enter", "i", "enter")
        assert [type(one) for one in town.app.screen_stack[1:]] == [
            ConversationScreen,
            PersonScreen,
            ConversationScreen,
        ]
        await town.press("e")
        assert isinstance(town.app.screen, PersonScreen)
        await town.press("escape")
        await town.until(lambda: town.app.screen is town.inbox)
        assert "Ana Prado" not in town.selected


@pytest.mark.parametrize("keys", [(), ("O",), ("p", "down"), ("slash", *"ink")])
async def test_a_double_click_opens_once(keys: tuple[str, ...]) -> None:
    async with visit_town() as town:
        await town.press(*keys)
        place = town.app.place()
        assert place is not None
        await town.until(lambda: place.rows.option_count)  # type: ignore[attr-defined]
        if isinstance(place, SearchScreen):
            await town.until(lambda: place._findings.found)
        depth = len(town.app.screen_stack)
        list_ = place.rows  # type: ignore[attr-defined]
        list_.action_select()
        list_.action_select()
        await town.until(lambda: len(town.app.screen_stack) > depth)
        await town.pilot.pause(0.05)
        assert len(town.app.screen_stack) == depth + 1


async def test_a_conversation_that_another_program_forgot_is_said_to_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        gone, session = town.inbox.subject_id or 0, town.app.session
        known = session.conversation

        def forgotten(id: int) -> ConversationView:
            if id == gone:
                raise Cannot("This conversation is no longer here.")
            return known(id)

        await town.press("enter")
        monkeypatch.setattr(session, "conversation", forgotten)
        session.visit.tell(Changed(frozenset({gone})))
        await town.until(lambda: town.app.screen is town.inbox)
        assert "This conversation is no longer here." in town.text
        await town.press("j", "k")
        town.inbox._look_beside()
        await town.press("enter")
        assert town.app.screen is town.inbox
        await looks_for(town, "have you tried the new ink")
        await town.until(lambda: town.app.screen is town.inbox)
        assert "This conversation is no longer here." in town.text


async def test_a_card_of_somebody_whom_another_program_forgot_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgotten(id: int) -> None:
        raise Cannot("Nobody is known by that.")

    async with visit_town() as town:
        card = await card_of(town, "Ana Prado")
        await town.press("enter")
        monkeypatch.setattr(town.app.session, "person", forgotten)
        card.tell_times()
        await town.press("escape")
        await town.until(lambda: town.app.screen is town.inbox)
        assert "Nobody is known by that." in town.text


async def test_one_goes_on_while_a_server_deletes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with visit_town() as town:
        conversation = await greet(town, "Ana Prado", "Not yet.")
        await goes_out(town)
        slow = SlowServer(town.app.session.delete)
        monkeypatch.setattr(town.app.session, "delete", slow)
        await town.press("u", "y")
        assert "Deleting." in town.text
        await town.press("L")
        assert isinstance(town.app.screen, LeftScreen)
        slow.answers.set()
        await town.until(lambda: "Deleted. The conversation is open again" in town.text)
        await town.press("escape")
        assert town.inbox.listing.row(conversation) is not None


@pytest.mark.parametrize(("way", "deed"), [(Way.LIMIT_ANSWERS, "limit_answers"), (Way.DETACH_QUOTE, "detach_quote")])
async def test_what_a_server_was_asked_is_told_wherever_one_went_meanwhile(
    way: Way, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def done(spot: Spot) -> Outcome:
        return Outcome("So it is now.", False)

    async with visit_town() as town:
        session = town.app.session
        slow = SlowServer(done)
        monkeypatch.setattr(session, deed, slow)
        monkeypatch.setattr(session, "ways_to_close", lambda spot: (way,))
        await town.press("enter", "X", "enter")
        assert "Asking the server." in town.text
        await town.press("escape")
        assert town.app.screen is town.inbox
        slow.answers.set()
        await town.until(lambda: "So it is now." in town.text)


async def test_one_goes_on_while_a_server_takes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def undone() -> Outcome:
        return Outcome("Taken back: everybody can answer there again.", False)

    async with visit_town() as town:
        session = town.app.session
        slow = SlowServer(undone)
        monkeypatch.setattr(session, "undo_asks_server", lambda: True)
        monkeypatch.setattr(session, "undo", slow)
        await town.press("u")
        assert "Asking the server." in town.text
        await town.press("L")
        assert isinstance(town.app.screen, LeftScreen)
        slow.answers.set()
        await town.until(lambda: "everybody can answer there again." in town.text)


@pytest.mark.parametrize("gives_up", [False, True])
async def test_a_post_that_is_looked_for_takes_no_words_meant_for_another(
    gives_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visit_town() as town:
        row = next(row for row in town.inbox.listing.rows if row.who == "Sam Okafor")

        async def reach(address: str) -> Composer:
            return town.app.session.composer(row.id, row.shown)

        slow = SlowServer(reach)
        monkeypatch.setattr(town.app.session, "reach", slow)
        await looks_for(town, "https://town.example/1")
        await town.until(lambda: isinstance(town.app.screen, Awaiting))
        await town.press("h")
        await town.write("dear")
        assert town.inbox.writing() is None
        if gives_up:
            await town.press("escape")
            assert town.app.screen is town.inbox
            slow.answers.set()
            await town.pilot.pause(0.05)
            assert town.app.screen is town.inbox
        else:
            slow.answers.set()
            await town.until(lambda: isinstance(town.app.screen, ConversationScreen))
            await town.until(lambda: "To Sam Okafor." in town.text)
            writing = town.app.screen.writing()  # type: ignore[attr-defined]
            assert writing.words == ""


async def test_hearing_everybody_again_brings_in_nothing_that_is_held_back() -> None:
    async with visit_town() as town:
        await chooses(town, "Only people I know, everywhere")
        (ana, *_) = (row for row in town.inbox.listing.rows if row.who == "Ana Prado")
        await town.comes_in(town.names_you(ana.id, "Zoe", 0.1))
        held = town.inbox.listing.held()
        assert held
        await town.press("u")
        assert town.inbox.listing.held() == held


async def test_a_card_stays_as_it_is_read_whatever_comes_in() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        conversation = town.inbox.subject_id or 0
        card = await card_of(town, "Ana Prado")
        before, selected = card.card.exchanges, card.selected
        assert selected is not None
        await town.comes_in(town.names_you(conversation, "Zoe", 0.1))
        assert card.card.exchanges == before
        await town.press("enter", "escape")
        assert card.selected is not None
        assert card.selected.conversation == selected.conversation


async def test_the_pane_beside_stays_where_it_is_read() -> None:
    long = says("zoe", Span("line\n" * 90))
    async with visit_town(besides=[long]) as town:
        await town.go_to("zoe")
        beside = town.inbox.query_one("#beside")
        await town.until(lambda: beside.scroll_offset.y > 0)
        beside.scroll_to(y=3, animate=False, immediate=True)
        at = NOW
        answer = replace(says("zoe", Span("and more")), place=long.place, parent=long.ref, seen_at=at, claimed_at=at)
        await town.comes_in(replace(answer, ref=MessageRef("else:zoe/2", "2", "1")))
        await town.until(lambda: "and more" in str(beside.query_one("#page", Static).content))
        await town.pilot.pause()
        assert beside.scroll_offset.y == 3


@pytest.mark.parametrize("size", [(80, 24), (50, 30), (50, 10)])
async def test_a_question_about_long_words_keeps_its_answers_in_view(size: tuple[int, int]) -> None:
    async def decided(answer: str | None) -> None:
        answers.append(answer)

    answers: list[str | None] = []
    async with visit_town(size) as town:
        town.app.ask("These are many words. " * 60 + "The last.", [("y", "send it"), ("n", "not now")], decided)
        await town.pilot.pause(0.05)
        assert "send it" in town.text
        assert "not now" in town.text
        assert "The last." not in town.text
        said = town.app.screen.query_one(".said")
        while said.scroll_offset.y < said.max_scroll_y:
            before = said.scroll_offset.y
            await town.press("pagedown")
            await town.until(lambda before=before: said.scroll_offset.y > before)  # type: ignore[misc]
        assert "The last." in town.text
        await town.press("y")
        assert answers == ["y"]


@pytest.mark.parametrize(("size", "keys"), [((120, 40), ("n",)), ((80, 24), ("e",))])
async def test_what_was_not_in_view_is_told_of_and_dealt_with_by_no_key(
    size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    long = says("zoe", Span("line\n" * 90))
    async with visit_town(size, besides=[long]) as town:
        await town.go_to("zoe")
        await town.press("enter")
        screen = town.app.screen
        assert isinstance(screen, ConversationScreen)
        conversation = screen.subject().id
        await town.comes_in(town.names_you(conversation, "Ivo", 0.01))
        assert "One more person wrote · G shows it" in town.text
        await town.press(*keys)
        (row,) = (row for row in town.app.session.inbox().rows if row.id == conversation)
        assert row.writers == ("Ivo",), "only who was read is dealt with"
        town.app.push_screen(ConversationScreen(conversation))
        await town.pilot.pause()
        assert "wrote · G" not in town.text


async def test_what_comes_in_and_is_seen_is_dealt_with() -> None:
    long = says("zoe", Span("line\n" * 90))
    async with visit_town(besides=[long]) as town:
        await town.go_to("zoe")
        await town.press("enter")
        conversation = town.app.screen.subject().id  # type: ignore[attr-defined]
        await town.comes_in(town.names_you(conversation, "Ivo", 0.01))
        await town.press("G")
        await town.until(lambda: "wrote · G" not in town.text)
        await town.press("e")
        assert conversation not in [row.id for row in town.app.session.inbox().rows]


async def test_a_row_follows_its_conversation_into_another() -> None:
    """The post above both comes in later, and two threads prove to be one."""
    first, second = says("zoe", Span("one")), says("ivo", Span("two"))
    async with visit_town(besides=[first, second]) as town:
        before = {row.id for row in town.inbox.listing.rows if row.who in ("zoe", "ivo")}
        await town.go_to("zoe")
        root = replace(says("max", Span("above both")), said_to_me=None)
        await town.comes_in(root, *(replace(one, place=root.place, parent=root.ref) for one in (first, second)))
        assert len({town.app.session.current_id(id) for id in before}) == 1
        row = town.inbox.listing.row(town.inbox.subject_id)
        assert row is not None
        assert row.id == town.app.session.current_id(row.id)
        ids = [one.id for one in town.inbox.listing.rows]
        assert len(ids) == len({*ids})
        await town.press("e")
        assert row.id not in [one.id for one in town.inbox.listing.rows]


HARM = "a\x1b]0;pwn\x07b\x9b31m\u202ec"


@pytest.mark.parametrize("keys", [("slash",), ("p",), ("h",), ("r",), ("ctrl+p",), ("z", "enter"), ("i", "n")])
async def test_what_is_pasted_anywhere_steers_no_terminal(keys: tuple[str, ...]) -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await town.press(*keys)
        focused = town.app.focused
        assert isinstance(focused, Input | TextArea)
        town.app.post_message(events.Paste(HARM))

        def value() -> str:
            return focused.value if isinstance(focused, Input) else focused.text

        await town.until(value)
        assert value() == harmless(HARM)
        assert not set(value()) & {"\x1b", "\x07", "\x9b", "\u202e"}


async def test_what_is_typed_behind_enter_is_for_what_opens() -> None:
    async with visit_town() as town:
        town.press_at_once("p", *"ana", "enter", "n", *"three")
        await town.until(lambda: isinstance(town.app.screen, PersonScreen))
        card = town.app.screen
        assert isinstance(card, PersonScreen)
        await town.until(lambda: card.note.field.text == "three")
