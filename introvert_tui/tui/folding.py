"""What of a conversation is open and what is folded; pure.

What is new is open, and all that follows it; so are your own last words before it. What came before is folded, each run
of it to a line per person. What was open once stays open: nothing folds under the eyes of its reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from typing import NamedTuple

from textual.content import Content

from introvert_tui.engine.views import MessageView
from introvert_tui.text import count

from .pages import GONE
from .rows import QUIET, one_line

_WITHOUT_NEWS = 4
"""Messages at the end that are open where nothing is new."""
_LEAST_FOLDED = 2
"""A line in place of one message would spare nobody anything."""
_MOST_PEOPLE = 5


class Item(NamedTuple):
    """One message, or a run of folded ones; `id` is the first one's."""

    id: int
    messages: tuple[MessageView, ...]
    folded: bool = False


def open_at_first(messages: Sequence[MessageView]) -> frozenset[int]:
    """The ids of those that are open when the conversation is."""
    first = next((index for index, one in enumerate(messages) if one.new), len(messages) - _WITHOUT_NEWS)
    opened = {one.id for one in messages[max(0, first) :]}
    mine = next((one.id for one in reversed(messages[: max(0, first)]) if one.mine), None)
    return frozenset(opened if mine is None else opened | {mine})


def still_open(messages: Sequence[MessageView], opened: Set[int], known: Set[int]) -> frozenset[int]:
    """Those open now, and what came since after the first of them; earlier messages come folded."""
    first = next((index for index, one in enumerate(messages) if one.id in opened), 0)
    return frozenset(opened | {one.id for one in messages[first:] if one.id not in known})


def items(messages: Sequence[MessageView], opened: Set[int]) -> tuple[Item, ...]:
    """The conversation in reading order, with runs of what is not open folded."""
    return tuple(_items(messages, opened))


def _items(messages: Sequence[MessageView], opened: Set[int]) -> Iterator[Item]:
    for is_open, run in groupby(messages, lambda one: one.id in opened):
        several = tuple(run)
        if is_open or len(several) < _LEAST_FOLDED:
            yield from (Item(one.id, (one,)) for one in several)
        else:
            yield Item(several[0].id, several, folded=True)


def folded_content(item: Item, key: str) -> Content:
    """A line per person, in the order they spoke last: what they said last there, after dots if they said more."""
    last = {_name(one): one for one in item.messages}
    speakers = sorted(last, key=lambda name: last[name].at)
    unsaid = len(speakers) - _MOST_PEOPLE
    lines = [f"Earlier · {key} shows it"]
    if unsaid > 0:
        lines.append(f"{count(unsaid, 'other').capitalize()}")
    for name in speakers[-_MOST_PEOPLE:]:
        said_more = sum(_name(one) == name for one in item.messages) > 1
        lines.append(f"{name}: {'… ' * said_more}{_words(last[name])}")
    return Content("\n").join(Content.styled(line, QUIET) for line in lines)


def _name(message: MessageView) -> str:
    return "You" if message.mine else one_line(message.name)


def _words(message: MessageView) -> str:
    if message.gone is not None:
        said = GONE[message.gone].rstrip(".")
        return f"[{said[:1].lower()}{said[1:]}]"
    if message.warning is not None:
        return f"under the warning “{one_line(message.warning)}”"
    return one_line("".join(span.text for span in message.body)) or "[no words]"
