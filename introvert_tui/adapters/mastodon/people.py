"""People: from the API's `Account` and `Mention` to references, without a network.

A person's lasting uri is the address of their profile (`url`): every server gives the same one, in every version, for
authors and for those named, while the ActivityPub id is missing from mentions and from older servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from introvert_tui.adapters.shape import Json, objects, text
from introvert_tui.model import Person, PersonRef

from .shape import name_of


@dataclass(frozen=True, slots=True)
class Me:
    """The account that reads: its lasting uri, its `id` on its server, its handle, and where its server is."""

    uri: str
    id: str
    handle: str
    origin: str

    @property
    def domain(self) -> str:
        """What the server's own people have behind the second @."""
        return self.handle.rpartition("@")[2]

    @property
    def ref(self) -> PersonRef:
        """The account as one of the people in a room."""
        return PersonRef(self.uri, self.handle)


def ref(account: Json, me: Me) -> PersonRef | None:
    """Whoever an account or a mention is; None for one without a name."""
    local, acct = name_of(account), text(account, "acct") or text(account, "username")
    if not acct:
        return None
    if (local and local == me.id) or text(account, "url") == me.uri:
        return me.ref
    return PersonRef(text(account, "url") or f"{me.origin}/accounts/{local}", handle(acct, me.domain))


def person(account: Json, me: Me, followed: bool | None = None) -> Person | None:
    """An author's profile."""
    found = ref(account, me)
    return Person(found.uri, found.handle, _display_name(account), followed) if found else None


def _display_name(account: Json) -> str:
    """The name without its server's own emoji (`emojis`), which are pictures and only ":verified:" in letters."""
    name = text(account, "display_name")
    for emoji in objects(account, "emojis") if ":" in name else ():
        if shortcode := text(emoji, "shortcode"):
            name = name.replace(f":{shortcode}:", " ")
    return " ".join(name.split())


def people(accounts: Iterable[Json], me: Me, followed: Mapping[str, bool] | None = None) -> tuple[Person, ...]:
    """Everybody but oneself, each once; `followed` by the ids of the accounts."""
    known = followed or {}
    found = {one.uri: one for each in accounts if (one := person(each, me, known.get(name_of(each))))}
    return tuple(one for one in found.values() if one.uri != me.uri)


def handle(acct: str, domain: str) -> str:
    """An account's name with its server, which the server leaves out for its own people."""
    acct = acct.removeprefix("@")
    return acct if "@" in acct or not domain else f"{acct}@{domain}"


def spoken(handle: str, domain: str) -> str:
    """How somebody is named in a text: people of the same server without it, since that is how it writes them."""
    return "@" + handle.removesuffix(f"@{domain}" if domain else "")
