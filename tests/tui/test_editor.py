"""The user's own editor: whatever it does, the words come back, its own or those that were there."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from introvert_tui.errors import Cannot
from introvert_tui.tui.editor import Edited, in_editor


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the editor go to a folder of their own."""
    (tmp_path / "files").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "files"))
    monkeypatch.delenv("VISUAL", raising=False)


def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Edited:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    try:
        return in_editor("One.", nullcontext)
    finally:
        assert list((tmp_path / "files").iterdir()) == []


def test_what_it_saved_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert edited(tmp_path, monkeypatch, "sed -i s/One/Better/ $1") == Edited("Better.")
    assert edited(tmp_path, monkeypatch, "true") == Edited("One.")


def test_what_it_saved_is_taken_though_it_ended_with_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, remark = edited(tmp_path, monkeypatch, "sed -i s/One/Better/ $1; exit 1")
    assert words == "Better."
    assert remark.endswith("ended with an error; what it had saved is here.")


@pytest.mark.parametrize(
    ("script", "said"),
    [("exit 1", "ended with an error; your words are as they were."), ("rm $1", "your words are as they were.")],
)
def test_without_anything_saved_the_words_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    with pytest.raises(Cannot, match=said):
        edited(tmp_path, monkeypatch, script)


@pytest.mark.parametrize(
    ("value", "said"),
    [("vi '", "EDITOR says vi ', which names no program"), ("/no/such/program", "did not start; your words are here")],
)
def test_what_names_no_editor_is_said(monkeypatch: pytest.MonkeyPatch, value: str, said: str) -> None:
    monkeypatch.setenv("EDITOR", value)
    with pytest.raises(Cannot, match=said):
        in_editor("One.", nullcontext)


def test_an_empty_name_means_vi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vi = tmp_path / "vi"
    vi.write_text("#!/bin/sh\necho By vi. > $1\n")
    vi.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("EDITOR", " ")
    assert in_editor("One.", nullcontext) == Edited("By vi.")


def test_where_no_file_can_be_made_the_words_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/no/such/folder")
    monkeypatch.setenv("EDITOR", "true")
    with pytest.raises(Cannot, match="your words are as they were"):
        in_editor("One.", nullcontext)
