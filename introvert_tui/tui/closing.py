"""Closing the door on this: the menu for the bad day, and showing what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING

from textual.content import Content

from introvert_tui.engine.closing import Spot, Way, words
from introvert_tui.engine.views import Outcome
from introvert_tui.errors import Cannot

from .from_card import ask_to_block
from .place import Place
from .rows import one_line

if TYPE_CHECKING:
    from introvert_tui.engine.acquaintances import Card
    from introvert_tui.engine.distance import Distance

    from .app import IntrovertApp
    from .place import Subject
    from .screens.inbox import InboxScreen


def let_go(inbox: InboxScreen, conversations: Collection[int]) -> None:
    """After our own doing to many at once: what no longer waits goes, and the others are shown as they are now."""
    at = inbox.rows.place_of(inbox.rows.selected_id)
    inbox.listing.news()
    inbox.listing.let_go(conversations)
    inbox.listing.freshen()
    inbox.draw(near=min(at, len(inbox.listing.visible()) - 1))


def show_distance(app: IntrovertApp, done: Distance) -> None:
    """Take away in the inbox what no longer waits, and show what waits again."""
    from .screens.inbox import InboxScreen

    inbox = app.screen_stack[0]
    if isinstance(inbox, InboxScreen):
        let_go(inbox, done.silent)
        if done.back:
            inbox.draw(select=inbox.listing.bring(done.back))


class Closing:
    """The ways that there are at what is under the cursor, or about everything where nothing is."""

    def __init__(self, place: Place) -> None:
        self._place, self._app = place, place.app
        self._at: Subject | None = place.subject()

    async def ask(self) -> None:
        """Let one be chosen."""
        from .screens.asking import Menu

        ways = self._app.session.ways_to_close(self._spot())
        name = one_line(self._card(self._at).name) if self._at and Way.REPORT in ways else ""
        choices = [(str(way), Content(words(way, name))) for way in ways]

        async def chosen(id: str | None) -> None:
            if id is not None:
                await self._app.run_safely(self._do(Way(id)))

        await self._app.push_screen(Menu(choices), chosen)

    def _spot(self) -> Spot | None:
        return Spot(self._at.id, self._at.shown, self._at.message) if self._at else None

    async def _do(self, way: Way) -> None:
        session, here = self._app.session, self._at
        known: dict[Way, tuple[int | None, bool]] = {
            Way.HERE: (here.id if here else None, True),
            Way.EVERYBODY_HERE: (here.id if here else None, False),
            Way.EVERYWHERE: (None, True),
            Way.EVERYBODY: (None, False),
        }
        if way in known:
            await self._show(await session.only_known(*known[way]))
            return
        if here is None:
            raise Cannot("There is no conversation at the cursor.")
        spot = Spot(here.id, here.shown, here.message)
        match way:
            case Way.LEAVE:
                await self._place.deeds["leave"]()
            case Way.BLOCK:
                ask_to_block(self._app, self._card(here), self._show)
            case Way.REPORT:
                await self._place.outside.open(self._page(here))
            case Way.LIMIT_ANSWERS:
                self._ask_server(lambda: session.limit_answers(spot))
            case Way.DETACH_QUOTE:
                self._ask_server(lambda: session.detach_quote(spot))

    def _who(self, here: Subject) -> int:
        return self._app.session.who(here.id, here.shown, here.message)

    def _card(self, here: Subject) -> Card:
        return self._app.session.person(self._who(here))

    def _page(self, here: Subject) -> str:
        """Their page, or where the network has none, what they wrote."""
        try:
            return self._app.session.page(self._who(here))
        except Cannot:
            if not here.url:
                raise
            return here.url

    def _ask_server(self, deed: Callable[[], Awaitable[Outcome]]) -> None:
        """Do it while the screen goes on, and say what the server said."""

        async def asked() -> None:
            self._app.say((await deed()).sentence)

        self._app.say("Asking the server.")
        self._app.beside(asked())

    async def _show(self, done: Distance) -> None:
        """Take away what no longer waits, here and in the inbox below, and show what waits again."""
        show_distance(self._app, done)
        if self._at is not None and self._place is not self._app.screen_stack[0]:
            await self._place.settled(Outcome(done.sentence, self._at.id in done.silent), self._at.id)
        self._app.say(done.sentence)
