"""Calls to the account's own server, with its token, and errors in the contract's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from introvert_tui.adapters import addresses
from introvert_tui.adapters.shape import Json, those
from introvert_tui.errors import AdapterError, SignedOut

from . import failures
from .carrier import Answer
from .lane import Lane
from .sdk import Sdk
from .shape import name_of

if TYPE_CHECKING:
    from mastodon import Mastodon

    from introvert_tui.adapter import Secrets
    from introvert_tui.model import Account

TOKEN = "token"
CLIENT_ID = "client_id"
CLIENT_SECRET = "client_secret"
ACCOUNT_ID = "account_id"
"""The account's id on its own server: no secret, but nowhere else is there room for it."""


class Wire:
    """One account's connection to its server. Every method raises what `failures` makes of trouble."""

    def __init__(self, account: Account, secrets: Secrets, patience: float) -> None:
        self._account = account
        self._secrets = secrets
        self._lane = Lane(f"mastodon {account.handle}", self._open)
        self._token = ""
        self._id = ""
        self.patience = patience
        self.server_time = datetime.now(UTC)

    @property
    def host(self) -> str:
        """What the server is called."""
        return addresses.host(self._account.origin)

    async def one(self, ask: Callable[[Mastodon], Any], *, sending: bool = False) -> Json:
        """Ask for one object."""
        return self._object(await self.ask(ask, sending=sending), sending)

    async def many(self, ask: Callable[[Mastodon], Any]) -> list[Json]:
        """Ask for a list of objects."""
        return self.list_of(await self.ask(ask))

    async def get(self, path: str) -> Json:
        """GET an object that Mastodon.py has no method for."""
        self._check_token()
        answer = await self._lane.run(lambda sdk: sdk.get(path))
        self.server_time = answer.server_time
        return self._object(answer, False)

    async def ask(self, ask: Callable[[Mastodon], Any], *, sending: bool = False) -> Answer:
        """Make one request through Mastodon.py; with `sending`, trouble after the first byte is `Unsure`."""
        self._check_token()
        answer = await self._lane.run(lambda sdk: sdk.call(ask, sending=sending))
        self.server_time = answer.server_time
        return answer

    def list_of(self, answer: Answer) -> list[Json]:
        """The objects in an answer that should be a list."""
        if not isinstance(answer.data, list):
            raise self.unreadable()
        return those(answer.data)

    async def my_id(self) -> str:
        """The account's id on its server; asked for (GET /api/v1/accounts/verify_credentials) if it is not stored."""
        if not self._id:
            self._id = self._secrets.get(ACCOUNT_ID) or ""
        if not self._id:
            me = await self.one(lambda sdk: sdk.account_verify_credentials())
            self._id = name_of(me)
            if not self._id:
                raise self.unreadable()
        return self._id

    def close(self) -> None:
        """Give the connections back; the next call would open new ones."""
        self._lane.close()

    def _open(self) -> Sdk:
        return Sdk(self._account.origin, self._token, self.patience)

    def _check_token(self) -> None:
        """Read the token on the first call; here, because the keychain is for the adapter's own thread."""
        self._token = self._token or self._secrets.get(TOKEN) or ""
        if not self._token or not addresses.may_be_called(self._account.origin):
            raise SignedOut(failures.SIGNED_OUT)

    def unreadable(self) -> AdapterError:
        """What to raise for an answer that is not what was asked for."""
        return failures.unreadable(self.host, False)

    def _object(self, answer: Answer, sending: bool) -> Json:
        if not isinstance(answer.data, dict):
            raise failures.unreadable(self.host, sending)
        return answer.data
