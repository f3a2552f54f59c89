"""Letting an account rest: it is not asked, what waits there is not shown, and it comes back by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from introvert_tui.engine.calm import on_the_wall
from introvert_tui.errors import Cannot
from introvert_tui.text import clean_line

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEAST_LETTERS = 3
_LONGEST = timedelta(days=366)


def rest_until(words: str, local: datetime) -> str:
    """The day an account comes back, as the clock on the wall says it when that day begins (ISO, no zone).

    Takes "tomorrow", "next week", a weekday or a date such as 2026-12-01. Raises `Cannot` for anything else.
    """
    said = " ".join(words.casefold().split()).removeprefix("until ")
    day = _day(said, local.date())
    if day is None:
        raise Cannot(
            f"“{clean_line(words)}” is not a day Introvert knows. Say tomorrow, next week, monday or 2026-12-01."
        )
    if not local.date() < day <= local.date() + _LONGEST:
        raise Cannot("An account can rest until any day after today, for a year at most.")
    return f"{day.isoformat()}T00:00:00"


def _day(said: str, today: date) -> date | None:
    if said == "tomorrow":
        return today + timedelta(days=1)
    if said == "next week":
        return today + timedelta(days=7 - today.weekday())
    for number, name in enumerate(_WEEKDAYS):
        if len(said) >= _LEAST_LETTERS and name.startswith(said):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def is_resting(until: str | None, local: datetime) -> bool:
    """Whether a wall time has not come yet; as text, since that is how it is kept."""
    return until is not None and on_the_wall(local) < until


def rests(label: str, until: str, local: datetime) -> str:
    """The line at the top: "Mastodon rests until Monday."."""
    day = date.fromisoformat(until[:10])
    away = (day - local.date()).days
    when = "tomorrow" if away == 1 else f"{day:%A}" if away <= 7 else f"{day.day} {day:%B}"
    return f"{label} rests until {when}."
