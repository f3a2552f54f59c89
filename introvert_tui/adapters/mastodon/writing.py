"""The words of an answer as they go out, and how long the server will find them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from introvert_tui.model import Audience, Length, PersonRef, Visibility
from introvert_tui.text import count_graphemes

from .people import Me, handle, spoken

PER_URL = 23
"""What a link costs where the server does not say."""

_NAMED = re.compile(r"(?<![\w/=])@([\w.-]*\w)(@[\w.-]*\w(?::\d+)?)?", re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?')\]]", re.IGNORECASE)


def addressed(words: str, people: Iterable[PersonRef], me: Me) -> str:
    """The words with everybody in front who must be told and is not named in them yet; oneself never is."""
    there = {match[0].casefold() for match in _NAMED.finditer(words)}
    missing = [
        spoken(one.handle, me.domain)
        for one in {one.uri: one for one in people if one.uri != me.uri}.values()
        if one.handle and not {f"@{one.handle}".casefold(), spoken(one.handle, me.domain).casefold()} & there
    ]
    return " ".join([*missing, words]) if missing else words


def named(words: str, me: Me) -> tuple[str, ...]:
    """The handles, in full, of those whom the words name."""
    return tuple(dict.fromkeys(handle(found[0], me.domain) for found in _NAMED.finditer(words)))


def told(audience: Audience) -> tuple[PersonRef, ...]:
    """Whom an answer must name: whom it answers, and in a room all others too, or they could not read it."""
    return (audience.to, *audience.also) if audience.visibility is Visibility.DIRECT else (audience.to,)


def length(words: str, audience: Audience, me: Me, limit: int, per_url: int) -> Length:
    """How long a text is; the names in front of it and the warning are taken off what is allowed."""
    used = counted(words, per_url)
    beside = counted(addressed(words, told(audience), me), per_url) - used
    left = max(0, limit - beside - count_graphemes(audience.warning or ""))
    return Length(used, left, used <= left)


def counted(words: str, per_url: int) -> int:
    """The length as a server counts it: a link costs the same however long it is, and of names the host is free."""
    return count_graphemes(without_hosts(_LINK.sub("x" * per_url, words)))


def without_hosts(words: str) -> str:
    """The words with `@ana@her.server` as `@ana`."""
    return _NAMED.sub(lambda match: f"@{match[1]}", words)
