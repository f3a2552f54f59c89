"""Words into so many cells, counted as Textual counts them when it draws.

`introvert_tui.text` counts as the networks do, with a library that takes 12 ms to load; what draws is loaded anyway,
and lines measured by another count would not end where they should.
"""

from __future__ import annotations

from rich.cells import cell_len, split_graphemes

MOST_CODE_POINTS_PER_CELL = 16
"""More than any script or emoji needs; what has more is cut before it is measured."""


def cells(text: str) -> int:
    """How many cells one line takes."""
    return cell_len(text)


def clip(text: str, most: int) -> str:
    """As many whole graphemes from the start as fit."""
    if most <= 0:
        return ""
    if cells(text) <= most:
        return text
    taken, kept = 0, text
    for start, _, size in split_graphemes(text)[0]:
        taken += size
        if taken > most:
            kept = text[:start]
            break
    # A joiner that joins nothing is counted in one way here and in another there.
    while kept and cells(kept) > most:
        kept = kept[:-1]
    return kept


def shorten(text: str, most: int) -> str:
    """One folded line that ends in an ellipsis, after a whole word where it can, if there is more."""
    head = text[: max(most, 0) * MOST_CODE_POINTS_PER_CELL]
    line = " ".join(head.split())
    if len(head) == len(text) and cells(line) <= most:
        return line
    kept = clip(line, most - 1)
    kept = kept[: _end_of_word(line, len(kept), most)]
    return kept.rstrip(" …,;:·") + "…" if most > 0 else ""


def wrapped(words: str, width: int, most: int) -> list[str]:
    """At most so many lines, broken between words, the last ending in an ellipsis if there is more.

    Textual's own wrapping is for whole documents: it takes 0.1 ms a row, which is 5 ms of the first frame.
    """
    lines: list[str] = []
    rest = words if width > 0 else ""
    while rest and len(lines) < most - 1:
        line = clip(rest[: width * MOST_CODE_POINTS_PER_CELL], width) or rest[:1]
        if len(line) < len(rest):
            line = rest[: _end_of_word(rest, len(line), width)]
        lines.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return [*lines, shorten(rest, width)] if rest else lines


def _end_of_word(text: str, most: int, width: int) -> int:
    """Where a line of at most so many code points ends: before the word that does not fit any more.

    It ends within the word where the script has no spaces, and where no line of this width would hold all of it: an
    address or a sentence of Japanese would else leave a line with one short word on it.
    """
    if text[most : most + 1] in ("", " "):
        return most
    start = text.rfind(" ", 1, most) + 1
    if start == 0 or _is_wide(text[most]):
        return most
    word = text[start : start + width + 1].partition(" ")[0]
    return most if cells(word) > width else start


def _is_wide(character: str) -> bool:
    return cells(character) > 1
