"""The town's posts and people in the words of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterable

from introvert_tui.adapters.demo.script import YOU
from introvert_tui.adapters.demo.town import Post, Town, named
from introvert_tui.model import (
    Attachment,
    AttachmentKind,
    GoneKind,
    Message,
    MessageRef,
    Person,
    PersonRef,
    Place,
    RoomRef,
    Span,
    SpanKind,
    ThreadRef,
    Visibility,
)

_PIECES = re.compile(r"(?P<mention>(?<![\w@])@\w+)|(?P<tag>(?<!\w)#\w+)|(?P<link>https?://\S+)")


def person_uri(handle: str) -> str:
    """The lasting name of a person."""
    return f"demo:{handle}"


def handle_of(uri: str) -> str:
    """The handle in a person's lasting name."""
    return uri.removeprefix("demo:")


def person_ref(handle: str) -> PersonRef:
    """Address somebody by handle."""
    return PersonRef(person_uri(handle), handle)


def people(town: Town, posts: Iterable[Post]) -> tuple[Person, ...]:
    """The profiles of those who wrote some posts, apart from you."""
    writers = dict.fromkeys(post.who for post in posts if post.who != YOU)
    return tuple(person(town, who) for who in writers)


def person(town: Town, who: str) -> Person:
    """Somebody's profile."""
    resident = town.people[who]
    return Person(person_uri(who), who, resident.name, resident.followed)


def reference(uri: str) -> MessageRef:
    """Everyone in town calls a post the same."""
    return MessageRef(uri, uri)


def place(post: Post) -> Place:
    """Where a post was said."""
    if post.private:
        return RoomRef(post.place, (person_ref(YOU), person_ref(post.place.rpartition("/")[2])))
    return ThreadRef(reference(post.place))


def message(town: Town, post: Post) -> Message:
    """A post as you see it."""
    gone = GoneKind.DELETED if post.uri in town.deleted else GoneKind.BLOCKED if post.who in town.blocked else None
    return Message(
        ref=reference(post.uri),
        place=place(post),
        author=person_ref(post.who),
        seen_at=post.at,
        claimed_at=post.at,
        body=() if gone else spans(post.text),
        parent=reference(post.parent) if post.parent else None,
        said_to_me=town.reason(post),
        visibility=Visibility.DIRECT if post.private else Visibility.PUBLIC,
        warning=None if gone else post.warning,
        attachments=() if gone else (*post.beside, *_quoted(town, post)),
        names=() if gone else tuple(person_uri(handle) for handle in named(post.text)),
        language=post.language,
        liked_by_me=post.uri in town.nods,
        closed=post.closed,
        gone=gone,
    )


def spans(text: str) -> tuple[Span, ...]:
    """Take a text apart into plain words, names, tags and links."""
    parts: list[Span] = []
    end = 0
    for found in _PIECES.finditer(text):
        if found.start() > end:
            parts.append(Span(text[end : found.start()]))
        kind = SpanKind(found.lastgroup or "text")
        parts.append(Span(found[0], kind, found[0] if kind is SpanKind.LINK else None))
        end = found.end()
    if end < len(text):
        parts.append(Span(text[end:]))
    return tuple(parts)


def _quoted(town: Town, post: Post) -> tuple[Attachment, ...]:
    if not post.quote:
        return ()
    if (original := town.there(post.quote)) is None:
        return (Attachment(AttachmentKind.QUOTE, uri=post.quote, gone=GoneKind.DELETED),)
    name = town.people[original.who].name if original.who in town.people else YOU
    return (Attachment(AttachmentKind.QUOTE, text=original.text, uri=original.uri, author=name),)
