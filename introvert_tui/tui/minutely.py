"""What the passing of minutes does: times in words stay true, and once it is said that a visit's time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.text import count

from .actions import first_key
from .place import Place

if TYPE_CHECKING:
    from .app import IntrovertApp

MINUTE = 60.0
"""Seconds; the times are told anew so often, and nothing else here ticks."""


def keep_true(app: IntrovertApp) -> None:
    """Tell the times anew from now on."""
    app.set_interval(MINUTE, lambda: tell_anew(app))


def tell_anew(app: IntrovertApp) -> None:
    """The times in all places, those below included; no row moves, and what is still true is not drawn again."""
    for screen in app.screen_stack if app.is_running else ():
        if isinstance(screen, Place) and screen.is_mounted:
            screen.tell_times()


def tell_when_over(app: IntrovertApp, minutes: int) -> None:
    """Say it after so many minutes, as its user asked for; nothing else comes of it."""

    def say() -> None:
        over = f"{count(minutes, 'minute').capitalize()} {'is' if minutes == 1 else 'are'} over."
        app.say(f"{over} {first_key('quit', app.keymap_of_user)} quits; nothing is lost.")

    app.set_timer(minutes * MINUTE, say)
