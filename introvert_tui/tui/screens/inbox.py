"""The inbox: who waits, in one list that never moves by itself, and an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from introvert_tui.engine.views import Group, Inbox, InboxRow, Outcome
from introvert_tui.text import count, day_and_part
from introvert_tui.tui import words
from introvert_tui.tui.actions import Where, first_key
from introvert_tui.tui.listing import Listing, cursor_moves
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.rows import QUIET, STRONG
from introvert_tui.tui.widgets.beside import Beside
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from introvert_tui.engine.views import ConversationView

FIRST_WINDOW, WINDOW = 50, 200
"""Rows in the first frame (25 ms less than 200), and rows in the list; what waits beyond comes as these go."""
REST = 0.08
"""How long the cursor rests before the pane beside it is read; a key held down reads nothing."""

QUOTES, OLDER = "quotes", "older"


class InboxScreen(Place):
    """What waits, group by group; what comes in while one looks is held back and told."""

    WHERE: ClassVar[Where] = Where.INBOX
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.INBOX)

    def __init__(self) -> None:
        super().__init__()
        self._listing = Listing(self.app.session.inbox())
        self._touched = False
        self._rest: Timer | None = None

    # -- what is on the screen

    def compose(self) -> ComposeResult:
        rows = RowList(id="list")
        rows.fill(self._options(rows, FIRST_WINDOW), None)
        yield TitleLine(*self._title(), id="title")
        yield Static(self._opening(), id="opening")
        with Horizontal(id="panes"):
            yield rows
            yield Beside(id="beside")
        yield from self.foot()

    def on_mount(self) -> None:
        if self._listing.inbox.accounts == 0:
            from introvert_tui.tui.screens.welcome import WelcomeScreen

            self.app.push_screen(WelcomeScreen())
        self.rows.focus()
        if not self._listing.rows:
            self._draw_around()
        self.call_after_refresh(self._widen)

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    def _title(self) -> tuple[str, str]:
        title = "Introvert · a made-up town; nothing here is sent anywhere" if self.app.demo else "Introvert"
        return title, day_and_part(self.app.clock())

    def _widen(self) -> None:
        """The rest of the window, after the first frame; it lies below what is on the screen."""
        if len(self._listing.rows) > FIRST_WINDOW:
            self._draw(WINDOW)
        self._look_beside()

    def _draw(self, window: int = WINDOW, select: str | None = None, near: int | None = None) -> None:
        """All of it anew, with the cursor on the same conversation, or in the same place."""
        rows = self.rows
        select = select or rows.selected_id
        self.query_one(TitleLine).say(*self._title())
        rows.fill(self._options(rows, window), select, rows.place_of(select) if near is None else near)
        self._draw_around()

    def _draw_around(self) -> None:
        empty = not self._listing.rows
        self.query_one("#opening", Static).update(self._opening())
        self.query_one("#panes").display = not empty
        ends = self.query("#end").results(Static)
        end = next(ends, None)
        if empty and end is None:
            self.mount(Static(self._end(), id="end"), after="#panes")
        elif end is not None:
            end.display = empty
            end.update(self._end())
        self.quiet.hold("" if empty else words.held_back(self._listing.held(), self._key("catch_up")))

    def _opening(self) -> Content:
        lines = [words.opening(self._listing.rows, self.app.clock()), *self._listing.inbox.lines]
        return Content("\n").join(Content.styled(line, QUIET if i else "") for i, line in enumerate(lines))

    def _end(self) -> Content:
        session, inbox = self.app.session, self._listing.inbox
        said = words.the_end(inbox, session.accounts(), session.summary(), self.app.clock())
        ways = [(self._key("quit"), "quit")]
        if inbox.older:
            ways.append((self._key("older"), "older conversations"))
        ways.append((self._key("left"), "what you left"))
        keys = Content("        ").join(Content.assemble((key, STRONG), " ", (word, QUIET)) for key, word in ways)
        asked = words.asked_to_write(inbox)
        return Content("\n\n").join([*(Content(line) for line in said), *([Content(asked)] if asked else []), keys])

    def _options(self, make: RowList, window: int) -> Iterator[Option]:
        now = self.app.clock()
        group: Group | None = None
        rows = self._listing.visible()
        for row in rows[:window]:
            if row.group is not group:
                group = row.group
                if group is not Group.QUOTES:
                    yield make.line(words.HEADINGS[group])
                elif self._listing.folds_quotes:
                    yield make.line(
                        f"Quotes of you: {count(self._listing.quotes, 'conversation')}. Enter shows them.", QUOTES
                    )
                    continue
                else:
                    yield make.line(words.HEADINGS[group])
            yield make.row(row, now)
        if window >= WINDOW or len(rows) <= window:
            yield from self._below(make, len(rows) - window)

    def _below(self, make: RowList, beyond: int) -> Iterator[Option]:
        if beyond > 0:
            yield make.quiet(f"{count(beyond, 'more conversation').capitalize()} come as these go.")
        if asked := words.asked_to_write(self._listing.inbox):
            yield make.quiet(asked)
        if self._listing.inbox.older:
            yield make.line("Older conversations", OLDER)

    def _key(self, id: str) -> str:
        return first_key(id, self.app.keymap_of_user)

    # -- what came in

    def changed(self, conversations: frozenset[int]) -> None:
        """Take it in if nobody is looking at the list yet; else hold it back, and say so."""
        self._listing.news(self.app.session.inbox())
        if not self._touched or not self._listing.rows:
            self._listing.take_all()
            self.rows.highlighted = None
            self._draw()
        else:
            self._draw_around()
        if self.subject_id in conversations:
            self._look_beside()

    async def catch_up(self) -> None:
        """Show what was held back, and look for more; what that brings is shown too, until a key is pressed."""
        self._listing.news(self.app.session.inbox())
        self._listing.take_all()
        self._touched = False
        self._draw()
        self.app.say("Looking.")
        self.run_worker(self._ask_servers(), exit_on_error=False)

    async def _ask_servers(self) -> None:
        async def ask() -> None:
            report = await self.app.session.catch_up()
            troubles = [account.trouble for account in report.accounts if account.trouble]
            arrived = (
                f"{count(report.arrived, 'conversation').capitalize()} came in." if report.arrived else "Nothing new."
            )
            self.app.say(" ".join(troubles) or arrived)

        await self.app.run_safely(ask())

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Our own doing: what no longer waits goes, the next is selected; what came back is selected."""
        at = self.rows.place_of(str(id))
        self._listing.news(self.app.session.inbox())
        back = self._listing.settle(id, gone=outcome.left_inbox)
        self._touched = True
        select = back if back is not None else (None if outcome.left_inbox else id)
        if select is None:
            self.rows.highlighted = None
            at = min(at, len(self._listing.visible()) - 1)
        self._draw(select=None if select is None else str(select), near=at)

    def take_keyboard(self) -> None:
        self.rows.focus()

    def kept_words(self, id: int) -> None:
        self._listing.news(self.app.session.inbox())
        self._listing.freshen(id)
        self._draw()

    def make_room(self) -> None:
        self.rows.scroll_to_highlight()

    # -- what is selected

    @property
    def subject_id(self) -> int | None:
        """The conversation under the cursor."""
        selected = self.rows.selected_id if self._listing.rows else None
        return int(selected) if selected and selected.isdecimal() else None

    def subject(self) -> Subject | None:
        row = self._listing.row(self.subject_id)
        if row is None:
            return None
        seen = self._seen_beside(row)
        return Subject(row.id, seen.shown if seen else row.shown, self._url(row))

    def _seen_beside(self, row: InboxRow) -> ConversationView | None:
        """What the pane beside the list shows of this row, if it shows all that is new."""
        beside = self.query_one(Beside)
        return beside.view if beside.shows_all_new_of(row.id) else None

    def _url(self, row: InboxRow) -> str | None:
        view = self.app.session.conversation(row.id)
        return (view.to.url if view.to else None) or view.url

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._look_beside)

    def _look_beside(self) -> None:
        beside = self.query_one(Beside)
        if beside.display:
            id = self.subject_id
            beside.show(self.app.session.conversation(id) if id is not None else None, self.app.clock())

    def on_resize(self) -> None:
        self.call_after_refresh(self._look_beside)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.call_next(self.action_do, "open")

    # -- what only the inbox does

    def moves(self) -> Mapping[str, Deed]:
        return {**cursor_moves(lambda: self.rows), "open": self.open, "catch_up": self.catch_up, "older": self.older,
                "left": self.left}  # fmt: skip

    async def action_do(self, id: str) -> None:
        if id != "catch_up":
            self._touched = True
        await super().action_do(id)

    async def open(self) -> None:
        if not self._listing.rows:
            return
        if self.rows.selected_id == QUOTES:
            self._listing.folds_quotes = False
            self._draw(near=self.rows.place_of(QUOTES))
        elif self.rows.selected_id == OLDER:
            await self.older()
        elif (id := self.subject_id) is not None:
            from introvert_tui.tui.screens.conversation import ConversationScreen

            self.app.push_screen(ConversationScreen(id))

    async def older(self) -> None:
        from introvert_tui.tui.screens.others import OthersScreen

        self.app.push_screen(OthersScreen("Older conversations", left=False))

    async def left(self) -> None:
        from introvert_tui.tui.screens.others import OthersScreen

        self.app.push_screen(OthersScreen("What you left", left=True))
