"""Which part of a conversation is on the screen, and where the cursor is in it; pure."""

from __future__ import annotations

from typing import Literal

from introvert_tui.engine.views import ConversationView

from .folding import Item, items, open_at_first, still_open

WINDOW = 50
"""Messages on the screen at most: 200 take 204 ms to open, 30 take 45."""
STEP = 25
"""Messages that `earlier` and `newer` bring."""
_NOWHERE = 0
"""No message goes by it."""


class Window:
    """At most fifty messages or folded runs, one of them `here`; opened `at` a message, or else at what is new."""

    def __init__(self, view: ConversationView, at: int | None) -> None:
        wanted = {message.id for message in view.messages if message.id == at}
        self._view, self._open = view, open_at_first(view.messages) | wanted
        self._items = items(view.messages, self._open)
        new = [message.id for message in view.messages if message.new]
        self._here = next(iter([*wanted, *new]), view.messages[-1].id if view.messages else _NOWHERE)
        self._start = self._around_here()

    @property
    def here(self) -> int:
        """The id of what is selected; it is among what is shown, if anything is."""
        return self._here

    @property
    def shown(self) -> tuple[Item, ...]:
        """What is on the screen, in reading order."""
        return self._items[self._start : self._start + WINDOW]

    @property
    def earlier(self) -> tuple[Item, ...]:
        """What lies above it."""
        return self._items[: self._start]

    @property
    def newer(self) -> tuple[Item, ...]:
        """What lies below it."""
        return self._items[self._start + WINDOW :]

    def select(self, id: int | None) -> None:
        """Select what is shown by this id, if anything is."""
        if any(item.id == id for item in self.shown):
            self._here = id or _NOWHERE

    def _around_here(self) -> int:
        """Where a window begins that has the selected message in it, and some of what came before."""
        return max(0, min(self._place_of_here() - STEP, self._last_start))

    def _place_of_here(self) -> int:
        return next((index for index, item in enumerate(self._items) if item.id == self._here), len(self._items))

    @property
    def _last_start(self) -> int:
        return max(0, len(self._items) - WINDOW)

    def take_in(self, view: ConversationView) -> None:
        """Be of what the conversation is by now, around what is being read."""
        first = next(iter(self.shown), None)
        was_at_end = not self.newer
        below = [item.id for item in self._items[self._place_of_here() :]]
        known = {message.id for message in self._view.messages}
        self._open = still_open(view.messages, self._open, known)
        self._view, self._items = view, items(view.messages, self._open)
        # A run goes by its first message, and what is earlier may join it.
        place = {message.id: index for index, item in enumerate(self._items) for message in item.messages}
        start = place.get(first.messages[-1].id, self._last_start) if first is not None else self._last_start
        # Ancestors that fit are shown; they never push out what is being read, but are counted at the top instead.
        self._start = min(start, self._last_start) if was_at_end and len(self._items) - start < WINDOW else start
        # What was taken back, or has gone out and goes by another id, leaves the cursor to what stands in its place.
        here = next((place[id] for id in below if id in place), len(self._items) - 1)
        self._here = self._items[here].id if self._items else _NOWHERE
        if not self._start <= here < self._start + WINDOW:
            self._start = self._around_here()

    def unfold(self) -> int | None:
        """Open the run that is selected, or else the one nearest above; None if nothing is folded there.

        Returns what should stay where it is on the screen.
        """
        ids = [item.id for item in self._items]
        above = self._items[: ids.index(self._here) + 1] if self._here in ids else self._items
        run = next((item for item in reversed(above) if item.folded), None)
        if run is None:
            return None
        self._open |= {message.id for message in run.messages}
        still = self._here
        if self._here == run.id:
            self._here = run.messages[-1].id
            still = next((item.id for item in self._items[ids.index(run.id) + 1 :]), still)
        end = min(self._start + WINDOW, len(self._items)) + len(run.messages) - 1
        self._items = items(self._view.messages, self._open)
        self._start = max(0, end - WINDOW)
        self._stay_among_shown()
        return still

    def jump(self, index: Literal[0, -1]) -> bool:
        """Select the first or the last of all; whether other messages are shown by that."""
        if not self._items:
            return False
        self._here = self._items[index].id
        return self._begin_at(0 if index == 0 else self._last_start)

    def slide(self, by: Literal[1, -1]) -> bool:
        """Show earlier or newer messages; whether there were any."""
        moved = self._begin_at(min(max(0, self._start + by * STEP), self._last_start))
        self._stay_among_shown()
        return moved

    def _begin_at(self, start: int) -> bool:
        before, self._start = self._start, start
        return start != before

    def _stay_among_shown(self) -> None:
        ids = [item.id for item in self.shown]
        if self._here not in ids:
            self._here = ids[0] if ids else _NOWHERE
