"""Which colours stand on which, read off the picture of a screen as it is drawn."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import NamedTuple

from rich.color import Color, ColorSystem

CELL, LINE = 12.2, 24.4
"""The width and height of a letter in the pictures that Textual draws."""


class Painted(NamedTuple):
    """A picture's colours: some text for each pair of letter and ground, and some row for each ground without text."""

    text: dict[tuple[str, str], str]
    blank: dict[str, str]


def painted(svg: str) -> Painted:
    """Take a picture apart."""
    fills = dict(re.findall(r"\.[\w-]+-(r\d+) \{ fill: (#\w{6})", svg))
    ground: dict[tuple[int, int], str] = {}
    for fill, x, y, width in re.findall(r'<rect fill="(#\w{6})" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', svg):
        row, start = round((float(y) - 1.5) / LINE), round(float(x) / CELL)
        ground |= {(row, column): fill for column in range(start, start + round(float(width) / CELL))}
    text: dict[tuple[str, str], str] = {}
    written = set()
    for style, x, row, words in re.findall(
        r'(?s)<text class="[\w-]+-(r\d+)" x="([\d.]+)"[^>]*-line-(\d+)\)">(.*?)</text>', svg
    ):
        words = html.unescape(words).replace("\xa0", " ")
        start = round(float(x) / CELL) + len(words) - len(words.lstrip())
        if words.strip():
            written.add((int(row), start))
            text.setdefault((fills[style], ground[int(row), start]), words.strip())
    return Painted(text, {fill: f"row {row}" for (row, at), fill in ground.items() if (row, at) not in written})


def ratio(one: str, other: str, seen: Callable[[str], str] = str) -> float:
    """The contrast of two colours, from 1 to 21, as WCAG 2 reckons it."""
    dark, light = sorted(_luminance(seen(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def in_sixteen(colour: str) -> str:
    """What a terminal of 16 colours, with those of VGA, makes of a colour."""
    return Color.parse(colour).downgrade(ColorSystem.STANDARD).get_truecolor().hex


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
