"""The inbox as plain lines, and as JSON."""

import json
from datetime import UTC, datetime, timedelta

from introvert_tui.cli.plain import end_line, inbox_lines, row_record, trouble_lines
from introvert_tui.engine.inbox import AccountView, Group, Inbox, InboxRow, State
from introvert_tui.model import Person, Reason, Request

NOW = datetime(2026, 7, 12, 18, 40, tzinfo=UTC)
BLUESKY = AccountView(1, "bluesky", "Bluesky", "you.example", NOW, None)
ANA = InboxRow(
    id=7,
    group=Group.WAITING,
    state=State.WAITING,
    private=False,
    network="bluesky",
    account="you.example",
    writers=("Ana Prado",),
    who="Ana Prado",
    text="Have you tried the new ink?",
    warning=None,
    pictures=1,
    reason=Reason.REPLY,
    at=NOW - timedelta(minutes=20),
    shown=9,
)
EMPTY = Inbox((), 0, (), (), older=False, left=False, days=14, accounts=1)


def test_a_conversation_is_a_block() -> None:
    several = ANA._replace(
        writers=("Jun", "Priya"), who="Jun", text="Which chapter?", pictures=0, at=NOW - timedelta(hours=3)
    )
    assert inbox_lines(EMPTY._replace(rows=(ANA, several)), [BLUESKY], NOW) == [
        "Two conversations.",
        "",
        "1 of 2. Ana Prado, Bluesky, public, 20 minutes ago.",
        "Have you tried the new ink?",
        "One picture.",
        "",
        "2 of 2. Jun and Priya, Bluesky, public, 3 hours ago.",
        "Jun: Which chapter?",
        "",
        "That's everyone: the last 14 days, one account.",
    ]


def test_what_is_special_is_said() -> None:
    row = ANA._replace(
        group=Group.WROTE_BACK,
        private=True,
        warning="hospital",
        pictures=0,
        note="Ana wrote before your hello arrived",
        later_reason="when I am home",
        kept="Not yet.\nWhich ink?",
    )
    assert inbox_lines(EMPTY._replace(rows=(row,)), [BLUESKY], NOW)[2:7] == [
        "1 of 1. Ana Prado wrote back, Bluesky, privately, 20 minutes ago.",
        "Ana wrote before your hello arrived.",
        "You put it off: when I am home",
        "Warning: hospital. The words behind it are in the app.",
        "Kept: Not yet. Which ink?",
    ]


def test_which_of_two_accounts_is_said() -> None:
    other = BLUESKY._replace(id=2, handle="other.example")
    line = inbox_lines(EMPTY._replace(rows=(ANA,)), [BLUESKY, other], NOW)[2]
    assert line == "1 of 1. Ana Prado, Bluesky to you.example, public, 20 minutes ago."


def test_somebody_not_let_in_is_one_line() -> None:
    asking = Request(Person("did:x", "lena.example", ""), "Hello?", NOW - timedelta(days=1))
    assert inbox_lines(EMPTY._replace(requests=(asking,)), [BLUESKY], NOW) == [
        "lena.example, whom you have not let in, wrote yesterday: Hello?",
        "",
        "Nobody is waiting: the last 14 days, one account.",
    ]


def test_the_end_says_of_what() -> None:
    late = EMPTY._replace(rows=(ANA,), accounts=2, as_of=NOW - timedelta(hours=1))
    assert end_line(late, NOW) == "That's everyone: the last 14 days, two accounts, as of 17:40."


def test_what_is_not_listed_is_counted() -> None:
    lines = inbox_lines(EMPTY._replace(rows=(ANA,), waiting=6), [BLUESKY], NOW)
    assert lines[0] == "Six conversations."
    assert lines[2].startswith("1 of 6. ")
    assert lines[-1] == "Five more come as these go: the last 14 days, one account."


def test_each_trouble_is_told_once() -> None:
    down = "Bluesky has not answered since 18:40."
    inbox = EMPTY._replace(lines=(down,))
    assert trouble_lines(inbox, [BLUESKY._replace(trouble=down), BLUESKY]) == [down]


def test_json_says_everything_about_a_conversation() -> None:
    assert json.loads(json.dumps(row_record(ANA._replace(warning="ink")))) == {
        "id": 7,
        "network": "bluesky",
        "account": "you.example",
        "private": False,
        "group": "waiting",
        "writers": ["Ana Prado"],
        "who": "Ana Prado",
        "text": "Have you tried the new ink?",
        "warning": "ink",
        "pictures": 1,
        "reason": "reply",
        "at": "2026-07-12T18:20:00Z",
        "note": None,
    }


def test_json_times_are_utc_wherever_one_is() -> None:
    from zoneinfo import ZoneInfo

    elsewhere = ANA._replace(at=ANA.at.astimezone(ZoneInfo("Asia/Tokyo")), reason=None)
    assert row_record(elsewhere)["at"] == "2026-07-12T18:20:00Z"
    assert row_record(elsewhere)["reason"] is None
