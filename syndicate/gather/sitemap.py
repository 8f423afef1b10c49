"""Sitemaps, sitemap indexes and news sitemaps (sitemaps.org, Google News)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from syndicate.errors import ParseError
from syndicate.gather.decode import decode
from syndicate.gather.feed import read_feed
from syndicate.gather.listing import ListedLink
from syndicate.gather.prolog import plain_sitemap
from syndicate.gather.unpack import PackedWrongError, UnpackedTooLargeError, gunzip
from syndicate.model import DateClaim, DateOrigin, RawEntry, Source, SourceKind
from syndicate.text.clean import one_line
from syndicate.text.urls import absolute

MAX_LINKS = 50_000
"""The protocol's own limit for one file."""
MAX_MAPS = 1_000
_MAX_UNPACKED = 52_428_800
_GZIP = b"\x1f\x8b"
_LONGEST = 4_000
"""Characters of a field; addresses end at 2,048, titles far sooner."""
_MOST_FIELDS = 40
_FEEDS = frozenset({"rss", "feed", "rdf"})
_KINDS = ("image", "news", "video")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap holds: links to pages, or addresses of further sitemaps."""

    links: tuple[ListedLink, ...] = ()
    maps: tuple[str, ...] = ()


class _Reading:
    """What was found so far, so that a break later on loses nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.root = ""
        self.links: list[ListedLink] = []
        self.maps: list[str] = []

    @property
    def is_full(self) -> bool:
        return len(self.links) >= MAX_LINKS or len(self.maps) >= MAX_MAPS

    @property
    def is_empty(self) -> bool:
        return not self.links and not self.maps

    def take(self, name: str, fields: dict[str, str]) -> None:
        address = absolute(self.url, fields.get("loc", ""))
        if address and name == "sitemap":
            self.maps.append(address)
        elif address:
            self.links.append(_link(address, fields, self.url))

    def sitemap(self) -> Sitemap:
        return Sitemap(links=tuple(self.links), maps=tuple(dict.fromkeys(self.maps)))


def parse_sitemap(body: bytes, *, url: str) -> Sitemap:
    """Read a sitemap, plain or gzipped, as XML, as a feed or as lines of addresses.

    ``news:publication_date`` is preferred to ``lastmod``. A file that breaks off
    gives what stands before the break. Raises ParseError if it is no sitemap.
    """
    if body.startswith(_GZIP):
        body = _unpacked(body, url)
    reading = _Reading(url)
    if body.lstrip()[:1] == b"<" and _read(body, reading, strict=True):
        return reading.sitemap()
    if reading.root in _FEEDS:
        return _of_feed(body, url)
    return _closely(body, url)


def _closely(body: bytes, url: str) -> Sitemap:
    """Read what is broken, mislabelled or no XML at all."""
    text = decode(body).lstrip("\ufeff \t\r\n")
    if not text:
        raise ParseError(url, "an empty answer where a sitemap was expected")
    if not text.startswith("<"):
        return _lines(text, url)
    reading = _Reading(url)
    _read(plain_sitemap(text).encode("utf-8", "replace"), reading, strict=False)
    if reading.root in _FEEDS:
        return _of_feed(body, url)
    if reading.root not in {"urlset", "sitemapindex"} and reading.is_empty:
        found = f"<{reading.root[:50]}>" if reading.root else "nothing readable"
        raise ParseError(url, f"{found} where a sitemap was expected: not a sitemap")
    return reading.sitemap()


def _unpacked(body: bytes, url: str) -> bytes:
    try:
        return gunzip(body, _MAX_UNPACKED)
    except (PackedWrongError, UnpackedTooLargeError) as error:
        too_large = isinstance(error, UnpackedTooLargeError)
        reason = "unpacks to more than 50 MB" if too_large else "is not valid gzip"
        raise ParseError(url, f"the sitemap {reason}") from error


# ── XML ──────────────────────────────────────────────────────────────────────


def _read(body: bytes, reading: _Reading, *, strict: bool) -> bool:
    """Fill ``reading``; False if the XML is broken, or no sitemap's."""
    events = etree.iterparse(
        BytesIO(body),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=not strict,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        for name, fields in _records(events, reading):
            reading.take(name, fields)
            if reading.is_full:
                return True
    except (etree.XMLSyntaxError, ValueError):
        return False
    return reading.root in {"urlset", "sitemapindex"}


def _records(
    events: etree.iterparse[tuple[str, etree._Element]], reading: _Reading
) -> Iterator[tuple[str, dict[str, str]]]:
    """Each ``<url>`` and ``<sitemap>`` with its texts."""
    fields: dict[str, str] = {}
    for event, node in events:
        name = _local(node.tag)
        if event == "start":
            reading.root = reading.root or name
            if reading.root in _FEEDS:
                return
            continue
        if name in {"url", "sitemap"}:
            yield name, fields
            fields = {}
        elif node.text and len(fields) < _MOST_FIELDS:
            # "loc" of a page, and "image:loc" of its picture.
            fields.setdefault(_key(node), node.text.strip()[:_LONGEST])
        _forget(node)


def _forget(node: etree._Element) -> None:
    """Free what was read: a sitemap may be 50 MB."""
    node.clear()
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


def _local(tag: object) -> str:
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _key(node: etree._Element) -> str:
    space = str(node.tag).rpartition("}")[0]
    name = _local(node.tag)
    kind = next((kind for kind in _KINDS if kind in space), "")
    return f"{kind}:{name}" if kind else name


def _link(address: str, fields: dict[str, str], url: str) -> ListedLink:
    raw = fields.get("news:publication_date") or fields.get("lastmod", "")
    image = fields.get("image:loc", "")
    title = fields.get("news:title", "")
    return ListedLink(
        url=address,
        title=one_line(title) if title else "",
        date=DateClaim(raw=raw, origin=DateOrigin.LISTING) if raw else None,
        image=absolute(url, image) if image else "",
    )


# ── Other forms ──────────────────────────────────────────────────────────────


def _of_feed(body: bytes, url: str) -> Sitemap:
    """RSS and Atom are sitemaps too, as sitemaps.org has it."""
    source = Source(key="sitemap", title="", kind=SourceKind.SITEMAP, url=url)
    entries = read_feed(body, url=url, source=source).entries
    return Sitemap(links=tuple(_listed(entry) for entry in entries))


def _listed(entry: RawEntry) -> ListedLink:
    claim = next(iter(entry.dates), None)
    return ListedLink(
        url=entry.url,
        title=one_line(entry.title),
        date=DateClaim(raw=claim.raw, origin=DateOrigin.LISTING) if claim else None,
        image=entry.image.url if entry.image else "",
    )


def _lines(text: str, url: str) -> Sitemap:
    lines = [line.strip() for line in text.splitlines()[:MAX_LINKS]]
    found = [line for line in lines if line.startswith(("http://", "https://"))]
    addresses = [address for line in found if (address := absolute(url, line))]
    if not addresses:
        raise ParseError(url, "neither XML nor lines of addresses: not a sitemap")
    return Sitemap(links=tuple(ListedLink(url=each) for each in addresses))
