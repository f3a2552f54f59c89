"""The nouns everything here speaks in: frozen, slotted, without behaviour that needs a network or a store.

Times are aware datetimes in UTC. Strings that came from a network are raw in an adapter's `Page` and clean
once they went through `store.merge`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum, StrEnum


class Visibility(IntEnum):
    """Who can read a message; the smaller of two is never wider."""

    DIRECT = 0
    PRIVATE = 1
    UNLISTED = 2
    PUBLIC = 3


class Reason(StrEnum):
    """Why a message counts as said to you."""

    MENTION = "mention"
    REPLY = "reply"
    QUOTE = "quote"
    DIRECT = "direct"


class GoneKind(StrEnum):
    """Why a message cannot be read any more, or not by you."""

    DELETED = "deleted"
    BLOCKED = "blocked"
    DETACHED = "detached"
    HIDDEN = "hidden"


class SpanKind(StrEnum):
    TEXT = "text"
    LINK = "link"
    MENTION = "mention"
    TAG = "tag"


class AttachmentKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    LINK = "link"
    QUOTE = "quote"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Account:
    """One of your sign-ins; `remote_id` is the network's lasting id (a DID), `origin` the server it lives on."""

    id: int
    network: str
    origin: str
    remote_id: str
    handle: str


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Enough to address a person: `uri` is lasting (a DID), `handle` is what they are called today."""

    uri: str
    handle: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's profile on a network; `followed` is None where the server did not say."""

    uri: str
    handle: str
    name: str
    followed: bool | None = None


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message: `uri` for everyone, `local` for the account's own server, `token` its version (Bluesky: cid)."""

    uri: str
    local: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """A public thread; `complete` is False while an older root may still turn up."""

    root: MessageRef
    complete: bool = True


@dataclass(frozen=True, slots=True)
class RoomRef:
    """A direct-message room with its members, you among them."""

    id: str
    members: tuple[PersonRef, ...]


Place = ThreadRef | RoomRef


def place_key(place: Place) -> str:
    """The one name of a conversation: its root's uri, or the room's id."""
    return place.root.uri if isinstance(place, ThreadRef) else place.id


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one meaning; `url` is the link's target, or the profile or tag page."""

    text: str
    kind: SpanKind = SpanKind.TEXT
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something beside the text: `text` is the alt text, the card's title and description, or the quoted words.

    `url` is where it opens, `uri` the quoted message, or a picture without an address on the web, `author` who is
    quoted, `gone` why a quote is not shown.
    """

    kind: AttachmentKind
    text: str = ""
    url: str | None = None
    uri: str | None = None
    author: str | None = None
    gone: GoneKind | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One post or direct message as one account sees it; yours if `author.uri` is the account's `remote_id`.

    `claimed_at` is the author's own date, `seen_at` the server's; order is by `seen_at`. `said_to_me` is None for your
    own messages and for what others say to each other. `liked_by_me` is your own nod, given anywhere. `names` are the
    uris of the people named in it. `closed` is why you cannot answer (None: you can). A `gone` message has an empty
    body and keeps its place in the thread. `original` is the address (uri or url) of the message that a bridge
    copied here, set only where that is proven: by the bridge's own server, never by what somebody wrote.
    """

    ref: MessageRef
    place: Place
    author: PersonRef
    seen_at: datetime
    claimed_at: datetime
    body: tuple[Span, ...]
    parent: MessageRef | None = None
    said_to_me: Reason | None = None
    visibility: Visibility = Visibility.PUBLIC
    warning: str | None = None
    attachments: tuple[Attachment, ...] = ()
    names: tuple[str, ...] = ()
    language: str | None = None
    url: str | None = None
    edited_at: datetime | None = None
    liked_by_me: bool = False
    closed: bool = False
    gone: GoneKind | None = None
    original: str | None = None

    @property
    def text(self) -> str:
        """The words alone, without their meaning."""
        return "".join(span.text for span in self.body)


class DraftKind(StrEnum):
    HELLO = "hello"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Draft:
    """What you wrote, with the key it keeps for life.

    `to` is what it answers, `naming` the people besides whom the text names as ``@handle``, to be told of it. It goes
    out no wider than `visibility`, which you were told when you wrote it.
    """

    key: str
    kind: DraftKind
    text: str
    to: Message
    language: str | None = None
    naming: tuple[PersonRef, ...] = ()
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a message is out: its address, and the server's time of it."""

    ref: MessageRef
    at: datetime


@dataclass(frozen=True, slots=True)
class Door:
    """A left conversation that the person greeted can bring back.

    `token` is the adapter's mark of the last look, None once a day: then all answers are read, whatever their number.
    """

    receipt: MessageRef
    greeted: PersonRef
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who will read and who will be told of an answer.

    `to` is notified because it is answered, `also` because of how the network works; `more` means that there may be
    further people above who are notified but not known here yet. `warning` is the one that the answer will carry, where
    the network lets it carry one.
    """

    visibility: Visibility
    to: PersonRef
    also: tuple[PersonRef, ...] = ()
    more: bool = False
    warning: str | None = None


class ObstacleKind(StrEnum):
    DELETED = "deleted"
    EDITED = "edited"
    CLOSED = "closed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an answer should not go out any more."""

    kind: ObstacleKind


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is, in the unit its network counts; it fits while `used` <= `limit` and `fits` is True."""

    used: int
    limit: int
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody you do not know who wrote to you privately and waits for the server to let them in."""

    person: Person
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Filtered:
    """What the server holds back from you; reading it accepts nothing."""

    requests: tuple[Request, ...] = ()


class Secrecy(Enum):
    """How an answer to a question is shown while it is typed."""

    SHOWN = "shown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing sign-in must know; `hint` says where to find it."""

    name: str
    label: str
    hint: str = ""
    secrecy: Secrecy = Secrecy.SHOWN


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest message in graphemes and in bytes (None: unlimited), for posts and for direct messages."""

    post: int
    direct: int
    post_bytes: int | None = None
    direct_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One portion of what an adapter read.

    `gone` are uris of known messages that no longer exist (one that was never known is a `Message` with its `gone`),
    `muted` pairs of thread-root uri and whether the server keeps it quiet for you, `doors` pairs of receipt uri and
    new `Door.token`, `notes` sentences for the user about what could not be read. `cursor` is where the next catch-up
    starts, to be stored together with the page; None keeps the old one. `more` says that older messages of the same
    thread or room exist beyond this page. `postponed` are uris of messages, or of receipts, that were asked about and
    for which there was no room: they are asked about again, before those that were looked at.
    """

    messages: tuple[Message, ...] = ()
    people: tuple[Person, ...] = ()
    gone: tuple[str, ...] = ()
    muted: tuple[tuple[str, bool], ...] = ()
    doors: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    cursor: str | None = None
    more: bool = False
    server_time: datetime | None = None
    postponed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is stored before the first byte leaves: the whole `payload`, and the server's state `before` it."""

    payload: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """It went out."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Absent:
    """It is not there. With `proof` it never was, and goes out again; without, once two looks have not found it."""

    proof: bool


@dataclass(frozen=True, slots=True)
class CannotTell:
    """It may be out, or may have been and was deleted since: the person decides."""


FindResult = Found | Absent | CannotTell


@dataclass(frozen=True, slots=True)
class SignIn:
    """A finished sign-in; `secrets` goes to the keychain and nowhere else."""

    origin: str
    remote_id: str
    handle: str
    secrets: dict[str, str] = field(repr=False)
    notes: tuple[str, ...] = ()
