"""What the filters of a query name: categories, sources, documents, languages, days."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from syndicate.model import Category, Source
from syndicate.store import Connection, search
from syndicate.store.conditions import Narrowing
from syndicate.text.clean import slug
from syndicate.text.query import Field, Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a filter may name, beside what the store knows."""

    sources: Mapping[str, Source]
    categories: Sequence[Category]
    zone: str
    """Whose days ``since`` and ``until`` are."""


def narrowing(
    connection: Connection, named: Named, filters: Sequence[Filter]
) -> tuple[Narrowing, list[Filter]]:
    """What filters let through, and those that name nothing.

    Of several of one kind any will do, of days all must hold.
    """
    names: defaultdict[str, list[Any]] = defaultdict(list)
    since: list[int] = []
    until: list[int] = []
    unknown: list[Filter] = []
    for one in filters:
        if one.field in (Field.SINCE, Field.UNTIL):
            days = day_span(one.value, named.zone)
            if days is None or one.excluded:
                unknown.append(one)
            elif one.field is Field.SINCE:
                since.append(days[0])
            else:
                until.append(days[1])
            continue
        found = _named(connection, named, one)
        if not found:
            unknown.append(one)
        names[_PARTS[one.field][one.excluded]] += found
    some: dict[str, Any] = {
        name: tuple(dict.fromkeys(found)) for name, found in names.items()
    }
    some |= {"since": max(since, default=None), "until": min(until, default=None)}
    some["spoken_by"] = _speakers(named, some.get("languages", ()))
    some["no_spoken_by"] = _speakers(named, some.get("no_languages", ()))
    return Narrowing(**some), unknown


_PARTS = {
    Field.CATEGORY: ("categories", "no_categories"),
    Field.SOURCE: ("sources", "no_sources"),
    Field.DOCUMENT: ("documents", "no_documents"),
    Field.LANGUAGE: ("languages", "no_languages"),
}
"""Field → what it fills of a Narrowing: wanted, and not wanted."""


def _named(connection: Connection, named: Named, one: Filter) -> Sequence[Any]:
    """What a filter names: slugs, keys, numbers of documents, a language."""
    value = one.value
    if one.field is Field.CATEGORY:
        return _called(value, ((each.slug, each.title) for each in named.categories))
    if one.field is Field.SOURCE:
        titled = ((each.key, each.title) for each in named.sources.values())
        return _called(value, titled)
    if one.field is Field.DOCUMENT:
        return search.documents_called(connection, value)
    language = value.strip().replace("_", "-").partition("-")[0].lower()
    return (language,) if language.isalpha() else ()


def _called(value: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """The keys that ``value`` is or, with or without marks, whose title it is."""
    wanted = slug(value)
    return [key for key, title in known if wanted in (slug(key), slug(title))]


def _speakers(named: Named, languages: Collection[str]) -> tuple[str, ...]:
    """The sources whose entries are in one of ``languages``."""
    return tuple(
        source.key
        for source in named.sources.values()
        if source.language.replace("_", "-").partition("-")[0].lower() in languages
    )


_DAY = re.compile(
    r"(?:(?:(?P<d>\d{1,2})[-/.])?(?P<m>\d{1,2})[-/.])?(?P<y>\d{4})"
    r"|(?P<iy>\d{4})-(?P<im>\d{1,2})(?:-(?P<id>\d{1,2}))?"
)


def day_span(said: str, zone: str) -> tuple[int, int] | None:
    """The day, month or year that ``said`` names, in ``zone``; None for none.

    As seconds since 1970, of its first moment and of the first after it. Days are
    written ``22/11/2026`` or ``2026-11-22``, months ``11/2026``, years ``2026``.
    """
    found = _DAY.fullmatch(said.strip())
    if found is None:
        return None
    year = int(found["y"] or found["iy"])
    month, day = found["m"] or found["im"], found["d"] or found["id"]
    try:
        first = date(year, int(month or 1), int(day or 1))
        if day:
            last = first
        elif month:
            last = date(year + first.month // 12, first.month % 12 + 1, 1)
            last -= timedelta(days=1)
        else:
            last = date(year, 12, 31)
        after = last + timedelta(days=1)
        there = ZoneInfo(zone)
        start, end = (datetime.combine(at, time(), there) for at in (first, after))
        return int(start.timestamp()), int(end.timestamp())
    except (ValueError, OverflowError):
        return None
