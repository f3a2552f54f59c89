"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like this one, if any is like it; capitals and hyphens do not count."""
    import difflib

    alike = {_plain(one): one for one in sorted(known)}
    found = difflib.get_close_matches(_plain(word), alike, 1, 0.75)
    return alike[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that names what somebody may have meant, or nothing."""
    meant = near(word, known)
    return f'; did you mean "{meant}"?' if meant else ""


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_")
