"""Keeping people at a distance, and what you write on their cards; each coroutine returns when it is on disk."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from introvert_tui.engine import sentences
from introvert_tui.engine.acquaintances import profiles
from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import State
from introvert_tui.engine.session.reading import Reading
from introvert_tui.errors import Cannot
from introvert_tui.model import DraftKind, Message
from introvert_tui.settings.paths import make_private, write_private
from introvert_tui.store import conversations, distance, messages, people
from introvert_tui.store.distance import Way
from introvert_tui.store.people import ProfileRecord
from introvert_tui.text import clean

_LONGEST_NOTE = 20_000
_FOLDER = "blocked"


class Distance(NamedTuple):
    """What muting or blocking did, in one quiet line; `silent` conversations wait no more, `back` ones wait again."""

    sentence: str
    silent: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()


class _Written(NamedTuple):
    """Conversations that may stand otherwise now, and what may have gone out to somebody before they were blocked."""

    changed: frozenset[int]
    perhaps_out: tuple[tuple[DraftKind, str], ...] = ()


async def note(session: Reading, person: int, text: str) -> None:
    profiles(session.db, person)
    await session.visit.store.do(people.write_notes, person, clean(text, _LONGEST_NOTE).strip("\n"))


async def join(session: Reading, person: int, other: int) -> str:
    mine, theirs = profiles(session.db, person), profiles(session.db, other)
    if {one.id for one in mine} & {one.id for one in theirs}:
        raise Cannot("They are on one card already.")
    await session.visit.store.do(people.join, person, other)
    return f"{mine[0].name} and {theirs[0].name} are on one card now."


async def part(session: Reading, profile: int) -> str:
    record = next(one for one in profiles(session.db, profile) if one.id == profile)
    if not await session.visit.store.do(people.part, profile):
        raise Cannot(f"{record.name} has a card of their own already.")
    return f"{record.name} ({record.handle}) has a card of their own again. Your note is on both."


async def mute(session: Reading, person: int, on: bool) -> Distance:
    records = profiles(session.db, person)
    name = records[0].name
    done = await _set(session, records, Way.MUTE, on)
    if on:
        return done._replace(sentence=f"{name} is muted: nothing they say waits any more.")
    if all(one.blocked for one in records):
        return done._replace(sentence=f"{name} is not muted any more, but blocked.")
    back = " What they said meanwhile waits." if done.back else ""
    return done._replace(sentence=f"You hear {name} again.{back}")


async def block(session: Reading, person: int, on: bool) -> Distance:
    records = profiles(session.db, person)
    name = records[0].name
    if not on:
        done = await _set(session, records, Way.BLOCK, False)
        still = " They are still muted." if all(one.muted for one in records) else ""
        return done._replace(sentence=f"{name} is not blocked any more.{still}")
    try:
        kept = _keep_what_they_wrote(session, records)
    except OSError as problem:
        raise Cannot(
            f"What {name} wrote to you could not be saved ({problem.strerror or problem}), so they are not blocked."
        ) from problem
    done = await _set(session, records, Way.BLOCK, True)
    late = f" {done.sentence}" if done.sentence else ""
    saved = f" What they wrote to you is kept in {_from_home(kept)}" if kept else ""
    return done._replace(sentence=f"{name} is blocked.{late}{saved}")


def _from_home(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


async def _set(session: Reading, records: Sequence[ProfileRecord], way: Way, on: bool) -> Distance:
    persons, now = [one.id for one in records], session.now()
    waited = {row.id for row in conversations.waiting(session.db, messages.ANY)}
    changed, perhaps_out = await session.visit.store.do(_write, persons, way, on, now)
    session.networks.nudge()
    session.visit.tell(Changed(changed))
    found = [record for id in changed if (record := conversations.one(session.db, id)) is not None]
    waits = {record.id for record in found if record.state == State.WAITING}
    late = sentences.blocked_too_late(perhaps_out) if perhaps_out else ""
    return Distance(late, frozenset(changed & waited - waits), frozenset(waits - waited))


def _write(db: sqlite3.Connection, persons: Sequence[int], way: Way, on: bool, now: int) -> _Written:
    if not on:
        return _Written(distance.end(db, persons, way, now))
    changed = distance.keep(db, persons, way, now)
    if way is not Way.BLOCK:
        return _Written(changed)
    taken_back = distance.take_words_back(db, now)
    perhaps_out = [(one.draft.kind, one.name) for one in taken_back if one.perhaps_out]
    return _Written(changed | {one.conversation for one in taken_back}, tuple(perhaps_out))


def _keep_what_they_wrote(session: Reading, records: Sequence[ProfileRecord]) -> Path | None:
    """Write the links and words of what they said to you to a file; None if they never said anything."""
    local = session.visit.clock.local()
    found = [
        record.message
        for one in records
        for id in people.wrote_to_you(session.db, one.id)
        if (record := messages.by_id(session.db, id)) is not None
    ]
    if not found:
        return None
    folder = session.visit.store.path.parent / _FOLDER
    make_private(folder)
    name = re.sub(r"[^A-Za-z0-9._@-]+", "-", records[0].handle).strip(".-")[:80] or "somebody"
    path = _new_file(folder, f"{local:%Y-%m-%d}-{name}")
    whom = "\n".join(f"{one.name} ({one.handle}) {one.uri}" for one in records)
    parts = [f"What they wrote to you, saved on {local:%Y-%m-%d at %H:%M} before you blocked them:\n{whom}"]
    parts += [_in_words(message, local) for message in sorted(found, key=lambda message: message.seen_at)]
    write_private(path, "\n\n".join(parts) + "\n")
    return path


def _new_file(folder: Path, name: str) -> Path:
    """A file that is not there yet."""
    number, path = 1, folder / f"{name}.txt"
    while os.path.lexists(path):
        number += 1
        path = folder / f"{name}-{number}.txt"
    return path


def _in_words(message: Message, local: datetime) -> str:
    at = message.seen_at.astimezone(local.tzinfo)
    lines = [f"{at:%Y-%m-%d %H:%M}  {message.url or message.ref.uri}"]
    if message.warning:
        lines.append(f"Under the warning: {message.warning}")
    lines.append(message.text)
    lines += [f"[{one.kind}: {one.text}] {one.url or one.uri or ''}".rstrip() for one in message.attachments]
    return "\n".join(lines)
