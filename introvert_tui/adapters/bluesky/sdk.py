"""The one door to the `atproto` SDK: imported by the first call, because that takes 0.6-1.0 s, and typed here.

The SDK ships no type information, so what is used of it is written down as protocols.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from introvert_tui.adapters import addresses
from introvert_tui.adapters.shape import Json, objects, text

from . import services

_CONNECT_SECONDS = 10.0


class Session(Protocol):
    """A sign-in; `encode` gives the string that is kept as a secret."""

    handle: str
    did: str
    access_jwt: str
    refresh_jwt: str
    pds_endpoint: str

    def encode(self) -> str:
        """All of it as one string."""


class Response(Protocol):
    """An answer; `content` is decoded JSON, bytes, or after an error the SDK's model of one."""

    status_code: int
    content: object
    headers: Mapping[str, str]


class Requests(Protocol):
    """The SDK's pool of connections."""

    async def close(self) -> None:
        """Close them."""


class Sdk(Protocol):
    """The part of `atproto_client.AsyncClient` that is used."""

    request: Requests

    async def invoke_query(self, nsid: str, params: object = None, **keywords: Any) -> Response:
        """GET with plain dicts."""

    async def invoke_procedure(self, nsid: str, **keywords: Any) -> Response:
        """POST with plain dicts."""

    def update_base_url(self, base_url: str) -> None:
        """Talk to another server from now on."""


class Identity(NamedTuple):
    """What a DID's document says: its handles, as it claims them, and where its PDS is ("" for nowhere)."""

    did: str
    handles: tuple[str, ...]
    pds: str


def open_sdk(pds: str, patience: float) -> Sdk:
    """The SDK for one server, without a session: it follows no redirect, because requests carry secrets."""
    import httpx
    from atproto_client import AsyncClient  # type: ignore[import-untyped]
    from atproto_client.request import AsyncRequest  # type: ignore[import-untyped]

    timeout = httpx.Timeout(patience, connect=min(patience, _CONNECT_SECONDS))
    through_proxy = not addresses.is_loopback(pds)
    opened: Sdk = AsyncClient(pds, request=AsyncRequest(timeout=timeout, max_redirects=0, trust_env=through_proxy))
    return opened


def json_data(data: Mapping[str, Any]) -> object:
    """Data in the wrapping in which the SDK sends it as it is, nulls included."""
    from atproto_client.models.dot_dict import DotDict  # type: ignore[import-untyped]

    wrapped: object = DotDict(dict(data))
    return wrapped


def new_session(handle: str, did: str, access: str, refresh: str, pds: str) -> Session:
    """A session out of its parts."""
    from atproto_client.client.session import Session as SdkSession  # type: ignore[import-untyped]

    session: Session = SdkSession(handle, did, access, refresh, pds)
    return session


def decode_session(encoded: str) -> Session | None:
    """The session in a string made by `Session.encode`, or None."""
    from atproto_client.client.session import Session as SdkSession

    try:
        session: Session = SdkSession.decode(encoded)
    except ValueError:
        return None
    return session


def claims(jwt: str) -> Json:
    """What a token says of itself, without looking at its signature; {} for one that says nothing."""
    from atproto_core.exceptions import AtProtocolError  # type: ignore[import-untyped]
    from atproto_server.auth.jwt import get_jwt_payload  # type: ignore[import-untyped]

    try:
        said: Json = get_jwt_payload(jwt).model_dump()
    except (AtProtocolError, ValueError):
        return {}
    return said


def expiry(session: Session) -> datetime | None:
    """When the access token ends, as far as it tells."""
    expires = claims(session.access_jwt).get("exp")
    return datetime.fromtimestamp(expires, UTC) if isinstance(expires, int) else None


def failed_call(error: Exception) -> tuple[bool, Response | None]:
    """Whether an exception is the SDK's for a failed request, and the answer if there was one."""
    from atproto_client.exceptions import RequestErrorBase  # type: ignore[import-untyped]

    return (True, error.response) if isinstance(error, RequestErrorBase) else (False, None)


def detect_facets(words: str) -> list[Json]:
    """The links and tags in a text, as facets; asks nobody."""
    from atproto_client.utils import facet_detection  # type: ignore[import-untyped]

    return [facet.model_dump(by_alias=True, exclude_none=True) for facet in facet_detection.detect_facets(words)]


async def resolve_handle(handle: str) -> str | None:
    """The DID that a handle's domain names, by DNS or by its /.well-known/atproto-did; None if it names none."""
    async with _resolver() as resolver:
        did: str | None = await resolver.handle.resolve(handle)
        return did


async def resolve_did(did: str) -> Identity | None:
    """The document of a did:plc or did:web; None if there is none. Raises the SDK's AtProtocolError."""
    async with _resolver() as resolver:
        resolved = await resolver.did.resolve_without_validation(did)
    document = resolved if isinstance(resolved, dict) and resolved.get("id") == did else None
    if document is None:
        return None
    names = document.get("alsoKnownAs")
    named = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    handles = tuple(name.removeprefix("at://").lower() for name in named if name.startswith("at://"))
    return Identity(did, handles, pds_in(document))


def pds_in(document: Json) -> str:
    """The PDS that a DID document names, or an empty string."""
    for service in objects(document, "service"):
        if text(service, "id").endswith("#atproto_pds"):
            return text(service, "serviceEndpoint").rstrip("/")
    return ""


@asynccontextmanager
async def _resolver() -> AsyncIterator[Any]:
    from atproto_identity.resolver import AsyncIdResolver  # type: ignore[import-untyped]

    resolver = AsyncIdResolver(plc_url=services.directory().rstrip("/"))
    try:
        yield resolver
    finally:
        # The SDK has no way to give these connections back.
        for part in (resolver.handle, *resolver.did._methods.values()):
            for name in ("_http_client", "_client"):
                if pool := getattr(part, name, None):
                    await pool.aclose()
