"""JSON Feed 1.1."""

from __future__ import annotations

import json

import pytest

from syndicate.model import Bond, Feed, Relation
from syndicate.publish.item import items
from syndicate.publish.jsonfeed import jsonfeed

URL = "https://ban-tin.example/feeds/all.json"


@pytest.fixture
def read(site, sources, categories):
    def written(*stories, **more):
        found = items(stories, site=site, sources=sources, categories=categories)
        feed = Feed(key="all", title="Tất cả")
        return json.loads(jsonfeed(feed, found, site=site, feed_url=URL, **more))

    return written


def test_a_feed_says_what_the_format_demands(read, story):
    found = read(story(), hub_url="https://hub.example/")
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["title"] == "Tất cả"
    assert found["feed_url"] == URL
    assert found["home_page_url"] == "https://ban-tin.example/feeds/all.html"
    assert found["language"] == "vi"
    assert found["authors"] == [
        {"name": "Bản tin Cửu Hà", "url": "https://ban-tin.example/"}
    ]
    assert found["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]


def test_an_item_says_what_the_others_say(read, story):
    (item,) = read(story())["items"]
    assert item["id"] == "tag:ban-tin.example,2026:story/uid0001"
    assert item["url"] == "https://khoi.cuuha.example/tin/?/bai/1"
    assert item["content_html"].startswith("<p>")
    assert "content_text" not in item
    assert item["date_published"] == "2026-10-12T07:30:00Z"
    assert item["date_modified"] == "2026-10-12T08:00:00Z"
    assert item["authors"] == [{"name": "Lê Thị Sáu"}]
    assert item["tags"] == ["Xây dựng Đảng", "Nông thôn mới"]
    assert item["attachments"] == [
        {
            "url": "https://khoi.cuuha.example/nq.pdf",
            "mime_type": "application/pdf",
            "size_in_bytes": 1234,
        }
    ]


def test_the_extension_names_source_tellers_and_documents(read, story, stored, entry):
    other = stored(entry("bao"), 2, bond=Bond(relation=Relation.REPEAT))
    (item,) = read(story(entries=(stored(entry()), other)))["items"]
    assert item["_syndicate"] == {
        "source": {
            "key": "khoi",
            "title": "Đảng ủy Khối Cửu Hà",
            "home_page_url": "https://khoi.cuuha.example/",
        },
        "tellers": [
            {
                "source": "Báo Cửu Hà",
                "title": "Chi bộ ấp Bình Hòa kết nạp đảng viên mới",
                "url": "https://bao.cuuha.example/tin/?/bai/17",
                "relation": "related",
            }
        ],
        "documents": ["05-CT/TW", "98/2014/NĐ-CP"],
        "categories": ["xay-dung-dang", "nong-thon-moi"],
        "precision": "minute",
    }


def test_an_item_always_has_content_of_one_kind(read, story, stored, entry):
    given = [
        story(n, entries=(stored(entry(source, published=None)),))
        for n, source in enumerate(("khoi", "bao", "truong"), start=1)
    ]
    found = read(*given)["items"]
    assert len(found) == 3
    assert all(("content_html" in each) != ("content_text" in each) for each in found)
    assert "date_published" not in found[0]


def test_an_empty_feed_has_an_empty_list_of_items(read):
    assert read()["items"] == []


def test_hostile_text_stays_text(read, story, stored, entry):
    bad = '"},{"id":"x"\ud800\x00</script>'
    (item,) = read(story(entries=(stored(entry(title=bad)),)))["items"]
    assert item["title"] == '"},{"id":"x"</script>'
