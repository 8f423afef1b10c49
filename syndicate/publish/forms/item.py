"""What every format needs of one story, worked out once (pure).

Here the rights of the source are applied, so that no format can pass on more than
it may: ``link`` gives the title and the way to the article; ``extract`` also the
lead, and files that the entry links to; ``full`` the text and the picture too. (A
picture is shown, hence passed on; a file is a link that someone may follow.) Of what
a source grants and what a feed passes on at most, the lower counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

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
from syndicate.publish.forms.addresses import address, canonical, front, home, tag
from syndicate.publish.forms.characters import composed, legal, line, meant
from syndicate.publish.forms.filetypes import file_type, picture_type
from syndicate.publish.forms.languages import language_tag
from syndicate.publish.select import standing_entries
from syndicate.publish.shelved import Shelved
from syndicate.text.clean import key_text, one_line
from syndicate.text.html import paragraphs, sanitise
from syndicate.text.sentences import extract
from syndicate.text.summary import summary

_FIRST_YEAR = 1990
_TITLE = 120
"""Characters of a title that is made of the first sentence."""
_FILES = 100
"""Files of one entry that are passed on."""
_GRANTED = (Rights.LINK, Rights.EXTRACT, Rights.FULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a story came from, as RSS ``<source>`` and ``atom:source`` say it."""

    key: str
    title: str
    id: str
    """Its address, or a tag: URI for a place that has none which can be an id; empty
    for ourselves."""
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
    """Of the story; empty for what has no page of its own among our stories."""
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
    image_type: str = ""
    """As its address ends; empty if that says nothing."""
    rights: Rights = Rights.FULL
    """How much of it this item passes on."""
    licence: str = ""
    """What the source says of its rights, on one line."""
    licence_url: str = ""
    """The same where it is the address of a licence."""
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
    rights: Rights = Rights.FULL,
) -> tuple[Item, ...]:
    """Turn ``stories`` into items, in their order.

    ``papers`` are the documents with pages that each story cites, by its number;
    ``rights`` is the most that is passed on, whatever a source grants. A story that
    every teller withdrew gives none. A source that is no longer configured is known
    by its key, and nothing but the link is passed on.
    """
    titles = {category.slug: category.title for category in categories}
    return tuple(
        _item(story, site, sources, titles, (papers or {}).get(story.id, ()), rights)
        for story in stories
        if standing_entries(story)
    )


def moments_of(story: Story) -> tuple[datetime, Dated | None]:
    """Return when the content of ``story`` last changed, and its date, as items do."""
    lead = standing_entries(story)[0]
    return _updated(story, lead), _plausible(lead.entry.published, lead.seen_at)


def _item(
    story: Story,
    site: Site,
    sources: Mapping[str, Source],
    titles: Mapping[str, str],
    papers: Sequence[Shelved],
    ceiling: Rights,
) -> Item:
    lead, *others = standing_entries(story)
    entry = lead.entry
    source = sources.get(entry.source)
    link = address(entry.url) or home(site)
    dated = _plausible(entry.published, lead.seen_at)
    rights = _least(source, ceiling)
    licence_url = address(source.licence) if source else ""
    licence = licence_url or line(source.licence if source else "")
    image = _image(entry) if rights is Rights.FULL else None
    full = rights is Rights.FULL
    numbers = _numbers(lead, *others)
    return Item(
        uid=story.uid,
        id=tag(site, f"story/{story.uid}"),
        title=_title(entry, link, rights),
        link=link,
        summary="" if rights is Rights.LINK else _summary(entry, rights),
        html=_html(entry, link) if full else "",
        authors=tuple(_unique(one_line(author) for author in entry.authors)),
        published=dated.value if dated else None,
        dated=dated,
        seen=story.seen_at,
        updated=_updated(story, lead),
        categories=_topics(story, titles),
        language=language_tag(
            entry.language, source.language if source else "", site.language
        ),
        source=_origin(lead, source, site),
        tellers=_tellers(others, sources, link, key_text(entry.title), ceiling),
        enclosures=() if rights is Rights.LINK else _enclosures(entry, pictures=full),
        image=image,
        image_type=picture_type(image.url) if image else "",
        rights=rights,
        licence=licence,
        licence_url=licence_url,
        documents=numbers,
        papers=_papers(numbers, papers),
    )


def _least(source: Source | None, ceiling: Rights) -> Rights:
    """Return what may be passed on: of what is granted and the ceiling, the lower."""
    granted = source.rights if source else Rights.LINK
    return min(granted, ceiling, key=_GRANTED.index)


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


def _title(entry: Entry, link: str, rights: Rights) -> str:
    """Return a title in any case: Atom demands one, and people need a handle.

    Where there is none, of a link alone no sentence is passed on in its place.
    """
    text = "" if rights is Rights.LINK else entry.lead or entry.text
    told = line(extract(text, sentences=1, limit=_TITLE))
    return line(one_line(entry.title)) or told or link


def _summary(entry: Entry, rights: Rights) -> str:
    return line(summary(entry, lead_only=rights is Rights.EXTRACT))


def _html(entry: Entry, link: str) -> str:
    """Return the text as HTML, safe and with absolute links.

    It was made so when it was gathered. But a store can be written to by others, and
    what we publish ends up on other people's pages.
    """
    body = entry.html if entry.html.strip() else paragraphs(entry.text)
    return composed(legal(sanitise(meant(body), link))).strip()


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
        id=asked if asked and canonical(asked) else own,
        home=front(source),
        feed=asked if source.kind.value == "feed" else "",
        updated=updated,
    )


def _tellers(
    others: Iterable[StoredEntry],
    sources: Mapping[str, Source],
    link: str,
    known: str,
    ceiling: Rights,
) -> tuple[Teller, ...]:
    found: dict[str, Teller] = {}
    for stored in others:
        url = address(stored.entry.url)
        if url and url != link:
            found.setdefault(url, _teller(stored, sources, url, known, ceiling))
    return tuple(found.values())


def _teller(
    stored: StoredEntry,
    sources: Mapping[str, Source],
    url: str,
    known: str,
    ceiling: Rights,
) -> Teller:
    key = stored.entry.source
    source = sources.get(key)
    return Teller(
        key=key,
        source=line(source.title if source else "") or key,
        title=_title(stored.entry, url, _least(source, ceiling)),
        link=url,
        retold=key_text(stored.entry.title) != known,
        first=stored.bond.relation is Relation.FIRST,
    )


def _enclosures(entry: Entry, *, pictures: bool) -> tuple[Enclosure, ...]:
    found = {
        url: replace(
            each, url=url, type=file_type(each.type, url), length=max(each.length, 0)
        )
        for each in entry.enclosures
        if (url := address(each.url))
    }
    allowed = (
        each
        for each in found.values()
        if pictures or not each.type.startswith("image/")
    )
    return tuple(islice(allowed, _FILES))


def _image(entry: Entry) -> Image | None:
    url = address(entry.image.url) if entry.image else ""
    if not url or entry.image is None:
        return None
    return Image(url=url, caption=line(one_line(entry.image.caption)))


def _unique(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(map(line, texts)) if text]
