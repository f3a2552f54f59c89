"""Coming back after long: what came in meanwhile may be more than one wants to read, and is let go if one says so."""

from __future__ import annotations

from typing import NamedTuple

from introvert_tui.engine import muted_words, sentences
from introvert_tui.engine.events import Changed
from introvert_tui.engine.session.reading import FIRST_DAYS, Reading
from introvert_tui.engine.views import Outcome
from introvert_tui.store import absence as store

MANY = 20
"""So many conversations wait without being asked about."""
NEWEST = 7
"""How many stay."""


class Absence(NamedTuple):
    """The question, and what is done with if the answer is yes: conversations, each with the newest message known."""

    question: str
    older: tuple[tuple[int, int], ...]


def absence(session: Reading) -> Absence | None:
    """What to ask about, if anything: what is hidden by a word you muted, or rests, is not counted, and stays."""
    if not store.is_open(session.db):
        return None
    awake = _awake(session)
    hidden = muted_words.hidden_ids(session.db, session.settings.muted_words)
    arrived = [one for one in store.since(session.db) if one.account in awake and one.conversation not in hidden]
    newest: dict[int, int] = {}
    for one in arrived:
        newest[one.conversation] = max(one.message, newest.get(one.conversation, 0))
    if len(newest) <= MANY:
        return None
    older = tuple(newest.items())[NEWEST:]
    days = FIRST_DAYS if all(one.first for one in arrived) else None
    return Absence(sentences.long_absence(len({one.author for one in arrived}), NEWEST, len(older), days), older)


def _awake(session: Reading) -> frozenset[int]:
    """The accounts that are asked about; one that rests is asked about when it wakes."""
    return frozenset(view.id for view in session.accounts() if view.rests is None)


async def forget_if_few(session: Reading) -> None:
    """After a catch-up: an absence in which little came in is nothing to ask about, now or later."""
    if store.is_open(session.db) and absence(session) is None:
        await session.visit.store.do(store.over, _awake(session))


async def let_older_go(session: Reading, absence: Absence) -> Outcome:
    await session.visit.store.do(store.let_go, absence.older, _awake(session), session.visit.id, session.now())
    session.visit.tell(Changed(frozenset(conversation for conversation, _ in absence.older)))
    return Outcome(sentences.let_go(len(absence.older)), True)


async def keep_all(session: Reading, absence: Absence) -> None:
    await session.visit.store.do(store.over, _awake(session))
