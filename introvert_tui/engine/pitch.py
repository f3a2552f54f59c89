"""Whether a hello reads like an advertisement: one gentle question, never a refusal. Pure.

A short list that can be read in a minute: links to shops, and words that sell. It looks at the writer's own words and
at nothing else, and is changed or emptied in config.toml (`pitches`).
"""

from __future__ import annotations

from collections.abc import Sequence

from introvert_tui.text import host_of
from introvert_tui.text.matching import has_all, term

SHOPS: tuple[str, ...] = (
    "amazon.com",
    "amzn.to",
    "bandcamp.com",
    "bookshop.org",
    "buymeacoffee.com",
    "etsy.com",
    "gumroad.com",
    "itch.io",
    "ko-fi.com",
    "patreon.com",
)
"""Where things are sold, and their subdomains. "amazon.com" stands for Amazon in every country."""


def reads_like_a_pitch(text: str, phrases: Sequence[str]) -> str | None:
    """What in a text sells something: the phrase or the shop, or None. Without phrases nothing is asked."""
    if not phrases:
        return None
    for phrase in phrases:
        wanted = term(phrase, prefix=False)
        if wanted is not None and has_all([text], [wanted]):
            return f"“{phrase}”"
    hosts = [host_of(word if "://" in word else f"https://{word}") for word in text.split() if "." in word]
    return next((f"a link to {host}" for host in hosts if _sells(host)), None)


def _sells(host: str) -> bool:
    if host.removeprefix("www.").startswith("amazon."):
        return True
    return any(host == shop or host.endswith(f".{shop}") for shop in SHOPS)


def remark(found: str) -> str:
    """What is said before it goes out: "This reads a little like a pitch (“out now”)."."""
    return f"This reads a little like a pitch ({found})."
