"""What you wrote, the last first, and how each stands: out, on its way, asked about, or back in its conversation.

Strings in here are clean, but they are remote text all the same: a front end shows them as `Content`, never as markup.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from introvert_tui.engine import sentences, unsent
from introvert_tui.engine.views import DeleteOffer
from introvert_tui.model import RoomRef
from introvert_tui.store import accounts, messages, outgoing
from introvert_tui.store.outgoing import OutboxRecord, OutboxState, Why
from introvert_tui.store.times import from_ms
from introvert_tui.text import clock

if TYPE_CHECKING:
    from introvert_tui.engine.session.reading import Reading
    from introvert_tui.model import DraftKind

_DELETED = "deleted"
"""What the store calls a message that was deleted after it went out."""

_SETTLED = (OutboxState.SENT, OutboxState.REFUSED, OutboxState.DROPPED)


class SentView(NamedTuple):
    """A hello or reply of yours, whatever became of it; `stands` says that in words.

    `message` is the one to open its conversation at: itself, where it is out and known, else what it answers, which is
    `answered`. `shown` is the newest message that you had before you when you wrote it. `at` is when it went out, or
    else was written. `moves` is whether it can be tried now, `question` what to ask before that, `lost` whether it has
    to be looked for first. `out` is whether it went out, `delete` the question before it is deleted, while it is there.
    """

    key: str
    kind: DraftKind
    to: str
    text: str
    network: str
    account: str
    private: bool
    conversation: int
    message: int
    answered: int
    shown: int
    at: datetime
    stands: str
    moves: bool
    question: str | None
    lost: bool
    out: bool
    delete: DeleteOffer | None
    url: str | None


def every(session: Reading, most: int) -> tuple[SentView, ...]:
    """The last that you wrote, newest first."""
    living = unsent.living(session)
    return tuple(_view(session, record, living) for record in outgoing.newest(session.db, most))


def _view(session: Reading, record: OutboxRecord, living: Collection[str]) -> SentView:
    db, draft = session.db, record.draft
    account = accounts.one(db, record.account)
    answered = messages.by_uri(db, draft.to.ref.uri)
    own = messages.by_uri(db, record.receipt.ref.uri) if record.receipt is not None else None
    waits = unsent.view(session, record, living) if record.state not in _SETTLED else None
    at, offer = from_ms(record.written_at), None
    if record.receipt is not None:
        at = record.receipt.at
        if record.after != _DELETED:
            offer = DeleteOffer(
                draft.key, sentences.delete_it(draft.kind, record.name, at, session.visit.clock.local())
            )
    here = own if own is not None and own.message.gone is None else answered
    return SentView(
        key=draft.key,
        kind=draft.kind,
        to=record.name,
        text=draft.text,
        network=account.network,
        account=account.handle,
        private=isinstance(draft.to.place, RoomRef),
        conversation=record.conversation,
        message=here.id if here else 0,
        answered=answered.id if answered else 0,
        shown=record.shown,
        at=at,
        stands=waits.stands if waits else _stands(record, session.visit.clock.local()),
        moves=waits is not None,
        question=waits.question if waits else None,
        lost=waits is not None and waits.state in (OutboxState.SENDING, OutboxState.UNSURE),
        out=record.receipt is not None,
        delete=offer,
        url=next((one.message.url for one in (own, answered) if one and one.message.url), None),
    )


def _stands(record: OutboxRecord, now: datetime) -> str:
    """How what is settled stands."""
    match record.state:
        case OutboxState.SENT if record.after == _DELETED:
            return "deleted again"
        case OutboxState.SENT if record.receipt is not None:
            return f"out since {clock(record.receipt.at, now)}"
        case OutboxState.REFUSED:
            return record.reason or "refused; your words are kept"
        case OutboxState.DROPPED if record.reason == Why.SIGNED_OUT:
            return "not sent, since you signed out"
    return "taken back, but it may have gone out before" if record.doubt else "taken back"
