"""XML as it should have come: repairs before a feed is parsed (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import html5

_SITEMAP_ROOT = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*?\?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ROOT = re.compile(
    r"<(?:\w+:)?(?:rss|feed|rdf|channel|entry(?=[^>]*xmlns))\b", re.IGNORECASE
)
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ITEM_DATE = re.compile(
    r"<(?:\w+:)?(?:pubDate|published|date|updated)>\s*(?:<!\[CDATA\[)?([^<]{8,60})",
    re.IGNORECASE,
)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,8})|(\d{1,10}));", re.IGNORECASE)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_AMPERSAND = re.compile(
    r"&(?:(?P<name>[A-Za-z][A-Za-z0-9]{1,31});|(?!#x?[0-9A-Fa-f]+;))"
)
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# XML 1.0, section 2.2: all that is not a Char.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# A feed that a page is wrapped around; in a page about feeds these are escaped.
_WRAPPED = re.compile(
    r"<(?:rss\b[^>]*version|feed\b[^>]*xmlns|rdf:RDF\b)", re.IGNORECASE
)
_HEAD = 4_096
_DEEP_HEAD = 65_536


def looks_like_html(text: str) -> bool:
    """Say whether ``text`` is a page for people, not a feed."""
    page = _HTML.search(text[:_HEAD])
    if page is None:
        return False
    root = _ROOT.search(text[:_HEAD])
    if root is not None and root.start() < page.start():
        return False
    return _WRAPPED.search(text[:_DEEP_HEAD]) is None


def has_root(text: str) -> bool:
    """Say whether ``text`` has the root element of any feed near its start."""
    return _ROOT.search(text[:_DEEP_HEAD]) is not None


def shorten(text: str, limit: int, is_later: Callable[[str, str], bool]) -> str:
    """Keep about ``limit`` items of a longer feed, before the slow parser sees it.

    Those at the top, unless ``is_later(last date, first date)`` says that this feed
    grows at its end.
    """
    starts = [match.start() for match in _ITEM.finditer(text)]
    if len(starts) <= limit:
        return text
    first = _ITEM_DATE.search(text, starts[0], starts[1])
    last = _ITEM_DATE.search(text, starts[-1])
    if first and last and is_later(last[1], first[1]):
        return text[: starts[0]] + text[starts[-limit] :]
    # The end of the document stays, so that it is still well-formed.
    ends = list(_ITEM_END.finditer(text, starts[-1]))
    return text[: starts[limit]] + (text[ends[-1].end() :] if ends else "")


def tidy(text: str) -> str:
    """Take away what stands before the root, the DOCTYPE and illegal characters.

    The DOCTYPE goes whole: no feed needs one, and entities declared in it are how
    bombs are made. The declaration goes too, as its encoding no longer holds.
    """
    root = _ROOT.search(text[:_DEEP_HEAD])
    head = text[: root.start()] if root else text[:_HEAD]
    rest = text[len(head) :]
    head = _DOCTYPE.sub("", head)
    start = _DECLARATION.match(head)
    head = head[start.end() :] if start else head
    if root:
        # PHP warnings, blank lines and stray markup before the root: none is ours.
        # Processing instructions may be dropped with them.
        head = ""
    text = _ILLEGAL.sub("", head + rest)
    text = _REFERENCE.sub(_legal_reference, text)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text.strip()}'


def unfinished(text: str) -> str:
    """Leave out the last item of a feed that breaks off inside it.

    Half an item has a wrong address or none, and would come back as another one.
    """
    starts = [match.start() for match in _ITEM.finditer(text)]
    if len(starts) < 2 or _ITEM_END.search(text, starts[-1]):
        return text
    closed = _ITEM_END.search(text, starts[0]) is not None
    return text[: starts[-1]] if closed else text


def plain_sitemap(text: str) -> str:
    """Sitemap XML that a strict parser reads: what is before its root goes.

    Bare ampersands are escaped: addresses have them.
    """
    root = _SITEMAP_ROOT.search(text[:_DEEP_HEAD])
    text = _ILLEGAL.sub("", text[root.start() :] if root else text)
    return mend(_DECLARATION.sub("", text))


def mend(text: str) -> str:
    """Replace HTML's named entities, and escape bare ampersands, outside CDATA."""
    pieces = _CDATA.split(text)
    pieces[::2] = [_AMPERSAND.sub(_named, piece) for piece in pieces[::2]]
    return "".join(pieces)


def _legal_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    if code in {9, 10, 13}:
        return match[0]
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code < 0x20:
        return ""
    return "" if code in {0x7F, 0xFFFE, 0xFFFF} else match[0]


def _named(match: re.Match[str]) -> str:
    name = match["name"]
    if name in _XML_NAMES:
        return match[0]
    meant = html5.get(f"{name};", "") if name else ""
    # "&LT;" is "<" in HTML: as markup characters they stay escaped.
    escaped = meant.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped or "&amp;" + match[0][1:]
