"""Pictures: fetched only when a key asks for them, drawn where that can be done, and told in a line everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from textual.widget import Widget

from introvert_tui.adapters.demo import DemoAdapter
from introvert_tui.adapters.demo.script import PICTURES
from introvert_tui.errors import Cannot, Offline
from introvert_tui.model import Attachment, AttachmentKind, Span
from introvert_tui.settings import Settings
from introvert_tui.tui import pictures
from introvert_tui.tui.screens.conversation import ConversationScreen
from introvert_tui.tui.tailoring import about
from introvert_tui.tui.widgets.pictures import Pictures
from introvert_tui.tui.widgets.thread import MessageText

from .driving import Visit, says, visit_town

WITH = Settings(pictures=True)
SMUDGE = "A blue smudge right across a page of a notebook"
SHADES = "▓▒░"
MILL = Attachment(AttachmentKind.IMAGE, "a mill", uri=f"{PICTURES}mill")


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pictures that were taken from the town's walls."""
    taken: list[str] = []
    fetch = DemoAdapter.fetch

    async def noted(self: DemoAdapter, attachment: Attachment, max_bytes: int) -> bytes:
        taken.append((attachment.uri or "").removeprefix(PICTURES))
        return await fetch(self, attachment, max_bytes)

    monkeypatch.setattr(DemoAdapter, "fetch", noted)
    return taken


async def opened(town: Visit, who: str) -> ConversationScreen:
    await town.go_to(who)
    await town.press("enter")
    screen = town.app.screen
    assert isinstance(screen, ConversationScreen)
    await town.pilot.pause(0.1)
    return screen


def drawn(town: Visit) -> bool:
    return any(shade in town.text for shade in SHADES)


async def test_a_key_shows_them_below_their_words_and_hides_them_again(fetched: list[str]) -> None:
    async with visit_town(settings=WITH) as town:
        await opened(town, "Ana Prado")
        assert SMUDGE in town.text
        assert not drawn(town)
        assert fetched == [], "nothing is fetched by itself"
        await town.press("P")
        await town.until(lambda: drawn(town))
        rows = town.text.splitlines()
        words = next(number for number, row in enumerate(rows) if SMUDGE in row)
        assert all(number > words for number, row in enumerate(rows) if any(shade in row for shade in SHADES))
        assert fetched == ["smudge"]
        await town.press("P")
        assert not drawn(town)
        assert SMUDGE in town.text


async def test_several_are_numbered_and_the_first_comes_into_view(fetched: list[str]) -> None:
    async with visit_town(settings=WITH, size=(80, 30)) as town:
        await opened(town, "Sam Okafor")
        await town.press("P")
        await town.until(lambda: fetched == ["sloes", "mill"] and drawn(town))
        await town.pilot.pause(0.1)
        assert "1 of 2" in town.text
        await town.press("j")
        assert "2 of 2" in town.text, "the rest of a tall message is read before the next"


async def test_without_a_picture_at_the_cursor_the_newest_is_shown() -> None:
    async with visit_town(settings=WITH) as town:
        screen = await opened(town, "Ana Prado")
        await town.press("k")
        assert screen.thread.here is not None
        assert screen.thread.here.name == "Hester Bly"
        await town.press("P")
        await town.until(lambda: drawn(town))
        assert screen.thread.here.name == "Ana Prado"


async def test_where_there_is_none_that_is_said(fetched: list[str]) -> None:
    async with visit_town(settings=WITH) as town:
        await opened(town, "Wil Aster")
        await town.press("P")
        assert "have no pictures" in town.text
    assert fetched == []


async def test_a_warning_stands_before_them(fetched: list[str]) -> None:
    async with visit_town(
        settings=WITH, besides=[says("zoe", Span("look"), warning="mills", attachments=(MILL,))]
    ) as town:
        await opened(town, "zoe")
        await town.press("P")
        assert "This is under the warning “mills”; v shows it first." in town.text
        assert fetched == []
        await town.press("v", "P")
        await town.until(lambda: drawn(town))
        await town.press("v")
        assert not drawn(town), "folded again, with all that hangs on it"


async def test_what_does_not_come_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(self: DemoAdapter, attachment: Attachment, max_bytes: int) -> bytes:
        if attachment.uri == f"{PICTURES}sloes":
            raise Offline("pictures.example could not be reached.")
        return b"\x89PNG\r\n\x1a\n and no more"

    monkeypatch.setattr(DemoAdapter, "fetch", fetch)
    async with visit_town(settings=WITH) as town:
        await opened(town, "Sam Okafor")
        await town.press("P")
        await town.until(lambda: "1 of 2: pictures.example could not be reached." in town.text)
        await town.until(lambda: f"2 of 2: {pictures.NO_PICTURE}" in town.text)


async def test_they_go_with_their_message_and_stay_when_others_come() -> None:
    first = says("zoe", Span("look"), attachments=(MILL,))
    async with visit_town(settings=WITH, besides=[first]) as town:
        screen = await opened(town, "zoe")
        await town.press("P")
        await town.until(lambda: drawn(town))
        await town.comes_in(town.names_you(screen.subject().id, "kim", 0))
        await town.until(lambda: "and now?" in town.text)
        texts = list(screen.query(MessageText))
        assert [widget for widget in screen.thread.children if isinstance(widget, MessageText | Pictures)] == [
            texts[0],
            texts[0].below,
            *texts[1:],
        ]
        await town.comes_in(gone=[first.ref.uri])
        await town.until(lambda: not screen.query(Pictures))
        await town.until(lambda: not drawn(town))


async def test_without_colours_they_are_shades(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    made: list[bool] = []
    draw = pictures.drawn

    def noted(picture: Image.Image, colours: bool) -> Widget:
        made.append(colours)
        return draw(picture, colours)

    monkeypatch.setattr(pictures, "drawn", noted)
    async with visit_town(settings=WITH) as town:
        await opened(town, "Ana Prado")
        await town.press("P")
        await town.until(lambda: drawn(town))
    assert made == [False]


@pytest.mark.parametrize("wanted", [False, True])
async def test_without_the_extra_the_key_says_how(monkeypatch: pytest.MonkeyPatch, wanted: bool) -> None:
    monkeypatch.setitem(sys.modules, "textual_image", None)
    async with visit_town(settings=Settings(pictures=wanted)) as town:
        assert (pictures.MISSING in " ".join(town.text.split())) == wanted
        await opened(town, "Ana Prado")
        await town.press("P")
        steps = "" if wanted else " and write pictures = true into config.toml"
        said = f"To see pictures here, install introvert-tui[images]{steps}. o opens the message in the browser."
        assert town.app.said == said
        assert not drawn(town)


async def test_without_the_setting_the_key_says_how() -> None:
    async with visit_town() as town:
        await opened(town, "Ana Prado")
        await town.press("P")
        assert town.app.said.startswith("To see pictures here, write pictures = true into config.toml. o opens")


def test_a_check_of_the_settings_tells_of_the_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    assert about(WITH) == ()
    monkeypatch.setitem(sys.modules, "textual_image", None)
    assert [(told.name, told.said) for told in about(WITH)] == [("pictures", pictures.MISSING)]
    assert about(Settings()) == ()


def saved(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def test_a_picture_is_upright_on_white_and_no_larger_than_can_be_drawn() -> None:
    clear = Image.new("RGBA", (3000, 1500), (0, 0, 0, 0))
    read = pictures.decoded(saved(clear))
    assert (read.size, read.mode, read.getpixel((5, 5))) == ((1200, 600), "RGB", (255, 255, 255))
    turned = Image.Exif()
    turned[0x0112] = 6
    assert pictures.decoded(saved(Image.new("RGB", (40, 20)), "JPEG", exif=turned)).size == (20, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_picture_is_read(mode: str) -> None:
    assert pictures.decoded(saved(Image.new(mode, (30, 20)))).mode == "RGB"


def _cut() -> bytes:
    whole = saved(Image.effect_noise((200, 200), 80))
    return whole[: len(whole) // 2]


def _bomb() -> bytes:
    """A picture of 400 million pixels, as its head says; some kilobytes long."""
    small = saved(Image.new("1", (8, 8)))
    from zlib import crc32

    head = (20_000).to_bytes(4) * 2 + small[24:29]
    return small[:16] + head + crc32(b"IHDR" + head).to_bytes(4) + small[33:]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: b"", pictures.NO_PICTURE),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", pictures.NO_PICTURE),
        (lambda: b"GIF89a" + bytes(40), pictures.NO_PICTURE),
        (_cut, pictures.NO_PICTURE),
        (lambda: saved(Image.new("RGB", (20, 20)), "TIFF"), pictures.NO_PICTURE),
        (lambda: saved(Image.new("1", (8000, 6000))), pictures.TOO_LARGE),
        (_bomb, pictures.TOO_LARGE),
        (lambda: saved(Image.new("1", (4000, 1))), "This picture is too long and thin to be shown here."),
    ],
)
def test_what_cannot_be_drawn_is_told_in_a_line(made: Callable[[], bytes], said: str) -> None:
    with pytest.raises(Cannot) as caught:
        pictures.decoded(made())
    assert str(caught.value) == said


@pytest.mark.parametrize("shape", [(800, 100), (100, 800), (9, 9)])
@pytest.mark.parametrize("size", [(40, 10), (120, 40)])
async def test_no_shape_of_a_picture_breaks_a_narrow_screen(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int], size: tuple[int, int]
) -> None:
    async def fetch(self: DemoAdapter, attachment: Attachment, max_bytes: int) -> bytes:
        return saved(Image.linear_gradient("L").resize(shape))

    monkeypatch.setattr(DemoAdapter, "fetch", fetch)
    async with visit_town(settings=WITH, size=size) as town:
        screen = await opened(town, "Ana Prado")
        await town.press("P")
        await town.until(lambda: screen.query(Pictures) and len(screen.query_one(Pictures).children) == 2)
        for width in (1, 5, size[0]):
            await town.pilot.resize_terminal(width, size[1])
            await town.pilot.pause(0.05)
        assert town.app.is_running


def test_the_town_has_its_pictures_with_it() -> None:
    walls = Path(sys.modules["introvert_tui.adapters.demo"].__file__ or "").parent
    assert {path.stem for path in walls.glob("*.png")} == {"smudge", "sloes", "mill"}
    assert all(path.stat().st_size < 25_000 for path in walls.glob("*.png"))
