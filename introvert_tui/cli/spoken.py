"""Messages, people and what hangs on them as lines to be spoken: views in, lines out; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from introvert_tui.cli.plain import sentence
from introvert_tui.model import Attachment, AttachmentKind
from introvert_tui.text import ago_in_words, capital, clean, clean_line, names
from introvert_tui.tui.fitting import shorten
from introvert_tui.tui.pages import GONE, links

if TYPE_CHECKING:
    from introvert_tui.engine.acquaintances import Acquaintance, Card, Exchange, Profile, Turn
    from introvert_tui.engine.inbox import AccountView, InboxRow
    from introvert_tui.engine.sent import SentView
    from introvert_tui.engine.views import ConversationView, MessageView

__all__ = ["links", "sentence"]

_LONGEST = 600
_LONGEST_IN_LIST = 120
_PICTURES = {AttachmentKind.IMAGE: "Picture", AttachmentKind.VIDEO: "Film"}


def label(network: str, accounts: Sequence[AccountView]) -> str:
    """What a network is called."""
    return next((account.label for account in accounts if account.network == network), network.capitalize())


def heading(view: ConversationView, accounts: Sequence[AccountView]) -> str:
    """Who is in a conversation, and where."""
    who = names(view.people[:3]) if len(view.people) <= 3 else f"{', '.join(view.people[:3])} and others"
    openness = "privately" if view.private else "public"
    return f"{who or 'Nobody else'}, {label(view.network, accounts)}, {openness}."


def pictures_of(view: ConversationView, row: InboxRow) -> list[str]:
    """Say the pictures of the message that a row shows; nothing where that message cannot be told."""
    for message in view.messages:
        pictures = [item for item in message.attachments if item.kind in _PICTURES]
        if message.at == row.at and len(pictures) == row.pictures:
            return [_attachment(item) for item in pictures]
    return []


def message_lines(message: MessageView, now: datetime, hides: bool) -> Iterator[str]:
    """Say a message: who, to whom, when, the words, and what hangs on it; with `hides` not what a warning hides."""
    who = "You" if message.mine else clean_line(message.name)
    to = f" to {clean_line(message.answers)}" if message.answers else ""
    when = "not out yet" if message.held else ago_in_words(message.at, now)
    head = f"{who}{to}, {when}{', edited' if message.edited else ''}"
    if message.gone is not None:
        yield f"{head}: {GONE[message.gone]}"
        return
    if message.warning is not None:
        warning = shorten(message.warning, _LONGEST)
        if hides:
            yield f"{head}. Warning: {sentence(warning)}"
            return
        head = f"{head}, under the warning {warning}"
    words = "".join(span.text for span in message.body).strip()
    yield f"{head}: {words}" if words else f"{head}, without words."
    for item in message.attachments:
        yield _attachment(item)


def _attachment(item: Attachment) -> str:
    words = shorten(item.text, _LONGEST)
    if item.kind in _PICTURES:
        kind = _PICTURES[item.kind]
        return f"{kind}: {sentence(words)}" if words else f"{kind}, no description."
    if item.kind is AttachmentKind.QUOTE:
        if item.gone is not None:
            return f"A quote: {GONE[item.gone]}"
        whom = f"{clean_line(item.author)}: " if item.author else ""
        return f"A quote, {whom}{sentence(words)}" if words else f"A quote{', ' + whom.rstrip(': ') if whom else ''}."
    if item.kind is AttachmentKind.LINK and words:
        title, _, more = item.text.strip().partition("\n")
        return f"Link: {sentence(shorten(title, _LONGEST))} {shorten(more, _LONGEST)}".rstrip()
    return sentence(words or "A link")


def in_list(lines: Sequence[str]) -> str:
    """Several lines about one thing as one, for a list."""
    return " ".join(sentence(line) for line in lines if line)


def shortened(row: InboxRow) -> InboxRow:
    """A conversation with the beginning of its words, for a list."""
    return row._replace(text=shorten(row.text, _LONGEST_IN_LIST))


def person_line(one: Acquaintance, now: datetime, accounts: Sequence[AccountView]) -> str:
    """Say somebody in a list: their name, where, when you last spoke, and your note."""
    where = names([label(network, accounts) for network in one.networks])
    note = f" Your note: {sentence(shorten(one.notes, _LONGEST_IN_LIST))}" if one.notes else ""
    return f"{clean_line(one.name)}, {where}, {ago_in_words(one.at, now)}.{note}"


def card_lines(card: Card) -> Iterator[str]:
    """Say who somebody is, whether you hear them, when you spoke, and who spoke first."""
    for profile in card.profiles:
        yield profile_line(profile)
    if said := " ".join(part for part in (card.spoke, card.first) if part):
        yield said


def profile_line(one: Profile) -> str:
    """Say one profile of somebody."""
    facts = [] if one.followed is None else ["you follow them" if one.followed else "you don't follow them"]
    facts += [word for word, is_so in (("muted", one.muted), ("blocked", one.blocked)) if is_so]
    return f"{', '.join([clean_line(one.name), f'@{one.handle} on {one.label}', *facts])}."


def exchange_line(one: Exchange, name: str, now: datetime) -> str:
    """Say one time that you spoke: when and where, and the last words of each, in order."""
    when = f"{capital(ago_in_words(one.at, now))}, {one.label}{', privately' if one.private else ''}."
    return " ".join([when, *(_turn(turn, clean_line(name)) for turn in one.turns)])


def _turn(turn: Turn, name: str) -> str:
    who = "You" if turn.mine else name
    if turn.warning is not None:
        return f"{who}, under the warning {sentence(shorten(turn.warning, _LONGEST_IN_LIST))}"
    words = shorten(turn.text, _LONGEST)
    beside = "with a picture" if turn.pictures == 1 else "with pictures" if turn.pictures else ""
    said = f": {sentence(words)}" if words else "." if beside else ", without words."
    return f"{who}{', ' + beside if beside else ''}{said}"


def sent_line(view: SentView, now: datetime, accounts: Sequence[AccountView]) -> str:
    """Say something that you wrote: to whom, where and when."""
    openness = ", privately" if view.private else ""
    where = label(view.network, accounts)
    return f"{title(view)}, {where}{openness}, {ago_in_words(view.at, now)}."


def title(view: SentView) -> str:
    """ "Hello to Ana"."""
    return f"{capital(str(view.kind))} to {clean_line(view.to)}"


def stands(view: SentView) -> str:
    """How something that you wrote stands."""
    return sentence(capital(clean(view.stands)))
