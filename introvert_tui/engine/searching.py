"""Searching as people type it: `from:ana`, `on:bluesky`, and words, all of which have to be there.

The last word may go on, since somebody may still be typing it. `"words in a row"` stand as they are.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from introvert_tui import plugins
from introvert_tui.model import Attachment, AttachmentKind
from introvert_tui.store import search
from introvert_tui.store.search import FoundRecord, Wanted
from introvert_tui.store.times import from_ms
from introvert_tui.text import clean, clean_line
from introvert_tui.text.matching import Excerpt, Term, excerpt, term

if TYPE_CHECKING:
    from introvert_tui.store.database import Store

MOST = 100
_LONGEST = 300
_PART = re.compile(r'(?:(?P<filter>from|on):\s*)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))', re.IGNORECASE)
_YOU = ("me", "you")


class Finding(NamedTuple):
    """Something that was said, and where; `key` is no other finding's.

    `message` is None for words of yours that are `unsent`. `who` said it, `to` is whom your own words answer, where
    that is known. Of what stands under a content warning (`warned`), `excerpt` is the warning; from what hangs on a
    message it is where `beside` says so ("picture", "quote of Ana").
    """

    key: str
    conversation: int
    message: int | None
    network: str
    label: str
    private: bool
    who: str
    mine: bool
    to: str | None
    at: datetime
    excerpt: Excerpt
    warned: bool
    beside: str
    unsent: bool


class Findings(NamedTuple):
    """The newest of what was found, newest first; `more` says that there is more. None was looked for without words."""

    asked: bool
    found: tuple[Finding, ...] = ()
    more: bool = False


def understood(typed: str, networks: Sequence[str]) -> Wanted | None:
    """What was typed, as something to look for; None if there is nothing in it yet. Never raises."""
    words: list[tuple[str, bool]] = []
    by: list[Term] = []
    by_you, on = False, None
    for part in _PART.finditer(clean(typed[:_LONGEST])):
        quoted = part["quoted"] is not None
        text = part["quoted"] if quoted else part["plain"]
        match (part["filter"] or "").casefold():
            case "from" if text.casefold() in _YOU:
                by_you = True
            case "from":
                by += filter(None, [term(text, prefix=not quoted)])
            case "on":
                on = (on or ()) + tuple(one for one in networks if _is_called(one, text.casefold()))
            case _ if text.casefold() not in ("from:", "on:"):
                words.append((text, quoted))
    last = len(words) - 1
    terms = [term(text, prefix=index == last and not quoted) for index, (text, quoted) in enumerate(words)]
    wanted = Wanted(tuple(filter(None, terms)), tuple(by), by_you, on)
    return None if wanted == Wanted(()) else wanted


def _is_called(network: str, text: str) -> bool:
    return network.casefold().startswith(text) or plugins.label(network).casefold().startswith(text)


async def find(store: Store, typed: str) -> Findings:
    """Look for what was typed in everything stored. Raises `StoreError`; a search that is cancelled stops at once."""
    wanted = understood(typed, search.networks(store.screen))
    if wanted is None:
        return Findings(asked=False)
    records = await asyncio.wrap_future(store.look(_find, wanted))
    return Findings(True, records[:MOST], len(records) > MOST)


def _find(db: sqlite3.Connection, wanted: Wanted) -> tuple[Finding, ...]:
    return tuple(_finding(record, wanted.terms) for record in search.find(db, wanted, MOST + 1))


def _finding(record: FoundRecord, terms: Sequence[Term]) -> Finding:
    beside, words = _excerpt(record, terms)
    return Finding(
        key=record.key,
        conversation=record.conversation,
        message=record.message,
        network=record.network,
        label=plugins.label(record.network),
        private=record.kind == "room",
        who="You" if record.mine else record.name,
        mine=record.mine,
        to=record.to,
        at=from_ms(record.at),
        excerpt=words,
        warned=record.warning is not None,
        beside=beside,
        unsent=record.unsent,
    )


def _excerpt(record: FoundRecord, terms: Sequence[Term]) -> tuple[str, Excerpt]:
    """From the words that match, or from the first there are, and beside what these stand.

    What a warning hides stays hidden.
    """
    if record.warning is not None:
        return "", excerpt(record.warning, terms)
    shown = [("", excerpt(record.text, terms)), *((_called(one), excerpt(one.text, terms)) for one in record.beside)]
    there = [one for one in shown if one[1].text]
    return next((one for one in there if one[1].marks), there[0] if there else ("", Excerpt("")))


def _called(one: Attachment) -> str:
    names = {AttachmentKind.IMAGE: "picture", AttachmentKind.VIDEO: "film", AttachmentKind.LINK: "link"}
    if one.kind is AttachmentKind.QUOTE:
        return f"quote of {clean_line(one.author)}" if one.author else "quote"
    return names.get(one.kind, "beside it")
