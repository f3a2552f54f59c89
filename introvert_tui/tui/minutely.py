"""Times in words that stay true: once a minute, and nothing else here ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .place import Place

if TYPE_CHECKING:
    from .app import IntrovertApp

_OFTEN = 60.0


def keep_true(app: IntrovertApp) -> None:
    """Tell the times anew from now on."""
    app.set_interval(_OFTEN, lambda: tell_anew(app))


def tell_anew(app: IntrovertApp) -> None:
    """The times in all places, those below included; no row moves, and what is still true is not drawn again."""
    for screen in app.screen_stack if app.is_running else ():
        if isinstance(screen, Place) and screen.is_mounted:
            screen.tell_times()
