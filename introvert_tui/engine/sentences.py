"""The engine's sentences: plain, second person, what happened, what is kept, what to do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from introvert_tui.engine.inbox import State
from introvert_tui.engine.views import Later
from introvert_tui.errors import AdapterError, Unavailable, Unsure
from introvert_tui.model import Audience, DraftKind, Length, ObstacleKind, Visibility
from introvert_tui.text import ago_in_words, clock, count, names, number, spelled

EVENING_IS_OVER = 17
"""The hour from which "this evening" is too soon, and a few hours later is meant."""

_READERS = {
    Visibility.PUBLIC: "Public on {label}.",
    Visibility.UNLISTED: "Unlisted on {label}.",
    Visibility.PRIVATE: "For followers on {label}.",
}
_OBSTACLES = {
    ObstacleKind.DELETED: "{name} deleted what you answered.",
    ObstacleKind.EDITED: "{name} changed what you answered.",
    ObstacleKind.CLOSED: "Replies to {name} are closed now.",
    ObstacleKind.BLOCKED: "You and {name} cannot write to each other any more.",
}


def audience(
    who: Audience, to: str, also: Sequence[str], others: Sequence[str], label: str, named: Sequence[str] = ()
) -> str:
    """Who will see an answer, truthfully: "Public on Bluesky. Ana is notified, and Jun and Priya above."."""
    if who.visibility is Visibility.DIRECT:
        sentence = f"Only {names([to, *others, *named])} can read this."
    else:
        sentence = _READERS[who.visibility].format(label=label)
        above = [f"{names(list(also))} above"] if also else []
        if who.more:
            above.append("whoever wrote further above" if also else "whoever wrote above")
        if named:
            above.append(f"{names(list(named))}, whom you name")
        if above:
            sentence += f" {to} is notified, and {', and '.join(above)}."
        else:
            sentence += f" Only {to} is notified."
    return f"{sentence} Under the warning “{who.warning}”." if who.warning else sentence


def only_known(until: datetime, now: datetime, few: int = 0) -> str:
    """The line while strangers are not heard, everywhere or in a `few` conversations; `until` is a time on the wall."""
    when = "tomorrow" if until.date() > now.date() else f"{until:%H:%M}"
    where = f" in {count(few, 'conversation')}" if few else ""
    return f"Only people you know{where}, until {when}."


QUIET_ELSEWHERE = "Your other apps are quiet about the thread you left, too."


def long_absence(people: int, newest: int, older: int, days: int | None) -> str:
    """What is asked when one comes back after long, or comes for the first time and sees so many `days`."""
    who = f"{spelled(people).capitalize()} {'person' if people == 1 else 'people'}"
    when = f"in the last {count(days, 'day')}" if days else "while you were away"
    which = f"The newest {spelled(newest)} stay; let the other {spelled(older)} go?"
    return f"{who} wrote {when}. {which}"


def let_go(many: int) -> str:
    return f"You let {spelled(many)} go. Nothing is deleted · u takes it back"


def held(kind: DraftKind, name: str) -> str:
    return f"{kind.capitalize()} to {name} goes out in a moment, or when you quit · u takes it back"


def delete_it(kind: DraftKind, name: str, went_out: datetime, now: datetime) -> str:
    """The question before a message that is out is deleted."""
    return f"Your {kind} to {name} went out {at(went_out, now)}. Delete it?"


def at(then: datetime, now: datetime) -> str:
    """When, in a sentence: "at 18:40", "on Tuesday at 18:40", "on 12 March at 18:40"."""
    day, _, time = clock(then, now).rpartition(" ")
    return f"on {day} at {time}" if day else f"at {time}"


def is_out(kind: DraftKind, name: str) -> str:
    return f"{kind.capitalize()} to {name} is out."


def not_yet(perhaps_out: bool) -> str:
    """What is said of a message that could not be sent now: of one that may be out, only that it was not sent again."""
    return "is not sent again yet" if perhaps_out else "did not go out yet"


def not_out_yet(kind: DraftKind, name: str, label: str, offline: bool, perhaps_out: bool) -> str:
    why = f": {label} does not answer" if offline else ""
    return f"Your {kind} to {name} {not_yet(perhaps_out)}{why}. It is kept, and goes out later."


def waits(kind: DraftKind, name: str, why: str) -> str:
    """Its hold is over, and it does not go out at once."""
    return f"Your {kind} to {name} waits: {why}."


def still_wait(name: str, others: Sequence[str]) -> str:
    verb = "waits" if len(others) == 1 else "wait"
    return f"Hello to {name}. {names(list(others))} still {verb} here · u takes it back"


def _fate(perhaps_out: bool) -> str:
    return "It may have gone out before, and is not sent again" if perhaps_out else "Nothing was sent"


def obstacle(kind: ObstacleKind, name: str, perhaps_out: bool) -> str:
    return f"{_OBSTACLES[kind].format(name=name)} {_fate(perhaps_out)}; your words are kept."


def refused(label: str, kind: DraftKind, name: str, why: str, perhaps_out: bool) -> str:
    because = f": {why.rstrip('.')}" if why.strip(" .") else ""
    before = " It may have gone out before." if perhaps_out else ""
    return f"{label} refused your {kind} to {name}{because}.{before} Your words are kept; r opens them."


def not_left_yet(people: Sequence[str], when: str) -> str:
    """Hellos are out, and their threads could not be read again, which comes before leaving them."""
    whom = names(list(dict.fromkeys(people)))
    if len(people) == 1:
        return f"You have not left the thread of your hello to {whom} yet: {when}, it is read again and left."
    return f"You have not left the threads of your hellos to {whom} yet: {when}, they are read again and left."


def left_unread(name: str) -> str:
    return f"The thread of your hello to {name} could not be read again for a day, and is left without that."


def signed_out(handle: str, label: str, forget: bool) -> str:
    """An account was removed, and what became of its conversations."""
    kept = "are forgotten here." if forget else "stay here; `introvert search` finds them."
    return f"{handle} is signed out of {label}. Its conversations {kept}"


def not_told_of_signing_out(label: str) -> str:
    """The server could not be asked to end the sign-in, which stays good there."""
    return f"{label} could not be told; its own settings can take Introvert's access away."


def asks(kind: DraftKind, name: str, written_at: datetime, now: datetime, perhaps_out: bool) -> str:
    """What the person decides about: sending something after all."""
    written = f"Your {kind} to {name}, written {ago_in_words(written_at, now)},"
    if perhaps_out:
        return f"{written} may have gone out; the server cannot say. Send it again?"
    return f"{written} did not go out. Send it now?"


def trouble(label: str, kind: str, said: str, since: datetime | None, now: datetime) -> str:
    """Why the inbox may be old, in one quiet line; `said` is the adapter's own sentence about it."""
    if kind in ("signed-out", "not-allowed"):
        return said
    if since is None:
        what = f"{label} has not answered yet." if kind == "offline" else said
        return f"{what} What you write is kept and goes out later."
    if kind == "offline":
        what, seen = f"{label} has not answered since {clock(since, now)}.", "What you see is from then"
    else:
        what, seen = said, f"What you see is from {clock(since, now)}"
    return f"{what} {seen}; hellos are kept and go out later."


def _messages(which: Sequence[tuple[DraftKind, str]]) -> str:
    people = names(list(dict.fromkeys(name for _, name in which)))
    return f"Your {which[0][0]} to {people}" if len(which) == 1 else f"Your messages to {people}"


def waits_for_next_visit(which: Sequence[tuple[DraftKind, str]], label: str, kind: str = "", said: str = "") -> str:
    """What did not go out from one account, and its trouble if there is any: its kind, and what the adapter said."""
    because = f": {label} does not answer" if kind == "offline" else ""
    sentence = f"{_messages(which)} did not go out yet{because}. Kept for your next visit."
    return f"{sentence} {said}" if said and kind != "offline" else sentence


def held_for_next_visit(which: Sequence[tuple[DraftKind, str]]) -> str:
    if len(which) == 1:
        return f"{_messages(which)} was not sent. It is kept; you are asked about it at your next visit."
    return f"{_messages(which)} were not sent. They are kept; you are asked about them at your next visit."


def looked_for_next_visit(which: Sequence[tuple[DraftKind, str]]) -> str:
    sought = "It is" if len(which) == 1 else "They are"
    return f"{_messages(which)} may have gone out; the server did not say. {sought} looked for at your next visit."


def visit(greeted: Sequence[str], left: int, done: int) -> str:
    """What happened in this visit, in a sentence or two; empty if nothing did."""
    parts = []
    if greeted:
        parts.append(f"Hello to {names(list(dict.fromkeys(greeted)))}.")
    if left:
        parts.append(f"You left {count(left, 'conversation')}.")
    if done:
        parts.append(f"{spelled(done).capitalize()} {'is' if done == 1 else 'are'} done.")
    return " ".join(parts)


def coming_back(many: int) -> str:
    if many == 1:
        return "One comes back by itself."
    return f"{number(many).capitalize()} come back by themselves." if many else ""


def too_long(length: Length) -> str:
    over = length.used - length.limit
    if over > 0:
        return f"It is too long by {count(over, 'character')}. Your words are kept."
    return "It is too long for this network. Your words are kept."


def later(when: Later, local: datetime) -> str:
    """What a time to come back is called at this hour."""
    return "in three hours" if when is Later.EVENING and local.hour >= EVENING_IS_OVER else when.value


def comes_back(when: Later, local: datetime) -> str:
    if when is Later.WHEN_I_FEEL_LIKE_IT:
        return "It stays with what you put off until you feel like it"
    return f"It comes back {later(when, local)}"


def taken_back(kind: str, waits: bool, state: State | None) -> str:
    match kind:
        case "leave":
            return "Taken back: you have not left."
        case "rejoin" if state is State.LEFT:
            return "Taken back: it is left again."
        case "bring_back" if state is State.LATER:
            return "Taken back: it is put off again."
        case "bring_back":
            return "Something was done there meanwhile, so it stays as it is."
        case "rejoin":
            return "Something was said there meanwhile, so you stay part of it."
        case "nod":
            return "Taken back: no nod, and it waits again." if waits else "Taken back: no nod. Nothing waits there."
        case _:
            return "Taken back: it waits again." if waits else "Taken back. Nothing waits there any more."


def not_done(done: str, problem: AdapterError) -> str:
    """That what was asked of the server was not done, and why; without an answer that can be read, nobody knows."""
    was = "may not have been" if isinstance(problem, Unavailable | Unsure) else "was not"
    return f"It {was} {done}: {problem}"


def message_taken_back(perhaps_out: bool) -> str:
    return f"Taken back. {_fate(perhaps_out)}; your words are kept."


def may_be_out(kind: DraftKind, name: str, before: bool) -> str:
    """It cannot be taken back now; whether something was done `before` it that can be."""
    then = "takes back what you did before it" if before else "in a moment"
    return f"Your {kind} to {name} may be out already, so it cannot be taken back now · u again {then}"


def no_nod(why: str, waits: bool) -> str:
    return f"The nod did not go out: {why.rstrip('.')}." + (" It waits again." if waits else "")


def not_told_yet(label: str, quiet: bool) -> str:
    """A thread was left, or rejoined, and its server cannot be told of it now."""
    if quiet:
        return f"The thread you left is quiet here. {label} could not be told yet; it will be."
    return f"You are part of the thread again. {label} still keeps it quiet; it will be told."


def in_doubt(kind: DraftKind, name: str) -> str:
    """The answer to an attempt was lost."""
    return f"Your {kind} to {name} may be out already; Introvert looks before it sends again."


def told_now(label: str) -> str:
    """What could not be told at first."""
    return f"{label} has been told now."


def cannot_quiet(label: str) -> str:
    return f"The thread you left is quiet here. {label} cannot keep it so: your other apps may tell you of it."


def cannot_speak_again(label: str) -> str:
    """A thread was rejoined, and its server will not end that it is quiet there."""
    return f"You are part of the thread again, but {label} keeps it quiet. Another app of yours can un-mute it."


def dropped(which: Sequence[tuple[DraftKind, str]], perhaps_out: bool, forgotten: bool) -> str:
    """What becomes of words on their way out of an account that is signed out."""
    was = "was" if len(which) == 1 else "were"
    fate = "may have gone out before you signed out" if perhaps_out else f"{was} not sent, since you signed out"
    return f"{_messages(which)} {fate}." + ("" if forgotten else " Your words are kept.")


def blocked_too_late(which: Sequence[tuple[DraftKind, str]]) -> str:
    """What was sent to somebody before they were blocked, and may have arrived."""
    verb = "is" if len(which) == 1 else "are"
    return f"{_messages(which)} may be out already, and {verb} not sent again."


def block(name: str, labels: Sequence[str]) -> str:
    """The question before somebody is blocked, on all the networks of their card."""
    where = names(list(dict.fromkeys(labels)))
    return (
        f"Block {name} on {where}? What they wrote to you is saved to a file first. "
        "Others may be able to see that you do."
    )


def distance_not_told_yet(label: str, name: str, away: bool) -> str:
    """Somebody was muted or blocked, or is no more, and the server cannot be told of it now."""
    here = f"Nothing {name} says waits here." if away else f"You hear {name} here."
    return f"{here} {label} could not be told yet; it will be."


def no_distance(label: str, name: str, way: str, away: bool, why: str) -> str:
    """The server will not mute or block somebody, or will not end it."""
    here = f"Nothing {name} says waits here" if away else f"You hear {name} here"
    did = f"did not {way}" if away else f"still {way}s"
    return f"{here}, but {label} {did} them: {why.rstrip('.')}."
