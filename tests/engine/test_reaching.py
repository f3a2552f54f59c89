"""A hello to any post, by its address."""

from __future__ import annotations

import pytest

from introvert_tui import plugins
from introvert_tui.adapters.bluesky import BlueskyAdapter
from introvert_tui.engine.inbox import State
from introvert_tui.errors import Cannot, Offline

from .conftest import Town

HERE = "https://village.test/"


async def test_a_hello_to_a_stranger_goes_out_and_one_leaves(town: Town) -> None:
    root = town.village.says("cy", "three inks", reason=None, told=False)
    post = town.village.says("zoe", "I keep one", to=root, reason=None, told=False)
    session = await town.caught_up()
    composer = await session.reach(f"{HERE}{post}")
    assert composer.to == "Zoe"
    assert "Zoe is notified" in composer.sentence
    assert composer.suggestions == (), "a stranger deserves words of one's own"
    assert session.inbox().rows == (), "nobody waits there"

    await session.hello(composer, "Which one?")
    await town.moves(session, seconds=9)
    assert [one.text for one in town.village.mine()] == ["Which one?"]
    (left,) = session.left()
    assert left.state is State.LEFT

    mine = town.village.mine()[0].ref.uri
    town.village.says("zoe", "The blue one.", to=mine)
    await session.catch_up()
    assert [row.writers for row in session.inbox().rows] == [("Zoe",)], "they wrote back"


async def test_it_can_be_taken_back(town: Town) -> None:
    post = town.village.says("zoe", "I keep one", reason=None, told=False)
    session = await town.caught_up()
    composer = await session.reach(f"{HERE}{post}")
    await session.hello(composer, "Which one?")
    await session.undo()
    await town.moves(session, seconds=9)
    assert town.village.mine() == []
    assert (await session.reach(f"{HERE}{post}")).kept == "Which one?"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://elsewhere.test/1", "no address of a post that your accounts can read"),
        ("", "no address"),
        ("\x1b]0;pwn\x07", "no address"),
        (f"{HERE}nothing", "no post at this address"),
    ],
)
async def test_what_is_not_there_is_said(town: Town, address: str, why: str) -> None:
    session = await town.caught_up()
    with pytest.raises(Cannot, match=why):
        await session.reach(address)


async def test_nobody_writes_to_a_room_or_to_oneself(town: Town) -> None:
    mine = town.village.says("me", "three inks", reason=None, told=False)
    room = town.village.says("mor", "psst", room="r1")
    session = await town.caught_up()
    with pytest.raises(Cannot, match="your own"):
        await session.reach(f"{HERE}{mine}")
    with pytest.raises(Cannot, match="answered in public"):
        await session.reach(f"{HERE}{room}")


async def test_a_server_that_is_away_is_said(town: Town) -> None:
    post = town.village.says("zoe", "I keep one", reason=None, told=False)
    session = await town.caught_up()
    town.village.fail["look_up"] = [Offline("Village could not be reached.")]
    with pytest.raises(Cannot, match="could not be reached"):
        await session.reach(f"{HERE}{post}")


async def test_an_address_of_a_network_without_an_account_names_the_network(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, ours = await town.caught_up(), plugins.load("demo")
    monkeypatch.setattr(plugins, "load", lambda name: BlueskyAdapter if name == "bluesky" else ours)
    monkeypatch.setattr(plugins, "label", str.capitalize)
    with pytest.raises(Cannot) as why:
        await session.reach("https://bsky.app/profile/zoe.example/post/3kabcdefghijk")
    assert str(why.value) == (
        "That is on Bluesky, where you have no account; `introvert accounts add bluesky` signs you in."
    )
