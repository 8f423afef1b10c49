"""Which stories our engine finds, without a store and with one.

``python -m bench.telling shelf|store CORPUS FOLDER copies|events`` prints the group of
each entry and the CPU seconds between the entry and its story. ``shelf`` holds all it
needs in dictionaries, and makes the decisions of ``pipeline`` with the functions of
``dedupe`` alone; ``store`` files whole documents, as gathering does.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.corpus import Told, documents, moment, portions, read
from syndicate.categorise.rules import Rules
from syndicate.dedupe import events
from syndicate.dedupe.candidates import promising
from syndicate.dedupe.decide import Repeat, place
from syndicate.dedupe.gist import Gist, gist_of
from syndicate.dedupe.keys import story_keys
from syndicate.dedupe.rarity import Rarity
from syndicate.dedupe.wording import body_of, wording
from syndicate.model import (
    Bond,
    Dated,
    DateOrigin,
    Entry,
    Precision,
    Relation,
    Scoring,
    Source,
    SourceKind,
    StoredEntry,
)
from syndicate.pipeline.filing import Filing, file_entries
from syndicate.pipeline.preparing import prepare
from syndicate.store import Database, entries

NOW = datetime(2026, 9, 2, tzinfo=UTC)
WITHIN = timedelta(days=4)
COMMON, _RANKED, _BRIEF = 50, 24, 120
"""As in ``store.shingles`` and ``pipeline.placing``."""
_LEARN = 64
"""Entries after which the rarity of words is weighed anew."""


def entry_of(told: Told) -> Entry:
    """Return it as gathering would have cleaned it."""
    at = moment(told)
    dated = Dated(
        value=at, precision=Precision.MINUTE, origin=DateOrigin.FEED, raw=told.at
    )
    body = "\n\n".join(told.paragraphs)
    host = f"s{told.feed}.example"
    return Entry(
        source=f"s{told.feed}",
        url=f"https://{host}/bai/{told.number}.html",
        guid=f"{told.feed}-{told.number}",
        title=told.title,
        lead=told.paragraphs[0][:200],
        text=body,
        published=dated,
        dates=(dated,),
        language="vi",
        fingerprint=sha256(f"{told.title}\n{body}".encode()).hexdigest(),
    )


class Shelf:
    """What the store is asked for, in dictionaries."""

    def __init__(self, *, events: bool) -> None:
        self._events = events
        self._entries: dict[int, StoredEntry] = {}
        self._grams: dict[int, int] = {}
        self._by_gram: dict[int, list[int]] = {}
        self._by_key: dict[tuple[str, str], list[int]] = {}
        self._gists: dict[int, Gist] = {}
        self._by_mark: dict[int, list[int]] = {}
        self._texts = 0
        self._counts: Counter[str] = Counter()
        self._rarity = Rarity()

    def place(self, number: int, entry: Entry) -> int:
        """Return the story that an entry tells, and keep the entry."""
        body = wording(body_of(entry))
        sample, grams = tuple(body.sample), len(body.distinct)
        keys = story_keys(entry)
        exact = [
            (key[0], self._entries[one])
            for key in keys
            for one in self._by_key.get(key, ())
        ]
        shared = Counter(
            one
            for gram in sample
            if len(some := self._by_gram.get(gram, ())) < COMMON
            for one in some
        )
        ranked = sorted(
            (one for one in shared.items() if one[1] > (grams > _BRIEF)),
            key=lambda one: (-one[1], one[0]),
        )[:_RANKED]
        likely = promising(
            grams, [(many, self._grams[one], one) for one, many in ranked]
        )
        found = place(entry, exact, [self._entries[one] for one in likely])
        story = number
        if isinstance(found, Repeat):
            story = found.story
        elif self._events:
            story = self._event(number, entry)
        self._entries[number] = StoredEntry(
            id=number,
            story=story,
            entry=entry,
            bond=Bond(relation=Relation.FIRST),
            seen_at=NOW,
            changed_at=NOW,
        )
        self._grams[number] = grams
        for key in keys:
            self._by_key.setdefault(key, []).append(number)
        for gram in sample:
            self._by_gram.setdefault(gram, []).append(number)
        return story

    def _event(self, number: int, entry: Entry) -> int:
        gist = gist_of(entry, at=NOW)
        if not gist.tells:
            return number
        self._counts.update(gist.counted)
        self._texts += 1
        if self._texts < _LEARN or self._texts % _LEARN == 0:
            self._rarity = Rarity(self._texts, self._counts)
        wanted = events.looked_for(gist, self._rarity, WITHIN)
        shared = Counter(one for mark in wanted for one in self._by_mark.get(mark, ()))
        likely = sorted(
            (one for one in shared.items() if events.may_be_event(one[1])),
            key=lambda one: (-one[1], one[0]),
        )[: events.CANDIDATES]
        candidates = [
            events.Candidate(one, self._entries[one].story, self._gists[one])
            for one, _ in likely
        ]
        placed = events.place_event(gist, candidates, self._rarity, WITHIN)
        self._gists[number] = gist
        for mark in events.marks(gist, self._rarity):
            some = self._by_mark.setdefault(mark, [])
            if len(some) < COMMON:
                some.append(number)
        return number if placed is None else placed.story


def on_shelf(path: Path, *, events: bool) -> dict[str, Any]:
    """Place every entry, one after another."""
    shelf = Shelf(events=events)
    groups: dict[int, int] = {}
    spent = 0.0
    for some in portions(path):
        made = [(told.number, entry_of(told)) for told in some]
        began = time.process_time()
        for number, entry in made:
            groups[number] = shelf.place(number, entry)
        spent += time.process_time() - began
    return {"groups": groups, "cpu": spent}


def desk_for(feeds: int, *, events: bool) -> Filing:
    """Return what filing needs to know of so many sources."""
    return Filing(
        sources={
            key: Source(
                key=key, title=key, kind=SourceKind.FEED, url=f"https://{key}.example"
            )
            for key in (f"s{number}" for number in range(feeds))
        },
        rules=Rules((), Scoring()),
        backlog_after=timedelta(days=3650),
        events_within=WITHIN if events else timedelta(0),
    )


def in_store(path: Path, folder: Path, *, events: bool) -> dict[str, Any]:
    """File every document, as many in one transaction as gathering would."""
    groups: dict[int, int] = {}
    preparing = filing = 0.0
    count = 1 + max(told.feed for told in read(path))
    desk = desk_for(count, events=events)
    with Database.open(f"sqlite:///{folder / 'desk.db'}") as database:
        for some in _together(documents(path)):
            made = [[(told, entry_of(told)) for told in each] for each in some]
            began = time.process_time()
            ready = [
                [prepare(entry, desk.sources[entry.source], desk.rules)
                 for _, entry in each]
                for each in made
            ]  # fmt: skip
            between = time.process_time()
            with database.write() as connection:
                filed = [
                    file_entries(connection, each[::-1], desk, now=NOW)[::-1]
                    for each in ready
                ]
            filing += time.process_time() - between
            preparing += between - began
            for each, kept in zip(made, filed, strict=True):
                for (told, _), one in zip(each, kept, strict=True):
                    groups[told.number] = one.entry_id
        with database.read() as connection:
            stories = {
                one.id: one.story
                for one in entries.heads(connection, list(groups.values())).values()
            }
    groups = {number: stories[one] for number, one in groups.items()}
    size = sum(each.stat().st_size for each in folder.glob("desk.db*"))
    told = {"preparing": preparing, "filing": filing, "size": size}
    return {"groups": groups, "cpu": preparing + filing, **told}


def _together(some: Iterator[list[Told]]) -> Iterator[list[list[Told]]]:
    """Documents of some 300 entries, which is what gathering files at once."""
    held: list[list[Told]] = []
    for document in some:
        held.append(document)
        if sum(map(len, held)) >= 300:
            yield held
            held = []
    if held:
        yield held


def main() -> None:
    """Read the arguments and place every entry."""
    kind, path, folder, wanted = sys.argv[1:]
    is_on = wanted == "events"
    if kind == "shelf":
        told = on_shelf(Path(path), events=is_on)
    else:
        told = in_store(Path(path), Path(folder), events=is_on)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
