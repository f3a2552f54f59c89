"""However a command ends, it ends in words and with a documented code."""

import stat
from pathlib import Path

import pytest

from introvert_tui.cli.guard import code_of, guarded
from introvert_tui.cli.output import Exit
from introvert_tui.errors import (
    Cannot,
    IntrovertError,
    NewerDatabase,
    Offline,
    PluginError,
    RateLimited,
    Refused,
    SettingsError,
    SignedOut,
    StoreError,
    Unavailable,
    Unsure,
)


def raising(error: BaseException) -> int:
    raise error


def because(error: IntrovertError, cause: IntrovertError) -> IntrovertError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SignedOut("x"), Exit.SIGNED_OUT),
        (Offline("x"), Exit.OFFLINE),
        (Unavailable("x"), Exit.OFFLINE),
        (RateLimited("x", 3.0), Exit.OFFLINE),
        (SettingsError("x"), Exit.UNUSABLE),
        (StoreError("x"), Exit.UNUSABLE),
        (NewerDatabase("x"), Exit.UNUSABLE),
        (PluginError("x"), Exit.FAILED),
        (Refused("closed", "x"), Exit.FAILED),
        (Unsure("x"), Exit.FAILED),
        (Cannot("x"), Exit.FAILED),
        (because(Cannot("x"), Offline("y")), Exit.OFFLINE),
        (because(Cannot("x"), SignedOut("y")), Exit.SIGNED_OUT),
        (because(Cannot("x"), Refused("closed", "y")), Exit.FAILED),
    ],
)
def test_errors_are_told_in_their_own_words(
    error: IntrovertError, code: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(error) is code
    assert guarded(lambda: raising(error)) == code
    assert capsys.readouterr() == ("", "x\n")


def test_what_nobody_expected_is_written_down_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTROVERT_HOME", str(tmp_path))
    assert guarded(lambda: raising(ZeroDivisionError("the message"))) == Exit.FAILED
    out, err = capsys.readouterr()
    details = tmp_path / "last-error.txt"
    assert out == ""
    assert err.count("\n") == 1
    assert str(details) in err
    assert "Traceback" not in err
    assert "ZeroDivisionError: the message" in details.read_text()
    assert stat.S_IMODE(details.stat().st_mode) == 0o600


def test_where_nothing_can_be_written_down_it_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("INTROVERT_HOME", str(tmp_path / "file"))
    assert guarded(lambda: raising(ZeroDivisionError("the message"))) == Exit.FAILED
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_ctrl_c_is_no_error() -> None:
    assert guarded(lambda: raising(KeyboardInterrupt())) == Exit.INTERRUPTED
