"""A network for these tests: the demo's town, with a sign-in that asks; as a program, `introvert` with that network."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import datetime
from typing import ClassVar

from introvert_tui import plugins
from introvert_tui.adapter import Ask
from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.errors import Offline, Refused, SignedOut
from introvert_tui.model import Page, Question, Secrecy, SignIn

ENTRY = {"elsewhere": ("Elsewhere", f"{__name__}:Elsewhere")}
WORDS = {"offline": Offline, "signed-out": SignedOut}


class Elsewhere(DemoAdapter):
    """INTROVERT_TEST_WEATHER says what is wrong with it today."""

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

    async def pull(self, cursor: str | None, horizon: datetime) -> AsyncIterator[Page]:
        weather = os.environ.get("INTROVERT_TEST_WEATHER", "")
        if weather in WORDS:
            raise WORDS[weather](f"Elsewhere is {weather}.")
        async for page in super().pull(cursor, horizon):
            yield page


if __name__ == "__main__":
    from introvert_tui.__main__ import main

    plugins._BUILT_IN |= {"elsewhere": ("Elsewhere", "tests.cli.elsewhere:Elsewhere")}
    main()
