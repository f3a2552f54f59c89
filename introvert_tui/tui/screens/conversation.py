"""A whole conversation: opened at what is new, read anew from its server in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from introvert_tui.engine.views import ConversationView, Outcome
from introvert_tui.errors import Cannot
from introvert_tui.tui.actions import Where, first_key
from introvert_tui.tui.app import IntrovertApp
from introvert_tui.tui.folding import Item, folded_content
from introvert_tui.tui.pages import folded, heading, links, message_content
from introvert_tui.tui.picturing import Picturing
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.widgets.lines import TitleLine
from introvert_tui.tui.widgets.thread import Thread


class ConversationScreen(Place):
    """The messages, what can be done about them, and the way back; opened `at` one of them, or at what is new."""

    WHERE: ClassVar[Where] = Where.CONVERSATION
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.CONVERSATION)

    def __init__(self, id: int, at: int | None = None) -> None:
        super().__init__()
        self._conversation, self._at = id, at
        self._view = self.app.session.conversation(id)
        self._unfolded: frozenset[int] = frozenset()
        self._picturing = Picturing(self, lambda message: folded(message, self._unfolded))

    def compose(self) -> ComposeResult:
        yield TitleLine(heading(self._view))
        yield Thread(self._view, self._draw, self._key("earlier"), self._key("newer"), self._at)
        yield from self.foot()

    def on_mount(self) -> None:
        self.app.say(_known_first(self.app, self._view))
        self._said_first = self.app.said
        self.run_worker(self._read_whole(), exit_on_error=False)

    async def _read_whole(self) -> None:
        """The whole thread, from the server; what it brings comes as news."""
        await self.app.run_safely(self.app.session.open(self._conversation))

    def _key(self, id: str) -> str:
        return first_key(id, self.app.keymap_of_user)

    def _draw(self, item: Item) -> Content:
        if item.folded:
            return folded_content(item, self._key("unfold"))
        (message,) = item.messages
        fold = folded(message, self._unfolded)
        return message_content(message, self.app.clock(), fold, self._key("unfold"), clicks=True)

    @property
    def thread(self) -> Thread:
        """The messages."""
        return self.query_one(Thread)

    # -- changes

    def changed(self, conversations: frozenset[int]) -> None:
        if self._conversation in conversations:
            self.call_next(self._take_in)

    async def _take_in(self) -> None:
        self._view = self.app.session.conversation(self._conversation)
        await self.thread.take_in(self._view)
        self.query_one(TitleLine).say(heading(self._view), "")
        if (writing := self.writing()) is not None:
            writing.refresh_audience()

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Out of a conversation that no longer waits; else stay and see it anew."""
        if outcome.left_inbox and id in (self._conversation, self._view.id):
            self.dismiss()
        else:
            await self._take_in()

    def tell_times(self) -> None:
        self.thread.redraw()

    # -- what is selected

    def subject(self) -> Subject:
        here = self.thread.here
        url = (here.url if here else None) or self._view.url
        return Subject(self._conversation, self._view.shown, url, here.id if here else None)

    def take_keyboard(self) -> None:
        """Nothing here needs to be focused: keys go to the screen."""
        self.set_focus(None)

    def make_room(self) -> None:
        writing = self.writing()
        self.thread.select(writing.composer.message if writing else None)

    # -- what only a conversation does

    def moves(self) -> Mapping[str, Deed]:
        return {
            "back": self.back,
            "unfold": self.unfold,
            "pictures": lambda: self._picturing.turn(),
            "earlier": self.earlier,
            "newer": lambda: self.thread.slide(1),
            **{how: self._move(how) for how in ("down", "up", "first", "last", "page_down", "page_up")},
            **{f"link_{n}": self._link(n) for n in range(1, 10)},
        }

    def _move(self, how: str) -> Deed:
        async def deed() -> None:
            match how:
                case "down":
                    self.thread.step(1)
                case "up":
                    self.thread.step(-1)
                case "first":
                    await self.thread.jump(0)
                case "last":
                    await self.thread.jump(-1)
                case "page_down":
                    self.thread.page(1)
                case "page_up":
                    self.thread.page(-1)

        return deed

    async def unfold(self) -> None:
        message = self.thread.here
        if message is not None and message.warning is not None:
            self._unfolded ^= {message.id}
            await self._picturing.hide(message.id)
            self.thread.redraw()
        elif not await self.thread.unfold():
            raise Cannot("Nothing is hidden in the message at the cursor, or before it.")

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

    async def earlier(self) -> None:
        """What is folded above the cursor, and then what lies beyond the window."""
        if not await self.thread.unfold():
            await self.thread.slide(-1)

    def _link(self, number: int) -> Deed:
        async def deed() -> None:
            message = self.thread.here
            found = () if message is None or folded(message, self._unfolded) else links(message)
            if number > len(found):
                raise Cannot("The message at the cursor has no link with that number.")
            url = found[number - 1]

            async def decided(answer: str | None) -> None:
                if answer == "enter":
                    await self.app.run_safely(self.outside.open(url))

            self.app.ask(f"This leads to {url}", [("enter", "open it"), ("esc", "stay here")], decided)

        return deed

    async def back(self) -> None:
        if self.app.said == self._said_first:
            self.app.say("")  # it was about this conversation
        self.dismiss()


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
