"""Settings that changed: which feeds are to be filled anew, which pages made anew.

What each feed was last made of is kept as a stamp. Notes on the whole site stand beside
them under keys with a colon in front: one on all that is the same everywhere, and one
on each source and category, so that a new title of one concerns its own stories alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from syndicate.pipeline.publishing.closing import settle_feeds
from syndicate.pipeline.publishing.work import (
    DOCUMENTS,
    FOLDER,
    Press,
    frame_stamp,
    members_stamp,
    source_look,
)
from syndicate.publish.disk.looks import stamp
from syndicate.publish.units import Unit, UnitKind
from syndicate.store import (
    Connection,
    carried,
    changes,
    citing,
    feeds,
    permalinks,
    unwritten,
    written,
)
from syndicate.store.feeds import FeedRow

_LOOK = ":look"
_PAGES = ":documents"
_ZONE = ":zone"
_SOURCE = ":source/"
_CATEGORY = ":category/"
_MONTH = len("2026-11")


def settings_changed(on: Press, connection: Connection) -> bool:
    """Whether settings are other than what documents were last made of."""
    known = feeds.others(connection, DOCUMENTS)
    wanted = _wanted(on)
    changed, lost = _differing(known, wanted)
    return bool(changed or lost)


def notice_settings(on: Press, connection: Connection) -> None:
    """Note what follows from settings that changed, in a transaction that writes."""
    known = feeds.others(connection, DOCUMENTS)
    wanted = _wanted(on)
    changed, lost = _differing(known, wanted)
    units: dict[Unit, None] = {}
    if _LOOK in changed:
        units |= dict.fromkeys(every_unit(on, connection))
    if _PAGES in changed:
        citing.note_all_citing(connection)
        for key in feeds.starting(connection, DOCUMENTS):
            citing.note_carried(connection, key)
        units[Unit(UnitKind.SHELF)] = None
    if _ZONE in changed and _ZONE in known:
        changes.note_all(connection)  # the days on which they are listed
    if changed or lost:
        units[Unit(UnitKind.SITE)] = units[Unit(UnitKind.SITE, "lists")] = None
    _notice_parts(connection, changed | lost)
    _notice_feeds(on, connection, known, {key: wanted[key] for key in changed}, units)
    _keep(connection, known, wanted, changed, lost, on.now)
    settle_feeds(on, connection, {key for key in changed if key in on.feeds}, units)
    unwritten.note(connection, map(str, units))


def every_unit(on: Press, connection: Connection) -> list[Unit]:
    """Name everything that there is to make."""
    rows = feeds.all_of(connection)
    # One that was pruned, as all who cited it are gone, stays away.
    documents = [
        key
        for key in rows
        if key.startswith(DOCUMENTS) and written.under(connection, f"{key}.")
    ]
    keys = [*on.feeds, *documents]
    closed = {key: rows[key].pages if key in rows else 0 for key in keys}
    days = permalinks.all_days(connection)
    return [
        *(Unit(UnitKind.STORY, uid) for uid in permalinks.all_uids(connection)),
        *(
            Unit(UnitKind.ARCHIVE, key, number)
            for key, pages in closed.items()
            for number in range(1, pages + 1)
        ),
        *(Unit(UnitKind.FEED, key) for key in keys),
        *(Unit(UnitKind.DAY, day) for day in days),
        *(
            Unit(UnitKind.MONTH, month)
            for month in dict.fromkeys(day[:_MONTH] for day in days)
        ),
        Unit(UnitKind.SHELF),
        Unit(UnitKind.SITE),
        Unit(UnitKind.SITE, "lists"),
    ]


def _wanted(on: Press) -> dict[str, str]:
    """Return the stamps that settings have now."""
    work = on.work
    return {
        _LOOK: stamp(on.page_look, work.templates.fingerprint("feed/"), work.rights),
        _PAGES: str(work.documents_from),
        _ZONE: work.site.timezone,
        **{f"{_SOURCE}{one.key}": source_look(one) for one in work.sources.values()},
        **{f"{_CATEGORY}{one.slug}": stamp(one.title) for one in work.categories},
        **{
            feed.key: "\n".join(
                (feed.order.value, members_stamp(feed), frame_stamp(feed, work.hubs))
            )
            for feed in on.feeds.values()
        },
    }


def _differing(
    known: Mapping[str, FeedRow], wanted: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """Return what is new or other than before, and what is no more."""
    changed = {
        key
        for key, said in wanted.items()
        if key not in known or known[key].stamp != said
    }
    lost = {key for key in known.keys() - wanted.keys() - {FOLDER} if known[key].stamp}
    return changed, lost


def _notice_parts(connection: Connection, changed: Collection[str]) -> None:
    """Note the stories of sources and categories whose settings are others."""
    sources = {key.removeprefix(_SOURCE) for key in changed if key.startswith(_SOURCE)}
    categories = {
        key.removeprefix(_CATEGORY) for key in changed if key.startswith(_CATEGORY)
    }
    if sources:
        changes.note_all(connection, sources=sources)
    if categories:
        changes.note_all(connection, categories=categories)


def _notice_feeds(
    on: Press,
    connection: Connection,
    known: Mapping[str, FeedRow],
    changed: Mapping[str, str],
    units: dict[Unit, None],
) -> None:
    """Have feeds filled anew whose stories are others, and made anew in any case."""
    refilled: list[str] = []
    for key in on.feeds:
        if key not in changed:
            continue
        was = known[key].stamp.split("\n") if key in known else [""]
        order, members, _frame = changed[key].split("\n")
        for number in range(1, (known[key].pages if key in known else 0) + 1):
            units[Unit(UnitKind.ARCHIVE, key, number)] = None
        if was[0] != order:
            # Each gets a place anew; closed pages go by arrival, and stay.
            carried.unplace(connection, key)
        elif was[1:2] == [members]:
            continue
        citing.note_carried(connection, key)
        refilled.append(key)
    _note_candidates(on, connection, refilled)


def _note_candidates(
    on: Press, connection: Connection, refilled: Collection[str]
) -> None:
    """Note all stories that may belong to feeds."""
    some = [on.feeds[key] for key in refilled]
    if any(not feed.categories and not feed.sources for feed in some):
        changes.note_all(connection)
        return
    categories = {one for feed in some for one in feed.categories}
    sources = {one for feed in some if not feed.categories for one in feed.sources}
    if categories:
        changes.note_all(connection, categories=categories)
    if sources:
        changes.note_all(connection, sources=sources)


def _keep(
    connection: Connection,
    known: Mapping[str, FeedRow],
    wanted: Mapping[str, str],
    changed: Collection[str],
    lost: Collection[str],
    now: datetime,
) -> None:
    """Keep the new stamps; a feed that is no more keeps what it carried."""
    there = feeds.get_many(connection, changed)
    rows = [
        FeedRow(
            feed=key,
            stamp=wanted[key],
            changed_at=now,
            # Unknown only if it is new, or what was known of it was lost.
            pages=there[key].pages
            if key in there
            else carried.last_page(connection, key),
        )
        for key in changed
    ]
    gone = {key for key in lost if not key.startswith(":")}
    rows += [
        FeedRow(feed=key, stamp="", changed_at=now, pages=known[key].pages)
        for key in gone
    ]
    feeds.save(connection, rows)
    feeds.remove(connection, set(lost) - gone)
