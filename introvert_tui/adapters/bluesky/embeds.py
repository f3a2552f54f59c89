"""What lies beside a post's text: app.bsky.embed.*, both as the AppView shows it (#view) and as a record holds it."""

from __future__ import annotations

from introvert_tui.adapters.shape import Json, link, objects, sub, text
from introvert_tui.model import Attachment, AttachmentKind, GoneKind

from .facets import post_url
from .shape import kind

UNKNOWN = "Something this program cannot show"

_EMBED = "app.bsky.embed."
_QUOTE_GONE = {
    "viewNotFound": GoneKind.DELETED,
    "viewBlocked": GoneKind.BLOCKED,
    "viewDetached": GoneKind.DETACHED,
}


def attachments(embed: Json) -> tuple[Attachment, ...]:
    """Everything in one embed; an empty object is nothing, an unknown kind one line that says so."""
    if not embed:
        return ()
    match kind(embed).removeprefix(_EMBED).removesuffix("#view"):
        case "images":
            return tuple(_image(image) for image in objects(embed, "images"))
        case "gallery":
            return tuple(_image(item) if "alt" in item else _unknown() for item in objects(embed, "items"))
        case "video":
            return (Attachment(AttachmentKind.VIDEO, text(embed, "alt")),)  # its playlist opens in no browser
        case "external":
            return (link(sub(embed, "external"), "uri"),)
        case "record":
            return (_record(sub(embed, "record")),)
        case "recordWithMedia":
            return (*attachments(sub(embed, "media")), _record(sub(embed, "record", "record")))
    return (_unknown(),)


def quoted_uri(embed: Json) -> str:
    """The at:// address of what a record's own embed quotes, or an empty string."""
    match kind(embed):
        case "app.bsky.embed.record":
            return text(sub(embed, "record"), "uri")
        case "app.bsky.embed.recordWithMedia":
            return text(sub(embed, "record", "record"), "uri")
    return ""


def _image(image: Json) -> Attachment:
    return Attachment(AttachmentKind.IMAGE, text(image, "alt"), text(image, "fullsize") or None)


def _record(record: Json) -> Attachment:
    uri = text(record, "uri")
    variant = kind(record).rpartition("#")[2]
    if gone := _QUOTE_GONE.get(variant):
        return Attachment(AttachmentKind.QUOTE, uri=uri or None, url=post_url(uri), gone=gone)
    if variant == "viewRecord":
        author = sub(record, "author")
        said = text(sub(record, "value"), "text")
        if not said and objects(record, "embeds"):
            said = next((each.text for each in attachments(objects(record, "embeds")[0]) if each.text), "")
        handle = text(author, "handle")
        return Attachment(AttachmentKind.QUOTE, said, post_url(uri, handle), uri, handle or None)
    if variant in ("", "main") and "/app.bsky.feed.post/" in uri:
        return Attachment(AttachmentKind.QUOTE, uri=uri, url=post_url(uri))  # a record's own embed: the address alone
    return _other_record(variant, record)


def _other_record(variant: str, record: Json) -> Attachment:
    """Something of Bluesky's that is no post, in one line."""
    creator = text(sub(record, "creator"), "handle")
    match variant:
        case "generatorView":
            what, name = "Feed", text(record, "displayName")
        case "listView":
            what, name = "List", text(record, "name")
        case "starterPackView" | "starterPackViewBasic":
            what, name = "Starter pack", text(sub(record, "record"), "name")
        case "labelerView":
            what, name = "Labeler", creator
        case _:
            return _unknown()
    by = f" by @{creator}" if creator and name != creator else ""
    return Attachment(AttachmentKind.OTHER, f"{what}: {name}{by}" if name else what)


def _unknown() -> Attachment:
    return Attachment(AttachmentKind.OTHER, UNKNOWN)
