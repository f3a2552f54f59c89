"""What notifications announce: statuses that were said to the account, with what of its own stands above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from introvert_tui.adapters.shape import Json, sub, text
from introvert_tui.model import Message, Page, PersonRef

from . import people, statuses
from .library import Library
from .shape import made_at, name_of

TYPES = ["mention", "quote"]
"""A server that knows none of the types asked for returns everything, so that there is always one it knows."""
PAGE = 40


@dataclass(slots=True)
class _News:
    """A status, whether it was announced as a quote, and when it was announced: some arrive hours after their time."""

    status: Json
    is_quote: bool
    at: datetime


async def read(library: Library, notes: Sequence[Json], own: Sequence[Json] = ()) -> Page:
    """Convert notifications and own answers, with what of mine stands above them."""
    news: dict[str, _News] = {}
    for note in notes:
        status, at = sub(note, "status"), made_at(note) or datetime.min.replace(tzinfo=UTC)
        if text(note, "type") not in TYPES or not name_of(status):
            continue  # not asked for and nobody's words to me, or no longer shown
        known = news.setdefault(name_of(status), _News(status, False, at))
        known.is_quote |= text(note, "type") == "quote"
        known.at = min(known.at, at)
    found = [each.status for each in news.values()]
    above = await library.trace([*found, *own])
    mine = [status for status in above if name_of(sub(status, "account")) == library.me.id]
    followed = await library.followed(found)
    messages = (_message(library, status, news.get(name_of(status))) for status in (*mine, *found, *own))
    return Page(
        tuple(message for message in messages if message),
        people.people((sub(status, "account") for status in found), library.me, followed),
        muted=statuses.muted((*found, *own), library.ancestry),
        server_time=library.wire.server_time,
    )


async def said_by(library: Library, who: PersonRef) -> Page:
    """What somebody said to the account, the newest of it (GET /api/v1/notifications?account_id=). Raises `Gone`."""
    name = await library.account_id(who)
    notes = await library.wire.many(lambda sdk: sdk.notifications(account_id=name, types=TYPES, limit=PAGE))
    return await read(library, [note for note in notes if name_of(sub(note, "account")) == name])


def lost(notes: Sequence[Json]) -> int:
    """How many notifications announce what the server no longer shows."""
    return sum(text(note, "type") in TYPES and not name_of(sub(note, "status")) for note in notes)


def _message(library: Library, status: Json, news: _News | None) -> Message | None:
    is_quote = news is not None and news.is_quote
    message = statuses.message(status, library.ancestry, "notifications", is_quote)
    if message is None or (message.gone and message.author.uri != library.me.uri):
        return None
    return replace(message, seen_at=max(message.seen_at, news.at)) if news else message
