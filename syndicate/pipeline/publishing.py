"""Publish: the stories of the store → documents in the feeds folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from syndicate.errors import TemplateError
from syndicate.model import Category, Feed, Site, Source, Story
from syndicate.publish.documents import (
    documents,
    feed_documents,
    fill,
    page_documents,
)
from syndicate.publish.select import standing_feeds
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


def publish(work: Publishing, now: datetime) -> Written:
    """Write every document that is not yet as it should be.

    A document that cannot be made or written is named in the answer; the others are
    written: a fault in a site's own page template does not keep the feeds back.
    """
    filled = fill(
        _stories(work),
        every_feed(work),
        site=work.site,
        sources=work.sources,
        categories=work.categories,
        now=now,
    )
    made = feed_documents(filled, site=work.site, sources=work.sources)
    failed: tuple[tuple[str, str], ...] = ()
    try:
        made |= page_documents(filled, site=work.site, templates=work.templates)
    except TemplateError as error:
        failed = (("*.html", str(error)),)
    written = write(work.folder, made)
    return replace(written, failed=(*written.failed, *failed))


def leftovers(work: Publishing, now: datetime) -> tuple[str, ...]:
    """Name the documents of feeds that are no more; raises TemplateError."""
    made = documents(
        _stories(work),
        every_feed(work),
        site=work.site,
        sources=work.sources,
        categories=work.categories,
        templates=work.templates,
        now=now,
    )
    return stale(work.folder, made)


def prune(work: Publishing, paths: Sequence[str]) -> Written:
    """Remove documents; the web answers 404 for them from then on."""
    return remove(work.folder, paths)


def _stories(work: Publishing) -> list[Story]:
    with work.database.read() as connection:
        return stories.latest(connection, limit=DEPTH)


def every_feed(work: Publishing) -> tuple[Feed, ...]:
    """Name all the feeds of the desk: the standing ones and those of config.toml."""
    standing = standing_feeds(work.site, work.categories, tuple(work.sources.values()))
    return (*standing, *work.feeds)
