"""The one gate for remote text: what passes here can neither steer a terminal nor hide what it says."""

from .measure import MOST_CODE_POINTS_PER_CELL, cells, clip

_ELLIPSIS = "…"
_RAW_PER_KEPT = 4
_MOST_MARKS = 4
_MOST_MARKS_DEEP = 8
_LONGEST_CLUSTER_KEPT_WHOLE = 64
_LONGEST_URL = 2_000
_LONGEST_HOST = 253
_LAST_PORT = 65_535

# Hebrew with cantillation, Tibetan, Burmese and Tai Tham pile up more than four marks in earnest; flags take seven.
_DEEP_MARKS = (
    (0x0591, 0x05C7),
    (0x0F00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1A20, 0x1AAF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAA7F),
    (0xE0020, 0xE007F),
)


def clean(text: str, limit: int = 20_000) -> str:
    """Many lines of remote text made harmless, at most `limit` code points, the last an ellipsis if there was more.

    Spaces at either end stay, since a body is cleaned span by span.
    """
    if limit <= 0:
        return ""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    from . import _patterns as p

    # The raw text is capped as well, so that 5 MB of marks cost no more than a screenful.
    kept = p.JUNK.sub("", text[: limit * _RAW_PER_KEPT])
    kept = p.LINE_END.sub("\n", kept)
    if not kept.isascii():
        kept = p.FLAG_OR_STRAY_TAGS.sub(r"\1", kept)
        kept = p.MAYBE_TOO_MANY_MARKS.sub(lambda run: _cap_marks(run[0]), kept)
    kept = p.TOO_MANY_BLANK_LINES.sub("\n\n\n\n", kept)
    if len(text) > limit * _RAW_PER_KEPT or len(kept) > limit:
        cut = kept[: _cut_before(kept, limit)]
        return p.FLAG_OR_STRAY_TAGS.sub(r"\1", cut).rstrip() + _ELLIPSIS
    return kept


def harmless(text: str) -> str:
    """What somebody typed themselves, all of it however long, made harmless in the same way."""
    return clean(text, max(1, len(text)))


def clean_line(text: str, cells: int = 64) -> str:
    """One line of remote text made harmless and folded, at most `cells` terminal cells, cut between graphemes."""
    line = " ".join(clean(text.lstrip(), max(cells, 0) * MOST_CODE_POINTS_PER_CELL).split())
    return _fitted(line, cells)


def clean_url(url: str) -> str | None:
    """An http(s) address in printable ASCII, at most 2,000 characters and without userinfo, or None."""
    url = url.strip()
    if len(url) > _LONGEST_URL:
        return None
    from urllib.parse import quote

    from . import _patterns as p

    start = p.URL.match(url)
    host = _ascii_host(start[2]) if start else None
    if not start or host is None or int(start[3] or 0) > _LAST_PORT:
        return None
    port = f":{int(start[3])}" if start[3] else ""
    try:
        tail = quote(url[start.end() :], safe="/?#[]@!$&'()*+,;=:%~")
    except UnicodeEncodeError:
        return None
    address = f"{start[1].lower()}://{host}{port}{tail}"
    return address if len(address) <= _LONGEST_URL else None


def host_of(url: str) -> str:
    """The host an address really leads to, in punycode and without its port; empty when `clean_url` refuses it."""
    address = clean_url(url)
    if address is None:
        return ""
    from . import _patterns as p

    start = p.URL.match(address)
    return start[2] if start else ""


def _fitted(line: str, most: int) -> str:
    # No code point takes more than two cells, and measuring takes 10 ms the first time.
    if len(line) * 2 <= most or cells(line) <= most:
        return line
    return clip(line, most - 1).rstrip() + _ELLIPSIS if most > 0 else ""


def _cut_before(text: str, limit: int) -> int:
    """Where to cut so that fewer than `limit` code points stay: between graphemes, but for absurdly long ones."""
    last = min(len(text), limit - 1)
    if text[: last + 1].isascii() or last == len(text):
        return last
    from wcwidth import grapheme_boundary_before

    boundary: int = grapheme_boundary_before(text, last + 1)
    return boundary if last - boundary <= _LONGEST_CLUSTER_KEPT_WHOLE else last


def _cap_marks(run: str) -> str:
    """Without the marks and joiners beyond what a reader's script can mean on one letter."""
    from unicodedata import category

    kept = []
    marks = deep = 0
    for char in run:
        if category(char) not in ("Mn", "Mc", "Me", "Cf"):
            marks = deep = 0
        elif any(first <= ord(char) <= last for first, last in _DEEP_MARKS):
            deep += 1
        else:
            marks += 1
        if marks <= _MOST_MARKS and marks + deep <= _MOST_MARKS_DEEP:
            kept.append(char)
    return "".join(kept)


def _ascii_host(host: str) -> str | None:
    """A host name lower-cased and in punycode, or None for one that browsers would read in another way.

    The `idna` codec of Python is that of 2003: it would lead straße.de to strasse.de, which is somebody else's.
    """
    from . import _patterns as p

    if len(host) > _LONGEST_HOST:
        return None
    if host.startswith("["):
        return _ipv6_host(host[1:-1])
    labels = [_ascii_label(label) for label in p.IDEOGRAPHIC_DOTS.sub(".", host).removesuffix(".").split(".")]
    name = ".".join(label for label in labels if label)
    return name if all(labels) and len(name) <= _LONGEST_HOST else None


def _ascii_label(label: str) -> str | None:
    from unicodedata import category, normalize

    from . import _patterns as p

    # Letter by letter, because Python lowers a last sigma in its own way; variation selectors name no other host.
    lowered = "".join(char.lower() for char in normalize("NFKC", label) if char != "\ufe0f")
    label = normalize("NFKC", lowered)
    if not label.isascii():
        if not all(char in "-_" or char.isalnum() or category(char) in ("Mn", "Mc", "So") for char in label):
            return None
        label = "xn--" + label.encode("punycode").decode("ascii")
    return label if p.ASCII_LABEL.fullmatch(label) else None


def _ipv6_host(address: str) -> str | None:
    from ipaddress import AddressValueError, IPv6Address

    try:
        return f"[{IPv6Address(address)}]"
    except AddressValueError:
        return None
