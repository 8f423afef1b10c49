"""Publishing again and again in one process, as ``syndicate serve`` does.

``python -m bench.turns CONFIG MORE --rounds N [--dump FILE]`` publishes a store of
:mod:`bench.stock` for the first time, then with nothing changed, then after one new
story at a time (numbers from MORE on). It prints CPU seconds (``wall`` and ``memory``
of the first time, too): of publishing, and of putting the long feed together as RSS
and Atom once the story is there. What feeds carried after the first time goes to FILE,
so that a rival can build the very same documents.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.stock import fill_store
from syndicate.cli.wire import Wiring, opened
from syndicate.model import Feed
from syndicate.pipeline.publishing import (
    Publishing,
    every_feed,
    items_of,
    publish,
)
from syndicate.pipeline.publishing.work import Press, press
from syndicate.publish.forms.fragments import (
    Document,
    Form,
    Fragment,
    Frame,
    document,
    form_key,
    fragment,
)
from syndicate.publish.forms.frames import Heading, frame
from syndicate.publish.forms.item import Item
from syndicate.publish.forms.paging import current_path, paging
from syndicate.publish.forms.rendering import render
from syndicate.publish.forms.stamps import NEVER
from syndicate.store import Connection, carried, feeds, fragments, permalinks

LONG = "dai"
"""The key of the long feed."""
TOUCHED = 5
"""Categories that a new story carries."""
XML = (Form.RSS, Form.ATOM)


def main() -> None:
    """Read the arguments, publish, and print what it cost."""
    parser = argparse.ArgumentParser(prog="python -m bench.turns")
    parser.add_argument("config", type=Path)
    parser.add_argument("more", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dump", type=Path)
    given = parser.parse_args()
    with opened(given.config) as desk:
        work = desk.publishing()
        told = _first(desk, work)
        if given.dump:
            dump(work, given.dump, desk.clock())
        told["nothing"] = median(_publish(desk, work)[0] for _turn in range(5))
        turns = [
            _one_more(desk, work, given.more + turn) for turn in range(given.rounds)
        ]
        for name in turns[0]:
            told[name] = median(turn[name] for turn in turns)
        told["xml"] = _xml(work, desk.clock())
    print(json.dumps(told))


def _first(desk: Wiring, work: Publishing) -> dict[str, float]:
    clock = time.monotonic()
    cpu, files = _publish(desk, work)
    wall = time.monotonic() - clock
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"full": cpu, "wall": wall, "memory": memory, "files": files}


def _publish(desk: Wiring, work: Publishing) -> tuple[float, int]:
    began = time.process_time()
    written = publish(work, desk.clock())
    spent = time.process_time() - began
    if written.failed:
        sys.exit(f"not written: {written.failed[0]}")
    return spent, len(written.changed)


def _one_more(desk: Wiring, work: Publishing, number: int) -> dict[str, float]:
    """Publish one more story; build the long feed's documents as it is done then."""
    fill_store(desk, [number], labels=TOUCHED)
    spent, files = _publish(desk, work)
    with desk.database.write() as connection:
        newest = carried.current(connection, LONG, 1)[0][1]
        fragments.forget(connection, [newest], work.kept)
    on = press(work, desk.clock())
    with desk.database.read() as connection:
        item = items_of(work, connection, [newest], desk.clock())[newest]
        plain, packed = (
            _long(on, connection, newest, item, together)
            for together in (_unpacked, document)
        )
    return {"one": spent, "changed": files, "long": plain, "long packed": packed}


def _long(
    on: Press,
    connection: Connection,
    newest: int,
    item: Item,
    together: Callable[[Frame, list[Fragment]], Document],
) -> float:
    """Put the long feed together; return what it cost.

    One story is rendered, the others are kept. Its item is given, as all of them are
    given to the rival.
    """
    began = time.process_time()
    work, feed, made = on.work, on.feeds[LONG], {}
    rows = carried.current(connection, LONG, feed.limit)
    updated = permalinks.newest(connection, [uid for uid, _story in rows]) or NEVER
    ids, pages = [story for _uid, story in rows], _pages(connection, feed)
    for form in XML:
        key, look = form_key(form, work.rights), on.look_of(form)
        told = fragments.recall(connection, ids, key, look, work.kept)
        content = render(form, item, work.site)
        told[newest] = (
            Fragment(content, b"") if together is _unpacked else fragment(content)
        )
        framed = frame(form, _heading(work, feed, form, updated, pages))
        made[current_path(LONG, form)] = together(framed, [told[one] for one in ids])
    spent = time.process_time() - began
    for path, one in made.items():
        twin = (work.folder / f"{path}.gz").read_bytes() if one.packed else b""
        if ((work.folder / path).read_bytes(), twin) != (one.content, one.packed):
            sys.exit(f"{path}: what was built is not what was published")
    return spent


def _unpacked(framed: Frame, parts: list[Fragment]) -> Document:
    """Put a document together that is not packed, as the rival packs none."""
    told = [part.content for part in parts]
    return Document(b"".join([framed.head, *told, framed.tail]), b"")


def _pages(connection: Connection, feed: Feed) -> int:
    row = feeds.get(connection, feed.key)
    return row.pages if row else 0


def _heading(
    work: Publishing, feed: Feed, form: Form, updated: datetime, pages: int
) -> Heading:
    return Heading(
        feed=feed,
        site=work.site,
        updated=updated,
        paging=paging(form, feed, work.site, pages=pages),
        hubs=work.hubs,
    )


def told_by(work: Publishing, now: datetime) -> list[tuple[Feed, list[Item]]]:
    """Return what every feed carries."""
    found = []
    with work.database.read() as connection:
        known: dict[int, Item] = {}
        for feed in every_feed(work):
            ids = [s for _uid, s in carried.current(connection, feed.key, feed.limit)]
            missing = [story for story in ids if story not in known]
            known |= items_of(work, connection, missing, now)
            found.append((feed, [known[story] for story in ids]))
    return found


def _xml(work: Publishing, now: datetime) -> float:
    """Build RSS and Atom of every feed with nothing kept: each story once.

    Nothing is packed, as the rival packs nothing.
    """
    told = told_by(work, now)
    with work.database.read() as connection:
        began = time.process_time()
        for form in XML:
            kept: dict[str, Fragment] = {}
            for feed, items in told:
                uids = [item.uid for item in items]
                for item in items:
                    if item.uid not in kept:
                        kept[item.uid] = Fragment(render(form, item, work.site), b"")
                updated = permalinks.newest(connection, uids) or NEVER
                pages = _pages(connection, feed)
                heading = _heading(work, feed, form, updated, pages)
                document(frame(form, heading), [kept[uid] for uid in uids])
        return time.process_time() - began


def dump(work: Publishing, file: Path, now: datetime) -> None:
    """Write what feeds carry, for a rival."""
    told = told_by(work, now)
    items = {item.uid: _plain(item) for _feed, some in told for item in some}
    found = [
        {
            "key": feed.key,
            "title": feed.title,
            "items": [item.uid for item in some],
        }
        for feed, some in told
    ]
    file.write_text(json.dumps({"feeds": found, "items": items}), "utf-8")


def _plain(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "link": item.link,
        "summary": item.summary,
        "html": item.html,
        "authors": item.authors,
        "published": (item.published or item.seen).isoformat(),
        "updated": item.updated.isoformat(),
        "categories": item.categories,
    }


if __name__ == "__main__":
    main()
