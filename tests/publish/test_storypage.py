"""The page of one story: what readers see, and what search engines are told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.model import (
    Bond,
    CitedDocument,
    CitedStories,
    Enclosure,
    Precision,
    Relation,
    Rights,
)
from syndicate.publish.forms.item import items
from syndicate.publish.html.shelf import by_story, shelve
from syndicate.publish.html.storypage import (
    corrected,
    facts,
    gone_page,
    indexed,
    story_page,
)
from syndicate.templating import templates

KEYS = frozenset({"source/khoi", "category/xay-dung-dang"})
HERE = "https://ban-tin.example/feeds/story/uid0001.html"


@pytest.fixture
def item(story, site, sources, categories):
    """Make the item of a story, with fields of its own."""

    def make(told=None, rights=Rights.FULL, **fields):
        cited = CitedDocument(id=1, slug="05-ct-tw", number="05-CT/TW")
        shelf = shelve([CitedStories(document=cited, stories=(1,))])
        (found,) = items(
            [told or story(1)],
            site=site,
            sources=sources,
            categories=categories,
            papers=by_story(shelf),
            rights=rights,
        )
        return replace(found, **fields)

    return make


@pytest.fixture
def page(site, house, looked_at):
    def make(item):
        made = story_page(item, site=site, keys=KEYS, templates=house)
        return looked_at(made.content)

    return make


def meta(page, name):
    return page.xpath(f"//meta[@property='{name}' or @name='{name}']/@content")


def linked_data(page):
    (found,) = page.xpath("//script[@type='application/ld+json']/text()")
    return json.loads(found)


# ── What readers see ─────────────────────────────────────────────────────────


def test_the_way_to_the_article_comes_before_everything(page, item):
    found = page(item())
    (first, *_) = found.xpath("//main//a[contains(@class, 'button')]")
    assert first.get("href") == "https://khoi.cuuha.example/tin/?/bai/1"
    assert "Đảng ủy Khối Cửu Hà" in first.text_content()
    assert found.xpath("//main//*[self::h1 or self::a[@class]]")[1] is first


def test_a_page_says_who_when_what_about_and_from_which_day(page, item):
    text = " ".join(page(item()).text_content().split())
    assert "12/10/2026, 14:30" in text
    assert "Lê Thị Sáu" in text
    assert "Buổi lễ diễn ra tại nhà văn hóa ấp." in text
    assert "98/2014/NĐ-CP" in text
    links = page(item()).xpath("//main//a/@href")
    assert "../category/xay-dung-dang.html" in links
    assert "../category/nong-thon-moi.html" not in links
    assert "../source/khoi.html" in links
    assert "../document/05-ct-tw.html" in links
    assert "../day/2026-10-12.html" in links
    assert "https://khoi.cuuha.example/nq.pdf" in links


def test_other_tellers_are_named_with_their_titles(page, item, story, stored, entry):
    other = stored(
        entry("bao", title="Kết nạp đảng viên ở Bình Hòa"),
        9,
        bond=Bond(relation=Relation.REPEAT),
    )
    first = story(1)
    found = page(item(replace(first, entries=(*first.entries, other))))
    (link,) = found.xpath(
        "//section//a[@href='https://bao.cuuha.example/tin/?/bai/17']"
    )
    assert link.text_content() == "Kết nạp đảng viên ở Bình Hòa"
    assert linked_data(found)["mentions"][0]["url"] == link.get("href")


def test_a_correction_is_said_and_a_first_version_is_none(page, item):
    first = item()
    assert corrected(replace(first, updated=first.seen)) is None
    later = replace(first, updated=first.seen + timedelta(hours=2))
    assert "Cập nhật" in page(later).text_content() or "Updated" in (
        page(later).text_content()
    )
    assert corrected(later) == later.updated.replace(microsecond=0)


def test_the_number_of_a_story_in_its_microseconds_is_no_correction(item):
    first = item()
    assert corrected(replace(first, updated=first.seen.replace(microsecond=17))) is None


def test_a_lead_that_begins_the_text_is_not_said_twice(page, item):
    lead = "Sáng 12/10, chi bộ ấp Bình Hòa tổ chức lễ & kết nạp."
    twice = "<p><b>Sáng 12/10</b>, chi bộ ấp Bình Hòa tổ chức lễ &amp; kết nạp.</p>"
    found = page(item(summary=lead, html=twice))
    assert not found.find_class("lead")
    other = page(item(summary=lead, html="<p>Buổi lễ diễn ra trang trọng.</p>"))
    assert other.find_class("lead")[0].text_content() == lead


def test_a_wide_table_can_be_scrolled_with_the_keyboard(page, item):
    found = page(item(html="<table><tr><td>a</td></tr></table><pre>b</pre>"))
    assert found.xpath("//table/@tabindex | //pre/@tabindex") == ["0", "0"]


def test_headings_of_a_text_stand_below_ours(page, item):
    found = page(item(html="<h1>Phần một</h1><p>a</p>"))
    assert "Phần một" in [each.text for each in found.iter("h2")]


# ── Rights ───────────────────────────────────────────────────────────────────


def test_of_an_extract_only_the_lead_is_on_the_page(page, item):
    found = page(item(rights=Rights.EXTRACT))
    text = found.text_content()
    assert "Sáng 12/10" in text
    assert "nhà văn hóa ấp" not in text
    assert not list(found.iter("img"))
    assert not meta(found, "og:image")
    assert "image" not in linked_data(found)


def test_of_a_link_nothing_but_the_title_is_on_the_page(page, item):
    found = page(item(rights=Rights.LINK))
    text = found.text_content()
    assert "Chi bộ ấp Bình Hòa kết nạp đảng viên mới" in text
    assert "Sáng 12/10" not in text
    assert not meta(found, "description")
    assert not meta(found, "og:description")
    assert "description" not in linked_data(found)
    assert "https://khoi.cuuha.example/nq.pdf" not in found.xpath("//a/@href")


def test_pictures_are_shown_only_where_the_rights_are_full_and_tell_nobody(page, item):
    found = page(item())
    (picture,) = found.iter("img")
    assert picture.get("src") == "https://khoi.cuuha.example/a.jpg"
    assert picture.get("referrerpolicy") == "no-referrer"
    assert picture.get("loading") == "lazy"
    assert meta(found, "referrer") == ["no-referrer"]


def test_a_picture_that_stands_in_the_text_is_not_shown_twice(page, item):
    text = '<p>Một</p><img src="https://khoi.cuuha.example/a.jpg">'
    found = page(item(html=text))
    assert len(list(found.iter("img"))) == 1
    assert found.xpath("//img/@alt") == [""]


@pytest.mark.parametrize(
    ("rights", "canonical", "robots"),
    [
        (Rights.FULL, "https://khoi.cuuha.example/tin/?/bai/1", []),
        (Rights.EXTRACT, HERE, []),
        (Rights.LINK, HERE, ["noindex"]),
    ],
)
def test_search_engines_are_told_what_the_rights_mean(
    page, item, rights, canonical, robots
):
    found = page(item(rights=rights))
    assert found.xpath("//link[@rel='canonical']/@href") == [canonical]
    assert meta(found, "robots") == robots
    assert indexed(rights) is (canonical == HERE and not robots)


def test_what_a_source_says_of_its_rights_is_passed_on(page, item):
    address = "https://creativecommons.org/licenses/by/4.0/"
    found = page(item(licence=address, licence_url=address))
    assert found.xpath("//a[@rel='license']/@href") == [address]
    assert linked_data(found)["license"] == address
    spoken = page(item(licence="Ghi rõ nguồn khi đăng lại", licence_url=""))
    assert "Ghi rõ nguồn khi đăng lại" in spoken.text_content()


# ── For networks and search engines ──────────────────────────────────────────


def test_linked_data_say_what_the_page_is_based_on(page, item):
    said = linked_data(page(item()))
    assert said["@context"] == "https://schema.org"
    assert said["@type"] == "NewsArticle"
    assert said["headline"] == "Chi bộ ấp Bình Hòa kết nạp đảng viên mới"
    assert said["url"] == said["mainEntityOfPage"] == HERE
    assert said["isBasedOn"] == "https://khoi.cuuha.example/tin/?/bai/1"
    assert said["datePublished"] == "2026-10-12T14:30:00+07:00"
    assert said["dateModified"] >= "2026-10-12"
    assert said["inLanguage"] == "vi"
    assert said["author"] == [{"@type": "Person", "name": "Lê Thị Sáu"}]
    assert said["publisher"]["name"] == "Bản tin Cửu Hà"
    assert said["sourceOrganization"]["name"] == "Đảng ủy Khối Cửu Hà"
    numbers = {one["legislationIdentifier"]: one.get("url") for one in said["citation"]}
    assert numbers == {
        "05-CT/TW": "https://ban-tin.example/feeds/document/05-ct-tw.html",
        "98/2014/NĐ-CP": None,
    }


def test_a_day_is_said_as_a_day_and_an_unknown_date_as_the_day_we_had_it(item, site):
    first = item()
    by_day = replace(first, dated=replace(first.dated, precision=Precision.DAY))
    assert facts(by_day, HERE, site)["datePublished"] == "2026-10-12"
    unknown = replace(first, dated=None, published=None)
    said = facts(unknown, HERE, site)["datePublished"]
    assert said == first.seen.isoformat()


def test_a_page_is_never_older_than_what_it_tells(item, site):
    first = item()
    early = replace(first, updated=first.published - timedelta(days=1))
    said = facts(early, HERE, site)
    assert said["dateModified"] == first.published.isoformat()


def test_long_titles_are_cut_at_a_word_for_headlines_alone(page, item):
    title = "Đảng ủy xã " * 40
    found = page(item(title=title.strip()))
    headline = linked_data(found)["headline"]
    assert len(headline) <= 110
    assert headline.endswith(("xã…", "ủy…"))
    assert meta(found, "og:title") == [title.strip()]


def test_networks_are_told_title_address_and_times(page, item):
    found = page(item())
    assert meta(found, "og:type") == ["article"]
    assert meta(found, "og:url") == [HERE]
    assert meta(found, "og:locale") == ["vi_VN"]
    assert meta(found, "article:published_time") == ["2026-10-12T14:30:00+07:00"]
    assert meta(found, "article:tag") == ["Xây dựng Đảng", "Nông thôn mới"]
    assert meta(found, "og:image") == ["https://khoi.cuuha.example/a.jpg"]


# ── Files ────────────────────────────────────────────────────────────────────


def test_a_file_is_named_as_people_read_it(page, item):
    url = "https://khoi.cuuha.example/van-ban/ngh%E1%BB%8B%20quy%E1%BA%BFt.pdf?x=1"
    file = Enclosure(url=url, type="application/pdf", length=1_234_567)
    text = page(item(enclosures=(file,))).text_content()
    assert "nghị quyết.pdf" in text
    assert "1 MB" in text


def test_a_file_without_name_or_length_is_still_a_link(page, item):
    file = Enclosure(url="https://khoi.cuuha.example/", type="audio/mpeg", length=0)
    found = page(item(enclosures=(file,)))
    (link,) = found.xpath("//a[@type='audio/mpeg']")
    assert link.text_content() == "khoi.cuuha.example"


# ── What is no more ──────────────────────────────────────────────────────────


def test_a_withdrawn_story_leaves_a_page_without_its_words(site, house, looked_at):
    made = gone_page("uid0001", into="", site=site, templates=house).content
    found = looked_at(made)
    assert meta(found, "robots") == ["noindex"]
    assert found.get("data-status") == "410"
    assert not found.xpath("//meta[@http-equiv]")


def test_a_merged_story_leads_to_the_one_that_it_became(site, house, looked_at):
    made = gone_page("uid0001", into="uid0002", site=site, templates=house).content
    found = looked_at(made)
    there = "https://ban-tin.example/feeds/story/uid0002.html"
    assert found.xpath("//link[@rel='canonical']/@href") == [there]
    assert found.xpath("//meta[@http-equiv='refresh']/@content") == [
        "0; url=uid0002.html"
    ]
    assert found.get("data-location") == "uid0002.html"
    assert "uid0002.html" in found.xpath("//main//a/@href")
    assert made[:200].startswith(b"<!DOCTYPE html>\n<html lang=")
    assert b' data-status="301" data-location="uid0002.html"' in made[:200]


# ── Hostile text ─────────────────────────────────────────────────────────────


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(st.characters(), max_size=60))
def test_hostile_text_never_breaks_the_page(page, item, story, stored, entry, text):
    wild = "</script></title>\"'><script>alert(1)</script><!--" + text
    told = entry(
        title=wild,
        lead=wild,
        authors=(wild,),
        html=f"<p onclick='x'>{wild}</p><h1>a</h1><img src=x onerror=y>",
        text=wild,
    )
    other = stored(entry("bao", title=wild), 9, bond=Bond(relation=Relation.REPEAT))
    found = page(item(story(1, entries=(stored(told), other))))
    assert len(found.xpath("//script")) == 1
    said = linked_data(found)
    assert said["@type"] == "NewsArticle"
    json.dumps(said)


def test_a_page_can_be_in_english(item, site, looked_at):
    english = templates(language="en", zone="Asia/Ho_Chi_Minh")
    site = replace(site, language="en")
    made = story_page(item(), site=site, keys=KEYS, templates=english)
    text = looked_at(made.content).text_content()
    assert "Read the article at Đảng ủy Khối Cửu Hà" in text
    assert "All stories of Monday, 12 October 2026" in text
