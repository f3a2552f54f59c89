"""Looking for words, people and places in everything stored, as one types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from introvert_tui.engine.searching import Finding, Findings
from introvert_tui.engine.views import Outcome
from introvert_tui.errors import StoreError
from introvert_tui.tui.actions import Where
from introvert_tui.tui.found import LINES, found_lines
from introvert_tui.tui.place import Deed, Place, Subject
from introvert_tui.tui.rows import QUIET, STRONG
from introvert_tui.tui.widgets.lines import QuietLine, TitleLine
from introvert_tui.tui.widgets.row_list import Drawn, RowList

PROMPT = "\u276f"
NOTHING_YET = "Words that were said, on this computer: by anybody with from:ana, on one network with on:mastodon."
NOTHING = "Nothing found."
MORE = "The newest hundred are shown."
HINTS = (("enter", "open"), ("up down", "move"), ("esc", "back"))


class _TwoLines(Drawn):
    """Its height is known without its lines, so that a hundred of them cost a key press no more than those in view."""

    def get_height(self, rules: object, width: int) -> int:
        return LINES + 1


class FoundList(RowList, can_focus=False, inherit_bindings=False):
    """What was found. The keyboard stays with the line above it."""

    def finding(self, finding: Finding, now: datetime) -> Option:
        """Something that was found, to be moved to and opened."""
        return self._option(_TwoLines(lambda width: found_lines(finding, width, now), False), finding.key)


class SearchScreen(Place):
    """One line to type in, and what it finds. All letters are text here, so that keys are few and fixed."""

    WHERE: ClassVar[Where] = Where.SEARCH
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("up", "move('cursor_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
    ]
    DEFAULT_CSS = """
    SearchScreen {
        & Horizontal { height: auto; margin: 0 2 1 2; }
        & .mark { width: 2; }
        & Input, & Input:focus {
            border: none; padding: 0; height: 1; width: 1fr; background: transparent; background-tint: transparent;
        }
        & #search-hint { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._findings = Findings(asked=False)
        self._shown_for = ""
        self._open_first = False

    def compose(self) -> ComposeResult:
        yield TitleLine("Search")
        with Horizontal():
            yield Static(Content(f"{PROMPT} "), classes="mark")
            yield Input(select_on_focus=False)
        yield FoundList(id="found")
        yield from self.foot()

    def foot(self) -> Iterable[Widget]:
        yield QuietLine(id="quiet")
        keys = (Content.assemble((key, STRONG), " ", (word, QUIET)) for key, word in HINTS)
        yield Static(Content("   ").join(keys), id="search-hint")

    def on_mount(self) -> None:
        self.app.say("")
        self.set_focus(self.field)
        self._show(Findings(asked=False))

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted and self.field.value:
            self._look()

    @property
    def field(self) -> Input:
        return self.query_one(Input)

    @property
    def rows(self) -> FoundList:
        """What was found."""
        return self.query_one(FoundList)

    # -- looking

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Another letter: what was looked for before it is no longer wanted."""
        event.stop()
        self._open_first = False
        self._look()

    def _look(self) -> None:
        self.run_worker(self._find(self.field.value), group="search", exclusive=True, exit_on_error=False)

    async def _find(self, words: str) -> None:
        try:
            findings = await self.app.session.search(words)
        except StoreError as problem:
            self.app.say(str(problem))
            return
        again = words == self._shown_for
        self._shown_for = words
        self._show(findings, self.rows.selected_id if again else None)
        if self._open_first:
            self._open()

    def _show(self, findings: Findings, selected: str | None = None) -> None:
        rows, now = self.rows, self.app.clock()
        self._findings = findings
        options = [rows.finding(one, now) for one in findings.found]
        if not findings.asked:
            options.append(rows.quiet(NOTHING_YET))
        elif not findings.found:
            options.append(rows.quiet(NOTHING))
        elif findings.more:
            options.append(rows.quiet(MORE))
        near = rows.place_of(selected)
        if selected is None:
            rows.scroll_home(animate=False, immediate=True)
        rows.fill(options, selected, near)

    # -- what one does here

    def action_move(self, how: str) -> None:
        """Up and down in what was found."""
        getattr(self.rows, f"action_{how}")()

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        """Open what is selected, once it is what these words find."""
        event.stop()
        if self._shown_for == self.field.value:
            self._open()
        else:
            self._open_first = True

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._open()

    def _open(self) -> None:
        self._open_first = False
        selected = self.rows.selected_id
        finding = next((one for one in self._findings.found if one.key == selected), None)
        if finding is not None:
            from introvert_tui.tui.screens.conversation import ConversationScreen

            self.app.push_screen(ConversationScreen(finding.conversation))

    async def action_back(self) -> None:
        """To where one came from."""
        self.dismiss()

    # -- as a place

    def moves(self) -> Mapping[str, Deed]:
        return {}

    def subject(self) -> Subject | None:
        return None

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Nothing: it is looked for again by coming back."""

    def changed(self, conversations: frozenset[int]) -> None:
        """Nothing: a list that one looks something up in stays as it is."""

    def take_keyboard(self) -> None:
        self.set_focus(self.field)
