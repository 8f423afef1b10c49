"""Sitemaps of every kind."""

from __future__ import annotations

import gzip
import time
from contextlib import suppress

import pytest

from syndicate.errors import ParseError
from syndicate.gather.sitemap import MAX_LINKS, parse_sitemap

URL = "http://tin.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
MORE = (
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
PLAIN = (
    f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS} {MORE}>'
    "<url><loc> http://tin.example/a?ItemID=1&amp;x=2 </loc>"
    "<lastmod>2026-10-05</lastmod></url>"
    "<url><loc>/b</loc><lastmod>2026-10-07T08:00:00+07:00</lastmod>"
    "<image:image><image:loc>/b.jpg</image:loc></image:image>"
    "<news:news><news:publication_date>2026-10-06T07:03:00+07:00"
    "</news:publication_date><news:title>Tin\n về b</news:title></news:news></url>"
    "<url><loc>javascript:x</loc></url></urlset>"
)


def test_addresses_titles_pictures_and_dates_are_read():
    first, second = parse_sitemap(PLAIN.encode(), url=URL).links
    assert first.url == "http://tin.example/a?ItemID=1&x=2"
    assert first.date is not None
    assert first.date.raw == "2026-10-05"
    assert second.url == "http://tin.example/b"
    assert second.title == "Tin về b"
    assert second.image == "http://tin.example/b.jpg"


def test_the_publication_date_is_better_than_lastmod():
    second = parse_sitemap(PLAIN.encode(), url=URL).links[1]
    assert second.date is not None
    assert second.date.raw == "2026-10-06T07:03:00+07:00"


def test_gzip_is_unpacked():
    packed = gzip.compress(PLAIN.encode())
    assert parse_sitemap(packed, url=URL) == parse_sitemap(PLAIN.encode(), url=URL)


def test_an_index_gives_maps():
    body = (
        f"<sitemapindex {NS}><sitemap><loc>http://tin.example/1.xml</loc></sitemap>"
        "<sitemap><loc>2.xml.gz</loc></sitemap></sitemapindex>"
    )
    found = parse_sitemap(body.encode(), url=URL)
    assert found.links == ()
    assert found.maps == ("http://tin.example/1.xml", "http://tin.example/2.xml.gz")


def test_lines_of_addresses_are_a_sitemap_too():
    found = parse_sitemap(
        b"http://tin.example/a\r\n\r\nhttp://tin.example/b\n", url=URL
    )
    assert [link.url[-1] for link in found.links] == ["a", "b"]


def test_what_stands_before_a_break_is_kept():
    found = parse_sitemap(PLAIN.encode()[:-160], url=URL)
    assert found.links[0].url.startswith("http://tin.example/a")


def test_an_empty_sitemap_is_legal():
    assert parse_sitemap(f"<urlset {NS}></urlset>".encode(), url=URL).links == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Not here</body></html>", b"hello", b"\x1f\x8bbroken", b"<"],
)
def test_what_is_no_sitemap_is_an_error(body):
    with pytest.raises(ParseError):
        parse_sitemap(body, url=URL)


def test_entities_are_not_resolved():
    body = (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset>'
        b"<url><loc>http://tin.example/&e;a</loc></url></urlset>"
    )
    found = parse_sitemap(body, url=URL)
    assert all("root" not in link.url for link in found.links)


def test_a_gzip_bomb_is_stopped():
    bomb = gzip.compress(b"<urlset>" + bytes(60_000_000))
    with pytest.raises(ParseError, match="50 MB"):
        parse_sitemap(bomb, url=URL)


def test_fifty_thousand_addresses_are_read_in_time_and_little_memory():
    places = "".join(
        f"<url><loc>http://tin.example/bai-{n}.html</loc></url>" for n in range(60_000)
    )
    body = f"<urlset {NS}>{places}</urlset>".encode()
    start = time.process_time()
    found = parse_sitemap(body, url=URL)
    assert len(found.links) == MAX_LINKS
    assert time.process_time() - start < 5


def test_other_vocabularies_do_not_replace_the_address():
    body = (
        f"<urlset {NS} {MORE} xmlns:xhtml='http://www.w3.org/1999/xhtml'"
        " xmlns:video='http://www.google.com/schemas/sitemap-video/1.1'>"
        "<url><image:image><image:loc>/i.jpg</image:loc><image:title>Ảnh</image:title>"
        "</image:image><video:video><video:title>Phim</video:title></video:video>"
        "<xhtml:link rel='alternate' href='/en/a'/><loc><![CDATA[ /a ]]></loc>"
        "<news:news><news:publication><news:language>vi</news:language>"
        "</news:publication><news:title>Tin A</news:title></news:news></url></urlset>"
    )
    [link] = parse_sitemap(body.encode(), url=URL).links
    assert link.url == "http://tin.example/a"
    assert link.title == "Tin A"
    assert link.image == "http://tin.example/i.jpg"


@pytest.mark.parametrize(
    "lastmod",
    ["2026", "2026-10", "2026-10-05", "2026-10-05T07:03+07:00", "2026-10-05T00:03:00Z"],
)
def test_every_form_of_lastmod_is_passed_on_as_it_is(lastmod):
    body = f"<urlset {NS}><url><loc>/a</loc><lastmod>{lastmod}</lastmod></url></urlset>"
    [link] = parse_sitemap(body.encode(), url=URL).links
    assert link.date is not None
    assert link.date.raw == lastmod


@pytest.mark.parametrize(
    "feed",
    [
        "<rss version='2.0'><channel><link>http://tin.example/</link><item><title>A"
        "</title><link>http://tin.example/a</link>"
        "<pubDate>Mon, 05 Oct 2026 07:00:00 +0700</pubDate></item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title>"
        "<link href='http://tin.example/a'/>"
        "<updated>2026-10-05T07:00:00+07:00</updated></entry></feed>",
    ],
)
def test_a_feed_may_be_a_sitemap(feed):
    [link] = parse_sitemap(feed.encode(), url=URL).links
    assert (link.url, link.title) == ("http://tin.example/a", "A")
    assert link.date is not None


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<!--" * 50_000,
        b"<urlset>" + b"<url>" * 100_000,
        b"<urlset><url><loc>" + b"a" * 5_000_000 + b"</loc></url></urlset>",
        b"<urlset><url>" + b"<x>1</x>" * 100_000 + b"</url></urlset>",
        b"<" * 500_000,
        b"<!DOCTYPE u [<!ENTITY a '"
        + b"x" * 10_000
        + b"'>]><urlset><url><loc>/"
        + b"&a;" * 10_000
        + b"</loc></url></urlset>",
    ],
    ids=["comments", "depth", "address", "fields", "signs", "entities"],
)
def test_a_hostile_sitemap_is_given_up_quickly(body):
    start = time.process_time()
    with suppress(ParseError):
        parse_sitemap(body, url=URL)
    assert time.process_time() - start < 3


def test_broken_xml_gives_what_is_readable():
    body = (
        f"<urlset {NS}><url><loc>/a?x=1&y=2</loc></url><url><loc>/b</loc></uurl>"
        "<url><loc>/c</loc></url>"
    )
    found = [link.url for link in parse_sitemap(body.encode(), url=URL).links]
    assert found[0] == "http://tin.example/a?x=1&y=2"
    assert "http://tin.example/b" in found
