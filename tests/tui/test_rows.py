"""Rows and messages as text: no app, no clock but one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from introvert_tui.engine.inbox import AccountView, Group, InboxRow, State
from introvert_tui.engine.views import ConversationView, MessageView
from introvert_tui.model import Attachment, AttachmentKind, GoneKind, Reason, Span, SpanKind
from introvert_tui.text import clean, clean_line, count
from introvert_tui.tui import pages, rows, words

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)

ROW = InboxRow(
    id=1,
    group=Group.WAITING,
    state=State.WAITING,
    private=False,
    network="bluesky",
    account="me",
    writers=("Ana Prado",),
    who="Ana Prado",
    text="Have you tried the new ink?",
    warning=None,
    pictures=0,
    reason=Reason.REPLY,
    at=NOW - timedelta(minutes=20),
    shown=1,
)

MESSAGE = MessageView(
    id=1,
    name="Ana Prado",
    handle="ana.example",
    mine=False,
    new=True,
    held=False,
    at=NOW - timedelta(minutes=20),
    body=(Span("Have you tried the new ink?"),),
    warning=None,
    attachments=(),
    answers=None,
    gone=None,
    edited=False,
    url=None,
)

HOSTILE = [
    "[/b]",
    "[@click=app.quit]x[/]",
    "[bold",
    "]",
    "\\[",
    "[link=https://x]",
    "$accent",
    "{name}",
    "[red]r[/red]",
]
remote = st.one_of(st.sampled_from(HOSTILE), st.text(), st.text("[]/@$ab\n🤝é漢\u200d")).map(clean)
remote_line = remote.map(clean_line)


def plain(row: InboxRow, width: int = 60) -> str:
    return "\n".join(line.plain for line in rows.row_lines(row, width, NOW))


def told(message: MessageView, fold: bool = False) -> str:
    return pages.message_content(message, NOW, fold).plain


def test_a_row_names_people_first_and_the_network_late() -> None:
    top, text = plain(ROW).splitlines()
    assert top.startswith("Ana Prado ")
    assert top.endswith("Bluesky     20 min")
    assert len(top) == 60
    assert text == "Have you tried the new ink?"


@pytest.mark.parametrize(
    ("account", "text", "shown"),
    [
        ("me@far.example", "@me have you tried the new ink?", "have you tried the new ink?"),
        ("me@far.example", "@Me@far.example, @jun the new ink?", "@jun the new ink?"),
        ("me@far.example", "@jun @me the new ink?", "@jun the new ink?"),
        ("me@far.example", "@me@elsewhere.example the ink?", "@me@elsewhere.example the ink?"),
        ("me@far.example", "Ask @me about ink", "Ask @me about ink"),
        ("me@far.example", "@me", "@me"),
        ("me.example", "@me.example the ink?", "the ink?"),
        ("me.example", "@me the ink?", "@me the ink?"),
        ("me.example", "@ the ink?", "@ the ink?"),
    ],
)
def test_a_row_need_not_say_that_you_are_meant(account: str, text: str, shown: str) -> None:
    assert plain(ROW._replace(account=account, text=text)).splitlines()[1:] == [shown]


def test_the_network_goes_before_a_name_is_cut() -> None:
    top, *_ = plain(ROW._replace(writers=("Ana Prado of the Inks",)), 34).splitlines()
    assert top == "Ana Prado of the Inks" + "20 min".rjust(13)


SEVERAL = rows.Places(several=True)


def test_among_several_networks_the_network_stays_and_the_names_go_on_below() -> None:
    row = ROW._replace(writers=("Ana Prado", "Jun Takeda", "Priya Nair", "Cy Lu"))
    assert [line.plain for line in rows.row_lines(row, 44, NOW, SEVERAL)] == [
        "Ana Prado, Jun Takeda," + "Bluesky     20 min".rjust(22),
        "Priya Nair and Cy Lu",
        "Ana Prado: Have you tried the new ink?",
    ]


@pytest.mark.parametrize("width", range(37, 48))
def test_the_network_is_there_on_the_narrowest_terminal(width: int) -> None:
    row = ROW._replace(network="mastodon", writers=("Maximiliane Featherstonehaugh-Cholmondeley the Third",))
    top, *others = (line.plain for line in rows.row_lines(row, width, NOW, SEVERAL))
    assert top.endswith("Mastodon     20 min")
    assert len(top) == width
    assert " ".join([top.removesuffix("Mastodon     20 min").strip(), *others]).startswith(row.writers[0])


def test_which_of_your_accounts_is_told_where_there_are_two_on_a_network() -> None:
    shared = rows.Places(shared=frozenset({"bluesky"}))
    wide, *_ = (line.plain for line in rows.row_lines(ROW, 60, NOW, shared))
    assert wide.endswith("Bluesky, me     20 min")
    narrow = [line.plain for line in rows.row_lines(ROW._replace(account="me.example.social"), 40, NOW, shared)]
    assert narrow[0].endswith("Bluesky     20 min")
    assert narrow[-1] == "To me.example.social."
    assert "To me" not in plain(ROW)


def test_what_is_told_about_where_depends_on_the_accounts() -> None:
    one, two = (AccountView(n, "bluesky", "Bluesky", "x", NOW, None) for n in (1, 2))
    other = two._replace(network="mastodon")
    assert rows.places([one]) == rows.ANYWHERE
    assert rows.places([one, two]) == rows.Places(False, frozenset({"bluesky"}))
    assert rows.places([one, other]) == rows.Places(True, frozenset())


@pytest.mark.parametrize(
    ("writers", "private", "said"),
    [
        (("Ana",), False, "Ana"),
        (("Ana",), True, "Ana, privately"),
        (("Jun", "Priya"), False, "Jun and Priya"),
        (("Jun", "Priya", "Cy"), False, "Jun, Priya and Cy"),
        (("Jun", "Priya", "Cy", "Lu"), False, "Jun, Priya, Cy and Lu"),
        (("Jun", "Priya"), True, "Jun and Priya, privately"),
        ((), False, "Ana Prado"),
    ],
)
def test_who_waits(writers: tuple[str, ...], private: bool, said: str) -> None:
    assert " ".join(rows.people(ROW._replace(writers=writers, private=private))) == said


@given(
    writers=st.lists(st.text("abc é漢", min_size=1, max_size=30).map(clean_line).filter(bool), max_size=40),
    width=st.integers(37, 120),
    several=st.booleans(),
)
def test_every_writer_is_visible(writers: list[str], width: int, several: bool) -> None:
    row = ROW._replace(writers=tuple(writers), text="", network="mastodon")
    lines = rows.row_lines(row, width, NOW, rows.Places(several))
    told = " ".join(line.plain for line in lines).replace("Mastodon", "").replace("20 min", "")
    assert all(line.cell_length <= width for line in lines)
    assert "…" not in told
    assert all("".join(one.split()) in "".join(told.split()) for one in writers)


def test_among_several_it_is_said_who_spoke() -> None:
    assert "Jun: Which chapter?" in plain(ROW._replace(writers=("Jun", "Priya"), who="Jun", text="Which chapter?"))


def test_a_warning_stands_in_place_of_what_it_hides() -> None:
    said = plain(ROW._replace(warning="hospital", text="a secret", pictures=2))
    assert "hospital" in said
    assert "a secret" not in said
    assert "picture" not in said


def test_pictures_are_told() -> None:
    assert plain(ROW._replace(text="", pictures=1)).endswith("[a picture]")
    assert plain(ROW._replace(text="See", pictures=3)).endswith("See [three pictures]")


@pytest.mark.parametrize("words", range(1, 30))
def test_pictures_are_told_whole_whatever_is_before_them(words: int) -> None:
    *_, last = said = plain(ROW._replace(text="ink and " * words, pictures=2), 40).splitlines()
    assert last.endswith("[two pictures]")
    assert len(said) <= 3
    assert all(len(line) <= 40 for line in said)


def test_kept_words_come_before_notes_and_reasons() -> None:
    row = ROW._replace(kept="Not yet.", note="Ana wrote before your hello arrived.", later_reason="tired")
    assert plain(row).splitlines()[-1] == "Kept: Not yet."
    assert plain(row._replace(kept=None)).splitlines()[-1] == "Ana wrote before your hello arrived."


def test_what_waits_is_marked_and_bold_not_only_coloured() -> None:
    line = rows.row_lines(ROW, 60, NOW)
    assert rows.in_gutter(line, here=True, marked=True)[0].plain.startswith("▌• Ana")
    assert rows.in_gutter(line, here=False, marked=False)[0].plain.startswith("   Ana")
    assert any("bold" in str(span.style) for span in line[0].spans)


def test_long_words_end_after_a_whole_word() -> None:
    text = plain(ROW._replace(text="one two three four five six seven eight nine ten"), 20).splitlines()[1:]
    assert text == ["one two three four", "five six seven…"]


@pytest.mark.parametrize(
    "long", ["日本語のとても長い文章です。改行できるところがほとんどありません。", "https://ink.example/" + "a" * 40]
)
def test_what_no_line_can_hold_begins_beside_the_word_before_it(long: str) -> None:
    first, second = plain(ROW._replace(text=f"See {long}"), 30).splitlines()[1:]
    assert first.startswith(f"See {long[:8]}")
    assert second.endswith("…")
    assert (
        plain(ROW._replace(warning=f"今日 {long}"), 40)
        .splitlines()[1]
        .startswith(f"Under the warning “今日 {long[:4]}")
    )


@given(text=remote, name=remote_line, warning=st.none() | remote, width=st.integers(12, 120))
@example(text="[/b] [@click=app.quit]x[/]", name="[b]", warning=None, width=40)
@example(text="a" * 300, name="x", warning=None, width=20)
@example(text="🤝" * 100, name="é漢", warning=None, width=21)
def test_a_row_never_breaks_out_of_its_lines(text: str, name: str, warning: str | None, width: int) -> None:
    row = ROW._replace(text=text, who=name, writers=(name,), warning=warning, kept=text, note=name)
    lines = rows.row_lines(row, width, NOW)
    assert all("\n" not in line.plain and line.cell_length <= width + 1 for line in lines)
    assert not any("@click" in str(span.style) for line in lines for span in line.spans)


@given(text=remote_line, name=remote_line, width=st.integers(1, 40), pictures=st.integers(0, 3))
@example(text="ink and ink and ink", name="Ana", width=2, pictures=2)
def test_a_row_fits_whatever_its_width(text: str, name: str, width: int, pictures: int) -> None:
    said = rows.row_lines(ROW._replace(writers=(name,), text=text, pictures=pictures), width, NOW)
    assert all(line.cell_length <= max(width, 2) for line in said)


def test_a_message_says_who_when_and_to_whom() -> None:
    message = MESSAGE._replace(answers="Jun", edited=True)
    assert told(message).splitlines()[0] == "• Ana Prado @ana.example to Jun, 20 minutes ago, edited"


def test_your_own_are_told_apart_in_words() -> None:
    assert told(MESSAGE._replace(mine=True, new=False)).startswith("You, 20 minutes ago\n")
    assert told(MESSAGE._replace(mine=True, new=False, held=True)).startswith("You, not out yet\n")


@pytest.mark.parametrize("kind", list(GoneKind))
def test_what_is_gone_is_told_in_words(kind: GoneKind) -> None:
    said = told(MESSAGE._replace(gone=kind, body=(), warning="w"), fold=True)
    assert said.endswith(pages.GONE[kind])


def test_a_folded_message_shows_its_warning_alone() -> None:
    message = MESSAGE._replace(warning="ink opinions")
    assert "new ink" not in told(message, fold=True)
    assert "ink opinions" in told(message, fold=True)
    assert told(message).endswith("“ink opinions”:\nHave you tried the new ink?")


def test_links_are_numbered_and_say_where_they_really_lead() -> None:
    body = (
        Span("see "),
        Span("example.com/ink", SpanKind.LINK, "https://example.com/ink"),
        Span(" or "),
        Span("bank.example", SpanKind.LINK, "https://evil.example/"),
        Span(" or "),
        Span("example.com.evil.example", SpanKind.LINK, "https://example.com/"),
    )
    said = told(MESSAGE._replace(body=body))
    assert "example.com/ink [1] or" in said
    assert "bank.example [2] (evil.example)" in said
    assert "example.com.evil.example [3] (example.com)" in said
    assert pages.links(MESSAGE._replace(body=body))[1] == "https://evil.example/"


def test_pictures_films_cards_and_quotes() -> None:
    attachments = (
        Attachment(AttachmentKind.IMAGE, "a blue smudge across a notebook", "https://cdn.example/1"),
        Attachment(AttachmentKind.IMAGE),
        Attachment(AttachmentKind.LINK, "Ink, a history\nIn two volumes.", "https://example.com/ink"),
        Attachment(AttachmentKind.QUOTE, "Buy two.", uri="at://x", author="Ben"),
        Attachment(AttachmentKind.QUOTE, gone=GoneKind.DETACHED),
    )
    said = told(MESSAGE._replace(attachments=attachments)).splitlines()[2:]
    assert said == [
        "[picture: a blue smudge across a notebook] [1]",
        "[picture, no description]",
        "[link: Ink, a history · In two volumes.] [2] (example.com)",
        "  ▏Ben: “Buy two.”",
        "  ▏They took their words out of this quote.",
    ]


@given(text=remote, name=remote_line, warning=st.none() | remote, url=st.sampled_from(["https://x.example/", None]))
def test_no_message_is_read_as_markup(text: str, name: str, warning: str | None, url: str | None) -> None:
    message = MESSAGE._replace(
        name=name,
        body=(Span(text), Span(text, SpanKind.LINK, url), Span(text, SpanKind.MENTION, url)),
        attachments=(Attachment(AttachmentKind.IMAGE, text, url), Attachment(AttachmentKind.QUOTE, text, author=name)),
        warning=warning,
    )
    content = pages.message_content(message, NOW)
    assert text in content.plain
    assert not any("@click" in str(span.style) for span in content.spans)


def test_the_pane_beside_shows_all_that_is_new() -> None:
    messages = tuple(MESSAGE._replace(id=n, new=n >= 4, body=(Span(f"number {n}"),)) for n in range(10))
    view = ConversationView(1, State.WAITING, False, "bluesky", ("Ana Prado",), messages, 9, messages[-1], False, None)
    said = pages.preview(view, NOW, "enter, then v,").plain
    assert said.startswith("Ana Prado · Bluesky\nThree messages before this")
    assert "number 3" in said
    assert "number 2" not in said


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_the_pane_beside_shows_something_new_wherever_it_stands(new: list[bool]) -> None:
    """An answer stands below what it answers, so that what is new need not be last."""
    messages = tuple(MESSAGE._replace(id=n, new=is_new, body=(Span(f"number {n};"),)) for n, is_new in enumerate(new))
    view = ConversationView(1, State.WAITING, False, "bluesky", ("Ana Prado",), messages, 9, messages[-1], False, None)
    shown = pages.last_few(view)
    assert min(4, len(messages)) <= len(shown) <= 12
    assert any(message.new for message in shown) == any(new)
    first, last = messages.index(shown[0]), messages.index(shown[-1])
    assert messages[first : last + 1] == tuple(shown)
    said = pages.preview(view, NOW, "enter, then v,").plain
    assert (f"{count(len(messages) - last - 1, 'message').capitalize()} after this." in said) == (
        last + 1 < len(messages)
    )


@pytest.mark.parametrize(
    ("many", "said"),
    [
        (1, "Good evening. One conversation, about a minute."),
        (11, "Good evening. Eleven conversations, about six minutes."),
        (71, "Good evening. Seventy-one conversations, about forty minutes."),
        (120, "Good evening. 120 conversations, about sixty-five minutes."),
    ],
)
def test_how_many_and_how_long_is_said_in_words(many: int, said: str) -> None:
    assert words.opening([ROW] * many, NOW) == said
