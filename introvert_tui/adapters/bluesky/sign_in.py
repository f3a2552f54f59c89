"""Signing in with a handle and an app password, on whichever PDS the account lives."""

from __future__ import annotations

import re

from introvert_tui.adapter import Ask
from introvert_tui.adapters import addresses
from introvert_tui.adapters.shape import Json, sub, text
from introvert_tui.errors import AdapterError, Offline, Refused, Unavailable
from introvert_tui.model import Question, Secrecy, SignIn

from . import failures, sdk, services
from .wire import SESSION

HANDLE = Question("handle", "Your Bluesky handle", "like ana.bsky.social; a link to your profile will do")
PASSWORD = Question(
    "password",
    "An app password",
    "make one on bsky.app: Settings → Privacy and security → App passwords; "
    "tick “Allow access to your direct messages” to read them here",
    Secrecy.HIDDEN,
)

_HANDLE = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_DID = re.compile(r"did:(plc:[a-z2-7]{24}|web:[A-Za-z0-9.-]+)")
_PATIENCE = 20.0


async def sign_in(ask: Ask) -> SignIn:
    """Ask for handle and app password and open a session; the password itself is not kept."""
    who = account_name(await ask.question(HANDLE))
    password = (await ask.question(PASSWORD)).strip()
    if not password:
        raise Refused("no-password", "Without an app password there is no sign-in; nothing was changed.")
    identity = await find_account(who)
    session = await _create_session(identity, password)
    if not text(session, "accessJwt") or text(session, "did") != identity.did:
        raise Unavailable("Bluesky's answer could not be read.")
    handle = text(session, "handle") or who
    stored = sdk.new_session(
        handle, identity.did, text(session, "accessJwt"), text(session, "refreshJwt"), _moved(session, identity.pds)
    )
    return SignIn(
        origin=addresses.origin(stored.pds_endpoint),
        remote_id=identity.did,
        handle=handle,
        secrets={SESSION: stored.encode()},
        notes=_notes(session),
    )


def account_name(typed: str) -> str:
    """The handle or DID in what somebody typed or pasted: with @, as a link, with invisible characters around it.

    Raises `Refused` for what can be neither.
    """
    name = addresses.as_typed(typed)
    name = re.sub(r"^(https?://)?(www\.)?bsky\.app/profile/|^at://", "", name, flags=re.IGNORECASE)
    name = re.split(r"[/?#]", name, maxsplit=1)[0].removeprefix("@")
    if _DID.fullmatch(name):
        return name
    name = name.lower().rstrip(".")
    if name and "." not in name:
        name += ".bsky.social"
    if len(name) > 253 or not _HANDLE.fullmatch(name):
        raise Refused("no-handle", "That is not a Bluesky handle. One looks like ana.bsky.social.")
    return name


async def find_account(name: str) -> sdk.Identity:
    """Go from a handle or DID to the account's DID and PDS, and check that the account claims the handle too.

    Raises `Refused`, `Offline`, `Unavailable`, `RateLimited`.
    """
    did = name if name.startswith("did:") else await _resolve_handle(name)
    if did is None:
        raise Refused("no-account", f"There is no Bluesky account called {name}. Is it spelled as on your profile?")
    try:
        identity = await sdk.resolve_did(did)
    except Exception as error:
        raise _told(error) from None
    if identity is None:
        raise Refused("no-account", f"The account behind {name} is no longer there.")
    if not name.startswith("did:") and name not in identity.handles:
        raise Refused("no-account", f"{name} names an account that does not go by that name. Try your DID instead.")
    if not addresses.may_be_called(identity.pds):
        raise Refused("unsafe", "The server of this account has no safe address (https), so nothing was sent to it.")
    return identity


async def _resolve_handle(handle: str) -> str | None:
    """Ask the resolver of the environment, else DNS and the handle's own site, else Bluesky's resolver."""
    if own := services.resolver():
        return await _ask_resolver(own, handle)
    try:
        did = await sdk.resolve_handle(handle)
    except (OSError, ValueError):  # a resolver that this machine lacks, or a domain that none takes
        did = None
    if did and _DID.fullmatch(did):
        return did
    return await _ask_resolver(services.RESOLVER, handle)


async def _ask_resolver(server: str, handle: str) -> str | None:
    """Look a handle up (com.atproto.identity.resolveHandle)."""
    opened = sdk.open_sdk(server, _PATIENCE)
    try:
        response = await opened.invoke_query(
            "com.atproto.identity.resolveHandle", params=sdk.json_data({"handle": handle})
        )
    except Exception as error:
        known = _told(error)
        if isinstance(known, failures.Rejected):
            return None
        raise known from None
    finally:
        await opened.request.close()
    did = text(response.content, "did") if isinstance(response.content, dict) else ""
    return did if _DID.fullmatch(did) else None


async def _create_session(identity: sdk.Identity, password: str) -> Json:
    opened = sdk.open_sdk(identity.pds, _PATIENCE)
    credentials = sdk.json_data({"identifier": identity.did, "password": password})
    try:
        response = await opened.invoke_procedure(
            "com.atproto.server.createSession", data=credentials, input_encoding="application/json"
        )
    except Exception as error:
        known = _told(error)
        raise _refusal(known) if isinstance(known, failures.Rejected) else known from None
    finally:
        await opened.request.close()
    if not isinstance(response.content, dict):
        raise Unavailable("Bluesky's answer could not be read.")
    session: Json = response.content
    if session.get("active") is False:
        raise Refused("suspended", _inactive(text(session, "status")))
    return session


def _refusal(error: failures.Rejected) -> Refused:
    match error.name:
        case "AuthFactorTokenRequired":
            words = "That is the account's own password, and it asks for a code by mail. Use an app password instead."
            return Refused("app-password", words)
        case "AccountTakedown":
            return Refused("suspended", _inactive("takendown"))
        case _ if error.status == 401:
            words = "Bluesky does not take this password. An app password looks like abcd-efgh-ijkl-mnop."
            return Refused("password", words)
    return error


def _inactive(status: str) -> str:
    what = {"takendown": "taken down", "suspended": "suspended", "deactivated": "deactivated"}
    return f"This account is {what.get(status, 'not active')}. bsky.app tells more."


def _told(error: Exception) -> AdapterError:
    """The contract's error for one from a look-up; the SDK's own complaints mean that the answer was of no use."""
    known = failures.translate(error, sending=False)
    if known is None and not type(error).__module__.startswith(("atproto", "httpx", "dns")):
        raise error
    if isinstance(known, Offline):
        return Offline("The account's server could not be reached. Are you online?")
    return known or Unavailable("The account could not be looked up just now.")


def _moved(session: Json, pds: str) -> str:
    """The PDS of the account's document, as its own server knows it, if secrets are safe there."""
    named = sdk.pds_in(sub(session, "didDoc"))
    return named if addresses.may_be_called(named) else pds


def _notes(session: Json) -> tuple[str, ...]:
    if sdk.claims(text(session, "accessJwt")).get("scope") == "com.atproto.access":
        return (
            "That was the account's own password. It works and is not kept, but an app password can be revoked alone.",
        )
    return ()
