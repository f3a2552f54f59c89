"""Hellos from an earlier visit, asked about one at a time; none goes out without a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from introvert_tui.engine.views import Unsettled

if TYPE_CHECKING:
    from .app import IntrovertApp

CHOICES = (("s", "send it now"), ("d", "don't send it, keep the words"), ("esc", "ask me again"))
"""Keys that do nothing in the inbox: the question comes by itself, and what was typed for the list may answer it."""


def ask_about(app: IntrovertApp, questions: list[Unsettled]) -> None:
    """Ask the first of these, then the others."""
    if not questions:
        return
    question, *others = questions

    async def decide(send: bool) -> None:
        outcome = await app.session.decide(question, send)
        app.say(outcome.sentence)

    async def decided(answer: str | None) -> None:
        if answer in ("s", "d"):
            await app.run_safely(decide(answer == "s"))
        ask_about(app, others)

    sentence = question.sentence
    if question.text not in sentence:
        sentence += f"\n“{question.text}”"
    app.ask(sentence, CHOICES, decided)
