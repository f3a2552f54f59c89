"""Plain requests to a server to which nobody is signed in yet, or no longer."""

from __future__ import annotations

from collections.abc import Mapping

from introvert_tui.adapters import addresses
from introvert_tui.adapters.shape import Json

from . import failures
from .carrier import Carrier
from .lane import Lane


class Web:
    """One server, asked without Mastodon.py; every method raises what `failures` makes of trouble."""

    def __init__(self, origin: str, patience: float) -> None:
        self.origin = origin
        self.host = addresses.host(origin)
        self._lane = Lane(f"mastodon {self.host}", lambda: Carrier(origin, patience))

    async def get(self, path: str, token: str | None = None, **params: str) -> Json:
        """GET an object; `token` signs in."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._ask("GET", path, headers, params, {})

    async def post(self, path: str, data: Mapping[str, str]) -> Json:
        """POST a form; an empty answer is an empty object."""
        return await self._ask("POST", path, {}, {}, data)

    def close(self) -> None:
        """Give the connections back."""
        self._lane.close()

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], params: Mapping[str, str], data: Mapping[str, str]
    ) -> Json:
        def call(carrier: Carrier) -> object:
            carrier.request(method, self.origin + path, headers=headers, params=params, data=data)
            return carrier.answer.data if carrier.answer else None

        said = await self._lane.run(call)
        if not isinstance(said, dict):
            raise failures.unreadable(self.host, False)
        return said
