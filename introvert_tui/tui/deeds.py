"""What is done to conversations, through the session; the place shows what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.content import Content

from introvert_tui.errors import Cannot

from .actions import here, keys_of
from .rows import STRONG

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session
    from introvert_tui.engine.views import Composer, DeleteOffer, Later, Outcome

    from .app import IntrovertApp
    from .place import Deed, Place, Subject
    from .widgets.writing import Writing

_ALSO_IN_MENUS = frozenset({"open", "back", "down", "up", "first", "last", "page_down", "page_up"})
"""Actions whose keys have a meaning in a menu itself."""


async def answer_where_it_is(app: IntrovertApp, composer: Composer) -> None:
    """Open the conversation that an answer belongs to, and begin to write there."""
    from .screens.conversation import ConversationScreen

    place = ConversationScreen(composer.conversation, composer.message)
    await app.push_screen(place)
    await Deeds(place).answer(composer)


class Deeds:
    """The actions on one conversation, the way back from them, and the lists of what can be done."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def by_id(self) -> dict[str, Deed]:
        """The methods, by action id."""
        return {
            "hello": self.hello,
            "reply": self.reply,
            "nod": lambda: self._settle(lambda at: self._session.nod(at.id, at.shown)),
            "done": lambda: self._settle(lambda at: self._session.done(at.id, at.shown)),
            "leave": lambda: self._settle(lambda at: self._session.leave(at.id)),
            "rejoin": lambda: self._settle(lambda at: self._session.rejoin(at.id)),
            "bring_back": lambda: self._settle(lambda at: self._session.bring_back(at.id)),
            "later": self.later,
            "close": self.close,
            "undo": self.undo,
            "search": self.search,
            "who": self.who,
            "people": self.people,
            "menu": self.menu,
            "palette": self.palette,
            "keys": self.keys,
            "quit": lambda: self._place.app.action_leave("send"),
        }

    @property
    def _session(self) -> Session:
        return self._place.app.session

    def _subject(self) -> Subject:
        subject = self._place.subject()
        if subject is None:
            raise Cannot("There is no conversation at the cursor.")
        return subject

    async def _settle(self, deed: Callable[[Subject], Awaitable[Outcome]], subject: Subject | None = None) -> None:
        subject = subject or self._subject()
        await self._show(await deed(subject), subject.id)

    async def _show(self, outcome: Outcome, id: int) -> None:
        await self._place.settle(outcome, id if outcome.conversation is None else outcome.conversation)
        if outcome.delete is None:
            self._place.app.say(outcome.sentence)
        else:
            self._place.app.say("")  # the question is asked, and must not stand there after its answer
            self.ask_to_delete(outcome.delete, id)

    def ask_to_delete(self, offer: DeleteOffer, id: int) -> None:
        """Ask whether to delete a message that is out of the conversation with this id."""
        app = self._place.app

        async def decided(answer: str | None) -> None:
            if answer == "y":
                app.say("Deleting.")
                app.beside(delete())

        async def delete() -> None:
            await self._show(await app.session.delete(offer), id)

        app.ask(offer.sentence, [("y", "delete it"), ("n", "let it stand")], decided)

    async def hello(self) -> None:
        subject = self._subject()
        await self.answer(self._session.composer(subject.id, subject.shown))

    async def answer(self, composer: Composer) -> None:
        """Write a hello to what the composer answers."""
        from .widgets.composer import HelloLine

        await self._open(HelloLine(composer, self._session))

    async def reply(self) -> None:
        from .widgets.composer import ReplyText

        subject = self._subject()
        composer = self._session.reply_composer(subject.id, subject.shown)
        await self._open(ReplyText(composer, self._session))

    async def _open(self, writing: Writing) -> None:
        if self._place.writing() is None:
            self._place.app.say("")
            self._place.add_class("-writing")
            await self._place.mount(writing, after="#quiet")
            writing.begin()
            self._place.call_after_refresh(self._place.make_room)
            if writing.composer.audience.more:
                self._place.run_worker(self._read_around(writing), exit_on_error=False)

    async def _read_around(self, writing: Writing) -> None:
        """Who else is told may not be known yet: read the thread while one writes, and say it then."""
        await self._place.app.run_safely(self._session.open(writing.composer.conversation))
        if writing.is_mounted:
            writing.refresh_audience()

    async def later(self) -> None:
        from introvert_tui.engine import sentences
        from introvert_tui.engine.views import Later

        from .screens.asking import Line, Menu

        app, subject = self._place.app, self._subject()

        def chosen(when: str | None) -> None:
            if when is not None:
                why = Line("Why, in a few words, if you like", "puts it off", "keeps it waiting")
                app.push_screen(why, lambda reason: put_off(Later(when), reason))

        async def put_off(when: Later, reason: str | None) -> None:
            if reason is not None:
                await app.run_safely(
                    self._settle(lambda at: app.session.later(at.id, when, reason), subject),
                )

        choices = [(when.value, Content(sentences.later(when, app.clock()))) for when in Later]
        await app.push_screen(Menu(choices, Content("When does it come back?")), chosen)

    async def close(self) -> None:
        from .closing import Closing

        await Closing(self._place).ask()

    async def undo(self) -> None:
        subject = self._place.subject()
        id = subject.id if subject else 0
        if self._session.undo_asks_server():
            self._place.app.say("Asking the server.")
            self._place.app.beside(self._undo(id))
        else:
            await self._undo(id)

    async def _undo(self, id: int) -> None:
        await self._show(await self._session.undo(), id)

    async def who(self) -> None:
        from .screens.person import PersonScreen

        at = self._subject()
        await self._place.app.push_screen(PersonScreen(self._session.who(at.id, at.shown, at.message)))

    async def people(self) -> None:
        from .screens.people import PeopleScreen

        await self._place.app.push_screen(PeopleScreen())

    async def search(self) -> None:
        from .screens.search import SearchScreen

        await self._place.app.push_screen(SearchScreen())

    async def menu(self) -> None:
        from .screens.asking import Menu

        place = self._place
        choices, by_key, of_menus = [], dict[str, str](), {"enter", "esc"}
        left_out = {"menu", *place.idle()}
        for action in here(place.WHERE):
            if action.listed and action.id not in left_out:
                keys = keys_of(action, place.app.keymap_of_user)
                key = ", ".join(keys[:1])
                words = Content.assemble((f"{key:>9}  ", STRONG), f"{action.word:<22}")
                choices.append((action.id, words, action.help))
                if action.id in _ALSO_IN_MENUS:
                    of_menus.update(keys)
                else:
                    by_key |= dict.fromkeys(keys, action.id)

        async def chosen(id: str | None) -> None:
            if id is not None:
                await place.action_do(id)

        keys_here = {key: id for key, id in by_key.items() if key not in of_menus}
        await place.app.push_screen(Menu(choices, keys=keys_here), chosen)

    async def palette(self) -> None:
        from .palette import Palette

        await self._place.app.push_screen(Palette())

    async def keys(self) -> None:
        from .screens.help import KeyList
        from .screens.page import Page

        await self._place.app.push_screen(Page(KeyList(self._place.app.keymap_of_user)))
