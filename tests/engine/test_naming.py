"""Naming people: whom the first letters may mean, who is told of it, and whom it answers."""

from __future__ import annotations

import pytest

from introvert_tui.engine.naming import begun, meant
from introvert_tui.engine.session import Session
from introvert_tui.engine.views import Composer, Namable
from introvert_tui.model import PersonRef
from introvert_tui.store import outgoing

from .conftest import Town

HOLD = 9.0


def replying(town: Town, session: Session, who: str) -> Composer:
    row = town.row(session, who)
    return session.reply_composer(row.id, row.shown)


async def answered(town: Town, session: Session, who: str) -> None:
    town.village.says(who, "@me hello")
    await session.catch_up()
    await town.greets(session, who.title())
    await town.moves(session, seconds=HOLD)
    await town.moves(session)


async def test_who_speaks_there_is_offered_first_and_then_whom_you_spoke_with_lately(town: Town) -> None:
    session = await town.caught_up()
    for who in ("dora", "ben", "edo", "max"):
        await answered(town, session, who)
    root = town.village.says("cy", "A thread.", told=False, reason=None)
    first = town.village.says("ana", "@me hello?", to=root)
    town.village.says("flo", "And hello from me, to everybody.", to=first, told=False, reason=None)
    await session.catch_up()
    await session.mute_person(next(one.id for one in session.people() if one.name == "Max"))
    composer = replying(town, session, "Ana")
    await session.open(composer.conversation)
    assert [one.name for one in session.namable(composer)] == ["Flo", "Ana", "Cy", "Edo", "Ben", "Dora"]
    assert session.namable(composer)[0] == Namable("Flo", "flo.test", "@flo.test")


async def test_in_private_nobody_can_be_named(town: Town) -> None:
    town.village.says("ana", "psst", room="room")
    session = await town.caught_up()
    composer = replying(town, session, "Ana")
    assert session.namable(composer) == ()
    assert session.named(composer, "with @ana.test and @ben.test") == ()


def test_letters_mean_handles_and_the_words_of_names() -> None:
    ana, zoe = Namable("Ana Prado", "ana.test", "@ana.test"), Namable("Zoë Ärling", "z@far.example", "@z@far.example")
    known = (zoe, ana)
    assert meant(known, "AN") == (ana,)
    assert meant(known, "pra") == (ana,)
    assert meant(known, "zoe") == meant(known, "arl") == meant(known, "z@far") == (zoe,)
    assert meant(known, "a") == (ana, zoe)
    assert meant(known, "rado") == ()
    assert meant(known, "ana.test") == (), "it is written already"


@pytest.mark.parametrize(
    ("before", "letters"),
    [
        ("hello @an", "an"),
        ("(@ana.t", "ana.t"),
        ("@a@far.ex", "a@far.ex"),
        ("@אנ", "אנ"),
        ("hello @", None),
        ("hello @ana ", None),
        ("write to ana@example", None),
        ("https://far.example/@ana", None),
    ],
)
def test_a_name_begins_with_an_at_sign_before_a_letter(before: str, letters: str | None) -> None:
    assert begun(before) == letters


async def test_who_is_named_is_told_of_in_the_sentence(town: Town) -> None:
    town.village.says("ben", "@me hi")
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    composer = replying(town, session, "Ana")
    words = "You and @ben.test (and @me.test, @Ana.test, @nobody.test)."
    fresh = session.refreshed(composer, words)
    assert [(one.name, one.who.uri) for one in fresh.named] == [("Ben", "did:ben"), ("", "")]
    assert fresh.sentence == ("Public on Village. Ana is notified, and Ben and whoever is @nobody.test, whom you name.")
    kept = await session.keep_words(composer, "Dear @ben.test")
    assert kept.kept is not None
    assert replying(town, session, "Ana").sentence.endswith("Ana is notified, and Ben, whom you name.")


async def test_who_is_told_anyway_is_not_told_of_twice(town: Town) -> None:
    root = town.village.says("ben", "A thread.", told=False, reason=None)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    composer = replying(town, session, "Ana")
    await session.open(composer.conversation)
    fresh = session.refreshed(composer, "as @ben.test said")
    assert fresh.sentence == "Public on Village. Ana is notified, and Ben above."
    assert [one.who for one in fresh.named] == [PersonRef("did:ben", "ben.test")]


@pytest.mark.parametrize("kind", ["hello", "reply"])
async def test_a_reply_answers_whom_it_names_and_a_hello_only_one(town: Town, kind: str) -> None:
    root = town.village.says("cy", "A thread.", told=False, reason=None)
    town.village.says("ben", "@me hi", to=root)
    town.village.says("ana", "@me hello?", to=root)
    session = await town.caught_up()
    composer = replying(town, session, "Ana")
    assert [one.mention for one in composer.others] == ["@ben.test"]
    words = "Hello, you and @ben.test!"
    assert session.refreshed(composer, words).others == ()
    outcome = await (session.hello if kind == "hello" else session.reply)(composer, words)
    assert outgoing.one(session.db, composer.draft).draft.naming == (PersonRef("did:ben", "ben.test"),)
    assert outcome.left_inbox is (kind == "reply")
    waiting = [row.writers for row in session.inbox().rows]
    assert waiting == ([] if kind == "reply" else [("Ben",)])


async def test_other_words_name_others(town: Town) -> None:
    town.village.says("ben", "@me hi")
    town.village.says("ana", "@me hello?")
    session = await town.caught_up()
    composer = replying(town, session, "Ana")
    await session.reply(composer, "With @ben.test.")
    await session.quit(send=False)
    session = await town.caught_up()
    await session.reword(composer.draft, "With nobody.")
    (waits,) = session.outbox()
    assert outgoing.one(session.db, waits.key).draft.naming == ()
