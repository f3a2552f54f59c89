"""Where a status belongs: the oldest reachable ancestor is its thread.

The API names no conversation, and of a parent only its id on this server. What was read once is remembered for as long
as the adapter lives; it is asked for again after that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from introvert_tui.adapters.shape import Json, objects, sub, text
from introvert_tui.model import MessageRef, PersonRef, Place, RoomRef, ThreadRef

from .people import Me, ref
from .shape import name_of

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Node:
    """What is remembered of a status; `author` is its author's uri, `parent` the id of what it answers."""

    ref: MessageRef
    parent: str
    author: str
    direct: bool


@dataclass
class Ancestry:
    """The known statuses of one server, by id, and the ids of those that it does not show."""

    me: Me
    nodes: dict[str, Node] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    _tops: dict[str, str] = field(default_factory=dict)

    def learn(self, status: Json) -> None:
        """Remember a status."""
        name = name_of(status)
        if not name:
            return
        if len(self.nodes) >= _MOST:
            self.nodes.pop(next(iter(self.nodes)))
        self._tops.clear()
        author = ref(sub(status, "account"), self.me)
        self.nodes[name] = Node(
            message_ref(status, self.me),
            name_of(status, "in_reply_to_id"),
            author.uri if author else "",
            text(status, "visibility") == "direct",
        )
        self.hidden.discard(name)

    def hide(self, names: set[str]) -> None:
        """Remember that the server does not show these."""
        if len(self.hidden) > _MOST:
            self.hidden.clear()
        self.hidden |= names - self.nodes.keys()

    def open_end(self, status: Json) -> str:
        """The id of the nearest ancestor that is not known yet, or an empty string."""
        end = self._end(status)
        return "" if end in self.hidden else end

    def parent(self, status: Json) -> Node | None:
        """What a status answers, if that can be read and is of the same kind.

        To its room, a direct answer to a public post answers nothing: the post is part of another conversation.
        """
        above = self.nodes.get(name_of(status, "in_reply_to_id"))
        return above if above and above.direct == (text(status, "visibility") == "direct") else None

    def place(self, status: Json) -> Place:
        """The thread of a status, or for a direct one the room: the direct statuses of one thread.

        A room starts with the first direct status, so that two people who answer the same public post in private
        never share one.
        """
        me = message_ref(status, self.me)
        if text(status, "visibility") != "direct":
            top = self._top(name_of(status, "in_reply_to_id"))
            return ThreadRef(self.nodes[top].ref if top else me, complete=not self._end(status))
        first, above, seen = me, name_of(status, "in_reply_to_id"), {me.local}
        while above not in seen and (node := self.nodes.get(above)) and node.direct:
            seen.add(above)
            first, above = node.ref, node.parent
        return RoomRef(f"direct:{first.uri}", _members(status, self.me))

    def _end(self, status: Json) -> str:
        """The id above all known ancestors; an empty string below a root."""
        top = self._top(name_of(status, "in_reply_to_id"))
        return self.nodes[top].parent if top else name_of(status, "in_reply_to_id")

    def _top(self, name: str) -> str:
        """The id of the highest known status above one, or of itself; remembered, since a thread may be very deep."""
        passed: list[str] = []
        top, seen = "", set[str]()
        while name in self.nodes and name not in seen:
            top = self._tops.get(name) or name
            passed.append(name)
            seen.add(name)
            name = self.nodes[top].parent
        self._tops.update(dict.fromkeys(passed, top))
        return top


def message_ref(status: Json, me: Me) -> MessageRef:
    """A status' address for everybody (its ActivityPub id), and its id on this server."""
    name = name_of(status)
    return MessageRef(text(status, "uri") or text(status, "url") or f"{me.origin}/statuses/{name}", name)


def _members(status: Json, me: Me) -> tuple[PersonRef, ...]:
    named = (ref(each, me) for each in (sub(status, "account"), *objects(status, "mentions")))
    known = {one.uri: one for one in (*named, me.ref) if one}
    return tuple(known[uri] for uri in sorted(known))
