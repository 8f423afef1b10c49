"""Who leads a story: of several tellers, the one that readers are sent to.

Portals repost each other and say so in a line under the text ("Nguồn: …", "Theo
Báo …"). The producer leads, not whoever we happened to ask first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from syndicate.model import Dated, Precision, Source, StoredEntry
from syndicate.text.clean import words
from syndicate.text.urls import host

_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_UNKNOWN_RANK = 100
"""As in :class:`~syndicate.model.Source`."""
_COARSE = (Precision.DAY, Precision.HOUR, Precision.MINUTE, Precision.SECOND)


def lead_of(
    entries: Sequence[StoredEntry], sources: Mapping[str, Source]
) -> StoredEntry:
    """Choose the teller that leads; the answer does not depend on the order.

    First of all one that still stands. Then the producer: a teller whose source
    another one credits, and rather one that credits nobody itself. Then the smaller
    rank, the earlier publication (compared as exactly as the less exact date
    allows), the earlier sight, the longer text, the smaller id. ``entries`` must
    not be empty; a source that is not in ``sources`` has the default rank.
    """
    preferences: tuple[Callable[[StoredEntry], int], ...] = (
        lambda one: one.withdrawn_at is not None,
        lambda one: not _is_credited(one, entries, sources),
        lambda one: _credits_another(one, sources),
        lambda one: _rank(one, sources),
    )
    rivals = list(entries)
    for preference in preferences:
        best = min(preference(one) for one in rivals)
        rivals = [one for one in rivals if preference(one) == best]
    rivals = _earliest(rivals, sources)
    return min(rivals, key=lambda one: (one.seen_at, -len(one.entry.text), one.id))


def names_source(credit: str, source: Source) -> bool:
    """Whether a credit line ("Nguồn: bentre.dcs.vn", "Báo X") means ``source``.

    It does by a host of the source (or one below it), by its title or by another
    name of ``hosts``; three words of a long name are enough ("Đảng ủy Khối").
    """
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


def _rank(one: StoredEntry, sources: Mapping[str, Source]) -> int:
    """As configured; the default for a source that no longer is."""
    source = sources.get(one.entry.source)
    return source.rank if source else _UNKNOWN_RANK


def _is_credited(
    one: StoredEntry, entries: Sequence[StoredEntry], sources: Mapping[str, Source]
) -> bool:
    """Another source that tells the story names this one."""
    source = sources.get(one.entry.source)
    return source is not None and any(
        names_source(other.entry.credit, source)
        for other in entries
        if other.entry.source != one.entry.source
    )


def _credits_another(one: StoredEntry, sources: Mapping[str, Source]) -> bool:
    """It names a producer, and that is not itself."""
    credit = one.entry.credit.strip()
    source = sources.get(one.entry.source)
    return bool(credit) and not (source is not None and names_source(credit, source))


def _earliest(
    rivals: list[StoredEntry], sources: Mapping[str, Source]
) -> list[StoredEntry]:
    """Those published first, as far as the least exact date of that day can tell."""
    dated = [
        (_local(one.entry.published, sources.get(one.entry.source)), one)
        for one in rivals
        if one.entry.published is not None
    ]
    if not dated:
        return rivals
    first_day: date = min(when.date() for when, _ in dated)
    that_day = [(when, one) for when, one in dated if when.date() == first_day]
    exactness = min(
        _COARSE.index(one.entry.published.precision)
        for _, one in that_day
        if one.entry.published is not None
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
