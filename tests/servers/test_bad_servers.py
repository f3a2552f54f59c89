"""Servers and threads as they should not be: each costs one line, and the rest of the inbox nothing."""

from __future__ import annotations

import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from introvert_tui.engine.events import Event
from introvert_tui.engine.opening import open_session
from introvert_tui.engine.session import Session
from introvert_tui.settings import Paths, Settings
from introvert_tui.store import accounts

from .mastodon.flavours import MASTODON
from .mastodon.server import MastodonServer, StartServer
from .mastodon_world import Browser
from .visiting import QUICK, row_of


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    events: list[Event] = []
    paths = Paths(tmp_path, tmp_path, tmp_path)
    paths.make()
    session = open_session(Settings(), paths, events.append, waits=QUICK)
    yield session
    await session.quit(send=False)


async def enter(session: Session, server: MastodonServer) -> None:
    assert server.me  # comes into being
    await session.add_account("mastodon", Browser(server))


@pytest.fixture
def expired(tmp_path: Path) -> Iterator[str]:
    """The address of a server whose certificate ran out yesterday."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a refused handshake is what we are here for
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_an_expired_certificate_is_said_in_words(session: Session, expired: str) -> None:
    secrets = session.networks.keychain.for_account("mastodon", f"{expired}/@me")
    secrets.replace({"token": "a-token", "account_id": "1"})
    await session.visit.store.do(accounts.add, "mastodon", expired, f"{expired}/@me", "me@localhost", session.now())
    report = await session.catch_up()
    assert report.offline
    (line,) = session.inbox().lines
    assert line == (
        f"The certificate of {expired.removeprefix('https://')} is not valid (it may have expired), "
        "so nothing was sent there. "
        "What you write is kept and goes out later."
    )


async def test_a_thread_of_five_thousand_answers_can_be_opened_and_answered(
    session: Session, mastodon: StartServer
) -> None:
    server = mastodon(MASTODON)
    await enter(session, server)
    top = server.ben.post("Which ink?")
    server.long_thread(top, 5000, server.cy)
    server.ana.post("@me and you?", reply_to=top)
    server.ana.mention(server.me, "something else")
    session.start()
    await session.catch_up()
    assert len(session.inbox().rows) == 2
    row = row_of(session, "and you?")
    await session.open(row.id)
    view = session.conversation(row.id)
    assert any(message.new for message in view.messages)
    assert session.composer(row.id, view.shown).to


@pytest.mark.parametrize("fate", ["suspended", "moved"])
async def test_somebody_who_went_away_costs_the_others_nothing(
    session: Session, mastodon: StartServer, fate: str
) -> None:
    server = mastodon(MASTODON)
    await enter(session, server)
    server.ana.mention(server.me, "hello")
    server.ben.mention(server.me, "hello too")
    await session.catch_up()
    assert len(session.inbox().rows) == 2
    if fate == "suspended":
        server.ana.suspend()
    else:
        server.ana.move_to(server.person("ana@far.example"))
    await session.open(row_of(session, "hello").id)
    await session.catch_up()
    assert [row.text for row in session.inbox().rows if "too" in row.text]
    assert all(account.trouble is None for account in session.accounts())
