"""Signing in at any server that speaks the Mastodon client API, by way of the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from introvert_tui.adapter import Ask
from introvert_tui.adapters import addresses
from introvert_tui.adapters.shape import Json, objects, sub, text
from introvert_tui.errors import AdapterError, Offline, RateLimited, Refused, SignedOut, Unavailable
from introvert_tui.model import Question, SignIn
from introvert_tui.text import clean_line

from . import failures, oauth
from .people import handle
from .shape import name_of
from .web import Web
from .wire import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, TOKEN

SERVER = Question("server", "Your server or address", "like mastodon.example or @you@mastodon.example")
CODE = Question("code", "The code from that page", "agree in the browser, then paste the code that it shows")

_HOST = re.compile(r"((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]|localhost|127\.0\.0\.1)(?::\d+)?")
_PATIENCE = 20.0
_ATTEMPTS = 3


async def sign_in(ask: Ask) -> SignIn:
    """Find the server, send the person there, and trade the code that they bring for a token."""
    name, domain = typed_address(await ask.question(SERVER))
    origin, instance = await _find_server(name, domain)
    with _open(origin) as web:
        app = await oauth.register(web)
        granted = await _agree(ask, web, app)
        token = text(granted, "access_token")
        if missing := oauth.lacking(granted):
            await oauth.revoke(web, app, token)
            words = f"{web.host} did not give all the rights that are needed ({', '.join(missing)}); nothing was kept."
            raise Refused("scope", words)
        account = await _account(web, app, token)
    remote_id = text(account, "url") or text(account, "uri") or f"{origin}/users/{name_of(account)}"
    own_domain = (text(instance, "domain") or text(instance, "uri").rpartition("://")[2]).strip("/")
    who = clean_line(handle(text(account, "acct"), own_domain or addresses.host(origin)), 256)
    return SignIn(
        origin=origin,
        remote_id=remote_id,
        handle=who,
        secrets={
            TOKEN: token,
            CLIENT_ID: app.client_id,
            CLIENT_SECRET: app.client_secret,
            ACCOUNT_ID: name_of(account),
        },
        notes=_notes(name, text(account, "username"), who, account),
    )


def typed_address(typed: str) -> tuple[str, str]:
    """The name, if there is one, and the server in what was typed: @me@server, me@server, server, a profile's link.

    Raises `Refused` for what can be neither.
    """
    address = addresses.as_typed(typed)
    if "://" not in address and re.match(r"[^@/]+/", address):
        address = f"https://{address}"
    name = ""
    if address.lower().startswith(("https://", "http://")):
        parts = urlsplit(address)
        domain = parts.netloc.rpartition("@")[2]
        if match := re.match(r"/(?:@|users/)([\w.-]+)/?$", parts.path):
            name = match[1]
    else:
        name, _, domain = address.removeprefix("@").rpartition("@")
    domain = domain.lower().rstrip(".")
    if not _HOST.fullmatch(domain):
        words = "That is no address of a server. One looks like mastodon.example or @you@mastodon.example."
        raise Refused("no-server", words)
    return name, domain


async def sign_out(origin: str, app: oauth.App, token: str, patience: float) -> None:
    """End the token (POST /oauth/revoke)."""
    with _open(origin, patience) as web:
        await oauth.revoke(web, app, token)


@contextmanager
def _open(origin: str, patience: float = _PATIENCE) -> Iterator[Web]:
    web = Web(origin, patience)
    try:
        yield web
    finally:
        web.close()


async def _find_server(name: str, domain: str) -> tuple[str, Json]:
    """The server's origin and what it says of itself; a domain may leave its accounts to another host."""
    origin = _origin(domain)
    try:
        return origin, await _instance(origin)
    except Offline:
        raise Offline(f"{domain} could not be reached. Is it spelled right, and are you online?") from None
    except RateLimited:
        raise
    except AdapterError as error:
        elsewhere = await _host_of_account(origin, name, domain) if name else ""
        if elsewhere and elsewhere != origin:
            return elsewhere, await _instance(elsewhere)
        if isinstance(error, Unavailable) and not isinstance(error, failures.Strange):
            raise
        words = f"{domain} does not speak Mastodon's language. The server is what stands last in @you@mastodon.example."
        raise Refused("no-server", words) from None


async def _instance(origin: str) -> Json:
    """Read what the server says of itself (GET /api/v2/instance, else v1). Raises `Refused` if it is something else."""
    with _open(origin) as web:
        try:
            instance = await web.get("/api/v2/instance")
        except (Offline, RateLimited):
            raise
        except SignedOut:
            return {}  # it is one that tells strangers nothing
        except AdapterError:
            instance = await web.get("/api/v1/instance")
    if not any(text(instance, key) for key in ("version", "domain", "uri")):
        raise Refused("no-server", "This is something else.")
    return instance


async def _host_of_account(origin: str, name: str, domain: str) -> str:
    """Where an account's server is, as its domain says (GET /.well-known/webfinger, RFC 7033); "" for nowhere safe."""
    try:
        with _open(origin) as web:
            found = await web.get("/.well-known/webfinger", resource=f"acct:{name}@{domain}")
    except AdapterError:
        return ""
    for link in objects(found, "links"):
        if text(link, "rel") == "self" and addresses.may_be_called(text(link, "href")):
            return addresses.origin(text(link, "href"))
    return ""


async def _agree(ask: Ask, web: Web, app: oauth.App) -> Json:
    """Let the person agree in the browser, and ask for the code until one is taken."""
    attempt = oauth.Attempt()
    await ask.open_link(attempt.page(web.origin, app))
    for left in reversed(range(_ATTEMPTS)):
        code = attempt.code_in(await ask.question(CODE))
        if not code:
            raise Refused("denied", "Without the code there is no sign-in; nothing was changed.")
        try:
            return await oauth.trade(web, app, attempt, code)
        except oauth.WrongCode as error:
            if not left:
                raise
            await ask.say(f"{error} Open the page again for a new one.")
    raise AssertionError("unreachable")


async def _account(web: Web, app: oauth.App, token: str) -> Json:
    """Read whose token it is (GET /api/v1/accounts/verify_credentials)."""
    try:
        account = await web.get("/api/v1/accounts/verify_credentials", token)
    except (Offline, Unavailable, RateLimited):
        raise
    except AdapterError as error:
        raise Refused("suspended", f"{web.host} does not open this account: {error}") from error
    if not name_of(account) or not text(account, "acct"):
        raise Unavailable(f"The answer of {web.host} could not be read.")
    return account


def _origin(domain: str) -> str:
    local = f"http://{domain}"
    return local if addresses.is_loopback(local) else f"https://{domain}"


def _notes(name: str, username: str, who: str, account: Json) -> tuple[str, ...]:
    found = []
    if name and name.casefold() != username.casefold():
        found.append(f"The browser was signed in as {who}, and so is this program now.")
    if moved := text(sub(account, "moved"), "acct"):
        found.append(f"This account has moved to {clean_line(moved)}; answers to it arrive there.")
    return tuple(found)
