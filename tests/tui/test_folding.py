"""What of a conversation is open, whatever is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from introvert_tui.engine.views import MessageView
from introvert_tui.model import GoneKind, Span
from introvert_tui.tui import folding

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


def message(id: int, who: str = "Ana", new: bool = False, **other: Any) -> MessageView:
    plain = MessageView(
        id=id,
        name=who,
        handle=who.lower(),
        mine=who == "You",
        new=new,
        held=False,
        at=NOW + timedelta(minutes=id),
        body=(Span(f"words {id}"),),
        warning=None,
        attachments=(),
        answers=None,
        gone=None,
        edited=False,
        url=None,
    )
    return plain._replace(**other)


threads = st.lists(st.tuples(st.sampled_from(["Ana", "Ben", "You"]), st.booleans()), max_size=12).map(
    lambda told: [message(id, who, new and who != "You") for id, (who, new) in enumerate(told)]
)


@given(threads)
def test_nothing_is_lost_and_nothing_new_is_folded(messages: list[MessageView]) -> None:
    shown = folding.items(messages, folding.open_at_first(messages))
    assert [one for item in shown for one in item.messages] == messages
    assert not any(one.new for item in shown if item.folded for one in item.messages)
    assert all(len(item.messages) == 1 for item in shown if not item.folded)
    mine = [one for one in messages if one.mine]
    assert not mine or any(one.mine for item in shown if not item.folded for one in item.messages)


@given(threads, st.integers(0, 12), st.integers(0, 12))
def test_what_was_open_stays_open(messages: list[MessageView], older: int, known: int) -> None:
    """Some messages are known when the conversation is opened, and others, earlier and later ones, come afterwards."""
    at_first = messages[older : older + known]
    opened = folding.open_at_first(at_first)
    now = folding.still_open(messages, opened, {one.id for one in at_first})
    assert opened <= now
    first = next((one.id for one in messages if one.id in opened), None)
    if first is not None:
        assert not any(one.id in now for one in messages if one.id < first)
        assert all(one.id in now for one in messages[older + known :])


def test_a_fold_is_a_line_per_person_in_their_last_words() -> None:
    several = (
        message(1, "Ana"),
        message(2, "Ben", warning="hospital"),
        message(3, "Ana", body=(Span("the last\nwords"),)),
        message(4, "You", gone=GoneKind.DELETED, body=()),
        message(5, "Cy", body=()),
    )
    told = folding.folded_content(folding.Item(1, several, folded=True), "v").plain.splitlines()
    assert told == [
        "Earlier · v shows it",
        "Ben: under the warning “hospital”",
        "Ana: … the last words",
        "You: [deleted]",
        "Cy: [no words]",
    ]


def test_many_people_are_not_all_named() -> None:
    several = tuple(message(number, f"Person {number}") for number in range(9))
    told = folding.folded_content(folding.Item(0, several, folded=True), "v").plain.splitlines()
    assert told[1] == "Four others"
    assert told[2:] == [f"Person {number}: words {number}" for number in range(4, 9)]
