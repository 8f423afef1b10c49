"""What every format needs of one story, worked out once (pure).

Here the rights of the source are applied, so that no format can pass on more than
it may: ``link`` gives the title and the way to the article; ``extract`` also the
lead, and files that the entry links to; ``full`` the text and the picture too. (A
picture is shown, hence passed on; a file is a link that someone may follow.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from syndicate.model import (
    Category,
    Dated,
    Enclosure,
    Entry,
    Image,
    Relation,
    Rights,
    Site,
    Source,
    StoredEntry,
    Story,
)
from syndicate.publish.addresses import address, front, home, tag
from syndicate.publish.characters import composed, legal, line
from syndicate.publish.select import standing_entries
from syndicate.publish.shelved import Shelved
from syndicate.text.clean import key_text, one_line
from syndicate.text.html import paragraphs
from syndicate.text.sentences import extract
from syndicate.text.summary import summary

_FIRST_YEAR = 1990
_TITLE = 120
"""Characters of a title that is made of the first sentence."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,6}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a story came from, as RSS ``<source>`` and ``atom:source`` say it."""

    key: str
    title: str
    id: str
    """The address of its feed, or a tag: URI for a place that has none."""
    home: str = ""
    """The page for people; empty if there is none that can be asked for."""
    feed: str = ""
    """The address of its feed, if it is one."""
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Another source that tells the same story."""

    key: str
    source: str
    title: str
    link: str
    retold: bool = False
    """Under another title than the lead's: often in other words, of the same event."""
    first: bool = False
    """It is the one through which the story came to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story, ready to be written in any format; all text is legal and NFC."""

    uid: str
    id: str
    """tag: URI, the same in every feed and for ever."""
    title: str
    """Plain text, one line, never empty."""
    link: str
    summary: str = ""
    """Plain text."""
    html: str = ""
    """Safe, with absolute links; empty unless the rights are full."""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    """With the source's offset; never later than ``seen``."""
    dated: Dated | None = None
    """The same with its precision, for people."""
    seen: datetime
    """When we first had it; RSS readers get it where ``published`` is unknown."""
    updated: datetime
    """UTC. From the content, never from a build. The microseconds are made of the
    story's number: RFC 4287 lets two entries share a moment, validators warn."""
    categories: tuple[tuple[str, str], ...] = ()
    """(ASCII term, label for people), the primary one first."""
    language: str = ""
    source: Origin
    tellers: tuple[Teller, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: Image | None = None
    documents: tuple[str, ...] = ()
    """Numbers of the official documents it cites."""
    papers: tuple[tuple[str, str], ...] = ()
    """(name, feed key) of the same documents; "" for one that has no page."""


def items(
    stories: Iterable[Story],
    *,
    site: Site,
    sources: Mapping[str, Source],
    categories: Iterable[Category],
    papers: Mapping[int, Sequence[Shelved]] | None = None,
) -> tuple[Item, ...]:
    """Turn ``stories`` into items, in their order.

    ``papers`` are the documents with pages that each story cites, by its number. A
    story that every teller withdrew gives none. A source that is no longer
    configured is known by its key, and nothing but the link is passed on.
    """
    titles = {category.slug: category.title for category in categories}
    return tuple(
        _item(story, site, sources, titles, (papers or {}).get(story.id, ()))
        for story in stories
        if standing_entries(story)
    )


def _item(
    story: Story,
    site: Site,
    sources: Mapping[str, Source],
    titles: Mapping[str, str],
    papers: Sequence[Shelved],
) -> Item:
    lead, *others = standing_entries(story)
    entry = lead.entry
    source = sources.get(entry.source)
    link = address(entry.url) or home(site)
    dated = _plausible(entry.published, lead.seen_at)
    rights = source.rights if source else Rights.LINK
    full = rights is Rights.FULL
    numbers = _numbers(lead, *others)
    return Item(
        uid=story.uid,
        id=tag(site, f"story/{story.uid}"),
        title=_title(entry, link),
        link=link,
        summary="" if rights is Rights.LINK else _summary(entry, rights),
        html=_html(entry) if full else "",
        authors=tuple(_unique(one_line(author) for author in entry.authors)),
        published=dated.value if dated else None,
        dated=dated,
        seen=story.seen_at,
        updated=_updated(story, lead),
        categories=_topics(story, titles),
        language=_language(entry, source, site),
        source=_origin(lead, source, site),
        tellers=_tellers(others, sources, link, key_text(entry.title)),
        enclosures=() if rights is Rights.LINK else _enclosures(entry, pictures=full),
        image=_image(entry) if full else None,
        documents=numbers,
        papers=_papers(numbers, papers),
    )


def _numbers(*told: StoredEntry) -> tuple[str, ...]:
    """Name what the story's tellers cite, the lead first."""
    said = (each.key for stored in told for each in stored.entry.citations)
    return tuple(_unique(said))


def _papers(
    numbers: Iterable[str], papers: Sequence[Shelved]
) -> tuple[tuple[str, str], ...]:
    """Name documents by number, two of one number by more, each with its feed."""
    found: list[tuple[str, str]] = []
    for number in numbers:
        own = [each for each in papers if each.document.number == number]
        if len(own) > 1:
            found += [(each.name, each.key) for each in own]
        else:
            found.append((number, own[0].key if own else ""))
    return tuple(found)


def _title(entry: Entry, link: str) -> str:
    """Return a title in any case: Atom demands one, and people need a handle."""
    told = line(extract(entry.lead or entry.text, sentences=1, limit=_TITLE))
    return line(one_line(entry.title)) or told or link


def _summary(entry: Entry, rights: Rights) -> str:
    return line(summary(entry, lead_only=rights is Rights.EXTRACT))


def _html(entry: Entry) -> str:
    body = entry.html if entry.html.strip() else paragraphs(entry.text)
    return composed(legal(body)).strip()


def _plausible(published: Dated | None, seen_at: datetime) -> Dated | None:
    """Return the date as feeds may say it: not before the web, not after we had it."""
    if published is None or published.value.year < _FIRST_YEAR:
        return None
    if published.value > seen_at:
        zone = published.value.tzinfo
        return replace(published, value=seen_at.astimezone(zone))
    return published


def _updated(story: Story, lead: StoredEntry) -> datetime:
    changed = max(story.changed_at, lead.changed_at).astimezone(UTC)
    return changed.replace(microsecond=story.id % 1_000_000)


def _topics(story: Story, titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    labels = sorted(story.labels, key=lambda label: not label.primary)
    slugs = _unique(label.category for label in labels)
    return tuple((slug, line(titles.get(slug, "")) or slug) for slug in slugs)


def _language(entry: Entry, source: Source | None, site: Site) -> str:
    """Return the first that is a language tag (RFC 5646) and not just a claim."""
    claims = (entry.language, source.language if source else "", site.language)
    tags = (claim.strip().replace("_", "-") for claim in claims)
    return next((each for each in tags if _LANGUAGE.fullmatch(each)), "und")


def _origin(lead: StoredEntry, source: Source | None, site: Site) -> Origin:
    key = lead.entry.source
    own = tag(site, f"source/{key}")
    updated = lead.changed_at.astimezone(UTC).replace(microsecond=0)
    if source is None:
        return Origin(key=key, title=line(key), id=own, updated=updated)
    asked = address(source.url)
    return Origin(
        key=key,
        title=line(source.title) or key,
        id=asked or own,
        home=front(source),
        feed=asked if source.kind.value == "feed" else "",
        updated=updated,
    )


def _tellers(
    others: Iterable[StoredEntry],
    sources: Mapping[str, Source],
    link: str,
    known: str,
) -> tuple[Teller, ...]:
    found: dict[str, Teller] = {}
    for stored in others:
        url = address(stored.entry.url)
        if url and url != link:
            found.setdefault(url, _teller(stored, sources, url, known))
    return tuple(found.values())


def _teller(
    stored: StoredEntry, sources: Mapping[str, Source], url: str, known: str
) -> Teller:
    key = stored.entry.source
    source = sources.get(key)
    return Teller(
        key=key,
        source=line(source.title if source else "") or key,
        title=_title(stored.entry, url),
        link=url,
        retold=key_text(stored.entry.title) != known,
        first=stored.bond.relation is Relation.FIRST,
    )


def _enclosures(entry: Entry, *, pictures: bool) -> tuple[Enclosure, ...]:
    found = {
        url: replace(
            each, url=url, type=_media_type(each.type), length=max(each.length, 0)
        )
        for each in entry.enclosures
        if (url := address(each.url))
        and (pictures or not each.type.lower().startswith("image/"))
    }
    return tuple(found.values())


def _media_type(text: str) -> str:
    kind = text.partition(";")[0].strip().lower()
    return kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"


def _image(entry: Entry) -> Image | None:
    url = address(entry.image.url) if entry.image else ""
    if not url or entry.image is None:
        return None
    return Image(url=url, caption=line(one_line(entry.image.caption)))


def _unique(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(map(line, texts)) if text]
