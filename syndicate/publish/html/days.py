"""Pages by day: a day's stories, a month as a calendar, and all months (pure).

``day/2026-11-22.html`` has the stories of that day, the newest first. A day with more
than :data:`PART` of them is cut from the morning on, so that a part that is full stays
as it is: ``day/2026-11-22-1.html`` is the first, and the page of the day the last.
"""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from syndicate.model import Dated, Precision, Site
from syndicate.publish.forms.addresses import home, public
from syndicate.publish.forms.fragments import Document, packed_whole
from syndicate.publish.html.pages import joined, page, up
from syndicate.templating import Templates
from syndicate.translate import date_said, month_name, translation, weekday_names

FOLDER = "day"
PART = 200
"""Stories on one page of a day."""
SHOWN = 1_000
"""Stories of one day that its pages show: a backlog without dates may be its day."""
LIST = "days.html"


def day_of(dated: Dated | None, seen: datetime, site: Site) -> str:
    """Return the day on whose page a story stands: "2026-11-22".

    It is the day that readers are shown, else the day on which we first had it.
    """
    if dated is not None and dated.precision is Precision.DAY:
        # A day is a day: moved to another zone, its midnight would be another one.
        return dated.value.date().isoformat()
    at = seen if dated is None else dated.value
    return at.astimezone(ZoneInfo(site.timezone)).date().isoformat()


def day_path(day: str, part: int = 0) -> str:
    """Return the path of a day's page, or of one of its full parts."""
    return f"{FOLDER}/{day}-{part}.html" if part else f"{FOLDER}/{day}.html"


def month_path(month: str) -> str:
    """Return the path of a month's page."""
    return f"{FOLDER}/{month}.html"


def day_pages(
    day: str,
    stories: Sequence[bytes],
    *,
    count: int,
    beside: tuple[str, str],
    site: Site,
    templates: Templates,
) -> dict[str, Document]:
    """Write the pages of a day: path → document.

    ``stories`` are fragments, the newest first, of ``count`` altogether; ``beside`` are
    the days before and after that have pages, or "". Raises TemplateError.
    """
    earlier, later = beside
    full = max(len(stories) - 1, 0) // PART
    from_morning = stories[::-1]
    parts = [
        from_morning[number * PART : (number + 1) * PART][::-1]
        for number in range(full + 1)
    ]
    made = {}
    for number, some in enumerate(parts, start=1):
        path = day_path(day, number if number <= full else 0)
        later_part = "" if number > full else day_path(day, _last(number + 1, full))
        made[path] = page(
            templates,
            "web/day.html",
            site=site,
            up=up(path),
            here=public(site, path),
            home=home(site),
            title=said_day(day, site),
            month=day[:7],
            month_said=said_month(day[:7], site),
            count=count,
            shown=len(stories),
            part=number if full else 0,
            stories=joined(some, up(path)),
            later_part=later_part and up(path) + later_part,
            earlier_part=up(path) + day_path(day, number - 1) if number > 1 else "",
            earlier=earlier and up(path) + day_path(earlier),
            later=later and up(path) + day_path(later),
            earlier_said=earlier and said_day(earlier, site),
            later_said=later and said_day(later, site),
        )
    return {path: packed_whole(content) for path, content in made.items()}


def _last(number: int, full: int) -> int:
    return number if number <= full else 0


def month_page(
    month: str,
    counts: Mapping[str, int],
    *,
    earlier: str,
    later: str,
    site: Site,
    templates: Templates,
) -> Document:
    """Write a month as a calendar; ``counts``: stories by day. Raises TemplateError."""
    path = month_path(month)
    made = page(
        templates,
        "web/month.html",
        site=site,
        up=up(path),
        here=public(site, path),
        home=home(site),
        title=said_month(month, site),
        weekdays=weekday_names(site.language),
        weeks=_weeks(month, counts, site),
        earlier=earlier and up(path) + month_path(earlier),
        later=later and up(path) + month_path(later),
        earlier_said=earlier and said_month(earlier, site),
        later_said=later and said_month(later, site),
    )
    return packed_whole(made)


def days_page(months: Sequence[str], *, site: Site, templates: Templates) -> Document:
    """Write the list of all ``months`` ("2026-11") with stories, the newest first."""
    newest_first = sorted(months, reverse=True)
    years = [
        (year, [(month_path(each), said_month(each, site)) for each in some])
        for year, some in groupby(newest_first, key=lambda month: month[:4])
    ]
    made = page(
        templates,
        "web/days.html",
        site=site,
        up="",
        here=public(site, LIST),
        home=home(site),
        years=years,
    )
    return packed_whole(made)


def said_day(day: str, site: Site) -> str:
    """Say a day: "Chủ Nhật, ngày 22/11/2026"."""
    on = date.fromisoformat(day)
    return date_said(on, language=site.language)


def said_month(month: str, site: Site) -> str:
    """Say a month: "Tháng 11 năm 2026"."""
    return month_name(date.fromisoformat(f"{month}-01"), language=site.language)


def _weeks(
    month: str, counts: Mapping[str, int], site: Site
) -> list[list[tuple[str, str, str]]]:
    """Return the weeks of a month, Monday first: (day, path, words) for each day."""
    ngettext = translation(site.language).ngettext
    year, number = int(month[:4]), int(month[5:7])

    def cell(day: int) -> tuple[str, str, str]:
        name = f"{month}-{day:02}"
        count = counts.get(name, 0)
        if not count:
            return (str(day or ""), "", "")
        said = ngettext("{n} story", "{n} stories", count).format(n=count)
        return (str(day), day_path(name), said)

    return [
        [cell(day) for day in week]
        for week in Calendar().monthdayscalendar(year, number)
    ]
