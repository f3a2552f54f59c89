"""Times, numbers and names the way people say them, in English whatever the locale.

Both times of each function are aware; days are those of the zone of `now`.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers understand it: importing typing takes 12 ms
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_MINUTE, _HOUR = 60, 3600


def ago(then: datetime, now: datetime) -> str:
    """How long ago, for a column: "just now", "20 min", "3 h", "yesterday", "Tuesday", "12 March", "12 March 2024"."""
    seconds = _seconds_between(then, now)
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if _told_in_hours(then, now):
        return f"{seconds // _HOUR} h"
    return "yesterday" if _days_between(then, now) == 1 else _day(then, now)


def ago_in_words(then: datetime, now: datetime) -> str:
    """How long ago, for a sentence: "just now", "20 minutes ago", "an hour ago", "yesterday", "on Tuesday"."""
    seconds = _seconds_between(then, now)
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        minutes = seconds // _MINUTE
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    if _told_in_hours(then, now):
        hours = seconds // _HOUR
        return "an hour ago" if hours == 1 else f"{hours} hours ago"
    return "yesterday" if _days_between(then, now) == 1 else f"on {_day(then, now)}"


def around(then: datetime, now: datetime) -> str:
    """When, for what need not be known to the day: as `ago_in_words`, and after a month "in March", "in March 2024"."""
    if abs(_days_between(then, now)) <= 31:
        return ago_in_words(then, now)
    local = _local(then, now)
    month = _MONTHS[local.month - 1]
    return f"in {month}" if local.year == now.year else f"in {month} {local.year}"


def clock(then: datetime, now: datetime) -> str:
    """When, to the minute: "18:40" today, else "Tuesday 18:40" or "12 March 18:40"."""
    time = f"{_local(then, now):%H:%M}"
    return time if _days_between(then, now) == 0 else f"{_day(then, now)} {time}"


def day_and_part(now: datetime) -> str:
    """What people call this hour: "Sunday evening"; two in the morning still belongs to the night before."""
    part = _part_of_day(now)
    weekday = now.weekday() - (part == "night" and now.hour < 12)
    return f"{_WEEKDAYS[weekday]} {part}"


def greeting(now: datetime) -> str:
    """What to say on opening: "Good evening"; at night "Hello", since "Good night" says goodbye."""
    part = _part_of_day(now)
    return "Hello" if part == "night" else f"Good {part}"


def number(n: int) -> str:
    """A number in a sentence: "no", "one" ... "nine", then "10"."""
    return _NUMBERS[n] if 0 <= n < len(_NUMBERS) else str(n)


def spelled(n: int) -> str:
    """A number in words up to "ninety-nine", for where digits would stand badly."""
    if not 10 <= n <= 99:
        return number(n)
    tens, ones = divmod(n, 10)
    return _TEENS[ones] if tens == 1 else _TENS[tens - 2] + (f"-{_NUMBERS[ones]}" if ones else "")


def capital(words: str) -> str:
    """Words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def count(n: int, singular: str) -> str:
    """So many of something: "no people", "one conversation", "four conversations"."""
    return f"{number(n)} {singular if n == 1 else singular + 's'}"


def spelled_count(n: int, singular: str) -> str:
    """ "Eleven conversations", for the beginning of a sentence, where digits stand badly."""
    return f"{spelled(n).capitalize()} {singular if n == 1 else singular + 's'}"


def names(people: Sequence[str]) -> str:
    """People in their order: "", "Ana", "Ana and Ben", "Ana, Ben and Cy"."""
    return " and ".join(part for part in (", ".join(people[:-1]), *people[-1:]) if part)


def quoted(words: Sequence[str]) -> str:
    """Words as they were written, in their order: "“rain” and “wind”"."""
    return names([f"“{word}”" for word in words])


def _seconds_between(then: datetime, now: datetime) -> int:
    # By the clock of the world: subtracting two local times of one zone forgets that summer time began between them.
    return int(now.timestamp() - then.timestamp())


def _told_in_hours(then: datetime, now: datetime) -> bool:
    return _seconds_between(then, now) < 12 * _HOUR or _days_between(then, now) == 0


def _local(then: datetime, now: datetime) -> datetime:
    try:
        return then.astimezone(now.tzinfo)
    except OverflowError:  # servers send the year 1 for "never", and west of Greenwich that is the year before time
        return then.replace(tzinfo=now.tzinfo)


def _days_between(then: datetime, now: datetime) -> int:
    return now.toordinal() - _local(then, now).toordinal()


def _day(then: datetime, now: datetime) -> str:
    local = _local(then, now)
    if abs(_days_between(then, now)) <= 6:
        return _WEEKDAYS[local.weekday()]
    day_of_month = f"{local.day} {_MONTHS[local.month - 1]}"
    return day_of_month if local.year == now.year else f"{day_of_month} {local.year}"


def _part_of_day(now: datetime) -> str:
    for until, part in ((5, "night"), (12, "morning"), (18, "afternoon"), (22, "evening")):
        if now.hour < until:
            return part
    return "night"
