"""Rooms that are left by another program of yours while they are being read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from introvert_tui.adapters.bluesky.chat import read_chat
from introvert_tui.adapters.bluesky.failures import Rejected
from introvert_tui.adapters.bluesky.wire import Wire

ME, ANA = "did:plc:me", "did:plc:ana"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SAID = {
    "$type": "chat.bsky.convo.defs#messageView",
    "id": "hi",
    "rev": "2",
    "text": "hi",
    "sender": {"did": ANA},
    "sentAt": "2026-11-20T11:00:00Z",
}


class Rooms:
    """Two rooms in which Ana spoke last, of which only `there` can still be read."""

    server_time = NOON

    async def query(self, method: str, params: Mapping[str, Any], **more: object) -> dict[str, Any]:
        match method.rpartition(".")[2]:
            case "listConvos":
                return {"convos": [self._room("gone"), self._room("there")]}
            case "getLog":
                events = [
                    {"$type": "chat.bsky.convo.defs#logAcceptConvo", "convoId": name, "rev": "2"}
                    for name in ("gone", "there")
                ]
                return {"logs": events if params["cursor"] == "1" else [], "cursor": "2"}
        if params["convoId"] == "gone":
            raise Rejected("InvalidConvo", 400, "no such conversation")
        return {"messages": [SAID]}

    def _room(self, name: str) -> dict[str, Any]:
        members = [{"did": did, "handle": f"{did.rpartition(':')[2]}.test"} for did in (ME, ANA)]
        return {"id": name, "rev": "2", "status": "accepted", "members": members, "lastMessage": SAID}


@pytest.mark.parametrize("log", [None, "1"])
async def test_a_room_that_was_left_meanwhile_keeps_no_other_from_being_read(log: str | None) -> None:
    news = await read_chat(cast("Wire", Rooms()), ME, log, NOON - timedelta(days=1))
    assert [message.ref.uri for message in news.messages] == ["bsky-chat:there/hi"]
    assert news.log == "2"
