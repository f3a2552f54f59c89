"""Reaching out: a hello to any post, by its address. One at a time, in public, and then one leaves."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from introvert_tui import plugins
from introvert_tui.engine.composing import composer
from introvert_tui.engine.session.reading import Reading
from introvert_tui.engine.views import Composer
from introvert_tui.errors import AdapterError, Cannot, PluginError
from introvert_tui.model import RoomRef
from introvert_tui.store import merge, messages
from introvert_tui.text import clean_line

_NOT_HERE = (
    "That is no address of a post that your accounts can read. It looks like https://bsky.app/profile/…/post/…, "
    "or like what your own Mastodon server shows when the post is open there."
)


async def reach(session: Reading, address: str) -> Composer:
    """Read the post at an address, from the first account whose network it is on, and be ready to write to its author.

    Raises `Cannot` where that makes no sense, or the server does not show it.
    """
    address = clean_line(address, 2_000)
    account = await asyncio.to_thread(_account_for, session, address)
    adapter = session.networks.adapter(account)
    try:
        page = await session.networks.call(account, lambda _: adapter.look_up(address))
    except AdapterError as problem:
        raise Cannot(str(problem)) from problem
    await session.visit.store.do(merge.merge, account, page, session.visit.clock.now())
    found = messages.by_uri(session.db, page.messages[0].ref.uri) if page.messages else None
    if found is None or isinstance(found.message.place, RoomRef):
        raise Cannot("Nothing at this address can be answered in public.")
    if found.mine:
        raise Cannot("That is your own. A hello is for somebody else.")
    conversation = messages.conversation_of(session.db, found.id)
    return composer(session, found, conversation, found.id)


def _account_for(session: Reading, address: str) -> int:
    """Whose network it is; off the loop, because an adapter may still have to be loaded."""
    for view in session.accounts():
        if session.networks.ask(view.id, lambda adapter: adapter.is_here(address)):
            return view.id
    raise Cannot(_why_not_here(session, address))


def _why_not_here(session: Reading, address: str) -> str:
    mine = {view.network for view in session.accounts()}
    if not mine:
        return "You have no account to write from yet."
    for network in plugins.names():
        # One that does not load knows no address; whoever has an account there is told elsewhere.
        with suppress(PluginError):
            if network in mine and (alone := plugins.load(network).nothing_outside):
                return alone
            if network not in mine and plugins.load(network).is_of_network(address):
                return (
                    f"That is on {plugins.label(network)}, where you have no account; "
                    f"`introvert accounts add {network}` signs you in."
                )
    return _NOT_HERE
