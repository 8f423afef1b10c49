"""Publish: the stories of the store → documents in the feeds folder."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from syndicate.errors import TemplateError
from syndicate.model import Category, Feed, Site, Source, Story
from syndicate.pipeline.papers import Papers, paths_of, publish_papers
from syndicate.pipeline.shelving import cited_stories
from syndicate.publish.documents import (
    Filled,
    documents,
    feed_documents,
    fill,
    page_documents,
)
from syndicate.publish.select import held_tellers, standing_feeds
from syndicate.publish.shelf import by_story, shelve
from syndicate.publish.shelved import Shelved
from syndicate.publish.write import Written, remove, stale, write
from syndicate.store import Database, stories
from syndicate.templating import Templates

DEPTH = 5_000
"""Stories that are looked at for the feeds of one run, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """What publishing works with."""

    database: Database
    site: Site
    sources: Mapping[str, Source]
    categories: Sequence[Category]
    feeds: Sequence[Feed]
    """Beside the standing ones."""
    templates: Templates
    folder: Path
    documents_from: int = 1
    """Stories that a cited document needs for a page of its own; 0: none has one."""


def publish(work: Publishing, now: datetime) -> Written:
    """Write every document that is not yet as it should be.

    A document that cannot be made or written is named in the answer; the others are
    written: a fault in a site's own page template does not keep the feeds back.
    """
    with _uncollected():
        return _publish(work, now)


def _publish(work: Publishing, now: datetime) -> Written:
    loaded = _stories(work)
    held = _held(work, loaded, now)
    shelf = _shelf(work, held)
    filled = fill(
        loaded,
        every_feed(work),
        site=work.site,
        sources=work.sources,
        categories=work.categories,
        now=now,
        papers=by_story(shelf),
    )
    made = feed_documents(filled, site=work.site, sources=work.sources)
    failed: tuple[tuple[str, str], ...] = ()
    try:
        made |= page_documents(
            filled, site=work.site, templates=work.templates, shelved=len(shelf)
        )
    except TemplateError as error:
        failed = (("*.html", str(error)),)
    written = write(work.folder, made)
    papers = publish_papers(_papers(work, loaded, held, filled, shelf), now)
    return Written(
        changed=(*written.changed, *papers.changed),
        unchanged=written.unchanged + papers.unchanged,
        failed=(*written.failed, *failed, *papers.failed),
    )


def leftovers(work: Publishing, now: datetime) -> tuple[str, ...]:
    """Name the documents of feeds that are no more; raises TemplateError."""
    loaded = _stories(work)
    made = documents(
        loaded,
        every_feed(work),
        site=work.site,
        sources=work.sources,
        categories=work.categories,
        templates=work.templates,
        now=now,
    )
    shelf = _shelf(work, _held(work, loaded, now))
    papers = paths_of(shelf) if work.documents_from else set()
    return stale(work.folder, {*made, *papers})


def prune(work: Publishing, paths: Sequence[str]) -> Written:
    """Remove documents; the web answers 404 for them from then on."""
    return remove(work.folder, paths)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do not look for cyclic garbage meanwhile: five thousand stories have none.

    The collector would walk through all of them again and again, which is a tenth of
    the CPU of publishing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _held(
    work: Publishing, loaded: Sequence[Story], now: datetime
) -> dict[int, frozenset[int]]:
    """Find the entries that may not be told of yet, by story.

    Also of stories that are older than those loaded: somebody may tell one again.
    """
    spans = {key: one.embargo for key, one in work.sources.items() if one.embargo}
    if not spans:
        return {}
    since = now - max(spans.values())
    known = {story.id: story for story in loaded}
    with work.database.read() as connection:
        fresh = stories.fresh_of(connection, spans.keys(), since)
        known |= stories.get_many(connection, set(fresh) - known.keys())
    told = (known[number] for number in fresh if number in known)
    found = {story.id: held_tellers(story, work.sources, now) for story in told}
    return {story: some for story, some in found.items() if some}


def _shelf(work: Publishing, held: Mapping[int, frozenset[int]]) -> tuple[Shelved, ...]:
    """Find the cited documents that have pages, without what is under embargo."""
    if not work.documents_from:
        return ()
    entries = frozenset[int]().union(*held.values())
    with work.database.read() as connection:
        return shelve(cited_stories(connection, entries), work.documents_from)


def _papers(
    work: Publishing,
    loaded: Sequence[Story],
    held: Mapping[int, frozenset[int]],
    filled: Sequence[Filled],
    shelf: tuple[Shelved, ...],
) -> Papers:
    return Papers(
        database=work.database,
        site=work.site,
        sources=work.sources,
        categories=work.categories,
        templates=work.templates,
        folder=work.folder,
        keys=frozenset(each.feed.key for each in filled),
        shelf=shelf,
        held=held,
        listed=work.documents_from > 0,
        loaded={story.id: story for story in loaded},
        made={item.uid: item for each in filled for item in each.items},
    )


def _stories(work: Publishing) -> list[Story]:
    with work.database.read() as connection:
        return stories.latest(connection, limit=DEPTH)


def every_feed(work: Publishing) -> tuple[Feed, ...]:
    """Name all the feeds of the desk: the standing ones and those of config.toml."""
    standing = standing_feeds(work.site, work.categories, tuple(work.sources.values()))
    return (*standing, *work.feeds)
