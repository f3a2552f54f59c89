"""The regular expressions of `clean`, compiled on its first call and not before the first frame."""

import re

_CONTROLS = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_BIDI_CONTROLS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
# Soft hyphen and byte order mark: terminals disagree on their width, and nobody meant to write them.
_UNMEASURABLE = r"\xad\ufeff"
_INTERLINEAR = r"\ufff9-\ufffb"
_SURROGATES = r"\ud800-\udfff"
_NONCHARACTERS = r"\ufdd0-\ufdef" + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(17))
_SUBDIVISION_FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"

JUNK = re.compile(f"[{_CONTROLS}{_BIDI_CONTROLS}{_UNMEASURABLE}{_INTERLINEAR}{_SURROGATES}{_NONCHARACTERS}]+")
FLAG_OR_STRAY_TAGS = re.compile(rf"({_SUBDIVISION_FLAG})|[\U000e0000-\U000e007f]+")
LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
TOO_MANY_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){4,}")
# A superset of every run of marks long enough to be capped: no mark is a word character.
MAYBE_TOO_MANY_MARKS = re.compile(r"[^\w\s\x00-\x7f]{5,}")

URL = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[^/?#\\@:\[\]\s]+)(?::([0-9]{0,5}))?(?=[/?#]|\Z)", re.IGNORECASE)
IDEOGRAPHIC_DOTS = re.compile("[\u3002\uff0e\uff61]")
ASCII_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
