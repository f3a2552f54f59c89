"""Where a catch-up goes on: our cursor, a JSON object that names everything which was not read yet."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from introvert_tui.adapters.shape import Json, moment, number, sub, text

BEGINNING = "0"
"""Before every id, whether it is a number or a ULID."""

_VERSION = 1


@dataclass
class Traits:
    """What was found out about the server and has no place in `Facts`; None: not known yet."""

    per_url: int | None = None
    """What a link costs, in characters."""
    batch: bool | None = None
    """Whether it reads many statuses in one request (GET /api/v1/statuses?id[]=)."""


@dataclass
class Gap:
    """What a first catch-up has still to read, newest first: below an id, down to a time, `left` said to me at most."""

    below: str
    until: datetime
    left: int


@dataclass
class Bookmark:
    """All notifications up to `newest` have been read but for the `gap`; of one's own statuses all up to `own`."""

    newest: str = ""
    gap: Gap | None = None
    own: str = ""
    traits: Traits = field(default_factory=Traits)

    def dump(self) -> str:
        """The bookmark as the opaque cursor that the store keeps."""
        gap = self.gap and {"below": self.gap.below, "until": self.gap.until.isoformat(), "left": self.gap.left}
        state = {
            "v": _VERSION,
            "newest": self.newest,
            "gap": gap,
            "own": self.own,
            "server": {key: value for key, value in asdict(self.traits).items() if value is not None},
        }
        return json.dumps({key: value for key, value in state.items() if value}, separators=(",", ":"))

    @classmethod
    def load(cls, cursor: str | None) -> Bookmark | None:
        """The bookmark in a cursor, or None for one that means starting over."""
        try:
            state = json.loads(cursor or "")
        except (ValueError, RecursionError):
            return None
        if not isinstance(state, dict) or number(state, "v") != _VERSION or not text(state, "newest"):
            return None
        server = sub(state, "server")
        batch = server.get("batch")
        traits = Traits(number(server, "per_url") or None, batch if isinstance(batch, bool) else None)
        return cls(text(state, "newest"), _gap(sub(state, "gap")), text(state, "own"), traits)

    @property
    def is_first(self) -> bool:
        """Whether the account's first catch-up is not through yet."""
        return not self.newest or self.gap is not None


def _gap(data: Json) -> Gap | None:
    below, until = text(data, "below"), moment(text(data, "until"))
    return Gap(below, until, number(data, "left")) if below and until else None
