"""Direct messages: from chat.bsky.convo's views to `Message`, without a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from introvert_tui.adapters.shape import Json, moment, objects, sub, text
from introvert_tui.model import (
    GoneKind,
    Message,
    MessageRef,
    PersonRef,
    Reason,
    Request,
    RoomRef,
    Visibility,
)

from . import embeds, facets, posts
from .shape import kind

_SCHEME = "bsky-chat:"


def uri_of(convo: str, message: str) -> str:
    """Our own address of a direct message: the network has none."""
    return f"{_SCHEME}{convo}/{message}"


def is_direct(uri: str) -> bool:
    """Whether an address is one of a direct message."""
    return uri.startswith(_SCHEME)


def room(convo: Json) -> RoomRef:
    """A `convoView` as a room; of large groups the server names only a few members."""
    members = (PersonRef(text(each, "did"), text(each, "handle")) for each in objects(convo, "members"))
    return RoomRef(text(convo, "id"), tuple(sorted(members, key=lambda member: member.uri)))


def is_request(convo: Json) -> bool:
    """Whether a conversation still waits to be let in."""
    return text(convo, "status") == "request"


def is_muted(convo: Json) -> bool:
    """Whether the server keeps a conversation quiet."""
    return convo.get("muted") is True


def message(view: Json, where: RoomRef) -> Message | None:
    """A `messageView` or `deletedMessageView`; None for notes of the system's and for what is not whole."""
    sender, sent = text(sub(view, "sender"), "did"), moment(text(view, "sentAt"))
    name = text(view, "id")
    if not name or not sender or sent is None or "systemMessage" in kind(view):
        return None
    handles = {member.uri: member.handle for member in where.members}
    own_facets = objects(view, "facets")
    answered = text(sub(view, "replyTo"), "id")
    deleted = kind(view).endswith("#deletedMessageView")
    return Message(
        ref=MessageRef(uri_of(where.id, name), name, text(view, "rev") or None),
        place=where,
        author=PersonRef(sender, handles.get(sender, "")),
        seen_at=sent,
        claimed_at=sent,
        body=() if deleted else facets.spans(text(view, "text"), own_facets),
        parent=MessageRef(uri_of(where.id, answered), answered) if answered else None,
        visibility=Visibility.DIRECT,
        attachments=embeds.attachments(sub(view, "embed")),
        names=facets.named(own_facets),
        url=f"https://bsky.app/messages/{where.id}",
        gone=GoneKind.DELETED if deleted else None,
    )


def said_to(me: str, messages: Iterable[Message], since: datetime) -> tuple[Message, ...]:
    """Messages of one room in the order of time, marked as said to me where I have not answered later."""
    ordered = sorted(messages, key=lambda each: (each.seen_at, each.ref.token or ""))
    mine = [index for index, each in enumerate(ordered) if each.author.uri == me]
    answered = mine[-1] if mine else -1
    return tuple(
        replace(each, said_to_me=Reason.DIRECT)
        if index > answered and each.seen_at >= since and not each.gone
        else each
        for index, each in enumerate(ordered)
    )


def last_sender(convo: Json) -> str:
    """Who wrote the newest message of a conversation: a DID, or an empty string."""
    return text(sub(convo, "lastMessage", "sender"), "did")


def last_time(convo: Json) -> datetime | None:
    """When the newest message of a conversation was sent."""
    return moment(text(sub(convo, "lastMessage"), "sentAt"))


def requests(convos: Sequence[Json], me: str) -> tuple[Request, ...]:
    """Conversations that wait to be let in, each with its newest words and who wrote them."""
    found = []
    for convo in convos:
        others = posts.people(objects(convo, "members"), me)
        at = last_time(convo)
        if not others or at is None:
            continue
        sender = next((one for one in others if one.uri == last_sender(convo)), others[0])
        found.append(Request(sender, text(sub(convo, "lastMessage"), "text"), at))
    return tuple(found)
