"""Pictures on a terminal: whether they can be drawn here, and how bytes from anywhere become one.

What draws them comes with introvert-tui[images]. It asks the terminal what it can, which nobody can do any more once
Textual reads the keys; so it is loaded before that, and only where config.toml says so.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING

from introvert_tui.errors import Cannot

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.widget import Widget

INSTALL = "introvert-tui[images]"
MISSING = f'Pictures are not shown: `pip install "{INSTALL}"` brings what draws them. Nothing else needs it.'
NO_PICTURE = "This picture can't be shown: it did not come whole, or is of a kind that is not known here."
TOO_LARGE = "This picture has too many pixels to be shown here."
MOST_PIXELS = 40_000_000
"""A picture of so many pixels takes 160 MB for a moment."""

_KINDS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
_SIDE = 1200
"""Pixels that the longer side keeps: as many as a terminal shows, and few enough to be drawn at every scroll."""
_FLATTEST = 8
"""A picture so many times as long as it is wide would be less than a row or column."""
_WIDEST, _TALLEST = 80, 20
"""Cells; larger ones take the Sixel encoder so long that it can be felt."""
_PIXELS_IN_A_CELL = 8
_PATIENCE = 2.0
"""Seconds for the terminal's last answer."""
_STATUS, _ALL_IS_WELL = b"\x1b[5n", b"\x1b[0n"

log = logging.getLogger(__name__)


def installed() -> bool:
    """Whether what draws pictures is there; asks nobody and loads nothing."""
    return find_spec("textual_image") is not None


def get_ready() -> bool:
    """Load what draws pictures, before Textual reads the keys; say whether it can be used."""
    try:
        with _heard_out():
            import textual_image.widget  # noqa: F401
    except Exception:
        # It trips over letters that are typed while it asks. Whatever it is, a visit goes on without pictures.
        log.info("pictures can't be drawn here", exc_info=True)
        return False
    return True


def how_to_see_them(wanted: bool, browser_key: str) -> str:
    """Say what is missing, `wanted` being the setting, and which key shows them elsewhere."""
    steps = [f"install {INSTALL}"] if not installed() else []
    if not wanted:
        steps.append("write pictures = true into config.toml")
    if not steps:
        return f"Pictures can't be drawn on this terminal. {browser_key} opens the message in the browser."
    return f"To see pictures here, {' and '.join(steps)}. {browser_key} opens the message in the browser."


def decoded(data: bytes) -> Image:
    """Read a picture that somebody sent, upright, on white and no larger than can be drawn. Raises `Cannot`."""
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=_KINDS) as sent:
            # Only the head was read so far: a small file may unfold to gigabytes.
            if sent.width * sent.height > MOST_PIXELS:
                raise Cannot(TOO_LARGE)
            if max(sent.size) > _FLATTEST * min(sent.size):
                raise Cannot("This picture is too long and thin to be shown here.")
            image = sent if sent.mode in ("RGB", "RGBA", "L") else sent.convert("RGBA")
            image.thumbnail((_SIDE, _SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("RGB")
    except Cannot:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise Cannot(TOO_LARGE) from problem
    except Exception as problem:
        # Decoders raise whatever they stumble over in what a stranger made.
        raise Cannot(NO_PICTURE) from problem


def drawn(picture: Image, colours: bool) -> Widget:
    """A decoded picture as the terminal draws it best: in pixels, in half cells, or in shades where it has no colours.

    It is as large as it fits, and never so narrow that a row or column of it would be none.
    """
    from textual_image.widget import Image, UnicodeImage

    widget = (Image if colours else UnicodeImage)(picture)
    shape = picture.width / picture.height
    widget.styles.width = widget.styles.height = "auto"
    widget.styles.max_width = max(min(_WIDEST, picture.width // _PIXELS_IN_A_CELL), ceil(2 * shape))
    widget.styles.max_height = max(_TALLEST, ceil(1 / shape))
    widget.styles.min_width, widget.styles.min_height = ceil(2 * shape), ceil(1 / shape)
    return widget


@contextmanager
def _heard_out() -> Iterator[None]:
    """Wait for the terminal's answers, however late: after 0.1 s nobody does, and they would be taken for keys.

    They come in order, so when it has answered one question more, no other answer is on its way. Letters that were
    typed meanwhile are lost.
    """
    if not (sys.__stdin__ and sys.__stdout__ and sys.__stdin__.isatty() and sys.__stdout__.isatty()):
        yield
        return
    import termios
    import tty

    keyboard, screen = sys.__stdin__.fileno(), sys.__stdout__.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard, termios.TCSANOW)
    try:
        yield
    finally:
        os.write(screen, _STATUS)
        _read_to(keyboard, _ALL_IS_WELL)
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def _read_to(keyboard: int, end: bytes) -> None:
    from select import select

    heard, until = b"", time.monotonic() + _PATIENCE
    while end not in heard and select([keyboard], [], [], max(0.0, until - time.monotonic()))[0]:
        byte = os.read(keyboard, 1)
        if not byte:
            return
        heard += byte
