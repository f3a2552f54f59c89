"""The questions of a sign-in, each with a line for its answer, and what is told beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Input, Static

from introvert_tui.model import Question, Secrecy
from introvert_tui.tui.pages import LINK_STYLE
from introvert_tui.tui.rows import QUIET, STRONG

PROMPT = "\u276f"


class Asked(Vertical):
    """A question and its answer, which is hidden where the network says so."""

    DEFAULT_CSS = """
    Asked {
        height: auto; margin: 0 0 1 0;
        & Horizontal { height: 1; }
        & .mark { width: 2; }
        & Input, & Input:focus, & Input:disabled {
            border: none; padding: 0; height: 1; width: 1fr; background: transparent; background-tint: transparent;
        }
    }
    """

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question
        self._hidden = question.secrecy is Secrecy.HIDDEN
        self.input = Input(password=self._hidden)

    def compose(self) -> ComposeResult:
        yield Static(Content.styled(self.question.label, STRONG))
        if self.question.hint:
            yield Static(Content.styled(self.question.hint, QUIET))
        with Horizontal():
            yield Static(Content(f"{PROMPT} "), classes="mark")
            yield self.input

    @property
    def typed(self) -> str:
        """The answer so far, without what surrounds it."""
        return self.input.value.strip()

    def close(self) -> None:
        """Take no more for now: it has been answered."""
        self.input.disabled = True

    def reopen(self, refused: bool) -> None:
        """To be answered once more, by other words or the same; a secret that was refused is gone."""
        if self._hidden and refused:
            self.input.value = ""
        self.input.disabled = False


class Form(VerticalScroll, can_focus=False):
    """What is asked from the beginning, then pages to open, then what comes up on the way, then what is told."""

    DEFAULT_CSS = """
    Form {
        scrollbar-size-vertical: 1;
        & > Vertical { height: auto; }
        & > Static { height: auto; margin: 0 0 1 0; }
    }
    """

    def __init__(self, questions: Iterable[Question]) -> None:
        super().__init__()
        self._first = tuple(map(Asked, questions))
        self.links: list[str] = []
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield Vertical(*self._first)
        yield Static(id="links")
        yield Vertical(id="later")
        yield Static(id="told")

    @property
    def inputs(self) -> list[Input]:
        """The lines that can be typed in."""
        return [asked.input for asked in self.query(Asked) if not asked.input.disabled]

    def move(self, by: int) -> bool:
        """Go to the next line or the one before, or into the form if one is in no line; whether there is one."""
        inputs, at = self.inputs, self.screen.focused
        if not isinstance(at, Input) or at not in inputs:
            return self.enter()
        there = inputs.index(at) + by
        if 0 <= there < len(inputs):
            self.screen.set_focus(inputs[there])
            return True
        return False

    def enter(self) -> bool:
        """Go to the first line that is empty, or else to the last, which goes on; whether there is one."""
        inputs = self.inputs
        if inputs:
            self.screen.set_focus(next((line for line in inputs if not line.value), inputs[-1]))
        return bool(inputs)

    def answers(self) -> dict[str, str]:
        """What was typed to all that is asked from the beginning, by the questions' names; it takes no more."""
        for asked in self._first:
            asked.close()
        return {asked.question.name: asked.typed for asked in self._first}

    async def ask(self, question: Question) -> Asked:
        """Ask one more thing, below what was asked before, or the same once more."""
        asked = next((one for one in self.query(Asked) if one.question.name == question.name), None)
        if asked is None:
            asked, later = Asked(question), self.query_one("#later")
            later.display = True
            await later.mount(asked)
        asked.reopen(refused=True)
        self.screen.set_focus(asked.input)
        self.call_after_refresh(asked.scroll_visible, animate=False)
        return asked

    async def begin_again(self, refused: bool) -> None:
        """As it was filled, but for secrets that were refused; what came up on the way is gone."""
        self.links.clear()
        later = self.query_one("#later")
        await later.remove_children()
        later.display = False  # it would keep its height
        for asked in self._first:
            asked.reopen(refused)
        self.enter()

    async def clear(self) -> None:
        """Ask nothing any more."""
        self.links.clear()
        await self.query(Vertical).remove()

    def show(self, *besides: str) -> None:
        """Bring the pages and what is told onto the screen, with some sentences `besides` at the end."""
        links = Content("\n").join(
            Content.assemble((f"[{number}] ", STRONG), (url, LINK_STYLE)) for number, url in enumerate(self.links, 1)
        )
        told = Content("\n\n").join(map(Content, (*self.told, *besides)))
        for id, words in (("links", links), ("told", told)):
            line = self.query_one(f"#{id}", Static)
            line.update(words)
            line.display = bool(words.plain)
        if told.plain:
            self.call_after_refresh(self.query_one("#told").scroll_visible, animate=False)


class Ways(Static):
    """The keys that count here, and what they do; a click on one does it."""

    DEFAULT_CSS = """
    Ways {
        height: auto;
        link-style: none; link-color: $foreground; link-background: transparent;
        link-style-hover: underline; link-color-hover: $foreground; link-background-hover: transparent;
    }
    """
    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, ways: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(_told(ways))

    def tell(self, ways: Sequence[tuple[str, str, str]]) -> None:
        """A key each, what it does in words, and the screen's action."""
        self.update(_told(ways))


def _told(ways: Sequence[tuple[str, str, str]]) -> Content:
    return Content("  ").join(
        Content.assemble((key, STRONG), " ", (word, QUIET)).stylize(Style.from_meta({"@click": does}))
        for key, word, does in ways
    )
