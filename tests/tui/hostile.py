"""A network whose every string is meant to do harm; as a program, `introvert` with that network.

It is the demo's town, in which one can read, answer and leave, and each string of it is followed by something hostile.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, ParamSpec, TypeVar
from zlib import crc32

from introvert_tui import plugins
from introvert_tui.adapter import Ask
from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.errors import Refused, Unavailable
from introvert_tui.model import (
    Attachment,
    AttachmentKind,
    Door,
    Filtered,
    Message,
    MessageRef,
    Page,
    PersonRef,
    Prepared,
    Receipt,
    RoomRef,
    SignIn,
    Span,
    SpanKind,
)

P = ParamSpec("P")
T = TypeVar("T")

STEERING = (
    "\x1b[2J\x1b[31m\x1b[6n\x1b[?1049l\x1b[1;1H\x1bc\x1b(0 \x1b]0;pwned\x07 \x1b]52;c;cHduZWQ=\x07"
    "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\ \x1bPq#0;2\x1b\\ \x1b_Ga=T;AAAA\x1b\\ "
    "\x1b^pm\x1b\\ \x1bXsos\x1b\\"
    "\x9b31m \x9d0;pwned\x9c \x90q\x9c \x9fG\x9c \x9e \x98 \x84\x8d\x8e \x00\x05\x07\x08\x0e\x0f\x7f\x1b"
)
PIECES = {
    "steering": STEERING,
    "bidi": "\u202eolleh\u202c \u202da\u202c \u202ab\u202bc \u2066d\u2067e\u2068f\u2069\u2069 \u200eg\u200fh\u061c",
    "zalgo": "Z" + "\u0351\u0334\u0489\u20dd" * 200 + "a" + "\u0e47" * 99 + "\u0f71" * 99,
    "markup": "[b]x[/b] [/] [red on blue]y [@click=app.quit]out[/] [link=https://evil.example]l[/link] \\[ [[ ]] "
    "$accent [bold italic]:smile: {x} %s [@click=screen.do('quit')]q[/]",
    "endless": "👨\u200d👩\u200d👧\u200d👦é漢" * 3_334,
    "emoji": "👩\u200d❤️\u200d💋\u200d👨 👩🏿\u200d🚀 🏳️\u200d🌈 🏴\u200d☠️ 👍🏽 ✌🏿 1️⃣ #️⃣ *⃣ ❤︎ ❤️ ☎ ©️ 🇦🇹🇯🇵🇦 🫱🏻\u200d🫲🏿 "
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 🧑🏻\u200d🤝\u200d🧑🏿 "
    "\u200d\u200d 🏽 \ufe0f\ufe0e",
    "wide": "漢字　かな ﾊﾟﾋﾟ 한국어 \u1112\u1161\u11ab \uff21\uff22\uff23 𠮷野家 क्षत्रिय ก็ที่ བསྒྲུབས་ עִבְרִית العربيّة ﷽ ဖြွှုံ့",
    "invisible": "a\u200bb\u200cc\u200dd\u2060e\ufefff\xadg\u2061h\u2063i\u180ej\u3164k\u115fl\u17b4m\u2800n\u034fo",
    "lines": "one\r\ntwo\rthree\tfour\vfive\fsix\x85seven\u2028eight\u2029" + "\n" * 30 + "\t" * 30 + "nine",
    "halves": "\ud83d \ude00 \udfff\ud800 \ud83d\ud83d",
    "private": "\ue0b0\uf8ff\U000f0000\U0010fffd \U000e0041\U000e0042\U000e007f \ufffe\uffff\ufdd0 "
    "\u0378 \ufff9x\ufffa \ufffc \ufffd",
}
"""Everything that text can try, by what it is."""

ADDRESS = "https://evil.example/\x1b]0;pwned\x07\x1b[2J\u202e漢\x9b31m"
WEATHER = "INTROVERT_TEST_WEATHER"


def piece(of: str) -> str:
    """One of the pieces, always the same for the same thing."""
    return list(PIECES.values())[crc32(of.encode()) % len(PIECES)]


def everything() -> str:
    """All pieces that are not endless, in one."""
    return " ".join(words for name, words in PIECES.items() if name != "endless")


def _person(one: PersonRef) -> PersonRef:
    return PersonRef(one.uri, f"{one.handle}{piece(one.uri)}")


def _message(one: Message) -> Message:
    words = piece(one.ref.uri)
    if one.gone is not None:
        return replace(one, author=_person(one.author))
    place = one.place
    if isinstance(place, RoomRef):
        place = RoomRef(place.id, tuple(map(_person, place.members)))
    return replace(
        one,
        place=place,
        author=_person(one.author),
        body=(*one.body, Span(f" {words} "), Span(everything(), SpanKind.LINK, ADDRESS), Span(words, SpanKind.MENTION)),
        warning=f"{one.warning or ''}{words}" if one.warning or crc32(one.ref.uri.encode()) % 5 == 0 else None,
        attachments=(
            *one.attachments,
            Attachment(AttachmentKind.IMAGE, f"alt {words}", ADDRESS),
            Attachment(AttachmentKind.LINK, everything(), ADDRESS),
            Attachment(AttachmentKind.QUOTE, words, author=f"quoted {words}"),
        ),
        url=ADDRESS,
    )


def _page(page: Page) -> Page:
    return replace(
        page,
        messages=tuple(map(_message, page.messages)),
        people=tuple(
            replace(one, handle=f"{one.handle}{piece(one.uri)}", name=f"{one.name} {piece(one.name)}")
            for one in page.people
        ),
        notes=(f"A note: {everything()}",),
    )


class Hostile(DemoAdapter):
    """INTROVERT_TEST_WEATHER=storm lets every look at the server end in an error as hostile as all else."""

    label: ClassVar[str] = "Hostile"

    @classmethod
    async def sign_in(cls, ask: Ask) -> SignIn:
        await ask.say(f"Said while signing in: {everything()}")
        return SignIn("https://hostile.example", "demo:you", f"you{STEERING}", {}, (f"A note: {everything()}",))

    async def _call(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if os.environ.get(WEATHER) == "storm":
            raise Unavailable(f"The server said: {everything()}")
        return await super()._call(do, *args, **kwargs)

    async def pull(self, cursor: str | None, horizon: datetime) -> AsyncIterator[Page]:
        async for page in super().pull(cursor, horizon):
            yield _page(page)

    async def thread(self, of: Message, limit: int) -> Page:
        return _page(await super().thread(of, limit))

    async def refresh(self, refs: Sequence[MessageRef]) -> Page:
        return _page(await super().refresh(refs))

    async def answered(self, doors: Sequence[Door]) -> Page:
        return _page(await super().answered(doors))

    async def filtered(self) -> Filtered:
        asking = await super().filtered()
        return Filtered(
            tuple(
                replace(
                    one,
                    person=replace(one.person, name=f"{one.person.name} {everything()}"),
                    text=f"{one.text} {everything()}",
                )
                for one in asking.requests
            )
        )

    async def nod(self, to: MessageRef, on: bool) -> None:
        raise Refused("closed", f"No nods here: {everything()}")

    async def send(self, prepared: Prepared) -> Receipt:
        await self._call(lambda: None)
        raise Refused("closed", f"Not sent: {everything()}")


if __name__ == "__main__":
    from introvert_tui.__main__ import main

    plugins._BUILT_IN |= {"hostile": ("Hostile", "tests.tui.hostile:Hostile")}
    main()
