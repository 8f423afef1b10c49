"""Which new entries tell, in other words, of an event that we have.

Asked only of entries that repeat nothing: a copy has found its story already. For all
of a document's entries there is one look-up; each may join a story of the store, or
one that another entry of the document has just begun.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from syndicate.dedupe.events import (
    CANDIDATES,
    OTHERS,
    Candidate,
    Placed,
    looked_for,
    marks,
    may_be_event,
    place_event,
)
from syndicate.dedupe.gist import Gist, gist_of, unpacked
from syndicate.dedupe.rarity import Rarity
from syndicate.model import StoredEntry
from syndicate.pipeline.preparing import Prepared
from syndicate.pipeline.wordcounts import WordCounts
from syndicate.store import Connection, gists, terms

_HOUR = timedelta(hours=1)
TOGETHER = 64
"""Entries that are weighed by what was known before them; the next by them too."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A new entry that says something of its own."""

    number: int
    """Under which it will be kept."""
    story: int
    """The story that it begins, unless it joins another; or the one that it repeats."""
    gist: Gist | None
    """None if it says too little to be found by."""
    packed: str = ""
    repeats: bool = False
    """It has its story already, and is only to be found."""
    apart: int = 0
    """A story that it does not tell, though a roundup there quotes it."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a new entry is compared with."""

    candidate: Candidate
    began: int
    """When its story began; hours since 1970."""


@dataclass(slots=True)
class Events:
    """What the new entries of a document were found to tell, to be kept with them."""

    placed: dict[int, Placed] = field(default_factory=dict)
    """By number: those that join a story. It may be one that another new entry
    begins."""
    where: dict[int, int] = field(default_factory=dict)
    """The story in the place of one that would have been begun."""
    under: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """By number: the marks by which each is found."""
    held: dict[int, str] = field(default_factory=dict)
    """Who stood under these marks before."""
    rows: list[tuple[int, int, str]] = field(default_factory=list)
    """What the store keeps of each: its number, when its story began, its gist."""
    known: dict[int, _Known] = field(default_factory=dict)
    by_mark: dict[int, list[int]] = field(default_factory=dict)
    by_story: dict[int, list[int]] = field(default_factory=dict)

    def put(self, one: Telling, gist: Gist, began: int, under: tuple[int, ...]) -> None:
        """Let ``one`` be found, by later ones too."""
        story = self.where.get(one.story, one.story)
        self.known[one.number] = _Known(Candidate(one.number, story, gist), began)
        self.by_story.setdefault(story, []).append(one.number)
        self.rows.append((one.number, began, one.packed))
        self.under[one.number] = under
        for mark in under:
            beside = self.by_mark.setdefault(mark, [])
            if len(beside) < terms.COMMON:
                beside.append(one.number)

    def beside(self, wanted: Sequence[int]) -> Counter[int]:
        """Under how many of these marks each of the document stands."""
        return Counter(one for mark in wanted for one in self.by_mark.get(mark, ()))


def telling(number: int, story: int, one: Prepared, seen_at: datetime) -> Telling:
    """What ``one`` tells, first seen at that time.

    Workers know the moment of dated entries only; dates that were still to come have
    been mended since.
    """
    if not one.gist:
        return Telling(number, story, None)
    published = one.entry.published
    read = unpacked(one.gist)
    gist = replace(read, at=_hours(published.value if published else seen_at))
    if not gist.tells:
        return Telling(number, story, None)
    packed = one.gist if gist.at == read.at else gist.packed()
    return Telling(number, story, gist, packed)


def find_events(
    connection: Connection,
    new: Sequence[Telling],
    words: WordCounts,
    within: timedelta,
) -> Events:
    """Find the stories that new entries tell too, in their order.

    The words of these are counted too. What they are found by is kept by
    :func:`keep_events`, once the entries themselves are.
    """
    found = Events()
    rest = iter(new)
    while some := list(islice(rest, TOGETHER)):
        told = [(one, one.gist) for one in some if one.gist is not None]
        # Before they are weighed: to a young store any word looks rare.
        words.learn(connection, [(one.number, gist) for one, gist in told])
        rarity = words.rarity(connection)
        _find_some(connection, told, found, rarity, within)
        found.rows += [(one.number, 0, "") for one in some if one.gist is None]
    return found


def keep_events(connection: Connection, found: Events) -> None:
    """Keep what new entries are found by."""
    gists.keep_all(connection, found.rows)
    terms.keep_all(connection, found.under.items(), found.held)


def renew(
    connection: Connection,
    entry_id: int,
    one: Prepared,
    words: WordCounts,
    *,
    seen_at: datetime,
) -> None:
    """Keep what an entry is found by, now that it or its date is another.

    ``seen_at`` is when it was first seen: there it stands if it has no date.
    """
    told = telling(entry_id, 0, one, seen_at)
    under = marks(told.gist, words.rarity(connection)) if told.gist else ()
    began = told.gist.at if told.gist else 0
    gists.keep_all(connection, [(entry_id, began, told.packed)])
    terms.keep(connection, entry_id, under)


def index(
    connection: Connection, kept: Sequence[StoredEntry], words: WordCounts
) -> None:
    """Let entries be found that were kept without; their words are counted too."""
    found = Events()
    rarity = words.rarity(connection)
    counted: list[tuple[int, Gist]] = []
    for stored in kept:
        published = stored.entry.published
        at = published.value if published else stored.seen_at
        gist = gist_of(stored.entry, at=at)
        if gist.tells:
            found.rows.append((stored.id, gist.at, gist.packed()))
            found.under[stored.id] = marks(gist, rarity)
            counted.append((stored.id, gist))
        else:
            found.rows.append((stored.id, 0, ""))
    wanted = {mark for some in found.under.values() for mark in some}
    found.held.update(terms.holding(connection, wanted))
    keep_events(connection, found)
    words.learn(connection, counted)


def _find_some(
    connection: Connection,
    some: Sequence[tuple[Telling, Gist]],
    found: Events,
    rarity: Rarity,
    within: timedelta,
) -> None:
    """Find the stories of some of them, weighed by what was known before."""
    wanted = [
        () if one.repeats else looked_for(gist, rarity, within) for one, gist in some
    ]
    under = [marks(gist, rarity) for _, gist in some]
    new = {mark for each in (*wanted, *under) for mark in each} - found.held.keys()
    found.held.update(terms.holding(connection, new))
    likely = [_likely(terms.shared(each, found.held)) for each in wanted]
    stored = _load(connection, {number for each in likely for number in each})
    beyond: dict[int, list[int]] = {}
    for number, other in sorted(_load_tellers(connection, stored).items()):
        beyond.setdefault(other.candidate.story, []).append(number)
        stored.setdefault(number, other)
    for (one, gist), looked, kept, there in zip(
        some, wanted, under, likely, strict=True
    ):
        numbers = dict.fromkeys(_likely(there | found.beside(looked)))
        # A story is judged by its best tellers, also by those under other marks.
        for number in [*numbers]:
            alike = found.known.get(number) or stored.get(number)
            story = alike.candidate.story if alike else 0
            others = (*beyond.get(story, ()), *found.by_story.get(story, ()))
            numbers |= dict.fromkeys(others[:OTHERS])
        both = [found.known.get(number) or stored.get(number) for number in numbers]
        # A story is as long as its event, however much is told of it afterwards.
        near = [
            each
            for each in both
            if each is not None and abs(gist.at - each.began) <= within // _HOUR
            if each.candidate.story != one.apart
        ]
        candidates = [each.candidate for each in near]
        placed = place_event(gist, candidates, rarity, within) if near else None
        began = gist.at
        if placed is not None:
            found.placed[one.number] = placed
            found.where[one.story] = placed.story
            began = min(
                each.began for each in near if each.candidate.story == placed.story
            )
        found.put(one, gist, began, kept)


def _hours(when: datetime) -> int:
    """As a gist has its moment: hours since 1970."""
    return int(when.timestamp()) // 3_600


def _load(connection: Connection, ids: Collection[int]) -> dict[int, _Known]:
    return {
        number: _Known(Candidate(number, kept.story, unpacked(kept.packed)), kept.began)
        for number, kept in gists.load(connection, ids).items()
    }


def _load_tellers(
    connection: Connection, stored: Mapping[int, _Known]
) -> dict[int, _Known]:
    """The first tellers of the stories of these."""
    stories = {known.candidate.story for known in stored.values()}
    return {
        number: _Known(Candidate(number, kept.story, unpacked(kept.packed)), kept.began)
        for number, kept in gists.tellers(connection, stories, OTHERS).items()
    }


def _likely(shared: Mapping[int, int]) -> Counter[int]:
    """What is worth a closer look, and the marks shared; the likeliest first."""
    some = [one for one in shared.items() if may_be_event(one[1])]
    return Counter(dict(sorted(some, key=lambda one: (-one[1], one[0]))[:CANDIDATES]))
