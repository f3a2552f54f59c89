"""OAuth for a program without a web page: the browser shows a code, and it is pasted here (RFC 6749, RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from introvert_tui.adapters.shape import Json, text
from introvert_tui.errors import AdapterError, NotAllowed, Offline, RateLimited, Refused, SignedOut, Unavailable

from .failures import Missing
from .web import Web

SCOPES = (
    "read:notifications",
    "read:statuses",
    "read:accounts",
    "read:follows",
    "write:statuses",
    "write:favourites",
    "write:mutes",
    "write:blocks",
)
"""All that is ever needed and nothing broader: nobody should sign in again in the middle of being harassed."""

_OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_NAME = "Introvert"


@dataclass(frozen=True)
class App:
    """The program as the server knows it."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Attempt:
    """One visit to the server's page; `verifier` proves to it that whoever brings the code is who asked for it."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def page(self, origin: str, app: App) -> str:
        """The address of the page where the person agrees (GET /oauth/authorize)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": _OUT_OF_BAND,
            "scope": " ".join(SCOPES),
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{origin}/oauth/authorize?{urlencode(asked)}"

    def code_in(self, pasted: str) -> str:
        """The code in what was pasted: itself, or the address of a page that has it. Raises `Refused`."""
        pasted = "".join(pasted.split())
        if "code=" not in pasted and "error=" not in pasted:
            return pasted
        asked = parse_qs(urlsplit(pasted).query or pasted.partition("?")[2] or pasted)
        if "access_denied" in asked.get("error", []):
            raise Refused("denied", "The server says that you did not agree; nothing was changed.")
        if asked.get("state", [self.state]) != [self.state]:
            raise Refused("state", "That code belongs to another sign-in. Start again; nothing was changed.")
        return asked.get("code", [""])[0]


class WrongCode(Refused):
    """The code is mistyped, used up or too old."""


async def register(web: Web) -> App:
    """Make the program known to the server (POST /api/v1/apps)."""
    asked = {"client_name": _NAME, "redirect_uris": _OUT_OF_BAND, "scopes": " ".join(SCOPES)}
    try:
        answer = await web.post("/api/v1/apps", asked)
    except (Missing, NotAllowed, SignedOut, Refused) as error:
        words = f"{web.host} does not let this program sign in with the rights that it needs."
        raise Refused("app", words) from error
    app = App(text(answer, "client_id"), text(answer, "client_secret"))
    if not app.client_id or not app.client_secret:
        raise Unavailable(f"The answer of {web.host} could not be read.")
    return app


async def trade(web: Web, app: App, attempt: Attempt, code: str) -> Json:
    """Trade the code for a token (POST /oauth/token). Raises `WrongCode`."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": _OUT_OF_BAND,
        "code_verifier": attempt.verifier,
    }
    try:
        answer = await web.post("/oauth/token", asked)
    except (SignedOut, Refused, NotAllowed, Missing) as error:
        # Servers answer 400, 401 or 403 to a code that they do not take; the app was registered a moment ago.
        raise WrongCode("code", "The server does not take this code. It can be used once, and soon.") from error
    if not text(answer, "access_token"):
        raise Unavailable(f"The answer of {web.host} could not be read.")
    return answer


async def revoke(web: Web, app: App, token: str) -> None:
    """End a token on the server (POST /oauth/revoke); one that has ended before is no error."""
    asked = {"client_id": app.client_id, "client_secret": app.client_secret, "token": token}
    try:
        await web.post("/oauth/revoke", asked)
    except (Offline, Unavailable, RateLimited):
        raise
    except AdapterError:
        return  # the app or the token is gone, which is what was wanted


def lacking(answer: Json) -> tuple[str, ...]:
    """The scopes that were asked for and not granted; a broader one holds what is in it, silence holds all."""
    granted = set(text(answer, "scope").split())
    if not granted:
        return ()
    return tuple(scope for scope in SCOPES if not {scope, scope.partition(":")[0]} & granted)
