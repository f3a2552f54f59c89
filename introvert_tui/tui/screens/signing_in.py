"""Signing in: everything a network certainly asks as one form, and below it what comes up on the way.

The form is filled first, and only then is the network spoken to; so any answer can be corrected before it leaves this
computer, and again when it was wrong. All letters are text here, so that keys are few and fixed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker

from introvert_tui.engine.views import Outcome
from introvert_tui.errors import IntrovertError, Offline, RateLimited, Unavailable
from introvert_tui.model import Question
from introvert_tui.tui.actions import BY_ID, Where, action_in, first_key
from introvert_tui.tui.place import Deed, Place, Subject, bindings
from introvert_tui.tui.widgets.form import Asked, Form, Ways
from introvert_tui.tui.widgets.lines import QuietLine, TitleLine


class SigningInScreen(Place):
    """A form, and the sign-in that it begins; whoever leaves it before the end has kept nothing.

    Making it raises `PluginError` for a network that does not load.
    """

    WHERE: ClassVar[Where] = Where.SIGN_IN
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Where.SIGN_IN),
        # Before the line itself has them: what is typed behind one of these, however fast, is for the next line.
        Binding("enter", "go_on", show=False, priority=True),
        Binding("tab,down", "move(1)", show=False, priority=True),
        Binding("shift+tab,up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, network: str) -> None:
        from introvert_tui.engine.sign_ins import form

        self._network = network
        self._label, questions = form(network)
        self._form = Form(questions)
        self._open: tuple[Asked, asyncio.Future[str]] | None = None
        self._runs: Worker[None] | None = None
        self._ready = self._busy = False
        self._signed_in = ""
        self.app.said = ""
        super().__init__()

    def compose(self) -> ComposeResult:
        yield TitleLine(f"Sign in to {self._label}")
        yield self._form
        yield from self.foot()

    def foot(self) -> Iterable[Widget]:
        yield QuietLine(id="quiet")
        yield Ways()

    def on_mount(self) -> None:
        self.show()
        self._ready = True
        if inputs := self._form.inputs:
            self.set_focus(inputs[0])  # letters may be in it that were typed before it was there
        else:
            self._begin()

    @property
    def field(self) -> Input | None:
        """The line that letters go to, also those that were typed before it was there."""
        focused = self.focused
        if isinstance(focused, Input) or self._busy:
            return focused if isinstance(focused, Input) else None
        return next(iter(self._form.inputs), None)

    def action_move(self, by: int) -> None:
        """To the next line, or the one before."""
        self._form.move(by)

    def action_go_on(self) -> None:
        """Answer what is asked; in the form go to the next line, and from the last one to the network."""
        if self._signed_in:
            self.app.call_later(self.app.to_inbox, self._signed_in)
        elif self._ready and not self._busy and (self._open is not None or not self._form.move(1)):
            self._busy = True
            line = self.focused or self
            self.set_focus(None)
            line.call_later(self._answer if self._open else self._begin)  # once it has taken all that was typed

    def _answer(self) -> None:
        assert self._open is not None
        (asked, answer), self._open = self._open, None
        asked.close()
        self._form.told.clear()
        self.show()
        if not answer.done():
            answer.set_result(asked.typed)

    def _begin(self) -> None:
        if not self.is_active:  # esc came before
            return
        self._busy = True
        self._form.told.clear()
        self.app.say("")
        self._runs = self.run_worker(self._sign_in(_Answers(self, self._form, self._form.answers())))
        self.show()

    async def _sign_in(self, ask: _Answers) -> None:
        form = self._form
        try:
            account = await self.app.session.add_account(self._network, ask)
        except IntrovertError as problem:
            self._runs = self._open = None
            self._busy = False
            form.told[:] = [str(problem)]
            await form.begin_again(refused=not isinstance(problem, (Offline, Unavailable, RateLimited)))
            self.show()
            return
        self._signed_in = f"Signed in to {account.label} as {account.handle}."
        if form.told:  # the inbox has two lines for what is said, and these are not to be missed
            form.told.insert(0, self._signed_in)
            await form.clear()
            self.show()
        else:
            self.action_go_on()

    async def ask(self, question: Question, answer: asyncio.Future[str]) -> None:
        """Ask what came up on the way."""
        self._open = await self._form.ask(question), answer
        self._busy = False
        self.show()

    def show(self) -> None:
        """What is told, what goes on, and the keys that count now."""
        if self._signed_in:
            self._form.show()
            self.query_one(Ways).tell([("enter", "shows your conversations", "screen.go_on")])
            return
        self._form.show(*[f"Signing in to {self._label}. It may take a moment."] * self._busy)
        ways = [] if self._busy else [("enter", "goes on", "screen.go_on")]
        if self._form.links:
            ways += [self._way("browser", self._newest), self._way("copy", self._newest)]
        self.query_one(Ways).tell([*ways, self._way("back")])

    def _way(self, id: str, what: str = "") -> tuple[str, str, str]:
        """An action's key, what it does, and what a click does."""
        action = action_in(self.WHERE, id) or BY_ID[id]
        key = first_key(id, self.app.keymap_of_user, self.WHERE)
        return key, f"{action.word} {what}".strip(), f"screen.do('{id}')"

    # -- ways out

    async def back(self) -> None:
        """Leave it, nothing being kept unless all is done."""
        if self._signed_in:
            self.action_go_on()
            return
        if self._runs is not None:
            self._runs.cancel()
        self.dismiss()

    @property
    def _newest(self) -> str:
        """How the newest address is marked in the form."""
        return f"[{len(self._form.links)}]"

    async def _browser(self) -> None:
        """Open the newest page in a browser of this computer."""
        if self._form.links:
            await self.outside.open(self._form.links[-1], self._newest)

    async def _copy(self) -> None:
        """Copy the address of the newest page, for a browser elsewhere."""
        if self._form.links:
            self.outside.copy_url(self._form.links[-1], self._newest)

    # -- what a place is asked

    def moves(self) -> Mapping[str, Deed]:
        return {"back": self.back, "browser": self._browser, "copy": self._copy}

    def subject(self) -> Subject | None:
        return None

    async def settled(self, outcome: Outcome, id: int) -> None:
        """Nothing: no conversation is here."""

    def changed(self, conversations: frozenset[int]) -> None:
        """Nothing: no conversation is here."""


class _Answers:
    """What an adapter asks, answered by the form, and by the person where the form has no answer or had it before."""

    def __init__(self, screen: SigningInScreen, form: Form, answers: dict[str, str]) -> None:
        self._screen, self._form, self._answers = screen, form, answers

    async def question(self, question: Question) -> str:
        if question.name in self._answers:
            return self._answers.pop(question.name)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._screen.call_later(self._screen.ask, question, answer)
        return await answer

    async def open_link(self, url: str) -> None:
        if url not in self._form.links:
            self._form.links.append(url)
        self._screen.call_later(self._screen.show)

    async def say(self, text: str) -> None:
        self._form.told.append(text)
        self._screen.call_later(self._screen.show)
