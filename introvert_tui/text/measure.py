"""How long text is, for a reader (graphemes) and for a terminal (cells), and how to make it fit."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers understand it: importing typing takes 12 ms
if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_CODE_POINTS_PER_CELL = 16
"""More than any script or emoji needs; what has more is cut before it is measured."""

# Each of these is one grapheme in one cell, whatever follows it in the set: what European scripts and our own screens
# are made of. They spare the first frame the 40 ms of importing wcwidth.
_NARROW = frozenset(
    chr(code)
    for first, last in (
        (0x20, 0x7E),
        (0xA0, 0xAC),
        (0xAE, 0x2FF),
        (0x370, 0x377),
        (0x37A, 0x37F),
        (0x384, 0x482),
        (0x2010, 0x2027),
        (0x2030, 0x205E),
        (0x2190, 0x21FF),
        (0x2500, 0x25FC),
        (0x276C, 0x2771),
    )
    for code in range(first, last + 1)
)


def graphemes(text: str) -> Iterator[str]:
    """What a reader calls characters."""
    if _NARROW.issuperset(text) or (text.isascii() and "\r" not in text):
        return iter(text)
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def count_graphemes(text: str) -> int:
    """How many characters a reader counts."""
    return sum(1 for _ in graphemes(text))


def cells(text: str) -> int:
    """How many terminal cells one line of cleaned text takes; control characters take none."""
    if _NARROW.issuperset(text):
        return len(text)
    return sum(map(_cluster_cells, graphemes(text)))


def clip(text: str, most: int) -> str:
    """As many whole graphemes from the start as fit in `most` cells."""
    if _NARROW.issuperset(text):
        return text[: max(most, 0)]
    taken = length = 0
    for cluster in graphemes(text):
        taken += _cluster_cells(cluster)
        if taken > most:
            return text[:length]
        length += len(cluster)
    return text


def _cluster_cells(cluster: str) -> int:
    """The cells of one grapheme: asking wcwidth for a whole text takes quadratic time on flags (0.5 s for 20,000)."""
    from wcwidth import wcswidth

    return max(0, wcswidth(cluster))
