"""No test touches the files or the keychain of whoever runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INTROVERT_HOME", str(home))
        environment.setenv("INTROVERT_KEYCHAIN", "file")
        yield home
