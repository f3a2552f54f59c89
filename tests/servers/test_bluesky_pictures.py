"""Pictures come from where they lie, without secrets, and never more of them than was asked for."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from introvert_tui.adapters.bluesky import BlueskyAdapter
from introvert_tui.errors import Gone, NotAllowed, Offline, Refused, Unavailable
from introvert_tui.model import Account, Attachment, AttachmentKind

from .bluesky_world import Keychain

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Wall:
    """A server that answers each path as a test says, and keeps every line of what it is asked with."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[list[str]] = []
        self.url = ""
        self.open: set[asyncio.Task[None]] = set()

    def hang(self, path: str, body: bytes = b"pixels", status: str = "200 OK", **headers: str) -> str:
        """Answer with this; a header's name has _ for -. Returns the address."""
        lines = {"content-type": "image/png", **{name.replace("_", "-"): value for name, value in headers.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)

        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write(f"HTTP/1.1 {status}\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body)

        self.answers[path] = answer
        return f"{self.url}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(asyncio.ensure_future(self._talk(reader, writer)))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Who asked may be gone by the time that an answer is ready.
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().splitlines()
                self.asked.append(lines)
                await self.answers[lines[0].split()[1]](writer)
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def wall() -> AsyncIterator[Wall]:
    hung = Wall()
    server = await asyncio.start_server(hung.serve, "127.0.0.1", 0)
    hung.url = f"http://localhost:{server.sockets[0].getsockname()[1]}"
    yield hung
    server.close()
    await asyncio.gather(*hung.open)  # whoever asked has hung up


def adapter(patience: float = 5) -> BlueskyAdapter:
    account = Account(1, "bluesky", "https://pds.example", "did:plc:me", "me.test")
    return BlueskyAdapter(account, Keychain({"session": "a secret"}), None, patience=patience)


def picture(url: str) -> Attachment:
    return Attachment(AttachmentKind.IMAGE, "a cat", url)


async def refused(wall: Wall, url: str, most: int = 1000) -> str:
    with pytest.raises(Refused) as caught:
        await adapter().fetch(picture(url), most)
    return caught.value.kind


async def test_a_picture_without_secrets(wall: Wall) -> None:
    new = wall.hang("/new")
    old = wall.hang("/old", b"", "302 Found", location=new, set_cookie="who=me")
    assert await adapter().fetch(picture(old), 6) == b"pixels"
    assert [lines[0] for lines in wall.asked] == ["GET /old HTTP/1.1", "GET /new HTTP/1.1"]
    names = {line.partition(":")[0].lower() for lines in wall.asked for line in lines[1:]}
    assert names == {"host", "accept", "accept-encoding", "connection", "user-agent"}


async def test_a_picture_that_is_too_large_or_gone(wall: Wall) -> None:
    assert await refused(wall, wall.hang("/large", b"pixels" * 100_000)) == "too-large"
    assert await refused(wall, wall.hang("/exact"), 5) == "too-large"
    with pytest.raises(Gone):
        await adapter().fetch(picture(wall.hang("/gone", status="404 Not Found")), 1000)
    with pytest.raises(Unavailable, match="500"):
        await adapter().fetch(picture(wall.hang("/broken", status="500 No")), 1000)


async def test_a_small_answer_does_not_unfold_into_a_large_one(wall: Wall) -> None:
    folded = gzip.compress(bytes(10_000_000))
    assert await adapter().fetch(picture(wall.hang("/z", folded, content_encoding="gzip")), len(folded)) == folded


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "video/mp4"])
async def test_what_says_that_it_is_no_picture(wall: Wall, kind: str) -> None:
    assert await refused(wall, wall.hang("/page", content_type=kind)) == "no-picture"


@pytest.mark.parametrize("kind", ["image/webp", "IMAGE/JPEG; q=1", "application/octet-stream", ""])
async def test_what_may_be_one(wall: Wall, kind: str) -> None:
    assert await adapter().fetch(picture(wall.hang("/picture", content_type=kind)), 6) == b"pixels"


async def test_a_picture_that_leads_astray(wall: Wall) -> None:
    plain = wall.hang("/plain", b"", "302 Found", location="http://pictures.example/cat")
    assert await refused(wall, plain) == "unsafe"
    for elsewhere in ("file:///etc/passwd", "http://pictures.example/cat", "ftp://localhost/cat"):
        assert await refused(wall, elsewhere) == "unsafe"
    round_and_round = wall.hang("/round", b"", "302 Found", location=f"{wall.url}/round")
    with pytest.raises(Unavailable, match="too often"):
        await adapter().fetch(picture(round_and_round), 1000)
    with pytest.raises(NotAllowed):
        await adapter().fetch(Attachment(AttachmentKind.LINK, "", f"{wall.url}/x"), 1000)


async def test_a_picture_that_ends_too_soon(wall: Wall) -> None:
    async def half(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 6\r\n\r\npix")
        writer.close()

    wall.answers["/half"] = half
    with pytest.raises(Unavailable):
        await adapter().fetch(picture(f"{wall.url}/half"), 1000)


async def test_a_picture_that_comes_in_drops_is_not_waited_for(wall: Wall) -> None:
    async def drops(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    wall.answers["/drops"] = drops
    with pytest.raises(Unavailable, match="in time"):
        await adapter(patience=0.3).fetch(picture(f"{wall.url}/drops"), 100_000)


async def test_a_server_that_is_not_there(unused_tcp_port: int) -> None:
    with pytest.raises(Offline):
        await adapter().fetch(picture(f"http://localhost:{unused_tcp_port}/cat"), 1000)
