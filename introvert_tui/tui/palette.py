"""The command palette: what can be done here, people, conversations, colours, and the address of any post.

Textual's own, with our providers. What others wrote goes in as `Content`; a hit's `help`, which is read as markup,
stays empty.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher

from introvert_tui.engine.inbox import InboxRow

from . import themes
from .actions import Action, here, keys_of
from .app import IntrovertApp
from .fitting import shorten
from .place import Place
from .rows import QUIET, one_line, people

if TYPE_CHECKING:
    from introvert_tui.engine.acquaintances import Acquaintance
    from introvert_tui.engine.views import Composer

_ADDRESS = ("https://", "http://", "at://")
_SURE = 1.0
_BEGINS = 1_000_000.0
"""More than Textual gives to anything by how well it matches."""
_MOST_WORDS = 60


class _FromPlace(Provider):
    """What every provider needs: the place below."""

    @property
    def place(self) -> Place:
        place = self.screen
        assert isinstance(place, Place)
        return place


def _score(matcher: Matcher, *begins: str, besides: str = "") -> float:
    """How well something is met; what one of its names begins with counts more than what it merely contains."""
    score = max(map(matcher.match, (*begins, besides)))
    query = matcher.query.casefold()
    return score + _BEGINS if any(name.casefold().startswith(query) for name in begins) else score


class Actions(_FromPlace):
    """What can be done in this place, from the registry."""

    def _told(self) -> list[Action]:
        left_out = {"palette", *self.place.idle()}
        return [action for action in here(self.place.WHERE) if action.id not in left_out]

    def _line(self, word: Content, action: Action) -> Content:
        keys = ", ".join(keys_of(action, self.place.app.keymap_of_user))
        told = Content.assemble(word, (f"   {action.help}", QUIET))
        return Content.assemble(told, (f"   {keys}", QUIET)) if keys else told

    async def discover(self) -> Hits:
        for action in self._told():
            if action.listed:
                line = self._line(Content(action.word), action)
                yield DiscoveryHit(line, partial(self.place.action_do, action.id), action.help)
        for theme in Themes(self.screen).every():  # of two providers either may come first
            yield theme

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in self._told():
            if (score := _score(matcher, action.word, besides=action.help)) > 0:
                line = self._line(matcher.highlight(action.word), action)
                yield Hit(score, line, partial(self.place.action_do, action.id), action.help)


class Conversations(_FromPlace):
    """Whatever is in the inbox, older, put off, or left: by who is in it and what was said."""

    async def search(self, query: str) -> Hits:
        matcher, session = self.matcher(query), self.place.app.session
        put_off = (one.row for one in session.put_off())
        for row in (*session.inbox().rows, *session.older(), *put_off, *session.left()):
            who, words = " ".join(people(row)), _words(row)
            if (score := _score(matcher, who, *people(row), besides=words)) > 0:
                shown = Content.assemble(matcher.highlight(who), (f": {words}", QUIET))
                yield Hit(score, shown, partial(self._open, row), who)

    async def _open(self, row: InboxRow) -> None:
        from .screens.conversation import ConversationScreen

        with self.place.app.saying_why_not():
            self.place.app.push_screen(ConversationScreen(row.id))


class People(_FromPlace):
    """Everybody one ever spoke with, by name and handle."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for one in self.place.app.session.people():
            handles = ", ".join(f"@{handle}" for handle in one.handles)
            if (score := _score(matcher, one.name, handles)) > 0:
                shown = Content.assemble(matcher.highlight(one_line(one.name)), (f" {handles}", QUIET))
                yield Hit(score, shown, partial(self._open, one), one.name)

    async def _open(self, one: Acquaintance) -> None:
        from .screens.person import PersonScreen

        with self.place.app.saying_why_not():
            self.place.app.push_screen(PersonScreen(one.id))


class Themes(_FromPlace):
    """All colours there are, to be tried for a visit."""

    def _told(self) -> Iterator[tuple[str, str]]:
        if not self.place.app.no_color:
            yield from ((f"theme {name}", name) for name in themes.names())

    def every(self) -> Iterator[DiscoveryHit]:
        """What is offered before anything is typed."""
        for word, name in self._told():
            yield DiscoveryHit(self._line(Content(word)), partial(self._wear, name), word)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for word, name in self._told():
            if (score := max(matcher.match(word), matcher.match(name))) > 0:
                yield Hit(score, self._line(matcher.highlight(word)), partial(self._wear, name), word)

    def _line(self, word: Content) -> Content:
        return Content.assemble(word, ("   Other colours, for this visit", QUIET))

    async def _wear(self, name: str) -> None:
        themes.wear(self.place.app, name)
        self.place.app.say(f'The colours are {name} for this visit. In config.toml, theme = "{name}" keeps them.')


class AnyPost(_FromPlace):
    """A hello to whoever wrote the post whose address is pasted."""

    async def search(self, query: str) -> AsyncIterator[Hit]:
        if query.strip().startswith(_ADDRESS):
            words = "Say hi to whoever wrote this, and leave"
            yield Hit(_SURE, Content(words), partial(self._reach, query.strip()), words)

    async def _reach(self, address: str) -> None:
        from .deeds import answer_where_it_is
        from .screens.awaiting import Awaiting

        app = self.place.app

        async def found(composer: Composer | None) -> None:
            if composer is not None:
                await app.run_safely(answer_where_it_is(app, composer))

        app.push_screen(Awaiting("Looking for who wrote this.", app.session.reach(address)), found)


class Palette(CommandPalette):
    """Without the picture, and as wide as what is below it."""

    DEFAULT_CSS = """
    Palette {
        background: transparent;
        & SearchIcon { display: none; }
        & > Vertical, & > Vertical:dark { margin: 1 2; background: $background; }
        & > Vertical #--input { border: solid $foreground 62%; }
        & > Vertical #--input.--list-visible { border-bottom: none; }
        & CommandList, & CommandList:focus { background: $background; border: solid $foreground 62%; border-top: none; }
        & CommandList > .option-list--option { text-style: none; }
        /* Not `reverse`: lists of Textual 8.2 lose it. */
        & CommandList > .option-list--option-highlighted, &:ansi CommandList > .option-list--option-highlighted {
            color: $foreground; background: $background; text-style: bold underline;
        }
    }
    """
    app = getters.app(IntrovertApp)
    PROVIDERS: ClassVar[tuple[type[Provider], ...]] = (AnyPost, Actions, People, Conversations, Themes)

    def __init__(self) -> None:
        super().__init__(
            providers=self.PROVIDERS, placeholder="What to do, who, or the address of a post", id="palette"
        )

    def _action_command_list(self, action: str) -> None:
        super()._action_command_list(action)
        self.app.move_in(self.query_one(CommandList))


def _words(row: InboxRow) -> str:
    """What was said last, or the warning that stands in its place."""
    if row.warning is not None:
        return f"under the warning “{shorten(row.warning, _MOST_WORDS)}”"
    return shorten(row.text, _MOST_WORDS)
