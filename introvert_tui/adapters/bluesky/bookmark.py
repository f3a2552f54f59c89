"""Where a catch-up goes on: our cursor, a JSON object that names everything which was not read yet."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from introvert_tui.adapters.shape import Json, moment, number, objects, strings, sub, text

from .shape import stamp

LATE = timedelta(minutes=2)
"""How much later than its time a notification may turn up."""
LATE_KEY = timedelta(minutes=5)
"""How wrong the clock of a device may be that makes record keys."""

_VERSION = 1
_MOST_NEAR = 300


@dataclass
class Gap:
    """A stretch of notifications still to be read, newest first: from a server cursor (None: from now) to a time.

    `left` is how many more messages said to the account are wanted, None for all; only a first catch-up counts.
    """

    until: datetime
    start: str | None = None
    left: int | None = None


@dataclass
class Bookmark:
    """Everything between `floor` and now that is not in `gaps` has been read, and so have the posts in `near`.

    `own` is the record key from which posts of one's own are still to be read. `log` is the chat log's cursor.
    `refused` is when direct messages were last refused.
    """

    own: str
    floor: datetime | None = None
    near: dict[str, datetime] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    own_near: list[str] = field(default_factory=list)
    log: str | None = None
    refused: datetime | None = None

    def dump(self) -> str:
        """The bookmark as the opaque cursor that the store keeps."""
        gaps = [{"until": stamp(gap.until), "start": gap.start, "left": gap.left} for gap in self.gaps]
        state = {
            "v": _VERSION,
            "own": self.own,
            "floor": stamp(self.floor) if self.floor else None,
            "near": {uri: stamp(at) for uri, at in self.near.items()},
            "gaps": gaps,
            "own_near": self.own_near,
            "log": self.log,
            "refused": stamp(self.refused) if self.refused else None,
        }
        return json.dumps({key: value for key, value in state.items() if value}, separators=(",", ":"))

    @classmethod
    def load(cls, cursor: str | None) -> Bookmark | None:
        """The bookmark in a cursor, or None for one that means starting over."""
        try:
            state = json.loads(cursor or "")
        except ValueError:
            return None
        if not isinstance(state, dict) or number(state, "v") != _VERSION or not text(state, "own"):
            return None
        near = {uri: moment(str(at)) for uri, at in sub(state, "near").items()}
        return cls(
            own=text(state, "own"),
            floor=moment(text(state, "floor")),
            near={uri: at for uri, at in near.items() if at},
            gaps=[gap for each in objects(state, "gaps") if (gap := _gap(each))],
            own_near=strings(state, "own_near"),
            log=text(state, "log") or None,
            refused=moment(text(state, "refused")),
        )

    @property
    def is_first(self) -> bool:
        """Whether the account's first catch-up is not through yet."""
        return self.floor is None or any(gap.left is not None for gap in self.gaps)

    def remember(self, seen: dict[str, datetime], now: datetime, until: datetime) -> None:
        """Take note of a page of notifications: posts with their times, and how far down the page's gap reaches."""
        self.near |= seen
        newest = max(seen.values(), default=until)
        self.floor = max(self.floor or until, min(newest, now - LATE))
        late = sorted(((at, uri) for uri, at in self.near.items() if at > self.floor), reverse=True)
        if len(late) > _MOST_NEAR:
            self.floor = late[_MOST_NEAR][0]
            late = late[:_MOST_NEAR]
        self.near = {uri: at for at, uri in late}


def _gap(data: Json) -> Gap | None:
    until = moment(text(data, "until"))
    left = data.get("left")
    return Gap(until, text(data, "start") or None, left if isinstance(left, int) else None) if until else None
