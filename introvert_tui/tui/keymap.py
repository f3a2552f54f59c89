"""The user's own keys: which of them can be followed, whose keys they take, and what is to be said about it.

An action is named by its id and has the same keys in every place; but where text is written, keys that are for the
words do not count, and if no other is left, ours do. Imported only where config.toml has a key in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from textual.binding import Binding
from textual.keys import REPLACED_KEYS, Keys, key_to_character

from introvert_tui.settings.near import did_you_mean, near

from .actions import ACTIONS, BY_ID, NO_KEY, NOWHERE, Action, Where, first_key, shown

ALWAYS_QUIT = frozenset({"ctrl+c", "ctrl+q"})
"""Quit wherever one is, whatever config.toml says."""

_MODIFIERS = ("alt", "ctrl", "hyper", "meta", "shift", "super")
_OTHER_NAMES = {
    "control": "ctrl",
    "c": "ctrl",
    "option": "alt",
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "bksp": "backspace",
    "spacebar": "space",
}

_PHRASES = {
    "u takes it back": "undo",
    "u again": "undo",
    "r opens them": "reply",
    "n nod": "nod",
    "e done": "done",
    "e is done": "done",
    "h says hi": "hello",
}
"""Where a sentence of the engine names a key, and the action it means."""


_FOR_WORDS = frozenset({"space", "backspace", "delete", "left", "right", "home", "end"})
"""Keys that are no letters and that nobody who writes can be without."""

_NEEDED = {
    "quit": ("Quitting", "quits"),
    "text:back": ("Going back", "goes back where you write"),
    "text:send_hello": ("Sending", "sends a hello"),
    "text:send_reply": ("Sending", "sends a reply"),
}
"""What always has a key, since nothing else leads to it, and how that is said."""


class _Part(NamedTuple):
    """An action as it is bound: by letters or where letters are words, with our keys there."""

    id: str
    ours: tuple[str, ...]
    where: Where


class Told(NamedTuple):
    """What is to be said about one line of [keys]."""

    id: str
    said: str


class Keymap(NamedTuple):
    """The keys of every action that has others than ours, by `Action.bound`, and what is to be said about them."""

    keys: Mapping[str, str]
    told: tuple[Told, ...] = ()

    def for_textual(self) -> dict[str, str]:
        """The same, with a key that is none for what has none."""
        return {id: keys or NO_KEY for id, keys in self.keys.items()}


def resolve(user: Mapping[str, str]) -> Keymap:
    """Work out everybody's keys, given those that the user wants, by action id, with commas between them."""
    told: list[Told] = []
    wanted = dict(_wanted(user, told))
    _settle(wanted, told)
    _keep_a_way_out(wanted, told)
    keys = {**wanted, **_left_over(wanted, told)}
    by_bound = {bound: ",".join(map(short_name, some)) for bound, some in keys.items()}
    return Keymap(MappingProxyType(by_bound), tuple(dict.fromkeys(told)))


def in_your_keys(sentence: str, keymap: Mapping[str, str]) -> str:
    """A sentence of the engine, with the user's own keys in it."""
    for phrase, id in _PHRASES.items():
        if id in keymap:
            said = f"{first_key(id, keymap)} {phrase.partition(' ')[2]}".replace("\\", r"\\")
            sentence = re.sub(rf"\b{phrase}\b", said, sentence)
    return sentence


def long_name(key: str) -> str | None:
    """The name under which Textual tells a key, or None if it knows no such key."""
    *modifiers, base = key.split("+") if len(key) > 1 else [key]
    modifiers = sorted(modifier.casefold() for modifier in modifiers)
    if not set(modifiers) <= set(_MODIFIERS):
        return None
    name = _long_base(base if len(base) == 1 else base.casefold())
    if name is None or len(name) > 1 or not modifiers:
        return name and "+".join([*modifiers, name])
    if modifiers == ["shift"]:  # a terminal sends the capital
        return name.upper()
    return "+".join([*modifiers, name.casefold()])


def our_keys(action: Action) -> tuple[str, ...]:
    """The keys that an action has of its own, as config.toml would name them."""
    return tuple(map(short_name, _ours(action)))


def is_for_words(name: str) -> bool:
    """Whether a key, by its long name, is for the words where text is written."""
    return name in _FOR_WORDS or ("+" not in name and name not in names())


@cache
def names() -> frozenset[str]:
    """Keys that are more than a letter, by name."""
    combined = {key.value for key in Keys if "<" not in key.value and key is not Keys.Return}
    return frozenset(name for name in combined if "+" not in name and not name.startswith("ctrl-"))


def _long_base(base: str) -> str | None:
    if base in names():
        return base
    character = base if len(base) == 1 else key_to_character(REPLACED_KEYS.get(base, base))
    if not character or not character.isprintable():
        return None
    if character == ",":
        return "comma"
    return next(iter(Binding.make_bindings([Binding(character, "")]))).key


def short_name(name: str) -> str:
    """The character of a key that has one, for the screen and for config.toml; Textual takes it too."""
    character = key_to_character(REPLACED_KEYS.get(name, name)) if "+" not in name and name not in names() else None
    return character if character and character not in ", " else name


def _wanted(user: Mapping[str, str], told: list[Told]) -> Iterable[tuple[str, list[str]]]:
    """What can be followed of each line by itself."""
    for id, written in user.items():
        if id not in BY_ID:
            told.append(Told(id, f'"{id}" is not an action{did_you_mean(id, BY_ID) or "."}'))
            continue
        keys: list[str] = []
        for key in filter(None, written.split(",")):
            name = long_name(key)
            if name is None:
                told.append(Told(id, f'"{key}" is not a key{_meant(key) or "."}'))
            elif name in ALWAYS_QUIT:
                told.append(Told(id, f"{name} always quits, and can't be a key for {id}."))
            elif name not in keys:
                keys.append(name)
        yield from _bound(id, keys, not written, told)


def _bound(id: str, keys: list[str], none: bool, told: list[Told]) -> Iterable[tuple[str, list[str]]]:
    """The keys of one line by letters and where text is written; `none` says that the line wants no key at all."""
    for bound, part in ((bound, part) for bound, part in _parts().items() if part.id == id):
        foremost = bound == id or id not in _parts()
        fit = [key for key in keys if bound == id or not is_for_words(key)]
        if foremost:
            for key in (key for key in keys if key not in fit):
                told.append(Told(id, f"{_named([key])} is for the words where you write, and no key for {id}."))
        if foremost and none and bound in _NEEDED:
            told.append(Told(id, f"{_NEEDED[bound][0]} needs a key; it keeps {_named(part.ours)}."))
        elif fit or (foremost and none):
            yield bound, fit


def _settle(wanted: dict[str, list[str]], told: list[Told]) -> None:
    """Give each key to the first of the user's own lines; lines that are left without any count no more."""
    for bound in list(wanted):
        for key in list(wanted[bound]):
            first = next(one for one in wanted if key in wanted[one] and _meet(one, bound))
            if first != bound:
                id, winner = _id(bound), _id(first)
                told.append(Told(id, f"{_named([key])} is given to {winner} and to {id}; {winner} comes first."))
                _take(wanted, bound, key)


def _keep_a_way_out(wanted: dict[str, list[str]], told: list[Told]) -> None:
    """What would take the last key of what always needs one does not get it."""
    for needed in [one for one in _NEEDED if one not in wanted]:
        ours = _parts()[needed].ours
        takers = [(key, one) for one, keys in wanted.items() for key in keys if key in ours and _meet(one, needed)]
        if {key for key, _ in takers} == set(ours):
            for key, one in takers:
                said = f"{_named([key])} {_NEEDED[needed][1]}, and can't be a key for {_id(one)}"
                told.append(Told(_id(one), f"{said} until {_id(needed)} has another."))
                _take(wanted, one, key)


def _left_over(wanted: Mapping[str, Sequence[str]], told: list[Told]) -> dict[str, list[str]]:
    """The keys of those actions of ours that lose some to the user's lines."""
    left: dict[str, list[str]] = {}
    for bound, part in _parts().items():
        ours = part.ours if bound not in wanted else ()
        takers = {key: one for one, keys in wanted.items() for key in keys if key in ours and _meet(one, bound)}
        if takers:
            kept = left[bound] = [key for key in ours if key not in takers]
            now = f"still has {_named(kept)}" if kept else "has no key now"
            for key, one in takers.items():
                said = f"{_named([key])} is {_id(one)} now, as you set it, and not {part.id}, which {now}."
                told.append(Told(_id(one), said))
    return left


@cache
def _parts() -> Mapping[str, _Part]:
    """Every action as it is bound."""
    parts: dict[str, _Part] = {}
    for action in ACTIONS:
        before = parts.get(action.bound)
        where = action.where | (before.where if before else NOWHERE)
        parts[action.bound] = _Part(action.id, tuple(_ours(action)), where)
    return parts


def _id(bound: str) -> str:
    return _parts()[bound].id


def _meet(one: str, other: str) -> bool:
    """Whether there is a place in which both can be done; what has a key in common by us can never be done at once."""
    first, second = _parts()[one], _parts()[other]
    return bool(first.where & second.where) and (one == other or not set(first.ours) & set(second.ours))


def _take(wanted: dict[str, list[str]], bound: str, key: str) -> None:
    wanted[bound].remove(key)
    if not wanted[bound]:
        del wanted[bound]


def _ours(action: Action) -> list[str]:
    return [name for key in action.keys.split(",") if (name := long_name(key.strip()))]


def _named(keys: Sequence[str]) -> str:
    return " and ".join(shown(short_name(key)) for key in keys)


def _meant(key: str) -> str:
    """The end of a sentence: a key that is written in another way, or is like this one."""
    parts = [_OTHER_NAMES.get(part, part) for part in re.split(r"[-+_ ]", key.casefold()) if part]
    joined = "+".join(parts)
    if long_name(joined):
        return f'; did you mean "{joined}"?'
    base = near(parts[-1], names()) if parts else None
    return f'; did you mean "{"+".join([*parts[:-1], base])}"?' if base else ""
