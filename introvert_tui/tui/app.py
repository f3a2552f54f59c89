"""The program on the screen: one app over one session, and the way in and out.

Order at start: the session is open (SQLite only), then Textual, then the first frame from what was read before, and
only then `session.start()`, which brings up the networks. Garbage is collected again from the first frame on.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from io import StringIO
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen

from introvert_tui.errors import Cannot, IntrovertError

from . import themes
from .ending import LOOK_AROUND, PLAIN_LINES, QUIT, QUIT_AND_SEND, last_words, listen_for_the_end
from .real_cursor import RealCursor
from .relay import News, Relay

if TYPE_CHECKING:
    from introvert_tui.engine.events import Event
    from introvert_tui.engine.session import Session
    from introvert_tui.settings.config import Settings

    from .place import Place

__all__ = ["LOOK_AROUND", "PLAIN_LINES", "IntrovertApp", "run"]

Listen = Callable[["Event"], None]
_TOUCH = (events.Key, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)
_MOST_UNSEEN = 4
"""Sentences that stand together at most while no key is pressed, the last ones."""
PROMPTLY = 0.0005
"""Seconds for which one thread may keep the interpreter from another: frames are written by a thread of their own, and
with Python's 5 ms the first one comes 2.5 % later."""


def local_now() -> datetime:
    """The time on the wall."""
    return datetime.now().astimezone()


def run(
    open_session: Callable[[Listen], Session],
    settings: Settings,
    demo: bool = False,
    *,
    ignored: Sequence[str] = (),
    clock: Callable[[], datetime] = local_now,
) -> int:
    """Show the inbox until its reader leaves; the exit code, or where to they go on: `LOOK_AROUND`, `PLAIN_LINES`.

    `ignored` are sentences about lines of config.toml that are not among the settings.
    The caller ends the process at once (`os._exit`), since threads may still wait for a server that does not answer.
    `StoreError` from `open_session` is left to the caller, and so is whatever broke the app.
    """
    sys.setswitchinterval(PROMPTLY)
    relay = Relay()
    session = open_session(relay)
    app = IntrovertApp(session, settings, relay, demo=demo, ignored=ignored, clock=clock)
    result = app.run()
    last_words(session, send=result == QUIT_AND_SEND, unkept=app.unkept)
    if result is None:
        raise app.broke or RuntimeError("the screen ended, and nobody knows why")
    return result if result in (LOOK_AROUND, PLAIN_LINES) else 0


class IntrovertApp(RealCursor, inherit_bindings=False):
    """Holds the session and the one quiet sentence; places do the rest."""

    theme: Reactive[str] = Reactive(themes.DEFAULT)
    """The one it begins with, so that no other theme's variables are worked out first."""
    ENABLE_COMMAND_PALETTE = False
    TITLE = "Introvert"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave('')", "quit, sending nothing", show=False, priority=True),
        Binding("ctrl+q", "leave('send')", "quit", show=False, priority=True),
    ]
    CSS = """
    Place > * { margin: 0 2; }
    Place > TitleLine { margin: 1 2; }
    #list { width: 1fr; }
    #beside { display: none; }
    .-wide #list { width: 48%; }
    .-wide #beside { display: block; width: 52%; height: 1fr; padding: 0 0 0 4; scrollbar-size-vertical: 1; }
    Place > #opening { margin: 0 2 1 2; }
    #panes { height: 1fr; }
    OptionList, VerticalScroll, TextArea {
        scrollbar-color: $foreground 62%; scrollbar-color-hover: $foreground 80%;
        scrollbar-color-active: $foreground 80%;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        &:ansi {
            scrollbar-color: ansi_bright_black; scrollbar-color-hover: ansi_bright_black;
            scrollbar-color-active: ansi_bright_black;
        }
    }
    Input {
        & > .input--placeholder, & > .input--suggestion { color: $foreground; text-style: dim; }
        & > .input--cursor { text-style: not dim; }
        &:ansi > .input--cursor { color: ansi_default; background: ansi_default; text-style: reverse not dim; }
        &:nocolor > .input--cursor, &:nocolor > .input--selection { text-style: reverse not dim; }
    }
    TextArea:focus:ansi .text-area--cursor { color: ansi_default; background: ansi_default; text-style: reverse; }
    .-writing #hints { display: none; }
    .-low > TitleLine { margin: 0 2; }
    .-low > #opening { margin: 0 2; }
    .-low > #end { padding: 0 2; }
    .-low.-writing, .-middle.-writing { & > TitleLine, & > #opening, & > #quiet { display: none; } }
    .-middle Writing TextArea { max-height: 8; }
    .-low Writing TextArea { min-height: 2; max-height: 4; }
    """

    def __init__(
        self,
        session: Session,
        settings: Settings,
        relay: Relay,
        *,
        demo: bool = False,
        ignored: Sequence[str] = (),
        clock: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__()
        self.session, self.settings, self.demo, self.clock = session, settings, demo, clock
        self.said = self.unkept = ""
        self.keymap_of_user: Mapping[str, str] = {}
        """The keys that config.toml changes, by action id; also those of actions that lose one by it."""
        self.draws_pictures = False
        self.broke: BaseException | None = None
        self.lent = self._frame_is_out = self._back_after_absence = False
        self.touched_at = 0.0
        """When a key, a button or the wheel was last used, by the machine's running time."""
        self._ignored, self._about_settings = ignored, ""
        self._unseen: Sequence[str] = ()
        self._relay = relay
        self.animation_level = "none"
        # Textual prints local variables when something breaks, other people's words and ours among them.
        self.error_console.file = StringIO()

    def get_default_screen(self) -> Screen[None]:
        from .screens.inbox import InboxScreen

        return InboxScreen()

    def bell(self) -> None:
        """Never ring. Textual would do so when something broke, and nowhere else does it let us see what that was."""
        if self.broke is None:
            self.broke = sys.exc_info()[1]

    def on_load(self) -> None:
        settings = self.settings
        if settings.theme != themes.DEFAULT or settings.keys or settings.pictures or self._ignored:
            from .tailoring import in_one_line, tailor

            self._about_settings = in_one_line([*self._ignored, *tailor(self)])

    def on_mount(self) -> None:
        if not self.is_headless:
            listen_for_the_end(lambda: self.call_later(self._leave, QUIT), lambda: self.lent)

    def post_display_hook(self) -> None:
        # `call_after_refresh` comes before the first frame is written.
        if not self._frame_is_out:
            self._frame_is_out = True
            # Another thread writes it out, and what comes next would keep the interpreter from it for 9 ms.
            self.set_timer(0.01, self._first_frame_is_out)

    async def _first_frame_is_out(self) -> None:
        """What may cost time, from here on."""
        from .minutely import keep_true, tell_when_over

        gc.enable()
        gc.freeze()
        self._relay.to(self.post_message)
        if place := self.place():
            place.after_first_frame()
        for sentence in filter(None, (*self.session.opening_lines, self._about_settings)):
            self.say(sentence, too=True)
        self.session.start()
        keep_true(self)
        if self.settings.minutes is not None:
            tell_when_over(self, self.settings.minutes)
        if questions := self.session.questions():
            from .questions import ask_about

            ask_about(self, list(questions))

    def on_key(self, event: events.Key) -> None:
        """Letters that were pressed before the line they are meant for was there; it takes all others by itself."""
        place = self.place()
        field = place.field if place is not None and place is self.screen else None
        if field is not None and event.is_printable:
            event.prevent_default()
            field.post_message(events.Key(event.key, event.character))

    # -- what is said

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.MouseDown):
            self._unseen = ()
        if isinstance(event, _TOUCH):
            self.touched_at = monotonic()
        if isinstance(event, events.Paste):  # whatever takes it would draw what is in it
            from introvert_tui.text import harmless

            event.text = harmless(event.text)
        await super().on_event(event)

    def say(self, sentence: str, *, too: bool = False) -> None:
        """Put a sentence into the quiet line of the place one is in.

        What nobody asked for is said `too`: beside what was said so since the last key, which may not be read yet.
        """
        self._unseen = (*(one for one in self._unseen if one != sentence), sentence)[-_MOST_UNSEEN:] if too else ()
        sentence = " ".join(self._unseen) if too else sentence
        if self.keymap_of_user:
            from .keymap import in_your_keys

            sentence = in_your_keys(sentence, self.keymap_of_user)
        self.said = sentence
        if place := self.place():
            place.quiet.say(sentence)

    def ask(
        self,
        sentence: str,
        choices: Sequence[tuple[str, str]],
        decided: Callable[[str | None], Awaitable[None]],
    ) -> None:
        """Ask at the foot of the screen; the last choice is the one that changes nothing."""
        from .screens.asking import Ask

        self.push_screen(Ask(sentence, choices), decided)

    async def run_safely(self, deed: Awaitable[None]) -> None:
        """Do it, and say why if it cannot be done."""
        with self.saying_why_not():
            await deed

    @contextmanager
    def saying_why_not(self) -> Iterator[None]:
        """Say why what is done in here cannot be done, if it cannot."""
        try:
            yield
        except IntrovertError as error:
            self.say(str(error))

    def beside(self, deed: Awaitable[None]) -> None:
        """Do what asks a server while its reader goes on, out of whatever place they go meanwhile."""
        self.run_worker(self.run_safely(deed))

    def place(self) -> Place | None:
        """The place one is in, below whatever is asked in front of it."""
        from .place import Place

        stack = self.screen_stack
        return next((screen for screen in reversed(stack) if isinstance(screen, Place) and screen.is_mounted), None)

    def on_news(self, news: News) -> None:
        from .place import Place

        if not self.is_running:  # on the way out, when the places have lost what is in them
            return
        changed, said, all_of_it = news.take()
        for event in said:
            self.say(event.sentence, too=True)
        for screen in self.screen_stack if changed or all_of_it else ():
            if isinstance(screen, Place) and screen.is_mounted:
                screen.changed(changed)
        self._back_after_absence |= all_of_it
        if self._back_after_absence:
            from .returning import ask_after_absence

            self._back_after_absence = not ask_after_absence(self)

    # -- the way out

    async def action_leave(self, how: str) -> None:
        """Quit at once; only `send` lets what waits go out first."""
        await self._leave(QUIT_AND_SEND if how == "send" else QUIT)

    async def _leave(self, result: int) -> None:
        place = self.place()
        if place is not None and (written := place.being_written()) is not None:
            try:
                await written.keep()
            except IntrovertError as error:
                self.unkept = f"{error} This is what you were writing:\n{written.words}"
        self.exit(result)

    async def leave_for(self, place: int) -> None:
        """To the made-up town, or to a visit without any screen, for speech and braille."""
        await self._leave(place)

    async def to_inbox(self, sentence: str) -> None:
        """To the place below all others, with something to be said there."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.say(sentence)

    @contextmanager
    def given_back(self) -> Iterator[None]:
        """The terminal as it was, for another program; ctrl+c is that program's own while it runs."""
        self.lent = True
        try:
            with self.suspend():
                yield
        except SuspendNotSupported:
            raise Cannot("This terminal can't be lent to another program.") from None
        finally:
            # A ctrl+c from in there reaches our loop only once it runs again.
            self.set_timer(0.3, partial(setattr, self, "lent", False))
