"""Words as they are looked for: without case and accents, and where each of them stands in the text.

The index is written from `folded`, and a search asks it for `tokens`, so that what is found and what is marked are
decided here alone. A letter of a script that puts no spaces between words is a word of its own, and so is a picture of
the emoji kind: a run of them is found anywhere, as a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import category, combining, normalize

_WORD, _ALONE, _JOINER, _DROPPED, _BETWEEN = "w", "1", "j", "0", " "

_PLAIN = re.compile("[a-z0-9]+")
# A class for each character, over a text of the same length: see `_Classes`.
_TOKEN = re.compile(r"10*(?:j0*10*)*|w[w0j]*")

# Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean.
_UNSPACED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1100", "\u11ff"),
    ("\u1780", "\u17ff"),
    ("\u2e80", "\u2fdf"),
    ("\u3005", "\u3007"),
    ("\u3040", "\u318f"),
    ("\u31a0", "\u31ff"),
    ("\u3400", "\u4dbf"),
    ("\u4e00", "\u9fff"),
    ("\ua960", "\ua97f"),
    ("\uac00", "\ud7ff"),
    ("\uf900", "\ufaff"),
    ("\U00016fe0", "\U0001b2ff"),
    ("\U00020000", "\U0003ffff"),
)
# What Unicode takes for letters of their own, and people who lack the key type without.
_STROKES = str.maketrans("øłđħŧı", "oldhti")
_LEAST_ACCENT = 10
"""Marks of a lower combining class (the signs of Indic scripts) make another letter, those above are accents."""


class _Letters(dict[int, str]):
    """Each character folded, as one character."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        apart = normalize("NFKD", char)
        if all(_is_dropped(mark) for mark in apart[1:]):
            char = apart[0]
        folded = char.casefold()
        if len(folded) != 1:
            folded = char.lower() if len(char.lower()) == 1 else char
        self[code] = folded.translate(_STROKES)
        return self[code]


class _Classes(dict[int, str]):
    """What each character is to a word."""

    def __missing__(self, code: int) -> str:
        char, kind = chr(code), category(LETTERS[code])
        if code == 0x200D:
            found = _JOINER
        elif _is_dropped(char):
            found = _DROPPED
        elif kind == "So" or any(first <= LETTERS[code] <= last for first, last in _UNSPACED):
            found = _ALONE
        else:
            found = _WORD if kind[0] in "LNM" or kind == "Co" else _BETWEEN
        self[code] = found
        return found


def _is_dropped(char: str) -> bool:
    """Accents, what chooses between two forms of a character, and skin tones."""
    kind = category(char)
    accent = kind == "Me" or (kind == "Mn" and (combining(char) >= _LEAST_ACCENT or "\ufe00" <= char <= "\ufe0f"))
    return accent or kind == "Cf" or "\U0001f3fb" <= char <= "\U0001f3ff"


LETTERS, CLASSES = _Letters(), _Classes()


class Token(NamedTuple):
    """A folded word, and where it stands."""

    word: str
    start: int
    end: int


class Term(NamedTuple):
    """Words that have to stand side by side; with `prefix` the last may go on."""

    words: tuple[str, ...]
    prefix: bool


class Excerpt(NamedTuple):
    """A piece of a text in one line, and where what was looked for stands in it."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def one_line(text: str) -> str:
    """Folded into one line, with accents joined to their letters as `tokens` needs it."""
    return normalize("NFC", " ".join(text.split()))


def tokens(line: str) -> list[Token]:
    """The words of a text, which was through `one_line`."""
    letters, classes = line.translate(LETTERS), line.translate(CLASSES)
    found = [Token(letters[start:end], start, end) for start, end in (one.span() for one in _TOKEN.finditer(classes))]
    if "0" not in classes and "j" not in classes:
        return found
    kept = [char if kind not in "0j" else "" for char, kind in zip(letters, classes, strict=True)]
    return [Token("".join(kept[start:end]), start, end) for _, start, end in found]


def folded(text: str) -> str:
    """A text as it is written into the index: its words, a space between each."""
    if text.isascii():  # most texts, at a tenth of the time
        return " ".join(_PLAIN.findall(text.lower()))
    return " ".join(token.word for token in tokens(one_line(text)))


def term(text: str, prefix: bool) -> Term | None:
    """What somebody typed as something to look for; None if there is no word in it."""
    words = tuple(token.word for token in tokens(one_line(text)))
    return Term(words, prefix) if words else None


def marks(line: str, terms: Sequence[Term]) -> tuple[tuple[int, int], ...]:
    """Where any of the terms stand in a line, in order and without overlaps."""
    there = tokens(line)
    spans = sorted(
        (there[at].start, there[at + len(wanted.words) - 1].end)
        for wanted in terms
        for at in range(len(there) - len(wanted.words) + 1)
        if _stands_at(there, at, wanted)
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _stands_at(there: Sequence[Token], at: int, wanted: Term) -> bool:
    *first, last = wanted.words
    found = there[at + len(first)].word
    if not (found.startswith(last) if wanted.prefix else found == last):
        return False
    return all(there[at + place].word == word for place, word in enumerate(first))


def has_all(texts: Sequence[str], terms: Sequence[Term]) -> bool:
    """Whether each of the terms stands in one of the texts."""
    lines = [one_line(text) for text in texts]
    return all(any(marks(line, (wanted,)) for line in lines) for wanted in terms)


def excerpt(text: str, terms: Sequence[Term], before: int = 24, most: int = 240) -> Excerpt:
    """One line of a text around the first of the terms in it, from its beginning if there is none.

    At most `before` characters stand before the first mark, and `most` in all.
    """
    line = one_line(text)
    found = marks(line, terms)
    start = 0
    if found and found[0][0] > before:
        space = line.find(" ", found[0][0] - before, found[0][0])
        start = found[0][0] if space < 0 else space + 1
    end = len(line)
    if end - start > most:
        space = line.rfind(" ", start + 1, start + most)
        end = start + most if space < 0 else space
    ahead, after = "…" if start else "", "…" if end < len(line) else ""
    shift = len(ahead) - start
    shown = tuple((first + shift, min(last, end) + shift) for first, last in found if first < end)
    return Excerpt(f"{ahead}{line[start:end]}{after}", shown)
