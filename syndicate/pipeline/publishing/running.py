"""One run of publishing: decide, make, write, tick off."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime

from syndicate.errors import StoreError
from syndicate.files import alone
from syndicate.pipeline.publishing.deciding import TOGETHER, decide, put_off
from syndicate.pipeline.publishing.looking import is_ours, make_ours
from syndicate.pipeline.publishing.making import Made, make
from syndicate.pipeline.publishing.noticing import notice_settings, settings_changed
from syndicate.pipeline.publishing.parts import Parts
from syndicate.pipeline.publishing.work import Press, Publishing, press
from syndicate.pipeline.websub.news import owe_news
from syndicate.publish.disk.folder import Written, made, remove, sweep
from syndicate.publish.disk.twins import TWINS
from syndicate.publish.disk.write import Fact, place
from syndicate.publish.forms.fragments import Document
from syndicate.publish.units import Unit, UnitKind, parsed
from syndicate.store import carried, changes, unwritten, written
from syndicate.store.rows import portions
from syndicate.store.written import Record

_ORDER = (
    # What is led to stands there before what leads to it.
    (UnitKind.STORY, 200),
    (UnitKind.ARCHIVE, 20),
    (UnitKind.FEED, 20),
    (UnitKind.DAY, 20),
    (UnitKind.MONTH, 20),
    (UnitKind.SHELF, 1),
    (UnitKind.SITE, 2),
)
"""Kinds of units, and how many are made together: memory has an end."""

Showing = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Shows a person how far work is: "stories" or "documents", and how many there are.

Gives what is to be called for each.
"""


def nothing_shown(
    _what: str, _total: int
) -> AbstractContextManager[Callable[[], None]]:
    """Show nothing."""
    return nullcontext(lambda: None)


def publish(
    work: Publishing,
    now: datetime,
    progress: Showing = nothing_shown,
    *,
    wait: bool = True,
    stopping: Callable[[], bool] = lambda: False,
) -> Written:
    """Write every document that is not yet as it should be.

    One process at a time publishes to a folder: others ``wait``, or are told that it
    is busy. Once ``stopping`` says so, the rest is left for the next time. A document
    that cannot be made or written is named in the answer, and tried again the next
    time; the others are written.
    """
    base = made(work.folder)
    with alone(base, wait=wait) as ours:
        if not ours:
            return Written(busy=True)
        _clear_up(work)
        if not is_ours(work):
            make_ours(work, now)
        on = press(work, now)
        with _uncollected():
            failed: list[tuple[str, str]] = []
            stories = _decide_all(on, progress, stopping, failed)
            done = _make_all(on, progress, stopping)
    return replace(done, stories=stories, failed=(*failed, *done.failed))


def is_due(work: Publishing, now: datetime) -> bool:
    """Whether there is anything to publish: cheap enough to be asked at any time."""
    with work.database.read() as connection:
        return changes.pending(connection, now) or unwritten.any_left(connection)


def _clear_up(work: Publishing) -> None:
    """Remove what a killed publisher left; it has left something to be made, too."""
    with work.database.read() as connection:
        unclean = unwritten.any_left(connection)
    if unclean:
        sweep(made(work.folder))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do not look for cyclic garbage meanwhile: thousands of stories have none.

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


# ── Deciding ─────────────────────────────────────────────────────────────────


def _decide_all(
    on: Press,
    progress: Showing,
    stopping: Callable[[], bool],
    failed: list[tuple[str, str]],
) -> int:
    database = on.work.database
    with database.read() as connection:
        other = settings_changed(on, connection)
    if other:
        with database.write() as connection:
            notice_settings(on, connection)
    with database.read() as connection:
        if not changes.pending(connection, on.now):
            return 0
        total = changes.count(connection, on.now)
    counts = (range(count) for count in _decided(on, stopping, failed))
    return _tracked(counts, progress, "stories", total)


def _decided(
    on: Press, stopping: Callable[[], bool], failed: list[tuple[str, str]]
) -> Iterator[int]:
    """Look at changed stories, some in each transaction; yield how many."""
    database, most = on.work.database, TOGETHER
    while not stopping():
        try:
            with database.write() as connection:
                looked = decide(on, connection, most)
        except StoreError as error:
            # One story that cannot be read must not keep back the others.
            if most > 1:
                most = 1
                continue
            with database.write() as connection:
                story = put_off(on, connection)
            failed.append((f"story {story}", str(error)))
            looked, most = 1, TOGETHER
        if not looked:
            return
        yield looked


def _tracked(
    steps: Iterable[Sequence[object]], progress: Showing, what: str, total: int
) -> int:
    """Go through steps and show a person how far; return how many things passed."""
    passed = 0
    with progress(what, total) as advance:
        for step in steps:
            for _one in step:
                advance()
            passed += len(step)
            gc.collect(0)
    return passed


# ── Making ───────────────────────────────────────────────────────────────────


def _make_all(
    on: Press,
    progress: Showing,
    stopping: Callable[[], bool],
) -> Written:
    with on.work.database.read() as connection:
        noted = unwritten.everything(connection)
    units = {unit: rows for name, rows in noted.items() if (unit := parsed(name))}
    strange = [row for name, rows in noted.items() if not parsed(name) for row in rows]
    if strange:
        with on.work.database.write() as connection:
            unwritten.remove(connection, strange)
    parts = Parts(on)
    done: list[Written] = []
    steps = _portions(on, parts, units, stopping, done)
    _tracked(steps, progress, "documents", len(units))
    failed = [(f"story {one}", why) for one, why in sorted(parts.failed.items())]
    return Written(
        changed=tuple(path for one in done for path in one.changed),
        unchanged=sum(one.unchanged for one in done),
        failed=(*(said for one in done for said in one.failed), *failed),
        units=len(units),
    )


def _portions(
    on: Press,
    parts: Parts,
    units: Mapping[Unit, list[int]],
    stopping: Callable[[], bool],
    done: list[Written],
) -> Iterator[Sequence[Unit]]:
    """Make and write units, those of one kind together; yield them once they are."""
    by_kind: dict[UnitKind, list[Unit]] = {}
    for unit in units:
        by_kind.setdefault(unit.kind, []).append(unit)
    for kind, together in _ORDER:
        some = _ordered(on, kind, by_kind.get(kind, ()), together)
        for portion in portions(some, together):
            if stopping():
                return
            done.append(_write(on, parts, portion, units))
            yield portion


def _ordered(
    on: Press, kind: UnitKind, some: Sequence[Unit], together: int
) -> list[Unit]:
    """Put units into the order in which they are made, the same every time.

    Archive pages of many feeds go by what they hold: a story stands on several, and
    what was rendered for one is remembered for a while.
    """
    first: dict[tuple[str, int], int] = {}
    if kind is UnitKind.ARCHIVE and len(some) > together:
        with on.work.database.read() as connection:
            first = carried.first_of_pages(connection)
    return sorted(some, key=lambda unit: (first.get((unit.key, unit.number), 0), unit))


def _write(
    on: Press, parts: Parts, portion: Sequence[Unit], units: Mapping[Unit, list[int]]
) -> Written:
    """Make some units, write them, and tick them off."""
    work = on.work
    with work.database.read() as connection:
        units_made = make(on, connection, parts, portion)
        wanted = _wanted(units_made)
        known = written.get_many(connection, wanted.keys() | _unwanted(units_made))
    facts = {path: Fact(one.sha256, one.size, one.mtime) for path, one in known.items()}
    placed = place(work.folder, wanted, known=facts, packed=work.packed)
    gone = remove(work.folder, _there(work, _unwanted(units_made)))
    failed = (*units_made.said(), *placed.failed, *gone.failed)
    wrong = {path for path, _ in failed}
    of = {path: unit for unit, some in units_made.documents.items() for path in some}
    with work.database.write() as connection:
        records = [
            _record(on, path, fact, of[path], known.get(path))
            for path, fact in (placed.changed | placed.same).items()
        ]
        written.save(connection, (one for one in records if one != known.get(one.path)))
        written.remove(connection, _unwanted(units_made) & known.keys())
        parts.keep(connection)
        news = [
            one.path
            for one in records
            if one.path not in known or known[one.path].sha256 != one.sha256
        ]
        owe_news(connection, work.site, work.hubs, news, on.now)
        unwritten.remove(
            connection,
            [
                row
                for unit in portion
                if not wrong & units_made.paths(unit)
                for row in units[unit]
            ],
        )
    return Written(
        changed=(*placed.changed, *gone.changed),
        unchanged=len(placed.same),
        failed=failed,
    )


def _wanted(some: Made) -> dict[str, Document]:
    return {
        path: one
        for documents in some.documents.values()
        for path, one in documents.items()
        if one is not None
    }


def _unwanted(some: Made) -> set[str]:
    return {
        path
        for documents in some.documents.values()
        for path, one in documents.items()
        if one is None
    }


def _there(work: Publishing, paths: Iterable[str]) -> list[str]:
    """Return the files of documents that are to go, their twins among them."""
    endings = ("", *(f".{one}" for one in TWINS))
    files = [f"{path}{ending}" for path in sorted(paths) for ending in endings]
    return [file for file in files if (work.folder / file).exists()]


def _record(
    on: Press, path: str, fact: Fact, unit: Unit, known: Record | None
) -> Record:
    same = known is not None and known.sha256 == fact.sha256
    return Record(
        path=path,
        sha256=fact.sha256,
        size=fact.size,
        changed_at=known.changed_at if known is not None and same else on.now,
        unit=str(unit),
        mtime=fact.mtime,
    )
