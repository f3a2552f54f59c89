"""What the inbox shows around and between its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from introvert_tui.engine.inbox import Group
from introvert_tui.text import day_and_part, spelled

from . import words
from .actions import first_key
from .listing import Listing
from .rows import QUIET, STRONG, places

if TYPE_CHECKING:
    from textual.widgets.option_list import Option

    from .app import IntrovertApp
    from .widgets.row_list import RowList
    from .widgets.the_end import WayOn

WINDOW = 200
"""Rows in the list; what waits beyond comes as these go."""

QUOTES, OLDER, PUT_OFF = "quotes", "older", "put_off"
"""Ids of the lines that can be opened and are no conversation."""


class Drawing:
    """Reads the listing and the session; changes nothing."""

    def __init__(self, app: IntrovertApp, listing: Listing) -> None:
        self._app, self._listing = app, listing

    def title(self) -> tuple[str, str]:
        """The title, and the day."""
        name = "Introvert · a made-up town; nothing here is sent anywhere" if self._app.demo else "Introvert"
        return name, day_and_part(self._app.clock())

    def first_window(self) -> int:
        """As many rows as the first frame can show, at three lines each: 200 would cost it 25 ms."""
        return self._app.size.height // 3 + 1

    def opening(self) -> Content:
        """The greeting, and what is wrong, if anything is."""
        said = words.opening(self._listing.rows, self._app.clock(), self._listing.beyond)
        troubles = (words.signing_in_here(line, self._key("accounts")) for line in self._listing.inbox.lines)
        lines = [said, *troubles]
        return Content("\n").join(Content.styled(line, QUIET if index else "") for index, line in enumerate(lines))

    def held(self) -> str:
        """What came in and is not shown."""
        return words.held_back(self._listing.held(), self._key("catch_up"))

    def end(self) -> tuple[Content, list[WayOn]]:
        """What stands there when nobody waits, and the ways on from there."""
        from .widgets.the_end import WayOn

        session, inbox = self._app.session, self._listing.inbox
        held = bool(self._listing.held())
        said = words.the_end(inbox, session.accounts(), session.summary(), self._app.clock(), held=held)
        asked = words.asked_to_write(inbox, self._key("requests"))
        ways = [("quit", "quit"), ("older", "older conversations"), ("left", "what you left"), ("people", "people")]
        nothing_in = {"older": not inbox.older, "left": not inbox.left}
        ways = [way for way in ways if not nothing_in.get(way[0])]
        wide = max(len(self._key(id)) for id, _ in ways)
        return (
            Content("\n\n").join([*map(Content, said), *([_clicked(Content(asked), "requests")] if asked else [])]),
            [WayOn(id, Content.assemble((self._key(id).rjust(wide), STRONG), f"  {word}")) for id, word in ways],
        )

    def options(self, make: RowList, window: int) -> Iterator[Option]:
        """The rows under their headings, and what comes after them."""
        now = self._app.clock()
        group: Group | None = None
        where = places(self._app.session.accounts())
        rows = self._listing.visible()
        for row in rows[:window]:
            if row.group is Group.QUOTES and self._listing.folds_quotes:
                yield make.line(words.folded_quotes(self._listing.quotes, self._key("open")), QUOTES)
                continue
            if row.group is not group:
                group = row.group
                yield make.line(words.HEADINGS[group])
            yield make.row(row, now, where)
        if window >= WINDOW:
            yield from self._below(make, max(0, len(rows) - window) + self._listing.beyond)

    def _below(self, make: RowList, beyond: int) -> Iterator[Option]:
        if beyond > 0:
            yield make.quiet(f"{spelled(beyond).capitalize()} more {'comes' if beyond == 1 else 'come'} as these go.")
        if asked := words.asked_to_write(self._listing.inbox, self._key("requests")):
            yield make.quiet(asked)
        if self._listing.inbox.older:
            yield make.line("Older conversations", OLDER)
        if self._app.session.put_off():
            yield make.line("What you put off", PUT_OFF)

    def _key(self, id: str) -> str:
        return first_key(id, self._app.keymap_of_user)


def _clicked(words: Content, id: str) -> Content:
    """Words that do what they tell when they are clicked."""
    return words.stylize(Style.from_meta({"@click": f"screen.do('{id}')"}))
