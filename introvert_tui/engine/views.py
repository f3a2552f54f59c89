"""What the engine shows to a front end: snapshots, made once and never changed.

Strings in here are clean, but they are remote text all the same: a front end shows them as `Content`, never as markup.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from introvert_tui.engine.inbox import AccountView, State
    from introvert_tui.model import Attachment, Audience, DraftKind, GoneKind, PersonRef, Span


class MessageView(NamedTuple):
    """One message of an opened conversation, in reading order.

    `answers` names whom it answers where that is not simply the message before it. `new` marks what waits for you,
    `held` your own words that have not gone out yet: their `id` is below 0, and theirs alone until they are out.
    """

    id: int
    name: str
    handle: str
    mine: bool
    new: bool
    held: bool
    at: datetime
    body: tuple[Span, ...]
    warning: str | None
    attachments: tuple[Attachment, ...]
    answers: str | None
    gone: GoneKind | None
    edited: bool
    url: str | None


class ConversationView(NamedTuple):
    """A whole conversation as far as it is known here.

    `to` is the message that a hello would answer (None: nobody to answer), `closed` that answers are closed there,
    `shown` the newest message in this view, `away` that you left it, or that its thread is kept quiet all the same.
    """

    id: int
    state: State
    private: bool
    network: str
    people: tuple[str, ...]
    messages: tuple[MessageView, ...]
    shown: int
    to: MessageView | None
    closed: bool
    url: str | None
    kept: str | None = None
    note: str | None = None
    away: bool = False


class Named(NamedTuple):
    """Somebody whom words name; `who.uri` and `name` are empty where nobody by that handle is known here."""

    who: PersonRef
    name: str


class Namable(NamedTuple):
    """Somebody whom an answer can name; `mention` is what does so, with its @."""

    name: str
    handle: str
    mention: str


class Composer(NamedTuple):
    """What somebody who writes has to know; it stands for the words in the making, from the first to the last.

    `draft` is their key, `message` what they answer and nothing else, from `account`. `to` is whom that is, `sentence`
    who will see it, in words. `suggestions` is empty where a ready-made hello would be wrong. `named` are those who are
    told because the words name them, `others` those who wait there too and are not named. `kept` is the words so far,
    `meant_for` whom they were written to, if that was somebody else.
    """

    conversation: int
    draft: str
    message: int
    account: int
    to: str
    sentence: str
    audience: Audience
    suggestions: tuple[str, ...]
    named: tuple[Named, ...]
    others: tuple[Namable, ...]
    kept: str | None
    meant_for: str | None
    shown: int


class Unsettled(NamedTuple):
    """A hello that must not go out without being asked about."""

    key: str
    sentence: str
    text: str


class VisitSummary(NamedTuple):
    """What happened in this visit, as sentences ("Hello to Ana and Mor. You left one thread.")."""

    sentence: str
    coming_back: str


class DeleteOffer(NamedTuple):
    """A message that is already out, and the question whether to delete it ("Your hello to Ana went out …")."""

    key: str
    sentence: str


class Outcome(NamedTuple):
    """What an action did, in one quiet line; `left_inbox` says that the conversation waits no more.

    `conversation` is the one it was done to, where it is one; `back` are all that may wait again because of it.
    """

    sentence: str
    left_inbox: bool
    delete: DeleteOffer | None = None
    conversation: int | None = None
    back: frozenset[int] = frozenset()


class Later(StrEnum):
    """When a conversation that was put off comes back, in words."""

    EVENING = "this evening"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next week"
    WHEN_I_FEEL_LIKE_IT = "when I feel like it"


class CatchUpReport(NamedTuple):
    """How a catch-up over all accounts went; `arrived` conversations wait that did not before."""

    accounts: tuple[AccountView, ...]
    arrived: int
    signed_out: bool
    offline: bool


class OutgoingView(NamedTuple):
    """A message of yours that has not gone out, or may have.

    `state` is `held` (by a visit that is open), `queued`, `sending` (by a visit that is open), `unsure` or `asks`;
    `stands` says it in words. `question` is what to ask before it is sent, None where it need not be asked about.
    `attempts` were made so far, the last at `attempted_at`.
    """

    key: str
    network: str
    label: str
    account: str
    to: str
    kind: DraftKind
    text: str
    written_at: datetime
    state: str
    stands: str
    question: str | None
    attempts: int
    attempted_at: datetime | None


class SendReport(NamedTuple):
    """What became of each message, in a sentence each; and whether any was `refused`, or waits for a server or sign-in.

    What waits for the person, or is in the hands of another visit, is told of and is no trouble.
    """

    sentences: tuple[str, ...]
    refused: bool
    signed_out: bool
    offline: bool
