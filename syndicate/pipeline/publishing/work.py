"""What publishing works with, and what one run of it knows of the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from syndicate import __version__
from syndicate.model import Category, Feed, Rights, Site, Source
from syndicate.publish import shelved
from syndicate.publish.disk.looks import stamp
from syndicate.publish.forms.fragments import Form, Fragment
from syndicate.publish.forms.rendering import RENDERING
from syndicate.publish.matching import Matching
from syndicate.publish.select import standing_feeds
from syndicate.store import Database
from syndicate.store.fragments import Kept
from syndicate.templating import Templates

TOMBSTONES_FOR = timedelta(days=30)
"""How long a story that is gone is named in Atom (RFC 6721)."""
DOCUMENTS = f"{shelved.FOLDER}/"
"""How keys of the feeds of cited documents begin."""
FOLDER = ":folder"
"""Key of the note on the folder that was published to."""


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
    rights: Rights = Rights.FULL
    """The most that public documents pass on, whatever sources grant."""
    packed: tuple[str, ...] = ("gz",)
    """Endings of the packed twins beside each document."""
    hubs: tuple[str, ...] = ()
    """Hubs that feeds name, our own among them."""
    kept: Kept[Fragment] = field(
        default_factory=partial(Kept, Fragment), compare=False, repr=False
    )
    """Rendered parts that are remembered from run to run."""


def every_feed(work: Publishing) -> tuple[Feed, ...]:
    """Name all the feeds of the desk: the standing ones and those of config.toml."""
    standing = standing_feeds(work.site, work.categories, tuple(work.sources.values()))
    return (*standing, *work.feeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What one run of publishing knows of the settings."""

    work: Publishing
    now: datetime
    feeds: Mapping[str, Feed]
    """By key, in their order."""
    matching: Matching
    look: str
    """Of all that makes every part of documents for programs what it is."""
    page_look: str
    """The same of pages for people."""

    @property
    def titles(self) -> dict[str, str]:
        """Titles of categories."""
        return {one.slug: one.title for one in self.work.categories}

    def look_of(self, form: Form) -> str:
        """Return the stamp that rendered parts of ``form`` have."""
        return self.page_look if form is Form.HTML else self.look


def press(work: Publishing, now: datetime) -> Press:
    """Look at the settings; raises TemplateError."""
    # Of two feeds with one key the first counts.
    feeds = {feed.key: feed for feed in reversed(every_feed(work))}
    ordered = {
        key: feeds[key] for key in dict.fromkeys(f.key for f in every_feed(work))
    }
    look = stamp(__version__, RENDERING, repr(work.site))
    return Press(
        work=work,
        now=now,
        feeds=ordered,
        matching=Matching(ordered.values(), work.sources),
        look=look,
        page_look=stamp(look, work.templates.fingerprint("web/")),
    )


def lower(one: Rights, other: Rights) -> Rights:
    """Return the one that passes on less."""
    order = (Rights.LINK, Rights.EXTRACT, Rights.FULL)
    return min(one, other, key=order.index)


def source_look(source: Source) -> str:
    """Stand for what a source's settings make of its stories."""
    told = (source.title, source.kind.value, source.url, source.home, source.language)
    more = (source.rights.value, source.licence, str(source.embargo))
    return stamp(source.key, *told, *more)


def members_stamp(feed: Feed) -> str:
    """Stand for what says which stories belong to a feed."""
    said = (feed.categories, feed.sources, feed.phrases, feed.languages)
    return stamp(*map(repr, said))


def frame_stamp(feed: Feed, hubs: Sequence[str]) -> str:
    """Stand for what a feed's settings make of its documents."""
    said = (feed.title, feed.description, feed.limit, feed.rights.value)
    return stamp(*map(repr, (*said, feed.languages, hubs)))
