"""A user's database as it is after some months, made without a network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from introvert_tui.engine.clock import Clock
from introvert_tui.engine.opening import open_session
from introvert_tui.model import Message, MessageRef, Page, Person, PersonRef, Reason, Span, ThreadRef
from introvert_tui.settings import Paths, Settings
from introvert_tui.store import accounts
from introvert_tui.store.merge import merge
from introvert_tui.store.times import to_ms

ME = PersonRef("demo:you", "you")
WORDS = "have you tried the new ink, and does it dry before you turn the page, or is it for people with patience"
FIRST = "have you tried the new ink"
THREAD = 5
PAGE = 500


def fill(home: Path, conversations: int, waiting: int = 200) -> str:
    """Store so many conversations of five messages, of which the newest wait; the words of the first row."""
    session = open_session(Settings(), Paths(home, home, home), lambda event: None)
    store, now = session.visit.store, Clock().now()
    store.write(accounts.add, "demo", "demo", ME.uri, ME.handle, to_ms(now)).result()
    account = session.accounts()[0].id
    messages = list(_messages(conversations, waiting, now))
    people = tuple(Person(f"demo:{n}", f"person{n}", f"Person {n}", True) for n in range(50))
    for start in range(0, len(messages), PAGE):
        page = Page(messages=tuple(messages[start : start + PAGE]), people=people, cursor=f"{start}")
        store.write(merge, account, page, now).result()
    store.close(5.0)
    return FIRST


def _messages(conversations: int, waiting: int, now: datetime) -> Iterator[Message]:
    for number in range(conversations):
        began = now - timedelta(minutes=7 * number + 60)
        root = MessageRef(f"demo:{number}/0", f"{number}/0", "1")
        parent = None
        for place in range(THREAD):
            last = place == THREAD - 1
            mine = not last if number < waiting else last
            ref = root if place == 0 else MessageRef(f"demo:{number}/{place}", f"{number}/{place}", "1")
            at = (began + timedelta(seconds=place * 30)).astimezone(UTC)
            yield Message(
                ref=ref,
                place=ThreadRef(root),
                author=ME if mine else PersonRef(f"demo:{number % 50}", f"person{number % 50}"),
                seen_at=at,
                claimed_at=at,
                body=(Span(WORDS),),
                parent=parent,
                said_to_me=None if mine else Reason.REPLY,
            )
            parent = ref
