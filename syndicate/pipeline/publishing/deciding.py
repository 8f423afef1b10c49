"""Which feeds carry a changed story now, and what has to be made anew for that.

All of it is one transaction: what is read is what the store holds, and what was looked
at is forgotten together with what follows from it being kept. A process that dies
before its end has changed nothing; after it, the units are there to be made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from syndicate.model import Feed, FeedOrder, Story
from syndicate.pipeline.publishing.batch import Batch, all_held, batch, mark_gone
from syndicate.pipeline.publishing.cited import (
    cited_by,
    learn_boilerplate,
    papers_of,
    settle,
    shelved_count,
)
from syndicate.pipeline.publishing.closing import settle_feeds
from syndicate.pipeline.publishing.days import Days
from syndicate.pipeline.publishing.work import (
    DOCUMENTS,
    Press,
    source_look,
)
from syndicate.publish.disk.looks import stamp
from syndicate.publish.forms.item import moments_of
from syndicate.publish.html.days import day_of
from syndicate.publish.places import place
from syndicate.publish.units import Unit, UnitKind
from syndicate.store import (
    Connection,
    carried,
    changes,
    citing,
    feeds,
    fragments,
    permalinks,
    unwritten,
)
from syndicate.store.carried import Place
from syndicate.store.feeds import FeedRow
from syndicate.store.permalinks import Permalink

TOGETHER = 200
"""Stories that are looked at in one transaction: others wait to write meanwhile."""
AGAIN_AFTER = timedelta(hours=1)
"""When a story that cannot be read is tried again."""
FRONT = 20
"""Stories of the feed of everything that the front page shows."""
_LINKED = ("category/", "source/")
"""How the keys of feeds begin that the parts of stories lead to."""

_Belongs = Mapping[int, Sequence[Feed]]
"""The feeds that each story belongs to, by its number."""


@dataclass(slots=True)
class _Touched:
    """What follows from the changes of a batch."""

    units: dict[Unit, None] = field(default_factory=dict)
    feeds: set[str] = field(default_factory=set)
    """Whose stories came, went or changed."""
    new: list[Place] = field(default_factory=list)
    changed: list[Place] = field(default_factory=list)
    left: list[Place] = field(default_factory=list)
    links: list[Permalink] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """Uids whose pages are to be forgotten."""
    stale: set[int] = field(default_factory=set)
    """Stories that look other than before."""

    def note(self, unit: Unit) -> None:
        self.units[unit] = None

    def touch(self, rows: Iterable[Place]) -> None:
        """Note the documents in which stories stand."""
        for row in rows:
            self.feeds.add(row.feed)
            if row.page:
                self.note(Unit(UnitKind.ARCHIVE, row.feed, row.page))


def decide(on: Press, connection: Connection, most: int = TOGETHER) -> int:
    """Look at some stories that may have changed; how many. 0: there are none."""
    due = changes.due(connection, on.now, most)
    if not due.rows:
        return 0
    changes.remove(connection, due.rows)
    some = batch(on, connection, due.stories)
    front = carried.current(connection, "all", FRONT)
    learn_boilerplate(
        connection, on.work.sources if some.sources is None else some.sources
    )
    cited = _cited(on, connection, some)
    touched = _Touched()
    belongs = {
        number: on.matching.feeds_of(story) for number, story in some.told.items()
    }
    _place(on, some, belongs, cited, touched)
    links, rows = mark_gone(on, connection, some)
    touched.changed += rows
    touched.touch(rows)
    _leave(some, touched)
    carried.remove(connection, [row.id for row in touched.left])
    carried.change(connection, touched.changed)
    carried.add(connection, sorted(touched.new, key=lambda row: row.place))
    _shelve(on, connection, cited, touched)
    _look(on, connection, some, belongs, touched)
    days = Days(connection, [*some.links.values(), *touched.links, *links])
    permalinks.save(connection, [*touched.links, *links])
    permalinks.remove(connection, touched.gone)
    _note_pages(touched, some, links, days)
    fragments.forget(connection, touched.stale, on.work.kept)
    settle_feeds(on, connection, touched.feeds, touched.units)
    if carried.current(connection, "all", FRONT) != front or touched.stale.intersection(
        story for _, story in front
    ):
        touched.note(Unit(UnitKind.SITE))
    unwritten.note(connection, map(str, touched.units))
    return len(due.stories)


def put_off(on: Press, connection: Connection) -> int:
    """Leave the first story that may have changed for later; its number."""
    due = changes.due(connection, on.now, 1)
    changes.remove(connection, due.rows)
    changes.note(connection, due.stories, on.now + AGAIN_AFTER)
    return due.stories[0]


def _cited(on: Press, connection: Connection, some: Batch) -> dict[int, dict[str, int]]:
    if not on.work.documents_from:
        return {}
    return cited_by(connection, some.told.values())


# ── Where stories stand ──────────────────────────────────────────────────────


def _place(
    on: Press,
    some: Batch,
    belongs: _Belongs,
    cited: Mapping[int, Mapping[str, int]],
    touched: _Touched,
) -> None:
    """Say which feeds stories come to, and which they leave."""
    for number, story in some.told.items():
        have = {row.feed: row for row in some.rows.get(story.uid, ())}
        wanted = {feed.key: feed for feed in belongs[number]}
        keys = wanted.keys() | cited.get(number, {}).keys()
        whole = some.whole[number]
        for key in sorted(keys):
            row = have.get(key)
            where = row.place if row else ""
            where = where or _where(whole, wanted.get(key), some.links.get(story.uid))
            if row is None:
                row = Place(feed=key, uid=story.uid, story=number, place=where)
                touched.new.append(row)
                touched.touch([row])
            elif row.gone_at is not None and row.page:
                # Not onto its old page: who read that meanwhile would miss it.
                touched.left.append(row)
                touched.new.append(
                    replace(row, id=0, page=0, gone_at=None, story=number, place=where)
                )
                touched.touch([row])
            elif (row.gone_at, row.story, row.place) != (None, number, where):
                back = replace(row, gone_at=None, story=number, place=where)
                touched.changed.append(back)
                touched.touch([back])
        left = [
            row
            for key, row in have.items()
            if key not in keys and (key in on.feeds or key.startswith(DOCUMENTS))
        ]
        touched.left += left
        touched.touch(left)


def _where(story: Story, feed: Feed | None, link: Permalink | None) -> str:
    """Give a story its place: the one that it had before, if feeds of that order do."""
    if feed is not None and feed.order is not FeedOrder.SEEN:
        return place(story, feed.order)
    return link.place if link is not None and link.place else place(story)


def _leave(some: Batch, touched: _Touched) -> None:
    """Take away every trace of stories that are not to be seen."""
    for uid in sorted(some.unseen):
        rows = some.rows.get(uid, ())
        touched.left += rows
        touched.touch(rows)
        if uid in some.links:
            touched.gone.append(uid)
            touched.stale.add(some.links[uid].story_id)
            touched.note(Unit(UnitKind.STORY, uid))


# ── How stories look ─────────────────────────────────────────────────────────


def _look(
    on: Press,
    connection: Connection,
    some: Batch,
    belongs: _Belongs,
    touched: _Touched,
) -> None:
    """Compare what documents show of stories with what they showed."""
    papers = papers_of(connection, some.told.values())
    for number, story in some.told.items():
        was = some.links.get(story.uid)
        said = [f"{one.name}\n{one.key}" for one in papers.get(number, ())]
        look = _stamp(on, story, belongs[number], said)
        updated, dated = moments_of(story)
        now = Permalink(
            uid=story.uid,
            story_id=number,
            day=day_of(dated, story.seen_at, on.work.site),
            changed_at=updated,
            place=was.place if was and was.place else place(some.whole[number]),
            stamp=look,
        )
        if was == now:
            continue
        touched.links.append(now)
        touched.note(Unit(UnitKind.STORY, story.uid))
        touched.stale.add(number)
        rows = some.rows.get(story.uid, ())
        touched.touch(row for row in rows if row.gone_at is None)


def _stamp(
    on: Press, story: Story, belongs: Iterable[Feed], papers: Collection[str]
) -> str:
    """Stand for all that makes a story's part of documents what it is."""
    sources, titles = on.work.sources, on.titles
    labels = sorted(
        (not one.primary, number, one.category, titles.get(one.category, ""))
        for number, one in enumerate(story.labels)
    )
    # Pages lead to the feeds of its categories and sources that there are.
    linked = sorted(feed.key for feed in belongs if feed.key.startswith(_LINKED))
    told = [
        (one.id, one.changed_at, one.seen_at, one.bond.relation, one.entry)
        for one in story.entries
    ]
    looks = [
        source_look(sources[key])
        for key in sorted({one.entry.source for one in story.entries})
        if key in sources
    ]
    said = (story.id, story.seen_at, story.changed_at, labels, told)
    return stamp(story.uid, repr(said), repr(linked), *looks, *papers)


# ── Cited documents ──────────────────────────────────────────────────────────


def _shelve(
    on: Press,
    connection: Connection,
    cited: Mapping[int, Mapping[str, int]],
    touched: _Touched,
) -> None:
    """Say which cited documents have pages now; who cites one is looked at again."""
    keys = {key for those in cited.values() for key in those}
    keys |= {key for key in touched.feeds if key.startswith(DOCUMENTS)}
    known = citing.by_keys(connection, keys, DOCUMENTS)
    if not known:
        return
    held = all_held(on, connection)
    changed = settle(connection, known, on.work.documents_from, held)
    rows = feeds.get_many(connection, changed)
    for key, (was, stands) in changed.items():
        pages = rows[key].pages if key in rows else 0
        row = FeedRow(feed=key, stamp=str(stands), changed_at=on.now, pages=pages)
        feeds.save(connection, [row])
        touched.feeds.add(key)
        touched.note(Unit(UnitKind.SHELF))
        for number in range(1, pages + 1):
            touched.note(Unit(UnitKind.ARCHIVE, key, number))
        if was is None or (was.shelved, was.name) != (stands.shelved, stands.name):
            citing.note_carried(connection, key)
            _note_first(connection, touched, stands.shelved)
    moved = {row.feed for row in (*touched.new, *touched.changed, *touched.left)}
    if any(key.startswith(DOCUMENTS) for key in moved):
        touched.note(Unit(UnitKind.SHELF))


def _note_first(connection: Connection, touched: _Touched, shelved: bool) -> None:
    """The front page tells how many documents there are; lists lead to them or not."""
    touched.note(Unit(UnitKind.SITE))
    if shelved_count(feeds.starting(connection, DOCUMENTS)) <= int(shelved):
        touched.note(Unit(UnitKind.SITE, "lists"))


# ── Units ────────────────────────────────────────────────────────────────────


def _note_pages(
    touched: _Touched, some: Batch, links: Iterable[Permalink], days: Days
) -> None:
    for link in links:
        touched.note(Unit(UnitKind.STORY, link.uid))
        touched.stale.add(some.links[link.uid].story_id)
    changed = {
        *(link.uid for link in links),
        *(link.uid for link in touched.links),
        *touched.gone,
    }
    for link in some.links.values():
        if link.into in changed:  # its page leads there, if that can be read
            touched.note(Unit(UnitKind.STORY, link.uid))
    for unit in days.units(changed):
        touched.note(unit)
