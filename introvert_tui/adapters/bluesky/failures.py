"""What went wrong, in the contract's words: from the SDK's exceptions and httpx's to `introvert_tui.errors`."""

from __future__ import annotations

from introvert_tui.adapters.answers import lost, retry_after, unreached
from introvert_tui.errors import AdapterError, NotAllowed, Offline, RateLimited, Refused, SignedOut
from introvert_tui.text import clean_line

from . import sdk

SIGNED_OUT = "Your Bluesky sign-in has ended. `introvert accounts add bluesky` brings it back; nothing is lost."
NO_DIRECT = (
    "This app password can't read direct messages; a new one with that box ticked can: introvert accounts add bluesky"
)

RESET = "ratelimit-reset"
"""The header with the time from which a server that counts requests takes more."""
_KINDS = {
    "InvalidSwap": "conflict",
    "ConvoLocked": "closed",
    "BlockedActor": "blocked",
    "BlockedSubject": "blocked",
    "MessagesDisabled": "closed",
    "NotFollowedBySender": "closed",
    "AccountTakedown": "suspended",
    "AccountDeactivated": "suspended",
    "RepoTakendown": "suspended",
    "PayloadTooLarge": "too-long",
}


class Rejected(Refused):
    """The server said no, giving the lexicon's `name` for the reason; callers turn the names they know into more."""

    def __init__(self, name: str, status: int, words: str) -> None:
        super().__init__(_KINDS.get(name, "invalid"), words)
        self.name = name
        self.status = status


class Expired(Rejected):
    """The access token is not taken any more; a fresh one may be."""


def translate(error: Exception, *, sending: bool) -> AdapterError | None:
    """The contract's error for one that came out of a call, or None for one that is nobody's fault but ours.

    `sending` makes everything that may have happened on the server an `Unsure`.
    """
    import httpx

    if isinstance(error, AdapterError):
        return error
    failed, response = sdk.failed_call(error)
    if response is not None:
        return from_response(response, sending=sending)
    if isinstance(error.__cause__, httpx.HTTPError):
        error = error.__cause__
    if unreached(error):
        return Offline("Bluesky could not be reached.")
    if isinstance(error, httpx.TimeoutException):
        return lost("Bluesky did not answer in time.", sending)
    if failed or isinstance(error, httpx.HTTPError):
        return lost("The connection to Bluesky broke off.", sending)
    if isinstance(error, ValueError):
        return lost("Bluesky's answer could not be read.", sending)
    return None


def from_response(response: sdk.Response, *, sending: bool) -> AdapterError:
    """The contract's error for an answer other than 2xx."""
    status = response.status_code
    name, message = _said(response.content)
    # Sending, what is in trouble may have taken it all the same: that is looked for first.
    if status == 429 or (status == 503 and not sending and "retry-after" in response.headers):
        pause = retry_after(response.headers, RESET)
        return RateLimited(f"Bluesky asks for a pause of {round(pause)} seconds.", pause)
    if status == 401 or name in ("ExpiredToken", "InvalidToken"):
        if message == "Bad token method":
            return NotAllowed("direct", NO_DIRECT)
        return Expired(name or "AuthMissing", status, message or SIGNED_OUT)
    if status == 413:
        return Rejected("PayloadTooLarge", status, "Bluesky says that this is too long.")
    if 400 <= status < 500 and status not in (408, 409, 425) and name:
        return Rejected(name, status, _refusal(message))
    if status in (400, 403):
        return Rejected("InvalidRequest", status, _refusal(message))
    return lost("Bluesky is in trouble at the moment.", sending)


def signed_out() -> SignedOut:
    """The session has ended and cannot be renewed."""
    return SignedOut(SIGNED_OUT)


def _said(content: object) -> tuple[str, str]:
    """The `error` and `message` of an XRPC refusal: the SDK gives a model, a dict of its own or bytes."""
    if isinstance(content, bytes | None):
        return "", ""
    name, message = getattr(content, "error", None), getattr(content, "message", None)
    name = name if isinstance(name, str) else ""
    message = message if isinstance(message, str) else ""
    return clean_line(name, 64), clean_line(message, 200)


def _refusal(message: str) -> str:
    return f"Bluesky refused: {message}" if message else "Bluesky refused this without saying why."
