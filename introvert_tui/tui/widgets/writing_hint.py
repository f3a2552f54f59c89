"""The line below what one writes: the keys that count now, as many as fit, or a sentence in their place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from introvert_tui.tui.actions import Where, action_in, keys_of
from introvert_tui.tui.rows import QUIET


class Way(NamedTuple):
    """What an action does now, in words and in few; without an `id` it is told and no key leads there."""

    id: str
    word: str
    short: str


class WritingHint(Static):
    """The keys of one place where letters are words; a click on one does it."""

    DEFAULT_CSS = """
    WritingHint {
        text-wrap: nowrap; text-overflow: ellipsis; height: 1;
        link-style: none; link-color: $foreground; link-background: transparent;
        link-style-hover: underline; link-color-hover: $foreground; link-background-hover: transparent;
        &.-said { text-wrap: wrap; height: auto; }
    }
    """
    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, where: Where, keymap: Mapping[str, str], do: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self._where, self._keymap, self._do = where, keymap, do
        self._ways: Sequence[Way] = ()
        self.said = ""
        """The sentence, where there is one."""

    def tell(self, sentence: str) -> None:
        """A sentence in the place of the keys, until the next key; none brings them back."""
        self.said = sentence
        self.set_class(bool(sentence), "-said")
        self.refresh(layout=True)

    def show(self, ways: Sequence[Way]) -> None:
        """The keys again; the first and the last, which lead out, are always told."""
        if self.said:
            self.tell("")
        if ways != self._ways:
            self._ways = ways
            self.refresh()

    def render(self) -> Content:
        if self.said:
            return Content(self.said)
        width = self.size.width
        ways = list(self._ways)
        told = self._in_one_line(ways, "    ", lambda way: way.word)
        if told.cell_length > width:
            told = self._in_one_line(ways, "   ", lambda way: way.word)
        while told.cell_length > width:
            told = self._in_one_line(ways, "   ", lambda way: way.short)
            if len(ways) < 3:
                break
            del ways[-2]
        return told

    def _in_one_line(self, ways: Sequence[Way], gap: str, word: Callable[[Way], str]) -> Content:
        return Content(gap).join(self._told(way, word(way)) for way in ways if self._key(way) is not None)

    def _key(self, way: Way) -> str | None:
        """The key of a way, as it is written; None where the user wants none for it."""
        action = action_in(self._where, way.id)
        return next(iter(keys_of(action, self._keymap)), None) if action else ""

    def _told(self, way: Way, word: str) -> Content:
        # One piece, one style: a screen reader that follows the cursor reads it as one.
        told = Content.styled(f"{self._key(way)} {word}".strip(), QUIET)
        return told.stylize(Style.from_meta({"@click": f"do('{way.id}')"})) if way.id else told

    def action_do(self, id: str) -> None:
        """What the key does; where keys are handled, since it may take this line away."""
        self.app.call_later(self._do, id)
