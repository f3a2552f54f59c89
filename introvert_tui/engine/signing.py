"""Signing in and out."""

from __future__ import annotations

import asyncio

from introvert_tui import plugins
from introvert_tui.adapter import Ask
from introvert_tui.engine import sentences
from introvert_tui.engine.background import in_the_background
from introvert_tui.engine.events import Changed
from introvert_tui.engine.inbox import AccountView
from introvert_tui.engine.session.reading import Reading
from introvert_tui.errors import Cannot, IntrovertError, SignedOut
from introvert_tui.store import accounts, leaving

_SIGN_OUT_SECONDS = 10.0


async def add_account(session: Reading, network: str, ask: Ask) -> AccountView:
    """Ask the network's questions, keep the secrets in the keychain and the account in the store.

    Whoever cancels it keeps nothing; an account that was signed in before has a new adapter afterwards.
    """
    signing_in = session.networks.sign_in(network, ask)
    try:
        account, notes = await asyncio.wrap_future(signing_in.done)
    except asyncio.CancelledError:
        signing_in.give_up()
        raise
    session.networks.drop(account)
    session.visit.tell(Changed(frozenset()))
    for note in notes:
        await ask.say(note)
    return next(view for view in session.accounts() if view.id == account)


async def remove_account(session: Reading, id: int, forget_conversations: bool) -> tuple[str, ...]:
    """Sign out, forget the secrets; say so, and what will not go out any more."""
    if id not in {view.id for view in session.accounts()}:
        raise Cannot("There is no such account.")
    record = accounts.one(session.db, id)
    label, told = plugins.label(record.network), True
    try:
        await session.networks.call(id, lambda adapter: adapter.sign_out(), _SIGN_OUT_SECONDS)
    except IntrovertError as problem:
        # Here it is forgotten all the same. A server that took the sign-in from us before need not be told.
        told = isinstance(problem, SignedOut)
    session.networks.drop(id)
    await in_the_background(session.networks.keychain.for_account(record.network, record.remote_id).forget_all)
    dropped = await session.visit.store.do(leaving.remove_account, id, forget_conversations, session.now())
    session.visit.tell(Changed(frozenset(one.conversation for one in dropped)))
    unsent = [(one.draft.kind, one.name) for one in dropped if not one.perhaps_out]
    unclear = [(one.draft.kind, one.name) for one in dropped if one.perhaps_out]
    lost = (sentences.dropped(which, which is unclear, forget_conversations) for which in (unsent, unclear) if which)
    untold = () if told else (sentences.not_told_of_signing_out(label),)
    return (sentences.signed_out(record.handle, label, forget_conversations), *untold, *lost)
