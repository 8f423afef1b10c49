"""Feed documents become raw entries; the one door of feedparser.

Plain feeds are read by ``fastfeed``. All others go to feedparser, which reads RSS
0.9x to 2.0, RDF, Atom and CDF, and reads broken ones too. It is untyped: here is
where ``Any`` stops. Its own sanitiser and link resolver stay off (ours comes after
it); dates go through our own reader. It is imported when it is first needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from syndicate.errors import ParseError
from syndicate.gather.decode import decode
from syndicate.gather.fastbase import Judgement
from syndicate.gather.fastfeed import MalformedError, read_plain
from syndicate.gather.feedfacts import FeedDocument, FeedFacts
from syndicate.gather.feedhead import around_entries, read_deleted, read_facts
from syndicate.gather.feedparts import addressed, entry_of, is_readable, read_date
from syndicate.gather.jsonfeed import read_json_feed
from syndicate.gather.prolog import (
    blunted,
    completed,
    count_items,
    has_root,
    looks_like_html,
    mend,
    shorten,
    sound_document,
    tidy,
    unfinished,
)
from syndicate.gather.unpack import PackedWrongError, UnpackedTooLargeError, gunzip
from syndicate.model import RawEntry, Source
from syndicate.text import urls

MAX_ENTRIES = 2_000
"""Of a longer feed, so many are read, from the end where it grows."""
_MAX_UNPACKED = 20_000_000
_GZIP = b"\x1f\x8b"
_FEED_TYPES = ("rss", "atom", "feed+json", "rdf")
_CHALLENGE = re.compile(
    r"cf-chl|cf_chl|challenge-platform|g-recaptcha|h-captcha|<title>Just a moment"
    r"|Attention Required!|id=\"captcha|ddos-guard|_Incapsula_",
    re.IGNORECASE,
)
_PORTAL = re.compile(
    r"captive[ -]?portal|wispr|hotspot ?login|<meta[^>]+http-equiv=.?refresh",
    re.IGNORECASE,
)

Parsed = Mapping[str, Any]


def parse_feed(
    body: bytes, *, url: str, source: Source, content_type: str = ""
) -> tuple[RawEntry, ...]:
    """Read the entries of a feed, as :func:`read_feed` does."""
    read = read_feed(body, url=url, source=source, content_type=content_type)
    return read.entries


def read_feed(
    body: bytes,
    *,
    url: str,
    source: Source,
    content_type: str = "",
    limit: int = MAX_ENTRIES,
) -> FeedDocument:
    """Read a feed of any kind; a valid feed without entries gives none.

    ``url`` is the final address of ``body``. An entry without an address gets one on
    the feed's home, so that it is never lost. Of more than ``limit`` entries, those
    are read that stand where the feed grows. Raises ParseError for what is no feed,
    and names the feeds that an HTML page links to.
    """
    body = _unpacked(body, url)
    plain = _read_bytes(body, source, limit)
    if plain is not None:
        return _document(*plain, url=url, source=source, limit=limit, fast=True)
    text = decode(body, content_type).strip()
    again = text.encode("utf-8", "ignore")
    plain = _read_bytes(again, source, limit) if again != body else None
    if plain is not None:
        # It was in another encoding, and that was all.
        return _document(*plain, url=url, source=source, limit=limit, fast=True)
    if not text:
        raise ParseError(url, "an empty answer where a feed was expected")
    if text[0] in "{[":
        found = read_json_feed(text, url=url, source=source)
        kept = (addressed(entry, url) for entry in found.entries[:limit])
        return replace(found, entries=tuple(kept))
    if looks_like_html(text):
        raise ParseError(url, _about_page(text, url))
    if not has_root(text):
        raise ParseError(url, "not a feed: neither RSS, Atom, RDF nor JSON Feed")
    return _read_xml(_shortened(text, source, limit), url, source, limit)


def _unpacked(body: bytes, url: str) -> bytes:
    """A file that is packed (``rss.xml.gz``) comes as it lies on the disk."""
    try:
        return gunzip(body, _MAX_UNPACKED) if body.startswith(_GZIP) else body
    except (PackedWrongError, UnpackedTooLargeError) as error:
        large = isinstance(error, UnpackedTooLargeError)
        raise ParseError(
            url, "unpacks to more than 20 MB" if large else "is not valid gzip"
        ) from error


def _shortened(text: str, source: Source, limit: int) -> str:
    def is_later(one: str, other: str) -> bool:
        moments = [read_date(each, source) for each in (one, other)]
        late, early = (each.value if each else None for each in moments)
        return late is not None and early is not None and late > early

    return shorten(unfinished(text), limit, is_later)


# ── XML ──────────────────────────────────────────────────────────────────────


def _read_bytes(body: bytes, source: Source, limit: int) -> tuple[Parsed, bytes] | None:
    """A plain feed in UTF-8, without so much as a look at its characters."""
    document = sound_document(body, limit)
    if document is None:
        return None
    try:
        parsed = read_plain(document, _judgement(source), limit)
    except MalformedError:
        return None
    return None if parsed is None else (parsed, document)


def _judgement(source: Source) -> Judgement:
    return Judgement(
        is_markup=_is_markup, is_readable=lambda raw: is_readable(raw, source)
    )


def _read_xml(text: str, url: str, source: Source, limit: int) -> FeedDocument:
    parsed = read_fast(text, source, limit)
    fast = parsed is not None
    if parsed is None:
        parsed = read_slow(text, url)
    document = text.encode("utf-8", "replace")
    return _document(parsed, document, url=url, source=source, limit=limit, fast=fast)


def _document(
    parsed: Parsed,
    document: bytes,
    *,
    url: str,
    source: Source,
    limit: int,
    fast: bool,
) -> FeedDocument:
    feed = parsed["feed"]
    home = urls.absolute(url, str(feed.get("link", ""))) or url
    language = str(feed.get("language") or "")
    return FeedDocument(
        entries=tuple(
            entry_of(each, home=home, language=language, source=source)
            for each in parsed["entries"][:limit]
        ),
        facts=read_facts(around_entries(document), url=url, home=home),
        deleted=read_deleted(document),
        fast=fast,
    )


def read_fast(text: str, source: Source, limit: int) -> Parsed | None:
    """What feedparser would find in ``text``, found without it; None if in doubt."""
    judgement = _judgement(source)
    tidied = completed(tidy(text))
    try:
        return read_plain(tidied.encode(), judgement, limit)
    except MalformedError as error:
        return _read_mended(tidied, judgement, limit) if error.mendable else None


def _read_mended(tidied: str, judgement: Judgement, limit: int) -> Parsed | None:
    """As feedparser would find it in mended XML, if it is the ampersands alone."""
    mended = mend(tidied)
    if mended == tidied:
        return None
    try:
        parsed = read_plain(mended.encode(), judgement, limit)
    except MalformedError:
        return None
    # Of the broken text it might make more entries, which we would have to take.
    if parsed is None or len(parsed["entries"]) != count_items(mended):
        return None
    return parsed


def read_slow(text: str, url: str) -> Parsed:
    """What feedparser finds in ``text``; raises ParseError if it finds no feed."""
    tidied = blunted(completed(tidy(text)))
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
    import feedparser  # noqa: PLC0415 - slow to import, and seldom needed

    whole = f'<?xml version="1.0" encoding="utf-8"?>\n{text}'
    try:
        parsed: Parsed = feedparser.parse(
            BytesIO(whole.encode("utf-8", "replace")),
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
    return type(trouble).__name__ == "CharacterEncodingOverride"


def _is_markup(text: str) -> bool:
    """feedparser's own guess, so that both paths guess alike."""
    if not ("</" in text or ("&" in text and ";" in text)):
        return False
    from feedparser.mixin import _FeedParserMixin  # noqa: PLC0415 - see _feedparser

    return bool(_FeedParserMixin.looks_like_html(text))


# ── What is no feed ──────────────────────────────────────────────────────────


def _about_page(text: str, url: str) -> str:
    head = text[:500_000]
    named = [
        urls.absolute(url, link.attributes.get("href") or "")
        for link in LexborHTMLParser(head).css("link[rel~=alternate][href]")
        if any(kind in (link.attributes.get("type") or "") for kind in _FEED_TYPES)
    ]
    found = ", ".join(dict.fromkeys(each for each in named if each))
    if found:
        return f"an HTML page where a feed was expected; it names these feeds: {found}"
    if _CHALLENGE.search(head):
        return "an HTML page where a feed was expected: the site checks for robots"
    if _PORTAL.search(head):
        return "an HTML page where a feed was expected: it leads elsewhere (a login?)"
    return "an HTML page where a feed was expected, and it names no feed"


def is_ours(facts: FeedFacts, base_url: str) -> bool:
    """Whether a feed is one that the desk at ``base_url`` publishes itself.

    To gather it would feed the desk with its own entries, for ever.
    """
    if not base_url:
        return False
    ours = facts.generator.lower().startswith("syndicate")
    named = (facts.topic, facts.home if ours else "")
    return any(_is_under(address, base_url) for address in named if address)


def _is_under(address: str, base_url: str) -> bool:
    place, root = urlsplit(address), urlsplit(base_url)
    if not root.hostname or place.hostname != root.hostname:
        return False
    if _port(place.scheme, place.netloc) != _port(root.scheme, root.netloc):
        return False
    path = root.path.rstrip("/")
    return place.path == path or place.path.startswith(f"{path}/")


def _port(scheme: str, netloc: str) -> str:
    # http and https of one host are one site.
    port = netloc.rpartition("@")[2].partition("]")[2] or netloc
    number = port.rpartition(":")[2] if ":" in port else ""
    return "" if number == {"http": "80", "https": "443"}.get(scheme) else number
