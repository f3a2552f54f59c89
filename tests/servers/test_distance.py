"""Somebody muted and blocked from their card, on real servers: by a wish that is made true, and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from introvert_tui.engine.session import Session

from .bluesky.chat import ChatServer
from .bluesky.server import BlueskyServer
from .bluesky_world import use_servers
from .mastodon.flavours import FLAVOURS
from .mastodon.server import StartServer
from .test_bluesky_visit import Home as BlueskyHome
from .test_mastodon_visit import Home as MastodonHome
from .visiting import row_of, until


def who_wrote(session: Session, text: str) -> int:
    row = row_of(session, text)
    return session.who(row.id, row.shown)


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_on_servers_of_mastodons_kind(mastodon: StartServer, tmp_path: Path, flavour: str) -> None:
    home = MastodonHome(mastodon(flavour), tmp_path)
    server = home.server
    server.ana.mention(server.me, "hello there")
    session = await home.enter()
    ana = who_wrote(session, "hello there")
    await session.mute_person(ana)
    assert session.inbox().rows == ()
    await until(lambda: server.me.mutes(server.ana))
    await session.mute_person(ana, False)
    assert row_of(session, "hello there")
    await until(lambda: not server.me.mutes(server.ana))
    await session.block_person(ana)
    await until(lambda: server.me.blocks(server.ana))
    await session.catch_up()
    assert session.inbox().rows == ()
    await session.block_person(ana, False)
    await until(lambda: not server.me.blocks(server.ana))
    assert row_of(session, "hello there")
    await session.quit(send=False)


async def test_on_bluesky(
    bluesky: BlueskyServer, chat: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_servers(monkeypatch, bluesky, chat)
    home = BlueskyHome(bluesky, tmp_path)

    def viewer() -> dict[str, Any]:
        found: dict[str, Any] = home.me.query("app.bsky.actor.getProfile", actor=home.ana.did)["viewer"]
        return found

    home.mentions(home.ana, "hello there")
    session = await home.signed_in()
    ana = who_wrote(session, "hello there")
    assert session.page(ana) == f"https://bsky.app/profile/{home.ana.did}"
    await session.mute_person(ana)
    assert session.inbox().rows == ()
    await until(lambda: viewer()["muted"])
    await session.mute_person(ana, False)
    assert row_of(session, "hello there")
    await until(lambda: not viewer()["muted"])
    await session.block_person(ana)
    await until(lambda: "blocking" in viewer())
    await session.catch_up()
    assert session.inbox().rows == ()
    await session.block_person(ana, False)
    await until(lambda: "blocking" not in viewer())
    assert row_of(session, "hello there")
    await session.quit(send=False)
