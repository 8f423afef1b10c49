"""Which documents do changed stories cite, and which of these have pages?

A cited document is a feed like others (``document/<slug>``): ``carried`` tells who
cites it, and ``feeds`` how it stands. Only documents that changed stories cite, or
cited before, are looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from syndicate.model import CitedDocument, CitedStories, Story
from syndicate.pipeline.publishing.work import DOCUMENTS
from syndicate.publish.html.shelf import by_story, emptied, shelve
from syndicate.publish.shelved import Shelved
from syndicate.store import Connection, carried, citing, documents, feeds
from syndicate.store.feeds import FeedRow
from syndicate.text.boilerplate import NEWEST, is_nearly_all, said_alike

_READ = 10
"""Texts that are read to see whether a document is named in the same line."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stands."""

    shelved: bool
    """It has a page; else one whose stories are all gone."""
    name: str
    words: str
    """All that is said of it."""

    def __str__(self) -> str:
        """Write it as ``feeds.stamp``; :func:`_parsed` reads it again."""
        return "\n".join((str(int(self.shelved)), self.name, self.words))


def key_of(document: CitedDocument) -> str:
    """Name the feed of a document."""
    return f"{DOCUMENTS}{document.slug}"


# ── Who cites what ───────────────────────────────────────────────────────────


def cited_by(
    connection: Connection, told: Collection[Story]
) -> dict[int, dict[str, int]]:
    """Return what stories cite, as readers may see it: story → feed key → document.

    Left out are tellers under embargo and what a source prints everywhere.
    """
    shown = {one.id for story in told for one in story.entries}
    some = [
        one
        for one in citing.of_stories(connection, [story.id for story in told])
        if one.entry in shown
    ]
    printed = citing.boilerplate(connection, {one.source for one in some})
    known = citing.get_documents(connection, {one.document for one in some})
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for one in some:
        if one.mentions > printed.get(one.source, {}).get(one.document, -1):
            found[one.story][key_of(known[one.document])] = one.document
    return dict(found)


def learn_boilerplate(connection: Connection, sources: Iterable[str]) -> None:
    """See what sources print under nearly all of their newest articles now.

    Where that is other than before, all stories that it concerns are noted.
    """
    for source in sorted(set(sources)):
        newest = set(documents.newest_of(connection, source, NEWEST))
        before = citing.boilerplate(connection, [source]).get(source, {})
        now = _printed(connection, newest)
        if now == before:
            continue
        citing.keep_boilerplate(connection, source, now)
        for document in before.keys() | now.keys():
            if before.get(document) != now.get(document):
                citing.note_citing(connection, document, source)


def _printed(connection: Connection, newest: Collection[int]) -> dict[int, int]:
    """Return the documents that nearly all of these entries name: → how often."""
    often = {
        document: some
        for document, some in citing.of_entries(connection, newest).items()
        if is_nearly_all(len(some), len(newest))
    }
    known = citing.get_documents(connection, often)
    return {
        document: Counter(some.values()).most_common(1)[0][0]
        for document, some in often.items()
        if said_alike(
            documents.texts(connection, sorted(some)[-_READ:]), known[document].number
        )
    }


# ── Which documents have pages ───────────────────────────────────────────────


def settle(
    connection: Connection,
    touched: Mapping[str, CitedDocument],
    at_least: int,
    held: Collection[int],
) -> dict[str, tuple[Standing | None, Standing]]:
    """Say how documents stood and stand, by feed key: those that changed.

    ``touched`` are those whose citings may have changed; others of the same number
    are looked at, too, because they are told apart by more than that.
    """
    family = citing.alike(connection, touched.values())
    by_key = {key_of(one): one for one in family.values()}
    rows = feeds.get_many(connection, by_key.keys())
    before = {key: _parsed(row.stamp) for key, row in rows.items()}
    shelved = {
        key: _is_shelved(connection, key, one, at_least, held)
        if key in touched
        else key in before and before[key].shelved
        for key, one in by_key.items()
    }
    chosen = [by_key[key] for key, yes in shelved.items() if yes]
    named = {
        one.key: one.name
        for one in shelve(CitedStories(document=one, stories=(0,)) for one in chosen)
    }
    found: dict[str, tuple[Standing | None, Standing]] = {}
    for key, one in by_key.items():
        was = before.get(key)
        if was is None and not shelved[key]:
            continue
        name = named[key] if shelved[key] else emptied(one).name
        told = " ".join((one.number, one.type_word, one.issuer, one.scope, one.issued))
        stands = Standing(shelved[key], name, " ".join(told.split()))
        if stands != was:
            found[key] = (was, stands)
    return found


def _is_shelved(
    connection: Connection,
    key: str,
    document: CitedDocument,
    at_least: int,
    held: Collection[int],
) -> bool:
    if at_least < 1 or carried.count(connection, key) < at_least:
        return False
    return citing.is_named(connection, document.id, held)


def _parsed(stamp: str) -> Standing:
    shelved, _, rest = stamp.partition("\n")
    name, _, words = rest.partition("\n")
    return Standing(shelved == "1", name, words)


# ── For pages and feeds ──────────────────────────────────────────────────────


def papers_of(
    connection: Connection, told: Collection[Story]
) -> dict[int, tuple[Shelved, ...]]:
    """Return the documents with pages that stories cite, by story."""
    by_uid = {story.uid: story.id for story in told}
    rows = [
        row
        for row in carried.of_uids(connection, by_uid)
        if row.feed.startswith(DOCUMENTS) and row.gone_at is None
    ]
    known = {one.key: one for one in standing(connection, {row.feed for row in rows})}
    citing_it: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        citing_it[row.feed].append(by_uid[row.uid])
    return by_story(
        replace(known[key], stories=tuple(some))
        for key, some in sorted(citing_it.items())
        if key in known
    )


def standing(connection: Connection, keys: Collection[str]) -> list[Shelved]:
    """Return documents that have a page now; without their stories."""
    rows = {
        key: _parsed(row.stamp) for key, row in feeds.get_many(connection, keys).items()
    }
    slugs = [key.removeprefix(DOCUMENTS) for key, one in rows.items() if one.shelved]
    found = documents.by_slug(connection, slugs) if slugs else []
    return [Shelved(one, (), rows[key_of(one)].name) for one in found]


def named(connection: Connection, key: str) -> tuple[bool, Shelved] | None:
    """Return whether a document has a page, and its name; None if it never had one."""
    row = feeds.get(connection, key)
    found = documents.by_slug(connection, [key.removeprefix(DOCUMENTS)])
    if row is None or not found:
        return None
    stands = _parsed(row.stamp)
    return stands.shelved, Shelved(found[0], (), stands.name)


def shelf(connection: Connection) -> list[Shelved]:
    """Return every document that has a page, with as many stories as cite it."""
    rows = feeds.starting(connection, DOCUMENTS)
    counts = carried.counts(connection, DOCUMENTS)
    stands = {key: _parsed(row.stamp) for key, row in rows.items()}
    slugs = [key.removeprefix(DOCUMENTS) for key, one in stands.items() if one.shelved]
    return [
        Shelved(one, tuple(range(counts.get(key_of(one), 0))), stands[key_of(one)].name)
        for one in documents.by_slug(connection, slugs)
    ]


def shelved_count(rows: Mapping[str, FeedRow]) -> int:
    """Count the documents that have a page."""
    return sum(_parsed(row.stamp).shelved for row in rows.values())


def ordered_ids(rows: Sequence[tuple[str, int]]) -> list[int]:
    """Return the numbers of stories of what ``carried`` gives."""
    return [story for _uid, story in rows]
