"""A line for a hello, a few lines for a reply; nothing typed here is ever lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from introvert_tui.errors import Cannot
from introvert_tui.text import names, number
from introvert_tui.tui.rows import QUIET
from introvert_tui.tui.widgets.writing import Writing, harmless

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session
    from introvert_tui.engine.views import Composer, Outcome

BREAK = "\u21b5"
"""Stands for the end of a line where there is only one."""
ROOMY = 90
"""Cells from which the hints are whole sentences."""
GAP = "    "
PROMPT = "\u276f"


def in_one_line(text: str) -> str:
    """Many lines where there is room for one."""
    return text.replace("\n", BREAK)


class OneLine(Input):
    """The line of a hello; in a paste of many lines, a mark stands for the end of each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "suggest", show=False, priority=True),
        Binding("escape", "back", show=False, priority=True),
        Binding("enter", "submit", show=False, priority=True),
    ]

    def _on_paste(self, event: events.Paste) -> None:
        event.text = in_one_line(harmless(event.text))

    @property
    def writing(self) -> HelloLine:
        """What this line belongs to."""
        return next(node for node in self.ancestors if isinstance(node, HelloLine))

    async def action_submit(self) -> None:
        """Send it."""
        await self.writing.send()

    async def action_suggest(self) -> None:
        """Take the hello that is suggested, or the next one."""
        await self.writing.suggest()

    async def action_back(self) -> None:
        """Out of here."""
        await self.writing.back()


class HelloLine(Writing):
    """One line: enter sends it and leaves."""

    nothing_written = "Nothing is written yet, so nothing was sent. Esc goes back."

    def compose(self) -> ComposeResult:
        yield Static(self.audience(), id="audience")
        with Horizontal():
            yield Static(Content(f"{PROMPT} "), classes="mark")
            yield OneLine(in_one_line(self.composer.kept or ""), placeholder=self._offer(), select_on_focus=False)
            yield Static(classes="length", markup=False)
        yield Static(self.hint(), id="writing-hint")

    @property
    def field(self) -> OneLine:
        return self.query_one(OneLine)

    @property
    def words(self) -> str:
        return self.field.value.replace(BREAK, "\n")

    def _offer(self) -> str:
        return self.composer.suggestions[0] if self.composer.suggestions else ""

    def hint(self) -> Content:
        narrow = self.app.size.width < ROOMY
        keys = ["enter sends" if narrow else "enter send and leave"]
        if self.composer.suggestions:
            keys.append("tab takes a hello" if narrow else "tab take the hello, again for another")
        keys.append("esc back" if narrow else "esc back, words kept")
        return Content.styled(GAP.join(keys), QUIET)

    async def suggest(self) -> None:
        """The next suggestion, as long as nothing of one's own is written."""
        await self.all_typed()
        offers, line = self.composer.suggestions, self.field
        if not offers:
            self.tell("No ready-made hello fits here; your own words will.")
        elif not line.value or line.value in offers:
            index = (offers.index(line.value) + 1) % len(offers) if line.value in offers else 0
            line.value = offers[index]
            line.cursor_position = len(line.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.typed()

    async def commit(self) -> Outcome:
        return await self.session.hello(self.composer, self.words)


class ManyLines(TextArea):
    """The text of a reply: enter is a new line here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", show=False, priority=True),
        Binding("ctrl+o", "edit", show=False, priority=True),
        Binding("tab", "name_others", show=False, priority=True),
        Binding("escape", "back", show=False, priority=True),
    ]

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = harmless(event.text)

    @property
    def writing(self) -> ReplyText:
        """What this text belongs to."""
        return next(node for node in self.ancestors if isinstance(node, ReplyText))

    async def action_send(self) -> None:
        """Send it."""
        await self.writing.send()

    async def action_edit(self) -> None:
        """In the editor that is set for this machine."""
        await self.writing.edit()

    def action_name_others(self) -> None:
        """Name the others who wait, or not."""
        self.writing.name_others()

    async def action_back(self) -> None:
        """Out of here."""
        await self.writing.back()


class ReplyText(Writing):
    """Several lines: ctrl+s sends them and one stays."""

    def __init__(self, composer: Composer, session: Session) -> None:
        super().__init__(composer, session)
        self._naming = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self.audience(), id="audience")
            yield Static(classes="length", markup=False)
        yield ManyLines(self.composer.kept or "", highlight_cursor_line=False)
        yield Static(self.hint(), id="writing-hint")

    def begin(self) -> None:
        super().begin()
        self.field.move_cursor(self.field.document.end)

    @property
    def field(self) -> ManyLines:
        return self.query_one(ManyLines)

    @property
    def words(self) -> str:
        return self.field.text

    def hint(self) -> Content:
        narrow = self.app.size.width < ROOMY
        keys = ["ctrl+s send"]
        if self.composer.others:
            who = number(len(self.composer.others)) if narrow else names(self.composer.others[:3])
            keys.append(f"{who} named too, tab undoes it" if self._naming else f"tab name {who} too")
        if not narrow:
            keys.append("ctrl+o your editor")
        return Content.styled(GAP.join([*keys, "esc back"]), QUIET)

    def name_others(self) -> None:
        """Name those who wait here too, or take that back."""
        if self.composer.others:
            self._naming = not self._naming
            self.show_hint()
        else:
            self.tell("Nobody else waits here.")

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.typed()

    async def edit(self) -> None:
        """The words in the user's own editor, in a file that only they can read and that is gone afterwards."""
        from introvert_tui.tui.app import IntrovertApp
        from introvert_tui.tui.editor import in_editor

        assert isinstance(self.app, IntrovertApp)
        await self.app.run_safely(self.keep())
        try:
            words = in_editor(self.words, self.app.given_back)
        except Cannot as error:
            self.tell(str(error))
            return
        self.field.load_text(harmless(words))
        self.field.move_cursor(self.field.document.end)

    async def commit(self) -> Outcome:
        naming = self.composer.others if self._naming else ()
        return await self.session.reply(self.composer, self.words, naming)
