"""Feed documents become raw entries; the one door of feedparser.

feedparser reads RSS 0.9x to 2.0, RDF, Atom and CDF, and reads broken ones too. It is
untyped: here is where ``Any`` stops. Its own sanitiser and link resolver stay off
(ours comes after it); dates go through our own reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from html import unescape
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser
from selectolax.lexbor import LexborHTMLParser

from syndicate.errors import ParseError
from syndicate.gather import feedparts
from syndicate.gather.body import without_captions
from syndicate.gather.decode import decode
from syndicate.gather.jsonfeed import parse_json_feed
from syndicate.gather.prolog import (
    has_root,
    looks_like_html,
    mend,
    shorten,
    tidy,
    unfinished,
)
from syndicate.gather.unpack import PackedWrongError, UnpackedTooLargeError, gunzip
from syndicate.model import (
    DateClaim,
    Dated,
    DateOrigin,
    RawEntry,
    Source,
)
from syndicate.text import dates, urls
from syndicate.text.html import paragraphs, sanitise, to_text

MAX_ENTRIES = 2_000
"""Of a longer feed, so many are read, from the end where it grows."""
_MAX_UNPACKED = 20_000_000
_GZIP = b"\x1f\x8b"
_FEED_TYPES = ("rss", "atom", "feed+json", "rdf")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
# Markup that was escaped once too often: the text shows its tags.
_SHOWN_TAG = re.compile(
    r"&lt;/?(?:p|div|br|b|i|a|em|strong|span|img|ul|li|table)\b", re.IGNORECASE
)
_BARE_HOST = re.compile(r"www\.[\w-]+\.\w", re.IGNORECASE)

Parsed = Mapping[str, Any]


def parse_feed(
    body: bytes, *, url: str, source: Source, content_type: str = ""
) -> tuple[RawEntry, ...]:
    """Read a feed of any kind; a valid feed without entries gives ().

    ``url`` is the final address of ``body``. An entry without an address gets one on
    the feed's home, so that it is never lost. Raises ParseError for what is no feed,
    and names the feeds that an HTML page links to.
    """
    text = decode(_unpacked(body, url), content_type).strip()
    if not text:
        raise ParseError(url, "an empty answer where a feed was expected")
    if text[0] in "{[":
        entries = parse_json_feed(text, url=url, source=source)[:MAX_ENTRIES]
        return tuple(_addressed(entry, url) for entry in entries)
    if looks_like_html(text):
        raise ParseError(url, _about_page(text, url))
    if not has_root(text):
        raise ParseError(url, "not a feed: neither RSS, Atom, RDF nor JSON Feed")

    def is_later(one: str, other: str) -> bool:
        moments = [_read(each, source) for each in (one, other)]
        late, early = (each.value if each else None for each in moments)
        return late is not None and early is not None and late > early

    whole = shorten(unfinished(text), MAX_ENTRIES, is_later)
    parsed = _parse(whole, url)
    home = urls.absolute(url, str(parsed["feed"].get("link", ""))) or url
    return tuple(
        _entry(each, home, parsed, source) for each in parsed["entries"][:MAX_ENTRIES]
    )


def _unpacked(body: bytes, url: str) -> bytes:
    """A file that is packed (``rss.xml.gz``) comes as it lies on the disk."""
    try:
        return gunzip(body, _MAX_UNPACKED) if body.startswith(_GZIP) else body
    except (PackedWrongError, UnpackedTooLargeError) as error:
        large = isinstance(error, UnpackedTooLargeError)
        raise ParseError(
            url, "unpacks to more than 20 MB" if large else "is not valid gzip"
        ) from error


def _parse(text: str, url: str) -> Parsed:
    tidied = tidy(text)
    parsed = _feedparser(tidied)
    if parsed.get("bozo") and not _is_complete(parsed):
        # Mending is the second try only: in good XML there is nothing to mend.
        mended = _feedparser(mend(tidied))
        if len(mended["entries"]) >= len(parsed["entries"]):
            parsed = mended
    if parsed["entries"]:
        return parsed
    if not parsed.get("version"):
        raise ParseError(url, "not a feed: neither RSS, Atom, RDF nor JSON Feed")
    if parsed.get("bozo"):
        reason = parsed.get("bozo_exception")
        raise ParseError(url, f"a broken feed, nothing could be read: {reason}")
    return parsed


def _feedparser(text: str) -> Parsed:
    try:
        parsed: Parsed = feedparser.parse(
            BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    # feedparser raises whatever its input makes it trip over; one bad feed must not
    # take a run down.
    except Exception as error:  # noqa: BLE001 - see above
        return {"entries": [], "feed": {}, "bozo": True, "bozo_exception": error}
    return parsed


def _is_complete(parsed: Parsed) -> bool:
    """A complaint about the encoding's label is no complaint about the XML."""
    trouble = parsed.get("bozo_exception")
    return isinstance(trouble, feedparser.CharacterEncodingOverride)


def _about_page(text: str, url: str) -> str:
    named = [
        urls.absolute(url, link.attributes.get("href") or "")
        for link in LexborHTMLParser(text[:500_000]).css("link[rel~=alternate][href]")
        if any(kind in (link.attributes.get("type") or "") for kind in _FEED_TYPES)
    ]
    found = ", ".join(dict.fromkeys(each for each in named if each))
    if found:
        return f"an HTML page where a feed was expected; it names these feeds: {found}"
    return "an HTML page where a feed was expected, and it names no feed"


def _entry(each: Parsed, home: str, parsed: Parsed, source: Source) -> RawEntry:
    base = str((each.get("title_detail") or {}).get("base") or "") or home
    guid = str(each.get("id") or "").strip()
    body, lead = _texts(each)
    html, captions = without_captions(body or lead, home)
    published = _date(each, "published", source) or _date(each, "created", source)
    updated = _date(each, "updated", source)
    claims = tuple(claim for claim in (published or updated,) if claim)
    language = (each.get("title_detail") or {}).get("language")
    entry = RawEntry(
        source=source.key,
        url=_address(each, base, guid),
        guid=guid,
        title=_title(each),
        html=html,
        lead=lead,
        captions=captions,
        authors=tuple(feedparts.authors(each)),
        credit=feedparts.producer(each, home),
        dates=claims,
        updated=updated,
        image=feedparts.image(each, base),
        enclosures=tuple(feedparts.enclosures(each, base)),
        terms=tuple(feedparts.terms(each)),
        language=str(language or parsed["feed"].get("language") or ""),
    )
    return _addressed(entry, home)


def _addressed(entry: RawEntry, home: str) -> RawEntry:
    """Give an entry without an address one of its own on the feed's home."""
    if entry.url:
        return entry
    if entry.enclosures:
        address = entry.enclosures[0].url
    else:
        mark = entry.guid or entry.title or to_text(entry.html)[:200]
        # "#!" is the one kind of fragment that canonical addresses keep.
        address = f"{home.partition('#')[0]}#!{_slug(mark)}"
    return replace(entry, url=address)


def _slug(mark: str) -> str:
    return sha256(mark.encode("utf-8", "replace")).hexdigest()[:24]


def _address(each: Parsed, base: str, guid: str) -> str:
    links = [
        str(link.get("href") or "")
        for link in each.get("links") or []
        if link.get("rel", "alternate") == "alternate"
    ]
    source = str((each.get("content") or [{}])[0].get("src") or "")
    wanted = links
    # A guid without isPermaLink="false" counts as a link, though most are numbers.
    if str(each.get("link") or "") != guid or _is_address(guid):
        wanted.append(str(each.get("link") or ""))
    wanted += [guid] if _is_address(guid) else []
    wanted.append(source)
    if each.get("guidislink") and guid.startswith("/"):
        wanted.append(guid)
    found = (_absolute(base, href.strip()) for href in wanted if href.strip())
    return next((address for address in found if address), "")


def _absolute(base: str, href: str) -> str:
    """As browsers do; but "www.x.example/1" means a host, not a file."""
    return urls.absolute(base, f"http://{href}" if _BARE_HOST.match(href) else href)


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _title(each: Parsed) -> str:
    title = str(each.get("title") or "")
    kind = (each.get("title_detail") or {}).get("type", "")
    if kind in _HTML_TYPES and _MARKUP.search(title):
        return to_text(title)
    return title


def _texts(each: Parsed) -> tuple[str, str]:
    """Body and lead as HTML; the longest content is the body."""
    contents = [_html(detail) for detail in each.get("content") or []]
    body = max(contents, key=len, default="")
    detail = each.get("summary_detail") or {}
    lead = _html({**detail, "value": each.get("summary") or ""})
    # A description fuller than the content is the content.
    return (lead, "") if body and len(lead) > 2 * len(body) else (body, lead)


def _html(detail: Parsed) -> str:
    value = str(detail.get("value") or "")
    kind = str(detail.get("type") or "")
    for _ in range(2):
        if "<" in value or not _SHOWN_TAG.search(value.replace("&amp;", "&")):
            break
        value = unescape(value)
    if kind not in _HTML_TYPES and not _MARKUP.search(value):
        return paragraphs(value)
    base = str(detail.get("base") or "")
    # xml:base holds for this text alone and is known only here.
    return sanitise(value, base) if base else value


def _date(each: Parsed, name: str, source: Source) -> DateClaim | None:
    # `in` first: feedparser answers a missing "updated" with "published", warning.
    raw = str(each[name] or "").strip() if name in each else ""
    if not raw:
        return None
    readable = _read(raw, source)
    moment = _moment(each, name)
    if readable is None and moment is not None:
        raw = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*moment[:6])
    return DateClaim(raw=raw, origin=DateOrigin.FEED)


def _read(raw: str, source: Source) -> Dated | None:
    return dates.read(
        raw, origin=DateOrigin.FEED, zone=source.timezone, order=source.date_order
    )


def _moment(each: Parsed, name: str) -> tuple[int, ...] | None:
    key = f"{name}_parsed"
    value = each[key] if key in each else None  # noqa: SIM401 - see _date
    return tuple(value)[:6] if isinstance(value, struct_time) else None
