"""Plain well-formed feeds, read by lxml; whatever is not certain is left to feedparser.

What comes out has the shape of feedparser's own answer (the part of it that
``feedparts`` looks at), so that both are turned into entries by the same code. The
rules below are feedparser's: which of two titles counts, what a guid means for the
link, when a second description becomes the content. Where they hang on more than
one element at a time, this reader gives up.
"""

from __future__ import annotations

import re

from lxml import etree

from syndicate.gather.fastbase import (
    LANGUAGE,
    PERSON_PARTS,
    Document,
    Item,
    Judgement,
    Parsed,
    UncertainError,
    expect_leaf,
    expect_parts,
    is_harmless,
    key_of,
    prefixes_of,
    value_of,
)
from syndicate.gather.fastitem import read_guid, read_item, read_link

MENDABLE = frozenset({23, 26, 68})
"""libxml2's errors for "&" without a name, with a foreign one, or without its ";"."""
# U+0080 to U+00BF. The first half is C1 controls, which feedparser takes for
# windows-1252; the second may be half of a letter that was encoded twice.
_HIGH = re.compile(rb"\xc2[\x80-\xbf]")
# Where two pieces of one text may meet.
_SEAM = re.compile(rb"<[!?]")
_NUMBER = re.compile(rb"(?:[xX](?P<hex>[0-9a-fA-F]{1,8})|(?P<decimal>[0-9]{1,9}));")
_LAST_CHARACTER = 0x10FFFF
_LATIN_1 = frozenset(range(0xA0, 0x100))
_UNSOUND = frozenset(
    {
        *range(9),
        *(11, 12, 0xFFFE, 0xFFFF),
        *range(14, 32),
        *range(0x7F, 0xA0),
        *range(0xD800, 0xE000),
    }
)
# An address that the addresses below it start from.
_HAS_BASE = etree.XPath(
    "boolean(//@*[translate(local-name(), 'BASE', 'base') = 'base'])"
)
_NESTED = {
    "image": frozenset(
        {"title", "link", "description", "url", "href", "width", "height"}
    ),
    "author": PERSON_PARTS,
    "contributor": PERSON_PARTS,
    "itunes:owner": PERSON_PARTS,
    "itunes:category": frozenset({"itunes:category"}),
    "skiphours": frozenset({"hour"}),
    "skipdays": frozenset({"day"}),
}
_SUMMARIES = frozenset({"itunes:summary", "summary"})
_FEED_TEXTS = frozenset(
    """
    title description subtitle tagline copyright rights generator updated pubdate
    lastbuilddate published docs cloud category keywords managingeditor webmaster
    icon logo dc:title dc:creator dc:date dc:rights dc:publisher dc:subject
    itunes:author itunes:subtitle itunes:image itunes:keywords itunes:explicit
    itunes:block media:thumbnail media:category media:keywords media:rating
    media:credit media:title info feedburner:browserfriendly
    """.split()  # noqa: SIM905 - a table of words
)


class MalformedError(Exception):
    """The XML is not well-formed; ``mendable`` where an ampersand is why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.mendable = code in MENDABLE


def read_plain(raw: bytes, judgement: Judgement, limit: int) -> Parsed | None:
    """Read RSS 0.91–2.0 or Atom 1.0 that is plain; None if it is not plain enough.

    ``raw`` is UTF-8, and begins with the root element. Raises MalformedError.
    """
    numbers = _numbers(raw)
    plain = raw.startswith((b"<rss", b"<feed")) and b"\x7f" not in raw
    if not plain or not _UNSOUND.isdisjoint(numbers):
        return None
    try:
        twice = _is_twice_encoded(raw) or not _LATIN_1.isdisjoint(numbers)
        root = etree.fromstring(raw, _parser())
        return _read(root, raw, judgement, limit, twice=twice)
    except etree.XMLSyntaxError as error:
        raise MalformedError(error.code or 0) from error
    except UncertainError:
        return None


def _is_twice_encoded(raw: bytes) -> bool:
    """Whether some text may be UTF-8 that was taken for Latin-1 and encoded again.

    It shows by a letter from \u00c2 to \u00f4 and a sign after it, also if a comment or
    the border of a CDATA section stands between the two.
    """
    twice = False
    for found in _HIGH.finditer(raw):
        at = found.start()
        if raw[at + 1] < 0xA0:
            raise UncertainError
        twice = twice or (raw[at - 2] == 0xC3 and 0x82 <= raw[at - 1] <= 0xB4)
    if twice:
        return True
    for found in _SEAM.finditer(raw):
        at = found.start()
        at -= 3 if raw[at - 3 : at] == b"]]>" else 0
        if raw[at - 2] == 0xC3 and 0x82 <= raw[at - 1] <= 0xB4:
            return True
    return False


def _numbers(raw: bytes) -> set[int]:
    """The characters that are written as numbers; 0 for a number that is none."""
    if b"&#" not in raw:
        return set()
    return {_code(piece) for piece in {each[:10] for each in raw.split(b"&#")[1:]}}


def _code(piece: bytes) -> int:
    """The character of ``8217;``, ``x2019;`` or what else stood after ``&#``."""
    found = _NUMBER.match(piece)
    if found is None:
        return 0
    code = int(found["hex"], 16) if found["hex"] else int(found["decimal"])
    return code if code <= _LAST_CHARACTER else 0


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _read(
    root: etree._Element, raw: bytes, judgement: Judgement, limit: int, *, twice: bool
) -> Parsed:
    if _HAS_BASE(root):
        raise UncertainError
    document = Document(
        judgement=judgement,
        atom=root.tag == "{http://www.w3.org/2005/Atom}feed",
        language=None,
        prefixes=prefixes_of(raw),
        twice=twice,
    )
    _read_root(document, root)
    holder = root if document.atom else _channel(root)
    for child in holder:
        _read_feed_part(document, child)
    if len(document.items) > limit:
        raise UncertainError
    entries = [read_item(document, item) for item in document.items]
    return {"feed": document.feed, "entries": entries}


def _read_root(document: Document, root: etree._Element) -> None:
    if not document.atom and root.tag != "rss":
        raise UncertainError
    for name, value in root.items():
        if name in {"lang", LANGUAGE}:
            _set_language(document, value)
        elif name != "version" or document.atom:
            raise UncertainError


def _set_language(document: Document, value: str) -> None:
    # An empty xml:lang means "none", and a second attribute may contradict the first.
    if document.language is not None or not value:
        raise UncertainError
    document.language = document.feed["language"] = value.replace("_", "-")


def _channel(root: etree._Element) -> etree._Element:
    if len(root) != 1 or root[0].tag != "channel" or root[0].keys():
        raise UncertainError
    return root[0]


def _read_feed_part(document: Document, element: etree._Element) -> None:
    key = key_of(document, element)
    feed = document.feed
    if key in {"item", "entry"}:
        if element.keys():
            raise UncertainError
        document.items.append(element)
    elif key == "link":
        read_link(document, feed, element)
    elif key in {"id", "guid"}:
        read_guid(document, feed, element)
    elif key in {"language", "dc:language"}:
        feed["language"] = value_of(document, element)
    elif key in _SUMMARIES | {"description", "dc:description", "media:description"}:
        _feed_summary(feed, key, element)
    elif len(element) or not (key in _FEED_TEXTS or is_harmless(key)):
        _read_nested(document, key, element)


def _feed_summary(feed: Item, key: str, element: etree._Element) -> None:
    expect_leaf(element)
    # After a summary of its own, feedparser takes another one for content, and goes
    # on to believe that the first item has its content already.
    if "summary" in feed:
        feed["content"] = ""
    if key in _SUMMARIES:
        feed["summary"] = ""


def _read_nested(document: Document, key: str, element: etree._Element) -> None:
    allowed = _NESTED.get(key)
    if allowed is None:
        raise UncertainError
    expect_parts(document, element, allowed)
