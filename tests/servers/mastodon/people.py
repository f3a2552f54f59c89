"""The people of the server as the tests move them: without HTTP, so that they leave no trace in the record."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from . import writing
from .notices import accept, listed
from .state import Account, Card, Filter, Json, Media, Notification, Poll, Status, Token, World

EVERY_SCOPE = frozenset({"read", "write", "follow", "profile"})


class Person:
    """Somebody on the server, or on another one that it knows."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self.account = account
        self._token: str | None = None

    def __repr__(self) -> str:
        return f"<Person {self.handle}>"

    @property
    def id(self) -> str:
        return self.account.id

    @property
    def handle(self) -> str:
        """The name that one writes to be heard: @ana, or @ana@far.example."""
        return f"@{self.account.acct}"

    @property
    def token(self) -> str:
        """An access token for everything, always the same."""
        if self._token is None:
            self._token = self.new_token(*EVERY_SCOPE)
        return self._token

    def new_token(self, *scopes: str) -> str:
        """Make an access token for these scopes."""
        secret = secrets.token_urlsafe(24)
        with self._world.lock:
            self._world.tokens[secret] = Token(self.account, frozenset(scopes))
        return secret

    def revoke_tokens(self) -> None:
        """End all of the person's tokens."""
        with self._world.lock:
            for token in self._world.tokens.values():
                token.revoked = token.revoked or token.account is self.account
        self._token = None

    def post(
        self,
        text: str = "",
        *,
        reply_to: Status | None = None,
        visibility: str = "public",
        spoiler_text: str = "",
        sensitive: bool = False,
        language: str | None = "en",
        media: Sequence[Media] = (),
        poll: Poll | None = None,
        card: Card | None = None,
        quote: Status | None = None,
        quote_state: str = "accepted",
        uri: str | None = None,
        url: str | None = None,
        at: datetime | None = None,
    ) -> Status:
        """Publish; whoever shall hear of it must stand in the text as @name."""
        draft = writing.Draft(
            text,
            visibility,
            reply_to,
            spoiler_text,
            sensitive,
            language,
            tuple(media),
            poll,
            card,
            quote,
            quote_state,
            uri,
            url,
            at,
        )
        with self._world.lock:
            return writing.publish(self._world, self.account, draft)

    def mention(self, person: Person, text: str, *, visibility: str = "public") -> Status:
        """Say something to somebody, out of the blue."""
        return self.post(f"{person.handle} {text}", visibility=visibility)

    def reply(self, to: Status, text: str, *, naming: bool = True) -> Status:
        """Answer a status as widely as it was said, and name its author, without which they do not hear of it."""
        name = f"@{to.account.acct} " if naming else ""
        return self.post(name + text, reply_to=to, visibility=to.visibility)

    def dm(self, text: str, *people: Person, reply_to: Status | None = None) -> Status:
        """Write to some people, and to nobody else."""
        names = "".join(f"{person.handle} " for person in people)
        return self.post(names + text, reply_to=reply_to, visibility="direct")

    def quote(self, status: Status, text: str, *, state: str = "accepted") -> Status:
        """Quote a status."""
        return self.post(text, quote=status, quote_state=state)

    def boost(self, status: Status) -> Status:
        """Boost a status."""
        with self._world.lock:
            return writing.boost(self._world, self.account, status)

    def favourite(self, status: Status) -> None:
        """Favourite a status."""
        with self._world.lock:
            writing.favourite(self._world, self.account, status)

    def follow(self, person: Person) -> None:
        """Follow somebody."""
        with self._world.lock:
            writing.follow(self._world, self.account, person.account)

    def block(self, person: Person) -> None:
        """Block somebody."""
        with self._world.lock:
            writing.block(self._world, self.account, person.account)

    def edit(self, status: Status, text: str, *, spoiler_text: str | None = None) -> Status:
        """Change what a status says."""
        with self._world.lock:
            return writing.edit(self._world, status, text, spoiler_text)

    def delete(self, status: Status) -> None:
        """Take a status back."""
        with self._world.lock:
            writing.delete(self._world, status)

    def statuses(self) -> list[Status]:
        """What the person wrote, oldest first, boosts left out."""
        with self._world.lock:
            every = list(self._world.statuses.values())
        return [each for each in every if each.account is self.account and each.reblog_of is None]

    def is_muted(self, status: Status) -> bool:
        """Whether the person keeps a status' thread quiet."""
        with self._world.lock:
            return (self.id, status.conversation) in self._world.muted_threads

    def mute_thread(self, status: Status, on: bool = True) -> None:
        """Keep a thread quiet, or no more, from another app."""
        assert status.conversation is not None
        with self._world.lock:
            change = self._world.muted_threads.add if on else self._world.muted_threads.discard
            change((self.id, status.conversation))

    def mutes(self, person: Person) -> bool:
        """Whether the person has muted somebody."""
        return (self.id, person.id) in self._world.mutes

    def blocks(self, person: Person) -> bool:
        """Whether the person has blocked somebody."""
        return (self.id, person.id) in self._world.blocks

    def likes(self, status: Status) -> bool:
        """Whether the person has favourited a status."""
        return self.id in status.favourited_by

    def notifications(self) -> list[Notification]:
        """What the person is told, oldest first, without what the policy holds back."""
        with self._world.lock:
            return listed(self._world, self.account)

    def filter(self, phrase: str, *, action: str = "warn", title: str = "Not today") -> None:
        """Let the server mark, for this person, what contains a phrase."""
        with self._world.lock:
            made = Filter(self._world.ids.random(), title, phrase, action)
            self._world.filters[self.id].append(made)

    def set_policy(self, **policy: str) -> None:
        """Let the server hold back, or drop, what some people say: `for_not_following="filter"`."""
        with self._world.lock:
            self._world.policies[self.id].update(policy)

    def let_in(self, person: Person) -> None:
        """Let somebody through the policy, with what they said before."""
        with self._world.lock:
            accept(self._world, self.account, person.account)

    def be_told(self, kind: str, by: Person, status: Status | None = None, *, whatever_is_asked: bool = False) -> None:
        """Get a notification of any type, such as a mention without its status, or one of a type yet unheard of."""
        moment = self._world.clock.now()
        with self._world.lock:
            new_id = self._world.ids.small(moment)
            status_id = status.id if status else None
            made = Notification(new_id, kind, self.id, by.account, status_id, moment, stray=whatever_is_asked)
            self._world.notifications.append(made)

    def lose_last_statuses(self) -> None:
        """Let the person's direct conversations forget their last status."""
        with self._world.lock:
            for key, entry in self._world.direct.items():
                if key[0] == self.id:
                    entry["lost"] = True

    def suspend(self, on: bool = True) -> None:
        """Suspend the account: nothing of it is shown, and it may do nothing."""
        self.account.suspended = on

    def move_to(self, person: Person) -> None:
        """Move to another account: nothing can be written with this one any more."""
        self.account.moved_to = person.id

    def marker(self) -> Mapping[str, Json]:
        """How far the person has read, by timeline."""
        return {name: marker for (owner, name), marker in self._world.markers.items() if owner == self.id}
