"""What lies beside a status' text: pictures, a poll, a link's card, a quoted status."""

from __future__ import annotations

from introvert_tui.adapters.shape import Json, link, objects, sub, text
from introvert_tui.model import Attachment, AttachmentKind, GoneKind
from introvert_tui.text.html import plain_text

from .people import Me, ref

_KINDS = {"image": AttachmentKind.IMAGE, "gifv": AttachmentKind.VIDEO, "video": AttachmentKind.VIDEO}
_QUOTE_GONE = {
    "deleted": GoneKind.DELETED,
    "revoked": GoneKind.DETACHED,
    "blocked_account": GoneKind.BLOCKED,
    "blocked_domain": GoneKind.BLOCKED,
}
"""All other states but `accepted`, unknown ones too, hide what is quoted."""


def attachments(status: Json, me: Me) -> tuple[Attachment, ...]:
    """Everything beside the text, in the order in which the web shows it."""
    found = [_media(each, status) for each in objects(status, "media_attachments")]
    if poll := sub(status, "poll"):
        found.append(_poll(poll))
    if quote := sub(status, "quote"):
        found.append(_quote(quote, me))
    elif (card := sub(status, "card")) and text(card, "url"):
        found.append(link(card, "url"))
    return tuple(found)


def quoted(status: Json) -> Json:
    """The quoted status, as far as it is to be shown; some servers name no state."""
    quote = sub(status, "quote")
    return sub(quote, "quoted_status") if text(quote, "state") in ("accepted", "") else {}


def _media(media: Json, status: Json) -> Attachment:
    described = text(media, "description").strip()
    if status.get("sensitive") is True and not text(status, "spoiler_text"):
        described = f"Marked as sensitive: {described}" if described else "Marked as sensitive"
    what = text(media, "type")
    if what == "audio":
        described = f"Audio: {described}" if described else "Audio"
    address = text(media, "url") or text(media, "remote_url") or None
    return Attachment(_KINDS.get(what, AttachmentKind.OTHER), described or _unnamed(what), address)


def _unnamed(what: str) -> str:
    return "" if what in _KINDS else "A file"


def _poll(poll: Json) -> Attachment:
    """A poll's answers; nobody's votes are counted here."""
    options = " · ".join(text(option, "title").strip() for option in objects(poll, "options"))
    name = "Poll (ended)" if poll.get("expired") is True else "Poll"
    return Attachment(AttachmentKind.OTHER, f"{name}: {options}" if options else name)


def _quote(quote: Json, me: Me) -> Attachment:
    state = text(quote, "state")
    inner = sub(quote, "quoted_status")
    if state not in ("accepted", "") or not inner:
        uri = text(inner, "uri") or None
        return Attachment(AttachmentKind.QUOTE, uri=uri, gone=_QUOTE_GONE.get(state, GoneKind.HIDDEN))
    author = ref(sub(inner, "account"), me)
    warning = text(inner, "spoiler_text").strip()
    hidden = any(text(sub(each, "filter"), "filter_action") == "hide" for each in objects(inner, "filtered"))
    said = warning or plain_text(text(inner, "content")).strip()
    return Attachment(
        AttachmentKind.QUOTE,
        "" if hidden else said,
        text(inner, "url") or None,
        text(inner, "uri") or None,
        author.handle if author else None,
        GoneKind.HIDDEN if hidden else None,
    )
