"""What a front end can see; synchronous, under a millisecond, on the thread that made the session."""

from __future__ import annotations

import sqlite3

from introvert_tui import plugins
from introvert_tui.engine import calm, sentences, snapshots
from introvert_tui.engine.networks import Networks
from introvert_tui.engine.views import (
    AccountView,
    Composer,
    ConversationView,
    Inbox,
    InboxRow,
    Question,
    State,
    VisitSummary,
)
from introvert_tui.engine.visit import Visit
from introvert_tui.errors import Cannot
from introvert_tui.model import Filtered, Length, RoomRef
from introvert_tui.settings import Settings
from introvert_tui.store import accounts, drafts, messages, outbox, standing, undo
from introvert_tui.store.codec import from_ms, load_filtered
from introvert_tui.store.records import AccountRecord, MessageRecord

_WINDOW = 200


class Reading:
    """Snapshots of what is stored."""

    def __init__(
        self, visit: Visit, networks: Networks, settings: Settings, opening_lines: tuple[str, ...] = ()
    ) -> None:
        self.visit = visit
        self.networks = networks
        self.settings = settings
        self.opening_lines = opening_lines

    @property
    def _db(self) -> sqlite3.Connection:
        return self.visit.store.screen

    def inbox(self) -> Inbox:
        """Everything that waits, grouped, newest need first."""
        rows = [snapshots.inbox_row(self._db, record) for record in standing.waiting(self._db, _WINDOW)]
        rows.sort(key=lambda row: row.group)
        every = accounts.every(self._db)
        views = [self._account(record) for record in every]
        failed = [record.caught_up_at for record in every if record.trouble and record.caught_up_at]
        return Inbox(
            rows=tuple(rows),
            lines=(*(view.trouble for view in views if view.trouble), *(note for one in every for note in one.notes)),
            filtered=Filtered(tuple(one for record in every for one in load_filtered(record.filtered).requests)),
            older=bool(standing.in_states(self._db, (State.OPEN, State.LATER), 1)),
            days=calm.FIRST_DAYS,
            accounts=len(every),
            as_of=from_ms(min(failed)) if failed else None,
        )

    def older(self) -> tuple[InboxRow, ...]:
        """The newest conversations that do not wait: open ones, and those put off for later."""
        return self._rows(State.OPEN, State.LATER)

    def left(self) -> tuple[InboxRow, ...]:
        """The conversations you left, newest first."""
        return self._rows(State.LEFT)

    def _rows(self, *states: State) -> tuple[InboxRow, ...]:
        return tuple(snapshots.inbox_row(self._db, one) for one in standing.in_states(self._db, states, _WINDOW))

    def conversation(self, id: int) -> ConversationView:
        """A whole conversation. Raises `Cannot` if there is none by that id."""
        return snapshots.conversation_view(self._db, id)

    def composer(self, id: int, shown: int) -> Composer:
        """What is needed to say hello. Raises `Cannot` where nobody can be answered."""
        to = self._answerable(id, shown)
        account = messages.account_of(self._db, to.id)
        adapter = self.networks.adapter(account)
        above = messages.above(self._db, to)
        audience = adapter.audience(to.message, [one.message for one in above])
        names = {one.message.author.uri: one.name for one in above}
        members: tuple[str, ...] = ()
        if isinstance(to.message.place, RoomRef):
            mine = accounts.one(self._db, account).account.remote_id
            members = tuple(
                one.handle for one in to.message.place.members if one.uri not in (mine, to.message.author.uri)
            )
        waiting = messages.waiting_in(self._db, id)
        return Composer(
            conversation=id,
            to=to.name,
            sentence=sentences.audience(
                audience,
                to.name,
                [names.get(one.uri, one.handle) for one in audience.also],
                members,
                adapter.label,
            ),
            audience=audience,
            suggestions=calm.suggestions(
                self.settings.hellos, to.message, to.name, to.known, outbox.recent_texts(self._db, account)
            ),
            others=tuple(
                dict.fromkeys(one.message.author.handle for one in waiting if one.message.author != to.message.author)
            ),
            kept=drafts.kept(self._db, id),
            shown=shown,
        )

    def reply_composer(self, id: int, shown: int) -> Composer:
        """What is needed to reply and stay: the same people, and no ready-made words."""
        composer = self.composer(id, shown)
        return Composer(
            conversation=composer.conversation,
            to=composer.to,
            sentence=composer.sentence,
            audience=composer.audience,
            suggestions=(),
            others=composer.others,
            kept=composer.kept,
            shown=shown,
        )

    def _answerable(self, id: int, shown: int | None = None) -> MessageRecord:
        to = snapshots.answerable(self._db, id, shown)
        if to is None:
            raise Cannot("There is nobody to answer here.")
        if to.message.closed:
            raise Cannot("Replies are closed here. n nod, e done.")
        return to

    def measure(self, id: int, text: str) -> Length:
        """How long an answer there is, as its network counts."""
        to = self._answerable(id)
        adapter = self.networks.adapter(messages.account_of(self._db, to.id))
        return adapter.measure(text, adapter.audience(to.message, ()))

    def accounts(self) -> tuple[AccountView, ...]:
        """All sign-ins, oldest first."""
        return tuple(map(self._account, accounts.every(self._db)))

    def _account(self, record: AccountRecord) -> AccountView:
        label = plugins.label(record.account.network)
        since = from_ms(record.caught_up_at) if record.caught_up_at is not None else None
        trouble = None
        if record.trouble is not None:
            trouble = sentences.trouble(label, *record.trouble, since, self.visit.clock.local())
        account = record.account
        return AccountView(account.id, account.network, label, account.handle, since, trouble)

    def questions(self) -> tuple[Question, ...]:
        """What was not sent in an earlier visit, or may have been: ask about each."""
        living = self.visit.living(tuple(outbox.owners(self._db)))
        return tuple(
            Question(
                record.draft.key,
                sentences.asks(
                    record.draft.kind,
                    record.name,
                    from_ms(record.written_at),
                    self.visit.clock.local(),
                    record.reason,
                ),
                record.draft.text,
            )
            for record in outbox.questions(self._db, (*living, self.visit.id))
        )

    def summary(self) -> VisitSummary:
        """What happened in this visit, and what comes back by itself."""
        deeds = undo.deeds(self._db, self.visit.id)
        return VisitSummary(
            sentences.visit(
                [deed.name for deed in deeds if deed.name],
                left=len({deed.conversation for deed in deeds if deed.state == State.LEFT}),
                done=len({deed.conversation for deed in deeds if deed.kind in ("done", "nod")}),
            ),
            sentences.coming_back(standing.coming_back(self._db)),
        )
