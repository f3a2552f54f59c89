"""The first time: what this is, and the ways in."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from introvert_tui.tui.app import LOOK_AROUND, PLAIN_LINES, IntrovertApp
from introvert_tui.tui.rows import STRONG
from introvert_tui.tui.widgets.row_list import RowList

LOOK, PLAIN, QUIT = "look", "plain", "quit"
"""Ids of what is not a network; no network is called so, since theirs stand behind a colon."""

_MOST_NETWORKS = 7
"""As many as have a digit for a key; `introvert accounts add` knows all."""

Way = tuple[str, str, str, str]
"""Its key, its id, and its words, the last of them aside."""


def ways() -> tuple[Way, ...]:
    """The made-up town, every network there is, plain lines, and out."""
    from introvert_tui.engine.sign_ins import sign_ins

    networks = sign_ins()[:_MOST_NETWORKS]
    return (
        ("1", LOOK, "look around in a small made-up town", "nothing to sign in to"),
        *(
            (str(key), f":{name}", f"sign in to {label}", "no server of ours in between")
            for key, (name, label) in enumerate(networks, 2)
        ),
        (str(len(networks) + 2), PLAIN, "plain lines, for speech and braille", ""),
        ("q", QUIT, "quit", ""),
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
        *(Binding(key, f"press('{key}')", show=False) for key in "123456789q"),
        Binding("enter", "move('select')", show=False, id="open"),
        Binding("j,down", "move('cursor_down')", show=False, id="down"),
        Binding("k,up", "move('cursor_up')", show=False, id="up"),
    ]
    app = getters.app(IntrovertApp)

    def __init__(self) -> None:
        super().__init__()
        self._ways = ways()

    def compose(self) -> ComposeResult:
        for sentence in self.app.session.opening_lines:
            yield Static(Content(sentence))
        yield Static(Content("Introvert shows only the conversations you are part of, and lets you leave."))
        ways = RowList()
        ways.fill(
            (
                ways.choice(Content.assemble((key, STRONG), f"  {words}   "), id, aside)
                for key, id, words, aside in self._ways
            ),
            None,
        )
        yield ways
        yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one(RowList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.call_next(self._choose, event.option.id or "")

    async def action_move(self, how: str) -> None:
        """What the keys of a list do, here too."""
        await self.query_one(RowList).run_action(how)

    async def action_press(self, pressed: str) -> None:
        """The key of one of the ways; others do nothing."""
        for key, id, _, _ in self._ways:
            if key == pressed:
                await self._choose(id)

    async def _choose(self, id: str) -> None:
        """One of the ways in, or out."""
        if id == LOOK:
            await self.app.leave_for(LOOK_AROUND)
        elif id == PLAIN:
            await self.app.leave_for(PLAIN_LINES)
        elif id == QUIT:
            await self.app.action_leave("send")
        else:
            await self.app.run_safely(self._sign_in(id.removeprefix(":")))
        if self.app.said:
            self.query_one("#said", Static).update(Content(self.app.said))

    async def _sign_in(self, network: str) -> None:
        from introvert_tui.tui.screens.signing_in import SigningInScreen

        self.app.push_screen(SigningInScreen(network))
