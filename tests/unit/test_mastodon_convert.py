"""Mastodon's JSON becomes the model's nouns, also when it is odd or hostile; no server is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from introvert_tui.adapters import answers
from introvert_tui.adapters.mastodon import MastodonAdapter, beside, failures, people, statuses, writing
from introvert_tui.adapters.mastodon.ancestry import Ancestry
from introvert_tui.adapters.mastodon.bookmark import Bookmark, Gap, Traits
from introvert_tui.adapters.mastodon.conversations import audience
from introvert_tui.adapters.mastodon.oauth import Attempt, lacking
from introvert_tui.adapters.mastodon.people import Me
from introvert_tui.adapters.mastodon.sign_in import typed_address
from introvert_tui.errors import NotAllowed, RateLimited, Refused, SignedOut, Unavailable, Unsure
from introvert_tui.model import (
    Account,
    AttachmentKind,
    Audience,
    GoneKind,
    Message,
    PersonRef,
    Reason,
    RoomRef,
    Span,
    SpanKind,
    ThreadRef,
    Visibility,
)

Json = dict[str, Any]

HERE = "https://here.example"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ME = Me(f"{HERE}/@me", "1", "me@here.example", HERE)
ANA = PersonRef("https://far.example/@ana", "ana@far.example")
BEN = PersonRef(f"{HERE}/@ben", "ben@here.example")


class NoSecrets:
    def get(self, name: str) -> str | None:
        return None

    def set(self, name: str, value: str) -> None:
        raise AssertionError("nothing here writes a secret")


def account(name: str = "ana@far.example", local: str = "2") -> Json:
    user, _, domain = name.partition("@")
    url = f"https://{domain or 'here.example'}/@{user}"
    return {"id": local, "username": user, "acct": name, "url": url, "display_name": user.capitalize()}


MINE = account("me", "1")


def status(name: str = "10", by: Json | None = None, text: str = "<p>hi</p>", **more: Any) -> Json:
    return {
        "id": name,
        "uri": f"https://far.example/users/ana/statuses/{name}",
        "url": f"https://far.example/@ana/{name}",
        "created_at": (NOON + timedelta(minutes=int(name))).isoformat(),
        "account": by or account(),
        "content": text,
        "visibility": "public",
        "mentions": [],
        **more,
    }


def read(*known: Json, where: str = "thread") -> Message:
    """The last of these statuses as a message, the others being known."""
    ancestry = Ancestry(ME)
    for each in known:
        ancestry.learn(each)
    message = statuses.message(known[-1], ancestry, where)
    assert message is not None
    return message


def test_a_mention() -> None:
    message = read(
        status(text='<p><a href="https://here.example/@me" class="u-url mention">@me</a> hi</p>', mentions=[MINE])
    )
    assert message.ref.uri == "https://far.example/users/ana/statuses/10"
    assert message.ref.local == "10"
    assert message.said_to_me is Reason.MENTION
    assert message.author == ANA
    assert message.names == (ME.uri,)
    assert message.place == ThreadRef(message.ref, complete=True)
    assert message.body[0] == Span("@me", SpanKind.MENTION, "https://here.example/@me")
    assert message.text == "@me hi"


def test_an_answer_to_me_is_an_answer_even_if_it_names_me() -> None:
    mine = status("5", MINE)
    answer = status("10", in_reply_to_id="5", in_reply_to_account_id="1", mentions=[MINE])
    message = read(mine, answer)
    assert message.said_to_me is Reason.REPLY
    assert message.parent is not None
    assert message.parent.uri == mine["uri"]
    assert message.place == ThreadRef(message.parent)


def test_what_others_say_to_each_other_is_not_said_to_me() -> None:
    assert read(status("10", in_reply_to_id="9", in_reply_to_account_id="2")).said_to_me is None


def test_a_thread_is_incomplete_below_what_cannot_be_read() -> None:
    message = read(status("10", in_reply_to_id="9", in_reply_to_account_id="2"))
    assert message.parent is None
    assert message.place == ThreadRef(message.ref, complete=False)


def test_the_oldest_reachable_ancestor_is_the_root() -> None:
    top = status("1", in_reply_to_id="0")
    chain = [status(str(number), in_reply_to_id=str(number - 1)) for number in range(2, 9)]
    place = read(top, *chain).place
    assert isinstance(place, ThreadRef)
    assert place.root.uri == top["uri"]
    assert not place.complete


def test_answers_in_a_circle_end() -> None:
    one, two = status("1", in_reply_to_id="2"), status("2", in_reply_to_id="1")
    assert isinstance(read(one, two).place, ThreadRef)


def test_a_direct_message_is_a_room_that_starts_with_the_first_direct_one() -> None:
    public = status("1", MINE)
    first = status("2", in_reply_to_id="1", in_reply_to_account_id="1", visibility="direct", mentions=[MINE])
    mine = status("3", MINE, in_reply_to_id="2", in_reply_to_account_id="2", visibility="direct", mentions=[account()])
    message, answer = read(public, first), read(public, first, mine)
    assert message.said_to_me is Reason.DIRECT
    assert message.visibility is Visibility.DIRECT
    assert message.place == RoomRef(f"direct:{first['uri']}", (ANA, ME.ref))
    assert answer.place == message.place
    assert message.parent is None  # or the engine would take room and thread for one conversation
    assert answer.parent == message.ref


def test_a_direct_message_to_others_is_not_said_to_me() -> None:
    assert read(status(visibility="direct", mentions=[account("ben", "3")])).said_to_me is None


@pytest.mark.parametrize("state", ["accepted", ""])
def test_a_quote_of_mine(state: str) -> None:
    quote = {"state": state, "quoted_status": status("5", MINE, "<p>my words</p>")}
    markup = '<p class="quote-inline">RE: https://here.example/@me/5</p><p>so true</p>'
    message = read(status(text=markup, quote=quote))
    assert message.said_to_me is Reason.QUOTE
    assert message.text == "so true"
    (beside_it,) = message.attachments
    assert (beside_it.kind, beside_it.text, beside_it.author) == (AttachmentKind.QUOTE, "my words", "me@here.example")


@pytest.mark.parametrize(
    ("state", "gone"),
    [
        ("pending", GoneKind.HIDDEN),
        ("rejected", GoneKind.HIDDEN),
        ("revoked", GoneKind.DETACHED),
        ("deleted", GoneKind.DELETED),
        ("blocked_account", GoneKind.BLOCKED),
        ("muted_account", GoneKind.HIDDEN),
        ("something new", GoneKind.HIDDEN),
    ],
)
def test_a_quote_that_is_not_to_be_shown(state: str, gone: GoneKind) -> None:
    (quote,) = beside.attachments(status(quote={"state": state, "quoted_status": status("5")}), ME)
    assert quote.gone is gone
    assert not quote.text


def test_media_polls_and_cards_are_words() -> None:
    found = beside.attachments(
        status(
            media_attachments=[
                {"type": "image", "url": "https://far.example/a.png", "description": "a cat"},
                {"type": "image", "url": "https://far.example/b.png", "description": None},
                {"type": "audio", "url": "https://far.example/c.ogg", "description": "rain"},
                {"type": "unknown", "remote_url": "https://far.example/d"},
            ],
            poll={"options": [{"title": "tea", "votes_count": 7}, {"title": "coffee"}], "expired": True},
            card={"url": "https://news.example", "title": "News", "description": "today"},
        ),
        ME,
    )
    assert [each.text for each in found] == [
        "a cat",
        "",
        "Audio: rain",
        "A file",
        "Poll (ended): tea · coffee",
        "News — today",
    ]
    assert [each.kind for each in found][:2] == [AttachmentKind.IMAGE, AttachmentKind.IMAGE]


def test_sensitive_pictures_say_so() -> None:
    picture = {"type": "image", "url": "https://far.example/a.png", "description": "a cat"}
    (found,) = beside.attachments(status(media_attachments=[picture], sensitive=True), ME)
    assert found.text == "Marked as sensitive: a cat"


def filtered(action: str, *contexts: str) -> Json:
    return {"filter": {"title": "Football", "filter_action": action, "context": list(contexts)}}


def test_a_filter_that_warns_folds_and_never_goes_out_in_an_answer() -> None:
    message = read(status(spoiler_text="sports", filtered=[filtered("warn", "thread")], mentions=[MINE]))
    assert message.warning == "sports · Filtered: Football"
    assert message.said_to_me is Reason.MENTION
    assert statuses.own_warning(message.warning) == "sports"
    assert statuses.own_warning("Filtered: Football") == ""
    assert statuses.own_warning(None) == ""


def test_a_filter_that_hides_hides_where_it_is_meant_to() -> None:
    one = status(filtered=[filtered("hide", "notifications")], mentions=[MINE])
    hidden, shown = read(one, where="notifications"), read(one, where="thread")
    assert (hidden.gone, hidden.said_to_me, hidden.body) == (GoneKind.HIDDEN, None, ())
    assert shown.gone is None


ANA_NAMED = '<span class="h-card"><a href="https://far.example/@ana" class="u-url mention">@<span>ana</span></a></span>'


@pytest.mark.parametrize(
    "text",
    [
        f"<p>{ANA_NAMED} hi</p>",
        "<p>@ana hi</p>",
        "<p>@ana@far.example hi</p>",
        "@ANA hi",
    ],
)
def test_the_name_in_front_of_an_answer_of_mine_is_not_part_of_it(text: str) -> None:
    answered = status("5")
    mine = status("10", MINE, text, in_reply_to_id="5", in_reply_to_account_id="2", mentions=[account()])
    assert read(answered, mine).text == "hi"


def test_other_names_in_an_answer_of_mine_stay() -> None:
    answered = status("5")
    mentions = [account(), account("ben", "3")]
    mine = status("10", MINE, "@ana @ben hi", in_reply_to_id="5", in_reply_to_account_id="2", mentions=mentions)
    assert read(answered, mine).text == "@ben hi"


def test_names_in_what_others_write_stay() -> None:
    assert read(status(text="@me hi", mentions=[MINE])).text == "@me hi"


def test_a_bridged_copy_names_its_original_where_the_bridge_itself_says_so() -> None:
    original = "at://did:plc:abc/app.bsky.feed.post/3kxyz"
    assert read({**status(), "uri": f"https://bsky.brid.gy/convert/ap/{original}"}).original == original
    for uri in (f"https://bsky.brid.gy.far.example/convert/ap/{original}", f"https://far.example/?{original}"):
        assert read({**status(), "uri": uri, "url": f"https://bsky.brid.gy/convert/ap/{original}"}).original is None


def test_edits_likes_and_language() -> None:
    message = read(status(edited_at="2026-11-21T00:00:00.000Z", favourited=True, language="de", visibility="limited"))
    assert message.edited_at == datetime(2026, 11, 21, tzinfo=UTC)
    assert message.liked_by_me
    assert message.language == "de"
    assert message.visibility is Visibility.PRIVATE


@pytest.mark.parametrize("missing", ["id", "account", "created_at"])
def test_what_is_not_whole_is_left_out(missing: str) -> None:
    broken = status()
    del broken[missing]
    assert statuses.message(broken, Ancestry(ME)) is None


def test_the_part_of_a_second_is_in_a_ulid() -> None:
    at = datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC)
    coarse = {**status(), "created_at": "2026-11-20T12:00:07Z"}
    milliseconds = int(at.timestamp() * 1000) + 345
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    ulid = "".join(letters[milliseconds >> shift & 31] for shift in range(45, -1, -5)) + "0" * 16
    assert read({**coarse, "id": ulid}).seen_at == at + timedelta(milliseconds=345)
    assert read({**coarse, "id": ulid}).claimed_at == at
    for other in ("0" * 26, "Z" * 26, "7" + "Z" * 25, ulid[:-1], "1"):
        assert read({**coarse, "id": other}).seen_at == at


def test_one_status_that_is_muted_mutes_the_thread() -> None:
    ancestry = Ancestry(ME)
    one, two = status("1", muted=False), status("2", in_reply_to_id="1", muted=True)
    for each in (one, two):
        ancestry.learn(each)
    assert statuses.muted([one, two], ancestry) == ((one["uri"], True),)
    assert statuses.muted([status("3")], ancestry) == ()


@pytest.mark.parametrize("thread_muted", [False, True])
def test_where_a_muted_person_makes_a_status_muted_the_thread_is_told_apart(thread_muted: bool) -> None:
    ancestry = Ancestry(ME)
    one = status("1", muted=True, pleroma={"thread_muted": thread_muted})
    ancestry.learn(one)
    assert statuses.muted([one], ancestry) == ((one["uri"], thread_muted),)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.sampled_from(sorted([*status(), "quote", "poll", "card", "filtered", "in_reply_to_id"])), value=JSON)
@example(key="quote", value={"state": "accepted", "quoted_status": None})
@example(key="filtered", value=[{"filter": None}])
@example(key="created_at", value="9999-12-31T23:59:59-23:59")
def test_no_field_makes_an_error(key: str, value: Any) -> None:
    ancestry = Ancestry(ME)
    one = {**status(), key: value}
    ancestry.learn(one)
    statuses.message(one, ancestry)
    statuses.muted([one], ancestry)


def test_a_server_s_own_emoji_are_not_part_of_a_name() -> None:
    emojis = [{"shortcode": "verified", "url": "https://here.example/v.png"}, {"shortcode": 1}, None]
    named = {**account(), "display_name": "Ana :verified: P:not: :verified:", "emojis": emojis}
    found = people.person(named, ME)
    assert found is not None
    assert found.name == "Ana P:not:"
    nameless = people.person({**named, "display_name": ":verified:"}, ME)
    assert nameless is not None
    assert nameless.name == ""


def test_people_of_this_server_are_named_without_it() -> None:
    assert people.ref(account("ben", "3"), ME) == BEN
    assert people.spoken(BEN.handle, ME.domain) == "@ben"
    assert people.spoken(ANA.handle, ME.domain) == "@ana@far.example"
    assert people.people([account(), account(), MINE], ME, {"2": True})[0].followed is True
    assert len(people.people([account(), account(), MINE], ME)) == 1


def message_from(who: PersonRef, visibility: Visibility = Visibility.PUBLIC, warning: str | None = None) -> Message:
    return replace(read(status()), author=who, visibility=visibility, warning=warning)


def test_the_readers_own_filter_is_no_warning_to_others() -> None:
    heard = audience(ME, Visibility.PUBLIC, message_from(ANA, warning="food · Filtered: Diet"))
    assert heard.warning == "food"
    assert audience(ME, Visibility.PUBLIC, message_from(ANA, warning="Filtered: Diet")).warning is None


@pytest.mark.parametrize("said", [Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE])
@pytest.mark.parametrize("default", [Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE])
def test_an_answer_is_never_wider_than_what_is_answered_nor_than_the_default(
    said: Visibility, default: Visibility
) -> None:
    assert audience(ME, default, message_from(ANA, said, "food")) == Audience(min(said, default), ANA, warning="food")


def test_a_direct_answer_is_for_the_members_of_the_room() -> None:
    room = RoomRef("direct:x", (ANA, BEN, ME.ref))
    message = replace(message_from(ANA, Visibility.DIRECT), place=room)
    assert audience(ME, Visibility.PUBLIC, message) == Audience(Visibility.DIRECT, ANA, (BEN,))


@pytest.mark.parametrize(
    ("words", "who", "out"),
    [
        ("hi", (ANA,), "@ana@far.example hi"),
        ("hi @ana@far.example", (ANA,), "hi @ana@far.example"),
        ("@ANA@far.example hi", (ANA,), "@ANA@far.example hi"),
        ("@ana@far.example.org hi", (ANA,), "@ana@far.example @ana@far.example.org hi"),
        ("hi", (BEN, ANA, BEN), "@ben @ana@far.example hi"),
        ("@ben@here.example hi", (BEN,), "@ben@here.example hi"),
        ("hi", (ME.ref,), "hi"),
    ],
)
def test_everybody_to_be_told_stands_in_front_once(words: str, who: tuple[PersonRef, ...], out: str) -> None:
    assert writing.addressed(words, who, ME) == out


def test_length_is_what_the_server_counts() -> None:
    assert writing.counted("see https://example.org/a/very/long/path/indeed?with=query ok", 23) == 4 + 23 + 3
    assert writing.counted("@ana@far.example hi", 23) == len("@ana hi")
    assert writing.counted("mail@example.org", 23) == len("mail@example.org")


def test_names_and_the_warning_are_taken_off_what_is_allowed() -> None:
    length = writing.length("hi", Audience(Visibility.PUBLIC, ANA, warning="food"), ME, 500, 23)
    assert (length.used, length.limit) == (2, 500 - len("@ana ") - len("food"))
    already = writing.length("@ana@far.example hi", Audience(Visibility.PUBLIC, ANA), ME, 500, 23)
    assert (already.used, already.limit) == (7, 500)


def test_measuring_needs_nothing_but_the_account() -> None:
    adapter = MastodonAdapter(Account(1, "mastodon", HERE, ME.uri, ME.handle), NoSecrets(), None)
    heard = adapter.audience(message_from(ANA), ())
    assert not adapter.measure("a" * 500, heard).fits
    assert adapter.measure("a" * 495, heard).fits


@pytest.mark.parametrize(
    "mark",
    [
        Bookmark("10"),
        Bookmark("01M82GN5", Gap("7", NOON, 60), "9", Traits(25, False)),
        Bookmark("10", None, "9", Traits(None, True)),
    ],
)
def test_a_bookmark_can_be_stored(mark: Bookmark) -> None:
    assert Bookmark.load(mark.dump()) == mark


@pytest.mark.parametrize("cursor", [None, "", "{", "[]", '{"v":2,"newest":"1"}', '{"v":1}', '{"v":1,"newest":7}'])
def test_a_cursor_of_another_time_means_starting_over(cursor: str | None) -> None:
    assert Bookmark.load(cursor) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("@me@far.example", ("me", "far.example")),
        ("me@far.example", ("me", "far.example")),
        (" Far.Example ", ("", "far.example")),
        ("https://far.example/@me", ("me", "far.example")),
        ("https://far.example/users/me/", ("me", "far.example")),
        ("https://far.example", ("", "far.example")),
        ("far.example/@me", ("me", "far.example")),
        ("\u202a@me@far.example\u202c", ("me", "far.example")),
        ("http://127.0.0.1:3000", ("", "127.0.0.1:3000")),
        ("localhost:3000", ("", "localhost:3000")),
    ],
)
def test_an_address_may_be_typed_in_many_ways(typed: str, found: tuple[str, str]) -> None:
    assert typed_address(typed) == found


@pytest.mark.parametrize(
    "typed", ["", "me", "@me", "far example", "me@far .example", "ana@", "https://", "far..example", "javascript:1"]
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(Refused):
        typed_address(typed)


def test_the_code_may_be_pasted_with_its_address() -> None:
    attempt = Attempt(state="s")
    assert attempt.code_in(" abc\n") == "abc"
    assert attempt.code_in("https://here.example/oauth/authorize/native?code=abc") == "abc"
    assert attempt.code_in("http://x.example/?code=abc&state=s") == "abc"
    for wrong in ("http://x.example/?code=abc&state=t", "http://x.example/?error=access_denied"):
        with pytest.raises(Refused):
            attempt.code_in(wrong)


def test_scopes_that_are_missing() -> None:
    assert lacking({}) == ()
    assert lacking({"scope": "read write follow"}) == ()
    assert lacking({"scope": "read write:statuses write:favourites write:mutes"}) == ("write:blocks",)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"x-ratelimit-reset": "2026-11-20T12:00:30.000000Z"}, 30),
        ({"x-ratelimit-reset": str(int(NOON.timestamp()) + 30)}, 30),
        ({"retry-after": "Fri, 20 Nov 2026 12:10:00 GMT"}, 600),
        ({"x-ratelimit-reset": "soon"}, 60),
        ({"retry-after": "nan"}, 60),
        ({"retry-after": "-5"}, 1),
        ({}, 60),
    ],
)
def test_when_to_come_back_is_told_by_the_servers_own_clock(headers: dict[str, str], seconds: float) -> None:
    given_at = {"date": "Fri, 20 Nov 2026 12:00:00 GMT", **headers}
    assert answers.retry_after(given_at, "x-ratelimit-reset") == seconds


def test_a_server_in_trouble_may_say_when_to_come_back_and_what_it_was_sent_is_looked_for_first() -> None:
    told = {"retry-after": "120"}
    reading = failures.from_response(503, told, b"", "here.example", sending=False)
    assert isinstance(reading, RateLimited)
    assert reading.retry_after == 120
    assert isinstance(failures.from_response(503, told, b"", "here.example", sending=True), Unsure)


@pytest.mark.parametrize(
    ("code", "reading", "sending"),
    [
        (301, Unavailable, Unsure),
        (400, Refused, Refused),
        (401, SignedOut, SignedOut),
        (403, NotAllowed, NotAllowed),
        (404, failures.Missing, failures.Missing),
        (410, failures.Missing, failures.Missing),
        (422, Refused, Refused),
        (429, RateLimited, RateLimited),
        (500, Unavailable, Unsure),
        (503, Unavailable, Unsure),
    ],
)
@pytest.mark.parametrize(
    "body", [b"", b'{"error": "Nicht m\\u00f6glich\\u001b[31m"}', b"<html>", b"[]", b'{"error":3}']
)
def test_a_status_code_says_what_to_do_and_words_nothing(
    code: int, reading: type[Exception], sending: type[Exception], body: bytes
) -> None:
    for is_sending, kind in ((False, reading), (True, sending)):
        error = failures.from_response(code, {}, body, "here.example", sending=is_sending)
        assert type(error).__mro__[0] is kind or isinstance(error, kind)
        assert str(error).isprintable()
