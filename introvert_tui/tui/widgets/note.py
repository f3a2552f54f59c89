"""A note that is kept as it is typed: every letter goes to the disk, so that nothing is lost however this ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static, TextArea

from introvert_tui.tui.actions import Where, first_key
from introvert_tui.tui.app import IntrovertApp
from introvert_tui.tui.place import bindings
from introvert_tui.tui.rows import QUIET
from introvert_tui.tui.widgets.writing import all_typed


class NoteText(TextArea):
    """The words; one key gives the keyboard back."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.NOTE)

    def __init__(self, words: str, leave: Callable[[], None]) -> None:
        super().__init__(words, highlight_cursor_line=False)
        self._leave = leave

    async def action_do(self, id: str) -> None:
        """Out of here, which is all that a key can mean; the words are on the disk."""
        await all_typed(self)
        self._leave()


class Note(Vertical):
    """A line that says what this is, and the words below it; an empty note takes no room.

    `save` takes new words, `written` what they were before, once somebody has written there and is done.
    """

    DEFAULT_CSS = """
    Note {
        height: auto; margin: 0 2;
        & Static {
            height: auto;
            link-style: none; link-color: $foreground; link-background: transparent;
            link-style-hover: underline; link-color-hover: $foreground; link-background-hover: transparent;
        }
        & TextArea, & TextArea:focus {
            border: none; padding: 0; height: auto; min-height: 1; max-height: 8;
            background: transparent; background-tint: transparent;
        }
    }
    """

    app = getters.app(IntrovertApp)

    def __init__(
        self,
        words: str,
        key: str,
        save: Callable[[str], Awaitable[None]],
        written: Callable[[str], None],
        leave: Callable[[], None],
    ) -> None:
        super().__init__()
        self._words, self._key, self._before = words, key, words
        self._save, self._written, self._leave = save, written, leave

    def compose(self) -> ComposeResult:
        yield Static()
        yield NoteText(self._words, self._leave)

    def on_mount(self) -> None:
        self._draw()

    @property
    def field(self) -> NoteText:
        """What the words are written in."""
        return self.query_one(NoteText)

    @property
    def words(self) -> str:
        """The note as it is written."""
        return self.field.text

    def begin(self) -> None:
        """Take the keyboard, at the end of what is there."""
        self._before = self.field.text
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
            key = first_key("back", self.app.keymap_of_user, Where.NOTE)
            title = f"Your note; only you see it · {key} back, words kept"
        else:
            title = f"Your note · {self._key} changes it" if words else f"No note yet · {self._key} writes one"
        does = Style.from_meta({"@click": "screen.leave_note" if writing else "screen.do('note')"})
        self.query_one(Static).update(Content.styled(title, QUIET).stylize(does))

    def on_descendant_focus(self) -> None:
        self.screen.add_class("-writing")
        self._draw()

    def on_descendant_blur(self) -> None:
        self.screen.remove_class("-writing")
        self._draw()
        if self.app.app_focus and self.field.text != self._before:
            self._written(self._before)

    @on(TextArea.Changed)
    def typed(self, event: TextArea.Changed) -> None:
        event.stop()
        words = self.field.text
        if words != self._words:
            self._words = words
            self.app.beside(self._save(words))

    async def keep(self) -> None:
        """All that was typed, on the disk. Raises `StoreError`."""
        await all_typed(self.field)
        await self._save(self.words)
