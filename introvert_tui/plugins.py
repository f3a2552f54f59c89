"""Which networks there are: those that come with Introvert, then those that other packages bring.

A package brings one by an entry point of the group ``introvert_tui.adapters``, whose name is the network's short name.
Names are found without importing anything, and an adapter is imported when it is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from introvert_tui.errors import PluginError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from introvert_tui.adapter import Adapter

GROUP = "introvert_tui.adapters"

# Strings, so that a network costs nothing until it is used; an entry point cannot take one of these names.
_BUILT_IN = {
    "demo": ("Demo", "introvert_tui.adapters.demo:DemoAdapter"),
    "bluesky": ("Bluesky", "introvert_tui.adapters.bluesky:BlueskyAdapter"),
    "mastodon": ("Mastodon", "introvert_tui.adapters.mastodon:MastodonAdapter"),
}


def names() -> tuple[str, ...]:
    """Return every network's short name, those that come with Introvert first."""
    return (*_BUILT_IN, *_entry_points())


def label(name: str) -> str:
    """Return what a network is called on screen; imports nothing for those that come with Introvert."""
    if name in _BUILT_IN:
        return _BUILT_IN[name][0]
    try:
        return load(name).label
    except PluginError:  # an account may outlive its plug-in, and still has to be listed
        return name


def load(name: str) -> type[Adapter]:
    """Import an adapter; raises `PluginError` with a sentence that says what to do."""
    if name in _BUILT_IN:
        return _checked(name, _built_in(name))
    entry_points = _entry_points()
    if name not in entry_points:
        raise PluginError(_not_there(name))
    entry_point = entry_points[name]
    try:
        found = entry_point.load()
    except Exception as error:  # a plug-in may raise anything while it is imported
        raise PluginError(
            f"{_package(entry_point)}, which brings {name}, does not load ({type(error).__name__}). "
            "Update or reinstall it."
        ) from error
    return _checked(name, found)


def _built_in(name: str) -> object:
    module, _, attribute = _BUILT_IN[name][1].partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise PluginError(f"{_BUILT_IN[name][0]} does not load. Reinstall Introvert; nothing is lost.") from error


def _entry_points() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    found: dict[str, EntryPoint] = {}
    # By package, so that two which bring the same name always give the same one.
    for entry_point in sorted(entry_points(group=GROUP), key=_package):
        if entry_point.name not in _BUILT_IN:
            found.setdefault(entry_point.name, entry_point)
    return found


def _package(entry_point: EntryPoint) -> str:
    return entry_point.dist.name if entry_point.dist else entry_point.value


def _checked(name: str, found: object) -> type[Adapter]:
    from introvert_tui.adapter import API_VERSION, Adapter

    if not isinstance(found, type) or not issubclass(found, Adapter):
        raise PluginError(f"What the plug-in for {name} names is no adapter. Ask its author for a newer version.")
    spoken = getattr(found, "api_version", None)
    if spoken != API_VERSION:
        which = "Introvert" if isinstance(spoken, int) and spoken > API_VERSION else f"the plug-in for {name}"
        raise PluginError(
            f"The plug-in for {name} speaks version {spoken} of the adapter contract, and this Introvert speaks "
            f"{API_VERSION}. Update {which}."
        )
    return found


def _not_there(name: str) -> str:
    import difflib

    there = names()
    near = difflib.get_close_matches(name.casefold(), there, 1)
    guess = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(there)}."
    return f"There is no network called {name} here.{guess}"
