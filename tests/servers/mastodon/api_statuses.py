"""Statuses: reading them and their threads, writing, editing, deleting, and keeping a thread quiet."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import islice

from . import markup
from .entities import account_entity, iso, status_entity
from .notices import muted_by
from .state import Account, Poll, Status, World
from .wire import Answer, Refusal, Request, found_or_refused, page, route
from .writing import Draft, boost, delete, edit, favourite, publish, remember

_KEY_LIFE = timedelta(hours=1)
_MOST_BELOW = 4096
_READ, _WRITE, _MUTE, _FAVOURITE = "read:statuses", "write:statuses", "write:mutes", "write:favourites"


@route("POST", "/api/v1/statuses", _WRITE)
def post_status(world: World, request: Request) -> Answer:
    """Publish, once for each Idempotency-Key of the last hour."""
    key = (request.caller.id, request.headers.get("idempotency-key", ""))
    if not world.flavour.idempotency or not key[1]:
        return Answer(status_entity(world, _create(world, request), request.caller))
    running = world.in_flight.get(key)
    if running is not None and not world.flavour.idempotency_race:
        with world.unlocked():
            running.wait()
    known = world.idempotent.get(key)
    if known is not None and world.clock.now() - known[0] < _KEY_LIFE and (status := world.known(known[1])):
        return Answer(status_entity(world, status, request.caller))
    done = world.in_flight[key] = threading.Event()
    try:
        status = _create(world, request)
        world.idempotent[key] = (world.clock.now(), status.id)
    finally:
        done.set()
        world.in_flight.pop(key, None)
    return Answer(status_entity(world, status, request.caller))


@route("GET", "/api/v1/statuses", _READ, feature="batch")
def several_statuses(world: World, request: Request) -> Answer:
    """Several at once; those that are gone are not among them."""
    wanted = (request.params.array("id") or [])[:40]
    found = (world.visible(each, request.viewer) for each in dict.fromkeys(wanted))
    return Answer([status_entity(world, each, request.viewer) for each in found if each is not None])


@route("GET", "/api/v1/statuses/{id}", _READ, needs_token=False)
def one_status(world: World, request: Request) -> Answer:
    return Answer(status_entity(world, _named(world, request), request.viewer))


@route("GET", "/api/v1/statuses/{id}/context", _READ, needs_token=False)
def context(world: World, request: Request) -> Answer:
    """What is above a status, from the top, and below it, branch by branch."""
    status, viewer = _named(world, request), request.viewer
    if viewer is None and world.flavour.gotosocial:
        raise Refusal(401, "no_token")
    most_above, most_below = (_MOST_BELOW, _MOST_BELOW) if viewer is not None else (40, 60)
    above = [each for each in world.ancestors(status)[:most_above] if _in_thread(world, each, viewer)]
    below = (each for each in world.descendants(status) if _in_thread(world, each, viewer))
    answer = Answer(
        {
            "ancestors": [status_entity(world, each, viewer) for each in reversed(above)],
            "descendants": [status_entity(world, each, viewer) for each in islice(below, most_below)],
        }
    )
    refresh = world.refreshes.get(status.id)
    if refresh is not None and not refresh.finished and world.flavour.async_refresh:
        value = f'id="{refresh.id}", retry={refresh.retry}, result_count={refresh.result_count}'
        answer.headers["mastodon-async-refresh"] = value
    return answer


@route("GET", "/api/v1_alpha/async_refreshes/{id}", "read", feature="async_refresh")
def async_refresh(world: World, request: Request) -> Answer:
    found = found_or_refused(next((each for each in world.refreshes.values() if each.id == request["id"]), None))
    state = "finished" if found.finished else "running"
    return Answer({"async_refresh": {"id": found.id, "status": state, "result_count": found.result_count}})


@route("GET", "/api/v1/statuses/{id}/source", _READ)
def source(world: World, request: Request) -> Answer:
    status = _own(world, request)
    return Answer({"id": status.id, "text": status.text, "spoiler_text": status.spoiler_text})


@route("GET", "/api/v1/statuses/{id}/history", _READ, needs_token=False)
def history(world: World, request: Request) -> Answer:
    status = _named(world, request)
    remember(world, status)
    account = account_entity(world, status.account)
    versions = world.history[status.id]
    return Answer([{**each, "created_at": iso(world, each["created_at"]), "account": account} for each in versions])


@route("PUT", "/api/v1/statuses/{id}", _WRITE)
def edit_status(world: World, request: Request) -> Answer:
    status, params = _own(world, request), request.params
    spoiler = params.text("spoiler_text")
    _check_length(world, params.text("status"), spoiler, bool(status.media))
    edit(world, status, params.text("status"), spoiler, params.flag("sensitive"), params.get("language"))
    return Answer(status_entity(world, status, request.caller))


@route("DELETE", "/api/v1/statuses/{id}", _WRITE)
def delete_status(world: World, request: Request) -> Answer:
    status = _own(world, request)
    entity = {**status_entity(world, status, request.caller), "text": status.text}
    delete(world, status)
    return Answer(entity)


@route("POST", "/api/v1/statuses/{id}/mute", _MUTE, feature="thread_mutes")
def mute_status(world: World, request: Request) -> Answer:
    return _set_mute(world, request, on=True)


@route("POST", "/api/v1/statuses/{id}/unmute", _MUTE, feature="thread_mutes")
def unmute_status(world: World, request: Request) -> Answer:
    return _set_mute(world, request, on=False)


@route("POST", "/api/v1/statuses/{id}/favourite", _FAVOURITE)
def favourite_status(world: World, request: Request) -> Answer:
    status = _named(world, request)
    favourite(world, request.caller, status)
    return Answer(status_entity(world, status, request.caller))


@route("POST", "/api/v1/statuses/{id}/unfavourite", _FAVOURITE)
def unfavourite_status(world: World, request: Request) -> Answer:
    status = _named(world, request)
    favourite(world, request.caller, status, on=False)
    return Answer(status_entity(world, status, request.caller))


@route("POST", "/api/v1/statuses/{id}/reblog", _WRITE)
def reblog_status(world: World, request: Request) -> Answer:
    status = _named(world, request)
    if status.visibility == "direct" or (status.visibility == "private" and status.account is not request.caller):
        raise Refusal(403, "forbidden")
    return Answer(status_entity(world, boost(world, request.caller, status), request.caller))


def _create(world: World, request: Request) -> Status:
    author, params = request.caller, request.params
    if author.moved_to is not None:
        raise Refusal(403, "disabled")
    visibility = params.get("visibility") or author.default_visibility
    if visibility not in ("public", "unlisted", "private", "direct"):
        raise Refusal(422, "bad_visibility")
    text, spoiler = params.text("status"), params.text("spoiler_text")
    poll = _poll(world, request)
    _check_length(world, text, spoiler, poll is not None)
    parent = None
    if wanted := params.get("in_reply_to_id"):
        parent = found_or_refused(world.visible(wanted, author), "parent_gone")
    quoted = params.get("quoted_status_id") if world.flavour.quotes else None
    quote = found_or_refused(world.visible(quoted, author)) if quoted else None
    if (gate := world.posting_gate) is not None:
        with world.unlocked():
            gate.pass_through()
    draft = Draft(
        text,
        visibility,
        parent,
        spoiler,
        params.flag("sensitive") or bool(spoiler),
        params.get("language") or author.language,
        poll=poll,
        quote=quote,
    )
    return publish(world, author, draft)


def _poll(world: World, request: Request) -> Poll | None:
    options = request.params.array("poll[options]")
    if not options:
        return None
    life = timedelta(seconds=request.params.number("poll[expires_in]", 3600))
    return Poll(tuple(options), multiple=request.params.flag("poll[multiple]"), expires_at=world.clock.now() + life)


def _check_length(world: World, text: str, spoiler: str, has_more: bool) -> None:
    limit = world.flavour.max_characters
    if not text.strip() and not has_more:
        raise Refusal(422, "blank")
    if markup.length(world.flavour, text) + markup.length(world.flavour, spoiler) > limit:
        raise Refusal(422, "too_long", limit=limit)


def _named(world: World, request: Request) -> Status:
    return found_or_refused(world.visible(request["id"], request.viewer))


def _own(world: World, request: Request) -> Status:
    status = _named(world, request)
    if status.account is not request.viewer:
        raise Refusal(404, "not_found")
    return status


def _in_thread(world: World, status: Status, viewer: Account | None) -> bool:
    """Whether a status is shown in its thread: it may be seen, and is not by somebody whom the viewer has muted."""
    return world.may_see(status, viewer) and (viewer is None or not muted_by(world, viewer, status.account))


def _set_mute(world: World, request: Request, on: bool) -> Answer:
    caller, status = request.caller, _named(world, request)
    if world.flavour.gotosocial and caller is not status.account and caller not in status.mentions:
        raise Refusal(404, "not_found")
    if status.conversation is None:
        raise Refusal(422, "no_conversation")
    change = world.muted_threads.add if on else world.muted_threads.discard
    change((caller.id, status.conversation))
    return Answer(status_entity(world, status, caller))


@route("GET", "/api/v1/accounts/{id}/statuses", _READ, needs_token=False)
def statuses_of_account(world: World, request: Request) -> Answer:
    """What somebody wrote: all of it for themselves."""
    account = found_or_refused(world.accounts.get(request["id"]))
    params = request.params
    found = [
        each
        for each in world.statuses.values()
        if each.account is account
        and not each.unknown
        and world.may_see(each, request.viewer)
        and not (params.flag("exclude_reblogs") and each.reblog_of)
        and not (params.flag("exclude_replies") and each.in_reply_to_id)
    ]
    items, headers = page(request, found, 20, 40)
    return Answer([status_entity(world, each, request.viewer) for each in items], headers=headers)
