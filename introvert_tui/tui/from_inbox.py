"""The ways that lead from the inbox: into a conversation, to what does not wait, and to the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.errors import Cannot
from introvert_tui.text import spelled_count

from .actions import first_key
from .drawing import OLDER, PUT_OFF, QUOTES

if TYPE_CHECKING:
    from .place import Deed
    from .screens.inbox import InboxScreen


class FromInbox:
    """The actions that only the inbox has."""

    def __init__(self, inbox: InboxScreen) -> None:
        self._inbox = inbox

    def by_id(self) -> dict[str, Deed]:
        """The methods, by action id."""
        return {
            "open": self.open,
            "catch_up": self.catch_up,
            "older": self.older,
            "put_off": self.put_off,
            "left": self.left,
            "sent": self.sent,
            "requests": self.requests,
            "accounts": self.accounts,
        }

    async def open(self) -> None:
        inbox = self._inbox
        if not inbox.listing.rows:
            await inbox.action_do(inbox.at_hand.selected_id or "")
        elif inbox.rows.selected_id == QUOTES:
            inbox.listing.folds_quotes = False
            inbox.draw(near=inbox.rows.place_of(QUOTES))
        elif inbox.rows.selected_id == OLDER:
            await self.older()
        elif inbox.rows.selected_id == PUT_OFF:
            await self.put_off()
        elif (id := inbox.subject_id) is not None:
            from .screens.conversation import ConversationScreen

            await inbox.app.push_screen(ConversationScreen(id))

    async def catch_up(self) -> None:
        """Show what was held back, and look for more; what that brings is shown too, while nobody reads yet."""
        inbox = self._inbox
        inbox.listing.news()
        shown = bool(inbox.listing.held())
        self._take_all()
        inbox.app.say("Looking.")
        inbox.run_worker(inbox.app.run_safely(self._ask_servers(shown)), exit_on_error=False)

    def _take_all(self) -> None:
        inbox = self._inbox
        inbox.listing.news()
        inbox.listing.take_all()
        inbox.reader.expect()
        inbox.draw()

    async def _ask_servers(self, shown: bool) -> None:
        """Ask them, and say what came of it; with something `shown` that was held back, there was news in any case."""
        app = self._inbox.app
        report = await app.session.catch_up()
        if report.arrived:
            app.say(f"{spelled_count(report.arrived, 'conversation')} came in.", too=True)
        elif report.offline or report.signed_out:
            app.say("Nothing came in, but not everybody answered.", too=True)
        else:
            app.say("Nothing more came in." if shown else "Nothing new.", too=True)

    async def older(self) -> None:
        from .screens.others import OlderScreen

        await self._inbox.app.push_screen(OlderScreen())

    async def put_off(self) -> None:
        from .screens.later import LaterScreen

        await self._inbox.app.push_screen(LaterScreen())

    async def left(self) -> None:
        from .screens.others import LeftScreen

        await self._inbox.app.push_screen(LeftScreen())

    async def sent(self) -> None:
        from .screens.sent import SentScreen

        await self._inbox.app.push_screen(SentScreen())

    async def requests(self) -> None:
        """What people wrote whom the server holds back; nothing is asked of the server, so nothing is accepted."""
        from introvert_tui.engine.closing import Way

        from .pages import requests
        from .screens.page import Page

        app = self._inbox.app
        asking = app.session.inbox().requests
        if Way.EVERYBODY in app.session.ways_to_close(None):
            key = first_key("close", app.keymap_of_user)
            raise Cannot(f"Only people you know now. {key} lets everybody be heard again.")
        if not asking:
            raise Cannot("Nobody asks to write to you.")
        await app.push_screen(Page(requests(asking, app.clock())))

    async def accounts(self) -> None:
        from .screens.accounts import Accounts

        Accounts(self._inbox.app, self._take_all).show()
