"""Pictures of a conversation: fetched when a key asks for them, and never before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from introvert_tui.errors import Cannot, IntrovertError
from introvert_tui.model import Attachment, AttachmentKind

from . import pictures
from .actions import first_key
from .rows import one_line
from .widgets.pictures import Pictures
from .widgets.thread import MessageText

if TYPE_CHECKING:
    from textual.widget import Widget

    from introvert_tui.engine.views import MessageView

    from .screens.conversation import ConversationScreen


class Picturing:
    """Shows pictures below their message; `is_folded` says whether a warning stands in place of one."""

    def __init__(self, screen: ConversationScreen, is_folded: Callable[[MessageView], bool]) -> None:
        self._screen, self._is_folded = screen, is_folded

    async def turn(self) -> None:
        """Show the pictures of the selected message, or else of the newest that has some; or hide them again."""
        async with self._screen.thread.changing:
            await self._turn()

    async def _turn(self) -> None:
        app, thread = self._screen.app, self._screen.thread
        text = self._chosen()
        if text.below is not None:
            await text.drop_below()
            return
        (message,) = text.item.messages
        thread.select(message.id)
        if self._is_folded(message):
            unfold = first_key("unfold", app.keymap_of_user)
            raise Cannot(f"This is under the warning “{one_line(message.warning or '')}”; {unfold} shows it first.")
        if not app.draws_pictures:
            browser = first_key("browser", app.keymap_of_user)
            raise Cannot(pictures.how_to_see_them(app.settings.pictures, browser))
        those = pictured(message)
        several = len(those) > 1
        text.below = Pictures([f"{number} of {len(those)}" if several else "" for number in range(1, len(those) + 1)])
        await thread.mount(text.below, after=text)
        text.below.run_worker(self._bring(text, text.below, those), exit_on_error=False)

    async def hide(self, message: int) -> None:
        """Take the pictures of a message away, if they are shown."""
        async with self._screen.thread.changing:
            for text in self._texts():
                if text.item.id == message:
                    await text.drop_below()

    def _texts(self) -> list[MessageText]:
        return list(self._screen.thread.query(MessageText))

    def _chosen(self) -> MessageText:
        """The selected message, or else the newest that is open and has pictures."""
        texts = [text for text in self._texts() if not text.item.folded and pictured(text.item.messages[0])]
        if not texts:
            raise Cannot("The messages that are open here have no pictures.")
        here = self._screen.thread.here
        selected = (text for text in texts if here is not None and text.item.id == here.id)
        return next(selected, max(texts, key=lambda text: text.item.messages[0].at))

    async def _bring(self, text: MessageText, below: Pictures, those: tuple[Attachment, ...]) -> None:
        """Fetch one after the other; this ends when they are hidden."""
        from introvert_tui.engine.background import in_the_background

        app = self._screen.app
        for index, one in enumerate(those):
            try:
                data = await app.session.picture(text.item.id, one)
                picture = await in_the_background(partial(pictures.decoded, data))
            except IntrovertError as problem:
                below.tell(index, str(problem))
            else:
                await self._put(text, below, index, pictures.drawn(picture, colours=not app.no_color))

    async def _put(self, text: MessageText, below: Pictures, index: int, picture: Widget) -> None:
        """Show one; what is being read does not move, but the first picture of the selected message comes into view."""
        thread = self._screen.thread
        here = next((one for one in self._texts() if thread.here is not None and one.item.id == thread.here.id), text)
        row = here.row
        await below.put(index, picture)
        if here is text and index == 0:
            thread.call_after_refresh(thread.scroll_to_widget, picture, animate=False, immediate=True)
        else:
            thread.call_after_refresh(here.stand_at, row)


def pictured(message: MessageView) -> tuple[Attachment, ...]:
    """The pictures of a message; films are none."""
    return tuple(one for one in message.attachments if one.kind is AttachmentKind.IMAGE)
