"""Headlines of a feed for other sites: a small JSON document (pure).

``<key>.headlines.json`` has what a portal shows beside its own news: title, address,
day and source of the newest stories. ``widget.js`` shows it on any page. It is cut
from the feed's own JSON Feed, so that it says nothing that the feed does not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from syndicate.model import Dated, DateOrigin, Feed, Precision, Site
from syndicate.publish.forms.addresses import public
from syndicate.publish.forms.characters import line
from syndicate.publish.forms.fragments import Document, packed_whole
from syndicate.publish.html.pages import feed_page_path, script_json
from syndicate.translate import moment

MOST = 10
ENDING = "headlines.json"
_NEARLY_A_DAY = timedelta(hours=13)


def headlines_path(key: str) -> str:
    """Return the path of a feed's headlines."""
    return f"{key}.{ENDING}"


def headlines(feed: Feed, stories: Sequence[bytes], *, site: Site) -> Document:
    """Write the headlines of ``feed``.

    ``stories`` are items of its JSON Feed, as they stand in it, the newest first.
    """
    made = {
        "title": line(feed.title) or feed.key,
        "home_page_url": public(site, feed_page_path(feed.key)),
        "language": site.language,
        "items": [_headline(json.loads(one), site) for one in stories[:MOST]],
    }
    return packed_whole(f"{script_json(made)}\n".encode())


def _headline(item: dict[str, Any], site: Site) -> dict[str, str]:
    more = item.get("_syndicate", {})
    published = item.get("date_published", "")
    found = {
        "title": item.get("title", ""),
        "url": item.get("url", ""),
        "source": more.get("source", {}).get("title", ""),
        "day": _day(published, more.get("precision", ""), site),
        "date_published": published,
        "language": item.get("language", ""),
    }
    return {name: value for name, value in found.items() if value}


def _day(published: str, precision: str, site: Site) -> str:
    """Say the day for people: "22/11/2026"; "" where none is known."""
    if not published:
        return ""
    at = datetime.fromisoformat(published)
    if precision == Precision.DAY.value:
        # A midnight somewhere, told in UTC: of the two days beside it that which
        # began then. No zone is further from UTC than this.
        at = at.astimezone(UTC) + _NEARLY_A_DAY
    else:
        at = at.astimezone(ZoneInfo(site.timezone))
    day = Dated(value=at, precision=Precision.DAY, origin=DateOrigin.FEED, raw="")
    return moment(day, language=site.language, zone=site.timezone)
