"""Which networks one can sign in to, for a front end's first page."""

from __future__ import annotations

from introvert_tui import plugins


def sign_ins() -> tuple[tuple[str, str], ...]:
    """Every network there is an account for: its short name, and what it is called on the screen."""
    return tuple((name, plugins.label(name)) for name in plugins.names() if name != "demo")
