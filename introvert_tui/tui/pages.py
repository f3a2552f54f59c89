"""Messages of a conversation: a view in, `Content` out; pure, so that a test needs no screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from textual.content import Content

from introvert_tui.engine.views import ConversationView, MessageView
from introvert_tui.model import Attachment, AttachmentKind, GoneKind, Request, SpanKind
from introvert_tui.text import ago_in_words, count, host_of, names, shorten

from .rows import QUIET, STRONG, one_line

LINK_STYLE = "underline"
MENTION_STYLE = "$accent"
_MOST_LINKS = 9
_LONGEST_QUOTE = 400
_LONGEST_ALT = 600

GONE = {
    GoneKind.DELETED: "Deleted.",
    GoneKind.BLOCKED: "You or they have blocked each other.",
    GoneKind.HIDDEN: "Hidden by the person who started this.",
    GoneKind.DETACHED: "They took their words out of this quote.",
}

Part = str | Content | tuple[str, str]


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


def message_content(message: MessageView, now: datetime, fold: bool = False, unfold_key: str = "v") -> Content:
    """One message: who and when, the words, what hangs on it."""
    parts: list[Part] = [*_who_and_when(message, now), "\n"]
    if message.gone is not None:
        return Content.assemble(*parts, (GONE[message.gone], QUIET))
    if fold:
        warning = f"Under the warning “{one_line(message.warning or '')}”. {unfold_key} shows it."
        return Content.assemble(*parts, (warning, QUIET))
    if message.warning is not None:
        parts += [(f"Under the warning “{one_line(message.warning)}”:", QUIET), "\n"]
    numbers = {url: number for number, url in enumerate(links(message), 1)}
    parts += _body(message, numbers)
    for item in message.attachments:
        parts += ["\n", *_attachment(item, numbers)]
    return Content.assemble(*parts)


def preview(view: ConversationView, now: datetime, most: int = 4) -> Content:
    """The last few messages in one piece, for the pane beside the list, from the first new one if that is near."""
    shown = last_few(view, most)
    parts: list[Part] = [(heading(view), QUIET)]
    before = len(view.messages) - len(shown)
    if before:
        whom = {message.name for message in view.messages[:before] if not message.mine}
        parts.append((f"\n{count(before, 'message').capitalize()} before this{_by(whom)}.", QUIET))
    for message in shown:
        parts += ["\n\n", message_content(message, now, folded(message, frozenset()), "enter, then v,")]
    return Content.assemble(*parts)


def last_few(view: ConversationView, most: int = 4) -> Sequence[MessageView]:
    """What the pane beside the list shows: all that is new, up to twelve, or the last four."""
    new = sum(message.new for message in view.messages[-12:])
    return view.messages[-max(most, min(new + 1, 12)) :]


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


def _body(message: MessageView, numbers: dict[str, int]) -> Iterator[Part]:
    for span in message.body:
        if span.kind is SpanKind.LINK and span.url:
            yield (span.text, LINK_STYLE)
            yield (_number_and_host(span.text, span.url, numbers), QUIET)
        elif span.kind is SpanKind.MENTION:
            yield (span.text, MENTION_STYLE)
        else:
            yield span.text


def _number_and_host(text: str, url: str, numbers: dict[str, int]) -> str:
    """ "[1]", and the real host where the words do not begin with it."""
    host = host_of(url)
    said = text.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    plain = host.removeprefix("www.")
    honest = said == plain or said.startswith((f"{plain}/", f"{plain}?", f"{plain}…"))
    number = f" [{numbers[url]}]" if url in numbers else ""
    return number if honest or not host else f"{number} ({host})"


def _attachment(item: Attachment, numbers: dict[str, int]) -> Iterator[Part]:
    if item.kind is AttachmentKind.QUOTE:
        yield from _quote(item)
        return
    kind = {AttachmentKind.IMAGE: "picture", AttachmentKind.VIDEO: "film", AttachmentKind.LINK: "link"}.get(
        item.kind, ""
    )
    text = shorten(item.text, _LONGEST_ALT)
    if not text and item.kind in (AttachmentKind.IMAGE, AttachmentKind.VIDEO):
        yield (f"[{kind}, no description]", QUIET)
    else:
        yield (f"[{kind}{': ' if kind and text else ''}{text}]", QUIET)
    if item.url and item.url in numbers:
        host = host_of(item.url) if item.kind is AttachmentKind.LINK else ""
        yield (f" [{numbers[item.url]}]{f' ({host})' if host else ''}", QUIET)


def _quote(item: Attachment) -> Iterator[Part]:
    if item.gone is not None:
        yield (f"  ▏{GONE[item.gone]}", QUIET)
        return
    author = f"{one_line(item.author)}: " if item.author else ""
    yield (f"  ▏{author}{shorten(item.text, _LONGEST_QUOTE)}", QUIET)


def requests(asking: Sequence[Request], now: datetime) -> Content:
    """Who asks to write to you, with what they wrote."""
    parts: list[Part] = [
        ("Who asks to write to you", STRONG),
        ("    esc goes back\nReading it here lets nobody in, and tells nobody.", QUIET),
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
