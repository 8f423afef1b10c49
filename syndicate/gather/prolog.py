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
# Written otherwise they are found later, and only cost more time.
_ITEM_NAMES = ("<item", ":item", "<entry", ":entry", "<ITEM", "<Item", "<ENTRY")
_LONG = 1_000_000
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ITEM_DATE = re.compile(
    r"<(?:\w+:)?(?:pubDate|published|date|updated)>\s*(?:<!\[CDATA\[)?([^<]{8,60})",
    re.IGNORECASE,
)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,8})|(\d{1,10}));", re.IGNORECASE)
_AMPERSAND = re.compile(
    r"&(?:(?P<name>[A-Za-z][A-Za-z0-9]{1,31});|(?!#x?[0-9A-Fa-f]+;))"
)
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# XML 1.0, section 2.2: all that is not a Char.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ROOT_BYTES = re.compile(_ROOT.pattern.encode(), re.IGNORECASE)
_ITEM_BYTES = re.compile(_ITEM.pattern.encode(), re.IGNORECASE)
_HTML_BYTES = re.compile(_HTML.pattern.encode(), re.IGNORECASE)
# A feed that a page is wrapped around; in a page about feeds these are escaped.
_WRAPPED = re.compile(
    r"<(?:rss\b[^>]*version|feed\b[^>]*xmlns|rdf:RDF\b)", re.IGNORECASE
)
# How a document ends, from the inside out.
_ENDS = {"<rss": ("</channel>", "</rss>"), "<feed": ("</feed>",)}
_OPEN_TAIL = re.compile(r"</(?:item|entry)>\s*(?:</channel>\s*)?(?:<[^<>]*)?")
_SHORT_TEXT = re.compile(
    r"<((?:\w+:)?(?:author|creator|name|email|managingEditor|webMaster|publisher|link"
    r"|pubDate|date|updated|published|issued|modified|created|lastBuildDate"
    r"|keywords|tags|valid|pos|posList|point|polygon|line|box))\b[^<>]*>",
    re.IGNORECASE,
)
LONGEST_NAME = 10_000
"""Characters of a name, a date or an address that are looked at."""
MOST_TERMS = 300
"""Categories of one item that are looked at."""
_TERM = re.compile(r"<(?:\w+:)?(?:category|subject|keywords|tags)\b", re.IGNORECASE)
_TERM_OR_ITEM = re.compile(
    r"<(?:\w+:)?(?:item|entry)\b"
    r"|(?P<term><(?P<name>(?:\w+:)?(?:category|subject|keywords|tags))\b[^<>]*"
    r"(?:/>|>(?:[^<]|<!\[CDATA\[[^\]]*\]\]>)*</(?P=name)\s*>))",
    re.IGNORECASE,
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


def sound_document(body: bytes, limit: int) -> bytes | None:
    """The bytes of a feed from its root on, where they plainly need no repair.

    That is: UTF-8 as far as the start tells, root and end in their places, not more
    than ``limit`` items, none broken off. None where a closer look is needed.
    """
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    root = _ROOT_BYTES.search(body, 0, _HEAD)
    if root is None or body[:1] != b"<" or b"\x1b" in body[:_HEAD]:
        return None
    head = body[: root.start()]
    if not head.isascii() or _HTML_BYTES.search(head):
        return None
    body = body[root.start() :]
    last = max(body.rfind(b"</item>"), body.rfind(b"</entry>"))
    whole = body.endswith((b"</rss>", b"</feed>")) and last > 0
    if not whole or _ITEM_BYTES.search(body, last):
        return None
    name = b"<item" if body.endswith(b"</rss>") else b"<entry"
    return None if body.count(name) > limit else body


def count_items(text: str) -> int:
    """How many items begin in ``text``, also in comments and texts."""
    return sum(1 for _ in _ITEM.finditer(text))


def shorten(text: str, limit: int, is_later: Callable[[str, str], bool]) -> str:
    """Keep about ``limit`` items of a longer feed, before the slow parser sees it.

    Those at the top, unless ``is_later(last date, first date)`` says that this feed
    grows at its end.
    """
    if len(text) < _LONG and sum(map(text.count, _ITEM_NAMES)) <= limit:
        # The ordinary case, told without a look at every tag.
        return text
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
    """Feed XML from its root element on, without illegal characters.

    PHP warnings, blank lines and stray markup before the root are nobody's. The
    DOCTYPE goes with them: no feed needs one, and entities declared in it are how
    bombs are made. So does the declaration, as its encoding no longer holds.
    """
    text = _ILLEGAL.sub("", text)
    root = _ROOT.search(text[:_DEEP_HEAD])
    text = text[root.start() :] if root else _without_doctype(text)
    if "&#" in text:
        text = _REFERENCE.sub(_legal_reference, text)
    return text.strip()


def _without_doctype(text: str) -> str:
    head = _DOCTYPE.sub("", text[:_HEAD])
    start = _DECLARATION.match(head)
    return (head[start.end() :] if start else head) + text[_HEAD:]


def completed(text: str) -> str:
    """Close what a feed left open after its last item, or cut what follows its end.

    Both are common, and leave nothing in doubt: answers break off near their end,
    and hosts add their counters to it. Any other text comes back as it is.
    """
    ends = _ENDS.get(text[: text.find(">")].partition(" ")[0].strip())
    last = _last_end(text)
    if ends is None or last < 0 or text.endswith(ends[-1]):
        return text
    tail = text[last:]
    at = tail.rfind(ends[-1])
    if at >= 0:
        return text[: last + at + len(ends[-1])]
    if not _OPEN_TAIL.fullmatch(tail):
        return text
    tail = tail.rpartition("<")[0] if not tail.rstrip().endswith(">") else tail
    missing = [end for end in ends if end not in tail]
    return text[:last] + tail + "".join(missing)


def _last_end(text: str) -> int:
    """Where the last end tag of an item begins; -1 if there is none."""
    return max(text.rfind("</item>"), text.rfind("</entry>"))


def blunted(text: str) -> str:
    """Feed XML without names, dates and terms that are longer or more than any are.

    feedparser takes the square of their length, or of their number.
    """
    return _without_endless_names(_without_endless_lists(text))


def _without_endless_names(text: str) -> str:
    kept: list[str] = []
    done = 0
    endless: set[str] = set()
    for start in _SHORT_TEXT.finditer(text):
        if start.start() < done or start[1] in endless:
            continue
        end = text.find(f"</{start[1]}", start.end())
        if end < 0:
            endless.add(start[1])
        elif end - start.end() > LONGEST_NAME and not _ITEM_END.search(
            text, start.end(), end
        ):
            kept.append(text[done : start.end()])
            done = end
    return "".join((*kept, text[done:])) if kept else text


def _without_endless_lists(text: str) -> str:
    if sum(1 for _ in _TERM.finditer(text)) <= MOST_TERMS:
        return text
    terms = 0

    def thinned(found: re.Match[str]) -> str:
        nonlocal terms
        terms = terms + 1 if found["term"] else 0
        return found[0] if terms <= MOST_TERMS else ""

    return _TERM_OR_ITEM.sub(thinned, text)


def unfinished(text: str) -> str:
    """Leave out the last item of a feed that breaks off inside it.

    Half an item has a wrong address or none, and would come back as another one.
    """
    end = _last_end(text)
    if end >= 0 and not _ITEM.search(text, end):
        # The ordinary case, told without a look at every item.
        return text
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
    pieces: list[str] = []
    at = 0
    while True:
        start = text.find("<![CDATA[", at)
        end = text.find("]]>", start) + 3 if start >= 0 else 0
        if end < 3:
            # The rest is outside, or in a CDATA section that nobody closes.
            pieces.append(_AMPERSAND.sub(_named, text[at:]))
            return "".join(pieces)
        pieces += (_AMPERSAND.sub(_named, text[at:start]), text[start:end])
        at = end


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
