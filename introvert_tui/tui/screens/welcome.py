"""The first time: what this is, and two ways in."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from introvert_tui.tui.app import IntrovertApp
from introvert_tui.tui.rows import QUIET, STRONG

_WAYS = (
    ("1", "look around in a small made-up town", "nothing to sign in to"),
    ("2", "sign in to Bluesky", "no server of ours in between"),
    ("q", "quit", ""),
)


class WelcomeScreen(Screen[None]):
    """Shown while there is no account."""

    DEFAULT_CSS = """
    WelcomeScreen { align: center middle; }
    WelcomeScreen Static { width: 78; max-width: 100%; height: auto; padding: 0 1 1 1; }
    WelcomeScreen OptionList {
        width: 78; max-width: 100%; border: none; background: transparent; height: auto;
        &:focus { border: none; background-tint: transparent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "choose('1')", show=False),
        Binding("2", "choose('2')", show=False),
        Binding("q", "choose('q')", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    app = getters.app(IntrovertApp)

    def compose(self) -> ComposeResult:
        yield Static(Content("Introvert shows only the conversations you are part of, and lets you leave."))
        yield OptionList(
            *(
                Option(Content.assemble((key, STRONG), "  ", words, (f"   {aside}", QUIET)), id=key)
                for key, words, aside in _WAYS
            )
        )
        yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.call_next(self.action_choose, event.option.id or "")

    def action_move(self, by: int) -> None:
        """The keys of the list, here too."""
        ways = self.query_one(OptionList)
        (ways.action_cursor_down if by > 0 else ways.action_cursor_up)()

    async def action_choose(self, key: str) -> None:
        """One of the ways in, or out."""
        match key:
            case "1":
                await self.app.look_around()
            case "2":
                await self.app.run_safely(self.app.sign_in())
            case _:
                await self.app.action_leave("send")
        if self.app.said:
            self.query_one("#said", Static).update(Content(self.app.said))
