"""Who leads a story: of several tellers, the one that readers are sent to.

Portals repost each other and say so in a line under the text ("Nguồn: …", "Theo
Báo …"). The producer leads, not whoever we happened to ask first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from syndicate.model import Dated, Precision, Source, StoredEntry
from syndicate.text.clean import words
from syndicate.text.urls import host

_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_UNKNOWN_RANK = 100
"""As in :class:`~syndicate.model.Source`."""
_COARSE = (Precision.DAY, Precision.HOUR, Precision.MINUTE, Precision.SECOND)


class LeadReason(StrEnum):
    """Why a teller leads: the preference that decided between it and the others."""

    CHOSEN = "chosen"
    """An editor chose it."""
    ALONE = "alone"
    """Nobody else tells the story."""
    STANDS = "stands"
    """All others are withdrawn."""
    CREDITED = "credited"
    """Another teller names it as the producer."""
    OWN = "own"
    """It credits nobody, as the others do."""
    RANK = "rank"
    """Its source has the smallest rank."""
    EARLIEST = "earliest"
    """It was published first."""
    SEEN_FIRST = "seen-first"
    """We had it first, and no date tells more."""
    LONGEST = "longest"
    """It is the longest of those that came together."""
    BY_NAME = "by-name"
    """All else is equal: the first by source and address."""


class Telling(Protocol):
    """What of a teller has a say in who leads; none of its long texts."""

    @property
    def id(self) -> int:
        """Its number in the store."""

    @property
    def source(self) -> str:
        """Key of its source."""

    @property
    def url(self) -> str:
        """Its canonical address."""

    @property
    def credit(self) -> str:
        """The producer that it names."""

    @property
    def published(self) -> Dated | None:
        """When it was published."""

    @property
    def seen_at(self) -> datetime:
        """When we saw it first."""

    @property
    def withdrawn_at(self) -> datetime | None:
        """When its source took it back."""

    @property
    def length(self) -> int:
        """Characters of its text."""


Teller = TypeVar("Teller", bound=Telling)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A whole entry as a teller."""

    whole: StoredEntry
    id: int
    source: str
    url: str
    credit: str
    published: Dated | None
    seen_at: datetime
    withdrawn_at: datetime | None
    length: int


def lead_of(
    entries: Sequence[StoredEntry], sources: Mapping[str, Source]
) -> StoredEntry:
    """Choose the teller that leads, as :func:`leading` does."""
    return leading([_as_teller(one) for one in entries], sources).whole


def _as_teller(one: StoredEntry) -> _Stored:
    entry = one.entry
    return _Stored(
        whole=one,
        id=one.id,
        source=entry.source,
        url=entry.url,
        credit=entry.credit,
        published=entry.published,
        seen_at=one.seen_at,
        withdrawn_at=one.withdrawn_at,
        length=len(entry.text),
    )


def leading(tellers: Sequence[Teller], sources: Mapping[str, Source]) -> Teller:
    """Choose the teller that leads; the answer does not depend on the order.

    First of all one that still stands. Then the producer: a teller whose source
    another one credits, and rather one that credits nobody itself. Then the smaller
    rank, the earlier publication (compared as exactly as the less exact date
    allows), the earlier sight, the longer text; of equals the first by source and
    address, which do not depend on who was asked first. ``tellers`` must not be
    empty; a source that is not in ``sources`` has the default rank.
    """
    return _narrowed(tellers, sources)[0]


def why_leads_of(
    entries: Sequence[StoredEntry], sources: Mapping[str, Source]
) -> LeadReason:
    """Say why :func:`lead_of` chooses whom it chooses, as :func:`why_leads` does."""
    return why_leads([_as_teller(one) for one in entries], sources)


def why_leads(tellers: Sequence[Telling], sources: Mapping[str, Source]) -> LeadReason:
    """Say what was the last thing that put the leader before somebody else.

    Of :func:`leading`; ``tellers`` must not be empty.
    """
    return _narrowed(tellers, sources)[1]


def _narrowed(
    tellers: Sequence[Teller], sources: Mapping[str, Source]
) -> tuple[Teller, LeadReason]:
    """The leader, and the preference that left it alone."""
    if len(tellers) == 1:
        return tellers[0], LeadReason.ALONE
    # Once for all: an event may have hundreds of tellers, few of which name anybody.
    credited = {(one.source, one.credit) for one in tellers if one.credit.strip()}
    preferences: tuple[tuple[LeadReason, Callable[[Teller], int]], ...] = (
        (LeadReason.STANDS, lambda one: one.withdrawn_at is not None),
        (LeadReason.CREDITED, lambda one: not _is_credited(one, credited, sources)),
        (LeadReason.OWN, lambda one: _credits_another(one, sources)),
        (LeadReason.RANK, lambda one: _rank(one, sources)),
    )
    rivals = list(tellers)
    for reason, preference in preferences:
        told = [preference(one) for one in rivals]
        best = min(told)
        rivals = [one for one, each in zip(rivals, told, strict=True) if each == best]
        if len(rivals) == 1:
            return rivals[0], reason
    rivals = _earliest(rivals, sources)
    if len(rivals) == 1:
        return rivals[0], LeadReason.EARLIEST
    first = min(rivals, key=_preferred)
    return first, _settled(first, rivals)


def _settled(first: Telling, rivals: Sequence[Telling]) -> LeadReason:
    """What of :func:`_preferred` put ``first`` before all others."""
    others = [one for one in rivals if one is not first]
    if all(one.seen_at != first.seen_at for one in others):
        return LeadReason.SEEN_FIRST
    if all(_preferred(one)[:2] != _preferred(first)[:2] for one in others):
        return LeadReason.LONGEST
    return LeadReason.BY_NAME


def _preferred(one: Telling) -> tuple[datetime, int, str, str, int]:
    return (one.seen_at, -one.length, one.source, one.url, one.id)


def names_source(credit: str, source: Source) -> bool:
    """Whether a credit line ("Nguồn: bentre.dcs.vn", "Báo X") means ``source``.

    It does by a host of the source (or one below it), by its title or by another
    name of ``hosts``; three words of a long name are enough ("Đảng ủy Khối").
    """
    if not credit or credit.isspace():
        return False
    addresses = {host(url) for url in (source.url, source.home) if url}
    aliases = {name.lower().removeprefix("www.") for name in source.hosts}
    known = {name for name in addresses | aliases if name}
    for found in _HOST.findall(credit):
        said = found.lower().removeprefix("www.")
        if any(said == name or said.endswith(f".{name}") for name in known):
            return True
    spoken = (source.title, *(name for name in source.hosts if "." not in name))
    return any(_same_name(words(credit), words(name)) for name in spoken)


def _same_name(credit: list[str], name: list[str]) -> bool:
    """``credit`` holds the whole ``name``, or shortens it recognisably."""
    if len(name) >= 2 and _holds(credit, name):
        return True
    shortened = len(credit) >= 3 or (len(credit) == 2 and len(name) <= 4)
    return credit == name or (shortened and _holds(name, credit))


def _holds(long: list[str], short: list[str]) -> bool:
    """The words of ``short`` stand together in ``long``."""
    return f" {' '.join(short)} " in f" {' '.join(long)} "


def _rank(one: Telling, sources: Mapping[str, Source]) -> int:
    """As configured; the default for a source that no longer is."""
    source = sources.get(one.source)
    return source.rank if source else _UNKNOWN_RANK


def _is_credited(
    one: Telling, credited: Set[tuple[str, str]], sources: Mapping[str, Source]
) -> bool:
    """Another source that tells the story names this one.

    ``credited`` holds (source, whom it names).
    """
    source = sources.get(one.source)
    return source is not None and any(
        names_source(credit, source) for by, credit in credited if by != one.source
    )


def _credits_another(one: Telling, sources: Mapping[str, Source]) -> bool:
    """It names a producer, and that is not itself."""
    credit = one.credit.strip()
    source = sources.get(one.source)
    return bool(credit) and not (source is not None and names_source(credit, source))


def _earliest(rivals: list[Teller], sources: Mapping[str, Source]) -> list[Teller]:
    """Those published first, as far as the least exact date of that day can tell."""
    dated = [
        (_local(one.published, sources.get(one.source)), one)
        for one in rivals
        if one.published is not None
    ]
    if not dated:
        return rivals
    first_day: date = min(when.date() for when, _ in dated)
    that_day = [(when, one) for when, one in dated if when.date() == first_day]
    exactness = min(
        _COARSE.index(one.published.precision)
        for _, one in that_day
        if one.published is not None
    )
    if exactness == _COARSE.index(Precision.DAY):
        return [one for _, one in that_day]
    moments = [(_truncated(when, _COARSE[exactness]), one) for when, one in that_day]
    first = min(moment for moment, _ in moments)
    return [one for moment, one in moments if moment == first]


def _local(published: Dated, source: Source | None) -> datetime:
    """The moment on the clock of the source."""
    return (
        published.value.astimezone(ZoneInfo(source.timezone))
        if source
        else published.value
    )


def _truncated(when: datetime, precision: Precision) -> datetime:
    """The moment as exactly as ``precision`` knows it; never finer."""
    if precision is Precision.HOUR:
        return when.replace(minute=0, second=0, microsecond=0)
    if precision is Precision.MINUTE:
        return when.replace(second=0, microsecond=0)
    return when
