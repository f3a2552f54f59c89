"""Addresses of servers: which are safe for a token, and what a server is called in words; for every network."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_UNSEEN = re.compile(r"[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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


def host(url: str) -> str:
    """The server's name as people say it."""
    return urlsplit(url).netloc.lower()


def as_typed(text: str) -> str:
    """An address or a name without what cannot be seen in and around it: what is pasted often brings some along."""
    return _UNSEEN.sub("", text).strip()
