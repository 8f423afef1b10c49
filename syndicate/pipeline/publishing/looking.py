"""The folder as it is: what was deleted or edited, what is left over."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from syndicate.files import alone
from syndicate.pipeline.publishing import cited
from syndicate.pipeline.publishing.closing import LIMIT
from syndicate.pipeline.publishing.noticing import every_unit
from syndicate.pipeline.publishing.work import (
    DOCUMENTS,
    FOLDER,
    Press,
    Publishing,
    press,
)
from syndicate.publish.disk.folder import Written, made, remove, stale, sweep
from syndicate.publish.disk.twins import TWINS
from syndicate.publish.disk.write import fill_in
from syndicate.publish.units import UnitKind, parsed
from syndicate.store import Connection, carried, feeds, fragments, unwritten, written
from syndicate.store.feeds import FeedRow
from syndicate.store.written import Record

_MARK = ".published"
"""In the feeds folder: which store it belongs to, and since when."""


def look_over(work: Publishing) -> int:
    """Note the units of documents that are not on the disk as we wrote them.

    Files are not read: size and time tell. Returns how many units there are.
    """
    base = made(work.folder)
    sweep(base)
    with work.database.read() as connection:
        known = written.all_of(connection)
    there = _sizes(base)
    units = {
        record.unit
        for record in known.values()
        if not _is_there(record, there, work.packed)
    }
    if units:
        with work.database.write() as connection:
            unwritten.note(connection, sorted(units))
    return len(units)


def tidy(work: Publishing, now: datetime) -> int:
    """Forget how stories look that no current document shows; how many they are."""
    on = press(work, now)
    with work.database.read() as connection:
        rows = feeds.starting(connection, DOCUMENTS)
        limits = [(feed.key, feed.limit) for feed in on.feeds.values()]
        limits += [(key, LIMIT) for key in rows]
        shown = carried.current_everywhere(connection, limits)
    with work.database.write() as connection:
        return fragments.keep(connection, shown)


def begin_anew(work: Publishing, now: datetime) -> int:
    """Note every unit, and forget how stories looked; how many units there are."""
    on = press(work, now)
    with work.database.write() as connection:
        fragments.forget_all(connection)
        units = every_unit(on, connection)
        unwritten.note(connection, map(str, units))
        # Documents are compared with the disk, not with what we remember of it.
        written.distrust(connection)
    return len(units)


def leftovers(work: Publishing, now: datetime) -> tuple[str, ...]:
    """Name the documents of feeds that are no more."""
    on = press(work, now)
    with work.database.read() as connection:
        expected = _expected(on, connection)
    return stale(made(work.folder), expected)


def prune(work: Publishing, paths: Sequence[str]) -> Written:
    """Remove documents; the web answers 404 for them from then on."""
    base = made(work.folder)
    with alone(base):
        done = remove(base, paths)
        with work.database.write() as connection:
            written.remove(connection, done.changed)
            _forget_feeds(connection)
    return done


def _expected(on: Press, connection: Connection) -> set[str]:
    """Name the documents that belong to something that there is."""
    keys = {*on.feeds}
    rows = feeds.starting(connection, DOCUMENTS)
    if on.work.documents_from:
        shelved = {one.key for one in cited.standing(connection, rows)}
        keys |= {key for key in shelved if carried.any_stands(connection, key)}
    found: set[str] = set()
    for path, record in written.all_of(connection).items():
        unit = parsed(record.unit)
        if unit is None:
            continue
        if unit.kind in (UnitKind.FEED, UnitKind.ARCHIVE) and unit.key not in keys:
            continue
        if unit.kind is not UnitKind.SHELF or on.work.documents_from:
            found.add(path)
    return found


def _forget_feeds(connection: Connection) -> None:
    """Forget feeds that are no more and of which no document is left."""
    lost = [
        key
        for key, row in feeds.others(connection, DOCUMENTS).items()
        if not row.stamp and not written.under(connection, f"{key}.")
    ]
    carried.remove_feeds(connection, lost)
    feeds.remove(connection, lost)


# ── The disk ─────────────────────────────────────────────────────────────────


def _sizes(base: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file, by path."""
    found: dict[str, tuple[int, int]] = {}
    waiting = [(str(base), "")]
    while waiting:
        folder, start = waiting.pop()
        with os.scandir(folder) as listed:
            for one in listed:
                path = f"{start}{one.name}"
                if one.is_dir(follow_symlinks=False):
                    waiting.append((one.path, f"{path}/"))
                elif one.is_file():
                    told = one.stat()
                    found[path] = (told.st_size, told.st_mtime_ns)
    return found


def _is_there(
    record: Record, there: Mapping[str, tuple[int, int]], packed: Sequence[str]
) -> bool:
    if there.get(record.path) != (record.size, record.mtime):
        return False
    return all((f"{record.path}.{one}" in there) == (one in packed) for one in TWINS)


def is_ours(work: Publishing) -> bool:
    """Whether the folder is the one that this store was published to."""
    with work.database.read() as connection:
        row = feeds.get(connection, FOLDER)
    try:
        mark = (work.folder / _MARK).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return False
    return row is not None and mark == row.stamp


def make_ours(work: Publishing, now: datetime) -> None:
    """Note in folder and store that they belong together; see what is missing."""
    look_over(work)
    mark = token_hex(16)
    with work.database.write() as connection:
        feeds.save(connection, [FeedRow(feed=FOLDER, stamp=mark, changed_at=now)])
    fill_in(work.folder / _MARK, mark.encode())
