"""Hostile text stays harmless, and everything people really write stays as it is."""

import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from introvert_tui.text import cells, clean, clean_line, clean_url, host_of

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
HOSTILE_PIECES = [
    *"\x00\x07\x08\t\n\x0b\r\x1b\x7f\x85\x9b\xad\u061c\u0301\u0600\u0f71\u200b\u200c\u200d\u200e\u2028\u202e\u2067",
    *"\ud800\udfff\ufe0f\ufeff\ufff9\uffff\U0001f1e6\U0001f3f4\U000e0001\U000e0067\U000e007f\U0010ffff a今👩",
    "\r\n",
    "\n \n",
    ENGLAND,
    "\U0001f469\u200d",
    "\u0915\u094d",
]
hostile = st.lists(st.sampled_from(HOSTILE_PIECES) | st.characters(), max_size=60).map("".join) | st.text(
    st.characters(categories=["Cs", "Cc", "Cf", "Cn", "Mn", "Me", "Zl", "Lo"])
)
small = st.integers(min_value=-1, max_value=90)


def forbidden(text: str) -> set[str]:
    """Code points that must never come out, whatever stands around them."""
    text = text.replace(ENGLAND, "")
    banned = {*map(chr, (0x61C, *range(0x200E, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A)))}
    banned |= {*map(chr, (*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)))} - {*ENGLAND}
    return {
        char
        for char in text
        if char in banned
        or (unicodedata.category(char) == "Cc" and char not in "\n\t")
        or unicodedata.category(char) == "Cs"
        or ord(char) & 0xFFFE == 0xFFFE
        or 0xFDD0 <= ord(char) <= 0xFDEF
    }


@pytest.mark.parametrize(
    "text",
    [
        "Have you tried the new ink?\n\n\n\nIt never dries.\tTruly.",
        " a span keeps its spaces ",
        "👩‍❤️‍💋‍👨 ❤️ ❤︎ 1️⃣ 👍🏽 🇦🇹 " + ENGLAND,
        "می‌خواهم",  # Persian: a zero-width non-joiner inside a word
        "ක්‍ර क्षत्रिय ก็ ที่",
        "בְּרֵאשִׁ֖ית שָּׁ֖֑",
        "བསྒྲུབས་ ཧཱུྃ ဖြွှုံ့",
        "Tiê\u0301ng Viê\u0323\u0302t",
        "\u0627\u0644\u0644\u0651\u064e\u0647\u064f عربي עברית",
        "private use \ue0b0, unassigned \u0378",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("MARK \x1b]0;pwn\x07 \x1b[2J \x9b31m END", "MARK ]0;pwn [2J 31m END"),
        ("\x1b]52;c;cHdu\x1b\\", "]52;c;cHdu\\"),
        ("pay \u202egpj.exe\u2066\u061c now\u200f", "pay gpj.exe now"),
        ("a\r\nb\rc\u2028d\u2029e\x85f\x0bg", "a\nb\nc\nd\ne\nf\ng"),
        ("a\r\x00\nb", "a\nb"),
        ("lone \ud83d halves \ude00", "lone  halves "),
        ("nothing \ufffe\ufdd0\U0001ffff\ufffb here", "nothing  here"),
        ("hidden \U000e0068\U000e0069\U000e007f words", "hidden  words"),
        ("\U0001f3f4\U000e0067\U000e0062 unfinished", "\U0001f3f4 unfinished"),
        ("\U0001f3f4\x00" + ENGLAND[1:], ENGLAND),
        ("soft\u00adly \ufeffso", "softly so"),
        ("z" + "\u0301" * 500 + "algo", "z" + "\u0301" * 4 + "algo"),
        ("z" + "\u0301\u200b" * 500, "z" + "\u0301\u200b" * 2),
        ("ก" + "็" * 99, "ก" + "็" * 4),
        ("ཧ" + "ཱ" * 99, "ཧ" + "ཱ" * 8),
        ("a" + "\ufe0f\U000e0100" * 99, "a" + "\ufe0f\U000e0100" * 2),
        ("a" + "\n \t" * 50 + "b", "a\n\n\n\n \tb"),
    ],
)
def test_what_steers_or_hides_goes(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@settings(max_examples=400)
@given(hostile, small)
@example("\U0001f3f4" + "\U000e0067" * 6 + "\U000e007f" + "\U0001f469\u200d" * 90, 20)
@example(ENGLAND + "\u200d" + (ENGLAND + "\u200d") * 30, 70)
@example("\u0600" * 90, 40)
def test_clean_is_the_one_gate(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert not forbidden(once)
    assert len(once) <= max(limit, 0)
    assert clean(once, limit) == once
    assert "\n\n\n\n\n" not in once


@settings(max_examples=400)
@given(hostile, small)
@example("\U0001f469\u200d" * 9000, 64)
@example("\u0600" * 90, 40)
def test_a_line_is_one_line_and_fits(text: str, width: int) -> None:
    once = clean_line(text, width)
    assert not forbidden(once)
    assert once == " ".join(once.split())
    assert cells(once) <= max(width, 0)
    assert len(once) <= max(width, 0) * 16
    assert clean_line(once, width) == once


def test_a_cut_falls_between_graphemes_and_says_so() -> None:
    family = "👩‍👩‍👧‍👦"
    assert clean("ab" + family * 3, 12) == "ab" + family + "…"
    assert clean_line("  Ana\n\tPrado  ") == "Ana Prado"
    assert clean_line("今日は " + family * 9, 10) == "今日は " + family + "…"
    assert len(clean("👩‍" * 30_000)) <= 20_000


@pytest.mark.parametrize("unit", ["\u0301", "\U0001f1e6", "\U0001f469\u200d", "\n \t", " ", "\U0001f3f4\U000e0067"])
@pytest.mark.parametrize("gate", [clean, clean_line, clean_url])
def test_time_grows_no_faster_than_the_text(gate: Callable[[str], object], unit: str) -> None:
    def seconds(units: int) -> float:
        text = unit * units
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            gate(text)
            best = min(best, time.process_time() - start)
        return best

    gate(unit * 99)
    assert seconds(160_000) < 40 * max(seconds(16_000), 0.0005)  # quadratic would be 100 times


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.com", "https://example.com"),
        (" HTTPS://Example.COM:443/A?b=c%20d#e ", "https://example.com:443/A?b=c%20d#e"),
        ("https://example.com:/x", "https://example.com/x"),
        ("https://例え.jp/日本 語", "https://xn--r8jz45g.jp/%E6%97%A5%E6%9C%AC%20%E8%AA%9E"),
        ("https://straße.de/", "https://xn--strae-oqa.de/"),
        ("https://\u0430pple.com/", "https://xn--pple-43d.com/"),
        ("http://\uff45\uff58ample\u3002com./", "http://example.com/"),
        ("http://[::0001]:80/x", "http://[::1]:80/x"),
        ("https://a.b/\x1b\\\x1b]0;pwn\x07", "https://a.b/%1B%5C%1B]0;pwn%07"),
        ("https://a.b/@ana@c.d", "https://a.b/@ana@c.d"),
        ("https://a.b/\u202egpj", "https://a.b/%E2%80%AEgpj"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("//a.b/c", None),
        ("a.b", None),
        ("https://", None),
        ("https:///a", None),
        ("https://bank.com@evil.com/", None),
        ("https://u:p@evil.com/", None),
        ("https://bank.com\\@evil.com/", None),
        ("https://bank.com\\.evil.com/", None),
        ("https://bank.com\t.evil.com/", None),
        ("https://a℀b.com/", None),
        ("https://a\u200db.com/", None),
        ("https://%65vil.com/", None),
        ("https://a..b/", None),
        ("https://a.b:99999/", None),
        ("http://[::1/", None),
        ("http://[:::::]/", None),
        ("https://a.b/\ud800", None),
        ("https://a.b/" + "é" * 400, None),
        ("https://" + "a" * 64 + ".b/", None),
        ("https://" + "é." * 200, None),
    ],
)
def test_only_plain_web_addresses_pass(url: str, safe: str | None) -> None:
    assert clean_url(url) == safe


@settings(max_examples=400)
@given(st.tuples(st.sampled_from(["", "http://", "https://a.b", "HTTPS://", "http://["]), hostile).map("".join))
def test_any_address_is_refused_or_safe_to_print(url: str) -> None:
    safe = clean_url(url)
    assert (host_of(url) == "") == (safe is None)
    if safe is not None:
        assert safe.startswith(("http://", "https://"))
        assert safe.isascii()
        assert safe.isprintable()
        assert " " not in safe
        assert len(safe) <= 2_000
        assert clean_url(safe) == safe
        assert host_of(safe) == host_of(url)


def test_the_host_shown_is_where_the_link_leads() -> None:
    assert host_of("https://\u0430pple.com:8443/login") == "xn--pple-43d.com"
    assert host_of("https://bank.com@evil.com/") == ""
