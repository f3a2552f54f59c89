"""Which networks one can sign in to, and what each asks first; for a front end's first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui import plugins

if TYPE_CHECKING:
    from introvert_tui.model import Question


def sign_ins() -> tuple[tuple[str, str], ...]:
    """Every network there is an account for: its short name, and what it is called on the screen."""
    return tuple((name, plugins.label(name)) for name in plugins.names() if name != "demo")


def form(network: str) -> tuple[str, tuple[Question, ...]]:
    """What a network is called, and what it certainly asks; it may ask more on the way. Raises `PluginError`."""
    adapter = plugins.load(network)
    return adapter.label, adapter.questions
