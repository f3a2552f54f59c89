"""Where sign-ins are kept: the system's keychain, or where there is none a file that only the user can read.

One entry of the keychain holds an account's secrets as a JSON object. What a keychain does not take goes to the file,
and what is in the file counts: it is the newer. INTROVERT_KEYCHAIN=file leaves the keychain alone, as the tests do.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from introvert_tui.errors import SettingsError, Unavailable
from introvert_tui.settings.paths import write_private

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE = "introvert"
_LOCK_SECONDS = 30.0


class AccountSecrets:
    """One account's secrets; every call reads or writes for good, since another program may have changed them."""

    def __init__(self, keychain: Keychain, entry: str) -> None:
        self._keychain = keychain
        self._entry = entry

    def __repr__(self) -> str:
        return f"AccountSecrets({self._entry!r})"

    def get(self, name: str) -> str | None:
        """Return the secret, or None; raises `Unavailable` while the keychain does not open."""
        return self._keychain.read(self._entry).get(name)

    def set(self, name: str, value: str) -> None:
        """Store the secret before returning."""
        self._keychain.change(self._entry, lambda kept: {**kept, name: value})

    def replace(self, secrets: Mapping[str, str]) -> None:
        """Store these secrets, and no others, at once: what a sign-in brings."""
        self._keychain.change(self._entry, lambda kept: dict(secrets))

    def forget_all(self) -> None:
        """Take everything of this account out of the keychain and the file."""
        self._keychain.forget(self._entry)


class Keychain:
    """Every account's secrets; safe from several threads, and from several programs at once."""

    def __init__(self, state: Path) -> None:
        self._file = state / "secrets.json"
        self._notice: str | None = None
        self._thread_lock = threading.Lock()
        self._found: list[KeyringBackend | None] = []

    def for_account(self, network: str, remote_id: str) -> AccountSecrets:
        """Return one account's secrets; costs nothing until they are read."""
        return AccountSecrets(self, f"{network}:{remote_id}")

    @property
    def notice(self) -> str | None:
        """What must be said aloud because this program was the first here to keep a secret in the file."""
        return self._notice

    def read(self, entry: str) -> dict[str, str]:
        """Return all secrets of an entry."""
        with self._thread_lock:
            return self._read(entry)

    def change(self, entry: str, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        """Read, change and write an entry, alone among all programs."""
        with self._alone():
            try:
                kept = self._read(entry)
            except Unavailable:  # what was there cannot be read, and what is new must not be lost
                kept = {}
            self._write(entry, change(kept))

    def forget(self, entry: str) -> None:
        """Delete an entry wherever it is; no error where there is none."""
        with self._alone():
            self._write_file(entry, None)
            backend = self._backend()
            if backend is not None:
                # Backends raise this for a missing entry, and have no other way to say so.
                from keyring.errors import KeyringError, PasswordDeleteError

                try:
                    backend.delete_password(_SERVICE, entry)
                except PasswordDeleteError:
                    pass
                except KeyringError as error:
                    raise Unavailable(
                        "The keychain did not open, so the sign-in is still in it. Unlock it and try again."
                    ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        with self._thread_lock:
            lock = FileLock(self._file.with_suffix(".lock"), mode=0o600)
            try:
                lock.acquire(timeout=_LOCK_SECONDS)
            except Timeout as error:
                raise Unavailable("Another Introvert is busy with your sign-ins. Try again in a moment.") from error
            except OSError as error:
                raise SettingsError(f"{self._file.parent} cannot be written to: {error.strerror}.") from error
            try:
                yield
            finally:
                lock.release()

    def _read(self, entry: str) -> dict[str, str]:
        if (kept := self._read_file().get(entry)) is not None:
            return kept
        backend = self._backend()
        if backend is None:
            return {}
        try:
            return _secrets(backend.get_password(_SERVICE, entry) or "")
        except Exception as error:  # backends raise whatever their system raises
            raise Unavailable(
                "The keychain did not open, so you are not signed in for now. Unlock it and catch up again."
            ) from error

    def _write(self, entry: str, secrets: dict[str, str]) -> None:
        backend = self._backend()
        if backend is not None:
            try:
                backend.set_password(_SERVICE, entry, json.dumps(secrets))
            except Exception:  # as above; a size limit is one of the reasons
                pass
            else:
                self._write_file(entry, None)
                return
        if not self._file.exists():
            why = (
                "There is no keychain on this system, so your sign-ins are"
                if backend is None
                else "The keychain did not take your sign-in, so it is"
            )
            self._notice = f"{why} kept in {self._file}, readable by you only."
        self._write_file(entry, secrets)

    def _read_file(self) -> dict[str, dict[str, str]]:
        try:
            text = self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{self._file}, which holds your sign-ins, cannot be read.") from error
        try:
            entries = json.loads(text)
        except ValueError:
            entries = None
        if not isinstance(entries, dict):
            raise SettingsError(
                f"{self._file}, which holds your sign-ins, is damaged. Rename it and sign in again; "
                "nothing else is lost."
            )
        return {entry: _secrets(kept) for entry, kept in entries.items()}

    def _write_file(self, entry: str, secrets: dict[str, str] | None) -> None:
        entries = self._read_file()
        if secrets is None:
            if entry not in entries:
                return
            del entries[entry]
        else:
            entries[entry] = secrets
        try:
            write_private(self._file, json.dumps(entries, indent=1))
        except OSError as error:
            raise SettingsError(f"{self._file} cannot be written: {error.strerror}.") from error

    def _backend(self) -> KeyringBackend | None:
        # Looked for once, in the thread that needs it: it takes over 100 ms, and some of them ask D-Bus.
        if not self._found:
            self._found.append(None if os.environ.get("INTROVERT_KEYCHAIN") == "file" else _usable_backend())
        return self._found[0]


def _usable_backend() -> KeyringBackend | None:
    import keyring
    from keyring.backends import chainer, fail, null

    try:
        backend = keyring.get_keyring()
        if isinstance(backend, fail.Keyring | null.Keyring):
            return None
        if isinstance(backend, chainer.ChainerBackend) and not backend.backends:
            return None
    except Exception:  # a keychain that cannot even be asked for is none
        return None
    return backend


def _secrets(kept: object) -> dict[str, str]:
    if isinstance(kept, str):
        try:
            kept = json.loads(kept)
        except ValueError:
            return {}
    if not isinstance(kept, dict):
        return {}
    return {name: value for name, value in kept.items() if isinstance(name, str) and isinstance(value, str)}
