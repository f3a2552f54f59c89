"""config.toml: what it may say, and what is said about it where it says something else.

The program starts without a setting only where that is safe. A theme, a key, a hello or a language that cannot be
followed is ignored, and told. Without its hold a hello would go out sooner than its writer wants, so a wrong one is
refused, as is a file that is no TOML and may say anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from introvert_tui.errors import SettingsError

HELLOS: tuple[str, ...] = (
    "Good to hear from you, {name}.",
    "Thank you, {name}. That made me smile.",
    "Hello, {name}. I read this and liked it.",
    "Lovely to see you here, {name}.",
    "Thinking of you, {name}. Be well.",
)
LONGEST_HOLD = 3600
_LONGEST_HELLO = 200


class Settings(NamedTuple):
    """What the user decides; every field has a default, so that no file is needed.

    `hellos` may hold ``{name}``; `language` is the one hellos are written in, `theme` a theme's name, `keys` the key of
    an action by the action's id.
    """

    hold_seconds: float = 8.0
    hellos: tuple[str, ...] = HELLOS
    language: str | None = None
    theme: str | None = None
    keys: Mapping[str, str] = MappingProxyType({})


def load(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """Read the file if there is one; return the settings, and a sentence about each line that was ignored.

    Raises `SettingsError` where going on without a setting could do harm.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Settings(), ()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. {_NOT_STARTED}") from error
    # Only now: tomllib takes 5 ms that most starts do not need.
    import tomllib

    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SettingsError(f"{path}, line {line}: this is not UTF-8 text. {_NOT_STARTED}") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{_no_toml(path, text, error)} {_NOT_STARTED}") from error
    return _File(path, text).read(table)


def line_of(text: str, table: str, key: str) -> int | None:
    """Find the line on which `key` of a table is set, or the table's own line; None where it is not found."""
    name = rf"""(?:{re.escape(key)}|"{re.escape(key)}"|'{re.escape(key)}')"""
    # How it may be written before any [table]: alone, dotted, or within braces on the table's line.
    at_top = rf"\s*{name}\s*[.=]"
    if table:
        at_top = rf"\s*{re.escape(table)}\s*(?:\.\s*{name}\s*[.=]|=.*?[{{,]\s*{name}\s*=)"
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"\s*\[+\s*([^\[\]]*?)\s*\]", line):
            section = heading[1].strip("\"'")
            if not table and section.split(".")[0].strip("\"' ") == key:
                return number
        elif re.match(rf"\s*{name}\s*[.=]" if section else at_top, line) and section in ("", table):
            return number
    return None


_NOT_STARTED = "Introvert was not started; correct the file, or rename it to start without it."


def _no_toml(path: Path, text: str, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return f"{path}: this is nested too deeply to be read."
    said = str(error)
    place = re.search(r"(?s)^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    if place is None:
        return f"{path}: this is not TOML: {said}."
    line, column = place[2] or len(text.splitlines()), f", column {place[3]}" if place[3] else ""
    return f"{path}, line {line}{column}: this is not TOML: {place[1][:1].lower()}{place[1][1:]}."


class _Ignored(Exception):
    """A setting cannot be followed; the message says what was expected."""


class _File:
    """One file on its way to `Settings`."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self.sentences: list[str] = []

    def read(self, table: Mapping[str, object]) -> tuple[Settings, tuple[str, ...]]:
        known = set(Settings._fields)
        hold, hellos = Settings().hold_seconds, HELLOS
        language = theme = None
        keys: dict[str, str] = {}
        for key, value in table.items():
            try:
                match key:
                    case "hold_seconds":
                        hold = _hold(value)
                    case "hellos":
                        hellos = tuple(self._hellos(value))
                    case "language":
                        language = _language(value)
                    case "theme":
                        theme = _words(value, "the name of a theme in quotes")
                    case "keys":
                        keys = dict(self._keys(value))
                    case _:
                        self._unknown(key, value, known)
            except _Ignored as wrong:
                if key == "hold_seconds":
                    raise SettingsError(f"{self._place('', key)}: {wrong}. {_NOT_STARTED}") from wrong
                self._ignore("", key, str(wrong))
        return Settings(hold, hellos, language, theme, MappingProxyType(keys)), tuple(self.sentences)

    def _hellos(self, value: object) -> Iterator[str]:
        if not isinstance(value, list):
            raise _Ignored('"hellos" should be a list of lines, such as ["Hello, {name}."]')
        for number, hello in enumerate(value, 1):
            try:
                yield _hello(hello)
            except _Ignored as wrong:
                self._ignore("", "hellos", f"hello {number} {wrong}", "It was left out.")

    def _keys(self, value: object) -> Iterator[tuple[str, str]]:
        if not isinstance(value, dict):
            raise _Ignored('"keys" should be a table, such as [keys] and below it nod = "m"')
        for action, key in value.items():
            self._refuse_misplaced_hold("keys", action)
            try:
                yield action, _words(key, f'the key for "{action}" in quotes, such as "m" or "ctrl+n"')
            except _Ignored as wrong:
                self._ignore("keys", action, str(wrong))

    def _unknown(self, key: str, value: object, known: set[str]) -> None:
        self._refuse_misplaced_hold("", key)
        if isinstance(value, dict):
            for inner in value:
                self._refuse_misplaced_hold(key, inner)
        near = _near(key, known)
        self._ignore("", key, f'"{key}" is not a setting' + (f'; did you mean "{near}"?' if near else "."))

    def _refuse_misplaced_hold(self, table: str, key: str) -> None:
        if _near(key, {"hold_seconds"}):
            where = " at the top of the file, before any [table]" if table else ""
            raise SettingsError(
                f'{self._place(table, key)}: "{key}" is not a setting here; did you mean "hold_seconds"{where}? '
                f"{_NOT_STARTED}"
            )

    def _ignore(self, table: str, key: str, why: str, then: str = "It was ignored.") -> None:
        self.sentences.append(f"{self._place(table, key)}: {why}{'' if why.endswith(('.', '?')) else '.'} {then}")

    def _place(self, table: str, key: str) -> str:
        line = line_of(self.text, table, key)
        return f"{self.path}, line {line}" if line else f"{self.path}"


def _hold(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_HOLD:
        return float(value)
    raise _Ignored(f'"hold_seconds" should be a number of seconds from 0 to {LONGEST_HOLD}, such as 8')


def _hello(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Ignored('should be words in quotes, such as "Hello, {name}."')
    if len(value) > _LONGEST_HELLO or not value.isprintable():
        raise _Ignored(f"should be one line of at most {_LONGEST_HELLO} characters")
    if other := re.search(r"\{(?!name\})(\w*)\}", value):
        raise _Ignored(f"holds {other[0]}, and only {{name}} is filled in")
    return value.strip()


def _language(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        return value
    raise _Ignored('"language" should be a language code in quotes, such as "en" or "pt-BR"')


def _words(value: object, expected: str) -> str:
    if isinstance(value, str) and value.strip() and value.isprintable():
        return value.strip()
    raise _Ignored(f"this should be {expected}")


def _near(word: str, known: set[str]) -> str | None:
    import difflib

    found = difflib.get_close_matches(word.casefold().replace("-", "_"), sorted(known), 1, 0.75)
    return found[0] if found else None
