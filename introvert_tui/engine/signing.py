"""Signing in and out."""

from __future__ import annotations

from contextlib import suppress

from introvert_tui import plugins
from introvert_tui.adapter import Ask
from introvert_tui.engine.account_thread import guarded
from introvert_tui.engine.inbox import AccountView
from introvert_tui.engine.session.reading import Reading
from introvert_tui.errors import Cannot, IntrovertError
from introvert_tui.store import accounts
from introvert_tui.text import clean_line

_SIGN_OUT_SECONDS = 10.0


async def add_account(session: Reading, network: str, ask: Ask) -> AccountView:
    """Ask the network's questions, keep the secrets in the keychain and the account in the store."""
    found = await plugins.load(network).sign_in(ask)
    keychain = session.networks.keychain
    keychain.for_account(network, found.remote_id).replace(found.secrets)
    account = await session.visit.store.do(
        accounts.add, network, found.origin, found.remote_id, found.handle, session.now()
    )
    for note in (*found.notes, keychain.notice):
        if note:
            await ask.say(clean_line(note, 300))
    return next(view for view in session.accounts() if view.id == account)


async def remove_account(session: Reading, id: int, forget_conversations: bool) -> None:
    """Sign out, forget the secrets, and with `forget_conversations` what was said there."""
    if id not in {view.id for view in session.accounts()}:
        raise Cannot("There is no such account.")
    record = accounts.one(session.db, id)
    # Offline or signed out already: the session dies by itself, and here it is forgotten now.
    with suppress(IntrovertError):
        await session.networks.call(id, lambda adapter: guarded(adapter.sign_out(), _SIGN_OUT_SECONDS, adapter.label))
    session.networks.drop(id)
    session.networks.keychain.for_account(record.network, record.remote_id).forget_all()
    await session.visit.store.do(accounts.remove, id, forget_conversations, session.now())
