"""From the engine's threads to the screen: many events, one message."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from introvert_tui.engine.events import Event, Said


class News(Message, bubble=False):
    """Something came in; what it is lies in the relay, so that one message in the queue stands for any number."""

    def __init__(self, relay: Relay) -> None:
        super().__init__()
        self._relay = relay

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, News)

    def take(self) -> tuple[frozenset[int], tuple[Said, ...], bool]:
        """The conversations that changed, what was said, and whether all is to be read again, since the last time."""
        return self._relay.take()


class Relay:
    """Takes events on any thread, and holds them until there is a screen to tell."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._changed: set[int] = set()
        self._said: list[Said] = []
        self._all = False
        self._post: Callable[[Message], object] | None = None

    def __call__(self, event: Event) -> None:
        from introvert_tui.engine.events import Changed, Said

        with self._lock:
            match event:
                case Changed(conversations):
                    self._changed |= conversations
                    self._all = self._all or not conversations
                case Said():
                    self._said.append(event)
            post = self._post
        if post is not None:
            post(News(self))

    def to(self, post: Callable[[Message], object]) -> None:
        """From now on tell this screen, beginning with what came before."""
        with self._lock:
            self._post = post
            waiting = bool(self._changed or self._said or self._all)
        if waiting:
            post(News(self))

    def take(self) -> tuple[frozenset[int], tuple[Said, ...], bool]:
        """Everything since the last time."""
        with self._lock:
            taken = (frozenset(self._changed), tuple(self._said), self._all)
            self._changed, self._said, self._all = set(), [], False
        return taken
