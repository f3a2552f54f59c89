"""A window of at most fifty messages or folded runs, one of them selected; what is being read never moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar, Literal

from textual import events
from textual.app import ComposeResult, RenderResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Offset, Region
from textual.message import Message
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from introvert_tui.engine.views import ConversationView, MessageView
from introvert_tui.text import count
from introvert_tui.tui.fitting import shorten
from introvert_tui.tui.folding import Item
from introvert_tui.tui.real_cursor import in_view
from introvert_tui.tui.rows import QUIET
from introvert_tui.tui.widgets.pictures import Pictures
from introvert_tui.tui.window import Window

Draw = Callable[[Item], Content]


class MessageText(Static):
    """One message, or a folded run of them; a click selects the one and opens the other."""

    DEFAULT_CSS = """
    MessageText {
        width: 100%; height: auto; margin: 0 0 1 0; padding: 0 1 0 1; border-left: blank $background;
        &.-mine { margin: 0 0 1 4; }
        &.-here { border-left: outer $text-accent; }
        link-style: none; link-color: $foreground; link-background: transparent;
        link-style-hover: underline; link-color-hover: $foreground; link-background-hover: transparent;
    }
    """
    ALLOW_SELECT: ClassVar[bool] = False

    class Clicked(Message):
        """The mouse was here."""

        def __init__(self, id: int) -> None:
            super().__init__()
            self.id = id

    def __init__(self, item: Item, content: Content) -> None:
        super().__init__(content)
        self.item = item
        self.below: Pictures | None = None
        """Its pictures, while they are shown."""
        self.set_class(item.folded, "-folded")
        self.set_class(item.messages[0].mine and not item.folded, "-mine")

    @property
    def is_new(self) -> bool:
        """Whether it waits for you."""
        return not self.item.folded and self.item.messages[0].new

    @property
    def whole_region(self) -> Region:
        """Where it is, its pictures included."""
        return self.virtual_region.union(self.below.virtual_region) if self.below is not None else self.virtual_region

    @property
    def row(self) -> int:
        """How many rows below the top of what is seen it begins."""
        return self.virtual_region.y - self.query_ancestor(VerticalScroll).scroll_offset.y

    def stand_at(self, row: int) -> None:
        """Scroll to where it stands at that row again, if it is still there."""
        if self.is_attached:
            thread = self.query_ancestor(VerticalScroll)
            thread.scroll_to(y=self.virtual_region.y - row, animate=False, immediate=True, force=True)

    async def show(self, item: Item, content: Content) -> None:
        """What it is by now; other pictures than those that are shown have to be asked for."""
        if item.messages[0].attachments != self.item.messages[0].attachments:
            await self.drop_below()
        self.item = item
        self.update(content)

    async def drop_below(self) -> None:
        """Without its pictures."""
        if self.below is not None:
            below, self.below = self.below, None
            await below.remove()

    async def leave(self) -> None:
        """Away, with its pictures."""
        await self.drop_below()
        await self.remove()

    def render(self) -> RenderResult:
        """The lines of a folded run end after a whole word, at whatever width."""
        width = self.content_size.width
        if not self.item.folded or not width:
            return super().render()
        lines = str(self.content).split("\n")
        return Content.styled("\n".join(shorten(line, width) for line in lines), QUIET)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Clicked(self.item.id))


class Thread(VerticalScroll, can_focus=False):
    """The messages of a conversation in reading order; `draw` turns one, or a folded run, into text."""

    DEFAULT_CSS = """
    Thread {
        height: 1fr; scrollbar-size-vertical: 1;
        & .more {
            height: auto; margin: 0 0 1 2;
            link-style: none; link-color: $foreground; link-background: transparent;
            link-style-hover: underline; link-color-hover: $foreground; link-background-hover: transparent;
        }
    }
    """

    def __init__(
        self, view: ConversationView, draw: Draw, earlier_key: str, newer_key: str, at: int | None = None
    ) -> None:
        super().__init__()
        self._window, self._draw = Window(view, at), draw
        self._keys = {"earlier": earlier_key, "newer": newer_key}
        self._texts: dict[int, MessageText] = {}
        self._terminal = self.app.size
        self.changing = asyncio.Lock()
        """Held by whoever mounts or removes here; keys, news and clicks come each on their own, and none is quick."""

    def compose(self) -> ComposeResult:
        yield Static(id="earlier", classes="more")
        for item in self._window.shown:
            yield self._text(item)
        yield Static(id="newer", classes="more")

    def on_mount(self) -> None:
        self._show_more_lines()
        self._mark()
        here = self._texts.get(self._window.here)
        self.call_after_refresh(self.select, top=here is not None and here.is_new)

    def on_resize(self) -> None:
        if self._terminal != self.app.size:  # else only what is below it takes another room
            self._terminal = self.app.size
            self.call_after_refresh(self.select)

    def _text(self, item: Item) -> MessageText:
        text = self._texts[item.id] = MessageText(item, self._draw(item))
        return text

    def _show_more_lines(self) -> None:
        beyond = {"earlier": self._window.earlier, "newer": self._window.newer}
        many = {name: sum(len(item.messages) for item in some) for name, some in beyond.items()}
        for name, key in self._keys.items():
            line = self.query_one(f"#{name}", Static)
            line.display = many[name] > 0
            words = f"{count(many[name], f'{name} message').capitalize()} · {key} shows more of them"
            line.update(Content.styled(words, QUIET).stylize(Style.from_meta({"@click": f"screen.do('{name}')"})))

    async def take_in(self, view: ConversationView) -> None:
        """Show what the conversation is by now, around what is being read."""
        async with self.changing:
            self._window.take_in(view)
            await self._sync()

    async def unfold(self) -> bool:
        """Open the run that is selected, or else the one nearest above; False if nothing is folded there."""
        async with self.changing:
            still = self._window.unfold()
            if still is not None:
                await self._sync(still)
            return still is not None

    async def _sync(self, still: int | None = None) -> None:
        """Mount what the window needs and nothing else; one message, or else the selected, stays where it is."""
        if not self.is_attached:  # the conversation was closed meanwhile
            return
        wanted = {item.id: item for item in self._window.shown}
        anchor = self._texts.get(self._window.here if still is None else still)
        row = anchor.row if anchor else 0
        with self.app.batch_update():
            for id in [id for id in self._texts if id not in wanted]:
                await self._texts.pop(id).leave()
            before: Widget = self.query_one("#earlier", Static)
            for id, item in wanted.items():
                text = self._texts.get(id)
                if text is not None and text.item.folded != item.folded:
                    await self._texts.pop(id).leave()
                    text = None
                if text is None:
                    text = self._text(item)
                    await self.mount(text, after=before)
                elif text.item != item:
                    await text.show(item, self._draw(item))
                before = text if text.below is None else text.below
            self._show_more_lines()
            self._mark()
        if anchor is not None:
            self.call_after_refresh(anchor.stand_at, row)

    @property
    def here(self) -> MessageView | None:
        """The selected message; none where a folded run is."""
        text = self._texts.get(self._window.here)
        return text.item.messages[0] if text and not text.item.folded else None

    @property
    def in_view(self) -> frozenset[int]:
        """The ids of the messages that can be read now, in part at least; none of a folded run."""
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        there = {id: text.virtual_region for id, text in self._texts.items() if not text.item.folded}
        return frozenset(id for id, region in there.items() if region.y < bottom and region.bottom > top)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Column and row at which the selected message begins, or the nearest in view."""
        text = self._texts.get(self._window.here)
        return in_view((text or self).content_region.offset, self.scrollable_content_region)

    @property
    def is_at_fold(self) -> bool:
        """Whether a folded run is selected."""
        text = self._texts.get(self._window.here)
        return text is not None and text.item.folded

    async def on_message_text_clicked(self, event: MessageText.Clicked) -> None:
        event.stop()
        if self.screen.query("Writing"):  # the cursor stays on what is answered
            return
        self.select(event.id)
        if self.is_at_fold:
            await self.unfold()

    def select(self, id: int | None = None, top: bool = False) -> None:
        """Another message of those that are drawn, or else the same, brought into view, or to its `top`."""
        self._window.select(id)
        self._mark()
        if text := self._texts.get(self._window.here):
            if text.item.id == self._window.shown[0].id:  # what lies beyond it is told above it
                self.scroll_home(animate=False, immediate=True)
            tall = text.virtual_region.height > self.size.height
            self.scroll_to_widget(text, animate=False, top=top or tall, immediate=True)

    def _mark(self) -> None:
        for id, text in self._texts.items():
            text.set_class(id == self._window.here, "-here")

    def redraw(self) -> None:
        """All messages as they are told now; one that is told as before is not drawn again."""
        for text in self._texts.values():
            if (told := self._draw(text.item)) != text.content:
                text.update(told)

    def step(self, by: Literal[1, -1]) -> None:
        """The next message, or the rest of this one where it is taller than the screen."""
        text = self._texts.get(self._window.here)
        if text is None:
            return
        top, region = self.scroll_offset.y, text.whole_region
        rest = region.bottom - (top + self.size.height) if by > 0 else top - region.y
        if rest > 1:
            self.scroll_relative(y=by * min(rest, self.size.height - 2), animate=False)
            return
        ids = [item.id for item in self._window.shown]
        index = ids.index(self._window.here) + by
        if 0 <= index < len(ids):
            self.select(ids[index])
        elif by < 0:
            self.scroll_home(animate=False)
        else:
            self.scroll_end(animate=False)

    async def jump(self, index: Literal[0, -1]) -> None:
        """The first or the last message of the conversation, as far as it is known."""
        async with self.changing:
            if self._window.jump(index):
                await self._sync()
                self.call_after_refresh(self.select)
            else:
                self.select()

    def page(self, by: Literal[1, -1]) -> None:
        """A page, without another message being selected."""
        self.scroll_relative(y=by * (self.size.height - 2), animate=False)

    async def slide(self, by: Literal[1, -1]) -> None:
        """Earlier or newer messages than the window holds."""
        async with self.changing:
            if self._window.slide(by):
                await self._sync()
