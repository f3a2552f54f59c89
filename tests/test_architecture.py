"""The rules of `introvert_tui/__init__.py`, read off the imports, the sizes, and a clean interpreter."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "introvert_tui"

FLOOR = {"model", "errors", "text"}
"""What everybody may import, and what imports nothing of ours but its like."""

MAY_IMPORT = {
    "text": set(),
    "errors": set(),
    "model": {"errors", "text"},
    "adapter": FLOOR,
    "testing": FLOOR | {"adapter"},
    "adapters": FLOOR | {"adapter"},
    "store": FLOOR | {"adapter"},
    "plugins": FLOOR | {"adapter"},
    "settings": FLOOR | {"adapter"},
    "engine": FLOOR | {"adapter", "store", "plugins", "settings"},
    "tui": FLOOR | {"engine", "settings"},
    "cli": FLOOR | {"engine", "settings", "tui"},
    "__main__": {"cli"},
    "__init__": set(),
}
"""Layer by layer; the version, in `__init__`, is for all."""

ONLY_IN = {
    "sqlite3": {"store", "engine"},  # the engine hands connections on; `test_sql_is_the_stores` sees to the rest
    "textual": {"tui"},
    "rich": {"tui"},
    "click": {"cli"},
    "keyring": {"settings"},
    "platformdirs": {"settings"},
    "tomllib": {"settings"},
    "atproto": {"adapters"},
    "atproto_client": {"adapters"},
    "atproto_core": {"adapters"},
    "httpx": {"adapters"},
    "requests": {"adapters"},
    "mastodon": {"adapters"},
    "PIL": {"tui"},
    "textual_image": {"tui"},
    "pytest": {"testing"},
}

LONGEST_MODULE, LONGEST_FUNCTION, MOST_METHODS = 400, 50, 20

# One noun each for everything a network, and everything a front end, can do: splitting them would hide the contract.
WIDE_ON_PURPOSE = {"Adapter", "Session"}

COSTLY = {
    "PIL",
    "asyncio",
    "atproto",
    "atproto_client",
    "click",
    "httpx",
    "importlib.metadata",
    "keyring",
    "mastodon",
    "platformdirs",
    "requests",
    "rich",
    "sqlite3",
    "textual",
    "textual_image",
    "tomllib",
}


@dataclass(frozen=True)
class Import:
    """One import: by which module, of what, on which line; `deferred` where it does not run with the module."""

    by: str
    of: str
    line: int
    deferred: bool

    def __str__(self) -> str:
        return f"{self.by}:{self.line} imports {self.of}"


@cache
def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("introvert_tui", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts)] = ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for name, tree in modules().items() for found in _imports_in(name, tree, False))


def _imports_in(name: str, node: ast.AST, deferred: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(name, alias.name, child.lineno, deferred) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = name.split(".")[: -child.level] if child.level else []
            source = ".".join([*base, *([child.module] if child.module else [])])
            yield from (Import(name, f"{source}.{alias.name}", child.lineno, deferred) for alias in child.names)
        else:
            later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or _is_for_types(child)
            yield from _imports_in(name, child, deferred or later)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def layer(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def module_of(target: str) -> str | None:
    """The module of ours that an imported name is, or is in."""
    for name in (target, target.rpartition(".")[0]):
        for candidate in (f"{name}.__init__", name):
            if candidate in modules():
                return candidate
    return None


def test_there_is_something_to_read() -> None:
    assert len(imports()) > 100
    assert {layer(name) for name in modules()} <= set(MAY_IMPORT)


def test_layers() -> None:
    wrong = []
    for found in imports():
        if not found.of.startswith("introvert_tui"):
            continue
        here, there = layer(found.by), layer(module_of(found.of) or found.of)
        if there not in {"__init__", here} | MAY_IMPORT[here]:
            wrong.append(str(found))
    assert wrong == []


SHARED = frozenset({"addresses", "answers", "pictures", "shape"})
"""What is the same for every network: where a server is, what it answers, how JSON is read, and a picture."""


def test_a_network_knows_no_other_network() -> None:
    wrong = [
        str(found)
        for found in imports()
        if found.by.startswith("introvert_tui.adapters.")
        and found.of.startswith("introvert_tui.adapters.")
        and found.of.split(".")[2] not in {found.by.split(".")[2], *SHARED}
    ]
    assert wrong == []


def test_who_may_use_which_library() -> None:
    wrong = []
    for found in imports():
        library = found.of.split(".")[0]
        if library in ONLY_IN and layer(found.by) not in ONLY_IN[library]:
            wrong.append(str(found))
    assert wrong == []


OF_A_CONNECTION = {
    f"{name}.{method}"
    for name in ("db", "self.db", "self._db", "connection", "self.connection")
    for method in ("cursor", "commit")
}
"""What other things than connections have too, and so is looked for by name."""


def test_sql_is_the_stores() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if layer(name) != "store"
        and isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and (node.attr in ("execute", "executemany", "executescript") or ast.unparse(node) in OF_A_CONNECTION)
    ]
    assert wrong == []


def test_no_cycle() -> None:
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for found in imports():
        target = module_of(found.of)
        if target and not found.deferred and target != found.by:
            graph[found.by].add(target)
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_modules_are_short() -> None:
    lengths = {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_are_short() -> None:
    long = {}
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                statements = sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1
                if statements > LONGEST_FUNCTION:
                    long[f"{name}.{node.name}"] = statements
    assert long == {}


def test_classes_are_narrow() -> None:
    methods = {
        (name, node.name): {part.name for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)}
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    contract = methods["introvert_tui.adapter", "Adapter"]
    wide = {
        name: len(own - contract)
        for (_, name), own in methods.items()
        if len(own - contract) > MOST_METHODS and name not in WIDE_ON_PURPOSE
    }
    assert wide == {}


def loaded_by(statement: str) -> set[str]:
    """Which modules a clean interpreter has after a statement."""
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "needed"),
    [
        ("introvert_tui.__main__", set()),
        ("introvert_tui.text", set()),
        ("introvert_tui.model", set()),
        ("introvert_tui.plugins", set()),
        ("introvert_tui.settings", set()),
        ("introvert_tui.settings.keychain", set()),
        ("introvert_tui.cli.start", set()),
        ("introvert_tui.cli.signing_in", set()),
        ("introvert_tui.cli.commands", {"click", "asyncio", "importlib.metadata"}),
        ("introvert_tui.store.database", {"sqlite3", "asyncio"}),
        ("introvert_tui.engine.opening", {"sqlite3", "asyncio"}),
        # Textual brings these itself.
        ("introvert_tui.tui.app", {"textual", "rich", "asyncio", "platformdirs", "importlib.metadata"}),
        (
            "introvert_tui.tui.screens.conversation",
            {"textual", "rich", "asyncio", "platformdirs", "importlib.metadata", "sqlite3"},
        ),
    ],
)
def test_what_an_import_costs(module: str, needed: set[str]) -> None:
    assert loaded_by(f"import {module}") & COSTLY - needed == set()


def test_a_network_is_known_without_its_library() -> None:
    loaded = loaded_by(
        "from introvert_tui import plugins\n"
        "labels = [plugins.load(name).label for name in ('demo', 'bluesky', 'mastodon')]\n"
        "assert labels == ['Demo', 'Bluesky', 'Mastodon']"
    )
    heavy = {"atproto", "atproto_client", "mastodon", "requests", "httpx", "keyring", "textual", "sqlite3"}
    assert loaded & heavy == set()
