"""Find: the stories that have the words of a query, for the desk and for readers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from syndicate.errors import StoreError
from syndicate.model import Source, StoredEntry, Story
from syndicate.pipeline.narrowing import Named, narrowing
from syndicate.publish.select import free_at
from syndicate.store import Connection, Database, indexing, search, stories
from syndicate.store.conditions import Narrowing
from syndicate.store.search import Hit
from syndicate.text.excerpts import Piece, emphasised, excerpt, says, stands
from syndicate.text.query import Filter, Query, Zone, parse
from syndicate.text.tiers import Marks, Place

log = logging.getLogger(__name__)

MOST = 200
"""Stories of one answer."""
DEEPEST = 10_000
"""Stories that may be passed over; nobody turns so many pages."""
_AT_ONCE = 20
"""Stories that are read at once."""
ALL = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """What finding works with."""

    database: Database
    named: Named
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How much of an answer is wanted, and for whom."""

    filters: tuple[Filter, ...] = ()
    """Beside those in the query itself."""
    limit: int = 20
    offset: int = 0
    """Stories to pass over."""
    public: bool = False
    """Leave out what is under embargo."""
    catch_up: int = ALL
    """Entries that wait to be indexed: at most so many are, before looking."""


EVERYTHING = Wish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A story that was found, and where."""

    story: Story
    teller: StoredEntry
    """In which it was found; the lead where that has the words as well."""
    title: tuple[Piece, ...]
    """The teller's title, and what in it was asked for."""
    excerpt: tuple[Piece, ...]
    """The place in its text; its beginning if nothing stands there."""
    marks: Marks | None
    """How its words have the marks of the query; None for a query without words."""
    place: Place | None
    held_until: datetime | None
    """The end of its embargo, if that is still to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """An answer: what was understood, and what was found."""

    query: Query
    found: tuple[Finding, ...] = ()
    more: bool = False
    """There are more after these."""
    unknown: tuple[Filter, ...] = ()
    """Filters that name nothing we know; then nothing is found."""


def catch_up(database: Database, most: int = ALL) -> int:
    """Index up to ``most`` entries that wait for it; returns how many it did.

    In several transactions: others want to write, too.
    """
    with database.read() as connection:
        if not indexing.waiting(connection, 1):
            return 0
    done = 0
    while done < most:
        with database.write() as connection:
            some = min(most - done, indexing.TOGETHER)
            count = indexing.index_waiting(connection, some)
        done += count
        if count < some:
            break
    return done


def find(work: Searching, text: str, wish: Wish = EVERYTHING) -> Findings:
    """The stories that ``text`` asks for, the best first.

    Entries that wait to be indexed are indexed before; while another process writes
    for long, they wait on.

    :raises StoreError: the database cannot be read
    """
    now = work.clock()
    _catch_up(work.database, wish.catch_up)
    query = parse(text)
    if text.strip() and query.empty:
        return Findings(query=query)
    query = replace(query, filters=(*query.filters, *wish.filters))
    limit, offset = max(1, min(wish.limit, MOST)), max(0, min(wish.offset, DEEPEST))
    with work.database.read() as connection:
        narrow, unknown = narrowing(connection, work.named, query.filters)
        if unknown:
            return Findings(query=query, unknown=tuple(unknown))
        free = now if wish.public else None
        found = _found(connection, work.named.sources, query, narrow, free)
        chosen = list(islice(found, offset, offset + limit + 1))
    return Findings(
        query=query,
        found=tuple(_finding(work, query, one, now) for one in chosen[:limit]),
        more=len(chosen) > limit,
    )


def _catch_up(database: Database, most: int) -> None:
    try:
        catch_up(database, most)
    except StoreError as error:
        log.warning("not all entries can be found yet: %s", error)


class _Found(NamedTuple):
    """A story and the teller in which it was found."""

    hit: Hit
    story: Story
    teller: StoredEntry


def _found(
    connection: Connection,
    sources: Mapping[str, Source],
    query: Query,
    narrow: Narrowing,
    free: datetime | None,
) -> Iterator[_Found]:
    """Stories one after another, each once; at ``free``, only those without embargo."""
    looked: set[int] = set()
    given: set[int] = set()
    hits = search.hits(connection, query, narrow)
    while some := list(islice(hits, _AT_ONCE)):
        fresh = [one for one in some if one.entry not in looked]
        looked.update(one.entry for one in fresh)
        wanted = {one.story for one in fresh} - given
        told = stories.get_many(connection, wanted)
        for hit in fresh:
            story = told.get(hit.story)
            if story is None or story.id in given:
                continue
            one = _Found(hit, story, _teller(story, hit.entry))
            if _may_be_shown(one, query, sources, free):
                given.add(story.id)
                yield one


def _teller(story: Story, entry_id: int) -> StoredEntry:
    found = (stored for stored in story.entries if stored.id == entry_id)
    return next(found, story.lead)


def _may_be_shown(
    one: _Found, query: Query, sources: Mapping[str, Source], free: datetime | None
) -> bool:
    if free is not None:
        # The lead's embargo holds for the story, the teller's for its words.
        alone = replace(one.story, entries=(one.teller,))
        if max(free_at(some, sources) for some in (one.story, alone)) > free:
            return False
    return stands(query, _texts(one.teller))


def _texts(stored: StoredEntry) -> tuple[str, ...]:
    entry = stored.entry
    return (entry.title, entry.lead, entry.text, *entry.captions, *entry.authors)


def _finding(work: Searching, query: Query, one: _Found, now: datetime) -> Finding:
    tier, story, teller = one.hit.tier, one.story, one.teller
    marks = tier.marks if tier else Marks.ANY
    if teller.id != story.lead.id and _leads_as_well(query, one.hit, story):
        teller = story.lead
    held = free_at(story, work.named.sources)
    return Finding(
        story=story,
        teller=teller,
        title=emphasised(teller.entry.title, query, marks),
        excerpt=_excerpt(teller, query, marks),
        marks=tier.marks if tier else None,
        place=tier.place if tier else None,
        held_until=held if held > now else None,
    )


def _leads_as_well(query: Query, hit: Hit, story: Story) -> bool:
    """Whether the lead has what its teller was found for."""
    if hit.tier is None:
        return True
    if any(term.zone is Zone.AUTHOR for term in query.terms):
        return False
    titled = hit.tier.place in (Place.TITLE, Place.TITLE_ROW)
    texts = _texts(story.lead)
    return says(query, texts[:1] if titled else texts, hit.tier.marks)


def _excerpt(teller: StoredEntry, query: Query, marks: Marks) -> tuple[Piece, ...]:
    entry = teller.entry
    for text in (entry.text, entry.lead, *entry.captions):
        for how in dict.fromkeys((marks, Marks.ANY)):
            if found := excerpt(text, query, how):
                return found
    return tuple(_beginning(entry.lead or entry.text))


def _beginning(text: str) -> Iterator[Piece]:
    words = text[:1_000].split()
    if words:
        yield Piece(" ".join(words[:32]), False)
    if len(words) > 32:
        yield Piece("…", False)
