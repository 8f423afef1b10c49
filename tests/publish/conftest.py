"""Stories of our own making, and the templates of the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from lxml.html import HtmlElement, document_fromstring

from syndicate.model import (
    Bond,
    Category,
    Citation,
    Dated,
    DateOrigin,
    Enclosure,
    Entry,
    Image,
    Label,
    Precision,
    Relation,
    Rights,
    Site,
    Source,
    SourceKind,
    StoredEntry,
    Story,
)
from syndicate.publish.forms.item import items
from syndicate.publish.forms.jsonfeed import ABOUT
from syndicate.publish.forms.opml import opml, published_outlines, source_outlines
from syndicate.publish.forms.whole import feed_files
from syndicate.publish.html import pages
from syndicate.publish.html.aboutpage import about_page
from syndicate.publish.select import select
from syndicate.templating import Templates, templates

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SEEN = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return SEEN + timedelta(hours=6)


@pytest.fixture
def site() -> Site:
    return Site(
        title="Bản tin Cửu Hà",
        base_url="https://ban-tin.example",
        description="Tin tức từ các cổng thông tin tỉnh Cửu Hà",
        contact="bien-tap@ban-tin.example",
        id_authority="ban-tin.example,2026",
    )


@pytest.fixture
def categories() -> tuple[Category, ...]:
    return (
        Category(slug="xay-dung-dang", title="Xây dựng Đảng"),
        Category(slug="nong-thon-moi", title="Nông thôn mới"),
    )


@pytest.fixture
def sources() -> dict[str, Source]:
    return {
        "khoi": Source(
            key="khoi",
            title="Đảng ủy Khối Cửu Hà",
            kind=SourceKind.LISTING,
            url="https://khoi.cuuha.example/tin-tuc",
            home="https://khoi.cuuha.example/",
            rights=Rights.FULL,
        ),
        "bao": Source(
            key="bao",
            title="Báo Cửu Hà",
            kind=SourceKind.FEED,
            url="https://bao.cuuha.example/rss",
            rights=Rights.EXTRACT,
        ),
        "truong": Source(
            key="truong",
            title="Trường Chính trị",
            kind=SourceKind.FEED,
            url="https://truong.cuuha.example/feed",
            rights=Rights.LINK,
        ),
    }


@pytest.fixture
def published() -> Dated:
    return Dated(
        value=datetime(2026, 10, 12, 14, 30, tzinfo=ZONE),
        precision=Precision.MINUTE,
        origin=DateOrigin.META,
        raw="12/10/2026 14:30",
    )


@pytest.fixture
def entry(published: Dated) -> Callable[..., Entry]:
    def make(source: str = "khoi", **fields: object) -> Entry:
        given: dict[str, object] = {
            "source": source,
            "url": f"https://{source}.cuuha.example/tin/?/bai/17",
            "title": "Chi bộ ấp Bình Hòa kết nạp đảng viên mới",
            "lead": "Sáng 12/10, chi bộ ấp Bình Hòa tổ chức lễ kết nạp đảng viên.",
            "html": "<p>Buổi lễ diễn ra tại <b>nhà văn hóa ấp</b>.</p>",
            "text": "Buổi lễ diễn ra tại nhà văn hóa ấp.",
            "authors": ("Lê Thị Sáu",),
            "published": published,
            "image": Image(
                url="https://khoi.cuuha.example/a.jpg", caption="Quang cảnh"
            ),
            "enclosures": (
                Enclosure(
                    url="https://khoi.cuuha.example/nq.pdf",
                    type="application/pdf",
                    length=1234,
                ),
            ),
            "language": "vi",
            "citations": (Citation(key="05-CT/TW"), Citation(key="98/2014/NĐ-CP")),
        }
        return Entry(**(given | fields))  # type: ignore[arg-type]  # a test's own form

    return make


@pytest.fixture
def stored() -> Callable[..., StoredEntry]:
    def make(entry: Entry, number: int = 1, **fields: object) -> StoredEntry:
        given: dict[str, object] = {
            "id": number,
            "story": 1,
            "entry": entry,
            "bond": Bond(relation=Relation.FIRST),
            "seen_at": SEEN,
            "changed_at": SEEN,
        }
        return StoredEntry(**(given | fields))  # type: ignore[arg-type]

    return make


@pytest.fixture
def story(
    entry: Callable[..., Entry], stored: Callable[..., StoredEntry]
) -> Callable[..., Story]:
    """Make a story: by number, of one entry unless entries are given."""

    def make(number: int = 1, **fields: object) -> Story:
        url = f"https://khoi.cuuha.example/tin/?/bai/{number}"
        given: dict[str, object] = {
            "id": number,
            "uid": f"uid{number:04}",
            "entries": (stored(entry(url=url), number),),
            "labels": (
                Label(category="nong-thon-moi", reason="", confidence=0.4),
                Label(
                    category="xay-dung-dang", reason="", confidence=0.9, primary=True
                ),
            ),
            "seen_at": SEEN,
            "changed_at": SEEN,
        }
        return Story(**(given | fields))  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def house() -> Templates:
    return templates(language="vi", zone="Asia/Ho_Chi_Minh")


@pytest.fixture(scope="session")
def looked_at() -> Callable[[bytes], HtmlElement]:
    """Read a page as a browser does, and look at what every page must keep to."""

    def read(content: bytes) -> HtmlElement:
        page = document_fromstring(content.decode())
        levels = [
            int(str(each.tag)[1]) for each in page.iter(*(f"h{n}" for n in range(7)))
        ]
        ids = page.xpath("//@id")
        assert content.startswith(b"<!DOCTYPE html>\n<html lang=")
        assert b"\x00" not in content
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert len(ids) == len(set(ids))
        assert set(page.xpath("//@aria-labelledby")) <= set(ids)
        assert len(page.xpath("//main[@id='stories']")) == 1
        assert page.xpath("//a[1]/@href")[0] == "#stories"
        assert not page.xpath("//a[not(@href)] | //img[not(@alt)] | //@style")
        assert not page.xpath("//@*[starts-with(name(), 'on')]")
        assert not page.xpath("//script[@type!='application/ld+json' or not(@type)]")
        return page

    return read


@pytest.fixture(scope="session")
def whole_site() -> Callable[..., dict[str, bytes]]:
    """Make the current documents of a whole site at once: path → bytes.

    The desk makes only what changed, from a store; this is what it must come to.
    """

    def made(stories, feeds, *, site, sources, categories, templates, now):  # type: ignore[no-untyped-def]  # a test's own form
        distinct = {feed.key: feed for feed in reversed(list(feeds))}
        carried = {
            key: items(
                select(feed, stories, sources, now),
                site=site,
                sources=sources,
                categories=categories,
            )
            for key, feed in reversed(distinct.items())
        }
        ordered = [distinct[key] for key in carried]
        told = {item.uid: item for some in carried.values() for item in some}
        parts = {
            uid: pages.story_fragment(item, keys=distinct, templates=templates)
            for uid, item in told.items()
        }
        found = {
            "feeds.opml": opml(site.title, published_outlines(ordered, site)),
            "sources.opml": opml(site.title, source_outlines(sources.values())),
            "style.css": pages.stylesheet(templates),
            "feed.xsl": pages.feed_stylesheet(site, templates),
            ABOUT: about_page(site, templates),
        }
        for feed in ordered:
            shown = [parts[item.uid] for item in carried[feed.key]]
            page = pages.feed_page(feed, shown, site=site, templates=templates)
            found |= feed_files(feed, carried[feed.key], site=site)
            found[f"{feed.key}.html"] = page.content
        first = carried.get("all") or next(iter(carried.values()), ())
        latest = [parts[item.uid] for item in first[: pages.LATEST]]
        index = pages.index(ordered, latest, site=site, templates=templates)
        return found | {"index.html": index.content}

    return made
