"""What the documents say, byte by byte: tests/data/publish/golden*.

A change of any of them is a change that every reader sees. It must be meant, and
``rendering.RENDERING`` must change with it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import syndicate
from syndicate.model import Bond, Enclosure, Feed, Relation
from syndicate.publish.forms.frames import Heading
from syndicate.publish.forms.item import items
from syndicate.publish.forms.opml import opml, published_outlines, source_outlines
from syndicate.publish.forms.paging import paging
from syndicate.publish.forms.tombstones import Tombstone
from syndicate.publish.forms.whole import FORMS, last_change, whole
from syndicate.publish.select import standing_feeds
from syndicate.translate import translation

DATA = Path(__file__).resolve().parents[1] / "data" / "publish"
FEED = Feed(key="category/xay-dung-dang", title="Xây dựng Đảng – Bản tin Cửu Hà")
HUBS = ("https://ban-tin.example/hub", "https://hub.example/")
GRAVES = (
    Tombstone(uid="uid0008", at=datetime(2026, 10, 11, 1, 2, 3, 4, tzinfo=UTC)),
    Tombstone(uid="uid0009", at=datetime(2026, 10, 12, 9, tzinfo=UTC), into="uid0001"),
)


@pytest.fixture
def told(site, sources, categories, story, stored, entry):
    """Three stories: with everything, an extract, and one with next to nothing."""
    licensed = replace(
        sources["khoi"], licence="https://creativecommons.org/licenses/by/4.0/"
    )
    worded = replace(sources["bao"], licence="© Báo Cửu Hà, không sửa đổi")
    files = (
        Enclosure(url="https://khoi.cuuha.example/a.pdf", type="application/pdf"),
        Enclosure(url="https://khoi.cuuha.example/b.mp3", type="audio/mpeg", length=77),
    )
    everything = story(
        entries=(
            stored(entry(enclosures=files), 1, bond=Bond(relation=Relation.REPEAT)),
            stored(entry("bao", title="Kết nạp <đảng> & đoàn"), 2),
            stored(entry("truong"), 3, bond=Bond(relation=Relation.REPEAT)),
        )
    )
    bare = entry("truong", published=None, authors=(), language="en")
    return items(
        [
            everything,
            story(2, entries=(stored(entry("bao", title="A < B & C </b>"), 2),)),
            story(3, entries=(stored(bare, 3),)),
        ],
        site=site,
        sources=sources | {"khoi": licensed, "bao": worded},
        categories=categories,
    )


def golden(name: str, found: bytes) -> None:
    """Compare, whatever the catalogue and the version say today."""
    for said in ("Withdrawn", "Told with another story"):
        found = found.replace(translation("vi").gettext(said).encode(), said.encode())
    expected = (DATA / name).read_bytes()
    assert found == expected.replace(b"VERSION", syndicate.__version__.encode())


@pytest.mark.parametrize("form", FORMS)
def test_a_current_document_is_what_it_was(site, told, form):
    heading = Heading(
        feed=FEED,
        site=site,
        updated=last_change(told),
        paging=paging(form, FEED, site, pages=2),
        hubs=HUBS,
        tombstones=GRAVES,
    )
    golden(f"golden.{form}", whole(form, heading, told).content)


@pytest.mark.parametrize("form", FORMS)
def test_an_archive_page_is_what_it_was(site, told, form):
    heading = Heading(
        feed=FEED,
        site=site,
        updated=last_change(told),
        paging=paging(form, FEED, site, page=2, pages=3),
        hubs=HUBS,
    )
    golden(f"golden-archive.{form}", whole(form, heading, told[:1]).content)


def test_the_lists_are_what_they_were(site, sources, categories):
    feeds = standing_feeds(site, categories, sources.values())
    listed = published_outlines(feeds, site, shelved=1)
    golden("golden-feeds.opml", opml(site.title, listed))
    golden("golden-sources.opml", opml(site.title, source_outlines(sources.values())))
