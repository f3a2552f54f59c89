"""The inbox as plain lines and as JSON, for pipes, speech and braille: pure but for `print_inbox`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from introvert_tui.cli.output import read_out, talk
from introvert_tui.engine.inbox import Group
from introvert_tui.text import ago_in_words, capital, clean_line, clock, count, names, number, spelled_count

if TYPE_CHECKING:
    from introvert_tui.engine.inbox import AccountView, Inbox, InboxRow
    from introvert_tui.engine.views import OutgoingView
    from introvert_tui.model import Request

_GROUP_NAMES = {Group.WROTE_BACK: "wrote back", Group.WAITING: "waiting", Group.QUOTES: "quotes", Group.NEW: "new"}
_ENDS = (".", "!", "?", "…", "\u3002", "\uff01", "\uff1f")
_AFTER_THE_PEOPLE = {Group.WROTE_BACK: " wrote back", Group.QUOTES: " quoted you", Group.NEW: ", new to you"}


def print_inbox(inbox: Inbox, accounts: Sequence[AccountView]) -> None:
    """Print what waits on stdout, and what went wrong on stderr."""
    for line in inbox_lines(inbox, accounts, datetime.now().astimezone()):
        read_out(line)
    for line in trouble_lines(inbox, accounts):
        talk(line)


def inbox_lines(inbox: Inbox, accounts: Sequence[AccountView], now: datetime) -> list[str]:
    """Say the whole inbox: one block of lines for each conversation, an empty line after it, and the end."""
    total = max(inbox.waiting, len(inbox.rows))
    lines = [f"{spelled_count(total, 'conversation')}.", ""] if total else []
    for position, row in enumerate(inbox.rows, 1):
        head, *rest = row_lines(row, place(row, accounts), now)
        lines += [f"{position} of {total}. {head}", *rest, ""]
    requests = [request_line(request, now) for request in inbox.requests]
    if requests:
        lines += [*requests, ""]
    return [*lines, end_line(inbox, now)]


def row_lines(
    row: InboxRow,
    where: str,
    now: datetime,
    behind_a_warning: str = "The words behind it are in the app.",
    pictures: Sequence[str] = (),
) -> list[str]:
    """Say one conversation: who, where, when; what is to be known first; the words; the pictures, or how many."""
    who = names(row.writers) + _AFTER_THE_PEOPLE.get(row.group, "")
    openness = "privately" if row.private else "public"
    lines = [f"{who}, {where}, {openness}, {ago_in_words(row.at, now)}."]
    if row.note:
        lines.append(sentence(row.note))
    if row.later_reason:
        lines.append(f"You put it off: {row.later_reason}")
    if row.warning is not None:
        lines.append(f"Warning: {sentence(row.warning)} {behind_a_warning}")
    elif row.text:
        lines.append(f"{row.who}: {row.text}" if len(row.writers) > 1 else row.text)
    if pictures:
        lines += pictures
    elif row.pictures:
        lines.append(f"{capital(count(row.pictures, 'picture'))}.")
    if row.kept:
        lines.append(f"Kept: {clean_line(row.kept)}")
    return lines


def place(row: InboxRow, accounts: Sequence[AccountView]) -> str:
    """Say the network, and which of your accounts where there are several on it."""
    on_network = [account for account in accounts if account.network == row.network]
    label = on_network[0].label if on_network else row.network
    return f"{label} to {row.account}" if len(on_network) > 1 else label


def end_line(inbox: Inbox, now: datetime) -> str:
    """Say that this is all, and of what."""
    of_what = f"the last {count(inbox.days, 'day')}, {count(inbox.accounts, 'account')}"
    if inbox.as_of is not None:
        of_what = f"{of_what}, as of {clock(inbox.as_of, now)}"
    beyond = inbox.waiting - len(inbox.rows)
    if beyond > 0:
        return f"{capital(number(beyond))} more {'comes' if beyond == 1 else 'come'} as these go: {of_what}."
    all_told = "That's everyone" if inbox.rows else "Nobody is waiting"
    return f"{all_told}: {of_what}."


def trouble_lines(inbox: Inbox, accounts: Sequence[AccountView]) -> list[str]:
    """Say what did not answer, each thing once."""
    troubles = [account.trouble for account in accounts if account.trouble]
    return list(dict.fromkeys([*inbox.lines, *troubles]))


def waiting_line(outgoing: Sequence[OutgoingView]) -> str:
    """Say to whom something waits to go out; empty if nothing does, or if a visit that is open has it."""
    waits = [one for one in outgoing if one.state not in ("held", "sending")]
    if not waits:
        return ""
    to = names(list(dict.fromkeys(one.to for one in waits)))
    if len(waits) == 1:
        return f"One {waits[0].kind} waits, to {to}."
    return f"{capital(number(len(waits)))} messages wait, to {to}."


def row_record(row: InboxRow) -> dict[str, object]:
    """Return the fields of one conversation that `catch-up --json` promises; the README lists them."""
    return {
        "id": row.id,
        "network": row.network,
        "account": row.account,
        "private": row.private,
        "group": _GROUP_NAMES[row.group],
        "writers": list(row.writers),
        "who": row.who,
        "text": row.text,
        "warning": row.warning,
        "pictures": row.pictures,
        "reason": row.reason,
        "at": utc(row.at),
        "note": row.note,
    }


def utc(moment: datetime) -> str:
    """Write a moment for programs: `2026-07-12T18:20:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def request_line(request: Request, now: datetime) -> str:
    """Say who asks to write to you, and what they wrote."""
    who = request.person.name or request.person.handle
    return f"{who}, whom you have not let in, wrote {ago_in_words(request.at, now)}: {request.text}"


def sentence(words: str) -> str:
    """Words that end as a sentence does."""
    words = words.rstrip()
    return words if words.endswith(_ENDS) else f"{words}."
