"""The servers besides an account's own; tests with servers of their own name them in the environment."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

RESOLVER = "https://public.api.bsky.app"
"""Answers `com.atproto.identity.resolveHandle` without a login."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def resolver() -> str | None:
    """The XRPC server to be asked for handles before DNS is, or None."""
    return os.environ.get("INTROVERT_BLUESKY_RESOLVER") or None


def directory() -> str:
    """The PLC directory, which knows the documents of most DIDs."""
    return os.environ.get("INTROVERT_BLUESKY_DIRECTORY") or "https://plc.directory"


def chat() -> str:
    """The chat service, as the header `atproto-proxy` names it: a DID and the service's id in its document."""
    return os.environ.get("INTROVERT_BLUESKY_CHAT") or "did:web:api.bsky.chat#bsky_chat"


def may_be_called(url: str) -> bool:
    """Whether an address is safe for secrets: https, or this very machine."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.scheme == "https" or (is_loopback(url) and parts.scheme == "http"))
    except ValueError:
        return False


def is_loopback(url: str) -> bool:
    """Whether an address leads to this very machine."""
    return urlsplit(url).hostname in _LOOPBACK


def origin(url: str) -> str:
    """Scheme, host and port of an address, without a path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
