"""Plain text as the HTML that servers make of it."""

from __future__ import annotations

import re
from html import escape

from wcwidth import iter_graphemes

from .flavours import Flavour
from .state import Account, World

_MENTION = re.compile(r"(?<![\w/=])@([a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?(?:@[\w.-]+\w(?::\d+)?)?)", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<![\w/&])#(\w*[^\W\d]\w*)")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?')\]]")
_ENTITY = re.compile(f"(?P<link>{_LINK.pattern})|{_MENTION.pattern}|{_HASHTAG.pattern}", re.IGNORECASE)
_SCHEME = re.compile(r"https?://(www\.)?", re.IGNORECASE)
_SHOWN = 30
_REL = "nofollow noreferrer noopener"


def mentioned(world: World, text: str) -> list[Account]:
    """The known accounts that a text names, each once."""
    found = (world.account_named(match[1]) for match in _MENTION.finditer(_LINK.sub("", text)))
    return list(dict.fromkeys(account for account in found if account is not None))


def hashtags(text: str) -> list[str]:
    """The hashtags of a text, each once."""
    return list(dict.fromkeys(match[1] for match in _HASHTAG.finditer(_LINK.sub("", text))))


def length(flavour: Flavour, text: str) -> int:
    """The length of a text as the server counts it: links at a fixed price, mentions without their host."""
    counted = _LINK.sub("x" * flavour.reserved_per_url, text)
    counted = _MENTION.sub(lambda match: "@" + match[1].partition("@")[0], counted)
    return sum(1 for _ in iter_graphemes(counted))


def content_of(world: World, text: str, quoted_url: str | None = None) -> str:
    """The content of a status as HTML."""
    if world.flavour.gotosocial:
        return f"<p>{_inline(world, text).replace(chr(10), '<br>')}</p>" if text else ""
    paragraphs = [part for part in re.split(r"\n{2,}", text) if part]
    written = "".join(f"<p>{_inline(world, part).replace(chr(10), '<br />')}</p>" for part in paragraphs)
    if quoted_url is None:
        return written
    return f'<p class="quote-inline">RE: {_link(world.flavour, quoted_url)}</p>{written}'


def warning_of(flavour: Flavour, text: str) -> str:
    """A content warning as the server keeps it: GoToSocial loses what closes a tag."""
    return text.replace("> ", "").replace(">", "") if flavour.gotosocial else text


def alt_of(flavour: Flavour, text: str | None) -> str | None:
    """An alt text as the server keeps it: GoToSocial takes tags out."""
    return re.sub(r"<[^>]*>", "", text).strip() if text is not None and flavour.gotosocial else text


def _inline(world: World, text: str) -> str:
    written, end = [], 0
    for match in _ENTITY.finditer(text):
        written += [_escape(world.flavour, text[end : match.start()]), _entity(world, match)]
        end = match.end()
    return "".join([*written, _escape(world.flavour, text[end:])])


def _entity(world: World, match: re.Match[str]) -> str:
    if match["link"]:
        return _link(world.flavour, match["link"])
    if match[2]:
        account = world.account_named(match[2])
        return _escape(world.flavour, match[0]) if account is None else _mention(world.flavour, account)
    return _hashtag(world, match[3])


def _mention(flavour: Flavour, account: Account) -> str:
    name = f"@<span>{escape(account.username)}</span></a></span>"
    if flavour.gotosocial:
        rel = f'rel="{_REL}" target="_blank"'
        return f'<span class="h-card"><a href="{escape(account.url)}" class="u-url mention" {rel}>{name}'
    return f'<span class="h-card" translate="no"><a href="{escape(account.url)}" class="u-url mention">{name}'


def _hashtag(world: World, tag: str) -> str:
    href = f"{world.url}/tags/{tag.casefold()}"
    rel = f'rel="tag {_REL}" target="_blank"' if world.flavour.gotosocial else 'rel="tag"'
    return f'<a href="{href}" class="mention hashtag" {rel}>#<span>{tag}</span></a>'


def _link(flavour: Flavour, url: str) -> str:
    if flavour.gotosocial:
        return f'<a href="{escape(url)}" rel="{_REL}" target="_blank">{_escape(flavour, url)}</a>'
    scheme = match[0] if (match := _SCHEME.match(url)) else ""
    rest = url[len(scheme) :]
    shown, hidden = escape(rest[:_SHOWN]), escape(rest[_SHOWN:])
    return (
        f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}</span><span class="{"ellipsis" if hidden else ""}">{shown}</span>'
        f'<span class="invisible">{hidden}</span></a>'
    )


def _escape(flavour: Flavour, text: str) -> str:
    if flavour.gotosocial:
        return text.replace("&", "&amp;").replace("<", "&lt;")
    return escape(text).replace("&#x27;", "&#39;")
