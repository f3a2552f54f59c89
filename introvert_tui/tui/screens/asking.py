"""Small questions at the foot of the screen: choose one, press a key, write a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from introvert_tui.tui.actions import NO_KEY
from introvert_tui.tui.rows import QUIET, STRONG
from introvert_tui.tui.widgets.row_list import RowList

CSS = """
    {name} {{
        align: left bottom; background: transparent;
        & > .sheet {{
            width: 100%; height: auto; max-height: 80%; padding: 0 2; background: $background;
            border-top: solid $foreground 62%;
        }}
        & OptionList {{
            border: none; padding: 0; background: transparent; height: auto; max-height: 100%;
            scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &:focus {{ border: none; background-tint: transparent; }}
            & > .option-list--option {{ padding: 0; }}
        }}
        & Input, & Input:focus {{
            border: none; padding: 0; height: 1; background: transparent; background-tint: transparent;
        }}
    }}
"""


class Menu(ModalScreen[str | None]):
    """A few things to choose from, below what they are about; enter takes one, esc none."""

    DEFAULT_CSS = CSS.format(name="Menu")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding(NO_KEY, "dismiss", show=False, id="back"),
        Binding("space", "dismiss", show=False, id="menu"),
        Binding("q", "dismiss", show=False, id="quit"),
        Binding("enter", "move('select')", show=False, id="open"),
        Binding("j,down", "move('cursor_down')", show=False, id="down"),
        Binding("k,up", "move('cursor_up')", show=False, id="up"),
        Binding("g,home", "move('first')", show=False, id="first"),
        Binding("G,end", "move('last')", show=False, id="last"),
        Binding("pagedown", "move('page_down')", show=False, id="page_down"),
        Binding("pageup", "move('page_up')", show=False, id="page_up"),
    ]

    def __init__(self, choices: Sequence[tuple[str, Content]], about: Content | None = None) -> None:
        super().__init__()
        self._choices, self._about = choices, about

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            if self._about is not None:
                yield Static(self._about)
            menu = RowList()
            menu.fill((menu.choice(words, id) for id, words in self._choices), None)
            yield menu

    def on_mount(self) -> None:
        self.query_one(RowList).focus()

    async def action_move(self, how: str) -> None:
        """What the keys of a list do, in the menu too."""
        await self.query_one(RowList).run_action(how)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)


class Ask(ModalScreen[str]):
    """One sentence and a few keys; esc takes the last, which is always the one that changes nothing."""

    DEFAULT_CSS = CSS.format(name="Ask")

    def __init__(self, sentence: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._sentence, self._choices = sentence, choices

    def compose(self) -> ComposeResult:
        keys = Content("   ").join(Content.assemble((key, STRONG), " ", (word, QUIET)) for key, word in self._choices)
        yield Static(Content.assemble(self._sentence, "\n", keys), classes="sheet")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        pressed = event.character if event.is_printable else event.key
        if event.key == "escape":
            self.dismiss(self._choices[-1][0])
        elif pressed in {key for key, _ in self._choices}:
            self.dismiss(pressed or "")


class Line(ModalScreen[str | None]):
    """A few words, or none: enter takes them as they are, esc goes back without."""

    DEFAULT_CSS = CSS.format(name="Line")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._sentence = sentence

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Static(Content.styled(self._sentence, QUIET))
            yield Input(max_length=200)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Input))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())
