"""A network for these tests: the demo's town, with a sign-in that asks; as a program, `introvert` with that network."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, ParamSpec, TypeVar

from introvert_tui import plugins
from introvert_tui.adapter import Ask
from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.errors import Offline, Refused, SignedOut
from introvert_tui.model import Prepared, Question, Receipt, Secrecy, SignIn

ENTRY = {"elsewhere": ("Elsewhere", f"{__name__}:Elsewhere")}
WORDS = {"offline": Offline, "signed-out": SignedOut}

P = ParamSpec("P")
T = TypeVar("T")


class Elsewhere(DemoAdapter):
    """INTROVERT_TEST_WEATHER says what is wrong with it today; what is said there is kept in INTROVERT_TEST_SAID."""

    label: ClassVar[str] = "Elsewhere"
    questions = (
        Question("handle", "Your handle", "It looks like ana.elsewhere."),
        Question("password", "Password", secrecy=Secrecy.HIDDEN),
    )

    @classmethod
    async def sign_in(cls, ask: Ask) -> SignIn:
        handle, password = [await ask.question(question) for question in cls.questions]
        if password == "wrong":
            raise Refused("invalid", "Elsewhere does not know this password. Look at its settings page.")
        return SignIn("https://elsewhere.example", f"id:{handle}", handle, {"session": password}, ("One note.",))

    async def _call(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        weather = os.environ.get("INTROVERT_TEST_WEATHER", "")
        if weather in WORDS:
            raise WORDS[weather](f"Elsewhere is {weather}.")
        return await super()._call(do, *args, **kwargs)

    async def send(self, prepared: Prepared) -> Receipt:
        if os.environ.get("INTROVERT_TEST_WEATHER") == "refuses":
            raise Refused("closed", "Elsewhere takes no answers today.")
        receipt = await super().send(prepared)
        _keep(json.loads(prepared.payload)["text"])
        return receipt


def _keep(words: str) -> None:
    if path := os.environ.get("INTROVERT_TEST_SAID"):
        with Path(path).open("a", encoding="utf-8") as said:
            said.write(f"{words}\n")


if __name__ == "__main__":
    from introvert_tui.__main__ import main

    plugins._BUILT_IN |= {"elsewhere": ("Elsewhere", "tests.cli.elsewhere:Elsewhere")}
    main()
