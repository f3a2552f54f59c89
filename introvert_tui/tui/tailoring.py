"""The user's colours, keys and pictures, put on the app; imported only where config.toml names any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from introvert_tui.text import number

from . import themes
from .keymap import resolve

if TYPE_CHECKING:
    from introvert_tui.settings.config import Settings

    from .app import IntrovertApp


class Line(NamedTuple):
    """What is to be said about one line of config.toml: in which table, which name, and what."""

    table: str
    name: str
    said: str


def tailor(app: IntrovertApp) -> list[str]:
    """Give the app its theme, keys and pictures, and return sentences about what of them cannot be followed."""
    settings = app.settings
    if themes.known(settings.theme) and not app.no_color:  # without colours a theme would only cost what is dim
        themes.wear(app, settings.theme)
    keymap = resolve(settings.keys)
    app.keymap_of_user = keymap.keys
    app.set_keymap(keymap.for_textual())
    if settings.pictures:
        from .pictures import get_ready, installed

        app.draws_pictures = installed() and get_ready()
    return [line.said for line in about(settings)]


def about(settings: Settings) -> tuple[Line, ...]:
    """Say what of the theme, the pictures and the keys cannot be followed, and whose keys were taken."""
    told = [Line("keys", *one) for one in resolve(settings.keys).told]
    if settings.pictures:
        from .pictures import MISSING, installed

        if not installed():
            told.insert(0, Line("", "pictures", MISSING))
    if not themes.known(settings.theme):
        told.insert(0, Line("", "theme", themes.unknown(settings.theme)))
    return tuple(told)


def in_one_line(told: Sequence[str]) -> str:
    """The first of these, and where to read the others."""
    if len(told) < 2:
        return "".join(told)
    more = number(len(told) - 1)
    return f"{told[0]} `introvert config --check` says {more} more."
