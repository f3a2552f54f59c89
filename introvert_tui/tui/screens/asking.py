"""Small questions at the foot of the screen: choose one, answer, write a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, TypeVar

from textual import events, getters
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from introvert_tui.tui.actions import BY_ID, NO_KEY, keys_of, shown
from introvert_tui.tui.app import IntrovertApp
from introvert_tui.tui.rows import QUIET, STRONG
from introvert_tui.tui.widgets.form import Ways
from introvert_tui.tui.widgets.row_list import RowList

Choice = tuple[str, Content] | tuple[str, Content, str]
"""An id, its words, and what may be said aside."""

CSS = """
    {name} {{
        align: left bottom; background: transparent;
        & > .sheet {{
            width: 100%; height: auto; max-height: 80%; padding: 0 2; background: $background;
            border-top: solid $foreground 62%;
        }}
        & Ways {{ dock: bottom; background: $background; }}
        & .said {{ height: auto; max-height: 40vh; scrollbar-size-vertical: 1; }}
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


Answer = TypeVar("Answer")


class Asking(ModalScreen[Answer]):
    """What is in front of a place until it is answered."""

    app = getters.app(IntrovertApp)

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Take the answer; of two in one burst, as by a double click, the first: the other would close the place."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def _key(self, id: str, always: str) -> str:
        """The user's own key for what another key always does here."""
        return (keys_of(BY_ID[id], self.app.keymap_of_user) or (always,))[0]


class Menu(Asking[str | None]):
    """A few things to choose from, below what they are about; enter takes one, esc none.

    `keys` are those of the choices themselves, as they are written on the screen, where they have some.
    """

    DEFAULT_CSS = CSS.format(name="Menu")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding(NO_KEY, "dismiss", show=False, id="back"),
        Binding("space", "dismiss", show=False, id="menu"),
        Binding("q", "dismiss", show=False, id="quit"),
        Binding("enter", "move('select')", show=False),
        Binding(NO_KEY, "move('select')", show=False, id="open"),
        Binding("j,down", "move('cursor_down')", show=False, id="down"),
        Binding("k,up", "move('cursor_up')", show=False, id="up"),
        Binding("g,home", "move('first')", show=False, id="first"),
        Binding("G,end", "move('last')", show=False, id="last"),
        Binding("pagedown", "move('page_down')", show=False, id="page_down"),
        Binding("pageup", "move('page_up')", show=False, id="page_up"),
    ]

    def __init__(
        self,
        choices: Sequence[Choice],
        about: Content | None = None,
        keys: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self._choices, self._about, self._keys = choices, about, keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            if self._about is not None:
                yield Static(self._about)
            menu = RowList()
            menu.fill((menu.choice(words, id, *aside) for id, words, *aside in self._choices), None)
            yield menu
            yield Ways(
                [
                    (self._key("open", "enter"), "choose", "screen.move('select')"),
                    (self._key("back", "esc"), "back", "screen.dismiss"),
                ]
            )

    def on_mount(self) -> None:
        self.query_one(RowList).focus()

    def on_key(self, event: events.Key) -> None:
        chosen = self._keys.get(_written(event))
        if chosen is not None:
            event.stop()
            self.dismiss(chosen)

    async def action_move(self, how: str) -> None:
        """What the keys of a list do, in the menu too."""
        await self.query_one(RowList).run_action(how)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)


class Ask(Asking[str]):
    """One sentence and a few answers, each with a key; esc takes the last, which always changes nothing.

    Not every keyboard has these letters: the arrows and enter answer as well, and so does the mouse. The cursor begins
    at the answer that changes nothing, but for one whose key is enter itself.
    """

    DEFAULT_CSS = CSS.format(name="Ask")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding(NO_KEY, "leave", show=False, id="back"),
        Binding("q", "leave", show=False, id="quit"),
        Binding("enter", "move('select')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("up", "move('cursor_up')", show=False),
        Binding("pagedown", "read('page_down')", show=False),
        Binding("pageup", "read('page_up')", show=False),
    ]

    def __init__(self, sentence: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._sentence, self._choices = sentence, choices

    def compose(self) -> ComposeResult:
        keys = [key for key, _ in self._choices]
        wide = max(map(len, keys))
        with Vertical(classes="sheet"):
            with VerticalScroll(classes="said", can_focus=False):
                yield Static(Content(self._sentence))
            answers = RowList()
            answers.fill(
                (
                    answers.choice(Content.assemble((key.rjust(wide), STRONG), "  ", word), key)
                    for key, word in self._choices
                ),
                "enter" if "enter" in keys else keys[-1],
            )
            yield answers
            if ways := self._ways(keys):
                yield Ways(ways)

    def _ways(self, keys: Sequence[str]) -> list[tuple[str, str, str]]:
        """What the keys do that are not told as those of an answer."""
        ways = [
            ("enter", "enter", "choose", "screen.move('select')"),
            ("esc", self._key("back", "esc"), self._choices[-1][1], "screen.leave"),
        ]
        return [(key, word, does) for always, key, word, does in ways if always not in keys]

    def on_mount(self) -> None:
        self.query_one(RowList).focus()

    def on_key(self, event: events.Key) -> None:
        pressed = _written(event)
        if pressed != "enter" and pressed in {key for key, _ in self._choices}:
            event.stop()
            self.dismiss(pressed)

    async def action_move(self, how: str) -> None:
        """Up, down, and taking the answer at the cursor."""
        await self.query_one(RowList).run_action(how)

    async def action_read(self, how: str) -> None:
        """The rest of a sentence that is longer than its room, as of words that are asked about."""
        await self.query_one(".said").run_action(how)

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(self._choices[-1][0])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id or "")

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.action_leave()


class Line(Asking[str | None]):
    """A few words, or none: enter takes them as they are, esc goes back without; `takes` and `leaves` tell what of."""

    DEFAULT_CSS = CSS.format(name="Line")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]

    def __init__(self, sentence: str, takes: str, leaves: str) -> None:
        super().__init__()
        self._sentence, self._takes, self._leaves = sentence, takes, leaves

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Static(Content.styled(self._sentence, QUIET))
            yield Input(max_length=200)
            yield Ways([("enter", self._takes, "screen.take"), ("esc", self._leaves, "screen.dismiss")])

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Input))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    async def action_take(self) -> None:
        """What enter does."""
        await self.query_one(Input).action_submit()


def _written(event: events.Key) -> str:
    """A key as it is written on the screen."""
    return event.character if event.character and event.is_printable and event.key != "space" else shown(event.key)
