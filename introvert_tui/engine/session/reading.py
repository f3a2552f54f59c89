"""What a front end can see, on the thread that made the session; synchronous, under a millisecond, but for a search."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from introvert_tui import plugins
from introvert_tui.engine import inbox
from introvert_tui.engine.inbox import AccountView, Inbox, InboxRow, State
from introvert_tui.engine.visit import Visit
from introvert_tui.settings import Settings
from introvert_tui.store import accounts, conversations
from introvert_tui.store.accounts import AccountRecord
from introvert_tui.store.times import from_ms

if TYPE_CHECKING:
    from introvert_tui.engine.networks import Networks
    from introvert_tui.engine.searching import Findings
    from introvert_tui.engine.views import Composer, ConversationView, Unsettled, VisitSummary
    from introvert_tui.model import Length
    from introvert_tui.settings.keychain import Keychain

_WINDOW = 200
FIRST_DAYS = accounts.FIRST_WAIT_MS // (24 * 3600 * 1000)


class Reading:
    """Snapshots of what is stored.

    What the first frame does not need is imported by the methods that do: the model, the networks and everything that
    writes take 50 ms, a quarter of an empty app's start.
    """

    def __init__(
        self,
        visit: Visit,
        keychain: Callable[[], Keychain],
        settings: Settings,
        opening_lines: tuple[str, ...] = (),
    ) -> None:
        self.visit = visit
        self.settings = settings
        self.opening_lines = opening_lines
        self._keychain = keychain

    @cached_property
    def networks(self) -> Networks:
        """The accounts' adapters, each on its own thread."""
        from introvert_tui.engine.networks import Networks

        return Networks(self.visit, self._keychain())

    @property
    def db(self) -> sqlite3.Connection:
        """The screen's own connection, which only reads."""
        return self.visit.store.screen

    def now(self) -> int:
        """The moment, in milliseconds."""
        return self.visit.now()

    def inbox(self, requests: bool = True) -> Inbox:
        """Everything that waits, grouped, newest need first; without `requests`, 18 ms sooner where there are any."""
        every = accounts.every(self.db)
        views = [self._account(record) for record in every]
        awake = [record for record, view in zip(every, views, strict=True) if view.rests is None]
        resting = {(view.network, view.handle) for view in views if view.rests is not None}
        rows = [inbox.inbox_row(record) for record in conversations.waiting(self.db, _WINDOW)]
        full = len(rows) == _WINDOW
        rows = [row for row in rows if (row.network, row.account) not in resting] if resting else rows
        hidden: list[InboxRow] = []
        if self.settings.muted_words:
            from introvert_tui.engine import muted_words

            rows, hidden = muted_words.apart(self.db, rows, self.settings.muted_words)
        rows.sort(key=lambda row: row.group)
        kept = conversations.company(self.db)
        if conversations.EVERYWHERE in kept:
            requests = False  # those who ask to write are nobody you know
        failed = [record.caught_up_at for record in awake if record.trouble and record.caught_up_at]
        return Inbox(
            rows=tuple(rows),
            waiting=conversations.how_many_wait(self.db) - len(hidden) if full and not resting else len(rows),
            lines=(
                *(view.rests for view in views if view.rests),
                *self._what_is_kept_away(bool(kept), hidden),
                *(view.trouble for view in views if view.trouble),
                *(note for one in awake for note in one.notes),
            ),
            requests=tuple(request for record in awake for request in record.requests) if requests else (),
            older=bool(hidden or conversations.in_states(self.db, (State.OPEN,), 1)),
            left=bool(conversations.in_states(self.db, (State.LEFT,), 1)),
            days=FIRST_DAYS,
            accounts=len(awake),
            as_of=from_ms(min(failed)) if failed else None,
        )

    def _what_is_kept_away(self, strangers: bool, hidden: Sequence[InboxRow]) -> Iterator[str]:
        """The lines about strangers who are not heard, and about words you muted."""
        if strangers:
            from introvert_tui.engine import closing

            if about_company := closing.line(self):
                yield about_company
        if hidden:
            from introvert_tui.engine import muted_words

            yield muted_words.line(hidden, self.settings.muted_words)

    async def search(self, typed: str) -> Findings:
        """Everything stored that has these words, by `from:ana` and `on:bluesky` if that is said; cancelling ends it.

        Raises `StoreError`.
        """
        from introvert_tui.engine import searching

        return await searching.find(self.visit.store, typed)

    def current_id(self, id: int) -> int:
        """What a conversation goes by now: it may have proved to be part of another one."""
        return conversations.resolve(self.db, id)

    def conversation(self, id: int) -> ConversationView:
        """A whole conversation. Raises `Cannot` if there is none by that id."""
        from introvert_tui.engine.snapshots import conversation_view

        return conversation_view(self.db, id)

    def composer(self, id: int, shown: int) -> Composer:
        """What is needed to say hello to the newest of what was shown. Raises `Cannot` where nobody can be answered."""
        from introvert_tui.engine.composing import composer
        from introvert_tui.engine.snapshots import answerable
        from introvert_tui.errors import Cannot
        from introvert_tui.store import drafts

        id = conversations.resolve(self.db, id)
        to = answerable(self.db, id, shown)
        if to is None:
            kept = drafts.kept(self.db, id)
            words = f" Your words are kept: “{kept.text}”" if kept else ""
            raise Cannot(f"There is nobody to answer here.{words}")
        return composer(self, to, id, shown)

    def reply_composer(self, id: int, shown: int) -> Composer:
        """What is needed to reply and stay: the same people, and no ready-made words."""
        return self.composer(id, shown)._replace(suggestions=())

    def refreshed(self, composer: Composer, words: str) -> Composer:
        """An answer to the same person, by what is written now. Raises `Cannot` if it can't be sent any more."""
        from introvert_tui.engine import composing
        from introvert_tui.errors import Cannot
        from introvert_tui.store.messages import by_id

        to = by_id(self.db, composer.message)
        if to is None:
            raise Cannot("What you answer is no longer here, so nothing was sent.")
        id = conversations.resolve(self.db, composer.conversation)
        fresh = composing.composer(self, to, id, composer.shown, composer.draft, words)
        return fresh._replace(suggestions=composer.suggestions, kept=composer.kept)

    def measure(self, composer: Composer, text: str) -> Length:
        """How long an answer is, as its network counts."""
        return self.networks.ask(composer.account, lambda adapter: adapter.measure(text, composer.audience))

    def accounts(self) -> tuple[AccountView, ...]:
        """All sign-ins, oldest first."""
        return tuple(map(self._account, accounts.every(self.db)))

    def _account(self, record: AccountRecord) -> AccountView:
        label = plugins.label(record.network)
        since = from_ms(record.caught_up_at) if record.caught_up_at is not None else None
        trouble = rests = None
        if record.rest_until is not None:
            from introvert_tui.engine import resting

            local = self.visit.clock.local()
            if resting.is_resting(record.rest_until, local):
                rests = resting.rests(label, record.rest_until, local)
        if record.trouble is not None and rests is None:
            from introvert_tui.engine import sentences

            trouble = sentences.trouble(label, *record.trouble, since, self.visit.clock.local())
        return AccountView(record.id, record.network, label, record.handle, since, trouble, rests)

    def questions(self) -> tuple[Unsettled, ...]:
        """What was not sent in an earlier visit, or may have been: ask about each."""
        from introvert_tui.engine import asking
        from introvert_tui.engine.views import Unsettled
        from introvert_tui.store import outgoing

        living = self.visit.living(outgoing.owners(self.db))
        return tuple(
            Unsettled(
                record.draft.key,
                asking.question(record, self.visit.clock.local()),
                record.draft.text,
            )
            for record in outgoing.questions(self.db, (*living, self.visit.id))
        )

    def summary(self) -> VisitSummary:
        """What happened in this visit, and what comes back by itself."""
        from introvert_tui.engine import sentences
        from introvert_tui.engine.views import VisitSummary
        from introvert_tui.store import undo

        deeds = undo.deeds(self.db, self.visit.id)
        return VisitSummary(
            sentences.visit(
                [deed.name for deed in deeds if deed.name],
                left=len({deed.conversation for deed in deeds if deed.state == State.LEFT}),
                done=len({deed.conversation for deed in deeds if deed.kind in ("done", "nod")}),
            ),
            sentences.coming_back(conversations.coming_back(self.db)),
        )
