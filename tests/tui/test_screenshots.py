"""The pictures of the README are what the app shows today."""

from __future__ import annotations

import pytest

from .screenshots import FOLDER, PICTURES, picture


@pytest.mark.parametrize("name", sorted(PICTURES))
async def test_the_picture_is_true(name: str) -> None:
    drawn = await picture(name)
    assert drawn == (FOLDER / f"{name}.svg").read_text(encoding="utf-8"), "python -m tests.tui.screenshots draws anew"


def test_there_are_no_other_pictures() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(PICTURES)
