"""Where sign-ins are kept, with and without a keychain, by one program and by several."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backends import chainer
from keyring.core import load_keyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from introvert_tui.errors import SettingsError, Unavailable
from introvert_tui.settings.keychain import Keychain


class InMemory:
    """A system's keychain, as far as it is asked here; a subclass of keyring's would join its list of real ones."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False
        self.most = 100_000

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        if len(password) > self.most:
            raise OSError("the stub holds less")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("no such password")

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> InMemory:
    """A system with a keychain."""
    monkeypatch.delenv("INTROVERT_KEYCHAIN", raising=False)
    backend = InMemory()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture(params=["forced", "fail.Keyring", "null.Keyring", "chainer.ChainerBackend"])
def no_keychain(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without a keychain, in each of the ways there are."""
    if request.param == "forced":
        monkeypatch.setenv("INTROVERT_KEYCHAIN", "file")
        return
    monkeypatch.delenv("INTROVERT_KEYCHAIN", raising=False)
    monkeypatch.setattr(chainer.ChainerBackend, "backends", ())
    backend = load_keyring(f"keyring.backends.{request.param}")
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


class TestWithAKeychain:
    def test_one_entry_for_each_account(self, system: InMemory, tmp_path: Path) -> None:
        keychain = Keychain(tmp_path)
        ana, ben = keychain.for_account("bluesky", "did:plc:ana"), keychain.for_account("bluesky", "did:plc:ben")
        ana.set("session", "one")
        ana.set("other", "two")
        ben.set("session", "three")
        assert json.loads(system.entries["introvert", "bluesky:did:plc:ana"]) == {"session": "one", "other": "two"}
        assert (ana.get("session"), ben.get("session"), ben.get("other")) == ("one", "three", None)
        assert not (tmp_path / "secrets.json").exists()
        assert keychain.notice is None

    def test_a_sign_in_replaces_everything(self, system: InMemory, tmp_path: Path) -> None:
        secrets = Keychain(tmp_path).for_account("bluesky", "ana")
        secrets.set("old", "1")
        secrets.replace({"new": "2"})
        assert (secrets.get("old"), secrets.get("new")) == (None, "2")

    def test_forgetting_leaves_nothing_and_may_be_repeated(self, system: InMemory, tmp_path: Path) -> None:
        secrets = Keychain(tmp_path).for_account("bluesky", "ana")
        secrets.set("session", "one")
        secrets.forget_all()
        secrets.forget_all()
        assert system.entries == {}
        assert secrets.get("session") is None

    def test_a_locked_one_is_not_a_lost_sign_in(self, system: InMemory, tmp_path: Path) -> None:
        secrets = Keychain(tmp_path).for_account("bluesky", "ana")
        secrets.set("session", "one")
        system.locked = True
        with pytest.raises(Unavailable, match="Unlock it"):
            secrets.get("session")
        with pytest.raises(Unavailable, match="Unlock it"):
            secrets.forget_all()
        system.locked = False
        assert secrets.get("session") == "one"

    def test_what_it_does_not_take_is_kept_in_the_file_and_counts(self, system: InMemory, tmp_path: Path) -> None:
        keychain = Keychain(tmp_path)
        secrets = keychain.for_account("bluesky", "ana")
        secrets.set("session", "old")
        system.most = 10
        secrets.set("session", "new and long")
        assert secrets.get("session") == "new and long"
        assert keychain.notice is not None
        assert keychain.notice.startswith("The keychain did not take your sign-in, so it is kept in")
        system.most = 1000
        secrets.set("session", "newest")
        assert secrets.get("session") == "newest"
        assert json.loads((tmp_path / "secrets.json").read_text()) == {}

    def test_rubbish_in_an_entry_is_no_secret(self, system: InMemory, tmp_path: Path) -> None:
        secrets = Keychain(tmp_path).for_account("bluesky", "ana")
        for rubbish in ("{", "[]", '{"session": 3}', '"words"', '"\\"again\\""'):
            system.entries["introvert", "bluesky:ana"] = rubbish
            assert secrets.get("session") is None


@pytest.mark.usefixtures("no_keychain")
class TestWithoutAKeychain:
    def test_a_file_for_the_user_only(self, tmp_path: Path) -> None:
        secrets = Keychain(tmp_path).for_account("bluesky", "ana")
        secrets.set("session", "one")
        assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
        assert Keychain(tmp_path).for_account("bluesky", "ana").get("session") == "one"
        secrets.forget_all()
        assert secrets.get("session") is None

    def test_it_is_said_aloud_once(self, tmp_path: Path) -> None:
        first, second = Keychain(tmp_path), Keychain(tmp_path)
        assert first.notice is None
        first.for_account("bluesky", "ana").set("session", "one")
        assert first.notice == (
            f"There is no keychain on this system, so your sign-ins are kept in {tmp_path / 'secrets.json'}, "
            "readable by you only."
        )
        first.for_account("bluesky", "ana").forget_all()
        second.for_account("bluesky", "ben").set("session", "two")
        assert second.notice is None

    @pytest.mark.parametrize("rubbish", ["{", "[]", "\0"])
    def test_a_damaged_file_is_told_and_not_overwritten(self, tmp_path: Path, rubbish: str) -> None:
        file = tmp_path / "secrets.json"
        file.write_text(rubbish)
        secrets = Keychain(tmp_path).for_account("bluesky", "ana")
        with pytest.raises(SettingsError, match="damaged"):
            secrets.get("session")
        with pytest.raises(SettingsError, match="damaged"):
            secrets.set("session", "one")
        assert file.read_text() == rubbish


def test_a_backend_that_cannot_be_asked_for_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no D-Bus")

    monkeypatch.delenv("INTROVERT_KEYCHAIN", raising=False)
    monkeypatch.setattr(keyring, "get_keyring", broken)
    keychain = Keychain(tmp_path)
    keychain.for_account("bluesky", "ana").set("session", "one")
    assert keychain.notice is not None


def test_no_secret_is_in_a_repr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTROVERT_KEYCHAIN", "file")
    keychain = Keychain(tmp_path)
    secrets = keychain.for_account("bluesky", "ana")
    secrets.set("session", "topsecret")
    assert "topsecret" not in repr(secrets) + repr(keychain) + repr(vars(keychain)) + repr(vars(secrets))


def test_two_programs_lose_nothing_of_each_other(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from introvert_tui.settings.keychain import Keychain\n"
        "secrets = Keychain(Path(sys.argv[1])).for_account('bluesky', sys.argv[2])\n"
        "for n in range(20): secrets.set(str(n), sys.argv[2])\n"
    )
    environment = {**os.environ, "INTROVERT_KEYCHAIN": "file"}
    programs = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), account], env=environment)
        for account in ("ana", "ben", "cy")
    ]
    assert [program.wait() for program in programs] == [0, 0, 0]
    kept = json.loads((tmp_path / "secrets.json").read_text())
    assert {entry: len(secrets) for entry, secrets in kept.items()} == dict.fromkeys(
        ("bluesky:ana", "bluesky:ben", "bluesky:cy"), 20
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.sampled_from("xy"), st.text(st.characters(exclude_categories=["Cs"])) | st.none()
        )
    )
)
def test_it_is_a_dictionary_of_dictionaries(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str | None]]
) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INTROVERT_KEYCHAIN", "file")
        environment.setattr(os, "fsync", lambda handle: None)  # a hundred examples of several writes each
        state = tmp_path_factory.mktemp("state")
        expected: dict[str, dict[str, str]] = {"a": {}, "b": {}}
        for account, name, value in steps:
            secrets = Keychain(state).for_account("demo", account)
            if value is None:
                secrets.forget_all()
                expected[account] = {}
            else:
                secrets.set(name, value)
                expected[account][name] = value
        for account, kept in expected.items():
            secrets = Keychain(state).for_account("demo", account)
            assert {name: secrets.get(name) for name in "xy"} == {name: kept.get(name) for name in "xy"}
