"""The documents that stories cite: a page and a feed for each, and their list (pure).

``document/<slug>.rss``, ``.atom``, ``.json`` and ``.html``, and for all of them
``documents.html`` (the most cited first), ``documents-newest.html`` and
``documents.opml``. They are thousands, so they are made one by one, and only those of
which something changed: see :mod:`syndicate.pipeline.publishing`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from syndicate.model import (
    CitedDocument,
    CitedStories,
    Dated,
    DateOrigin,
    Feed,
    Precision,
    Site,
)
from syndicate.publish.forms.addresses import home, public
from syndicate.publish.forms.characters import line
from syndicate.publish.forms.fragments import Document, packed_whole
from syndicate.publish.forms.opml import opml, published_outlines
from syndicate.publish.html import pages
from syndicate.publish.shelved import Shelved
from syndicate.templating import Templates
from syndicate.translate import moment, translation

ENDINGS = ("rss", "atom", "json", "html")
LISTS = ("documents.html", "documents-newest.html")
OPML = "documents.opml"
MOST = 100
"""Stories on the page of a document; its feeds carry the newest, as others do."""


def shelve(cited: Iterable[CitedStories], at_least: int = 1) -> tuple[Shelved, ...]:
    """Give a page to what ``at_least`` so many stories cite; the most cited first."""
    chosen = [one for one in cited if len(one.stories) >= max(at_least, 1)]
    named = Counter(_placed(one.document) for one in chosen)
    found = [
        Shelved(one.document, one.stories, _name(one.document, named)) for one in chosen
    ]
    return tuple(sorted(found, key=_most_cited))


def emptied(document: CitedDocument) -> Shelved:
    """What stays of a page whose stories are all gone: whoever follows it is told."""
    return Shelved(document, (), _placed(document))


def by_story(shelf: Iterable[Shelved]) -> dict[int, tuple[Shelved, ...]]:
    """Turn it round: the documents with pages that each story cites."""
    found: dict[int, list[Shelved]] = {}
    for one in shelf:
        for story in one.stories:
            found.setdefault(story, []).append(one)
    return {story: tuple(some) for story, some in found.items()}


def feed_of(shelved: Shelved, site: Site) -> Feed:
    """Name the feed of a document: "Tin nhắc đến 05-CT/TW"."""
    _ = translation(site.language).gettext
    title = _("Stories that cite {number}").format(number=shelved.name)
    return Feed(key=shelved.key, title=title, description=_told(shelved.document, site))


def shelved_page(
    shelved: Shelved,
    stories: Sequence[bytes],
    *,
    site: Site,
    templates: Templates,
    archived: int = 0,
) -> Document:
    """Return the page of one document; ``stories`` are fragments of those that cite it.

    ``archived``: archive pages of its feed that are closed. Raises TemplateError.
    """
    feed = feed_of(shelved, site)
    path = f"{feed.key}.html"
    older = pages.feed_page_path(feed.key, archived) if archived else ""
    shown = stories[:MOST]
    made = pages.page(
        templates,
        "web/document.html",
        site=site,
        up="../",
        here=public(site, path),
        home=home(site),
        feed=feed,
        document=shelved.document,
        issued=issued_on(shelved.document, site),
        count=len(shelved.stories),
        shown=len(shown),
        stories=pages.joined(shown, "../"),
        older=older and f"../{older}",
    )
    return packed_whole(made)


def shelf_lists(
    shelf: Sequence[Shelved], *, site: Site, templates: Templates
) -> dict[str, bytes]:
    """Return the lists of all documents with pages. Raises TemplateError."""
    most_cited = sorted(shelf, key=_most_cited)
    orders = {
        LISTS[0]: most_cited,
        LISTS[1]: sorted(most_cited, key=_issued, reverse=True),
    }
    rows = {one.key: _row(one, site) for one in shelf}
    return {
        path: pages.page(
            templates,
            "web/documents.html",
            site=site,
            up="",
            here=public(site, path),
            home=home(site),
            newest=path == LISTS[1],
            rows=[rows[one.key] for one in order],
        )
        for path, order in orders.items()
    }


def shelf_outlines(shelf: Iterable[Shelved], *, site: Site) -> bytes:
    """Return the feeds of all documents as OPML; who cites them does not change it."""
    ordered = sorted(shelf, key=lambda one: one.document.slug)
    feeds = [feed_of(one, site) for one in ordered]
    _ = translation(site.language).gettext
    title = _("Cited documents")
    return opml(f"{title} – {site.title}", published_outlines(feeds, site))


@lru_cache(maxsize=8192)
def issued_on(document: CitedDocument, site: Site) -> str:
    """Say when a document was issued, as exactly as it is known; "" if it is not."""
    if len(document.issued) != len("2016-05-15"):
        return document.issued
    day = datetime.fromisoformat(document.issued).replace(
        tzinfo=ZoneInfo(site.timezone)
    )
    dated = Dated(value=day, precision=Precision.DAY, origin=DateOrigin.ARTICLE, raw="")
    return moment(dated, language=site.language, zone=site.timezone)


def _row(shelved: Shelved, site: Site) -> tuple[str, ...]:
    """Return a line of the lists, in plain values: the templates' sandbox looks at
    each attribute, which for thousands of lines costs more than all the rest."""
    document = shelved.document
    told = (document.number, document.type_word, document.issuer, document.scope)
    more = (issued_on(document, site), str(len(shelved.stories)))
    return (shelved.key, *map(line, told), *more)


# ── Names and order ──────────────────────────────────────────────────────────


def _placed(document: CitedDocument) -> str:
    """Return a document's number, with its place where that says which it is."""
    number, scope = line(document.number), line(document.scope)
    return f"{number} ({scope})" if scope else number


def _name(document: CitedDocument, named: Mapping[str, int]) -> str:
    """Two of one number and place differ by year or kind: then that is said too."""
    name = _placed(document)
    more = document.issued[:4] or line(document.type_word)
    return f"{name} ({more})" if named[name] > 1 and more else name


@lru_cache(maxsize=8192)
def _told(document: CitedDocument, site: Site) -> str:
    """Say which document it is: "Chỉ thị 05-CT/TW, Bộ Chính trị, 15/5/2016"."""
    number = " ".join(filter(None, (line(document.type_word), line(document.number))))
    more = (line(document.issuer), line(document.scope), issued_on(document, site))
    return ", ".join(filter(None, (number, *more)))


def _most_cited(shelved: Shelved) -> tuple[int, str]:
    return -len(shelved.stories), shelved.document.slug


def _issued(shelved: Shelved) -> str:
    return shelved.document.issued
