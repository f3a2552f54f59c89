"""The people you know: a list in which somebody can be found again, and a card for each. Reads only, counts nothing.

Strings in here are clean, but they are remote text all the same: a front end shows them as `Content`, never as markup.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from introvert_tui import plugins
from introvert_tui.errors import Cannot
from introvert_tui.model import AttachmentKind, PersonRef
from introvert_tui.store import accounts, conversations, messages, people
from introvert_tui.store.people import ProfileRecord, Word
from introvert_tui.store.times import from_ms
from introvert_tui.text import around, capital
from introvert_tui.text.matching import folded

if TYPE_CHECKING:
    from introvert_tui.engine.session.reading import Reading
    from introvert_tui.engine.views import Composer

_DAY_MS = 24 * 3600 * 1000
_LOOKED_AT = 300
"""How many of somebody's newest messages a card is made from."""
_TIMES = 3
_TRIED = 20
"""How many of somebody's newest messages are tried for one that can be answered."""


class Circle(IntEnum):
    """How near somebody is: you talked on several days, you talked once, or one of you spoke and the other did not."""

    FAMILIAR = 0
    MET = 1
    HEARD = 2
    AWAY = 3
    """Muted or blocked."""


class Acquaintance(NamedTuple):
    """One human in the list, by one of their profiles; `at` is when one of you last spoke to the other."""

    id: int
    name: str
    handles: tuple[str, ...]
    networks: tuple[str, ...]
    circle: Circle
    at: datetime
    notes: str


class Profile(NamedTuple):
    """One profile of a human; `followed` is None where the network did not say."""

    id: int
    label: str
    handle: str
    name: str
    followed: bool | None
    muted: bool
    blocked: bool


class Turn(NamedTuple):
    """What one of you said last in an exchange; `pictures` is how many there are with it."""

    mine: bool
    text: str
    warning: str | None
    pictures: int


class Exchange(NamedTuple):
    """One time that you spoke: the last turn of each, in order; only one turn where there was no answer.

    `message` is the last of them.
    """

    conversation: int
    message: int
    label: str
    private: bool
    at: datetime
    turns: tuple[Turn, ...]


class Card(NamedTuple):
    """What you know of somebody; `spoke` and `first` are sentences, empty where there is nothing to say."""

    id: int
    name: str
    profiles: tuple[Profile, ...]
    spoke: str
    first: str
    exchanges: tuple[Exchange, ...]
    notes: str

    @property
    def muted(self) -> bool:
        """Whether none of their profiles is heard."""
        return all(one.muted for one in self.profiles)

    @property
    def blocked(self) -> bool:
        """Whether all of their profiles are blocked."""
        return all(one.blocked for one in self.profiles)


def everybody(session: Reading) -> tuple[Acquaintance, ...]:
    """All people you ever spoke with: the familiar ones first, and of those first whom you spoke with longest ago."""
    cards: dict[int, list[ProfileRecord]] = {}
    humans: list[Sequence[ProfileRecord]] = []
    for record in people.acquaintances(session.db):
        if record.card is None:
            humans.append((record,))
        else:
            cards.setdefault(record.card, []).append(record)
    known = [(_circle(human), _last(human[0]), human) for human in (*humans, *map(_newest_first, cards.values()))]
    known.sort(key=lambda one: (one[0], one[1] if one[0] is Circle.FAMILIAR else -one[1]))
    return tuple(_acquaintance(human, circle, at) for circle, at, human in known)


def _newest_first(records: Sequence[ProfileRecord]) -> Sequence[ProfileRecord]:
    return sorted(records, key=_last, reverse=True)


def _last(record: ProfileRecord) -> int:
    return max(record.spoke_at or 0, record.answered_at or 0)


def _acquaintance(records: Sequence[ProfileRecord], circle: Circle, at: int) -> Acquaintance:
    newest = records[0]
    return Acquaintance(
        newest.id,
        newest.name,
        tuple(one.handle for one in records),
        tuple(dict.fromkeys(one.network for one in records)),
        circle,
        from_ms(at),
        newest.notes,
    )


def _circle(records: Sequence[ProfileRecord]) -> Circle:
    if all(one.muted or one.blocked for one in records):
        return Circle.AWAY
    lasts = [one.answered_at for one in records if one.answered_at is not None]
    if not lasts or not any(one.spoke_at for one in records):
        return Circle.HEARD
    firsts = [one.first_answered_at for one in records if one.first_answered_at is not None]
    return Circle.FAMILIAR if max(lasts) - min(firsts) > _DAY_MS else Circle.MET


@lru_cache(maxsize=20_000)
def _words(text: str) -> str:
    return f" {folded(text)}"


def named(known: Sequence[Acquaintance], typed: str) -> tuple[Acquaintance, ...]:
    """Those of whom each word typed begins a word of their name, handle or your note; accents and case do not count."""
    wanted = [f" {word}" for word in folded(typed).split()]
    if not wanted:
        return tuple(known)
    texts = ((one, _words("\n".join((one.name, *one.handles, one.notes)))) for one in known)
    return tuple(one for one, text in texts if all(word in text for word in wanted))


def profiles(db: sqlite3.Connection, person: int) -> tuple[ProfileRecord, ...]:
    """The profiles of a human, whom you last spoke with first. Raises `Cannot` if there is no such person."""
    records = people.of_card(db, person)
    if not records:
        raise Cannot("This person is no longer known here.")
    return tuple(_newest_first(records))


def card(session: Reading, person: int) -> Card:
    """The card of a human. Raises `Cannot` if there is no such person."""
    db = session.db
    records = profiles(db, person)
    ids = [one.id for one in records]
    times = _times(people.between(db, ids, _LOOKED_AT))[:_TIMES]
    name = records[0].name
    return Card(
        id=person,
        name=name,
        profiles=tuple(map(_profile, records)),
        spoke=_spoke(records, name, session.visit.clock.local()),
        first=_first(times, name),
        exchanges=tuple(_exchange(db, time) for time in times),
        notes=records[0].notes,
    )


def _profile(one: ProfileRecord) -> Profile:
    label = plugins.label(one.network)
    return Profile(one.id, label, one.handle, one.name, one.followed, one.muted, one.blocked)


def _spoke(records: Sequence[ProfileRecord], name: str, now: datetime) -> str:
    spoke = max((one.spoke_at for one in records if one.spoke_at is not None), default=None)
    answered = max((one.answered_at for one in records if one.answered_at is not None), default=None)
    if spoke is not None and answered is not None:
        return f"You last spoke {around(from_ms(max(spoke, answered)), now)}."
    if spoke is not None:
        return f"{name} last wrote to you {around(from_ms(spoke), now)}."
    return f"You last wrote {around(from_ms(answered), now)}." if answered is not None else ""


def _times(words: Sequence[Word]) -> list[list[Word]]:
    """The times that you spoke, newest first, the words of each in order; a private room is silent a day in between."""
    times: list[list[Word]] = []
    latest: dict[int, list[Word]] = {}
    for word in reversed(words):
        time = latest.get(word.conversation)
        if time is None or (word.private and word.at - time[-1].at > _DAY_MS):
            time = latest[word.conversation] = []
            times.append(time)
        time.append(word)
    return sorted(times, key=lambda time: time[-1].at, reverse=True)


def _first(times: Sequence[Sequence[Word]], name: str) -> str:
    """Who spoke first, in words, where it was three times."""
    if len(times) < _TIMES:
        return ""
    theirs = sum(not time[0].mine for time in times)
    who = name if theirs > _TIMES / 2 else "you"
    if theirs in (0, _TIMES):
        return f"The last three times, {who} spoke first."
    return f"{capital(who)} spoke first two of the last three times."


def _exchange(db: sqlite3.Connection, time: Sequence[Word]) -> Exchange:
    last = time[-1]
    before = next((word for word in reversed(time) if word.mine != last.mine), None)
    found = conversations.one(db, last.conversation)
    return Exchange(
        conversation=last.conversation,
        message=last.message,
        label=plugins.label(found.network) if found else "",
        private=last.private,
        at=from_ms(last.at),
        turns=tuple(_turn(db, word) for word in (before, last) if word is not None),
    )


def _turn(db: sqlite3.Connection, word: Word) -> Turn:
    record = messages.by_id(db, word.message)
    if record is None:
        return Turn(word.mine, "", None, 0)
    message = record.message
    pictures = sum(one.kind in (AttachmentKind.IMAGE, AttachmentKind.VIDEO) for one in message.attachments)
    return Turn(word.mine, message.text, message.warning, pictures)


def who(session: Reading, conversation: int, shown: int, message: int | None) -> int:
    """The person who wrote a message, or else whom a hello would answer. Raises `Cannot` where nobody is known."""
    from introvert_tui.engine.snapshots import answerable

    to = answerable(session.db, conversations.resolve(session.db, conversation), shown)
    found = people.author(session.db, message) if message is not None else None
    if found is None and to is not None:
        found = people.author(session.db, to.id)
    if found is None:
        raise Cannot("Introvert knows of nobody else here.")
    return found


def page(session: Reading, profile: int) -> str:
    """Where a profile is on the web. Raises `Cannot` where it is not."""
    record = next((one for one in people.of_card(session.db, profile) if one.id == profile), None)
    account = next((one for one in accounts.every(session.db) if record and one.network == record.network), None)
    found = None
    if record is not None and account is not None:
        ref = PersonRef(record.uri, record.handle)
        found = session.networks.ask(account.id, lambda adapter: adapter.profile(ref))
    if found is None:
        raise Cannot("They have no page on the web.")
    return found


def greeting(session: Reading, person: int) -> Composer:
    """What is needed to say hello to somebody: an answer to the newest that they said, never a word out of the blue.

    Raises `Cannot` where there is nothing to answer.
    """
    from introvert_tui.engine.composing import composer
    from introvert_tui.engine.snapshots import conversation_view

    db = session.db
    records = profiles(db, person)
    name = records[0].name
    open_to = [one.id for one in records if not one.blocked]
    if not open_to:
        raise Cannot(f"You have blocked {name}.")
    signed_in = {account.id for account in accounts.every(db)}
    for id in people.newest_of(db, open_to, _TRIED):
        to = messages.by_id(db, id)
        if to is not None and messages.account_of(db, id) in signed_in:
            conversation = messages.conversation_of(db, id)
            shown = conversation_view(db, conversation).shown
            return composer(session, to, conversation, shown)
    raise Cannot(f"{name} said nothing that can be answered now, and Introvert writes to nobody out of the blue.")
