"""What went wrong, in the contract's words: from httpx's exceptions and HTTP answers to `introvert_tui.errors`.

Servers word their errors in the language of the account, so that only status codes count.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping

from introvert_tui.adapters.answers import lost, retry_after, unreached
from introvert_tui.errors import (
    AdapterError,
    Gone,
    NotAllowed,
    Offline,
    RateLimited,
    Refused,
    SignedOut,
    Unavailable,
)
from introvert_tui.text import clean_line

SIGNED_OUT = "Your Mastodon sign-in has ended. `introvert accounts add mastodon` brings it back; nothing is lost."


class Rejected(Refused):
    """The server said no with this `status`; callers turn those they know into more."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__("too-long" if status == 413 else "invalid", words)
        self.status = status


class Strange(Unavailable):
    """Something else than a server of this kind has answered."""


class Missing(Gone):
    """The server knows no such thing (404 or 410), or has no such endpoint."""


def translate(error: Exception, host: str, *, sending: bool) -> AdapterError | None:
    """The contract's error for one that came out of a call, or None for one that is nobody's fault but ours.

    `sending` makes everything that may have happened on the server an `Unsure`.
    """
    import httpx

    if isinstance(error, AdapterError):
        return error
    if isinstance(error, httpx.ConnectError) and _is_about_certificates(error):
        words = f"The certificate of {host} is not valid (it may have expired), so nothing was sent there."
        return Offline(words) if sending else Unavailable(words)
    if unreached(error):
        return Offline(f"{host} could not be reached.")
    if isinstance(error, httpx.TimeoutException):
        return lost(f"{host} did not answer in time.", sending)
    if isinstance(error, httpx.DecodingError):
        return unreadable(host, sending)
    if isinstance(error, httpx.HTTPError):
        return lost(f"The connection to {host} broke off.", sending)
    if isinstance(error, httpx.InvalidURL | ValueError):
        return unreadable(host, sending)
    return None


def unreadable(host: str, sending: bool, headers: Mapping[str, str] | None = None) -> AdapterError:
    """The answer is not what a server of this kind says."""
    html = "html" in (headers or {}).get("content-type", "")
    words = f"{host} answered with a web page where data was expected." if html else f"{host} gave no readable answer."
    return lost(words, True) if sending else Strange(words)


def from_response(status: int, headers: Mapping[str, str], body: bytes, host: str, *, sending: bool) -> AdapterError:
    """The contract's error for an answer other than 2xx."""
    # Sending, what is in trouble may have taken it all the same: that is looked for first.
    if status == 429 or (status == 503 and not sending and "retry-after" in headers):
        pause = retry_after(headers, "x-ratelimit-reset")
        return RateLimited(f"{host} asks for a pause of {round(pause)} seconds.", pause)
    if status == 401:
        return SignedOut(SIGNED_OUT)
    if 300 <= status < 400:
        words = f"{host} sends us elsewhere, where your sign-in does not belong."
        return lost(words, True) if sending else Strange(words)
    said = _said(body)
    if status == 403:
        return NotAllowed("account", _with(f"{host} does not allow that to this account or sign-in", said))
    if status in (404, 410):
        return Missing("That is no longer there.")
    if status == 413:
        return Rejected(status, f"{host} says that this is too long.")
    if 400 <= status < 500 and status not in (408, 409, 425):
        return Rejected(status, _with(f"{host} refused", said))
    return lost(f"{host} is in trouble at the moment.", sending)


def _said(body: bytes) -> str:
    """The `error` of a refusal, or the end of OAuth's longer description."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(data, dict):
        return ""
    said = data.get("error_description") or data.get("error")
    return clean_line(said, 200) if isinstance(said, str) else ""


def _with(words: str, said: str) -> str:
    return f"{words}: {said}" if said else f"{words}, without saying why."


def _is_about_certificates(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
