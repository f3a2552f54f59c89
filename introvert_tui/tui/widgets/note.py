"""A note that is kept as it is typed: every letter goes to the disk, so that nothing is lost however this ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from introvert_tui.tui.rows import QUIET


class NoteText(TextArea):
    """The words; esc gives the keyboard back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False, priority=True)]

    def __init__(self, words: str, leave: Callable[[], None]) -> None:
        super().__init__(words, highlight_cursor_line=False)
        self._leave = leave

    def action_leave(self) -> None:
        """Out of here; the words are on the disk."""
        self._leave()


class Note(Vertical):
    """A line that says what this is, and the words below it; an empty note takes no room. `save` takes new words."""

    DEFAULT_CSS = """
    Note {
        height: auto; margin: 0 2;
        & Static { height: 1; }
        & TextArea, & TextArea:focus {
            border: none; padding: 0; height: auto; min-height: 1; max-height: 8;
            background: transparent; background-tint: transparent;
        }
    }
    """

    def __init__(self, words: str, key: str, save: Callable[[str], None], leave: Callable[[], None]) -> None:
        super().__init__()
        self._words, self._key, self._save, self._leave = words, key, save, leave

    def compose(self) -> ComposeResult:
        yield Static()
        yield NoteText(self._words, self._leave)

    def on_mount(self) -> None:
        self._draw()

    @property
    def field(self) -> NoteText:
        """What the words are written in."""
        return self.query_one(NoteText)

    def begin(self) -> None:
        """Take the keyboard, at the end of what is there."""
        self.field.display = True
        self.screen.set_focus(self.field)
        self.field.move_cursor(self.field.document.end)

    def show(self, words: str) -> None:
        """What the note is by now, unless it is being written."""
        if not self.field.has_focus and words != self._words:
            self._words = words
            self.field.load_text(words)
        self._draw()

    def _draw(self) -> None:
        writing, words = self.field.has_focus, self.field.text
        self.field.display = writing or bool(words)
        if writing:
            title = "Your note; only you see it. Esc goes back, and it is kept."
        else:
            title = f"Your note · {self._key} changes it" if words else f"No note yet · {self._key} writes one"
        self.query_one(Static).update(Content.styled(title, QUIET))

    def on_descendant_focus(self) -> None:
        self._draw()

    def on_descendant_blur(self) -> None:
        self._draw()

    @on(TextArea.Changed)
    def typed(self, event: TextArea.Changed) -> None:
        event.stop()
        words = self.field.text
        if words != self._words:
            self._words = words
            self._save(words)
