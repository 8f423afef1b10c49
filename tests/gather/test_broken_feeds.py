"""Feeds as they come: broken off, mislabelled, escaped twice, packed."""

from __future__ import annotations

import gzip
import json
import time

import pytest

from syndicate.errors import ParseError
from syndicate.gather.clean import to_entry
from syndicate.gather.feed import parse_feed
from syndicate.gather.sitemap import parse_sitemap

URL = "http://tin.example/rss"
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
    "<title>Tin</title><link>http://tin.example/</link>"
)


def item(n: int, more: str = "") -> str:
    return (
        f"<item><title>Tin số {n} của ngày</title><link>http://tin.example/{n}.html"
        f"</link><pubDate>Mon, 05 Oct 2026 10:00:00 +0700</pubDate>{more}"
        f"<description>Lời dẫn của tin số {n}.</description></item>"
    )


def rss(*items: str) -> str:
    return f"{HEAD}{''.join(items)}</channel></rss>"


def parse(source, body, **more):
    data = body.encode() if isinstance(body, str) else body
    return parse_feed(data, url=URL, source=source(), **more)


WHOLE = rss(item(1), item(2), item(3))


@pytest.mark.parametrize(
    "at",
    [
        WHOLE.index("Tin số 3"),
        WHOLE.index("Tin số 3") + 5,
        WHOLE.index("/3.html") + 2,
        WHOLE.index("Oct", WHOLE.index("/3.html")) + 1,
        WHOLE.index("Lời dẫn của tin số 3") + 6,
        WHOLE.index("</description></item></channel>") + 4,
    ],
    ids=["title", "in title", "in link", "in date", "in text", "in end tag"],
)
def test_entries_before_the_cut_come_through_and_no_half_one(at, source):
    found = parse(source, WHOLE[:at])
    assert [entry.title for entry in found] == [
        "Tin số 1 của ngày",
        "Tin số 2 của ngày",
    ]
    assert [entry.url[-6:] for entry in found] == ["1.html", "2.html"]


def test_a_feed_cut_inside_cdata_keeps_what_is_before(source):
    cut = rss(item(1), item(2)) + "<item><title>x</title><description><![CDATA[<p>Một"
    cut = cut.replace("</channel></rss>", "")
    assert len(parse(source, cut)) == 2


def test_a_feed_cut_inside_a_letter_keeps_what_is_before(source):
    body = WHOLE.encode()
    at = body.index("dẫn của tin số 3".encode()) + 2
    assert len(parse(source, body[:at])) == 2


def test_a_last_item_that_is_only_unclosed_stays(source):
    whole = rss(item(1)).replace("</item></channel></rss>", "")
    assert [entry.title for entry in parse(source, whole)] == ["Tin số 1 của ngày"]


@pytest.mark.parametrize("depth", [1, 2])
def test_markup_that_was_escaped_too_often_is_markup(depth, source, now):
    html = "&lt;p&gt;Đoạn &lt;b&gt;đậm&lt;/b&gt; trong tin.&lt;/p&gt;"
    for _ in range(depth):
        html = html.replace("&", "&amp;")
    body = rss(item(1).replace("Lời dẫn của tin số 1.", html))
    entry = to_entry(parse(source, body)[0], source=source(), fetched_at=now)
    assert entry.text == "Đoạn đậm trong tin."


def test_text_about_less_and_greater_stays_text(source, now):
    body = rss(item(1).replace("Lời dẫn", "Nếu a &amp;lt; b và c &amp;gt; d thì"))
    entry = to_entry(parse(source, body)[0], source=source(), fetched_at=now)
    assert entry.text.startswith("Nếu a < b và c > d thì")


def test_a_packed_feed_is_unpacked(source):
    assert len(parse(source, gzip.compress(WHOLE.encode()))) == 3


def test_a_packed_feed_that_is_broken_says_so(source):
    with pytest.raises(ParseError, match="not valid gzip"):
        parse(source, gzip.compress(WHOLE.encode())[:60])


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("/tin/1.html", "http://tin.example/tin/1.html"),
        ("tin/2.html", "http://tin.example/tin/2.html"),
        ("//tin.example/3", "http://tin.example/3"),
        ("www.tin.example/4.html", "http://www.tin.example/4.html"),
    ],
)
def test_links_are_made_whole(link, meant, source):
    body = rss(item(1).replace("http://tin.example/1.html", link))
    assert parse(source, body)[0].url == meant


def test_a_guid_that_is_a_path_is_the_address(source):
    body = rss("<item><title>Chỉ có guid</title><guid>/tin/9</guid></item>")
    assert parse(source, body)[0].url == "http://tin.example/tin/9"


def test_twenty_thousand_items_are_read_in_time(source):
    start = time.perf_counter()
    found = parse(source, rss(*map(item, range(20_000))))
    assert len(found) == 2_000
    assert time.perf_counter() - start < 10


# ── JSON Feed ────────────────────────────────────────────────────────────────

ITEMS = [
    {"id": "1", "url": "http://tin.example/1", "title": "Một"},
    {"id": "2", "url": "http://tin.example/2", "title": "Hai"},
]
JSON = json.dumps({"version": "https://jsonfeed.org/version/1", "items": ITEMS})


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (JSON[: JSON.index("Hai") + 1], ["Một"]),
        (JSON[:-2], ["Một", "Hai"]),
        (JSON.replace("]}", ",]}"), ["Một", "Hai"]),
    ],
    ids=["cut in an item", "cut after the items", "a comma too many"],
)
def test_items_before_the_break_in_json_come_through(text, titles, source):
    assert [entry.title for entry in parse(source, text)] == titles


def test_authors_of_a_json_feed_may_be_bare_names(source):
    item_ = {**ITEMS[0], "author": "Lan", "authors": ["Hoa", {"name": "Mai"}]}
    found = parse(source, json.dumps({"items": [item_]}))
    assert found[0].authors == ("Hoa", "Mai", "Lan")


# ── Sitemaps ─────────────────────────────────────────────────────────────────

MAP = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc>http://tin.example/1?a=1&amp;b=2</loc><lastmod>2026-10-06</lastmod></url>"
    "</urlset>"
)


@pytest.mark.parametrize(
    "body",
    [
        MAP.encode(),
        MAP.replace("&amp;", "&").encode(),
        MAP.replace("UTF-8", "UTF-16").encode("utf-16"),
        MAP.replace("UTF-8", "us-ascii").encode(),
        f"<br />\n<b>Warning</b>: x on line <b>3</b><br />\n{MAP}".encode(),
        b"\r\n\xef\xbb\xbf" + MAP.encode(),
        MAP.replace("1?", "1\x0b?").encode(),
        gzip.compress(MAP.encode()),
    ],
    ids=[
        "good",
        "ampersand",
        "utf-16",
        "mislabelled",
        "warned",
        "late-bom",
        "control",
        "packed",
    ],
)
def test_a_sitemap_is_read_however_it_comes(body, source):
    found = parse_sitemap(body, url="http://tin.example/sitemap.xml")
    assert [link.url for link in found.links] == ["http://tin.example/1?a=1&b=2"]
