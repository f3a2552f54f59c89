"""The command palette: everything by its name, and any post by its address."""

from __future__ import annotations

import pytest
from textual.command import CommandList, CommandPalette

from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.model import Page, Span
from introvert_tui.settings import Settings
from introvert_tui.tui.actions import Where, here
from introvert_tui.tui.palette import Actions, Conversations, Themes
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.screens.person import PersonScreen
from introvert_tui.tui.themes import names

from .contrast import painted
from .driving import Visit, says, visit_town


async def looks_for(town: Visit, words: str) -> None:
    """Open the palette, type, and take the first thing found."""
    await town.press("ctrl+p")
    assert isinstance(town.app.screen, CommandPalette)
    await town.write(words)
    await town.until(lambda: town.app.screen.query_one("CommandList").option_count)  # type: ignore[attr-defined]
    await town.press("enter")


async def test_an_action_is_done_on_what_is_selected() -> None:
    async with visit_town() as town:
        await town.go_to("Ana Prado")
        await looks_for(town, "Read it, nothing")
        await town.until(lambda: "Done" in town.text)
        assert "Ana Prado" not in town.selected


async def test_every_action_here_can_be_found() -> None:
    async with visit_town() as town:
        provider = Actions(town.inbox)
        found = [hit.text async for hit in provider.discover()]
        listed = [one.help for one in here(Where.INBOX) if one.listed and one.id not in ("palette", *town.inbox.idle())]
        assert found == [*listed, *(f"theme {name}" for name in names())]


async def test_people_and_conversations_are_found() -> None:
    async with visit_town() as town:
        await looks_for(town, "@ana")
        await town.until(lambda: isinstance(town.app.screen, PersonScreen))
    async with visit_town() as town:
        await looks_for(town, "have you tried the new ink")
        await town.until(lambda: isinstance(town.app.screen, ConversationScreen))


@pytest.mark.parametrize("query", ["s", "S", "b", "an"])
async def test_names_that_begin_so_come_before_what_merely_has_it(query: str) -> None:
    async with visit_town() as town:
        await town.press("ctrl+p")
        await town.write(query)
        palette = town.app.screen
        await town.until(lambda: not any(one.is_running for one in town.app.workers if one.node is palette))
        offered = [getattr(option, "hit").text for option in palette.query_one(CommandList).options]  # noqa: B009
        begin = {one.name for one in town.app.session.people() if one.name.casefold().startswith(query.casefold())}
        contain = [
            offered.index(one.help)
            for one in here(Where.INBOX)
            if one.help in offered and not one.word.startswith(query.casefold())
        ]
        assert begin
        assert contain
        assert max(map(offered.index, begin)) < min(contain)


async def test_any_colours_are_tried_for_a_visit_and_it_is_said_what_keeps_them() -> None:
    async with visit_town() as town:
        for theme in ("nord", "introvert-light"):
            async with visit_town(settings=Settings(theme=theme)) as other:
                await looks_for(town, theme)
                await town.until(lambda theme=theme: town.app.theme == theme)  # type: ignore[misc]
                kept = f'The colours are {theme} for this visit. In config.toml, theme = "{theme}" keeps them.'
                assert kept in town.text
                town.app.say("")
                await town.pilot.pause()
                assert painted(town.app.export_screenshot()) == painted(other.app.export_screenshot())


async def test_without_colours_none_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with visit_town() as town:
        assert [hit async for hit in Themes(town.inbox).search("theme")] == []


@pytest.mark.parametrize("theme", ["ansi-dark", "introvert-light", "nord"])
@pytest.mark.parametrize("colours", [True, False])
async def test_the_place_of_the_cursor_can_be_seen(theme: str, colours: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colours:
        monkeypatch.setenv("NO_COLOR", "1")
    async with visit_town(settings=Settings(theme=theme)) as town:
        await town.press("ctrl+p")
        found = town.app.screen.query_one(CommandList)
        others = found.get_visual_style("option-list--option")
        here = found.get_visual_style("option-list--option", "option-list--option-highlighted")
        assert (here.bold, here.underline) == (True, True)
        assert not others.bold
        assert not others.underline


async def test_what_a_warning_hides_is_neither_shown_nor_found() -> None:
    async with visit_town() as town:
        provider = Conversations(town.inbox)
        shown = [str(hit.prompt) async for hit in provider.search("Hester Bly")]
        assert shown[0] == "Hester Bly: under the warning “hospital”"
        assert not [hit async for hit in provider.search("one night longer")]


async def test_no_word_is_cut_in_the_palette() -> None:
    async with visit_town() as town:
        provider = Conversations(town.inbox)
        shown = [str(hit.prompt) async for hit in provider.search("Sam Okafor")]
        assert shown[0] == "Sam Okafor: @you the sloes behind the mill are early, and nobody else…"


async def test_an_address_that_is_nobody_s_is_said() -> None:
    async with visit_town() as town:
        await looks_for(town, "https://nowhere.example/1")
        await town.until(lambda: "The made-up town reaches nobody outside." in town.text)


async def test_a_post_is_answered_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DemoAdapter, "is_here", lambda self, address: address.startswith("https://town.example/"))
    look_up = DemoAdapter.look_up

    async def by_page(self: DemoAdapter, address: str) -> Page:
        return await look_up(self, address.removeprefix("https://town.example/"))

    monkeypatch.setattr(DemoAdapter, "look_up", by_page)
    async with visit_town() as town:
        row = next(row for row in town.inbox.listing.rows if "Sam" in row.who)
        message = town.app.session.conversation(row.id).messages[-1].id
        db = town.app.session.visit.store.screen
        (uri,) = db.execute("SELECT uri FROM message WHERE id = ?", (message,)).fetchone()
        await looks_for(town, f"https://town.example/{uri}")
        await town.until(lambda: "To Sam Okafor." in town.text)
        await town.write("Good to know.")
        await town.press("enter")
        await town.until(lambda: "Hello to Sam Okafor goes out" in town.text)


async def test_what_others_are_called_is_text() -> None:
    async with visit_town(besides=[says("zoe", Span("zebra [/b] [@click=app.quit]out[/]"))]) as town:
        await town.press("ctrl+p")
        await town.write("zebra")
        await town.until(lambda: "[@click=app.quit]" in town.text)


async def test_it_closes_and_changes_nothing() -> None:
    async with visit_town() as town:
        before = town.text
        await town.press("ctrl+p")
        await town.press("escape")
        assert town.text == before
