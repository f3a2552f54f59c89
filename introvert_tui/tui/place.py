"""What every place has in common: the quiet line, the hints, and the way from an action's id to what does it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import getters
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from introvert_tui.errors import IntrovertError

from .actions import TEXT, Action, Where, action_in, here, of_one_key
from .app import IntrovertApp
from .widgets.lines import Hints, QuietLine

if TYPE_CHECKING:
    from textual.widgets import Input, TextArea

    from introvert_tui.engine.views import Outcome

    from .widgets.note import Note
    from .widgets.writing import Writing

Deed = Callable[[], Awaitable[None]]
WIDE = 100
"""Cells from which there are two panes."""
HIGH, MIDDLE = 24, 14
"""Lines below which what stands around the list yields to what one writes, and below which it has no air."""


class Subject(NamedTuple):
    """The conversation that an action is about, and the newest of its messages that was on the screen.

    `message` is the one under the cursor, where there is a cursor on messages.
    """

    id: int
    shown: int
    url: str | None = None
    message: int | None = None


def bindings(where: Where) -> list[BindingType]:
    """The keys of a place, each under the id that the user's own keys name.

    They have priority, so that each is over before the next is looked at: what is typed behind `h`, however fast, is
    in the line that it opens, and `enter` behind that sends all of it.
    """
    return [
        Binding(action.keys, f"do('{action.id}')", action.word, show=False, id=action.bound, priority=True)
        for action in here(where)
    ]


class Place(Screen[None], inherit_bindings=False):
    """A screen in which actions are done on one conversation at a time."""

    WHERE: ClassVar[Where]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - Textual declares it so
    VERTICAL_BREAKPOINTS = [(0, "-low"), (MIDDLE, "-middle"), (HIGH, "-high")]  # noqa: RUF012
    ALLOW_SELECT: ClassVar[bool] = False
    app = getters.app(IntrovertApp)

    def __init__(self) -> None:
        # Textual would find out after the first frame, and lay it all out again.
        width, height = self.app.size
        high = "-high" if height >= HIGH else "-middle" if height >= MIDDLE else "-low"
        super().__init__(classes=f"{'-wide' if width >= WIDE else '-narrow'} {high}")
        from .deeds import Deeds
        from .outside import Outside

        self._refusal = ""
        self.outside = Outside(self)
        self.deeds: dict[str, Deed] = {
            **Deeds(self).by_id(),
            **self.outside.by_id(),
            **self.moves(),
        }

    @abstractmethod
    def moves(self) -> Mapping[str, Deed]:
        """What only this place does, by action id."""

    @abstractmethod
    def subject(self) -> Subject | None:
        """What an action would be about."""

    @abstractmethod
    async def settled(self, outcome: Outcome, id: int) -> None:
        """Show what an action did: take the row away, go back, or look again."""

    async def settle(self, outcome: Outcome, id: int) -> None:
        """Show what an action did, here and in every place below; in all there are, if one has gone from here."""
        stack = self.app.screen_stack
        for place in reversed(stack[: stack.index(self) + 1] if self in stack else stack):
            if isinstance(place, Place) and place.is_mounted:
                await place.settled(outcome, id)

    @abstractmethod
    def changed(self, conversations: frozenset[int]) -> None:
        """Some conversations are not what they were."""

    def tell_times(self) -> None:
        """A minute went by: tell the times that are shown anew, and move nothing."""

    def after_first_frame(self) -> None:
        """What was left out of the first frame of the program."""

    def foot(self) -> Iterable[Widget]:
        """The quiet line and the hints."""
        yield QuietLine(id="quiet")
        yield Hints(_hinted(self.WHERE), self.app.keymap_of_user, id="hints")

    def hint(self, only: Collection[str] = (), but: Collection[str] = ()) -> None:
        """Tell these keys and no others, by action id; none: the usual ones, `but` those that would do nothing."""
        usual = [action for action in _hinted(self.WHERE) if action.id not in but]
        self.query_one(Hints).tell([action for action in here(self.WHERE) if action.id in only] or usual)

    def idle(self) -> Collection[str]:
        """Actions that would do nothing now, by id; no menu lists them."""
        return ()

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.quiet.say(self.app.said)

    @property
    def quiet(self) -> QuietLine:
        """The one quiet line."""
        return self.query_one(QuietLine)

    def take_keyboard(self) -> None:
        """After the composer closed."""

    def kept_words(self, id: int) -> None:
        """Words for a conversation were kept without being sent."""

    def make_room(self) -> None:
        """The composer took some lines: bring what is answered back into view."""

    def writing(self) -> Writing | None:
        """The composer, while it is open."""
        from .widgets.writing import Writing

        return next((node for node in self.query("Writing") if isinstance(node, Writing)), None)

    def being_written(self) -> Writing | Note | None:
        """What would be lost if it were not kept."""
        return self.writing()

    @property
    def field(self) -> Input | TextArea | None:
        """Where letters go, while they are text here."""
        writing = self.writing()
        return writing.field if writing else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Leave the keys of actions to whatever text is written in, but for a place that is there to write in."""
        focused = self.focused
        writes = focused is not None and not self.WHERE & TEXT and focused.check_consume_key("a", "a")
        return action != "do" or not writes

    async def action_do(self, id: str) -> None:
        """Do an action here; what cannot be done is said, and changes nothing.

        Of two in one burst, as by a double click, the second finds that the first led to another place.
        """
        if not (self.is_active and self.is_mounted) or self.writing() is not None:
            return
        idle = self.idle()
        if id in idle:
            those = of_one_key(self.WHERE, id, self.app.keymap_of_user)
            id = next((one for one in those if one not in idle), those[-1])
        deed = self.deeds.get(id)
        if deed is None or action_in(self.WHERE, id) is None:
            return
        if self.WHERE & TEXT and self.field is not None:
            from .widgets.writing import all_typed

            await all_typed(self.field)
        if self._refusal and self.app.said == self._refusal:
            self.app.say("")  # it was about the key before this one
        self._refusal = ""
        try:
            await deed()
        except IntrovertError as problem:
            self.app.say(str(problem))
            self._refusal = self.app.said


def _hinted(where: Where) -> list[Action]:
    return [action for action in here(where) if where in action.hint]
