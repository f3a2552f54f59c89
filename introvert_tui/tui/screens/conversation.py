"""A whole conversation: opened at what is new, read anew from its server in the background."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from introvert_tui.engine.inbox import State
from introvert_tui.engine.views import ConversationView, MessageView, Outcome
from introvert_tui.errors import Cannot
from introvert_tui.tui import words
from introvert_tui.tui.actions import Where, first_key
from introvert_tui.tui.app import IntrovertApp
from introvert_tui.tui.folding import Item, folded_content
from introvert_tui.tui.from_conversation import FromConversation
from introvert_tui.tui.pages import folded, heading, message_content
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.unseen import Unseen
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.thread import Thread


class ConversationScreen(Place):
    """The messages, what can be done about them, and the way back; opened `at` one of them, or at what is new."""

    WHERE: ClassVar[Where] = Where.CONVERSATION
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.CONVERSATION)

    def __init__(self, id: int, at: int | None = None) -> None:
        self._own = FromConversation(self)
        self._conversation, self._at = id, at
        self._view = self.app.session.conversation(id)
        self._unfolded: frozenset[int] = frozenset()
        self._unseen = Unseen(self._view)
        self._is_over = False
        super().__init__()

    def compose(self) -> ComposeResult:
        yield TitleLine(heading(self._view))
        yield Thread(self._view, self._draw, self._key("earlier"), self._key("newer"), self._at)
        yield from self.foot()

    def on_mount(self) -> None:
        self.app.say(_known_first(self.app, self._view))
        self.said_first = self.app.said
        self.hint(but=self.idle())
        self.watch(self.thread, "scroll_y", self._look, init=False)
        # The whole thread, from the server; what it brings comes as news.
        self.run_worker(self.app.run_safely(self.app.session.open(self._conversation)), exit_on_error=False)

    def _key(self, id: str) -> str:
        return first_key(id, self.app.keymap_of_user)

    def _draw(self, item: Item) -> Content:
        if item.folded:
            return folded_content(item, self._key("unfold"))
        (message,) = item.messages
        return message_content(message, self.app.clock(), self.is_folded(message), self._key("unfold"), clicks=True)

    def is_folded(self, message: MessageView) -> bool:
        """Whether a warning stands in place of a message."""
        return folded(message, self._unfolded)

    def turn_warning(self, message: int) -> None:
        """Show what stands under the warning of a message, or the warning again."""
        self._unfolded ^= {message}

    @property
    def thread(self) -> Thread:
        """The messages."""
        return self.query_one(Thread)

    # -- changes

    def changed(self, conversations: frozenset[int]) -> None:
        if {self._conversation, self.app.session.current_id(self._conversation)} & conversations:
            self.call_next(self._take_in)

    async def _take_in(self) -> None:
        if self not in self.app.screen_stack:
            return
        try:
            self._view = self.app.session.conversation(self._conversation)
        except Cannot as problem:
            self._go()
            self.app.say(str(problem))
            return
        self._conversation = self._view.id
        await self.thread.take_in(self._view)
        if self not in self.app.screen_stack:
            return
        self.query_one(TitleLine).say(heading(self._view), "")
        self.hint(but=self.idle())
        self.call_after_refresh(self._look)
        if (writing := self.writing()) is not None:
            writing.refresh_audience()

    def _look(self) -> None:
        """See what is in view by now, and tell of what is not."""
        if self not in self.app.screen_stack:  # it was closed meanwhile, and what is in it goes
            return
        self._unseen.saw(self.thread.in_view)
        people = {one.name for one in self._unseen.of(self._view)}
        self.quiet.hold(words.held_back(people, self._key("last")))

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Out of a conversation that no longer waits; else stay and see it anew."""
        if outcome.left_inbox and self.app.session.current_id(id) == self.app.session.current_id(self._conversation):
            self._go()
        else:
            await self._take_in()

    def _go(self) -> None:
        """Away from here, or as soon as one comes back to here from what was opened above."""
        if self.is_active:
            self.dismiss()
        else:
            self._is_over = True

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._is_over:
            self.dismiss()

    def tell_times(self) -> None:
        self.thread.redraw()

    # -- what is selected

    def subject(self) -> Subject:
        here = self.thread.here
        url = (here.url if here else None) or self._view.url
        return Subject(self._conversation, self._unseen.shown(self._view), url, here.id if here else None)

    def idle(self) -> Collection[str]:
        can = {
            "bring_back": self._view.state is State.LATER,
            "rejoin": self._view.away,
            "link_1": bool(self._own.links()),
        }
        return [id for id, possible in can.items() if not possible]

    def take_keyboard(self) -> None:
        """Nothing here needs to be focused: keys go to the screen."""
        self.set_focus(None)

    def make_room(self) -> None:
        writing = self.writing()
        self.thread.select(writing.composer.message if writing else None)

    # -- what only a conversation does

    def moves(self) -> Mapping[str, Deed]:
        return self._own.by_id()

    async def action_reveal(self, message: int) -> None:
        """What its key does to a warning, with the mouse."""
        if self.writing() is None:
            self.thread.select(message)
            await self.action_do("unfold")

    async def action_follow(self, message: int, number: int) -> None:
        """What the key of a link does, with the mouse."""
        if self.writing() is None:
            self.thread.select(message)
            await self.action_do(f"link_{number}")


def _known_first(app: IntrovertApp, view: ConversationView) -> str:
    """What should be known first: a note, that it is closed, or that the server did not answer of late."""
    if view.note:
        return view.note
    if company := app.session.company(view.id):
        return company
    if view.closed:
        nod, done = (first_key(id, app.keymap_of_user) for id in ("nod", "done"))
        return f"Replies are closed here. {nod} nod, {done} done."
    troubles = [one.trouble for one in app.session.accounts() if one.network == view.network and one.trouble]
    return troubles[0] if troubles else ""
