"""Publish: the pages and feeds of cited documents, those of which something changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from syndicate import __version__
from syndicate.errors import TemplateError
from syndicate.model import Category, Site, Source, Story
from syndicate.publish import ledger
from syndicate.publish.item import Item, items
from syndicate.publish.select import ready
from syndicate.publish.shelf import (
    ENDINGS,
    LISTS,
    MOST,
    OPML,
    by_story,
    emptied,
    feed_of,
    shelf_lists,
    shelf_outlines,
    shelved_feeds,
    shelved_page,
)
from syndicate.publish.shelved import FOLDER, Shelved
from syndicate.publish.write import Written, write
from syndicate.store import Connection, Database, documents, stories
from syndicate.templating import Templates

_TOGETHER = 50
"""Documents that are made at once: a desk has thousands, and memory has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What the pages of cited documents are made of."""

    database: Database
    site: Site
    sources: Mapping[str, Source]
    categories: Sequence[Category]
    templates: Templates
    folder: Path
    keys: frozenset[str]
    """Of the other feeds, which the pages link to."""
    shelf: tuple[Shelved, ...]
    listed: bool = True
    """Their lists are written too."""
    held: Mapping[int, frozenset[int]]
    """Entries under embargo by story: when that ends, pages change by themselves."""
    loaded: Mapping[int, Story]
    """Stories that need not be read again, by number."""
    made: Mapping[str, Item]
    """Items that need not be made again, by uid."""


_Stamps = dict[str, str]


def paths_of(shelf: Sequence[Shelved]) -> set[str]:
    """Name the files of the documents on a shelf, and of their lists."""
    return {path for one in shelf for path in _paths(one.key)} | {*LISTS, OPML}


def publish_papers(work: Papers, now: datetime) -> Written:
    """Write the pages and feeds of documents that are not as they should be.

    A document that has lost all its stories keeps an empty feed, so that whoever
    follows it is told of the next one; pruning removes it.
    """
    desk, known = _desk_stamp(work), ledger.read(work.folder)
    there = ledger.present(work.folder, FOLDER)
    with work.database.read() as connection:
        shelf = [*work.shelf, *_emptied(connection, work, there)]
        stamps = _stamps(connection, work, desk, shelf)
    stale = [
        one
        for one in shelf
        if known.get(one.key) != stamps[one.key]
        or not ledger.whole(_paths(one.key), there)
    ]
    written = _lists(work, desk, known, stamps) if work.listed else Written()
    written = replace(
        written,
        unchanged=written.unchanged + len(ENDINGS) * (len(shelf) - len(stale)),
    )
    for number in range(0, len(stale), _TOGETHER):
        some = stale[number : number + _TOGETHER]
        written = _both(written, _write(work, some, now, stamps))
    write(work.folder, {ledger.NAME: ledger.written(stamps)})
    return written


def _paths(key: str) -> list[str]:
    return [f"{key}.{ending}" for ending in ENDINGS]


def _both(one: Written, other: Written) -> Written:
    return Written(
        changed=(*one.changed, *other.changed),
        unchanged=one.unchanged + other.unchanged,
        failed=(*one.failed, *other.failed),
    )


# ── What is to be made anew ──────────────────────────────────────────────────


def _emptied(
    connection: Connection, work: Papers, there: frozenset[str]
) -> list[Shelved]:
    """Documents whose files are there and that no story cites any more.

    By the files, not by the stamps: what was withdrawn must go, whatever is lost.
    """
    kept = {one.key for one in work.shelf}
    gone = {path.partition(".")[0] for path in there} - kept
    slugs = {key.removeprefix(f"{FOLDER}/") for key in gone}
    return [emptied(one) for one in documents.by_slug(connection, slugs)]


def _stamps(
    connection: Connection, work: Papers, desk: str, shelf: Sequence[Shelved]
) -> _Stamps:
    """Stamps of all that the files of each document are made of, by feed key."""
    shown = {story for one in shelf for story in one.stories[:MOST]}
    told = documents.versions(connection, shown)
    links = by_story(shelf)
    stories_as = {
        story: ledger.stamp(
            said,
            *(f"{one.name} {one.key}" for one in links.get(story, ())),
            *map(str, sorted(work.held.get(story, ()))),
        )
        for story, said in told.items()
    }
    return {
        one.key: ledger.stamp(
            desk,
            _words(work, one),
            str(len(one.stories)),
            *(stories_as.get(story, "") for story in one.stories[:MOST]),
        )
        for one in shelf
    }


def _words(work: Papers, shelved: Shelved) -> str:
    """All that is said of a document itself."""
    feed, document = feed_of(shelved, work.site), shelved.document
    return "\n".join((feed.title, feed.description, document.scope, document.issued))


def _desk_stamp(work: Papers) -> str:
    """Stand for what all pages are made of: settings, templates, this version."""
    sources = [
        (one.key, one.title, one.kind, one.url, one.home, one.language, one.rights)
        for one in work.sources.values()
    ]
    titles = [(one.slug, one.title) for one in work.categories]
    settings = repr((__version__, work.site, sources, titles, sorted(work.keys)))
    return ledger.stamp(settings, work.templates.fingerprint("web/"))


# ── Making ───────────────────────────────────────────────────────────────────


def _lists(work: Papers, desk: str, known: _Stamps, stamps: _Stamps) -> Written:
    """Write the lists of all documents, unless they are as they were."""
    site, shelf = work.site, work.shelf
    documents = repr(sorted(one.document.slug + _words(work, one) for one in shelf))
    counts = repr([(one.key, len(one.stories)) for one in shelf])
    wanted = {
        OPML: ledger.stamp(desk, documents),
        LISTS[0]: ledger.stamp(desk, documents, counts),
    }
    made: dict[str, bytes] = {}
    failed: tuple[tuple[str, str], ...] = ()
    if known.get(OPML) != wanted[OPML] or not (work.folder / OPML).is_file():
        made[OPML] = shelf_outlines(shelf, site=site)
    there = all((work.folder / path).is_file() for path in LISTS)
    if known.get(LISTS[0]) != wanted[LISTS[0]] or not there:
        try:
            made |= shelf_lists(shelf, site=site, templates=work.templates)
        except TemplateError as error:
            failed = ((LISTS[0], str(error)),)
    written = write(work.folder, made) if made else Written()
    failed += written.failed
    wrong = {path for path, _why in failed}
    stamps |= {
        path: stamp
        for path, stamp in wanted.items()
        if not wrong.intersection((path, *LISTS) if path in LISTS else (path,))
    }
    same = len(LISTS) + 1 - len(made)
    return replace(written, unchanged=written.unchanged + same, failed=failed)


def _write(
    work: Papers, some: Sequence[Shelved], now: datetime, stamps: _Stamps
) -> Written:
    """Write some documents' files; what went wrong is tried again next time."""
    made: dict[str, bytes] = {}
    failed: list[tuple[str, str]] = []
    cited = _items(work, some, now)
    for one in some:
        told = [item for story, item in cited if story in set(one.stories)]
        if len(told) < len(one.stories[:MOST]):
            # Held back, or withdrawn a moment ago: its place is not settled.
            stamps.pop(one.key)
        made |= shelved_feeds(one, told, site=work.site)
        try:
            made |= shelved_page(
                one, told, site=work.site, keys=work.keys, templates=work.templates
            )
        except TemplateError as error:
            failed.append((f"{one.key}.html", str(error)))
    written = write(work.folder, made)
    failed += written.failed
    for path, _why in failed:
        stamps.pop(path.rpartition(".")[0], None)
    return replace(written, failed=tuple(failed))


def _items(
    work: Papers, some: Sequence[Shelved], now: datetime
) -> list[tuple[int, Item]]:
    """Items for the stories of documents, by number, in the order of feeds."""
    wanted = {story for one in some for story in one.stories[:MOST]}
    found = {one: work.loaded[one] for one in wanted if one in work.loaded}
    with work.database.read() as connection:
        found |= stories.get_many(connection, wanted - found.keys())
    ordered = ready(found.values(), work.sources, now)
    missing = items(
        (story for story in ordered if story.uid not in work.made),
        site=work.site,
        sources=work.sources,
        categories=work.categories,
        papers=by_story(work.shelf),
    )
    made = {**work.made, **{item.uid: item for item in missing}}
    return [(story.id, made[story.uid]) for story in ordered]
