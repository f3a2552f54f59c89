"""Signing in: two at once, and giving up in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import count
from threading import Event

import pytest

from introvert_tui.adapter import Ask
from introvert_tui.model import Question, SignIn
from introvert_tui.settings.keychain import AccountSecrets

from .conftest import Town
from .village import _VillageAdapter

ME_TOO = "did:me-too"


class Quiet:
    """Somebody who is asked nothing."""

    async def question(self, question: Question) -> str:
        raise AssertionError(question)

    async def open_link(self, url: str) -> None:
        raise AssertionError(url)

    async def say(self, text: str) -> None:
        """Not told to anybody."""


async def test_whoever_gives_up_takes_nothing_from_whoever_signs_in_next(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keychain asks for its password; the first sign-in is given up, and the same account signs in again."""
    asked, answered, second_is_kept = Event(), Event(), Event()
    tokens, replace, forget = count(1), AccountSecrets.replace, AccountSecrets.forget_all

    async def sign_in(ask: Ask) -> SignIn:
        return SignIn("https://village.test", ME_TOO, "me-too.test", {"token": str(next(tokens))})

    def ask_first(self: AccountSecrets, secrets: Mapping[str, str]) -> None:
        if secrets["token"] == "1":
            asked.set()
            assert answered.wait(10)
        replace(self, secrets)
        if secrets["token"] == "2":
            second_is_kept.set()

    def as_late_as_can_be(self: AccountSecrets) -> None:
        second_is_kept.wait(0.3)
        forget(self)

    monkeypatch.setattr(_VillageAdapter, "sign_in", sign_in)
    monkeypatch.setattr(AccountSecrets, "replace", ask_first)
    monkeypatch.setattr(AccountSecrets, "forget_all", as_late_as_can_be)
    session = town.visit()
    async with asyncio.TaskGroup() as both:
        first = both.create_task(session.add_account("demo", Quiet()))
        assert await asyncio.to_thread(asked.wait, 10)
        first.cancel()
        second = both.create_task(session.add_account("demo", Quiet()))
        answered.set()
    assert first.cancelled()
    assert second.result().handle == "me-too.test"
    assert session.networks.keychain.for_account("demo", ME_TOO).get("token") == "2"
