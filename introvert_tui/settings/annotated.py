"""The settings in words: the config.toml that `introvert config --init` writes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from textwrap import wrap
from typing import NamedTuple

from introvert_tui.text import capital

from .table import SETTINGS, Setting

_WIDTH = 96
_TOP = (
    "Introvert's settings. Nothing in here counts until you take away the # before it: every line shows what holds "
    "without it. `introvert config --check` says whether all of it can be followed."
)
_KEYS = (
    'Several keys stand with commas between them, as in "m, f2", and take the place of all that are ours; "" is no '
    "key at all. A key that another action has is yours from then on."
)


class KeyLine(NamedTuple):
    """One action for the table of keys: its id, its keys, and what it does."""

    id: str
    keys: str
    does: str


def annotated(actions: Iterable[KeyLine]) -> str:
    """Write config.toml with every setting, its default and what it is for, all of it commented out."""
    blocks = [_comment(_TOP)]
    for setting in SETTINGS:
        if setting.example:
            said = [setting.decides, f"{expected(setting)}."]
            if setting.unset:
                said.append(f"Without it: {setting.unset}.")
            blocks.append(_comment(*said) + _off(f"{setting.name} = {setting.example}"))
        else:
            lines = [(f"{one.id} = {json.dumps(one.keys)}", one.does) for one in actions]
            width = max((len(line) for line, _ in lines), default=0)
            table = "".join(f"#{line:{width}}  # {does}\n" for line, does in lines)
            blocks.append(f"{_comment(setting.decides, _KEYS)}[{setting.name}]\n{table}")
    return "\n".join(blocks)


def expected(setting: Setting) -> str:
    """What a value may be, as the beginning of a sentence."""
    return capital(setting.expected)


def _comment(*sentences: str) -> str:
    return "".join(f"# {line}\n" for sentence in sentences for line in wrap(sentence, _WIDTH))


def _off(lines: str) -> str:
    return "".join(f"#{line}\n" for line in lines.splitlines())
