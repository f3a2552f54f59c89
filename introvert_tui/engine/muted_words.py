"""Words you muted: a conversation whose newest words to you hold one does not wait in the inbox.

Whole words count, also those that describe a picture; case and accents do not. Which words, and how often, is said;
the text is not shown with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from introvert_tui.engine.inbox import InboxRow, State, inbox_row
from introvert_tui.store import conversations
from introvert_tui.text import quoted, spelled_count
from introvert_tui.text.matching import folded

if TYPE_CHECKING:
    from introvert_tui.engine.session.reading import Reading

_ALL = 2**62


def apart(
    db: sqlite3.Connection, rows: Iterable[InboxRow], muted: Sequence[str]
) -> tuple[list[InboxRow], list[InboxRow]]:
    """Rows that hold no muted word, and those that do, the text of which is taken out."""
    open_to_you: list[InboxRow] = []
    hidden: list[InboxRow] = []
    for row in rows:
        shown = _hidden(db, row, muted)
        (hidden if shown.muted else open_to_you).append(shown)
    return open_to_you, hidden


def _hidden(db: sqlite3.Connection, row: InboxRow, muted: Sequence[str]) -> InboxRow:
    found = _held(db, row, muted)
    return row._replace(muted=found, text="", warning=None, pictures=0) if found else row


def _held(db: sqlite3.Connection, row: InboxRow, muted: Sequence[str]) -> tuple[str, ...]:
    texts = [row.warning or "", row.text]
    # The row has only the beginning of a long text, and of pictures how many there are.
    if row.state is State.WAITING and (len(row.text) == conversations.ROW_TEXT or row.pictures):
        from introvert_tui.model import AttachmentKind
        from introvert_tui.store import messages  # both bring the model, which the first frame does without

        for one in messages.waiting_in(db, row.id, 1):
            own = [beside.text for beside in one.message.attachments if beside.kind is not AttachmentKind.QUOTE]
            texts += [one.message.text, *own]
    words = [_folded(text) for text in texts]
    return tuple(one for one in muted if any(_folded(one) in text for text in words))


@lru_cache(maxsize=2000)
def _folded(text: str) -> str:
    """The words of a text, each with a space before and after it."""
    return f" {folded(text)} "


def without_text(session: Reading, row: InboxRow) -> InboxRow:
    """A row for where one looks something up; if it holds a word you muted, the text is taken out."""
    muted = session.settings.muted_words
    return _hidden(session.db, row, muted) if muted else row


def line(hidden: Sequence[InboxRow], muted: Sequence[str]) -> str:
    """Say how many are hidden, by which words and where: "One conversation holds a word you muted: “rain”. …"."""
    found = {word for row in hidden for word in row.muted}
    words = [word for word in muted if word in found]
    hold, it = ("holds", "it") if len(hidden) == 1 else ("hold", "them")
    what = "a word" if len(words) == 1 else "words"
    many = spelled_count(len(hidden), "conversation")
    return f"{many} {hold} {what} you muted: {quoted(words)}. Older conversations begin with {it}."


def older(session: Reading, rows: Sequence[InboxRow], most: int) -> tuple[InboxRow, ...]:
    """What waits behind a muted word, and the rows of what does not wait; all of it without the text it is in."""
    muted = session.settings.muted_words
    waiting = map(inbox_row, conversations.waiting(session.db, most))
    return (*apart(session.db, waiting, muted)[1], *(without_text(session, row) for row in rows))


def hidden_ids(db: sqlite3.Connection, muted: Sequence[str]) -> frozenset[int]:
    """All conversations that would wait, but for a word you muted."""
    rows = map(inbox_row, conversations.waiting(db, _ALL)) if muted else ()
    return frozenset(row.id for row in apart(db, rows, muted)[1])
