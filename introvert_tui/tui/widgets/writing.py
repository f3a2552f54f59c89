"""Where one writes: the words, and everything that keeps them."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from introvert_tui.errors import IntrovertError, StoreError
from introvert_tui.text import clean
from introvert_tui.tui.place import Place
from introvert_tui.tui.rows import QUIET, STRONG

if TYPE_CHECKING:
    from introvert_tui.engine.session import Session
    from introvert_tui.engine.views import Composer, Outcome

SOON = 0.6
"""Seconds after a key, at most, until what is typed by then is on its way to the disk."""
AGAIN = 5.0
"""Seconds until it is tried again where the disk did not take it."""
NEAR = 20
"""So many characters before the limit it is worth a word."""


def harmless(text: str) -> str:
    """What was typed elsewhere, all of it, without what would steer the terminal."""
    return clean(text, max(1, len(text)))


class Writing(Vertical):
    """The audience above, the words, and the keys below; commits before it closes."""

    DEFAULT_CSS = """
    Writing {
        height: auto;
        & Static { width: 1fr; }
        & Input, & TextArea { border: none; padding: 0; background: transparent; width: 1fr; }
        & Input:focus, & TextArea:focus { border: none; background-tint: transparent; }
        & Input { height: 1; }
        & TextArea { height: auto; min-height: 4; max-height: 12; }
        & Horizontal { height: auto; }
        & #writing-hint { text-wrap: nowrap; text-overflow: ellipsis; height: 1; }
        & #writing-hint.-said { text-wrap: wrap; height: auto; }
        & .mark { width: 2; }
        & .length { width: auto; padding: 0 0 0 2; }
    }
    """

    def __init__(self, composer: Composer, session: Session) -> None:
        super().__init__()
        self.composer, self.session = composer, session
        self._soon: Timer | None = None
        self._sending = self._asked = False

    @property
    @abstractmethod
    def words(self) -> str:
        """What is written now."""

    @abstractmethod
    def hint(self) -> Content:
        """The keys, in one line."""

    @abstractmethod
    async def commit(self) -> Outcome:
        """Hand the words to the session; they are on disk when this returns."""

    def begin(self) -> None:
        """Take the keyboard, at once: `Widget.focus` would do so after the keys that were pressed meanwhile."""
        self.screen.set_focus(self.field)

    @property
    @abstractmethod
    def field(self) -> Input | TextArea:
        """What the words are written in."""

    def audience(self) -> Content:
        """To whom, and who will see it."""
        to = f"To {self.composer.to}. "
        said = self.composer.sentence
        return Content(said if said.startswith(("To ", f"Only {self.composer.to}")) else to + said)

    def latest(self) -> Composer:
        """What the session says about this conversation now."""
        return self.session.refreshed(self.composer)

    def refresh_audience(self) -> None:
        """The thread was read meanwhile: say anew who will be told."""
        try:
            fresh = self.latest()
        except IntrovertError as error:
            self.tell(str(error))
            return
        self.composer = fresh
        self.query_one("#audience", Static).update(self.audience())

    def tell(self, sentence: str) -> None:
        """A sentence in the place of the keys, until the next key."""
        hint = self.query_one("#writing-hint", Static)
        hint.add_class("-said")
        hint.update(Content(sentence))

    def show_hint(self) -> None:
        """The keys again."""
        hint = self.query_one("#writing-hint", Static)
        hint.remove_class("-said")
        hint.update(self.hint())

    def typed(self) -> None:
        """After each key: keep it soon, and say how long it is, if that matters."""
        if self._soon is None:
            self._soon = self.set_timer(SOON, self._keep_by_itself)
        try:
            length = self.session.measure(self.composer, self.words)
        except IntrovertError as error:
            self.tell(str(error))
            return
        left = length.limit - length.used
        about = ""
        if left < 0 or not length.fits:
            about = f"{max(1, -left)} over"
        elif left <= NEAR:
            about = f"{left} left"
        self.query_one(".length", Static).update(Content.styled(about, STRONG if left < 0 else QUIET))
        self.show_hint()

    async def _keep_by_itself(self) -> None:
        self._soon = None
        try:
            await self.keep()
            self.show_hint()
        except IntrovertError as error:
            self.tell(f"{error} Your words are still here.")
            self._soon = self.set_timer(AGAIN, self._keep_by_itself)

    async def all_typed(self) -> None:
        """Wait until the letters that were pressed before a key with a meaning are in the field.

        Such keys have priority, so that what is pressed behind them waits; they come here before the letters do.
        """
        taken = asyncio.Event()
        if self.field.call_later(taken.set):
            await taken.wait()

    async def keep(self) -> None:
        """What is written now is on disk when this returns."""
        await self.all_typed()
        if not self._sending:
            await self._keep()

    async def _keep(self) -> None:
        words = self.words
        if words != (self.composer.kept or ""):
            kept = await self.session.keep_words(self.composer, words)
            # Whom it goes to may have been read anew meanwhile.
            self.composer = self.composer._replace(draft=kept.draft, kept=kept.kept)

    async def send(self) -> None:
        """Commit, close, and let the place show what came of it; on any error the words stay here."""
        await self.all_typed()
        if self._sending or self._asks_first():
            return
        if not self.words.strip():
            self.tell(self.nothing_written)
            return
        self._sending = True
        place = self.place
        try:
            await self._keep()
            outcome = await self.commit()
        except StoreError as error:
            self.tell(f"{error} Your words are still here.")
            return
        except IntrovertError as error:
            self.tell(str(error))
            return
        finally:
            self._sending = False
        await self.close()
        await place.settle(outcome, self.composer.conversation)
        self.app_say(outcome.sentence)

    nothing_written = "Nothing is written yet. Esc goes back."

    def _asks_first(self) -> bool:
        """Whether something in these words sells something, and was not remarked upon yet."""
        remark = "" if self._asked else self.session.pitch_in(self.words)
        if remark:
            self._asked = True
            self.tell(f"{remark} The same key sends it all the same.")
        return bool(remark)

    def app_say(self, sentence: str) -> None:
        """Into the quiet line."""
        from introvert_tui.tui.app import IntrovertApp

        assert isinstance(self.app, IntrovertApp)
        self.app.say(sentence)

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
            self.tell(f"{error} Your words are still here.")
            return
        kept = bool(self.words.strip())
        place = self.place
        await self.close()
        place.kept_words(self.composer.conversation)
        self.app_say("Your words are kept." if kept else "")

    async def close(self) -> None:
        """Give the keyboard back."""
        if self._soon is not None:
            self._soon.stop()
        place = self.place
        place.remove_class("-writing")
        await self.remove()
        place.take_keyboard()
