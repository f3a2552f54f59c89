"""What does not wait, as a front end sees it: older conversations, what you put off, left and wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.engine import inbox
from introvert_tui.engine.inbox import InboxRow, State
from introvert_tui.engine.session.reading import Reading
from introvert_tui.store import conversations

if TYPE_CHECKING:
    from introvert_tui.engine.put_off import PutOff
    from introvert_tui.engine.sent import SentView
    from introvert_tui.engine.views import OutgoingView

_WINDOW = 200
_LAST_WRITTEN = 100


class Keeping(Reading):
    """Lists to look something up in; no server is asked for them."""

    def older(self) -> tuple[InboxRow, ...]:
        """The newest conversations in which nobody waits, after those that wait behind a word you muted."""
        rows = [inbox.inbox_row(one) for one in conversations.in_states(self.db, (State.OPEN,), _WINDOW)]
        if not self.settings.muted_words:
            return tuple(rows)
        from introvert_tui.engine import muted_words

        return muted_words.older(self, rows, _WINDOW)

    def put_off(self) -> tuple[PutOff, ...]:
        """The conversations you put off, by when they come back."""
        from introvert_tui.engine import put_off

        return put_off.every(self, _WINDOW)

    def left(self) -> tuple[InboxRow, ...]:
        """The conversations you left, newest first, each with what happened there since as its `note`."""
        from introvert_tui.engine import since_you_left

        return since_you_left.every(self, _WINDOW)

    def sent(self) -> tuple[SentView, ...]:
        """The hellos and replies you wrote last, newest first, and how each stands."""
        from introvert_tui.engine import sent

        return sent.every(self, _LAST_WRITTEN)

    def outbox(self) -> tuple[OutgoingView, ...]:
        """What has not gone out, or may have, in the order it was written, and how each message stands."""
        from introvert_tui.engine import unsent

        return unsent.every(self)

    def rewordable(self, key: str) -> str:
        """Return the words of a message that can be given others. Raises `Cannot` if it is out, may be, or is held."""
        from introvert_tui.engine import unsent

        return unsent.rewordable(self, key).draft.text
