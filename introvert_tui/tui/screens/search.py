"""Looking for words, people and places in everything stored, as one types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from introvert_tui.engine.searching import Finding, Findings
from introvert_tui.errors import StoreError
from introvert_tui.tui.found import LINES, found_lines
from introvert_tui.tui.screens.looking import LookingPlace
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.row_list import Drawn, RowList

NOTHING_YET = "Words that were said, on this computer: by anybody with from:ana, on one network with on:mastodon."
NOTHING = "Nothing found."
MORE = "The newest hundred are shown."


class _TwoLines(Drawn):
    """Its height is known without its lines, so that a hundred of them cost a key press no more than those in view."""

    def get_height(self, rules: object, width: int) -> int:
        return LINES + 1


class FoundList(RowList, can_focus=False, inherit_bindings=False):
    """What was found. The keyboard stays with the line above it."""

    def finding(self, finding: Finding, now: datetime) -> Option:
        """Something that was found, to be moved to and opened."""
        return self._option(_TwoLines(lambda width: found_lines(finding, width, now), False), finding.key)


class SearchScreen(LookingPlace):
    """One line to type in, and what it finds in everything stored."""

    def __init__(self) -> None:
        super().__init__()
        self._findings = Findings(asked=False)
        self._shown_for = ""
        self._open_first = False

    def compose(self) -> ComposeResult:
        yield TitleLine("Search")
        yield from self.line()
        yield FoundList(id="found")
        yield from self.foot()

    def on_mount(self) -> None:
        self.app.say("")
        self.set_focus(self.field)
        self._show(Findings(asked=False))

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted and self.field.value:
            self._look(self.field.value)

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
        self._look(event.value)

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _look(self, words: str) -> None:
        """The newest one wins: what was looked for before is given up."""
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
        rows, self._findings = self.rows, findings
        near = rows.place_of(selected)
        if selected is None:
            rows.scroll_home(animate=False, immediate=True)
        rows.fill(self._options(), selected, near)
        self.quiet.hold(MORE if findings.more else "")

    def _options(self) -> Iterator[Option]:
        rows, now = self.rows, self.app.clock()
        yield from (rows.finding(one, now) for one in self._findings.found)
        if not self._findings.asked:
            yield rows.quiet(NOTHING_YET)
        elif not self._findings.found:
            yield rows.quiet(NOTHING)

    def tell_times(self) -> None:
        self.rows.tell_anew(self._options())

    # -- what one does here

    async def submit(self) -> None:
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
        if finding is not None and self.is_active:  # of a double click, the second finds it open
            from introvert_tui.tui.screens.conversation import ConversationScreen

            with self.app.saying_why_not():
                self.app.push_screen(ConversationScreen(finding.conversation, finding.message))
