"""Statuses: from the API's `Status` to `Message`, without a network."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from urllib.parse import unquote

from introvert_tui.adapters.shape import Json, moment, objects, strings, sub, text
from introvert_tui.model import GoneKind, Message, PersonRef, Reason, RoomRef, Span, SpanKind, Visibility
from introvert_tui.text.html import read_html

from .ancestry import Ancestry, message_ref
from .beside import attachments, quoted
from .people import Me, ref
from .shape import made_at, name_of

FILTERED = "Filtered: "
"""How the name of one of the reader's own filters stands in a warning; it must never go out in an answer."""

VISIBILITIES = {
    "public": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "private": Visibility.PRIVATE,
    "direct": Visibility.DIRECT,
}
"""What other servers add (`local`, `mutuals_only`) is narrower than it may look: private."""

_BRIDGE = "https://bsky.brid.gy/convert/ap/"
"""Bridgy Fed's own host, before the at:// address of what it copied: servers take no ActivityPub id from elsewhere."""
_NAME = re.compile(r"\s*@([\w.-]+)(@[\w.:-]+)?\s*")
_HERE = ("notifications", "thread")


def message(status: Json, ancestry: Ancestry, where: str = "thread", quote: bool = False) -> Message | None:
    """A status as a message; None for one that is not whole enough to show.

    `where` is the filters' name for the place it is read in; what they hide there keeps its place and says nothing.
    `quote` says that the server announced it as a quote of the reader's.
    """
    me, at = ancestry.me, made_at(status)
    author = ref(sub(status, "account"), me)
    if not name_of(status) or author is None or at is None:
        return None
    named = tuple(one for each in objects(status, "mentions") if (one := ref(each, me)))
    mine, hidden = author.uri == me.uri, _is_hidden(status, where)
    parent = ancestry.parent(status)
    body = spans(status)
    if mine:
        body = _without_names(body, _addressed(status, ancestry, named))
    return Message(
        ref=message_ref(status, me),
        place=ancestry.place(status),
        author=author,
        seen_at=at,
        claimed_at=moment(text(status, "created_at")) or at,
        body=() if hidden else body,
        parent=parent.ref if parent else None,
        said_to_me=None if mine or hidden else _reason(status, named, me, quote),
        visibility=VISIBILITIES.get(text(status, "visibility"), Visibility.PRIVATE),
        warning=_warning(status),
        attachments=() if hidden else attachments(status, me),
        names=tuple(dict.fromkeys(one.uri for one in named)),
        language=text(status, "language") or None,
        url=text(status, "url") or None,
        edited_at=moment(text(status, "edited_at")),
        liked_by_me=status.get("favourited") is True,
        gone=GoneKind.HIDDEN if hidden else None,
        original=_original(status),
    )


def spans(status: Json) -> tuple[Span, ...]:
    """The content of a status; custom emoji are their `:names:` in it already."""
    runs = read_html(text(status, "content"), drop_inline_quote=bool(sub(status, "quote")))
    return tuple(Span(run.text, SpanKind(run.kind), run.url) for run in runs)


def own_warning(warning: str | None) -> str:
    """What the author of a message warned of: the warning without the reader's own filters."""
    words = (warning or "").partition(f" · {FILTERED}")[0]
    return "" if words.startswith(FILTERED) else words


def muted(statuses: Iterable[Json], ancestry: Ancestry) -> tuple[tuple[str, bool], ...]:
    """Each thread's root with whether the server keeps it quiet: one status of it that says so is enough."""
    said: dict[str, bool] = {}
    for status in statuses:
        is_muted = is_thread_muted(status)
        place = ancestry.place(status) if is_muted is not None else None
        if place is not None and not isinstance(place, RoomRef):
            said[place.root.uri] = said.get(place.root.uri, False) or is_muted is True
    return tuple(said.items())


def is_thread_muted(status: Json) -> bool | None:
    """Whether the server keeps a status' thread quiet, as far as it says so.

    On Pleroma and Akkoma `muted` is also what a muted person says.
    """
    for said in (sub(status, "pleroma").get("thread_muted"), status.get("muted")):
        if isinstance(said, bool):
            return said
    return None


def is_direct(status: Json) -> bool:
    """Whether only those can read a status whom it names."""
    return text(status, "visibility") == "direct"


def _reason(status: Json, named: Collection[PersonRef], me: Me, quote: bool) -> Reason | None:
    """Why a status is said to me, told from the status alone, so that every way of reading it agrees."""
    answers_me = name_of(status, "in_reply_to_account_id") == me.id
    names_me = any(one.uri == me.uri for one in named)
    if is_direct(status):
        return Reason.DIRECT if answers_me or names_me else None
    if answers_me:
        return Reason.REPLY
    if names_me:
        return Reason.MENTION
    author = ref(sub(quoted(status), "account"), me)
    return Reason.QUOTE if quote or (author is not None and author.uri == me.uri) else None


def _warning(status: Json) -> str | None:
    titles = (text(sub(each, "filter"), "title") or "yours" for each in objects(status, "filtered"))
    folded = FILTERED + ", ".join(dict.fromkeys(titles)) if objects(status, "filtered") else ""
    return " · ".join(filter(None, (text(status, "spoiler_text").strip(), folded))) or None


def _original(status: Json) -> str | None:
    """The at:// address of a post on Bluesky that a bridge copied; what a status says of itself proves nothing."""
    uri = text(status, "uri")
    original = unquote(uri.removeprefix(_BRIDGE))
    return original if uri.startswith(_BRIDGE) and original.startswith("at://did:") else None


def _is_hidden(status: Json, where: str) -> bool:
    """Whether a filter of the reader's hides it here; the server leaves that to us."""
    for each in objects(status, "filtered"):
        rule = sub(each, "filter")
        if text(rule, "filter_action") == "hide" and where in (strings(rule, "context") or _HERE):
            return True
    return False


def _addressed(status: Json, ancestry: Ancestry, named: Collection[PersonRef]) -> set[str]:
    """The names that stand in front of an answer of one's own only because the network wants them there."""
    if is_direct(status):
        return {name for one in named for name in _forms(one)}
    parent = ancestry.parent(status)
    answered = name_of(status, "in_reply_to_account_id")
    accounts = (ref(each, ancestry.me) for each in objects(status, "mentions") if name_of(each) == answered)
    known = next((one for one in accounts if one), None)
    if known is None and parent:
        known = next((one for one in named if one.uri == parent.author), None)
    return _forms(known) if known else set()


def _forms(who: PersonRef) -> set[str]:
    handle = who.handle.casefold()
    return {handle, handle.partition("@")[0]}


def _without_names(body: tuple[Span, ...], names: Collection[str]) -> tuple[Span, ...]:
    """The body without the names at its very start; each is a span of its own, or plain text on some servers."""
    left = list(body)
    while left and (match := _NAME.match(left[0].text)):
        name = (match[1] + (match[2] or "")).casefold()
        if name not in names or (left[0].kind is SpanKind.MENTION and match.end() < len(left[0].text)):
            break
        rest = left[0].text[match.end() :]
        left[:1] = [replace(left[0], text=rest)] if rest else []
        if left and not rest:
            left[0] = replace(left[0], text=left[0].text.lstrip())
            if not left[0].text:
                left.pop(0)
    return tuple(left)
