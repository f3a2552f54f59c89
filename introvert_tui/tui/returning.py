"""Back after long: one question about what came in meanwhile, and nothing gone without a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .actions import first_key

if TYPE_CHECKING:
    from .app import IntrovertApp

CHOICES = (("y", "let them go"), ("n", "keep them all"))


def ask_after_absence(app: IntrovertApp) -> bool:
    """Ask if there is something to ask and nobody is in the middle of something; whether it need not be tried again.

    A key that was meant for the list must not answer it: it is asked only where none was pressed since the list came.
    """
    from .closing import let_go
    from .screens.inbox import InboxScreen

    if app.session.is_catching_up:
        return False
    absence = app.session.absence()
    if absence is None:
        return True
    inbox = app.screen
    if not isinstance(inbox, InboxScreen) or inbox.reader.has_touched or inbox.writing() is not None:
        return False

    async def decided(answer: str | None) -> None:
        await app.run_safely(let_older_go() if answer == "y" else app.session.keep_all(absence))

    async def let_older_go() -> None:
        outcome = await app.session.let_older_go(absence)
        let_go(inbox, {conversation for conversation, _ in absence.older})
        app.say(outcome.sentence)

    back = f"{first_key('undo', app.keymap_of_user)} brings them back."
    app.ask(f"{absence.question} {back}", CHOICES, decided)
    return True
