"""The user's own keys: what they are, what they take, and where they count."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from textual.keys import Keys

import introvert_tui.engine
from introvert_tui.settings import Settings
from introvert_tui.tui import minutely
from introvert_tui.tui.actions import ACTIONS, BY_ID, NO_KEY, Where, here
from introvert_tui.tui.keymap import in_your_keys, long_name, our_keys, resolve, short_name
from introvert_tui.tui.screens.asking import Menu
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.screens.others import OlderScreen
from introvert_tui.tui.screens.page import Page

from .driving import visit_town


class TestNames:
    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("n", "n"),
            ("N", "N"),
            ("é", "é"),
            ("ж", "ж"),
            ("?", "question_mark"),
            ("question_mark", "question_mark"),
            ("/", "slash"),
            ("solidus", "slash"),
            ("+", "plus"),
            ("Escape", "escape"),
            ("ctrl+N", "ctrl+n"),
            ("Ctrl+Shift+Left", "ctrl+shift+left"),
            ("shift+ctrl+left", "ctrl+shift+left"),
            ("shift+n", "N"),
            ("shift+tab", "shift+tab"),
            ("ctrl+?", "ctrl+question_mark"),
            ("comma", "comma"),
            ("f12", "f12"),
            ("space", "space"),
            ("", None),
            ("ctrl+", None),
            ("hyperspace", None),
            ("ctl+n", None),
            ("\u200b", None),
        ],
    )
    def test_each_key_has_one_name(self, written: str, name: str | None) -> None:
        assert long_name(written) == name

    def test_ours_are_keys_and_no_two_actions_of_a_place_share_one(self) -> None:
        for place in Where:
            either = [action for action in here(place) if action.id in ("rejoin", "bring_back")][:1]
            others = [action for action in here(place) if action.id not in ("rejoin", "bring_back")]
            keys = [key for action in [*either, *others] for key in our_keys(action)]
            assert sorted(keys) == sorted(set(keys)), place
        for action in ACTIONS:
            assert len(our_keys(action)) == len(action.keys.split(","))
            assert all(long_name(key) for key in our_keys(action))

    def test_textual_takes_the_short_names(self) -> None:
        assert short_name("question_mark") == "?"
        assert short_name("ctrl+question_mark") == "ctrl+question_mark"
        assert short_name("comma") == "comma"
        assert short_name(Keys.Tab.value) == "tab"
        assert Keys.Ignore.value == NO_KEY


class TestResolve:
    def test_nothing_is_said_where_nothing_is_taken(self) -> None:
        keymap = resolve({"nod": "m,f2", "copy": ""})
        assert (keymap.keys, keymap.told) == ({"nod": "m,f2", "copy": ""}, ())

    def test_two_actions_can_change_places(self) -> None:
        keymap = resolve({"nod": "e", "done": "n", "note": "e"})
        assert (keymap.keys, keymap.told) == ({"nod": "e", "done": "n", "note": "e"}, ())

    def test_a_key_may_mean_two_things_in_two_places(self) -> None:
        assert BY_ID["rejoin"].where & BY_ID["older"].where == Where(0)
        assert resolve({"older": "b"}).told == ()

    def test_what_can_never_be_done_at_once_takes_no_key_from_each_other(self) -> None:
        assert BY_ID["rejoin"].where & BY_ID["bring_back"].where
        assert resolve({"rejoin": "b"}).told == ()
        assert dict(resolve({"rejoin": "b,f5", "bring_back": "b"}).keys) == {"rejoin": "b,f5", "bring_back": "b"}

    def test_yours_wins_and_the_other_keeps_what_it_has_besides(self) -> None:
        keymap = resolve({"copy": "j"})
        assert keymap.keys["down"] == "down"
        (told,) = keymap.told
        assert told.id == "copy"
        assert told.said == "j is copy now, as you set it, and not down, which still has down."

    def test_of_two_lines_of_yours_the_first_wins(self) -> None:
        keymap = resolve({"nod": "f2", "done": "f2", "later": "f2,f3"})
        assert keymap.keys == {"nod": "f2", "later": "f3"}
        assert [one.id for one in keymap.told] == ["done", "later"]

    def test_a_line_that_cannot_be_followed_changes_nothing(self) -> None:
        keymap = resolve({"nod": "hyperspace", "dnoe": "n", "leave": "ctrl+q"})
        assert keymap.keys == {}
        assert len(keymap.told) == 3

    def test_where_text_is_written_what_is_for_the_words_is_no_key(self) -> None:
        keymap = resolve({"send_reply": "m,ctrl+g", "take": "space"})
        assert keymap.keys == {"text:send_reply": "ctrl+g"}
        assert [one.said for one in keymap.told] == [
            "m is for the words where you write, and no key for send_reply.",
            "space is for the words where you write, and no key for take.",
        ]

    @pytest.mark.parametrize("letter", ["b", "left", "space", "é"])
    def test_a_letter_goes_back_where_letters_are_keys_and_nowhere_else(self, letter: str) -> None:
        keymap = resolve({"back": letter, "rejoin": "f5", "bring_back": "f6", "menu": "f7"})
        assert keymap.keys["back"] == letter
        assert "text:back" not in keymap.keys
        assert keymap.told == ()
        assert resolve({"back": f"{letter},f2", "menu": "f7"}).keys["text:back"] == "f2"

    def test_keys_clash_where_both_are_written_with(self) -> None:
        keymap = resolve({"take": "f2", "editor": "f2"})
        assert keymap.keys == {"text:take": "f2"}
        assert [one.said for one in keymap.told] == ["f2 is given to take and to editor; take comes first."]
        assert resolve({"take": "f2", "nod": "f2", "browser": "tab"}).told == ()

    @pytest.mark.parametrize(
        ("user", "kept"),
        [
            ({"take": "enter"}, "text:send_hello"),
            ({"editor": "ctrl+s"}, "text:send_reply"),
            ({"editor": "escape"}, "text:back"),
            ({"send_hello": ""}, "text:send_hello"),
            ({"send_reply": "m"}, "text:send_reply"),
        ],
    )
    def test_there_is_always_a_key_that_sends_and_one_that_goes_back(self, user: dict[str, str], kept: str) -> None:
        keymap = resolve(user)
        assert keymap.keys == {}, kept
        assert len(keymap.told) == 1

    def test_a_line_without_a_key_keeps_the_way_out_of_what_one_writes(self) -> None:
        assert dict(resolve({"back": "", "take": ""}).keys) == {"back": "", "text:take": ""}

    @pytest.mark.parametrize("user", [{"quit": ""}, {"nod": "q"}, {"quit": "hyperspace"}, {"nod": "f2", "quit": "f2"}])
    def test_there_is_always_a_key_that_quits(self, user: dict[str, str]) -> None:
        keymap = resolve(user)
        assert keymap.keys.get("quit", "q") == "q"
        assert len(keymap.told) == 1


async def test_a_key_of_yours_counts_in_every_place_and_is_told_there() -> None:
    keys = {"down": "n", "back": "f2", "older": "Q", "menu": "M", "keys": "K", "undo": "U", "nod": "N"}
    async with visit_town(settings=Settings(keys=keys)) as town:
        first = town.selected
        await town.press("n")
        second = town.selected
        assert second != first
        await town.press("j")
        assert town.selected == second
        await town.press("N")
        assert "U takes it back" in town.text
        await town.press("U")
        assert town.selected == second
        await town.press("M")
        assert isinstance(town.app.screen, Menu)
        assert re.search(r"N +nod", town.text)
        await town.press("n", "M")
        assert len(town.app.screen_stack) == 1
        await town.press("K")
        assert isinstance(town.app.screen, Page)
        assert re.search(r" U  Take back", town.text)
        await town.press("K", "enter")
        assert isinstance(town.app.screen, ConversationScreen)
        assert "N nod" in town.text
        await town.press("f2", "Q")
        assert isinstance(town.app.screen, OlderScreen)
        assert "f2 back" in town.text
        await town.press("escape")
        assert isinstance(town.app.screen, OlderScreen)
        await town.press("f2")
        assert len(town.app.screen_stack) == 1


@pytest.mark.parametrize("way", ["slash", "p", "space", "question_mark", "O", "enter"])
async def test_your_way_back_leads_out_of_every_place(way: str) -> None:
    async with visit_town(settings=Settings(keys={"back": "f2"})) as town:
        await town.press(way)
        assert len(town.app.screen_stack) == 2
        await town.press("f2")
        assert len(town.app.screen_stack) == 1


async def test_your_keys_count_where_you_write_and_are_told_there() -> None:
    keys = {"send_hello": "ctrl+g", "send_reply": "enter", "take": "f3", "editor": "", "back": "f2,b"}
    async with visit_town((120, 110), Settings(keys=keys)) as town:
        await town.go_to("Ana Prado")
        await town.press("h")
        assert "ctrl+g send and leave    f3 take the hello, again for another    f2 back, words kept" in town.text
        await town.press("ctrl+g")
        assert "Nothing is written yet, so nothing was sent. F2 goes back." in town.text
        await town.press("f3", "escape", "enter")
        assert "Ana" in town.text
        assert town.inbox.writing() is not None
        await town.press("f2", "r")
        assert "enter send" in town.text
        assert "editor" not in town.text
        await town.write(" b")
        await town.press("enter")
        assert town.inbox.writing() is None
        assert "Reply to Ana Prado goes out" in town.text
        await town.press("question_mark")
        assert isinstance(town.app.screen, Page)
        writing = town.text[town.text.index("While you write") :]
        for key, does in (("ctrl+g", "Send the hello"), ("enter", "Send the reply"), ("f2", "Back, with your words")):
            assert f" {key}  {does}" in writing
        assert re.search(r" no key  Write the reply in your editor", writing)


@pytest.mark.parametrize("way", ["n", "slash"])
async def test_your_way_back_counts_in_a_note_and_a_search(way: str) -> None:
    async with visit_town(settings=Settings(keys={"back": "f2,b"})) as town:
        await town.go_to("Ana Prado")
        await town.press(*(["i", "n"] if way == "n" else ["slash"]))
        before = len(town.app.screen_stack)
        await town.write("big")
        assert ("only you see it · f2 back, words kept" if way == "n" else "f2 back") in town.text
        await town.press("escape")
        assert len(town.app.screen_stack) == before
        town.press_at_once(*"ger", "f2")
        if way == "n":
            await town.until(lambda: "Your note · n changes it" in town.text)
            assert "bigger" in town.text
        else:
            await town.until(lambda: len(town.app.screen_stack) == before - 1)


async def test_a_key_that_is_taken_is_told_once_in_the_quiet_line() -> None:
    async with visit_town(settings=Settings(keys={"copy": "e"})) as town:
        assert "e is copy now, as you set it, and not done, which has no key now." in town.text
        await town.press("e")
        assert "is copy now" not in town.text
        await town.press("j", "k")
        assert "is copy now" not in town.text


async def test_of_several_things_the_first_is_told_and_where_the_others_are() -> None:
    async with visit_town(settings=Settings(theme="x", keys={"copy": "e", "undo": "hyperspace"})) as town:
        assert "There is no theme called x." in town.text
        assert "`introvert config --check` says two more." in " ".join(town.text.split())


async def test_a_line_of_the_file_that_is_ignored_is_told_on_the_screen_too() -> None:
    line = 'config.toml, line 1: "minuts" is not a setting; did you mean "minutes"? It was ignored.'
    async with visit_town(ignored=[line]) as town:
        assert line in town.text
    async with visit_town(settings=Settings(theme="x"), ignored=[line]) as town:
        assert line in town.text
        assert "`introvert config --check` says one more." in " ".join(town.text.split())


async def test_an_action_without_a_key_stays_in_the_menu() -> None:
    async with visit_town(settings=Settings(keys={"leave": "", "undo": ""})) as town:
        await town.go_to("Ana Prado")
        conversation = town.inbox.subject_id or 0
        await town.press("x")
        assert town.inbox.subject_id == conversation
        await town.press("space", *["j"] * [action.id for action in here(Where.INBOX)].index("leave"), "enter")
        assert town.inbox.listing.row(conversation) is None
        assert "“take back” in the menu takes it back" in town.text


def test_every_key_in_a_sentence_of_the_engine_becomes_yours() -> None:
    """Sentences of the engine name our keys; whoever adds one finds out here that it has to be known to `keymap`."""
    named = re.compile(
        r"(?:^|[ ·])([b-zB-Z] (?:takes it back|again|opens them|nods?\b|done\b|is done|says hi|[a-z]+s (?:it|them)\b))"
    )
    folder = Path(introvert_tui.engine.__path__[0])
    found = {
        sentence
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for sentence in named.findall(node.value)
    }
    assert "u takes it back" in found
    every = {action.id: "f2" for action in ACTIONS}
    assert {sentence: in_your_keys(sentence, every) for sentence in found} == {
        sentence: f"f2{sentence[1:]}" for sentence in found
    }


async def test_one_line_says_once_that_the_minutes_are_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minutely, "MINUTE", 0.02)
    async with visit_town(settings=Settings(minutes=5, keys={"quit": "Q"})) as town:
        await town.until(lambda: "Five minutes are over. Q quits; nothing is lost." in town.text)
        await town.press("h")
        await town.write("still here")
        await town.press("enter")
        assert "minutes are over" not in town.text
        await town.pilot.pause(0.2)
        assert "minutes are over" not in town.text
