"""Naming somebody by a few letters: who may be meant where one writes, and the key that takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from introvert_tui.engine.views import Namable

MOST = 5
"""So many people are offered at once; another letter finds others."""


class Field(Protocol):
    """What words are written in, around its cursor."""

    @property
    def before(self) -> str:
        """The words on this line up to the cursor."""

    @property
    def after(self) -> str:
        """The words on this line from the cursor on."""

    def put(self, instead_of: int, text: str) -> None:
        """Write a text in place of so many characters before the cursor, which stands behind it then."""


class _Taken(NamedTuple):
    """What the line was after a name was taken, what that wrote, and who else was offered, in order."""

    line: str
    put: str
    instead: tuple[Namable, ...]


class Mentions:
    """The people whom the letters after an @ may mean, and the one who was taken of them."""

    def __init__(self, field: Callable[[], Field], known: Callable[[], tuple[Namable, ...]]) -> None:
        self._field, self._ask = field, known
        self._known: tuple[Namable, ...] | None = None
        self._taken: _Taken | None = None

    def begun(self) -> str | None:
        """The letters after an @, while a name is being typed."""
        from introvert_tui.engine.naming import begun

        field = self._field()
        return begun(field.before) if not field.after[:1].isalnum() else None

    def offers(self) -> tuple[Namable, ...]:
        """Who can be taken now, the likeliest first: by the letters so far, or instead of who was taken last."""
        if taken := self._still_taken():
            return taken.instead
        letters = self.begun()
        if letters is None:
            self._known = None  # whoever spoke meanwhile is among them the next time
            return ()
        from introvert_tui.engine.naming import meant

        if self._known is None:
            self._known = self._ask()
        return meant(self._known, letters)[:MOST]

    def take(self) -> bool:
        """Write the name that is offered first in place of the letters, or of the name before; whether there is one."""
        offers = self.offers()
        if not offers:
            return False
        field = self._field()
        taken = self._still_taken()
        written = taken.put if taken else f"@{self.begun()}"
        put = f"{offers[0].mention}{'' if field.after[:1].isspace() else ' '}"
        field.put(len(written), put)
        self._taken = _Taken(self._line(), put, (*offers[1:], offers[0]))
        return True

    def _still_taken(self) -> _Taken | None:
        taken = self._taken
        return taken if taken and len(taken.instead) > 1 and taken.line == self._line() else None

    def _line(self) -> str:
        field = self._field()
        return f"{field.before}\0{field.after}"
