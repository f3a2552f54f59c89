"""The first time: what this is, and the ways in."""

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

LOOK, QUIT = "look", "quit"
"""Ids of what is not a network; no network is called so, since theirs stand behind a colon."""

Way = tuple[str, str, str, str]
"""Its key, its id, and its words, the last of them aside."""


def ways() -> tuple[Way, ...]:
    """The made-up town, every network there is, and out."""
    from introvert_tui.engine.sign_ins import sign_ins

    networks = [
        (str(key), f":{name}", f"sign in to {label}", "no server of ours in between")
        for key, (name, label) in enumerate(sign_ins()[:8], 2)
    ]
    look = ("1", LOOK, "look around in a small made-up town", "nothing to sign in to")
    return (look, *networks, ("q", QUIT, "quit", ""))


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
        *(Binding(key, f"press('{key}')", show=False) for key in "123456789q"),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]
    app = getters.app(IntrovertApp)

    def __init__(self) -> None:
        super().__init__()
        self._ways = ways()

    def compose(self) -> ComposeResult:
        yield Static(Content("Introvert shows only the conversations you are part of, and lets you leave."))
        yield OptionList(
            *(
                Option(Content.assemble((key, STRONG), "  ", words, (f"   {aside}", QUIET)), id=id)
                for key, id, words, aside in self._ways
            )
        )
        yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.call_next(self._choose, event.option.id or "")

    def action_move(self, by: int) -> None:
        """The keys of the list, here too."""
        ways = self.query_one(OptionList)
        (ways.action_cursor_down if by > 0 else ways.action_cursor_up)()

    async def action_press(self, pressed: str) -> None:
        """The key of one of the ways; others do nothing."""
        for key, id, _, _ in self._ways:
            if key == pressed:
                await self._choose(id)

    async def _choose(self, id: str) -> None:
        """One of the ways in, or out."""
        if id == LOOK:
            await self.app.look_around()
        elif id == QUIT:
            await self.app.action_leave("send")
        else:
            await self.app.run_safely(self.app.sign_in(id.removeprefix(":")))
        if self.app.said:
            self.query_one("#said", Static).update(Content(self.app.said))
