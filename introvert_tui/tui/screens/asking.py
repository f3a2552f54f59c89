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
from textual.widgets.option_list import Option

from introvert_tui.tui.rows import QUIET, STRONG

CSS = """
    {name} {{
        align: left bottom; background: transparent;
        & > .sheet {{
            width: 100%; height: auto; max-height: 80%; padding: 0 2; background: $background;
            border-top: solid $foreground 30%;
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
    """A few things to choose from; enter takes one, esc none."""

    DEFAULT_CSS = CSS.format(name="Menu")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,space,q", "dismiss", show=False),
        Binding("j", "move('cursor_down')", show=False),
        Binding("k", "move('cursor_up')", show=False),
        Binding("g", "move('first')", show=False),
        Binding("G", "move('last')", show=False),
    ]

    def __init__(self, choices: Sequence[tuple[str, Content]]) -> None:
        super().__init__()
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield OptionList(*(Option(words, id=id) for id, words in self._choices), markup=False)

    def on_mount(self) -> None:
        menu = self.query_one(OptionList)
        menu.highlighted = 0
        menu.focus()

    def action_move(self, where: str) -> None:
        """The keys of the list, in the menu too."""
        menu = self.query_one(OptionList)
        moves = {"cursor_down": menu.action_cursor_down, "cursor_up": menu.action_cursor_up}
        (moves | {"first": menu.action_first, "last": menu.action_last})[where]()

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
