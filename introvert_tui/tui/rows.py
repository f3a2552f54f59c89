"""Conversations in a list: a view in, styled lines out; pure, so that a test needs no screen.

Everything remote goes in as plain text of a `Content`: brackets in it are brackets, never markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from textual.content import Content

from introvert_tui.engine.inbox import AccountView, InboxRow, State
from introvert_tui.text import ago, count, quoted

from .fitting import cells, clip, shorten, wrapped

QUIET = "dim"
STRONG = "bold"
BAR_STYLE = "$text-accent"
"""The accent of a theme, as it can be seen on its ground: that of textual-light itself has a contrast of 1.5."""
GUTTER = 3
"""The bar of the cursor, the mark of what waits, and a space."""

_BAR, _MARK = "▌", "•"
_MOST_TEXT_LINES = 2
_LONGEST_NAME = 60
_LONGEST_TEXT = 800
"""Two lines never need more, and what is not looked at costs nothing."""


class Places(NamedTuple):
    """What a row says about where: the network in any case if there are several, an account where a network has two."""

    several: bool = False
    shared: frozenset[str] = frozenset()


ANYWHERE = Places()


def places(accounts: Iterable[AccountView]) -> Places:
    """What has to be told apart, with these accounts."""
    networks = [account.network for account in accounts]
    return Places(len(set(networks)) > 1, frozenset(one for one in networks if networks.count(one) > 1))


def people(row: InboxRow) -> list[str]:
    """Everyone who waits for you there, or whoever spoke last, in the pieces between which a line may end."""
    *others, last = [shorten(one, _LONGEST_NAME) for one in row.writers or (row.who,)]
    pieces = [f"{one}," for one in others[:-1]] + others[-1:]
    pieces.append(f"and {last}" if others else last)
    if row.private:
        pieces[-1] += ","
        pieces.append("privately")
    return pieces


def row_lines(row: InboxRow, width: int, now: datetime, places: Places = ANYWHERE) -> list[Content]:
    """A conversation in a few lines of exactly known width, without the gutter."""
    account = row.account if row.network in places.shared else ""
    time = f"{ago(row.at, now):>9}"
    where = where_and_when(people(row)[0], row.network.capitalize(), account, time, width, places.several)
    told = account and account not in where
    # The inbox says the most pressing thing in a line; where one looks something up, there is room for all of it.
    most = 1 if row.state is State.WAITING else _MOST_TEXT_LINES
    asides = [*([f"To {account}."] if told else []), *_asides(row)[:most]]
    return [
        *top_lines(people(row), where, width, row.state is State.WAITING),
        *_text(row, width),
        *(Content.styled(line, QUIET) for aside in asides for line in wrapped(aside, width, most)),
    ]


def in_gutter(lines: Sequence[Content], here: bool, marked: bool) -> list[Content]:
    """The same lines with the bar of the cursor before each, and the mark before the first."""
    bar = (_BAR, BAR_STYLE) if here else " "
    return [
        Content.assemble(bar, (_MARK if marked and index == 0 else " ", STRONG), " ", line)
        for index, line in enumerate(lines)
    ]


def first_line(who: str, least: int, label: str, when: str, width: int) -> Content:
    """A first line: who, and at the right where and when; without where, if that would leave `who` fewer cells."""
    where = f"{label}  {when:>9}" if label else when
    if width - cells(where) - 2 < min(cells(who), least):
        where = when
    who = shorten(who, max(1, width - cells(where) - 2))
    gap = " " * max(1, width - cells(who) - cells(where))
    return Content.assemble(who, gap, (where, QUIET)).truncate(width)


def one_line(text: str) -> str:
    """Folded, for a place that has one line."""
    return " ".join(text[:_LONGEST_TEXT].split())


def pictures(many: int) -> str:
    """Pictures in words."""
    if many <= 0:
        return ""
    return "[a picture]" if many == 1 else f"[{count(many, 'picture')}]"


def where_and_when(first: str, network: str, account: str, time: str, width: int, needed: bool) -> str:
    """Network, account and time at the right of the first line: what fits beside the first name, and what is needed."""
    room = width - cells(first) - 2
    with_account = f"{network}, {account}  {time}"
    with_network = f"{network}  {time}"
    if account and cells(with_account) <= room:
        return with_account
    fits = cells(with_network) <= (max(room, width * 2 // 3) if needed else room)
    return with_network if fits else time.lstrip()


def top_lines(pieces: Sequence[str], where: str, width: int, strong: bool) -> Iterator[Content]:
    """People in full and first, over as many lines as they need; where and when small, at the right of the first."""
    first, *others = _filled(pieces, max(1, width - cells(where) - 2), width)
    style = STRONG if strong else ""
    gap = " " * max(1, width - cells(first) - cells(where))
    yield Content.assemble((first, style), gap, (where, QUIET)).truncate(width)
    for line in others:
        yield Content.styled(line, style)


def _filled(pieces: Sequence[str], room: int, width: int) -> list[str]:
    """Lines of whole pieces, the first in less room than the others; what is too long for its line is broken."""
    lines = [""]
    for piece in pieces:
        long = cells(piece) > (width if lines[0] else room)
        for part in piece.split() if long else [piece]:
            longer = f"{lines[-1]} {part}".lstrip()
            if cells(longer) <= (width if len(lines) > 1 else room):
                lines[-1] = longer
            elif lines[-1] and cells(part) <= width:
                lines.append(part)
            else:
                head = clip(part, room) if lines == [""] else ""
                lines = [line for line in (*lines, head, *wrapped(part[len(head) :], width, _LONGEST_NAME)) if line]
    return lines


def _text(row: InboxRow, width: int) -> Iterator[Content]:
    if row.muted:
        what = "a word" if len(row.muted) == 1 else "words"
        yield Content.styled(shorten(f"Holds {what} you muted: {quoted(row.muted)}.", width), QUIET)
        return
    if row.warning is not None:
        yield Content.styled(shorten(f"Under the warning “{one_line(row.warning)}”.", width), QUIET)
        return
    words = _without_own_name(one_line(row.text), row.account)
    if row.writers != (row.who,) and row.who:
        words = f"{row.who}: {words}"
    for line in _ending_in(pictures(row.pictures), wrapped(words, width, _MOST_TEXT_LINES), width):
        yield Content(line)


def _without_own_name(words: str, account: str) -> str:
    """The same words where they begin by naming you and perhaps others: in a row of yours, you are understood."""
    if not words.startswith("@"):
        return words
    full = f"@{account.casefold()}"
    own = {full, full.rpartition("@")[0]}  # on Mastodon, people of one server are named without it
    pieces = words.split(" ")
    named = list(takewhile(lambda piece: piece.startswith("@"), pieces))
    others = [piece for piece in named if piece.rstrip(",:").casefold() not in own]
    return " ".join([*others, *pieces[len(named) :]]) or words


def _ending_in(last: str, lines: list[str], width: int) -> list[str]:
    """The same lines with a few words of ours at their end, whole in any case."""
    room = max(0, width - cells(last) - 1)
    if not last:
        return lines
    if not lines or (len(lines) < _MOST_TEXT_LINES and cells(lines[-1]) > room):
        return [*lines, shorten(last, width)]
    return [*lines[:-1], shorten(f"{shorten(lines[-1], room)} {last}", width)]


def _asides(row: InboxRow) -> list[str]:
    """What to know first, the most pressing one at the front."""
    lines = []
    if row.kept:
        lines.append(f"Kept: {one_line(row.kept)}")
    if row.note:
        lines.append(one_line(row.note))
    if row.later_reason:
        lines.append(f"You put this off: {one_line(row.later_reason)}")
    return lines
