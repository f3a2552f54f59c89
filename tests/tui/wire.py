"""What a program writes to its terminal, read strictly: text, and what Textual steers with; all else is an error."""

from __future__ import annotations

import re
from base64 import b64decode
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress

from introvert_tui.text import cells
from introvert_tui.text.measure import graphemes
from tests.servers.kills.terminal import Ended, Terminal

# Its own screen, the mouse, the cursor's visibility, focus, paste, wrapping, whole frames at once, and resizing.
_MODES = "|".join(map(str, (1049, 1000, 1003, 1015, 1006, 25, 1004, 2004, 7, 2026, 2048)))
_TOKEN = re.compile(
    rf"""
      \x1b\[ (?P<row>\d+) ; (?P<column>\d+) H
    | (?P<style> \x1b\[ [\d;]* m )
    | (?P<mode> \x1b\[\? (?:{_MODES}) [hl] )
    | (?P<question> \x1b\[\? (?:2026|2048) \$p )
    | (?P<keyboard> \x1b\[>\d+u | \x1b\[<u )
    | (?P<pointer> \x1b\]22; [a-z-]+ \x07 )
    | \x1b\]52;c; (?P<copied> [A-Za-z0-9+/=]* ) \x07
    | (?P<line> \r\n )
    | (?P<text> [^\x00-\x1f\x7f-\x9f]+ )
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(r"\r|\x1b(?:\[[\d;?<>$]*|\]\d*(?:;[^\x00-\x1f]*)?)?")

_LONGEST = 20.0
"""Seconds until what does not come will not come."""


class Wire:
    """Everything that came, taken apart, and the screen that it makes.

    `texts` are the runs of text as they were written, `copied` what was put on the clipboard, `cursor` is the column
    and the row at which the terminal's own cursor stands, from zero.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.copied: list[str] = []
        self.cursor = (0, 0)
        self._cells: dict[tuple[int, int], str] = {}
        self._decoder = getincrementaldecoder("utf-8")()
        self._rest = ""

    def take(self, written: bytes, last: bool = False) -> None:
        """Read on, to the end if it is the `last`. Raises AssertionError at whatever is not in the grammar."""
        stream = self._rest + self._decoder.decode(written, last)
        place = 0
        while place < len(stream):
            token = _TOKEN.match(stream, place)
            if token is None:
                assert _UNFINISHED.fullmatch(stream, place), f"on the wire: {stream[place : place + 60]!r}"
                break
            if token["text"] and token.end() == len(stream) and not last:
                break  # the rest of it, half a flag even, may be on its way
            self._do(token)
            place = token.end()
        self._rest = stream[place:]
        assert not (last and self._rest), f"on the wire: {self._rest!r}"

    def _do(self, token: re.Match[str]) -> None:
        if token["row"]:
            self.cursor = (int(token["column"]) - 1, int(token["row"]) - 1)
        elif token["line"]:
            self.cursor = (0, self.cursor[1] + 1)
        elif token["text"]:
            self._write(token["text"])
        elif token["copied"] is not None:
            self.copied.append(b64decode(token["copied"], validate=True).decode())

    def _write(self, text: str) -> None:
        self.texts.append(text)
        column, row = self.cursor
        for cluster in graphemes(text):
            self._cells[column, row] = cluster
            for covered in range(1, cells(cluster)):
                self._cells[column + covered, row] = ""
            column += cells(cluster)
        self.cursor = (column, row)

    def row(self, number: int) -> str:
        """One row of the screen."""
        widest = max((column for column, row in self._cells if row == number), default=-1)
        return "".join(self._cells.get((column, number), " ") for column in range(widest + 1))

    @property
    def screen(self) -> str:
        """All rows of the screen."""
        return "\n".join(self.row(number) for number in range(1 + max((row for _, row in self._cells), default=-1)))


class Watched:
    """A program on a pseudo-terminal of 120 by 40, with everything that it writes being read as it comes."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal, self._read = terminal, 0
        self.wire = Wire()

    def _take(self, last: bool = False) -> None:
        output = self._terminal.output
        self.wire.take(bytes(output[self._read :]), last)
        self._read = len(output)

    def press(self, keys: str) -> None:
        """Press keys, as a terminal sends them."""
        self._terminal.send(keys.encode())

    def until(self, condition: Callable[[], object]) -> None:
        """Read along until something is true of the wire."""

        def holds() -> object:
            self._take()
            return condition() or None

        self._terminal.until(holds, _LONGEST)

    def shows(self, *words: str) -> None:
        """Read along until all of these words are on the screen."""
        try:
            self.until(lambda: all(word in self.wire.screen for word in words))
        except AssertionError as late:
            raise AssertionError(f"{words} did not come. On the screen:\n{self.wire.screen}") from late

    def end(self) -> int | None:
        """Read to the end, which has to come; the exit code."""
        with suppress(Ended):
            self.until(lambda: False)
        code = self._terminal.end()
        self._take(last=True)
        return code
