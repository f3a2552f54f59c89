"""Posts: from the AppView's `postView` and from records of one's own to `Message`, without a network."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from introvert_tui.adapters.shape import Json, moment, objects, strings, sub, text
from introvert_tui.model import GoneKind, Message, MessageRef, Person, PersonRef, Reason, ThreadRef

from . import embeds, facets
from .shape import did_of, kind

POST = "app.bsky.feed.post"

_WARNINGS = {
    "porn": "Adult content",
    "sexual": "Sexually suggestive",
    "nudity": "Nudity",
    "graphic-media": "Graphic media",
    "gore": "Graphic media",
    "!warn": "A moderator's warning",
    "!hide": "Hidden by a moderator",
}

_BRIDGED = ".ap.brid.gy"
"""The AppView shows a handle only where its domain agrees; others are handle.invalid."""


def message(view: Json, me: str, hidden: Collection[str] = ()) -> Message | None:
    """A `postView` as a message to the account with the DID `me`; None for one that is not whole enough to show.

    `hidden` are the answers that the thread's author folded away: their place stays, their words do not.
    """
    uri, author, record = text(view, "uri"), person(sub(view, "author")), sub(view, "record")
    claimed = moment(text(record, "createdAt"))
    seen = moment(text(view, "indexedAt")) or claimed
    if not uri or author is None or seen is None:
        return None
    own_facets, embed = objects(record, "facets"), sub(record, "embed")
    named = facets.named(own_facets)
    viewer, relation = sub(view, "viewer"), sub(view, "author", "viewer")
    gone = GoneKind.HIDDEN if uri in hidden and author.uri != me else None
    parent = _ref(sub(record, "reply", "parent"))
    return Message(
        ref=MessageRef(uri, uri, text(view, "cid") or None),
        place=place_of(view),
        author=PersonRef(author.uri, author.handle),
        seen_at=seen,
        claimed_at=claimed or seen,
        body=() if gone else facets.spans(text(record, "text"), own_facets),
        parent=parent,
        said_to_me=None if gone or author.uri == me else _reason(parent, named, embeds.quoted_uri(embed), me),
        warning=_warning(view),
        attachments=() if gone else embeds.attachments(sub(view, "embed") or embed),
        names=named,
        language=next(iter(strings(record, "langs")), None),
        url=facets.post_url(uri, author.handle),
        liked_by_me=bool(text(viewer, "like")),
        closed=viewer.get("replyDisabled") is True or is_blocking(relation),
        gone=gone,
        original=_original(record, author),
    )


def _original(record: Json, author: Person) -> str | None:
    """The address of what Bridgy Fed copied here: anybody can write the field, only the bridge has its handles."""
    return (text(record, "bridgyOriginalUrl") or None) if author.handle.endswith(_BRIDGED) else None


def person(profile: Json) -> Person | None:
    """Any of app.bsky.actor's profile views; None without a DID."""
    did = text(profile, "did")
    if not did:
        return None
    viewer = profile.get("viewer")
    followed = "following" in viewer if isinstance(viewer, dict) else None
    return Person(did, text(profile, "handle"), text(profile, "displayName"), followed)


def people(profiles: Iterable[Json], me: str) -> tuple[Person, ...]:
    """Everybody in some profile views but oneself, each once."""
    found = {one.uri: one for one in map(person, profiles) if one and one.uri != me}
    return tuple(found.values())


def place_of(view: Json) -> ThreadRef:
    """The thread of a post: the root it names, or the post itself."""
    root = _ref(sub(view, "record", "reply", "root"))
    uri = text(view, "uri")
    return ThreadRef(root or MessageRef(uri, uri, text(view, "cid") or None))


def muted(views: Iterable[Json]) -> tuple[tuple[str, bool], ...]:
    """Each thread's root with whether the server keeps it quiet, as far as it says."""
    said = {
        place_of(view).root.uri: bool(view["viewer"].get("threadMuted"))
        for view in views
        if isinstance(view.get("viewer"), dict)
    }
    return tuple(said.items())


def placeholder(uri: str, place: ThreadRef, gone: GoneKind, at: datetime, parent: MessageRef | None = None) -> Message:
    """The empty place of a post that cannot be read."""
    nobody = PersonRef("", "")
    ref = MessageRef(uri, uri)
    return Message(ref, place, nobody, at, at, (), parent, url=facets.post_url(uri), gone=gone)


def answers_somebody_else(record: Json, me: str) -> bool:
    """Whether a post record of one's own answers a post that is not one's own."""
    parent = text(sub(record, "reply", "parent"), "uri")
    return bool(parent) and did_of(parent) != me


def _ref(strong: Json) -> MessageRef | None:
    uri = text(strong, "uri")
    return MessageRef(uri, uri, text(strong, "cid") or None) if did_of(uri) else None


def _reason(parent: MessageRef | None, named: Collection[str], quoted: str, me: str) -> Reason | None:
    """Why a post is said to me, told from the record alone, so that every way of reading it agrees.

    The server notifies also of answers to others below a post of mine; those are theirs.
    """
    if parent and did_of(parent.uri) == me:
        return Reason.REPLY
    if me in named:
        return Reason.MENTION
    if did_of(quoted) == me and f"/{POST}/" in quoted:
        return Reason.QUOTE
    return None


def _warning(view: Json) -> str | None:
    """Labels by moderators and by the author that call for a word before the post is opened."""
    author = sub(view, "author")
    on_account = [label for label in objects(author, "labels") if text(label, "uri") == text(author, "did")]
    own = sub(view, "record", "labels")
    values = objects(own, "values") if kind(own) == "com.atproto.label.defs#selfLabels" else []
    given = [label for label in (*objects(view, "labels"), *on_account, *values) if _is_in_force(label)]
    said = (_WARNINGS.get(text(label, "val")) for label in given)
    return ", ".join(dict.fromkeys(filter(None, said))) or None


def _is_in_force(label: Json) -> bool:
    expires = moment(text(label, "exp"))
    return label.get("neg") is not True and (expires is None or expires > datetime.now(UTC))


def is_blocking(relation: Json) -> bool:
    """Whether a block stands between the account and the author to whom it has this `viewerState`."""
    return bool(text(relation, "blocking")) or relation.get("blockedBy") is True
