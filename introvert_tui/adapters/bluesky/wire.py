"""Calls to the account's own server, with a session that renews itself and errors in the contract's words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from introvert_tui.adapters import addresses, answers
from introvert_tui.adapters.shape import Json, sub, text
from introvert_tui.errors import NotAllowed, RateLimited, Unavailable

from . import failures, sdk, services

if TYPE_CHECKING:
    from introvert_tui.adapter import Secrets
    from introvert_tui.model import Account

SESSION = "session"
"""The secret that holds the SDK's session string: handle, DID, two tokens and the PDS."""

_RENEW_BEFORE = timedelta(minutes=16)
"""Earlier than the SDK's own 15 minutes, so that only this module ever renews."""
_FEW = 10
_OWN_TOKEN_ERRORS = ("ExpiredToken", "InvalidToken")
"""What a PDS calls a bad token of ours; other trouble with tokens is between it and the service behind it."""


class Wire:
    """One account's connection to its PDS, which passes the calls of others (AppView, chat) on.

    It opens with the first call and belongs to the event loop of that call. Every method raises what
    `failures.translate` makes of trouble, `SignedOut` when the session cannot be renewed, and `RateLimited` before a
    call for which hardly any budget is left.
    """

    def __init__(self, account: Account, secrets: Secrets, patience: float) -> None:
        self._account = account
        self._secrets = secrets
        self._patience = patience
        self._renewing = asyncio.Lock()
        self._sdk: sdk.Sdk | None = None
        self._session: sdk.Session | None = None
        self._rest_until = 0.0
        self.server_time = datetime.now(UTC)

    async def query(
        self, method: str, params: Mapping[str, Any], *, expect: str, kind: type = list, chat: bool = False
    ) -> Json:
        """Call an XRPC query; an answer without the `expect`ed value is as unusable as one that is not JSON.

        So is one with a value of another kind: taken as an empty list it would say that everything is gone.
        """
        response = await self._call(method, params=params, chat=chat)
        content = response.content
        if not isinstance(content, dict) or not isinstance(content.get(expect), kind):
            raise answers.lost("Bluesky's answer could not be read.", sending=False)
        return content

    async def procedure(
        self, method: str, body: Mapping[str, Any], *, chat: bool = False, sending: bool = False
    ) -> Json:
        """Call an XRPC procedure; None in `body` goes over the wire as null, an empty answer is {}.

        With `sending` trouble after the first byte is `Unsure`, and the rate limit's rest is left to the server.
        """
        response = await self._call(method, body=body, chat=chat, sending=sending)
        if isinstance(response.content, dict):
            return response.content
        if not response.content:
            return {}
        raise answers.lost("Bluesky's answer could not be read.", sending)

    async def end(self) -> None:
        """End the session on the server (com.atproto.server.deleteSession), as far as it is still alive."""
        session = self._opened()[1]
        bearer = {"Authorization": f"Bearer {session.refresh_jwt}"}
        try:
            await self._try("com.atproto.server.deleteSession", session, body={}, headers=bearer)
        except failures.Rejected:
            return  # it had ended before

    async def close(self) -> None:
        """Give the connections back; the next call would open new ones."""
        opened, self._sdk, self._session = self._sdk, None, None
        if opened is not None:
            await opened.request.close()

    async def _call(
        self,
        method: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        chat: bool = False,
        sending: bool = False,
    ) -> sdk.Response:
        if not sending and (rest := self._rest_until - time.monotonic()) > 0:
            raise RateLimited(f"Bluesky allows no more requests for {round(rest)} seconds.", rest)
        headers = {"atproto-proxy": services.chat()} if chat else {}
        session = self._opened()[1]
        if _is_old(session):
            session = await self._renew(session)
        try:
            response = await self._try(method, session, params=params, body=body, headers=headers, sending=sending)
        except failures.Expired as error:
            if chat and error.name not in _OWN_TOKEN_ERRORS:
                raise answers.lost("The chat service does not take our word for who we are.", sending) from None
            session = await self._renew(session)
            try:
                response = await self._try(method, session, params=params, body=body, headers=headers, sending=sending)
            except failures.Expired:
                raise failures.signed_out() from None
        self._note(response.headers, sending)
        return response

    async def _try(
        self,
        method: str,
        session: sdk.Session,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str],
        sending: bool = False,
    ) -> sdk.Response:
        """Make one call with one session's access token, whatever else happens to the session meanwhile."""
        opened = self._opened()[0]
        headers = {"Authorization": f"Bearer {session.access_jwt}", **headers}
        # The SDK would renew without asking us, and so without the keychain having the new token first.
        keywords: dict[str, Any] = {"headers": headers, "ignore_session_check": True}
        try:
            if params is not None:
                # None is left out of a query: httpx would write it as an empty value.
                given = {key: value for key, value in params.items() if value is not None}
                return await opened.invoke_query(method, params=sdk.json_data(given), **keywords)
            if body:
                keywords |= {"data": sdk.json_data(body), "input_encoding": "application/json"}
            return await opened.invoke_procedure(method, **keywords)
        except Exception as error:
            known = failures.translate(error, sending=sending)
            if known is None:
                raise
            if isinstance(known, RateLimited):
                self._rest(known.retry_after, sending)
            raise known from None  # the cause holds the request, and so the tokens

    def _note(self, headers: Mapping[str, Any], sending: bool) -> None:
        """Remember the server's clock, and whether it will soon refuse to talk."""
        self.server_time = answers.server_time(headers)
        try:
            remaining, limit = int(headers["ratelimit-remaining"]), int(headers["ratelimit-limit"])
        except (KeyError, ValueError):
            return
        if remaining <= min(_FEW, limit // 10):
            self._rest(answers.retry_after(headers, failures.RESET), sending)

    def _rest(self, seconds: float, sending: bool) -> None:
        """Ask for nothing for so long; writes have a budget of their own, which says nothing about reading."""
        if not sending:
            self._rest_until = time.monotonic() + seconds

    def _opened(self) -> tuple[sdk.Sdk, sdk.Session]:
        """The SDK and the session; the first call imports the one and reads the other from the keychain."""
        if self._sdk is None or self._session is None:
            session = self._stored()
            if session is None:
                raise failures.signed_out()
            self._sdk = sdk.open_sdk(session.pds_endpoint, self._patience)
            self._session = session
        return self._sdk, self._session

    def _stored(self) -> sdk.Session | None:
        session = sdk.decode_session(self._secrets.get(SESSION) or "")
        if session is None:
            return None
        usable = session.did == self._account.remote_id and addresses.may_be_called(session.pds_endpoint)
        return session if usable else None

    async def _renew(self, old: sdk.Session) -> sdk.Session:
        """Trade the refresh token (com.atproto.server.refreshSession) and store the new session before it is used."""
        async with self._renewing:
            now = self._opened()[1]
            if now.access_jwt != old.access_jwt:
                return now  # somebody was faster while we waited for the lock
            if fresher := self._rotated_elsewhere(old):
                return self._adopt(fresher)
            try:
                answer = await self._refreshed(old)
            except failures.Rejected:
                # Another program may have traded the token between our look and our call.
                if fresher := self._rotated_elsewhere(old):
                    return self._adopt(fresher)
                raise failures.signed_out() from None
            session = _session_from(answer, old)
            self._secrets.set(SESSION, session.encode())
            return self._adopt(session)

    async def _refreshed(self, old: sdk.Session) -> Json:
        bearer = {"Authorization": f"Bearer {old.refresh_jwt}"}
        try:
            response = await self._try("com.atproto.server.refreshSession", old, body={}, headers=bearer)
        except NotAllowed as error:
            raise failures.signed_out() from error
        answer = response.content
        if not isinstance(answer, dict) or not text(answer, "accessJwt") or not text(answer, "refreshJwt"):
            raise Unavailable("Bluesky's answer could not be read.")
        return answer

    def _rotated_elsewhere(self, old: sdk.Session) -> sdk.Session | None:
        stored = self._stored()
        return stored if stored and stored.refresh_jwt != old.refresh_jwt else None

    def _adopt(self, session: sdk.Session) -> sdk.Session:
        self._opened()[0].update_base_url(session.pds_endpoint)
        self._session = session
        return session


async def stored_record(wire: Wire, repo: str, collection: str, rkey: str) -> Json | None:
    """Read one record of a repository (com.atproto.repo.getRecord), or None where there is none."""
    asked = {"repo": repo, "collection": collection, "rkey": rkey}
    try:
        return await wire.query("com.atproto.repo.getRecord", asked, expect="value", kind=dict)
    except failures.Rejected as error:
        if error.name == "RecordNotFound":
            return None
        raise


def _session_from(answer: Json, old: sdk.Session) -> sdk.Session:
    """The new session; a server that claims to have moved is followed only to where secrets are safe."""
    moved_to = sdk.pds_in(sub(answer, "didDoc"))
    pds = moved_to if addresses.may_be_called(moved_to) else old.pds_endpoint
    handle = text(answer, "handle") or old.handle
    return sdk.new_session(handle, old.did, text(answer, "accessJwt"), text(answer, "refreshJwt"), pds)


def _is_old(session: sdk.Session) -> bool:
    """Whether the access token's own date says that it is about to end; one that says nothing is tried."""
    expires = sdk.expiry(session)
    return expires is not None and datetime.now(UTC) > expires - _RENEW_BEFORE
