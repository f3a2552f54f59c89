"""How model values are written into columns: as compact JSON."""

from __future__ import annotations

import json
from typing import Any

from introvert_tui.adapter import Capability, Facts
from introvert_tui.model import (
    Attachment,
    AttachmentKind,
    Filtered,
    GoneKind,
    Limits,
    MessageRef,
    Person,
    PersonRef,
    Place,
    Request,
    RoomRef,
    Span,
    SpanKind,
    ThreadRef,
    Visibility,
)
from introvert_tui.store.times import from_ms, to_ms
from introvert_tui.text import clean, clean_line


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def dump_ref(ref: MessageRef | None) -> str | None:
    return None if ref is None else dump([ref.uri, ref.local, ref.token])


def load_ref(text: str) -> MessageRef:
    uri, local, token = json.loads(text)
    return MessageRef(uri, local, token)


def dump_place(place: Place) -> str:
    if isinstance(place, ThreadRef):
        return dump({"root": [place.root.uri, place.root.local, place.root.token], "complete": place.complete})
    return dump({"room": place.id, "members": [[member.uri, member.handle] for member in place.members]})


def load_place(text: str) -> Place:
    value = json.loads(text)
    if "root" in value:
        return ThreadRef(MessageRef(*value["root"]), value["complete"])
    return RoomRef(value["room"], tuple(PersonRef(*member) for member in value["members"]))


def dump_body(body: tuple[Span, ...], attachments: tuple[Attachment, ...], names: tuple[str, ...]) -> str:
    value: dict[str, Any] = {"spans": [[span.text, span.kind, span.url] for span in body]}
    if attachments:
        value["attachments"] = [[a.kind, a.text, a.url, a.uri, a.author, a.gone] for a in attachments]
    if names:
        value["names"] = names
    return dump(value)


def load_body(text: str) -> tuple[tuple[Span, ...], tuple[Attachment, ...], tuple[str, ...]]:
    value = json.loads(text)
    spans = tuple(Span(words, SpanKind(kind), url) for words, kind, url in value["spans"])
    attachments = tuple(
        Attachment(AttachmentKind(kind), words, url, uri, author, GoneKind(gone) if gone else None)
        for kind, words, url, uri, author, gone in value.get("attachments", ())
    )
    return spans, attachments, tuple(value.get("names", ()))


def dump_facts(facts: Facts) -> str:
    return dump(
        {
            "capabilities": facts.capabilities.value,
            "limits": [facts.limits.post, facts.limits.direct, facts.limits.post_bytes, facts.limits.direct_bytes],
            "visibility": facts.default_visibility,
            "language": facts.language,
            "probed_at": to_ms(facts.probed_at),
        }
    )


def load_facts(text: str) -> Facts:
    value = json.loads(text)
    return Facts(
        Capability(value["capabilities"]),
        Limits(*value["limits"]),
        Visibility(value["visibility"]),
        value["language"],
        from_ms(value["probed_at"]),
    )


def dump_filtered(filtered: Filtered) -> str:
    """Write what the server holds back; the strings are remote, and cleaned here."""
    return dump(
        [
            [
                clean_line(one.person.uri, 300),
                clean_line(one.person.handle),
                clean_line(one.person.name),
                clean(one.text, 2000),
                to_ms(one.at),
            ]
            for one in filtered.requests[:50]
        ]
    )


def load_filtered(text: str) -> Filtered:
    return Filtered(
        tuple(
            Request(Person(uri, handle, name), words, from_ms(at)) for uri, handle, name, words, at in json.loads(text)
        )
    )
