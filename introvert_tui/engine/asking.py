"""What the person is asked about a message that does not go out, or not again, without them."""

from __future__ import annotations

from datetime import datetime

from introvert_tui.engine import sentences
from introvert_tui.store.outgoing import OutboxRecord
from introvert_tui.store.times import from_ms


def question(record: OutboxRecord, local: datetime) -> str:
    """Whether to send it; `local` is the moment, in the zone the person is in."""
    written_at = from_ms(record.written_at)
    return sentences.asks(record.draft.kind, record.name, written_at, local, record.perhaps_out)
