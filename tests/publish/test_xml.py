"""RSS and Atom: what feedgen gets wrong stays mended, and readers read what we say."""

from __future__ import annotations

import locale
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from syndicate.model import Bond, Enclosure, Feed, Relation
from syndicate.publish.forms.characters import said, unmarked
from syndicate.publish.forms.fragments import Form
from syndicate.publish.forms.frames import Heading
from syndicate.publish.forms.item import items
from syndicate.publish.forms.paging import paging
from syndicate.publish.forms.stamps import atom_date
from syndicate.publish.forms.whole import last_change, whole

FEED = Feed(key="category/xay-dung-dang", title="Xây dựng Đảng – Bản tin Cửu Hà")
A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FORMATS = ("rss", "atom")


@pytest.fixture
def make(site, sources, categories):
    return lambda *stories: items(
        stories, site=site, sources=sources, categories=categories
    )


@pytest.fixture
def full(make, story, stored, entry):
    """One story with everything: two tellers, files, a picture, documents."""
    files = (
        Enclosure(url="https://khoi.cuuha.example/a.pdf", type="application/pdf"),
        Enclosure(url="https://khoi.cuuha.example/b.mp3", type="audio/mpeg", length=77),
    )
    told = story(
        entries=(
            stored(entry(enclosures=files), 1, bond=Bond(relation=Relation.REPEAT)),
            stored(entry("bao", title="Kết nạp <đảng> & đoàn"), 2),
            stored(entry("truong"), 3, bond=Bond(relation=Relation.REPEAT)),
        )
    )
    return make(told)


@pytest.fixture
def bare(make, story, stored, entry):
    """One story of which we may show next to nothing."""
    return make(story(2, entries=(stored(entry("truong", published=None)),)))


@pytest.fixture
def write(site):
    def written(form, found, feed=FEED, **more):
        heading = Heading(
            feed=feed,
            site=site,
            updated=last_change(found),
            paging=paging(Form(form), feed, site),
            **more,
        )
        return whole(Form(form), heading, found).content

    return written


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_stories_give_the_same_bytes(write, full, form):
    assert write(form, full) == write(form, full)


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_feed_is_whole_and_has_a_fixed_date(write, form):
    parsed = feedparser.parse(write(form, ()))
    assert not parsed.bozo
    assert parsed.entries == []
    assert parsed.feed.updated_parsed[:3] == (2000, 1, 1)


@pytest.mark.parametrize("form", FORMATS)
def test_a_feed_changes_when_its_newest_content_does(write, make, story, form):
    later = story(2, changed_at=story().changed_at + timedelta(days=1))
    parsed = feedparser.parse(write(form, make(story(1), later)))
    assert parsed.feed.updated_parsed[:3] == (2026, 10, 13)


@pytest.mark.parametrize("form", FORMATS)
def test_entries_stand_in_the_order_given(write, make, story, form):
    parsed = feedparser.parse(write(form, make(story(3), story(1), story(2))))
    assert [each.id[-1] for each in parsed.entries] == ["3", "1", "2"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_stylesheet_stands_before_the_root_and_is_found(write, full, form):
    tree = etree.fromstring(write(form, full))
    plain = tree.getprevious()
    style = plain.getprevious()
    assert style.target == plain.target == "xml-stylesheet"
    assert style.text == 'type="text/xsl" href="../feed.xsl"'
    assert plain.text == 'type="text/css" href="../feed.css"'


@pytest.mark.parametrize("form", FORMATS)
def test_self_and_hub_are_named(write, full, form):
    found = write(form, full, hubs=("https://hub.example/",))
    links = etree.fromstring(found).iterfind(f".//{A}link")
    named = {link.get("rel"): link.get("href") for link in links}
    assert named["self"] == f"https://ban-tin.example/feeds/{FEED.key}.{form}"
    assert named["hub"] == "https://hub.example/"


@pytest.mark.parametrize("form", FORMATS)
def test_the_locale_of_the_process_is_let_alone(write, full, form, monkeypatch):
    calls = []
    monkeypatch.setattr(locale, "setlocale", lambda *given: calls.append(given))
    write(form, full)
    assert calls == []


def test_entry_links_keep_their_attributes_and_none_comes_twice(write, full):
    (entry,) = etree.fromstring(write("atom", full)).iterfind(f"{A}entry")
    found = [dict(link.attrib) for link in entry.iterfind(f"{A}link")]
    assert [link["rel"] for link in found] == [
        "alternate",
        "via",
        "related",
        "describedby",
        "enclosure",
        "enclosure",
    ]
    assert found[0] == {
        "rel": "alternate",
        "href": "https://khoi.cuuha.example/tin/?/bai/17",
        "type": "text/html",
        "hreflang": "vi",
    }
    assert found[1]["title"] == "Báo Cửu Hà: Kết nạp ‹đảng› & đoàn"
    assert found[5] == {
        "rel": "enclosure",
        "href": "https://khoi.cuuha.example/b.mp3",
        "type": "audio/mpeg",
        "length": "77",
    }


def test_atom_dates_are_in_utc_and_titles_have_a_type(write, full):
    root = etree.fromstring(write("atom", full))
    for name in ("updated", "published"):
        dates = [each.text for each in root.iter(f"{A}{name}")]
        assert dates
        assert all(date.endswith("Z") for date in dates)
    entry = root.find(f"{A}entry")
    assert entry.find(f"{A}title").get("type") == "text"
    assert entry.find(f"{A}summary").get("type") == "text"
    assert entry.find(f"{A}content").get("type") == "html"
    assert root.get(LANG) == entry.get(LANG) == "vi"


def test_atom_names_the_source(write, full):
    source = etree.fromstring(write("atom", full)).find(f"{A}entry/{A}source")
    assert source.findtext(f"{A}id") == "https://khoi.cuuha.example/tin-tuc"
    assert source.findtext(f"{A}title") == "Đảng ủy Khối Cửu Hà"
    assert source.findtext(f"{A}updated") == "2026-10-12T08:00:00Z"
    assert source.find(f"{A}link").get("href") == "https://khoi.cuuha.example/"


def test_no_two_atom_entries_have_the_same_updated(write, make, story):
    root = etree.fromstring(write("atom", make(*(story(n) for n in range(1, 50)))))
    dates = [each.text for each in root.iterfind(f"{A}entry/{A}updated")]
    assert len(set(dates)) == 49


def test_a_date_nobody_knows_is_left_out_of_atom_and_ours_in_rss(
    write, make, story, stored, entry
):
    found = make(story(entries=(stored(entry(published=None)),)))
    assert b"<published>" not in write("atom", found)
    assert b"<pubDate>Mon, 12 Oct 2026 08:00:00 GMT</pubDate>" in write("rss", found)


def test_an_atom_entry_without_an_author_is_by_its_source(
    write, make, story, stored, entry
):
    found = make(story(entries=(stored(entry(authors=())),)))
    root = etree.fromstring(write("atom", found))
    assert root.findtext(f"{A}entry/{A}author/{A}name") == "Đảng ủy Khối Cửu Hà"
    assert b"dc:creator>" not in write("rss", found)


def test_rss_has_one_enclosure_and_the_rest_as_media(write, full):
    """What can be heard is the one; its length is known, that of the paper is not."""
    item = etree.fromstring(write("rss", full)).find("channel/item")
    (enclosure,) = item.findall("enclosure")
    assert dict(enclosure.attrib) == {
        "url": "https://khoi.cuuha.example/b.mp3",
        "length": "77",
        "type": "audio/mpeg",
    }
    picture, other = item.findall(f"{MEDIA}content")
    assert (picture.get("medium"), picture.get("type")) == ("image", "image/jpeg")
    assert picture.findtext(f"{MEDIA}description") == "Quang cảnh"
    assert picture.find(f"{MEDIA}thumbnail").get("url") == picture.get("url")
    assert dict(other.attrib) == {
        "url": "https://khoi.cuuha.example/a.pdf",
        "type": "application/pdf",
        "medium": "document",
    }


@pytest.mark.parametrize(
    ("files", "chosen", "length"),
    [
        (("p.jpg", "a.pdf"), "a.pdf", "0"),
        (("p.jpg",), "p.jpg", "0"),
        (("a.pdf", "b.pdf"), "a.pdf", "0"),
        ((), None, None),
    ],
)
def test_a_picture_is_the_enclosure_only_if_there_is_nothing_else(  # noqa: PLR0917
    write, make, story, stored, entry, files, chosen, length
):
    """The parameters are fixtures and cases."""
    given = tuple(
        Enclosure(url=f"https://khoi.cuuha.example/{name}", type="") for name in files
    )
    found = write("rss", make(story(entries=(stored(entry(enclosures=given)),))))
    enclosure = etree.fromstring(found).find("channel/item/enclosure")
    if chosen is None:
        assert enclosure is None
    else:
        assert enclosure.get("url").endswith(chosen)
        assert enclosure.get("length") == length


def test_the_picture_of_a_story_is_not_named_twice(write, make, story, stored, entry):
    given = tuple(
        Enclosure(url=f"https://khoi.cuuha.example/{name}", type="")
        for name in ("x.mp3", "a.jpg")
    )
    found = write("rss", make(story(entries=(stored(entry(enclosures=given)),))))
    media = etree.fromstring(found).findall(f"channel/item/{MEDIA}content")
    assert [each.get("url")[-5:] for each in media] == ["a.jpg"]


def test_a_file_on_a_host_without_a_dot_is_media_and_no_enclosure(
    write, make, story, stored, entry
):
    given = (Enclosure(url="http://noi-bo/x.mp3", type="audio/mpeg"),)
    found = write("rss", make(story(entries=(stored(entry(enclosures=given)),))))
    item = etree.fromstring(found).find("channel/item")
    assert item.find("enclosure") is None
    assert item.findall(f"{MEDIA}content")[1].get("url") == "http://noi-bo/x.mp3"


def test_readers_of_rss_see_that_a_story_was_corrected(write, make, story):
    """RSS has no word for it; feedparser, and reader with it, look at this one."""
    later = make(story(changed_at=story().changed_at + timedelta(days=2)))
    (read,) = feedparser.parse(write("rss", later)).entries
    assert read.updated_parsed[:3] == (2026, 10, 14)
    assert read.published_parsed[:3] == (2026, 10, 12)


def test_rss_names_the_other_tellers_and_the_link_stays_the_article(write, full):
    (read,) = feedparser.parse(write("rss", full)).entries
    assert read.link == "https://khoi.cuuha.example/tin/?/bai/17"
    rels = [link["rel"] for link in read.links]
    assert rels == ["alternate", "enclosure", "via", "related", "describedby"]


def test_an_item_in_another_language_says_so_in_rss(write, make, story, stored, entry):
    told = make(story(entries=(stored(entry(language="en_GB")),)), story(2))
    other, own = etree.fromstring(write("rss", told)).iterfind("channel/item")
    assert other.findtext(f"{DC}language") == "en-GB"
    assert own.find(f"{DC}language") is None


@pytest.mark.parametrize("form", FORMATS)
def test_a_caption_is_never_taken_for_the_text(write, make, story, stored, entry, form):
    """feedparser takes the description of a picture for that of an entry."""
    bare = entry(html="", text="", lead="")
    pictured = entry(html="<p>Chữ.</p>", text="", lead="")
    told = make(
        story(1, entries=(stored(bare, 1),)), story(2, entries=(stored(pictured, 2),))
    )
    for read in feedparser.parse(write(form, told)).entries:
        said = read.get("summary", "") + str(read.get("content", ""))
        assert "Quang cảnh" not in said


@pytest.mark.parametrize("form", FORMATS)
def test_a_licence_is_named_in_every_format(
    write, site, sources, categories, story, form
):
    url = "https://creativecommons.org/licenses/by/4.0/"
    licensed = sources | {"khoi": replace(sources["khoi"], licence=url)}
    told = items([story()], site=site, sources=licensed, categories=categories)
    found = write(form, told)
    (read,) = feedparser.parse(found).entries
    assert read.rights == url
    assert url in [link["href"] for link in read.links if link["rel"] == "license"]


def test_rss_has_what_readers_look_for(write, full):
    item = etree.fromstring(write("rss", full)).find("channel/item")
    assert item.findtext("link") == "https://khoi.cuuha.example/tin/?/bai/17"
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("pubDate") == "Mon, 12 Oct 2026 14:30:00 +0700"
    assert item.findtext(f"{DC}creator") == "Lê Thị Sáu"
    assert item.findtext(f"{CONTENT}encoded").startswith("<p>")
    assert item.findtext("source") == "Đảng ủy Khối Cửu Hà"
    category = item.find("category")
    assert category.text == "Xây dựng Đảng"
    assert category.get("domain").endswith("/feeds/category/xay-dung-dang")


def test_items_stand_last_in_their_channel(write, full):
    channel = etree.fromstring(write("rss", full)).find("channel")
    assert [each.tag for each in channel][-1] == "item"
    assert channel.findtext("language") == "vi"
    assert len(channel.findall("lastBuildDate")) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_a_story_is_rendered_alike_in_every_feed(write, full, form):
    marks = {"rss": (b"<item>", b"</item>"), "atom": (b"<entry ", b"</entry>")}[form]
    one, other = (
        write(form, full, feed=Feed(key=key, title=key)) for key in ("all", "b/c")
    )
    cut = [each[each.index(marks[0]) : each.index(marks[1])] for each in (one, other)]
    assert cut[0] == cut[1]


def as_feedparser_reads(text: str) -> str:
    """Say what feedparser makes of text that looks like UTF-8 read as Latin-1."""
    try:
        return text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text


HOSTILE = st.one_of(
    st.text(st.characters(), max_size=60),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "]]> & <b>x</b>",
            "&lt;b&gt; &#60; &amp;amp;",
            "A < B & C > D",
            "x\x00\x0b\x1f\ud800￾",
            "Đảng uỷ\u0301 Khối",
            "<!-- x --><?pi?>",
        ]
    ),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    title=HOSTILE,
    lead=HOSTILE,
    html=HOSTILE,
    author=HOSTILE,
    url=HOSTILE,
    caption=HOSTILE,
    offset=st.integers(-86400 * 3000, 86400 * 2),
)
def test_readers_read_what_we_say(  # noqa: PLR0917 - fixtures and cases
    write, make, story, stored, entry, published, title, lead, html, author, url,
    caption, offset,
):  # fmt: skip
    when = replace(published, value=published.value + timedelta(seconds=offset))
    given = entry(
        title=title,
        lead=lead,
        html=html,
        text=lead,
        authors=(author,),
        url="https://a.example/" + url,
        published=when,
        terms=(title,),
    )
    picture = replace(given.image, caption=caption)
    other = replace(given, source="bao", url="https://b.example/" + url)
    told = story(
        entries=(
            stored(replace(given, image=picture)),
            stored(other, 2, bond=Bond(relation=Relation.REPEAT)),
        )
    )
    (item,) = make(told)
    for form in FORMATS:
        found = write(form, (item,), feed=replace(FEED, title=title, description=lead))
        etree.fromstring(found)
        parsed = feedparser.parse(found, sanitize_html=False)
        (read,) = parsed.entries
        assert not parsed.bozo
        assert read.id == item.id
        assert read.link == item.link
        assert (
            read.published_parsed[:6] == item.published.astimezone(UTC).timetuple()[:6]
        )
        if form == "atom":
            assert read.title == as_feedparser_reads(said(item.title))
            gist = as_feedparser_reads(said(item.summary or item.source.title))
            assert item.html or read.summary == gist
            assert atom_date(item.updated) == read.updated
        else:
            assert read.title == as_feedparser_reads(unmarked(item.title))


def test_dates_are_right_whatever_the_zone(
    write, make, story, stored, entry, published
):
    moment = datetime(2024, 2, 29, 23, 59, tzinfo=UTC)
    there = replace(published, value=moment.astimezone(published.value.tzinfo))
    found = make(story(entries=(stored(entry(published=there)),)))
    for form in FORMATS:
        (read,) = feedparser.parse(write(form, found)).entries
        assert read.published_parsed[:5] == (2024, 2, 29, 23, 59)
