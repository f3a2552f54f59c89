"""What a server is asked for, in front of the place it is for: nothing else is meant by a key until it answers."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from introvert_tui.errors import IntrovertError
from introvert_tui.tui.actions import NO_KEY
from introvert_tui.tui.screens.asking import CSS, Answer, Asking
from introvert_tui.tui.widgets.form import Ways


class Awaiting(Asking[Answer | None]):
    """Goes by itself with the answer, or with none once it is said why there is none; esc goes on without."""

    DEFAULT_CSS = CSS.format(name="Awaiting")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding(NO_KEY, "dismiss", show=False, id="back"),
        Binding("q", "dismiss", show=False, id="quit"),
    ]

    def __init__(self, sentence: str, answer: Awaitable[Answer]) -> None:
        super().__init__()
        self._sentence, self._answer = sentence, answer

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Static(self._sentence, markup=False)
            yield Ways([(self._key("back", "esc"), "go on without", "screen.dismiss")])

    def on_mount(self) -> None:
        self.run_worker(self._wait())

    async def _wait(self) -> None:
        answer, why_not = None, ""
        try:
            answer = await self._answer
        except IntrovertError as problem:
            why_not = str(problem)
        self.dismiss(answer)
        if why_not:
            self.app.say(why_not)
