"""Who is told of what: mutes, blocks, the notification policy, and the direct conversations."""

from __future__ import annotations

from datetime import timedelta

from .state import Account, Json, Notification, Status, World

POLICY_DEFAULTS = {
    "for_not_following": "accept",
    "for_not_followers": "accept",
    "for_new_accounts": "accept",
    "for_private_mentions": "accept",
    "for_limited_accounts": "accept",
}
_NEW = timedelta(days=30)


def notify(world: World, recipient: Account, sender: Account, kind: str, status: Status | None = None) -> None:
    """Tell an account of this server something, unless it does not want to hear it."""
    if recipient is sender or recipient.domain is not None or _is_dismissed(world, recipient, sender, kind, status):
        return
    verdict = _verdict(world, recipient, sender, kind, status)
    if verdict == "drop":
        return
    moment = world.clock.now()
    status_id = status.id if status is not None else None
    notification = Notification(world.ids.small(moment), kind, recipient.id, sender, status_id, moment)
    notification.filtered = verdict == "filter"
    world.notifications.append(notification)


def listed(world: World, account: Account, include_filtered: bool = False) -> list[Notification]:
    """An account's notifications of every type, oldest first."""
    return [
        each
        for each in world.notifications
        if each.recipient == account.id
        and (include_filtered or not each.filtered)
        and not each.sender.suspended
        and _is_shown(world, account, each)
    ]


def requests_of(world: World, account: Account) -> dict[Account, list[Notification]]:
    """The notifications that the policy holds back, by sender."""
    held: dict[Account, list[Notification]] = {}
    for each in listed(world, account, include_filtered=True):
        if each.filtered and (account.id, each.sender.id) not in world.dismissed_requests:
            held.setdefault(each.sender, []).append(each)
    return held


def accept(world: World, account: Account, sender: Account) -> None:
    """Let somebody through the policy, with what they said before."""
    world.accepted_senders.add((account.id, sender.id))
    for each in world.notifications:
        if each.recipient == account.id and each.sender is sender:
            each.filtered = False


def deliver_direct(world: World, status: Status) -> None:
    """Move a direct status' conversation to the top of everybody's who hears of it, unread for all but its author."""
    people = [status.account, *status.mentions]
    for owner in people:
        if owner.domain is not None:
            continue
        silent = owner is not status.account and _is_dismissed(world, owner, status.account, "mention", status)
        if silent and not world.flavour.gotosocial:
            continue
        others = frozenset(each.id for each in people if each is not owner)
        key = (owner.id, status.conversation, others)
        entry = world.direct.pop(key, None) or {"id": world.ids.small(world.clock.now()), "lost": False}
        world.direct[key] = {**entry, "unread": owner is not status.account, "last": status.id}


def muted_by(world: World, account: Account, other: Account) -> bool:
    """Whether somebody is muted or blocked."""
    pair = (account.id, other.id)
    return pair in world.mutes or pair in world.blocks


def policy_of(world: World, account: Account) -> Json:
    """The policy with the count of what it holds back."""
    held = requests_of(world, account)
    summary = {
        "pending_requests_count": len(held),
        "pending_notifications_count": sum(len(each) for each in held.values()),
    }
    return {**POLICY_DEFAULTS, **world.policies[account.id], "summary": summary}


def _is_dismissed(world: World, recipient: Account, sender: Account, kind: str, status: Status | None) -> bool:
    pair = (recipient.id, sender.id)
    if pair in world.blocks:
        return True
    # On Mastodon the team of one's own server is always heard.
    if sender.staff and kind == "mention" and not world.flavour.gotosocial:
        return False
    return world.mutes.get(pair, False) or (status is not None and world.is_thread_muted(recipient.id, status))


def _is_shown(world: World, account: Account, notification: Notification) -> bool:
    """Mastodon decides when a notification is made; GoToSocial once more whenever it is listed."""
    if (account.id, notification.sender.id) in world.blocks:
        return False
    if not world.flavour.gotosocial:
        return True
    status = world.known(notification.status_id)
    return not world.mutes.get((account.id, notification.sender.id), False) and (
        status is None or not world.is_thread_muted(account.id, status)
    )


def _verdict(world: World, recipient: Account, sender: Account, kind: str, status: Status | None) -> str:
    if not world.flavour.policy or kind not in ("mention", "quote") or status is None:
        return "accept"
    if sender.staff or (recipient.id, sender.id) in world.accepted_senders:
        return "accept"
    follows = (recipient.id, sender.id) in world.follows
    parent = world.known(status.in_reply_to_id)
    answers = parent is not None and parent.account is recipient
    holds = {
        "for_not_following": not follows,
        "for_not_followers": (sender.id, recipient.id) not in world.follows,
        "for_new_accounts": world.clock.now() - sender.created_at < _NEW and not follows,
        "for_private_mentions": status.visibility == "direct" and not follows and not answers,
    }
    policy = world.policies[recipient.id]
    verdicts = {policy.get(name, "accept") for name, applies in holds.items() if applies}
    return next((verdict for verdict in ("drop", "filter") if verdict in verdicts), "accept")
