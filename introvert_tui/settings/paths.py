"""Where Introvert keeps its files, and how they are written so that nobody else can read them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from introvert_tui.errors import SettingsError


class Paths(NamedTuple):
    """The three directories: `data` cannot be had again, `config` is yours, `state` can be lost."""

    data: Path
    config: Path
    state: Path

    @classmethod
    def user(cls) -> Paths:
        """Find and make the user's directories; INTROVERT_HOME names one directory for all three."""
        paths = cls.found()
        if not os.environ.get("INTROVERT_HOME"):
            paths.tighten()
        paths.make()
        return paths

    @classmethod
    def found(cls) -> Paths:
        """Say where the user's directories are, whether or not they are there, and make none."""
        if home := os.environ.get("INTROVERT_HOME"):
            root = Path(home).expanduser().absolute()
            return cls(root, root, root)
        from platformdirs import PlatformDirs

        of_system = PlatformDirs("introvert", appauthor=False)
        return cls(Path(of_system.user_data_dir), Path(of_system.user_config_dir), Path(of_system.user_state_dir))

    @property
    def database(self) -> Path:
        return self.data / "introvert.db"

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def lock_dir(self) -> Path:
        return self.state / "running"

    def tighten(self) -> None:
        """Close directories that are there to others: for those named after the program, not for one the user named."""
        for directory in (self.data, self.state):
            with suppress(OSError):  # a read-only one is dealt with by `make`, a missing one is made closed
                directory.chmod(0o700)

    def make(self) -> None:
        """Make the directories that are missing, readable by the user only."""
        with suppress(OSError):  # nothing is ever written there, and some systems own it
            make_private(self.config)
        for directory in (self.data, self.state, self.lock_dir):
            try:
                make_private(directory)
            except OSError as error:
                raise SettingsError(
                    f"{directory} cannot be used: {error.strerror}. INTROVERT_HOME can name another directory."
                ) from error
            if not os.access(directory, os.W_OK | os.X_OK):
                raise SettingsError(f"{directory} cannot be written to. INTROVERT_HOME can name another directory.")


def make_private(directory: Path) -> None:
    """Make a directory with mode 0700; one that is there keeps its mode, since it may be shared on purpose."""
    if directory.is_dir():
        return
    directory.parent.mkdir(parents=True, exist_ok=True)
    # Two programs may start at once, and mkdir's own mode is subject to the umask.
    directory.mkdir(mode=0o700, exist_ok=True)
    directory.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, with mode 0600: after a crash it holds the old words or the new ones."""
    import tempfile

    # mkstemp makes the file 0600 from its first moment.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    if os.name == "nt":  # Windows opens no directories
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
