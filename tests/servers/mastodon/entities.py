"""The API's JSON objects."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from . import markup
from .state import Account, Json, Notification, Status, World


def iso(world: World, moment: datetime) -> str:
    """A moment as the server writes it: GoToSocial knows whole seconds."""
    if world.flavour.gotosocial:
        moment = moment.replace(microsecond=0)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def account_entity(world: World, account: Account) -> Json:
    """An Account; of a suspended one hardly more than the name is left."""
    name = "" if account.suspended else account.display_name
    picture = f"{world.url}/avatars/original/missing.png"
    entity: Json = {
        "id": account.id,
        "username": account.username,
        "acct": account.acct,
        "display_name": name,
        "locked": account.locked,
        "bot": account.bot,
        "discoverable": True,
        "group": False,
        "created_at": account.created_at.date().isoformat() + "T00:00:00.000Z",
        "note": "",
        "url": account.url,
        "uri": account.uri,
        "avatar": picture,
        "avatar_static": picture,
        "header": picture,
        "header_static": picture,
        "followers_count": 3,
        "following_count": 4,
        "statuses_count": 5,
        "last_status_at": account.created_at.date().isoformat(),
        "emojis": _emojis(world, name),
        "fields": [],
    }
    if account.suspended:
        entity["suspended"] = True
    if account.moved_to is not None:
        entity["moved"] = account_entity(world, world.accounts[account.moved_to])
    return entity


def own_account_entity(world: World, account: Account) -> Json:
    """A CredentialAccount."""
    source = {
        "privacy": account.default_visibility,
        "sensitive": False,
        "language": account.language,
        "note": "",
        "fields": [],
        "follow_requests_count": 0,
    }
    role = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False}
    return {**account_entity(world, account), "source": source, "role": role}


def status_entity(world: World, status: Status, viewer: Account | None, depth: int = 0) -> Json:
    """A Status as somebody sees it."""
    boosted = world.known(status.reblog_of)
    entity: Json = {
        "id": status.id,
        "created_at": iso(world, status.created_at),
        "in_reply_to_id": world.parent_id(status),
        "in_reply_to_account_id": status.in_reply_to_account_id if world.parent_id(status) else None,
        "sensitive": status.sensitive,
        "spoiler_text": status.spoiler_text,
        "visibility": status.visibility,
        "language": status.language,
        "uri": status.uri,
        "url": status.url,
        "replies_count": _answers(world, status),
        "reblogs_count": len(status.reblogged_by),
        "favourites_count": len(status.favourited_by),
        "edited_at": iso(world, status.edited_at) if status.edited_at else None,
        "content": status.content,
        "reblog": status_entity(world, boosted, viewer, depth) if boosted else None,
        "application": {"name": "Web", "website": None} if status.account.domain is None else None,
        "account": account_entity(world, status.account),
        "media_attachments": status_media(world, status),
        "mentions": [_mention(each) for each in status.mentions],
        "tags": [{"name": tag, "url": f"{world.url}/tags/{tag.casefold()}"} for tag in status.tags],
        "emojis": _emojis(world, status.text + status.spoiler_text),
        "card": _card(status),
        "poll": poll_entity(world, status),
    }
    if world.flavour.gotosocial:
        entity |= {"text": status.text, "content_type": "text/plain", "interaction_policy": {}}
    if world.flavour.quotes:
        entity |= {"quote": _quote(world, status, viewer, depth), "quotes_count": 0}
        entity["quote_approval"] = {"automatic": ["public"], "manual": [], "current_user": "automatic"}
    if viewer is not None:
        entity |= _as_seen_by(world, status, viewer)
    return entity


def _answers(world: World, status: Status) -> int:
    """How many answers the server counts: Mastodon those that everybody can read."""
    below = [world.statuses[each] for each in world.children.get(status.id, ())]
    return sum(world.flavour.gotosocial or each.visibility in ("public", "unlisted") for each in below)


def notification_entity(world: World, notification: Notification, viewer: Account) -> Json:
    """A Notification."""
    entity: Json = {
        "id": notification.id,
        "type": notification.type,
        "created_at": iso(world, notification.created_at),
        "account": account_entity(world, notification.sender),
    }
    if world.flavour.policy:
        entity["group_key"] = f"ungrouped-{notification.id}"
    if notification.filtered:
        entity["filtered"] = True
    status = world.known(notification.status_id)
    if status is not None:
        entity["status"] = status_entity(world, status, viewer)
    elif notification.type != "follow":
        entity["status"] = None
    return entity


def poll_entity(world: World, status: Status) -> Json | None:
    """A status' Poll, if it has one."""
    poll = status.poll
    if poll is None:
        return None
    votes = poll.votes or (0,) * len(poll.options)
    return {
        "id": status.id,
        "expires_at": iso(world, poll.expires_at) if poll.expires_at else None,
        "expired": poll.expires_at is not None and poll.expires_at <= world.clock.now(),
        "multiple": poll.multiple,
        "votes_count": sum(votes),
        "voters_count": sum(votes),
        "options": [{"title": title, "votes_count": count} for title, count in zip(poll.options, votes, strict=True)],
        "emojis": [],
        "voted": False,
        "own_votes": [],
    }


def status_media(world: World, status: Status) -> list[Json]:
    """A status' MediaAttachments."""
    return [
        {
            "id": media_id,
            "type": media.type,
            "url": f"{world.url}/media/{media_id}.png",
            "preview_url": f"{world.url}/media/{media_id}.png",
            "remote_url": None,
            "meta": {},
            "description": markup.alt_of(world.flavour, media.description),
            "blurhash": None,
        }
        for media_id, media in status.media
    ]


def _as_seen_by(world: World, status: Status, viewer: Account) -> Json:
    muted = status.conversation is not None and (viewer.id, status.conversation) in world.muted_threads
    seen: Json = {
        "favourited": viewer.id in status.favourited_by,
        "reblogged": viewer.id in status.reblogged_by,
        "muted": muted,
        "bookmarked": False,
    }
    if world.flavour.filters:
        seen["filtered"] = [] if viewer is status.account else _filtered(world, status, viewer)
    return seen


def _filtered(world: World, status: Status, viewer: Account) -> list[Json]:
    said = f"{status.spoiler_text} {status.text}".casefold()
    return [
        {
            "filter": {
                "id": each.id,
                "title": each.title,
                "context": ["home", "notifications", "public", "thread", "account"],
                "expires_at": None,
                "filter_action": each.action,
            },
            "keyword_matches": [each.phrase],
            "status_matches": None,
        }
        for each in world.filters[viewer.id]
        if each.phrase.casefold() in said
    ]


def _quote(world: World, status: Status, viewer: Account | None, depth: int) -> Json | None:
    quote = status.quote
    if quote is None:
        return None
    quoted = world.visible(quote.status_id, viewer)
    state = quote.state
    if state == "accepted" and quoted is None:
        state = "unauthorized"
    elif quoted is not None and viewer is not None:
        pair = (viewer.id, quoted.account.id)
        state = "blocked_account" if pair in world.blocks else "muted_account" if pair in world.mutes else state
    shown = quoted if state in ("accepted", "blocked_account", "blocked_domain", "muted_account") else None
    # One quote deep a status is spelled out, below that only its id.
    if depth:
        return {"state": state, "quoted_status_id": shown.id if shown else None}
    return {"state": state, "quoted_status": status_entity(world, shown, viewer, depth + 1) if shown else None}


def _mention(account: Account) -> Json:
    return {"id": account.id, "username": account.username, "url": account.url, "acct": account.acct}


def _card(status: Status) -> Json | None:
    card = status.card
    if card is None:
        return None
    return {
        "url": card.url,
        "title": card.title,
        "description": card.description,
        "language": "en",
        "type": "link",
        "author_name": "",
        "author_url": "",
        "provider_name": card.provider_name,
        "provider_url": "",
        "html": "",
        "width": 0,
        "height": 0,
        "image": None,
        "image_description": "",
        "embed_url": "",
        "blurhash": None,
        "published_at": None,
        "authors": [],
    }


def _emojis(world: World, text: str) -> list[Json]:
    names = [name for name in dict.fromkeys(re.findall(r":(\w+):", text)) if name in world.emojis]
    picture = f"{world.url}/emoji"
    return [
        {
            "shortcode": name,
            "url": f"{picture}/{name}.png",
            "static_url": f"{picture}/{name}.png",
            "visible_in_picker": True,
        }
        for name in names
    ]
