"""OPML 2.0 (opml.org/spec2.opml): lists of feeds, read from any reader's export (pure).

What Feedly, Inoreader, NetNewsWire, FreshRSS, Miniflux and tt-rss write differs in the
case of names, in what an outline without ``type`` means, and in folders; all are read.
Documents of unknown origin are met with the same guard as feeds: no entities, no
network, a limit on size and number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

from lxml import etree

from syndicate.errors import ParseError
from syndicate.gather.decode import decode
from syndicate.gather.prolog import mend
from syndicate.model import Source, SourceKind
from syndicate.text.clean import one_line

MAX_BYTES = 20_000_000
MAX_OUTLINES = 20_000
NAMESPACE = "urn:syndicate:opml"
"""Of what we add to an outline, so that our own export comes back whole."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ROOT = re.compile(r"<(?:\w+:)?opml\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One line of a list: a feed if it has ``feed``, else a link to a page."""

    title: str = ""
    feed: str = ""
    """``xmlUrl``, as it stands there."""
    page: str = ""
    """``htmlUrl``, or ``url`` of a link."""
    kind: str = ""
    """``type`` in lower case: rss, atom, link, html+xpath, or nothing."""
    language: str = ""
    folders: tuple[str, ...] = ()
    """Titles of the outlines around it, outermost first."""
    terms: tuple[str, ...] = ()
    """Its ``category``: comma-separated, slashes for depth."""
    own: tuple[tuple[str, str], ...] = ()
    """What our own export says beyond OPML."""


def read_opml(body: bytes, *, name: str) -> tuple[Outline, ...]:
    """Read the outlines that lead anywhere, in their order; ``name`` is for messages.

    Broken XML gives what is readable. Raises ParseError for what is no OPML.
    """
    if len(body) > MAX_BYTES:
        raise ParseError(name, "larger than 20 MB: not a list of feeds")
    text = _ILLEGAL.sub("", decode(body)).lstrip("\ufeff \t\r\n")
    if not text:
        raise ParseError(name, "an empty file where OPML was expected")
    found = _ROOT.search(text[:65_536])
    if found is None:
        raise ParseError(name, "not OPML: there is no <opml> in it")
    # What stands before the root goes: without a DOCTYPE no entity can be declared.
    root = _tree(mend(text[found.start() :]), name)
    return tuple(_outlines(root))


def _tree(text: str, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(name, f"not OPML: {error.msg}") from error
    if root is None:
        raise ParseError(name, "not OPML: nothing of it can be read")
    return root


def _outlines(root: etree._Element) -> Iterable[Outline]:
    """Every outline with an address; those around it are its folders."""
    open_folders: list[tuple[etree._Element, str]] = []
    count = 0
    for node in root.iter(etree.Element):
        if _local(node.tag) != "outline":
            continue
        count += 1
        if count > MAX_OUTLINES:
            return
        parent = node.getparent()
        while open_folders and open_folders[-1][0] is not parent:
            open_folders.pop()
        given = {_local(key): value for key, value in node.attrib.items()}
        outline = _outline(node, given, tuple(title for _, title in open_folders))
        if outline.feed or outline.page:
            yield outline
        open_folders.append((node, outline.title))


def _outline(
    node: etree._Element, given: dict[str, str], folders: tuple[str, ...]
) -> Outline:
    own = f"{{{NAMESPACE}}}"
    return Outline(
        title=_words(given.get("text") or given.get("title") or ""),
        feed=given.get("xmlurl", "").strip(),
        page=(given.get("htmlurl") or given.get("url") or "").strip(),
        kind=given.get("type", "").strip().lower(),
        language=given.get("language", "").strip(),
        folders=tuple(title for title in folders if title),
        terms=tuple(_terms(given.get("category", ""))),
        own=tuple(
            (str(key).removeprefix(own), str(value))
            for key, value in node.attrib.items()
            if str(key).startswith(own)
        ),
    )


def _words(text: str) -> str:
    """A title on one line; some readers escape it once too often."""
    return one_line(unescape(text) if "&" in text else text)


def _terms(category: str) -> Iterable[str]:
    for path in category.split(","):
        yield from (part.strip() for part in path.split("/") if part.strip())


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()


def write_opml(title: str, sources: Iterable[Source]) -> bytes:
    """Write ``sources`` as OPML 2.0; the same sources give the same bytes.

    A feed is an outline of type ``rss``. A portal without one is of type ``link``,
    its listing or sitemap under ``url``, as the specification has it for pages; what
    a reader need not know stands in a namespace of ours. Folders are left out: they
    are nobody else's.
    """
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"syndicate": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _legal(title)
    body = etree.SubElement(root, "body")
    for source in sources:
        if source.kind is not SourceKind.FOLDER:
            etree.SubElement(body, "outline", _attributes(source))
    if not len(body):  # the format demands one
        etree.SubElement(body, "outline", {"text": _legal(title)})
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )


def _attributes(source: Source) -> dict[str, str]:
    own = f"{{{NAMESPACE}}}"
    if source.kind is SourceKind.FEED:
        where = {"type": "rss", "xmlUrl": source.url, "htmlUrl": source.home}
    else:
        where = {"type": "link", "url": source.url}
        where[f"{own}kind"] = source.kind.value
        where[f"{own}home"] = source.home
    given = {
        "text": source.title,
        "title": source.title,
        **where,
        "language": source.language,
        "category": ",".join(source.categories),
        f"{own}key": source.key,
        f"{own}rights": source.rights.value,
        f"{own}timezone": source.timezone,
    }
    return {key: _legal(value) for key, value in given.items() if value}


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)
