"""An entry, from what a parser found in its feed (pure).

The parts come in feedparser's shape and under its names, whoever read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from html import unescape
from time import struct_time
from typing import Any

from syndicate.gather.body import without_captions
from syndicate.model import (
    DateClaim,
    Dated,
    DateOrigin,
    Enclosure,
    Image,
    RawEntry,
    Source,
)
from syndicate.text import dates, urls
from syndicate.text.html import paragraphs, sanitise, to_text

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
# Markup that was escaped once too often: the text shows its tags.
_SHOWN_TAG = re.compile(
    r"&lt;/?(?:p|div|br|b|i|a|em|strong|span|img|ul|li|table)\b", re.IGNORECASE
)
_BARE_HOST = re.compile(r"www\.[\w-]+\.\w", re.IGNORECASE)
_MAIL_AUTHOR = re.compile(r"^\S+@\S+\s*\((?P<name>.+)\)$")
_MAIL = re.compile(r"\S+@\S+")
# Addresses that are absolute already, and in which nothing is to be encoded.
_SOUND_ADDRESS = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[1-9]\d{1,3}|:[1-5]\d{4})?"
    r"(?:/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)*/?(?:\?[A-Za-z0-9=_-]+)?"
)
# Dates as machines write them: there is no doubt that they can be read.
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_SOUND_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?:0?[1-9]|1\d|2[0-8]"
    r"|(?:29|30)(?! Feb)|31(?= (?:Jan|Mar|May|Jul|Aug|Oct|Dec)))"
    r" (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 20\d\d"
    rf" {_CLOCK} (?:GMT|UTC|Z|[+-](?:0\d|1[0-2])[03]0)"
    r"|20\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    rf"T{_CLOCK}(?:\.\d{{1,6}})?(?:Z|[+-](?:0\d|1[0-2]):[03]0)",
    re.ASCII,
)

Parsed = Mapping[str, Any]
Parts = list[Parsed]


def entry_of(each: Parsed, *, home: str, language: str, source: Source) -> RawEntry:
    """What a feed says of an entry; ``home`` and ``language`` are the feed's own."""
    detail = _one(each, "title_detail")
    base = str(detail.get("base") or "") or home
    guid = str(each.get("id") or "").strip()
    body, lead = _texts(each)
    html, captions = _captioned(body or lead, home)
    published = _date(each, "published", source) or _date(each, "created", source)
    updated = _date(each, "updated", source)
    first = published or updated
    links, media = _many(each, "links"), _many(each, "media_content")
    entry = RawEntry(
        source=source.key,
        url=_address(each, links, base, guid),
        guid=guid,
        title=_title(each),
        html=html,
        lead=lead,
        captions=captions,
        authors=tuple(_authors(each)),
        credit=_producer(each, home) if each.get("source") else "",
        dates=(first,) if first else (),
        updated=updated,
        image=_image(each, links, media, base),
        enclosures=tuple(_enclosures(links, media, base)),
        terms=tuple(_terms(each)) if each.get("tags") else (),
        language=str(detail.get("language") or language),
    )
    return addressed(entry, home)


def addressed(entry: RawEntry, home: str) -> RawEntry:
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


def _many(each: Parsed, name: str) -> Parts:
    """Parts of an entry; elements with odd names can put anything in their place."""
    found = each.get(name)
    if not found or not isinstance(found, list):
        return []
    return [part for part in found if isinstance(part, dict)]


def _one(each: Parsed, name: str) -> Parsed:
    found = each.get(name)
    return found if isinstance(found, dict) else {}


# ── Addresses ────────────────────────────────────────────────────────────────


def _address(each: Parsed, links: Parts, base: str, guid: str) -> str:
    for href in _addresses(each, links, guid):
        address = _absolute(base, href)
        if address:
            return address
    return ""


def _addresses(each: Parsed, links: Parts, guid: str) -> Iterator[str]:
    for link in links:
        if link.get("rel", "alternate") == "alternate":
            yield str(link.get("href") or "")
    main = str(each.get("link") or "")
    # A guid without isPermaLink="false" counts as a link, though most are numbers.
    if main != guid or _is_address(guid):
        yield main
    if _is_address(guid):
        yield guid
    contents = _many(each, "content")
    if contents:
        yield str(contents[0].get("src") or "")
    if each.get("guidislink") and guid.startswith("/"):
        yield guid


def _absolute(base: str, href: str) -> str:
    """As browsers do; but "www.x.example/1" means a host, not a file."""
    href = href.strip()
    if not href or is_sound(href):
        return href
    return urls.absolute(base, f"http://{href}" if _BARE_HOST.match(href) else href)


def is_sound(address: str) -> bool:
    """Whether an address is absolute, http(s), and needs no repair."""
    return len(address) < 2_000 and _SOUND_ADDRESS.fullmatch(address) is not None


def _is_address(text: str) -> bool:
    return text[:8].lower().startswith(("http://", "https://"))


# ── Texts ────────────────────────────────────────────────────────────────────


def _title(each: Parsed) -> str:
    title = str(each.get("title") or "")
    kind = _one(each, "title_detail").get("type", "")
    if kind in _HTML_TYPES and _MARKUP.search(title):
        return to_text(title)
    return title


def _texts(each: Parsed) -> tuple[str, str]:
    """Body and lead as HTML; the longest content is the body."""
    contents = [_html(detail, detail) for detail in _many(each, "content")]
    body = max(contents, key=len, default="")
    lead = _html(_one(each, "summary_detail"), {"value": each.get("summary")})
    # A description fuller than the content is the content.
    return (lead, "") if body and len(lead) > 2 * len(body) else (body, lead)


def _html(detail: Parsed, holder: Parsed) -> str:
    value = str(holder.get("value") or "")
    kind = str(detail.get("type") or "")
    for _ in range(2):
        if "<" in value or "&" not in value:
            break
        if not _SHOWN_TAG.search(value.replace("&amp;", "&")):
            break
        value = unescape(value)
    if kind not in _HTML_TYPES and not _MARKUP.search(value):
        return paragraphs(value)
    base = str(detail.get("base") or "")
    # xml:base holds for this text alone and is known only here.
    return sanitise(value, base) if base else value


def _captioned(html: str, base: str) -> tuple[str, tuple[str, ...]]:
    """HTML without its captions, and these; most has none, which shows at once."""
    if "aption" in html or "APTION" in html:
        return without_captions(html, base)
    return html, ()


# ── Dates ────────────────────────────────────────────────────────────────────


def _date(each: Parsed, name: str, source: Source) -> DateClaim | None:
    # `in` first: feedparser answers a missing "updated" with "published", warning.
    raw = str(each[name] or "").strip() if name in each else ""
    if not raw:
        return None
    if not is_readable(raw, source):
        moment = _moment(each, name)
        if moment is not None:
            raw = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*moment[:6])
    return DateClaim(raw=raw, origin=DateOrigin.FEED)


def is_readable(raw: str, source: Source) -> bool:
    """Whether a date can be read by our own reader."""
    return bool(_SOUND_DATE.fullmatch(raw)) or read_date(raw, source) is not None


def read_date(raw: str, source: Source) -> Dated | None:
    """The moment that a feed's date means."""
    return dates.read(
        raw, origin=DateOrigin.FEED, zone=source.timezone, order=source.date_order
    )


def _moment(each: Parsed, name: str) -> tuple[int, ...] | None:
    key = f"{name}_parsed"
    value = each[key] if key in each else None  # noqa: SIM401 - see _date
    return tuple(value)[:6] if isinstance(value, struct_time) else None


# ── People, pictures, files and terms ────────────────────────────────────────


def _authors(each: Parsed) -> Iterator[str]:
    """The names of who wrote an entry; addresses are none."""
    seen: set[str] = set()
    whole = str(each.get("author") or "")[:_LONGEST_NAME]
    people = _many(each, "authors")[:_MOST_AUTHORS]
    names = [_name(person, whole) for person in people]
    for name in (*names, whole.strip()):
        matched = _MAIL_AUTHOR.match(name) if "@" in name else None
        shown = matched["name"].strip() if matched else name
        if shown and not _covers(seen, shown) and not _MAIL.fullmatch(shown):
            seen.add(shown)
            yield shown


_LONGEST_NAME = 1_000
_MOST_AUTHORS = 50


def _name(person: Parsed, whole: str) -> str:
    """A name, without the rest of a mail address ("ple" of "a@b.example")."""
    name = str(person.get("name") or "").strip()[:_LONGEST_NAME]
    mail = str(person.get("email") or "")
    if not mail:
        return name
    head = name.partition(" ")[0]
    if head.isalpha() and f"{mail}{head}" in whole:
        return name.removeprefix(head).strip(" ()<>")
    return name


def _covers(seen: set[str], name: str) -> bool:
    return name in seen or any(name.startswith(f"{each} (") for each in seen)


def _producer(each: Parsed, home: str) -> str:
    """``<source>`` names the feed that an entry was taken from, if another's."""
    source = _one(each, "source")
    href = urls.absolute(home, str(source.get("href") or source.get("link") or ""))
    if not href or urls.host(href) == urls.host(home):
        return ""
    return str(source.get("title") or urls.host(href)).strip()


def _image(each: Parsed, links: Parts, media: Parts, base: str) -> Image | None:
    """The picture of an entry, absolute."""
    for item in _pictures(each, links, media):
        address = _absolute_file(base, item)
        if address:
            return Image(url=address)
    return None


def _pictures(each: Parsed, links: Parts, media: Parts) -> Iterator[object]:
    for item in media:
        kind = str(item.get("type") or "")
        if item.get("medium") == "image" or kind.startswith("image/"):
            yield item.get("url")
    for item in _many(each, "media_thumbnail"):
        yield item.get("url")
    for link in links:
        kind = str(link.get("type") or "")
        if link.get("rel") == "enclosure" and kind.startswith("image/"):
            yield link.get("href")
    yield _one(each, "image").get("href")


def _absolute_file(base: str, href: object) -> str:
    address = str(href or "").strip()
    if not address or is_sound(address):
        return address
    return urls.absolute(base, address)


def _enclosures(links: Parts, media: Parts, base: str) -> Iterator[Enclosure]:
    """The files that an entry carries, each address once."""
    seen: set[str] = set()
    for href, kind, length in _files(links, media):
        address = _absolute_file(base, href)
        if address and address not in seen:
            seen.add(address)
            size = str(length or "").strip()
            bytes_long = int(size[:20]) if size.isascii() and size.isdigit() else 0
            yield Enclosure(
                url=address, type=str(kind or ""), length=min(bytes_long, 2**62)
            )


def _files(links: Parts, media: Parts) -> Iterator[tuple[object, object, object]]:
    for link in links:
        if link.get("rel") == "enclosure":
            yield link.get("href"), link.get("type"), link.get("length")
    for item in media:
        kind = str(item.get("type") or item.get("medium") or "")
        if kind.startswith(("audio", "video")):
            yield item.get("url"), item.get("type"), item.get("filesize")


def _terms(each: Parsed) -> Iterator[str]:
    """Categories as the feed writes them, each once."""
    seen: set[str] = set()
    for tag in _many(each, "tags"):
        term = str(tag.get("label") or tag.get("term") or "").strip()
        if term and term not in seen:
            seen.add(term)
            yield term
