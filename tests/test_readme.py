"""The README is true: its commands run, and what it says about keys, settings, fields and exit codes is in the code."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from introvert_tui.adapter import Adapter
from introvert_tui.cli.outbox import outgoing_record
from introvert_tui.cli.output import Exit
from introvert_tui.cli.plain import row_record
from introvert_tui.settings import Settings, load
from introvert_tui.settings.annotated import expected
from introvert_tui.settings.table import SETTINGS, Setting
from introvert_tui.text import number
from introvert_tui.tui.actions import ACTIONS, BY_ID, keys_of
from introvert_tui.tui.tailoring import about
from tests.cli.test_outbox import TO_ANA
from tests.cli.test_plain import ANA

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
CI_RUN = (TOP / ".ci" / "run").read_text(encoding="utf-8")


def section(title: str) -> str:
    found = re.search(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README)
    assert found, f"the README has no section {title}"
    return found[1]


def fenced(language: str, text: str = README) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)


def column(table: str) -> list[str]:
    """The first cell of each row of a table, without its head."""
    return [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]


def marked(name: str) -> str:
    found = re.search(rf"(?m)^<!-- {name} command -->\n```sh\n(.+)\n```$", README)
    assert found, f"the README has no {name} command"
    return found[1]


def own_commands() -> list[str]:
    """Every command of ours that the README tells to type, in blocks and in the table of commands."""
    typed = [line for block in fenced("sh") for line in block.splitlines()]
    tail = [part.strip() for line in typed for part in line.split("&&")]
    named = [cell.strip("`") for cell in column(section("On the command line")) if cell.startswith("`introvert")]
    return sorted({part.removeprefix(".venv/bin/") for part in (*tail, *named) if "introvert" in part.split()[0]})


def test_there_are_commands_to_try() -> None:
    assert {"introvert", "introvert demo", "introvert accounts add bluesky"} <= set(own_commands())


@pytest.mark.parametrize("command", own_commands())
def test_a_command_of_ours_runs(command: str, tmp_path: Path) -> None:
    arguments = shlex.split(command)[1:]
    if {"add", "remove", "rest", "hi", "edit", "drop"} & set(arguments):
        arguments = [*arguments, "--help"]  # what they do is proven in tests/cli
    done = subprocess.run(
        [sys.executable, "-m", "introvert_tui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "INTROVERT_HOME": str(tmp_path)},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    if command == "introvert demo":
        assert "That's everyone" in done.stdout


def test_the_long_commands_are_ci_s() -> None:
    assert marked("try").startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert marked("test").endswith(" && .venv/bin/pytest")
    assert "readme_command try" in CI_RUN
    assert "readme_command test" in CI_RUN
    assert 'bash -euo pipefail -c "$try_command"' in CI_RUN
    assert 'bash -euo pipefail -c "$test_command"' in CI_RUN


@pytest.mark.skipif(os.name == "nt", reason=".ci/run is a bash script")
@pytest.mark.parametrize("name", ["try", "test"])
def test_ci_reads_the_same_command(name: str) -> None:
    function = re.search(r"(?ms)^readme_command\(\) \{.*?^\}$", CI_RUN)
    assert function
    done = subprocess.run(
        ["bash", "-c", f"{function[0]}\nreadme_command {name}"], cwd=TOP, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{marked(name)}\n"


def test_keys() -> None:
    told = {key for cell in column(section("Keys")) for key in re.findall(r"`([^`]+)`", cell)}
    there = {key for action in ACTIONS for key in (*keys_of(action, {}), *action.keys.split(","))}
    assert told - there == set()
    for id in ("hello", "nod", "reply", "done", "later", "leave", "undo", "quit"):
        assert set(keys_of(BY_ID[id], {})) <= told


def test_exit_codes() -> None:
    table = section("On the command line").split("| exit code | |")[1].split("\n\n")[0]
    told = [int(cell) for cell in re.findall(r"(?m)^\| (\d+) \|", table)]
    assert told == [code.value for code in Exit]


@pytest.mark.parametrize(("which", "record"), [(1, row_record(ANA)), (2, outgoing_record(TO_ANA, 1))])
def test_json_fields(which: int, record: dict[str, object]) -> None:
    table = section("On the command line").split("| field | |")[which].split("\n\n")[0]
    told = [
        name
        for line in table.splitlines()
        for name in re.findall(r"`(\w+)`", line.split("|")[1:2][0] if "|" in line else "")
    ]
    assert told == list(record)


def table_of_settings() -> str:
    rows = [f"| `{one.name}` | {one.decides} | {expected(one)} | {without(one)} |" for one in SETTINGS]
    return "\n".join(["| setting | what it decides | what it may be | without it |", "|---|---|---|---|", *rows])


def without(setting: Setting) -> str:
    """What holds where the file does not say otherwise."""
    if setting.unset:
        return setting.unset
    if not setting.example:
        return "every action has the keys that `?` lists"
    default = Settings._field_defaults[setting.name]
    return f"{number(len(default))} that ship" if isinstance(default, tuple) else f"`{setting.example}`"


def test_settings(tmp_path: Path) -> None:
    told = section("config.toml")
    assert table_of_settings() in told, f"the table of settings is:\n{table_of_settings()}"
    (example,) = fenced("toml", told)
    path = tmp_path / "config.toml"
    path.write_text(example, encoding="utf-8")
    settings, ignored = load(path)
    assert ignored == ()
    assert about(settings) == ()
    assert {setting.strip("`") for setting in column(told)} == set(Settings._fields)


def test_what_an_adapter_must_do() -> None:
    told = re.findall(r"`(\w+)`", section("Writing an adapter").split("eight methods do:")[1].split(".")[0])
    assert set(told) == Adapter.__abstractmethods__
    assert len(told) == 8


def test_no_address_of_a_package_index_or_a_machine() -> None:
    for name in ("tests/constraints.txt", "README.md", ".ci/run", "pyproject.toml"):
        text = (TOP / name).read_text(encoding="utf-8")
        assert not re.search(r"pypi\.org|pythonhosted|--(extra-)?index-url|--find-links|/root/|/home/\w|/opt/", text), (
            name
        )
