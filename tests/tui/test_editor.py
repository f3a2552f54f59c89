"""A reply in the user's own editor, whatever that does."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.app import App

from introvert_tui.model import Span
from introvert_tui.tui.widgets.writing import Writing

from .driving import Visit, says, visit_town

ZOE = says("zoe", Span("did the ink dry?"))
Editor = Callable[[str], None]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the editor's files are, in a terminal that can be lent."""
    there = tmp_path / "files"
    there.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(there))
    monkeypatch.setattr(App, "suspend", lambda _: nullcontext())
    monkeypatch.delenv("VISUAL", raising=False)
    return there


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """What the editor does, as a shell script."""

    def is_script(script: str) -> None:
        path = tmp_path / "quill"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)
        monkeypatch.setenv("EDITOR", str(path))

    return is_script


def written_for_it(files: Path) -> list[Path]:
    return [path for path in files.iterdir() if path.is_file()]


async def edited(town: Visit) -> Writing:
    """What there is after an answer to Zoe was given to the editor."""
    await town.go_to("zoe")
    await town.press("r")
    await town.write("it did")
    await town.press("ctrl+o")
    place = town.app.place()
    assert place is not None
    writing = place.writing()
    assert writing is not None
    return writing


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("vi '", "EDITOR can't be followed: it has a quote without its other half. Nothing was changed."),
        (" ", "EDITOR names no program. Nothing was changed."),
        ("''", "EDITOR names no program. Nothing was changed."),
        ("/nowhere/vi", "/nowhere/vi did not start. Nothing was changed; EDITOR can name another."),
    ],
)
async def test_an_editor_that_is_none_costs_nothing(monkeypatch: pytest.MonkeyPatch, command: str, why: str) -> None:
    monkeypatch.setenv("EDITOR", command)
    async with visit_town(besides=[ZOE]) as town:
        writing = await edited(town)
        assert (writing.words, writing.hint.said) == ("it did", why)


async def test_a_disk_that_is_full_costs_nothing(editor: Editor, monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    editor("true")
    async with visit_town(besides=[ZOE]) as town:
        monkeypatch.setattr(tempfile, "tempdir", str(files / "nowhere"))
        writing = await edited(town)
        assert writing.words == "it did"
        assert "(No such file or directory). Nothing was changed." in writing.hint.said


@pytest.mark.parametrize(
    ("script", "words", "said"),
    [
        ("echo ' indeed' >> $1", "it did indeed", ""),
        ("true", "it did", ""),
        ("exit 1", "it did", "Editing failed. Nothing was changed. {quill} saved nothing and ended with an error."),
        (
            ": > $1; exit 1",
            "it did",
            "Editing failed. Nothing was changed. {quill} saved nothing and ended with an error.",
        ),
        ("echo ' indeed' >> $1; exit 1", "it did indeed", "{quill} ended with an error; what it saved was taken."),
        (
            "rm $1",
            "it did",
            "The words can't be handed to {quill} and back (No such file or directory). Nothing was changed.",
        ),
    ],
)
async def test_what_the_editor_saved_is_taken(
    editor: Editor, tmp_path: Path, files: Path, script: str, words: str, said: str
) -> None:
    editor(script)
    async with visit_town(besides=[ZOE]) as town:
        writing = await edited(town)
        assert (writing.words, writing.hint.said) == (words, said.format(quill=tmp_path / "quill"))
        assert written_for_it(files) == []


async def test_what_is_no_text_is_kept_in_its_file(editor: Editor, files: Path) -> None:
    editor("printf '\\377' > $1")
    async with visit_town(besides=[ZOE]) as town:
        writing = await edited(town)
        (kept,) = written_for_it(files)
        assert kept.read_bytes() == b"\xff"
        assert kept.stat().st_mode & 0o077 == 0
        assert writing.words == "it did"
        assert writing.hint.said == f"What came is not UTF-8 text, so nothing was changed. It is kept in {kept}"
