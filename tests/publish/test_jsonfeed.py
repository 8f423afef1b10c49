"""JSON Feed 1.1."""

from __future__ import annotations

import json

import pytest

from syndicate.model import Bond, Feed, Relation
from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.frames import Heading
from syndicate.publish.forms.item import items
from syndicate.publish.forms.paging import paging
from syndicate.publish.forms.whole import last_change, whole

URL = "https://ban-tin.example/feeds/all.json"


@pytest.fixture
def read(site, sources, categories):
    def written(*stories, page=0, pages=0, **more):
        found = items(stories, site=site, sources=sources, categories=categories)
        feed = Feed(key="all", title="Tất cả")
        heading = Heading(
            feed=feed,
            site=site,
            updated=last_change(found),
            paging=paging(Form.JSON, feed, site, page=page, pages=pages),
            **more,
        )
        return json.loads(whole(Form.JSON, heading, found).content)

    return written


def test_a_feed_says_what_the_format_demands(read, story):
    found = read(story(), hubs=("https://hub.example/",))
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
        "page": "https://ban-tin.example/feeds/story/uid0001.html",
        "rights": "full",
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
        "caption": "Quang cảnh",
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
    assert item["title"] == '"},{"id":"x"‹/script›'


def test_an_extension_says_where_it_is_explained(read):
    assert read()["_syndicate"] == {"about": "https://ban-tin.example/feeds/about.html"}


def test_each_document_leads_to_the_one_before(read, story):
    folder = "https://ban-tin.example/feeds/archive/all"
    assert read(pages=3)["next_url"] == f"{folder}/3.json"
    second = read(story(), page=2, pages=3)
    assert second["feed_url"] == f"{folder}/2.json"
    assert second["home_page_url"] == f"{folder}/2.html"
    assert second["next_url"] == f"{folder}/1.json"
    assert "next_url" not in read(page=1, pages=3)
    assert "next_url" not in read()


def test_an_archive_page_is_no_topic_of_a_hub(read):
    assert "hubs" not in read(page=1, pages=1, hubs=("https://hub.example/",))


def test_every_hub_is_named(read):
    found = read(hubs=("https://ban-tin.example/hub", "https://hub.example/"))
    assert [each["url"] for each in found["hubs"]] == [
        "https://ban-tin.example/hub",
        "https://hub.example/",
    ]
