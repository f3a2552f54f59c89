"""Whom the server holds back, and who was let in since."""

from __future__ import annotations

from introvert_tui.adapter import Capability
from introvert_tui.engine.session import Session
from introvert_tui.errors import Offline

from .conftest import Town


async def held_back(town: Town) -> Session:
    """Ana wrote twice and Dee once, and the server holds them back."""
    town.village.besides |= Capability.FILTERED
    for who, text in (("ana", "Hello?"), ("dee", "Me too."), ("ana", "Anybody there?")):
        uri = town.village.says(who, text, told=False)
        town.village.outside.setdefault(f"did:{who}", []).append(uri)
    session = await town.caught_up()
    assert [request.text for request in session.inbox().requests] == ["Anybody there?", "Me too."]
    return session


async def an_hour_later(town: Town, session: Session) -> list[str]:
    """Catch up once it is time to look again; returns who waits in the inbox."""
    town.clock.passes(hours=1, minutes=1)
    await session.catch_up()
    return [writer for row in session.inbox().rows for writer in row.writers]


async def test_what_was_said_by_somebody_who_was_let_in_comes_in(town: Town) -> None:
    session = await held_back(town)
    assert await an_hour_later(town, session) == []
    del town.village.outside["did:ana"]
    assert await an_hour_later(town, session) == ["Ana", "Ana"]
    assert [request.person.name for request in session.inbox().requests] == ["Dee"]
    assert await an_hour_later(town, session) == ["Ana", "Ana"]
    assert town.village.calls.count("admitted") == 1


async def test_who_was_let_in_while_the_server_fails_comes_in_at_the_next_look(town: Town) -> None:
    session = await held_back(town)
    del town.village.outside["did:ana"]
    town.village.fail["admitted"] = [Offline("no way there")]
    assert await an_hour_later(town, session) == []
    assert await an_hour_later(town, session) == ["Ana", "Ana"]
