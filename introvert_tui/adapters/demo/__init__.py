"""Tidemill, a small make-believe town: nothing to sign in to, nothing kept, nothing sent anywhere."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import ClassVar, ParamSpec, TypeVar

from introvert_tui.adapter import Adapter, Ask, Facts, Secrets
from introvert_tui.adapters.demo import convert
from introvert_tui.adapters.demo.script import PICTURES, YOU
from introvert_tui.adapters.demo.town import Clock, Town, named, now_utc
from introvert_tui.adapters.demo.town_hall import LIMITS, TownHall, put
from introvert_tui.errors import Gone, NotAllowed, Refused
from introvert_tui.model import (
    Account,
    Attachment,
    AttachmentKind,
    Audience,
    Door,
    Draft,
    Filtered,
    FindResult,
    Length,
    Message,
    MessageRef,
    Obstacle,
    Page,
    PersonRef,
    Prepared,
    Receipt,
    RoomRef,
    SignIn,
    ThreadRef,
    Visibility,
    place_key,
)
from introvert_tui.text import count_graphemes

PAGE = 20
"""How much news one page holds."""

_TOLD_ABOVE = 3

P = ParamSpec("P")
T = TypeVar("T")


class DemoAdapter(Adapter):
    """Your place in the town; the town is founded when the adapter is made, unless it is given one."""

    label: ClassVar[str] = "Demo"
    nothing_outside: ClassVar[str] = "The made-up town reaches nobody outside."

    def __init__(
        self,
        account: Account,
        secrets: Secrets,
        facts: Facts | None,
        *,
        town: Town | None = None,
        clock: Clock = now_utc,
    ) -> None:
        super().__init__(account, secrets, facts)
        self.town = town or Town(clock)
        self._hall = TownHall(self.town)

    @classmethod
    async def sign_in(cls, ask: Ask) -> SignIn:
        """Ask nothing: everybody is let in."""
        return SignIn(origin="demo", remote_id=convert.person_uri(YOU), handle=YOU, secrets={})

    async def _call(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Go to town: the one way there, so that tests can put trouble on it."""
        self.town.wake()
        return do(*args, **kwargs)

    async def probe(self) -> Facts:
        """Tell what can be done in town."""
        return await self._call(self._hall.facts)

    async def pull(self, cursor: str | None, horizon: datetime) -> AsyncIterator[Page]:
        """Yield the news, oldest first."""
        told, end = await self._call(self._hall.news_after, cursor, horizon)
        for start in range(0, max(len(told), 1), PAGE):
            yield await self._call(self._hall.news_page, told[start : start + PAGE], end)

    async def thread(self, of: Message, limit: int) -> Page:
        """Read the conversation around a message: what it answers first, then the newest."""
        return await self._call(self._hall.thread, place_key(of.place), of.ref.uri, limit)

    async def refresh(self, refs: Sequence[MessageRef]) -> Page:
        """Look at messages again."""
        return await self._call(self._hall.refresh, [ref.uri for ref in refs])

    def audience(self, to: Message, above: Sequence[Message]) -> Audience:
        """Who is answered, and the authors of up to three messages above, as on Bluesky."""
        if isinstance(to.place, RoomRef):
            return Audience(Visibility.DIRECT, to.author, warning=to.warning)
        near = above[:_TOLD_ABOVE]
        known = {person.uri: person for person in (message.author for message in near)}
        for told in (self.account.remote_id, to.author.uri):
            known.pop(told, None)
        highest = near[-1] if near else to
        more = len(near) < _TOLD_ABOVE and highest.parent is not None
        return Audience(to.visibility, to.author, tuple(known.values()), more, to.warning)

    def mention(self, who: PersonRef) -> str | None:
        """By handle, as everywhere."""
        return f"@{who.handle}" if who.handle else None

    def mentioned(self, text: str, audience: Audience) -> tuple[str, ...]:
        """Whoever is named, but not in private: there nobody else comes by."""
        return () if audience.visibility is Visibility.DIRECT else tuple(dict.fromkeys(named(text)))

    async def recheck(self, to: Message) -> Audience | Obstacle:
        """Look whether it is still there and open to answers."""
        obstacle = await self._call(self._hall.obstacle, to.ref.uri)
        return obstacle or self.audience(to, ())

    def measure(self, text: str, audience: Audience) -> Length:
        """Count characters as people see them."""
        limit = LIMITS.direct if audience.visibility is Visibility.DIRECT else LIMITS.post
        used = count_graphemes(text)
        return Length(used, limit, used <= limit)

    async def prepare(self, draft: Draft) -> Prepared:
        """Write down what will be said."""
        names = " ".join(f"@{person.handle}" for person in draft.naming if f"@{person.handle}" not in draft.text)
        payload = {
            "key": draft.key,
            "text": f"{names} {draft.text}" if names else draft.text,
            "to": draft.to.ref.uri,
            "language": draft.language or "en",
        }
        return Prepared(json.dumps(payload, ensure_ascii=False))

    async def send(self, prepared: Prepared) -> Receipt:
        """Say it, once for each draft."""
        return await self._call(self._hall.say, json.loads(prepared.payload))

    async def find(self, prepared: Prepared) -> FindResult:
        """Look whether it was said."""
        return await self._call(self._hall.find, json.loads(prepared.payload))

    def is_here(self, address: str) -> bool:
        """In town a message has no address but its name."""
        return address.startswith(convert.person_uri(""))

    async def look_up(self, address: str) -> Page:
        """Look at one message."""
        page = await self.refresh([convert.reference(address)])
        if page.gone:
            raise Gone("Nobody in town said that.")
        return page

    async def delete(self, receipt: Receipt) -> None:
        """Unsay something of yours."""
        await self._call(self.town.remove, receipt.ref.uri)

    async def nod(self, to: MessageRef, on: bool) -> None:
        """Nod, or stop nodding."""
        await self._call(self._hall.nod, to.uri, on)

    async def mute(self, thread: ThreadRef, via: MessageRef, on: bool) -> None:
        """Keep a thread quiet, apart from those who name you."""
        await self._call(put, self.town.quiet, thread.root.uri, on)

    async def mute_person(self, who: PersonRef, on: bool) -> None:
        """Hear no more news of somebody."""
        await self._call(put, self.town.muted, convert.handle_of(who.uri), on)

    async def block(self, who: PersonRef, on: bool) -> None:
        """Neither see somebody nor be seen."""
        await self._call(put, self.town.blocked, convert.handle_of(who.uri), on)

    async def answered(self, doors: Sequence[Door]) -> Page:
        """Look whether those you greeted have answered, and what they went on to say."""
        return await self._call(self._hall.answered, doors)

    async def fetch(self, attachment: Attachment, max_bytes: int) -> bytes:
        """Take a picture from the wall."""
        name = (attachment.uri or "").removeprefix(PICTURES)
        if attachment.kind is not AttachmentKind.IMAGE or name == (attachment.uri or ""):
            raise NotAllowed("pictures", "There is no picture here that could be shown.")
        found = await self._call(_picture, name)
        if len(found) > max_bytes:
            raise Refused("too-large", "The picture is too large to be shown here.")
        return found

    async def filtered(self) -> Filtered:
        """The stranger who waits to be let in."""
        return await self._call(self._hall.filtered)


def _picture(name: str) -> bytes:
    from importlib.resources import files

    return (files(__package__) / f"{name}.png").read_bytes()
