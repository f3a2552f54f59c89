"""Conversations in a list: a view in, styled lines out; pure, so that a test needs no screen.

Everything remote goes in as plain text of a `Content`: brackets in it are brackets, never markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from textual.content import Content

from introvert_tui.engine.inbox import InboxRow, State
from introvert_tui.text import ago, cells, clip, count, names, shorten

QUIET = "dim"
STRONG = "bold"
GUTTER = 3
"""The bar of the cursor, the mark of what waits, and a space."""

_BAR, _MARK = "▌", "•"
_MOST_TEXT_LINES = 2
_LONGEST_TEXT = 800
"""Two lines never need more, and what is not looked at costs nothing."""


def people(row: InboxRow) -> str:
    """Everyone who waits for you there, or whoever spoke last."""
    writers = row.writers or (row.who,)
    if len(writers) > 3:
        return f"{', '.join(writers[:2])} and {count(len(writers) - 2, 'other')}"
    return f"{names(writers)}, privately" if row.private else names(writers)


def row_lines(row: InboxRow, width: int, now: datetime) -> list[Content]:
    """A conversation in two to four lines of exactly known width, without the gutter."""
    waits = row.state is State.WAITING
    return [
        _top(people(row), row.network.capitalize(), ago(row.at, now), width, waits),
        *_text(row, width, waits),
        *(Content.styled(shorten(line, width), QUIET) for line in _asides(row)[:1]),
    ]


def in_gutter(lines: Sequence[Content], here: bool, marked: bool) -> list[Content]:
    """The same lines with the bar of the cursor before each, and the mark before the first."""
    bar = (_BAR, "$accent") if here else " "
    return [
        Content.assemble(bar, (_MARK if marked and index == 0 else " ", STRONG), " ", line)
        for index, line in enumerate(lines)
    ]


def one_line(text: str) -> str:
    """Folded, for a place that has one line."""
    return " ".join(text[:_LONGEST_TEXT].split())


def pictures(many: int) -> str:
    """Pictures in words."""
    if many <= 0:
        return ""
    return "[a picture]" if many == 1 else f"[{count(many, 'picture')}]"


def _top(who: str, network: str, time: str, width: int, strong: bool) -> Content:
    """People in full and first, the time small and at the right, the network before it where there is room."""
    when = f"{network}  {time:>9}"
    if cells(who) + cells(when) + 2 > width:
        when = time
    left = shorten(who, max(1, width - cells(when) - 2))
    gap = " " * max(1, width - cells(left) - cells(when))
    return Content.assemble((left, STRONG if strong else ""), gap, (when, QUIET)).truncate(width)


def _text(row: InboxRow, width: int, strong: bool) -> Iterator[Content]:
    if row.warning is not None:
        yield Content.styled(shorten(f"Under the warning “{one_line(row.warning)}”.", width), QUIET)
        return
    words = " ".join(part for part in (one_line(row.text), pictures(row.pictures)) if part)
    if row.writers != (row.who,) and row.who:
        words = f"{row.who}: {words}"
    for line in wrapped(words, width, _MOST_TEXT_LINES):
        yield Content(line)


def wrapped(words: str, width: int, most: int) -> list[str]:
    """At most so many lines, broken between words, the last ending in an ellipsis if there is more.

    Textual's own wrapping is for whole documents: it takes 0.1 ms a row, which is 5 ms of the first frame.
    """
    lines: list[str] = []
    rest = words
    while rest and len(lines) < most - 1:
        line = clip(rest, width)
        if len(line) < len(rest):
            cut = line.rfind(" ", 1) if rest[len(line)] != " " else len(line)
            line = rest[:cut] if cut > 0 else line or rest[:1]
        lines.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return [*lines, shorten(rest, width)] if rest else lines


def _asides(row: InboxRow) -> list[str]:
    """What to know first, the most pressing one at the front."""
    lines = []
    if row.kept:
        lines.append(f"Kept: {one_line(row.kept)}")
    if row.note:
        lines.append(one_line(row.note))
    if row.later_reason:
        lines.append(f"You put this off: {one_line(row.later_reason)}")
    if row.state is State.LATER and not row.later_reason:
        lines.append("Put off for later.")
    return lines
