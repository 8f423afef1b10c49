"""Why feedgen is mended, and that mending does no harm to a release that is repaired.

Each of the first tests shows a fault of the release that is locked. One that fails here
after an upgrade was repaired there, and its mending in ``publish/forms/xml.py`` can go.
"""

from __future__ import annotations

import locale
from datetime import UTC, datetime, timedelta, timezone

import pytest
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from syndicate.model import Bond, Feed, Relation
from syndicate.publish.forms import xml
from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.frames import Heading
from syndicate.publish.forms.item import items
from syndicate.publish.forms.paging import paging
from syndicate.publish.forms.whole import last_change, whole

A = "{http://www.w3.org/2005/Atom}"
FEED = Feed(key="all", title="Tất cả")


@pytest.fixture
def bare() -> FeedEntry:
    made = FeedEntry()
    made.id("tag:a.example,2026:1")
    made.title("Một")
    return made


def test_feedgen_loses_every_attribute_of_a_link_but_its_address(bare):
    bare.link(href="https://a.example/1", rel="alternate", type="text/html")
    bare.link(href="https://a.example/2", rel="via", title="Hai")
    found = [dict(link.attrib) for link in bare.atom_entry().iterfind("link")]
    assert found == [{"href": "https://a.example/1"}, {"href": "https://a.example/2"}]


def test_feedgen_writes_the_time_of_the_build(bare):
    bare.link(href="https://a.example/1", rel="alternate")
    said = datetime.fromisoformat(bare.atom_entry().findtext("updated"))
    assert abs(said - datetime.now(UTC)) < timedelta(minutes=1)


def test_feedgen_keeps_the_offset_of_a_date(bare):
    bare.link(href="https://a.example/1", rel="alternate")
    bare.updated(datetime(2026, 10, 12, tzinfo=timezone(timedelta(hours=7))))
    assert bare.atom_entry().findtext("updated").endswith("+07:00")


def test_feedgen_swaps_the_locale_of_the_process(bare, monkeypatch):
    calls = []
    monkeypatch.setattr(locale, "setlocale", lambda *given: calls.append(given))
    bare.pubDate(datetime(2026, 10, 12, tzinfo=UTC))
    bare.rss_entry()
    assert calls


def test_feedgen_takes_the_last_link_for_that_of_an_rss_feed():
    made = FeedGenerator()
    made.title("x")
    made.description("x")
    made.link(href="https://a.example/", rel="alternate")
    made.link(href="https://a.example/all.rss", rel="self")
    root = etree.fromstring(made.rss_str())
    assert root.findtext("channel/link") == "https://a.example/all.rss"


def test_feedgen_gives_cdata_a_type_that_atom_does_not_know(bare):
    bare.content("<p>x</p>", type="CDATA")
    assert bare.atom_entry().find("content").get("type") == "CDATA"


def test_feedgen_refuses_a_control_character(bare):
    bare.title("a\x00b")
    bare.link(href="https://a.example/1", rel="alternate")
    with pytest.raises(ValueError, match="control"):
        bare.atom_entry()


def test_feedgen_forgets_an_author_without_an_address_in_rss(bare):
    bare.author(name="Lê Thị Sáu")
    assert bare.rss_entry().find("author") is None


def test_feedgen_prepends_entries():
    made = FeedGenerator()
    for number in (1, 2):
        made.add_entry().id(str(number))
    assert [entry.id() for entry in made.entry()] == ["2", "1"]


class RepairedEntry(FeedEntry):
    """An entry of a release in which the faults above are gone."""

    def atom_entry(self, extensions=True):
        found = super().atom_entry(extensions)
        for element, link in zip(found.iterfind("link"), self.link(), strict=True):
            element.attrib.update(link)
        found.find("title").set("type", "text")
        found.find("updated").text = "2026-01-01T00:00:00Z"
        etree.SubElement(found, "published").text = "2026-01-01T00:00:00Z"
        return found


class RepairedFeed(FeedGenerator):
    """A feed of a release that says nothing of the time of the build."""

    def rss_str(self, *given, **named):
        found = etree.fromstring(super().rss_str(*given, **named))
        for date in found.findall("channel/lastBuildDate"):
            found.find("channel").remove(date)
        return etree.tostring(found)

    def atom_str(self, *given, **named):
        found = etree.fromstring(super().atom_str(*given, **named))
        for name in ("title", "subtitle"):
            found.find(f"{A}{name}").set("type", "text")
        return etree.tostring(found)


@pytest.mark.parametrize("form", [Form.RSS, Form.ATOM])
def test_a_repaired_release_gives_the_same_documents(  # noqa: PLR0917 - fixtures
    site, sources, categories, story, stored, entry, form, monkeypatch
):
    other = stored(entry("bao"), 2, bond=Bond(relation=Relation.REPEAT))
    bare = stored(entry("truong", published=None), 3)
    told = items(
        [story(1, entries=(stored(entry()), other)), story(2, entries=(bare,))],
        site=site,
        sources=sources,
        categories=categories,
    )
    heading = Heading(
        feed=FEED,
        site=site,
        updated=last_change(told),
        paging=paging(form, FEED, site, pages=1),
        hubs=("https://hub.example/",),
    )
    now = whole(form, heading, told).content
    monkeypatch.setattr(xml, "FeedEntry", RepairedEntry)
    monkeypatch.setattr(xml, "FeedGenerator", RepairedFeed)
    assert whole(form, heading, told).content == now
