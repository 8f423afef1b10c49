"""Sitemaps, as sitemaps.org asks for them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

from lxml import etree

from syndicate.model import Feed
from syndicate.publish.html.sitemaps import (
    MOST,
    Listed,
    day_sitemap,
    feeds_sitemap,
    sitemap_index,
)

BASE = "https://ban-tin.example/feeds"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
AT = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)


def rows(content: bytes) -> list[tuple[str, str]]:
    tree = etree.fromstring(content)
    return [
        (
            each.findtext("s:loc", namespaces=SPACE),
            each.findtext("s:lastmod", "", namespaces=SPACE),
        )
        for each in tree
    ]


def test_a_day_lists_its_page_and_those_stories_that_are_our_own(site):
    told = [
        Listed("a", AT, True),
        Listed("b", AT + timedelta(hours=1), True),
        Listed("c", AT, False),
    ]
    made = day_sitemap("2026-11-20", told, site=site)
    assert rows(made.content) == [
        (f"{BASE}/day/2026-11-20.html", "2026-11-20T02:02:03Z"),
        (f"{BASE}/story/a.html", "2026-11-20T01:02:03Z"),
        (f"{BASE}/story/b.html", "2026-11-20T02:02:03Z"),
    ]
    assert gzip.decompress(made.packed) == made.content


def test_a_day_of_a_great_import_stays_within_the_limits(site):
    told = [Listed(f"u{n:06}", AT, True) for n in range(60_000)]
    made = day_sitemap("2026-11-20", told, site=site)
    assert len(rows(made.content)) == MOST <= 50_000
    assert len(made.content) <= 50 * 2**20


def test_the_pages_of_feeds_are_listed_once_and_addresses_are_escaped(site):
    feeds = [Feed(key="all", title="A"), Feed(key="all", title="B")]
    feeds.append(Feed(key="của-tôi", title="C"))
    found = [address for address, _at in rows(feeds_sitemap(feeds, site=site).content)]
    assert found == [
        f"{BASE}/index.html",
        f"{BASE}/days.html",
        f"{BASE}/all.html",
        f"{BASE}/c%E1%BB%A7a-t%C3%B4i.html",
    ]


def test_the_index_names_sitemaps_and_nothing_that_changes_by_itself(site):
    made = sitemap_index(["2026-11-19", "2026-11-20"], site=site)
    assert etree.fromstring(made.content).tag.endswith("}sitemapindex")
    assert rows(made.content) == [
        (f"{BASE}/sitemap/feeds.xml", ""),
        (f"{BASE}/sitemap/2026-11-19.xml", ""),
        (f"{BASE}/sitemap/2026-11-20.xml", ""),
    ]
