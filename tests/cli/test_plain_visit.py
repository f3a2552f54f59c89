"""A visit in plain lines: through the real engine in the made-up town, by what is typed and what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from introvert_tui.cli.output import Exit
from introvert_tui.cli.plain_letters import IN_INBOX
from introvert_tui.engine.inbox import Group
from introvert_tui.model import Attachment, AttachmentKind
from tests.engine.conftest import founded

from .chair import Chair
from .conftest import Introvert, started


async def test_it_goes_through_what_waits_and_ends_when_one_quits(chair: Chair) -> None:
    said = await chair.types("j", "k", "k", "", "q")
    assert said.count("2 of ") == 2
    assert "Question mark lists the letters." in said
    assert "1 of " in said
    assert "2 of " in said
    assert "This is the first one." in said
    assert chair.quits


async def test_lines_that_end_are_no_quitting(chair: Chair) -> None:
    await chair.types("h", "Not yet.")
    assert not chair.quits


async def test_every_letter_is_told(chair: Chair) -> None:
    said = await chair.types("?", "q")
    for letter in IN_INBOX:
        assert f"{letter.typed}: {letter.meaning}." in said


async def test_a_hello_is_held_until_the_next_letter(chair: Chair) -> None:
    said = await chair.types("h", "Not yet. Which one?", "u", "q")
    assert "Held until your next letter; u takes it back." in said
    assert "Taken back. Nothing was sent; your words are kept." in said
    assert "Kept: Not yet. Which one?" in said
    assert "Empty cancels." in said
    assert not chair.session.visit.store.screen.execute("SELECT 1 FROM outbox WHERE state != 'dropped'").fetchall()


async def test_the_next_letter_lets_it_go(chair: Chair) -> None:
    await chair.types("h", "Not yet. Which one?", "j")
    rows = chair.session.visit.store.screen.execute("SELECT state, due_at FROM outbox").fetchall()
    assert len(rows) == 1
    assert rows[0]["due_at"] <= chair.session.now()


async def test_who_is_named_in_a_hello_is_told_of(chair: Chair) -> None:
    said = await chair.types("j", "h", "Not yet, @sam.", "u", "q")
    assert "Sam Okafor, whom you name." in said


async def test_an_empty_hello_sends_nothing(chair: Chair) -> None:
    assert "Nothing was sent." in await chair.types("h", "", "q")


async def test_kept_words_can_be_sent(chair: Chair) -> None:
    said = await chair.types("h", "Not yet.", "u", "h", "k", "u", "q")
    assert "k sends the kept words" in said
    assert said.count("Held until your next letter; u takes it back.\n") == 1
    assert said.count("Held until your next letter.\n") == 1


@pytest.mark.parametrize("answer", [["n"], [""], []])
async def test_words_that_were_not_sent_are_kept(chair: Chair, answer: list[str]) -> None:
    said = await chair.types("h", "Buy my book", *answer)
    assert ("Nothing was sent; your words are kept." in said) is bool(answer)
    chair.said.clear()
    said = await chair.types("h", "", "q")
    assert "Kept: Buy my book\n" in said
    assert "k sends the kept words" in said
    assert "Nothing was sent; your words are kept." in said


async def test_kept_words_are_asked_about_again_before_they_go(chair: Chair) -> None:
    said = await chair.types("h", "Buy my book", "n", "h", "k", "y", "u", "q")
    assert said.count("y sends it all the same: ") == 2
    assert "Held until your next letter; u takes it back." in said


async def test_words_that_were_written_to_somebody_else_are_asked_about(tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        uri = town.village.says("ana", "@me hello")
        chair = Chair(town.visit())

        def lines() -> Iterator[str]:
            yield from ("h", "Buy my book", "n")
            town.village.says("ben", "@me me too", uri)
            yield from ("c", "h", "k", "n", "h", "", "q")

        said = await chair.hears(lines())
        assert "You wrote this to Ana, and here it goes to Ben. y sends it all the same: " in said
        assert said.count("Nothing was sent; your words are kept.") == 3
        assert not chair.session.sent()


async def test_pictures_are_read_out_but_for_those_behind_a_warning(chair: Chair) -> None:
    await chair.session.catch_up()
    said = await chair.types(*["j"] * len(chair.session.inbox().rows), "q")
    assert "\nPicture: A blue smudge right across a page of a notebook, in the shape of a sleeve.\n" in said
    assert "\nPicture, no description.\n" in said
    assert "icture." not in said.replace("Picture: ", "")


async def test_behind_a_warning_the_pictures_wait_for_v(tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        uri = town.village.says("ana", "@me look")
        knee = (Attachment(AttachmentKind.IMAGE, "A knee"),)
        town.village.messages[uri] = replace(town.village.messages[uri], warning="blood", attachments=knee)
        said = await Chair(town.visit()).types("t", "v", "v", "q")
        before, _, after = said.partition("v reads what the warnings hide")
        assert "Warning: blood. v reads it.\nOne picture.\n" in before
        assert "A knee" not in before
        assert after.count("Picture: A knee.") == 2
        assert "Ana, just now, under the warning blood: @me look\n" in after


async def test_no_dot_in_the_middle_is_spoken_and_taking_back_is_told_once(chair: Chair) -> None:
    said = await chair.types("e", "u", "n", "z", "2", "", "x", "x", "h", "Not yet.", "e", "X", "2", "t", "s", "q")
    assert "·" not in said
    assert said.count("u takes it back") == 1
    assert "Done; u takes it back. 2 of " in said


async def test_the_numbers_count_on_and_u_goes_back_to_the_one_it_had(chair: Chair) -> None:
    await chair.session.catch_up()
    many = len(chair.session.inbox().rows)
    said = await chair.types("e", "e", "k", "j", "u", "k", "j", "j", "q")
    places = [int(number) for number in re.findall(rf"\b(\d+) of {many}\. ", said)]
    assert places == [1, 2, 3, 4, 2, 3, 4]
    assert said.count("This is the first one.") == 2


async def test_what_comes_in_meanwhile_is_last_and_one_stays_where_one_is(tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        for who in ("ana", "ben"):
            town.village.says(who, "@me hello")
        chair = Chair(town.visit())

        def lines() -> Iterator[str]:
            yield "j"
            town.village.says("cy", "@me good morning")
            yield from ("c", "j", "q")

        said = await chair.hears(lines())
        assert "One conversation came in.\n2 of 3. Ana" in said
        assert "3 of 3. Cy" in said


async def test_a_nod_goes_out_with_the_next_letter(chair: Chair) -> None:
    await chair.types("j", "j", "n", "a", "j")
    (row,) = chair.session.visit.store.screen.execute("SELECT due_at FROM nod").fetchall()
    assert (row["due_at"] or 0) <= chair.session.now()


def strangers(chair: Chair) -> set[str]:
    return {row.who for row in chair.session.inbox().rows if row.group is Group.NEW}


async def test_only_people_one_knows_until_that_is_taken_back(chair: Chair) -> None:
    await chair.session.catch_up()
    new, many = strangers(chair), len(chair.session.inbox().rows)
    said = await chair.types("j", "X", "2")
    assert "2: Only people I know, everywhere, until tomorrow.\n3: Leave quietly.\n" in said
    assert "Number, or empty to cancel: \nOnly people you know wait, until tomorrow; u takes it back.\n2 of " in said
    assert not strangers(chair)
    chair.said.clear()
    said = await chair.types("u", "j", "X", "2", "X", "1", "q")
    assert "letters.\nOnly people you know, until tomorrow.\n1 of " in said
    assert "Taken back: everybody is heard again." in said
    assert "1: Everybody again, everywhere." in said
    assert re.search(rf"Everybody is heard again\.\n\d+ of {many}\. ", said)
    assert strangers(chair) == new


async def test_nothing_is_done_without_a_number_that_is_there(chair: Chair) -> None:
    said = await chair.types("X", "", "X", "0", "X", "x", "X", "99", "X")
    assert said.count("Nothing was done.") == 4
    assert not chair.quits


async def test_blocking_asks_first_and_says_where_their_words_are(chair: Chair) -> None:
    await chair.session.catch_up()
    row = chair.session.inbox().rows[1]
    said = await chair.types("j", "X", "4", "n", "X", "4", "y", "q")
    assert f"4: Block {row.who}.\n5: Say the address of {row.who}'s page, to report them." in said
    assert "What they wrote to you is saved to a file first." in said
    assert "y blocks them: \nNobody was blocked.\n> \n1: Only" in said
    assert f"{row.who} is blocked. What they wrote to you is kept in " in said
    assert row.who not in {who for one in chair.session.inbox().rows for who in one.writers}


async def test_what_they_wrote_stands_for_a_page_and_leaving_goes_on_to_the_next(tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        for who in ("ana", "ben"):
            uri = town.village.says(who, "@me hello")
            town.village.messages[uri] = replace(town.village.messages[uri], url=f"https://village.test/{who}")
        said = await Chair(town.visit()).types("X", "5", "X", "3", "q")
        assert "5: Say the address of Ben's page, to report them." in said
        assert "Number, or empty to cancel: \nhttps://village.test/ben\n> " in said
        assert "You left, without a word; u takes it back.\n2 of 2. Ana, " in said


async def test_at_what_was_found_the_door_is_closed_to_whoever_wrote_it(tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        uri = town.village.says("ana", "@me brought cake")
        later = town.village.says("ben", "@me what cake", uri)
        for who, one in (("ana", uri), ("ben", later)):
            town.village.messages[one] = replace(town.village.messages[one], url=f"https://village.test/{who}")
        chair = Chair(town.visit())
        said = await chair.types("/", "brought", "1", "X", "5", "X", "4", "y", "", "", "q")
        assert "4: Block Ana.\n5: Say the address of Ana's page, to report them." in said
        assert "Number, or empty to cancel: \nhttps://village.test/ana\n> " in said
        assert "Ana is blocked. What they wrote to you is kept in " in said
        assert {who for row in chair.session.inbox().rows for who in row.writers} == {"Ben"}


async def test_where_nobody_waits_the_door_can_still_be_closed(chair: Chair) -> None:
    await chair.session.catch_up()
    said = await chair.types(*["e"] * len(chair.session.inbox().rows), "X", "1", "q")
    assert "1: Only people I know, everywhere, until tomorrow.\nNumber" in said
    assert "Only people you know wait, until tomorrow" in said


@pytest.mark.parametrize(("answer", "stay"), [("y", 7), ("n", 21), ("j", 21)])
async def test_after_long_one_question_and_nothing_goes_without_a_yes(answer: str, stay: int, tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        for number in range(21):
            town.village.says(f"p{number}", "@me hello")
        chair = Chair(town.visit())
        said = await chair.types(answer, "u", "q")
        assert "Twenty-one people wrote in the last 14 days." in said
        assert f"\n1 of {stay}. " in said
        assert ("\nTaken back: they wait again.\n1 of 21. " in said) is (answer == "y")
        assert (chair.session.absence() is not None) is (answer == "j")
        assert ("\nThey stay, and you are asked again.\n" in said) is (answer == "j")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("k", "Not sent. Your words are kept"),
        ("s", " goes out now."),
        ("maybe", "It waits; the next visit asks again."),
    ],
)
async def test_what_an_earlier_visit_held_is_asked_about(answer: str, said: str, tmp_path: Path) -> None:
    async with founded(tmp_path) as town:
        town.village.says("ana", "@me hello")
        before = Chair(town.visit())
        await before.types("h", "Not yet.")
        await before.session.quit(send=False)
        chair = Chair(town.visit())
        heard = await chair.types(answer, "q")
        assert "\nNot yet.\ns sends it, k keeps the words: \n" in heard
        assert said in heard.partition("k keeps the words: \n")[2].partition("\n")[0]
        assert bool(chair.session.questions()) is (answer == "maybe")


async def test_a_warning_hides_until_v(chair: Chair) -> None:
    await chair.session.catch_up()
    rows = chair.session.inbox().rows
    row = next(row for row in rows if row.warning is not None)
    said = await chair.types(*["j"] * rows.index(row), "a", "v", "q")
    before, after = said.rsplit("v reads it.", 1)
    assert row.text not in before
    assert row.text in after


async def test_a_thread_is_read_from_one_s_last_words(chair: Chair) -> None:
    said = await chair.types("t", "q")
    assert "Thread, from your last words, " in said
    assert said.index("Thread, from your last words") < said.index("You, on ")


async def test_putting_off_says_when_it_comes_back(chair: Chair) -> None:
    said = await chair.types("z", "2", "tired", "q")
    assert re.search("1 (this evening|in three hours), 2 tomorrow, 3 next week, 4 when I feel like it\\.", said)
    assert "It comes back tomorrow" in said
    assert "Nothing was put off." in await chair.types("z", "", "q")


async def test_the_end_is_said(chair: Chair) -> None:
    await chair.session.catch_up()
    many = len(chair.session.inbox().rows)
    said = await chair.types(*["e"] * many, "e", "q")
    assert "Nobody is waiting: the last 14 days, one account." in said
    assert "Nobody waits. q quits." in said


def test_the_program_does_it_on_a_pipe(tmp_path: Path) -> None:
    done = started("demo", "--plain", home=tmp_path, stdin="?\nq\n")
    assert done.returncode == 0, done.stderr
    assert "h: say hi and leave." in done.stdout


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (f"9\n{'9' * 5000}\n\n1\n?\nq\n", ["That is no number here.", "h: say hi and leave."]),
        ("q\n", ["2 signs in to Bluesky.", "3 signs in to Mastodon."]),
        ("", ["1 looks around in a small made-up town"]),
    ],
)
def test_the_first_time_leads_to_the_town_or_out(lines: str, said: list[str], tmp_path: Path) -> None:
    done = started("visit", "--plain", home=tmp_path, stdin=lines)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("\n") is not lines.endswith("q\n")
    for sentence in said:
        assert sentence in done.stdout


def test_the_first_time_leads_to_a_sign_in_and_on_to_the_visit(introvert: Introvert) -> None:
    """A wrong password is told, and the ways in are there again."""
    lines = "4\nana.elsewhere\nwrong\n4\nana.elsewhere\nright\n?\nq\n"
    ended = introvert("visit", "--plain", stdin=lines)
    assert ended.code == Exit.FINE
    assert "4 signs in to Elsewhere." in ended.out
    assert "Elsewhere does not know this password." in ended.err
    assert ended.err.rstrip().endswith("Signed in to Elsewhere as ana.elsewhere.")
    assert ended.out.count("There is no account yet.") == 2
    assert "h: say hi and leave." in ended.out
    assert "right" not in ended.out + ended.err
