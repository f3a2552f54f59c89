"""What you wrote, in a list: a view in, styled lines out; pure, so that a test needs no screen."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from introvert_tui.engine.sent import SentView
from introvert_tui.text import ago, capital

from .fitting import shorten, wrapped
from .rows import ANYWHERE, QUIET, Places, one_line, top_lines, where_and_when

_MOST_LINES = 2
_LONGEST_NAME = 60


def title(view: SentView) -> str:
    """ "Hello to Ana"."""
    return f"{view.kind.capitalize()} to {shorten(view.to, _LONGEST_NAME)}"


def stands(view: SentView) -> str:
    """How it stands, as a sentence."""
    said = view.stands
    return f"{capital(said).rstrip('. ')}."


def sent_lines(view: SentView, width: int, now: datetime, places: Places = ANYWHERE) -> list[Content]:
    """One message of yours: to whom, where and when; its words; how it stands."""
    pieces = [f"{title(view)},", "privately"] if view.private else [title(view)]
    account = view.account if view.network in places.shared else ""
    time = f"{ago(view.at, now):>9}"
    where = where_and_when(pieces[0], view.network.capitalize(), account, time, width, places.several)
    return [
        *top_lines(pieces, where, width, view.question is not None),
        *(Content(line) for line in wrapped(one_line(view.text), width, _MOST_LINES)),
        *(Content.styled(line, QUIET) for line in wrapped(stands(view), width, _MOST_LINES)),
    ]
