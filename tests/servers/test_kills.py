"""Each hello goes out once, whatever dies: the program, the server, the terminal, or the machine's idea of the time.

By hand, as often as one likes: `python -m tests.servers.kills --count 1000`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.conftest import Tell

from .kills.desk import Desk
from .kills.rounds import LONG, SHORT, Killing
from .kills.sides import FORGETFUL, Bluesky, Forgetful, Mastodon, Side
from .mastodon.mock import MastodonMock
from .mastodon.server import MastodonServer
from .proxy import Point

KILLS = 20
"""For each of three servers."""

DAY, HOUR = 86_400, 3600


@pytest.fixture(scope="module", params=["bluesky", "mastodon", "forgetful"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    """A server, with people whom no other test knows."""
    match request.param:
        case "bluesky":
            yield Bluesky(request.getfixturevalue("bluesky"))
        case "mastodon":
            with MastodonMock() as mock:
                yield Mastodon(mock)
        case _:
            with MastodonServer(FORGETFUL) as server:
                yield Forgetful(server)


@pytest.fixture(scope="module")
def killing(side: Side, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killing]:
    """Somebody at a desk, to whom people speak in rounds."""
    desk = Desk(side, tmp_path_factory.mktemp(side.name))
    yield Killing(desk, random.randrange(10**6))
    desk.close()


@pytest.fixture(autouse=True)
def _calm(killing: Killing) -> Iterator[None]:
    yield
    killing.desk.close()
    killing.desk.side.revive()
    killing.desk.side.proxy.reset()


def test_killed_at_every_point_and_at_any_moment(killing: Killing, tell: Tell) -> None:
    tally = killing.run(KILLS)
    tell(tally.summary)
    assert not tally.problems, tally.problems[0]
    assert (tally.doubled, tally.lost) == (0, 0)
    assert tally.kills.total() == KILLS
    assert {f"{call} {point.words}" for call in ("send", "mute") for point in Point} <= tally.kills.keys()


@pytest.mark.parametrize("point", [Point.REQUEST_RECEIVED, Point.FORWARDED])
def test_the_server_is_killed_while_it_is_sent_to(killing: Killing, point: Point) -> None:
    round_, desk, side = killing.round(), killing.desk, killing.desk.side
    terminal = desk.open(SHORT)
    with side.proxy.hold(side.send, point) as gate:
        round_.say_all(terminal)
        terminal.until(lambda: gate.is_reached)
        side.die()
    # At the later point its answer may be on the way already.
    terminal.until(lambda: all(row.state != "sending" for row in desk.outbox()))
    side.revive()
    terminal.until(lambda: round_.is_done() or desk.only_asks())
    terminal.send(b"q")
    assert terminal.end() == 0
    round_.finish()
    assert not round_.problems


def test_the_terminal_is_hung_up_while_something_is_sent(killing: Killing) -> None:
    round_, desk, side = killing.round(), killing.desk, killing.desk.side
    terminal = desk.open(SHORT)
    with side.proxy.hold(side.send, Point.FORWARDED) as gate:
        round_.say_all(terminal)
        terminal.until(lambda: gate.is_reached)
        terminal.hang_up()
    round_.calm_down()
    round_.finish()
    assert not round_.problems


@pytest.mark.parametrize("clock", [DAY + HOUR, -HOUR])
def test_the_clock_is_moved_before_what_became_of_it_is_known(killing: Killing, clock: int) -> None:
    round_, desk, side = killing.round(), killing.desk, killing.desk.side
    terminal = desk.open(LONG)
    with side.proxy.hold(side.send, Point.FORWARDED) as gate:
        round_.say_all(terminal)
        terminal.send(b"q")
        terminal.until(lambda: gate.is_reached)
        terminal.kill()
    round_.calm_down()
    round_.finish(clock)
    assert not round_.problems


def test_a_request_arrives_after_the_next_program_has_looked_for_it(killing: Killing) -> None:
    round_, desk, side = killing.round(), killing.desk, killing.desk.side
    terminal = desk.open(LONG)
    with side.proxy.hold(side.send) as gate:
        round_.say_all(terminal)
        terminal.send(b"q")
        terminal.until(lambda: gate.is_reached)
        terminal.kill()
        side.proxy.clear()
        again = desk.open(SHORT, look_again=3)
        again.until(lambda: any(one.is_called(side.look) and one.status for one in side.proxy.exchanges))
        gate.release()
        again.until(lambda: round_.is_done() or desk.only_asks())
        again.send(b"q")
        again.end()
    round_.finish()
    assert not round_.problems


@pytest.mark.parametrize("killed", [False, True])
def test_two_programs_are_open_at_once(killing: Killing, killed: bool) -> None:
    round_, desk, side = killing.round(), killing.desk, killing.desk.side
    one, other = desk.open(SHORT), desk.open(SHORT)
    for terminal in (one, other):
        desk.see(terminal, round_.said, len(round_.said))
    first, last = round_.hellos[0], round_.hellos[-1]
    with side.proxy.hold(side.send, Point.FORWARDED) as gate:
        desk.say(one, [first])
        one.until(lambda: gate.is_reached)
        if killed:
            one.kill()
        other.send(b"j")
        desk.say(other, [last])
    other.until(lambda: not desk.unsent() and not desk.unfinished())
    for terminal in (one, other):
        if not terminal.killed:
            terminal.send(b"q")
        assert (terminal.end() == 0) is not terminal.killed
    round_.calm_down()
    round_.finish()
    assert not round_.problems
