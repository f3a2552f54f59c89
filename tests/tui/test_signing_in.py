"""Signing in on the screen: the form, what comes up on the way, trouble, and that nothing is kept before the end."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from textual.widgets import Input

from introvert_tui import plugins
from introvert_tui.adapter import Ask
from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.errors import Offline, RateLimited, Refused, SignedOut, Unavailable
from introvert_tui.model import Question, Secrecy, SignIn
from introvert_tui.settings.keychain import AccountSecrets
from introvert_tui.store import accounts
from introvert_tui.tui.screens.inbox import InboxScreen
from introvert_tui.tui.screens.signing_in import SigningInScreen
from introvert_tui.tui.screens.welcome import WelcomeScreen

from .driving import Visit, first_time, standing_town

SECRET = "open-sesame-7"
PAGE = f"https://somewhere.example/agree?state={'x' * 150}&challenge=end"
CODE = Question("code", "The code from that page", "agree in the browser, then paste the code that it shows")
FACTOR = Question("factor", "The six digits", "from your other device", Secrecy.HIDDEN)


class Somewhere(DemoAdapter):
    """The town behind a door: a handle and a password, and then whatever a test wants."""

    label: ClassVar[str] = "Somewhere"
    questions = (
        Question("handle", "Your handle", "like ana.somewhere"),
        Question("password", "Your password", "made on [b]its[/b] page", Secrecy.HIDDEN),
    )
    asked: ClassVar[list[tuple[str, str]]] = []
    doors: ClassVar[list[Exception]] = []
    more: ClassVar[bool] = False
    stuck: ClassVar[threading.Event | None] = None

    @classmethod
    async def sign_in(cls, ask: Ask) -> SignIn:
        handle, password = [await cls.answer(ask, question) for question in cls.questions]
        if cls.stuck is not None:
            cls.stuck.wait(10)  # as a plug-in does that blocks
        if cls.more:
            await ask.open_link(PAGE)
            while await cls.answer(ask, CODE) != "right":
                await ask.say("That code is not the right one.")
            await cls.answer(ask, FACTOR)
        if cls.doors:
            raise cls.doors.pop(0)
        return SignIn("https://somewhere.example", f"id:{handle}", handle, {"session": password}, ("One note.",))

    @classmethod
    async def answer(cls, ask: Ask, question: Question) -> str:
        answer = await ask.question(question)
        cls.asked.append((question.name, answer))
        return answer


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Somewhere]]:
    """The only network there is to sign in to, new for each test."""
    for name, value in (("asked", []), ("doors", []), ("more", False), ("stuck", None)):
        monkeypatch.setattr(Somewhere, name, value)
    ours = {"demo": plugins._BUILT_IN["demo"], "somewhere": ("Somewhere", f"{__name__}:Somewhere")}
    monkeypatch.setattr(plugins, "_BUILT_IN", ours)
    with standing_town():
        yield Somewhere
    if Somewhere.stuck is not None:
        Somewhere.stuck.set()
    for thread in threading.enumerate():
        if thread.name == "sign-in somewhere":
            thread.join()  # it would go through the doors of the next test


@asynccontextmanager
async def form(home: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Visit]:
    async with first_time(home, size) as first:
        await first.press("2")
        await first.until(lambda: isinstance(first.app.screen, SigningInScreen))
        yield first


async def fill(first: Visit, password: str = SECRET) -> None:
    await first.write("ana.somewhere")
    await first.press("enter")
    await first.write(password)
    await first.press("enter")


async def signed_in(first: Visit) -> None:
    await first.until(lambda: "Signed in to Somewhere as" in first.text)
    if isinstance(first.app.screen, SigningInScreen):
        await first.press("enter")
    await first.until(lambda: isinstance(first.app.screen, InboxScreen))
    await first.until(lambda: first.app.session.accounts()[0].as_of)


def kept(home: Path) -> str:
    """Everything that is on the disk."""
    return "".join(path.read_text("utf-8", "replace") for path in home.rglob("*") if path.is_file())


async def test_what_a_network_asks_is_a_form_and_leads_to_the_inbox(tmp_path: Path) -> None:
    async with form(tmp_path) as first:
        assert "Sign in to Somewhere" in first.text
        assert first.text.index("Your handle") < first.text.index("like ana.somewhere")
        assert first.text.index("like ana.somewhere") < first.text.index("Your password")
        assert "made on [b]its[/b] page" in first.text
        assert Somewhere.asked == [], "nothing leaves this computer before the form is filled"
        await fill(first)
        await first.until(lambda: "One note." in first.text)
        await first.until(lambda: "Your handle" not in first.text)
        await first.until(lambda: first.app.screen.query_one("#told").region.y < 5)
        said = " ".join(first.text.split())
        assert "Signed in to Somewhere as ana.somewhere. One note. There is no keychain" in said
        assert "readable by you only." in said
        await signed_in(first)
        assert "Signed in to Somewhere as ana.somewhere." in first.text
        await first.until(lambda: first.inbox.listing.rows)
        assert Somewhere.asked == [("handle", "ana.somewhere"), ("password", SECRET)]
        account = first.app.session.accounts()[0]
        assert first.app.session.networks._lines[account.id].runs is not None, "what one writes goes out"


async def test_the_inbox_says_that_it_looks_for_the_first_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    probe = Somewhere.probe

    async def slow(self: Somewhere) -> object:
        goes_on.wait(10)
        return await probe(self)

    monkeypatch.setattr(Somewhere, "probe", slow)
    async with form(tmp_path) as first:
        await fill(first)
        await first.until(lambda: "One note." in first.text)
        await first.press("enter")
        await first.until(lambda: "Looking for the first time: the last 14 days, one account." in first.text)
        goes_on.set()
        await signed_in(first)


async def test_an_answer_can_be_corrected_before_it_is_sent(tmp_path: Path) -> None:
    async with form(tmp_path) as first:
        await first.write("an")
        await first.press("enter")
        await first.write(SECRET)
        await first.press("up", "end")
        await first.write("a")
        await first.press("enter", "enter")
        await signed_in(first)
        assert Somewhere.asked == [("handle", "ana"), ("password", SECRET)]


@pytest.mark.parametrize("between", ["tab", "enter"])
async def test_what_a_password_manager_types_at_once_goes_where_it_belongs(tmp_path: Path, between: str) -> None:
    async with form(tmp_path) as first:
        first.press_at_once(*"ana", between, *SECRET, "enter", *"qj")
        await signed_in(first)
        assert Somewhere.asked == [("handle", "ana"), ("password", SECRET)]


async def test_letters_typed_ahead_go_into_the_first_line(tmp_path: Path) -> None:
    async with first_time(tmp_path) as first:
        first.press_at_once(*"2qq")
        await first.until(lambda: isinstance(first.app.screen, SigningInScreen))
        await first.until(lambda: any(line.value == "qq" for line in first.app.screen.query(Input)))


async def test_what_comes_up_on_the_way_comes_below(
    tmp_path: Path, network: type[Somewhere], monkeypatch: pytest.MonkeyPatch
) -> None:
    network.more = True
    async with form(tmp_path, (60, 30)) as first:
        copied: list[str] = []
        monkeypatch.setattr(first.app, "copy_to_clipboard", copied.append)
        await fill(first)
        await first.until(lambda: "The code from that page" in first.text)
        shown = re.sub(r"\s", "", first.text)
        assert f"[1]{PAGE}" in shown, "the address is shown whole"
        await first.press("ctrl+y")
        assert copied == [PAGE]
        await first.write("wrong")
        await first.press("enter")
        await first.until(lambda: "That code is not the right one." in first.text)
        await first.until(lambda: isinstance(first.app.focused, Input))
        assert first.text.count("The code from that page") == 1
        await first.write("right")
        await first.press("enter")
        await first.until(lambda: "The six digits" in first.text)
        assert "not the right one" not in first.text
        await first.write("123456")
        assert "123456" not in first.text
        await first.press("enter")
        await signed_in(first)
        assert Somewhere.asked[2:] == [("code", "wrong"), ("code", "right"), ("factor", "123456")]


async def test_a_page_is_opened_by_its_key_and_never_by_itself(
    tmp_path: Path, network: type[Somewhere], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import webbrowser

    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\necho It opens.\necho It moans. >&2\nprintf %s $1 > {opened}\n")
    browser.chmod(0o700)
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.BackgroundBrowser(str(browser)))
    network.more = True
    async with form(tmp_path) as first:
        await first.press("ctrl+o", "ctrl+y")
        await fill(first)
        await first.until(lambda: "The code from that page" in first.text)
        assert not opened.exists()
        await first.press("ctrl+o")
        await first.until(lambda: opened.exists() and opened.read_text())
        assert opened.read_text() == PAGE
    assert capfd.readouterr() == ("", ""), "what a browser prints would stand in the middle of the screen"


@pytest.mark.parametrize(
    "problem", [Offline("Somewhere is not there."), Unavailable("Somewhere is busy."), RateLimited("Too often.", 9)]
)
async def test_where_no_answer_comes_all_that_was_typed_stays(
    tmp_path: Path, network: type[Somewhere], problem: Exception
) -> None:
    network.doors.append(problem)
    async with form(tmp_path) as first:
        await fill(first)
        await first.until(lambda: str(problem) in first.text)
        assert [line.value for line in first.app.screen.query(Input)] == ["ana.somewhere", SECRET]
        assert SECRET not in first.text
        assert not first.app.session.accounts()
        assert SECRET not in kept(tmp_path)
        await first.press("enter")
        await signed_in(first)


async def test_trouble_is_told_and_all_but_the_secret_stays(tmp_path: Path, network: type[Somewhere]) -> None:
    problem = Refused("password", "No such password here.")
    network.doors.append(problem)
    async with form(tmp_path) as first:
        await fill(first)
        await first.until(lambda: str(problem) in first.text)
        assert [line.value for line in first.app.screen.query(Input)] == ["ana.somewhere", ""]
        assert first.app.focused is list(first.app.screen.query(Input))[1]
        assert not first.app.session.accounts()
        assert SECRET not in kept(tmp_path)
        await first.write(SECRET)
        await first.press("enter")
        await signed_in(first)
        assert str(problem) not in first.text


async def test_trouble_on_the_way_takes_away_what_came_up(tmp_path: Path, network: type[Somewhere]) -> None:
    network.more = True
    async with form(tmp_path) as first:
        await fill(first)
        await first.until(lambda: "The code from that page" in first.text)
        network.doors.append(Refused("denied", "You did not agree."))
        await first.write("right")
        await first.press("enter")
        await first.until(lambda: "The six digits" in first.text)
        await first.press("enter")
        await first.until(lambda: "You did not agree." in first.text)
        assert "agree?" not in first.text
        assert "The code from that page" not in first.text


@pytest.mark.parametrize("moment", ["filling", "connecting", "asking"])
async def test_whoever_goes_back_has_kept_nothing(tmp_path: Path, network: type[Somewhere], moment: str) -> None:
    network.more = moment == "asking"
    network.stuck = stuck = threading.Event() if moment == "connecting" else None
    async with form(tmp_path) as first:
        if moment == "filling":
            await first.write("ana.somewhere")
        else:
            await fill(first)
        if moment == "connecting":
            await first.until(lambda: len(network.asked) == 2)
            assert "Signing in to Somewhere." in first.text
        if moment == "asking":
            await first.until(lambda: "The code from that page" in first.text)
        await first.press("escape")
        await first.until(lambda: isinstance(first.app.screen, WelcomeScreen))
        if stuck is not None:
            stuck.set()
        for signing_in in first.app.session.networks._sign_ins:
            await first.until(signing_in.done.done)
        assert not first.app.session.accounts()
        assert SECRET not in kept(tmp_path)


async def test_giving_up_while_the_secret_is_being_kept_takes_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps, goes_on = threading.Event(), threading.Event()
    replace_all = AccountSecrets.replace

    def slow(self: AccountSecrets, secrets: dict[str, str]) -> None:
        replace_all(self, secrets)
        keeps.set()
        goes_on.wait(10)

    monkeypatch.setattr(AccountSecrets, "replace", slow)
    async with form(tmp_path) as first:
        await fill(first)
        await first.until(keeps.is_set)
        assert SECRET in kept(tmp_path)
        await first.press("escape")
        goes_on.set()
        (signing_in,) = first.app.session.networks._sign_ins
        await first.until(signing_in.done.done)
        assert SECRET not in kept(tmp_path)
        assert not first.app.session.accounts()


async def test_a_sign_in_that_takes_long_keeps_neither_keys_nor_the_quit_waiting(
    tmp_path: Path, network: type[Somewhere]
) -> None:
    network.stuck = threading.Event()
    async with form(tmp_path) as first:
        await fill(first)
        await first.until(lambda: len(network.asked) == 2)
        await first.press("ctrl+q")
        assert first.app.return_value is not None
    assert not network.stuck.is_set()
    assert SECRET not in kept(tmp_path)


async def test_a_secret_is_nowhere_to_be_seen(
    tmp_path: Path, network: type[Somewhere], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    network.doors += [Refused("password", f"“{SECRET}” is wrong."), ValueError(f"invalid: {SECRET!r}")]
    async with form(tmp_path) as first:
        seen = []
        await first.write("ana.somewhere")
        await first.press("enter")
        await first.write(SECRET)
        seen.append(first.app.export_screenshot())
        await first.press("enter")
        await first.until(lambda: "“…” is wrong." in first.text)
        await first.write(SECRET)
        await first.press("enter")
        await first.until(lambda: "does not understand" in first.text)
        seen.append(first.app.export_screenshot())
        seen += [first.app.said, repr(first.app.screen.query(Input)), caplog.text]
        await first.write(SECRET)
        await first.press("enter")
        await signed_in(first)
        seen += [first.app.export_screenshot(), caplog.text, *(repr(one) for one in first.app.session.accounts())]
    assert "broke the adapter's contract: ValueError" in caplog.text
    assert not [one for one in seen if SECRET in one]


async def test_a_network_that_names_no_questions_asks_them_one_by_one(
    tmp_path: Path, network: type[Somewhere], monkeypatch: pytest.MonkeyPatch
) -> None:
    first_question, second = network.questions

    async def sign_in(cls: type[Somewhere], ask: Ask) -> SignIn:
        handle = await cls.answer(ask, first_question)
        await cls.answer(ask, replace(second, label=f"The password of {handle}"))
        return SignIn("https://somewhere.example", f"id:{handle}", handle, {"session": "s"})

    monkeypatch.setattr(network, "questions", ())
    monkeypatch.setattr(network, "sign_in", classmethod(sign_in))
    async with form(tmp_path) as first:
        await first.until(lambda: "Your handle" in first.text)
        assert "assword" not in first.text
        await first.write("ana")
        await first.press("enter")
        await first.until(lambda: "The password of ana" in first.text)
        await first.write(SECRET)
        await first.press("enter")
        await signed_in(first)


async def test_an_address_that_is_no_page_is_never_shown(
    tmp_path: Path, network: type[Somewhere], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sign_in(cls: type[Somewhere], ask: Ask) -> SignIn:
        await ask.open_link("file:///etc/passwd")
        raise AssertionError("it went on")

    monkeypatch.setattr(network, "sign_in", classmethod(sign_in))
    async with form(tmp_path) as first:
        await fill(first)
        await first.until(lambda: "something other than a web page" in first.text)
        assert "passwd" not in first.text


class TestAccounts:
    """The list of sign-ins, from the inbox."""

    @asynccontextmanager
    async def inbox(self, home: Path) -> AsyncIterator[Visit]:
        async with form(home, (100, 30)) as first:
            await fill(first)
            await signed_in(first)
            yield first

    async def test_one_more_and_each_as_it_stands(self, tmp_path: Path) -> None:
        async with self.inbox(tmp_path) as first:
            await first.press("a")
            assert re.search(r"ana\.somewhere  Somewhere  As of 19:00\.", first.text)
            await first.press("j", "enter")
            await first.until(lambda: isinstance(first.app.screen, SigningInScreen))
            await first.write("ben")
            await first.press("enter")
            await first.write(SECRET)
            await first.press("enter")
            await signed_in(first)
            assert [one.handle for one in first.app.session.accounts()] == ["ana.somewhere", "ben"]

    async def test_resting_and_waking(self, tmp_path: Path) -> None:
        async with self.inbox(tmp_path) as first:
            await first.until(lambda: "Waiting" in first.text)
            await first.press("a", "enter", "j", "enter")
            await first.until(lambda: "Somewhere rests until tomorrow." in first.text)
            assert "Waiting" not in first.text
            await first.press("a", "enter")
            assert "ana.somewhere, Somewhere. Somewhere rests until tomorrow." in first.text
            await first.press("j", "enter")
            await first.until(lambda: "Waiting" in first.text)
            assert first.app.session.accounts()[0].rests is None

    @pytest.mark.parametrize("answer", ["k", "f", "n"])
    async def test_signing_out_asks_first(self, tmp_path: Path, answer: str) -> None:
        async with self.inbox(tmp_path) as first:
            await first.until(lambda: first.app.session.inbox().rows)
            await first.press("a", "enter", "G", "enter")
            assert "Sign ana.somewhere out of Somewhere on this computer?" in first.text
            await first.press(answer)
            if answer == "n":
                assert first.app.session.accounts()
                assert SECRET in kept(tmp_path)
                return
            await first.until(lambda: isinstance(first.app.screen, WelcomeScreen))
            assert not first.app.session.accounts()
            assert SECRET not in (tmp_path / "secrets.json").read_text()
            assert bool(first.app.session.inbox().rows or first.app.session.older()) == (answer == "k")

    async def test_a_sign_in_that_has_ended_is_brought_back(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with self.inbox(tmp_path) as first:
            session = first.app.session
            before = session.accounts()[0].id
            session.visit.store.write(
                accounts.troubled,
                before,
                "signed-out",
                str(SignedOut("Your sign-in has ended. `introvert accounts add somewhere` brings it back.")),
            ).result()
            first.inbox.changed(frozenset())
            await first.pilot.pause()
            assert "Your sign-in has ended. a (your accounts) brings it back." in first.text
            await first.press("a", "enter", "enter")
            await first.until(lambda: isinstance(first.app.screen, SigningInScreen))
            await fill(first, "another-secret")
            await signed_in(first)
            await first.until(lambda: session.accounts()[0].trouble is None)
            assert [one.id for one in session.accounts()] == [before]
            assert "another-secret" in (tmp_path / "secrets.json").read_text()
            assert SECRET not in (tmp_path / "secrets.json").read_text()
