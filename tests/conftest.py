"""No test touches the files or the keychain of whoever runs it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Tell = Callable[[str], None]


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INTROVERT_HOME", str(home))
        environment.setenv("INTROVERT_KEYCHAIN", "file")
        # A program asks them before it asks its terminal, and pytest-xdist sets them for its own.
        for size in ("COLUMNS", "LINES"):
            environment.delenv(size, raising=False)
        yield home


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Say something of a test that passes too, at the end of the run: figures, and the seed of what was random."""
    return lambda words: record_property("told", words)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests told, from whichever process they ran in."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, words in report.user_properties:
                if name == "told":
                    terminalreporter.write_line(str(words))
