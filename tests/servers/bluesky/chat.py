"""A stand-in for Bluesky's chat service, chat.bsky.convo, of which there is no open source.

It works behind the PDS: a client sends `atproto-proxy: <service_id>`, and the PDS calls here with a service token. The
token's audience and method are checked; its signature is not, because only the PDS on this machine calls.
"""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .chat_state import ChatError, ChatState, Member
from .people import Json, Person

_PREFIX = "chat.bsky.convo."


@dataclass(frozen=True)
class ChatCall:
    """A call which the service was asked to do, and by whom."""

    caller: str
    method: str
    params: dict[str, list[str]]
    body: Json


class ChatServer:
    """The chat service on a loopback port of its own."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._state = ChatState()
        self._calls: list[ChatCall] = []
        self._refusals: list[tuple[str, ChatError]] = []
        self._server = _Server(self)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> ChatServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def did(self) -> str:
        """The service's DID."""
        return f"did:web:localhost%3A{self._port}"

    @property
    def service_id(self) -> str:
        """The value of the header `atproto-proxy`."""
        return f"{self.did}#bsky_chat"

    @property
    def calls(self) -> list[ChatCall]:
        """What was asked since the start or the last `reset`, oldest first."""
        with self._lock:
            return list(self._calls)

    def methods(self) -> list[str]:
        """Return the calls' names without their prefix: ["listConvos", "acceptConvo"]."""
        return [call.method.removeprefix(_PREFIX) for call in self.calls]

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Forget all conversations, calls and refusals."""
        with self._lock:
            self._state = ChatState()
            self._calls.clear()
            self._refusals.clear()

    def register(self, *people: Person) -> None:
        """Make people known as possible members, before anybody asks for a conversation with them."""
        with self._lock:
            for person in people:
                self._state.register(person.did, person.handle)

    def start_convo(self, *people: Person, accepted: bool = True, group_name: str | None = None) -> str:
        """Open a conversation by the first person, a request to the others unless accepted, and return its id."""
        with self._lock:
            self.register(*people)
            convo = self._state.create([person.did for person in people], group_name)
            for did in convo.members:
                convo.members[did].accepted = accepted or did == people[0].did
            return convo.id

    def say(self, convo_id: str, sender: Person, text: str) -> str:
        """Let somebody write a message and return its id."""
        with self._lock:
            return self._state.send(self._state.convos[convo_id], sender.did, {"text": text}).id

    def delete_message(self, convo_id: str, message_id: str) -> None:
        """Turn a message into a deleted one."""
        with self._lock:
            self._state.delete(self._state.convos[convo_id], message_id)

    def texts(self, convo_id: str) -> list[str]:
        """Return the texts of a conversation, oldest first."""
        with self._lock:
            return [message.content["text"] for message in self._state.convos[convo_id].messages]

    def is_accepted(self, convo_id: str, person: Person) -> bool:
        """Say whether the conversation is past being a request for somebody."""
        return self._member(convo_id, person).accepted

    def is_muted(self, convo_id: str, person: Person) -> bool:
        """Say whether somebody has muted the conversation."""
        return self._member(convo_id, person).muted

    def unread_count(self, convo_id: str, person: Person) -> int:
        """Return how many messages somebody has not read."""
        with self._lock:
            return self._state.convos[convo_id].unread_count(person.did)

    def refuse_next(self, method: str, status: int, error: str) -> None:
        """Refuse the next call of a method, such as sendMessage with 400 ConvoLocked."""
        with self._lock:
            self._refusals.append((method, ChatError(error, status)))

    def _member(self, convo_id: str, person: Person) -> Member:
        with self._lock:
            return self._state.convos[convo_id].members[person.did]

    def _call(self, call: ChatCall) -> Json:
        with self._lock:
            self._calls.append(call)
            name = call.method.removeprefix(_PREFIX)
            for index, (refused, error) in enumerate(self._refusals):
                if refused == name:
                    del self._refusals[index]
                    raise error
            return self._state.call(name, call.caller, call.params, call.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, chat: ChatServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.chat = chat


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/did.json":
            self._answer(200, self._did_document())
            return
        method = parts.path.removeprefix("/xrpc/")
        try:
            call = ChatCall(self._caller(method), method, parse_qs(parts.query), json.loads(body or b"{}"))
            self._answer(200, self.server.chat._call(call))
        except ChatError as refusal:
            self._answer(refusal.status, {"error": refusal.error, "message": str(refusal)})

    def _did_document(self) -> Json:
        chat = self.server.chat
        endpoint = f"http://localhost:{self.server.server_address[1]}"
        service = {"id": "#bsky_chat", "type": "BskyChatService", "serviceEndpoint": endpoint}
        return {"@context": ["https://www.w3.org/ns/did/v1"], "id": chat.did, "service": [service]}

    def _caller(self, method: str) -> str:
        try:
            payload = self.headers["authorization"].removeprefix("Bearer ").split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            # Some versions of the PDS put the service's name behind its DID.
            if claims["aud"].partition("#")[0] != self.server.chat.did or claims["lxm"] != method:
                raise ChatError("BadJwtAudience", 401)
            return str(claims["iss"])
        except (AttributeError, LookupError, ValueError) as error:
            raise ChatError("AuthMissing", 401) from error

    def _answer(self, status: int, content: Json) -> None:
        encoded = json.dumps(content).encode()
        self.send_response_only(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    do_GET = do_POST = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the calls are recorded."""
