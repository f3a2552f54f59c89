"""Rich text: facets point at UTF-8 bytes of a text (app.bsky.richtext.facet), spans are runs of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from introvert_tui.adapters.shape import Json, objects, sub, text
from introvert_tui.model import Span, SpanKind

from .shape import did_of, kind

_FACET = "app.bsky.richtext.facet"
_CONTINUATION = range(0x80, 0xC0)
_MENTION = re.compile(r"(?<![^\s(])@((?:[a-z0-9-]+\.)+[a-z0-9-]*[a-z0-9])", re.IGNORECASE | re.ASCII)

INVALID_HANDLE = "handle.invalid"
"""What somebody is called whose handle is not theirs any more."""


class _Run(NamedTuple):
    start: int
    end: int
    kind: SpanKind
    url: str


def spans(words: str, facets: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    """Cut a text by its facets; the spans' texts join back to it, whatever the facets say.

    Facets that overlap an earlier one, reach beyond the text or cut a character in two are dropped.
    """
    data = words.encode("utf-8", "surrogatepass")
    cut: list[Span] = []
    done = 0
    for run in sorted(filter(None, (_run(facet, data) for facet in facets))):
        if run.start < done:
            continue
        if run.start > done:
            cut.append(Span(_decoded(data[done : run.start])))
        cut.append(Span(_decoded(data[run.start : run.end]), run.kind, run.url))
        done = run.end
    if done < len(data):
        cut.append(Span(_decoded(data[done:])))
    return tuple(cut)


def named(facets: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The DIDs that a text mentions, each once, in order."""
    features = (feature for facet in facets for feature in objects(facet, "features"))
    dids = (text(feature, "did") for feature in features if kind(feature) == f"{_FACET}#mention")
    return tuple(dict.fromkeys(filter(None, dids)))


class Mention(NamedTuple):
    """An @handle in a text, in small letters, with its place in the text's UTF-8 bytes."""

    handle: str
    byte_start: int
    byte_end: int


def mentions(words: str) -> Iterator[Mention]:
    """The @handles in a text, whoever they belong to; asks nobody, and not the SDK either, which takes long to load."""
    for found in _MENTION.finditer(words):
        start, end = (len(words[:place].encode("utf-8", "surrogatepass")) for place in found.span())
        yield Mention(found[1].lower(), start, end)


def mention(did: str, byte_start: int, byte_end: int) -> Json:
    """The facet that makes an @handle a mention."""
    return {
        "$type": _FACET,
        "index": {"byteStart": byte_start, "byteEnd": byte_end},
        "features": [{"$type": f"{_FACET}#mention", "did": did}],
    }


def without_overlaps(facets: Sequence[Json]) -> list[Json]:
    """Facets in the order of the text; where two overlap, the one named first in the sequence stays."""
    kept: list[Json] = []
    for facet in facets:
        start, end = _bounds(facet)
        if all(end <= _bounds(other)[0] or _bounds(other)[1] <= start for other in kept):
            kept.append(facet)
    return sorted(kept, key=_bounds)


def profile_url(actor: str) -> str:
    """The page of a person, by handle or DID."""
    return f"https://bsky.app/profile/{quote(actor, safe=':')}"


def post_url(uri: str, handle: str = "") -> str | None:
    """The page of a post, under its author's handle if that is known to work; None for what is no post."""
    repo, collection, rkey = uri.removeprefix("at://").split("/", 2) if uri.count("/") == 4 else ("", "", "")
    if collection != "app.bsky.feed.post" or not rkey:
        return None
    actor = handle if handle and handle != INVALID_HANDLE else did_of(uri) or repo
    return f"{profile_url(actor)}/post/{quote(rkey, safe='')}"


def _run(facet: Mapping[str, Any], data: bytes) -> _Run | None:
    index = sub(facet, "index")
    start, end = index.get("byteStart"), index.get("byteEnd")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(data):
        return None
    if data[start] in _CONTINUATION or (end < len(data) and data[end] in _CONTINUATION):
        return None
    for feature in objects(facet, "features"):
        match kind(feature).removeprefix(f"{_FACET}#"):
            case "link" if uri := text(feature, "uri"):
                return _Run(start, end, SpanKind.LINK, uri)
            case "mention" if did := text(feature, "did"):
                return _Run(start, end, SpanKind.MENTION, profile_url(did))
            case "tag" if tag := text(feature, "tag"):
                return _Run(start, end, SpanKind.TAG, f"https://bsky.app/hashtag/{_quoted(tag)}")
    return None


def _bounds(facet: Json) -> tuple[int, int]:
    return facet["index"]["byteStart"], facet["index"]["byteEnd"]


def _quoted(tag: str) -> str:
    return quote(tag.encode("utf-8", "replace"), safe="")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
