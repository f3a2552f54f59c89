"""Pictures, fetched only when asked for, from where they lie, without any secret; for every network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from introvert_tui.errors import Gone, NotAllowed, Offline, Refused, Unavailable
from introvert_tui.model import Attachment, AttachmentKind

from . import addresses, answers

if TYPE_CHECKING:
    import httpx

_MOST_REDIRECTS = 3
# Uncompressed: a small answer could unfold to more than anybody wants to hold.
_HEADERS = {"accept": "image/*", "accept-encoding": "identity"}
_UNNAMED = "application/octet-stream"
"""What some stores of files say of all they have."""


async def fetch(attachment: Attachment, max_bytes: int, patience: float) -> bytes:
    """Read a picture's bytes, at most `max_bytes`, within `patience` seconds; https only, also after redirects.

    Raises `NotAllowed` for what is no picture, `Gone`, `Refused` (too-large, unsafe, no-picture), `Offline`,
    `Unavailable`.
    """
    import httpx

    if attachment.kind is not AttachmentKind.IMAGE or not attachment.url:
        raise NotAllowed("pictures", "There is no picture here that could be shown.")
    url = attachment.url
    try:
        async with asyncio.timeout(patience), httpx.AsyncClient(headers=_HEADERS, timeout=None) as web:
            for _ in range(_MOST_REDIRECTS + 1):
                if not addresses.may_be_called(url):
                    raise Refused("unsafe", "The picture has no safe address (https), so it was not fetched.")
                web.cookies.clear()
                async with web.stream("GET", url) as response:
                    if not response.has_redirect_location:
                        return await _read(response, max_bytes)
                    url = str(response.url.join(response.headers["location"]))
    except TimeoutError:
        raise Unavailable("The picture did not come in time.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        if answers.unreached(error):
            raise Offline(f"{addresses.host(url)} could not be reached.") from None
        raise Unavailable("The picture could not be fetched.") from None
    raise Unavailable("The picture has moved too often.")


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    if response.status_code in (404, 410):
        raise Gone("The picture is no longer there.")
    if not response.is_success:
        raise Unavailable(f"The picture's server answered {response.status_code}.")
    kind = response.headers.get("content-type", _UNNAMED).partition(";")[0].strip().lower()
    if not kind.startswith("image/") and kind != _UNNAMED:
        raise Refused("no-picture", "There is no picture at its address.")
    received = bytearray()
    async for chunk in response.aiter_raw():
        received += chunk
        if len(received) > max_bytes:
            raise Refused("too-large", "The picture is too large to be shown here.")
    return bytes(received)
