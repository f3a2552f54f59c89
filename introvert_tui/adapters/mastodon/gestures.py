"""What can be done without a word: nod, mute, block. Everything here may be repeated."""

from __future__ import annotations

from introvert_tui.errors import Gone, Refused, Unavailable
from introvert_tui.model import MessageRef, PersonRef, ThreadRef

from .library import Library
from .statuses import is_direct


async def nod(library: Library, to: MessageRef, on: bool) -> None:
    """Favourite a status, or take that back (POST /api/v1/statuses/:id/favourite). Raises `Gone`."""
    name = to.local
    await library.wire.one(lambda sdk: sdk.status_favourite(name) if on else sdk.status_unfavourite(name))


async def mute_thread(library: Library, thread: ThreadRef, via: MessageRef) -> None:
    """Keep a thread quiet by one's own status in it, or one that names one: other servers than Mastodon take no other.

    POST /api/v1/statuses/:id/mute. Raises `Gone`, and `Refused` where a private talk would be silenced with it.
    """
    if await _began_a_room(library, thread, via):
        raise Refused("room", "A private conversation began in this thread, and would be silenced with it.")
    await library.wire.one(lambda sdk: sdk.status_mute(via.local))


async def let_speak(library: Library, via: MessageRef) -> None:
    """Let a thread speak again (POST /api/v1/statuses/:id/unmute). Raises `Gone`."""
    await library.wire.one(lambda sdk: sdk.status_unmute(via.local))


async def _began_a_room(library: Library, thread: ThreadRef, via: MessageRef) -> bool:
    """Whether there are direct statuses in a thread, which to the server is one with all that answers it."""
    for name in (thread.root.local, via.local):
        try:
            return any(map(is_direct, (await library.around(name)).below))
        except (Gone, Unavailable):
            continue  # the root is gone, or has more below it than can be read
    return False


async def mute_person(library: Library, who: PersonRef, on: bool) -> None:
    """Mute a person, notifications too (POST /api/v1/accounts/:id/mute), privately. Raises `Gone`."""
    name = await library.account_id(who)
    await library.wire.one(lambda sdk: sdk.account_mute(name, notifications=True) if on else sdk.account_unmute(name))


async def block(library: Library, who: PersonRef, on: bool) -> None:
    """Block a person (POST /api/v1/accounts/:id/block). Raises `Gone`."""
    name = await library.account_id(who)
    await library.wire.one(lambda sdk: sdk.account_block(name) if on else sdk.account_unblock(name))
