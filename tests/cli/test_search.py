"""`introvert search`: plain lines and JSON, from what is on this computer alone."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from introvert_tui.cli.output import Exit
from introvert_tui.cli.search import _quoted, finding_lines, finding_record
from introvert_tui.engine.searching import Finding
from introvert_tui.text.matching import Excerpt
from tests.cli.conftest import Introvert
from tests.cli.test_plain import NOW

README = Path(__file__).parents[2] / "README.md"
ANA = Finding(
    "9",
    7,
    9,
    "bluesky",
    "Bluesky",
    False,
    "Ana Prado",
    False,
    None,
    NOW - timedelta(minutes=20),
    Excerpt("Have you tried the new ink?", ((23, 26),)),
    False,
    "",
    False,
)
YOURS = ANA._replace(who="You", mine=True, to="Ana Prado")


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (ANA, ["Ana Prado, Bluesky, public, 20 minutes ago.", "Have you tried the new ink?"]),
        (YOURS, ["You to Ana Prado, Bluesky, public, 20 minutes ago.", "Have you tried the new ink?"]),
        (
            YOURS._replace(private=True, unsent=True, message=None),
            ["You to Ana Prado, Bluesky, privately, 20 minutes ago, not sent yet.", "Have you tried the new ink?"],
        ),
        (
            ANA._replace(warned=True, excerpt=Excerpt("hospital")),
            [
                "Ana Prado, Bluesky, public, 20 minutes ago.",
                "Warning: hospital. The words behind it are in the app.",
            ],
        ),
        (
            ANA._replace(beside="picture", excerpt=Excerpt("A blue smudge")),
            ["Ana Prado, Bluesky, public, 20 minutes ago.", "Picture: A blue smudge"],
        ),
        (ANA._replace(excerpt=Excerpt("")), ["Ana Prado, Bluesky, public, 20 minutes ago."]),
    ],
)
def test_a_finding_is_a_block(finding: Finding, said: list[str]) -> None:
    assert finding_lines(finding, NOW) == said


def test_json() -> None:
    assert finding_record(ANA) == {
        "id": 7,
        "network": "bluesky",
        "private": False,
        "who": "Ana Prado",
        "mine": False,
        "to": None,
        "text": "Have you tried the new ink?",
        "warning": None,
        "beside": None,
        "at": "2026-07-12T18:20:00Z",
        "sent": True,
    }
    hidden = finding_record(ANA._replace(warned=True, unsent=True, excerpt=Excerpt("hospital")))
    assert (hidden["text"], hidden["warning"], hidden["sent"]) == (None, "hospital", False)


def test_the_readme_lists_its_fields() -> None:
    table = README.read_text(encoding="utf-8").split("`introvert search --json` prints")[1].split("\n\n")[0]
    assert [name for name in re.findall(r"`(\w+)`", table) if name != "picture"] == list(finding_record(ANA))


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("ink", "ink"),
        ("new ink", '"new ink"'),
        ("from:Ana Prado", 'from:"Ana Prado"'),
        ('from:"Ana Prado"', 'from:"Ana Prado"'),
        ("he said: yes", '"he said: yes"'),
    ],
)
def test_what_the_shell_took_the_quotation_marks_from(word: str, typed: str) -> None:
    assert _quoted(word) == typed


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["besancon"], "Besançon"),
        (["from:ana", "ink"], "new ink"),
        (["on:elsewhere", "inks"], "three inks"),
        (["the new ink"], "the new ink"),
        (["from:Ana Prado", "nib"], "nib"),
    ],
)
def test_it_finds_without_a_server(
    signed_in: Introvert, words: Sequence[str], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in("catch-up")
    monkeypatch.setenv("INTROVERT_TEST_WEATHER", "offline")
    ended = signed_in("search", *words)
    assert (ended.code, ended.err) == (Exit.FINE, "")
    assert text in ended.out
    assert ", Elsewhere, public, " in ended.out
    ended = signed_in("search", "--json", *words)
    assert ended.code == Exit.FINE
    assert any(text in json.loads(line)["text"] for line in ended.out.splitlines())


def test_nothing_is_found(signed_in: Introvert) -> None:
    ended = signed_in("search", "zebra", "*", '"')
    assert (ended.code, ended.out, ended.err) == (Exit.FINE, "", "Nothing found.\n")


def test_without_an_account_it_says_how(introvert: Introvert) -> None:
    ended = introvert("search", "ink")
    assert (ended.code, ended.out) == (Exit.FINE, "")
    assert "introvert accounts add bluesky" in ended.err


def test_without_words_it_was_not_understood(introvert: Introvert) -> None:
    assert introvert("search").code == Exit.USAGE
