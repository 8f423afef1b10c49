"""Sitemaps, sitemap indexes and news sitemaps (sitemaps.org, Google News)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from syndicate.errors import ParseError
from syndicate.gather.decode import decode
from syndicate.gather.listing import ListedLink
from syndicate.gather.prolog import plain_sitemap
from syndicate.gather.unpack import PackedWrongError, UnpackedTooLargeError, gunzip
from syndicate.model import DateClaim, DateOrigin
from syndicate.text.clean import one_line
from syndicate.text.urls import absolute

MAX_LINKS = 50_000
"""The protocol's own limit for one file."""
MAX_MAPS = 1_000
_MAX_UNPACKED = 52_428_800
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap holds: links to pages, or addresses of further sitemaps."""

    links: tuple[ListedLink, ...] = ()
    maps: tuple[str, ...] = ()


def parse_sitemap(body: bytes, *, url: str) -> Sitemap:
    """Read a sitemap, plain or gzipped, as XML or as lines of addresses.

    ``news:publication_date`` is preferred to ``lastmod``. A file that breaks off
    gives what stands before the break. Raises ParseError if it is no sitemap.
    """
    if body.startswith(_GZIP):
        body = _unpacked(body, url)
    text = decode(body).lstrip("\ufeff \t\r\n")
    if not text:
        raise ParseError(url, "an empty answer where a sitemap was expected")
    if not text.startswith("<"):
        return _lines(text, url)
    start = plain_sitemap(text).encode("utf-8", "replace")
    links: list[ListedLink] = []
    maps: list[str] = []
    roots: list[str] = []
    try:
        for name, address, fields in _places(start, roots, url):
            if name == "sitemap":
                maps.append(address)
            else:
                links.append(_link(address, fields, url))
            if len(links) >= MAX_LINKS or len(maps) >= MAX_MAPS:
                break
    except etree.XMLSyntaxError as error:
        if not links and not maps:
            raise ParseError(url, f"not a sitemap: {error.msg}") from error
    if not set(roots) & {"urlset", "sitemapindex"} and not links and not maps:
        found = f"<{roots[0]}>" if roots else "nothing"
        raise ParseError(url, f"{found} where a sitemap was expected")
    return Sitemap(links=tuple(links), maps=tuple(dict.fromkeys(maps)))


def _places(
    body: bytes, roots: list[str], url: str
) -> Iterator[tuple[str, str, dict[str, str]]]:
    for name, fields in _records(body, roots):
        address = absolute(url, fields.get("loc", ""))
        if address:
            yield name, address, fields


def _unpacked(body: bytes, url: str) -> bytes:
    try:
        return gunzip(body, _MAX_UNPACKED)
    except (PackedWrongError, UnpackedTooLargeError) as error:
        too_large = isinstance(error, UnpackedTooLargeError)
        reason = "unpacks to more than 50 MB" if too_large else "is not valid gzip"
        raise ParseError(url, f"the sitemap {reason}") from error


def _records(body: bytes, roots: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each ``<url>`` and ``<sitemap>`` with its texts; ``roots`` gets the root."""
    fields: dict[str, str] = {}
    events = etree.iterparse(
        BytesIO(body),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
    )
    for event, node in events:
        name = _local(node.tag)
        if event == "start":
            if not roots:
                roots.append(name)
            continue
        if name in {"url", "sitemap"}:
            yield name, fields
            fields = {}
            _forget(node)
        elif node.text:
            # "loc" of a page, and "image:loc" of its picture.
            fields.setdefault(_key(node), node.text.strip())


def _forget(node: etree._Element) -> None:
    """Free what was read: a sitemap may be 50 MB."""
    node.clear()
    while node.getprevious() is not None:
        parent = node.getparent()
        if parent is None:
            return
        del parent[0]


def _local(tag: object) -> str:
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _key(node: etree._Element) -> str:
    space = str(node.tag).rpartition("}")[0]
    name = _local(node.tag)
    for kind in ("image", "news", "video"):
        if kind in space:
            return f"{kind}:{name}"
    return name


def _link(address: str, fields: dict[str, str], url: str) -> ListedLink:
    raw = fields.get("news:publication_date") or fields.get("lastmod", "")
    image = fields.get("image:loc", "")
    return ListedLink(
        url=address,
        title=one_line(fields.get("news:title", "")),
        date=DateClaim(raw=raw, origin=DateOrigin.LISTING) if raw else None,
        image=absolute(url, image) if image else "",
    )


def _lines(text: str, url: str) -> Sitemap:
    lines = [line.strip() for line in text.splitlines()[:MAX_LINKS]]
    found = [line for line in lines if line.startswith(("http://", "https://"))]
    addresses = [address for line in found if (address := absolute(url, line))]
    if not addresses:
        raise ParseError(url, "neither XML nor lines of addresses: not a sitemap")
    return Sitemap(links=tuple(ListedLink(url=each) for each in addresses))
