"""Words you muted: what holds one does not wait, the inbox says which and how often, and Older has it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from introvert_tui.engine.views import Later
from introvert_tui.model import Attachment, AttachmentKind
from introvert_tui.settings import Settings, load
from introvert_tui.store.conversations import ROW_TEXT

from .conftest import Town

MUTED = Settings(muted_words=("election", "Śledź", "prime minister", "選挙"))


async def test_whole_words_count_and_case_and_accents_do_not(town: Town) -> None:
    said = {
        "ana": "@me The ELECTION, again.",
        "ben": "@me pickled sledz for you",
        "cy": "@me electioneering is no election's word",
        "dora": "@me the prime and the minister",
        "ed": "@me a Prime-Minister!",
        "fay": "@me 明日は選挙です",
    }
    for who, words in said.items():
        town.village.says(who, words)
    session = await town.caught_up(MUTED)
    inbox = session.inbox()
    assert {row.who for row in inbox.rows} == {"Dora"}
    assert inbox.waiting == 1
    assert inbox.lines == (
        "Five conversations hold words you muted: “election”, “Śledź”, “prime minister” and “選挙”. "
        "Older conversations begin with them.",
    )
    assert inbox.older
    older = {row.who: row for row in session.older()}
    assert older["Ana"].muted == ("election",)
    assert all(row.text == "" for row in older.values())


async def test_nothing_is_lost_and_without_the_setting_it_waits(town: Town) -> None:
    town.village.says("ana", "@me the election")
    session = await town.caught_up(MUTED)
    assert session.inbox().rows == ()
    assert session.inbox().lines == (
        "One conversation holds a word you muted: “election”. Older conversations begin with it.",
    )
    (row,) = session.older()
    assert session.conversation(row.id).messages[0].body[0].text == "@me the election"
    await session.quit(send=False)
    assert [one.who for one in (await town.caught_up()).inbox().rows] == ["Ana"]


async def test_newer_words_without_it_wait_again(town: Town) -> None:
    root = town.village.says("ana", "@me the election")
    session = await town.caught_up(MUTED)
    town.village.says("ana", "@me and how are your bees?", to=root)
    await session.catch_up()
    assert [row.text for row in session.inbox().rows] == ["@me and how are your bees?"]
    assert session.inbox().lines == ()


async def test_a_warning_and_the_end_of_a_long_message_count(town: Town) -> None:
    town.village.says("ana", "@me hm", warning="Election, long")
    town.village.says("ben", "@me " + "well " * ROW_TEXT + "election")
    session = await town.caught_up(MUTED)
    assert session.inbox().rows == ()


async def test_what_a_picture_shows_counts(town: Town) -> None:
    there = town.village.messages
    for who, words in (("ana", "An Election poster"), ("ben", "A bee")):
        uri = town.village.says(who, "@me look")
        there[uri] = replace(there[uri], attachments=(Attachment(AttachmentKind.IMAGE, words, "https://a.test/1"),))
    session = await town.caught_up(MUTED)
    assert [row.who for row in session.inbox().rows] == ["Ben"]


async def test_what_was_put_off_or_left_shows_no_text_either(town: Town) -> None:
    for who in ("ana", "ben"):
        town.village.says(who, "@me the election")
    session = await town.caught_up()
    await session.later(town.row(session, "Ana").id, Later.NEXT_WEEK)
    await session.leave(town.row(session, "Ben").id)
    await session.quit(send=False)
    again = await town.caught_up(MUTED)
    for row in (again.put_off()[0].row, again.left()[0]):
        assert (row.text, row.muted) == ("", ("election",))


async def test_what_was_dealt_with_shows_no_text_under_older_either(town: Town) -> None:
    town.village.says("ana", "@me the election")
    session = await town.caught_up()
    row = town.row(session, "Ana")
    await session.done(row.id, row.shown)
    await session.quit(send=False)
    again = await town.caught_up(MUTED)
    assert again.inbox().lines == ()
    (row,) = again.older()
    assert (row.text, row.muted) == ("", ("election",))


def test_the_setting_takes_words_and_tells_what_is_none(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('muted_words = ["election", " ", "…", "élection ", "election"]\n', encoding="utf-8")
    settings, told = load(path)
    assert settings.muted_words == ("election", "élection")
    assert len(told) == 2
