"""The servers besides an account's own; tests with servers of their own name them in the environment."""

from __future__ import annotations

import os

RESOLVER = "https://public.api.bsky.app"
"""Answers `com.atproto.identity.resolveHandle` without a login."""


def resolver() -> str | None:
    """The XRPC server to be asked for handles before DNS is, or None."""
    return os.environ.get("INTROVERT_BLUESKY_RESOLVER") or None


def directory() -> str:
    """The PLC directory, which knows the documents of most DIDs."""
    return os.environ.get("INTROVERT_BLUESKY_DIRECTORY") or "https://plc.directory"


def chat() -> str:
    """The chat service, as the header `atproto-proxy` names it: a DID and the service's id in its document."""
    return os.environ.get("INTROVERT_BLUESKY_CHAT") or "did:web:api.bsky.chat#bsky_chat"
