"""Where one writes: the words, and everything that keeps them."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from introvert_tui.errors import IntrovertError, StoreError
from introvert_tui.tui.actions import Where, first_key
from introvert_tui.tui.app import IntrovertApp
from introvert_tui.tui.place import Deed, Place
from introvert_tui.tui.rows import QUIET, STRONG
from introvert_tui.tui.widgets.mentions import Mentions
from introvert_tui.tui.widgets.writing_hint import Way, WritingHint

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session
    from introvert_tui.engine.views import Composer, Namable, Outcome
    from introvert_tui.tui.widgets.composer import ManyLines, OneLine

SOON = 0.6
"""Seconds after a key, at most, until what is typed by then is on its way to the disk."""
AGAIN = 5.0
"""Seconds until it is tried again where the disk did not take it."""
NEAR = 20
"""So many characters before the limit it is worth a word."""


async def all_typed(field: Widget) -> None:
    """Wait until the letters that were pressed before a key with a meaning are in the field.

    Such keys have priority, so that what is pressed behind them waits; they come here before the letters do.
    """
    taken = asyncio.Event()
    if field.call_later(taken.set):
        await taken.wait()


class Writing(Vertical):
    """The audience above, the words, and the keys below; commits before it closes."""

    WHERE: ClassVar[Where]
    app = getters.app(IntrovertApp)

    DEFAULT_CSS = """
    Writing {
        height: auto;
        & Static { width: 1fr; }
        & Input, & TextArea { border: none; padding: 0; background: transparent; width: 1fr; }
        & Input:focus, & TextArea:focus { border: none; background-tint: transparent; }
        & Input { height: 1; }
        & TextArea { height: auto; min-height: 4; max-height: 12; }
        & Horizontal { height: auto; }
        & .mark { width: 2; }
        & .length { width: auto; padding: 0 0 0 2; }
    }
    """

    def __init__(self, composer: Composer, session: Session) -> None:
        super().__init__()
        self.composer, self.session = composer, session
        self.mentions = Mentions(lambda: self.field, lambda: self.session.namable(self.composer))
        self._soon: Timer | None = None
        self._sending = self._asked = False
        self._keeping = asyncio.Lock()  # words that are kept twice at once would be taken for two programs' words
        self._trouble = ""

    @property
    @abstractmethod
    def words(self) -> str:
        """What is written now."""

    @abstractmethod
    def deeds(self) -> Mapping[str, Deed]:
        """What is done here, by action id."""

    @abstractmethod
    def ways(self) -> Sequence[Way]:
        """The keys that count now, the way back last."""

    @abstractmethod
    def take_offered(self) -> None:
        """Take what is offered where no name is being typed."""

    @abstractmethod
    async def commit(self) -> Outcome:
        """Hand the words to the session; they are on disk when this returns."""

    def begin(self) -> None:
        """Take the keyboard, at once: `Widget.focus` would do so after the keys that were pressed meanwhile."""
        self.screen.set_focus(self.field)
        self.show_hint()

    @property
    @abstractmethod
    def field(self) -> OneLine | ManyLines:
        """What the words are written in."""

    def refresh_audience(self) -> None:
        """The thread was read meanwhile, or the words name others: say anew who will be told."""
        if not (self.is_mounted and self.display):  # news may come while this opens or closes
            return
        try:
            fresh = self.session.refreshed(self.composer, self.words)
        except IntrovertError as error:
            self.hint.tell(str(error))
            return
        self.composer = fresh
        self.query_one("#audience", Static).update(audience(self.composer))

    async def do(self, id: str) -> None:
        """Do an action, once all that was typed before its key is here."""
        await all_typed(self.field)
        await self.deeds()[id]()

    async def take(self) -> None:
        """Take the name that is being typed, or else what is offered here."""
        if not self.mentions.take():
            self.take_offered()

    @property
    def hint(self) -> WritingHint:
        """The line below the words."""
        return self.query_one(WritingHint)

    def show_hint(self) -> None:
        """The keys again; who may be meant, while a name is being typed."""
        if offers := self.mentions.offers():
            self.hint.show([*map(_naming, offers[:1]), *map(_instead, offers[1:]), Way("back", "back", "back")])
        else:
            self.hint.show(self.ways())

    def typed(self) -> None:
        """After each key: keep it soon, say how long it is, if that matters, and who is named."""
        if self._soon is None:
            self._soon = self.set_timer(SOON, self._keep_by_itself)
        try:
            length = self.session.measure(self.composer, self.words.strip())
            self._tell_named(begun=self.mentions.begun())
            self.show_hint()
        except IntrovertError as error:
            self.hint.tell(str(error))
            return
        left = length.limit - length.used
        about = ""
        if left < 0 or not length.fits:
            about = f"{max(1, -left)} over"
        elif left <= NEAR:
            about = f"{left} left"
        self.query_one(".length", Static).update(Content.styled(about, STRONG if left < 0 else QUIET))

    def _tell_named(self, begun: str | None = None) -> None:
        """Say who is told for being named, as soon as that changes; of half a name it is not known yet."""
        named = self.session.named(self.composer, self.words)
        if begun is not None:
            named = tuple(one for one in named if one.who.uri or not one.who.handle.startswith(begun))
        rewritten = self.composer.meant_for is not None and self.words != self.composer.kept
        if named != self.composer.named or rewritten:
            self.refresh_audience()

    async def _keep_by_itself(self) -> None:
        self._soon = None
        try:
            await self.keep()
            self._tell_named()
            trouble = ""
        except IntrovertError as error:
            trouble = f"{error} Your words are still here."
            self._soon = self.set_timer(AGAIN, self._keep_by_itself)
        # No key was pressed for this: what was asked or told after one stays until the next.
        if self.hint.said in ("", self._trouble) and self.hint.said != trouble:
            self.hint.tell(trouble)
        self._trouble = trouble

    async def keep(self) -> None:
        """What is written now is on disk when this returns."""
        await all_typed(self.field)
        if not self._sending:
            await self._keep()

    async def _keep(self) -> None:
        async with self._keeping:
            words = self.words
            if words != (self.composer.kept or ""):
                kept = await self.session.keep_words(self.composer, words)
                # Whom it goes to may have been read anew meanwhile.
                self.composer = self.composer._replace(draft=kept.draft, kept=kept.kept, meant_for=None)

    async def send(self) -> None:
        """Commit, close, and let the place show what came of it; on any error the words stay here."""
        if self._sending or self._asks_first():
            return
        if not self.words.strip():
            back = first_key("back", self.app.keymap_of_user, self.WHERE)
            self.hint.tell(f"{self.nothing_written} {back.capitalize()} goes back.")
            return
        self._sending = True
        place = self.place
        try:
            await self._keep()
            outcome = await self.commit()
        except StoreError as error:
            self.hint.tell(f"{error} Your words are still here.")
            return
        except IntrovertError as error:
            self.hint.tell(str(error))
            return
        finally:
            self._sending = False
        await self.close()
        await place.settle(outcome, self.composer.conversation)
        self.app.say(outcome.sentence)

    nothing_written = "Nothing is written yet."

    def _asks_first(self) -> bool:
        """Whether these words sell something, or were written to somebody else, and that was not remarked upon yet."""
        remark = "" if self._asked else _about_another(self.composer, self.words) or self.session.pitch_in(self.words)
        if remark:
            self._asked = True
            keys = self.app.keymap_of_user
            send, back = (first_key(id, keys, self.WHERE) for id in (self.ways()[0].id, "back"))
            all_the_same = f"{send.capitalize()} sends it all the same; {back} goes back, with your words kept."
            self.hint.tell(f"{remark} {all_the_same}")
        return bool(remark)

    @property
    def place(self) -> Place:
        """The place in which one writes."""
        place = self.screen
        assert isinstance(place, Place)
        return place

    async def back(self) -> None:
        """Out of here, with the words kept."""
        try:
            await self.keep()
        except IntrovertError as error:
            self.hint.tell(f"{error} Your words are still here.")
            return
        kept = bool(self.words.strip())
        place = self.place
        await self.close()
        place.kept_words(self.composer.conversation)
        self.app.say("Your words are kept." if kept else "")

    async def close(self) -> None:
        """Give the keyboard back."""
        if self._soon is not None:
            self._soon.stop()
        place = self.place
        place.remove_class("-writing")
        await self.remove()
        place.take_keyboard()


def audience(composer: Composer) -> Content:
    """To whom, and who will see it."""
    said = composer.sentence
    return Content(said if said.startswith(("To ", f"Only {composer.to}")) else f"To {composer.to}. {said}")


def _about_another(composer: Composer, words: str) -> str:
    """What is to be said of words that are still as they were written to somebody else; empty of any others."""
    if composer.meant_for is None or words != composer.kept:
        return ""
    return f"You wrote this to {composer.meant_for}, and here it goes to {composer.to}."


def _naming(one: Namable) -> Way:
    return Way("take", f"{one.mention} {one.name}", one.mention)


def _instead(one: Namable) -> Way:
    return Way("", f"{one.mention} {one.name}", one.mention)
