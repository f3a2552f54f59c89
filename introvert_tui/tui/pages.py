"""Messages of a conversation: a view in, `Content` out; pure, so that a test needs no screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from textual.content import Content
from textual.style import Style

from introvert_tui.engine.views import ConversationView, MessageView
from introvert_tui.model import Attachment, AttachmentKind, GoneKind, Request, SpanKind
from introvert_tui.text import ago_in_words, count, host_of, names

from .fitting import shorten
from .rows import QUIET, STRONG, one_line

LINK_STYLE = "underline"
_MOST_LINKS = 9
_LONGEST_QUOTE = 400
_LONGEST_ALT = 600
_FEW_BESIDE, _MOST_BESIDE = 4, 12

GONE = {
    GoneKind.DELETED: "Deleted.",
    GoneKind.BLOCKED: "You or they have blocked each other.",
    GoneKind.HIDDEN: "Hidden by the person who started this.",
    GoneKind.DETACHED: "They took their words out of this quote.",
}

Part = str | Content | tuple[str, str]


class Address(NamedTuple):
    """One of the addresses in a message: its number, and what a click on it does, if anything."""

    number: int
    click: str


def heading(view: ConversationView) -> str:
    """Who is in it, and where."""
    who = names(view.people[:3]) if len(view.people) <= 3 else f"{', '.join(view.people[:3])} and others"
    return f"{who or 'Nobody else'}{', privately' if view.private else ''} · {view.network.capitalize()}"


def folded(message: MessageView, unfolded: frozenset[int]) -> bool:
    """Whether a content warning stands in place of this message."""
    return message.warning is not None and message.gone is None and message.id not in unfolded


def links(message: MessageView) -> tuple[str, ...]:
    """The addresses in a message, in the order they are numbered."""
    found = [span.url for span in message.body if span.kind is SpanKind.LINK and span.url]
    found += [item.url for item in message.attachments if item.kind is not AttachmentKind.QUOTE and item.url]
    return tuple(dict.fromkeys(found))[:_MOST_LINKS]


def message_content(
    message: MessageView, now: datetime, fold: bool = False, unfold_key: str = "v", clicks: bool = False
) -> Content:
    """One message: who and when, the words, what hangs on it.

    With `clicks` its addresses and its warning call the screen's `follow(id, number)` and `reveal(id)`.
    """
    parts: list[Part] = [*_who_and_when(message, now), "\n"]
    reveal = f"screen.reveal({message.id})" if clicks else ""
    if message.gone is not None:
        return Content.assemble(*parts, (GONE[message.gone], QUIET))
    if fold:
        warning = f"Under the warning “{one_line(message.warning or '')}”. "
        return Content.assemble(
            *parts, (warning, QUIET), _clicked((f"{unfold_key} shows it", QUIET), reveal), (".", QUIET)
        )
    if message.warning is not None:
        parts += [_clicked((f"Under the warning “{one_line(message.warning)}”", QUIET), reveal), (":", QUIET), "\n"]
    addresses = {
        url: Address(number, f"screen.follow({message.id}, {number})" if clicks else "")
        for number, url in enumerate(links(message), 1)
    }
    parts += _body(message, addresses)
    for item in message.attachments:
        parts += ["\n", *_attachment(item, addresses)]
    return Content.assemble(*parts)


def preview(view: ConversationView, now: datetime, unfold_key: str) -> Content:
    """The last few messages in one piece, for the pane beside the list, from the first new one if that is near."""
    shown = last_few(view)
    parts: list[Part] = [(heading(view), QUIET)]
    before = view.messages.index(shown[0]) if shown else 0
    after = len(view.messages) - before - len(shown)
    if before:
        whom = {message.name for message in view.messages[:before] if not message.mine}
        parts.append((f"\n{count(before, 'message').capitalize()} before this{_by(whom)}.", QUIET))
    for message in shown:
        parts += ["\n\n", message_content(message, now, folded(message, frozenset()), unfold_key)]
    if after:
        parts.append((f"\n\n{count(after, 'message').capitalize()} after this.", QUIET))
    return Content.assemble(*parts)


def last_few(view: ConversationView) -> Sequence[MessageView]:
    """What the pane beside the list shows: from before the first new one, or else the last few; up to twelve.

    What is new need not be last: an answer stands below what it answers, and further branches below that. Where the
    last twelve have nothing new, they are the twelve around what is.
    """
    messages = view.messages
    new = [index for index, message in enumerate(messages) if message.new]
    if not new:
        return messages[-_FEW_BESIDE:]
    start = max(0, min(len(messages) - _FEW_BESIDE, max(new[0] - 1, len(messages) - _MOST_BESIDE)))
    if start > new[-1]:
        start = max(0, new[-1] - 1)
    return messages[start : start + _MOST_BESIDE]


def _by(people: set[str]) -> str:
    return f", by {next(iter(people))} and you" if len(people) == 1 else ""


def _who_and_when(message: MessageView, now: datetime) -> Iterator[Part]:
    if message.new:
        yield ("• ", STRONG)
    yield ("You" if message.mine else one_line(message.name), STRONG if message.new or message.mine else "")
    if not message.mine and message.handle and message.handle != message.name:
        yield (f" @{shorten(message.handle, 40)}", QUIET)
    if message.answers:
        yield (f" to {one_line(message.answers)}", QUIET)
    if message.held:
        yield (", not out yet", QUIET)
    else:
        yield (f", {ago_in_words(message.at, now)}{', edited' if message.edited else ''}", QUIET)


def _body(message: MessageView, addresses: Mapping[str, Address]) -> Iterator[Part]:
    for span in message.body:
        if span.kind is SpanKind.LINK and span.url:
            address = addresses.get(span.url)
            yield _clicked((span.text, LINK_STYLE), address.click if address else "")
            yield from _number_and_host(span.text, span.url, address)
        else:
            yield span.text


def _number_and_host(text: str, url: str, address: Address | None) -> Iterator[Part]:
    """ "[1]", and the real host where the words do not begin with it."""
    host = host_of(url)
    said = text.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    plain = host.removeprefix("www.")
    honest = said == plain or said.startswith((f"{plain}/", f"{plain}?", f"{plain}…"))
    yield from _number(address)
    if host and not honest:
        yield (f" ({host})", QUIET)


def _number(address: Address | None) -> Iterator[Part]:
    if address is not None:
        yield " "
        yield _clicked((f"[{address.number}]", QUIET), address.click)


def _clicked(part: tuple[str, str], click: str) -> Content:
    """What does something when it is clicked, if `click` names an action."""
    shown = Content.styled(*part)
    return shown.stylize(Style.from_meta({"@click": click})) if click else shown


def _attachment(item: Attachment, addresses: Mapping[str, Address]) -> Iterator[Part]:
    if item.kind is AttachmentKind.QUOTE:
        yield from _quote(item)
        return
    kind = {AttachmentKind.IMAGE: "picture", AttachmentKind.VIDEO: "film", AttachmentKind.LINK: "link"}.get(
        item.kind, ""
    )
    title, line, more = item.text.partition("\n")
    # A link has a title, and what is said about it below.
    words = f"{title} · {more}" if line and item.kind is AttachmentKind.LINK else item.text
    text = shorten(words, _LONGEST_ALT)
    if not text and item.kind in (AttachmentKind.IMAGE, AttachmentKind.VIDEO):
        yield (f"[{kind}, no description]", QUIET)
    else:
        yield (f"[{kind}{': ' if kind and text else ''}{text}]", QUIET)
    if item.url and item.url in addresses:
        yield from _number(addresses[item.url])
        if item.kind is AttachmentKind.LINK and (host := host_of(item.url)):
            yield (f" ({host})", QUIET)


def _quote(item: Attachment) -> Iterator[Part]:
    if item.gone is not None:
        yield (f"  ▏{GONE[item.gone]}", QUIET)
        return
    author = f"{one_line(item.author)}: " if item.author else ""
    words = shorten(item.text, _LONGEST_QUOTE)
    # In quotation marks: on a second line no bar tells whose words they are.
    yield (f"  ▏{author}{f'“{words}”' if words else '[no words]'}", QUIET)


def requests(asking: Sequence[Request], now: datetime) -> Content:
    """Who asks to write to you, with what they wrote."""
    parts: list[Part] = [
        ("Who asks to write to you", STRONG),
        ("\nReading it here lets nobody in, and tells nobody.", QUIET),
    ]
    for request in asking:
        name = request.person.name or request.person.handle
        parts += [
            "\n\n",
            Content.styled(name, STRONG),
            Content.styled(f" @{request.person.handle}, {ago_in_words(request.at, now)}\n", QUIET),
            Content(request.text),
        ]
    return Content.assemble(*parts)
