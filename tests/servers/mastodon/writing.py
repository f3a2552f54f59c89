"""Writing, editing, deleting and the small gestures, for the API and for the people of the tests alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from . import markup
from .entities import poll_entity, status_media
from .notices import deliver_direct, notify
from .state import Account, Card, Media, Poll, Quote, Status, World


@dataclass(frozen=True)
class Draft:
    """What somebody is about to publish."""

    text: str
    visibility: str = "public"
    reply_to: Status | None = None
    spoiler_text: str = ""
    sensitive: bool = False
    language: str | None = "en"
    media: Sequence[Media] = ()
    poll: Poll | None = None
    card: Card | None = None
    quote: Status | None = None
    quote_state: str = "accepted"
    uri: str | None = None
    url: str | None = None
    at: datetime | None = None


def publish(world: World, author: Account, draft: Draft) -> Status:
    """Publish a status, and tell whoever it names or quotes."""
    moment = draft.at or world.clock.now()
    new_id = world.ids.at(moment)
    parent, quoted = draft.reply_to, draft.quote if world.flavour.quotes else None
    status = Status(
        id=new_id,
        account=author,
        text=draft.text,
        content=markup.content_of(world, draft.text, draft.quote.url if draft.quote else None),
        visibility=draft.visibility,
        created_at=moment,
        uri=draft.uri or f"{author.uri}/statuses/{new_id}",
        url=draft.url or f"{author.url}{'/statuses' if world.flavour.gotosocial else ''}/{new_id}",
        conversation=parent.conversation if parent else next(world.conversations),
        spoiler_text=markup.warning_of(world.flavour, draft.spoiler_text),
        sensitive=draft.sensitive,
        language=draft.language,
        in_reply_to_id=parent.id if parent else None,
        in_reply_to_account_id=parent.account.id if parent else None,
        mentions=markup.mentioned(world, draft.text),
        tags=markup.hashtags(draft.text),
        media=_store(world, moment, draft.media),
        poll=draft.poll,
        card=draft.card,
        quote=Quote(quoted.id, draft.quote_state) if quoted else None,
    )
    world.statuses[status.id] = status
    if parent:
        world.children[parent.id].append(status.id)
    for named in status.mentions:
        notify(world, named, author, "mention", status)
    if quoted and draft.quote_state == "accepted":
        notify(world, quoted.account, author, "quote", status)
    if status.visibility == "direct":
        deliver_direct(world, status)
    return status


def edit(
    world: World,
    status: Status,
    text: str,
    spoiler_text: str | None = None,
    sensitive: bool | None = None,
    language: str | None = None,
) -> Status:
    """Change what a status says; whoever is newly named hears of it."""
    remember(world, status)
    before = set(status.mentions)
    quoted = world.known(status.quote.status_id) if status.quote else None
    status.text, status.content = text, markup.content_of(world, text, quoted.url if quoted else None)
    status.mentions, status.tags = markup.mentioned(world, text), markup.hashtags(text)
    if spoiler_text is not None:
        status.spoiler_text = markup.warning_of(world.flavour, spoiler_text)
    status.sensitive = status.sensitive if sensitive is None else sensitive
    status.language = language or status.language
    status.edited_at = world.clock.now()
    remember(world, status)
    for named in status.mentions:
        if named not in before:
            notify(world, named, status.account, "mention", status)
    for account_id in sorted(status.reblogged_by):
        notify(world, world.accounts[account_id], status.account, "update", status)
    return status


def remember(world: World, status: Status) -> None:
    """Add a version to a status' history, its first one if there is none."""
    history = world.history[status.id]
    if status.edited_at is not None or not history:
        version = {
            "content": status.content,
            "spoiler_text": status.spoiler_text,
            "sensitive": status.sensitive,
            "created_at": status.edited_at or status.created_at,
            "poll": poll_entity(world, status),
            "media_attachments": status_media(world, status),
        }
        if not history or history[-1]["created_at"] != version["created_at"]:
            history.append(version)


def delete(world: World, status: Status) -> None:
    """Take a status back, with the notifications about it."""
    world.statuses.pop(status.id, None)
    if status.in_reply_to_id:
        world.children[status.in_reply_to_id].remove(status.id)
    world.notifications = [each for each in world.notifications if each.status_id != status.id]
    for below in world.children.pop(status.id, []):
        # Mastodon forgets whom an orphan answered; GoToSocial keeps the id of what is gone.
        if not world.flavour.gotosocial:
            world.statuses[below].in_reply_to_id = None
    for other in list(world.statuses.values()):
        if other.quote is not None and other.quote.status_id == status.id:
            other.quote = Quote(None, "deleted")
        if other.reblog_of == status.id:
            del world.statuses[other.id]


def favourite(world: World, account: Account, status: Status, on: bool = True) -> None:
    """Favourite a status, or take that back; repeating it changes nothing."""
    if not on:
        status.favourited_by.discard(account.id)
    elif account.id not in status.favourited_by:
        status.favourited_by.add(account.id)
        notify(world, status.account, account, "favourite", status)


def boost(world: World, account: Account, status: Status) -> Status:
    """Boost a status."""
    moment = world.clock.now()
    new_id = world.ids.at(moment)
    uri = f"{account.uri}/statuses/{new_id}/activity"
    boosted = Status(new_id, account, "", status.content, status.visibility, moment, uri, uri, conversation=None)
    boosted.reblog_of = status.id
    world.statuses[new_id] = boosted
    if account.id not in status.reblogged_by:
        status.reblogged_by.add(account.id)
        notify(world, status.account, account, "reblog", status)
    return boosted


def follow(world: World, account: Account, other: Account) -> None:
    """Follow somebody."""
    if (account.id, other.id) not in world.follows:
        world.follows.add((account.id, other.id))
        notify(world, other, account, "follow")


def block(world: World, account: Account, other: Account) -> None:
    """Block somebody: neither follows the other any more, and what they said is not listed."""
    world.blocks.add((account.id, other.id))
    world.follows -= {(account.id, other.id), (other.id, account.id)}


def _store(world: World, moment: datetime, media: Sequence[Media]) -> list[tuple[str, Media]]:
    kept = [(world.ids.at(moment), each) for each in media]
    world.media.update(kept)
    return kept
