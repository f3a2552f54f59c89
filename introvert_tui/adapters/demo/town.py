"""The town as a simulation: given the same moments and the same words from you, the same things happen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from introvert_tui.adapters.demo.conversations import REQUEST, SCENES
from introvert_tui.adapters.demo.people import RESIDENTS
from introvert_tui.adapters.demo.script import YOU, Line, Resident, Scene
from introvert_tui.model import Attachment, Reason

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Post:
    """Something that was said; `place` is the uri of its thread's first post, or the room's id."""

    uri: str
    who: str
    at: datetime
    text: str
    place: str
    parent: str | None = None
    private: bool = False
    closed: bool = False
    quote: str | None = None
    warning: str | None = None
    beside: tuple[Attachment, ...] = ()
    language: str = "en"


def now_utc() -> datetime:
    """The time by the real clock."""
    return datetime.now(UTC)


class Town:
    """Everybody and everything said; it moves on whenever somebody looks.

    `news` are the uris of what you are told of, and of your own words, in the order in which they came.
    """

    def __init__(self, clock: Clock = now_utc) -> None:
        self._clock = clock
        self.founded = clock()
        self.people = {resident.handle: resident for resident in RESIDENTS}
        self.posts: dict[str, Post] = {}
        self.news: list[str] = []
        self.deleted: set[str] = set()
        self.nods: set[str] = set()
        self.quiet: set[str] = set()
        self.muted: set[str] = set()
        self.blocked: set[str] = set()
        self._later: list[tuple[datetime, int, Post]] = []
        self._numbers = count()
        self._said: set[str] = set()
        self._answers = {_place_of(scene): scene.answers for scene in SCENES}
        for scene in SCENES:
            self._rehearse(scene)
        self.wake()

    @property
    def request(self) -> tuple[Resident, str, datetime]:
        """The stranger who wrote privately: who, what and when."""
        return self.people[REQUEST.who], REQUEST.text, self._moment(REQUEST)

    def wake(self) -> datetime:
        """Let everything happen that is due; return the time."""
        now = self._clock()
        while self._later and self._later[0][0] <= now:
            self._arrive(heappop(self._later)[2])
        return now

    def hear(
        self,
        who: str,
        text: str,
        *,
        uri: str | None = None,
        to: str | None = None,
        quote: str | None = None,
        private: bool = False,
        language: str = "en",
    ) -> Post:
        """Let somebody say something now: in answer to a post, privately to you, or into the open."""
        now = self.wake()
        above = self.posts[to] if to else None
        uri = uri or f"demo:said/{next(self._numbers)}"
        post = Post(
            uri=uri,
            who=who,
            at=now,
            text=text,
            place=above.place if above else _room(who) if private else uri,
            parent=above.uri if above and not above.private else None,
            private=above.private if above else private,
            quote=quote,
            warning=above.warning if above else None,
            language=language,
        )
        self._arrive(post)
        if above and who == YOU and above.who in self.people:
            self._expect_answer(self.people[above.who], post)
        return post

    def remove(self, uri: str) -> None:
        """Delete a post; its place in the thread stays."""
        self.deleted.add(uri)

    def there(self, uri: str | None) -> Post | None:
        """The post, unless it was deleted or is not for you to see."""
        post = self.posts.get(uri) if uri else None
        return None if post is None or uri in self.deleted or post.who in self.blocked else post

    def reason(self, post: Post) -> Reason | None:
        """Why a post is said to you; as on Bluesky, a name in it weighs more than what it answers."""
        if post.who == YOU:
            return None
        if post.private:
            return Reason.DIRECT
        if YOU in named(post.text):
            return Reason.MENTION
        if self._is_yours(post.quote):
            return Reason.QUOTE
        return Reason.REPLY if self._is_yours(post.parent) else None

    def said_in(self, place: str) -> list[Post]:
        """Everything in a thread or room, oldest first."""
        return sorted((post for post in self.posts.values() if post.place == place), key=lambda post: post.at)

    def above(self, post: Post) -> Iterator[Post]:
        """What a post answers, and what that answers, up to the first."""
        while post.parent and post.parent in self.posts:
            post = self.posts[post.parent]
            yield post

    def after(self, number: int) -> list[tuple[int, Post]]:
        """What you are told of since then, each with the number to go on from."""
        told = enumerate(self.news[number:], number + 1)
        posts = ((following, self.there(uri)) for following, uri in told)
        return [(following, post) for following, post in posts if post]

    def _is_yours(self, uri: str | None) -> bool:
        return bool(uri) and self.posts[str(uri)].who == YOU

    def _arrive(self, post: Post) -> None:
        self.posts[post.uri] = post
        reason = self.reason(post)
        # a quiet thread still lets through who names you: that is how Bluesky's mute works
        heard = post.place not in self.quiet or reason is Reason.MENTION
        if post.who == YOU or (reason and heard and post.who not in self.muted | self.blocked):
            self.news.append(post.uri)

    def _expect_answer(self, resident: Resident, yours: Post) -> None:
        text = self._next_words(resident, yours)
        if text is None or resident.handle in self.blocked:
            return
        answer = replace(
            yours,
            uri=f"{yours.uri}/answer",
            who=resident.handle,
            at=yours.at + timedelta(seconds=resident.pace),
            text=text,
            parent=None if yours.private else yours.uri,
        )
        self._schedule(answer)

    def _next_words(self, resident: Resident, yours: Post) -> str | None:
        here: Sequence[str] = self._answers.get(yours.place, {}).get(resident.handle, ())
        asked = resident.asked if "?" in yours.text else ()
        for words in (*asked, *here, *resident.answers):
            if words not in self._said:
                self._said.add(words)
                return words
        return None

    def _rehearse(self, scene: Scene) -> None:
        place = _place_of(scene)
        before: str | None = None
        for number, line in enumerate(scene.lines):
            uri = _uri(scene.key, line, number)
            post = Post(
                uri=uri,
                who=line.who,
                at=self._moment(line),
                text=line.text,
                place=place,
                parent=None if scene.private else _uri(scene.key, line, number, line.to) if line.to else before,
                private=scene.private,
                closed=scene.closed,
                quote=f"demo:{line.quote}" if line.quote else None,
                warning=line.warning,
                beside=line.beside,
                language=line.language,
            )
            self._schedule(post)
            if line.deleted:
                self.deleted.add(uri)
            if line.nodded:
                self.nods.add(uri)
            before = uri

    def _schedule(self, post: Post) -> None:
        heappush(self._later, (post.at, next(self._numbers), post))

    def _moment(self, line: Line) -> datetime:
        return self.founded - timedelta(minutes=line.ago)


def named(text: str) -> list[str]:
    """The handles of those who are named in a text, in order."""
    return re.findall(r"(?<![\w@])@(\w+)", text)


def _uri(scene: str, line: Line, number: int, key: str = "") -> str:
    return f"demo:{scene}/{key or line.key or number}"


def _room(who: str) -> str:
    return f"demo:room/{who}"


def _place_of(scene: Scene) -> str:
    """A thread is called by its first line, a room by who is in it."""
    if scene.private:
        return _room(next(line.who for line in scene.lines if line.who != YOU))
    return _uri(scene.key, scene.lines[0], 0)
