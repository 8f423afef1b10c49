"""Which pages of days and months have to be made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from syndicate.publish.units import Unit, UnitKind
from syndicate.store import Connection, permalinks
from syndicate.store.permalinks import Permalink

_MONTH = len("2026-11")


class Days:
    """Days and months as they are before stories change, to be compared after."""

    def __init__(self, connection: Connection, links: Iterable[Permalink]) -> None:
        self._connection = connection
        self._of: dict[str, set[str]] = {}
        for link in links:
            self._of.setdefault(link.uid, set()).add(link.day)
        all_days = {day for days in self._of.values() for day in days}
        self._days = permalinks.days_with(connection, all_days)
        self._months = permalinks.months(connection) if all_days else []

    def units(self, uids: Collection[str]) -> Iterator[Unit]:
        """Name the units of stories that changed, once that is kept.

        A day that gets its first story or loses its last one stands between others,
        whose pages lead to it; so does a month.
        """
        days = {day for uid in uids for day in self._of.get(uid, ())}
        moved = days & (self._days ^ permalinks.days_with(self._connection, days))
        for day in sorted(moved):
            days.update(filter(None, permalinks.days_beside(self._connection, day)))
        for day in sorted(days):
            yield Unit(UnitKind.DAY, day)
        months = {day[:_MONTH] for day in days}
        if moved:
            yield Unit(UnitKind.SITE, "sitemap")
            now = permalinks.months(self._connection)
            beside = _beside({*self._months} ^ {*now}, now)
            months |= beside
            if {*self._months} ^ {*now}:
                yield Unit(UnitKind.SITE, "lists")
        for month in sorted(months):
            yield Unit(UnitKind.MONTH, month)


def _beside(moved: Collection[str], there: Collection[str]) -> set[str]:
    """Name the months that came or went, and those on both sides of them."""
    found = set(moved)
    for month in moved:
        before = [one for one in there if one < month]
        after = [one for one in there if one > month]
        found |= {*before[-1:], *after[:1]}
    return found
