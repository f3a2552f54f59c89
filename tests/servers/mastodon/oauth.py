"""Signing in: apps, codes and tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from .state import Account, Token, World
from .wire import Answer, Params, Refusal, Request, covers, route

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_CODE_LIFE = timedelta(minutes=10)
_PARTS = "accounts blocks bookmarks conversations favourites filters follows lists media mutes notifications reports"
_BROAD = ("read", "write", "follow", "push", "profile", "crypto")
SCOPES = (*_BROAD, *(f"{kind}:{part}" for kind in ("read", "write") for part in (*_PARTS.split(), "statuses")))

_WORDS = {
    "invalid_grant": {
        "en": "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used "
        "in the authorization request, or was issued to another client.",
        "de": "Die bereitgestellte Autorisierung ist inkorrekt, abgelaufen oder wurde widerrufen.",
    },
    "invalid_client": {"en": "Client authentication failed due to unknown client."},
    "invalid_scope": {"en": "The requested scope is invalid, unknown, or malformed."},
    "invalid_redirect_uri": {"en": "The redirect uri included is not valid."},
    "unsupported_grant_type": {"en": "The authorization grant type is not supported by the authorization server."},
    "invalid_request": {"en": "The request is missing a required parameter."},
    "unauthorized_client": {"en": "You are not authorized to revoke this token"},
}


class OAuthRefusal(Exception):
    """A refusal by the name that OAuth has for it."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status

    def answer(self, world: World) -> Answer:
        words = _WORDS[self.error]
        description = words.get(world.locale, words["en"])
        return Answer({"error": self.error, "error_description": description}, self.status)


@dataclass(frozen=True)
class Approval:
    """What the browser is left with: the code to paste, and the address that it was sent to."""

    code: str
    redirect: str


@route("POST", "/api/v1/apps", needs_token=False)
def register_app(world: World, request: Request) -> Answer:
    params = request.params
    redirects = params.array("redirect_uris") or params.text("redirect_uris").split()
    scopes = (params.text("scopes") or "read").split()
    if not redirects:
        raise Refusal(422, "no_redirect")
    if not set(scopes) <= set(SCOPES):
        raise Refusal(422, "bad_scopes")
    client_id, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    world.apps[client_id] = {"secret": secret, "redirects": redirects, "scopes": scopes}
    return Answer(
        {
            "id": world.ids.random(),
            "name": params.text("client_name"),
            "website": params.get("website"),
            "scopes": scopes,
            "redirect_uri": "\n".join(redirects),
            "redirect_uris": redirects,
            "client_id": client_id,
            "client_secret": secret,
            "client_secret_expires_at": 0,
            "vapid_key": "",
        }
    )


@route("GET", "/oauth/authorize", needs_token=False)
def authorize(world: World, request: Request) -> Answer:
    """The page in the browser; a test agrees with `approve`."""
    try:
        check_authorization(world, request.params)
    except OAuthRefusal as refusal:
        return Answer(f"<!doctype html><p>{refusal.error}</p>", refusal.status, content_type="text/html")
    return Answer("<!doctype html><form><button>Authorize</button></form>", content_type="text/html")


@route("POST", "/oauth/token", needs_token=False)
def issue_token(world: World, request: Request) -> Answer:
    params = request.params
    client_id = _client(world, request)
    if params.get("grant_type") == "client_credentials":
        return _token(world, client_id, None, frozenset((params.text("scope") or "read").split()))
    if params.get("grant_type") != "authorization_code":
        raise OAuthRefusal("unsupported_grant_type")
    # A code is gone with its first use, whatever comes of that.
    code = world.codes.pop(params.text("code"), None)
    if (
        code is None
        or world.clock.now() - code["at"] >= _CODE_LIFE
        or code["client_id"] != client_id
        or code["redirect_uri"] != params.get("redirect_uri")
        or (world.flavour.pkce and not _proves(params.text("code_verifier"), code["challenge"]))
    ):
        raise OAuthRefusal("invalid_grant")
    return _token(world, client_id, code["account"], frozenset(code["scopes"]))


@route("POST", "/oauth/revoke", needs_token=False)
def revoke(world: World, request: Request) -> Answer:
    """End a token; one that was never known is no error."""
    client_id = _client(world, request)
    token = world.tokens.get(request.params.text("token"))
    if token is not None and token.client_id != client_id:
        raise OAuthRefusal("unauthorized_client", 403)
    if token is not None:
        token.revoked = True
    return Answer({})


@route("GET", "/.well-known/oauth-authorization-server", needs_token=False, feature="metadata")
def metadata(world: World, request: Request) -> Answer:
    return Answer(
        {
            "issuer": f"{world.url}/",
            "service_documentation": "https://server.example/docs",
            "authorization_endpoint": f"{world.url}/oauth/authorize",
            "token_endpoint": f"{world.url}/oauth/token",
            "revocation_endpoint": f"{world.url}/oauth/revoke",
            "app_registration_endpoint": f"{world.url}/api/v1/apps",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


def check_authorization(world: World, params: Params) -> list[str]:
    """Refuse what the browser's page would refuse, and return the scopes that are asked for."""
    app = world.apps.get(params.text("client_id"))
    if app is None:
        raise OAuthRefusal("invalid_client", 401)
    if params.get("redirect_uri") not in app["redirects"]:
        raise OAuthRefusal("invalid_redirect_uri")
    if params.get("response_type") != "code":
        raise OAuthRefusal("invalid_request")
    scopes = (params.text("scope") or "read").split()
    registered = frozenset(app["scopes"])
    if not all(covers(registered, scope) for scope in scopes):
        raise OAuthRefusal("invalid_scope")
    if world.flavour.pkce and params.get("code_challenge") and params.get("code_challenge_method") != "S256":
        raise OAuthRefusal("invalid_request")
    return scopes


def approve(world: World, address: str, account: Account) -> Approval:
    """Agree in the browser to what an address asks for."""
    params = Params(urlsplit(address).query)
    scopes = check_authorization(world, params)
    code = secrets.token_urlsafe(32)
    world.codes[code] = {
        "account": account,
        "client_id": params.text("client_id"),
        "redirect_uri": params.get("redirect_uri"),
        "scopes": scopes,
        "challenge": params.get("code_challenge"),
        "at": world.clock.now(),
    }
    return Approval(code, _redirect(world, params, {"code": code}))


def deny(world: World, address: str) -> str:
    """Decline in the browser, and return the address that it is sent to."""
    params = Params(urlsplit(address).query)
    check_authorization(world, params)
    return _redirect(world, params, {"error": "access_denied"})


def _redirect(world: World, params: Params, outcome: Mapping[str, str]) -> str:
    target = params.text("redirect_uri")
    where = f"{world.url}/oauth/authorize/native" if target == OUT_OF_BAND else target
    state = params.get("state")
    return f"{where}?{urlencode({**outcome, **({} if state is None else {'state': state})})}"


def _client(world: World, request: Request) -> str:
    client_id, secret = request.params.text("client_id"), request.params.text("client_secret")
    scheme, _, basic = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        client_id, _, secret = base64.b64decode(basic).decode().partition(":")
    app = world.apps.get(client_id)
    if app is None or app["secret"] != secret:
        raise OAuthRefusal("invalid_client", 401)
    return client_id


def _token(world: World, client_id: str, account: Account | None, scopes: frozenset[str]) -> Answer:
    secret = secrets.token_urlsafe(32)
    world.tokens[secret] = Token(account, scopes, client_id)
    return Answer(
        {
            "access_token": secret,
            "token_type": "Bearer",
            "scope": " ".join(sorted(scopes)),
            "created_at": int(world.clock.now().timestamp()),
        }
    )


def _proves(verifier: str, challenge: str | None) -> bool:
    if challenge is None:
        return True
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
