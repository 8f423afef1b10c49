"""Different texts of one event: found by what is rare in both, and on which days.

Two portals tell one event in their own words, but of the same people, places, figures
and days. So the words that both have are looked at, weighed by how rare they are; what
of the names and of the head of each the other has too; and figures that both give
first. The weights below were fitted on pairs of articles with known events in two
languages, beside pairs of unlike articles of the same weeks; tests/gate/test_events.py
holds the floors. Wording alone merges nothing: texts on one form share nearly all of
it, and are blocked by what they put into the form (see :mod:`~.forms`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from math import exp, log

from syndicate.dedupe.forms import conflict_of
from syndicate.dedupe.gist import Gist
from syndicate.dedupe.rarity import Rarity
from syndicate.dedupe.sharing import evidence_of
from syndicate.dedupe.weighing import Weighed, cosine, part_shared, weigh
from syndicate.model import Bond, Evidence, Relation

__all__ = [
    "CANDIDATES",
    "OTHERS",
    "Candidate",
    "Likelihood",
    "Placed",
    "looked_for",
    "marks",
    "may_be_event",
    "place_event",
    "same_event",
]

CANDIDATES = 8
"""Entries that are looked at for one: more found no more events."""
OTHERS = 8
"""Other tellers of each of their stories, the earliest, that are looked at too."""
_SPAN = 96
"""Hours of a span of days; what an entry is kept under goes by these."""
_SPANS = 22
"""Bits for a span: days enough for ever."""
_HASH = 40
"""Bits for a term, below those of the span: what was kept in one span lies together."""
_KEPT = 20
"""Terms under which an entry is kept."""
_ASKED = 32
"""Terms of a new one under which others are looked for: asking is cheaper."""
_SHARED = 2
"""Marks that two entries have in common, if they may tell one event."""
_NAMED = 1.3
"""What a name is worth more than another word, for being found by."""

# A logistic model: the log odds that both texts tell one event. Rounded, for the
# figures hardly move when they do.
_NONE = -0.7
_WORDS = 1.4
_LONGER = 0.4
"""A text has room for so much of the other only: what its shortness takes away."""
_NAMES = 6.2
_HEAD = 5.6
_DAY = 1.8
_FIGURE = 2.0
_OTHER_FIGURES = -0.4
_OTHER_YEARS = -1.5
_LEAST = -1.0
"""Log odds below which a teller of a story says no louder."""
_SAME_SOURCE = 1.5
"""A source seldom tells one event twice in other words: log odds against that, where
both give no day or figure. Not more, for some sources pass on what others write."""
_FOREIGN = 3.6
"""So much more is asked of languages of which we do not know the function words."""
_TELLERS = 3
"""The best tellers of a story that are asked: one alone may be an odd one out."""
_PARTICULAR = 0.06
"""Part of the names that both have, without which words alone say nothing, but for a
day or a figure that both give."""
_FEW_NAMES = 200.0
_FEW_WORDS = 10.0
"""What is added to what a text says, as if it went on with things that the other does
not say: all of little is little."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored entry that may tell of the same event."""

    entry_id: int
    story: int
    gist: Gist


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely two texts tell of one event, and why."""

    score: float
    """0 to 1; from a half on it is more likely than not."""
    evidence: tuple[Evidence, ...] = ()
    conflict: str = ""
    """What speaks against it for good: ``form`` (one form about two things),
    ``figures`` (the same, with other figures) or ``part`` (parts of a series)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The story of an entry that tells of its event in other words."""

    story: int
    bond: Bond


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What one teller of a story says."""

    odds: float
    candidate: Candidate
    theirs: Weighed


def marks(gist: Gist, rarity: Rarity) -> tuple[int, ...]:
    """Numbers of 62 bits under which an entry is kept, to be found by."""
    if not gist.tells:
        return ()
    span = _span(gist.at)
    return tuple(span | hashed for hashed in _hashes(gist, rarity, _KEPT))


def looked_for(gist: Gist, rarity: Rarity, within: timedelta) -> tuple[int, ...]:
    """Numbers under which others may be kept that tell of the same event.

    Those of its own span of days, and of all that are ``within`` reach.
    """
    if not gist.tells:
        return ()
    hours = int(within.total_seconds()) // 3_600
    first, last = (gist.at - hours) // _SPAN, (gist.at + hours) // _SPAN
    spans = [_span(at * _SPAN) for at in range(first, last + 1)]
    asked = _hashes(gist, rarity, _ASKED)
    return tuple(span | hashed for hashed in asked for span in spans)


def may_be_event(shared: int) -> bool:
    """Whether an entry that has so many marks in common is worth a closer look."""
    return shared >= _SHARED


def same_event(gist: Gist, other: Gist, rarity: Rarity) -> Likelihood:
    """How likely two texts tell of one event; the order does not matter."""
    ours, theirs = weigh(gist, rarity), weigh(other, rarity)
    conflict = conflict_of(ours, theirs)
    return Likelihood(
        score=0.0 if conflict else _likely(_odds(ours, theirs)),
        evidence=evidence_of(ours, theirs),
        conflict=conflict,
    )


def place_event(
    gist: Gist,
    candidates: Sequence[Candidate],
    rarity: Rarity,
    within: timedelta,
) -> Placed | None:
    """The story that ``gist`` tells too, or None.

    Of each story the tellers that are most like it are asked. One of them may be on
    the same form about something else, and then it says no.
    """
    if not gist.tells:
        return None
    hours = within.total_seconds() / 3_600
    ours = weigh(gist, rarity)
    stories: dict[int, list[_Opinion]] = defaultdict(list)
    for one in candidates:
        if abs(one.gist.at - gist.at) <= hours:
            theirs = weigh(one.gist, rarity)
            odds = _opinion(ours, theirs)
            odds = max(odds - _doubt(ours, theirs), _LEAST)
            stories[one.story].append(_Opinion(odds, one, theirs))
    if not stories:
        return None
    odds, _, story = max(
        (_heard(told), -story, story) for story, told in stories.items()
    )
    if odds < 0:
        return None
    best = max(stories[story], key=lambda said: (said.odds, -said.candidate.entry_id))
    bond = Bond(
        relation=Relation.EVENT,
        score=round(_likely(odds), 3),
        to=best.candidate.entry_id,
        evidence=evidence_of(ours, best.theirs),
    )
    return Placed(story, bond)


def _doubt(ours: Weighed, theirs: Weighed) -> float:
    """Log odds against one event, for what is not in the words."""
    one, other = ours.gist, theirs.gist
    doubt = 0.0 if one.familiar and other.familiar else _FOREIGN
    agree = ours.days & theirs.days or ours.figures & theirs.figures
    return doubt if agree or one.source != other.source else doubt + _SAME_SOURCE


def _opinion(ours: Weighed, theirs: Weighed) -> float:
    """Log odds, and the least there are for what cannot be."""
    odds = _odds(ours, theirs)
    if odds <= _LEAST or conflict_of(ours, theirs):
        return _LEAST
    return odds


def _heard(told: Sequence[_Opinion]) -> float:
    best = sorted((said.odds for said in told), reverse=True)[:_TELLERS]
    return sum(best) / len(best)


def _odds(ours: Weighed, theirs: Weighed) -> float:
    """The log odds that two texts tell of one event."""
    alike = cosine(ours, theirs)
    if not alike:
        return 2 * _LEAST
    short, long = sorted((ours.size, theirs.size))
    odds = _NONE + _WORDS * log(alike) + _LONGER * log(long / short)
    names = _both(ours, theirs, (ours.names, theirs.names), _FEW_NAMES)
    day, figure = ours.days & theirs.days, ours.figures & theirs.figures
    if names < _PARTICULAR and not day and not figure:
        return 2 * _LEAST
    odds += _NAMES * names
    odds += _HEAD * _both(ours, theirs, (ours.head, theirs.head), _FEW_WORDS)
    if day:
        odds += _DAY
    if figure:
        odds += _FIGURE
    elif ours.figures and theirs.figures and _apart(ours, theirs):
        odds += _OTHER_FIGURES
    if ours.years and theirs.years and ours.years.isdisjoint(theirs.years):
        odds += _OTHER_YEARS
    return odds


def _both(
    ours: Weighed,
    theirs: Weighed,
    told: tuple[dict[str, float], dict[str, float]],
    more: float,
) -> float:
    """The part of what we ``told`` that they have, and the other way: the mean."""
    one = part_shared(told[0], theirs.gist.terms, more)
    return (one + part_shared(told[1], ours.gist.terms, more)) / 2


def _apart(ours: Weighed, theirs: Weighed) -> bool:
    """Neither gives first any figure that the other gives at all."""
    return ours.figures.isdisjoint(theirs.gist.terms) and theirs.figures.isdisjoint(
        ours.gist.terms
    )


def _likely(odds: float) -> float:
    return 1 / (1 + exp(-odds))


# ── What an entry is found by ────────────────────────────────────────────────


def _hashes(gist: Gist, rarity: Rarity, most: int) -> list[int]:
    """Of its most telling terms: much said in it, and rare elsewhere."""
    ours = weigh(gist, rarity)
    worth = dict(ours.words)
    for name in gist.names & worth.keys():
        worth[name] *= _NAMED
    worth |= {figure: ours.weights[figure] for figure in ours.figures}
    told = sorted(worth, key=lambda term: (-worth[term], term))[:most]
    return [_hashed(term) for term in told]


@lru_cache(maxsize=30_000)
def _hashed(term: str) -> int:
    said = term.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=_HASH // 8).digest(), "big")


def _span(hours: int) -> int:
    """The span of days that ``hours`` lies in, above the bits of a term."""
    return (hours // _SPAN) % (1 << _SPANS) << _HASH
