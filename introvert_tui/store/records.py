"""What the store gives out: rows as frozen dataclasses, in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass

from introvert_tui.model import Account, Draft, Message, Receipt


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account and how its catch-ups go; `trouble` is kind and sentence of the last failure, None after a success."""

    account: Account
    facts: str | None
    cursor: str | None
    wait_from: int
    caught_up_at: int | None
    trouble: tuple[str, str] | None
    notes: tuple[str, ...]
    filtered: str
    filtered_at: int | None


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """A conversation as the inbox needs it; `row` is JSON made by `standing`."""

    id: int
    version: int
    state: str
    network: str
    kind: str
    row: str
    note: str | None
    later_reason: str | None
    complete: bool
    last_at: int


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """A stored message as one account sees it, with its place in the store and what is known of its author."""

    id: int
    message: Message
    name: str
    mine: bool
    waiting: bool
    known: bool


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """An outgoing message with the state it is in; the conversation may have been merged since it was written."""

    draft: Draft
    conversation: int
    account: int
    name: str
    state: str
    shown: int
    owner: str | None
    attempts: int
    attempted_at: int | None
    looks: int
    written_at: int
    decided_at: int | None
    due_at: int
    prepared: str | None
    before: str | None
    receipt: Receipt | None
    reason: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What a page changed: conversation ids, and those of them that wait now and did not before."""

    changed: frozenset[int] = frozenset()
    arrived: frozenset[int] = frozenset()

    def __or__(self, other: Merged) -> Merged:
        return Merged(self.changed | other.changed, self.arrived | other.arrived)
