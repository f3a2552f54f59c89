"""What happened in this visit, kept only as long as it lasts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Whom you said hello to, and what became of the conversations you touched, by conversation id."""

    greeted: dict[str, str] = field(default_factory=dict)
    """Names by draft key."""
    left: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)
    later: set[int] = field(default_factory=set)

    def take_back(self, conversation: int, draft_key: str | None) -> None:
        """An action was undone."""
        for kept in (self.left, self.done, self.later):
            kept.discard(conversation)
        if draft_key is not None:
            self.greeted.pop(draft_key, None)
