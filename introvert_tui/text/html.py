"""HTML from a server, read as a person would: runs of plain words, links, mentions and tags.

Not offered by `introvert_tui.text` itself: importing this loads `html.parser`, which only some networks need.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Literal

from ._tame import NEUTRAL, tamed

Kind = Literal["text", "link", "mention", "tag"]

_SIGILS = {"mention": "@", "tag": "#"}

_MAX_DEPTH = 100  # open elements; deeper ones are read, but change nothing
_MAX_PREFIXES = 8  # bars and indents, which every line repeats
_MAX_SPACE = 1_000

_PARAGRAPHS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "dl")
_LINES = (
    "li",
    "tr",
    "dt",
    "dd",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "aside",
    "figure",
    "figcaption",
    "details",
    "summary",
    "address",
    "body",
)
_LISTS = ("ul", "ol")
_BLOCKS = dict.fromkeys(_PARAGRAPHS, 2) | dict.fromkeys((*_LINES, *_LISTS), 1)
_INLINE = ("a", "span")
_UNSEEN = ("template", "head", "noscript")
_KNOWN = frozenset((*_BLOCKS, *_INLINE, *_UNSEEN, "br", "hr", "img", "td", "th"))

# With the rarer line ends, which a browser shows as it likes: no line is to begin that we did not begin.
_SPACES = re.compile(r"[ \t-\r\x1c-\x1e\x85\u2028\u2029]+")
_LINE_END = re.compile(r"\r\n|[\n-\r\x1c-\x1e\x85\u2028\u2029]")
_INTEGER = re.compile(r"\s*([+-]?[0-9]{1,9})")
_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one meaning; `url` is the link's target as the server wrote it, None for plain text."""

    text: str
    kind: Kind = "text"
    url: str | None = None


def read_html(markup: str, limit: int = 200_000, *, drop_inline_quote: bool = False) -> tuple[Run, ...]:
    """Read any HTML, however broken, in time linear to its length; what is past `limit` characters is not read.

    `drop_inline_quote` leaves out the "RE: link" that servers add for programs that cannot show a quoted post.
    """
    reader = _Reader(drop_inline_quote)
    reader.feed("".join(tamed(markup[:limit], _KNOWN, cut=len(markup) > limit)))
    reader.close()
    return tuple(_joined(reader.pieces))


def plain_text(markup: str) -> str:
    """Read HTML for its words alone."""
    return "".join(run.text for run in read_html(markup))


@dataclass(slots=True)
class _Numbers:
    """The numbers of an ordered list; in a `floating` one, counted down to 1, they are known when it ends."""

    next: int
    step: int
    floating: bool
    items: int = 0
    marks: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Prefix:
    """What the next line starts with `now`, and the lines after it `later`; `floats` in a list counted down."""

    now: str
    later: str
    floats: tuple[_Numbers, int] | None = None


@dataclass(slots=True)
class _Element:
    name: str
    lines: int = 0
    unseen: bool = False
    ellipsis: bool = False
    prefixed: bool = False
    numbers: _Numbers | None = None


_Attributes = dict[str, str]


class _Reader(HTMLParser):
    """Turns tame markup into `pieces`: line breaks and spaces wait until there is something to part."""

    def __init__(self, drop_inline_quote: bool) -> None:
        super().__init__()
        self.pieces: list[Run] = []
        self._drop_inline_quote = drop_inline_quote
        self._open: list[_Element] = []
        self._prefixes: list[_Prefix] = []
        self._shared = 0  # how many prefixes have stayed since the last words
        self._link: tuple[Kind, str | None] = ("text", None)
        self._gap = 0  # line breaks due
        self._space = ""  # white space due
        self._unseen = 0
        self._pre = 0
        self._fresh_item = False  # a bullet is due, and what follows goes beside it

    def close(self) -> None:
        super().close()
        self._close_from(0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == NEUTRAL:
            return
        if self._open and self._open[-1].name == "head" and tag not in _UNSEEN:
            self._close_from(len(self._open) - 1)
        attributes = {name: value or "" for name, value in reversed(attrs)}  # the first of a name counts
        if tag in ("br", "hr", "img", "td", "th"):
            self._single(tag, attributes)
            return
        if tag in _BLOCKS:
            self._close_paragraph()
        if tag == "a":
            self.handle_endtag("a")
        if tag == "li":
            self.handle_endtag("li")
        lines = 2 if tag in _LISTS and not self._list_or_item() else _BLOCKS.get(tag, 0)
        self._block(lines)
        if len(self._open) < _MAX_DEPTH:
            self._enter(_Element(tag, lines), attributes)

    def handle_endtag(self, tag: str) -> None:
        crossed_block = False
        for index in range(len(self._open) - 1, -1, -1):
            name = self._open[index].name
            if name == tag:
                if crossed_block and tag in _INLINE:
                    self._leave(self._open.pop(index))
                else:
                    self._close_from(index)
                return
            if name in _UNSEEN or (tag == "li" and name in _LISTS) or (tag == "p" and name in _BLOCKS):
                return
            crossed_block = crossed_block or name in _BLOCKS

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if not self._pre:
            self._words(_SPACES.sub(" ", data))
            return
        for number, line in enumerate(_LINE_END.split(data)):
            if number:
                self._break()
            self._words(line)

    def _single(self, tag: str, attributes: _Attributes) -> None:
        """Elements without an inside, and cells, which are taken for one."""
        if self._unseen:
            return
        if tag == "br":
            self._break()
        elif tag == "hr":
            self._close_paragraph()
            self._block(2)
        elif tag == "img":
            alt = " ".join(attributes.get("alt", "").split())
            if alt and {"custom-emoji", "emoji", "emojione"}.intersection(attributes.get("class", "").split()):
                self._say(alt)
            else:
                self._say(f"[picture: {alt}]" if alt else "[picture]")
        else:
            self._hold(" ")

    def _enter(self, element: _Element, attributes: _Attributes) -> None:
        tag, classes = element.name, attributes.get("class", "").split()
        if tag == "a":
            self._link = _meaning(attributes, classes)
        elif tag == "span":
            element.unseen = "invisible" in classes
            element.ellipsis = "ellipsis" in classes
        elif tag == "pre":
            self._pre += 1
        elif tag == "ol":
            element.numbers = _numbers(attributes)
        elif tag == "li":
            self._prefix(element, self._item(attributes))
            self._fresh_item = element.prefixed and not self._unseen
        elif tag == "blockquote":
            self._prefix(element, _Prefix("│ ", "│ "))
        if tag in _LISTS and (around := self._list_or_item()) and around.name in _LISTS:
            self._prefix(element, _Prefix("  ", "  "))
        element.unseen |= tag in _UNSEEN or (self._drop_inline_quote and "quote-inline" in classes)
        self._unseen += element.unseen
        self._open.append(element)

    def _leave(self, element: _Element) -> None:
        if element.ellipsis and not self._unseen and not (self.pieces and self.pieces[-1].text.endswith("…")):
            space, self._space = self._space, ""
            self._say("…")
            self._hold(space)
        self._unseen -= element.unseen
        if element.name == "a":
            self._link = ("text", None)
        if element.name == "pre":
            self._pre -= 1
        if element.name == "li":
            if self._gap and not self._fresh_item and not self._unseen:
                self._gap = 1  # items stay together, even those with paragraphs in them
            self._fresh_item = False
        if element.prefixed:
            self._prefixes.pop()
            self._shared = min(self._shared, len(self._prefixes))
        if element.numbers:
            for index, number in element.numbers.marks:
                self.pieces[index] = Run(f"{number + element.numbers.items}. ")
        self._block(element.lines)

    def _close_from(self, index: int) -> None:
        while len(self._open) > index:
            self._leave(self._open.pop())

    def _close_paragraph(self) -> None:
        """An unclosed paragraph ends where the next block begins, and its spans and links with it."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].name == "p":
                self._close_from(index)
            if index >= len(self._open) or self._open[index].name not in _INLINE:
                return

    def _list_or_item(self) -> _Element | None:
        return next((element for element in reversed(self._open) if element.name in ("li", *_LISTS)), None)

    def _item(self, attributes: _Attributes) -> _Prefix:
        around = next((element for element in reversed(self._open) if element.name in _LISTS), None)
        numbers = around.numbers if around else None
        if not numbers:
            return _Prefix("• ", "  ")
        value = _integer(attributes.get("value", ""))
        if value is not None:
            numbers.next, numbers.floating = value, False
        number = numbers.next
        numbers.next += numbers.step
        numbers.items += 1
        if numbers.floating:
            return _Prefix("1. ", "   ", (numbers, number))
        mark = f"{number}. "
        return _Prefix(mark, " " * len(mark))

    def _prefix(self, element: _Element, prefix: _Prefix) -> None:
        if len(self._prefixes) < _MAX_PREFIXES:
            self._prefixes.append(prefix)
            element.prefixed = True

    def _block(self, lines: int) -> None:
        if lines and not self._unseen and not self._fresh_item:
            self._gap = max(self._gap, lines)
            self._space = ""

    def _break(self) -> None:
        self._gap = min(self._gap + 1, 2)
        self._space = ""

    def _words(self, text: str) -> None:
        words = text.strip()
        if not words:
            self._hold(text)
            return
        start = text.index(words[0])
        self._hold(text[:start])
        self._say(words)
        self._hold(text[start + len(words) :])

    def _hold(self, space: str) -> None:
        """Keep white space until words follow; outside of `pre`, spaces are one, and none where a line starts."""
        if not self._pre and (self._gap or not self.pieces or self._space.endswith(" ")):
            space = space.lstrip(" ")
        self._space = (self._space + space)[:_MAX_SPACE]

    def _say(self, words: str) -> None:
        if self._gap or not self.pieces:
            self._start_line()
        kind, url = self._link
        if self._space:
            last = self.pieces[-1] if self.pieces else None
            inside = last and (last.kind, last.url) == self._link
            self.pieces.append(Run(self._space, kind, url) if inside else Run(self._space))
        self.pieces.append(Run(words, kind, url))
        self._space = ""

    def _start_line(self) -> None:
        if self.pieces:
            between = "".join(prefix.later for prefix in self._prefixes[: self._shared]).rstrip()
            self.pieces.append(Run("\n" if self._gap == 1 else f"\n{between}\n"))
        for prefix in self._prefixes:
            if prefix.floats and prefix.now != prefix.later:
                numbers, number = prefix.floats
                numbers.marks.append((len(self.pieces), number))
            self.pieces.append(Run(prefix.now))
            prefix.now = prefix.later
        self._gap, self._shared, self._fresh_item = 0, len(self._prefixes), False


def _meaning(attributes: _Attributes, classes: list[str]) -> tuple[Kind, str | None]:
    url = attributes.get("href", "").strip()
    if not _WEB.match(url):
        return "text", None
    if "hashtag" in classes or "tag" in attributes.get("rel", "").split():
        return "tag", url
    return ("mention" if "mention" in classes else "link"), url


def _numbers(attributes: _Attributes) -> _Numbers:
    start = _integer(attributes.get("start", ""))
    if "reversed" not in attributes:
        return _Numbers(1 if start is None else start, 1, floating=False)
    return _Numbers(0 if start is None else start, -1, floating=start is None)


def _integer(text: str) -> int | None:
    found = _INTEGER.match(text)
    return int(found[1]) if found else None


def _joined(pieces: list[Run]) -> Iterator[Run]:
    """Join neighbours of one meaning; a sigil left outside of its link (Friendica: `@<a>ana</a>`) goes inside."""
    groups: list[list[Run]] = []
    for piece in pieces:
        sigil = _SIGILS.get(piece.kind)
        last = groups[-1][-1] if groups else None
        if last and sigil and last.kind == "text" and last.text.endswith(sigil) and not piece.text.startswith(sigil):
            piece = replace(piece, text=sigil + piece.text)
            groups[-1][-1] = last = replace(last, text=last.text[:-1])
            if not last.text:
                groups[-1].pop()
            if not groups[-1]:
                groups.pop()
            last = groups[-1][-1] if groups else None
        if last and (last.kind, last.url) == (piece.kind, piece.url):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    for group in groups:
        yield replace(group[0], text="".join(piece.text for piece in group))
