"""Threads: from getPostThread's nested views to a flat, bounded list of messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from introvert_tui.adapters.shape import Json, number, objects, strings, sub, text
from introvert_tui.model import GoneKind, Message, MessageRef, ThreadRef

from . import posts
from .shape import kind

_MOMENT = timedelta(milliseconds=1)


@dataclass
class Tree:
    """What was read of one thread; several answers of the server add up to one tree."""

    me: str
    messages: dict[str, Message] = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    """Posts with answers that were too deep for the answer they came in."""

    def add(self, answer: Json) -> None:
        """Take in an answer of app.bsky.feed.getPostThread; what is known already stays as it is."""
        thread = sub(answer, "thread")
        hidden = strings(sub(answer, "threadgate", "record"), "hiddenReplies")
        if kind(thread).endswith("#blockedPost") and text(thread, "uri"):
            return  # nothing but that it exists; whoever asked knows where it belongs
        self._add_ancestors(thread, hidden)
        pending = [thread]
        while pending:
            node = pending.pop()
            answers = objects(node, "replies")
            if self._add_view(sub(node, "post"), hidden) and "replies" not in node:
                self._note_cut(node)
            for reply in answers:
                if kind(reply).endswith("#threadViewPost") or "post" in reply:
                    pending.append(reply)
                else:
                    self._add_placeholder(reply, self.messages.get(text(sub(node, "post"), "uri")))

    def ancestors(self, uri: str) -> Iterator[Message]:
        """The known messages above one, nearest first."""
        seen = {uri}
        known = self.messages.get(uri)
        while known and known.parent and known.parent.uri not in seen:
            seen.add(known.parent.uri)
            known = self.messages.get(known.parent.uri)
            if known:
                yield known

    def selection(self, uri: str, limit: int) -> tuple[Message, ...]:
        """At most `limit` messages in the order of the server's time: first the one asked for, then what it answers,
        then its answers, then the rest, newest first."""
        if len(self.messages) <= limit:
            chosen: Iterable[Message] = self.messages.values()
        else:
            asked = [self.messages[uri]] if uri in self.messages else []
            newest = sorted(self.messages.values(), key=_order, reverse=True)
            below = [each for each in newest if each.parent and each.parent.uri == uri]
            ranked = {each.ref.uri: each for each in (*asked, *self.ancestors(uri), *below, *newest)}
            chosen = list(ranked.values())[:limit]
        return tuple(sorted(chosen, key=_order))

    def _add_view(self, view: Json, hidden: Collection[str]) -> Message | None:
        known = self.messages.get(text(view, "uri"))
        if known is not None and known.gone is None:
            return known
        message = posts.message(view, self.me, hidden)
        if message is not None:
            self.messages[message.ref.uri] = message
            self.views[message.ref.uri] = view
        return message

    def _add_ancestors(self, node: Json, hidden: Collection[str]) -> None:
        below = posts.message(sub(node, "post"), self.me)
        while (parent := sub(node, "parent")) and below is not None:
            if "post" not in parent:
                self._add_placeholder(parent, below, above=True)
                return
            node = parent
            below = self._add_view(sub(node, "post"), hidden)

    def _add_placeholder(self, node: Json, neighbour: Message | None, *, above: bool = False) -> None:
        uri = text(node, "uri")
        if not uri or neighbour is None or uri in self.messages or not isinstance(neighbour.place, ThreadRef):
            return
        parent = None if above else neighbour.ref
        at = neighbour.seen_at - _MOMENT if above else neighbour.seen_at + _MOMENT
        self.put_placeholder(uri, neighbour.place, _gone(node), at, parent)

    def put_placeholder(
        self, uri: str, place: ThreadRef, gone: GoneKind, at: datetime, parent: MessageRef | None = None
    ) -> None:
        """Keep the place of a post that cannot be read."""
        self.messages.setdefault(uri, posts.placeholder(uri, place, gone, at, parent))

    def _note_cut(self, node: Json) -> None:
        post = sub(node, "post")
        if number(post, "replyCount") > 0:
            self.cut.append(text(post, "uri"))


def _gone(node: Json) -> GoneKind:
    return GoneKind.BLOCKED if kind(node).endswith("#blockedPost") else GoneKind.DELETED


def _order(message: Message) -> tuple[datetime, str]:
    return message.seen_at, message.ref.uri
