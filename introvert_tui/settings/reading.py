"""From the bytes of config.toml to settings, with everything that is to be said about them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .config import Settings
from .near import did_you_mean, near
from .table import BY_NAME, GRAVE, Setting, Unfit


class Finding(NamedTuple):
    """One thing about the file that is not as it should be: where, what was expected, and what became of it.

    `grave`: without it the program would do what its user does not want, so that it does not start.
    """

    line: int | None
    said: str
    then: str = ""
    grave: bool = False

    def sentence(self, path: Path) -> str:
        """Say it, with file and line."""
        place = f"{path}, line {self.line}" if self.line else f"{path}"
        end = "" if self.said.endswith((".", "?")) else "."
        return f"{place}: {self.said}{end} {self.then}".rstrip()


class Reading(NamedTuple):
    """A file that was read: its settings, what was found, which settings it names, and the words it consists of."""

    settings: Settings
    findings: tuple[Finding, ...]
    named: tuple[str, ...] = ()
    text: str = ""

    def line(self, table: str, key: str) -> int | None:
        """The line on which something is set."""
        return line_of(self.text, table, key)


def read(raw: bytes) -> Reading:
    """Read everything that can be read; never raises."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return Reading(Settings(), (Finding(line, "this is not UTF-8 text", grave=True),))
    except (ValueError, RecursionError) as error:
        return Reading(Settings(), (_no_toml(text, error),), text=text)
    return _File(text).read(table)


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


def _no_toml(text: str, error: Exception) -> Finding:
    if isinstance(error, RecursionError):
        return Finding(None, "this is nested too deeply to be read", grave=True)
    said = str(error)
    place = re.search(r"(?s)^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    if place is None:
        return Finding(None, f"this is not TOML: {said}", grave=True)
    line = int(place[2]) if place[2] else len(text.splitlines())
    column = f" at column {place[3]}" if place[3] else ""
    return Finding(line, f"this is not TOML{column}: {place[1][:1].lower()}{place[1][1:]}", grave=True)


class _File:
    """One file on its way to `Settings`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.findings: list[Finding] = []

    def read(self, table: Mapping[str, object]) -> Reading:
        values: dict[str, Any] = {}
        for name, value in table.items():
            if setting := BY_NAME.get(name):
                if isinstance(value, dict):
                    self._look_for_misplaced(name, tuple(value))
                self._set(setting, value, values)
            else:
                self._unknown(name, value)
        named = tuple(name for name, value in values.items() if value or name != "keys")
        return Reading(Settings(**values), tuple(self.findings), named, self.text)

    def _set(self, setting: Setting, value: object, values: dict[str, Any]) -> None:
        name = setting.name

        def tell(part: str, said: str, then: str) -> None:
            if not near(part, GRAVE):  # that was told already
                self._found(name if part else "", part or name, said, then)

        try:
            values[name] = setting.read(value, tell)
        except Unfit:
            then = "" if setting.grave else "It was ignored."
            self._found("", name, f'"{name}" should be {setting.expected}', then, setting.grave)

    def _unknown(self, name: str, value: object) -> None:
        if self._misplaced("", name):
            return
        if isinstance(value, dict):
            self._look_for_misplaced(name, tuple(value))
        meant = did_you_mean(name, BY_NAME)
        if not meant and isinstance(value, str | list):
            meant = "; keys of actions are written below [keys]"
        self._found("", name, f'"{name}" is not a setting{meant}', "It was ignored.")

    def _look_for_misplaced(self, table: str, names: Sequence[str]) -> None:
        for name in names:
            self._misplaced(table, name)

    def _misplaced(self, table: str, name: str) -> bool:
        """Whether this is meant to be a grave setting, and stands where it is none."""
        meant = near(name, GRAVE)
        if meant is None:
            return False
        where = " at the top of the file, before any [table]" if table else ""
        self._found(table, name, f'"{name}" is not a setting here; did you mean "{meant}"{where}?', grave=True)
        return True

    def _found(self, table: str, key: str, said: str, then: str = "", grave: bool = False) -> None:
        self.findings.append(Finding(line_of(self.text, table, key), said, then, grave))
