"""Posts as servers really send them, and HTML nobody should send, read as a browser would show them."""

import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from introvert_tui.text.html import Kind, Run, plain_text, read_html

MASTODON_LINK = (
    '<a href="https://example.org/a/very/long/path/to/a/page" target="_blank" rel="nofollow noopener" translate="no">'
    '<span class="invisible">https://</span><span class="ellipsis">example.org/a/very/long/path/t</span>'
    '<span class="invisible">o/a/page</span></a>'
)


@pytest.mark.parametrize(
    ("markup", "runs"),
    [
        pytest.param(
            '<p><span class="h-card" translate="no"><a href="https://m.example/@ana" class="u-url mention">@<span>ana'
            "</span></a></span> see " + MASTODON_LINK + ' <a href="https://m.example/tags/Cats" class="mention hashtag"'
            ' rel="tag">#<span>Cats</span></a></p>',
            [
                Run("@ana", "mention", "https://m.example/@ana"),
                Run(" see "),
                Run("example.org/a/very/long/path/t…", "link", "https://example.org/a/very/long/path/to/a/page"),
                Run(" "),
                Run("#Cats", "tag", "https://m.example/tags/Cats"),
            ],
            id="Mastodon",
        ),
        pytest.param(
            '<p class="quote-inline">RE: <a href="https://m.example/@bo/1">m.example/@bo/1</a></p><p>Quite.</p>',
            [Run("RE: "), Run("m.example/@bo/1", "link", "https://m.example/@bo/1"), Run("\n\nQuite.")],
            id="Mastodon 4.5, a quote kept",
        ),
        pytest.param(
            '<p>hi <span class="h-card"><a href="http://g.example/@al" class="u-url mention" rel="nofollow noreferrer'
            ' noopener" target="_blank">@<span>al</span></a></span> &lt;b> <br><br>on '
            '<a href="http://g.example/tags/labtag" class="mention hashtag" rel="tag nofollow noreferrer noopener"'
            ' target="_blank">#<span>LabTag</span></a></p>',
            [
                Run("hi "),
                Run("@al", "mention", "http://g.example/@al"),
                Run(" <b>\n\non "),
                Run("#LabTag", "tag", "http://g.example/tags/labtag"),
            ],
            id="GoToSocial",
        ),
        pytest.param(
            '<span class="h-card"><a class="u-url mention" data-user="9pKx" href="https://p.example/users/ana" rel="ugc'
            '">@<span>ana</span></a></span> hello<br/><a class="hashtag" data-tag="cofe" '
            'href="https://p.example/tag/cofe" rel="tag ugc">#cofe</a>',
            [
                Run("@ana", "mention", "https://p.example/users/ana"),
                Run(" hello\n"),
                Run("#cofe", "tag", "https://p.example/tag/cofe"),
            ],
            id="Pleroma",
        ),
        pytest.param(
            '<p><a href="https://k.example/@ana" class="u-url mention">@ana@k.example</a><span> one<br>two '
            "<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby> </span>"
            '<a href="https://x.example">https://x.example</a></p>',
            [
                Run("@ana@k.example", "mention", "https://k.example/@ana"),
                Run(" one\ntwo 漢字(かんじ) "),
                Run("https://x.example", "link", "https://x.example"),
            ],
            id="Misskey",
        ),
        pytest.param(
            'cc @<a href="https://f.example/profile/ana" class="u-url mention"><span>ana</span></a> '
            '#<a href="https://f.example/search?tag=tea" rel="tag">tea</a>',
            [
                Run("cc "),
                Run("@ana", "mention", "https://f.example/profile/ana"),
                Run(" "),
                Run("#tea", "tag", "https://f.example/search?tag=tea"),
            ],
            id="Friendica",
        ),
        pytest.param("<a HREF=https://a.example/?b=c&amp;d>x</A>", [Run("x", "link", "https://a.example/?b=c&d")]),
        pytest.param("<a class='x'href=' https://a.example '>x</a>", [Run("x", "link", "https://a.example")]),
        pytest.param('<a title="a > b" href="https://a.example">x</a>', [Run("x", "link", "https://a.example")]),
        pytest.param(
            '<a href="https://a.example" href="https://b.example">x</a>', [Run("x", "link", "https://a.example")]
        ),
        pytest.param(
            '<a href="javascript:alert(1)">x</a> <a href="/y" class="mention">@y</a> <a>z</a>', [Run("x @y z")]
        ),
        pytest.param('<a href="https://a.example"><span class="invisible">a</span></a>', [], id="nothing to see"),
        pytest.param(
            '<a href="https://a.example">one <b>two</b><br>three </a>four<a href="https://b.example">five',
            [
                Run("one two", "link", "https://a.example"),
                Run("\n"),
                Run("three", "link", "https://a.example"),
                Run(" four"),
                Run("five", "link", "https://b.example"),
            ],
        ),
        pytest.param(
            '<a href="https://a.example">x</a><a href="https://a.example">y</a>',
            [Run("xy", "link", "https://a.example")],
        ),
        pytest.param(
            '<p><a href="https://a.example">x<p>y',
            [Run("x", "link", "https://a.example"), Run("\n\ny")],
            id="an unclosed link ends with its paragraph",
        ),
        pytest.param(
            '<a href="https://a.example"><div>x</a>y</div>z', [Run("x", "link", "https://a.example"), Run("y\nz")]
        ),
        pytest.param(
            '<blockquote><a href="https://a.example">x<br>y</a></blockquote>',
            [
                Run("│ "),
                Run("x", "link", "https://a.example"),
                Run("\n│ "),
                Run("y", "link", "https://a.example"),
            ],
            id="bars are no part of links",
        ),
    ],
)
def test_words_and_their_meanings(markup: str, runs: list[Run]) -> None:
    assert list(read_html(markup)) == runs


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        (" \n\t", ""),
        ("<p></p><p> </p><br><p>&nbsp;</p>", ""),
        ("plain & simple", "plain & simple"),
        ("&lt;b&gt; &amp;amp; &eacute;&#x1F600;&#0;&copy", "<b> &amp; é😀\ufffd©"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("one<br>two<br />three<br><br>four<br><br><br><br>five", "one\ntwo\nthree\n\nfour\n\nfive"),
        ("<p>one<br></p>\n<p><br>two</p><br>", "one\n\ntwo"),
        ("  one \n\t two <b> three </b> four\u00a0\u00a0five ", "one two three four\u00a0\u00a0five"),
        ("a<b> b</b> <i> c</i>", "a b c"),
        ("<h1>Title</h1>text<hr>more", "Title\n\ntext\n\nmore"),
        ("<p>one<hr>two", "one\n\ntwo"),
        ("<div>one</div><div>two<div>three</div></div>four", "one\ntwo\nthree\nfour"),
        ("<del>old</del> <code>x  y</code> <em>new</em> <x-thing>odd</x-thing>", "old x y new odd"),
        ("<p>a</p><pre><code>if x:\n    y\n\n\n\n\tz  \n</code></pre><p>b</p>", "a\n\nif x:\n    y\n\n\tz\n\nb"),
        ("<pre>\r\n  a\r\n  <b>b</b>  c</pre> d", "  a\n  b  c\n\nd"),
        ("<pre>a</p>  b</pre>", "a  b"),
        ("<p>a</p><ul><li>b</li><li>c</li></ul><p>d</p>", "a\n\n• b\n• c\n\nd"),
        ("<ul><li>a<li>b<ul><li>c<li>d</ul>e<li>f</ul>g", "• a\n• b\n  • c\n  • d\n  e\n• f\n\ng"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "• a\n  • b"),
        ("<ul>\n<li>\n<p>a</p>\n<p>b<br>c</p>\n</li>\n<li><p>d</p></li>\n</ul>", "• a\n\n  b\n  c\n• d"),
        ("<ul><li></li><li>a</li></ul><li>b", "• a\n\n• b"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ('<ol start="9"><li>a<br>b<li>c<br>d</ol>', "9. a\n   b\n10. c\n    d"),
        ('<ol start="x"><li>a<li value="7">b<li>c</ol>', "1. a\n7. b\n8. c"),
        ('<ol start="-1"><li>a<li>b<li>c</ol>', "-1. a\n0. b\n1. c"),
        ("<ol reversed><li>a<li>b<li>c</ol>", "3. a\n2. b\n1. c"),
        ('<ol reversed start="5"><li>a<li value="2">b<li>c</ol>', "5. a\n2. b\n1. c"),
        ("<ol reversed><li>a<ol><li>b</ol><li>c", "2. a\n   1. b\n1. c"),
        ('<ol start="99999999999999999999"><li>a</ol>', "999999999. a"),
        ("<blockquote><p>a</p><p>b<br>c</p></blockquote><p>d</p>", "│ a\n│\n│ b\n│ c\n\nd"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "│ a\n│\n│ │ b\n\nc"),
        ("<blockquote>a</blockquote><blockquote>b</blockquote>", "│ a\n\n│ b"),
        ("<ul><li><blockquote>a<br>b</blockquote></li></ul>", "• │ a\n  │ b"),
        ("<blockquote><ul><li>a</li></ul></blockquote>", "│ • a"),
        (
            'see <img src="x" alt=" a  cat "> <img alt=""> <img class="custom-emoji" alt=":blob:">',
            "see [picture: a cat] [picture] :blob:",
        ),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a<script>if (1 <p> 2) '</p>'</SCRIPT >b<style>p{}</style>c<title><p>d</title>e", "abce"),
        ("a<template><p>x</template>b<noscript><img alt=x></noscript>c", "abc"),
        ("<html><head><meta charset=x><title>t</title></head><body><p>a</p></body></html>", "a"),
        ("<head><title>t</title><p>a", "a"),
        ("a<script>b", "a"),
        ("a<textarea>b</textarea><plaintext>c<br>d", "abc\nd"),
        ("a<!-- <p>x</p> -->b<!-->c<!--->d<!DOCTYPE html>e<![CDATA[x]]>f<?php x ?>g", "abcdefg"),
        ("a<!-- b", "a"),
        ("I <3 you </3 1<2 a < b <> </>", "I <3 you </3 1<2 a < b <> </>"),
        ("a <b and c", "a <b and c"),
        ('a <a href="x>b</a> c', "a b c"),
        ("&am<b>p;</b>&<!---->lt;", "&amp;&lt;"),
        ("</p></b></ul></div>a</li></blockquote>b", "ab"),
        ('<span class="ellipsis">a…</span> <span class="ellipsis">b </span>c', "a… b… c"),
        ('<p><span class="invisible">x</p><p>a', "a"),
        ('a<span class="invisible"><p>x<br>y<ul><li>z</ul></p></span>b', "ab"),
        ("\u2028a\x0b\x85b<pre>c\u2028d&#13;e", "a b\n\nc\nd\ne"),
    ],
)
def test_shown_as_a_browser_would(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    "markup",
    [
        '<p class="quote-inline">RE: <a href="https://m.example/1">m.example/1</a></p><p>Quite.</p>',
        '<p>Quite.<span class="quote-inline"><br/><br/>RE: <a href="https://m.example/1">m.example/1</a></span></p>',
    ],
)
def test_the_stand_in_for_a_quote_goes_when_the_quote_is_shown(markup: str) -> None:
    assert read_html(markup, drop_inline_quote=True) == (Run("Quite."),)
    assert "RE: " in plain_text(markup)


def test_only_the_beginning_of_too_much_is_read() -> None:
    assert read_html("<p>abc</p>" * 3, limit=5) == (Run("ab"),)
    assert read_html('<p>a</p><a href="https://a.example">', limit=20) == (Run("a"),)
    assert len(plain_text("a" * 300_000)) == 200_000


def test_depth_changes_how_it_looks_but_loses_no_words() -> None:
    lines = plain_text("<blockquote>a" * 1_000 + "</blockquote>" * 1_000 + "end").split("\n")
    assert [line.strip("│ ") for line in lines if line.strip("│ ")] == ["a"] * 1_000 + ["end"]
    assert max(map(len, lines)) < 30
    assert plain_text("<ul><li>" * 1_000 + "x").endswith("x")


LEAKS = (
    "<p",
    "<br",
    "<a",
    "<span",
    "<ul",
    "<ol",
    "<li",
    "<blockquote",
    "<pre",
    "<script",
    "<!--",
    "<img",
    "</",
    "href",
)
ELEMENTS = (
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "del",
    "div",
    "script",
    "template",
    "head",
    "table",
    "td",
)
OPENING = [
    *(f"<{name}>" for name in ELEMENTS),
    "<hr/>",
    '<ol reversed start="3">',
    '<li value="-2">',
    '<img alt="x">',
    '<a href="https://a.example" class="u-url mention">',
    '<a href="https://b.example" rel="tag">',
    "<a href='https://b.example/'>",
    "<a href=gopher://c.example>",
    '<span class="invisible">',
    '<span class="ellipsis">',
    '<p class="quote-inline">',
    "<!-- <p>hidden --> ",
]
CLOSING = [f"</{name}>" for name in (*ELEMENTS, "a", "span")]
WORDS = [*"ab @ # … \n\r\t\u00a0\u2028\x1c", "&amp;", "&#64;", "&nbsp;", "  "]
BROKEN = [*"<>&\"'=/!-?;", "<!--", "-->", "<![", "]]>", "<a", "</", "<a href=", "&#", "&#x", "\x00", "\ud800"]
ours = st.lists(st.sampled_from(OPENING + CLOSING + WORDS), max_size=60).map("".join)
anything = st.lists(st.sampled_from(OPENING + CLOSING + WORDS + BROKEN) | st.characters(), max_size=60).map("".join)


def check(runs: tuple[Run, ...]) -> str:
    kinds: set[Kind] = {"text", "link", "mention", "tag"}
    for run in runs:
        assert run.text
        assert run.kind in kinds
        assert (run.url is None) == (run.kind == "text")
        assert run.url is None or run.url.lower().startswith(("http://", "https://"))
        assert run.kind == "text" or "\n" not in run.text
    for run, following in pairwise(runs):
        assert (run.kind, run.url) != (following.kind, following.url)
    text = "".join(run.text for run in runs)
    assert "\n\n\n" not in text
    assert len(text.splitlines()) == len(text.split("\n") if text else "")
    assert not text or (text.split("\n")[0].strip() and text.split("\n")[-1].strip())
    return text


@given(ours, st.booleans())
@example("<ul><li><p></p></ul>a<li><br>b", False)
def test_no_tag_is_ever_shown(markup: str, drop_inline_quote: bool) -> None:
    text = check(read_html(markup, drop_inline_quote=drop_inline_quote))
    assert not [leak for leak in LEAKS if leak in text]


@given(anything | st.text(), st.integers(0, 400))
@example("&#" + "1" * 5_000 + ";", 200_000)
@example("<a href='&#" + "0" * 5_000 + "65;'>", 200_000)
def test_nothing_a_server_sends_is_too_odd(markup: str, limit: int) -> None:
    check(read_html(markup, limit))


@given(st.text(st.characters(exclude_characters="<&\r", exclude_categories=["Zs", "Zl", "Zp", "Cc"]), min_size=1))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert read_html(text) == (Run(text),)


def repeated(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    return lambda size: before + piece * (size // len(piece)) + after


HOSTILE: dict[str, Callable[[int], str]] = {
    "less-than": repeated("<"),
    "less-than, closed": repeated("<", after=">"),
    "comments": repeated("<!--"),
    "comments, nearly closed": repeated("<!-- --!"),
    "declarations": repeated("<!"),
    "sections": repeated("<!["),
    "sections, nearly closed": repeated("<![CDATA[]]"),
    "instructions": repeated("<?"),
    "end tags": repeated("</"),
    "open tags": repeated("<a "),
    "open end tags": repeated("</a "),
    "open quotes": repeated('<a b="'),
    "open quotes, closed inside": repeated('<a b="x>'),
    "odd quotes": repeated("<a b=\"'", after=">"),
    "no value": repeated("<a b=", after=">"),
    "equals": repeated("=", before="<a ", after=">"),
    "slashes": repeated("/", before="<a ", after=">"),
    "white space in a tag": repeated(" ", before="<a"),
    "white space around equals": repeated(" a ", before="<a ", after="= '>"),
    "attributes": repeated(" a=b", before="<a", after=">"),
    "attributes in quotes": repeated(' a="b"', before="<a", after=">x"),
    "attributes of many": repeated('<a href="https://a.example" class="mention">x'),
    "a long name": repeated("a", before="<"),
    "a long value": repeated("a ", before='<a class="', after='">'),
    "scripts": repeated("<script>"),
    "scripts, nearly closed": repeated("</script", before="<script>"),
    "scripts, closed": repeated("<script></script>"),
    "titles": repeated("<title>"),
    "text areas": repeated("<textarea>"),
    "ampersands": repeated("&"),
    "entities": repeated("&am"),
    "long entities": repeated("&" + "a" * 31),
    "a number": repeated("9", before="&#", after=";"),
    "numbers": repeated("&#99999999999999999"),
    "zeros": repeated("0", before="&#"),
    "spaces": repeated(" "),
    "hard spaces": repeated("&nbsp;<wbr>"),
    "hard spaces in a row": repeated("&nbsp;", after="x"),
    "newlines": repeated("\n"),
    "newlines in pre": repeated("\n", before="<pre>a", after="b"),
    "indents in pre": repeated("<b> ", before="<pre>", after="b"),
    "quotes": repeated("<blockquote>a"),
    "quotes, closed": lambda size: "<blockquote>" * (size // 25) + "x" + "</blockquote>" * (size // 25),
    "lines in quotes": repeated("a<br>", before="<blockquote>" * 50),
    "lists": repeated("<ul><li>"),
    "numbered lists": repeated("<ol reversed><li>a"),
    "items": repeated("<li>a", before="<ol reversed>"),
    "spans": repeated("<span>a"),
    "ellipses": repeated('<span class="ellipsis">'),
    "stray ends": repeated("</p>", before="<div>" * 1_000),
    "stray ends of spans": repeated("</span>", before="<ul>" * 1_000),
    "paragraphs": repeated("<p>a"),
    "misnested": repeated("<a href=http://a.example><div></a>"),
    "sigils": repeated("@<a class=mention href=http://a.example>a</a>"),
}


def seconds(markup: str) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        read_html(markup, limit=len(markup))
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_length_and_no_faster(name: str) -> None:
    make = HOSTILE[name]
    check(read_html(make(4_000)))
    small, large = seconds(make(4_000)), seconds(make(64_000))
    # 16 times the length: a quadratic reader takes 256 times as long. What takes a few ms either way is noise.
    assert large < max(64 * small, 0.02)


@pytest.mark.parametrize(
    "name", ["comments", "declarations", "open tags", "open quotes", "end tags", "a number", "attributes in quotes"]
)
def test_five_million_characters_are_read_in_a_moment(name: str) -> None:
    markup = HOSTILE[name](5_000_000)
    start = time.process_time()
    read_html(markup, limit=len(markup))
    assert time.process_time() - start < 20  # a few seconds at most; a quadratic reader takes hours
    read_html(markup)


def test_networks_without_html_do_not_wait_for_it() -> None:
    program = "import sys, introvert_tui.text; sys.exit('html.parser' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
