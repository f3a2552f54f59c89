"""What people and conversations of the town are written down in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from introvert_tui.model import Attachment, AttachmentKind

YOU = "you"
PICTURES = "demo:picture/"
"""What the names of the pictures in this package begin with."""
HOUR = 60
DAY = 24 * HOUR


class Resident(NamedTuple):
    """Somebody in town: `pace` is how many seconds they take to answer, `answers` what they say if nothing fits better.

    `asked` is for a hello with a question in it. Nobody says the same thing twice; who has said everything is quiet.
    """

    handle: str
    name: str
    followed: bool = True
    pace: int = 30
    answers: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


class Line(NamedTuple):
    """Something said, `ago` minutes before the town was founded (after it, if negative).

    It answers the line before it unless `to` has the `key` of another one; `quote` is "scene/key".
    """

    who: str
    ago: float
    text: str
    key: str = ""
    to: str = ""
    beside: tuple[Attachment, ...] = ()
    quote: str = ""
    warning: str | None = None
    language: str = "en"
    deleted: bool = False
    nodded: bool = False


class Scene(NamedTuple):
    """A conversation; `answers` is what each person says there when you greet them."""

    key: str
    lines: tuple[Line, ...]
    answers: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    private: bool = False
    closed: bool = False


def picture(name: str, description: str = "") -> Attachment:
    """A picture that hangs in town, described or not; it has no address on the web."""
    return Attachment(AttachmentKind.IMAGE, text=description, uri=f"{PICTURES}{name}")


def card(url: str, text: str) -> Attachment:
    """A link with its title and description."""
    return Attachment(AttachmentKind.LINK, text=text, url=url)
