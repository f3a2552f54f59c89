"""Any HTML made harmless to `html.parser`, and the same to that of every Python."""

import re
from collections.abc import Iterator, Set

NEUTRAL = "wbr"  # keeps what stood around a dropped tag apart, so that `&<b>lt;` is no `<`
_NEUTRAL_TAG = f"<{NEUTRAL}>"
# Nothing in these is markup, up to their own end tag.
_RAW = ("script", "style", "title", "iframe")

_MARK = re.compile(r"<(?=/?[a-zA-Z]|[!?])")
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+>""")
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
_WELL_FORMED = re.compile(
    r"""<[a-zA-Z0-9]++
    (?: (?:[ \t\n\r\f]++|(?<=["'])) [a-zA-Z_:@][a-zA-Z0-9_:.@-]*+
        (?: [ \t\n\r\f]*+ = [ \t\n\r\f]*+ (?:"[^"]*+"|'[^']*+'|[^\s"'<>]++) )?+
    )*+ [ \t\n\r\f]*+ /?+ >""",
    re.VERBOSE,
)
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])[^>]*+>?", re.IGNORECASE) for name in _RAW}
_ZEROS = re.compile(r"&#0{9,}+")
_HUGE_NUMBER = re.compile(r"&#[0-9]{20,}+;?")


def tamed(markup: str, known: Set[str], *, cut: bool) -> Iterator[str]:
    """Rewrite markup until only well-formed tags of `known` elements are left, in one pass; `cut` says it goes on.

    `html.parser` is quadratic on tags and comments that never end, reads odd ones differently from one Python to the
    next, and raises on a character number of more than 4300 digits; what it is given here has none of these.
    """
    markup = _HUGE_NUMBER.sub("\N{REPLACEMENT CHARACTER}", _ZEROS.sub("&#0", markup))
    at, quotes_end = 0, True
    while mark := _MARK.search(markup, at):
        start = mark.start()
        yield markup[at:start].replace("<", "&lt;")
        if markup.startswith("<!--", start):
            end = _COMMENT_END.search(markup, start + 2)
            if not end:
                return
            yield _NEUTRAL_TAG
            at = end.end()
            continue
        name = _TAG_NAME.match(markup, start)
        # A tag that ends only inside a quoted value made us look to the very end, which is done once.
        tag = _TAG.match(markup, start) if name and quotes_end else None
        quotes_end = quotes_end and bool(tag or not name)
        after = tag.end() if tag else markup.find(">", start) + 1
        if not after:
            at = len(markup) if cut else start
            break
        yield _tamed_tag(markup[start:after], name, known) if name else _NEUTRAL_TAG
        at = after
        if name and not name[1] and (raw_end := _RAW_END.get(name[2].lower())):
            end = raw_end.search(markup, after)
            if not end:
                return
            at = end.end()
    yield markup[at:].replace("<", "&lt;")


def _tamed_tag(tag: str, name: re.Match[str], known: Set[str]) -> str:
    closing, lower = name[1], name[2].lower()
    if lower not in known:
        return _NEUTRAL_TAG
    return tag if not closing and _WELL_FORMED.fullmatch(tag) else f"<{closing}{lower}>"
