"""Times that stay true, and numbers and names as people say them."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introvert_tui.text import ago, ago_in_words, around, clock, count, day_and_part, greeting, names, number

VIENNA = timezone(timedelta(hours=2))
NOW = datetime(2026, 7, 12, 18, 40, tzinfo=VIENNA)  # a Sunday


@pytest.mark.parametrize(
    ("then", "short", "long"),
    [
        (NOW + timedelta(hours=3), "just now", "just now"),
        (NOW, "just now", "just now"),
        (NOW - timedelta(seconds=59), "just now", "just now"),
        (NOW - timedelta(minutes=1), "1 min", "a minute ago"),
        (NOW - timedelta(minutes=59, seconds=59), "59 min", "59 minutes ago"),
        (NOW - timedelta(minutes=60), "1 h", "an hour ago"),
        (NOW - timedelta(hours=3), "3 h", "3 hours ago"),
        (datetime(2026, 7, 12, 0, 5, tzinfo=VIENNA), "18 h", "18 hours ago"),
        (datetime(2026, 7, 11, 21, 59, tzinfo=UTC), "yesterday", "yesterday"),
        (datetime(2026, 7, 11, 22, 1, tzinfo=UTC), "18 h", "18 hours ago"),
        (datetime(2026, 7, 11, 0, 0, tzinfo=VIENNA), "yesterday", "yesterday"),
        (datetime(2026, 7, 10, 23, 59, tzinfo=VIENNA), "Friday", "on Friday"),
        (datetime(2026, 7, 6, 0, 0, tzinfo=VIENNA), "Monday", "on Monday"),
        (datetime(2026, 7, 5, 23, 0, tzinfo=VIENNA), "5 July", "on 5 July"),
        (datetime(2026, 3, 12, tzinfo=VIENNA), "12 March", "on 12 March"),
        (datetime(2024, 3, 12, tzinfo=VIENNA), "12 March 2024", "on 12 March 2024"),
        (datetime.min.replace(tzinfo=UTC), "1 January 1", "on 1 January 1"),
    ],
)
def test_how_long_ago(then: datetime, short: str, long: str) -> None:
    assert ago(then, NOW) == short
    assert ago_in_words(then, NOW) == long


@pytest.mark.parametrize(
    ("then", "when"),
    [
        (NOW - timedelta(days=1), "yesterday"),
        (NOW - timedelta(days=31), "on 11 June"),
        (NOW - timedelta(days=32), "in June"),
        (datetime(2025, 7, 20, tzinfo=VIENNA), "in July 2025"),
        (datetime(2024, 3, 12, tzinfo=VIENNA), "in March 2024"),
    ],
)
def test_after_a_month_the_day_does_not_matter(then: datetime, when: str) -> None:
    assert around(then, NOW) == when


def test_late_last_night_is_still_hours_ago() -> None:
    assert ago(datetime(2026, 7, 11, 22, 0, tzinfo=VIENNA), NOW.replace(hour=1, minute=30)) == "3 h"


def test_summer_time_does_not_bend_the_hours() -> None:
    zone = ZoneInfo("Europe/Vienna")
    assert ago(datetime(2026, 3, 29, 1, 30, tzinfo=zone), datetime(2026, 3, 29, 4, 30, tzinfo=zone)) == "2 h"


any_time = st.datetimes(
    timezones=st.sampled_from([UTC, VIENNA, timezone(timedelta(hours=-23)), ZoneInfo("Asia/Tokyo")])
)


@given(any_time, any_time)
def test_no_date_a_server_sends_is_too_odd(then: datetime, now: datetime) -> None:
    assert all((ago(then, now), ago_in_words(then, now), clock(then, now), day_and_part(now), greeting(now)))


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (NOW, "18:40"),
        (datetime(2026, 7, 12, 6, 5, tzinfo=UTC), "08:05"),
        (datetime(2026, 7, 7, 18, 40, tzinfo=VIENNA), "Tuesday 18:40"),
        (datetime(2026, 7, 14, 9, 0, tzinfo=VIENNA), "Tuesday 09:00"),
        (datetime(2026, 7, 5, 18, 40, tzinfo=VIENNA), "5 July 18:40"),
        (datetime(2025, 7, 12, 18, 40, tzinfo=VIENNA), "12 July 2025 18:40"),
    ],
)
def test_clock(then: datetime, told: str) -> None:
    assert clock(then, NOW) == told


@pytest.mark.parametrize(
    ("hour", "part", "hello"),
    [
        (0, "Saturday night", "Hello"),
        (4, "Saturday night", "Hello"),
        (5, "Sunday morning", "Good morning"),
        (12, "Sunday afternoon", "Good afternoon"),
        (18, "Sunday evening", "Good evening"),
        (22, "Sunday night", "Hello"),
    ],
)
def test_parts_of_the_day(hour: int, part: str, hello: str) -> None:
    now = NOW.replace(hour=hour)
    assert day_and_part(now) == part
    assert greeting(now) == hello


def test_numbers_and_names() -> None:
    assert [number(n) for n in (0, 1, 9, 10, 212, -1)] == ["no", "one", "nine", "10", "212", "-1"]
    assert [count(n, "nod") for n in (0, 1, 4, 12)] == ["no nods", "one nod", "four nods", "12 nods"]
    assert [names(list(people)) for people in ("", "A", "AB", "ABC")] == ["", "A", "A and B", "A, B and C"]


def test_plain_english_loads_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules); import introvert_tui.text as t;"
        "new = set(sys.modules) - before;"
        "assert not new & {'re', 'typing', 'wcwidth', 'urllib.parse', 'unicodedata'}, new;"
        "t.clean('hello'); t.clip('Priyá — “café” · \u276f ▌', 9); t.clean('naïve … déjà'); t.clean_line('Zoë\\n');"
        "assert 'wcwidth' not in sys.modules"
    )
    # -S: what a .pth file of this environment imports is none of our business.
    subprocess.run([sys.executable, "-S", "-c", code], check=True, timeout=60)
