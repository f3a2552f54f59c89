"""A whole conversation in reading order; what is being read never moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from introvert_tui.engine.views import MessageView, Outcome
from introvert_tui.text import count
from introvert_tui.tui.actions import Where, first_key
from introvert_tui.tui.outside import Outside
from introvert_tui.tui.pages import folded, heading, links, message_content
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.widgets.lines import TitleLine

WINDOW = 50
"""Messages on the screen at most: 200 take 204 ms to open, 30 take 45."""
STEP = 25
"""Messages that `earlier` and `newer` bring."""


class MessageText(Static):
    """One message; a click selects it."""

    DEFAULT_CSS = """
    MessageText {
        width: 100%; height: auto; margin: 0 0 1 0; padding: 0 1 0 1; border-left: blank $background;
        &.-mine { margin: 0 0 1 4; }
        &.-here { border-left: outer $accent; }
    }
    """
    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, message: MessageView, content: Content) -> None:
        super().__init__(content, classes="-mine" if message.mine else None)
        self.message = message

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if isinstance(self.screen, ConversationScreen):
            self.screen.select(self.message.id)


class ConversationScreen(Place):
    """At most fifty messages, one of them selected; further ones on demand."""

    WHERE: ClassVar[Where] = Where.CONVERSATION
    BINDINGS: ClassVar[list[BindingType]] = bindings(Where.CONVERSATION)
    DEFAULT_CSS = """
    ConversationScreen #messages { height: 1fr; scrollbar-size-vertical: 1; }
    ConversationScreen .more { height: auto; margin: 0 0 1 2; }
    """

    def __init__(self, id: int) -> None:
        super().__init__()
        self._id = id
        self._view = self.app.session.conversation(id)
        self._unfolded: frozenset[int] = frozenset()
        self._start = max(0, len(self._view.messages) - WINDOW)
        new = [message.id for message in self._view.messages if message.new]
        self._here = new[0] if new else (self._view.messages[-1].id if self._view.messages else -1)
        self._texts: dict[int, MessageText] = {}
        self._outside = Outside(self)

    # -- what is on the screen

    def compose(self) -> ComposeResult:
        yield TitleLine(heading(self._view), id="title")
        with VerticalScroll(id="messages", can_focus=False):
            yield Static(id="earlier", classes="more", markup=False)
            for message in self._window():
                yield self._text(message)
            yield Static(id="newer", classes="more", markup=False)
        yield from self.foot()

    def on_mount(self) -> None:
        self._show_more_lines()
        self._mark()
        self.quiet.say(self._about())
        self.call_after_refresh(self._to_first_new)
        self.run_worker(self._read_whole(), exit_on_error=False)

    async def _read_whole(self) -> None:
        """The whole thread, from the server; what it brings comes as news."""
        await self.app.run_safely(self.app.session.open(self._id))

    def _to_first_new(self) -> None:
        here = self._texts.get(self._here)
        if here is not None:
            self._messages.scroll_to_widget(here, animate=False, top=here.message.new, immediate=True)

    def _about(self) -> str:
        """What should be known first: a note, that it is closed, or that it could not be read in whole."""
        view = self._view
        if view.note:
            return view.note
        if view.closed:
            return f"Replies are closed here. {self._key('nod')} nod, {self._key('done')} done."
        account = next(
            (one for one in self.app.session.accounts() if one.label == view.account or one.handle == view.account),
            None,
        )
        return account.trouble if account and account.trouble else ""

    def _key(self, id: str) -> str:
        return first_key(id, self.app.keymap_of_user)

    @property
    def _messages(self) -> VerticalScroll:
        return self.query_one("#messages", VerticalScroll)

    def _window(self) -> tuple[MessageView, ...]:
        return self._view.messages[self._start : self._start + WINDOW]

    def _text(self, message: MessageView) -> MessageText:
        text = self._texts[message.id] = MessageText(message, self._content(message))
        return text

    def _content(self, message: MessageView) -> Content:
        return message_content(message, self.app.clock(), folded(message, self._unfolded), self._key("unfold"))

    def _show_more_lines(self) -> None:
        before, after = self._start, len(self._view.messages) - self._start - WINDOW
        for name, many, key in (("earlier", before, "earlier"), ("newer", after, "newer")):
            line = self.query_one(f"#{name}", Static)
            line.display = many > 0
            line.update(
                Content.styled(f"{count(many, f'{name} message').capitalize()} · {self._key(key)} shows them", "dim")
            )

    # -- changes

    def changed(self, conversations: frozenset[int]) -> None:
        """Take in what the thread brought, around what is being read."""
        if self._id in conversations:
            self.call_next(self._take_in)

    async def _take_in(self) -> None:
        first = self._window()[0].id if self._window() else None
        was_whole = self._start + WINDOW >= len(self._view.messages)
        self._view = self.app.session.conversation(self._id)
        ids = [message.id for message in self._view.messages]
        start = ids.index(first) if first in ids else max(0, len(ids) - WINDOW)
        # Ancestors that fit are shown; what would push out what is being read is counted at the top instead.
        if was_whole and len(ids) - start < WINDOW:
            start = max(0, len(ids) - WINDOW)
        self._start = start
        await self._sync()
        self.query_one(TitleLine).say(heading(self._view), "")
        if (writing := self.writing()) is not None:
            writing.refresh_audience()

    async def _sync(self) -> None:
        """The widgets that the window needs, and no others, with the selected message where it is on the screen."""
        wanted = {message.id: message for message in self._window()}
        if self._here not in wanted and wanted:
            self._here = next(iter(wanted))
        anchor = self._texts.get(self._here)
        offset = anchor.virtual_region.y - self._messages.scroll_offset.y if anchor else 0
        with self.app.batch_update():
            for id in [id for id in self._texts if id not in wanted]:
                await self._texts.pop(id).remove()
            before: Static = self.query_one("#earlier", Static)
            for id, message in wanted.items():
                text = self._texts.get(id)
                if text is None:
                    text = self._text(message)
                    await self._messages.mount(text, after=before)
                elif text.message != message:
                    text.message = message
                    text.update(self._content(message))
                before = text
            self._show_more_lines()
            self._mark()
        if anchor is not None and anchor.is_mounted:
            self.call_after_refresh(self._put_back, anchor, offset)

    def _put_back(self, anchor: MessageText, offset: int) -> None:
        if anchor.is_mounted:
            self._messages.scroll_to(y=anchor.virtual_region.y - offset, animate=False, immediate=True, force=True)

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Out of a conversation that no longer waits; else stay and see it anew."""
        if outcome.left_inbox:
            await self._back_to_list(outcome, id)
        else:
            await self._take_in()
            for place in self.app.screen_stack[:-1]:
                if isinstance(place, Place):
                    await place.settled(outcome, id)

    async def _back_to_list(self, outcome: Outcome, id: int) -> None:
        below = self.app.screen_stack[:-1]
        self.dismiss()
        for place in below:
            if isinstance(place, Place):
                await place.settled(outcome, id)

    # -- what is selected

    def subject(self) -> Subject:
        text = self._texts.get(self._here)
        return Subject(self._id, self._view.shown, (text.message.url if text else None) or self._view.url)

    def select(self, id: int) -> None:
        """Another message, brought into view."""
        self._here = id
        self._mark()
        text = self._texts[id]
        tall = text.virtual_region.height > self._messages.size.height
        self._messages.scroll_to_widget(text, animate=False, top=tall, immediate=True)

    def _mark(self) -> None:
        for id, text in self._texts.items():
            text.set_class(id == self._here, "-here")

    # -- what only a conversation does

    def moves(self) -> Mapping[str, Deed]:
        return {
            "down": lambda: self._step(1),
            "up": lambda: self._step(-1),
            "first": lambda: self._end(0),
            "last": lambda: self._end(-1),
            "page_down": lambda: self._page(1),
            "page_up": lambda: self._page(-1),
            "back": self.back,
            "unfold": self.unfold,
            "earlier": lambda: self._slide(-STEP),
            "newer": lambda: self._slide(STEP),
            **{f"link_{n}": self._link(n) for n in range(1, 10)},
        }

    async def _step(self, by: int) -> None:
        """The next message, or the rest of this one where it is taller than the screen."""
        messages, text = self._messages, self._texts.get(self._here)
        if text is None:
            return
        top, region = messages.scroll_offset.y, text.virtual_region
        rest = region.bottom - (top + messages.size.height) if by > 0 else top - region.y
        if rest > 1:
            messages.scroll_relative(y=by * min(rest, messages.size.height - 2), animate=False)
            return
        ids = [message.id for message in self._window()]
        index = ids.index(self._here) + by
        if 0 <= index < len(ids):
            self.select(ids[index])
        elif by < 0:
            messages.scroll_home(animate=False)
        else:
            messages.scroll_end(animate=False)

    async def _end(self, index: int) -> None:
        window = self._window()
        if window:
            self.select(window[index].id)

    async def _page(self, by: int) -> None:
        self._messages.scroll_relative(y=by * (self._messages.size.height - 2), animate=False)

    async def _slide(self, by: int) -> None:
        most = max(0, len(self._view.messages) - WINDOW)
        start = min(max(0, self._start + by), most)
        if start != self._start:
            self._start = start
            await self._sync()

    async def unfold(self) -> None:
        message = self._texts[self._here].message if self._here in self._texts else None
        if message is None or message.warning is None:
            self.app.say("Nothing is hidden here.")
            return
        self._unfolded ^= {message.id}
        self._texts[message.id].update(self._content(message))

    def _link(self, number: int) -> Deed:
        async def deed() -> None:
            text = self._texts.get(self._here)
            hidden = text is None or folded(text.message, self._unfolded)
            found = () if text is None or hidden else links(text.message)
            if number > len(found):
                self.app.say("The message at the cursor has no link with that number.")
                return
            url = found[number - 1]

            async def decided(answer: str | None) -> None:
                if answer == "enter":
                    await self.app.run_safely(self._open_link(url))

            self.app.ask(f"This leads to {url}", [("enter", "open it"), ("esc", "stay here")], decided)

        return deed

    async def _open_link(self, url: str) -> None:
        self._outside.open(url)

    async def back(self) -> None:
        self.dismiss()

    def take_keyboard(self) -> None:
        """Nothing here needs to be focused: keys go to the screen."""
        self.set_focus(None)

    def make_room(self) -> None:
        if self._here in self._texts:
            self.select(self._here)
