"""What came into an open conversation and was not on the screen yet: no key deals with it, and a line tells of it."""

from __future__ import annotations

from collections.abc import Collection

from introvert_tui.engine.views import ConversationView, MessageView


class Unseen:
    """What was known when the conversation was opened counts as shown; what came later, once it was in view."""

    def __init__(self, view: ConversationView) -> None:
        self._opened_with = view.shown
        self._seen: set[int] = set()

    def saw(self, messages: Collection[int]) -> None:
        """These, by their ids, were on the screen."""
        self._seen |= {*messages}

    def of(self, view: ConversationView) -> list[MessageView]:
        """What waits there and was never in view."""
        return [one for one in view.messages if one.new and one.id > self._opened_with and one.id not in self._seen]

    def shown(self, view: ConversationView) -> int:
        """The newest message up to which all that waits was in view; ids grow as messages arrive."""
        return min((one.id - 1 for one in self.of(view)), default=view.shown)
