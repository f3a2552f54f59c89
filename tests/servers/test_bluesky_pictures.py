"""Pictures come from where they lie, without secrets, and never more of them than was asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from introvert_tui.adapters.bluesky import BlueskyAdapter
from introvert_tui.errors import Gone, NotAllowed, Offline, Refused, Unavailable
from introvert_tui.model import Account, Attachment, AttachmentKind

from .bluesky_world import Keychain
from .proxy import Proxy


@pytest.fixture
def place() -> Iterator[Proxy]:
    """A server that answers whatever a test says."""
    proxy = Proxy()
    proxy.start(upstream=("127.0.0.1", 9))
    yield proxy
    proxy.stop()


@pytest.fixture
def adapter() -> BlueskyAdapter:
    account = Account(1, "bluesky", "https://pds.example", "did:plc:me", "me.test")
    return BlueskyAdapter(account, Keychain({"session": "a secret"}), None, patience=5)


def picture(url: str) -> Attachment:
    return Attachment(AttachmentKind.IMAGE, "a cat", url)


async def test_a_picture_without_secrets(place: Proxy, adapter: BlueskyAdapter) -> None:
    place.answer(302, {}, "/old", headers={"location": f"{place.url}/new"})
    place.answer(200, b"pixels", "/new")
    assert await adapter.fetch(picture(f"{place.url}/old"), 6) == b"pixels"
    assert not any({"authorization", "cookie"} & set(exchange.headers) for exchange in place.exchanges)


async def test_a_picture_that_is_too_large_or_gone(place: Proxy, adapter: BlueskyAdapter) -> None:
    place.answer(200, b"pixels" * 100_000, "/large")
    with pytest.raises(Refused) as caught:
        await adapter.fetch(picture(f"{place.url}/large"), 1000)
    assert caught.value.kind == "too-large"
    place.answer(404, {}, "/gone")
    with pytest.raises(Gone):
        await adapter.fetch(picture(f"{place.url}/gone"), 1000)


async def test_a_picture_that_leads_astray(place: Proxy, adapter: BlueskyAdapter) -> None:
    place.answer(302, {}, "/plain", headers={"location": "http://pictures.example/cat"})
    with pytest.raises(Refused) as caught:
        await adapter.fetch(picture(f"{place.url}/plain"), 1000)
    assert caught.value.kind == "unsafe"
    place.answer(302, {}, "/round", times=None, headers={"location": f"{place.url}/round"})
    with pytest.raises(Unavailable):
        await adapter.fetch(picture(f"{place.url}/round"), 1000)
    with pytest.raises(Refused):
        await adapter.fetch(picture("file:///etc/passwd"), 1000)
    with pytest.raises(NotAllowed):
        await adapter.fetch(Attachment(AttachmentKind.LINK, "", f"{place.url}/x"), 1000)
    place.refuse()
    with pytest.raises(Offline):
        await adapter.fetch(picture(f"{place.url}/x"), 1000)
