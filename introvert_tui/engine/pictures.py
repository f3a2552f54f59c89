"""A picture of a message, fetched because somebody asked to see it."""

from __future__ import annotations

from introvert_tui.engine.session.reading import Reading
from introvert_tui.errors import AdapterError, Cannot
from introvert_tui.model import Attachment
from introvert_tui.store import messages

MOST_BYTES = 8 * 1024 * 1024


async def picture(session: Reading, message: int, attachment: Attachment) -> bytes:
    """Fetch a picture through the account that the message came to. Raises `Cannot` with a sentence about why not."""
    account = messages.account_of(session.db, message)
    try:
        return await session.networks.call(account, lambda adapter: adapter.fetch(attachment, MOST_BYTES))
    except AdapterError as problem:
        raise Cannot(str(problem)) from problem
