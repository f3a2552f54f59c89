"""Naming people in an answer: who is told of it because its words name them, and whom the first letters may mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from introvert_tui.adapter import Adapter
from introvert_tui.engine.views import Composer, Namable, Named
from introvert_tui.model import Audience, PersonRef
from introvert_tui.store import accounts, messages, people
from introvert_tui.text.matching import folded

if TYPE_CHECKING:
    from introvert_tui.engine.session.reading import Reading

NAMED_AT_MOST = 200
"""How many of the messages that wait are looked at for who else waits."""

_BEGUN = re.compile(r"(?<![\w@/.])@(\w[\w.@-]*)$")


def named(session: Reading, account: int, audience: Audience, words: str) -> tuple[Named, ...]:
    """Whom these words name so that they are told of them, besides you and the one who is answered."""
    if "@" not in words:
        return ()
    me = accounts.one(session.db, account)
    mentioned = session.networks.ask(account, lambda adapter: adapter.mentioned(words, audience))
    handles = [handle for handle in mentioned if handle.casefold() != me.handle.casefold()]
    known = {one.handle.casefold(): one for one in people.by_handle(session.db, me.network, handles)}
    found = (known.get(handle.casefold()) for handle in handles)
    every = (
        Named(PersonRef(one.uri, one.handle), one.name) if one else Named(PersonRef("", handle), "")
        for one, handle in zip(found, handles, strict=True)
    )
    return tuple(dict.fromkeys(one for one in every if one.who.uri != audience.to.uri))


def waiting(
    session: Reading, account: int, audience: Audience, conversation: int, besides: Collection[str]
) -> tuple[Namable, ...]:
    """Those who wait in a conversation and can be named, newest first, but for the people with these uris."""
    records = messages.waiting_in(session.db, conversation, NAMED_AT_MOST)
    authors = {one.message.author: one.name for one in records if one.message.author.uri not in besides}
    return (
        session.networks.ask(account, lambda adapter: tuple(_mentions(authors, adapter, audience))) if authors else ()
    )


def namable(session: Reading, composer: Composer) -> tuple[Namable, ...]:
    """Everybody whom this answer can name and does not yet, who speaks there first, then whom you spoke with lately.

    Muted and blocked people are not among them, nor anybody where nobody is told of being named.
    """
    network = accounts.one(session.db, composer.account).network
    records = people.namable(session.db, network, composer.conversation)
    named = {one.who.uri for one in composer.named}
    known = {PersonRef(one.uri, one.handle): one.name for one in records if one.uri not in named}
    return session.networks.ask(composer.account, lambda adapter: tuple(_mentions(known, adapter, composer.audience)))


def _mentions(known: Mapping[PersonRef, str], adapter: Adapter, audience: Audience) -> Iterator[Namable]:
    for who, name in known.items():
        mention = adapter.mention(who)
        if mention is not None and adapter.mentioned(mention, audience):
            yield Namable(name, who.handle, mention)


def begun(before: str) -> str | None:
    """What of a name stands at the end of a text: the letters after an @ that begins a word."""
    found = _BEGUN.search(before)
    return found[1] if found else None


def meant(known: Sequence[Namable], letters: str) -> tuple[Namable, ...]:
    """Those whose handle, then those of whose name a word begins with these letters; case and accents do not count.

    Whoever is named by them already is not among them.
    """
    start, word = letters.casefold(), f" {folded(letters)}"
    others = [one for one in known if one.mention.casefold() != f"@{start}"]
    by_handle = [one for one in others if one.handle.casefold().startswith(start)]
    return (*by_handle, *(one for one in others if one not in by_handle and word in f" {folded(one.name)}"))
