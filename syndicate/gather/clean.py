"""A raw entry becomes an entry: cleaned, dated, addressed, and with its citations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from html import unescape

from syndicate.errors import ParseError
from syndicate.gather.byline import authors_in, origin_of
from syndicate.model import (
    Dated,
    DateOrigin,
    Entry,
    Image,
    Precision,
    RawEntry,
    Source,
)
from syndicate.text import dates, urls
from syndicate.text.citations import cited
from syndicate.text.clean import (
    is_plain,
    key_text,
    one_line,
    remember_plain,
    utf8,
    utf8_key,
)
from syndicate.text.html import sanitise_and_read, to_text
from syndicate.text.sentences import extract

_MAX_TITLE = 500
_MAX_LEAD = 1_000
_READ_FOR_LANGUAGE = 5_000
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯạ-ỹẠ-Ỹ]")
_LETTER = re.compile(r"[^\W\d_]")
_LANGUAGE = re.compile(r"^[a-zA-Z]{2,3}(?=$|[-_])")
_MORE = re.compile(
    r"\s*(?:\[?(?:…|\.\.\.)\]?)?\s*(?:(?:xem|đọc) (?:thêm|tiếp)|chi tiết|read more"
    r"|continue reading)\s*(?:>>>|>>|»|→|…|\.\.\.|\])*\s*$",
    re.IGNORECASE,
)


_MAYBE_MORE = re.compile(r"(?:thêm|tiếp|tiết|more|reading)[\s>»→….\]]*$", re.IGNORECASE)
# In our own sanitised HTML: every picture has an address, every value its quotes.
_IMG = re.compile(r"<img ([^>]*)>")
_QUOTED = re.compile(r'([a-z]+)="([^"]*)"')


def to_entry(raw: RawEntry, *, source: Source, fetched_at: datetime) -> Entry:
    """Clean ``raw``, which was fetched at ``fetched_at`` (aware); pure.

    The lead is the source's own, else the first sentences; the language the entry's
    own, else what its letters show, else the source's. Raises ParseError for an entry
    with neither a title nor text.
    """
    base = urls.absolute(source.url, raw.url) or source.url
    html, text = sanitise_and_read(raw.html, base)
    title = _plain(raw.title)[:_MAX_TITLE] or extract(text, sentences=1, limit=160)
    if not title:
        raise ParseError(raw.url or source.url, "an entry with neither title nor text")
    lead = _lead(raw.lead, text)
    captions = _captions(raw)
    claimed = _dates(raw, source)
    return Entry(
        source=source.key,
        url=urls.canonical(base),
        guid=raw.guid.strip(),
        title=title,
        lead=lead,
        html=html,
        text=text,
        authors=_authors(raw.authors),
        credit=origin_of(_plain(raw.credit)) if raw.credit else "",
        published=_published(claimed, source, fetched_at),
        dates=claimed,
        updated=_updated(raw, source, fetched_at),
        captions=captions,
        image=_image(raw, html, base),
        enclosures=raw.enclosures,
        terms=_unique(map(_plain_again, raw.terms)),
        language=_language(raw, source, title, text),
        citations=cited(
            _for_citing(title, lead, text, captions), province=source.province
        ),
        fingerprint=_fingerprint(title, lead, text),
    )


def _fingerprint(title: str, lead: str, text: str) -> str:
    """What stays the same when only the way of writing changes."""
    return sha256(utf8_key(title, lead, text)).hexdigest()


def _plain(text: str) -> str:
    """Text on one line; markup and entities are undone if there are any."""
    marked = ("<" in text or "&" in text) and _MARKUP.search(text)
    return one_line(to_text(text) if marked else text)


# A source's terms, authors and standing phrases come with each of its entries.
_plain_again = lru_cache(maxsize=1_024)(_plain)


def _lead(own: str, text: str) -> str:
    said = one_line(to_text(own)) if own else ""
    if _MAYBE_MORE.search(said):
        said = _MORE.sub("", said)
    if len(said) > _MAX_LEAD:
        said = extract(said, sentences=3, limit=_MAX_LEAD)
    return said or extract(text.partition("\n\n")[0] or text)


def _for_citing(title: str, lead: str, text: str, captions: tuple[str, ...]) -> str:
    """What is cited from: the lead once, though it often opens the text too."""
    parts = [title, "" if _opens(text, lead) else lead, text]
    parts = [part for part in (*parts, *captions) if part]
    whole = "\n\n".join(parts)
    return remember_plain(whole) if all(map(is_plain, parts)) else whole


def _opens(text: str, lead: str) -> bool:
    """Whether the text begins as the lead does."""
    if text.startswith(lead):
        return True
    return key_text(text[: len(lead) + 50]).startswith(key_text(lead)[:100])


def _captions(raw: RawEntry) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for caption in map(_plain, raw.captions):
        unique.setdefault(key_text(caption), caption)
    return tuple(caption for caption in unique.values() if caption)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in values if each))


def _authors(written: tuple[str, ...]) -> tuple[str, ...]:
    return _unique(name for each in written for name in _named(each))


@lru_cache(maxsize=1_024)
def _named(written: str) -> tuple[str, ...]:
    """The authors that one line names."""
    return authors_in(_plain(written))


# ── Dates ────────────────────────────────────────────────────────────────────


def _dates(raw: RawEntry, source: Source) -> tuple[Dated, ...]:
    zone = source.timezone
    found = list(dates.read_all(raw.dates, zone=zone, order=source.date_order))
    if source.hour_only:
        found = [_to_the_hour(each) for each in found]
    if not any(each.origin is DateOrigin.URL for each in found):
        in_url = dates.from_url(raw.url, zone=zone)
        found += [in_url] if in_url else []
    return tuple(found)


def _to_the_hour(dated: Dated) -> Dated:
    """A feed whose minutes are known to be wrong is believed to the hour only."""
    if dated.origin is not DateOrigin.FEED or dated.precision is Precision.DAY:
        return dated
    return Dated(
        value=dated.value.replace(minute=0, second=0, microsecond=0),
        precision=Precision.HOUR,
        origin=dated.origin,
        raw=dated.raw,
    )


def _published(
    claimed: tuple[Dated, ...], source: Source, fetched_at: datetime
) -> Dated | None:
    chosen = dates.choose(claimed, fetched_at=fetched_at)
    if not source.hour_only or chosen is None or chosen.origin is not DateOrigin.FEED:
        return chosen
    # The page's own date is better than a feed known to be wrong.
    own = [
        each
        for each in claimed
        if each.origin in {DateOrigin.META, DateOrigin.ARTICLE}
        and each.precision is not Precision.DAY
    ]
    return dates.choose(own, fetched_at=fetched_at) or chosen


def _updated(raw: RawEntry, source: Source, fetched_at: datetime) -> datetime | None:
    if raw.updated is None:
        return None
    read = dates.read_all((raw.updated,), zone=source.timezone, order=source.date_order)
    # A source that says it changed an article tomorrow says nothing.
    return next((each.value for each in read if each.value <= fetched_at), None)


# ── Pictures and language ────────────────────────────────────────────────────


def _image(raw: RawEntry, html: str, base: str) -> Image | None:
    if raw.image is not None:
        address = urls.absolute(base, raw.image.url)
        if address:
            return Image(url=address, caption=_plain(raw.image.caption))
    found = _IMG.search(html)
    if found is None:
        return None
    written = dict(_QUOTED.findall(found[1]))
    address = urls.absolute(base, unescape(written.get("src", "")).strip())
    if not address:
        return None
    return Image(url=address, caption=one_line(unescape(written.get("alt", ""))))


def _language(raw: RawEntry, source: Source, title: str, text: str) -> str:
    """What the entry says, unless its letters say otherwise; else the source's."""
    if _plainly_vietnamese(text[:_READ_FOR_LANGUAGE], len(title) + 1):
        return "vi"
    read = f"{title} {text}"[:_READ_FOR_LANGUAGE]
    declared = _LANGUAGE.match(raw.language.strip())
    letters, marked = _letters(read)
    if letters >= 20 and marked > 0.06 * letters:
        return "vi"
    said = declared[0].lower() if declared else source.language
    # A whole page without one Vietnamese letter is not Vietnamese: templates say
    # lang="vi" of everything.
    if said == "vi" and letters >= 120 and marked < 0.005 * letters:
        return "en" if _reads_english(read) else said
    return said


def _plainly_vietnamese(text: str, others: int) -> bool:
    """Whether ế, ộ, ữ … alone are enough, whatever ``others`` more characters are."""
    if len(text) == _READ_FOR_LANGUAGE:
        text = text[:-others]
    # In UTF-8 such letters share two bytes; counting bytes is the fastest look.
    marked = utf8(text).count(b"\xe1\xbb")
    return marked >= 20 and marked > 0.06 * (len(text) + others)


_OTHER_THAN_LETTERS = bytes(each for each in range(128) if not chr(each).isalpha())


def _letters(text: str) -> tuple[int, int]:
    """How many letters there are, and how many of them only Vietnamese has."""
    plain = text.encode("ascii", "ignore").translate(None, _OTHER_THAN_LETTERS)
    others = _ASCII.sub("", text)
    return len(plain) + len(_LETTER.findall(others)), len(_VIETNAMESE.findall(others))


_ASCII = re.compile("[\x00-\x7f]+")


_ENGLISH = frozenset(["the", "of", "and", "to", "in", "for", "with", "is", "on"])


def _reads_english(text: str) -> bool:
    words = text.lower().split()
    return sum(word in _ENGLISH for word in words) > 0.12 * len(words)
