"""Requests, answers and refusals, and the table of routes, which the modules of the API fill."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode

from .state import Account, World

_WORDS = {
    "blank": {
        "en": "Validation failed: Text can't be blank",
        "de": "Überprüfung fehlgeschlagen: Text muss ausgefüllt werden",
        "ja": "バリデーションに失敗しました: 本文を入力してください",
    },
    "too_long": {
        "en": "Validation failed: Text character limit of {limit} exceeded",
        "de": "Überprüfung fehlgeschlagen: Text Zeichenlimit von {limit} überschritten",
        "ja": "バリデーションに失敗しました: 本文は{limit}文字までです",
    },
    "no_conversation": {"en": "Validation failed", "de": "Überprüfung fehlgeschlagen"},
    "bad_visibility": {"en": "Validation failed: Visibility is not included in the list"},
    "bad_scopes": {"en": "Validation failed: Scopes doesn't match configured on the server."},
    "no_redirect": {"en": "Validation failed: Redirect URI can't be blank"},
    "parent_gone": {"en": "The post you are trying to reply to does not appear to exist."},
    "not_found": {"en": "Record not found"},
    "no_route": {"en": "Not Found"},
    "no_token": {"en": "This method requires an authenticated user"},
    "bad_token": {"en": "The access token is invalid", "de": "Der Zugriffs-Token ist ungültig"},
    "revoked": {
        "en": "The access token was revoked",
        "de": "Der Zugriffs-Token wurde annulliert",
        "ja": "アクセストークンは取り消されました",
    },
    "scope": {"en": "This action is outside the authorized scopes"},
    "disabled": {"en": "Your login is currently disabled"},
    "forbidden": {"en": "This action is not allowed"},
    "throttled": {"en": "Too many requests"},
}
_GOTOSOCIAL_WORDS = {
    "blank": "Bad Request: status, media and poll all empty",
    "too_long": "Bad Request: text with spoiler exceed max chars ({limit})",
    "bad_scopes": "Bad Request: requested scopes not permitted",
    "parent_gone": "Not Found: target status not found",
    "not_found": "Not Found: target status not found",
    "no_route": "Not Found: 404 page not found",
    "no_token": "Unauthorized: token not supplied",
    "bad_token": "Unauthorized: token not supplied",
    "revoked": "Unauthorized: token not supplied",
    "no_conversation": "Bad Request: status has no thread",
    "disabled": "Forbidden: account is suspended or has moved",
    "forbidden": "Forbidden: you do not have permission",
    "throttled": "Too Many Requests: rate limit exceeded",
    "scope": "Forbidden: token has insufficient scope permission",
}


class Refusal(Exception):
    """An error as the API answers it, worded by the server's kind and language."""

    def __init__(self, status: int, word: str, **values: object) -> None:
        super().__init__(word)
        self.status = status
        self.word = word
        self.values = values

    def answer(self, world: World) -> Answer:
        status, headers = self.status, {}
        if world.flavour.gotosocial:
            words = _GOTOSOCIAL_WORDS.get(self.word) or f"Bad Request: {self.word}"
            status = 400 if status == 422 else status
        else:
            words = _WORDS[self.word].get(world.locale) or _WORDS[self.word]["en"]
            if status == 401 and self.word != "no_token":
                realm = 'Bearer realm="Doorkeeper", error="invalid_token"'
                headers["www-authenticate"] = realm
        return Answer({"error": words.format(**self.values)}, status, headers)


@dataclass
class Answer:
    """What goes back: `body` is bytes as they are, text as HTML or plain text, anything else as JSON."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False).encode()


class Params:
    """The parameters of a request, from its address and its body. `a[]=1&a[]=2` is an array, and `a=1` is none."""

    def __init__(self, query: str, body: bytes = b"", content_type: str = "") -> None:
        self._single: dict[str, str] = {}
        self._arrays: dict[str, list[str]] = {}
        self._take(parse_qsl(query, keep_blank_values=True))
        if "json" in content_type and body:
            self._flatten("", json.loads(body))
        elif "x-www-form-urlencoded" in content_type:
            self._take(parse_qsl(body.decode(), keep_blank_values=True))

    def get(self, name: str) -> str | None:
        return self._single.get(name)

    def text(self, name: str) -> str:
        return self._single.get(name, "")

    def array(self, name: str) -> list[str] | None:
        """The values of an array, or None where nobody sent one."""
        return self._arrays.get(name)

    def flag(self, name: str) -> bool:
        return self._single.get(name, "").casefold() in ("1", "true", "on", "yes")

    def number(self, name: str, default: int) -> int:
        value = self._single.get(name, "")
        return int(value) if value.isdecimal() else default

    def encoded(self, without: Sequence[str]) -> list[tuple[str, str]]:
        """All of them but some, to be put into an address."""
        kept = [(name, value) for name, value in self._single.items() if name not in without]
        return [*kept, *((f"{name}[]", value) for name, values in self._arrays.items() for value in values)]

    def _take(self, pairs: Sequence[tuple[str, str]]) -> None:
        for name, value in pairs:
            if name.endswith("[]"):
                self._arrays.setdefault(name[:-2], []).append(value)
            else:
                self._single[name] = value

    def _flatten(self, prefix: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                self._flatten(f"{prefix}[{name}]" if prefix else name, inner)
        elif isinstance(value, list):
            self._arrays[prefix] = [str(each) for each in value]
        elif value is not None:
            self._single[prefix] = str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class Request:
    """A request that got as far as a route."""

    path: str
    params: Params
    headers: Mapping[str, str]
    address: str
    """The server's own, as the client wrote it."""
    arguments: dict[str, str]
    viewer: Account | None
    scopes: frozenset[str]

    @property
    def caller(self) -> Account:
        """The account that asks, on a route that needs one."""
        if self.viewer is None:
            raise Refusal(401, "no_token")
        return self.viewer

    def __getitem__(self, name: str) -> str:
        return self.arguments[name]


Handler = Callable[[World, Request], Answer]
_Handler = TypeVar("_Handler", bound=Handler)


@dataclass(frozen=True)
class Route:
    """A method and a path, who may use it, and on which kinds of server it is."""

    method: str
    pattern: re.Pattern[str]
    scopes: tuple[str, ...]
    """Any of them suffices."""
    needs_token: bool
    feature: str | None
    handler: Handler


ROUTES: list[Route] = []


def route(
    method: str, path: str, *scopes: str, needs_token: bool = True, feature: str | None = None
) -> Callable[[_Handler], _Handler]:
    """Put a handler into the table; `feature` is the name of what a `Flavour` must have."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def add(handler: _Handler) -> _Handler:
        ROUTES.append(Route(method, pattern, scopes, needs_token, feature, handler))
        return handler

    return add


class HasId(Protocol):
    """Something that can be listed page by page."""

    id: str


_Item = TypeVar("_Item", bound=HasId)
_Found = TypeVar("_Found")


def page(request: Request, items: Sequence[_Item], default: int, most: int) -> tuple[list[_Item], dict[str, str]]:
    """Cut a page out of items, oldest first; return it newest first, with the header that leads to its neighbours."""
    params = request.params
    limit = min(params.number("limit", default) or default, most)
    below, above, least = params.get("max_id"), params.get("since_id"), params.get("min_id")
    found = [
        each
        for each in items
        if (below is None or _order(each.id) < _order(below))
        and (above is None or _order(each.id) > _order(above))
        and (least is None or _order(each.id) > _order(least))
    ]
    found.sort(key=lambda each: _order(each.id))
    # min_id asks for what comes next after it, the others for the newest.
    cut = found[:limit] if least is not None else found[-limit:]
    newest_first = cut[::-1]
    if not newest_first:
        return [], {}
    return newest_first, link(
        request, {"next": ("max_id", newest_first[-1].id), "prev": ("min_id", newest_first[0].id)}
    )


def link(request: Request, places: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The Link header."""
    kept = request.params.encoded(without=("max_id", "since_id", "min_id"))
    links = [
        f'<{request.address}{request.path}?{urlencode([*kept, place])}>; rel="{name}"' for name, place in places.items()
    ]
    return {"link": ", ".join(links)}


def _order(an_id: str) -> tuple[int, str]:
    return len(an_id), an_id


def found_or_refused(found: _Found | None, word: str = "not_found") -> _Found:
    """The thing itself, or a 404."""
    if found is None:
        raise Refusal(404, word)
    return found


def dispatch(world: World, method: str, path: str, params: Params, headers: Mapping[str, str], address: str) -> Answer:
    """Answer a request; a slash at the end of its path changes nothing."""
    path = path.rstrip("/")
    other_methods = False
    for each in ROUTES:
        match = each.pattern.fullmatch(path)
        if match is None or (each.feature and not getattr(world.flavour, each.feature)):
            continue
        if each.method != method:
            other_methods = True
            continue
        viewer, scopes = _authenticate(world, headers, each)
        request = Request(path, params, headers, address, match.groupdict(), viewer, scopes)
        return each.handler(world, request)
    if other_methods and world.flavour.gotosocial:
        return Answer("405 method not allowed", 405, content_type="text/plain; charset=utf-8")
    raise Refusal(404, "no_route")


def covers(granted: frozenset[str], scope: str) -> bool:
    """Whether granted scopes include one, perhaps in a broader one."""
    return scope in granted or scope.partition(":")[0] in granted


def _authenticate(world: World, headers: Mapping[str, str], wanted: Route) -> tuple[Account | None, frozenset[str]]:
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "bearer":
        if wanted.needs_token:
            raise Refusal(401, "no_token")
        return None, frozenset()
    if not wanted.needs_token and not wanted.scopes:
        return None, frozenset()
    token = world.tokens.get(secret)
    if token is None:
        raise Refusal(401, "bad_token")
    if token.revoked:
        raise Refusal(401, "revoked")
    if wanted.scopes and not any(covers(token.scopes, scope) for scope in wanted.scopes):
        raise Refusal(403, "scope")
    if token.account is None and wanted.needs_token:
        raise Refusal(401, "no_token")
    if token.account is not None and token.account.suspended:
        raise Refusal(403, "disabled")
    return token.account, token.scopes
