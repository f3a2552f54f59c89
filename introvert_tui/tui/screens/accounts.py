"""Your sign-ins, as sheets at the foot of the screen: how each stands, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content

from introvert_tui.errors import Cannot
from introvert_tui.text import clock
from introvert_tui.tui.rows import STRONG

from .asking import Choice, Menu

if TYPE_CHECKING:
    from datetime import datetime

    from introvert_tui.engine.inbox import AccountView
    from introvert_tui.tui.app import IntrovertApp

UNTIL = {"tomorrow": "let it rest until tomorrow", "next week": "let it rest until next week"}
"""What `Session.rest` takes, and how it is offered."""


def standing(account: AccountView, now: datetime) -> str:
    """How an account stands, in one sentence."""
    if account.rests or account.trouble:
        return account.rests or account.trouble or ""
    return f"As of {clock(account.as_of, now)}." if account.as_of else "Not looked at yet."


class Accounts:
    """What is done about your sign-ins, from the list of them on; `changed` is called when other accounts are heard."""

    def __init__(self, app: IntrovertApp, changed: Callable[[], None]) -> None:
        self._app, self._changed = app, changed

    def show(self) -> None:
        """List them, and the networks to sign in to. Raises `Cannot` in the made-up town."""
        from introvert_tui.engine.sign_ins import sign_ins

        if self._app.demo:
            raise Cannot("Nobody signs in to the made-up town. Quit, and `introvert` leads you to your own accounts.")
        now, accounts = self._app.clock(), self._app.session.accounts()
        wide = max((len(account.handle) for account in accounts), default=0)
        long = max((len(account.label) for account in accounts), default=0)
        choices: list[Choice] = [
            (
                str(account.id),
                Content.assemble((account.handle.ljust(wide), STRONG), f"  {account.label.ljust(long)}  "),
                standing(account, now),
            )
            for account in accounts
        ]
        choices += [(f":{name}", Content(f"sign in to {label}")) for name, label in sign_ins()]

        async def chosen(id: str | None) -> None:
            if id is not None:
                await self._app.run_safely(self._chosen(id))

        self._app.push_screen(Menu(choices, Content("Your accounts")), chosen)

    async def _chosen(self, id: str) -> None:
        if id.startswith(":"):
            self._sign_in(id.removeprefix(":"))
            return
        account = next(one for one in self._app.session.accounts() if str(one.id) == id)
        ways = {"again": f"sign in to {account.label} again", **UNTIL, "out": "sign out …"}
        if account.rests:
            ways = {"again": ways["again"], "wake": "wake it now", "out": ways["out"]}
        about = Content.assemble((account.handle, STRONG), f", {account.label}. {standing(account, self._app.clock())}")

        async def chosen(way: str | None) -> None:
            if way is not None:
                await self._app.run_safely(self._do(account, way))

        self._app.push_screen(Menu([(way, Content(words)) for way, words in ways.items()], about), chosen)

    async def _do(self, account: AccountView, way: str) -> None:
        session = self._app.session
        match way:
            case "again":
                self._sign_in(account.network)
            case "wake":
                await session.rouse(account.id)
                self._changed()
                self._app.say(f"{account.label} is awake again.")
                self._app.beside(self._catch_up())
            case "out":
                self._ask_whether_to_forget(account)
            case until:
                rests = await session.rest(account.id, until)
                self._changed()
                self._app.say(rests)

    def _sign_in(self, network: str) -> None:
        from .signing_in import SigningInScreen

        self._app.push_screen(SigningInScreen(network))

    def _ask_whether_to_forget(self, account: AccountView) -> None:
        async def decided(answer: str | None) -> None:
            if answer in ("k", "f"):
                self._app.beside(self._sign_out(account, answer == "f"))

        self._app.ask(
            f"Sign {account.handle} out of {account.label} on this computer?",
            [("k", "sign out, keep its conversations"), ("f", "sign out, forget them here"), ("n", "stay signed in")],
            decided,
        )

    async def _sign_out(self, account: AccountView, forget: bool) -> None:
        app = self._app
        app.say(f"Signing {account.handle} out.")
        told = await app.session.remove_account(account.id, forget)
        self._changed()
        app.say(" ".join(told))
        if not app.session.accounts():
            from .welcome import WelcomeScreen

            app.push_screen(WelcomeScreen())

    async def _catch_up(self) -> None:
        await self._app.session.catch_up()
