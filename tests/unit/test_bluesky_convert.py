"""Bluesky's JSON becomes the model's nouns, also when it is odd or hostile; no server is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from introvert_tui.adapters import answers
from introvert_tui.adapters.bluesky import LIMITS, BlueskyAdapter, embeds, facets, failures, posts, rooms, shape, tid
from introvert_tui.adapters.bluesky.bookmark import LATE, Bookmark, Gap
from introvert_tui.adapters.bluesky.conversations import audience
from introvert_tui.adapters.bluesky.sign_in import account_name
from introvert_tui.adapters.bluesky.trees import Tree
from introvert_tui.errors import RateLimited, Refused, Unsure
from introvert_tui.model import (
    Account,
    Attachment,
    AttachmentKind,
    Audience,
    GoneKind,
    Message,
    PersonRef,
    Reason,
    RoomRef,
    SpanKind,
    Visibility,
)

Json = dict[str, Any]

ME, ANA, BEN = "did:plc:me", "did:plc:ana", "did:plc:ben"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class NoSecrets:
    def get(self, name: str) -> str | None:
        return None

    def set(self, name: str, value: str) -> None:
        raise AssertionError("nothing here writes a secret")


def uri(did: str, key: str = "1") -> str:
    return f"at://{did}/app.bsky.feed.post/{key}"


def facet(start: Any, end: Any, **feature: str) -> Json:
    what = {"link": "uri", "mention": "did", "tag": "tag"}
    name, value = next(iter(feature.items()))
    return {
        "index": {"byteStart": start, "byteEnd": end},
        "features": [{"$type": f"app.bsky.richtext.facet#{name}", what[name]: value}],
    }


def view(did: str = ANA, key: str = "1", *, reply: Json | None = None, minute: int = 0, **more: Any) -> Json:
    at = shape.stamp(NOON + timedelta(minutes=minute))
    record: Json = {"$type": posts.POST, "text": f"words {key}", "createdAt": at, **more.pop("record", {})}
    if reply:
        record["reply"] = reply
    author = {"did": did, "handle": f"{did[8:]}.test", "displayName": did[8:].title(), **more.pop("author", {})}
    base = {"uri": uri(did, key), "cid": f"cid-{key}", "author": author, "record": record, "indexedAt": at}
    return {**base, "replyCount": 0, "viewer": {}, **more}


def reply_to(parent: Json, root: Json | None = None) -> Json:
    root = root or parent
    return {
        "root": {"uri": root["uri"], "cid": root["cid"]},
        "parent": {"uri": parent["uri"], "cid": parent["cid"]},
    }


def converted(data: Json) -> Message:
    message = posts.message(data, ME)
    assert message is not None
    return message


facet_like = st.builds(
    lambda start, end, what, value: facet(start, end, **{what: value}),
    st.integers(-3, 40) | st.none() | st.booleans(),
    st.integers(-3, 40) | st.text(max_size=1),
    st.sampled_from(["link", "mention", "tag"]),
    st.text(max_size=5),
)


@given(st.text(max_size=20), st.lists(facet_like, max_size=6))
@example("naïve 👩‍👩‍👧 café", [facet(3, 4, link="https://x.example")])
def test_spans_join_back_to_the_text(words: str, given_facets: list[Json]) -> None:
    spans = facets.spans(words, given_facets)
    assert "".join(span.text for span in spans) == words
    assert all(span.text for span in spans)
    assert all((span.url is None) == (span.kind is SpanKind.TEXT) for span in spans)


def test_facets_count_bytes_and_not_characters() -> None:
    words = "é @ana.test #ñu 👍 https://x.example/a"
    data = words.encode()

    def found(piece: str, **feature: str) -> Json:
        start = data.index(piece.encode())
        return facet(start, start + len(piece.encode()), **feature)

    spans = facets.spans(
        words,
        [
            found("https://x.example/a", link="https://x.example/a"),
            found("#ñu", tag="ñu"),
            found("@ana.test", mention=ANA),
        ],
    )
    special = [(span.text, span.kind, span.url) for span in spans if span.kind is not SpanKind.TEXT]
    assert special == [
        ("@ana.test", SpanKind.MENTION, f"https://bsky.app/profile/{ANA}"),
        ("#ñu", SpanKind.TAG, "https://bsky.app/hashtag/%C3%B1u"),
        ("https://x.example/a", SpanKind.LINK, "https://x.example/a"),
    ]


@pytest.mark.parametrize(
    "bounds",
    [(1, 3), (0, 1), (-1, 2), (0, 99), (2, 2), (3, 2), (None, 2), (True, 2), (0, "2")],
)
def test_a_facet_that_points_nowhere_is_dropped(bounds: tuple[Any, Any]) -> None:
    spans = facets.spans("éé", [facet(*bounds, link="https://x.example")])
    assert [span.kind for span in spans] == [SpanKind.TEXT]


def test_of_overlapping_facets_the_first_in_the_text_stays() -> None:
    spans = facets.spans("abcdef", [facet(2, 6, tag="late"), facet(0, 4, tag="early")])
    assert [(span.text, span.kind) for span in spans] == [("abcd", SpanKind.TAG), ("ef", SpanKind.TEXT)]


def test_a_mention_takes_the_place_of_a_link_that_overlaps_it() -> None:
    kept = facets.without_overlaps([facets.mention(ANA, 4, 9), facet(5, 9, link="https://x"), facet(0, 3, tag="a")])
    assert [each["index"]["byteStart"] for each in kept] == [0, 4]


EMBED = "app.bsky.embed"


def quoted(variant: str, **more: Any) -> Json:
    return {"$type": f"{EMBED}.record#view", "record": {"$type": f"{EMBED}.record#{variant}", **more}}


QUOTE_VIEW = quoted("viewRecord", uri=uri(BEN), author={"did": BEN, "handle": "ben.test"}, value={"text": "my words"})


@pytest.mark.parametrize(
    ("embed", "expected"),
    [
        ({}, ()),
        (
            {"$type": f"{EMBED}.images#view", "images": [{"alt": "a cat", "fullsize": "https://c/1", "thumb": "t"}]},
            (Attachment(AttachmentKind.IMAGE, "a cat", "https://c/1"),),
        ),
        (
            {"$type": f"{EMBED}.gallery#view", "items": [{"alt": "one", "fullsize": "https://c/1"}, {"new": 1}]},
            (
                Attachment(AttachmentKind.IMAGE, "one", "https://c/1"),
                Attachment(AttachmentKind.OTHER, embeds.UNKNOWN),
            ),
        ),
        (
            {"$type": f"{EMBED}.video#view", "alt": "waves", "playlist": "https://v/p.m3u8"},
            (Attachment(AttachmentKind.VIDEO, "waves"),),
        ),
        (
            {"$type": f"{EMBED}.external#view", "external": {"uri": "https://x", "title": "T", "description": "D"}},
            (Attachment(AttachmentKind.LINK, "T — D", "https://x"),),
        ),
        (
            QUOTE_VIEW,
            (
                Attachment(
                    AttachmentKind.QUOTE,
                    "my words",
                    "https://bsky.app/profile/ben.test/post/1",
                    uri(BEN),
                    "ben.test",
                ),
            ),
        ),
        (
            {
                "$type": f"{EMBED}.recordWithMedia#view",
                "media": {"$type": f"{EMBED}.images#view", "images": [{"alt": "a"}]},
                "record": QUOTE_VIEW,
            },
            (
                Attachment(AttachmentKind.IMAGE, "a"),
                embeds.attachments(QUOTE_VIEW)[0],
            ),
        ),
        ({"$type": "com.example.hologram#view"}, (Attachment(AttachmentKind.OTHER, embeds.UNKNOWN),)),
        (
            {
                "$type": f"{EMBED}.record#view",
                "record": {
                    "$type": "app.bsky.feed.defs#generatorView",
                    "uri": f"at://{BEN}/app.bsky.feed.generator/cats",
                    "displayName": "Cats",
                    "creator": {"handle": "ben.test"},
                },
            },
            (Attachment(AttachmentKind.OTHER, "Feed: Cats by @ben.test"),),
        ),
    ],
    ids=["none", "images", "gallery", "video", "card", "quote", "quote and picture", "unknown", "feed"],
)
def test_embeds(embed: Json, expected: tuple[Attachment, ...]) -> None:
    assert embeds.attachments(embed) == expected


@pytest.mark.parametrize(
    ("variant", "gone"),
    [
        ("viewNotFound", GoneKind.DELETED),
        ("viewBlocked", GoneKind.BLOCKED),
        ("viewDetached", GoneKind.DETACHED),
    ],
)
def test_a_quote_that_is_gone_says_why(variant: str, gone: GoneKind) -> None:
    (attachment,) = embeds.attachments(quoted(variant, uri=uri(BEN)))
    assert (attachment.kind, attachment.gone, attachment.text) == (AttachmentKind.QUOTE, gone, "")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["$type", "record", "uri", "author", "images", "did", "post", "reply", "external", "media"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_no_json_is_an_accident(data: Any) -> None:
    whole = data if isinstance(data, dict) else {"record": data, "embed": data, "author": data}
    embeds.attachments(whole)
    posts.message(whole, ME)
    posts.message({**view(), "embed": data, "labels": data, "viewer": data}, ME)
    posts.message({**view(), "record": data}, ME)
    rooms.message(whole, RoomRef("r", ()))
    Tree(ME).add({"thread": whole})
    Tree(ME).add({"thread": {"post": view(), "replies": [whole], "parent": whole}})
    Bookmark.load(str(data))


def test_who_a_post_is_said_to() -> None:
    mine = view(ME)
    names_me = {"text": "@me", "facets": [facet(0, 3, mention=ME)]}
    quotes_me = {"embed": {"$type": f"{EMBED}.record", "record": {"uri": uri(ME), "cid": "c"}}}
    theirs = view(BEN, "9")
    assert converted(view(reply=reply_to(mine))).said_to_me is Reason.REPLY
    assert converted(view(record=names_me)).said_to_me is Reason.MENTION
    assert converted(view(record=names_me, reply=reply_to(mine))).said_to_me is Reason.REPLY
    assert converted(view(record=quotes_me)).said_to_me is Reason.QUOTE
    assert converted(view(reply=reply_to(theirs, root=mine))).said_to_me is None
    assert converted(view(ME, reply=reply_to(mine), record=names_me)).said_to_me is None


def test_a_post_with_everything() -> None:
    root, parent = view(ME, "root"), view(BEN, "parent")
    post = view(
        reply=reply_to(parent, root),
        record={
            "langs": ["de", "en"],
            "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]},
        },
        labels=[{"val": "porn"}, {"val": "gore", "neg": True}, {"val": "sexual", "exp": "2020-01-01T00:00:00Z"}],
        viewer={"like": "at://x", "replyDisabled": True, "threadMuted": True},
        indexedAt="2026-11-20T12:00:01.5Z",
    )
    message = converted(post)
    assert message.place == posts.place_of(root)
    assert message.place.root.token == "cid-root"
    assert message.parent
    assert (message.parent.uri, message.parent.token) == (uri(BEN, "parent"), "cid-parent")
    assert message.seen_at == datetime(2026, 11, 20, 12, 0, 1, 500_000, UTC)
    assert message.claimed_at == NOON
    assert message.warning == "Adult content, Nudity"
    assert message.language == "de"
    assert message.liked_by_me
    assert message.closed
    assert message.url == "https://bsky.app/profile/ana.test/post/1"
    assert posts.muted([post]) == ((uri(ME, "root"), True),)


def test_a_bridged_post_names_its_original_only_where_the_bridge_wrote_it() -> None:
    bridged = {"bridgyOriginalUrl": "https://town.example/@ana/1"}
    by_the_bridge = converted(view(record=bridged, author={"handle": "ana.town.example.ap.brid.gy"}))
    assert by_the_bridge.original == "https://town.example/@ana/1"
    assert converted(view(record=bridged)).original is None


def test_a_broken_date_is_not_the_end() -> None:
    message = converted(view(record={"createdAt": "yesterday"}))
    assert message.claimed_at == message.seen_at == NOON


def node(post: Json, *replies: Json, parent: Json | None = None) -> Json:
    made: Json = {"$type": "app.bsky.feed.defs#threadViewPost", "post": post, "replies": list(replies)}
    return {**made, "parent": parent} if parent else made


def gone_node(name: str, address: str) -> Json:
    return {"$type": f"app.bsky.feed.defs#{name}Post", "uri": address, name: True}


def test_a_tree_shows_what_is_gone_for_what_it_is() -> None:
    root = view(ME, "root")
    answer = view(ANA, "answer", reply=reply_to(root), minute=1)
    folded = view(BEN, "folded", reply=reply_to(root), minute=2)
    deep = view(BEN, "deep", reply=reply_to({"uri": uri(ANA, "lost"), "cid": "c"}, root), minute=5)
    tree = Tree(ME)
    tree.add(
        {
            "thread": node(root, node(answer, gone_node("blocked", uri(BEN, "blocked"))), node(folded)),
            "threadgate": {"record": {"hiddenReplies": [uri(BEN, "folded")]}},
        }
    )
    tree.add({"thread": node(deep, parent=gone_node("notFound", uri(ANA, "lost")))})
    gone = {message.ref.uri: message.gone for message in tree.messages.values() if message.gone}
    assert gone == {
        uri(BEN, "blocked"): GoneKind.BLOCKED,
        uri(BEN, "folded"): GoneKind.HIDDEN,
        uri(ANA, "lost"): GoneKind.DELETED,
    }
    lost = tree.messages[uri(ANA, "lost")]
    assert lost.author == PersonRef("", "")
    assert lost.seen_at == NOON + timedelta(minutes=5, milliseconds=-1)
    assert tree.messages[uri(BEN, "folded")].body == ()
    assert len({message.place for message in tree.messages.values()}) == 1
    assert [message.ref.uri for message in tree.ancestors(uri(BEN, "deep"))] == [uri(ANA, "lost")]


def test_a_large_tree_is_cut_around_what_was_asked_for() -> None:
    root = view(ME, "root")
    crowd = [view(BEN, f"crowd{number}", reply=reply_to(root), minute=number) for number in range(2, 10_002)]
    asked = view(ANA, "asked", reply=reply_to(root), minute=1)
    below = view(BEN, "below", reply=reply_to(asked, root), minute=3)
    tree = Tree(ME)
    tree.add({"thread": node(root, *map(node, crowd), node(asked, node(below)))})
    chosen = tree.selection(uri(ANA, "asked"), 4)
    keys = [message.ref.uri.rpartition("/")[2] for message in chosen]
    assert keys == ["root", "asked", "below", "crowd10001"]


def test_a_chain_deeper_than_python_likes() -> None:
    thread = node(view(ANA, "0"))
    for number in range(1, 3000):
        thread = node(view(ANA, str(number)), thread)
    tree = Tree(ME)
    tree.add({"thread": thread})
    assert len(tree.messages) == 3000


def test_the_audience_is_whom_the_server_notifies() -> None:
    chain = [view(did, key) for did, key in ((ME, "r"), (ANA, "a"), (BEN, "b"), (ME, "m"), (ANA, "a2"), (BEN, "b2"))]
    for below, parent in zip(chain[1:], chain, strict=False):
        below["record"]["reply"] = reply_to(parent, chain[0])
    messages = [converted(each) for each in chain]
    to, above = messages[-1], messages[-2::-1]
    assert [person.uri for person in audience(ME, to, above).also] == [ANA]
    assert audience(ME, to, above).more is False
    assert audience(ME, to, above[:1]).more is True
    assert audience(ME, messages[0], ()) == Audience(Visibility.PUBLIC, messages[0].author)
    assert audience(ME, messages[1], messages[:1]).more is False


def test_rooms() -> None:
    convo = {
        "id": "c1",
        "members": [{"did": ANA, "handle": "ana.test"}, {"did": ME, "handle": "me.test"}],
        "status": "accepted",
        "lastMessage": {"id": "m3", "sender": {"did": ANA}, "sentAt": shape.stamp(NOON), "text": "so?"},
    }
    where = rooms.room(convo)
    assert rooms.message({"$type": "chat.bsky.convo.defs#systemMessageView", "id": "x"}, where) is None

    def said(name: str, did: str, minute: int, variant: str = "messageView") -> Message:
        at = shape.stamp(NOON + timedelta(minutes=minute))
        data = {"$type": f"chat.bsky.convo.defs#{variant}", "id": name, "rev": name, "sender": {"did": did}}
        message = rooms.message({**data, "sentAt": at, "text": name}, where)
        assert message is not None
        return message

    history = [said("m1", ANA, 1), said("m2", ME, 2), said("m3", ANA, 3), said("m4", ANA, 4, "deletedMessageView")]
    marked = rooms.said_to(ME, reversed(history), NOON)
    assert [message.said_to_me for message in marked] == [None, None, Reason.DIRECT, None]
    assert marked[3].gone is GoneKind.DELETED
    assert all(message.visibility is Visibility.DIRECT for message in marked)
    assert marked[2].author == PersonRef(ANA, "ana.test")
    assert not any(message.said_to_me for message in rooms.said_to(ME, history[:1], NOON + timedelta(hours=1)))
    (request,) = rooms.requests([convo], ME)
    assert (request.person.uri, request.text, request.at) == (ANA, "so?", NOON)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)))
def test_a_tid_holds_its_time(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC)
    assert tid.time_of(tid.at(at)) == at
    assert tid.at(at) < tid.at(at + timedelta(microseconds=1))


def test_new_tids_only_grow() -> None:
    made = [tid.new() for _ in range(1000)]
    assert made == sorted(set(made))
    assert tid.fixed("x") == tid.fixed("x") != tid.fixed("y")
    assert tid.time_of(tid.fixed("x"))
    assert tid.time_of("not a tid") is None


def test_a_bookmark_survives_being_stored() -> None:
    mark = Bookmark("3k", NOON, {"at://a": NOON}, [Gap(NOON, "c", 7), Gap(NOON)], ["3l"], "rev", NOON)
    assert Bookmark.load(mark.dump()) == mark
    for nonsense in (None, "", "null", "[]", "{}", '{"v":2,"own":"x"}', "\x00"):
        assert Bookmark.load(nonsense) is None


def test_a_bookmark_waits_for_late_notifications_and_then_forgets() -> None:
    mark = Bookmark("3k")
    mark.remember({"a": NOON, "b": NOON - timedelta(hours=1)}, NOON + timedelta(seconds=1), NOON - timedelta(days=9))
    assert mark.floor == NOON + timedelta(seconds=1) - LATE
    assert set(mark.near) == {"a"}
    mark.remember({"a": NOON}, NOON + timedelta(hours=1), mark.floor)
    assert mark.floor == NOON
    assert not mark.near
    burst = {str(number): NOON + timedelta(seconds=number / 100) for number in range(1000)}
    mark.remember(burst, NOON + timedelta(seconds=11), NOON)
    assert len(mark.near) == 300
    assert mark.floor == burst["699"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("@Ana.Bsky.Social", "ana.bsky.social"),
        (" \u202aana.bsky.social\u202c ", "ana.bsky.social"),
        ("ana", "ana.bsky.social"),
        ("https://bsky.app/profile/ana.example/post/3k", "ana.example"),
        ("bsky.app/profile/did:plc:ewvi7nxzyoun6zhxrhs64oiz", "did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
        ("at://ana.example", "ana.example"),
    ],
)
def test_a_handle_may_be_pasted_in_many_ways(typed: str, name: str) -> None:
    assert account_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "@", "ana@example.org", "ana bsky:social", "ana prado", "did:plc:short", "a" * 300, "[::1]"]
)
def test_what_is_no_handle_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        account_name(typed)


def test_length_in_graphemes_and_bytes() -> None:
    adapter = BlueskyAdapter(Account(1, "bluesky", "https://pds.example", ME, "me.test"), NoSecrets(), None)
    public = Audience(Visibility.PUBLIC, PersonRef(ANA, "ana.test"))
    direct = Audience(Visibility.DIRECT, PersonRef(ANA, "ana.test"))
    family = "👩‍👩‍👧‍👦"
    assert adapter.measure(family * 300, public).used == LIMITS.post
    assert not adapter.measure(family * 300, public).fits, "300 graphemes of 25 bytes are too many bytes"
    assert adapter.measure("é" * 300, public).fits
    assert adapter.measure("é" * 1000, direct).fits
    assert not adapter.measure("é" * 1001, direct).fits


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"retry-after": "7"}, 7, 7),
        ({"retry-after": "-3"}, 1, 1),
        ({"retry-after": "nan"}, 60, 60),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:18:00 GMT"}, 600, 600),
        ({"retry-after": "tomorrow", "date": "today"}, 60, 60),
        ({"ratelimit-reset": "1792567380", "date": "Wed, 21 Oct 2026 07:18:00 GMT"}, 300, 300),
        ({"ratelimit-reset": "99999999999"}, 86_400, 86_400),
        ({"ratelimit-reset": "1"}, 1, 1),
        ({}, 60, 60),
    ],
)
def test_how_long_to_stay_away(headers: dict[str, str], low: float, high: float) -> None:
    assert low <= answers.retry_after(headers, failures.RESET) <= high


def test_a_server_in_trouble_may_say_when_to_come_back_and_what_it_was_sent_is_looked_for_first() -> None:
    answer = SimpleNamespace(status_code=503, content=b"", headers={"retry-after": "120"})
    reading = failures.from_response(answer, sending=False)
    assert isinstance(reading, RateLimited)
    assert reading.retry_after == 120
    assert isinstance(failures.from_response(answer, sending=True), Unsure)
