"""Where one writes: a line for a hello, a few lines for a reply; nothing typed here is ever lost."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from introvert_tui.errors import Cannot, IntrovertError
from introvert_tui.text import names, number
from introvert_tui.tui.place import Place
from introvert_tui.tui.rows import QUIET, STRONG

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session
    from introvert_tui.engine.views import Composer, Outcome

PAUSE = 0.6
"""Seconds without a key after which the words are kept on disk."""
ROOMY = 90
"""Cells from which the hints are whole sentences."""
GAP = "    "
PROMPT = "\u276f"
NEAR = 20
"""So many characters before the limit it is worth a word."""


class Writing(Vertical):
    """The audience above, the words, and the keys below; commits before it closes."""

    DEFAULT_CSS = """
    Writing {
        height: auto;
        & Static { width: 1fr; }
        & Input, & TextArea { border: none; padding: 0; background: transparent; width: 1fr; }
        & Input:focus, & TextArea:focus { border: none; background-tint: transparent; }
        & Input { height: 1; }
        & TextArea { height: auto; min-height: 4; max-height: 12; }
        & Horizontal { height: auto; }
        & #writing-hint { text-wrap: nowrap; text-overflow: ellipsis; height: 1; }
        & .mark { width: 2; }
        & .length { width: auto; padding: 0 0 0 2; }
    }
    """

    def __init__(self, composer: Composer, session: Session) -> None:
        super().__init__()
        self.composer, self.session = composer, session
        self._pause: Timer | None = None
        self._sending = False
        self._kept = composer.kept or ""

    @property
    @abstractmethod
    def words(self) -> str:
        """What is written now."""

    @abstractmethod
    def hint(self) -> Content:
        """The keys, in one line."""

    @abstractmethod
    async def commit(self) -> Outcome:
        """Hand the words to the session; they are on disk when this returns."""

    def begin(self) -> None:
        """Take the keyboard, at once: `Widget.focus` would do so after the keys that were pressed meanwhile."""
        self.screen.set_focus(self.field)

    @property
    @abstractmethod
    def field(self) -> Input | TextArea:
        """What the words are written in."""

    def audience(self) -> Content:
        """To whom, and who will see it."""
        to = f"To {self.composer.to}. "
        said = self.composer.sentence
        return Content(said if said.startswith(("To ", f"Only {self.composer.to}")) else to + said)

    def latest(self) -> Composer:
        """What the session says about this conversation now."""
        return self.session.refreshed(self.composer)

    def refresh_audience(self) -> None:
        """The thread was read meanwhile: say anew who will be told."""
        try:
            fresh = self.latest()
        except IntrovertError as error:
            self.tell(str(error))
            return
        self.composer = fresh
        self.query_one("#audience", Static).update(self.audience())

    def tell(self, sentence: str) -> None:
        """A sentence in the place of the keys, until the next key."""
        self.query_one("#writing-hint", Static).update(Content(sentence))

    def show_hint(self) -> None:
        """The keys again."""
        self.query_one("#writing-hint", Static).update(self.hint())

    def typed(self) -> None:
        """After each key: how long it is, if that matters, and a timer for the pause."""
        length = self.session.measure(self.composer, self.words)
        left = length.limit - length.used
        about = ""
        if left < 0 or not length.fits:
            about = f"{max(1, -left)} over"
        elif left <= NEAR:
            about = f"{left} left"
        self.query_one(".length", Static).update(Content.styled(about, STRONG if left < 0 else QUIET))
        self.show_hint()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self.keep)

    async def keep(self) -> None:
        """What is written now is on disk when this returns."""
        if self._sending or self.words == self._kept:
            return
        words = self.words
        await self.session.keep_words(self.composer, words)
        self._kept = words

    async def send(self) -> None:
        """Commit, close, and let the place show what came of it; on any error the words stay here."""
        if self._sending:
            return
        if not self.words.strip():
            self.tell(self.nothing_written)
            return
        self._sending = True
        place = self.place
        try:
            outcome = await self.commit()
        except IntrovertError as error:
            self.tell(str(error))
            return
        finally:
            self._sending = False
        self._kept = self.words
        await self.close()
        await place.settled(outcome, self.composer.conversation)
        self.app_say(outcome.sentence)

    nothing_written = "Nothing is written yet. Esc goes back."

    def app_say(self, sentence: str) -> None:
        """Into the quiet line."""
        from introvert_tui.tui.app import IntrovertApp

        assert isinstance(self.app, IntrovertApp)
        self.app.say(sentence)

    @property
    def place(self) -> Place:
        """The place in which one writes."""
        place = self.screen
        assert isinstance(place, Place)
        return place

    async def back(self) -> None:
        """Out of here, with the words kept."""
        try:
            await self.keep()
        except IntrovertError as error:
            self.tell(str(error))
            return
        kept = bool(self.words.strip())
        place = self.place
        await self.close()
        place.kept_words(self.composer.conversation)
        self.app_say("Your words are kept." if kept else "")

    async def close(self) -> None:
        """Give the keyboard back."""
        if self._pause is not None:
            self._pause.stop()
        place = self.place
        place.remove_class("-writing")
        await self.remove()
        place.take_keyboard()


class OneLine(Input):
    """The line of a hello; a paste of many lines becomes one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "suggest", show=False),
        Binding("escape", "back", show=False),
    ]

    @property
    def writing(self) -> HelloLine:
        """What this line belongs to."""
        return next(node for node in self.ancestors if isinstance(node, HelloLine))

    def action_suggest(self) -> None:
        """Take the hello that is suggested, or the next one."""
        self.writing.suggest()

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
            yield OneLine(self._kept, placeholder=self._offer(), select_on_focus=False)
            yield Static(classes="length", markup=False)
        yield Static(self.hint(), id="writing-hint")

    @property
    def field(self) -> OneLine:
        return self.query_one(OneLine)

    @property
    def words(self) -> str:
        return self.field.value

    def _offer(self) -> str:
        return self.composer.suggestions[0] if self.composer.suggestions else ""

    def hint(self) -> Content:
        narrow = self.app.size.width < ROOMY
        keys = ["enter sends" if narrow else "enter send and leave"]
        if self.composer.suggestions:
            keys.append("tab takes a hello" if narrow else "tab take the hello, again for another")
        keys.append("esc back" if narrow else "esc back, words kept")
        return Content.styled(GAP.join(keys), QUIET)

    def suggest(self) -> None:
        """The next suggestion, as long as nothing of one's own is written."""
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

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        await self.send()

    async def commit(self) -> Outcome:
        return await self.session.hello(self.composer, self.words.strip())


class ManyLines(TextArea):
    """The text of a reply: enter is a new line here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", show=False),
        Binding("ctrl+o", "edit", show=False),
        Binding("tab", "name_others", show=False, priority=True),
        Binding("escape", "back", show=False, priority=True),
    ]

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
        yield ManyLines(self._kept, highlight_cursor_line=False)
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
        self.field.load_text(words)
        self.field.move_cursor(self.field.document.end)

    async def commit(self) -> Outcome:
        naming = self.composer.others if self._naming else ()
        return await self.session.reply(self.composer, self.words.strip(), naming)
