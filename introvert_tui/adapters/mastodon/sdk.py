"""The one door to Mastodon.py, imported by the first call and on the thread that makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from introvert_tui.adapters import addresses
from introvert_tui.errors import AdapterError

from . import failures
from .carrier import USER_AGENT, Answer, Carrier

if TYPE_CHECKING:
    from mastodon import Mastodon


class Sdk:
    """Mastodon.py for one account, answering in plain JSON."""

    def __init__(self, origin: str, token: str, patience: float) -> None:
        from mastodon import Mastodon

        self._origin = origin
        self._carrier = Carrier(origin, patience)
        self._mastodon = Mastodon(
            api_base_url=origin,
            ratelimit_method="throw",
            request_timeout=patience,
            user_agent=USER_AGENT,
            session=cast("Any", self._carrier),
        )
        # The constructor would read a file that happens to be called like the token.
        self._mastodon.access_token = token

    def call(self, ask: Callable[[Mastodon], Any], *, sending: bool = False) -> Answer:
        """Let Mastodon.py make one request. Raises what `failures` makes of trouble."""
        carrier = self._carrier
        carrier.sending, carrier.answer, carrier.trouble = sending, None, None
        try:
            ask(self._mastodon)
        except Exception:
            # What it makes of an answer does not matter, only whether there was one.
            if carrier.trouble is not None:
                raise carrier.trouble from None
            if carrier.answer is None:
                raise
        if carrier.answer is None:
            raise failures.unreadable(addresses.host(self._origin), sending)
        return carrier.answer

    def get(self, path: str) -> Answer:
        """GET what Mastodon.py has no method for."""
        headers = {"Authorization": f"Bearer {self._mastodon.access_token}"}
        try:
            self._carrier.request("GET", self._origin + path, headers=headers)
        except AdapterError as trouble:
            raise trouble from None
        if self._carrier.answer is None:
            raise failures.unreadable(addresses.host(self._origin), False)
        return self._carrier.answer

    def close(self) -> None:
        """Give the connections back."""
        self._carrier.close()
