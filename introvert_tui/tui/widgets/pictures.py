"""The pictures of one message, below it: each a line while it is on its way or cannot be shown, and then itself."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from introvert_tui.text import capital
from introvert_tui.tui.rows import QUIET


class Pictures(Vertical, can_focus=False):
    """`names` says which is which, where there are several; an empty one needs no line once its picture is there."""

    DEFAULT_CSS = """
    Pictures {
        height: auto; margin: 0 0 0 2;
        & > * { margin: 0 0 1 0; }
        & > Static { height: auto; margin: 0; }
        & > Static.-alone { margin: 0 0 1 0; }
    }
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names
        self._lines = [Static(classes="-alone") for _ in names]

    def compose(self) -> ComposeResult:
        for index, line in enumerate(self._lines):
            self.tell(index, "on its way …")
            yield line

    def tell(self, index: int, sentence: str) -> None:
        """Say how one of them stands."""
        name = self._names[index]
        words = f"{name}: {sentence}" if name else capital(sentence)
        self._lines[index].update(Content.styled(words, QUIET))

    async def put(self, index: int, picture: Widget) -> None:
        """One of them is here."""
        line, name = self._lines[index], self._names[index]
        line.remove_class("-alone")
        line.update(Content.styled(name, QUIET))
        line.display = bool(name)
        await self.mount(picture, after=line)
