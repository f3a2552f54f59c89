"""Every setting there is, one row each: config.toml is read, checked, written and documented from this table.

The program starts without a setting only where that is safe. A theme, a key, a hello or a language that cannot be
followed is ignored, and told. Without its hold a hello would go out sooner than its writer wants: a row that is `grave`
is followed or the program does not start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from .config import HELLOS, PITCHES, Settings

LONGEST_HOLD = 3600
MOST_MINUTES = 600
_LONGEST_HELLO = 200
_LONGEST_PHRASE = 60
_ACTIONS_TOO = frozenset({"keys", "pictures"})
"""Settings whose names are also ids of actions."""

Tell = Callable[[str, str, str], None]
"""Told about a part of a value that is left out: its key if it has one, what is wrong, and what became of it."""


class Unfit(Exception):
    """A value is not what its row expects."""


class Setting(NamedTuple):
    """One setting: its name, what is `expected` of its value, an example in TOML, what it decides, and its reader.

    Where there is a default, the example is the default. `unset` says what holds where there is none.
    """

    name: str
    expected: str
    example: str
    decides: str
    read: Callable[[object, Tell], object]
    unset: str = ""
    grave: bool = False


def _hold(value: object, tell: Tell) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_HOLD:
        return float(value)
    raise Unfit


def _hellos(value: object, tell: Tell) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Unfit
    fit = []
    for number, hello in enumerate(value, 1):
        if wrong := _wrong_with_hello(hello):
            tell("", f"hello {number} {wrong}", "It was left out.")
        else:
            fit.append(hello.strip())
    return tuple(fit)


def _phrases(value: object, tell: Tell) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Unfit
    fit = []
    for number, phrase in enumerate(value, 1):
        if isinstance(phrase, str) and phrase.strip() and phrase.isprintable() and len(phrase) <= _LONGEST_PHRASE:
            fit.append(phrase.strip())
        else:
            tell("", f"phrase {number} should be a few words in quotes", "It was left out.")
    return tuple(fit)


def _muted_words(value: object, tell: Tell) -> tuple[str, ...]:
    from introvert_tui.text.matching import folded

    fit = []
    for word in _phrases(value, tell):
        if folded(word):
            fit.append(word)
        else:
            tell("", f'"{word}" has no letters to be found by', "It was left out.")
    return tuple(dict.fromkeys(fit))


def _wrong_with_hello(hello: object) -> str | None:
    if not isinstance(hello, str) or not hello.strip():
        return 'should be words in quotes, such as "Hello, {name}."'
    if len(hello) > _LONGEST_HELLO or not hello.isprintable():
        return f"should be one line of at most {_LONGEST_HELLO} characters"
    if other := re.search(r"\{(?!name\})(\w*)\}", hello):
        return f"holds {other[0]}, and only {{name}} is filled in"
    return None


def _language(value: object, tell: Tell) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        return value
    raise Unfit


def _theme(value: object, tell: Tell) -> str:
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value.strip()
    raise Unfit


def _minutes(value: object, tell: Tell) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_MINUTES:
        return value
    raise Unfit


def _pictures(value: object, tell: Tell) -> bool:
    if isinstance(value, bool):
        return value
    raise Unfit


def _keys(value: object, tell: Tell) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise Unfit
    keys = {}
    for action, written in value.items():
        if action in Settings._fields and action not in _ACTIONS_TOO:
            tell(action, f'"{action}" is a setting and no action; write it above [keys]', "It was ignored.")
            continue
        try:
            keys[action] = ",".join(_key_names(written))
        except Unfit:
            tell(action, f'the key for "{action}" should be in quotes, such as "m" or "ctrl+n, f2"', "It was ignored.")
    return MappingProxyType(keys)


def _key_names(value: object) -> Iterator[str]:
    """The keys of one action; a comma or a space that is a key itself is named."""
    several = value if isinstance(value, list) else [value]
    for written in several:
        if not isinstance(written, str) or not written.isprintable():
            raise Unfit
        parts = [written] if len(written) == 1 or isinstance(value, list) else written.split(",")
        for part in parts:
            if name := {",": "comma", " ": "space"}.get(part, part.strip()):
                yield name


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "hold_seconds",
        f"a number of seconds from 0 to {LONGEST_HOLD}, such as 8",
        "8",
        "How long a hello can be taken back before it goes out.",
        _hold,
        grave=True,
    ),
    Setting(
        "hellos",
        'a list of lines, such as ["Hello, {name}."]',
        "[\n{}]".format("".join(f'  "{hello}",\n' for hello in HELLOS)),
        "The ready-made hellos that tab takes; {name} becomes the name of whom you greet.",
        _hellos,
    ),
    Setting(
        "language",
        'a language code in quotes, such as "en" or "pt-BR"',
        '"en"',
        "The language of what you write, which networks show to others.",
        _language,
        unset="that of what you answer",
    ),
    Setting(
        "theme",
        'the name of a theme in quotes, such as "introvert-dark"',
        '"ansi-dark"',
        "The colours: your terminal's own (ansi-dark), ours (introvert-dark, introvert-light), or any of Textual's.",
        _theme,
    ),
    Setting(
        "minutes",
        f"a whole number of minutes from 1 to {MOST_MINUTES}, such as 5",
        "5",
        "After so many minutes one line says that they are over; nothing is blocked.",
        _minutes,
        unset="no limit",
    ),
    Setting(
        "pitches",
        'a list of phrases, such as ["out now"]',
        "[{}]".format(", ".join(f'"{phrase}"' for phrase in PITCHES)),
        "Words in a hello that sell something; like links to shops they are asked about once, and [] asks nothing.",
        _phrases,
    ),
    Setting(
        "muted_words",
        'a list of words, such as ["election", "spoilers"]',
        '["election", "spoilers"]',
        "Conversations whose newest words to you hold one of these are found under Older; a line says how many.",
        _muted_words,
        unset="no word is muted",
    ),
    Setting(
        "pictures",
        "true or false",
        "false",
        "Whether a key shows the pictures of a message, with introvert-tui[images] installed; the terminal is asked "
        "at the start how it draws them.",
        _pictures,
    ),
    Setting(
        "keys",
        'a table, such as [keys] and below it nod = "m"',
        "",
        "The keys of each action, by its id.",
        _keys,
    ),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}
GRAVE = frozenset(setting.name for setting in SETTINGS if setting.grave)
