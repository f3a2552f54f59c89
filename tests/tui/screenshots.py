"""The pictures of the README: `python -m tests.tui.screenshots` draws them from the running app in the demo town."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from .driving import Visit, first_time, visit_town

FOLDER = Path(__file__).parents[2] / "screenshots"


async def inbox(town: Visit) -> None:
    """What waits, with the conversation under the cursor beside it."""
    await town.go_to("Ana Prado")


async def conversation(town: Visit) -> None:
    """A conversation of many people."""
    await town.go_to("Priya Nair")
    await town.press("enter")


async def composer(town: Visit) -> None:
    """A hello on its way."""
    await town.go_to("Ana Prado")
    await town.press("h")
    await town.write("Not yet. Which one is it?")


async def search(town: Visit) -> None:
    """What is found while one types."""
    await town.press("slash")
    await town.write("quiet")
    await town.until(lambda: "harbour" in town.text)


async def said(town: Visit) -> None:
    """A hello held for a moment, and the next conversation."""
    await composer(town)
    await town.press("enter")


async def people(town: Visit) -> None:
    """Everybody you ever spoke with."""
    await town.press("p")


async def person(town: Visit) -> None:
    """Somebody's card, with a note."""
    await town.go_to("Ana Prado")
    await town.press("i", "n")
    await town.write("Three inks on the desk, uses one. The piano is on her stairs.")
    await town.press("escape")


async def later(town: Visit) -> None:
    """What was put off, by its time, with the reasons."""
    for who, days, why in (
        ("Hester Bly", 0, "not before supper"),
        ("Ines Moreau", 1, ""),
        ("Ana Prado", 2, "when the new ink is here"),
        ("Sam Okafor", 3, "too cold for sloes"),
    ):
        await town.go_to(who)
        await town.press("z", *["j"] * days, "enter")
        await town.write(why)
        await town.press("enter")
    await town.press("Z")


async def left(town: Visit) -> None:
    """What you left, and what happened there since."""
    await town.go_to("Ines Moreau")
    await town.press("h")
    await town.write("Page one, then, out loud.")
    await town.press("enter")
    await town.app.session.let_go()
    await town.until(lambda: town.app.session.left())
    await town.go_to("Ana Prado")
    conversation = town.inbox.subject_id or 0
    await town.press("x")
    await town.comes_in(town.names_you(conversation, "Jun Marek", hours_ago=20))
    await town.press("L")


async def sent(town: Visit) -> None:
    """What you wrote, and how it stands."""
    await town.go_to("Ines Moreau")
    await town.press("h")
    await town.write("Page one, then, out loud.")
    await town.press("enter")
    await town.app.session.let_go()
    await town.until(lambda: all(one.out for one in town.app.session.sent()))
    await town.go_to("Sam Okafor")
    await town.press("h")
    await town.write("I will bring the old basket.")
    await town.press("enter")
    await town.until(lambda: len(town.app.session.sent()) > 1)
    await town.press("u")
    await said(town)
    await town.press("S")


async def the_end(town: Visit) -> None:
    """Nobody waits any more."""
    await said(town)
    while town.inbox.listing.rows:
        await town.press("enter" if town.inbox.rows.selected_id == "quotes" else "e")


async def first_run(first: Visit) -> None:
    """No account yet."""


async def sign_in(first: Visit) -> None:
    """What Bluesky asks."""
    await first.press("2")
    await first.until(lambda: "app password" in first.text)


async def palette(town: Visit) -> None:
    """Anything by its name."""
    await town.go_to("Ana Prado")
    await town.press("ctrl+p")
    await town.until(lambda: "older conversations" in town.text)


FIRST_TIME: dict[str, tuple[tuple[int, int], Callable[[Visit], Awaitable[None]]]] = {
    "first-run": ((100, 16), first_run),
    "sign-in": ((100, 16), sign_in),
}
IN_TOWN: dict[str, tuple[tuple[int, int], Callable[[Visit], Awaitable[None]]]] = {
    "inbox": ((120, 40), inbox),
    "conversation": ((100, 34), conversation),
    "say-hi": ((100, 30), composer),
    "search": ((100, 24), search),
    "held": ((100, 30), said),
    "people": ((100, 34), people),
    "person": ((100, 34), person),
    "later": ((100, 34), later),
    "left": ((100, 24), left),
    "sent": ((100, 24), sent),
    "the-end": ((100, 24), the_end),
    "palette": ((100, 24), palette),
    "narrow": ((50, 30), inbox),
}
PICTURES = FIRST_TIME | IN_TOWN


async def picture(name: str) -> str:
    """One picture, the same on every day and every machine."""
    size, steps = PICTURES[name]
    with TemporaryDirectory() as home:
        async with first_time(Path(home), size) if name in FIRST_TIME else visit_town(size=size) as visiting:
            await steps(visiting)
            await visiting.pilot.pause(0.2)
            svg = visiting.app.export_screenshot(title="introvert" if name in FIRST_TIME else "introvert demo")
    return normal(svg)


def normal(svg: str) -> str:
    """Without the name that Textual makes up for each picture, and without a font from the network."""
    svg = re.sub(r"terminal-\d+", "introvert", svg)
    svg = re.sub(r"(?s)@font-face \{.*?\}\s*", "", svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(asyncio.run(picture(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
