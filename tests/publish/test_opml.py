"""Lists of feeds."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from syndicate.model import Feed, SourceKind
from syndicate.publish.forms.opml import (
    Outline,
    opml,
    published_outlines,
    source_outlines,
)
from syndicate.publish.select import standing_feeds


def outlines(document: bytes) -> list[dict[str, str]]:
    root = etree.fromstring(document)
    assert root.get("version") == "2.0"
    return [dict(each.attrib) for each in root.iterfind("body/outline")]


def feeds_in(document: bytes) -> list[dict[str, str]]:
    root = etree.fromstring(document)
    return [dict(each.attrib) for each in root.iter("outline") if each.get("xmlUrl")]


def test_every_published_feed_is_listed_once(site, categories, sources):
    feeds = standing_feeds(site, categories, sources.values())
    found = feeds_in(opml("Kênh tin", published_outlines(feeds, site)))
    assert len(found) == len(feeds)
    assert found[1] == {
        "text": "Xây dựng Đảng – Bản tin Cửu Hà",
        "title": "Xây dựng Đảng – Bản tin Cửu Hà",
        "type": "rss",
        "xmlUrl": "https://ban-tin.example/feeds/category/xay-dung-dang.rss",
        "htmlUrl": "https://ban-tin.example/feeds/category/xay-dung-dang.html",
        "language": "vi",
    }


def test_sources_are_feeds_or_links_or_just_names(sources):
    folder = replace(
        sources["khoi"], key="f", kind=SourceKind.FOLDER, url="/srv/vao", home=""
    )
    found = outlines(opml("Nguồn", source_outlines([*sources.values(), folder])))
    assert found[0] == {
        "text": "Đảng ủy Khối Cửu Hà",
        "type": "link",
        "url": "https://khoi.cuuha.example/",
    }
    assert found[1]["xmlUrl"] == "https://bao.cuuha.example/rss"
    assert found[1]["htmlUrl"] == "https://bao.cuuha.example/"
    assert found[3] == {"text": "Đảng ủy Khối Cửu Hà"}


def test_a_list_of_nothing_is_still_a_document():
    assert outlines(opml("Nguồn", ())) == [{"text": "Nguồn"}]


def test_hostile_titles_do_no_harm():
    (found,) = outlines(opml("a\x00<b>", [Outline(title='"<x>&amp;\ud800')]))
    assert found["text"] == '"‹x›＆amp;'


def test_the_same_list_gives_the_same_bytes(sources):
    first, again = (opml("x", source_outlines(sources.values())) for _ in range(2))
    assert first == again


def test_feeds_stand_under_headings_by_what_they_are_of(site, categories, sources):
    own = Feed(key="tin-tinh", title="Tin tỉnh")
    feeds = (*standing_feeds(site, categories, sources.values()), own)
    root = etree.fromstring(opml("x", published_outlines(feeds, site, shelved=3)))
    top = list(root.iterfind("body/outline"))
    assert [each.get("text") for each in top] == [
        "Bản tin Cửu Hà",
        "Tin tỉnh",
        "Chuyên mục",
        "Nguồn tin",
        "Văn bản được nhắc đến",
    ]
    assert [len(each) for each in top] == [0, 0, len(categories), len(sources), 0]
    assert dict(top[4].attrib) == {
        "text": "Văn bản được nhắc đến",
        "type": "link",
        "url": "https://ban-tin.example/feeds/documents.opml",
    }


def test_one_group_alone_needs_no_heading(site, categories):
    feeds = [Feed(key="category/a", title="A"), Feed(key="category/b", title="B")]
    found = outlines(opml("x", published_outlines(feeds, site)))
    assert [each["text"] for each in found] == ["A", "B"]


def test_a_language_that_is_none_is_not_claimed(sources):
    odd = replace(sources["bao"], language="tiếng Việt")
    (found,) = outlines(opml("x", source_outlines([odd])))
    assert "language" not in found
