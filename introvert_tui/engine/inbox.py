"""The inbox as it was written down: all that the first frame needs, and nothing else.

Strings in here are clean, but they are remote text all the same: a front end shows them as `Content`, never as markup.
"""

from __future__ import annotations

import json
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

from introvert_tui.store.conversations import ConversationRecord
from introvert_tui.store.times import from_ms

if TYPE_CHECKING:
    from introvert_tui.model import Request


class Group(IntEnum):
    """The inbox's groups, in the order they are shown."""

    WROTE_BACK = 0
    WAITING = 1
    QUOTES = 2
    NEW = 3


class State(StrEnum):
    """What a conversation is to you."""

    WAITING = "waiting"
    OPEN = "open"
    LATER = "later"
    LEFT = "left"


class InboxRow(NamedTuple):
    """One conversation in the inbox.

    `writers` is everyone who waits for you there, newest first; `who` said `text` last to you, at `at`. `shown` is the
    newest message this row knows of: what comes later has not been shown. `note` is something to know first ("Ana
    wrote before your hello arrived"), `reason` is why it was said to you (a value of `model.Reason`), `later_reason`
    why it was put off, `kept` words you did not send yet. `muted` are words you muted that it holds: it shows no text
    then.
    """

    id: int
    group: Group
    state: State
    private: bool
    network: str
    account: str
    writers: tuple[str, ...]
    who: str
    text: str
    warning: str | None
    pictures: int
    reason: str | None
    at: datetime
    shown: int
    note: str | None = None
    later_reason: str | None = None
    kept: str | None = None
    muted: tuple[str, ...] = ()


class Inbox(NamedTuple):
    """What waits: the newest `rows` of all that are `waiting`.

    `as_of` is the oldest of the accounts' last catch-ups that failed since (None: all fine). `lines` are quiet
    sentences about servers that did not answer and what could not be read. `older` says whether there are
    conversations that do not wait, `left` whether there are some that you left. `days` and `accounts` say what
    "everyone" covers, `requests` who waits for the server to let them in.
    """

    rows: tuple[InboxRow, ...]
    waiting: int
    lines: tuple[str, ...]
    requests: tuple[Request, ...]
    older: bool
    left: bool
    days: int
    accounts: int
    as_of: datetime | None = None


class AccountView(NamedTuple):
    """One sign-in; `as_of` is its last good catch-up, `trouble` a sentence about why there was none since.

    `rests` is a sentence while it is let rest.
    """

    id: int
    network: str
    label: str
    handle: str
    as_of: datetime | None
    trouble: str | None
    rests: str | None = None


def inbox_row(record: ConversationRecord) -> InboxRow:
    """One row, from what was written down when the conversation last changed."""
    row = json.loads(record.row)
    return InboxRow(
        id=record.id,
        group=Group(row["group"]),
        state=State(record.state),
        private=record.kind == "room",
        network=record.network,
        account=row["account"],
        writers=tuple(row["writers"]),
        who="You" if row["mine"] else row["who"],
        text=row["text"],
        warning=row["warning"],
        pictures=row["pictures"],
        reason=row["reason"],
        at=from_ms(row["at"]),
        shown=row["shown"],
        note=record.note,
        later_reason=record.later_reason,
        kept=record.kept,
    )
