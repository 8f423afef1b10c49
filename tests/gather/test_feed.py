"""Feed documents become raw entries."""

from __future__ import annotations

import json
import time

import pytest

from syndicate.errors import ParseError
from syndicate.gather.feed import MAX_ENTRIES, parse_feed

URL = "http://tin.example/rss/"


def rss(items: str, channel: str = "<link>http://tin.example/</link>") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>Tin</title>{channel}{items}</channel></rss>"
    ).encode()


def atom(entries: str, attributes: str = "") -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>'
        f"<title>Tin</title>{entries}</feed>"
    ).encode()


FULL = """<item>
<title><![CDATA[Hội nghị tổng kết &amp; <b>khen thưởng</b>]]></title>
<link>
  /tin/1.html?ItemID=7 </link>
<guid isPermaLink="false"> news_1 </guid>
<pubDate>Mon, 05 Oct 2026 07:10:00 +0700</pubDate>
<description><![CDATA[Tóm tắt <i>ngắn</i>]]></description>
<content:encoded><![CDATA[<p>Toàn văn bài viết đăng ở đây.</p>]]></content:encoded>
<dc:creator>Huyền Trân</dc:creator>
<category>Thời sự</category><category>Thời sự</category>
<enclosure url="/a.mp3" length="12" type="audio/mpeg"/>
<media:content url="/anh.jpg" medium="image"/>
</item>"""


def parse(source, body, **values):
    return parse_feed(body, url=URL, source=source(), **values)


def test_an_rss_item_comes_with_all_that_it_says(source):
    [entry] = parse(
        source, rss(FULL, "<link>http://tin.example/</link><language>vi</language>")
    )
    assert entry.url == "http://tin.example/tin/1.html?ItemID=7"
    assert entry.guid == "news_1"
    assert entry.title == "Hội nghị tổng kết & khen thưởng"
    assert "Toàn văn" in entry.html
    assert "Tóm tắt" in entry.lead
    assert entry.authors == ("Huyền Trân",)
    assert [claim.raw for claim in entry.dates] == ["Mon, 05 Oct 2026 07:10:00 +0700"]
    assert entry.terms == ("Thời sự",)
    assert entry.language == "vi"
    assert entry.image is not None
    assert entry.image.url == "http://tin.example/anh.jpg"
    [enclosure] = entry.enclosures
    assert (enclosure.url, enclosure.length) == ("http://tin.example/a.mp3", 12)


def test_a_summary_alone_is_lead_and_text(source):
    [entry] = parse(
        source, rss("<item><title>A</title><description>Tóm tắt.</description></item>")
    )
    assert "Tóm tắt." in entry.html
    assert "Tóm tắt." in entry.lead


def test_a_title_of_plain_text_keeps_its_signs(source):
    body = atom("<entry><id>u:1</id><title>Dùng &lt;b> đúng chỗ</title></entry>")
    [entry] = parse(source, body)
    assert entry.title == "Dùng <b> đúng chỗ"


def test_atom_links_start_from_xml_base(source):
    body = atom(
        '<entry xml:base="y/"><id>u:1</id><title>A</title><link href="z"/>'
        "<updated>2026-10-05T00:00:00Z</updated>"
        '<content type="html">&lt;img src="k.png"&gt; chữ</content></entry>',
        'xml:base="http://b.example/x/" xml:lang="en"',
    )
    [entry] = parse(source, body)
    assert entry.url == "http://b.example/x/y/z"
    assert "http://b.example/x/y/k.png" in entry.html
    assert entry.language == "en"
    assert entry.dates[0].raw == "2026-10-05T00:00:00Z"
    assert entry.updated is not None


def test_a_date_that_only_feedparser_can_read_is_kept_as_iso(source):
    item = "<item><title>A</title><pubDate>Thứ Hai, 5/10/2026 7:03</pubDate></item>"
    [entry] = parse(source, rss(item))
    assert entry.dates[0].raw == "Thứ Hai, 5/10/2026 7:03"
    korean = "<item><title>A</title><pubDate>2004-07-08T00:00:00.000Z</pubDate></item>"
    [entry] = parse(source, rss(korean))
    assert entry.dates


def test_figure_captions_are_kept_apart_from_the_text(source):
    item = (
        "<item><title>A</title><description><![CDATA[<figure><img src='/a.jpg'>"
        "<figcaption>Quang cảnh buổi lễ</figcaption></figure><p>Phần chữ.</p>]]>"
        "</description></item>"
    )
    [entry] = parse(source, rss(item))
    assert entry.captions == ("Quang cảnh buổi lễ",)
    assert "Quang cảnh" not in entry.html
    assert "/a.jpg" in entry.html


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<guid>http://tin.example/g/1</guid>", "http://tin.example/g/1"),
        (
            '<enclosure url="http://tin.example/a.mp3" type="audio/mpeg"/>',
            "http://tin.example/a.mp3",
        ),
        (
            "<link>javascript:alert(1)</link><guid>http://tin.example/g/2</guid>",
            "http://tin.example/g/2",
        ),
    ],
)
def test_an_item_without_a_link_gets_the_next_best_address(source, item, url):
    [entry] = parse(source, rss(f"<item><title>A</title>{item}</item>"))
    assert entry.url == url


def test_items_without_any_address_are_told_apart_and_never_lost(source):
    items = "".join(
        f"<item><title>Tin {n}</title><guid>n{n}</guid></item>" for n in "12"
    )
    first, second = parse(source, rss(items))
    assert first.url != second.url
    assert first.url.startswith("http://tin.example/#!")
    assert parse(source, rss(items))[0].url == first.url


def test_one_guid_in_two_items_loses_neither(source):
    items = "".join(
        f"<item><title>Tin {n}</title><link>http://tin.example/{n}</link>"
        "<guid>news_1</guid></item>"
        for n in "12"
    )
    assert [entry.url[-1] for entry in parse(source, rss(items))] == ["1", "2"]


def test_the_source_element_names_another_producer(source):
    own = '<source url="http://tin.example/rss">Tin</source>'
    other = '<source url="http://bao.example/rss">Báo Cửu Hà</source>'
    entries = parse(
        source,
        rss(f"<item><title>A</title>{own}</item><item><title>B</title>{other}</item>"),
    )
    assert [entry.credit for entry in entries] == ["", "Báo Cửu Hà"]


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + rss(FULL),
        b"\r\n  \n" + rss(FULL),
        b"<br />\n<b>Warning</b>: mysql in /a.php\n" + rss(FULL),
        rss(FULL).replace(b'encoding="utf-8"', b'encoding="iso-8859-1"'),
        rss(FULL).replace(b'encoding="utf-8"', b'encoding="utf-16"'),
        rss(FULL).decode().replace("utf-8", "utf-16").encode("utf-16"),
        rss(FULL).replace("Toàn".encode(), "\x0b\x00Toàn&#0;&#x1F;".encode()),
        rss(FULL).replace("Thời sự".encode(), b"A & B &nbsp; &copy; C"),
        rss(FULL).replace(b"</channel></rss>", b""),
        rss(FULL).replace(b"<channel>", b"<channel><!-- a -- b -->"),
        b'<!DOCTYPE rss [<!ENTITY a "x">]>' + rss(FULL).split(b"?>", 1)[1],
    ],
)
def test_broken_prologs_encodings_and_signs_do_not_stop_us(source, body):
    [entry] = parse(source, body)
    assert entry.title.startswith("Hội nghị")
    assert "Toàn văn" in entry.html


def test_rdf_and_old_rss_and_cdf_are_read(source):
    rdf = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        b' xmlns="http://purl.org/rss/1.0/"><channel><link>http://c/</link></channel>'
        b"<item><title>x</title><link>http://c/1</link></item></rdf:RDF>"
    )
    old = b'<rss version="0.91"><channel><item><title>x</title></item></channel></rss>'
    cdf = b'<CHANNEL HREF="http://c/"><ITEM HREF="http://c/1"><TITLE>x</TITLE></ITEM></CHANNEL>'
    for body in (rdf, old, cdf):
        [entry] = parse(source, body)
        assert entry.title == "x"


def test_json_feed_is_read(source):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "http://tin.example/",
        "language": "vi",
        "authors": [{"name": "Ban Biên tập"}],
        "items": [
            {
                "id": 5,
                "url": "/a",
                "title": "A",
                "content_text": "Một.\n\nHai.",
                "tags": ["x", 3],
            },
            {
                "id": "b",
                "content_html": "<p>B</p>",
                "date_published": "2026-10-05T07:00:00+07:00",
            },
            "nonsense",
        ],
    }
    first, second = parse(source, json.dumps(feed).encode())
    assert (first.url, first.guid) == ("http://tin.example/a", "5")
    assert first.authors == ("Ban Biên tập",)
    assert first.terms == ("x",)
    assert first.html.count("<p>") == 2
    assert second.url.startswith("http://")
    assert second.dates[0].raw.startswith("2026-10-05")


@pytest.mark.parametrize(
    "body", [b"{", b'{"items": 1}', b"[1]", b'{"items":' + b"[" * 100_000]
)
def test_json_that_is_no_feed_is_an_error(source, body):
    with pytest.raises(ParseError):
        parse(source, body)


def test_html_where_a_feed_was_expected_names_the_feeds_of_the_page(source):
    page = (
        b'<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml"'
        b' href="/vi/rss/"></head><body>Hello</body></html>'
    )
    with pytest.raises(ParseError, match=r"HTML.*http://tin\.example/vi/rss/"):
        parse(source, page)
    with pytest.raises(ParseError, match="HTML"):
        parse(source, b"<html><body>Just a page</body></html>")


@pytest.mark.parametrize(
    "body", [b"", b"  \n ", b"\xef\xbb\xbf", b"hello", b"<foo/>", b"\x00\x01"]
)
def test_what_is_no_feed_is_an_error(source, body):
    with pytest.raises(ParseError):
        parse(source, body)


def test_a_valid_feed_without_entries_is_empty_and_a_broken_one_is_an_error(source):
    assert parse(source, rss("")) == ()
    with pytest.raises(ParseError, match="broken"):
        parse(source, rss("")[:-20])


def test_external_entities_and_entity_bombs_come_to_nothing(source):
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">'
        b'<!ENTITY y "aaaaaaaaaa"><!ENTITY z "&y;&y;&y;&y;&y;&y;">]>'
        b'<rss version="2.0"><channel><item><title>A &x; &z; B</title></item>'
        b"</channel></rss>"
    )
    [entry] = parse(source, bomb)
    assert "root:" not in entry.title
    assert "aaaa" not in entry.title


@pytest.mark.parametrize("grows_at_its_end", [False, True])
def test_of_an_endless_feed_the_newest_are_read(source, grows_at_its_end):
    numbers = range(MAX_ENTRIES + 300)
    order = numbers if grows_at_its_end else reversed(numbers)
    items = "".join(
        f"<item><title>Tin {n}</title><link>http://tin.example/{n}</link>"
        f"<pubDate>{2000 + n // 300}-01-{n % 28 + 1:02}T00:00:00Z</pubDate></item>"
        for n in order
    )
    entries = parse(source, rss(items))
    assert len(entries) == MAX_ENTRIES
    assert f"http://tin.example/{max(numbers)}" in {entry.url for entry in entries}


def test_garbage_is_given_up_quickly(source):
    began = time.monotonic()
    for body in (
        b"<div>" * 100_000,
        b"<rss version='2.0'>" + b"<!--" * 50_000,
        b"<" * 200_000,
    ):
        with pytest.raises(ParseError):
            parse(source, body)
    assert time.monotonic() - began < 5
