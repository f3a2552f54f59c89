"""The inbox: who waits, in one list that never moves by itself, and an end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import OptionList, Static

from introvert_tui.errors import Cannot
from introvert_tui.tui.actions import ABOUT_ONE, Where
from introvert_tui.tui.drawing import WINDOW, Drawing
from introvert_tui.tui.from_inbox import FromInbox
from introvert_tui.tui.listing import Listing, cursor_moves
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.reader import Reader
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from introvert_tui.engine.views import Outcome
    from introvert_tui.tui.widgets.beside import Beside
    from introvert_tui.tui.widgets.the_end import TheEnd

AT_THE_END = ("catch_up", "search", "menu")
"""Actions that make sense where nobody waits, beside those that stand there already."""
REST = 0.08
"""How long the cursor rests before the pane beside it is read; a key held down reads nothing."""


class InboxScreen(Place):
    """What waits, group by group; what comes in while one looks is held back and told."""

    WHERE: ClassVar[Where] = Where.INBOX
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.INBOX)

    def __init__(self) -> None:
        self.listing = Listing(self.app.session)
        self.reader = Reader(self.app)
        self._drawing = Drawing(self.app, self.listing)
        self._rest: Timer | None = None
        self._beside: Beside | None = None
        self._end: TheEnd | None = None
        super().__init__()

    def compose(self) -> ComposeResult:
        rows = RowList(id="list")
        rows.fill(self._drawing.options(rows, self._drawing.first_window()), None)
        yield TitleLine(*self._drawing.title())
        yield Static(self._drawing.opening(), id="opening")
        with Horizontal(id="panes"):
            yield rows
        yield from self.foot()

    def on_mount(self) -> None:
        if self.listing.inbox.accounts == 0:
            from introvert_tui.tui.screens.welcome import WelcomeScreen

            self.app.push_screen(WelcomeScreen())
        self.set_focus(self.rows)
        if not self.listing.rows:
            self._draw_around()

    @property
    def rows(self) -> RowList:
        """The list of who waits."""
        return self.query_one("#list", RowList)

    @property
    def at_hand(self) -> RowList:
        """The list that keys move in: that of who waits, or where nobody does, of the ways on."""
        return self._end.rows if self._end is not None and self._end.display else self.rows

    def after_first_frame(self) -> None:
        """The rest of the window; it lies below what is on the screen."""
        self.listing.news()
        if self.listing.rows:
            self.draw()
            self.reader.see()
        else:
            self._draw_around()

        async def add_pane() -> None:
            from introvert_tui.tui.widgets.beside import Beside

            panes = self.query_one("#panes")
            if panes.is_attached:  # not so for whoever quits at once
                self._beside = Beside(self._look_beside, id="beside")
                await panes.mount(self._beside)
                self._look_beside()

        self.call_next(add_pane)

    def draw(self, select: int | None = None, near: int | None = None) -> None:
        """All of it anew, with the cursor on the same conversation, or in the same place."""
        rows = self.rows
        chosen = rows.selected_id if select is None else str(select)
        self.query_one(TitleLine).say(*self._drawing.title())
        rows.fill(self._drawing.options(rows, WINDOW), chosen, rows.place_of(chosen) if near is None else near)
        self._draw_around()

    def _draw_around(self, moving: bool = True) -> None:
        """The lines above and below; the rows keep their places on the screen unless they are `moving` anyway."""
        empty, opening, said = not self.listing.rows, self.query_one("#opening", Static), self._drawing.opening()
        width, height = opening.size  # none while it is not shown
        if not moving and width and (grown := len(said.wrap(width)) - height):
            self.rows.scroll_relative(y=grown, animate=False, immediate=True)
        opening.update(said)
        self.query_one("#panes").display = not empty
        if empty and self._end is None:
            from introvert_tui.tui.widgets.the_end import TheEnd

            self._end = TheEnd(*self._drawing.end(), self.take_keyboard)
            self.mount(self._end, after="#panes")
        elif self._end is not None:
            self._end.display = empty
            self._end.show(*self._drawing.end())
        if self.focused in (None, self.rows, *([self._end.rows] if self._end else [])):
            self.take_keyboard()
        self.quiet.hold(self._drawing.held())
        self.hint(AT_THE_END if empty else ())

    def tell_times(self) -> None:
        self.query_one(TitleLine).say(*self._drawing.title())
        self.rows.tell_anew(self._drawing.options(self.rows, WINDOW))
        if self._beside is not None:
            self._beside.tell_times(self.app.clock())
        if self.query_one("#opening", Static).content != self._drawing.opening():
            self._draw_around(moving=False)

    # -- what came in, and what was done

    def changed(self, conversations: frozenset[int]) -> None:
        """Take it in if nobody reads the list yet; else hold it back, and say so."""
        joined = self.listing.news()
        if not self.reader.reads or (self.reader.expects and not self.listing.rows):
            self.listing.take_all()
            self.rows.highlighted = None
            self.draw()
            if self.listing.rows:
                self.reader.see()
        elif joined:
            self.draw(near=self.rows.place_of(self.rows.selected_id))
        else:
            self._draw_around(moving=False)
        if self.subject_id in conversations:
            self._look_beside()

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Our own doing: what no longer waits goes, the next is selected; what came back is selected."""
        at, listed = self.rows.place_of(str(id)), self.listing.row(id) is not None
        self.listing.news()
        if outcome.left_inbox and not listed:
            self._draw_around()
            return
        if outcome.left_inbox:
            self.listing.let_go([id])
            self.rows.highlighted = None
            self.draw(near=min(at, len(self.listing.visible()) - 1))
        else:
            done = () if outcome.conversation is None else (outcome.conversation,)
            back = self.listing.bring({*done, *outcome.back})
            self.draw(select=back if back is not None else id if listed else None)

    def take_keyboard(self) -> None:
        if self.at_hand.is_attached:
            self.set_focus(self.at_hand)

    def kept_words(self, id: int) -> None:
        self.listing.news()
        self.listing.freshen([id])
        self.draw()

    def make_room(self) -> None:
        self.rows.scroll_to_highlight()

    # -- what is selected

    @property
    def subject_id(self) -> int | None:
        """The conversation under the cursor."""
        selected = self.rows.selected_id if self.listing.rows else None
        return int(selected) if selected and selected.isdecimal() else None

    def subject(self) -> Subject | None:
        row = self.listing.row(self.subject_id)
        if row is None:
            return None
        view = self.app.session.conversation(row.id)
        seen = self._beside.all_new_of(row.id) if self._beside else None
        return Subject(row.id, seen.shown if seen else row.shown, (view.to.url if view.to else None) or view.url)

    def idle(self) -> Collection[str]:
        asked = () if self.listing.inbox.requests else ("requests",)
        return (*asked, *(ABOUT_ONE if self.subject_id is None else ()))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._look_beside)

    def _look_beside(self) -> None:
        beside = self._beside
        if beside is not None and beside.display:
            id, view = self.subject_id, None
            with suppress(Cannot):  # another program may have forgotten it
                view = self.app.session.conversation(id) if id is not None else None
            beside.show(view, self.app.clock())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.call_next(self.action_do, "open")

    def moves(self) -> Mapping[str, Deed]:
        return {**cursor_moves(lambda: self.at_hand), **FromInbox(self).by_id()}
