"""Which networks there are, and what is said about those that do not work."""

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from introvert_tui import plugins
from introvert_tui.adapter import API_VERSION, Adapter
from introvert_tui.errors import PluginError

Register = Callable[..., None]


class Elsewhere(Adapter):
    """Abstract still: it is loaded here, never made."""

    label = "Elsewhere"


class OfTheFuture(Elsewhere):
    api_version = API_VERSION + 1


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Make entry points of this test's own."""

    def register(**values: str) -> None:
        points = [EntryPoint(name, value, plugins.GROUP) for name, value in values.items()]

        def entry_points(group: str) -> Sequence[EntryPoint]:
            assert group == plugins.GROUP
            return points

        monkeypatch.setattr("importlib.metadata.entry_points", entry_points)

    return register


def test_those_that_come_with_it_are_first(register: Register) -> None:
    register(aardvark=f"{__name__}:Elsewhere")
    assert plugins.names() == ("demo", "bluesky", "mastodon", "aardvark")
    assert [plugins.label(name) for name in plugins.names()] == ["Demo", "Bluesky", "Mastodon", "Elsewhere"]
    assert plugins.load("aardvark") is Elsewhere


def test_names_and_labels_import_nothing(register: Register) -> None:
    register(broken="there.is.no.such.module:Thing")
    before = set(sys.modules)
    assert plugins.names() == ("demo", "bluesky", "mastodon", "broken")
    assert plugins.label("bluesky") == "Bluesky"
    assert not {name for name in set(sys.modules) - before if name.startswith("introvert_tui.adapters")}


def test_a_plug_in_cannot_take_the_name_of_one_of_ours(register: Register) -> None:
    register(bluesky=f"{__name__}:Elsewhere")
    assert plugins.names() == ("demo", "bluesky", "mastodon")
    assert plugins.label("bluesky") == "Bluesky"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("there.is.no.such.module:Thing", "does not load"),
        (f"{__name__}:NoSuchThing", "does not load"),
        (f"{__name__}:register", "is no adapter"),
        ("introvert_tui.model:Person", "is no adapter"),
        (f"{__name__}:OfTheFuture", "Update Introvert"),
    ],
)
def test_what_does_not_work_is_said_in_words(register: Register, value: str, said: str) -> None:
    register(else_where=value)
    with pytest.raises(PluginError, match=said):
        plugins.load("else_where")
    assert plugins.label("else_where") == "else_where"


def test_a_plug_in_may_fail_in_any_way(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    class Explosive(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise ZeroDivisionError

    monkeypatch.setitem(sys.modules, "explosive", Explosive("explosive"))
    register(explosive="explosive:Thing")
    with pytest.raises(PluginError, match="ZeroDivisionError"):
        plugins.load("explosive")


@pytest.mark.parametrize(("asked", "said"), [("blusky", "Did you mean bluesky"), ("xyz", "There are: demo, bluesky")])
def test_an_unknown_name_is_answered_with_the_known_ones(register: Register, asked: str, said: str) -> None:
    register()
    with pytest.raises(PluginError, match=said):
        plugins.load(asked)


@pytest.mark.parametrize("name", ["demo", "bluesky"])
def test_ours_load(name: str) -> None:
    found = plugins.load(name)
    assert found.label == plugins.label(name)
    assert found.api_version == API_VERSION
