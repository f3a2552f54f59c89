"""The sentences around the list: how many, how long, what is held back, and the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from introvert_tui.engine.inbox import AccountView, Group, Inbox, InboxRow
from introvert_tui.text import clock, count, greeting, names, spelled, spelled_count

if TYPE_CHECKING:
    from introvert_tui.engine.views import VisitSummary

WORDS_A_MINUTE = 200
SECONDS_A_CONVERSATION = 30
"""For reading what was said before, and a short answer."""
LONG, ROUGHLY = 10, 5
"""Minutes from which on it is guessed roughly, and how roughly."""

HEADINGS = {
    Group.WROTE_BACK: "They wrote back",
    Group.WAITING: "Waiting",
    Group.QUOTES: "Quotes of you",
    Group.NEW: "New to you",
}


def minutes(rows: Sequence[InboxRow]) -> int:
    """About how long these take, in whole minutes, never none; what is long is not known to the minute."""
    words = sum(len(row.text.split()) for row in rows)
    about = max(1, round(words / WORDS_A_MINUTE + len(rows) * SECONDS_A_CONVERSATION / 60))
    return about if about < LONG else round(about / ROUGHLY) * ROUGHLY


def opening(rows: Sequence[InboxRow], now: datetime, beyond: int = 0) -> str:
    """ "Good evening. Four conversations, about three minutes."; with those `beyond` the list it is no use to guess."""
    if not rows:
        return f"{greeting(now)}."
    how_long = minutes(rows)
    about = "about a minute" if how_long == 1 else f"about {spelled(how_long)} minutes"
    many = spelled_count(len(rows) + beyond, "conversation")
    return f"{greeting(now)}. {many}." if beyond else f"{greeting(now)}. {many}, {about}."


def held_back(people: Collection[str], key: str) -> str:
    """ "Two more people wrote · ctrl+r shows them", or nothing."""
    if not people:
        return ""
    whom = "them" if len(people) > 1 else "it"
    who = f"{spelled(len(people)).capitalize()} more {'person' if len(people) == 1 else 'people'}"
    return f"{who} wrote · {key} shows {whom}"


def folded_quotes(many: int, key: str) -> str:
    """What stands for the conversations that only quote you, until they are asked for."""
    return f"{HEADINGS[Group.QUOTES]}: {count(many, 'conversation')} · {key} shows {'it' if many == 1 else 'them'}"


def asked_to_write(inbox: Inbox, key: str) -> str:
    """Who asks to be let in, in one line, and the key that shows what they wrote; reading it lets nobody in."""
    people = [request.person.name or request.person.handle for request in inbox.requests]
    if not people:
        return ""
    asks = "asks" if len(people) == 1 else "ask"
    some = names(people[:2]) if len(people) <= 2 else f"{', '.join(people[:2])} and {count(len(people) - 2, 'other')}"
    return f"{some} {asks} to write to you · {key} reads it, and accepts nothing"


def signing_in_here(sentence: str, key: str) -> str:
    """A sentence that names the command for signing in, with the key that does it here: "a (your accounts) …"."""
    return re.sub(r"`introvert accounts add [^`]+`", f"{key} (your accounts)", sentence)


def the_end(
    inbox: Inbox, accounts: Sequence[AccountView], summary: VisitSummary, now: datetime, *, held: bool
) -> tuple[str, ...]:
    """What stands where the list was: that it is over, of what, and what you did; more may be `held` back since."""
    days = f"the last {count(inbox.days, 'day')}"
    if any(account.as_of is None and account.trouble is None for account in accounts):
        return (f"Looking for the first time: {days}, {count(inbox.accounts, 'account')}.",)
    covers = f"{days}, {count(inbox.accounts, 'account')}"
    if inbox.as_of is not None:
        covers += f", as of {clock(inbox.as_of, now)}"
    everyone = "That was everyone" if held else "That's everyone"
    return tuple(line for line in (f"{everyone}: {covers}.", summary.sentence, summary.coming_back) if line)
