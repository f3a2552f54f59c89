"""`introvert config`: where config.toml is, what it sets, and whether all of it can be followed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from introvert_tui.cli.output import Exit, data, talk
from introvert_tui.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from introvert_tui.settings.annotated import KeyLine
    from introvert_tui.settings.reading import Finding, Reading


@click.command()
@click.option(
    "--init", "what", flag_value="init", help="Write the file, with every setting explained and none changed."
)
@click.option("--check", "what", flag_value="check", help="Tell everything in the file that cannot be followed.")
def config(what: str | None) -> int:
    """Say where config.toml is and what it sets; write it, or check it.

    --check ends with 0 where there is nothing to tell, with 1 where something is ignored or takes another's key, and
    with 5 where Introvert would not start.
    """
    from introvert_tui.settings.paths import Paths

    path = Paths.user().config_file
    match what:
        case "init":
            return _init(path)
        case "check":
            return _check(path)
    return _tell(path)


def _init(path: Path) -> int:
    from introvert_tui.settings.annotated import annotated
    from introvert_tui.settings.paths import write_private

    if os.path.lexists(path):
        talk(f"{path} is there already, and stays as it is.")
        return Exit.FAILED
    try:
        write_private(path, annotated(_key_lines()))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from error
    data(str(path))
    talk("Every setting is explained in it. It changes nothing until you take away a #.")
    return Exit.FINE


def _key_lines() -> list[KeyLine]:
    from introvert_tui.settings.annotated import KeyLine
    from introvert_tui.tui.actions import BY_ID
    from introvert_tui.tui.keymap import our_keys

    return [KeyLine(one.id, ", ".join(our_keys(one)), one.help or one.word) for one in BY_ID.values()]


def _check(path: Path) -> int:
    reading = _read(path)
    if reading is None:
        talk(f"There is no {path}, so everything is as it comes.")
        return Exit.FINE
    found = (*reading.findings, *_of_the_app(reading))
    for finding in sorted(found, key=lambda one: one.line or 0):
        data(finding.sentence(path))
    if any(finding.grave for finding in found):
        return _unusable()
    talk("Everything else is followed." if found else f"All of {path} is followed.")
    return Exit.FAILED if found else Exit.FINE


def _tell(path: Path) -> int:
    reading = _read(path)
    data(str(path))
    if reading is None:
        talk("There is no such file yet; `introvert config --init` writes one that explains every setting.")
        return Exit.FINE
    for name in reading.named:
        data(f"{name} = {_toml(getattr(reading.settings, name))}")
    for finding in reading.findings:
        talk(finding.sentence(path))
    if not reading.named and not reading.findings:
        talk("Nothing is set in it; everything is as it comes.")
    return _unusable() if any(finding.grave for finding in reading.findings) else Exit.FINE


def _read(path: Path) -> Reading | None:
    from introvert_tui.settings.config import read_bytes

    raw = read_bytes(path)
    if raw is None:
        return None
    from introvert_tui.settings.reading import read

    return read(raw)


def _unusable() -> int:
    talk("Introvert does not start with this file.")
    return Exit.UNUSABLE


def _of_the_app(reading: Reading) -> list[Finding]:
    """What only the app knows: its themes, its actions, and the names of keys."""
    from introvert_tui.settings.reading import Finding
    from introvert_tui.tui.tailoring import about

    return [Finding(reading.line(one.table, one.name), one.said) for one in about(reading.settings)]


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name} = {_toml(one)}' for name, one in value.items())}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else f"{value:g}"
