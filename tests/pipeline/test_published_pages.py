"""The pages of a whole folder, as a visitor walks through them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import etree, html

from syndicate.model import Feed
from syndicate.pipeline.publishing import publish
from syndicate.store import entries

BASE = "https://ban-tin.example/feeds/"


@pytest.fixture
def published(desk, clock):
    """Publish what the desk has now; gives the folder."""

    def written(**given) -> Path:
        work = desk.publishing(**given)
        assert publish(work, clock.now).failed == ()
        return work.folder

    return written


def paths(folder: Path) -> set[str]:
    found = (one.relative_to(folder).as_posix() for one in folder.rglob("*.*"))
    return {path for path in found if not path.endswith((".gz", ".br", ".zst"))}


def links(folder: Path, path: str) -> set[str]:
    """Return where a page of the folder leads inside of it."""
    page = html.document_fromstring((folder / path).read_text(encoding="utf-8"))
    leads = (
        urljoin(BASE + path, each) for each in page.xpath("//a/@href|//link/@href")
    )
    inside = (urlsplit(each)._replace(fragment="").geturl() for each in leads)
    return {unquote(one.removeprefix(BASE)) for one in inside if one.startswith(BASE)}


def test_every_way_inside_the_folder_leads_to_a_document(desk, published):
    desk.with_news(*range(1, 31))
    feeds = (Feed(key="cua-toi/hai", title="Hai", limit=2),)
    folder = published(feeds=feeds)
    there = paths(folder)
    pages = {path for path in there if path.endswith(".html")}
    broken = {path: links(folder, path) - there for path in pages}
    assert {path: some for path, some in broken.items() if some} == {}
    assert {path.partition("/")[0] for path in pages} >= {
        "index.html",
        "days.html",
        "story",
        "day",
        "source",
        "category",
        "archive",
    }


def test_every_page_can_be_reached_from_the_front_page(desk, published):
    desk.with_news(*range(1, 31))
    folder = published(feeds=(Feed(key="it", title="Ít", limit=2),))
    met, to_see = {"index.html"}, ["index.html"]
    while to_see:
        path = to_see.pop()
        new = links(folder, path) - met if path.endswith(".html") else set()
        met |= new
        to_see += new
    unmet = {path for path in paths(folder) - met if path.endswith(".html")}
    # Nothing cites a document here, so the front page does not name their lists.
    assert unmet == {"documents.html", "documents-newest.html"}


def test_every_address_of_the_sitemaps_is_a_document(desk, published):
    folder = published() if desk.with_news(1, 2, 3) else None
    seen, to_read = set(), ["sitemap.xml"]
    while to_read:
        tree = etree.parse(folder / to_read.pop())
        listed = {one.text.removeprefix(BASE) for one in tree.iter("{*}loc")}
        to_read += [path for path in listed if path.endswith(".xml")]
        seen |= listed
    assert seen <= paths(folder)
    assert sum(path.startswith("story/") for path in seen) == 3


def test_headlines_stand_beside_every_feed(desk, published):
    folder = published() if desk.with_news(1, 2, 3) else None
    feeds = {path for path in paths(folder) if path.endswith(".atom")}
    own = {path for path in feeds if not path.startswith(("archive/", "document/"))}
    assert own
    assert {path.replace(".atom", ".headlines.json") for path in own} <= paths(folder)


def test_a_withdrawn_story_leaves_day_and_lists_and_says_so_on_its_page(
    desk, published, clock
):
    folder = published() if desk.with_news(1, 2, 3) else None
    gone = desk.stories()[0]
    clock.advance(hours=1)
    with desk.database.write() as connection:
        for stored in gone.entries:
            entries.withdraw(connection, stored.id, clock.now)
    published()
    page = (folder / f"story/{gone.uid}.html").read_text(encoding="utf-8")
    assert 'data-status="410"' in page
    assert gone.lead.entry.title not in page
    others = [path for path in paths(folder) if not path.startswith("story/")]
    told = f"story/{gone.uid}.html"
    assert not [
        path
        for path in others
        if path.endswith((".html", ".xml")) and told in (folder / path).read_text()
    ]


def test_a_second_day_joins_the_first(desk, web, published, clock, words):
    desk.with_news(1)
    folder = published()
    (first,) = (path for path in paths(folder) if path.startswith("day/2026-10-"))
    assert not links(folder, first) & {"day/2026-10-15.html"}
    clock.advance(days=1)
    later = words.item(2, at=clock.now - timedelta(hours=1))
    web.pages[desk.sources["tin"].url] = words.rss(words.item(1), later)
    desk.visit("tin")
    published()
    second = "day/2026-10-15.html"
    assert second in links(folder, first)
    assert first in links(folder, second)
    assert {first, second} <= links(folder, "day/2026-10.html")
    index = (folder / "sitemap.xml").read_text()
    assert "sitemap/2026-10-15.xml" in index
