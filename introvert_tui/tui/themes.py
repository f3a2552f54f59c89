"""Colours: the terminal's own by default, or two quiet sets of ours.

`ansi-dark` paints no background and uses the terminal's own colours, so it is legible on light terminals as well, and
it costs nothing: a theme of ours adds 10-15 ms before the first frame, so it is built only for who asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.theme import BUILTIN_THEMES, Theme

if TYPE_CHECKING:
    from .app import IntrovertApp

DEFAULT = "ansi-dark"
OURS = ("introvert-dark", "introvert-light")


def names() -> tuple[str, ...]:
    """Every theme there is: ours, and Textual's."""
    return (*OURS, *BUILTIN_THEMES)


def known(name: str) -> bool:
    """Whether there is such a theme."""
    return name in names()


def wear(app: IntrovertApp, name: str) -> None:
    """Put the colours of a theme on the app, one that is known."""
    if name in OURS:
        app.register_theme(theme(name))
    app.theme = name


def unknown(name: str) -> str:
    """Say that there is no such theme, and which one may be meant."""
    from introvert_tui.settings.near import did_you_mean

    meant = did_you_mean(name, names())
    return f"There is no theme called {name}{meant or '.'} These are your terminal's own colours."


def theme(name: str) -> Theme:
    """One of our two, by name."""
    if name == "introvert-light":
        return Theme(
            name=name,
            primary="#3d5a6c",
            accent="#8a5a2b",
            foreground="#2b2926",
            background="#faf7f2",
            surface="#faf7f2",
            panel="#efe9df",
            dark=False,
        )
    return Theme(
        name="introvert-dark",
        primary="#9db4c0",
        accent="#d9a86c",
        foreground="#d8d4cc",
        background="#1c1b1a",
        surface="#1c1b1a",
        panel="#272523",
        dark=True,
    )
