"""What was found, in two lines each: a view in, styled lines out; pure, so that a test needs no screen."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from introvert_tui.engine.searching import Finding
from introvert_tui.text import ago

from .fitting import cells, shorten
from .rows import QUIET, first_line

MARKED = "bold underline"
LINES = 2
_SHORTEST_NAME = 24
"""So many cells of who said it come before the network."""


def found_lines(finding: Finding, width: int, now: datetime) -> list[Content]:
    """Who, where and when, and the words around what was looked for."""
    first = first_line(said_by(finding), _SHORTEST_NAME, finding.label, ago(finding.at, now), width)
    return [first, _words(finding, width)]


def said_by(finding: Finding) -> str:
    """Who said it, to whom if it was you, and what is to be known about that."""
    who = f"{finding.who} to {finding.to}" if finding.to else finding.who
    return f"{who}{', privately' if finding.private else ''}{', not sent yet' if finding.unsent else ''}"


def _words(finding: Finding, width: int) -> Content:
    ahead, after = ("Under the warning “", "”.") if finding.warned else ("", "")
    if finding.beside:
        ahead, after = f"[{shorten(finding.beside, width // 2)}: ", "]"
    shown = shorten(finding.excerpt.text, max(1, width - cells(ahead) - cells(after)))
    if not shown:
        return Content.styled("[no words]", QUIET)
    whole = len(shown) if shown == finding.excerpt.text else len(shown) - 1  # the rest is an ellipsis
    words = Content(f"{ahead}{shown}{after}")
    if ahead:
        words = words.stylize(QUIET)
    for start, end in finding.excerpt.marks:
        if start < whole:
            words = words.stylize(MARKED, len(ahead) + start, len(ahead) + min(end, whole))
    return words.truncate(width)
