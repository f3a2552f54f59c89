"""Words on their way to the screen: cleaned, measured, and dated in plain English; imports nothing of ours.

What costs time to load (regular expressions, `wcwidth`) is loaded by the first text that needs it.
"""

from .ago import (
    ago,
    ago_in_words,
    around,
    capital,
    clock,
    count,
    day_and_part,
    greeting,
    names,
    number,
    quoted,
    spelled,
    spelled_count,
)
from .clean import clean, clean_line, clean_url, harmless, host_of
from .measure import cells, clip, count_graphemes, graphemes

__all__ = [
    "ago",
    "ago_in_words",
    "around",
    "capital",
    "cells",
    "clean",
    "clean_line",
    "clean_url",
    "clip",
    "clock",
    "count",
    "count_graphemes",
    "day_and_part",
    "graphemes",
    "greeting",
    "harmless",
    "host_of",
    "names",
    "number",
    "quoted",
    "spelled",
    "spelled_count",
]
