"""What every format needs of one story."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from lxml import html

from syndicate.model import Bond, Enclosure, Image, Label, Relation, Rights
from syndicate.publish.forms.item import Item, items


@pytest.fixture
def make(site, sources, categories):
    def one(story, **changed) -> Item:
        (found,) = items(
            [story], site=site, sources=sources | changed, categories=categories
        )
        return found

    return one


def test_the_id_is_made_of_the_story_alone(make, story, stored, entry):
    alone = story()
    joined = replace(alone, entries=(stored(entry("bao"), 9), *alone.entries))
    assert make(alone).id == "tag:ban-tin.example,2026:story/uid0001"
    assert make(joined).id == make(alone).id


def test_without_an_authority_ids_are_made_of_the_host(
    site, sources, categories, story
):
    bare = replace(site, id_authority="", base_url="http://127.0.0.1:8000")
    (found,) = items([story()], site=bare, sources=sources, categories=categories)
    assert found.id == "tag:127.0.0.1,2026:story/uid0001"


def test_full_rights_pass_everything_on(make, story):
    found = make(story())
    assert found.html == "<p>Buổi lễ diễn ra tại <b>nhà văn hóa ấp</b>.</p>"
    assert found.image == Image(
        url="https://khoi.cuuha.example/a.jpg", caption="Quang cảnh"
    )
    assert [each.url for each in found.enclosures] == [
        "https://khoi.cuuha.example/nq.pdf"
    ]


def test_an_extract_is_title_link_and_lead_with_no_text_and_no_picture(
    make, story, stored, entry
):
    picture = Enclosure(url="https://bao.cuuha.example/p.jpg", type="image/jpeg")
    found = make(story(entries=(stored(entry("bao", enclosures=(picture,))),)))
    assert found.summary.startswith("Sáng 12/10")
    assert (found.html, found.image, found.enclosures) == ("", None, ())


def test_without_a_lead_the_first_sentences_are_told_where_rights_allow(
    make, story, stored, entry
):
    text = "Câu đầu tiên nói ngắn. Câu thứ hai cũng vậy. Câu thứ ba thì không."
    full = make(story(entries=(stored(entry(lead="", text=text)),)))
    assert full.summary == "Câu đầu tiên nói ngắn. Câu thứ hai cũng vậy."
    extract = make(story(entries=(stored(entry("bao", lead="", text=text)),)))
    assert extract.summary == ""


def test_a_lead_that_is_an_article_is_cut(make, story, stored, entry):
    lead = "Đoạn mở đầu này rất dài và được lặp lại nhiều lần. " * 100
    found = make(story(entries=(stored(entry("bao", lead=lead)),)))
    assert 0 < len(found.summary) <= 600


def test_link_rights_pass_nothing_on_but_title_and_link(make, story, stored, entry):
    found = make(story(entries=(stored(entry("truong")),)))
    assert (found.summary, found.html, found.image) == ("", "", None)
    assert found.enclosures == ()
    assert found.title
    assert found.link


def test_a_source_that_is_no_longer_configured_gets_link_rights(
    make, story, stored, entry
):
    found = make(story(entries=(stored(entry("cu")),)))
    assert (found.summary, found.html) == ("", "")
    assert found.source.title == "cu"


def test_a_full_text_without_html_is_made_of_paragraphs(make, story, stored, entry):
    told = story(entries=(stored(entry(html="", text="Một.\n\nHai < ba.")),))
    assert make(told).html.count("<p>") == 2
    assert "Hai &lt; ba." in make(told).html


def test_a_date_nobody_knows_is_none(make, story, stored, entry):
    found = make(story(entries=(stored(entry(published=None)),)))
    assert (found.published, found.dated) == (None, None)


def test_a_date_in_our_future_is_when_we_saw_it(make, story, stored, entry, published):
    ahead = replace(published, value=published.value + timedelta(hours=20))
    told = story(entries=(stored(entry(published=ahead)),))
    assert make(told).published == told.seen_at
    assert make(told).published.utcoffset() == timedelta(hours=7)


def test_a_date_before_the_web_is_not_believed(make, story, stored, entry, published):
    old = replace(published, value=published.value.replace(year=1970))
    assert make(story(entries=(stored(entry(published=old)),))).published is None


def test_updated_is_from_the_content_and_differs_between_stories(make, story):
    one, two = make(story(1)), make(story(2))
    assert one.updated.replace(microsecond=0) == story().changed_at
    assert one.updated.tzinfo is UTC
    assert one.updated != two.updated


def test_the_primary_category_comes_first_with_its_label(make, story):
    assert make(story()).categories == (
        ("xay-dung-dang", "Xây dựng Đảng"),
        ("nong-thon-moi", "Nông thôn mới"),
    )


def test_a_category_without_a_title_is_known_by_its_slug(make, story):
    told = story(labels=(Label(category="moi", reason="", confidence=1.0),))
    assert make(told).categories == (("moi", "moi"),)


def test_a_teller_with_a_title_of_its_own_tells_it(make, story, stored, entry):
    url = "https://bao.cuuha.example/{}"
    first = stored(entry(title="Trao Huy hiệu Đảng ở xã Thủy Hòa"))
    again = entry("bao", title="Trao Huy hiệu Đảng ở xã Thuỷ Hoà", url=url.format(1))
    other = entry("bao", title="Người đảng viên 88 tuổi", url=url.format(2))
    told = story(entries=(first, stored(again, 2), stored(other, 3)))
    assert [teller.retold for teller in make(told).tellers] == [False, True]


def test_other_tellers_are_listed_once_and_never_the_lead_itself(
    make, story, stored, entry
):
    repeat = Bond(relation=Relation.REPEAT)
    url = "https://khoi.cuuha.example/tin/?/bai/17"
    told = story(
        entries=(
            stored(entry("khoi"), 1, bond=repeat),
            stored(entry("bao"), 2),
            stored(entry("bao"), 3, bond=repeat),
            stored(entry("truong", url=url), 4, bond=repeat),
        )
    )
    (teller,) = make(told).tellers
    assert (teller.source, teller.first) == ("Báo Cửu Hà", True)


def test_when_the_lead_withdraws_the_next_teller_leads(make, story, stored, entry, now):
    told = story(
        entries=(stored(entry(), 1, withdrawn_at=now), stored(entry("bao"), 2))
    )
    found = make(told)
    assert (found.source.key, found.html, found.tellers) == ("bao", "", ())


def test_text_is_nfc_without_control_characters_and_on_one_line(
    make, story, stored, entry
):
    bad = unicodedata.normalize("NFD", "Kết nạp\x00 đảng\n viên\ud800 ")
    lead = bad + unicodedata.normalize("NFD", " vào\x00 tối\n qua.")
    found = make(story(entries=(stored(entry(title=bad, lead=lead, html=bad)),)))
    assert found.title == "Kết nạp đảng viên"
    assert found.summary == "Kết nạp đảng viên vào tối qua."
    assert "\x00" not in found.html
    assert unicodedata.is_normalized("NFC", found.html)


def test_an_entry_without_a_title_still_has_one(make, story, stored, entry):
    told = story(entries=(stored(entry(title=" ")),))
    bare = story(entries=(stored(entry(title="", lead="", text="")),))
    assert make(told).title.startswith("Sáng 12/10")
    assert make(bare).title == make(bare).link


def test_addresses_are_ascii_and_keep_their_query(make, story, stored, entry):
    url = "https://khoi.cuuha.example/tin/?/bài viết/17&a=[1]"
    found = make(story(entries=(stored(entry(url=url)),)))
    assert found.link == (
        "https://khoi.cuuha.example/tin/?/b%C3%A0i%20vi%E1%BA%BFt/17&a=%5B1%5D"
    )


def test_an_entry_that_is_not_on_the_web_links_to_us(make, story, stored, entry):
    told = story(entries=(stored(entry(url="file:///home/bai.txt")),))
    assert make(told).link == "https://ban-tin.example/"


def test_a_file_path_or_a_password_of_a_source_never_shows(make, story, sources):
    for url in ("/srv/vao", "https://toi:mat-khau@khoi.cuuha.example/tin"):
        changed = replace(sources["khoi"], url=url, home="")
        found = make(story(), khoi=changed)
        assert "/srv" not in repr(found)
        assert "mat-khau" not in repr(found)


@pytest.mark.parametrize(
    ("claimed", "said"),
    [("vi", "vi"), ("en_US", "en-US"), ("Tiếng Việt", "vi"), ("", "vi")],
)
def test_a_language_is_a_tag(make, story, stored, entry, claimed, said):
    told = story(entries=(stored(entry(language=claimed)),))
    assert make(told).language == said


def test_an_enclosure_has_a_media_type_and_an_address(make, story, stored, entry):
    given = (
        Enclosure(url="https://a.example/x.mp3", type="âm thanh"),
        Enclosure(url="javascript:alert(1)", type="audio/mpeg"),
        Enclosure(url="https://a.example/y.mp3", type="Audio/MPEG; x=1", length=5),
    )
    found = make(story(entries=(stored(entry(enclosures=given)),)))
    assert [(each.url, each.type) for each in found.enclosures] == [
        ("https://a.example/x.mp3", "audio/mpeg"),
        ("https://a.example/y.mp3", "audio/mpeg"),
    ]


def test_documents_are_named_once(make, story):
    assert make(story()).documents == ("05-CT/TW", "98/2014/NĐ-CP")


def test_rights_are_those_of_the_source_that_leads(make, story, stored, entry, sources):
    closed = replace(sources["khoi"], rights=Rights.LINK)
    assert make(story(), khoi=closed).html == ""


def test_a_mark_behind_a_tag_opens_no_hole_in_a_text(make, story, stored, entry):
    """What was made safe stays safe: no word of the text becomes an attribute."""
    for fields in (
        {"html": "<p>\u0338 onmouseover=alert(1) <b>x</b></p>"},
        {"html": "", "text": "\u0338 onmouseover=alert(1) x"},
    ):
        found = make(story(entries=(stored(entry(**fields)),)))
        elements = html.fragment_fromstring(found.html, create_parent="div").iter()
        assert [(each.tag, dict(each.attrib)) for each in elements][:2] == [
            ("div", {}),
            ("p", {}),
        ]


def test_a_length_below_nothing_is_none(make, story, stored, entry):
    files = (Enclosure(url="https://a.example/a.pdf", type="a/b", length=-1),)
    found = make(story(entries=(stored(entry(enclosures=files)),)))
    assert [each.length for each in found.enclosures] == [0]


@pytest.mark.parametrize(
    ("granted", "ceiling", "passed"),
    [
        (Rights.FULL, Rights.FULL, Rights.FULL),
        (Rights.FULL, Rights.EXTRACT, Rights.EXTRACT),
        (Rights.FULL, Rights.LINK, Rights.LINK),
        (Rights.EXTRACT, Rights.FULL, Rights.EXTRACT),
        (Rights.EXTRACT, Rights.LINK, Rights.LINK),
        (Rights.LINK, Rights.FULL, Rights.LINK),
    ],
)
def test_of_what_is_granted_and_what_a_feed_passes_on_the_lower_counts(  # noqa: PLR0917
    site, sources, categories, story, granted, ceiling, passed
):
    """The parameters are fixtures and cases."""
    given = sources | {"khoi": replace(sources["khoi"], rights=granted)}
    (found,) = items(
        [story()], site=site, sources=given, categories=categories, rights=ceiling
    )
    assert found.rights is passed
    assert bool(found.html) is bool(found.image) is (passed is Rights.FULL)
    assert bool(found.summary) is (passed is not Rights.LINK)
    assert bool(found.enclosures) is (passed is not Rights.LINK)


@pytest.mark.parametrize(
    ("licence", "words", "url"),
    [
        ("", "", ""),
        ("CC BY 4.0", "CC BY 4.0", ""),
        (
            "https://creativecommons.org/licenses/by/4.0/",
            "https://creativecommons.org/licenses/by/4.0/",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        ("https://u:p@a.example/x", "https://a.example/x", "https://a.example/x"),
        ("javascript:alert(1)", "javascript:alert(1)", ""),
        ("©\x00 Báo\nCửu Hà", "© Báo Cửu Hà", ""),
    ],
)
def test_a_licence_is_words_or_an_address(make, story, sources, licence, words, url):
    found = make(story(), khoi=replace(sources["khoi"], licence=licence))
    assert (found.licence, found.licence_url) == (words, url)


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p><script>alert(1)</script>",
        "<p onclick='x()'>a</p>",
        "<a href='javascript:x()'>a</a>",
        "<img src=x onerror=alert(1)>",
        "<iframe src='https://e.example'></iframe>",
        "<svg onload=alert(1)>",
    ],
)
def test_html_in_the_store_is_not_trusted(make, story, stored, entry, html):
    found = make(story(entries=(stored(entry(html=html)),)))
    for evil in ("script", "onclick", "onerror", "onload", "iframe", "svg"):
        assert evil not in found.html


def test_links_in_a_text_are_absolute(make, story, stored, entry):
    given = entry(html="<p><a href='/van-ban'>x</a> <a href='?a=1'>y</a></p>")
    found = make(story(entries=(stored(given),)))
    hrefs = [each.get("href") for each in html.fromstring(found.html).iter("a")]
    assert hrefs == [
        "https://khoi.cuuha.example/van-ban",
        "https://khoi.cuuha.example/tin/?a=1",
    ]


def test_html_that_was_cleaned_stays_as_it_is(make, story, stored, entry):
    kept = (
        '<h2>Đầu</h2><p>Một <b>hai</b> <a href="https://a.example/?x=1&amp;y=2" '
        'rel="noopener noreferrer">ba</a>.</p><figure><img '
        'src="https://a.example/a.jpg" alt="x"><figcaption>y</figcaption></figure>'
        "<table><tbody><tr><td>1</td></tr></tbody></table>"
    )
    assert make(story(entries=(stored(entry(html=kept)),))).html == kept


def test_a_picture_has_the_type_of_its_name(make, story):
    assert make(story()).image_type == "image/jpeg"


def test_a_source_whose_address_can_be_written_otherwise_has_an_id_of_ours(
    make, story, sources
):
    odd = replace(sources["khoi"], url="https://khoi.cuuha.example:443/a")
    found = make(story(), khoi=odd)
    assert found.source.id == "tag:ban-tin.example,2026:source/khoi"
