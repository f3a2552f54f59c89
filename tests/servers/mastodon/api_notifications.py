"""Notifications, the policy that holds some back, direct conversations and read markers."""

from __future__ import annotations

from .entities import account_entity, iso, notification_entity, status_entity
from .notices import POLICY_DEFAULTS, accept, listed, policy_of, requests_of
from .state import Account, Json, Notification, World
from .wire import Answer, Refusal, Request, found_or_refused, link, page, route

_READ, _WRITE = "read:notifications", "write:notifications"


@route("GET", "/api/v1/notifications", _READ)
def notifications(world: World, request: Request) -> Answer:
    found = listed(world, request.caller, request.params.flag("include_filtered") and world.flavour.policy)
    wanted = [each for each in found if _is_wanted(world, request, each)]
    items, headers = page(request, wanted, world.flavour.default_limit, world.flavour.max_limit)
    return Answer([notification_entity(world, each, request.caller) for each in items], headers=headers)


@route("GET", "/api/v1/notifications/unread_count", _READ, feature="policy")
def unread_count(world: World, request: Request) -> Answer:
    marker = world.markers.get((request.caller.id, "notifications"), {}).get("last_read_id", "")
    found = (each for each in listed(world, request.caller) if _is_wanted(world, request, each))
    return Answer({"count": sum((len(each.id), each.id) > (len(marker), marker) for each in found)})


@route("GET", "/api/v2/notifications/policy", _READ, feature="policy")
def policy(world: World, request: Request) -> Answer:
    return Answer(policy_of(world, request.caller))


@route("PATCH", "/api/v2/notifications/policy", _WRITE, feature="policy")
def change_policy(world: World, request: Request) -> Answer:
    changed = {name: value for name in POLICY_DEFAULTS if (value := request.params.get(name)) is not None}
    world.policies[request.caller.id].update(changed)
    return Answer(policy_of(world, request.caller))


@route("GET", "/api/v1/notifications/requests", _READ, feature="policy")
def requests(world: World, request: Request) -> Answer:
    held = requests_of(world, request.caller)
    newest_first = sorted(held.items(), key=lambda item: item[1][-1].created_at, reverse=True)
    return Answer([_request_entity(world, request.caller, *each) for each in newest_first])


@route("GET", "/api/v1/notifications/requests/merged", _READ, feature="policy")
def merged(world: World, request: Request) -> Answer:
    return Answer({"merged": True})


@route("GET", "/api/v1/notifications/requests/{id}", _READ, feature="policy")
def one_request(world: World, request: Request) -> Answer:
    sender = _requester(world, request)
    return Answer(_request_entity(world, request.caller, sender, requests_of(world, request.caller)[sender]))


@route("POST", "/api/v1/notifications/requests/{id}/accept", _WRITE, feature="policy")
def accept_request(world: World, request: Request) -> Answer:
    accept(world, request.caller, _requester(world, request))
    return Answer({})


@route("POST", "/api/v1/notifications/requests/{id}/dismiss", _WRITE, feature="policy")
def dismiss_request(world: World, request: Request) -> Answer:
    world.dismissed_requests.add((request.caller.id, _requester(world, request).id))
    return Answer({})


@route("GET", "/api/v1/notifications/{id}", _READ)
def one_notification(world: World, request: Request) -> Answer:
    found = listed(world, request.caller, include_filtered=True)
    wanted = found_or_refused(next((each for each in found if each.id == request["id"]), None))
    return Answer(notification_entity(world, wanted, request.caller))


@route("GET", "/api/v1/conversations", "read:statuses")
def conversations(world: World, request: Request) -> Answer:
    """Direct conversations, the one with the newest status first; only the Link header leads on."""
    mine = [(key, entry) for key, entry in world.direct.items() if key[0] == request.caller.id]
    newest_first = sorted(mine, key=lambda item: (len(item[1]["last"]), item[1]["last"]), reverse=True)
    below = request.params.get("max_id")
    after = [item for item in newest_first if below is None or item[1]["last"] < below]
    cut = after[: min(request.params.number("limit", 20), 40)]
    headers = (
        link(request, {"next": ("max_id", cut[-1][1]["last"]), "prev": ("min_id", cut[0][1]["last"])}) if cut else {}
    )
    return Answer([_conversation(world, request.caller, key[2], entry) for key, entry in cut], headers=headers)


@route("POST", "/api/v1/conversations/{id}/read", "write:conversations")
def read_conversation(world: World, request: Request) -> Answer:
    for key, entry in world.direct.items():
        if key[0] == request.caller.id and entry["id"] == request["id"]:
            entry["unread"] = False
            return Answer(_conversation(world, request.caller, key[2], entry))
    raise Refusal(404, "not_found")


@route("GET", "/api/v1/markers", "read:statuses", feature="markers")
def markers(world: World, request: Request) -> Answer:
    wanted = request.params.array("timeline") or []
    found = {name: world.markers.get((request.caller.id, name)) for name in wanted}
    return Answer({name: marker for name, marker in found.items() if marker is not None})


@route("POST", "/api/v1/markers", "write:statuses", feature="markers")
def move_markers(world: World, request: Request) -> Answer:
    moved: Json = {}
    for name in ("home", "notifications"):
        last = request.params.get(f"{name}[last_read_id]")
        if last is None:
            continue
        version = world.markers.get((request.caller.id, name), {"version": -1})["version"] + 1
        marker = {"last_read_id": last, "version": version, "updated_at": iso(world, world.clock.now())}
        moved[name] = world.markers[request.caller.id, name] = marker
    return Answer(moved)


def _is_wanted(world: World, request: Request, notification: Notification) -> bool:
    """Whether a notification is of the types asked for, as this kind of server understands the question."""
    params, known = request.params, world.flavour.types
    if world.flavour.honours_account_id and params.get("account_id") not in (None, notification.sender.id):
        return False
    if notification.stray:
        return True
    if notification.type in (params.array("exclude_types") or []):
        return False
    types = params.array("types")
    if types is None:
        return True
    # Mastodon answers a question about unknown types only with nothing; GoToSocial answers it with everything.
    asked = known.intersection(types)
    return notification.type in asked or (world.flavour.gotosocial and not asked)


def _request_entity(world: World, owner: Account, sender: Account, held: list[Notification]) -> Json:
    last = world.known(held[-1].status_id)
    return {
        "id": sender.id,
        "created_at": iso(world, held[0].created_at),
        "updated_at": iso(world, held[-1].created_at),
        "notifications_count": str(len(held)),
        "account": account_entity(world, sender),
        "last_status": status_entity(world, last, owner) if last else None,
    }


def _requester(world: World, request: Request) -> Account:
    held = requests_of(world, request.caller)
    return found_or_refused(next((sender for sender in held if sender.id == request["id"]), None))


def _conversation(world: World, owner: Account, others: frozenset[str], entry: Json) -> Json:
    last = None if entry["lost"] else world.visible(entry["last"], owner)
    return {
        "id": entry["id"],
        "unread": entry["unread"],
        "accounts": [account_entity(world, world.accounts[each]) for each in sorted(others)],
        "last_status": status_entity(world, last, owner) if last else None,
    }
