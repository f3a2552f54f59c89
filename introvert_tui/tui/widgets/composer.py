"""A line for a hello, a few lines for a reply; nothing typed here is ever lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from introvert_tui.errors import Cannot
from introvert_tui.text import harmless, names, number
from introvert_tui.tui.actions import Where
from introvert_tui.tui.place import Deed, bindings
from introvert_tui.tui.widgets.writing import Writing, audience
from introvert_tui.tui.widgets.writing_hint import Way, WritingHint

if TYPE_CHECKING:
    from introvert_tui.engine.views import Outcome

BREAK = "\u21b5"
"""Stands for the end of a line where there is only one."""
PROMPT = "\u276f"


def in_one_line(text: str) -> str:
    """Many lines where there is room for one."""
    return text.replace("\n", BREAK)


class OneLine(Input):
    """The line of a hello; in a paste of many lines, a mark stands for the end of each."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.HELLO)

    def _on_paste(self, event: events.Paste) -> None:
        event.text = in_one_line(event.text)

    @property
    def before(self) -> str:
        """The words up to the cursor."""
        return self.value[: self.cursor_position]

    @property
    def after(self) -> str:
        """The words from the cursor on."""
        return self.value[self.cursor_position :]

    def put(self, instead_of: int, text: str) -> None:
        """Write a text in place of so many characters before the cursor."""
        self.replace(text, self.cursor_position - instead_of, self.cursor_position)

    async def action_do(self, id: str) -> None:
        """What a key means in the hello that this line belongs to."""
        await next(node for node in self.ancestors if isinstance(node, HelloLine)).do(id)


class HelloLine(Writing):
    """One line: enter sends it and leaves."""

    WHERE = Where.HELLO
    nothing_written = "Nothing is written yet, so nothing was sent."

    def compose(self) -> ComposeResult:
        yield Static(audience(self.composer), id="audience")
        with Horizontal():
            yield Static(Content(f"{PROMPT} "), classes="mark")
            yield OneLine(in_one_line(self.composer.kept or ""), placeholder=self._offer(), select_on_focus=False)
            yield Static(classes="length", markup=False)
        yield WritingHint(self.WHERE, self.app.keymap_of_user, self.do)

    @property
    def field(self) -> OneLine:
        return self.query_one(OneLine)

    @property
    def words(self) -> str:
        return self.field.value.replace(BREAK, "\n")

    def _offer(self) -> str:
        return self.composer.suggestions[0] if self.composer.suggestions else ""

    def deeds(self) -> Mapping[str, Deed]:
        return {"send_hello": self.send, "take": self.take, "back": self.back}

    def ways(self) -> Sequence[Way]:
        ways = [Way("send_hello", "send and leave", "send"), Way("back", "back, words kept", "back")]
        if self.composer.suggestions and self._nothing_of_ones_own():
            ways.insert(1, Way("take", "take the hello, again for another", "take a hello"))
        return ways

    def _nothing_of_ones_own(self) -> bool:
        return not self.field.value or self.field.value in self.composer.suggestions

    def take_offered(self) -> None:
        """The next suggestion, as long as nothing of one's own is written."""
        offers, line = self.composer.suggestions, self.field
        if not offers:
            self.hint.tell("No ready-made hello fits here; your own words will.")
        elif self._nothing_of_ones_own():
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

    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.REPLY)

    @property
    def before(self) -> str:
        """The words on this line up to the cursor."""
        row, column = self.cursor_location
        return self.document.get_line(row)[:column]

    @property
    def after(self) -> str:
        """The words on this line from the cursor on."""
        row, column = self.cursor_location
        return self.document.get_line(row)[column:]

    def put(self, instead_of: int, text: str) -> None:
        """Write a text in place of so many characters before the cursor."""
        row, column = self.cursor_location
        self.replace(text, (row, column - instead_of), (row, column))

    async def action_do(self, id: str) -> None:
        """What a key means in the reply that this text belongs to."""
        await next(node for node in self.ancestors if isinstance(node, ReplyText)).do(id)


class ReplyText(Writing):
    """Several lines: they are sent by a key of their own, and one stays."""

    WHERE = Where.REPLY

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(audience(self.composer), id="audience")
            yield Static(classes="length", markup=False)
        yield ManyLines(self.composer.kept or "", highlight_cursor_line=False)
        yield WritingHint(self.WHERE, self.app.keymap_of_user, self.do)

    def begin(self) -> None:
        super().begin()
        self.field.move_cursor(self.field.document.end)

    @property
    def field(self) -> ManyLines:
        return self.query_one(ManyLines)

    @property
    def words(self) -> str:
        return self.field.text

    def deeds(self) -> Mapping[str, Deed]:
        return {"send_reply": self.send, "take": self.take, "editor": self.edit, "back": self.back}

    def ways(self) -> Sequence[Way]:
        ways = [Way("send_reply", "send", "send")]
        others = [one.name for one in self.composer.others]
        if others:
            many = f"{number(len(others))} more" if len(others) > 1 else others[0]
            ways.append(Way("take", f"name {names(others) if len(others) < 4 else many} too", f"name {many}"))
        elif self._named_in_front():
            ways.append(Way("take", "take the names out", "no names"))
        return [*ways, Way("editor", "your editor", "editor"), Way("back", "back, words kept", "back")]

    def _named_in_front(self) -> str:
        """The names of those whom the words begin by naming, each with the space behind it."""
        handles = [one.who.handle.casefold() for one in self.composer.named]
        called = {f"@{handle}" for handle in handles} | {f"@{handle.partition('@')[0]}" for handle in handles}
        *begun, _ = self.words.split(" ")
        return "".join(f"{word} " for word in takewhile(lambda word: word.casefold() in called, begun))

    def take_offered(self) -> None:
        """Name those who wait here too, at the beginning, or take that back."""
        if self.composer.others:
            self.field.insert("".join(f"{one.mention} " for one in self.composer.others), (0, 0))
        elif in_front := self._named_in_front():
            self.field.replace("", (0, 0), (0, len(in_front)))
        else:
            self.hint.tell("Nobody else waits here whom you could name.")

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.typed()

    async def edit(self) -> None:
        """The words in the user's own editor, in a file that only they can read and that is gone afterwards."""
        from introvert_tui.tui.editor import in_editor

        await self.app.run_safely(self.keep())
        try:
            edited = in_editor(self.words, self.app.given_back)
        except Cannot as error:
            self.hint.tell(str(error))
            return
        with self.field.prevent(TextArea.Changed):  # which would come after the remark
            self.field.load_text(harmless(edited.words))
        self.field.move_cursor(self.field.document.end)
        self.typed()
        if edited.remark:
            self.hint.tell(edited.remark)

    async def commit(self) -> Outcome:
        return await self.session.reply(self.composer, self.words)
