"""What the town answers when the contract asks: its pages, its refusals, its proofs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from introvert_tui.adapter import Capability, Facts
from introvert_tui.adapters.demo import convert
from introvert_tui.adapters.demo.script import YOU
from introvert_tui.adapters.demo.town import Post, Town
from introvert_tui.errors import Gone, Refused
from introvert_tui.model import (
    Absent,
    CannotTell,
    Door,
    Filtered,
    FindResult,
    Found,
    Limits,
    Obstacle,
    ObstacleKind,
    Page,
    Receipt,
    Request,
    Visibility,
)

LIMITS = Limits(post=300, direct=1000)
"""As on Bluesky."""

_MOST_AT_FIRST = 100
_CAPABILITIES = (
    Capability.NOD
    | Capability.NOD_DIRECT
    | Capability.DELETE
    | Capability.MUTE_THREAD
    | Capability.MUTE_PERSON
    | Capability.BLOCK
    | Capability.DIRECT
    | Capability.REFRESH
    | Capability.DOORS
    | Capability.FILTERED
)

_REFUSALS = {
    ObstacleKind.CLOSED: "Answers are closed there.",
    ObstacleKind.BLOCKED: "You have blocked the person you answer.",
}

Told = Sequence[tuple[int, Post]]


class TownHall:
    """The town in the words of the contract; what happens in town is the town's affair."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def facts(self) -> Facts:
        """What can be done here."""
        return Facts(_CAPABILITIES, LIMITS, Visibility.PUBLIC, "en", self._town.wake())

    def news_after(self, cursor: str | None, horizon: datetime) -> tuple[Told, int]:
        """What you are told of since then, and the number of the newest news; a strange cursor means from the start."""
        founded, _, number = (cursor or "").rpartition("#")
        end = len(self._town.news)
        if founded == self._town.founded.isoformat() and number.isdecimal():
            return self._town.after(int(number)), end
        recent = [(following, post) for following, post in self._town.after(0) if post.at >= horizon]
        return recent[-_MOST_AT_FIRST:], end

    def news_page(self, told: Told, end: int) -> Page:
        """One page of news; without any, the cursor stands at the end."""
        last = told[-1][0] if told else end
        return self._page([post for _, post in told], cursor=f"{self._town.founded.isoformat()}#{last}")

    def _page(self, posts: Iterable[Post], **more: Any) -> Page:
        found = list(posts)
        roots = dict.fromkeys(post.place for post in found if not post.private)
        return Page(
            messages=tuple(convert.message(self._town, post) for post in found),
            people=convert.people(self._town, found),
            muted=tuple((root, root in self._town.quiet) for root in roots),
            server_time=self._town.wake(),
            **more,
        )

    def thread(self, place: str, uri: str, limit: int) -> Page:
        """A conversation around a message: what it answers first, then the newest."""
        everything = self._town.said_in(place)
        if not everything:
            raise Gone("That conversation is no longer there.")
        posts = {post.uri: post for post in reversed(everything)}
        around = [posts[uri], *self._town.above(posts[uri])] if uri in posts else []
        kept = list({post.uri: post for post in (*around, *posts.values())}.values())[:limit]
        return self._page(sorted(kept, key=lambda post: post.at), more=len(kept) < len(everything))

    def refresh(self, uris: Sequence[str]) -> Page:
        """Messages as they are now."""
        there = {uri: self._town.there(uri) for uri in uris}
        return self._page(
            (post for post in there.values() if post),
            gone=tuple(uri for uri, post in there.items() if post is None),
        )

    def obstacle(self, uri: str) -> Obstacle | None:
        """Why a message cannot be answered."""
        post = self._town.posts.get(uri)
        if post is None or uri in self._town.deleted:
            return Obstacle(ObstacleKind.DELETED)
        if post.who in self._town.blocked:
            return Obstacle(ObstacleKind.BLOCKED)
        return Obstacle(ObstacleKind.CLOSED) if post.closed else None

    def say(self, words: dict[str, str]) -> Receipt:
        """Let you say something, once for each draft."""
        uri = _uri(words)
        if uri not in self._town.posts:
            obstacle = self.obstacle(words["to"])
            if obstacle and obstacle.kind is ObstacleKind.DELETED:
                raise Gone("What you answered is no longer there.")
            if obstacle:
                raise Refused(obstacle.kind.value, _REFUSALS[obstacle.kind])
            self._town.hear(YOU, words["text"], uri=uri, to=words["to"], language=words["language"])
        return Receipt(convert.reference(uri), self._town.posts[uri].at)

    def find(self, words: dict[str, str]) -> FindResult:
        """Look whether something of yours was said; what you deleted is no proof that it never was."""
        uri = _uri(words)
        if uri in self._town.deleted:
            return CannotTell()
        post = self._town.posts.get(uri)
        return Found(Receipt(convert.reference(uri), post.at)) if post else Absent(proof=True)

    def nod(self, uri: str, on: bool) -> None:
        """Nod at a message, or stop nodding."""
        if on and self._town.there(uri) is None:
            raise Gone("That message is no longer there.")
        put(self._town.nods, uri, on)

    def answered(self, doors: Sequence[Door]) -> Page:
        """What those you greeted have said to you since."""
        answers: dict[str, Post] = {}
        tokens: list[tuple[str, str]] = []
        for door in doors:
            if receipt := self._town.posts.get(door.receipt.uri):
                seen = datetime.fromisoformat(door.token) if door.token else receipt.at
                said = self._back_at(receipt, convert.handle_of(door.greeted.uri))
                answers.update((post.uri, post) for post in said if post.at > seen)
                tokens.append((receipt.uri, max([seen, *(post.at for post in said)]).isoformat()))
        return self._page(answers.values(), doors=tuple(tokens))

    def _back_at(self, receipt: Post, who: str) -> list[Post]:
        """What somebody said to you after your hello, with their own continuation of it."""
        said: dict[str, Post] = {}
        for post in self._town.said_in(receipt.place):
            theirs = post.who == who and post.at >= receipt.at and self._town.there(post.uri)
            if theirs and (self._town.reason(post) or post.parent in said):
                said[post.uri] = post
        return list(said.values())

    def filtered(self) -> Filtered:
        """The stranger who waits to be let in."""
        resident, text, at = self._town.request
        if resident.handle in self._town.blocked:
            return Filtered()
        return Filtered((Request(convert.person(self._town, resident.handle), text, at),))


def put(names: set[str], name: str, on: bool) -> None:
    """Put a name on a list, or strike it."""
    if on:
        names.add(name)
    else:
        names.discard(name)


def _uri(words: dict[str, str]) -> str:
    return f"demo:yours/{words['key']}"
