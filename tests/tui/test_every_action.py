"""Every action of the registry, in every place: by its keys, by the palette and by the mouse, and each does the same.

The rules, all of them read off the registry, so that an action without a way fails here:
- every key of an action does it, wherever the action can be done;
- the palette offers every action by what the key list says of it, wherever the palette can be opened, itself aside;
- the mouse reaches every action by a click on its hint or on what is shown of it, or else through the menu, which is a
  hint in every place.
What is idle, since there is nothing now that it could be done to, is in no menu: it is tried where it is not.
Moving is no exception: who can use only one of the three ways has to be able to move as well. Where letters are words
there is neither a menu nor the palette: the mouse reaches whatever a place tells of there, and its wheel scrolls.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.command import CommandList, CommandPalette
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from introvert_tui.model import Span, SpanKind
from introvert_tui.tui.actions import ABOUT_ONE, BY_ID, TEXT, Action, Where, here
from introvert_tui.tui.place import Deed, Place
from introvert_tui.tui.screens.signing_in import SigningInScreen
from introvert_tui.tui.widgets.form import Form
from introvert_tui.tui.widgets.lines import Hints
from introvert_tui.tui.widgets.note import NoteText
from introvert_tui.tui.widgets.thread import MessageText

from .driving import Visit, says, visit_town

PLACES = [place for place in Where if place not in TEXT and any(here(place))]
WAYS_IN = {
    Where.INBOX: None,
    Where.CONVERSATION: "open",
    Where.OTHERS: "older",
    Where.PERSON: "who",
    Where.LATER: "put_off",
    Where.LEFT: "left",
    Where.SENT: "sent",
}
"""The action that leads to each place from the inbox."""

LEAD_ON = ("menu", "palette")
"""What a way to other actions begins with, and what is therefore really done."""

LINKS = [Span(f" link {n}", SpanKind.LINK, f"https://example.com/{n}") for n in range(1, 10)]


class Noted:
    """What was done in a place, in this order; nothing of it happens but the way to it."""

    def __init__(self, place: Place) -> None:
        self._ids: list[str] = []
        place.deeds = self.instead_of(place.deeds)

    def instead_of(self, deeds: Mapping[str, Deed]) -> dict[str, Deed]:
        """The same ids, with what is noted in place of what is done."""
        return {id: self.noting(id, deed) for id, deed in deeds.items()}

    def noting(self, id: str, deed: Deed) -> Deed:
        """What notes an id."""

        async def noted() -> None:
            self._ids.append(id)
            if id in LEAD_ON:
                await deed()

        return noted

    async def comes(self, town: Visit, id: str) -> None:
        """Wait until it is done."""
        await town.until(lambda: id in self._ids)

    def take(self) -> list[str]:
        """What was done since this was last asked."""
        ids, self._ids = self._ids, []
        return ids


@asynccontextmanager
async def in_place(where: Where, size: tuple[int, int]) -> AsyncIterator[tuple[Visit, Place, Noted]]:
    """The town, in one of its places, with something there that most actions could be done to."""
    async with visit_town(size, besides=[says("linker", *LINKS)]) as town:
        await town.go_to("linker")
        if (way := WAYS_IN[where]) is not None:
            await town.press(BY_ID[way].keys.partition(",")[0])
        place = town.app.screen
        assert isinstance(place, Place)
        assert place.WHERE is where
        yield town, place, Noted(place)


def possible(place: Place) -> list[Action]:
    """What can be done in a place as it is now."""
    return [action for action in here(place.WHERE) if action.id not in place.idle()]


async def by_key(town: Visit, place: Place, noted: Noted) -> AsyncIterator[tuple[Action, list[str]]]:
    for action in possible(place):
        for key in action.keys.split(","):
            await town.press(key)
            yield action, noted.take()


async def by_palette(town: Visit, place: Place, noted: Noted) -> AsyncIterator[tuple[Action, list[str]]]:
    for action in possible(place):
        if action.id != "palette":
            await town.press("ctrl+p")
            await take_from_palette(town, action.help)
            await noted.comes(town, action.id)
            way, *done = noted.take()
            assert way == "palette"
            yield action, done


async def take_from_palette(town: Visit, name: str) -> None:
    """Look for something by its name, and take it wherever in the list it stands."""
    palette = town.app.screen
    assert isinstance(palette, CommandPalette)
    town.app.post_message(events.Paste(name))
    await town.until(lambda: palette.query_one(Input).value == name)
    await town.until(lambda: not any(worker.is_running for worker in town.app.workers if worker.node is palette))
    offered = [getattr(option, "hit").text for option in palette.query_one(CommandList).options]  # noqa: B009
    assert offered.count(name) == 1, f"The palette does not offer “{name}”, but {offered}."
    await town.press(*["down"] * offered.index(name), "enter")


async def by_mouse(town: Visit, place: Place, noted: Noted) -> AsyncIterator[tuple[Action, list[str]]]:
    for action in possible(place):
        spot = next(spots(place, action), None)
        if spot is not None:
            await town.pilot.click(*spot)
            yield action, noted.take()
        else:
            await town.pilot.click(*next(spots(place, BY_ID["menu"])))
            await click_in_menu(town, action.id)
            await noted.comes(town, action.id)
            way, *done = noted.take()
            assert way == "menu"
            yield action, done


def spots(place: Place, action: Action) -> Iterator[tuple[Widget, tuple[int, int]]]:
    """Where on the screen a click does an action, by widget and place within it: its hint, or the link it opens."""
    for widget in [*place.query(Hints), *place.query(MessageText)]:
        seen = widget.region.intersection(place.region)
        for y in seen.line_range:
            for x in seen.column_range:
                click = place.get_style_at(x, y).meta.get("@click", "")
                if click == f"screen.do('{action.id}')" or does_link(click, action):
                    yield widget, (x - widget.region.x, y - widget.region.y)


def does_link(click: str, action: Action) -> bool:
    number = action.id.removeprefix("link_")
    return number.isdecimal() and click.startswith("screen.follow(") and click.endswith(f" {number})")


async def click_in_menu(town: Visit, id: str) -> None:
    """Choose from the menu, with the wheel where it is longer than the screen."""
    menu = town.app.screen.query_one(OptionList)
    await town.until(lambda: menu.scrollable_content_region)
    index = menu.get_option_index(id)
    while index - menu.scroll_offset.y >= menu.scrollable_content_region.height:
        await town.turn_wheel(menu)
    await town.pilot.click(menu, offset=(3, index - menu.scroll_offset.y))


WAYS: dict[str, tuple[Callable[[Visit, Place, Noted], AsyncIterator[tuple[Action, list[str]]]], tuple[int, int]]] = {
    "key": (by_key, (120, 40)),
    "palette": (by_palette, (120, 40)),
    "mouse": (by_mouse, (60, 30)),
}
"""Each way, and the size of the screen: a small one for the mouse, with few hints and a menu that must be scrolled."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("where", PLACES, ids=lambda where: where.name)
async def test_every_action_can_be_done(where: Where, way: str) -> None:
    take, size = WAYS[way]
    async with in_place(where, size) as (town, place, noted):
        wrong = []
        async for action, done in take(town, place, noted):
            if done != [action.id]:
                wrong.append((action.id, done))
            if town.app.screen is not place:  # a menu, or the palette
                await town.press("escape")
            assert town.app.screen is place
        assert wrong == []


IDLE = {
    Where.CONVERSATION: {"bring_back", "rejoin"},
    Where.PERSON: {"part"},
    Where.LATER: set(ABOUT_ONE) | {"bring_back", "open"},
    Where.LEFT: set(ABOUT_ONE) | {"rejoin", "open"},
    Where.SENT: set(ABOUT_ONE) | {"send", "drop", "delete", "open"},
}
"""What can't be done where `in_place` leads."""


@pytest.mark.parametrize("where", PLACES, ids=lambda where: where.name)
async def test_a_menu_lists_what_can_be_done_here_and_nothing_else(where: Where) -> None:
    async with in_place(where, (120, 40)) as (town, _place, _noted):
        await town.press("space")
        listed = {option.id for option in town.app.screen.query_one(OptionList).options}
        can = {action.id for action in here(where) if action.listed}
        assert can - listed == {*(can & IDLE.get(where, set())), "menu"}


WAYS_TO_TEXT = {
    Where.SEARCH: ("Ana Prado", ["search"]),
    Where.HELLO: ("Ana Prado", ["hello"]),
    Where.REPLY: ("Jun Takeda", ["reply"]),
    Where.NOTE: ("Ana Prado", ["who", "note"]),
    Where.SIGN_IN: ("Ana Prado", []),
}
"""Who is selected in the inbox, and the actions that lead from there to each place where letters are words.

A sign-in is begun by hand, at the point at which its page is known.
"""


def test_there_is_no_place_that_is_not_tried() -> None:
    assert {*PLACES, *WAYS_TO_TEXT} == {*Where}


@asynccontextmanager
async def in_text(where: Where, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Visit, Place, Noted]]:
    """The town, where one writes something."""
    who, ways = WAYS_TO_TEXT[where]
    async with visit_town() as town:
        await town.go_to(who)
        for way in ways:
            await town.press(BY_ID[way].keys)
        if where is Where.SIGN_IN:
            await town.app.push_screen(signing_in := SigningInScreen("mastodon"))
            signing_in.query_one(Form).links.append("https://mastodon.example/")
            signing_in.show()
        place = town.app.screen
        assert isinstance(place, Place)
        noted = Noted(place)
        if (writing := place.writing()) is not None:
            deeds = noted.instead_of(writing.deeds())
            monkeypatch.setattr(writing, "deeds", lambda: deeds)
        if isinstance(place.focused, NoteText):
            left = noted.noting("back", place.deeds["back"])
            for owner, name in ((place.focused, "_leave"), (place, "take_keyboard")):
                monkeypatch.setattr(owner, name, lambda: place.call_next(left))
        yield town, place, noted


@pytest.mark.parametrize("where", WAYS_TO_TEXT, ids=lambda where: where.name)
async def test_what_is_done_where_letters_are_words(where: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    async with in_text(where, monkeypatch) as (town, place, noted):
        for action in here(where):
            for key in action.keys.split(","):
                await town.press(key)
                await noted.comes(town, action.id)
                assert noted.take() == [action.id]
            told = spot_of(place, action.id)
            assert told is not None or not (action.listed or where in action.hint), action
            if told is not None:
                await town.pilot.click(*told)
                await noted.comes(town, action.id)
                assert noted.take() == [action.id]


def spot_of(place: Place, id: str) -> tuple[Widget, tuple[int, int]] | None:
    """Where a click does what one does while one writes: out of a note, its title is that."""
    clicks = (f"do('{id}')", f"screen.do('{id}')", *["screen.leave_note"] * (id == "back"))
    for widget in place.query(Static):
        seen = widget.region.intersection(place.region)
        for y in seen.line_range:
            for x in seen.column_range:
                if place.get_style_at(x, y).meta.get("@click", "") in clicks:
                    return widget, (x - widget.region.x, y - widget.region.y)
    return None


@pytest.mark.parametrize("key", [None, WAYS_IN[Where.LEFT]])
async def test_a_double_click_in_the_menu_is_one_choice(key: str | None) -> None:
    async with visit_town() as town:
        if key is not None:
            await town.press(BY_ID[key].keys)
        place = town.app.screen
        assert isinstance(place, Place)
        noted = Noted(place)
        await town.press("space")
        menu = town.app.screen.query_one(OptionList)
        x, y = menu.region.x + 3, menu.region.y + menu.get_option_index("people")
        for kind in (events.MouseDown, events.MouseUp) * 2:
            town.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
        await noted.comes(town, "people")
        await town.pilot.pause()
        assert town.app.screen is place
        assert noted.take() == ["menu", "people"]
