"""Accounts, relationships, mutes and blocks of people, preferences, and what the server says about itself."""

from __future__ import annotations

from .entities import account_entity, own_account_entity
from .state import Account, Json, World
from .wire import Answer, Refusal, Request, found_or_refused, route
from .writing import block

_READ, _MUTE, _BLOCK = "read:accounts", "write:mutes", "write:blocks"


@route("GET", "/api/v1/accounts/verify_credentials", _READ, "profile")
def verify_credentials(world: World, request: Request) -> Answer:
    return Answer(own_account_entity(world, request.caller))


@route("GET", "/api/v1/accounts/relationships", "read:follows")
def relationships(world: World, request: Request) -> Answer:
    wanted = request.params.array("id") or []
    found = (world.accounts.get(each) for each in wanted)
    return Answer([_relationship(world, request.caller, each) for each in found if each is not None])


@route("GET", "/api/v1/accounts/lookup", _READ, needs_token=False)
def lookup(world: World, request: Request) -> Answer:
    found = world.account_named(request.params.text("acct").removeprefix("@"))
    return Answer(account_entity(world, found_or_refused(found)))


@route("GET", "/api/v1/accounts", _READ, feature="batch")
def several_accounts(world: World, request: Request) -> Answer:
    found = (world.accounts.get(each) for each in request.params.array("id") or [])
    return Answer([account_entity(world, each) for each in found if each is not None])


@route("GET", "/api/v1/accounts/{id}", _READ, needs_token=False)
def one_account(world: World, request: Request) -> Answer:
    return Answer(account_entity(world, _named(world, request)))


@route("POST", "/api/v1/accounts/{id}/mute", _MUTE)
def mute_account(world: World, request: Request) -> Answer:
    other = _other(world, request)
    everything = request.params.get("notifications") is None or request.params.flag("notifications")
    world.mutes[request.caller.id, other.id] = everything
    return Answer(_relationship(world, request.caller, other))


@route("POST", "/api/v1/accounts/{id}/unmute", _MUTE)
def unmute_account(world: World, request: Request) -> Answer:
    other = _other(world, request)
    world.mutes.pop((request.caller.id, other.id), None)
    return Answer(_relationship(world, request.caller, other))


@route("POST", "/api/v1/accounts/{id}/block", _BLOCK)
def block_account(world: World, request: Request) -> Answer:
    other = _other(world, request)
    block(world, request.caller, other)
    return Answer(_relationship(world, request.caller, other))


@route("POST", "/api/v1/accounts/{id}/unblock", _BLOCK)
def unblock_account(world: World, request: Request) -> Answer:
    other = _other(world, request)
    world.blocks.discard((request.caller.id, other.id))
    return Answer(_relationship(world, request.caller, other))


@route("GET", "/api/v1/preferences", _READ)
def preferences(world: World, request: Request) -> Answer:
    return Answer(
        {
            "posting:default:visibility": request.caller.default_visibility,
            "posting:default:sensitive": False,
            "posting:default:language": request.caller.language,
            "reading:expand:media": "default",
            "reading:expand:spoilers": False,
            "reading:autoplay:gifs": False,
        }
    )


@route("GET", "/api/v2/instance", needs_token=False, feature="instance_v2")
def instance_v2(world: World, request: Request) -> Answer:
    entity: Json = {
        "domain": world.domain,
        "title": "A small server",
        "version": world.flavour.version,
        "source_url": "https://server.example/source",
        "description": "",
        "usage": {"users": {"active_month": 4}},
        "thumbnail": {"url": f"{world.url}/thumbnail.png"},
        "languages": ["en"],
        "configuration": {**_configuration(world), "urls": {"streaming": world.url.replace("http", "ws", 1)}},
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "contact": {"email": "staff@server.example", "account": None},
        "rules": [],
    }
    if world.flavour.api_version is not None:
        entity["api_versions"] = {"mastodon": world.flavour.api_version}
    return Answer(entity)


@route("GET", "/api/v1/instance", needs_token=False)
def instance_v1(world: World, request: Request) -> Answer:
    entity = {
        "uri": world.domain,
        "title": "A small server",
        "short_description": "",
        "description": "",
        "email": "staff@server.example",
        "version": world.flavour.version,
        "urls": {"streaming_api": world.url.replace("http", "ws", 1)},
        "stats": {"user_count": 4, "status_count": len(world.statuses), "domain_count": 1},
        "thumbnail": f"{world.url}/thumbnail.png",
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": _configuration(world),
        "contact_account": None,
        "rules": [],
    }
    if world.flavour.gotosocial:
        entity["max_toot_chars"] = world.flavour.max_characters
    return Answer(entity)


@route("GET", "/media/{name}", needs_token=False)
def media_file(world: World, request: Request) -> Answer:
    media = found_or_refused(world.media.get(request["name"].partition(".")[0]))
    return Answer(media.content, content_type="image/png")


def _configuration(world: World) -> Json:
    return {
        "statuses": {
            "max_characters": world.flavour.max_characters,
            "max_media_attachments": 4,
            "characters_reserved_per_url": world.flavour.reserved_per_url,
        },
        "media_attachments": {"supported_mime_types": ["image/png"], "image_size_limit": 16_777_216},
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
    }


def _named(world: World, request: Request) -> Account:
    return found_or_refused(world.accounts.get(request["id"]))


def _other(world: World, request: Request) -> Account:
    account = _named(world, request)
    if account is request.caller:
        raise Refusal(403, "forbidden")
    return account


def _relationship(world: World, owner: Account, other: Account) -> Json:
    pair, back = (owner.id, other.id), (other.id, owner.id)
    return {
        "id": other.id,
        "following": pair in world.follows,
        "showing_reblogs": pair in world.follows,
        "notifying": False,
        "languages": None,
        "followed_by": back in world.follows,
        "blocking": pair in world.blocks,
        "blocked_by": back in world.blocks,
        "muting": pair in world.mutes,
        "muting_notifications": world.mutes.get(pair, False),
        "requested": False,
        "requested_by": False,
        "domain_blocking": False,
        "endorsed": False,
        "note": "",
    }
